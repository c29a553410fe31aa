"""Where every article stands, for comparing two states of a database, and what was said across two sets of articles."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.model import ArticleId, Relation, StoryId, Verdict
from ingest.store.sql import id_list
from ingest.store.verdicts import verdict_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An article's place."""

    story_id: StoryId
    relation: Relation
    via: ArticleId | None
    reason: str
    is_matched: bool  # False: its present text waits to be matched


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A story without its members."""

    title: str
    first_article_id: ArticleId | None
    first_reason: str
    merged_into: StoryId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """The verdict across two sets of articles that comes nearest to a join."""

    verdict: Verdict
    refused: str | None  # one word: why grouping passed over a verdict that joins


def placed(connection: sqlite3.Connection) -> dict[ArticleId, Placed]:
    """The place of each article that matching may see; one that waits for its first fetch it does not."""
    rows = connection.execute(
        "SELECT m.article_id, m.story_id, m.relation, m.via, m.reason, a.matched_hash IS a.content_hash AS is_matched "
        "FROM members m JOIN articles a ON a.id = m.article_id "
        "WHERE NOT (a.status = 'pending' AND a.attempts = 0) ORDER BY m.article_id"
    )
    return {
        ArticleId(row["article_id"]): Placed(
            story_id=StoryId(row["story_id"]),
            relation=Relation(row["relation"]),
            via=row["via"],
            reason=row["reason"],
            is_matched=bool(row["is_matched"]),
        )
        for row in rows
    }


def heads(connection: sqlite3.Connection) -> dict[StoryId, Head]:
    """Each story, those that ended in another among them."""
    rows = connection.execute("SELECT id, title, first_article_id, first_reason, merged_into FROM stories ORDER BY id")
    return {
        StoryId(row["id"]): Head(
            title=row["title"],
            first_article_id=row["first_article_id"],
            first_reason=row["first_reason"],
            merged_into=row["merged_into"],
        )
        for row in rows
    }


def titles(connection: sqlite3.Connection, ids: Sequence[ArticleId]) -> dict[ArticleId, str]:
    """The titles of articles."""
    rows = connection.execute(
        "SELECT id, title FROM articles WHERE id IN (SELECT value FROM json_each(?))", [id_list(ids)]
    )
    return {ArticleId(row["id"]): row["title"] for row in rows}


def nearest(connection: sqlite3.Connection, ones: Sequence[ArticleId], others: Sequence[ArticleId]) -> Near | None:
    """Of the verdicts across two sets of articles one that joins, else the one with the highest score; None: no pair
    was proposed.
    """
    row = connection.execute(
        """
        WITH ones(id) AS (SELECT value FROM json_each(?1)), others(id) AS (SELECT value FROM json_each(?2)),
             across AS (
                SELECT v.* FROM ones CROSS JOIN verdicts v ON v.article_a = ones.id WHERE v.article_b IN others
                UNION ALL
                SELECT v.* FROM ones CROSS JOIN verdicts v ON v.article_b = ones.id WHERE v.article_a IN others)
        SELECT * FROM across
        ORDER BY relation <> 'different' AND refused IS NULL DESC, score DESC, article_a, article_b LIMIT 1
        """,
        [id_list(ones), id_list(others)],
    ).fetchone()
    return Near(verdict=verdict_of(row), refused=row["refused"]) if row else None
