"""Schema 5: the digest by events, and a ledger that knows what each reader was told. Frozen with the next version."""

SQL = """
CREATE INDEX revisions_by_time ON revisions(replaced_at);    -- the digest asks what was revised in its span
CREATE INDEX stories_by_first ON stories(first_article_id);   -- who was first with how many stories
CREATE INDEX articles_fresh ON articles(first_seen_at) WHERE baseline = 0;    -- the digest asks what came in its span,
CREATE INDEX articles_stale ON articles(published_at) WHERE baseline = 1;     -- and reads no article for it

-- what became of each event of a day: the record behind "why is this not in my digest?"
CREATE TABLE digest_events (
    day TEXT NOT NULL,              -- local date of the digest
    edition TEXT NOT NULL,          -- for whom: '' everybody's, else the readers' settings in words
    event_id INTEGER NOT NULL REFERENCES stories(id),
    place INTEGER,                  -- in the order of the digest; NULL: it is not in it
    fate TEXT NOT NULL CHECK (fate IN ('shown', 'more', 'muted', 'no_news')),
    mute TEXT NOT NULL DEFAULT '',  -- which one, where the fate is muted
    PRIMARY KEY (day, edition, event_id)
) STRICT, WITHOUT ROWID;

-- the ledger anew: a status more, what a row covers, and how often a text went out that nobody answered
CREATE TABLE deliveries_anew (
    day TEXT NOT NULL,
    recipient TEXT NOT NULL,
    message_id TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'sent', 'later', 'failed', 'skipped')),
    attempts INTEGER NOT NULL DEFAULT 0,
    unanswered INTEGER NOT NULL DEFAULT 0,  -- texts that went out and were not answered: each may have arrived
    next_at TEXT,
    reason TEXT,
    answer TEXT NOT NULL DEFAULT '',        -- the server's own words
    sent_at TEXT,
    since TEXT,                             -- what the mail covers
    until TEXT,
    edition TEXT NOT NULL DEFAULT '',       -- digest_events.edition
    PRIMARY KEY (day, recipient)
) STRICT, WITHOUT ROWID;
INSERT INTO deliveries_anew
    (day, recipient, message_id, status, attempts, next_at, reason, answer, sent_at, since, until)
SELECT d.day, d.recipient, d.message_id, d.status, d.attempts, d.next_at, d.reason, d.answer, d.sent_at,
       g.since, g.until
FROM deliveries d LEFT JOIN digests g ON g.day = d.day;
DROP TABLE deliveries;
ALTER TABLE deliveries_anew RENAME TO deliveries;
CREATE INDEX deliveries_by_recipient ON deliveries(recipient, day);  -- what a reader was told last

-- the digest of the 24 hours before now, a line an event, by the rules of publish/day.py
DROP VIEW todays_digest;
CREATE VIEW todays_digest AS
WITH span(since) AS (SELECT strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-1 day')),
came(article) AS (
    SELECT id FROM articles WHERE first_seen_at >= (SELECT since FROM span) AND baseline = 0
    UNION ALL
    SELECT id FROM articles WHERE published_at >= (SELECT since FROM span) AND baseline = 1
    UNION ALL
    SELECT article_id FROM revisions WHERE replaced_at >= (SELECT since FROM span)
),
touched(event) AS (
    SELECT DISTINCT coalesce(s.event_id, s.id)
    FROM came JOIN members m ON m.article_id = came.article JOIN stories s ON s.id = m.story_id
),
told(event, story) AS (
    SELECT touched.event, s.id FROM touched JOIN stories s ON s.event_id = touched.event
    UNION
    SELECT event, event FROM touched
),
seen AS (
    SELECT told.event, told.story, a.id, a.publisher_id AS publisher, p.kind <> 'aggregator' AS own,
           CASE WHEN a.baseline THEN a.published_at ELSE a.first_seen_at END AS at,
           coalesce(CASE WHEN a.baseline THEN a.published_at ELSE a.first_seen_at END >= (SELECT since FROM span), 0)
               AS new,
           EXISTS (SELECT 1 FROM revisions r
                   WHERE r.article_id = a.id AND r.replaced_at >= (SELECT since FROM span)) AS revised
    FROM told
    JOIN members m ON m.story_id = told.story
    JOIN articles a ON a.id = m.article_id
    JOIN publishers p ON p.id = a.publisher_id
),
families AS (
    SELECT event, publisher, min(new) AS new FROM seen WHERE own GROUP BY event, publisher
),
tales AS (
    SELECT event, story, min(new) AS new, count(DISTINCT CASE WHEN own THEN publisher END) AS reach
    FROM seen GROUP BY event, story
),
leads AS (
    SELECT event, story, row_number() OVER (PARTITION BY event ORDER BY reach DESC, story) AS place FROM tales
),
lines AS (
    SELECT s.event, count(DISTINCT s.story) AS stories, count(*) AS articles, sum(s.new) AS new_articles,
           max(1, (SELECT count(*) FROM families f WHERE f.event = s.event)) AS publishers,
           (SELECT count(*) FROM families f WHERE f.event = s.event AND f.new) AS new_publishers,
           (SELECT count(*) FROM tales t WHERE t.event = s.event AND t.new) AS new_stories,
           sum(s.revised AND s.own) AS revised, min(s.new) AS new, max(s.at) AS latest_at
    FROM seen s GROUP BY s.event
)
SELECT l.story AS id, n.event AS event_id, h.title, n.stories, n.articles, n.publishers, n.new_publishers,
       n.new_stories, n.revised, CASE WHEN n.new THEN 'new' ELSE 'goes on' END AS state,
       (SELECT p.name FROM articles f JOIN publishers p ON p.id = f.publisher_id WHERE f.id = h.first_article_id)
           AS first_publisher,
       n.latest_at
FROM lines n
JOIN leads l ON l.event = n.event AND l.place = 1
JOIN stories h ON h.id = l.story
WHERE n.new_publishers OR n.new_stories OR n.revised
ORDER BY n.publishers + n.new_publishers DESC, n.latest_at DESC, n.event;
"""
