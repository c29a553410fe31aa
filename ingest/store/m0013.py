"""Schema 13: what a page says its article is about. Not released yet."""

SQL = """
ALTER TABLE articles ADD COLUMN section TEXT;           -- where its publisher files it, as the page states it
ALTER TABLE articles ADD COLUMN keywords TEXT NOT NULL DEFAULT '[]'; -- JSON list, as the page states them
"""
