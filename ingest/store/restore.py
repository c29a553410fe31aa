"""Putting a backup back: at each moment the database's name leads to a whole one."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

from ingest.errors import DatabaseDamaged, NotFound, StoreError
from ingest.store.backup import SIDE_FILES, Progress, copy_state, remove, sync
from ingest.store.migrations import check_version


def check_backup(backup: Path) -> int:
    """The schema of a backup that is whole and ours. Raises NotFound, StoreError, NewerDatabase, DatabaseDamaged."""
    if not backup.is_file():
        raise NotFound(f"{backup}: no such file; name one that `samewire backup` made")
    try:
        with closing(sqlite3.connect(f"file:{quote(str(backup))}?mode=ro", uri=True)) as connection:
            version = check_version(connection, backup)
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
    except (sqlite3.DatabaseError, DatabaseDamaged) as exc:
        raise DatabaseDamaged(f"{backup}: not a sound database ({exc}); take an older backup") from exc
    if not version:
        raise StoreError(f"{backup}: holds no database; name a file that `samewire backup` made")
    if found != "ok":
        raise DatabaseDamaged(f"{backup}: not a sound database ({found}); take an older backup")
    return version


def put_back(backup: Path, path: Path, now: datetime, progress: Progress | None = None) -> Path | None:
    """Make a checked backup the database; what was there is kept beside it. Returns where, None where nothing was.

    The caller holds the writer's lock. At each moment the path names a whole database, the old one or the new.
    """
    fresh = path.with_name(path.name + ".restoring")
    remove(fresh)
    with closing(sqlite3.connect(f"file:{quote(str(backup))}?mode=ro", uri=True, isolation_level=None)) as source:
        copy_state(source, fresh, progress)
    kept = None
    if path.exists():
        with suppress(sqlite3.Error), closing(sqlite3.connect(path, isolation_level=None)) as old:
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()  # so that the file alone is all of it
        kept = path.with_name(f"{path.name}.before-restore-{now:%Y%m%dT%H%M%SZ}")
        os.link(path, kept)
        for suffix in SIDE_FILES:  # of a file that no checkpoint took in, they are part of it
            with suppress(FileNotFoundError):
                path.with_name(path.name + suffix).rename(kept.with_name(kept.name + suffix))
    fresh.replace(path)
    sync(path.parent)
    return kept
