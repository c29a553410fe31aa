"""Feeds that moved for good or ended, on the record, and a move that is taken back."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime

from ingest.errors import NotFound, StoreError
from ingest.model import Feed, FeedId
from ingest.store.connection import Store
from ingest.store.feeds import wake
from ingest.store.journal import note
from ingest.text.urls import mask, server_name


def set_url(store: Store, feed: Feed, url: str, now: datetime, *, actor: str = "samewire") -> bool:
    """Follow a feed that moved for good, or was moved by hand; False when the new address is a feed of its own.

    Where that is polled, this one rests; else it is polled on where it is, by way of the redirect.
    """
    detail = json.dumps({"feed": feed.id, "from": feed.url, "to": url})
    taken = store.connection.execute("SELECT id, status FROM feeds WHERE url = ?", [url]).fetchone()
    if taken and taken["status"] != "active":
        _stay(store, feed, url, taken, detail, now, actor=actor)
        return False
    if taken:
        store.connection.execute("UPDATE feeds SET status = 'paused', paused_by = 'samewire' WHERE id = ?", [feed.id])
        reason = f"{mask(feed.url)} moved to {mask(url)}, which is feed {taken['id']}; paused"
        note(store, now, actor, "moved", reason, detail=detail)
        return False
    store.connection.execute(
        "UPDATE feeds SET url = ?, host = ?, known_as = coalesce(known_as, url), moved_to = NULL, moved_count = 0, "
        "moved_since_at = NULL WHERE id = ?",
        [url, server_name(url), feed.id],
    )
    note(store, now, actor, "moved", f"{mask(feed.url)} moved for good to {mask(url)}", detail=detail)
    return True


def _stay(store: Store, feed: Feed, url: str, taken: sqlite3.Row, detail: str, now: datetime, *, actor: str) -> None:
    """Leave a feed where it is, say so once, and think of it again when it was sent there for another day."""
    store.connection.execute(
        "UPDATE feeds SET moved_to = NULL, moved_count = 0, moved_since_at = NULL WHERE id = ?", [feed.id]
    )
    said = store.connection.execute(
        "SELECT 1 FROM journal WHERE action = 'not-moved' AND detail = ? LIMIT 1", [detail]
    ).fetchone()
    if said is None:
        reason = (
            f"{mask(feed.url)} moved to {mask(url)}, which is feed {taken['id']} and {taken['status']}; polled on by "
            f"way of the redirect. `samewire feeds resume {taken['id']}` polls that one instead"
        )
        note(store, now, actor, "not-moved", reason, detail=detail)


def undo_move(store: Store, feed_id: FeedId, *, actor: str, now: datetime) -> tuple[str, str]:
    """Take back a feed's last move: it is polled where it was, and not moved there again.

    Returns the address it has again and the one it had taken. Raises NotFound where it did not move, StoreError where
    its former address is another feed's by now.
    """
    with store.transaction():
        row = store.connection.execute(
            "SELECT id, detail ->> '$.from' AS was, detail ->> '$.to' AS target FROM journal "
            "WHERE action = 'moved' AND detail ->> '$.feed' = ?1 AND id NOT IN "
            "(SELECT detail ->> '$.line' FROM journal WHERE action = 'move-undone') ORDER BY id DESC LIMIT 1",
            [feed_id],
        ).fetchone()
        if row is None:
            raise NotFound(f"feed {feed_id} has not moved, or every move was taken back")
        other = store.connection.execute(
            "SELECT id FROM feeds WHERE url = ? AND id <> ?", [row["was"], feed_id]
        ).fetchone()
        if other:
            raise StoreError(f"{mask(row['was'])} is feed {other['id']} by now; remove one of the two feeds instead")
        store.connection.execute(
            "UPDATE feeds SET url = ?1, host = ?2, known_as = nullif(known_as, ?1), move_refused = ?3, "
            "moved_to = NULL, moved_count = 0, moved_since_at = NULL WHERE id = ?4",
            [row["was"], server_name(row["was"]), row["target"], feed_id],
        )
        wake(store, feed_id, now)
        reason = f"{mask(row['was'])} is polled again instead of {mask(row['target'])}"
        note(store, now, actor, "move-undone", reason, detail=json.dumps({"feed": feed_id, "line": row["id"]}))
    return row["was"], row["target"]


def set_gone(store: Store, feed: Feed, now: datetime) -> None:
    """Stop polling a feed that said 410 on two days; `samewire feeds resume` brings it back."""
    store.connection.execute("UPDATE feeds SET status = 'gone' WHERE id = ?", [feed.id])
    note(store, now, "samewire", "gone", f"{feed.url} answered 410 Gone on two days")
