"""Schema 12: where articles stand in a site's pages, its yield beside its feeds, joining verdicts. Not released yet."""

SQL = """
-- what is learned of one site's pages; its two last columns hold hashes and names of elements, and no words
CREATE TABLE site_templates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    publisher_id INTEGER NOT NULL REFERENCES publishers(id),
    host TEXT NOT NULL,             -- of its pages
    standing TEXT NOT NULL DEFAULT 'learning' CHECK (standing IN ('learning', 'trusted', 'doubted')),
    place TEXT NOT NULL DEFAULT '',         -- the elements that hold the article; '': none is known yet
    by_template INTEGER NOT NULL DEFAULT 0, -- pages that were read by what is learned
    with_care INTEGER NOT NULL DEFAULT 0,   -- pages that were read with care
    why TEXT NOT NULL DEFAULT '',           -- why the last of those was
    learned_at TEXT,                -- when a template was last trusted
    checked_at TEXT,                -- when one was last held against the careful reading
    checked TEXT,                   -- what that gave: agreed, differed, unread or missed
    redesigned_at TEXT,             -- when pages were last found to have changed
    redesigns INTEGER NOT NULL DEFAULT 0,
    templates BLOB NOT NULL,        -- JSON, compressed with zlib
    observations BLOB NOT NULL,     -- the same of its latest pages that were read with care
    UNIQUE (publisher_id, host)
) STRICT;

-- joining verdicts without the others: a template's articles have a hundred rejected ones each, and no joining one
CREATE INDEX verdicts_joining_a ON verdicts(article_a) WHERE relation <> 'different';
CREATE INDEX verdicts_joining_b ON verdicts(article_b) WHERE relation <> 'different';

-- the issues of a series in the order of their times, from any of them on
DROP INDEX signatures_by_frame;
CREATE INDEX signatures_by_frame ON signatures(frame, at);

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
       coalesce(y.articles_7d, 0) AS articles_7d, coalesce(y.full_7d, 0) AS full_7d,
       coalesce(y.feed_only_7d, 0) AS feed_only_7d, coalesce(y.walled_7d, 0) AS walled_7d,
       coalesce(y.blocked_7d, 0) AS blocked_7d, y.warning AS yield_warning,
       coalesce(t.standing, 'none') AS template, t.share AS template_share, t.checked_at AS template_checked_at,
       t.redesigned_at AS redesigned_at,
       (SELECT count(*) FROM entries e WHERE e.feed_id = f.id) AS entries
FROM feeds f
JOIN publishers p ON p.id = f.publisher_id
LEFT JOIN sitemaps o ON o.publisher_id = p.id
LEFT JOIN subscriptions s ON s.feed_id = f.id AND s.status NOT IN ('leaving', 'ended')
LEFT JOIN publisher_yield y ON y.id = p.id
LEFT JOIN (
    SELECT publisher_id,
           CASE WHEN sum(standing = 'doubted') THEN 'doubted' WHEN sum(standing = 'trusted') THEN 'trusted'
                ELSE 'learning' END AS standing,
           round(1.0 * sum(by_template) / max(1, sum(by_template) + sum(with_care)), 3) AS share,
           max(checked_at) AS checked_at, max(redesigned_at) AS redesigned_at
    FROM site_templates GROUP BY publisher_id
) t ON t.publisher_id = p.id;
"""
