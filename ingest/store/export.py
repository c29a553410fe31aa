"""Articles with their place in a story, and stories with their members, row by row, for exports."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.errors import NotFound
from ingest.model import ArticleId, StoryView, WatchId
from ingest.store import read
from ingest.store.sql import gone

_ARTICLE = (
    "id", "url", "title", "published_at", "first_seen_at", "publisher", "publisher_kind", "language", "byline",
    "section", "keywords", "agency", "source_title", "status", "story", "relation", "score", "via", "reason",
    "story_title", "first", "gone",
)  # fmt: skip
#: Stories that an Atom feed holds.
FEED_STORIES = 200
#: The names of an exported story's values, in order.
STORY_COLUMNS = (
    "id", "title", "articles", "publishers", "first", "first_publisher", "first_published_at", "first_confidence",
    "first_reason", "event", "created_at", "updated_at", "publisher_names", "members",
)  # fmt: skip
_OF_WATCH = (
    "{story} IN (SELECT n.story_id FROM hits h JOIN members n ON n.article_id = h.article_id WHERE h.watch_id = ?)"
)


def article_columns(*, with_text: bool) -> tuple[str, ...]:
    """The names of an exported article's values, in order."""
    return (*_ARTICLE, "text") if with_text else _ARTICLE


def watch_named(connection: sqlite3.Connection, name: str) -> WatchId:
    """The watch of this name. Raises NotFound that lists the names there are."""
    row = connection.execute("SELECT id FROM watches WHERE name = ?", [name]).fetchone()
    if row is None:
        names = [other["name"] for other in connection.execute("SELECT name FROM watches ORDER BY name LIMIT 50")]
        known = (
            f"there are {', '.join(names)}" if names else "the database knows none yet; `samewire poll` reads them in"
        )
        raise NotFound(f'no watch "{name}"; {known}')
    return WatchId(row["id"])


def count_articles(connection: sqlite3.Connection) -> int:
    """How many articles there are."""
    return int(connection.execute("SELECT count(*) FROM articles").fetchone()[0])


def count_stories(connection: sqlite3.Connection) -> int:
    """How many stories there are that did not end in others."""
    return int(connection.execute("SELECT count(*) FROM stories WHERE merged_into IS NULL").fetchone()[0])


def articles(
    connection: sqlite3.Connection, *, with_text: bool, watch_id: WatchId | None = None
) -> Iterator[dict[str, object]]:
    """Every article in the order of its id, with its story; `first` is the id of the story's first article or null.

    watch_id: only members of stories that this watch told of.
    """
    text = ", a.text" if with_text else ""
    chosen = "" if watch_id is None else f"WHERE {_OF_WATCH.format(story='m.story_id')} "
    rows = connection.execute(
        "SELECT a.id, a.url, a.title, a.published_at, a.first_seen_at, p.name AS publisher, p.kind AS publisher_kind, "
        "a.language, a.byline, a.section, a.keywords, a.agency, a.source_title, a.status, m.story_id AS story, "
        "m.relation, m.score, m.via, m.reason, s.title AS story_title, "
        f"s.first_article_id AS first, {gone('a')} AS gone{text} "
        "FROM articles a JOIN publishers p ON p.id = a.publisher_id "
        f"JOIN members m ON m.article_id = a.id JOIN stories s ON s.id = m.story_id {chosen}ORDER BY a.id",
        [] if watch_id is None else [watch_id],
    )
    for row in rows:
        record = dict(row)
        record["byline"], record["keywords"] = json.loads(record["byline"]), json.loads(record["keywords"])
        yield record


def stories(connection: sqlite3.Connection, *, watch_id: WatchId | None = None) -> Iterator[dict[str, object]]:
    """Every story in the order of its id, with its publishers' names and the ids of its members in time order.

    watch_id: only those that this watch told of.
    """
    chosen = "" if watch_id is None else f"AND {_OF_WATCH.format(story='s.id')} "
    rows = connection.execute(
        "SELECT s.id, s.title, s.first_article_id AS first, p.name AS first_publisher, "
        "f.published_at AS first_published_at, s.first_confidence, s.first_reason, s.event_id AS event, s.created_at, "
        "s.updated_at, (SELECT json_group_array(json_array(x.id, x.name)) FROM (SELECT a.id, q.name FROM members m "
        " JOIN articles a ON a.id = m.article_id JOIN publishers q ON q.id = a.publisher_id WHERE m.story_id = s.id "
        " ORDER BY coalesce(a.published_at, a.first_seen_at), a.content_hash, a.id) x) AS carried "
        "FROM stories s LEFT JOIN articles f ON f.id = s.first_article_id "
        f"LEFT JOIN publishers p ON p.id = f.publisher_id WHERE s.merged_into IS NULL {chosen}ORDER BY s.id",
        [] if watch_id is None else [watch_id],
    )
    for row in rows:
        record = dict(row)
        carried = json.loads(record.pop("carried"))
        names = list(dict.fromkeys(name for _, name in carried))
        members = [article for article, _ in carried]
        record |= {"articles": len(members), "publishers": len(names), "publisher_names": names, "members": members}
        yield {name: record[name] for name in STORY_COLUMNS}


def latest_stories(connection: sqlite3.Connection, *, watch: str | None, limit: int) -> tuple[StoryView, ...]:
    """The stories that changed last, or those that a watch told of last. Raises NotFound."""
    if watch is None:
        return read.latest(connection, limit=limit)
    rows = connection.execute(
        "SELECT m.story_id AS id FROM hits h JOIN members m ON m.article_id = h.article_id WHERE h.watch_id = ? "
        "GROUP BY m.story_id ORDER BY max(h.at) DESC, m.story_id DESC LIMIT ?",
        [watch_named(connection, watch), limit],
    )
    return read.stories(connection, [row["id"] for row in rows])


@dataclass(frozen=True, slots=True, kw_only=True)
class Archivable:
    """An article as an archive asks for it."""

    id: ArticleId
    date: str  # the day it belongs to
    version: str  # changes with what an archive holds of it
    learned: int  # epoch of what is ignored in it
    redacted: bool


def archivable(connection: sqlite3.Connection) -> Iterator[Archivable]:
    """Every article that has words to archive, or had them, by date and id."""
    rows = connection.execute(
        "SELECT a.id, date(coalesce(a.published_at, a.first_seen_at)) AS date, a.redacted_at IS NOT NULL AS redacted, "
        "a.content_hash || ' ' || coalesce(a.published_at, '') || ' ' || coalesce(s.epoch, 0) || ' ' || "
        "coalesce(s.learned, 0) AS version, coalesce(s.learned, 0) AS learned "
        "FROM articles a LEFT JOIN signatures s ON s.article_id = a.id "
        "WHERE a.pruned_at IS NULL AND NOT (a.status = 'pending' AND a.attempts = 0) ORDER BY 2, 1"
    )
    for row in rows:
        yield Archivable(
            id=ArticleId(row["id"]),
            date=row["date"],
            version=row["version"],
            learned=row["learned"],
            redacted=bool(row["redacted"]),
        )
