"""Read a news sitemap: what a publisher tells search engines of its last two days, often more than its feeds hold."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from itertools import islice
from xml.parsers import expat

from ingest.errors import ParseError, Reason
from ingest.model import Entry, ParsedFeed, Response
from ingest.parse import fields
from ingest.parse.clean import MAX_ENTRIES, MAX_ITEMS, clean_xml
from ingest.parse.decode import Decoded, decode
from ingest.parse.marks import choose, context_of, marks_of
from ingest.text.plain import clean_text

_ROOT = re.compile(r"<(?:[\w.-]{1,40}:)?(\w{1,40})(?=[\s>/])")
_ROOT_WITHIN_CHARS = 20_000
_MAX_DEPTH = 50
_MAX_FIELD_CHARS = 10_000
#: What is read, by the local names of the elements around it: prefixes differ, and image:title is no title of ours.
_FIELDS = {
    ("sitemap", "loc"): "loc",
    ("url", "loc"): "loc",
    ("url", "lastmod"): "lastmod",
    ("url", "news", "title"): "title",
    ("url", "news", "publication_date"): "date",
    ("url", "news", "keywords"): "keywords",
    ("url", "news", "publication", "name"): "name",
    ("url", "news", "publication", "language"): "language",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sitemap:
    """What one lists: pages with news, or other sitemaps."""

    pages: tuple[Entry, ...] = ()
    sitemaps: tuple[str, ...] = ()


def is_sitemap(text: str) -> bool:
    """Say whether a text's first element is that of a sitemap or of a list of sitemaps."""
    return _root_name(text) in ("urlset", "sitemapindex")


def _root_name(text: str) -> str | None:
    root = _ROOT.search(text, 0, _ROOT_WITHIN_CHARS)
    return root[1] if root else None


def read_sitemap(response: Response) -> Sitemap:
    """Return what a sitemap lists: news, the first 20,000 pages of it, or the sitemaps of a list of them.

    Raises ParseError: NOT_A_FEED where it is no sitemap, or one without news.
    """
    decoded = decode(response.body, response.header("content-type"))
    kind = _root_name(decoded.text)
    if kind == "urlset":
        return Sitemap(pages=parse_sitemap(decoded, response.url, most=MAX_ITEMS).entries)
    if kind != "sitemapindex":
        raise ParseError("no sitemap there", reason=Reason.NOT_A_FEED, subject=response.url)
    named = (fields.url_of(page.get("loc"), response.url) for page in _read(decoded)[0].pages)
    return Sitemap(sitemaps=tuple(islice((url for url in named if url is not None), MAX_ENTRIES)))


def parse_sitemap(
    decoded: Decoded, url: str, known: Collection[bytes] = frozenset(), *, most: int = MAX_ENTRIES
) -> ParsedFeed:
    """Return the news in a sitemap, an entry for each page with a title; of one that breaks off, the whole ones.

    known, most: as for `parse_feed`. Raises ParseError (NOT_A_FEED) where there
    is no news: a site's plain sitemap names its pages and says nothing of them.
    Source: sitemaps.org 0.9, and Google's news extension of it.
    """
    reader, fault = _read(decoded)
    news = [page for page in reader.pages if page.get("title", "").strip() and page.get("loc", "").strip()]
    if not news:
        message = "a list of sitemaps: add one of the news sitemaps it names" if reader.is_index else "no news in it"
        raise ParseError(f"a sitemap, but {message}", reason=Reason.NOT_A_FEED, subject=url)
    marks = marks_of(context_of(url, decoded.charset), (json.dumps(page).encode() for page in news[:MAX_ITEMS]))
    choice = choose(marks, known, most=most)
    taken = tuple(marks[index] for index in choice.taken)
    return ParsedFeed(
        title=fields.title_text(news[0].get("name", "")) or None,
        language=fields.language_of(news[0].get("language")),
        version="sitemap",
        encoding=decoded.charset,
        entries=tuple(_entry(news[index], url) for index in choice.taken),
        marks=taken,
        seen=choice.seen,
        deep=choice.count_deep(taken),
        fault=fault,
        capped_entries=choice.later + len(news) - len(marks),
    )


def _read(decoded: Decoded) -> tuple[_Reader, str | None]:
    """What the elements hold, as far as it can be read, and what was wrong."""
    reader, faults = _Reader(), [decoded.fault]
    try:
        reader.parser.Parse(clean_xml(decoded.text).encode("utf-8", "replace"), True)
    except expat.ExpatError as exc:
        faults.append(f"not well formed: {exc}")
    except _TooDeep:
        faults.append("nested too deeply")
    return reader, "; ".join(filter(None, faults)) or None


def _entry(page: dict[str, str], base: str) -> Entry:
    raw = page.get("date", "")
    return Entry(
        link=fields.url_of(page["loc"], base),
        title=fields.title_text(page["title"]),
        published_at=fields.iso_time(raw),
        published_raw=clean_text(raw, max_chars=fields.MAX_RAW_DATE_CHARS) or None,
        updated_at=fields.iso_time(page.get("lastmod")),
        language=fields.language_of(page.get("language")),
        categories=fields.categories(page.get("keywords", "").split(",")),
    )


class _TooDeep(Exception):
    """More elements within elements than any sitemap has."""


class _Reader:
    """Collects the pages of a sitemap, each once its element is closed."""

    def __init__(self) -> None:
        self.pages: list[dict[str, str]] = []
        self.is_index = False
        self._path: list[str] = []
        self._page: dict[str, str] = {}
        self._field: str | None = None
        self.parser = expat.ParserCreate(encoding="utf-8")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._opened
        self.parser.EndElementHandler = self._closed
        self.parser.CharacterDataHandler = self._text

    def _opened(self, name: str, _attributes: object) -> None:
        if len(self._path) >= _MAX_DEPTH:
            raise _TooDeep
        self._path.append(name.rpartition(":")[2])
        if len(self._path) == 1:
            self.is_index = self._path[0] == "sitemapindex"
        self._field = _FIELDS.get(tuple(self._path[1:]))

    def _text(self, text: str) -> None:
        if self._field is not None:
            had = self._page.get(self._field, "")
            self._page[self._field] = (had + text)[:_MAX_FIELD_CHARS]

    def _closed(self, _name: str) -> None:
        if len(self._path) == 2:
            self.pages.append(self._page)
            self._page = {}
        self._path.pop()
        self._field = None
