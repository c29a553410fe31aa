"""Events in the database: which stories wait to be related, what stands for each, and what relates them."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ingest.model import ArticleId, StoryId
from ingest.model.events import Link
from ingest.store.connection import Store
from ingest.store.sql import id_list
from ingest.store.stories import UNMATCHED
from ingest.store.times import optional_text, optional_time, to_text


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPoint:
    """What stands for a story among others."""

    story_id: StoryId
    at: datetime | None
    key: str
    speaker_id: ArticleId
    speaker_hash: str
    profile: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A story that changed since it was related to others, with its members."""

    story_id: StoryId
    members: tuple[ArticleId, ...]
    roundup: bool


def waiting(connection: sqlite3.Connection, *, limit: int) -> tuple[Waiting, ...]:
    """Stories that changed since they were related, the oldest first.

    Those with an article that waits for its page or to be matched wait with it: they would be related again.
    """
    rows = connection.execute(
        "SELECT s.id, group_concat(m.article_id) AS members, "
        "       max(m.relation = 'original' AND m.reason = 'roundup') AS roundup "
        "FROM (SELECT id FROM stories t WHERE related_at IS NULL AND merged_into IS NULL AND NOT EXISTS ("
        f"SELECT 1 FROM members m CROSS JOIN articles a ON a.id = m.article_id WHERE m.story_id = t.id AND {UNMATCHED}"
        ") ORDER BY id LIMIT ?) s "
        "JOIN members m ON m.story_id = s.id GROUP BY s.id ORDER BY s.id",
        [limit],
    )
    return tuple(
        Waiting(
            story_id=StoryId(row["id"]),
            members=tuple(ArticleId(int(each)) for each in row["members"].split(",")),
            roundup=bool(row["roundup"]),
        )
        for row in rows
    )


def hash_of(connection: sqlite3.Connection, article_id: ArticleId) -> str:
    """The hash of an article's present text."""
    return str(connection.execute("SELECT content_hash FROM articles WHERE id = ?", [article_id]).fetchone()[0])


def points(connection: sqlite3.Connection, ids: Sequence[StoryId]) -> tuple[KeptPoint, ...]:
    """What is kept of these stories."""
    rows = connection.execute(
        "SELECT * FROM points WHERE story_id IN (SELECT value FROM json_each(?)) ORDER BY story_id", [id_list(ids)]
    )
    return tuple(map(_point, rows))


def points_between(connection: sqlite3.Connection, since: datetime, until: datetime) -> tuple[KeptPoint, ...]:
    """What is kept of the stories whose time lies in [since, until]."""
    rows = connection.execute(
        "SELECT * FROM points WHERE at >= ? AND at <= ? ORDER BY story_id", [to_text(since), to_text(until)]
    )
    return tuple(map(_point, rows))


def some_points(
    connection: sqlite3.Connection, since: datetime, until: datetime, *, most: int
) -> tuple[KeptPoint, ...]:
    """So many of the stories whose time lies in [since, until]: always the same of the same set."""
    rows = connection.execute(
        "SELECT * FROM points WHERE at >= ? AND at <= ? ORDER BY key LIMIT ?", [to_text(since), to_text(until), most]
    )
    return tuple(map(_point, rows))


def store_point(store: Store, point: KeptPoint) -> None:
    """Keep what stands for a story."""
    store.connection.execute(
        "INSERT OR REPLACE INTO points (story_id, at, key, speaker_id, speaker_hash, profile) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        [
            point.story_id,
            optional_text(point.at),
            point.key,
            point.speaker_id,
            point.speaker_hash,
            point.profile,
        ],
    )


def told_apart(
    connection: sqlite3.Connection, ids: Sequence[StoryId], reasons: Collection[str], *, series: str
) -> dict[tuple[StoryId, StoryId], frozenset[str]]:
    """Among these stories, the pairs (lower id first) whose articles a verdict told apart for one of these reasons, or
    that are issues of one series: each with its reasons.
    """
    rows = connection.execute(
        """
        WITH asked(id) AS (SELECT value FROM json_each(?1))
        SELECT min(m.story_id, n.story_id) AS a, max(m.story_id, n.story_id) AS b,
               json_group_array(DISTINCT CASE WHEN v.relation = 'different' THEN v.reason ELSE ?3 END) AS reasons
        FROM asked
        CROSS JOIN members m ON m.story_id = asked.id
        CROSS JOIN verdicts v ON v.article_a = m.article_id
        CROSS JOIN members n ON n.article_id = v.article_b
        WHERE n.story_id <> m.story_id AND n.story_id IN (SELECT id FROM asked)
          AND ((v.relation = 'different' AND v.reason IN (SELECT value FROM json_each(?2))) OR v.refused = 'series')
        GROUP BY a, b
        """,
        [id_list(ids), json.dumps(sorted(reasons)), series],
    )
    return {(StoryId(row["a"]), StoryId(row["b"])): frozenset(json.loads(row["reasons"])) for row in rows}


def relate(store: Store, story_id: StoryId, links: Iterable[Link]) -> None:
    """Replace what relates a story to others by these links."""
    store.connection.execute("DELETE FROM related WHERE story_a = ?1 OR story_b = ?1", [story_id])
    store.connection.executemany(
        "INSERT OR REPLACE INTO related (story_a, story_b, score, reason, explanation) VALUES (?, ?, ?, ?, ?)",
        [
            (link.a, link.b, round(link.relatedness.score, 4), link.relatedness.kinship, link.relatedness.explanation)
            for link in links
        ],
    )


def connected(connection: sqlite3.Connection, seeds: Iterable[StoryId]) -> tuple[tuple[StoryId, ...], ...]:
    """The parts that related rows connect with these stories; each story is in one."""
    parts = []
    left = set(seeds)
    while left:
        seen, front = set(), [left.pop()]
        seen.update(front)
        while front:
            rows = connection.execute(
                "WITH front(id) AS (SELECT value FROM json_each(?)) "
                "SELECT story_b AS id FROM front CROSS JOIN related ON story_a = front.id "
                "UNION SELECT story_a FROM front CROSS JOIN related ON story_b = front.id",
                [id_list(front)],
            ).fetchall()
            front = [StoryId(row["id"]) for row in rows if row["id"] not in seen]
            seen.update(front)
        left -= seen
        parts.append(tuple(sorted(seen)))
    return tuple(parts)


def neighbours(connection: sqlite3.Connection, story_id: StoryId) -> tuple[StoryId, ...]:
    """The stories that are related to one."""
    rows = connection.execute(
        "SELECT story_b AS id FROM related WHERE story_a = ?1 UNION SELECT story_a FROM related WHERE story_b = ?1",
        [story_id],
    )
    return tuple(StoryId(row["id"]) for row in rows)


def set_events(store: Store, event_of: Mapping[StoryId, StoryId]) -> None:
    """Say of each of these stories which event it belongs to."""
    store.connection.executemany(
        "UPDATE stories SET event_id = ?1 WHERE id = ?2 AND event_id IS NOT ?1",
        [(event, story) for story, event in event_of.items()],
    )


def mark_related(store: Store, ids: Iterable[StoryId], now: datetime) -> None:
    """These stories have been related as they now are."""
    store.connection.executemany(
        "UPDATE stories SET related_at = ? WHERE id = ?", [(to_text(now), story_id) for story_id in ids]
    )


def latest_terms(connection: sqlite3.Connection) -> tuple[bytes, int] | None:
    """The newest table of terms, and from how many stories it was learned; None before the first."""
    row = connection.execute("SELECT terms, stories FROM terms ORDER BY epoch DESC LIMIT 1").fetchone()
    return (row["terms"], row["stories"]) if row else None


def store_terms(store: Store, terms: bytes, *, stories: int, now: datetime) -> None:
    """Keep a newly learned table of terms; those before the last three go."""
    store.connection.execute(
        "INSERT INTO terms (learned_at, stories, terms) VALUES (?, ?, ?)", [to_text(now), stories, terms]
    )
    store.connection.execute("DELETE FROM terms WHERE epoch <= (SELECT max(epoch) FROM terms) - 3")


def _point(row: sqlite3.Row) -> KeptPoint:
    return KeptPoint(
        story_id=StoryId(row["story_id"]),
        at=optional_time(row["at"]),
        key=row["key"],
        speaker_id=ArticleId(row["speaker_id"]),
        speaker_hash=row["speaker_hash"],
        profile=row["profile"],
    )
