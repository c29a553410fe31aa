"""Schema 9: what readers note of stories and sources; and what the pages ask of publishers. Frozen with the release."""

SQL = """
CREATE TABLE reader_marks (
    reader TEXT NOT NULL,           -- the id of the person who is logged in
    story_id INTEGER NOT NULL REFERENCES stories(id),
    seen_at TEXT,                   -- NULL: not marked as seen
    starred_at TEXT,
    dismissed_at TEXT,
    note TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (reader, story_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX reader_marks_by_story ON reader_marks(story_id);       -- a merge carries them over

CREATE TABLE publisher_tags (
    publisher_id INTEGER NOT NULL REFERENCES publishers(id),
    tag TEXT NOT NULL,
    made_by TEXT NOT NULL,
    made_at TEXT NOT NULL,
    PRIMARY KEY (publisher_id, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX publisher_tags_by_tag ON publisher_tags(tag);          -- lists are filtered by it

CREATE INDEX articles_by_publisher ON articles(publisher_id, first_seen_at);   -- a publisher's page
CREATE INDEX articles_by_agency ON articles(agency, first_seen_at) WHERE agency IS NOT NULL;    -- stories of an agency
"""
