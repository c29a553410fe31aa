"""Pages read again: when one is due, what it gave, what publishers' habits are; and pages kept as they came."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.model import ArticleId, Habits, Page
from ingest.store.connection import Store
from ingest.store.journal import note
from ingest.store.sql import update
from ingest.store.times import optional_text, optional_time, to_text

_HABITS_DAYS = 30
_BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What is known of an article's readings."""

    publisher_id: int
    read_at: datetime | None
    recheck: str | None


def read_of(connection: sqlite3.Connection, article_id: ArticleId) -> Read:
    """What is known of an article's readings."""
    row = connection.execute(
        "SELECT publisher_id, read_at, recheck FROM articles WHERE id = ?", [article_id]
    ).fetchone()
    return Read(
        publisher_id=row["publisher_id"],
        read_at=optional_time(row["read_at"]),
        recheck=row["recheck"],
    )


def habits(connection: sqlite3.Connection, publisher_id: int, now: datetime) -> Habits:
    """How many of a publisher's articles were read again in the last month, and how many had been revised."""
    row = connection.execute(
        "SELECT count(*) AS rechecked, coalesce(sum(EXISTS (SELECT 1 FROM revisions WHERE article_id = a.id)), 0) "
        "AS revised FROM articles a WHERE publisher_id = ? AND rechecked_at >= ?",
        [publisher_id, to_text(now - timedelta(days=_HABITS_DAYS))],
    ).fetchone()
    return Habits(rechecked=row["rechecked"], revised=row["revised"])


def note_read(store: Store, article_id: ArticleId, *, read_at: datetime, recheck_at: datetime | None) -> None:
    """A page gave a body: keep when that was first, and when it is read again."""
    values = {"read_at": to_text(read_at), "recheck_at": optional_text(recheck_at)}
    update(store.connection, "articles", article_id, values)


def note_recheck(store: Store, article_id: ArticleId, *, word: str, recheck_at: datetime | None, now: datetime) -> None:
    """What reading a page again gave, and when that is done next."""
    values = {"recheck": word, "rechecked_at": to_text(now), "recheck_at": optional_text(recheck_at)}
    update(store.connection, "articles", article_id, values)


def withdraw(store: Store, article_id: ArticleId, reason: str, now: datetime) -> None:
    """Mark an article that its publisher took back, once; its text and place in the story stay."""
    changed = store.connection.execute(
        "UPDATE articles SET withdrawn_at = ?, withdrawn_reason = ?, recheck_at = NULL "
        "WHERE id = ? AND withdrawn_at IS NULL",
        [to_text(now), reason, article_id],
    ).rowcount
    if changed:
        story = store.connection.execute("SELECT story_id FROM members WHERE article_id = ?", [article_id]).fetchone()
        story_id = story["story_id"] if story else None
        note(store, now, "samewire", "withdrawn", reason, article_id=article_id, story_id=story_id)


def keep_page(store: Store, article_id: ArticleId, page: Page, now: datetime) -> None:
    """Keep a page as it came, in place of an earlier one."""
    store.connection.execute(
        "INSERT INTO kept_pages (article_id, url, content_type, body, kept_at) VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (article_id) DO UPDATE SET url = excluded.url, content_type = excluded.content_type, "
        "body = excluded.body, kept_at = excluded.kept_at",
        [article_id, page.url, page.content_type, zlib.compress(page.body, 6), to_text(now)],
    )


def kept_count(connection: sqlite3.Connection) -> int:
    """How many pages are kept."""
    return int(connection.execute("SELECT count(*) FROM kept_pages").fetchone()[0])


def kept_pages(connection: sqlite3.Connection) -> Iterator[tuple[ArticleId, Page]]:
    """Each kept page with its article; read in batches, so that writing between two is allowed."""
    last = 0
    while rows := connection.execute(
        "SELECT * FROM kept_pages WHERE article_id > ? ORDER BY article_id LIMIT ?", [last, _BATCH]
    ).fetchall():
        for row in rows:
            page = Page(url=row["url"], body=zlib.decompress(row["body"]), content_type=row["content_type"])
            yield ArticleId(row["article_id"]), page
        last = rows[-1]["article_id"]
