"""Reads and writes OPML, the file in which people carry their feeds from one program to another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
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
# XML 1.0 section 2.2: no way of writing them makes them fit.
_NOT_XML = dict.fromkeys([*range(9), 11, 12, *range(14, 32), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF])
_OWN_PREFIXES = ("xml:", "xmln")
_FEED_SCHEMES = (("feed:https://", "https://"), ("feed:http://", "http://"), ("feed://", "http://"))


#: An outline's attributes as its file has them, in order; namespaces they use are declared among them.
Attributes = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpmlFeed:
    """One outline of an OPML file that is a feed, and the outlines above it, the outermost first."""

    url: str
    title: str = ""
    html_url: str | None = None
    folders: tuple[Attributes, ...] = ()
    attributes: Attributes = ()  # all of them; empty for a feed that no file listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlines:
    """What an OPML file lists."""

    feeds: tuple[OpmlFeed, ...]
    refused: tuple[tuple[int, str], ...]  # line and address of what is no feed to poll


def folder(name: str) -> Attributes:
    """A folder of this name."""
    return (("text", _xml_text(name)),)


def read_outlines(data: bytes, *, subject: str = "OPML") -> Outlines:
    """The feeds of an OPML file in its order, each address once a folder; and those whose address is not http(s).

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
    return Outlines(feeds=tuple(reader.feeds), refused=tuple(reader.refused))


def write_opml(
    feeds: Iterable[OpmlFeed], *, title: str = "samewire feeds", created_at: datetime | None = None
) -> bytes:
    """An OPML 2.0 file of these feeds in their folders; `read_outlines` gives them back, attributes and all.

    Feeds stand in the order given, folders where their first feed has them.
    """
    body = _Folder()
    for feed in feeds:
        place = body
        for name in feed.folders:
            place = place.inside.setdefault(name, _Folder())
        place.lines.append(f"<outline{_written(_feed_attributes(feed))}/>")
    head = f"<head><title>{escape(_xml_text(title))}</title>{_created(created_at)}</head>"
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<opml version="2.0">', head, "<body>", *_lines(body)]
    return "\n".join([*lines, "</body>", "</opml>", ""]).encode()


@dataclass(slots=True)
class _Folder:
    """What stands in one outline."""

    lines: list[str] = field(default_factory=list)
    inside: dict[Attributes, _Folder] = field(default_factory=dict)


def _lines(place: _Folder) -> Iterator[str]:
    yield from place.lines
    for attributes, inside in place.inside.items():
        yield f"<outline{_written(attributes)}>"
        yield from (f"  {line}" for line in _lines(inside))
        yield "</outline>"


def _feed_attributes(feed: OpmlFeed) -> Attributes:
    """A feed's attributes: as its file had them, with the address that it has today."""
    if feed.attributes:
        return tuple((name, feed.url if name.lower() == "xmlurl" else value) for name, value in feed.attributes)
    title = _xml_text(feed.title or feed.url)
    site = (("htmlUrl", feed.html_url),) if feed.html_url else ()
    return (("type", "rss"), ("text", title), ("title", title), ("xmlUrl", feed.url), *site)


def _written(attributes: Attributes) -> str:
    return "".join(f" {name}={quoteattr(value.translate(_NOT_XML))}" for name, value in attributes)


class _Reader:
    """Collects feeds while expat walks through the file; raises at the first thing that no OPML needs."""

    def __init__(self, subject: str) -> None:
        self.feeds: list[OpmlFeed] = []
        self.refused: list[tuple[int, str]] = []
        self._subject = subject
        self._elements = 0
        self._seen: set[tuple[str, tuple[Attributes, ...]]] = set()
        self._folders: list[Attributes] = []  # one an open element; () for those that are no folder
        self._namespaces: dict[str, str] = {}
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
        self._namespaces.update((key, uri) for key, uri in attributes.items() if key.startswith("xmlns:"))
        self._folders.append(self._outline(attributes) if name.lower() == "outline" else ())

    def _end(self, _: str) -> None:
        self._folders.pop()

    def _outline(self, attributes: dict[str, str]) -> Attributes:
        """Take the outline's feed when it has one; return what names it where it has none, for it may be a folder."""
        kept = self._declared(attributes)
        values = {key.lower(): value for key, value in attributes.items()}
        address = values.get("xmlurl")
        if address is None:
            return kept
        url, folders = _feed_url(address), tuple(filter(None, self._folders))
        if url is None and address.strip():
            self.refused.append((self.parser.CurrentLineNumber, flat(address, MAX_URL_CHARS)))
        elif url is not None and (url, folders) not in self._seen:
            if len(self.feeds) >= MAX_FEEDS:
                raise self._fail(f"more than {MAX_FEEDS:,} feeds", Reason.TOO_LARGE)
            self._seen.add((url, folders))
            self.feeds.append(
                OpmlFeed(
                    url=url,
                    title=flat(values.get("title") or values.get("text") or "", _TITLE_CHARS),
                    html_url=safe_link(values.get("htmlurl", "").strip()),
                    folders=folders,
                    attributes=kept,
                )
            )
        return ()

    def _declared(self, attributes: dict[str, str]) -> Attributes:
        """An outline's attributes, with the namespaces that they use; those of prefixes nobody declared go."""
        wanted = {f"xmlns:{key.partition(':')[0]}" for key in attributes if ":" in key and key[:4] not in _OWN_PREFIXES}
        undeclared = {name for name in wanted if name not in self._namespaces}
        kept = [(key, value) for key, value in attributes.items() if f"xmlns:{key.partition(':')[0]}" not in undeclared]
        named = [(name, self._namespaces[name]) for name in sorted(wanted - undeclared) if name not in attributes]
        return (*named, *kept)


def _feed_url(address: str) -> str | None:
    address = address.strip()
    if len(address) > MAX_URL_CHARS:
        return None
    for prefix, scheme in _FEED_SCHEMES:
        if address.lower().startswith(prefix):
            address = scheme + address[len(prefix) :]
            break
    return safe_link(address)


def _created(at: datetime | None) -> str:
    return f"<dateCreated>{format_datetime(at)}</dateCreated>" if at else ""


def _xml_text(text: str) -> str:
    """One line without the characters that XML 1.0 cannot hold."""
    return flat(text, MAX_URL_CHARS).translate(_NOT_XML)
