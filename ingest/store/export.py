"""Articles with their place in a story, row by row, for exports."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator

_COLUMNS = (
    "id", "url", "title", "published_at", "first_seen_at", "publisher", "publisher_kind", "language", "byline",
    "agency", "source_title", "status", "story", "relation", "score", "via", "reason", "story_title", "first",
)  # fmt: skip


def columns(*, with_text: bool) -> tuple[str, ...]:
    """The names of an exported article's values, in order."""
    return (*_COLUMNS, "text") if with_text else _COLUMNS


def articles(connection: sqlite3.Connection, *, with_text: bool) -> Iterator[dict[str, object]]:
    """Every article in the order of its id, with its story; `first` is the id of the story's first article or null."""
    text = ", a.text" if with_text else ""
    rows = connection.execute(
        "SELECT a.id, a.url, a.title, a.published_at, a.first_seen_at, p.name AS publisher, p.kind AS publisher_kind, "
        "a.language, a.byline, a.agency, a.source_title, a.status, m.story_id AS story, m.relation, m.score, m.via, "
        "m.reason, s.title AS story_title, "
        f"s.first_article_id AS first{text} FROM articles a JOIN publishers p ON p.id = a.publisher_id "
        "JOIN members m ON m.article_id = a.id JOIN stories s ON s.id = m.story_id ORDER BY a.id"
    )
    for row in rows:
        record = dict(row)
        record["byline"] = json.loads(record["byline"])
        yield record
