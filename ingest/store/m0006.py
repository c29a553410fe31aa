"""Schema 6: what polling learns of feeds and hosts. Not released yet; frozen with the next version."""

from __future__ import annotations

import sqlite3

from ingest.text.urls import origin
from ingest.text.variants import article_url

SQL = """
ALTER TABLE publishers ADD COLUMN robots INTEGER NOT NULL DEFAULT 1;    -- 0: its pages are fetched by agreement
ALTER TABLE feeds ADD COLUMN host TEXT NOT NULL DEFAULT '';     -- scheme, name and port of url: pauses are a host's
ALTER TABLE feeds ADD COLUMN verify_tls INTEGER NOT NULL DEFAULT 1;
ALTER TABLE feeds ADD COLUMN move_refused TEXT;     -- where it was taken back from by hand: not adopted again
ALTER TABLE feeds ADD COLUMN asked_whole_at TEXT;   -- last request without validators
ALTER TABLE feeds ADD COLUMN vouched_at TEXT;       -- last 304
ALTER TABLE feeds ADD COLUMN lying_at TEXT;         -- last time that its validators hid something; NULL: trusted
ALTER TABLE feeds ADD COLUMN honest_signs INTEGER NOT NULL DEFAULT 0;  -- polls since then that spoke for it
ALTER TABLE feeds ADD COLUMN hurry INTEGER NOT NULL DEFAULT 0;      -- halvings of the interval
ALTER TABLE feeds ADD COLUMN overflows INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feeds ADD COLUMN overflow_at TEXT;
ALTER TABLE feeds ADD COLUMN stale_until_at TEXT;   -- stale-if-error: until then a failure is no news
ALTER TABLE feeds ADD COLUMN fresh_s INTEGER;       -- lifetime that its last answer to say so gave itself
ALTER TABLE feeds ADD COLUMN charset TEXT;          -- what its last body was read as
CREATE INDEX feeds_by_host ON feeds(host);          -- a pause is for all feeds of a host

CREATE TABLE hosts (
    host TEXT PRIMARY KEY,          -- scheme, name and port
    paused_until TEXT NOT NULL,
    status INTEGER NOT NULL,        -- 429 or 503
    asked_at TEXT NOT NULL          -- when it asked for that
) STRICT, WITHOUT ROWID;

DROP VIEW feed_health;
CREATE VIEW feed_health AS
SELECT f.id, f.title, f.url, p.name AS publisher, f.status, f.last_success_at, f.last_change_at, f.next_at,
       f.failures, f.last_reason, f.last_detail, f.retry_after_at, f.stale_until_at, f.overflows,
       f.overflow_at, f.hurry,
       CASE WHEN f.etag IS NULL AND f.last_modified IS NULL THEN 'none' WHEN f.lying_at IS NULL THEN 'trusted'
            ELSE 'lying' END AS validators,
       f.known_as, f.moved_to, f.move_refused, f.charset,
       CASE WHEN p.robots THEN 'obeyed' ELSE 'agreement' END AS robots,
       CASE WHEN f.url NOT LIKE 'https:%' THEN 'none' WHEN f.verify_tls THEN 'verified' ELSE 'not_verified' END AS tls,
       (SELECT count(*) FROM entries e WHERE e.feed_id = f.id) AS entries
FROM feeds f
JOIN publishers p ON p.id = f.publisher_id;
"""


def fill(connection: sqlite3.Connection) -> None:
    """Give the feeds that there are the host of their address, and the articles the one name of theirs."""
    for feed_id, url in connection.execute("SELECT id, url FROM feeds").fetchall():
        connection.execute("UPDATE feeds SET host = ? WHERE id = ?", [origin(url), feed_id])
    last = 0
    while rows := connection.execute(
        "SELECT id, identity FROM articles WHERE id > ? ORDER BY id LIMIT 10000", [last]
    ).fetchall():
        for article_id, identity in rows:
            # Two that turn out to be one stay two: each has its entries and its place in a story.
            if (name := article_url(identity)) != identity and identity.startswith("http"):
                connection.execute("UPDATE OR IGNORE articles SET identity = ? WHERE id = ?", [name, article_id])
        last = rows[-1][0]
