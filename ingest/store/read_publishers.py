"""A publisher's page: what it had first, what it took from whom and how much later, over its newest articles."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median_low

from ingest.model import ArticleId, FeedKind, PublisherId, Relation, StoryId
from ingest.store.times import from_text, optional_time, to_text

#: So far back a publisher's page looks, and so many of its articles at most.
WITHIN, NEWEST = timedelta(days=30), 3_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """A publisher family."""

    id: PublisherId
    name: str
    domain: str
    kind: FeedKind
    feeds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A story as this publisher carried it, by its earliest article in it; `lag` is None where it cannot be told."""

    story_id: StoryId
    title: str
    article_id: ArticleId
    article_title: str
    url: str
    at: datetime
    relation: Relation
    is_first: bool
    first_publisher: str | None
    first_publisher_id: PublisherId | None
    lag: timedelta | None
    others: int  # other publishers that carry it


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenFrom:
    """From whom a publisher took stories: how many, and how much later on the whole."""

    publisher_id: PublisherId
    name: str
    kind: FeedKind
    stories: int
    median_lag: timedelta | None


def publisher(connection: sqlite3.Connection, publisher_id: int) -> Publisher | None:
    """A publisher; None where there is no such one."""
    row = connection.execute(
        "SELECT p.*, (SELECT count(*) FROM feeds f WHERE f.publisher_id = p.id) AS feeds "
        "FROM publishers p WHERE id = ?",
        [publisher_id],
    ).fetchone()
    if row is None:
        return None
    return Publisher(
        id=PublisherId(row["id"]),
        name=row["name"],
        domain=row["domain"],
        kind=FeedKind(row["kind"]),
        feeds=row["feeds"],
    )


# Each story once, by this publisher's earliest article in it (SQLite takes bare columns from the row of min()).
_CARRIED = """
WITH own AS (
    SELECT a.id, a.title, a.url, a.published_at, a.first_seen_at, a.baseline,
           coalesce(a.published_at, a.first_seen_at) AS at
    FROM articles a WHERE a.publisher_id = ?1 AND a.first_seen_at >= ?2 ORDER BY a.first_seen_at DESC LIMIT ?3
),
kept AS (
    SELECT m.story_id, min(own.at) AS at, own.id, own.title, own.url, own.published_at, m.relation
    FROM own JOIN members m ON m.article_id = own.id GROUP BY m.story_id
)
SELECT k.*, s.title AS story_title, s.first_article_id, f.publisher_id AS first_publisher_id, p.name AS first_publisher,
       p.kind AS first_kind, f.published_at AS first_published_at,
       (SELECT count(DISTINCT o.publisher_id) FROM members n JOIN articles o ON o.id = n.article_id
        WHERE n.story_id = s.id AND o.publisher_id <> ?1) AS others
FROM kept k
JOIN stories s ON s.id = k.story_id
LEFT JOIN articles f ON f.id = s.first_article_id
LEFT JOIN publishers p ON p.id = f.publisher_id
WHERE s.merged_into IS NULL
ORDER BY k.at DESC, k.id DESC
"""


def carried(connection: sqlite3.Connection, publisher_id: int, *, now: datetime) -> tuple[Carried, ...]:
    """The stories that a publisher carried lately, the newest first."""
    rows = connection.execute(_CARRIED, [publisher_id, to_text(now - WITHIN), NEWEST])
    return tuple(_carried(row, publisher_id) for row in rows)


def taken_from(connection: sqlite3.Connection, stories: tuple[Carried, ...]) -> tuple[TakenFrom, ...]:
    """From whom these stories were taken that others had first, the most frequent first."""
    lags: dict[PublisherId, list[timedelta | None]] = {}
    for story in stories:
        if story.first_publisher_id is not None and not story.is_first:
            lags.setdefault(story.first_publisher_id, []).append(story.lag)
    found = []
    for publisher_id, values in lags.items():
        row = connection.execute("SELECT name, kind FROM publishers WHERE id = ?", [publisher_id]).fetchone()
        known = [lag for lag in values if lag is not None]
        found.append(
            TakenFrom(
                publisher_id=publisher_id,
                name=row["name"],
                kind=FeedKind(row["kind"]),
                stories=len(values),
                median_lag=median_low(known) if known else None,
            )
        )
    return tuple(sorted(found, key=lambda each: (-each.stories, each.name)))


def _carried(row: sqlite3.Row, publisher_id: int) -> Carried:
    at, first_at = optional_time(row["published_at"]), optional_time(row["first_published_at"])
    is_first = row["first_publisher_id"] == publisher_id
    return Carried(
        story_id=StoryId(row["story_id"]),
        title=row["story_title"],
        article_id=ArticleId(row["id"]),
        article_title=row["title"],
        url=row["url"],
        at=from_text(row["at"]),
        relation=Relation(row["relation"]),
        is_first=is_first,
        first_publisher=row["first_publisher"],
        first_publisher_id=row["first_publisher_id"],
        lag=at - first_at if at and first_at and not is_first else None,
        others=row["others"],
    )
