"""Find the addresses at which a site's page says, or lets guess, that its feeds are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import IntEnum
from urllib.parse import urljoin, urlsplit

from lxml import etree

from ingest.model import Response
from ingest.parse import fields
from ingest.parse.decode import decode
from ingest.parse.links import header_links
from ingest.text.urls import family, http_url

FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml", "application/rss"}
)
#: Where feeds are when nothing says so: of WordPress, Ghost and Drupal, of static sites, and of news sitemaps.
USUAL_PLACES = ("feed", "rss", "rss.xml", "feed.xml", "atom.xml", "index.xml", "feed.json", "news-sitemap.xml")
MAX_PAGE_CHARS = 500_000
_MAX_LINKS = 50
_MAX_READ = 5_000  # of a page's links
_COMMENTS = re.compile(r"comment|kommentar|commentaire|comentario", re.IGNORECASE)
_FEED_PATH = re.compile(
    r"\.(?:rss|atom|rdf)$|(?:^|[/._-])(?:rss|atom|feeds?)(?:\.(?:xml|json|php|aspx?))?/?$|sitemap[^/]*news|news[^/]*sitemap",
    re.IGNORECASE,
)
_FEED_WORD = re.compile(r"\b(?:rss|atom|feed)\b", re.IGNORECASE)
_NO_PAGE = re.compile(r"\.(?:jpe?g|png|gif|svg|ico|css|js|pdf|mp[34])$", re.IGNORECASE)


class _Rank(IntEnum):
    """How strongly a page says that an address is its feed."""

    NAMED = 0  # rel="alternate" with a feed's type
    COMMENTS = 1  # the same, of its readers' comments
    LINKED = 2  # a link that looks like one, to the site itself
    LINKED_AWAY = 3


def feeds_named_by(response: Response) -> tuple[str, ...]:
    """The feeds that a page or its Link header declares, in their order, those of comments last; each once.

    Source: RSS Advisory Board, "RSS autodiscovery"; HTML standard section 4.6.6.1.
    """
    found = _found(response)
    return tuple(url for url, rank in found.items() if rank <= _Rank.COMMENTS)


def feeds_linked_by(response: Response) -> tuple[str, ...]:
    """The addresses in a page's ordinary links that look like a feed's, those of its own site first."""
    found = _found(response)
    return tuple(url for url, rank in found.items() if rank > _Rank.COMMENTS)


def usual_places(url: str) -> tuple[str, ...]:
    """The addresses at which a site's feed may be when nothing names one: below this page, then below the root."""
    parts = urlsplit(url)
    folder = parts.path if parts.path.endswith("/") else f"{parts.path}/"
    below = [urljoin(url, f"{folder}{place}") for place in USUAL_PLACES[:2]] if folder != "/" else []
    return tuple(dict.fromkeys((*below, *(urljoin(url, f"/{place}") for place in USUAL_PLACES))))


def _found(response: Response) -> dict[str, _Rank]:
    """Every address that may be a feed's, the surest first."""
    finder = _Finder(response.url)
    header = header_links(response.headers).get("alternate")
    types = " ".join(value for name, value in response.headers if name == "link")
    if header and any(kind in types for kind in FEED_TYPES) and (url := fields.url_of(header, response.url)):
        finder.found[url] = _Rank.NAMED
    parser = etree.HTMLParser(target=finder, encoding="utf-8", huge_tree=False, no_network=True)
    text = decode(response.body, response.header("content-type")).text[:MAX_PAGE_CHARS].replace("\0", "")
    try:
        parser.feed(text.encode("utf-8", "replace"))
        parser.close()
    except etree.LxmlError:
        pass  # what was found until then stands
    finder.found.pop(response.url, None)
    return dict(sorted(finder.found.items(), key=lambda item: item[1]))


class _Finder:
    """A parser target that collects addresses; no tree is built (the standard library's parser is not linear)."""

    def __init__(self, address: str) -> None:
        self.found: dict[str, _Rank] = {}
        self._base, self._family = address, family(address)
        self._read = 0
        self._link: str | None = None  # of the open <a>

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag not in ("a", "link", "base") or self._read >= _MAX_READ:
            return
        self._read += 1
        values = dict(attributes)
        url = http_url(values.get("href", ""), self._base)
        if url is None:
            return
        if tag == "base":
            self._base = url
        elif tag == "link":
            self._alternate(url, values)
        elif _FEED_PATH.search(urlsplit(url).path):
            self._add(url, self._linked(url))
        else:
            self._link = url

    def data(self, data: str) -> None:
        if self._link is not None and len(data) < 40 and _FEED_WORD.search(data):
            self._add(self._link, self._linked(self._link))

    def end(self, tag: str) -> None:
        if tag == "a":
            self._link = None

    def close(self) -> None:
        return None

    def _alternate(self, url: str, values: dict[str, str]) -> None:
        relations = values.get("rel", "").lower().split()
        kind = values.get("type", "").split(";")[0].strip().lower()
        # application/json is WordPress's interface as well: only with rel="feed" is it a feed.
        if "feed" in relations or ("alternate" in relations and kind in FEED_TYPES):
            of_comments = _COMMENTS.search(values.get("title", "") + urlsplit(url).path)
            self._add(url, _Rank.COMMENTS if of_comments else _Rank.NAMED)

    def _linked(self, url: str) -> _Rank:
        return _Rank.LINKED if family(url) == self._family else _Rank.LINKED_AWAY

    def _add(self, url: str, rank: _Rank) -> None:
        if len(self.found) < _MAX_LINKS and not _NO_PAGE.search(urlsplit(url).path):
            self.found[url] = min(rank, self.found.get(url, rank))
