"""Read a news sitemap: what a publisher tells search engines of its last two days, often more than its feeds hold."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from xml.parsers import expat

from ingest.errors import ParseError, Reason
from ingest.model import Entry, ParsedFeed
from ingest.parse import fields
from ingest.parse.clean import MAX_ENTRIES, clean_xml
from ingest.parse.decode import Decoded
from ingest.parse.marks import context_of, marks_of
from ingest.text.plain import clean_text

_ROOT = re.compile(r"<(?:[\w.-]{1,40}:)?(\w{1,40})(?=[\s>/])")
_ROOT_WITHIN_CHARS = 20_000
_MAX_DEPTH = 50
_MAX_FIELD_CHARS = 10_000
#: What is read, by the local names of the elements around it: prefixes differ, and image:title is no title of ours.
_FIELDS = {
    ("url", "loc"): "loc",
    ("url", "lastmod"): "lastmod",
    ("url", "news", "title"): "title",
    ("url", "news", "publication_date"): "date",
    ("url", "news", "keywords"): "keywords",
    ("url", "news", "publication", "name"): "name",
    ("url", "news", "publication", "language"): "language",
}


def is_sitemap(text: str) -> bool:
    """Say whether a text's first element is that of a sitemap or of a list of sitemaps."""
    root = _ROOT.search(text, 0, _ROOT_WITHIN_CHARS)
    return root is not None and root[1] in ("urlset", "sitemapindex")


def parse_sitemap(decoded: Decoded, url: str, known: Collection[bytes] = frozenset()) -> ParsedFeed:
    """Return the news in a sitemap, an entry for each page with a title; of one that breaks off, the whole ones.

    known: marks of pages that need not be read again, as for `parse_feed`. Raises ParseError (NOT_A_FEED) where there
    is no news: a site's plain sitemap names its pages and says nothing of them.
    Source: sitemaps.org 0.9, and Google's news extension of it.
    """
    reader = _Reader()
    fault = decoded.fault
    try:
        reader.parser.Parse(clean_xml(decoded.text).encode("utf-8", "replace"), True)
    except expat.ExpatError as exc:
        fault = "; ".join(part for part in (fault, f"not well formed: {exc}") if part)
    except _TooDeep:
        fault = "; ".join(part for part in (fault, "nested too deeply") if part)
    news = [page for page in reader.pages if page.get("title", "").strip() and page.get("loc", "").strip()]
    if not news:
        message = "a list of sitemaps: add one of the news sitemaps it names" if reader.is_index else "no news in it"
        raise ParseError(f"a sitemap, but {message}", reason=Reason.NOT_A_FEED, subject=url)
    marks = marks_of(context_of(url, decoded.charset), (json.dumps(page).encode() for page in news[:MAX_ENTRIES]))
    unseen = [(_entry(page, url), mark) for page, mark in zip(news, marks, strict=False) if mark not in known]
    return ParsedFeed(
        title=fields.title_text(news[0].get("name", "")) or None,
        language=fields.language_of(news[0].get("language")),
        version="sitemap",
        encoding=decoded.charset,
        entries=tuple(entry for entry, _ in unseen),
        marks=tuple(mark for _, mark in unseen),
        seen=tuple(mark for mark in marks if mark in known),
        fault=fault,
        capped_entries=max(0, len(news) - MAX_ENTRIES),
    )


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
