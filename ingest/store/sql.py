"""Small pieces of SQL that several questions share."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence

Value = str | int | float | bytes | None


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
