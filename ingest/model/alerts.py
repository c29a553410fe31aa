"""Alerts of watches: what was raised, to whom it goes, and the messages that carry it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from ingest.errors import Reason
from ingest.model.names import StoryId
from ingest.model.published import DeliveryStatus

WatchId = NewType("WatchId", int)


class AlertKind(StrEnum):
    """What an alert is raised for."""

    HIT = "hit"  # the watch finds a story
    SPREAD = "spread"  # so many publishers carry it in so long
    FIRST = "first"  # a publisher of interest had it first
    NUMBER = "number"  # a later text gives another number


class Channel(StrEnum):
    """The way an alert takes."""

    MAIL = "mail"
    WEBHOOK = "webhook"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertTarget:
    """Whom alerts of one watch go to."""

    watch_id: WatchId
    watch: str
    channel: Channel
    target: str  # a mail address; what stands for a webhook's address (`text.urls.stand_in`)


@dataclass(frozen=True, slots=True, kw_only=True)
class RaisedAlert:
    """An alert with what a message says of it."""

    id: int
    kind: AlertKind
    detail: str
    raised_at: datetime
    story_id: StoryId
    story: str
    publishers: int
    articles: int
    title: str
    url: str
    publisher: str
    published_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertMessage:
    """A row of the ledger; `key` and `body` stay the same on every attempt."""

    id: int
    target: AlertTarget
    key: str
    body: str
    status: DeliveryStatus
    made_at: datetime
    attempts: int = 0
    next_at: datetime | None = None
    reason: Reason | None = None
    answer: str = ""
    sent_at: datetime | None = None
