"""Digests as they were built, and the ledger of who was sent which, with what answer."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import date, datetime

from ingest.errors import Reason
from ingest.model import Delivery, DeliveryStatus
from ingest.store.connection import Store
from ingest.store.times import optional_text, optional_time, to_text


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestRow:
    """A day's digest as it was built."""

    day: date
    since: datetime
    until: datetime
    subject: str
    stories: int
    articles: int
    html: str
    plain: str


def keep_digest(store: Store, digest: DigestRow, now: datetime) -> None:
    """Remember a day's digest; building it again replaces it."""
    with store.transaction():
        store.connection.execute(
            "INSERT INTO digests (day, since, until, built_at, subject, stories, articles, html, plain) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (day) DO UPDATE SET since = excluded.since, "
            "until = excluded.until, built_at = excluded.built_at, subject = excluded.subject, "
            "stories = excluded.stories, articles = excluded.articles, html = excluded.html, plain = excluded.plain",
            [
                digest.day.isoformat(),
                to_text(digest.since),
                to_text(digest.until),
                to_text(now),
                digest.subject,
                digest.stories,
                digest.articles,
                digest.html,
                digest.plain,
            ],
        )


def deliveries(connection: sqlite3.Connection, day: date) -> tuple[Delivery, ...]:
    """The ledger of a day."""
    rows = connection.execute("SELECT * FROM deliveries WHERE day = ? ORDER BY recipient", [day.isoformat()])
    return tuple(
        Delivery(
            day=date.fromisoformat(row["day"]),
            recipient=row["recipient"],
            message_id=row["message_id"],
            status=DeliveryStatus(row["status"]),
            attempts=row["attempts"],
            next_at=optional_time(row["next_at"]),
            reason=Reason(row["reason"]) if row["reason"] else None,
            answer=row["answer"],
            sent_at=optional_time(row["sent_at"]),
        )
        for row in rows
    )


def record_delivery(store: Store, row: Delivery) -> None:
    """Write a line of the ledger so that it is on the disk when this returns: a mail is never sent from memory."""
    with store.durable():
        store.db.table("deliveries").upsert(
            {
                "day": row.day.isoformat(),
                "recipient": row.recipient,
                "message_id": row.message_id,
                "status": row.status,
                "attempts": row.attempts,
                "next_at": optional_text(row.next_at),
                "reason": row.reason,
                "answer": row.answer[:500],
                "sent_at": optional_text(row.sent_at),
            },
            pk=("day", "recipient"),
        )


def forget_polls(store: Store, before: datetime) -> int:
    """Housekeeping: drop the records of polls older than retention says. Returns how many went."""
    with store.transaction():
        return store.connection.execute("DELETE FROM polls WHERE started_at < ?", [to_text(before)]).rowcount
