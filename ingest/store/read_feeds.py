"""How feeds are doing, a page at a time, and what newsrooms' monitors ask."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.store.sql import id_list
from ingest.store.times import from_text, optional_time, to_text

#: The sparkline: so many points, each of so much time.
POINTS, POINT = 28, timedelta(hours=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLine:
    """A feed on the page of feeds; `news` is what came in each stretch of time, the oldest first."""

    id: int
    title: str
    url: str
    publisher: str
    publisher_id: int
    status: str
    last_poll_at: datetime | None
    last_success_at: datetime | None
    last_change_at: datetime | None
    next_at: datetime
    failures: int
    reason: str | None
    detail: str
    overflows: int
    overflow_at: datetime | None
    news: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """Whether the newsroom is alive: when it last did what it is there for, and what waits."""

    last_poll_at: datetime | None
    last_article_at: datetime | None
    failing_feeds: int
    due_feeds: int  # whose time came a quarter of an hour ago or more
    active_feeds: int
    to_match: int
    corrections_waiting: int


def feed_lines(
    connection: sqlite3.Connection, *, now: datetime, limit: int, offset: int = 0, tag: str = "", failing: bool = False
) -> tuple[FeedLine, ...]:
    """Feeds with their sparklines, those that failed most first, then by publisher."""
    conditions, values = ["f.status <> 'removed'"], list[object]()
    if tag:
        conditions.append("f.publisher_id IN (SELECT publisher_id FROM publisher_tags WHERE tag = ?)")
        values.append(tag)
    if failing:
        conditions.append("(f.failures > 0 OR f.status = 'gone')")
    rows = connection.execute(
        "SELECT f.*, p.name AS publisher FROM feeds f JOIN publishers p ON p.id = f.publisher_id "
        f"WHERE {' AND '.join(conditions)} "
        "ORDER BY f.status <> 'active', f.failures DESC, p.name, f.url LIMIT ? OFFSET ?",
        [*values, limit, offset],
    ).fetchall()
    news = _news(connection, [row["id"] for row in rows], now)
    return tuple(_line(row, news.get(row["id"], (0,) * POINTS)) for row in rows)


def pulse(connection: sqlite3.Connection, now: datetime) -> Pulse:
    """The newsroom's pulse as of now."""
    row = connection.execute(
        "SELECT (SELECT max(started_at) FROM polls) AS last_poll_at, "
        "(SELECT max(first_seen_at) FROM articles) AS last_article_at, "
        "(SELECT count(*) FROM feeds WHERE status = 'active' AND failures > 0) AS failing_feeds, "
        "(SELECT count(*) FROM feeds WHERE status = 'active' AND next_at <= ?) AS due_feeds, "
        "(SELECT count(*) FROM feeds WHERE status = 'active') AS active_feeds, "
        "(SELECT count(*) FROM articles WHERE matched_hash IS NULL OR matched_hash <> content_hash) AS to_match, "
        "(SELECT count(*) FROM constraints WHERE applied_at IS NULL) AS corrections_waiting",
        [to_text(now - timedelta(minutes=15))],
    ).fetchone()
    return Pulse(
        last_poll_at=optional_time(row["last_poll_at"]),
        last_article_at=optional_time(row["last_article_at"]),
        failing_feeds=row["failing_feeds"],
        due_feeds=row["due_feeds"],
        active_feeds=row["active_feeds"],
        to_match=row["to_match"],
        corrections_waiting=row["corrections_waiting"],
    )


def _news(connection: sqlite3.Connection, feeds: Sequence[int], now: datetime) -> dict[int, tuple[int, ...]]:
    """New entries of each feed by stretch of time."""
    since = now - POINT * POINTS
    counts: dict[int, list[int]] = {}
    rows = connection.execute(
        "SELECT feed_id, CAST((julianday(started_at) - julianday(?2)) * 86400 / ?3 AS INTEGER) AS stretch, "
        "sum(new_entries) AS news FROM polls WHERE feed_id IN (SELECT value FROM json_each(?1)) AND started_at >= ?2 "
        "AND outcome = 'ok' GROUP BY feed_id, stretch",
        [id_list(feeds), to_text(since), POINT.total_seconds()],
    )
    for row in rows:
        counts.setdefault(row["feed_id"], [0] * POINTS)[min(POINTS - 1, max(0, row["stretch"]))] += row["news"]
    return {feed: tuple(points) for feed, points in counts.items()}


def _line(row: sqlite3.Row, news: tuple[int, ...]) -> FeedLine:
    return FeedLine(
        id=row["id"],
        title=row["title"] or row["url"],
        url=row["url"],
        publisher=row["publisher"],
        publisher_id=row["publisher_id"],
        status=row["status"],
        last_poll_at=optional_time(row["last_poll_at"]),
        last_success_at=optional_time(row["last_success_at"]),
        last_change_at=optional_time(row["last_change_at"]),
        next_at=from_text(row["next_at"]),
        failures=row["failures"],
        reason=row["last_reason"],
        detail=row["last_detail"] or "",
        overflows=row["overflows"],
        overflow_at=optional_time(row["overflow_at"]),
        news=news,
    )
