"""Two texts side by side: articles as they stand or as they stood before, and what matching said of them."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime

from ingest.model import ArticleId, StoryId, Verdict
from ingest.store.sql import gone
from ingest.store.times import from_text, optional_time
from ingest.store.verdicts import verdict_of

#: So much of a text is compared on a page; the table has it whole.
COMPARED_CHARS = 60_000
_TEXT = f"{COMPARED_CHARS + 1}) AS text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of two texts."""

    article_id: ArticleId
    revision_id: int | None  # None: the present text
    title: str
    text: str
    cut: bool  # it goes on beyond what is compared
    publisher: str
    publisher_id: int
    url: str
    story_id: StoryId | None
    at: datetime | None  # when the source says it came out; of a revision, when it was first seen
    replaced_at: datetime | None  # of a revision
    gone: str | None  # why there is no text any more; None: nobody took it


def article_side(connection: sqlite3.Connection, article_id: int) -> Side | None:
    """An article's present text; None where there is no such article."""
    row = connection.execute(
        f"SELECT a.id, a.title, substr(a.text, 1, {_TEXT}, a.url, a.published_at, a.first_seen_at, "
        f"{gone('a')} AS gone, a.publisher_id, p.name AS publisher, m.story_id "
        "FROM articles a JOIN publishers p ON p.id = a.publisher_id "
        "LEFT JOIN members m ON m.article_id = a.id WHERE a.id = ?",
        [article_id],
    ).fetchone()
    if row is None:
        return None
    return _side(row, at=optional_time(row["published_at"]) or from_text(row["first_seen_at"]))


def revision_side(connection: sqlite3.Connection, revision_id: int) -> Side | None:
    """A text that was replaced; None where there is no such revision."""
    row = connection.execute(
        f"SELECT a.id, r.id AS revision_id, r.title, substr(r.text, 1, {_TEXT}, a.url, r.seen_at, {gone('a')} AS gone, "
        "r.replaced_at, a.publisher_id, p.name AS publisher, m.story_id FROM revisions r "
        "JOIN articles a ON a.id = r.article_id JOIN publishers p ON p.id = a.publisher_id "
        "LEFT JOIN members m ON m.article_id = a.id WHERE r.id = ?",
        [revision_id],
    ).fetchone()
    if row is None:
        return None
    return _side(
        row, at=from_text(row["seen_at"]), revision_id=row["revision_id"], replaced_at=from_text(row["replaced_at"])
    )


def verdict_on(connection: sqlite3.Connection, one: ArticleId, other: ArticleId) -> Verdict | None:
    """What matching said of two articles; None where it never compared them."""
    row = connection.execute(
        "SELECT * FROM verdicts WHERE article_a = ? AND article_b = ?", sorted((one, other))
    ).fetchone()
    return verdict_of(row) if row else None


def _side(
    row: sqlite3.Row, *, at: datetime | None, revision_id: int | None = None, replaced_at: datetime | None = None
) -> Side:
    text = row["text"] or ""
    return Side(
        article_id=ArticleId(row["id"]),
        revision_id=revision_id,
        title=row["title"],
        text=text[:COMPARED_CHARS],
        cut=len(text) > COMPARED_CHARS,
        publisher=row["publisher"],
        publisher_id=row["publisher_id"],
        url=row["url"],
        story_id=row["story_id"],
        at=at,
        replaced_at=replaced_at,
        gone=None if text else row["gone"],
    )
