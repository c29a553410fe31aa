"""Schema 11: what retention leaves of old records. Frozen with the release."""

SQL = """
ALTER TABLE articles ADD COLUMN pruned_at TEXT;         -- when retention took its text; NULL: the text is here
ALTER TABLE articles ADD COLUMN pruned_reason TEXT;     -- the rule that took it
CREATE INDEX articles_to_prune ON articles(first_seen_at) WHERE pruned_at IS NULL AND redacted_at IS NULL;
CREATE INDEX articles_pruned ON articles(pruned_at) WHERE pruned_at IS NOT NULL;
CREATE INDEX kept_pages_by_time ON kept_pages(kept_at);             -- retention

-- the polls of whole days that are older than retention.polls, added up
CREATE TABLE polls_daily (
    feed_id INTEGER NOT NULL REFERENCES feeds(id),
    day TEXT NOT NULL,              -- UTC
    outcome TEXT NOT NULL CHECK (outcome IN ('ok', 'unchanged', 'refused', 'error')),
    reason TEXT NOT NULL DEFAULT '',        -- '': the polls gave none
    polls INTEGER NOT NULL,
    pushed INTEGER NOT NULL,        -- of these, what a hub brought
    bytes INTEGER NOT NULL,
    seconds REAL NOT NULL,
    longest_s REAL NOT NULL,
    new_entries INTEGER NOT NULL,
    revised_entries INTEGER NOT NULL,
    PRIMARY KEY (feed_id, day, outcome, reason)
) STRICT, WITHOUT ROWID;
CREATE INDEX polls_daily_by_day ON polls_daily(day);                -- retention

-- the rejected verdicts that nothing reads again: far from any line, and told apart by no veto
CREATE INDEX verdicts_far ON verdicts(decided_at)
WHERE relation = 'different' AND veto IS NULL AND refused IS NULL AND reason IN ('dissimilar', 'gap', 'script', 'short')
      AND score < 0.25 AND lead_a < 0.2 AND lead_b < 0.2;

-- samewire's own lines that repeat what other tables say: not a move from story to story, nor the end of one
CREATE INDEX journal_own ON journal(at)
WHERE actor = 'samewire' AND action NOT IN ('merged', 'withdrawn', 'moved', 'move-undone', 'gone', 'mended')
      AND (action <> 'joined' OR instr(detail, '"reason": "unmatched"') > 0);

-- the claim of a text that is gone can not be made anew: it stays
DROP TRIGGER publishers_changed;
CREATE TRIGGER publishers_changed AFTER UPDATE OF name, kind ON publishers
WHEN old.name <> new.name OR old.kind <> new.kind
BEGIN
    DELETE FROM claims WHERE article_id IN (
        SELECT id FROM articles WHERE publisher_id = new.id AND pruned_at IS NULL);
END;
"""
