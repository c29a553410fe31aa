"""Find the items of a feed as ranges of bytes, where that can be done exactly, and leave out those that are known."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from xml.parsers import expat

from ingest.parse.clean import MAX_ENTRIES

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
_ITEM_NAMES = frozenset({"item", "entry"})
#: Elements of the head that change at every poll and touch no item.
_TIMES = frozenset(
    {"lastBuildDate", "pubDate", f"{_ATOM} updated", f"{_ATOM_03} modified", "http://purl.org/dc/elements/1.1/ date"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """A feed's bytes, where each of its items lies in them, and what of the rest touches no item."""

    data: bytes
    items: tuple[Span, ...]
    idle: tuple[Span, ...]  # comments and times of the head

    def each(self) -> tuple[bytes, ...]:
        """The bytes of each item."""
        return tuple(self.data[start:end] for start, end in self.items)

    def around(self) -> bytes:
        """What an item may depend on: all that stands outside the items but times and comments."""
        return self._less(sorted((*self.items, *self.idle)))

    def without(self, indices: Collection[int]) -> bytes:
        """The feed without these of its items."""
        return self._less(span for index, span in enumerate(self.items) if index in indices)

    def _less(self, spans: Iterable[Span]) -> bytes:
        kept, at = [], 0
        for start, end in spans:
            kept.append(self.data[at:start])
            at = end
        return b"".join((*kept, self.data[at:]))


def scan(text: str) -> Scan | None:
    """Return where the items of a feed lie, or None where bytes do not decide.

    text: without XML declaration. None for what is not well formed, has a document type, is neither RSS 0.9x to 2.0
    nor Atom, has an item within an item or anywhere but where its root keeps them, an item without anything
    in it, or more items than are read. Linear in the text. Source: expat's XML_GetCurrentByteIndex.
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
    def __init__(self, data: bytes) -> None:
        self.items: list[Span] = []
        self.idle: list[Span] = []
        self._data = data
        self._path: list[str] = []
        self._item_at = self._time_at = -1  # where the open one began
        self.parser = expat.ParserCreate(encoding="utf-8", namespace_separator=" ")
        self.parser.StartDoctypeDeclHandler = self._doctype
        self.parser.CommentHandler = self._comment
        self.parser.StartElementHandler = self._opened
        self.parser.EndElementHandler = self._closed

    def _doctype(self, *_: object) -> None:
        raise _NotExact

    def _comment(self, _: str) -> None:
        if self._item_at < 0 and self._time_at < 0:
            at = self.parser.CurrentByteIndex
            self.idle.append((at, self._data.index(b"-->", at) + 3))

    def _opened(self, name: str, _attributes: object) -> None:
        path = self._path
        if name.rpartition(" ")[2].lower() in _ITEM_NAMES:
            if self._item_at >= 0 or _SHAPES.get(tuple(path)) != name or len(self.items) >= MAX_ENTRIES:
                raise _NotExact
            self._item_at = self.parser.CurrentByteIndex
        elif self._item_at < 0:
            self._time_at = self.parser.CurrentByteIndex if name in _TIMES else -1
        path.append(name)
        if len(path) > _MAX_DEPTH:
            raise _NotExact

    def _closed(self, name: str) -> None:
        self._path.pop()
        if self._item_at < 0:
            if self._time_at >= 0:
                self._take(self.idle, self._time_at)
                self._time_at = -1
        elif _SHAPES.get(tuple(self._path)) == name:
            self._take(self.items, self._item_at)
            self._item_at = -1

    def _take(self, spans: list[Span], start: int) -> None:
        at = self.parser.CurrentByteIndex
        if at == start:  # closed by itself: where its tag ends is not told
            raise _NotExact
        spans.append((start, self._data.index(b">", at) + 1))
