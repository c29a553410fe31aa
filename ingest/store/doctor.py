"""What is wrong in a database, in plain words, and what can be mended without losing a member of a story."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ingest.store.connection import Store
from ingest.store.journal import note

#: Subjects of a finding that are named; the rest are counted.
SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a check may look at."""

    connection: sqlite3.Connection
    path: Path
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that must hold. `find` names what breaks it; `mend` mends all of that, in the caller's transaction."""

    name: str
    holds: str  # the sentence that is true of a sound database
    broken: str  # what it means where it is not
    find: Callable[[Look], list[str]]
    cure: str  # what --mend does, or what a person can do
    mend: Callable[[Store, Look], None] | None = None
    level: str = "error"  # or warning: worth knowing, and nothing is lost by it
    outside: bool = False  # mending happens outside a transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a check gave."""

    check: str
    level: str  # ok, warning or error
    text: str
    count: int = 0
    subjects: tuple[str, ...] = ()
    cure: str = ""
    can_be_mended: bool = False


def examine(connection: sqlite3.Connection, path: Path, now: datetime, checks: tuple[Check, ...]) -> Iterator[Finding]:
    """Make every check, one after the other. Reads only."""
    look = Look(connection=connection, path=path, now=now)
    for check in checks:
        yield _finding(check, look)


def mend(store: Store, path: Path, now: datetime, checks: tuple[Check, ...]) -> Iterator[tuple[Check, Finding]]:
    """Mend what the checks find and can mend, each check in one transaction with its line in the journal.

    Yields each check that was mended, with what it had found. The caller has taken a copy of the database.
    """
    look = Look(connection=store.connection, path=path, now=now)
    for check in checks:
        found = _finding(check, look)
        if found.level == "ok" or check.mend is None:
            continue
        if check.outside:
            check.mend(store, look)
        with store.transaction():
            if not check.outside:
                check.mend(store, look)
            what = f"{check.name}: {found.count} found; {check.cure}"
            note(store, now, "samewire", "mended", what)
        yield check, found


def _finding(check: Check, look: Look) -> Finding:
    try:
        subjects = check.find(look)
    except sqlite3.DatabaseError as exc:
        return Finding(
            check=check.name, level="error", count=1, text=f"SQLite cannot look: {exc}",
            cure="restore a backup: `samewire restore FILE`",
        )  # fmt: skip
    if not subjects:
        return Finding(check=check.name, level="ok", text=check.holds)
    return Finding(
        check=check.name,
        level=check.level,
        text=check.broken,
        count=len(subjects),
        subjects=tuple(subjects[:SHOWN]),
        cure=check.cure,
        can_be_mended=check.mend is not None,
    )
