"""Which stories are worth relating to one another: those that share rare names, figures, places or words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import blake2b

from ingest.match.terms import Weighed
from ingest.model.names import StoryId

MAX_CANDIDATES = 64
MAX_POSTINGS = 512  # stories under one key; beyond it the key is a commonplace
_ENOUGH = 4_000  # shared weight of a pair worth relating, in thousandths


#: (keys, time, digest) of a story.
Held = tuple[tuple[str, ...], datetime | None, bytes]


class EventIndex:
    """The stories of a window by what is rare in them. What it proposes depends on the set it holds, not on the order.

    Two caps bite only on floods, choose by nearness in time and digest, and are counted: `capped_postings`, keys that
    so many stories have that they propose nobody, and `capped_candidates`, stories left out of an answer.
    """

    def __init__(self, window: timedelta) -> None:
        self._window = window
        self._postings: dict[str, set[StoryId]] = {}
        self._held: dict[StoryId, Held] = {}
        self.capped_postings = 0
        self.capped_candidates = 0

    def __len__(self) -> int:
        return len(self._held)

    def __contains__(self, story_id: object) -> bool:
        return story_id in self._held

    def add(self, story_id: StoryId, key: str, story: Weighed) -> None:
        """Hold a story; one already held is replaced. key: its stable name, which breaks ties."""
        self.remove(story_id)
        keys = tuple(story.keys)
        self._held[story_id] = (keys, story.profile.at, tie_digest(key))
        for held in keys:
            self._postings.setdefault(held, set()).add(story_id)

    def remove(self, story_id: StoryId) -> None:
        """Let go of a story, held or not."""
        held = self._held.pop(story_id, None)
        if held is None:
            return
        for key in held[0]:
            self._postings[key].discard(story_id)
            if not self._postings[key]:
                del self._postings[key]

    def forget(self, before: datetime) -> int:
        """Let go of the stories whose time lies before a moment; return how many."""
        old = [story_id for story_id, (_, at, _) in self._held.items() if at is not None and at < before]
        for story_id in old:
            self.remove(story_id)
        return len(old)

    def candidates(self, key: str, story: Weighed) -> tuple[StoryId, ...]:
        """Return the stories worth relating to one, by id; a story that is itself held is among its own candidates."""
        votes: dict[StoryId, int] = {}
        at = story.profile.at
        for shared, weight in story.keys.items():
            posted = self._postings.get(shared, ())
            if len(posted) > MAX_POSTINGS:
                self.capped_postings += 1
                continue
            thousandths = votes_of(weight)
            for story_id in posted:
                votes[story_id] = votes.get(story_id, 0) + thousandths
        found, left_out = nearest(votes, self._held, at, self._window)
        self.capped_candidates += left_out
        return found


def nearest(
    votes: Mapping[StoryId, int], held: Mapping[StoryId, Held], at: datetime | None, window: timedelta
) -> tuple[tuple[StoryId, ...], int]:
    """Return (the stories worth relating, by id; how many a cap left out). votes: sums of `votes_of` by story."""

    def nearness(story_id: StoryId) -> tuple[float, bytes]:
        """Distance in time, then digest: an order that no arrival changes."""
        _, held_at, digest = held[story_id]
        gap_s = abs((held_at - at).total_seconds()) if at is not None and held_at is not None else 0.0
        return gap_s, digest

    near = []
    for story_id, weight in votes.items():
        if weight >= _ENOUGH:
            held_at = held[story_id][1]
            if at is None or held_at is None or abs(held_at - at) <= window:
                near.append(story_id)
    left_out = max(0, len(near) - MAX_CANDIDATES)
    if left_out:
        least = sorted((votes[story_id] for story_id in near), reverse=True)[MAX_CANDIDATES - 1]
        as_much = sorted((story_id for story_id in near if votes[story_id] == least), key=nearness)
        near = [*(story_id for story_id in near if votes[story_id] > least), *as_much]
    return tuple(sorted(near[:MAX_CANDIDATES])), left_out


def votes_of(weight: float) -> int:
    """Return what a key weighs in a sum: whole numbers, so that no order of adding changes it."""
    return round(weight * 1000)


def tie_digest(key: str) -> bytes:
    """Return what breaks ties between stories. key: a story's stable name."""
    return blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest()
