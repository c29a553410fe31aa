"""What the weekly report is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from ingest.model.names import FeedKind, Relation, StoryId


@dataclass(frozen=True, slots=True, kw_only=True)
class DayVolume:
    """A day (UTC): articles that came, and stories that began."""

    day: date
    articles: int
    stories: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """An article of a story that began in the week, beside the one that was first."""

    story_id: StoryId
    first: str
    first_at: datetime | None
    publisher: str
    kind: FeedKind
    relation: Relation
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekRows:
    """The week as the store gives it.

    reaches: of each story that began, how many independent publishers carried it. agencies: articles by the agency they
    credit, None for no credit.
    """

    days: tuple[DayVolume, ...]
    reaches: tuple[int, ...]
    taken: tuple[Taken, ...]
    agencies: tuple[tuple[str | None, int], ...]
