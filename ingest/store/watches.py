"""Watches, what they found, and what that raised: rows of one article's arrival."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ingest.model import ArticleId, Channel, StoryId, WatchId
from ingest.store.connection import Store
from ingest.store.times import from_text, optional_time, to_text
from ingest.watch.alerting import Alert, Carried
from ingest.watch.telling import HitReason, PassReason


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchRow:
    """A watch as the database has it."""

    id: WatchId
    name: str
    added_at: datetime  # since when its query looks at articles


def sync_watches(store: Store, queries: Sequence[tuple[str, str]], now: datetime) -> tuple[WatchRow, ...]:
    """Make the watches of the configuration those of the database, by name; one that went is ended, never deleted.

    queries: names and queries. A watch whose query is another, or that comes back, looks at articles from now on.
    """
    stamp = to_text(now)
    with store.transaction():
        for name, query in queries:
            store.connection.execute(
                "INSERT INTO watches (name, query, added_at) VALUES (?1, ?2, ?3) ON CONFLICT (name) DO UPDATE SET "
                "added_at = CASE WHEN query = ?2 AND ended_at IS NULL AND added_at IS NOT NULL THEN added_at ELSE ?3 "
                "END, query = ?2, ended_at = NULL",
                [name, query, stamp],
            )
        names = json.dumps([name for name, _ in queries])
        store.connection.execute(
            "UPDATE watches SET ended_at = ? WHERE ended_at IS NULL AND name NOT IN (SELECT value FROM json_each(?))",
            [stamp, names],
        )
        rows = store.connection.execute("SELECT id, name, added_at FROM watches WHERE ended_at IS NULL")
        return tuple(
            WatchRow(id=WatchId(row["id"]), name=row["name"], added_at=from_text(row["added_at"])) for row in rows
        )


def told_in(connection: sqlite3.Connection, watch_id: WatchId, story_id: StoryId) -> tuple[frozenset[str], ...]:
    """The terms of each hit that a story has of a watch."""
    rows = connection.execute(
        "SELECT h.terms FROM members m JOIN hits h ON h.article_id = m.article_id "
        "WHERE m.story_id = ? AND h.watch_id = ?",
        [story_id, watch_id],
    )
    return tuple(frozenset(json.loads(row["terms"])) for row in rows)


def is_hit(connection: sqlite3.Connection, watch_id: WatchId, article_id: ArticleId) -> bool:
    """Whether a watch told of this article before."""
    sql = "SELECT 1 FROM hits WHERE watch_id = ? AND article_id = ?"
    return connection.execute(sql, [watch_id, article_id]).fetchone() is not None


def watches_with_hits(connection: sqlite3.Connection, story_id: StoryId) -> tuple[WatchId, ...]:
    """The watches that told of a story."""
    rows = connection.execute(
        "SELECT DISTINCT h.watch_id FROM members m JOIN hits h ON h.article_id = m.article_id "
        "WHERE m.story_id = ? ORDER BY h.watch_id",
        [story_id],
    )
    return tuple(WatchId(row["watch_id"]) for row in rows)


def record_hit(
    store: Store,
    watch_id: WatchId,
    article_id: ArticleId,
    reason: HitReason,
    *,
    terms: Iterable[str],
    found: str,
    now: datetime,
) -> None:
    """Keep that a watch tells of an article. Belongs inside the transaction that matches it."""
    store.connection.execute(
        "INSERT INTO hits (watch_id, article_id, at, reason, terms, found) VALUES (?, ?, ?, ?, ?, ?)",
        [watch_id, article_id, to_text(now), reason, json.dumps(list(terms), ensure_ascii=False), found],
    )
    store.connection.execute("DELETE FROM passed_over WHERE watch_id = ? AND article_id = ?", [watch_id, article_id])


def pass_over(store: Store, watch_id: WatchId, article_id: ArticleId, reason: PassReason, now: datetime) -> None:
    """Keep why an article that fits a watch is no hit."""
    store.connection.execute(
        "INSERT OR REPLACE INTO passed_over (watch_id, article_id, reason, at) VALUES (?, ?, ?, ?)",
        [watch_id, article_id, reason, to_text(now)],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptStory:
    """A story as alerts look at it."""

    members: tuple[Carried, ...]
    arrived: Carried
    first_publisher: str | None
    first_domain: str


def story_at(connection: sqlite3.Connection, story_id: StoryId, article_id: ArticleId) -> KeptStory:
    """A story with the times of its members, at the arrival of one of them."""
    rows = connection.execute(
        "SELECT a.id, a.published_at, a.first_seen_at, a.baseline, p.name AS publisher FROM members m "
        "JOIN articles a ON a.id = m.article_id JOIN publishers p ON p.id = a.publisher_id WHERE m.story_id = ?",
        [story_id],
    ).fetchall()
    first = connection.execute(
        "SELECT p.name, p.domain FROM stories s JOIN articles a ON a.id = s.first_article_id "
        "JOIN publishers p ON p.id = a.publisher_id WHERE s.id = ?",
        [story_id],
    ).fetchone()
    members = {row["id"]: _carried(row) for row in rows}
    return KeptStory(
        members=tuple(members.values()),
        arrived=members[article_id],
        first_publisher=first["name"] if first else None,
        first_domain=first["domain"] if first else "",
    )


def _carried(row: sqlite3.Row) -> Carried:
    """What a feed's first poll showed has the time that it claims, or none."""
    claimed = optional_time(row["published_at"])
    seen = None if row["baseline"] else from_text(row["first_seen_at"])
    return Carried(publisher=row["publisher"], at=claimed or seen)


def texts_before(
    connection: sqlite3.Connection, article_id: ArticleId
) -> tuple[tuple[str, str], tuple[str, str]] | None:
    """An article's (title, text), and that which it follows: its own earlier one, else of the member it is closest to.

    The earlier stands first; None where nothing came before.
    """
    own = connection.execute(
        "SELECT a.title, a.text, coalesce(a.published_at, a.first_seen_at) AS at, m.via FROM articles a "
        "JOIN members m ON m.article_id = a.id WHERE a.id = ?",
        [article_id],
    ).fetchone()
    old = (
        connection.execute(
            "SELECT title, text, '' AS at FROM revisions WHERE article_id = ? ORDER BY id DESC LIMIT 1", [article_id]
        ).fetchone()
        or connection.execute(
            "SELECT title, text, coalesce(published_at, first_seen_at) AS at FROM articles WHERE id = ?", [own["via"]]
        ).fetchone()
    )
    if old is None or old["at"] > own["at"]:
        return None
    return (old["title"], old["text"]), (own["title"], own["text"])


def raise_alert(
    store: Store,
    watch_id: WatchId,
    story_id: StoryId,
    article_id: ArticleId,
    alert: Alert,
    targets: Sequence[tuple[Channel, str]],
    *,
    now: datetime,
) -> bool:
    """Put an alert into the ledger for these (channel, target) pairs; False when it was told of this story before.

    Stories that went into this one count as this one.
    """
    told = store.connection.execute(
        "SELECT 1 FROM alerts WHERE watch_id = ?1 AND kind = ?2 AND key = ?3 AND (story_id = ?4 OR story_id IN "
        "(SELECT id FROM stories WHERE merged_into = ?4)) LIMIT 1",
        [watch_id, alert.kind, alert.key, story_id],
    ).fetchone()
    if told:
        return False
    made = store.connection.execute(
        "INSERT INTO alerts (watch_id, story_id, article_id, kind, key, detail, raised_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        [watch_id, story_id, article_id, alert.kind, alert.key, alert.detail, to_text(now)],
    ).lastrowid
    store.connection.executemany(
        "INSERT INTO alert_targets (alert_id, channel, target) VALUES (?, ?, ?)",
        [(made, channel, target) for channel, target in targets],
    )
    return True
