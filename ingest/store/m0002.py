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
"""
