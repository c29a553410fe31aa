"""Digests as they were built, and the ledger of who was sent which, with what answer."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ingest.errors import Reason
from ingest.model import Delivery, DeliveryStatus, StoryId
from ingest.model.day import Fate
from ingest.store.connection import Store
from ingest.store.times import optional_text, optional_time, to_text


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestRow:
    """A day's digest as it was built for everybody."""

    day: date
    since: datetime
    until: datetime
    subject: str
    stories: int
    articles: int
    html: str
    plain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventFate:
    """What became of an event; `place` is its place in the order of the digest, None where it is not in it."""

    event_id: StoryId
    place: int | None
    fate: Fate
    mute: str = ""


def keep_digest(store: Store, digest: DigestRow, now: datetime) -> None:
    """Remember everybody's digest of a day; building it again replaces it."""
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


def is_kept(connection: sqlite3.Connection, day: date) -> bool:
    """Whether everybody's digest of a day was built."""
    row = connection.execute("SELECT EXISTS (SELECT 1 FROM digests WHERE day = ?)", [day.isoformat()]).fetchone()
    return bool(row[0])


def html_of_day(connection: sqlite3.Connection, *, day: date) -> str | None:
    """Everybody's digest of a day as a page; None where none was built."""
    row = connection.execute("SELECT html FROM digests WHERE day = ?", [day.isoformat()]).fetchone()
    return None if row is None else str(row["html"])


def latest_day(connection: sqlite3.Connection) -> date | None:
    """The day of the last digest that was built; None before the first."""
    row = connection.execute("SELECT max(day) AS day FROM digests").fetchone()
    return date.fromisoformat(row["day"]) if row["day"] else None


def keep_fates(store: Store, day: date, edition: str, fates: Sequence[EventFate]) -> None:
    """Remember what became of each event of a day in an edition; doing it again replaces it."""
    with store.transaction():
        store.connection.execute("DELETE FROM digest_events WHERE day = ? AND edition = ?", [day.isoformat(), edition])
        store.connection.executemany(
            "INSERT INTO digest_events (day, edition, event_id, place, fate, mute) VALUES (?, ?, ?, ?, ?, ?)",
            [(day.isoformat(), edition, each.event_id, each.place, each.fate, each.mute) for each in fates],
        )


def deliveries(connection: sqlite3.Connection, since: date) -> tuple[Delivery, ...]:
    """The ledger from a day on, by day and recipient."""
    rows = connection.execute("SELECT * FROM deliveries WHERE day >= ? ORDER BY day, recipient", [since.isoformat()])
    return tuple(
        Delivery(
            day=date.fromisoformat(row["day"]),
            recipient=row["recipient"],
            message_id=row["message_id"],
            status=DeliveryStatus(row["status"]),
            attempts=row["attempts"],
            unanswered=row["unanswered"],
            next_at=optional_time(row["next_at"]),
            reason=Reason(row["reason"]) if row["reason"] else None,
            answer=row["answer"],
            sent_at=optional_time(row["sent_at"]),
            since=optional_time(row["since"]),
            until=optional_time(row["until"]),
            edition=row["edition"],
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
                "unanswered": row.unanswered,
                "next_at": optional_text(row.next_at),
                "reason": row.reason,
                "answer": row.answer[:500],
                "sent_at": optional_text(row.sent_at),
                "since": optional_text(row.since),
                "until": optional_text(row.until),
                "edition": row.edition,
            },
            pk=("day", "recipient"),
        )


def undelivered(connection: sqlite3.Connection) -> list[tuple[str, str, str]]:
    """Recipients who have not had their newest digest, each with the reason and the server's words."""
    rows = connection.execute(
        "SELECT recipient, reason, answer FROM deliveries d "
        "WHERE day = (SELECT max(day) FROM deliveries n WHERE n.recipient = d.recipient) "
        "AND day >= (SELECT date(max(day), '-7 days') FROM deliveries) "
        "AND status NOT IN ('sent', 'skipped') ORDER BY recipient"
    )
    return [(row["recipient"], row["reason"] or "pending", row["answer"]) for row in rows]
