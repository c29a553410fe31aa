"""Lists of articles under a key that many share, kept short: of a crowd only the earliest of each day stay."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from math import inf
from typing import Protocol

import numpy as np

from ingest.match.sign import Hashes
from ingest.match.sketches import Flags, Numbers

#: (day, time, digest, publisher): what chooses in a crowd; the same whatever the order of arrival.
Rank = tuple[int, float, int, int]

#: Articles of one day that are kept under one key: the earliest.
PER_DAY = 96


class Ranked(Protocol):
    """Rows that have ranks, which do not change while they are held."""

    def rank(self, row: int) -> Rank:
        """Return a row's rank."""

    def by_rank(self, rows: Numbers) -> tuple[Numbers, Numbers]:
        """Return rows in the order of their ranks, and the day of each."""

    def alive(self, rows: Numbers) -> Flags:
        """Return which rows are still held."""


class Postings:
    """Which rows hold a key. What is kept is a function of the set of rows added, not of their order.

    `missed` counts what was dropped: once others are removed, only adding everything anew brings it back.
    """

    def __init__(self, ranked: Ranked) -> None:
        self._ranked = ranked
        self._lists: dict[int, array[int]] = {}
        self.missed = 0

    def __len__(self) -> int:
        return len(self._lists)

    def among(self, keys: Iterable[int]) -> list[int]:
        """Return those of these keys that have a list."""
        return list(self._lists.keys() & keys) if self._lists else []

    @property
    def nbytes(self) -> int:
        """Bytes held, about."""
        return sum(200 + 4 * len(held) for held in self._lists.values())

    def keys(self) -> Hashes:
        """Return every key that has a list."""
        return np.fromiter(self._lists, dtype=np.uint64, count=len(self._lists))

    def add(self, row: int, key: int) -> None:
        """Put a row, the first or a further one, under a key."""
        held, rank_of = self._lists.setdefault(key, array("I")), self._ranked.rank
        rank = rank_of(row)
        # News comes in the order of its times, nearly: most rows go to the end.
        late = not held or rank_of(held[-1]) <= rank
        held.insert(len(held) if late else bisect_left(held, rank, key=rank_of), row)
        if len(held) > PER_DAY:
            self._thin(key, held, rank[0], len(held) if late else None)

    def add_all(self, key: int, rows: Numbers) -> None:
        """Put rows under a key."""
        self._replace(key, np.concatenate((self.under(key), rows)))

    def under(self, key: int) -> Numbers:
        """Return the rows under a key, in the order of their ranks; some may be held no more."""
        return np.array(self._lists.get(key, ()), dtype=np.int64)

    def renumber(self, new: Numbers) -> None:
        """Follow rows to their new numbers; -1: held no more."""
        for key, held in list(self._lists.items()):
            rows = new[np.array(held, dtype=np.int64)]
            self._lists[key] = array("I", rows[rows >= 0].tolist())
            if not self._lists[key]:
                del self._lists[key]

    def _thin(self, key: int, held: array[int], day: int, end: int | None) -> None:
        """Let go of the last row of a day that holds one too many. end: where the day ends, if that is known."""
        rank_of = self._ranked.rank
        if end is None:
            end = bisect_left(held, (day + 1, -inf, 0, 0), key=rank_of)
        first = end - PER_DAY - 1
        if first < 0 or rank_of(held[first])[0] != day:
            return
        if self._ranked.alive(np.array(held[first:end], dtype=np.int64)).all():
            del held[end - 1]
            self.missed += 1
        else:
            self._replace(key, np.array(held, dtype=np.int64))

    def _replace(self, key: int, rows: Numbers) -> None:
        """Keep of these rows the earliest of each day, those that are held no more left out."""
        rows, days = self._ranked.by_rank(rows[self._ranked.alive(rows)])
        fits = np.arange(rows.size) - np.searchsorted(days, days) < PER_DAY
        self.missed += int(rows.size - fits.sum())
        self._lists[key] = array("I", rows[fits].tolist())
