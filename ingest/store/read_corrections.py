"""What people said of articles and did not take back, and what those articles were ever compared with."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ingest.model import ArticleId, Constraint, ConstraintKind
from ingest.store.sql import id_list
from ingest.store.times import from_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A constraint in force, with who made it and its line in the journal, which `undo` takes."""

    constraint: Constraint
    journal_id: int | None
    made_by: str
    made_at: datetime


def in_force(connection: sqlite3.Connection) -> tuple[Correction, ...]:
    """The corrections that hold today, oldest first."""
    rows = connection.execute(
        "SELECT c.kind, c.article_a, c.article_b, c.made_by, c.made_at, "
        "(SELECT min(j.id) FROM journal j WHERE j.article_id = c.article_a AND j.constraint_id = c.id "
        " AND j.action LIKE 'constraint-%') AS journal_id "
        "FROM constraints c WHERE c.undone_at IS NULL ORDER BY c.id"
    )
    return tuple(
        Correction(
            constraint=Constraint(
                kind=ConstraintKind(row["kind"]),
                a=ArticleId(row["article_a"]),
                b=None if row["article_b"] is None else ArticleId(row["article_b"]),
            ),
            journal_id=row["journal_id"],
            made_by=row["made_by"],
            made_at=from_text(row["made_at"]),
        )
        for row in rows
    )


def compared_with(connection: sqlite3.Connection, ids: Sequence[ArticleId]) -> tuple[ArticleId, ...]:
    """Every article on which there is a verdict together with one of these, whatever the verdict said."""
    rows = connection.execute(
        "WITH asked(id) AS (SELECT value FROM json_each(?)) "
        "SELECT v.article_b AS id FROM asked CROSS JOIN verdicts v ON v.article_a = asked.id "
        "UNION SELECT v.article_a FROM asked CROSS JOIN verdicts v ON v.article_b = asked.id ORDER BY id",
        [id_list(ids)],
    )
    return tuple(ArticleId(row["id"]) for row in rows)
