"""Opening the database: who may, in which schema, and what happens to a file that is not ours."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.errors import DatabaseBusy, DatabaseDamaged, NewerDatabase, NotFound, StoreError
from ingest.store.connection import open_for_notes, open_reader, open_writer
from ingest.store.migrations import APPLICATION_ID, MIGRATIONS, SCHEMA, migrate
from tests.store.conftest import Desk


def plain(path: Path) -> contextlib.closing[sqlite3.Connection]:
    return contextlib.closing(sqlite3.connect(path, isolation_level=None))


def schema_of(path: Path) -> list[tuple[str, ...]]:
    with plain(path) as connection:
        return connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2").fetchall()


def test_a_fresh_database_gets_the_schema_in_wal_with_foreign_keys(desk: Desk) -> None:
    assert desk.one("PRAGMA user_version") == SCHEMA
    assert desk.one("PRAGMA application_id") == APPLICATION_ID
    assert desk.one("PRAGMA journal_mode") == "wal"
    assert desk.one("PRAGMA foreign_keys") == 1
    assert desk.is_sound()
    with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
        desk.store.connection.execute("INSERT INTO hits (watch_id, article_id, at) VALUES (1, 1, '')")


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "folder" / "newsroom.db"
    open_writer(path, for_command="test").close()
    before = schema_of(path)
    open_writer(path, for_command="test").close()
    assert schema_of(path) == before
    assert [p.name for p in path.parent.iterdir() if p.suffix == ".bak"] == []


@pytest.mark.parametrize("opened", [open_for_notes, open_reader, lambda path: open_writer(path, for_command="t")])
def test_a_database_of_a_newer_samewire_is_refused_and_left_as_it_is(tmp_path: Path, opened) -> None:
    path = tmp_path / "newsroom.db"
    open_writer(path, for_command="test").close()
    with plain(path) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute(f"PRAGMA user_version = {SCHEMA + 1}")
    before = path.read_bytes()
    with pytest.raises(NewerDatabase) as caught:
        opened(path)
    assert str(caught.value) == (
        f"{path}: schema {SCHEMA + 1} was written by a newer samewire; this one knows {SCHEMA}: upgrade it"
    )
    assert path.read_bytes() == before


@pytest.mark.parametrize("opened", [open_for_notes, open_reader, lambda path: open_writer(path, for_command="t")])
def test_somebody_elses_database_is_refused_and_left_as_it_is(tmp_path: Path, opened) -> None:
    path = tmp_path / "bookmarks.db"
    with plain(path) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="not made by samewire"):
        opened(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("opened", [open_for_notes, open_reader, lambda path: open_writer(path, for_command="t")])
@pytest.mark.parametrize("content", [b"not a database at all " * 100, os.urandom(8192)], ids=["text", "noise"])
def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path: Path, opened, content: bytes) -> None:
    path = tmp_path / "newsroom.db"
    path.write_bytes(content)
    with pytest.raises(DatabaseDamaged, match="it is left as it is"):
        opened(path)
    assert path.read_bytes() == content


def test_where_there_is_no_database_a_reader_says_what_makes_one(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no database yet"):
        open_reader(tmp_path / "newsroom.db")
    (tmp_path / "empty.db").touch()
    with pytest.raises(NotFound, match="no database yet"):
        open_reader(tmp_path / "empty.db")
    open_for_notes(tmp_path / "new.db").close()
    open_reader(tmp_path / "new.db").close()


def m0002_planted(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE feeds ADD COLUMN planted TEXT")
    connection.execute("UPDATE feeds SET planted = 'yes'")


def m0003_fails(connection: sqlite3.Connection) -> None:
    connection.execute("DROP TABLE members")
    connection.execute("CREATE TABLE half_way (id INTEGER)")
    raise RuntimeError("planted")


def test_an_older_database_is_backed_up_and_migrated(desk: Desk) -> None:
    desk.feed()
    before = desk.rows("SELECT * FROM feeds")
    steps = (*MIGRATIONS, m0002_planted)
    assert migrate(desk.store.connection, desk.path, steps) == SCHEMA + 1
    assert desk.rows("SELECT * FROM feeds") == [{**before[0], "planted": "yes"}]
    with plain(desk.path.with_name(f"newsroom.db.schema-{SCHEMA}.bak")) as backup:
        assert backup.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert backup.execute("PRAGMA user_version").fetchone() == (SCHEMA,)
        assert backup.execute("SELECT url FROM feeds").fetchall() == [(before[0]["url"],)]


def test_a_migration_that_fails_midway_leaves_everything_as_it_was(desk: Desk) -> None:
    desk.article("Ferry", "The ferry sails.")
    before, dump = schema_of(desk.path), list(desk.store.connection.iterdump())
    with pytest.raises(RuntimeError, match="planted"):
        migrate(desk.store.connection, desk.path, (*MIGRATIONS, m0002_planted, m0003_fails))
    assert schema_of(desk.path) == before
    assert list(desk.store.connection.iterdump()) == dump
    assert desk.one("PRAGMA user_version") == SCHEMA
    assert desk.is_sound()


def test_an_interrupted_creation_leaves_an_empty_file_that_the_next_start_takes(tmp_path: Path) -> None:
    path = tmp_path / "newsroom.db"
    with plain(path) as connection, pytest.raises(RuntimeError, match="planted"):
        migrate(connection, path, (*MIGRATIONS, m0003_fails))
    assert schema_of(path) == []
    open_writer(path, for_command="test").close()
    assert len(schema_of(path)) > 20


def test_an_older_database_is_told_to_readers_and_migrated_for_notes(tmp_path: Path) -> None:
    """An empty schema 0 of ours stands for the older one, until there are two schemas."""
    path = tmp_path / "newsroom.db"
    path.touch()
    open_for_notes(path).close()
    with contextlib.closing(open_reader(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone()[0] == SCHEMA


def test_a_second_writer_is_refused_with_the_name_of_the_first(desk: Desk) -> None:
    with pytest.raises(DatabaseBusy) as caught:
        open_writer(desk.path, for_command="samewire poll")
    assert str(caught.value) == (
        f"{desk.path}: in use by test (process {os.getpid()}); stop it, or name another file in database.path"
    )


def test_the_lock_goes_with_the_process_however_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "newsroom.db"
    code = (
        "import sys, time; from pathlib import Path; from ingest.store.connection import open_writer\n"
        "store = open_writer(Path(sys.argv[1]), for_command='samewire run'); print('open', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"open\n"
        with pytest.raises(DatabaseBusy, match=rf"samewire run \(process {process.pid}\)"):
            open_writer(path, for_command="test")
        process.kill()
        process.wait()
    with open_writer(path, for_command="test") as store:
        assert store.connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_readers_and_notes_work_beside_the_writer(desk: Desk) -> None:
    with desk.store.transaction():
        desk.feed()
        with contextlib.closing(open_reader(desk.path)) as reader:
            assert reader.execute("SELECT count(*) FROM feeds").fetchone()[0] == 0
    with contextlib.closing(open_reader(desk.path)) as reader, open_for_notes(desk.path) as notes:
        assert reader.execute("SELECT count(*) FROM feeds").fetchone()[0] == 1
        with notes.transaction():
            notes.connection.execute("DELETE FROM feeds")
    assert desk.one("SELECT count(*) FROM feeds") == 0


def test_a_reader_cannot_write(desk: Desk) -> None:
    with contextlib.closing(open_reader(desk.path)) as reader:
        for statement in ("DELETE FROM feeds", "CREATE TABLE t (x)", "PRAGMA user_version = 9"):
            with pytest.raises(sqlite3.OperationalError, match="readonly"):
                reader.execute(statement)


def test_an_error_inside_a_transaction_rolls_all_of_it_back(desk: Desk) -> None:
    with pytest.raises(KeyError), desk.store.transaction():
        desk.feed("https://one.example/feed")
        with desk.store.transaction():
            desk.feed("https://two.example/feed")
        raise KeyError
    assert desk.rows("SELECT * FROM feeds") == desk.rows("SELECT * FROM publishers") == []
    desk.feed()
    assert desk.one("SELECT count(*) FROM feeds") == 1


@pytest.mark.parametrize("table", ["feeds", "articles", "stories", "entries", "polls", "publishers", "journal",
                                   "constraints", "revisions", "watches"])  # fmt: skip
def test_ids_are_never_used_again(desk: Desk, table: str) -> None:
    (sql,) = (row["sql"] for row in desk.rows("SELECT sql FROM sqlite_master WHERE name = ?", table))
    assert "INTEGER PRIMARY KEY AUTOINCREMENT" in sql


def test_the_id_of_a_deleted_row_stays_free(desk: Desk) -> None:
    first = desk.feed("https://one.example/feed").id
    desk.store.connection.execute("DELETE FROM feeds")
    assert desk.feed("https://two.example/feed").id > first


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match=r"name another file in database\.path"):
        open_writer(tmp_path / "file" / "newsroom.db", for_command="test")
