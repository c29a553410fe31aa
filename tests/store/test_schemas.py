"""Databases of every schema there was, as they were written then, upgrade to this version's; no row is lost.

Their files are made once (`python -m bench.schema_sample`) and never again: what a migration did to the schema of a
released version must not change.
"""

from __future__ import annotations

import contextlib
import gzip
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.errors import StoreError
from ingest.store import backup
from ingest.store.ailments import CHECKS
from ingest.store.connection import open_reader, open_writer
from ingest.store.doctor import examine
from ingest.store.migrations import MIGRATIONS, SCHEMA, migrate
from tests.conftest import migrated_or_copied

#: After the day on which the samples were made.
MADE = datetime(2026, 12, 1, tzinfo=UTC)
SAMPLES = sorted((Path(__file__).parent / "schemas").glob("*.db.gz"))
#: What a database file says of itself beside its schema.
SETTINGS = ("application_id", "user_version", "auto_vacuum", "journal_mode", "page_size", "encoding")
#: What a migration writes anew, as (table, column or None for the whole table, the schema that does).
WRITTEN_ANEW = (
    ("claims", None, 3),  # those of before may speak of publishers as they were
    ("feeds", "host", 8),
    ("articles", "identity", 6),
    ("hosts", None, 8),
)


def schema_of(path: Path) -> list[tuple[str, ...]]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_stat%' ORDER BY 1, 2"
        ).fetchall()


def unpacked(sample: Path, folder: Path) -> tuple[Path, int]:
    path = folder / "newsroom.db"
    path.write_bytes(gzip.decompress(sample.read_bytes()))
    return path, int(sample.name[:2])


def kept_rows(path: Path, schema: int) -> Iterator[tuple[str, list[str], list[tuple[object, ...]]]]:
    """Each table with the columns that no later migration writes anew, and their rows."""
    anew = {(table, column) for table, column, since in WRITTEN_ANEW if schema < since}
    with contextlib.closing(sqlite3.connect(path)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            if table.startswith(("articles_fts", "sqlite_")) or (table, None) in anew:
                continue
            columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            columns = [column for column in columns if (table, column) not in anew]
            yield table, columns, rows_of(connection, table, columns)


def rows_of(connection: sqlite3.Connection, table: str, columns: list[str]) -> list[tuple[object, ...]]:
    rows = connection.execute(f"SELECT {', '.join(columns)} FROM {table}")
    return sorted((tuple(row) for row in rows), key=repr)


def test_there_is_a_sample_of_every_schema_before_this_one() -> None:
    assert [int(path.name[:2]) for path in SAMPLES] == list(range(1, SCHEMA))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name[:2])
def test_a_database_of_an_older_schema_becomes_like_a_fresh_one_and_loses_nothing(sample: Path, tmp_path: Path) -> None:
    path, schema = unpacked(sample, tmp_path)
    before = list(kept_rows(path, schema))
    assert sum(len(rows) for _, _, rows in before) > 100
    with open_writer(tmp_path / "fresh.db", for_command="test"), open_writer(path, for_command="test") as store:
        for table, columns, rows in before:
            assert rows_of(store.connection, table, columns) == rows, table
        found = [each for each in examine(store.connection, path, MADE, CHECKS) if each.level != "ok"]
    assert found == []
    assert schema_of(path) == schema_of(tmp_path / "fresh.db")
    copy = path.with_name(f"newsroom.db.schema-{schema}.bak")
    assert list(kept_rows(copy, schema)) == before


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name[:2])
def test_a_migration_makes_what_it_made_when_its_schema_was_written(sample: Path, tmp_path: Path) -> None:
    path, schema = unpacked(sample, tmp_path)
    again = tmp_path / "again.db"
    with contextlib.closing(sqlite3.connect(again, isolation_level=None)) as connection:
        migrate(connection, again, MIGRATIONS[:schema])
    assert schema_of(again) == schema_of(path)


def test_the_copy_that_other_tests_begin_with_is_what_the_migrations_make(tmp_path: Path) -> None:
    made = []
    for name, begin in (("migrated.db", migrate), ("copied.db", migrated_or_copied)):
        with contextlib.closing(sqlite3.connect(tmp_path / name, isolation_level=None)) as connection:
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("PRAGMA journal_mode = WAL")
            assert begin(connection, tmp_path / name) == SCHEMA
            settings = [connection.execute(f"PRAGMA {setting}").fetchone() for setting in SETTINGS]
            made.append((list(connection.iterdump()), settings))
    assert made[0] == made[1]


def test_readers_say_of_an_older_database_what_upgrades_it(tmp_path: Path) -> None:
    path, _ = unpacked(SAMPLES[0], tmp_path)
    with pytest.raises(StoreError, match=r"schema 1 was written by an older samewire; `samewire poll` or"):
        open_reader(path)


def test_an_upgrade_for_which_there_is_no_room_is_not_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, schema = unpacked(SAMPLES[0], tmp_path)
    before = path.read_bytes()

    def full(_folder: Path) -> object:
        return type("Usage", (), {"free": 1000})()

    monkeypatch.setattr(backup.shutil, "disk_usage", full)
    with pytest.raises(StoreError, match=r"the upgrade from schema 1 to \d+, a copy included, needs about"):
        open_writer(path, for_command="test")
    with contextlib.closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] == schema
    assert len(path.read_bytes()) == len(before)
    assert not list(tmp_path.glob("*.bak*"))
