"""Schema 3: how each signature was made. Not released yet; frozen with the next version."""

SQL = """
ALTER TABLE signatures ADD COLUMN algorithm TEXT NOT NULL DEFAULT '';      -- of permuting; '': before it was kept
ALTER TABLE signatures ADD COLUMN seed INTEGER NOT NULL DEFAULT 0;         -- of the permutations
ALTER TABLE signatures ADD COLUMN tokeniser INTEGER NOT NULL DEFAULT 0;    -- how the text became words
ALTER TABLE signatures ADD COLUMN kept_at TEXT NOT NULL DEFAULT '';        -- the article's time, else first sight
DROP INDEX signatures_by_time;
-- what the index holds at start; and, without a look at the rows, which were made otherwise
CREATE INDEX signatures_by_kept ON signatures(kept_at, epoch, algorithm, seed, tokeniser);
-- claims speak of their publisher: where that gets another name or kind they are made anew, when they are asked for
CREATE TRIGGER publishers_changed AFTER UPDATE OF name, kind ON publishers
WHEN old.name <> new.name OR old.kind <> new.kind
BEGIN
    DELETE FROM claims WHERE article_id IN (SELECT id FROM articles WHERE publisher_id = new.id);
END;
DELETE FROM claims;     -- those of before may be of publishers that changed; they are made anew when asked for
"""
