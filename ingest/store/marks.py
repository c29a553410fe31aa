"""What a feed showed last, by its bytes, and bodies that stopped a worker: so that neither is parsed again."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from ingest.errors import Reason
from ingest.model import EntryId, FeedId, KnownEntry
from ingest.store.articles import known_entry
from ingest.store.connection import Store
from ingest.store.times import to_text

#: As many marks a feed keeps at most: of one that sends only what is new (RFC 3229) none would ever vanish.
MAX_MARKS = 4_000
#: So often may one body stop a worker; a machine that was busy or out of memory once is no proof against it.
STOPS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """A body that stopped a worker `stops` times in a row, and how."""

    body_hash: str
    stops: int
    reason: Reason
    last_at: str


def known_marks(connection: sqlite3.Connection, feed_id: FeedId) -> frozenset[bytes]:
    """The marks of the items that the feed showed last."""
    return frozenset(mark for (mark,) in connection.execute("SELECT mark FROM marks WHERE feed_id = ?", [feed_id]))


def ids_marked(connection: sqlite3.Connection, feed_id: FeedId) -> dict[bytes, EntryId]:
    """The entry behind each mark of a feed."""
    rows = connection.execute("SELECT mark, entry_id FROM marks WHERE feed_id = ?", [feed_id])
    return {mark: EntryId(entry_id) for mark, entry_id in rows}


def entries_marked(connection: sqlite3.Connection, feed_id: FeedId, marks: Collection[bytes]) -> tuple[KnownEntry, ...]:
    """The entries that the feed showed under these marks, each once, the oldest first."""
    if not marks:
        return ()
    rows = connection.execute(
        "SELECT m.mark, e.id, e.article_id, e.key, e.guid, e.link, e.content_hash, e.title "
        "FROM marks m JOIN entries e ON e.id = m.entry_id WHERE m.feed_id = ? ORDER BY e.id",
        [feed_id],
    )
    found = {row["id"]: known_entry(row) for row in rows if row["mark"] in marks}
    return tuple(found.values())


def keep_marks(
    store: Store, feed_id: FeedId, keys: Iterable[tuple[bytes, str]], seen: Collection[bytes], *, partial: bool
) -> None:
    """Remember what a poll showed, inside the transaction that stores its entries.

    keys: for each parsed item its mark and the key of its entry. seen: marks that stay. partial: the answer left out
    what did not change (226), so that what it does not show is still shown.
    """
    new = dict(keys)
    had = known_marks(store.connection, feed_id)
    gone = had - new.keys() - set(seen)
    if gone and not partial:
        store.connection.executemany(
            "DELETE FROM marks WHERE feed_id = ? AND mark = ?", [(feed_id, mark) for mark in gone]
        )
    elif gone:
        _drop_replaced(store, feed_id, set(new.values()))
    store.connection.executemany(
        "INSERT OR REPLACE INTO marks (feed_id, mark, entry_id) SELECT ?1, ?2, id FROM entries "
        "WHERE feed_id = ?1 AND key = ?3",
        [(feed_id, mark, key) for mark, key in new.items()],
    )


def _drop_replaced(store: Store, feed_id: FeedId, keys: Collection[str]) -> None:
    """Forget the old marks of the entries that came anew, and the oldest of those that are too many."""
    store.connection.execute(
        "DELETE FROM marks WHERE feed_id = ?1 AND entry_id IN "
        "(SELECT id FROM entries WHERE feed_id = ?1 AND key IN (SELECT value FROM json_each(?2)))",
        [feed_id, json.dumps(sorted(keys))],
    )
    store.connection.execute(
        "DELETE FROM marks WHERE feed_id = ?1 AND mark IN "
        "(SELECT mark FROM marks WHERE feed_id = ?1 ORDER BY entry_id DESC LIMIT -1 OFFSET ?2)",
        [feed_id, MAX_MARKS],
    )


def quarantined(connection: sqlite3.Connection, feed_id: FeedId, body_hash: str, version: str) -> Quarantined | None:
    """What is held against a body, once it stopped this version's workers so often that it is not parsed again."""
    row = connection.execute(
        "SELECT * FROM quarantine WHERE feed_id = ? AND body_hash = ? AND version = ? AND stops >= ?",
        [feed_id, body_hash, version, STOPS],
    ).fetchone()
    if row is None:
        return None
    return Quarantined(
        body_hash=row["body_hash"], stops=row["stops"], reason=Reason(row["reason"]), last_at=row["last_at"]
    )


def note_stop(
    store: Store, feed_id: FeedId, body_hash: str, *, reason: Reason, detail: str, version: str, now: datetime
) -> None:
    """Count that a body stopped a worker; another body, or another version of samewire, begins anew."""
    with store.transaction():
        store.connection.execute(
            "INSERT INTO quarantine (feed_id, body_hash, stops, reason, detail, version, last_at) "
            "VALUES (?1, ?2, 1, ?3, ?4, ?5, ?6) ON CONFLICT (feed_id) DO UPDATE SET "
            "stops = iif(body_hash = ?2 AND version = ?5, stops + 1, 1), body_hash = ?2, reason = ?3, detail = ?4, "
            "version = ?5, last_at = ?6",
            [feed_id, body_hash, reason, detail[:500], version, to_text(now)],
        )


def release(store: Store, feed_id: FeedId) -> None:
    """Hold nothing against the feed's bodies any more."""
    store.connection.execute("DELETE FROM quarantine WHERE feed_id = ?", [feed_id])
