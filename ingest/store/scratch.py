"""A copy of the database to try something on: the original is only read, and the copy is gone afterwards."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from ingest.errors import NotFound, StoreError
from ingest.store.backup import copy_state
from ingest.store.connection import BUSY_TIMEOUT_MS, Store, open_writer
from ingest.store.migrations import check_version


@contextmanager
def scratch_copy(path: Path, *, for_command: str, progress: Callable[[str, int, int], None]) -> Iterator[Store]:
    """The database as it is at this moment, in a file of its own and brought to this version's schema, for writing.

    It stands in the system's folder for temporary files (TMPDIR) and needs as much room as the database. Works beside a
    running daemon, and on a database of an older samewire that nothing has upgraded yet. Raises NotFound, StoreError,
    NewerDatabase, DatabaseDamaged.
    """
    try:
        with tempfile.TemporaryDirectory(prefix="samewire-", ignore_cleanup_errors=True) as folder:
            copy = Path(folder) / "copy.db"
            _copy(path, copy, progress)
            with open_writer(copy, for_command=for_command) as store:
                store.connection.execute("PRAGMA synchronous = OFF")  # nobody will miss it
                yield store
    except (OSError, sqlite3.OperationalError) as exc:
        raise StoreError(f"{path}: no copy to try this on: {exc}; TMPDIR may name a folder with more room") from exc


def _copy(path: Path, target: Path, progress: Callable[[str, int, int], None]) -> None:
    """Copy one state of the database, whatever a daemon writes meanwhile."""
    if not path.exists():
        raise NotFound(f"{path}: no database yet; `samewire poll` or `samewire run` makes it")
    with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, isolation_level=None)) as source:
        source.execute("PRAGMA query_only = 1")
        source.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        if not check_version(source, path):
            raise NotFound(f"{path}: no database yet; `samewire poll` or `samewire run` makes it")
        copy_state(source, target, progress)
