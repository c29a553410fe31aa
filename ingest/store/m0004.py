"""Schema 4: what a feed showed last, by its bytes; bodies that stopped a worker; a feed's place in a list of feeds."""

SQL = """
-- what a feed showed last: an item whose bytes and surroundings give this mark need not be parsed again
CREATE TABLE marks (
    feed_id INTEGER NOT NULL REFERENCES feeds(id),
    mark BLOB NOT NULL,             -- digest of the item's bytes and of what its reading depends on
    entry_id INTEGER NOT NULL REFERENCES entries(id) ON DELETE CASCADE,
    PRIMARY KEY (feed_id, mark)
) STRICT, WITHOUT ROWID;
CREATE INDEX marks_by_entry ON marks(entry_id);     -- an entry that came with other bytes drops its old marks

CREATE TABLE quarantine (
    feed_id INTEGER PRIMARY KEY REFERENCES feeds(id),
    body_hash TEXT NOT NULL,        -- sha256 of the body that a worker was stopped over
    stops INTEGER NOT NULL,         -- how often in a row; from the second on this body is not parsed again
    reason TEXT NOT NULL,           -- killed or crashed
    detail TEXT NOT NULL,
    version TEXT NOT NULL,          -- of samewire: another one tries again
    last_at TEXT NOT NULL
) STRICT;

ALTER TABLE polls ADD COLUMN reading TEXT CHECK (reading IN ('same', 'part', 'whole'));    -- NULL: no body was read
ALTER TABLE feeds ADD COLUMN outlines TEXT;     -- JSON: where and how OPML files listed it, for writing it back
"""
