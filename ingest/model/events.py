"""Events: stories that are independent reports of one happening, and what relates two stories."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ingest.model.names import StoryId


class Kinship(StrEnum):
    """What two related stories are to each other: the reason word of a row in `related`."""

    SAME_EVENT = "same-event"
    FOLLOW_UP = "follow-up"  # a later day's report
    TRANSLATION = "translation"  # a report in another language
    ROUND_UP = "round-up"  # one tells of the other among other things


@dataclass(frozen=True, slots=True, kw_only=True)
class Relatedness:
    """How much speaks for it that two stories tell of one happening."""

    score: float  # 0..1; below the line of `ingest.match.relate` there is no kinship
    kinship: Kinship | None
    explanation: str  # one sentence that names what both have
    shared: tuple[tuple[str, str], ...] = ()  # the anchors as the first and as the second story has them


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """The relatedness of two stories, a < b by id."""

    a: StoryId
    b: StoryId
    relatedness: Relatedness


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Stories of one happening, the earliest first; its id is that story's."""

    members: tuple[StoryId, ...]

    @property
    def id(self) -> StoryId:
        """The earliest story."""
        return self.members[0]
