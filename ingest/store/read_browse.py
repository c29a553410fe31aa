"""How a page's connection is kept: it cannot write, waits for the writer, and sees one state for a whole page."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from ingest.store.connection import BUSY_TIMEOUT_MS


def guard(connection: sqlite3.Connection) -> None:
    """Make a connection unable to write, whatever is asked of it, and patient with the writer."""
    connection.execute("PRAGMA query_only = 1")
    connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")


@contextmanager
def snapshot(connection: sqlite3.Connection) -> Iterator[None]:
    """Hold one state of the database for several questions, so that a page never mixes two moments."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.rollback()
