"""What is due, oldest first, as little of each as is needed to see whose turn it is."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import NamedTuple, Protocol

from ingest.store.times import to_text


class Due(NamedTuple):
    """A feed or an article that is due: since when, which, and where it is asked for.

    url: of an article its page's, '' without one; of a feed its origin alone.
    """

    at: str
    id: int
    url: str


class Question(Protocol):
    """What `pages_due` and `feeds_due` are."""

    def __call__(
        self, connection: sqlite3.Connection, now: datetime, *, after: Due | None, limit: int
    ) -> tuple[Due, ...]: ...


#: Two steps for each date, or those that fell due in one second would all be passed by again on the way to the next.
_PAGES = """
SELECT next_fetch_at AS at, id, url FROM articles WHERE next_fetch_at = :at AND id > :id AND next_fetch_at <= :now
UNION ALL
SELECT next_fetch_at AS at, id, url FROM articles WHERE next_fetch_at > :at AND next_fetch_at <= :now
UNION ALL
SELECT recheck_at AS at, id, url FROM articles
WHERE recheck_at = :at AND id > :id AND recheck_at <= :now AND next_fetch_at IS NULL
UNION ALL
SELECT recheck_at AS at, id, url FROM articles WHERE recheck_at > :at AND recheck_at <= :now AND next_fetch_at IS NULL
ORDER BY at, id LIMIT :limit
"""
_FEEDS = """
SELECT next_at AS at, id, substr(url, 1, instr(url, '://') + 2) || host AS url FROM feeds
WHERE status = 'active' AND next_at = :at AND id > :id AND next_at <= :now
UNION ALL
SELECT next_at AS at, id, substr(url, 1, instr(url, '://') + 2) || host AS url FROM feeds
WHERE status = 'active' AND next_at > :at AND next_at <= :now
ORDER BY at, id LIMIT :limit
"""


def pages_due(connection: sqlite3.Connection, now: datetime, *, after: Due | None, limit: int) -> tuple[Due, ...]:
    """Articles whose next attempt is due, the longest waiting first, of those that come `after` this one."""
    return _rows(connection, _PAGES, now, after, limit)


def feeds_due(connection: sqlite3.Connection, now: datetime, *, after: Due | None, limit: int) -> tuple[Due, ...]:
    """Active feeds whose time has come, the longest waiting first, of those that come `after` this one."""
    return _rows(connection, _FEEDS, now, after, limit)


def _rows(connection: sqlite3.Connection, sql: str, now: datetime, after: Due | None, limit: int) -> tuple[Due, ...]:
    at, last_id = ("", 0) if after is None else after[:2]
    cursor = connection.cursor()
    cursor.row_factory = None
    cursor.execute(sql, {"now": to_text(now), "at": at, "id": last_id, "limit": limit})
    return tuple(map(Due._make, cursor))
