"""Which earlier articles are worth comparing with a new one: by MinHash bands, sampled shingles, titles and sources."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np

from ingest.match.bands import Datasketch
from ingest.match.choosing import Asker, Shared, chosen, gaps_to, is_short
from ingest.match.keys import Asked, asked, of_id, of_ids, posted, posted_all
from ingest.match.rows import IS_FLASH, IS_WHOLE, NEVER, SHORT, TIMED, microseconds
from ingest.match.sketch import Sketch
from ingest.match.sketches import Flags, Numbers, Sketches
from ingest.match.table import NOBODY, Table, Worth
from ingest.model import ArticleId

#: Of an article, about: 42 bands, half as many samples of its body, 38 of its lead, its title, sources and number.
_KEYS = 100
#: What two articles share is counted in one sum, a digit for each kind of key: of none are there as many as 256.
_DIGIT = 255
_BAND, *_ = _DIGITS = 256.0 ** np.arange(6)


class Index:
    """The sketches of a window of articles. What it proposes depends on the set it holds, not on the order of adding.

    Caps bite only on floods, choose by time and digest, and are counted: `capped_postings`, articles that a crowded
    phrase or band no longer names, and `capped_candidates`, articles left out of an answer.
    """

    def __init__(self, window: timedelta, *, bands: str = "table") -> None:
        self._window_us = window // timedelta(microseconds=1)
        self._table = Table()
        self._lsh = Datasketch() if bands == "datasketch" else None
        self._last: tuple[Sketch, Asked] | None = None  # who asked last: most are added then
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
        marks = TIMED * (at is not None) | IS_WHOLE * sketch.whole | IS_FLASH * sketch.flash | SHORT * is_short(sketch)
        last = self._last[1] if self._last is not None and self._last[0] is sketch else None
        self._table.add(
            posted(article_id, sketch, at_us, banded=self._lsh is None, last=last),
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
        self._last = sketch, wanted
        sharing = NOBODY
        if self._lsh is not None and sketch.signature.size and not sketch.whole:
            sharing = self._rows_of(np.array(self._lsh.sharing(sketch.signature), dtype=np.int64))
        rows, sums = self._table.under(wanted.keys, _worth(wanted), also=sharing, each=_BAND)
        if not rows.size:
            return ()
        shared = self._shared(rows, sums.astype(np.int64), wanted.sources, at_us)
        best, left_out = chosen(Asker.of(sketch), shared, window_us=self._window_us)
        self.capped_candidates += left_out
        return best

    def _shared(self, rows: Numbers, sums: Numbers, sources: int, at_us: int | None) -> Shared:
        """What an article has in common with each row, from what the keys under which it was found are worth."""
        held = self._table.rows
        marks = held.take("marks", rows)
        bands, body, lead, titled, *near = (sums >> shift & _DIGIT for shift in range(0, 8 * (4 + sources), 8))
        return Shared(
            ids=held.take("id", rows),
            digests=held.take("digest", rows),
            gaps=gaps_to(at_us, held.take("time", rows), (marks & TIMED) > 0),
            whole=(marks & IS_WHOLE) > 0,
            short=(marks & SHORT) > 0,
            bodies=held.take("body", rows),
            leads=held.take("lead", rows),
            bands=bands > 0,
            body=body,
            lead=lead,
            titled=titled > 0,
            sources=tuple(each > 0 for each in near),
        )

    def _row_of(self, article_id: int) -> Numbers:
        """The row of an article, if it is held."""
        rows = self._table.find(of_id(article_id))
        own: Numbers = rows[self._table.rows.take("id", rows) == article_id] if rows.size else rows
        return own

    def _rows_of(self, ids: Numbers) -> Numbers:
        """The rows of those of these articles that are held."""
        which, rows = self._table.find_all(of_ids(ids))
        own: Numbers = rows[self._table.rows.take("id", rows) == ids.take(which)]
        return own

    def _let_go(self, rows: Numbers) -> None:
        if not rows.size:
            return
        if self._lsh is not None:
            for article_id in self._table.rows.take("id", rows).tolist():
                self._lsh.remove(ArticleId(article_id))
        self._table.let_go(rows)


def _worth(wanted: Asked) -> Worth:
    """What each key counts for."""
    ends = (0, wanted.bands, wanted.body, wanted.lead, wanted.title)
    counts = [end - start for start, end in pairwise(ends)]
    counts += [(wanted.keys.size - wanted.title) // max(1, wanted.sources)] * wanted.sources
    return np.repeat(_DIGITS[: len(counts)], counts)
