"""A feed's subscription at a hub (W3C WebSub)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from ingest.errors import Reason
from ingest.model.names import FeedId

SubscriptionId = NewType("SubscriptionId", int)


class SubscriptionStatus(StrEnum):
    """How far a subscription has come."""

    WANTED = "wanted"  # the hub is to be asked
    ASKED = "asked"  # it took the request, and has not verified it yet
    ACTIVE = "active"  # it verified it: what it delivers is read
    LEAVING = "leaving"  # it is to be told that we want no more
    DENIED = "denied"  # it said no
    ENDED = "ended"


class HubMode(StrEnum):
    """What a subscriber asks for, and what a hub says of it."""

    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"
    DENIED = "denied"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What is remembered of it. Neither the callback's path nor the secret is: both come from `salt` and a key."""

    id: SubscriptionId
    feed_id: FeedId
    hub: str
    topic: str
    callback: str  # the public address that the path is added to
    salt: str
    status: SubscriptionStatus
    reason: Reason | None = None
    detail: str = ""
    next_at: datetime
    failures: int = 0  # requests in a row that came to nothing
    asked_at: datetime | None = None  # last request that the hub took and has not verified yet
    verified_at: datetime | None = None
    lease_until: datetime | None = None
    pushes: int = 0
    pushed_at: datetime | None = None
    missed: int = 0
    doubted_at: datetime | None = None  # when polls last found what it had not brought; None: it is trusted
    good_polls: int = 0  # since then
