"""What people are shown and sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from ingest.errors import Reason
from ingest.model.names import ArticleId, ArticleStatus, FeedKind, PublisherId, Relation, StoryId


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryMember:
    """A member as people see it."""

    article_id: ArticleId
    title: str
    url: str
    publisher: str
    kind: FeedKind
    relation: Relation
    score: float
    reason: str
    published_at: datetime | None
    first_seen_at: datetime
    agency: str | None = None
    summary: str = ""  # the first sentences of the text
    words: int = 0
    status: ArticleStatus = ArticleStatus.EXTRACTED
    via: ArticleId | None = None
    baseline: bool = False
    publisher_id: PublisherId | None = None
    gone: str | None = None  # why there is no text any more: a sentence; None: nobody took it
    withdrawn_at: datetime | None = None  # when its publisher was found to have taken it back
    withdrawn_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryView:
    """A story as people see it: members in time order."""

    id: StoryId
    title: str
    first_article_id: ArticleId | None
    first_confidence: float
    first_reason: str
    members: tuple[StoryMember, ...]
    revisions: int = 0
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def publishers(self) -> tuple[str, ...]:
        """Publisher families in the order in which they carried the story."""
        return tuple(dict.fromkeys(member.publisher for member in self.members))

    @property
    def first(self) -> StoryMember | None:
        """The member attributed as first, or None where the evidence does not decide."""
        return next((m for m in self.members if m.article_id == self.first_article_id), None)


class DeliveryStatus(StrEnum):
    """Where one recipient's digest of one day stands."""

    PENDING = "pending"  # committed before the dialogue; still here after a crash: the outcome is not known
    SENT = "sent"  # the server accepted it
    LATER = "later"  # not accepted, to be tried again
    FAILED = "failed"  # refused for good, given up, or overtaken by a later day's
    SKIPPED = "skipped"  # there was nothing to tell, and that is not mailed


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One row of the ledger; (day, recipient) is its key and `message_id` stays the same on every attempt."""

    day: date
    recipient: str
    message_id: str
    status: DeliveryStatus
    attempts: int = 0
    unanswered: int = 0  # texts that went out and were not answered: each may have arrived
    next_at: datetime | None = None
    reason: Reason | None = None
    answer: str = ""  # the server's, or what went wrong; one line
    sent_at: datetime | None = None
    since: datetime | None = None  # what the mail covers
    until: datetime | None = None
    edition: str = ""  # what the reader's settings were
