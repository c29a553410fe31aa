"""Lists of articles under a key that many share, kept short: of a crowd only the earliest of each day stay."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from math import inf
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

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

    def days(self, rows: Numbers) -> Numbers:
        """Return the day of each row."""

    def by_rank(self, rows: Numbers) -> tuple[Numbers, Numbers]:
        """Return rows in the order of their ranks, and the day of each."""

    def alive(self, rows: NDArray[np.integer[Any]]) -> Flags:
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

    def among(self, keys: Sequence[int]) -> dict[int, int]:
        """Return those of these keys that have a list, by their places."""
        lists = self._lists
        if lists.keys().isdisjoint(keys):
            return {}
        return {place: key for place, key in enumerate(keys) if key in lists}

    @property
    def nbytes(self) -> int:
        """Bytes held, about."""
        return sum(200 + 4 * len(held) for held in self._lists.values())

    def keys(self) -> Hashes:
        """Return every key that has a list."""
        return np.fromiter(self._lists, dtype=np.uint64, count=len(self._lists))

    def add(self, row: int, keys: Iterable[int]) -> None:
        """Put a row, the first or a further one, under distinct keys."""
        # A template's articles stand in all of its lists: the same few rows are asked for their ranks again and again.
        rank_of = cache(self._ranked.rank)
        rank = rank_of(row)
        for key in keys:
            held = self._lists.setdefault(key, array("I"))
            # News comes in the order of its times, nearly: most rows go to the end.
            late = not held or rank_of(held[-1]) <= rank
            held.insert(len(held) if late else bisect_left(held, rank, key=rank_of), row)
            if len(held) > PER_DAY:
                self._thin(key, rank[0], len(held) if late else None, rank_of)

    def add_all(self, key: int, rows: Numbers) -> None:
        """Put rows under a key."""
        self._replace(key, np.concatenate((self.under(key), rows), dtype=np.int64))

    def add_ranked(self, key: int, rows: Numbers, days: Numbers) -> None:
        """Put rows under a key, given in the order of their ranks with their days; less work where they come last."""
        held = self._lists.setdefault(key, array("I"))
        rank_of, first = self._ranked.rank, rows.item(0)
        if held and rank_of(held[-1]) > rank_of(first):
            return self.add_all(key, rows)
        free = PER_DAY - rows.size
        if free >= 0 and (len(held) <= free or rank_of(held[-free - 1])[0] != days.item(0)):  # no day is full
            held.frombytes(rows.astype(np.uint32).tobytes())
            return None
        before = self.under(key)[-PER_DAY:].astype(np.int64)
        if not self._ranked.alive(before).all():
            return self.add_all(key, rows)
        last = np.concatenate((self._ranked.days(before), days))
        fits = (np.arange(last.size) - np.searchsorted(last, last) < PER_DAY)[before.size :]
        self.missed += int(rows.size - np.count_nonzero(fits))
        held.frombytes(rows[fits].astype(np.uint32).tobytes())
        return None

    def under(self, key: int) -> NDArray[np.uint32]:
        """Return the rows under a key, in the order of their ranks; some may be held no more.

        They lie where the list does: nothing may be added while they are held.
        """
        return np.frombuffer(self._lists.get(key, b""), dtype=np.uint32)

    def merged(
        self, keys: Mapping[int, int], worth: NDArray[np.float64]
    ) -> tuple[list[NDArray[np.uint32]], list[float]]:
        """Return the rows under some keys and what these are worth; lists that are equal come once, for all of theirs.

        keys: by their places, each the worth of one. The keys of a template have the same list, all sixty of them:
        counted one by one they would be most of what a question costs.
        """
        of: dict[tuple[int, int, int], list[tuple[bytes, int, float]]] = {}
        for place, key in keys.items():
            held, value = self._lists[key], worth.item(place)
            if not held:
                continue
            alike = of.setdefault((len(held), held[0], held[-1]), [])
            content = held.tobytes()
            for number, (other, first, sum_) in enumerate(alike):
                if other == content:
                    alike[number] = (other, first, sum_ + value)
                    break
            else:
                alike.append((content, key, value))
        found = [each for alike in of.values() for each in alike]
        return [self.under(key) for _, key, _ in found], [sum_ for _, _, sum_ in found]

    def renumber(self, new: Numbers) -> None:
        """Follow rows to their new numbers; -1: held no more."""
        for key, held in list(self._lists.items()):
            rows = new[np.array(held, dtype=np.int64)]
            self._lists[key] = array("I", rows[rows >= 0].tolist())
            if not self._lists[key]:
                del self._lists[key]

    def _thin(self, key: int, day: int, end: int | None, rank_of: Callable[[int], Rank]) -> None:
        """Let go of the last row of a day that holds one too many. end: where the day ends, if that is known."""
        held = self._lists[key]
        if end is None:
            end = bisect_left(held, (day + 1, -inf, 0, 0), key=rank_of)
        first = end - PER_DAY - 1
        if first < 0 or rank_of(held[first])[0] != day:
            return
        if self._ranked.alive(self.under(key)[first:end]).all():
            del held[end - 1]
            self.missed += 1
        else:
            self._replace(key, self.under(key).astype(np.int64))

    def _replace(self, key: int, rows: Numbers) -> None:
        """Keep of these rows the earliest of each day, those that are held no more left out."""
        rows, days = self._ranked.by_rank(rows[self._ranked.alive(rows)])
        fits = np.arange(rows.size) - np.searchsorted(days, days) < PER_DAY
        self.missed += int(rows.size - fits.sum())
        self._lists[key] = array("I", rows[fits].tolist())
