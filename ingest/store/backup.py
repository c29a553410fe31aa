"""Copies of the database while it is in use."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from ingest.errors import DatabaseDamaged, StoreError

Progress = Callable[[str, int, int], None]

_PAGES = 2000  # copied between two words of progress
#: What stands beside a database in use.
SIDE_FILES = ("-wal", "-shm")


def copy_state(source: sqlite3.Connection, target: Path, progress: Progress | None = None) -> None:
    """Copy one state of a database into a file, whatever others write meanwhile; on the disk when it returns.

    source: not in a transaction, or in one that has read already, whose state is then copied. The file is made or
    overwritten. Without a transaction of its own a copy would begin anew at each change, and never end under a writer.
    """

    def tell(_status: int, left: int, total: int) -> None:
        if progress is not None:
            progress("copying", total - left, total)

    own = not source.in_transaction
    if own:
        source.execute("BEGIN")
        source.execute("SELECT 1 FROM sqlite_master").fetchone()  # from here on it sees one state
    try:
        with closing(sqlite3.connect(target, isolation_level=None)) as copy:
            copy.execute("PRAGMA synchronous = OFF")  # it is synced as a whole below
            source.backup(copy, pages=_PAGES, progress=tell)
            copy.execute("PRAGMA journal_mode = DELETE").fetchall()
        sync(target)
    finally:
        if own:
            source.execute("ROLLBACK")


def copy_beside(source: sqlite3.Connection, target: Path, progress: Progress | None = None) -> None:
    """The same under a name that appears only when the copy is whole; one that is there already is replaced."""
    partial = target.with_name(target.name + ".part")
    remove(partial)
    try:
        copy_state(source, partial, progress)
        partial.replace(target)
        sync(target.parent)
    except OSError as exc:
        raise StoreError(f"{target}: {exc.strerror}; a copy needs as much room as the database") from exc
    finally:
        remove(partial)


def back_up(source: sqlite3.Connection, target: Path, progress: Progress | None = None) -> int:
    """Copy a database to a new file, which gets its name when SQLite has found the copy sound. Returns its bytes.

    Raises StoreError where there is such a file, no such folder, no room; DatabaseDamaged when the copy is not sound.
    """
    if target.exists():
        raise StoreError(f"{target}: is there already; name a new file")
    if not target.parent.is_dir():
        raise StoreError(f"{target}: there is no folder {target.parent}")
    partial = target.with_name(target.name + ".part")
    remove(partial)
    try:
        copy_state(source, partial, progress)
        with closing(sqlite3.connect(partial)) as copy:
            found = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if found != "ok":
            raise DatabaseDamaged(f"{target}: the copy is not sound ({found}); the database needs a look")
        partial.rename(target)
        sync(target.parent)
    except (OSError, sqlite3.OperationalError) as exc:
        raise StoreError(f"{target}: {exc}") from exc
    finally:
        remove(partial)
    return target.stat().st_size


def need_room(folder: Path, size: int, what: str) -> None:
    """Refuse to begin what would fill the disk. Raises StoreError."""
    if (free := shutil.disk_usage(folder).free) < size:
        raise StoreError(
            f"{folder}: {what} needs about {size / 1e9:.1f} GB there and {free / 1e9:.1f} GB are free; make room first"
        )


def remove(path: Path) -> None:
    """Delete a database with what stands beside it, if it is there."""
    for suffix in ("", "-journal", *SIDE_FILES):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Have a file, or the names in a folder, on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
