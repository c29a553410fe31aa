"""Which earlier articles are worth comparing with a new one: by MinHash bands, sampled shingles, titles and sources."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from ingest.match.bands import Bands, Datasketch, Table
from ingest.match.postings import Postings, Rank
from ingest.match.sign import Hashes
from ingest.match.sketch import Sketch
from ingest.model import ArticleId

MAX_CANDIDATES = 96  # with 48 the recall on development data is the same, with a quarter fewer pairs
FLASH_S = 2 * 3600.0  # so long before or after an agency's flash its item may stand
_MAX_ITEMS = 48  # items of one agency around a flash
_FEW = 3
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_S = 86400.0
_NO_DAY = -(1 << 40)


class Index:
    """The sketches of a window of articles. What it proposes depends on the set it holds, not on the order of adding.

    Caps bite only on floods, choose by time and digest, and are counted: `capped_postings`, articles that a crowded
    phrase or band no longer names, and `capped_candidates`, articles left out of an answer.
    """

    def __init__(self, window: timedelta, *, bands: str = "table") -> None:
        self._window = window
        self._held: dict[ArticleId, tuple[Sketch, datetime | None, datetime | None]] = {}
        self._body, self._lead, self._titles = (Postings(self._rank) for _ in range(3))
        self._crowds = Postings(self._rank)
        self._bands: Bands = Datasketch() if bands == "datasketch" else Table(self._crowds)
        self._sources: dict[int, list[tuple[float, ArticleId]]] = {}  # who published when
        self.capped_candidates = 0

    def __len__(self) -> int:
        return len(self._held)

    def __contains__(self, article_id: object) -> bool:
        return article_id in self._held

    @property
    def capped_postings(self) -> int:
        """How many articles crowded phrases and bands have dropped."""
        return sum(table.missed for table in (self._body, self._lead, self._titles, self._crowds))

    def add(
        self, article_id: ArticleId, sketch: Sketch, at: datetime | None, *, kept_at: datetime | None = None
    ) -> None:
        """Hold an article; one already held is replaced.

        at: when it was published, for the window. kept_at: what `forget` goes by when there is no such time.
        """
        self.remove(article_id)
        self._held[article_id] = (sketch, at, at if at is not None else kept_at)
        if sketch.signature.size:
            self._bands.add(article_id, sketch.signature)
        self._body.add(article_id, sketch.body.tolist())
        self._lead.add(article_id, sketch.lead.tolist())
        if sketch.title:
            self._titles.add(article_id, (sketch.title,))
        if at is not None:
            for source in _sources(sketch):
                insort(self._sources.setdefault(source, []), (_seconds(at), article_id))

    def remove(self, article_id: ArticleId) -> None:
        """Let go of an article, held or not."""
        if article_id not in self._held:
            return
        sketch, at, _ = self._held[article_id]
        if sketch.signature.size:
            self._bands.remove(article_id, sketch.signature)
        self._body.remove(article_id, sketch.body.tolist())
        self._lead.remove(article_id, sketch.lead.tolist())
        if sketch.title:
            self._titles.remove(article_id, (sketch.title,))
        if at is not None:
            for source in _sources(sketch):
                held = self._sources[source]
                held.remove((_seconds(at), article_id))
                if not held:
                    del self._sources[source]
        del self._held[article_id]

    def forget(self, before: datetime) -> int:
        """Let go of the articles whose time lies before a moment; return how many."""
        old = [
            article_id for article_id, (_, _, kept_at) in self._held.items() if kept_at is not None and kept_at < before
        ]
        for article_id in old:
            self.remove(article_id)
        return len(old)

    def candidates(self, sketch: Sketch, at: datetime | None) -> tuple[ArticleId, ...]:
        """Return the articles worth comparing, by id: those that share a band, or two sampled shingles; one, where a
        text has hardly any samples; all, where it has so few words that nothing else can join; the same title, where
        a text is that short; and for a flash the items of its agency around it, and the other way round.

        Articles whose times both are known and lie further apart than the window are left out. An article that is
        itself held is among its own candidates.
        """
        leads = _votes(self._lead, sketch.lead)
        votes = leads.copy()
        if not sketch.whole:
            votes += _votes(self._body, sketch.body)
            if sketch.signature.size:
                votes.update(dict.fromkeys(self._bands.sharing(sketch.signature), 2))
        near = {
            article_id: count
            for article_id, count in votes.items()
            if _is_worth(sketch, self._held[article_id][0], count, leads[article_id]) and self._within(article_id, at)
        }
        for article_id in (*self._same_title(sketch), *self._around(sketch, at)):
            if self._within(article_id, at):
                near[article_id] = max(near.get(article_id, 0), 2)
        if len(near) <= MAX_CANDIDATES:
            return tuple(sorted(near))
        self.capped_candidates += len(near) - MAX_CANDIDATES
        best = sorted(near, key=lambda article_id: (-near[article_id], *self._nearness(article_id, at)))
        return tuple(sorted(best[:MAX_CANDIDATES]))

    def _same_title(self, sketch: Sketch) -> Iterable[ArticleId]:
        """Articles under the same title, where one of two texts is too short to be found otherwise."""
        if not sketch.title:
            return ()
        held = self._titles.under(sketch.title)
        return held if _is_short(sketch) else (i for i in held if _is_short(self._held[i][0]))

    def _around(self, sketch: Sketch, at: datetime | None) -> Iterable[ArticleId]:
        """A flash and the items of its agency within two hours of each other."""
        if at is None:
            return
        for source in _sources(sketch):
            held = self._sources.get(source, [])
            first = bisect_left(held, (_seconds(at) - FLASH_S, ArticleId(0)))
            last = bisect_right(held, (_seconds(at) + FLASH_S, ArticleId(1 << 62)))
            fits = [i for _, i in held[first:last] if self._held[i][0].flash != sketch.flash]
            if len(fits) > _MAX_ITEMS:
                self.capped_candidates += len(fits) - _MAX_ITEMS
                fits.sort(key=lambda article_id: self._nearness(article_id, at))
            yield from fits[:_MAX_ITEMS]

    def _within(self, article_id: ArticleId, at: datetime | None) -> bool:
        """Whether a held article lies in the window around a time; unknown times lie in every window."""
        held_at = self._held[article_id][1]
        return at is None or held_at is None or abs(held_at - at) <= self._window

    def _nearness(self, article_id: ArticleId, at: datetime | None) -> tuple[float, int, int]:
        """Distance in time, then digest: an order that no arrival changes."""
        held, held_at, _ = self._held[article_id]
        gap_s = abs((held_at - at).total_seconds()) if at is not None and held_at is not None else 0.0
        return gap_s, held.digest, article_id

    def _rank(self, article_id: ArticleId) -> Rank:
        """What chooses in a crowd: the day, the time, the digest."""
        held, at, _ = self._held[article_id]
        if at is None:
            return _NO_DAY, 0.0, held.digest, held.publisher
        return int(_seconds(at) // _DAY_S), _seconds(at), held.digest, held.publisher


def _votes(table: Postings, hashes: Hashes) -> Counter[ArticleId]:
    """How many sampled shingles each article shares."""
    votes: Counter[ArticleId] = Counter()
    for value in hashes.tolist():
        votes.update(table.under(value))
    return votes


def _is_worth(asking: Sketch, held: Sketch, votes: int, leads: int) -> bool:
    """Whether a pair is worth comparing, the same whichever of the two asks."""
    if asking.whole or held.whole:
        return leads >= max(1, *(each.lead.size for each in (asking, held) if each.whole))
    return votes >= (1 if min(asking.body.size, held.body.size) < _FEW else 2)


def _is_short(sketch: Sketch) -> bool:
    """Whether a text has too few words to be found by its shingles."""
    return sketch.whole or not sketch.lead.size


def _sources(sketch: Sketch) -> set[int]:
    """Under whose names it may be looked for."""
    return {source for source in (sketch.agency, sketch.publisher) if source}


def _seconds(at: datetime) -> float:
    return (at - _EPOCH).total_seconds()
