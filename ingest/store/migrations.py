"""Bring a database to this version's schema: whole or not at all, after a backup, and never backwards."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from ingest.errors import DatabaseDamaged, NewerDatabase, StoreError
from ingest.store import m0001, m0002, m0003, m0004, m0005, m0006, m0007, m0008
from ingest.text.search import indexed

Migration = Callable[[sqlite3.Connection], None]

#: "same" in ASCII, in the header of every database of ours (PRAGMA application_id).
APPLICATION_ID = 0x73616D65


def m0001_first(connection: sqlite3.Connection) -> None:
    """Everything schema 1 holds."""
    for statement in _statements(m0001.SQL):
        connection.execute(statement)


def m0002_evidence(connection: sqlite3.Connection) -> None:
    """More evidence on pairs, and what the rules on series and late copies ask for."""
    for statement in _statements(m0002.SQL):
        connection.execute(statement)


def m0003_makes(connection: sqlite3.Connection) -> None:
    """How each signature was made."""
    for statement in _statements(m0003.SQL):
        connection.execute(statement)


def m0004_readings(connection: sqlite3.Connection) -> None:
    """How bodies were read, what they showed, and which of them stopped a worker."""
    for statement in _statements(m0004.SQL):
        connection.execute(statement)


def m0005_digest(connection: sqlite3.Connection) -> None:
    """The digest by events, and a ledger that knows what each reader was told."""
    for statement in _statements(m0005.SQL):
        connection.execute(statement)


def m0006_manners(connection: sqlite3.Connection) -> None:
    """What polling learns of feeds and hosts."""
    for statement in _statements(m0006.SQL):
        connection.execute(statement)
    m0006.fill(connection)


def m0007_watches(connection: sqlite3.Connection) -> None:
    """Watches with hits and alerts; every text is indexed anew, in words without accents."""
    for statement in _statements(m0007.SQL):
        connection.execute(statement)
    texts = connection.execute("SELECT id, title, text FROM articles ORDER BY id")
    connection.executemany(
        "INSERT INTO articles_fts (rowid, title, text) VALUES (?, ?, ?)",
        ((row[0], indexed(row[1]), indexed(row[2])) for row in texts),
    )


def m0008_readings_again(connection: sqlite3.Connection) -> None:
    """How each article was read, read again, withdrawn or redacted."""
    for statement in _statements(m0008.SQL):
        connection.execute(statement)


MIGRATIONS: tuple[Migration, ...] = (
    m0001_first,
    m0002_evidence,
    m0003_makes,
    m0004_readings,
    m0005_digest,
    m0006_manners,
    m0007_watches,
    m0008_readings_again,
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
            raise StoreError(f"{path}: {exc}") from exc
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
        _back_up(connection, path.with_name(f"{path.name}.schema-{version}.bak"))
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


def _back_up(connection: sqlite3.Connection, target: Path) -> None:
    with closing(sqlite3.connect(target)) as copy:
        connection.backup(copy)


def _statements(script: str) -> list[str]:
    """The single statements of a script, so that they run inside our transaction (executescript would commit)."""
    statements, current = [], ""
    for line in script.splitlines(keepends=True):
        current += line
        if sqlite3.complete_statement(current):
            statements.append(current.strip())
            current = ""
    return statements
