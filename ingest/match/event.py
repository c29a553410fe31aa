"""Stories that report one happening, grouped into events: a second tier that changes no story."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ingest.match.event_index import EventIndex
from ingest.match.profile import Profile
from ingest.match.relate import LINE, relate_near
from ingest.match.terms import Terms, Weighed, weigh
from ingest.model.events import Event, Link, Relatedness
from ingest.model.names import StoryId

#: Stories further apart are not related; an event lasts no longer than twice as long.
WINDOW = timedelta(days=3)
#: Relatedness below it is as good as none, and is not kept.
FAINT = 0.05
_UNITED = 500_000  # mean relatedness of two groups that are one event, in millionths
_MILLION = 1_000_000  # sums of whole numbers do not depend on their order
_COMPLETED = 40  # stories of a connected part up to which all pairs are compared
_COMPARED = 24  # members of a group that one story is held against, at most
# A round-up gives each story a sentence: it is sure of one, and near to others.
_TELLS_ONE, TELLS, _STRANGERS = 0.7, 0.3, 0.1
_MAX_TOLD = 48
_NEVER = datetime.max.replace(tzinfo=UTC)

Pair = tuple[StoryId, StoryId]
#: Pairs that were compared, each once; None where their relatedness is faint.
Known = dict[Pair, Relatedness | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryPoint:
    """A story as events see it. `key` is its stable name: ties break on it, never on order of arrival."""

    id: StoryId
    key: str
    profile: Profile

    @property
    def at(self) -> datetime | None:
        """Its earliest known time."""
        return self.profile.at


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """The links of a set of stories, by (a, b), faint ones included, and which caps bit."""

    links: tuple[Link, ...]
    capped_postings: int
    capped_candidates: int


def link_all(
    stories: Sequence[StoryPoint],
    terms: Terms,
    *,
    window: timedelta = WINDOW,
    look_alikes: Mapping[Pair, str] | None = None,
    weighed: Mapping[StoryId, Weighed] | None = None,
    known: Known | None = None,
) -> Linked:
    """Return what links a set of stories with distinct ids; the order of the stories changes nothing.

    look_alikes: pairs of stories (lower id first) with the reason of the first tier's verdict between their articles.
    Pairs that share rare terms are compared; then, where links connect a few dozen stories, all of these with each
    other, so that it shows which of them have nothing to do with each other.
    weighed: their profiles by these terms, where they are at hand. known: see `link`.
    """
    weighed = weighed or {story.id: weigh(story.profile, terms) for story in stories}
    index = EventIndex(window)
    for story in stories:
        index.add(story.id, story.key, weighed[story.id])
    pairs = {
        (min(story.id, other), max(story.id, other))
        for story in stories
        for other in index.candidates(story.key, weighed[story.id])
        if other != story.id
    }
    found = compared(pairs, weighed, look_alikes or {}, known)
    parts = _Parts(story.id for story in stories)
    for a, b in found:
        if found[a, b].score >= LINE:
            parts.unite(a, b)
    times = {story.id: story.at for story in stories}
    more = {pair for part in parts.groups() for pair in pairs_within(part, times, window) if pair not in pairs}
    found |= compared(more, weighed, look_alikes or {}, known)
    return Linked(
        links=tuple(Link(a=a, b=b, relatedness=found[a, b]) for a, b in sorted(found)),
        capped_postings=index.capped_postings,
        capped_candidates=index.capped_candidates,
    )


def link(
    story: StoryPoint,
    others: Iterable[StoryPoint],
    weighed: Mapping[StoryId, Weighed],
    *,
    window: timedelta = WINDOW,
    look_alikes: Mapping[Pair, str] | None = None,
    known: Known | None = None,
) -> tuple[Link, ...]:
    """Return what links one story with others, as `EventIndex` proposes them: `link_all` for one story at a time.

    weighed: the profiles of all of them. known: what was found on pairs before, under the same terms and look-alikes;
    what is found on others is put there.
    """
    near = [other for other in others if other.id != story.id and are_near(other.at, story.at, window)]
    pairs = {(min(story.id, other.id), max(story.id, other.id)) for other in near}
    found = compared(pairs, weighed, look_alikes or {}, known)
    return tuple(Link(a=a, b=b, relatedness=found[a, b]) for a, b in sorted(found))


def events(stories: Sequence[StoryPoint], links: Iterable[Link], *, window: timedelta = WINDOW) -> tuple[Event, ...]:
    """Return the events of a set of stories, in the order of their earliest stories; each story is in exactly one.

    The answer depends on the sets only. Groups are united best first while the mean relatedness of their members is at
    the line or above (average linkage, Sokal and Michener 1958), so that one story between two happenings does not
    weld them. Round-ups and live blogs stand alone, and so does what tells of stories that have nothing to do with each
    other. An event spans twice the window at most. Links on stories that are not among these are passed over.
    """
    ordered = sorted(stories, key=lambda story: (story.at or _NEVER, story.key, story.id))
    by_id = {story.id: story for story in ordered}
    known = sorted(
        {(link.a, link.b): link for link in links if link.a in by_id and link.b in by_id}.values(),
        key=lambda link: (link.a, link.b),
    )
    alone = {story.id for story in ordered if story.profile.roundup} | tellers(known)
    forest = _Groups(ordered, window)
    for found in known:
        if found.a not in alone and found.b not in alone:
            forest.link(found.a, found.b, found.relatedness.score)
    forest.unite_all()
    return forest.events()


def tellers(links: Iterable[Link]) -> frozenset[StoryId]:
    """Return the stories that tell of others which have nothing to do with each other: round-ups, told by their links.

    What such a story shares with those of one part it does not share with those of another, and no link leads from part
    to part but through the teller.
    """
    scores: dict[Pair, float] = {}
    shared: dict[StoryId, dict[StoryId, frozenset[str]]] = {}
    sure: set[StoryId] = set()
    for found in links:
        related = found.relatedness
        scores[found.a, found.b] = related.score
        if related.score >= _TELLS_ONE:
            sure.update((found.a, found.b))
        if related.score >= TELLS and related.shared:
            shared.setdefault(found.a, {})[found.b] = frozenset(a for a, _ in related.shared)
            shared.setdefault(found.b, {})[found.a] = frozenset(b for _, b in related.shared)
    return frozenset(story for story in sure & shared.keys() if _are_strangers(shared[story], scores))


def are_near(a: datetime | None, b: datetime | None, window: timedelta) -> bool:
    """Whether two times lie in one window; unknown times lie in every window."""
    return a is None or b is None or abs(a - b) <= window


def _are_strangers(told: dict[StoryId, frozenset[str]], scores: dict[Pair, float]) -> bool:
    """Whether the stories that one tells of fall into parts that share nothing, of what it shares with each neither."""
    ids = sorted(told)[:_MAX_TOLD]
    parts = _Parts(ids)
    for place, a in enumerate(ids):
        for b in ids[place + 1 :]:
            if scores.get((a, b), 0.0) >= _STRANGERS or not told[a].isdisjoint(told[b]):
                parts.unite(a, b)
    return len(parts.groups()) > 1


def pairs_within(
    part: Sequence[StoryId], times: Mapping[StoryId, datetime | None], window: timedelta = WINDOW
) -> set[Pair]:
    """Return the pairs of a connected part that are near in time, where it is so small that all are compared."""
    if not 2 < len(part) <= _COMPLETED:
        return set()
    return {(a, b) for a in part for b in part if a < b and are_near(times[a], times[b], window)}


def compared(
    pairs: Iterable[Pair],
    weighed: Mapping[StoryId, Weighed],
    look_alikes: Mapping[Pair, str],
    known: Known | None = None,
) -> dict[Pair, Relatedness]:
    """Return the relatedness of pairs (lower id first), where it is more than faint. known: see `link`."""
    known = {} if known is None else known
    found = {}
    for pair in pairs:
        if pair not in known:
            a, b = pair
            known[pair] = relate_near(weighed[a], weighed[b], least=FAINT, look_alike=look_alikes.get(pair))
        related = known[pair]
        if related is not None:
            found[pair] = related
    return found


class _Parts:
    """Connected parts of a set (union-find)."""

    def __init__(self, ids: Iterable[StoryId]) -> None:
        self._parent = {story_id: story_id for story_id in ids}

    def find(self, story_id: StoryId) -> StoryId:
        """The story that stands for a part."""
        while self._parent[story_id] != story_id:
            self._parent[story_id] = self._parent[self._parent[story_id]]
            story_id = self._parent[story_id]
        return story_id

    def unite(self, a: StoryId, b: StoryId) -> None:
        """Make one part of two."""
        low, high = sorted((self.find(a), self.find(b)))
        self._parent[high] = low

    def groups(self) -> list[list[StoryId]]:
        """The parts, members in order."""
        found: dict[StoryId, list[StoryId]] = {}
        for story_id in sorted(self._parent):
            found.setdefault(self.find(story_id), []).append(story_id)
        return list(found.values())


class _Groups:
    """Growing groups of stories, by the rank of their earliest, with the relatedness between them."""

    def __init__(self, ordered: Sequence[StoryPoint], window: timedelta) -> None:
        self._window = window
        self._stories = ordered
        self._rank = {story.id: rank for rank, story in enumerate(ordered)}
        self._members = {rank: [rank] for rank in range(len(ordered))}
        self._sums: dict[int, dict[int, int]] = {rank: {} for rank in range(len(ordered))}
        self._queue: list[tuple[float, int, int, int, int]] = []

    def link(self, a: StoryId, b: StoryId, score: float) -> None:
        """Note what links two stories; out of the window nothing does."""
        low, high = sorted((self._rank[a], self._rank[b]))
        if low != high and are_near(self._stories[low].at, self._stories[high].at, self._window):
            self._sums[low][high] = self._sums[high][low] = round(score * _MILLION)

    def unite_all(self) -> None:
        """Unite groups, the two with the highest mean first, until no mean is at the line."""
        for low, others in self._sums.items():
            for high in others:
                if low < high:
                    self._push(low, high)
        while self._queue:
            _, low, high, size_low, size_high = heapq.heappop(self._queue)
            # Groups only grow: an entry is of today where the sizes are.
            if len(self._members.get(low, ())) == size_low and len(self._members.get(high, ())) == size_high:
                self._unite(low, high)

    def events(self) -> tuple[Event, ...]:
        """All groups."""
        return tuple(
            Event(members=tuple(self._stories[rank].id for rank in sorted(self._members[low])))
            for low in sorted(self._members)
        )

    def _push(self, low: int, high: int) -> None:
        """Queue two groups, if they may be united."""
        mean = self._sums[low][high] / self._comparable(low, high)
        if mean >= _UNITED and self._spans(low, high) <= 2 * self._window:
            heapq.heappush(self._queue, (-mean, low, high, len(self._members[low]), len(self._members[high])))

    def _comparable(self, low: int, high: int) -> int:
        """How many pairs of members lie in one window; of a large group a part, as not all its pairs are compared."""
        small, large = sorted((self._members[low], self._members[high]), key=len)
        count = sum(
            are_near(self._stories[one].at, self._stories[other].at, self._window) for one in small for other in large
        )
        return max(1, min(count, len(small) * _COMPARED))

    def _spans(self, low: int, high: int) -> timedelta:
        """From the earliest to the latest member of two groups."""
        times = [
            at for rank in (*self._members[low], *self._members[high]) if (at := self._stories[rank].at) is not None
        ]
        return max(times) - min(times) if times else timedelta(0)

    def _unite(self, low: int, high: int) -> None:
        self._members[low].extend(self._members.pop(high))
        for other, total in self._sums.pop(high).items():
            del self._sums[other][high]
            if other != low:
                self._sums[low][other] = self._sums[other][low] = self._sums[low].get(other, 0) + total
        for other in self._sums[low]:
            self._push(min(low, other), max(low, other))
