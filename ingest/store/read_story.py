"""What a story's page asks beside `read`: revisions, related stories, and what people said of its articles."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from ingest.model import ArticleId, ConstraintKind, StoryId
from ingest.model.events import Kinship
from ingest.store.read import SUMMARY_CHARS
from ingest.store.times import from_text, optional_time


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionView:
    """An earlier text of an article."""

    id: int
    article_id: ArticleId
    title: str
    text: str
    seen_at: datetime
    replaced_at: datetime
    added_words: int
    removed_words: int
    similarity: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedView:
    """Another story of the same happening, or one near it."""

    story_id: StoryId
    title: str
    kinship: Kinship | None  # None: of the same event, and not compared itself
    explanation: str
    publishers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A person's word on an article that is in the story, or that left it by this word."""

    journal_id: int
    kind: ConstraintKind
    article_a: ArticleId
    title_a: str
    article_b: ArticleId | None
    title_b: str | None
    made_by: str
    made_at: datetime
    undone_at: datetime | None
    applied_at: datetime | None  # None: the daemon has still to act on it


def story_revisions(connection: sqlite3.Connection, story_id: int, *, limit: int) -> tuple[RevisionView, ...]:
    """Earlier texts of a story's members, the latest replaced first; texts are cut at SUMMARY_CHARS."""
    rows = connection.execute(
        "SELECT r.id, r.article_id, r.title, substr(r.text, 1, ?) AS text, r.seen_at, r.replaced_at, r.added_words, "
        "r.removed_words, r.similarity FROM members m JOIN revisions r ON r.article_id = m.article_id "
        "WHERE m.story_id = ? ORDER BY r.replaced_at DESC, r.id DESC LIMIT ?",
        [SUMMARY_CHARS, story_id, limit],
    )
    return tuple(
        RevisionView(
            id=row["id"],
            article_id=ArticleId(row["article_id"]),
            title=row["title"],
            text=row["text"] or "",
            seen_at=from_text(row["seen_at"]),
            replaced_at=from_text(row["replaced_at"]),
            added_words=row["added_words"],
            removed_words=row["removed_words"],
            similarity=row["similarity"],
        )
        for row in rows
    )


def related(connection: sqlite3.Connection, story_id: int, *, limit: int) -> tuple[RelatedView, ...]:
    """Stories that tell of the same happening, the closest first; then the others of its event."""
    rows = connection.execute(
        """
        WITH near(id, score, reason, explanation) AS (
            SELECT story_b, score, reason, explanation FROM related WHERE story_a = ?1
            UNION ALL SELECT story_a, score, reason, explanation FROM related WHERE story_b = ?1
        )
        SELECT s.id, s.title, max(n.score) AS score, n.reason, n.explanation,
               (SELECT count(DISTINCT a.publisher_id) FROM members m JOIN articles a ON a.id = m.article_id
                WHERE m.story_id = s.id) AS publishers
        FROM (SELECT * FROM near
              UNION ALL SELECT e.id, -1, NULL, '' FROM stories e
              WHERE e.event_id = (SELECT event_id FROM stories WHERE id = ?1) AND e.id <> ?1) n
        JOIN stories s ON s.id = n.id
        WHERE s.merged_into IS NULL GROUP BY s.id ORDER BY score DESC, s.id LIMIT ?2
        """,
        [story_id, limit],
    )
    return tuple(
        RelatedView(
            story_id=StoryId(row["id"]),
            title=row["title"],
            kinship=Kinship(row["reason"]) if row["reason"] else None,
            explanation=row["explanation"],
            publishers=row["publishers"],
        )
        for row in rows
    )


def said_of(connection: sqlite3.Connection, story_id: int, *, limit: int) -> tuple[Said, ...]:
    """What people said of a story's articles and of those that a split took out of it, the latest first.

    What was taken back shows for as long as the daemon has not acted on it.
    """
    rows = connection.execute(
        """
        WITH asked(id) AS (
            SELECT article_id FROM members WHERE story_id = ?1
            UNION SELECT article_id FROM journal WHERE story_id = ?1 AND action LIKE 'constraint-%'
        )
        SELECT c.*, a.title AS title_a, b.title AS title_b,
               (SELECT min(j.id) FROM journal j WHERE j.article_id = c.article_a AND j.constraint_id = c.id
                AND j.action LIKE 'constraint-%') AS journal_id
        FROM (SELECT c.* FROM asked JOIN constraints c ON c.article_a = asked.id
              UNION SELECT c.* FROM asked JOIN constraints c ON c.article_b = asked.id) c
        JOIN articles a ON a.id = c.article_a LEFT JOIN articles b ON b.id = c.article_b
        WHERE (c.undone_at IS NULL OR c.applied_at IS NULL) AND journal_id IS NOT NULL
        ORDER BY c.id DESC LIMIT ?2
        """,
        [story_id, limit],
    )
    return tuple(
        Said(
            journal_id=row["journal_id"],
            kind=ConstraintKind(row["kind"]),
            article_a=ArticleId(row["article_a"]),
            title_a=row["title_a"],
            article_b=row["article_b"],
            title_b=row["title_b"],
            made_by=row["made_by"],
            made_at=from_text(row["made_at"]),
            undone_at=optional_time(row["undone_at"]),
            applied_at=optional_time(row["applied_at"]),
        )
        for row in rows
    )
