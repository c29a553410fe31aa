"""Feeds that are dead, what was found on their sites, and a person's word on it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.errors import NotFound, Reason, StoreError
from ingest.model import FeedId
from ingest.store.connection import Store
from ingest.store.feeds import by_id, wake
from ingest.store.moves import set_url
from ingest.store.sitemaps import site_of
from ingest.store.times import to_text
from ingest.text.urls import mask, origin


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadFeed:
    """A feed that brought nothing for long, and where its publisher's pages are."""

    id: FeedId
    url: str
    site: str
    robots: bool  # False: the publisher agreed otherwise


def dead_feeds(
    connection: sqlite3.Connection, *, silent_since: datetime, searched_before: datetime, limit: int
) -> tuple[DeadFeed, ...]:
    """Feeds that are gone, or that failed each time since then, and whose site was not searched lately."""
    rows = connection.execute(
        "SELECT f.id, f.url, f.publisher_id, p.robots FROM feeds f JOIN publishers p ON p.id = f.publisher_id "
        "LEFT JOIN proposals r ON r.feed_id = f.id WHERE (f.status = 'gone' OR (f.status = 'active' AND f.failures > 2 "
        "AND coalesce(f.last_success_at, f.added_at) <= ?)) AND (r.feed_id IS NULL OR "
        "((r.url IS NULL OR r.taken_at IS NOT NULL) AND r.searched_at <= ?)) ORDER BY r.searched_at, f.id LIMIT ?",
        [to_text(silent_since), to_text(searched_before), limit],
    ).fetchall()
    return tuple(
        DeadFeed(
            id=FeedId(row["id"]),
            url=row["url"],
            site=site_of(connection, row["publisher_id"]) or origin(row["url"]),
            robots=bool(row["robots"]),
        )
        for row in rows
    )


def known_urls(connection: sqlite3.Connection) -> frozenset[str]:
    """The addresses of all feeds, today and before they moved."""
    rows = connection.execute("SELECT url FROM feeds UNION SELECT known_as FROM feeds WHERE known_as IS NOT NULL")
    return frozenset(row[0] for row in rows)


def propose(store: Store, feed_id: FeedId, url: str, *, title: str | None, entries: int, now: datetime) -> None:
    """Note a feed that was found where another is dead."""
    _put(store, feed_id, {"url": url, "title": title, "entries": entries, "found_at": to_text(now)}, now)


def note_search(store: Store, feed_id: FeedId, reason: Reason, detail: str, now: datetime) -> None:
    """Note that a site was searched in vain."""
    _put(store, feed_id, {"reason": reason, "detail": detail[:500]}, now)


def _put(store: Store, feed_id: FeedId, values: dict[str, str | int | None], now: datetime) -> None:
    row = {"feed_id": feed_id, "searched_at": to_text(now), **values}
    marks = ", ".join("?" * len(row))
    with store.transaction():
        store.connection.execute(
            f"INSERT OR REPLACE INTO proposals ({', '.join(row)}) VALUES ({marks})", [*row.values()]
        )


def drop_revived(store: Store) -> int:
    """Take back proposals for feeds that answer again. Returns how many."""
    with store.transaction():
        return store.connection.execute(
            "DELETE FROM proposals WHERE taken_at IS NULL AND feed_id IN "
            "(SELECT id FROM feeds WHERE status = 'active' AND failures = 0)"
        ).rowcount


def adopt(store: Store, feed_id: FeedId, *, actor: str, now: datetime) -> str:
    """Move a dead feed to what was found for it, and poll it. Returns the address.

    Raises NotFound where nothing was found, StoreError where another feed has that address by now.
    """
    with store.transaction():
        row = store.connection.execute(
            "SELECT url FROM proposals WHERE feed_id = ? AND url IS NOT NULL AND taken_at IS NULL", [feed_id]
        ).fetchone()
        feed = by_id(store.connection, feed_id, interval=timedelta())
        if row is None or feed is None:
            raise NotFound(f"feed {feed_id}: nothing was found for it; `samewire feeds` shows what was")
        other = store.connection.execute("SELECT id, status FROM feeds WHERE url = ?", [row["url"]]).fetchone()
        if other:
            resume = (
                "" if other["status"] == "active" else f", and resume feed {other['id']}, which is {other['status']}"
            )
            raise StoreError(f"{mask(row['url'])} is feed {other['id']} by now; remove feed {feed_id} instead{resume}")
        set_url(store, feed, row["url"], now, actor=actor)
        store.connection.execute("UPDATE feeds SET failures = 0, retry_after_at = NULL WHERE id = ?", [feed_id])
        store.connection.execute("UPDATE proposals SET taken_at = ? WHERE feed_id = ?", [to_text(now), feed_id])
        wake(store, feed_id, now)
    return str(row["url"])
