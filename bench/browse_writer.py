"""Writes stories into a newsroom as fast as it can for some seconds: the writer beside which `bench.browse` reads."""

from __future__ import annotations

import sqlite3
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from bench.newsroom_fill import Words, append
from ingest.store.connection import open_writer


def main() -> None:
    """Write; print how many transactions were written and how many failed."""
    path, seconds = Path(sys.argv[1]), float(sys.argv[2])
    written, failed, words = 0, 0, Words(int(time.time()))
    with closing(open_writer(path, for_command="bench")) as store:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                append(store.connection, words, datetime.now(UTC))
                written += 1
            except sqlite3.Error as exc:
                failed += 1
                print(f"{type(exc).__name__}: {exc}", file=sys.stderr)
                if store.connection.in_transaction:
                    store.connection.rollback()
    print(f"{written} stories written, {failed} errors")


if __name__ == "__main__":
    main()
