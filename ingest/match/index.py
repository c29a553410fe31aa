"""Which earlier articles are worth comparing with a new one: by MinHash bands, sampled shingles, titles and sources."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from ingest.match.bands import Datasketch
from ingest.match.keys import FLASH_S, Asked, asked, of_id, of_ids, posted, posted_all
from ingest.match.rows import IS_FLASH, IS_WHOLE, NEVER, SHORT, TIMED, microseconds
from ingest.match.sketch import Sketch
from ingest.match.sketches import Flags, Numbers, Sketches
from ingest.match.table import Table
from ingest.model import ArticleId

#: Seven of the 2,825 development articles have more; what lies beyond is chosen by votes, nearness and digest.
MAX_CANDIDATES = 192
_MAX_ITEMS = 48  # items of one agency around a flash
_FEW = 3
_FLASH_US = int(FLASH_S) * 1_000_000
#: Of an article, about: 42 bands, half as many samples of its body, 38 of its lead, its title, sources and number.
_KEYS = 100


class Index:
    """The sketches of a window of articles. What it proposes depends on the set it holds, not on the order of adding.

    Caps bite only on floods, choose by time and digest, and are counted: `capped_postings`, articles that a crowded
    phrase or band no longer names, and `capped_candidates`, articles left out of an answer.
    """

    def __init__(self, window: timedelta, *, bands: str = "table") -> None:
        self._window_us = window // timedelta(microseconds=1)
        self._table = Table()
        self._lsh = Datasketch() if bands == "datasketch" else None
        self.capped_candidates = 0

    def __len__(self) -> int:
        return self._table.rows.held

    def __contains__(self, article_id: int) -> bool:
        return bool(self._row_of(article_id).size)

    @property
    def capped_postings(self) -> int:
        """How many articles crowded phrases and bands have dropped."""
        return self._table.missed

    @property
    def nbytes(self) -> int:
        """Bytes held, but for what datasketch holds."""
        return self._table.nbytes

    def sizes(self) -> dict[str, int]:
        """Return the bytes of `rows`, `chains` and `crowds`, and how many `postings` chains hold."""
        return self._table.sizes()

    def expect(self, articles: int) -> None:
        """Make room for so many articles at once rather than as they come."""
        self._table.widen(articles * _KEYS)

    def add(
        self, article_id: ArticleId, sketch: Sketch, at: datetime | None, *, kept_at: datetime | None = None
    ) -> None:
        """Hold an article; one already held is replaced.

        at: when it was published, for the window. kept_at: what `forget` goes by when there is no such time.
        """
        self.remove(article_id)
        at_us = None if at is None else microseconds(at)
        kept = at if at is not None else kept_at
        marks = TIMED * (at is not None) | IS_WHOLE * sketch.whole | IS_FLASH * sketch.flash | SHORT * _is_short(sketch)
        self._table.add(
            posted(article_id, sketch, at_us, banded=self._lsh is None),
            id=article_id,
            time=NEVER if kept is None else microseconds(kept),
            digest=np.uint64(sketch.digest),
            publisher=np.uint64(sketch.publisher),
            body=sketch.body.size,
            lead=sketch.lead.size,
            marks=marks,
        )
        if self._lsh is not None and sketch.signature.size:
            self._lsh.add(article_id, sketch.signature)

    def add_all(self, ids: Numbers, many: Sketches, at_us: Numbers, timed: Flags) -> None:
        """Hold many distinct articles at once; those already held are replaced.

        at_us: microseconds: when each was published where it is `timed`, else what `forget` goes by.
        """
        self._let_go(self._rows_of(ids))
        keys = posted_all(ids, many, at_us, timed, banded=self._lsh is None)
        short = many.whole | (many.leads == 0)
        marks = TIMED * timed | IS_WHOLE * many.whole | IS_FLASH * many.flash | SHORT * short
        self._table.add_all(
            keys.keys,
            keys.counts,
            id=ids,
            time=at_us,
            digest=many.digest,
            publisher=many.publisher,
            body=many.bodies,
            lead=many.leads,
            marks=marks,
        )
        if self._lsh is not None:
            for article_id, signature in zip(ids[many.signed].tolist(), many.signatures, strict=True):
                self._lsh.add(ArticleId(article_id), signature)

    def remove(self, article_id: ArticleId) -> None:
        """Let go of an article, held or not."""
        self._let_go(self._row_of(article_id))

    def forget(self, before: datetime) -> int:
        """Let go of the articles whose time lies before a moment; return how many."""
        old = self._table.rows.older_than(microseconds(before))
        self._let_go(old)
        return int(old.size)

    def candidates(self, sketch: Sketch, at: datetime | None) -> tuple[ArticleId, ...]:
        """Return the articles worth comparing, by id: those that share a band, or two sampled shingles; one, where a
        text has hardly any samples; all, where it has so few words that nothing else can join; the same title, where
        a text is that short; and for a flash the items of its agency around it, and the other way round.

        Articles whose times both are known and lie further apart than the window are left out. An article that is
        itself held is among its own candidates.
        """
        at_us = None if at is None else microseconds(at)
        wanted = asked(sketch, at_us, banded=self._lsh is None)
        which, found = self._table.under(wanted.keys)
        if self._lsh is not None and sketch.signature.size and not sketch.whole:
            sharing = self._rows_of(np.array(self._lsh.sharing(sketch.signature), dtype=np.int64))
            which = np.concatenate((np.full(sharing.size, -1), which))
            found = np.concatenate((sharing, found))
        rows, places = np.unique(found, return_inverse=True)
        if not rows.size:
            return ()
        gaps, within = self._gaps(rows, at_us)
        votes = self._votes(sketch, wanted, which, places, rows)
        otherwise = self._titled(sketch, rows, places[(which >= wanted.lead) & (which < wanted.title)])
        if wanted.sources:
            otherwise |= self._around(wanted, which, places, rows, gaps)
        votes = np.maximum(votes, 2 * otherwise)
        fits = np.flatnonzero(within & (votes > 0))
        return self._best(rows[fits], votes[fits], gaps[fits])

    def _votes(self, sketch: Sketch, wanted: Asked, which: Numbers, places: Numbers, rows: Numbers) -> Numbers:
        """How many sampled shingles each row shares, a band counting for two; 0 where that makes no candidate.

        The answer is the same whichever of the two asks.
        """
        leads = np.bincount(places[(which >= wanted.body) & (which < wanted.lead)], minlength=rows.size)
        held = self._table.rows
        whole = (held.column("marks").take(rows) & IS_WHOLE) > 0
        least = np.where(whole, held.column("lead").take(rows), 0)
        if sketch.whole:
            return np.where(leads >= np.maximum(least, max(1, sketch.lead.size)), leads, 0)
        votes = leads + np.bincount(places[(which >= wanted.bands) & (which < wanted.body)], minlength=rows.size)
        votes[places[which < wanted.bands]] += 2
        samples = np.minimum(held.column("body").take(rows), sketch.body.size)
        worth = np.where(whole, leads >= np.maximum(least, 1), votes >= np.where(samples < _FEW, 1, 2))
        return np.where(worth, votes, 0)

    def _titled(self, sketch: Sketch, rows: Numbers, places: Numbers) -> Flags:
        """Which rows have the same title, where one of two texts is too short to be found otherwise."""
        titled = np.zeros(rows.size, dtype=np.bool_)
        titled[places] = True
        if not _is_short(sketch):
            titled &= (self._table.rows.column("marks").take(rows) & SHORT) > 0
        return titled

    def _around(self, wanted: Asked, which: Numbers, places: Numbers, rows: Numbers, gaps: Numbers) -> Flags:
        """A flash and the items of its agency within two hours of each other."""
        around = np.zeros(rows.size, dtype=np.bool_)
        share = (wanted.keys.size - wanted.title) // wanted.sources
        for source in range(wanted.sources):
            first = wanted.title + source * share
            fits = places[(which >= first) & (which < first + share)]
            fits = fits[gaps[fits] <= _FLASH_US]
            if fits.size > _MAX_ITEMS:
                self.capped_candidates += int(fits.size) - _MAX_ITEMS
                fits = fits[np.lexsort((*self._ties(rows[fits]), gaps[fits]))[:_MAX_ITEMS]]
            around[fits] = True
        return around

    def _gaps(self, rows: Numbers, at_us: int | None) -> tuple[Numbers, Flags]:
        """How far each row lies from a time, 0 where either is unknown; and whether that is within the window."""
        held = self._table.rows
        if at_us is None:
            return np.zeros(rows.size, dtype=np.int64), np.ones(rows.size, dtype=np.bool_)
        timed = (held.column("marks").take(rows) & TIMED) > 0
        gaps = np.where(timed, np.abs(np.where(timed, held.column("time").take(rows), 0) - at_us), 0)
        return gaps, gaps <= self._window_us

    def _best(self, rows: Numbers, votes: Numbers, gaps: Numbers) -> tuple[ArticleId, ...]:
        """The articles of the rows with the most votes, of equals the nearest in time: an order no arrival changes."""
        if rows.size > MAX_CANDIDATES:
            self.capped_candidates += int(rows.size) - MAX_CANDIDATES
            rows = rows[np.lexsort((*self._ties(rows), gaps, -votes))[:MAX_CANDIDATES]]
        ids: list[ArticleId] = np.sort(self._table.rows.column("id").take(rows)).tolist()
        return tuple(ids)

    def _ties(self, rows: Numbers) -> tuple[Numbers, Numbers]:
        """What decides between rows that are equal otherwise, the weightier last."""
        held = self._table.rows
        return held.column("id").take(rows), held.column("digest").take(rows)

    def _row_of(self, article_id: int) -> Numbers:
        """The row of an article, if it is held."""
        rows = self._table.find(of_id(article_id))
        return rows[self._table.rows.column("id").take(rows) == article_id] if rows.size else rows

    def _rows_of(self, ids: Numbers) -> Numbers:
        """The rows of those of these articles that are held."""
        which, rows = self._table.under(of_ids(ids))
        return rows[np.flatnonzero(self._table.rows.column("id").take(rows) == ids.take(which))]

    def _let_go(self, rows: Numbers) -> None:
        if not rows.size:
            return
        if self._lsh is not None:
            for article_id in self._table.rows.column("id").take(rows).tolist():
                self._lsh.remove(ArticleId(article_id))
        self._table.let_go(rows)


def _is_short(sketch: Sketch) -> bool:
    """Whether a text has too few words to be found by its shingles."""
    return sketch.whole or not sketch.lead.size
