"""The ledger of alerts: which wait for which target, the messages they became, and what became of those."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.errors import Reason
from ingest.model import (
    AlertKind,
    AlertMessage,
    AlertTarget,
    Channel,
    DeliveryStatus,
    RaisedAlert,
    StoryId,
    WatchId,
)
from ingest.store.connection import Store
from ingest.store.sql import id_list
from ingest.store.times import from_text, optional_text, optional_time, to_text
from ingest.text.urls import mask, stand_in, without_address


def waiting_targets(connection: sqlite3.Connection) -> tuple[AlertTarget, ...]:
    """The targets for whom an alert waits to be put into a message."""
    rows = connection.execute(
        "SELECT DISTINCT a.watch_id, w.name, t.channel, t.target FROM alert_targets t "
        "JOIN alerts a ON a.id = t.alert_id JOIN watches w ON w.id = a.watch_id WHERE t.message_id IS NULL "
        "ORDER BY a.watch_id, t.channel, t.target"
    )
    return tuple(
        AlertTarget(
            watch_id=WatchId(row["watch_id"]), watch=row["name"], channel=Channel(row["channel"]), target=row["target"]
        )
        for row in rows
    )


def waiting(connection: sqlite3.Connection, target: AlertTarget) -> tuple[int, ...]:
    """The alerts that wait for a target, oldest first."""
    rows = connection.execute(
        "SELECT t.alert_id FROM alert_targets t JOIN alerts a ON a.id = t.alert_id WHERE t.message_id IS NULL "
        "AND a.watch_id = ? AND t.channel = ? AND t.target = ? ORDER BY t.alert_id",
        [target.watch_id, target.channel, target.target],
    )
    return tuple(row["alert_id"] for row in rows)


def messages_made(connection: sqlite3.Connection, target: AlertTarget, since: datetime) -> tuple[datetime, ...]:
    """When messages to a target were made since a moment."""
    rows = connection.execute(
        "SELECT made_at FROM alert_messages WHERE watch_id = ? AND channel = ? AND target = ? AND made_at >= ?",
        [target.watch_id, target.channel, target.target, to_text(since)],
    )
    return tuple(from_text(row["made_at"]) for row in rows)


def raised(connection: sqlite3.Connection, ids: Sequence[int]) -> tuple[RaisedAlert, ...]:
    """Alerts with their stories as they stand now, oldest first; of a merged story, the one it went into."""
    rows = connection.execute(
        "SELECT a.id, a.kind, a.detail, a.raised_at, s.id AS story_id, s.title AS story, x.title, "
        "iif(x.redacted_at IS NULL, x.url, '') AS url, "
        "x.published_at, "
        "p.name AS publisher, (SELECT count(*) FROM members m WHERE m.story_id = s.id) AS articles, "
        "(SELECT count(DISTINCT y.publisher_id) FROM members m JOIN articles y ON y.id = m.article_id "
        " WHERE m.story_id = s.id) AS publishers FROM alerts a JOIN stories o ON o.id = a.story_id "
        "JOIN stories s ON s.id = coalesce(o.merged_into, o.id) JOIN articles x ON x.id = a.article_id "
        "JOIN publishers p ON p.id = x.publisher_id WHERE a.id IN (SELECT value FROM json_each(?)) ORDER BY a.id",
        [id_list(ids)],
    )
    return tuple(
        RaisedAlert(
            id=row["id"],
            kind=AlertKind(row["kind"]),
            detail=row["detail"],
            raised_at=from_text(row["raised_at"]),
            story_id=StoryId(row["story_id"]),
            story=row["story"],
            publishers=row["publishers"],
            articles=row["articles"],
            title=row["title"],
            url=row["url"],
            publisher=row["publisher"],
            published_at=optional_time(row["published_at"]),
        )
        for row in rows
    )


def make_message(
    store: Store, target: AlertTarget, alerts: Sequence[int], *, key: str, body: str, folded: bool, now: datetime
) -> None:
    """Put alerts into a message that is due now. Belongs inside a transaction with the look at what waits."""
    made = store.connection.execute(
        "INSERT INTO alert_messages (watch_id, channel, target, key, body, folded, status, next_at, made_at) "
        "VALUES (?, ?, ?, ?, ?, ?, 'pending', ?, ?)",
        [target.watch_id, target.channel, target.target, key, body, int(folded), to_text(now), to_text(now)],
    ).lastrowid
    store.connection.execute(
        "UPDATE alert_targets SET message_id = ?, held = NULL WHERE channel = ? AND target = ? "
        "AND alert_id IN (SELECT value FROM json_each(?))",
        [made, target.channel, target.target, id_list(alerts)],
    )


def hold(store: Store, target: AlertTarget, alerts: Sequence[int]) -> None:
    """Note that these alerts wait because the storm brake holds them."""
    store.connection.execute(
        "UPDATE alert_targets SET held = 'storm' WHERE held IS NULL AND message_id IS NULL AND channel = ? "
        "AND target = ? AND alert_id IN (SELECT value FROM json_each(?))",
        [target.channel, target.target, id_list(alerts)],
    )


def due_messages(
    connection: sqlite3.Connection, now: datetime, *, longest_wait: timedelta, limit: int
) -> tuple[AlertMessage, ...]:
    """Messages to be sent now, those that wait longest first.

    A wait longer than any of ours was written under a clock that has since been set back: it does not bind.
    """
    rows = connection.execute(
        "SELECT m.*, w.name AS watch FROM alert_messages m JOIN watches w ON w.id = m.watch_id "
        "WHERE m.status IN ('pending', 'later') AND (m.next_at <= ? OR m.next_at > ?) "
        "ORDER BY m.next_at, m.id LIMIT ?",
        [to_text(now), to_text(now + longest_wait + timedelta(seconds=1)), limit],
    )
    return tuple(
        AlertMessage(
            id=row["id"],
            target=AlertTarget(
                watch_id=row["watch_id"], watch=row["watch"], channel=Channel(row["channel"]), target=row["target"]
            ),
            key=row["key"],
            body=row["body"],
            status=DeliveryStatus(row["status"]),
            made_at=from_text(row["made_at"]),
            attempts=row["attempts"],
            next_at=optional_time(row["next_at"]),
            reason=Reason(row["reason"]) if row["reason"] else None,
            answer=row["answer"],
            sent_at=optional_time(row["sent_at"]),
        )
        for row in rows
    )


def record_message(store: Store, message: AlertMessage) -> None:
    """Write where a message stands, so that it is on the disk when this returns: nothing is sent from memory."""
    with store.durable():
        store.connection.execute(
            "UPDATE alert_messages SET status = ?, attempts = ?, next_at = ?, reason = ?, answer = ?, sent_at = ? "
            "WHERE id = ?",
            [
                message.status,
                message.attempts,
                optional_text(message.next_at),
                message.reason,
                message.answer[:500],
                optional_text(message.sent_at),
                message.id,
            ],
        )


def body_of(connection: sqlite3.Connection, message_id: int) -> str:
    """What a message says now: an article that is redacted while it waits leaves it."""
    row = connection.execute("SELECT body FROM alert_messages WHERE id = ?", [message_id]).fetchone()
    return str(row["body"])


def shorten_targets(store: Store, hooks: Mapping[WatchId, str]) -> None:
    """Rewrite targets as earlier versions kept them, a webhook's address with its path, into what stands for them now.

    hooks: the webhooks of the configuration; what waits for one of them still finds it. Belongs inside a transaction.
    """
    kept = store.connection.execute(
        "SELECT a.watch_id, t.target FROM alert_targets t JOIN alerts a ON a.id = t.alert_id "
        "WHERE t.channel = 'webhook' AND t.target NOT LIKE '%/…#________' UNION "
        "SELECT watch_id, target FROM alert_messages WHERE channel = 'webhook' AND target NOT LIKE '%/…#________'"
    ).fetchall()
    for watch_id, old in kept:
        address = hooks.get(watch_id, "")
        new = stand_in(address if mask(address) == old else old)
        store.connection.execute(
            "UPDATE alert_targets SET target = ?1 WHERE channel = 'webhook' AND target = ?2 "
            "AND alert_id IN (SELECT id FROM alerts WHERE watch_id = ?3)",
            [new, old, watch_id],
        )
        changed = store.connection.execute(
            "UPDATE alert_messages SET target = ?1 WHERE channel = 'webhook' AND target = ?2 AND watch_id = ?3 "
            "RETURNING id, answer",
            [new, old, watch_id],
        ).fetchall()
        store.connection.executemany(
            "UPDATE alert_messages SET answer = ? WHERE id = ?",
            [(without_address(row["answer"], address or old), row["id"]) for row in changed],
        )


def revive(store: Store, ids: Sequence[int], now: datetime) -> int:
    """Make dead letters due again, as if they had never been tried. Returns how many there were."""
    with store.transaction():
        return store.connection.execute(
            "UPDATE alert_messages SET status = 'later', attempts = 0, next_at = ? WHERE status = 'failed' "
            "AND id IN (SELECT value FROM json_each(?))",
            [to_text(now), id_list(ids)],
        ).rowcount


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchFigures:
    """A watch in figures."""

    name: str
    query: str
    hits: int
    last_hit_at: datetime | None
    alerts: int
    sent: int
    waiting: int
    failed: int


def watch_figures(connection: sqlite3.Connection) -> tuple[WatchFigures, ...]:
    """The watches of the configuration as it was last read, by name."""
    rows = connection.execute(
        "SELECT w.name, w.query, (SELECT count(*) FROM hits h WHERE h.watch_id = w.id) AS hits, "
        "(SELECT max(h.at) FROM hits h WHERE h.watch_id = w.id) AS last_hit_at, "
        "(SELECT count(*) FROM alerts a WHERE a.watch_id = w.id) AS alerts, "
        "count(m.id) FILTER (WHERE m.status = 'sent') AS sent, "
        "count(m.id) FILTER (WHERE m.status = 'failed') AS failed, "
        "count(m.id) FILTER (WHERE m.status IN ('pending', 'later')) AS waiting "
        "FROM watches w LEFT JOIN alert_messages m ON m.watch_id = w.id WHERE w.ended_at IS NULL "
        "GROUP BY w.id ORDER BY w.name"
    )
    return tuple(
        WatchFigures(**{**dict(row), "last_hit_at": optional_time(row["last_hit_at"])})  # the columns are its fields
        for row in rows
    )
