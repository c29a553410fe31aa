"""Schema 7: watches, their hits and alerts; the full-text index holds words as people type them."""

from __future__ import annotations

import sqlite3

from ingest.text.search import indexed

SQL = """
-- the words come from text.search.indexed, which has cut and folded them: ASCII is all that the tokenizer still parts,
-- so that a watch's matcher in memory and the index can never disagree on what a word is
DROP TABLE articles_fts;
CREATE VIRTUAL TABLE articles_fts USING fts5(title, text, content='', tokenize="ascii tokenchars '_'");

ALTER TABLE watches ADD COLUMN added_at TEXT;   -- since when this query looks at articles
ALTER TABLE watches ADD COLUMN ended_at TEXT;   -- when it went from the configuration; NULL: it is there

ALTER TABLE hits ADD COLUMN reason TEXT NOT NULL DEFAULT 'first' CHECK (reason IN ('first', 'term'));
ALTER TABLE hits ADD COLUMN terms TEXT NOT NULL DEFAULT '[]';   -- JSON: which of the query's terms the article holds
ALTER TABLE hits ADD COLUMN found TEXT NOT NULL DEFAULT '';     -- the same in words, with where each stands
CREATE INDEX hits_by_article ON hits(article_id);               -- what of a story was told before

CREATE TABLE passed_over (
    watch_id INTEGER NOT NULL REFERENCES watches(id),
    article_id INTEGER NOT NULL REFERENCES articles(id),
    reason TEXT NOT NULL CHECK (reason IN ('baseline', 'before', 'copy')),
    at TEXT NOT NULL,
    PRIMARY KEY (watch_id, article_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX passed_over_by_article ON passed_over(article_id);     -- redaction

CREATE TABLE alerts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    watch_id INTEGER NOT NULL REFERENCES watches(id),
    story_id INTEGER NOT NULL REFERENCES stories(id),
    article_id INTEGER NOT NULL REFERENCES articles(id),   -- whose arrival raised it
    kind TEXT NOT NULL CHECK (kind IN ('hit', 'spread', 'first', 'number')),
    key TEXT NOT NULL DEFAULT '',   -- what is told once only: '' once a story, else the change of a number
    detail TEXT NOT NULL,           -- what happened, in a sentence
    raised_at TEXT NOT NULL,
    UNIQUE (watch_id, story_id, kind, key)
) STRICT;
CREATE INDEX alerts_by_story ON alerts(story_id);

CREATE TABLE alert_messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    watch_id INTEGER NOT NULL REFERENCES watches(id),
    channel TEXT NOT NULL CHECK (channel IN ('mail', 'webhook')),
    target TEXT NOT NULL,           -- a mail address; a webhook's address with its secrets masked
    key TEXT NOT NULL UNIQUE,       -- the idempotency key, the same on every attempt
    body TEXT NOT NULL,             -- JSON as it is posted, byte for byte, and what a mail is written from
    folded INTEGER NOT NULL DEFAULT 0,      -- 1: the storm brake put several alerts into this one
    status TEXT NOT NULL CHECK (status IN ('pending', 'sent', 'later', 'failed')),
    attempts INTEGER NOT NULL DEFAULT 0,
    next_at TEXT,
    reason TEXT,
    answer TEXT NOT NULL DEFAULT '',
    made_at TEXT NOT NULL,
    sent_at TEXT
) STRICT;
CREATE INDEX alert_messages_due ON alert_messages(next_at) WHERE status IN ('pending', 'later');
CREATE INDEX alert_messages_by_target ON alert_messages(watch_id, channel, target, made_at);    -- the storm brake

CREATE TABLE alert_targets (
    alert_id INTEGER NOT NULL REFERENCES alerts(id),
    channel TEXT NOT NULL CHECK (channel IN ('mail', 'webhook')),
    target TEXT NOT NULL,
    message_id INTEGER REFERENCES alert_messages(id),   -- NULL: it waits to be put into a message
    held TEXT CHECK (held = 'storm'),                   -- why it waits; NULL: its turn has only to come
    PRIMARY KEY (alert_id, channel, target)
) STRICT, WITHOUT ROWID;
CREATE INDEX alert_targets_waiting ON alert_targets(alert_id) WHERE message_id IS NULL;
CREATE INDEX alert_targets_by_message ON alert_targets(message_id) WHERE message_id IS NOT NULL;

CREATE VIEW dead_letters AS
SELECT m.id, w.name AS watch, m.channel, m.target, m.attempts, m.reason, m.answer, m.made_at, m.key, m.body
FROM alert_messages m
JOIN watches w ON w.id = m.watch_id
WHERE m.status = 'failed'
ORDER BY m.id DESC;

CREATE VIEW watch_hits AS
SELECT h.at, w.name AS watch, m.story_id, a.id AS article_id, a.title, p.name AS publisher, h.reason, h.found, a.url
FROM hits h
JOIN watches w ON w.id = h.watch_id
JOIN articles a ON a.id = h.article_id
JOIN publishers p ON p.id = a.publisher_id
JOIN members m ON m.article_id = a.id;
"""


def fill(connection: sqlite3.Connection) -> None:
    """Index every text anew, in words without accents."""
    texts = connection.execute("SELECT id, title, text FROM articles ORDER BY id")
    connection.executemany(
        "INSERT INTO articles_fts (rowid, title, text) VALUES (?, ?, ?)",
        ((row[0], indexed(row[1]), indexed(row[2])) for row in texts),
    )
