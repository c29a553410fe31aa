"""What an operator asks of the database: queues, arrears, sizes and marks. Each question is answered from an index."""

from __future__ import annotations

import os
import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ingest.store.migrations import version_of
from ingest.store.times import from_text, optional_time, to_text

_DAY = timedelta(days=1)

#: Ids are given once and never again, so that the last one given is how many there ever were.
_EVER = "SELECT name, seq FROM sqlite_sequence WHERE name IN ('polls', 'entries', 'articles', 'stories', 'journal')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Queues:
    """What waits, as of now."""

    feeds_due: int
    overdue_s: float  # of the active feed that waits longest; 0 where none is due
    pages_due: int
    pages_waiting: int  # those included whose time has not come
    to_match: int
    corrections: int
    alerts: int  # not yet in a message
    messages: int  # with alerts, not yet taken

    @property
    def backlog(self) -> int:
        """Articles whose page or place is outstanding now."""
        return self.pages_due + self.to_match


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Bytes of the database's files, and what is free where they lie."""

    database: int
    wal: int
    free: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The newsroom as monitoring wants it."""

    schema: int
    feeds: dict[str, int]  # by status
    failing: int
    quarantined: int
    paused_hosts: int
    subscriptions: dict[str, int]  # by status
    ever: dict[str, int]  # see `ever`
    merged: int
    caps: dict[str, int]
    queues: Queues
    sizes: Sizes
    deliveries: dict[str, int]  # of the last 24 hours' digests, by status
    digest_at: datetime | None  # when a digest was built last


def figures(connection: sqlite3.Connection, path: Path, now: datetime) -> Figures:
    """Everything at once. path: the database's file."""
    at = to_text(now)
    return Figures(
        schema=version_of(connection),
        feeds=_pairs(connection, "SELECT status, count(*) FROM feeds GROUP BY status"),
        failing=_count(
            connection,
            "SELECT count(*) FROM feeds WHERE status = 'active' AND failures > 0 AND coalesce(stale_until_at, '') <= ?",
            at,
        ),
        quarantined=_count(connection, "SELECT count(*) FROM quarantine WHERE stops > 1"),
        paused_hosts=_count(connection, "SELECT count(*) FROM hosts WHERE paused_until > ?", at),
        subscriptions=_pairs(connection, "SELECT status, count(*) FROM subscriptions GROUP BY status"),
        ever=ever(connection),
        merged=_count(connection, "SELECT count(*) FROM stories WHERE merged_into IS NOT NULL"),
        caps=_pairs(connection, "SELECT name, bitten FROM caps ORDER BY name LIMIT 100"),
        queues=queues(connection, now),
        sizes=sizes(path),
        deliveries=_pairs(
            connection,
            "SELECT status, count(*) FROM deliveries WHERE day >= ? GROUP BY status",
            (now - _DAY).date().isoformat(),
        ),
        digest_at=optional_time(connection.execute("SELECT max(built_at) FROM digests").fetchone()[0]),
    )


def ever(connection: sqlite3.Connection) -> dict[str, int]:
    """How many polls, entries, articles, stories and lines in the journal this database ever had."""
    return _pairs(connection, _EVER)


def failures(connection: sqlite3.Connection, since: datetime) -> dict[str, int]:
    """Why polls failed since then: the eight most frequent reasons, with how often."""
    return _pairs(
        connection,
        "SELECT coalesce(reason, outcome), count(*) AS times FROM polls WHERE started_at >= ? "
        "AND outcome IN ('error', 'refused') GROUP BY 1 ORDER BY times DESC, 1 LIMIT 8",
        to_text(since),
    )


def queues(connection: sqlite3.Connection, now: datetime) -> Queues:
    """What waits for somebody to do it."""
    at = to_text(now)
    due, oldest = connection.execute(
        "SELECT count(*), min(next_at) FROM feeds WHERE status = 'active' AND next_at <= ?", [at]
    ).fetchone()
    return Queues(
        feeds_due=due,
        overdue_s=max(0.0, (now - from_text(oldest)).total_seconds()) if oldest else 0.0,
        pages_due=_count(connection, "SELECT count(*) FROM articles WHERE next_fetch_at <= ?", at),
        pages_waiting=_count(connection, "SELECT count(*) FROM articles WHERE next_fetch_at IS NOT NULL"),
        to_match=_count(
            connection, "SELECT count(*) FROM articles WHERE matched_hash IS NULL OR matched_hash <> content_hash"
        ),
        corrections=_count(connection, "SELECT count(*) FROM constraints WHERE applied_at IS NULL"),
        alerts=_count(connection, "SELECT count(*) FROM alert_targets WHERE message_id IS NULL"),
        messages=_count(connection, "SELECT count(*) FROM alert_messages WHERE status IN ('pending', 'later')"),
    )


def sizes(path: Path) -> Sizes:
    """How large the files are. Raises OSError where the folder is not there."""
    space = os.statvfs(path.parent)
    return Sizes(
        database=_bytes(path), wal=_bytes(path.with_name(path.name + "-wal")), free=space.f_bavail * space.f_frsize
    )


def _bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _count(connection: sqlite3.Connection, sql: str, *values: object) -> int:
    return int(connection.execute(sql, values).fetchone()[0] or 0)


def _pairs(connection: sqlite3.Connection, sql: str, *values: object) -> dict[str, int]:
    return {row[0]: row[1] for row in connection.execute(sql, values)}
