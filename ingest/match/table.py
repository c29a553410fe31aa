"""The articles of an index with all that they are posted under: keys that few share in chains, the others in crowds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ingest.match.chains import Chains
from ingest.match.postings import Postings
from ingest.match.rows import ALIVE, Rows
from ingest.match.sign import Hashes
from ingest.match.sketches import Flags, Numbers

#: A chain that is longer is looked at: what was let go leaves it, and a key that so many share gets a list of its own.
LONG, MANY = 32, 16
#: Rows that were let go are dropped when they are more than those held, and than these.
IDLE = 1024
_BINS = 1 << 20
#: Of what is added at once one key in so many is counted, where there are enough of them.
_ONE_IN, _ENOUGH = 4, 1 << 16
#: Keys that come so often in it may have long chains: a question need not be who finds out.
_FREQUENT = 8
Worth = NDArray[np.float64]
NOBODY = np.empty(0, dtype=np.intp)
_WORTHLESS = np.empty(0, dtype=np.float64)


class Table:
    """Rows, and the keys they are posted under. Whether a key has a chain or a list changes no answer but by thinning
    (see `Postings`), and a list that is thinned was a chain that is too long first.
    """

    def __init__(self) -> None:
        self.rows = Rows()
        self._chains = Chains()
        self._crowds = Postings(self.rows)

    @property
    def missed(self) -> int:
        """How many rows crowds have dropped."""
        return self._crowds.missed

    @property
    def nbytes(self) -> int:
        """Bytes held."""
        return self.rows.nbytes + self._chains.nbytes + self._crowds.nbytes

    def sizes(self) -> dict[str, int]:
        """Return the bytes of each part, and how many postings chains hold."""
        parts = {"rows": self.rows.nbytes, "chains": self._chains.nbytes, "crowds": self._crowds.nbytes}
        return parts | {"postings": self._chains.end - 1}

    def widen(self, postings: int) -> None:
        """Make the table fit for so many postings at once rather than as they come."""
        self._chains.widen(postings)

    def add(self, keys: Hashes, **columns: object) -> None:
        """Hold one article. columns: of its row."""
        self.rows.append_one(start=self._chains.end, **columns)
        linked = None
        if crowded := self._crowds.among(keys.tolist()):
            self._crowds.add(self.rows.count - 1, list(crowded.values()))
            linked = np.ones(keys.size, dtype=np.bool_)
            linked[list(crowded)] = False
        self._chains.append(keys, linked=linked)
        self._tidy()

    def add_all(self, keys: Hashes, counts: Numbers, **columns: object) -> None:
        """Hold articles. keys: one article's after the other's, as many as its count says."""
        first = self.rows.count
        self.rows.append(counts.size, start=self._chains.end + np.cumsum(counts) - counts, **columns)
        linked, frequent = self._crowd(keys, np.repeat(np.arange(first, first + counts.size), counts))
        self._chains.append(keys, linked=linked)
        if frequent.size and (far := self._chains.longer(frequent, LONG)).size:
            self._shorten(far)
        self._tidy()

    def under(self, keys: Hashes, worth: Worth, *, also: Numbers = NOBODY, each: float = 0.0) -> tuple[Numbers, Worth]:
        """Return the rows held under these keys, in an order that means nothing, and what those of each row are worth
        together.

        worth: of each key. also: rows held that count for `each` more.
        """
        which, postings, far = self._chains.under(keys, beyond=LONG)
        if far.size:
            self._shorten(keys[far])
            which, postings, _ = self._chains.under(keys)
        crowded = self._crowds.among(keys.tolist())
        if not (postings.size or crowded or also.size):
            return NOBODY, _WORTHLESS
        every, values = self.rows.of(postings), worth.take(which)
        if crowded or also.size:
            crowds, sums_of = self._crowds.merged(crowded, worth)
            every = np.concatenate((every, also, *crowds), dtype=np.intp)
            sizes = [also.size, *(crowd.size for crowd in crowds)]
            values = np.concatenate((values, np.repeat([each, *sums_of], sizes)))
        rows, places = self.rows.distinct(every)
        sums: Worth = np.asarray(np.bincount(places, weights=values, minlength=rows.size), dtype=np.float64)
        alive = self.rows.alive(rows)
        return (rows, sums) if alive.all() else (rows[alive], sums[alive])

    def find_all(self, keys: Hashes) -> tuple[Numbers, Numbers]:
        """Return (positions in keys, rows) of all that is held under keys that few share."""
        which, postings, _ = self._chains.under(keys)
        rows = self.rows.of(postings)
        alive = self.rows.alive(rows)
        return which[alive], rows[alive]

    def find(self, key: int) -> Numbers:
        """Return the rows held under one key that few share."""
        return np.array(
            [row for row in map(self.rows.of_one, self._chains.find(key)) if self.rows.is_alive(row)], dtype=np.int64
        )

    def let_go(self, rows: Numbers) -> None:
        """Hold rows no more; their postings go when more than half of all are idle."""
        self.rows.let_go(rows)
        if self.rows.count - self.rows.held > max(IDLE, self.rows.held):
            self._squeeze()

    def _crowd(self, keys: Hashes, rows: Numbers) -> tuple[Flags | None, Hashes]:
        """Move what is under crowded keys to their lists. Returns which keys are left for chains, None: all; and those
        that come so often that their chains may be too long.
        """
        # Counted by a few of their bits first: sorting all keys would cost more than all the rest.
        one_in = _ONE_IN if keys.size > _ENOUGH else 1
        counted = keys[::one_in]
        bins = _bins(counted)
        suspects = counted[np.bincount(bins, minlength=_BINS).take(bins) >= _FREQUENT // one_in]
        values, counts = np.unique(suspects, return_counts=True)
        crowds = np.union1d(values[counts > LONG // one_in], self._crowds.keys())
        frequent = np.setdiff1d(values[counts >= _FREQUENT // one_in], crowds, assume_unique=True)
        if not crowds.size:
            return None, frequent
        marked = np.zeros(_BINS, dtype=np.bool_)
        marked[_bins(crowds)] = True
        maybe = np.flatnonzero(marked.take(_bins(keys)))
        places = np.searchsorted(crowds, keys[maybe])
        places[places == crowds.size] = 0
        moved = maybe[crowds.take(places) == keys[maybe]]
        linked = np.ones(keys.size, dtype=np.bool_)
        linked[moved] = False
        if moved.size:
            self._move(keys[moved], rows[moved])
        return linked, frequent

    def _move(self, keys: Hashes, rows: Numbers) -> None:
        """Put rows that are new on the lists of crowded keys."""
        ranked, days = self.rows.by_rank(np.unique(rows))
        first = int(rows.min())
        place_of = np.zeros(int(rows.max()) - first + 1, dtype=np.intp)
        place_of[ranked - first] = np.arange(ranked.size)
        places = place_of.take(rows - first)
        order = np.lexsort((places, keys))
        keys, places = keys[order], places[order]
        for part in np.split(places, np.flatnonzero(np.diff(keys)) + 1):
            key, keys = keys.item(0), keys[part.size :]
            self._crowds.add_ranked(key, ranked[part], days[part])

    def _shorten(self, keys: Hashes) -> None:
        """Shorten the long chains that these keys lie in, as far as they can be shortened."""
        for place, postings, held in self._chains.whole(keys):
            rows = self.rows.of(postings)
            kept = self.rows.alive(rows)
            values, counts = np.unique(held[kept], return_counts=True)
            for crowd in values[counts > MANY].tolist():
                here = kept & (held == crowd)
                self._crowds.add_all(crowd, rows[here])
                kept &= ~here
            if not kept.all():
                self._chains.relink(place, postings, kept)

    def _tidy(self) -> None:
        if self._chains.crowded:
            self._squeeze()

    def _squeeze(self) -> None:
        """Drop what is idle, and make the table as large as what is left asks for."""
        starts = np.append(self.rows.column("start").astype(np.int64), self._chains.end)
        kept = (self.rows.column("marks") & ALIVE) > 0
        left = self._chains.squeeze(starts, kept)
        self._crowds.renumber(self.rows.squeeze(left))


def _bins(keys: Hashes) -> NDArray[np.intp]:
    """The lower bits of keys."""
    return (keys & np.uint64(_BINS - 1)).view(np.intp)
