"""Schema 8: hubs that push, coverage by news sitemaps, and dead feeds found again. Not released yet; frozen with the
next version."""

from __future__ import annotations

import sqlite3

from ingest.text.urls import server_name

SQL = """
ALTER TABLE polls ADD COLUMN pushed INTEGER NOT NULL DEFAULT 0;     -- 1: nobody asked, a hub brought it

CREATE TABLE subscriptions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    feed_id INTEGER NOT NULL REFERENCES feeds(id),
    hub TEXT NOT NULL,
    topic TEXT NOT NULL,            -- the feed's rel=self
    callback TEXT NOT NULL,         -- poll.callback when it was asked for
    salt TEXT NOT NULL UNIQUE,      -- with the key beside the database it gives the callback's path and the secret
    status TEXT NOT NULL CHECK (status IN ('wanted', 'asked', 'active', 'leaving', 'denied', 'ended')),
    reason TEXT,                    -- one word of the closed set: why it is not active, or was not renewed
    detail TEXT NOT NULL DEFAULT '',
    next_at TEXT NOT NULL,          -- when something is to be done about it
    failures INTEGER NOT NULL DEFAULT 0,    -- requests in a row that came to nothing
    asked_at TEXT,                  -- last request that the hub took and has not verified yet
    verified_at TEXT,               -- since when it pushes without a gap
    lease_until TEXT,
    pushes INTEGER NOT NULL DEFAULT 0,      -- deliveries with a good signature
    pushed_at TEXT,
    ignored INTEGER NOT NULL DEFAULT 0,     -- deliveries without one, or to a subscription that was not active
    ignored_at TEXT,
    missed INTEGER NOT NULL DEFAULT 0,      -- entries that polls found and no push had brought
    doubted_at TEXT,                -- when it last missed some; NULL: it is trusted
    good_polls INTEGER NOT NULL DEFAULT 0   -- since then, each after a push and with nothing missed
) STRICT;
CREATE UNIQUE INDEX subscriptions_of_feed ON subscriptions(feed_id) WHERE status NOT IN ('leaving', 'ended');
CREATE INDEX subscriptions_due ON subscriptions(next_at) WHERE status <> 'ended';

CREATE TABLE sitemaps (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    publisher_id INTEGER NOT NULL UNIQUE REFERENCES publishers(id),
    site TEXT NOT NULL,             -- scheme, name and port; of publishers that share one, the first is checked for all
    url TEXT,                       -- its news sitemap; NULL: none was found
    next_at TEXT NOT NULL,          -- not asked before
    checked_at TEXT,                -- last time that it was read
    reason TEXT,                    -- one word of the closed set: why it could not be read
    detail TEXT NOT NULL DEFAULT '',
    failures INTEGER NOT NULL DEFAULT 0,    -- checks in a row that brought nothing
    listed INTEGER NOT NULL DEFAULT 0,      -- at the last check, pages that the feeds have had time to show
    missed INTEGER NOT NULL DEFAULT 0       -- of these, those that no feed of the publisher showed
) STRICT;
CREATE INDEX sitemaps_by_site ON sitemaps(site, id);

CREATE TABLE missed_pages (
    sitemap_id INTEGER NOT NULL REFERENCES sitemaps(id),
    url TEXT NOT NULL,
    title TEXT NOT NULL,
    published_at TEXT,
    noted_at TEXT NOT NULL,
    PRIMARY KEY (sitemap_id, url)
) STRICT, WITHOUT ROWID;

CREATE TABLE proposals (
    feed_id INTEGER PRIMARY KEY REFERENCES feeds(id),
    url TEXT,                       -- a feed that answers; NULL: none was found
    title TEXT,
    entries INTEGER NOT NULL DEFAULT 0,
    found_at TEXT,
    searched_at TEXT NOT NULL,
    reason TEXT,                    -- one word of the closed set: why none was found
    detail TEXT NOT NULL DEFAULT '',
    taken_at TEXT                   -- when a person moved the feed there
) STRICT;

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
       CASE WHEN s.id IS NULL THEN 'none' WHEN s.status = 'active' AND s.doubted_at IS NOT NULL THEN 'doubted'
            ELSE s.status END AS push,
       coalesce(s.missed, 0) AS push_missed,
       (SELECT m.listed FROM sitemaps m WHERE m.site = o.site AND m.checked_at > '') AS sitemap_listed,
       (SELECT m.missed FROM sitemaps m WHERE m.site = o.site AND m.checked_at > '') AS sitemap_missed,
       (SELECT r.url FROM proposals r WHERE r.feed_id = f.id AND r.taken_at IS NULL) AS proposed_url,
       (SELECT count(*) FROM entries e WHERE e.feed_id = f.id) AS entries
FROM feeds f
JOIN publishers p ON p.id = f.publisher_id
LEFT JOIN sitemaps o ON o.publisher_id = p.id
LEFT JOIN subscriptions s ON s.feed_id = f.id AND s.status NOT IN ('leaving', 'ended');
"""


def fill(connection: sqlite3.Connection) -> None:
    """Let pauses be a name's, whatever the scheme."""
    for feed_id, url in connection.execute("SELECT id, url FROM feeds").fetchall():
        connection.execute("UPDATE feeds SET host = ? WHERE id = ?", [server_name(url), feed_id])
    paused = connection.execute(
        "SELECT host, paused_until, status, asked_at FROM hosts ORDER BY paused_until"
    ).fetchall()
    connection.execute("DELETE FROM hosts")
    connection.executemany(
        "INSERT OR REPLACE INTO hosts (host, paused_until, status, asked_at) VALUES (?, ?, ?, ?)",
        ((server_name(host) or host, *rest) for host, *rest in paused),
    )
