"""Open the database: one writer behind a file lock, any number of readers that can not write."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import IO, TYPE_CHECKING
from urllib.parse import quote

from ingest.errors import DatabaseBusy, NotFound, StoreError
from ingest.store.migrations import SCHEMA, check_version, migrate, version_of
from ingest.store.trouble import told

if TYPE_CHECKING:
    from sqlite_utils import Database

BUSY_TIMEOUT_MS = 5000


class Store:
    """A connection for writing. `db` is the sqlite-utils door; every change happens inside `transaction()`."""

    def __init__(self, connection: sqlite3.Connection, lock: IO[str] | None) -> None:
        self.connection, self._lock = connection, lock
        # What the open transaction does before it is committed; None: none of `transaction()` is open.
        self._at_end: dict[Hashable, Callable[[], None]] | None = None

    @cached_property
    def db(self) -> Database:
        """The connection as sqlite-utils has it, which is loaded only now: readers do without it and its numpy."""
        from sqlite_utils import Database  # noqa: PLC0415 - half a second of processor time for `samewire status`

        return Database(self.connection, execute_plugins=False)

    @contextmanager
    def transaction(self) -> Iterator[Store]:
        """BEGIN IMMEDIATE .. COMMIT; a block inside a block is part of the outer one. Any error rolls all back."""
        if self.connection.in_transaction:
            yield self
            return
        self.connection.execute("BEGIN IMMEDIATE")
        self._at_end = {}
        try:
            yield self
            for work in self._at_end.values():
                work()
            self.connection.execute("COMMIT")
        except BaseException:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise
        finally:
            self._at_end = None

    def at_end(self, key: Hashable, work: Callable[[], None]) -> None:
        """Do something when the open transaction ends, before it is committed, in place of what was said of this key;
        at once where none is open.
        """
        if self._at_end is None:
            work()
        else:
            self._at_end[key] = work

    def planned(self, key: Hashable) -> Callable[[], None] | None:
        """What `at_end` was told to do under this key."""
        return None if self._at_end is None else self._at_end.get(key)

    @contextmanager
    def part(self) -> Iterator[Store]:
        """A part of a transaction that fails alone: an error takes back what the part wrote, and no more."""
        self.connection.execute("SAVEPOINT part")
        before = None if self._at_end is None else dict(self._at_end)
        try:
            yield self
        except BaseException:
            self._at_end = before
            if self.connection.in_transaction:  # some errors of SQLite end it
                self.connection.execute("ROLLBACK TO part")
                self.connection.execute("RELEASE part")
            raise
        self.connection.execute("RELEASE part")

    @contextmanager
    def durable(self) -> Iterator[Store]:
        """A transaction that is on the disk when it returns (synchronous=FULL): for the digest's ledger."""
        self.connection.execute("PRAGMA synchronous = FULL")
        try:
            with self.transaction():
                yield self
        finally:
            self.connection.execute("PRAGMA synchronous = NORMAL")

    def beat(self) -> None:
        """Show that this process can write: take SQLite's own lock for a moment, and stamp the lock file.

        Writes nothing. Raises sqlite3.OperationalError where another process keeps the database from being written.
        """
        with self.transaction():
            pass
        if self._lock:
            os.utime(self._lock.fileno())

    def close(self) -> None:
        """Close the connection and give the lock back."""
        with suppress(sqlite3.Error):
            self.connection.execute("PRAGMA optimize")
        self.connection.close()
        if self._lock:
            self._lock.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def open_writer(path: Path, *, for_command: str) -> Store:
    """Open the database as the one process that polls and matches, making or migrating it as needed.

    Raises DatabaseBusy while another process holds the lock; NewerDatabase; DatabaseDamaged; StoreError.
    """
    _make_folder(path)
    lock = _take_lock(path, for_command)
    try:
        connection = _connect(path)
        try:
            if connection.execute("PRAGMA page_count").fetchone()[0] == 0:
                # One that is there changes in `samewire prune --vacuum`; here each opening would write to it.
                connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute("PRAGMA journal_mode = WAL")
            migrate(connection, path)
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as exc:
        lock.close()
        raise StoreError(told(path, exc)) from exc
    except BaseException:
        lock.close()
        raise
    return Store(connection, lock)


@contextmanager
def writers_lock(path: Path, *, for_command: str) -> Iterator[None]:
    """Hold the writer's lock without opening the database. Raises DatabaseBusy, StoreError."""
    _make_folder(path)
    with _take_lock(path, for_command):
        yield


def open_for_notes(path: Path) -> Store:
    """Open the database beside a running daemon for a short write: feeds to add, a person's corrections.

    Raises StoreError, NewerDatabase, DatabaseDamaged. Makes the database when there is none, and migrates an older one.
    """
    if not path.exists():
        open_writer(path, for_command="samewire").close()
    connection = _connect(path)
    if version_of(connection) < SCHEMA:
        connection.close()
        open_writer(path, for_command="samewire").close()
        connection = _connect(path)
    return Store(connection, None)


def open_reader(path: Path) -> sqlite3.Connection:
    """A read-only connection. Raises NotFound when there is no database, and as `open_for_notes`."""
    if not path.exists():
        raise _no_database(path)
    connection = _connect_read_only(path)
    version = version_of(connection)
    if version == SCHEMA:
        return connection
    connection.close()
    if not version:  # an empty file, as another program or a crash at the very start leaves it
        raise _no_database(path)
    raise StoreError(
        f"{path}: schema {version} was written by an older samewire; `samewire poll` or `samewire run` upgrades it"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """When the writer last showed that it works, and who it was: "samewire run (process 7)"."""

    at: datetime
    holder: str


def last_beat(path: Path) -> Beat | None:
    """The last sign of life of whoever writes, or wrote, this database; None where nobody ever did."""
    name = path.with_name(path.name + "-lock")
    try:
        with name.open(encoding="utf-8", errors="replace") as lock:
            at = datetime.fromtimestamp(os.fstat(lock.fileno()).st_mtime, UTC)
            return Beat(at=at, holder=lock.read(200).strip() or "nobody")
    except OSError:
        return None


def _no_database(path: Path) -> NotFound:
    return NotFound(f"{path}: no database yet; `samewire poll` or `samewire run` makes it")


def _connect(path: Path) -> sqlite3.Connection:
    connection = _checked(path, mode="rwc")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def _connect_read_only(path: Path) -> sqlite3.Connection:
    connection = _checked(path, mode="ro")
    connection.execute("PRAGMA query_only = 1")
    return connection


def _checked(path: Path, *, mode: str) -> sqlite3.Connection:
    """A connection to a database that is ours and not newer than we are; any other stays as it is to the byte."""
    try:
        address = f"file:{quote(str(path))}?mode={mode}"
        connection = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
    except sqlite3.Error as exc:
        raise StoreError(f"{path}: {exc}") from exc
    connection.row_factory = sqlite3.Row
    try:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        check_version(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _make_folder(path: Path) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise StoreError(f"{path.parent}: cannot be made: {exc.strerror}; name another file in database.path") from exc


def _take_lock(path: Path, for_command: str) -> IO[str]:
    """An flock on PATH-lock, which dies with the process, so that no stale lock can be left."""
    name = path.with_name(path.name + "-lock")
    try:
        lock = name.open("a+", encoding="utf-8")
    except OSError as exc:
        raise StoreError(f"{name}: {exc.strerror}; the folder of database.path must be writable") from exc
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as exc:
        lock.seek(0)
        holder = lock.read(200).strip() or "another process"
        lock.close()
        raise DatabaseBusy(f"{path}: in use by {holder}; stop it, or name another file in database.path") from exc
    lock.seek(0)
    lock.truncate()
    lock.write(f"{for_command} (process {os.getpid()})")
    lock.flush()
    return lock
