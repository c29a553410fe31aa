"""Stories into events: what changed is related to the stories around it, in the writer's thread."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from ingest.match.event import WINDOW, Known, StoryPoint, events, link, link_all
from ingest.match.event_index import EventIndex
from ingest.match.kin import OF_SERIES, hardest_of, point, speaker
from ingest.match.profile import Profile, profile
from ingest.match.relate import TOLD_APART
from ingest.match.terms import Terms, Weighed, weigh
from ingest.model import StoryId
from ingest.pipeline.claiming import claims_of
from ingest.store import events as kept
from ingest.store import stories
from ingest.store.connection import Store
from ingest.store.events import KeptPoint, Waiting

BATCH = 200  # stories related in one transaction
MAX_NEAR = 4_000  # stories kept at hand with their weights; the others are read again when they are proposed
MAX_LEARNED = 20_000  # stories that terms are learned from
_MORE = 2  # times as many stories as when the terms were learned: they are learned anew
_DAY = timedelta(days=1)
# Nothing is looked up around times before and after.
_FIRST_DAY, _LAST_DAY = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Near:
    point: StoryPoint
    weighed: Weighed


class Relater:
    """The stories of some days by what is rare in them. The database is the truth about them; memory is bounded by the
    index, and by the few thousand stories that are at hand.
    """

    def __init__(self) -> None:
        self._index = EventIndex(WINDOW)
        self._near: OrderedDict[StoryId, _Near] = OrderedDict()
        self._days: set[int] = set()  # of which the index holds every story
        self._terms: Terms | None = None
        self._learned_from = 0

    def relate_waiting(self, store: Store, now: datetime, *, limit: int = BATCH) -> int:
        """Relate stories that changed, and say which event each belongs to. Returns how many there were."""
        waiting = kept.waiting(store.connection, limit=limit)
        if not waiting:
            return 0
        with store.transaction():
            points = [self._point(store, each) for each in waiting]
            self._know(store, points, now)
            for each in points:
                self._hold(each)
            self._reach(store, points)
            known: Known = {}
            before = [other for each in points for other in kept.neighbours(store.connection, each.id)]
            for each in points:
                (own,) = self._at_hand(store, [each.id])
                others = self._at_hand(store, self._index.candidates(each.key, own.weighed))
                apart = self._apart(store, [each.id, *(other.point.id for other in others)])
                weighed = {near.point.id: near.weighed for near in (own, *others)}
                found = link(each, [other.point for other in others], weighed, look_alikes=apart, known=known)
                kept.relate(store, each.id, (one for one in found if one.relatedness.kinship is not None))
            self._gather(store, [*(each.id for each in points), *before], known)
            kept.mark_related(store, (each.id for each in points), now)
        return len(waiting)

    def forget(self, store: Store, now: datetime) -> None:
        """Housekeeping: let go of stories of the past, and learn anew which names and words are rare."""
        before = now - 2 * WINDOW
        self._days = {day for day in self._days if _start(day) >= before}
        self._index.forget(before)
        with store.transaction():
            self._learn(store, (), now)

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
        """Hold all stories of the days around these."""
        for day in sorted(_days_of(points) - self._days):
            for each in kept.points_between(store.connection, _start(day), _start(day + 1)):
                if each.story_id not in self._index:
                    self._hold(_read(each))
            self._days.add(day)

    def _hold(self, found: StoryPoint) -> None:
        near = self._keep(found)
        self._index.add(found.id, found.key, near.weighed)

    def _keep(self, found: StoryPoint) -> _Near:
        assert self._terms is not None
        near = self._near[found.id] = _Near(found, weigh(found.profile, self._terms))
        self._near.move_to_end(found.id)
        while len(self._near) > MAX_NEAR:
            self._near.popitem(last=False)
        return near

    def _at_hand(self, store: Store, ids: Sequence[StoryId]) -> list[_Near]:
        """These stories with their weights; those that are not at hand are read."""
        found = {story_id: self._near[story_id] for story_id in ids if story_id in self._near}
        missing = [story_id for story_id in ids if story_id not in found]
        for each in kept.points(store.connection, missing) if missing else ():
            found[each.story_id] = self._keep(_read(each))
        return [found[story_id] for story_id in ids if story_id in found]

    def _know(self, store: Store, points: Sequence[StoryPoint], now: datetime) -> None:
        """Have at hand how rare names and words are: as it was learned, or anew where there are many more stories."""
        if self._terms is None and (found := kept.latest_terms(store.connection)) is not None:
            self._terms, self._learned_from = Terms.from_bytes(found[0]), found[1]
        if self._terms is None or len(self._index) + len(points) > _MORE * self._learned_from:
            self._learn(store, points, now)

    def _learn(self, store: Store, points: Sequence[StoryPoint], now: datetime) -> None:
        """Learn from the stories that are held and these, and hold them by what is rare now."""
        days = sorted(self._days | _days_of(points))
        held = {each.id: each for each in points}
        for first, last in _runs(days):
            chosen = kept.some_points(store.connection, _start(first), _start(last + 1), most=MAX_LEARNED)
            held.update((each.story_id, _read(each)) for each in chosen if each.story_id not in held)
        if not held:
            return
        self._terms = Terms.learn([each.profile for each in held.values()])
        self._learned_from = max(len(held), len(self._index) + len(points))
        kept.store_terms(store, self._terms.to_bytes(), stories=self._learned_from, now=now)
        self._near.clear()
        for day in sorted(self._days):
            for each in kept.points_between(store.connection, _start(day), _start(day + 1)):
                self._hold(_read(each))

    def _gather(self, store: Store, seeds: Iterable[StoryId], known: Known) -> None:
        """Compute anew the events of the parts that these stories are in."""
        assert self._terms is not None
        for part in kept.connected(store.connection, seeds):
            near = self._at_hand(store, part)
            points = [each.point for each in near]
            apart = self._apart(store, part)
            weighed = {each.point.id: each.weighed for each in near}
            links = link_all(points, self._terms, look_alikes=apart, weighed=weighed, known=known).links
            found = events(points, links)
            kept.set_events(store, {story: event.id for event in found for story in event.members})

    @staticmethod
    def _apart(store: Store, ids: Sequence[StoryId]) -> dict[tuple[StoryId, StoryId], str]:
        """Which of these stories look alike and were told apart by the first tier."""
        if len(ids) < 2:
            return {}
        return hardest_of(kept.told_apart(store.connection, ids, TOLD_APART, series=OF_SERIES))


def _read(each: KeptPoint) -> StoryPoint:
    return StoryPoint(id=each.story_id, key=each.key, profile=replace(Profile.from_bytes(each.profile), at=each.at))


def _days_of(points: Iterable[StoryPoint]) -> set[int]:
    """The days within the window around these; times that cannot be right have none."""
    times = [each.at for each in points if each.at is not None and _FIRST_DAY + WINDOW < each.at < _LAST_DAY]
    return {
        day for at in times for day in range((at - WINDOW - _FIRST_DAY) // _DAY, (at + WINDOW - _FIRST_DAY) // _DAY + 1)
    }


def _start(day: int) -> datetime:
    """When a day begins."""
    return _FIRST_DAY + day * _DAY


def _runs(days: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The first and last days of stretches of days without a gap."""
    first = last = None
    for day in days:
        if last is not None and day == last + 1:
            last = day
            continue
        if first is not None and last is not None:
            yield first, last
        first = last = day
    if first is not None and last is not None:
        yield first, last
