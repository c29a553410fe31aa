"""Schema 1, the first: released, and from then on never changed."""

SQL = """
CREATE TABLE publishers (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,      -- the family: as configured, else the registrable domain
    domain TEXT NOT NULL DEFAULT '',
    kind TEXT NOT NULL DEFAULT 'outlet' CHECK (kind IN ('wire', 'outlet', 'aggregator'))
) STRICT;

CREATE TABLE feeds (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    url TEXT NOT NULL UNIQUE,
    known_as TEXT,                  -- where it was before it moved for good, as the operator listed it; else NULL
    title TEXT,
    publisher_id INTEGER NOT NULL REFERENCES publishers(id),
    origin TEXT NOT NULL CHECK (origin IN ('config', 'added')),
    status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'paused', 'gone', 'removed')),
    paused_by TEXT CHECK (paused_by IN ('config', 'person', 'samewire')),
    interval_s INTEGER,             -- the operator's promise for this feed; NULL: poll.interval
    fetch_pages INTEGER,            -- NULL: extract.fetch_pages
    added_at TEXT NOT NULL,
    next_at TEXT NOT NULL,          -- not polled before; kept over restarts
    etag TEXT,                      -- byte for byte as the server gave it
    last_modified TEXT,
    validators_url TEXT,            -- the URL that the two validators belong to
    body_hash TEXT,
    last_poll_at TEXT,
    last_success_at TEXT,
    last_change_at TEXT,
    baseline_at TEXT,               -- end of the first successful poll
    failures INTEGER NOT NULL DEFAULT 0,    -- in a row
    last_reason TEXT,
    last_detail TEXT,
    retry_after_at TEXT,
    moved_to TEXT,
    moved_count INTEGER NOT NULL DEFAULT 0,
    moved_since_at TEXT,
    gone_since_at TEXT,
    hints TEXT                      -- JSON: what the feed says of its own rhythm
) STRICT;
CREATE INDEX feeds_known_as ON feeds(known_as) WHERE known_as IS NOT NULL;  -- the configuration's, a person's question
CREATE INDEX feeds_due ON feeds(next_at) WHERE status = 'active';   -- the dispatcher's question

CREATE TABLE polls (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    feed_id INTEGER NOT NULL REFERENCES feeds(id),
    started_at TEXT NOT NULL,
    outcome TEXT NOT NULL CHECK (outcome IN ('ok', 'unchanged', 'refused', 'error')),
    reason TEXT,                    -- one word of the closed set
    detail TEXT NOT NULL DEFAULT '',
    status INTEGER,                 -- HTTP status
    bytes INTEGER NOT NULL DEFAULT 0,
    seconds REAL NOT NULL DEFAULT 0,
    new_entries INTEGER NOT NULL DEFAULT 0,
    revised_entries INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX polls_by_feed ON polls(feed_id, started_at);           -- a feed's history
CREATE INDEX polls_by_time ON polls(started_at);                    -- retention, rates

CREATE TABLE articles (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    publisher_id INTEGER NOT NULL REFERENCES publishers(id),
    identity TEXT NOT NULL,         -- canonical URL, or feed and key where the entry names no page
    url TEXT NOT NULL,              -- as the feed gave it; '' where it named none
    canonical_url TEXT,             -- as the page claims
    title TEXT NOT NULL,
    text TEXT NOT NULL,             -- what matching uses; paragraphs are lines
    published_at TEXT,              -- what the source claims
    first_seen_at TEXT NOT NULL,    -- what we know
    baseline INTEGER NOT NULL DEFAULT 0,    -- 1: seen in a feed's first poll, so first_seen_at says nothing
    language TEXT,
    byline TEXT NOT NULL DEFAULT '[]',      -- JSON list of names
    agency TEXT,
    agency_evidence TEXT,
    source_title TEXT,              -- whom the feed names as its source
    status TEXT NOT NULL CHECK (status IN ('pending', 'fetched', 'extracted', 'summary', 'refused', 'failed')),
    reason TEXT,
    text_source TEXT NOT NULL CHECK (text_source IN ('feed', 'structured', 'extractor', 'summary')),
    confidence REAL NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_fetch_at TEXT,             -- NULL: no fetch is due
    matched_hash TEXT,              -- content hash that was matched last; differs from content_hash: matching is due
    content_hash TEXT NOT NULL,     -- of title and text; breaks ties, never depends on order of arrival
    UNIQUE (publisher_id, identity)
) STRICT;
CREATE INDEX articles_to_fetch ON articles(next_fetch_at) WHERE next_fetch_at IS NOT NULL;
CREATE INDEX articles_to_match ON articles(id) WHERE matched_hash IS NULL OR matched_hash <> content_hash;
CREATE INDEX articles_by_time ON articles(published_at);
CREATE INDEX articles_by_first_seen ON articles(first_seen_at);

-- holds no text of its own: rows are fed, and taken back, in the form that text.tokens.searchable gives; marks are
-- part of a word, or Devanagari would be cut at each vowel sign
CREATE VIRTUAL TABLE articles_fts USING fts5(
    title, text, content='', tokenize="unicode61 remove_diacritics 2 categories 'L* N* Co Mn Mc' tokenchars '_'"
);

CREATE TABLE entries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    feed_id INTEGER NOT NULL REFERENCES feeds(id),
    article_id INTEGER NOT NULL REFERENCES articles(id),
    key TEXT NOT NULL,              -- identity in its feed: guid, else link, else hash
    guid TEXT,
    link TEXT,
    canonical_link TEXT,            -- the link without what does not change the page
    title TEXT NOT NULL,
    summary TEXT NOT NULL,
    content TEXT NOT NULL DEFAULT '',       -- HTML of the full text, kept only until the article is settled
    content_hash TEXT NOT NULL,
    published_at TEXT,
    published_raw TEXT,             -- as the feed spelled it
    published_reason TEXT,          -- why published_at is NULL though the feed gave a date
    first_seen_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    UNIQUE (feed_id, key)
) STRICT;
CREATE INDEX entries_by_article ON entries(article_id);
CREATE INDEX entries_by_link ON entries(feed_id, canonical_link);             -- identity when guids lie

CREATE TABLE revisions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    article_id INTEGER NOT NULL REFERENCES articles(id),
    title TEXT NOT NULL,            -- the text that was replaced
    text TEXT NOT NULL,
    seen_at TEXT NOT NULL,          -- when that text was first seen
    replaced_at TEXT NOT NULL,
    added_words INTEGER NOT NULL,
    removed_words INTEGER NOT NULL,
    similarity REAL NOT NULL        -- 0..1 between the two texts
) STRICT;
CREATE INDEX revisions_by_article ON revisions(article_id);

CREATE TABLE signatures (
    article_id INTEGER PRIMARY KEY REFERENCES articles(id),
    epoch INTEGER NOT NULL,         -- rules the signature was made under
    at TEXT,                        -- the article's time; NULL: it has none
    sketch BLOB NOT NULL,           -- what the candidate index needs
    skipped TEXT                    -- one word: why nothing is compared with this text; NULL: it is compared
) STRICT;
CREATE INDEX signatures_by_time ON signatures(at);

CREATE TABLE verdicts (
    article_a INTEGER NOT NULL REFERENCES articles(id),
    article_b INTEGER NOT NULL REFERENCES articles(id),
    relation TEXT NOT NULL CHECK (relation IN ('copy', 'abridgement', 'rewrite', 'revision', 'different')),
    score REAL NOT NULL,
    reason TEXT NOT NULL,
    explanation TEXT NOT NULL,
    jaccard REAL NOT NULL,
    containment_a REAL NOT NULL,
    containment_b REAL NOT NULL,
    title REAL NOT NULL,
    lead_a REAL NOT NULL,
    lead_b REAL NOT NULL,
    gap_s REAL,
    shared INTEGER NOT NULL,
    veto TEXT,
    decided_at TEXT NOT NULL,
    PRIMARY KEY (article_a, article_b),
    CHECK (article_a < article_b)
) STRICT, WITHOUT ROWID;
CREATE INDEX verdicts_by_b ON verdicts(article_b);

CREATE TABLE stories (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    title TEXT NOT NULL,
    first_article_id INTEGER REFERENCES articles(id),   -- NULL: the evidence does not decide
    first_confidence REAL NOT NULL DEFAULT 0,
    first_reason TEXT NOT NULL DEFAULT '',
    merged_into INTEGER REFERENCES stories(id),         -- forwarding row of a merge
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;
CREATE INDEX stories_by_update ON stories(updated_at) WHERE merged_into IS NULL;
CREATE INDEX stories_forwarded ON stories(merged_into) WHERE merged_into IS NOT NULL;

CREATE TABLE members (
    article_id INTEGER PRIMARY KEY REFERENCES articles(id),
    story_id INTEGER NOT NULL REFERENCES stories(id),
    relation TEXT NOT NULL CHECK (relation IN ('original', 'copy', 'abridgement', 'rewrite', 'revision')),
    score REAL NOT NULL,
    via INTEGER REFERENCES articles(id),
    reason TEXT NOT NULL,
    joined_at TEXT NOT NULL
) STRICT;
CREATE INDEX members_by_story ON members(story_id);

CREATE TABLE related (
    story_a INTEGER NOT NULL REFERENCES stories(id),
    story_b INTEGER NOT NULL REFERENCES stories(id),
    score REAL NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (story_a, story_b),
    CHECK (story_a < story_b)
) STRICT, WITHOUT ROWID;

CREATE TABLE constraints (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('merge', 'apart', 'split')),
    article_a INTEGER NOT NULL REFERENCES articles(id),
    article_b INTEGER REFERENCES articles(id),          -- NULL for a split
    made_by TEXT NOT NULL,
    made_at TEXT NOT NULL,
    undone_at TEXT,
    applied_at TEXT                 -- NULL: the writer has still to act on it
) STRICT;
CREATE INDEX constraints_by_a ON constraints(article_a);             -- matching asks for an article's
CREATE INDEX constraints_by_b ON constraints(article_b);
CREATE INDEX constraints_waiting ON constraints(id) WHERE applied_at IS NULL;

CREATE TABLE journal (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,            -- samewire, or who said so
    action TEXT NOT NULL,
    article_id INTEGER,
    story_id INTEGER,
    constraint_id INTEGER REFERENCES constraints(id),
    reason TEXT NOT NULL,
    detail TEXT NOT NULL DEFAULT '{}'       -- JSON, among it the row that was replaced
) STRICT;
CREATE INDEX journal_by_article ON journal(article_id);
CREATE INDEX journal_by_story ON journal(story_id);

CREATE TABLE watches (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    query TEXT NOT NULL
) STRICT;

CREATE TABLE hits (
    watch_id INTEGER NOT NULL REFERENCES watches(id),
    article_id INTEGER NOT NULL REFERENCES articles(id),
    at TEXT NOT NULL,
    PRIMARY KEY (watch_id, article_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE digests (
    day TEXT PRIMARY KEY,           -- local date of the digest
    since TEXT NOT NULL,
    until TEXT NOT NULL,
    built_at TEXT NOT NULL,
    subject TEXT NOT NULL,
    stories INTEGER NOT NULL,
    articles INTEGER NOT NULL,
    html TEXT NOT NULL,
    plain TEXT NOT NULL
) STRICT;

CREATE TABLE deliveries (
    day TEXT NOT NULL REFERENCES digests(day),
    recipient TEXT NOT NULL,
    message_id TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'sent', 'later', 'failed')),
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at TEXT,
    reason TEXT,
    answer TEXT NOT NULL DEFAULT '',        -- the server's own words
    sent_at TEXT,
    PRIMARY KEY (day, recipient)
) STRICT, WITHOUT ROWID;

CREATE TABLE caps (
    name TEXT PRIMARY KEY,          -- which of our own limits
    bitten INTEGER NOT NULL,        -- how often
    last_at TEXT NOT NULL,
    last_subject TEXT NOT NULL
) STRICT;

CREATE VIEW story_list AS
SELECT s.id, s.title, count(*) AS articles, count(DISTINCT a.publisher_id) AS publishers,
       p.name AS first_publisher, f.published_at AS first_published_at, s.first_confidence,
       min(a.first_seen_at) AS first_seen_at, s.updated_at
FROM stories s
JOIN members m ON m.story_id = s.id
JOIN articles a ON a.id = m.article_id
LEFT JOIN articles f ON f.id = s.first_article_id
LEFT JOIN publishers p ON p.id = f.publisher_id
WHERE s.merged_into IS NULL
GROUP BY s.id;

CREATE VIEW story_timeline AS
SELECT m.story_id, s.title AS story, a.id AS article_id, coalesce(a.published_at, a.first_seen_at) AS at,
       p.name AS publisher, a.title, m.relation, m.score, m.reason, m.via,
       round((julianday(coalesce(a.published_at, a.first_seen_at)) - julianday(f.published_at)) * 1440, 1)
           AS lag_minutes,
       a.agency, a.url
FROM members m
JOIN stories s ON s.id = m.story_id
JOIN articles a ON a.id = m.article_id
JOIN publishers p ON p.id = a.publisher_id
LEFT JOIN articles f ON f.id = s.first_article_id;

CREATE VIEW feed_health AS
SELECT f.id, f.title, f.url, p.name AS publisher, f.status, f.last_success_at, f.last_change_at, f.next_at,
       f.failures, f.last_reason, f.last_detail,
       (SELECT count(*) FROM entries e WHERE e.feed_id = f.id) AS entries
FROM feeds f
JOIN publishers p ON p.id = f.publisher_id;

CREATE VIEW first_publishers AS
SELECT p.id, p.name, p.kind, count(*) AS stories_first,
       sum((SELECT count(*) > 1 FROM members m WHERE m.story_id = s.id)) AS taken_up_by_others
FROM stories s
JOIN articles a ON a.id = s.first_article_id
JOIN publishers p ON p.id = a.publisher_id
WHERE s.merged_into IS NULL
GROUP BY p.id;

CREATE VIEW todays_digest AS
SELECT s.id, s.title, count(*) AS articles, count(DISTINCT a.publisher_id) AS publishers,
       (SELECT p.name FROM articles f JOIN publishers p ON p.id = f.publisher_id
        WHERE f.id = s.first_article_id) AS first_publisher,
       s.updated_at
FROM stories s
JOIN members m ON m.story_id = s.id
JOIN articles a ON a.id = m.article_id
WHERE s.merged_into IS NULL AND s.updated_at >= strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '-1 day')
GROUP BY s.id
ORDER BY publishers DESC, s.updated_at DESC;
"""
