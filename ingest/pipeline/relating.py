"""Stories into events: what changed is related to the stories around it, in the writer's thread."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from ingest.match.event import WINDOW, StoryPoint, events, link, link_all
from ingest.match.event_index import EventIndex
from ingest.match.kin import OF_SERIES, point, speaker
from ingest.match.profile import Profile, profile
from ingest.match.terms import Terms, Weighed, weigh
from ingest.match.vetoes import HARD_REASONS
from ingest.model import StoryId
from ingest.pipeline.claiming import claims_of
from ingest.store import events as kept
from ingest.store import stories
from ingest.store.connection import Store
from ingest.store.events import KeptPoint, Waiting

BATCH = 200  # stories related in one transaction
_MORE = 2  # times as many stories as the terms were learned from: they are learned anew


class Relater:
    """The stories of the last days as events see them."""

    def __init__(self) -> None:
        self._points: dict[StoryId, StoryPoint] = {}
        self._weighed: dict[StoryId, Weighed] = {}
        self._index = EventIndex(WINDOW)
        self._terms: Terms | None = None
        self._learned_from = 0

    def relate_waiting(self, store: Store, now: datetime, *, limit: int = BATCH) -> int:
        """Relate stories that changed, and say which event each belongs to. Returns how many there were."""
        waiting = kept.waiting(store.connection, limit=limit)
        if not waiting:
            return 0
        with store.transaction():
            points = [self._point(store, each) for each in waiting]
            self._reach(store, points)
            terms = self._known(store, points, now)
            for each in points:
                self._hold(each, terms)
            before = [other for each in points for other in kept.neighbours(store.connection, each.id)]
            for each in points:
                own = self._weighed[each.id]
                others = [self._points[i] for i in self._index.candidates(each.key, own)]
                apart = self._apart(store, [each.id, *(other.id for other in others)])
                found = link(each, others, self._weighed, look_alikes=apart)
                kept.relate(store, each.id, (one for one in found if one.relatedness.kinship is not None))
            self._gather(store, [*(each.id for each in points), *before], terms)
            kept.mark_related(store, (each.id for each in points), now)
        return len(waiting)

    def forget(self, store: Store, now: datetime) -> None:
        """Housekeeping: let go of stories of the past, and learn anew which names and words are rare."""
        before = now - 2 * WINDOW
        for story_id in [i for i, held in self._points.items() if held.at is not None and held.at < before]:
            del self._points[story_id], self._weighed[story_id]
        self._index.forget(before)
        with store.transaction():
            self._learn(store, list(self._points.values()), now)

    def _point(self, store: Store, waiting: Waiting) -> StoryPoint:
        """What stands for a story; its text is read only where another speaks for it than before."""
        claims = claims_of(store, waiting.members)
        spoken = speaker(claims)
        text_hash = kept.hash_of(store.connection, spoken.id)
        held = next(iter(kept.points(store.connection, [waiting.story_id])), None)
        if held is not None and (held.speaker_id, held.speaker_hash) == (spoken.id, text_hash):
            told = Profile.from_bytes(held.profile)
        else:
            (document,) = stories.documents(store.connection, [spoken.id])
            told = profile(document)
        found = point(waiting.story_id, claims, told, roundup=waiting.roundup)
        kept.store_point(
            store,
            KeptPoint(
                story_id=found.id,
                at=found.at,
                key=found.key,
                speaker_id=spoken.id,
                speaker_hash=text_hash,
                profile=found.profile.to_bytes(),
            ),
        )
        return found

    def _reach(self, store: Store, points: Sequence[StoryPoint]) -> None:
        """Hold the stories around these."""
        times = [each.at for each in points if each.at is not None]
        if not times:
            return
        new = [
            each
            for each in kept.points_between(store.connection, _before(min(times)), _after(max(times)))
            if each.story_id not in self._points
        ]
        terms = self._terms or Terms.learn([_read(each).profile for each in new])
        for each in new:
            self._hold(_read(each), terms)

    def _hold(self, found: StoryPoint, terms: Terms) -> None:
        if found.id in self._index:
            self._index.remove(found.id)
        self._points[found.id] = found
        self._weigh(found, terms)

    def _weigh(self, found: StoryPoint, terms: Terms) -> None:
        self._weighed[found.id] = weigh(found.profile, terms)
        self._index.add(found.id, found.key, self._weighed[found.id])

    def _known(self, store: Store, points: Sequence[StoryPoint], now: datetime) -> Terms:
        """How rare names and words are: as it was learned, or anew where there are many more stories by now."""
        if self._terms is None and (found := kept.latest_terms(store.connection)) is not None:
            self._terms, self._learned_from = Terms.from_bytes(found[0]), found[1]
        everything = {**self._points, **{each.id: each for each in points}}
        if self._terms is None or len(everything) > _MORE * self._learned_from:
            self._learn(store, list(everything.values()), now)
        assert self._terms is not None
        return self._terms

    def _learn(self, store: Store, points: Sequence[StoryPoint], now: datetime) -> None:
        if not points:
            return
        self._terms, self._learned_from = Terms.learn([each.profile for each in points]), len(points)
        kept.store_terms(store, self._terms.to_bytes(), stories=len(points), now=now)
        for each in self._points.values():
            self._index.remove(each.id)
            self._weigh(each, self._terms)

    def _gather(self, store: Store, seeds: Iterable[StoryId], terms: Terms) -> None:
        """Compute anew the events of the parts that these stories are in."""
        for part in kept.connected(store.connection, seeds):
            points = [_read(each) for each in kept.points(store.connection, part)]
            links = link_all(points, terms, look_alikes=self._apart(store, [each.id for each in points])).links
            found = events(points, links)
            kept.set_events(store, {story: event.id for event in found for story in event.members})

    @staticmethod
    def _apart(store: Store, ids: Sequence[StoryId]) -> dict[tuple[StoryId, StoryId], str]:
        """Which of these stories the first tier told apart as fillings of one form."""
        return kept.told_apart(store.connection, ids, HARD_REASONS, series=OF_SERIES)


def _read(each: KeptPoint) -> StoryPoint:
    return StoryPoint(id=each.story_id, key=each.key, profile=replace(Profile.from_bytes(each.profile), at=each.at))


def _before(at: datetime) -> datetime:
    return at - WINDOW if at.year > 1 else at


def _after(at: datetime) -> datetime:
    return at + WINDOW if at < datetime.max.replace(tzinfo=at.tzinfo) - timedelta(days=9) else at
