"""Postings under keys of 36 bits, chained through flat arrays: six bytes each, and four for each place of the table."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ingest.match.sign import Hashes
from ingest.match.sketches import Numbers

Places = NDArray[np.intp]

#: Postings a place on average, at most: beyond it the table is made anew, so large that a third fewer lie in a place.
_LOAD, _FRESH = 4, 3
_LEAST_BITS = 20  # of a key are told by its place at least; the tag tells the other 16
_TAG_BITS = 16
_KEY_BITS = _LEAST_BITS + _TAG_BITS
_CHUNK_BITS = 14  # postings and places that are worked on at once: they stay in the processor's cache
#: Steps that all chains are followed together; the few that are longer are followed one by one.
_STEPS = 12
_UNLINKED = np.uint32(0xFFFFFFFF)
_MAX_POSTINGS = 0xFFFFFFF0


class Chains:
    """Which postings lie under a key. Postings are numbered from 1 in the order of coming, newest first in a chain.

    The upper bits of a key are its place in the table, the lower ones its tag: together they are the key, whatever the
    table's size, so that nothing is found by mistake.
    """

    def __init__(self) -> None:
        self._bits = _LEAST_BITS
        self._heads = np.zeros(1 << self._bits, dtype=np.uint32)  # 0: nobody
        self._nexts = np.zeros(1024, dtype=np.uint32)
        self._tags = np.zeros(1024, dtype=np.uint16)
        self.end = 1  # the number that the next posting gets

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return self._heads.nbytes + self._nexts.nbytes + self._tags.nbytes

    @property
    def crowded(self) -> bool:
        """Whether there are so many postings that the table should be twice as large."""
        return self.end > _LOAD << self._bits

    def append(self, keys: Hashes, *, linked: NDArray[np.bool_] | None = None) -> None:
        """Give each key the next posting. linked: those that can be found; the others only take a number."""
        first, self.end = self.end, self.end + keys.size
        self._room(self.end)
        self._tags[first : self.end] = keys
        for start in range(0, keys.size, 1 << _CHUNK_BITS):
            part = slice(start, start + (1 << _CHUNK_BITS))
            self._link(keys[part], first + start, None if linked is None else linked[part])

    def find(self, key: int) -> list[int]:
        """Return the postings under one key; less work than `under` for one."""
        tag, found = key & ((1 << _TAG_BITS) - 1), []
        at = self._heads.item(key >> (_KEY_BITS - self._bits))
        while at:
            if self._tags.item(at) == tag:
                found.append(at)
            at = self._nexts.item(at)
        return found

    def under(self, keys: Hashes, *, beyond: int = 0) -> tuple[Places, Places, Places]:
        """Return (positions in keys, postings) of all that lies under these keys, and the positions of keys whose
        chains are longer than `beyond` (0: are followed to their ends), of which something may be left out.
        """
        count = keys.size
        if not count:
            return _NOBODY, _NOBODY, _NOBODY
        walked = np.empty((_STEPS + 1, count), dtype=np.intp)
        walked[0] = self._heads.take(self._places(keys))
        for step in range(_STEPS):
            walked[step + 1] = self._nexts.take(walked[step])
        first = walked[:_STEPS].ravel()
        same = self._tags.take(first).reshape(_STEPS, count) == keys.astype(np.uint16)
        found = np.flatnonzero(same.ravel() & (first != 0))
        which, postings = found % count, first.take(found)
        left = np.flatnonzero(walked[_STEPS])
        if not left.size:
            return which, postings, np.flatnonzero(walked[beyond]) if 0 < beyond < _STEPS else _NOBODY
        places, others, far = self._followed(left.tolist(), walked[_STEPS], keys, beyond)
        if 0 < beyond < _STEPS:
            far = np.flatnonzero(walked[beyond])
        return np.concatenate((which, places)), np.concatenate((postings, others)), far

    def _followed(self, left: list[int], at_of: Places, keys: Hashes, beyond: int) -> tuple[Places, Places, Places]:
        """The same of the chains that are left, from where each stands, one by one: they are few."""
        places, postings, far = [], [], []
        tag_of, next_of = self._tags.item, self._nexts.item
        for place in left:
            tag, at, steps = keys.item(place) & ((1 << _TAG_BITS) - 1), at_of.item(place), _STEPS
            while at and steps != beyond:
                if tag_of(at) == tag:
                    places.append(place)
                    postings.append(at)
                at = next_of(at)
                steps += 1
            if at:
                far.append(place)
        return np.array(places, dtype=np.intp), np.array(postings, dtype=np.intp), np.array(far, dtype=np.intp)

    def longer(self, keys: Hashes, than: int) -> Hashes:
        """Return those of these keys that lie in chains of more postings than that."""
        at = self._heads.take(self._places(keys))
        for _ in range(than):
            left = np.flatnonzero(at)
            keys, at = keys.take(left), self._nexts.take(at.take(left))
        far: Hashes = keys[at != 0]
        return far

    def whole(self, keys: Hashes) -> Iterator[tuple[int, Places, Hashes]]:
        """Yield the chains that these keys lie in, each once: its place, its postings, newest first, and their keys."""
        places = np.unique(self._places(keys))
        steps, at = [], self._heads.take(places)
        while np.count_nonzero(at):
            steps.append(at)
            at = self._nexts.take(at)
        below = _KEY_BITS - self._bits
        low = np.uint16((1 << below) - 1)
        for place, column in zip(places.tolist(), np.array(steps, dtype=np.intp).T, strict=True):
            postings = column[column != 0]
            yield place, postings, np.uint64(place << below) | (self._tags[postings] & low).astype(np.uint64)

    def relink(self, place: int, postings: Places, kept: NDArray[np.bool_]) -> None:
        """Leave of a place's chain, whose postings these are, those that are kept."""
        left = postings[kept].astype(np.uint32)
        self._nexts[postings[~kept]] = _UNLINKED
        self._heads[place] = left[0] if left.size else 0
        if left.size:
            self._nexts[left] = np.append(left[1:], np.uint32(0))

    def squeeze(self, starts: Numbers, kept: NDArray[np.bool_]) -> Numbers:
        """Number the postings of the rows that are kept anew, those without a link left out; chain them in a table of
        fitting size. Returns how many postings each row has left.

        starts: the first posting of each row, and the end. It needs little room beside the table.
        """
        self._unchain()
        self._heads = np.zeros(0, dtype=np.uint32)
        counts = np.zeros(kept.size, dtype=np.int64)
        end = 1
        step = max(1, (kept.size << _CHUNK_BITS) // max(1, self.end))
        for first in range(0, kept.size, step):
            edges = starts[first : first + step + 1]
            each = np.diff(edges)
            tops, tags = self._nexts[edges[0] : edges[-1]], self._tags[edges[0] : edges[-1]]
            stay = np.repeat(kept[first : first + step], each) & (tops != _UNLINKED)
            counts[first : first + each.size] = np.add.reduceat(stay, edges[:-1] - edges[0], dtype=np.int64)
            count = int(counts[first : first + each.size].sum())
            self._nexts[end : end + count], self._tags[end : end + count] = tops[stay], tags[stay]
            end += count
        self._chain_all(end)
        return counts

    def widen(self, postings: int) -> None:
        """Make the table fit for so many postings before they come; only while it is empty."""
        if self.end == 1:
            self._bits = _bits_for(postings)
            self._heads = np.zeros(1 << self._bits, dtype=np.uint32)

    def _chain_all(self, end: int) -> None:
        """Chain all postings below a number, whose upper bits lie where their chains will."""
        self._bits = _bits_for(end)
        self._heads = np.zeros(1 << self._bits, dtype=np.uint32)
        for start in range(1, end, 1 << _CHUNK_BITS):
            part = slice(start, min(end, start + (1 << _CHUNK_BITS)))
            keys = self._nexts[part].astype(np.uint64) << np.uint64(_TAG_BITS) | self._tags[part]
            self._link(keys, part.start)
        self.end = end

    def _unchain(self) -> None:
        """Put the upper bits of each posting's key where its link is."""
        for first in range(0, self._heads.size, 1 << _CHUNK_BITS):
            at = self._heads[first : first + (1 << _CHUNK_BITS)]
            tops = (np.arange(first, first + at.size) >> (self._bits - _LEAST_BITS)).astype(np.uint32)
            while at.any():
                tops, at = tops[at != 0], at[at != 0]
                after = self._nexts[at]
                self._nexts[at] = tops
                at = after

    def _link(self, keys: Hashes, first: int, linked: NDArray[np.bool_] | None = None) -> None:
        """Put the postings from `first` on before what lies in their chains; those that are not linked get no link."""
        places, numbers = self._places(keys), np.arange(first, first + keys.size, dtype=np.uint32)
        tops = self._heads.take(places)
        if linked is not None:
            tops[~linked] = _UNLINKED
            places, numbers = places[linked], numbers[linked]
        self._nexts[first : first + keys.size] = tops
        self._heads[places] = numbers
        # Of those that share a place one is its head now; the others come before it, one each time.
        while (left := np.flatnonzero(self._heads.take(places) != numbers)).size:
            places, numbers = places.take(left), numbers.take(left)
            self._nexts[numbers] = self._heads.take(places)
            self._heads[places] = numbers

    def _places(self, keys: Hashes) -> Places:
        return (keys >> np.uint64(_KEY_BITS - self._bits)).view(np.intp)

    def _room(self, end: int) -> None:
        """Make room for postings below a number: by a sixteenth at a time, where they lie, so that little is idle."""
        if end > _MAX_POSTINGS:
            raise OverflowError(f"the index cannot hold more than {_MAX_POSTINGS} postings; shorten match.window")
        if end > self._nexts.size:
            size = max(end, self._nexts.size + self._nexts.size // 16 + 1024)
            self._nexts.resize(size, refcheck=False)
            self._tags.resize(size, refcheck=False)


def _bits_for(postings: int) -> int:
    """How many bits of a key are its place, for so many postings."""
    return min(_KEY_BITS - 4, max(_LEAST_BITS, (postings // _FRESH).bit_length()))


_NOBODY = np.empty(0, dtype=np.intp)
