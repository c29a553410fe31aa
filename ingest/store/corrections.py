"""A person's word on stories: recorded beside a running daemon, applied by the writer, undone by one row."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from ingest.errors import NotFound
from ingest.model import ArticleId, ConstraintKind, StoryId
from ingest.store.connection import Store
from ingest.store.journal import note
from ingest.store.times import to_text
from ingest.store.words import CONSTRAINED


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A constraint, or its undoing, that the writer has still to act on."""

    id: int
    articles: tuple[ArticleId, ...]


def record_constraint(
    store: Store, kind: ConstraintKind, a: ArticleId, b: ArticleId | None, *, made_by: str, now: datetime
) -> int:
    """Insert a person's constraint and its line in the journal. Returns the journal's id. Raises NotFound."""
    with store.transaction():
        for article in (a, b):
            if article is not None:
                _need_article(store.connection, article)
        cursor = store.connection.execute(
            "INSERT INTO constraints (kind, article_a, article_b, made_by, made_at) VALUES (?, ?, ?, ?, ?)",
            [kind, a, b, made_by, to_text(now)],
        )
        reason = f"{kind} {a}" + (f" {b}" if b is not None else "")
        return note(
            store, now, made_by, CONSTRAINED[kind], reason,
            article_id=a, story_id=story_of(store.connection, a), constraint_id=cursor.lastrowid,
        )  # fmt: skip


def undo(store: Store, journal_id: int, *, made_by: str, now: datetime) -> int:
    """Take back the constraint that a journal line recorded. Returns the new line's id. Raises NotFound."""
    with store.transaction():
        row = store.connection.execute(
            "SELECT c.id, c.article_a, c.undone_at FROM journal j JOIN constraints c ON c.id = j.constraint_id "
            "WHERE j.id = ? AND j.action LIKE 'constraint-%'",
            [journal_id],
        ).fetchone()
        if row is None:
            raise NotFound(f"journal line {journal_id} records no merge, split or apart")
        if row["undone_at"]:
            raise NotFound(f"journal line {journal_id} was undone at {row['undone_at']} already")
        store.connection.execute(
            "UPDATE constraints SET undone_at = ?, applied_at = NULL WHERE id = ?", [to_text(now), row["id"]]
        )
        return note(
            store, now, made_by, "undone", f"journal line {journal_id}",
            article_id=row["article_a"], constraint_id=row["id"],
        )  # fmt: skip


def waiting(connection: sqlite3.Connection) -> tuple[Waiting, ...]:
    """Constraints that the writer has still to act on, oldest first."""
    rows = connection.execute("SELECT id, article_a, article_b FROM constraints WHERE applied_at IS NULL ORDER BY id")
    return tuple(
        Waiting(
            id=row["id"],
            articles=tuple(ArticleId(i) for i in (row["article_a"], row["article_b"]) if i is not None),
        )
        for row in rows
    )


def mark_applied(store: Store, constraint_id: int, now: datetime) -> None:
    """The stories obey this constraint, or its undoing, from now on."""
    store.connection.execute("UPDATE constraints SET applied_at = ? WHERE id = ?", [to_text(now), constraint_id])


def story_of(connection: sqlite3.Connection, article_id: ArticleId) -> StoryId | None:
    """The story in which an article is found now, or None."""
    row = connection.execute("SELECT story_id FROM members WHERE article_id = ?", [article_id]).fetchone()
    return StoryId(row["story_id"]) if row else None


def first_member(connection: sqlite3.Connection, story_id: StoryId) -> ArticleId:
    """The article that stands for a story in a constraint. Raises NotFound."""
    row = connection.execute(
        "SELECT coalesce(s.first_article_id, min(m.article_id)) AS id FROM stories s "
        "JOIN members m ON m.story_id = s.id "
        "WHERE s.id = coalesce((SELECT merged_into FROM stories WHERE id = ?1), ?1)",
        [story_id],
    ).fetchone()
    if row is None or row["id"] is None:
        raise NotFound(f"story {story_id}: there is none; `samewire stories` lists them")
    return ArticleId(row["id"])


def _need_article(connection: sqlite3.Connection, article_id: ArticleId) -> None:
    if connection.execute("SELECT 1 FROM articles WHERE id = ?", [article_id]).fetchone() is None:
        raise NotFound(f"article {article_id}: there is none; `samewire stories ID` lists a story's articles")
