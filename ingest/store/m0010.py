"""Schema 10: how articles are read, read again, withdrawn, redacted. Not released yet; frozen with the next version."""

SQL = """
ALTER TABLE articles ADD COLUMN read_by TEXT NOT NULL DEFAULT '';   -- whose reading the text is; '': not kept then
ALTER TABLE articles ADD COLUMN read_from TEXT;         -- the page the text was read from, when its own led on to it
ALTER TABLE articles ADD COLUMN read_at TEXT;           -- when its page first gave a body
ALTER TABLE articles ADD COLUMN recheck_at TEXT;        -- when its page is read again for a revision; NULL: no more
ALTER TABLE articles ADD COLUMN rechecked_at TEXT;      -- last time
ALTER TABLE articles ADD COLUMN recheck TEXT;           -- what that gave: same, revised, or why it gave nothing
ALTER TABLE articles ADD COLUMN withdrawn_at TEXT;      -- when its publisher was found to have taken it back
ALTER TABLE articles ADD COLUMN withdrawn_reason TEXT;
ALTER TABLE articles ADD COLUMN redacted_at TEXT;       -- when a person had its text removed for good
ALTER TABLE articles ADD COLUMN redacted_reason TEXT;
CREATE INDEX articles_to_recheck ON articles(recheck_at) WHERE recheck_at IS NOT NULL;
CREATE INDEX articles_rechecked ON articles(publisher_id, rechecked_at) WHERE rechecked_at IS NOT NULL;    -- habits
-- what publisher_yield asks, so that it reads no text
CREATE INDEX articles_by_yield ON articles(first_seen_at, publisher_id, status, reason);
CREATE INDEX articles_withdrawn ON articles(withdrawn_at) WHERE withdrawn_at IS NOT NULL;

CREATE TABLE kept_pages (
    article_id INTEGER PRIMARY KEY REFERENCES articles(id),
    url TEXT NOT NULL,              -- where it was read, after redirects
    content_type TEXT,
    body BLOB NOT NULL,             -- as it came, compressed with zlib
    kept_at TEXT NOT NULL
) STRICT;

CREATE VIEW withdrawn AS
SELECT m.story_id, s.title AS story, a.id AS article_id, p.name AS publisher, a.title, a.url, a.withdrawn_at,
       a.withdrawn_reason
FROM articles a
JOIN publishers p ON p.id = a.publisher_id
JOIN members m ON m.article_id = a.id
JOIN stories s ON s.id = m.story_id
WHERE a.withdrawn_at IS NOT NULL;

CREATE VIEW publisher_yield AS
SELECT y.*, CASE WHEN articles_7d >= 10 AND articles_before >= 20
            AND full_7d * articles_before * 10 < full_before * articles_7d * 6 THEN 'dropped' END AS warning
FROM (
    SELECT p.id, p.name AS publisher,
           sum(new) AS articles_7d,
           sum(new AND status = 'extracted') AS full_7d,
           sum(new AND status = 'summary' AND NOT walled AND NOT blocked) AS feed_only_7d,
           sum(new AND status <> 'extracted' AND walled) AS walled_7d,
           sum(new AND status <> 'extracted' AND blocked) AS blocked_7d,
           sum(NOT new) AS articles_before,
           sum(NOT new AND status = 'extracted') AS full_before
    FROM (
        SELECT publisher_id, status, first_seen_at >= strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-7 days') AS new,
               coalesce(reason IN ('consent', 'paywall'), 0) AS walled,
               coalesce(reason IN ('blocked', 'robots', 'http_4xx', 'rate_limited', 'shell'), 0) AS blocked
        FROM articles
        WHERE first_seen_at >= strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-35 days') AND status <> 'pending'
    ) a
    JOIN publishers p ON p.id = a.publisher_id
    GROUP BY p.id
) y;
"""
