"""What the pages ask beside `read`: search with paging, a story's revisions, and how a page's connection is kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from ingest.model import ArticleId, StoryView
from ingest.store.connection import BUSY_TIMEOUT_MS
from ingest.store.read import SUMMARY_CHARS, RevisionView, search_terms, stories
from ingest.store.times import from_text

#: Matching articles that one search ranks; beyond it the words are too common for rank to mean much.
MAX_RANKED = 2000
#: A query that is sound for FTS5 and finds nothing; the empty string would be a syntax error.
NO_TERMS = '""'


def guard(connection: sqlite3.Connection) -> None:
    """Make a connection unable to write, whatever is asked of it, and patient with the writer."""
    connection.execute("PRAGMA query_only = 1")
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")


@contextmanager
def snapshot(connection: sqlite3.Connection) -> Iterator[None]:
    """Hold one state of the database for several questions, so that a page never mixes two moments."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.rollback()


def fts_query(query: object) -> str:
    """A person's words as a query that FTS5 always takes; without a word in it, one that finds nothing."""
    return search_terms(str(query)) or NO_TERMS if query is not None else NO_TERMS


def found(connection: sqlite3.Connection, query: str, *, limit: int, offset: int = 0) -> tuple[StoryView, ...]:
    """Stories with a member that holds every word of the query, best first, from `offset` on."""
    rows = connection.execute(
        "SELECT m.story_id AS id, min(f.rank) AS rank FROM "
        "(SELECT rowid, rank FROM articles_fts WHERE articles_fts MATCH ? ORDER BY rank LIMIT ?) f "
        "JOIN members m ON m.article_id = f.rowid GROUP BY m.story_id ORDER BY rank, m.story_id LIMIT ? OFFSET ?",
        [fts_query(query), MAX_RANKED, limit, offset],
    )
    return stories(connection, [row["id"] for row in rows])


def story_revisions(connection: sqlite3.Connection, story_id: int, *, limit: int) -> tuple[RevisionView, ...]:
    """Earlier texts of a story's members, the latest replaced first; texts are cut at SUMMARY_CHARS."""
    rows = connection.execute(
        "SELECT r.article_id, r.title, substr(r.text, 1, ?) AS text, r.seen_at, r.replaced_at, r.added_words, "
        "r.removed_words, r.similarity FROM members m JOIN revisions r ON r.article_id = m.article_id "
        "WHERE m.story_id = ? ORDER BY r.replaced_at DESC, r.id DESC LIMIT ?",
        [SUMMARY_CHARS, story_id, limit],
    )
    return tuple(
        RevisionView(
            article_id=ArticleId(row["article_id"]),
            title=row["title"],
            text=row["text"],
            seen_at=from_text(row["seen_at"]),
            replaced_at=from_text(row["replaced_at"]),
            added_words=row["added_words"],
            removed_words=row["removed_words"],
            similarity=row["similarity"],
        )
        for row in rows
    )
