"""Small pieces of SQL that several questions share."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence

Value = str | int | float | bytes | None


def gone(article: str) -> str:
    """An expression for why an article's text was taken, as a sentence; NULL where nobody took it.

    article: the table's name in the statement.
    """
    return (
        f"CASE WHEN {article}.redacted_at IS NOT NULL THEN 'Removed on ' || substr({article}.redacted_at, 1, 10) || "
        f"': ' || coalesce({article}.redacted_reason, 'no reason was given') "
        f"WHEN {article}.pruned_at IS NOT NULL THEN 'Let go on ' || substr({article}.pruned_at, 1, 10) || ' by ' || "
        f"coalesce({article}.pruned_reason, 'retention') END"
    )


def id_list(ids: Sequence[int]) -> str:
    """Ids as JSON, for `IN (SELECT value FROM json_each(?))`."""
    return json.dumps(list(ids))


def insert(connection: sqlite3.Connection, table: str, row: Mapping[str, Value]) -> int:
    """Insert a row into one of our tables; returns its id.

    For what every poll writes: sqlite-utils asks the schema anew at each row, which takes ten times as long.
    """
    marks = ", ".join("?" * len(row))
    cursor = connection.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks})", [*row.values()])
    return int(cursor.lastrowid or 0)


def update(connection: sqlite3.Connection, table: str, row_id: int, changes: Mapping[str, Value]) -> None:
    """Change the row with this id, for what every poll writes."""
    sets = ", ".join(f"{name} = ?" for name in changes)
    connection.execute(f"UPDATE {table} SET {sets} WHERE id = ?", [*changes.values(), row_id])
