"""Lists of stories: the latest of today or this week, those that grow, by source, watch, tag, language and relation.

A list looks at stories one by one in its order and stops when a page is full, so that it costs what it shows; a filter
that fits hardly anything looks at SCANNED stories and no more. What takes too long all the same is asked in haste.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from ingest.model import FeedKind, PublisherId, Relation, StoryId
from ingest.store.read import MAX_RANKED, fts_query
from ingest.store.sql import id_list
from ingest.store.times import from_text, optional_time, to_text

#: Stories that a filter looks at, the latest first; beyond them it is better asked with words, or of the tables. The
#: second number is for when the first takes too long.
SCANNED, HASTY = 20_000, 2_000
#: A story grows that this many articles joined in this time.
GROWN_ARTICLES, GROWN_WITHIN = 2, timedelta(hours=6)
EXCERPT_CHARS = 400
_NAMES = 5


class Period(StrEnum):
    """Which stories a list shows, by their last change."""

    LATEST = "latest"
    TODAY = "today"
    WEEK = "week"
    GROWING = "growing"


class Shelf(StrEnum):
    """What a reader noted of the stories that a list shows."""

    OPEN = ""  # all but the dismissed
    UNSEEN = "unseen"
    STARRED = "starred"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A list: whose stories, and which of them. Empty fields let everything pass; names are compared as they stand."""

    period: Period = Period.LATEST
    query: str = ""
    watch: str = ""
    publisher: str = ""
    agency: str = ""
    language: str = ""
    relation: str = ""
    tag: str = ""
    reader: str | None = None  # whose marks count
    shelf: Shelf = Shelf.OPEN

    @property
    def narrowed(self) -> bool:
        """Whether anything but the period chooses."""
        return any((self.query, self.watch, self.publisher, self.agency, self.language, self.relation, self.tag))


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A story in a list: its figures, and the beginning of the article that stands for it."""

    id: StoryId
    title: str
    excerpt: str
    first_publisher: str | None
    first_publisher_id: PublisherId | None
    first_published_at: datetime | None
    first_confidence: float
    first_reason: str
    publishers: int  # families
    publisher_names: tuple[str, ...]  # the first few in the order in which they carried it
    articles: int
    agency: str | None
    language: str | None
    url: str
    created_at: datetime
    updated_at: datetime
    starred: bool = False
    seen: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a person can choose from in the filters."""

    watches: tuple[str, ...]
    publishers: tuple[tuple[str, FeedKind], ...]
    tags: tuple[str, ...]
    agencies: tuple[str, ...]
    languages: tuple[str, ...]


def listed(
    connection: sqlite3.Connection,
    wanted: Wanted,
    *,
    now: datetime,
    midnight: datetime,
    limit: int,
    offset: int = 0,
    hasty: bool = False,
) -> tuple[Head, ...]:
    """The stories of a list in its order. midnight: when the reader's day began.

    hasty: where the whole takes too long: words find the newest articles that hold them, unranked, and filters look
    at HASTY stories.
    """
    sql, values = _chosen(wanted, now, midnight, hasty)
    rows = connection.execute(f"{sql} LIMIT ? OFFSET ?", [*values, limit, offset])
    return heads(connection, [row["id"] for row in rows], reader=wanted.reader)


def heads(connection: sqlite3.Connection, ids: Sequence[int], *, reader: str | None = None) -> tuple[Head, ...]:
    """These stories, in the order asked for; ended ones are left out."""
    found = {row["id"]: _head(row) for row in connection.execute(_HEADS, [id_list(ids), reader])}
    return tuple(found[story_id] for story_id in dict.fromkeys(ids) if story_id in found)


def choices(connection: sqlite3.Connection, *, most: int) -> Choices:
    """What the filters offer: what there is, agencies and languages of the newest articles."""
    names = connection.execute("SELECT name, kind FROM publishers ORDER BY name COLLATE NOCASE LIMIT ?", [most])
    watches = connection.execute("SELECT name FROM watches WHERE ended_at IS NULL ORDER BY name LIMIT ?", [most])
    tags = connection.execute("SELECT DISTINCT tag FROM publisher_tags ORDER BY tag LIMIT ?", [most])
    newest = connection.execute(
        "SELECT agency, language FROM articles WHERE id > (SELECT coalesce(max(id), 0) - 500 FROM articles)"
    ).fetchall()
    return Choices(
        watches=tuple(row["name"] for row in watches),
        publishers=tuple((row["name"], FeedKind(row["kind"])) for row in names),
        tags=tuple(row["tag"] for row in tags),
        agencies=tuple(sorted({row["agency"] for row in newest if row["agency"]})[:most]),
        languages=tuple(sorted({row["language"] for row in newest if row["language"]})[:most]),
    )


_HEADS = f"""
SELECT s.*, f.published_at AS first_published_at, fp.name AS first_publisher, f.publisher_id AS first_publisher_id,
       lead.url, lead.agency, lead.language, substr(lead.text, 1, {EXCERPT_CHARS}) AS excerpt,
       reach.articles, reach.publishers, reach.names, k.starred_at, k.seen_at, coalesce(k.note, '') AS note
FROM stories s
JOIN (SELECT story_id, sum(articles) AS articles, count(*) AS publishers,
             group_concat(name, char(31)) AS names
      FROM (SELECT m.story_id, p.name, count(*) AS articles,
                   min(coalesce(a.published_at, a.first_seen_at)) AS at
            FROM members m JOIN articles a ON a.id = m.article_id JOIN publishers p ON p.id = a.publisher_id
            WHERE m.story_id IN (SELECT value FROM json_each(?1))
            GROUP BY m.story_id, p.id ORDER BY m.story_id, at, p.name)
      GROUP BY story_id) reach ON reach.story_id = s.id
JOIN articles lead ON lead.id = coalesce(s.first_article_id, (
    SELECT m.article_id FROM members m WHERE m.story_id = s.id AND m.relation = 'original' LIMIT 1), (
    SELECT min(m.article_id) FROM members m WHERE m.story_id = s.id))
LEFT JOIN articles f ON f.id = s.first_article_id
LEFT JOIN publishers fp ON fp.id = f.publisher_id
LEFT JOIN reader_marks k ON k.story_id = s.id AND k.reader = ?2
WHERE s.merged_into IS NULL AND s.id IN (SELECT value FROM json_each(?1))
"""


def _head(row: sqlite3.Row) -> Head:
    return Head(
        id=StoryId(row["id"]),
        title=row["title"],
        excerpt=row["excerpt"] or "",
        first_publisher=row["first_publisher"],
        first_publisher_id=row["first_publisher_id"],
        first_published_at=optional_time(row["first_published_at"]),
        first_confidence=row["first_confidence"],
        first_reason=row["first_reason"],
        publishers=row["publishers"],
        publisher_names=tuple(row["names"].split("\x1f", _NAMES)[:_NAMES]),
        articles=row["articles"],
        agency=row["agency"],
        language=row["language"],
        url=row["url"],
        created_at=from_text(row["created_at"]),
        updated_at=from_text(row["updated_at"]),
        starred=row["starred_at"] is not None,
        seen=row["seen_at"] is not None and row["seen_at"] >= row["updated_at"],
        note=row["note"],
    )


def _chosen(wanted: Wanted, now: datetime, midnight: datetime, hasty: bool) -> tuple[str, list[object]]:
    """The ids of a list's stories in its order, as SQL and what is bound to it."""
    conditions, more = _conditions(wanted, now, midnight)
    if wanted.query:
        # The rank of a story is that of its best article; SQLite reads `rank` while it searches.
        by = "-rowid" if hasty else "rank"
        found = (
            "SELECT m.story_id AS id, min(f.place) AS place FROM "
            f"(SELECT rowid, {by} AS place FROM articles_fts WHERE articles_fts MATCH ? "
            f"ORDER BY {'rowid DESC' if hasty else 'rank'} LIMIT ?) f "
            "JOIN members m ON m.article_id = f.rowid GROUP BY m.story_id"
        )
        values: list[object] = [fts_query(wanted.query), MAX_RANKED]
        order = "x.place, x.id"
    elif wanted.period is Period.GROWING:
        found = (
            "SELECT m.story_id AS id, -count(*) AS place FROM articles a CROSS JOIN members m ON m.article_id = a.id "
            "WHERE a.first_seen_at >= ? AND a.baseline = 0 GROUP BY m.story_id HAVING count(*) >= ?"
        )
        values = [to_text(now - GROWN_WITHIN), GROWN_ARTICLES]
        order = "x.place, x.id DESC"
    else:
        filtered = wanted.narrowed or wanted.shelf is not Shelf.OPEN
        oldest = _oldest(HASTY if hasty else SCANNED) if filtered else "''"
        sql = f"SELECT s.id FROM stories s WHERE s.updated_at >= max(?, {oldest}) AND {' AND '.join(conditions)}"
        return f"{sql} ORDER BY s.updated_at DESC, s.id DESC", [_since(wanted.period, midnight), *more]
    sql = f"SELECT x.id FROM ({found}) x JOIN stories s ON s.id = x.id WHERE {' AND '.join(conditions)}"
    return f"{sql} ORDER BY {order}", [*values, *more]


def _oldest(scanned: int) -> str:
    """The time of the last story that a filter looks at."""
    return (
        "coalesce((SELECT updated_at FROM stories WHERE merged_into IS NULL "
        f"ORDER BY updated_at DESC LIMIT 1 OFFSET {scanned}), '')"
    )


def _since(period: Period, midnight: datetime) -> str:
    match period:
        case Period.TODAY:
            return to_text(midnight)
        case Period.WEEK:
            return to_text(midnight - timedelta(days=6))
        case _:
            return ""


def _conditions(wanted: Wanted, now: datetime, midnight: datetime) -> tuple[list[str], list[object]]:
    """What a story `s` must fulfil beside its place in the list."""
    conditions, values = ["s.merged_into IS NULL"], list[object]()
    if wanted.query and wanted.period is not Period.LATEST:
        since = to_text(now - GROWN_WITHIN) if wanted.period is Period.GROWING else _since(wanted.period, midnight)
        conditions.append("s.updated_at >= ?")
        values.append(since)
    member, of_member = _of_members(wanted)
    if member:
        conditions.append(
            "EXISTS (SELECT 1 FROM members m JOIN articles a ON a.id = m.article_id WHERE m.story_id = s.id AND "
            f"{' AND '.join(member)})"
        )
        values.extend(of_member)
    if wanted.watch:
        conditions.append(
            "EXISTS (SELECT 1 FROM members m JOIN hits h ON h.article_id = m.article_id WHERE m.story_id = s.id "
            "AND h.watch_id = (SELECT id FROM watches WHERE name = ?))"
        )
        values.append(wanted.watch)
    if wanted.reader is not None:
        conditions.append(_SHELVES[wanted.shelf])
        values.append(wanted.reader)
    return conditions, values


def _of_members(wanted: Wanted) -> tuple[list[str], list[object]]:
    """What one article of the story must fulfil, all of it at once."""
    found: list[tuple[str, object]] = []
    if wanted.publisher:
        found.append(("a.publisher_id = (SELECT id FROM publishers WHERE name = ?)", wanted.publisher))
    if wanted.tag:
        found.append(("a.publisher_id IN (SELECT publisher_id FROM publisher_tags WHERE tag = ?)", wanted.tag))
    if wanted.agency:
        found.append(("a.agency = ?", wanted.agency))
    if wanted.language:
        found.append(("a.language = ?", wanted.language))
    if wanted.relation:
        found.append(("m.relation = ?", Relation(wanted.relation)))
    return [sql for sql, _ in found], [value for _, value in found]


_OF_READER = "SELECT 1 FROM reader_marks k WHERE k.story_id = s.id AND k.reader = ? AND"
_SHELVES = {
    Shelf.OPEN: f"NOT EXISTS ({_OF_READER} k.dismissed_at IS NOT NULL)",
    Shelf.UNSEEN: f"NOT EXISTS ({_OF_READER} (k.dismissed_at IS NOT NULL OR k.seen_at >= s.updated_at))",
    Shelf.STARRED: f"EXISTS ({_OF_READER} k.starred_at IS NOT NULL)",
    Shelf.DISMISSED: f"EXISTS ({_OF_READER} k.dismissed_at IS NOT NULL)",
}
