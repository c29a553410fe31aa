"""Feeds as their operator wants them, and which of them are due."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.errors import NotFound, StoreError
from ingest.model import Feed, FeedHints, FeedId, FeedKind, PollState, PublisherId
from ingest.store.connection import Store
from ingest.store.journal import note
from ingest.store.marks import release
from ingest.store.sql import Value, id_list, insert, update
from ingest.store.times import from_text, optional_time, to_text, to_text_ceil
from ingest.store.words import JournalAction
from ingest.text.urls import mask, server_name

#: What the journal says of a person who sets a feed’s status.
_BY_HAND: dict[str, JournalAction] = {
    "active": "feed-resumed",
    "paused": "feed-paused",
    "removed": "feed-removed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFeed:
    """A feed as an operator names it; None leaves the choice to the defaults."""

    url: str
    publisher: str
    domain: str
    kind: FeedKind | None = None
    title: str | None = None
    interval: timedelta | None = None
    fetch_pages: bool | None = None
    robots: bool = True  # False: the publisher agreed to its pages being fetched whatever its robots.txt says
    verify_tls: bool = True


_FEED = """
SELECT f.*, p.name AS publisher, p.kind AS kind FROM feeds f JOIN publishers p ON p.id = f.publisher_id
"""


def sync_configured(store: Store, feeds: Sequence[NewFeed], now: datetime) -> None:
    """Make the configuration's feeds the database's: new ones added, changed ones updated, vanished ones paused."""
    with store.transaction():
        rows = store.connection.execute("SELECT * FROM feeds").fetchall()
        known = {row["known_as"]: row for row in rows if row["known_as"]} | {row["url"]: row for row in rows}
        publishers = {row["name"]: row for row in store.connection.execute("SELECT * FROM publishers")}
        kept = {
            _put_configured(store, feed, known.get(feed.url), publishers.get(feed.publisher), now) for feed in feeds
        }
        for name, robots in {feed.publisher: int(feed.robots) for feed in feeds}.items():
            if name not in publishers or publishers[name]["robots"] != robots:
                store.connection.execute("UPDATE publishers SET robots = ? WHERE name = ?", [robots, name])
        for row in rows:
            if row["origin"] == "config" and row["status"] == "active" and row["id"] not in kept:
                store.connection.execute(
                    "UPDATE feeds SET status = 'paused', paused_by = 'config' WHERE id = ?", [row["id"]]
                )
                note(store, now, "samewire", "paused", f"{row['url']} is no longer in the configuration")


def add_feed(store: Store, feed: NewFeed, now: datetime) -> tuple[FeedId, bool]:
    """Add a feed by hand; one that is known keeps its settings. Returns its id, and whether it is new or came back."""
    with store.transaction():
        row = _known(store, feed.url)
        if row is None:
            return _insert(store, feed, "added", now), True
        if row["status"] == "active":
            return FeedId(row["id"]), False
        wake(store, row["id"], now)
        return FeedId(row["id"]), True


def _put_configured(
    store: Store, feed: NewFeed, row: sqlite3.Row | None, publisher: sqlite3.Row | None, now: datetime
) -> FeedId:
    """row, publisher: the feed and its family as they stand, where they are known."""
    if row is None:
        return _insert(store, feed, "config", now)
    # A pause that a person asked for outlives a restart; one that only followed the configuration ends with it.
    if row["status"] == "paused" and row["paused_by"] == "config":
        wake(store, row["id"], now)
    settled = publisher is not None and feed.kind in (None, publisher["kind"])
    family_id = PublisherId(publisher["id"]) if publisher is not None and settled else _publisher(store, feed)
    wanted: dict[str, Value] = {"publisher_id": family_id, **_settings(feed), "origin": "config"}
    if any(row[name] != value for name, value in wanted.items()):
        update(store.connection, "feeds", row["id"], wanted)
    return FeedId(row["id"])


def _known(store: Store, url: str) -> sqlite3.Row | None:
    """The feed at this address, or the one that was there before it moved for good."""
    row: sqlite3.Row | None = store.connection.execute(
        "SELECT * FROM feeds WHERE url = ?1 OR known_as = ?1 ORDER BY url <> ?1 LIMIT 1", [url]
    ).fetchone()
    return row


def _insert(store: Store, feed: NewFeed, by: str, now: datetime) -> FeedId:
    stamp = to_text(now)
    named: dict[str, Value] = {"url": feed.url, "host": server_name(feed.url), "title": feed.title, "origin": by}
    dated: dict[str, Value] = {"publisher_id": _publisher(store, feed), "added_at": stamp, "next_at": stamp}
    return FeedId(insert(store.connection, "feeds", {**named, **dated, **_settings(feed)}))


def _settings(feed: NewFeed) -> dict[str, int | None]:
    return {
        "interval_s": int(feed.interval.total_seconds()) if feed.interval else None,
        "fetch_pages": None if feed.fetch_pages is None else int(feed.fetch_pages),
        "verify_tls": int(feed.verify_tls),
    }


def _publisher(store: Store, feed: NewFeed) -> PublisherId:
    return publisher_id(store, feed.publisher, domain=feed.domain, kind=feed.kind)


def wake(store: Store, feed_id: int, now: datetime) -> None:
    """Poll a feed again that was paused, removed or gone."""
    store.connection.execute(
        "UPDATE feeds SET status = 'active', paused_by = NULL, gone_since_at = NULL, next_at = min(next_at, ?) "
        "WHERE id = ?",
        [to_text(now), feed_id],
    )


def set_status(store: Store, feed_id: FeedId, status: str, *, actor: str, now: datetime) -> None:
    """Pause, resume or remove a feed by hand; nothing it brought is deleted. Raises NotFound."""
    with store.transaction():
        row = store.connection.execute("SELECT url FROM feeds WHERE id = ?", [feed_id]).fetchone()
        if row is None:
            raise NotFound(f"feed {feed_id}: there is none; `samewire feeds` lists them")
        if status == "active":
            wake(store, feed_id, now)
            release(store, feed_id)
        else:
            store.connection.execute(
                "UPDATE feeds SET status = ?, paused_by = 'person' WHERE id = ?", [status, feed_id]
            )
        note(store, now, actor, _BY_HAND[status], row["url"])


def publisher_id(store: Store, name: str, *, domain: str, kind: FeedKind | None) -> PublisherId:
    """The id of a publisher family, made when it is new; its kind follows the latest word on it. kind None: no word."""
    store.connection.execute(
        "INSERT INTO publishers (name, domain, kind) VALUES (?1, ?2, coalesce(?3, 'outlet')) "
        "ON CONFLICT (name) DO UPDATE SET kind = ?3 WHERE kind <> ?3",
        [name, domain, kind],
    )
    row = store.connection.execute("SELECT id FROM publishers WHERE name = ?", [name]).fetchone()
    return PublisherId(row["id"])


def due(connection: sqlite3.Connection, now: datetime, *, interval: timedelta, limit: int) -> tuple[Feed, ...]:
    """Active feeds whose time has come, the longest waiting first."""
    rows = connection.execute(
        _FEED + "WHERE f.status = 'active' AND f.next_at <= ? ORDER BY f.next_at, f.id LIMIT ?", [to_text(now), limit]
    )
    return tuple(_feed(row, interval) for row in rows)


def by_url(connection: sqlite3.Connection, url: str, *, interval: timedelta) -> Feed | None:
    """The feed at an address, today or before it moved for good, whatever its status."""
    sql = _FEED + "WHERE f.url = ?1 OR f.known_as = ?1 ORDER BY f.url <> ?1 LIMIT 1"
    row = connection.execute(sql, [url]).fetchone()
    return _feed(row, interval) if row else None


def by_id(connection: sqlite3.Connection, feed_id: FeedId, *, interval: timedelta) -> Feed | None:
    """The feed with this number, whatever its status."""
    row = connection.execute(_FEED + "WHERE f.id = ?", [feed_id]).fetchone()
    return _feed(row, interval) if row else None


def by_ids(connection: sqlite3.Connection, ids: Sequence[FeedId], *, interval: timedelta) -> tuple[Feed, ...]:
    """The feeds with these numbers, those that are there, in this order."""
    rows = connection.execute(_FEED + "WHERE f.id IN (SELECT value FROM json_each(?))", [id_list(ids)])
    found = {FeedId(row["id"]): _feed(row, interval) for row in rows}
    return tuple(found[feed_id] for feed_id in ids if feed_id in found)


def find_feed(connection: sqlite3.Connection, word: str) -> tuple[FeedId, str]:
    """The id and URL of the feed that a person names by either. Raises NotFound."""
    row = connection.execute(
        "SELECT id, url FROM feeds WHERE url = ?1 OR known_as = ?1 OR CAST(id AS TEXT) = ?1 ORDER BY url <> ?1 LIMIT 1",
        [word],
    ).fetchone()
    if row is None:
        raise NotFound(f"{word}: no such feed; `samewire feeds` lists them")
    return FeedId(row["id"]), row["url"]


def poll_now(store: Store, feed_id: FeedId, *, actor: str, now: datetime) -> None:
    """Make an active feed due at once. Raises NotFound, and StoreError where it is not polled or asked us to wait."""
    with store.transaction():
        row = store.connection.execute(
            "SELECT f.url, f.status, max(coalesce(f.retry_after_at, ''), coalesce(h.paused_until, '')) AS until "
            "FROM feeds f LEFT JOIN hosts h ON h.host = f.host WHERE f.id = ?",
            [feed_id],
        ).fetchone()
        if row is None:
            raise NotFound(f"feed {feed_id}: there is none; `samewire feeds` lists them")
        if row["status"] != "active":
            raise StoreError(f"{mask(row['url'])} is {row['status']}; `samewire feeds resume {feed_id}` polls it again")
        if row["until"] > to_text(now):
            raise StoreError(f"{mask(row['url'])}: its server asked not to be polled before {row['until']}")
        store.connection.execute("UPDATE feeds SET next_at = min(next_at, ?) WHERE id = ?", [to_text(now), feed_id])
        note(store, now, actor, "feed-poll-now", row["url"])


def bring_forward(store: Store, feed_id: FeedId, due_at: datetime) -> None:
    """Poll a feed at this time if it was to be polled later."""
    store.connection.execute("UPDATE feeds SET next_at = min(next_at, ?) WHERE id = ?", [to_text_ceil(due_at), feed_id])


def is_active(connection: sqlite3.Connection, feed_id: FeedId) -> bool:
    """Whether a feed is polled."""
    found = connection.execute("SELECT 1 FROM feeds WHERE id = ? AND status = 'active'", [feed_id]).fetchone()
    return found is not None


def _feed(row: sqlite3.Row, interval: timedelta) -> Feed:
    return Feed(
        id=FeedId(row["id"]),
        url=row["url"],
        title=row["title"],
        publisher_id=PublisherId(row["publisher_id"]),
        publisher=row["publisher"],
        kind=FeedKind(row["kind"]),
        interval=timedelta(seconds=row["interval_s"]) if row["interval_s"] else interval,
        own_interval=bool(row["interval_s"]),
        known_as=row["known_as"],
        verify_tls=bool(row["verify_tls"]),
        fetch_pages=None if row["fetch_pages"] is None else bool(row["fetch_pages"]),
        state=PollState(
            etag=row["etag"],
            last_modified=row["last_modified"],
            validators_url=row["validators_url"],
            body_hash=row["body_hash"],
            next_at=from_text(row["next_at"]),
            last_poll_at=optional_time(row["last_poll_at"]),
            last_success_at=optional_time(row["last_success_at"]),
            last_change_at=optional_time(row["last_change_at"]),
            failures=row["failures"],
            retry_after_at=optional_time(row["retry_after_at"]),
            moved_to=row["moved_to"],
            moved_count=row["moved_count"],
            moved_since_at=optional_time(row["moved_since_at"]),
            move_refused=row["move_refused"],
            gone_since_at=optional_time(row["gone_since_at"]),
            baseline_at=optional_time(row["baseline_at"]),
            hints=_hints(row["hints"]),
            asked_whole_at=optional_time(row["asked_whole_at"]),
            vouched_at=optional_time(row["vouched_at"]),
            lying_at=optional_time(row["lying_at"]),
            honest_signs=row["honest_signs"],
            hurry=row["hurry"],
            overflows=row["overflows"],
            overflow_at=optional_time(row["overflow_at"]),
            stale_until_at=optional_time(row["stale_until_at"]),
            fresh=timedelta(seconds=row["fresh_s"]) if row["fresh_s"] else None,
            charset=row["charset"],
        ),
    )


def _hints(text: str | None) -> FeedHints | None:
    if text is None:
        return None
    data = json.loads(text)
    return FeedHints(
        ttl=timedelta(seconds=data["ttl_s"]) if data["ttl_s"] else None,
        update_interval=timedelta(seconds=data["update_s"]) if data["update_s"] else None,
        skip_hours=frozenset(data["skip_hours"]),
        skip_days=frozenset(data["skip_days"]),
    )
