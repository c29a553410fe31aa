"""Reads and writes OPML, the file in which people carry their feeds from one program to another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from ingest.errors import ParseError, Reason
from ingest.publish.wording import MAX_URL_CHARS, flat, safe_link

MAX_OPML_BYTES = 10 * 1024 * 1024
MAX_FEEDS = 50_000
MAX_DEPTH = 50
_MAX_ELEMENTS = 200_000
_TITLE_CHARS = 300

# Old subscribers' schemes for the same thing: feed://host/x, and feed:https://host/x.
_FEED_SCHEMES = (("feed:https://", "https://"), ("feed:http://", "http://"), ("feed://", "http://"))


@dataclass(frozen=True, slots=True, kw_only=True)
class OpmlFeed:
    """One feed of an OPML file; `folder` is the path of outlines above it, joined by slashes."""

    url: str
    title: str = ""
    html_url: str | None = None
    folder: str = ""


def read_opml(data: bytes, *, subject: str = "OPML") -> tuple[OpmlFeed, ...]:
    """The feeds of an OPML file in its order, each address once; outlines without an http(s) feed are passed over.

    subject names the file in an error. Raises ParseError: EMPTY, TOO_LARGE (bytes, depth, elements or feeds), or
    NOT_A_FEED when it is not XML, not OPML, or declares a document type: no OPML needs entities.
    """
    if not data.strip():
        raise ParseError("the file is empty", reason=Reason.EMPTY, subject=subject)
    if len(data) > MAX_OPML_BYTES:
        raise ParseError(f"larger than {MAX_OPML_BYTES:,} bytes", reason=Reason.TOO_LARGE, subject=subject)
    reader = _Reader(subject)
    try:
        reader.parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError) as exc:
        raise ParseError(f"not well-formed XML: {exc}", reason=Reason.NOT_A_FEED, subject=subject) from exc
    return tuple(reader.feeds.values())


def write_opml(
    feeds: Iterable[OpmlFeed], *, title: str = "samewire feeds", created_at: datetime | None = None
) -> bytes:
    """An OPML 2.0 file of these feeds, one outline a folder; `read_opml` gives them back, folder by folder."""
    folders: dict[str, list[OpmlFeed]] = {}
    for feed in feeds:
        folders.setdefault(_xml_text(feed.folder), []).append(feed)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<opml version="2.0">',
        f"<head><title>{escape(_xml_text(title))}</title>{_created(created_at)}</head>",
        "<body>",
        *(_outline(feed) for feed in folders.pop("", [])),
    ]
    for folder, inside in folders.items():
        lines += [f"<outline text={quoteattr(folder)}>", *(f"  {_outline(feed)}" for feed in inside), "</outline>"]
    return "\n".join([*lines, "</body>", "</opml>", ""]).encode()


class _Reader:
    """Collects feeds while expat walks through the file; raises at the first thing that no OPML needs."""

    def __init__(self, subject: str) -> None:
        self.feeds: dict[str, OpmlFeed] = {}
        self._subject = subject
        self._elements = 0
        self._folders: list[str] = []  # one an open element; "" for those that are no folder
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end

    def _fail(self, text: str, reason: Reason) -> ParseError:
        line = self.parser.CurrentLineNumber
        return ParseError(f"line {line}: {text}", reason=reason, subject=self._subject)

    def _doctype(self, *_: object) -> None:
        raise self._fail("a document type declaration is refused", Reason.NOT_A_FEED)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements == 1 and name.lower() != "opml":
            raise self._fail(f"not OPML: the file begins with <{flat(name, 40)}>", Reason.NOT_A_FEED)
        if len(self._folders) >= MAX_DEPTH or self._elements > _MAX_ELEMENTS:
            raise self._fail("nested too deeply, or too many elements", Reason.TOO_LARGE)
        folder = ""
        if name.lower() == "outline":
            folder = self._outline({key.lower(): value for key, value in attributes.items()})
        self._folders.append(folder)

    def _end(self, _: str) -> None:
        self._folders.pop()

    def _outline(self, attributes: dict[str, str]) -> str:
        """Take the outline's feed when it has one; return its name, for it may be a folder too."""
        title = flat(attributes.get("title") or attributes.get("text") or "", _TITLE_CHARS)
        address = attributes.get("xmlurl")
        if address is None:
            return title
        url = _feed_url(address)
        if url and url not in self.feeds:
            if len(self.feeds) >= MAX_FEEDS:
                raise self._fail(f"more than {MAX_FEEDS:,} feeds", Reason.TOO_LARGE)
            self.feeds[url] = OpmlFeed(
                url=url,
                title=title,
                html_url=safe_link(attributes.get("htmlurl", "").strip()),
                folder="/".join(filter(None, self._folders)),
            )
        return ""


def _feed_url(address: str) -> str | None:
    address = address.strip()
    if len(address) > MAX_URL_CHARS:
        return None
    for prefix, scheme in _FEED_SCHEMES:
        if address.lower().startswith(prefix):
            address = scheme + address[len(prefix) :]
            break
    return safe_link(address)


def _outline(feed: OpmlFeed) -> str:
    title = quoteattr(_xml_text(feed.title or feed.url))
    site = f" htmlUrl={quoteattr(_xml_text(feed.html_url))}" if feed.html_url else ""
    return f'<outline type="rss" text={title} title={title} xmlUrl={quoteattr(_xml_text(feed.url))}{site}/>'


def _created(at: datetime | None) -> str:
    return f"<dateCreated>{format_datetime(at)}</dateCreated>" if at else ""


def _xml_text(text: str) -> str:
    """One line without the characters that XML 1.0 cannot hold (§2.2)."""
    return flat(text, MAX_URL_CHARS).translate({0xFFFE: None, 0xFFFF: None})
