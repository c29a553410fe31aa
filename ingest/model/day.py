"""What a day holds, as the digest sees it: who carried what and when, what changed, and what readers want to see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from typing import NamedTuple

from ingest.model.names import ArticleId, FeedKind, StoryId

EVERY_DAY = frozenset(range(7))


class Fate(StrEnum):
    """What became of an event of the day; the word in `digest_events.fate`."""

    SHOWN = "shown"
    MORE = "more"  # counted under "N more": there was no room
    MUTED = "muted"
    NO_NEWS = "no_news"  # told on an earlier day, and nothing new since


class Appearance(NamedTuple):
    """An article of an event that moved in a span; `at` is None where a baseline says nothing of its age.

    A tuple: a full day has fifty thousand of them, and a frozen dataclass takes five times as long to make.
    """

    article_id: ArticleId
    story_id: StoryId
    event_id: StoryId
    publisher: str
    kind: FeedKind
    language: str | None
    url: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TextNow:
    """An article's text as it was before a span, and as it is."""

    article_id: ArticleId
    old_title: str
    old_text: str
    title: str
    text: str
    added_words: int
    removed_words: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """How a publisher did in a span: stories that others took up too, and how many of them it had first."""

    publisher: str
    stories: int
    first: int


class Trouble(StrEnum):
    """Why a feed needs a person's eye."""

    FAILING = "failing"  # its last poll failed
    SILENT = "silent"  # it answers, and brings nothing, which is not its habit
    OVERFLOWED = "overflowed"  # a poll showed nothing known: entries may have come and gone between two polls


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedNote:
    """A feed that needs a person's eye. `at`: since when; `times` and `entries`: polls that overflowed, their most."""

    feed: str
    trouble: Trouble
    reason: str = ""  # one word, for a feed that fails
    detail: str = ""
    at: datetime | None = None
    times: int = 0
    entries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """What readers do not want to see; every part that is given must fit. `recipient` None: for all."""

    name: str
    recipient: str | None = None
    publisher: str | None = None
    section: str | None = None  # a folder in the page's address: "sport" fits /sport/ and /en/sport/...
    language: str | None = None
    query: str | None = None  # words of the headline


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who gets a digest, and when: local time and weekdays (0 is Monday). No watches: everything."""

    address: str
    timezone: str
    at: time
    weekdays: frozenset[int] = EVERY_DAY
    watches: tuple[str, ...] = ()
    mutes: tuple[Mute, ...] = ()

    @property
    def edition(self) -> str:
        """The settings in words: readers of one edition read the same."""
        names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
        days = "" if self.weekdays == EVERY_DAY else " " + ",".join(names[day] for day in sorted(self.weekdays))
        watches = f"; watches {', '.join(self.watches)}" if self.watches else ""
        mutes = f"; mutes {', '.join(mute.name for mute in self.mutes)}" if self.mutes else ""
        return f"{self.timezone} {self.at:%H:%M}{days}{watches}{mutes}"
