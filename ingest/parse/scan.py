"""Find the items of a feed as ranges of bytes, where that can be done exactly, and leave out those that are known."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from xml.parsers import expat

Span = tuple[int, int]  # [start, end)

#: Where a root keeps its items: the item's parents, and the item, in expat's "namespace name" form.
#: RDF's items stand beside their channel and are named in it; they and all others are parsed whole.
_ATOM, _ATOM_03 = "http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#"
_SHAPES = {
    ("rss", "channel"): "item",
    (f"{_ATOM} feed",): f"{_ATOM} entry",
    (f"{_ATOM_03} feed",): f"{_ATOM_03} entry",
}
_MAX_DEPTH = 200
_SCOPES = frozenset({"base", "lang"})
_ITEM_NAMES = frozenset({"item", "entry"})
#: Elements of the head that change at every poll and touch no item.
_TIMES = frozenset(
    {"lastBuildDate", "pubDate", f"{_ATOM} updated", f"{_ATOM_03} modified", "http://purl.org/dc/elements/1.1/ date"}
)
_CLOSING = re.compile(rb"</(?:[^\s<>/:]+:)?([^\s<>/:]+)\s*>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """A feed's bytes, where each of its items lies in them, and what of the rest touches no item."""

    data: bytes
    items: tuple[Span, ...]
    idle: tuple[Span, ...]  # comments and times of the head

    def each(self) -> Iterator[bytes]:
        """The bytes of each item."""
        return (self.data[start:end] for start, end in self.items)

    def around(self) -> bytes:
        """What an item may depend on: all that stands outside the items but times, comments and blanks between them."""
        pieces = (piece.strip() for piece in self._less(sorted((*self.items, *self.idle))))
        return b"".join(piece for piece in pieces if piece)

    def without(self, indices: Collection[int]) -> bytes:
        """The feed without these of its items."""
        return b"".join(self._less(span for index, span in enumerate(self.items) if index in indices))

    def _less(self, spans: Iterable[Span]) -> Iterator[bytes]:
        at = 0
        for start, end in spans:
            yield self.data[at:start]
            at = end
        yield self.data[at:]


def scan(text: str) -> Scan | None:
    """Return where the items of a feed lie, or None where bytes do not decide.

    text: without XML declaration. None for what is not well formed, has a document type, is neither RSS 0.9x to 2.0
    nor Atom, has an item within an item or anywhere but where its root keeps them, or an item without anything
    in it. Linear in the text. Source: expat's XML_GetCurrentByteIndex.
    """
    try:
        data = text.encode()
        scanner = _Scanner(data)
        scanner.parser.Parse(data, True)
    except (expat.ExpatError, UnicodeError, _NotExact):
        return None
    return Scan(data=data, items=tuple(scanner.items), idle=tuple(scanner.idle))


class _NotExact(Exception):
    """Something that makes the places of items a matter of opinion."""


class _Scanner:
    """Follows expat through a feed, and gives up where feedparser lets one item change the reading of another.

    feedparser 6 binds a prefix for the rest of the feed, forgets to take a base back where none was before, and counts
    wrong over a stray <div>: an item's base or language then holds on beyond it.
    """

    def __init__(self, data: bytes) -> None:
        self.items: list[Span] = []
        self.idle: list[Span] = []
        self._data = data
        self._path: list[str] = []
        self._item_at = self._time_at = -1  # where the open one began
        self._prefixes: dict[str, str] = {}
        self._has_base = False  # the items' parents have one
        self._scoped = self._divided = False  # the open item holds a base or language; a <div>
        self.parser = expat.ParserCreate(encoding="utf-8", namespace_separator=" ")
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.StartNamespaceDeclHandler = self._bound
        self.parser.CommentHandler = self._comment
        self.parser.StartElementHandler = self._opened
        self.parser.EndElementHandler = self._closed

    def _doctype(self, *_: object) -> None:
        raise _NotExact

    def _comment(self, _: str) -> None:
        if self._item_at < 0 and self._time_at < 0:
            at = self.parser.CurrentByteIndex
            self.idle.append((at, self._data.index(b"-->", at) + 3))

    def _bound(self, prefix: str | None, uri: str | None) -> None:
        if prefix is not None and self._prefixes.setdefault(prefix, uri or "") != uri:
            raise _NotExact

    def _opened(self, name: str, attributes: dict[str, str]) -> None:
        path, local = self._path, name.rpartition(" ")[2].lower()
        if local in _ITEM_NAMES:
            if self._item_at >= 0 or _SHAPES.get(tuple(path)) != name:
                raise _NotExact
            self._item_at = self.parser.CurrentByteIndex
            self._scoped = self._divided = False
        elif self._item_at < 0:
            self._time_at = self.parser.CurrentByteIndex if name in _TIMES else -1
        elif local == "div":
            self._divided = True
        if attributes:
            self._scope({key.rpartition(" ")[2].lower() for key in attributes})
        path.append(name)
        if len(path) > _MAX_DEPTH:
            raise _NotExact

    def _scope(self, attributes: set[str]) -> None:
        """Note an element's base or language."""
        if self._item_at >= 0:
            self._scoped = self._scoped or not attributes.isdisjoint(_SCOPES)
            if "base" in attributes and not self._has_base:
                raise _NotExact
        elif len(self._path) < 2 and "base" in attributes:
            self._has_base = True
        elif self.items and not attributes.isdisjoint(_SCOPES):
            raise _NotExact

    def _closed(self, name: str) -> None:
        self._path.pop()
        if self._item_at < 0:
            if self._time_at >= 0:
                self.idle.append((self._time_at, self._end(name)))
                self._time_at = -1
        elif _SHAPES.get(tuple(self._path)) == name:
            if self._scoped and self._divided:
                raise _NotExact
            self.items.append((self._item_at, self._end(name)))
            self._item_at = -1

    def _end(self, name: str) -> int:
        """Where the closing tag ends that expat is at; for a tag that closes itself expat is behind it."""
        at = self.parser.CurrentByteIndex
        tag = _CLOSING.match(self._data, at)
        if tag is None or tag[1].decode() != name.rpartition(" ")[2]:
            raise _NotExact
        return tag.end()
