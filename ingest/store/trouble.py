"""Tells what is wrong with the disk or the file from what is wrong with a statement, and says what to do about it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.errors import StoreError

#: By SQLite's primary result code: what a person may do. None of these is the fault of a feed, a page or a text.
_ADVICE = {
    sqlite3.SQLITE_FULL: "make room on its disk",
    sqlite3.SQLITE_IOERR: "look at its disk: it may be full, over a quota, or failing",
    sqlite3.SQLITE_READONLY: "make the file and its folder writable",
    sqlite3.SQLITE_CANTOPEN: "see that its folder is there and writable, and that enough files may be open",
    sqlite3.SQLITE_BUSY: "another program holds it; it goes on when that one lets go",
    sqlite3.SQLITE_LOCKED: "another connection holds it; it goes on when that one lets go",
    sqlite3.SQLITE_PROTOCOL: "another program holds it; it goes on when that one lets go",
    sqlite3.SQLITE_NOMEM: "this machine has no memory left",
    sqlite3.SQLITE_PERM: "make the file readable and writable",
    sqlite3.SQLITE_CORRUPT: "it is left as it is: stop samewire and restore a backup",
    sqlite3.SQLITE_NOTADB: "it is left as it is: stop samewire and restore a backup",
}


def is_trouble(exc: BaseException) -> bool:
    """Whether an error comes from the database's surroundings: the same statement may do at another time."""
    return isinstance(exc, sqlite3.Error) and _code(exc) in _ADVICE


def told(path: Path | str, exc: sqlite3.Error) -> str:
    """One line for a person: the file, what SQLite says, and what to do."""
    return f"{path}: {exc}; {_ADVICE.get(_code(exc), 'what was committed before is not lost')}"


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Raises StoreError for what is the file's or its disk's trouble, and lets everything else through."""
    try:
        yield
    except sqlite3.Error as exc:
        if is_trouble(exc):
            raise StoreError(told(path, exc)) from exc
        raise


def _code(exc: sqlite3.Error) -> int:
    return getattr(exc, "sqlite_errorcode", 0) & 0xFF
