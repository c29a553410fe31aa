"""Where and how OPML files listed the feeds, so that a list can be written as it was read."""

from __future__ import annotations

import sqlite3

from ingest.model import FeedId
from ingest.store.connection import Store


def set_outlines(store: Store, feed_id: FeedId, outlines: str) -> None:
    """Keep a feed's outlines, as JSON; those of an earlier file go."""
    store.connection.execute("UPDATE feeds SET outlines = ? WHERE id = ?", [outlines, feed_id])


def outlines(connection: sqlite3.Connection) -> dict[int, str]:
    """The outlines of each feed that an OPML file listed, as JSON."""
    return dict(connection.execute("SELECT id, outlines FROM feeds WHERE outlines IS NOT NULL").fetchall())
