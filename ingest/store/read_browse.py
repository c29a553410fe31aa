"""What the pages ask beside `read`: a story's revisions, and how a page's connection is kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from ingest.model import ArticleId
from ingest.store.connection import BUSY_TIMEOUT_MS
from ingest.store.read import SUMMARY_CHARS
from ingest.store.times import from_text


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionView:
    """An earlier text of an article."""

    article_id: ArticleId
    title: str
    text: str
    seen_at: datetime
    replaced_at: datetime
    added_words: int
    removed_words: int
    similarity: float


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
