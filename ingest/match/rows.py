"""The articles of an index as rows of numbers: what is asked of an article that is held, 43 bytes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.match.postings import Rank
from ingest.match.sketches import Flags, Numbers

#: What is kept of each article.
_COLUMNS = np.dtype(
    [
        ("id", "i8"),
        ("time", "i8"),  # microseconds: the article's own, else what forgetting goes by, else NEVER
        ("digest", "u8"),
        ("publisher", "u8"),
        ("start", "u4"),  # its first posting
        ("place", "u4"),  # where it stands in what was found last; nobody else reads it
        ("body", "u1"),
        ("lead", "u1"),
        ("marks", "u1"),
    ]
)
ALIVE, TIMED, IS_WHOLE, IS_FLASH, SHORT = 1, 2, 4, 8, 16  # marks
NEVER = np.iinfo(np.int64).min
_DAY_US = 86_400_000_000
_NO_DAY = -(1 << 40)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_US = timedelta(microseconds=1)


def microseconds(at: datetime) -> int:
    """Return a time as a number."""
    return (at - _EPOCH) // _US


def rank_of(at_us: int | None, digest: int, publisher: int) -> Rank:
    """Return what chooses in a crowd: the day, the time, the digest, the publisher. at_us: None where it is unknown."""
    if at_us is None:
        return _NO_DAY, 0.0, digest, publisher
    return at_us // _DAY_US, float(at_us), digest, publisher


class Rows:
    """Articles in the order of coming. A row that was let go keeps its number until rows are squeezed."""

    def __init__(self) -> None:
        self._columns: dict[str, NDArray[Any]] = {
            name: np.zeros(256, dtype=_COLUMNS[name]) for name in _COLUMNS.names or ()
        }
        self.count = 0  # rows there are
        self.held = 0  # rows that were not let go

    def column(self, name: str) -> NDArray[Any]:
        """Return a column of the rows there are. It is not to be kept: it moves when rows come."""
        return self._columns[name][: self.count]

    def take(self, name: str, rows: Numbers) -> NDArray[Any]:
        """Return what stands in a column of these rows."""
        return self._columns[name].take(rows)

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return sum(column.nbytes for column in self._columns.values())

    def append_one(self, **columns: object) -> None:
        """Add a row, which is alive; less work than `append` for one."""
        self._room(self.count + 1)
        for name, value in columns.items():
            self._columns[name][self.count] = value
        self._columns["marks"][self.count] |= ALIVE
        self.count, self.held = self.count + 1, self.held + 1

    def append(self, count: int, **columns: object) -> None:
        """Add rows, which are alive. columns: an array each; `marks` without ALIVE."""
        end = self.count + count
        self._room(end)
        for name, value in columns.items():
            self._columns[name][self.count : end] = value
        self._columns["marks"][self.count : end] |= ALIVE
        self.count, self.held = end, self.held + count

    def distinct(self, rows: Numbers) -> tuple[Numbers, Numbers]:
        """Return the distinct ones of some rows, in an order that means nothing, and the place of each row in them.

        A sort would cost several times as much where a crowd was found.
        """
        place_of, numbers = self._columns["place"], np.arange(rows.size)
        place_of[rows] = numbers
        found = rows[place_of.take(rows) == numbers]
        place_of[found] = numbers[: found.size]
        return found, place_of.take(rows)

    def let_go(self, rows: Numbers) -> None:
        """Hold rows, all of them alive, no more."""
        self._columns["marks"][rows] &= 255 - ALIVE
        self.held -= rows.size

    def alive(self, rows: NDArray[np.integer[Any]]) -> Flags:
        """Return which rows are still held."""
        return (self._columns["marks"].take(rows) & ALIVE) > 0

    def is_alive(self, row: int) -> bool:
        """Return whether a row is still held."""
        return bool(self._columns["marks"].item(row) & ALIVE)

    def of_one(self, posting: int) -> int:
        """Return whose posting it is."""
        return int(self.column("start").searchsorted(np.uint32(posting), side="right")) - 1

    def of(self, postings: Numbers) -> Numbers:
        """Return whose postings these are."""
        # In the column's own type, or NumPy would make a wider copy of all of it each time.
        return self.column("start").searchsorted(postings.astype(np.uint32), side="right") - 1

    def older_than(self, time: int) -> Numbers:
        """Return the rows held whose time lies before one."""
        times = self.column("time")
        return np.flatnonzero((times < time) & (times != NEVER) & ((self.column("marks") & ALIVE) > 0))

    def rank(self, row: int) -> Rank:
        """Return what chooses in a crowd: the day, the time, the digest, the publisher."""
        column = self._columns
        digest, publisher = column["digest"].item(row), column["publisher"].item(row)
        timed = column["marks"].item(row) & TIMED
        return rank_of(column["time"].item(row) if timed else None, digest, publisher)

    def days(self, rows: Numbers) -> Numbers:
        """Return the day of each row, as its rank has it."""
        timed = (self._columns["marks"].take(rows) & TIMED) > 0
        return np.where(timed, self._columns["time"].take(rows) // _DAY_US, _NO_DAY)

    def by_rank(self, rows: Numbers) -> tuple[Numbers, Numbers]:
        """Return rows in the order of their ranks, and the day of each."""
        timed = (self._columns["marks"].take(rows) & TIMED) > 0
        times = np.where(timed, self._columns["time"].take(rows), 0)
        days = self.days(rows)
        order = np.lexsort((self._columns["publisher"].take(rows), self._columns["digest"].take(rows), times, days))
        return rows[order], days[order]

    def squeeze(self, postings: Numbers) -> Numbers:
        """Give the rows that are held new numbers, without gaps. postings: how many each row has left.

        Returns the new number of each row, -1 for those that are gone.
        """
        kept = (self.column("marks") & ALIVE) > 0
        new = np.where(kept, np.cumsum(kept) - 1, -1)
        for name, column in self._columns.items():
            column[: self.held] = self.column(name)[kept]
        left = postings[kept]
        self._columns["start"][: self.held] = 1 + np.cumsum(left) - left
        self.count = self.held
        return new

    def _room(self, end: int) -> None:
        if end > self._columns["id"].size:
            for column in self._columns.values():
                column.resize(end + end // 16 + 256, refcheck=False)
