"""Schema 2: more evidence in verdicts and signatures. Not released yet; frozen with the next version."""

SQL = """
ALTER TABLE verdicts ADD COLUMN quoted REAL NOT NULL DEFAULT 0;      -- share of what is shared that is quotation
ALTER TABLE verdicts ADD COLUMN vocabulary REAL NOT NULL DEFAULT 0;
ALTER TABLE verdicts ADD COLUMN specifics REAL NOT NULL DEFAULT 0;   -- share of the smaller set of figures and names
ALTER TABLE verdicts ADD COLUMN agreement TEXT NOT NULL DEFAULT '[]';    -- JSON: [kind, same, other] in common frames
ALTER TABLE verdicts ADD COLUMN boilerplate REAL NOT NULL DEFAULT 0;
ALTER TABLE verdicts ADD COLUMN refused TEXT;   -- one word: why a joining pair lies in two stories; NULL: it does not
ALTER TABLE signatures ADD COLUMN words INTEGER NOT NULL DEFAULT 0;  -- hash of a long text's words in order
ALTER TABLE signatures ADD COLUMN title INTEGER NOT NULL DEFAULT 0;
ALTER TABLE signatures ADD COLUMN frame INTEGER NOT NULL DEFAULT 0;  -- hash of the title with its specifics masked
CREATE INDEX signatures_by_words ON signatures(words) WHERE words <> 0;  -- late copies, over all of history
CREATE INDEX signatures_by_frame ON signatures(frame);                   -- the issues of a series
ALTER TABLE stories ADD COLUMN settled INTEGER;  -- members when last computed whole; NULL: nothing came since
CREATE INDEX stories_unsettled ON stories(id) WHERE settled IS NOT NULL;
-- what learning remembers of an article: hashes, of which no word can be read
CREATE TABLE passages (
    article_id INTEGER PRIMARY KEY REFERENCES articles(id),
    publisher_id INTEGER NOT NULL REFERENCES publishers(id),
    rank INTEGER NOT NULL,          -- hash of title and text: samples are drawn by it, never by arrival
    at TEXT NOT NULL,               -- the article's time, else first sight: the newest are learned from
    seen_at TEXT NOT NULL,          -- first sight: retention goes by it
    hashes BLOB NOT NULL,           -- the passages, eight bytes each
    traits BLOB NOT NULL            -- how they stand to title and opening
) STRICT;
CREATE INDEX passages_by_publisher ON passages(publisher_id, at DESC, rank);   -- what is learned from, and retention

CREATE TABLE epochs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    digest TEXT NOT NULL,           -- of all that is ignored: equal digests, equal rules
    begun_at TEXT NOT NULL,
    added INTEGER NOT NULL,         -- passages that are ignored from this epoch on
    dropped INTEGER NOT NULL,       -- passages that no longer are
    affected INTEGER NOT NULL       -- articles that were marked as to be matched again
) STRICT;

CREATE TABLE boilerplate (
    publisher_id INTEGER NOT NULL REFERENCES publishers(id),
    passage INTEGER NOT NULL,       -- hash of its words; odd: long, and ignored in anybody's articles
    articles INTEGER NOT NULL,      -- how many of the publisher's held it when it was learned last
    opens INTEGER NOT NULL,         -- 1: it stands first in unrelated articles
    example_id INTEGER NOT NULL REFERENCES articles(id),
    seen_at TEXT,                   -- first sight of the newest article that holds it
    words TEXT NOT NULL DEFAULT '', -- how it begins, for people to read
    epoch INTEGER NOT NULL,         -- in which it was learned
    PRIMARY KEY (publisher_id, passage)
) STRICT, WITHOUT ROWID;
CREATE INDEX boilerplate_by_example ON boilerplate(example_id);     -- redaction

CREATE TABLE lessons (
    publisher_id INTEGER PRIMARY KEY REFERENCES publishers(id),
    articles INTEGER NOT NULL,              -- observations held
    changed INTEGER NOT NULL,               -- observations that came since the last learning
    learned_from INTEGER NOT NULL DEFAULT 0,    -- observations held at the last learning
    learned_at TEXT                         -- NULL: never
) STRICT;
ALTER TABLE signatures ADD COLUMN learned INTEGER NOT NULL DEFAULT 0;    -- epochs.id; 0: before the first

CREATE TABLE claims (
    article_id INTEGER PRIMARY KEY REFERENCES articles(id),
    claim TEXT NOT NULL             -- JSON: what the article says of its origin, as attribution needs it
) STRICT;

ALTER TABLE related ADD COLUMN explanation TEXT NOT NULL DEFAULT '';
CREATE INDEX related_by_b ON related(story_b);
ALTER TABLE stories ADD COLUMN event_id INTEGER REFERENCES stories(id);    -- the earliest story of its event
ALTER TABLE stories ADD COLUMN related_at TEXT;     -- NULL: it changed since it was related to others
CREATE INDEX stories_to_relate ON stories(id) WHERE related_at IS NULL AND merged_into IS NULL;
CREATE INDEX stories_by_event ON stories(event_id);
CREATE TABLE points (
    story_id INTEGER PRIMARY KEY REFERENCES stories(id),
    at TEXT,                        -- the story's time; NULL: it has none
    key TEXT NOT NULL,              -- its stable name: ties break on it
    speaker_id INTEGER NOT NULL REFERENCES articles(id),    -- the article whose text stands for the story
    speaker_hash TEXT NOT NULL,     -- of that text
    profile BLOB NOT NULL           -- names, figures and topics of that text
) STRICT;
CREATE INDEX points_by_time ON points(at);
CREATE TABLE terms (
    epoch INTEGER PRIMARY KEY AUTOINCREMENT,
    learned_at TEXT NOT NULL,
    stories INTEGER NOT NULL,       -- from how many
    terms BLOB NOT NULL             -- in how many stories each name and word stands
) STRICT;
"""
