"""Subscriptions of feeds at hubs: what was asked for, what was granted, and what came of it."""

from __future__ import annotations

import sqlite3
from datetime import datetime

from ingest.errors import Reason
from ingest.model import FeedId, Subscription, SubscriptionId, SubscriptionStatus
from ingest.store.connection import Store
from ingest.store.sql import Value, insert, update
from ingest.store.times import from_text, optional_text, optional_time, to_text, to_text_ceil

_LIVE = "status NOT IN ('leaving', 'ended')"


def of_feed(connection: sqlite3.Connection, feed_id: FeedId) -> Subscription | None:
    """The feed's subscription, unless it is ended or being ended."""
    row = connection.execute(f"SELECT * FROM subscriptions WHERE feed_id = ? AND {_LIVE}", [feed_id]).fetchone()
    return _subscription(row) if row else None


def by_salt(connection: sqlite3.Connection, salt: str) -> Subscription | None:
    """The subscription that a callback's path is for."""
    row = connection.execute("SELECT * FROM subscriptions WHERE salt = ?", [salt]).fetchone()
    return _subscription(row) if row else None


def due(connection: sqlite3.Connection, now: datetime, *, limit: int) -> tuple[Subscription, ...]:
    """Subscriptions about which something is to be done, the longest waiting first."""
    rows = connection.execute(
        "SELECT * FROM subscriptions WHERE status <> 'ended' AND next_at <= ? ORDER BY next_at, id LIMIT ?",
        [to_text(now), limit],
    )
    return tuple(_subscription(row) for row in rows)


def relied_on(connection: sqlite3.Connection) -> tuple[FeedId, ...]:
    """The feeds whose hubs have pushed and are not doubted."""
    rows = connection.execute(
        "SELECT feed_id FROM subscriptions WHERE status = 'active' AND pushes > 0 AND doubted_at IS NULL"
    )
    return tuple(FeedId(row["feed_id"]) for row in rows)


def offer(store: Store, feed_id: FeedId, *, hub: str, topic: str, callback: str, salt: str, now: datetime) -> None:
    """Want a subscription at the hub that a feed names, unless there is one; one to another hub or topic is left."""
    known = of_feed(store.connection, feed_id)
    if known is not None:
        if (known.hub, known.topic, known.callback) == (hub, topic, callback):
            return
        leave(store, known, Reason.REPLACED, "the feed names another hub or topic, or poll.callback changed", now)
    named = {"hub": hub, "topic": topic, "callback": callback, "salt": salt}
    row: dict[str, Value] = {"feed_id": feed_id, **named, "status": "wanted", "next_at": to_text(now)}
    insert(store.connection, "subscriptions", row)


def leave(store: Store, subscription: Subscription, reason: Reason, detail: str, now: datetime) -> None:
    """End a subscription; a hub that may be pushing is told so first."""
    told = subscription.status in (SubscriptionStatus.ASKED, SubscriptionStatus.ACTIVE)
    status = SubscriptionStatus.LEAVING if told else SubscriptionStatus.ENDED
    store.connection.execute(
        "UPDATE subscriptions SET status = ?, reason = ?, detail = ?, failures = 0, asked_at = NULL, next_at = ? "
        "WHERE id = ?",
        [status, reason, detail, to_text(now), subscription.id],
    )


def follow_feeds(store: Store, callback: str, salt: str, now: datetime) -> None:
    """Leave the subscriptions of feeds that are not polled or that another callback is for, and want them back later.

    salt: a fresh one; a subscription that comes back has another path and secret than it had.
    """
    with store.transaction():
        rows = store.connection.execute(
            f"SELECT s.*, f.status AS fed FROM subscriptions s JOIN feeds f ON f.id = s.feed_id WHERE s.{_LIVE} "
            "AND (f.status <> 'active' OR s.callback <> ?)",
            [callback],
        ).fetchall()
        for row in rows:
            resting = row["fed"] != "active"
            reason, detail = (
                (Reason.RESTING, f"the feed is {row['fed']}") if resting else (Reason.REPLACED, "poll.callback changed")
            )
            leave(store, _subscription(row), reason, detail, now)
            if not resting and callback:
                offer(store, FeedId(row["feed_id"]), hub=row["hub"], topic=row["topic"], callback=callback,
                      salt=f"{salt}-{row['id']}", now=now)  # fmt: skip
        if not callback:  # whoever would verify a farewell is not heard
            store.connection.execute("UPDATE subscriptions SET status = 'ended' WHERE status = 'leaving'")
            return
        back = store.connection.execute(
            "SELECT s.id, s.feed_id, s.hub, s.topic FROM subscriptions s JOIN feeds f ON f.id = s.feed_id "
            "WHERE s.reason = ? AND f.status = 'active' AND s.id = (SELECT max(id) FROM subscriptions WHERE "
            f"feed_id = f.id) AND NOT EXISTS (SELECT 1 FROM subscriptions l WHERE l.feed_id = f.id AND l.{_LIVE})",
            [Reason.RESTING],
        ).fetchall()
        for row in back:
            offer(store, FeedId(row["feed_id"]), hub=row["hub"], topic=row["topic"], callback=callback,
                  salt=f"{salt}-{row['id']}", now=now)  # fmt: skip


def save(store: Store, subscription: Subscription) -> None:
    """Write what a decision made of a subscription; what deliveries count is not touched."""
    update(
        store.connection,
        "subscriptions",
        subscription.id,
        {
            "status": subscription.status,
            "reason": subscription.reason,
            "detail": subscription.detail[:500],
            "next_at": to_text_ceil(subscription.next_at),
            "failures": subscription.failures,
            "asked_at": optional_text(subscription.asked_at),
            "verified_at": optional_text(subscription.verified_at),
            "lease_until": optional_text(subscription.lease_until),
            "missed": subscription.missed,
            "doubted_at": optional_text(subscription.doubted_at),
            "good_polls": subscription.good_polls,
        },
    )


def count_push(store: Store, number: SubscriptionId, now: datetime) -> None:
    """A delivery came with a good signature."""
    store.connection.execute(
        "UPDATE subscriptions SET pushes = pushes + 1, pushed_at = ? WHERE id = ?", [to_text(now), number]
    )


def count_ignored(store: Store, number: SubscriptionId, now: datetime) -> None:
    """A delivery came that nobody vouched for."""
    with store.transaction():
        store.connection.execute(
            "UPDATE subscriptions SET ignored = ignored + 1, ignored_at = ? WHERE id = ?", [to_text(now), number]
        )


def _subscription(row: sqlite3.Row) -> Subscription:
    return Subscription(
        id=SubscriptionId(row["id"]),
        feed_id=FeedId(row["feed_id"]),
        hub=row["hub"],
        topic=row["topic"],
        callback=row["callback"],
        salt=row["salt"],
        status=SubscriptionStatus(row["status"]),
        reason=Reason(row["reason"]) if row["reason"] else None,
        detail=row["detail"],
        next_at=from_text(row["next_at"]),
        failures=row["failures"],
        asked_at=optional_time(row["asked_at"]),
        verified_at=optional_time(row["verified_at"]),
        lease_until=optional_time(row["lease_until"]),
        pushes=row["pushes"],
        pushed_at=optional_time(row["pushed_at"]),
        missed=row["missed"],
        doubted_at=optional_time(row["doubted_at"]),
        good_polls=row["good_polls"],
    )
