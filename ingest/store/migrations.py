"""Bring a database to this version's schema: whole or not at all, after a backup, and never backwards."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType

from ingest.errors import DatabaseDamaged, NewerDatabase, StoreError
from ingest.store import m0001, m0002, m0003, m0004, m0005, m0006, m0007, m0008, m0009, m0010, m0011, m0012, m0013
from ingest.store.backup import copy_beside, need_room
from ingest.store.trouble import told

Migration = Callable[[sqlite3.Connection], None]

#: "same" in ASCII, in the header of every database of ours (PRAGMA application_id).
APPLICATION_ID = 0x73616D65


def _step(module: ModuleType) -> Migration:
    """What a module makes of the schema before its own: its statements, then what it fills in."""

    def step(connection: sqlite3.Connection) -> None:
        for statement in _statements(module.SQL):
            connection.execute(statement)
        if hasattr(module, "fill"):
            module.fill(connection)

    return step


#: All there are, in order: the first makes schema 1.
MIGRATIONS: tuple[Migration, ...] = tuple(
    map(_step, (m0001, m0002, m0003, m0004, m0005, m0006, m0007, m0008, m0009, m0010, m0011, m0012, m0013))
)


#: The schema that this version of samewire writes.
SCHEMA = len(MIGRATIONS)


def version_of(connection: sqlite3.Connection) -> int:
    """The schema's number; 0 for an empty file. Raises StoreError when the file is somebody else's database."""
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    application = int(connection.execute("PRAGMA application_id").fetchone()[0])
    tables = int(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])
    if tables and application != APPLICATION_ID:
        raise StoreError("this SQLite file was not made by samewire; name another file in database.path")
    return version


def check_version(connection: sqlite3.Connection, path: Path) -> int:
    """The schema's number, refusing a database that a newer samewire wrote.

    Raises NewerDatabase, StoreError, DatabaseDamaged.
    """
    try:
        version = version_of(connection)
    except sqlite3.DatabaseError as exc:
        if isinstance(exc, sqlite3.OperationalError):
            raise StoreError(told(path, exc)) from exc
        raise DatabaseDamaged(
            f"{path}: {exc}; it is left as it is: restore a backup, or name another file in database.path"
        ) from exc
    if version > SCHEMA:
        raise NewerDatabase(
            f"{path}: schema {version} was written by a newer samewire; this one knows {SCHEMA}: upgrade it"
        )
    return version


def migrate(connection: sqlite3.Connection, path: Path, steps: Sequence[Migration] = MIGRATIONS) -> int:
    """Run what is missing in one transaction; an existing database is copied beside itself first.

    connection: in autocommit mode, the writer's lock held. steps: all there are, the first makes schema 1. Returns the
    schema's number.
    """
    version = check_version(connection, path)
    if version >= len(steps):
        return version
    if version:
        size = path.stat().st_size
        need_room(path.parent, 2 * size, f"the upgrade from schema {version} to {len(steps)}, a copy included,")
        copy_beside(connection, path.with_name(f"{path.name}.schema-{version}.bak"))
    connection.execute("BEGIN IMMEDIATE")
    try:
        for step in steps[version:]:
            step(connection)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(steps)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return len(steps)


def _statements(script: str) -> list[str]:
    """The single statements of a script, so that they run inside our transaction (executescript would commit)."""
    statements, current = [], ""
    for line in script.splitlines(keepends=True):
        current += line
        if sqlite3.complete_statement(current):
            statements.append(current.strip())
            current = ""
    return statements
