"""What readers note: seen, starred, dismissed and a note on stories, tags on sources; written beside the daemon."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ingest.errors import NotFound
from ingest.model import PublisherId, StoryId
from ingest.store.connection import Store
from ingest.store.times import optional_time, to_text

MAX_NOTE_CHARS = 4_000
MAX_TAG_CHARS = 40
MAX_TAGS = 20


class Mark(StrEnum):
    """A mark that a reader sets on a story, or takes away again."""

    SEEN = "seen"
    STARRED = "starred"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """What one reader noted of a story."""

    seen_at: datetime | None = None
    starred_at: datetime | None = None
    dismissed_at: datetime | None = None
    note: str = ""


def marks_of(connection: sqlite3.Connection, reader: str, story_id: int) -> Marks:
    """What a reader noted of a story; nothing where there is nothing."""
    row = connection.execute(
        "SELECT * FROM reader_marks WHERE reader = ? AND story_id = ?", [reader, story_id]
    ).fetchone()
    if row is None:
        return Marks()
    return Marks(
        seen_at=optional_time(row["seen_at"]),
        starred_at=optional_time(row["starred_at"]),
        dismissed_at=optional_time(row["dismissed_at"]),
        note=row["note"],
    )


def set_mark(store: Store, reader: str, story_id: StoryId, mark: Mark, *, now: datetime | None) -> None:
    """Mark a story; now: None takes the mark away. Raises NotFound."""
    _write(store, reader, story_id, f"{mark.value}_at", to_text(now) if now else None)


def set_note(store: Store, reader: str, story_id: StoryId, note: str) -> None:
    """Write a reader's note on a story; an empty one takes it away. Raises NotFound."""
    _write(store, reader, story_id, "note", note.replace("\0", "").strip()[:MAX_NOTE_CHARS])


def tags_of(connection: sqlite3.Connection, publisher_id: int) -> tuple[str, ...]:
    """The tags on a source."""
    rows = connection.execute("SELECT tag FROM publisher_tags WHERE publisher_id = ? ORDER BY tag", [publisher_id])
    return tuple(row["tag"] for row in rows)


def set_tags(
    store: Store, publisher_id: PublisherId, tags: Sequence[str], *, made_by: str, now: datetime
) -> tuple[str, ...]:
    """Give a source these tags and no other; returns them. Raises NotFound."""
    wanted = tuple(dict.fromkeys(filter(None, map(plain_tag, tags))))[:MAX_TAGS]
    with store.transaction():
        if store.connection.execute("SELECT 1 FROM publishers WHERE id = ?", [publisher_id]).fetchone() is None:
            raise NotFound(f"publisher {publisher_id}: there is none")
        had = set(tags_of(store.connection, publisher_id))
        store.connection.executemany(
            "DELETE FROM publisher_tags WHERE publisher_id = ? AND tag = ?",
            [(publisher_id, tag) for tag in had - set(wanted)],
        )
        store.connection.executemany(
            "INSERT INTO publisher_tags (publisher_id, tag, made_by, made_at) VALUES (?, ?, ?, ?)",
            [(publisher_id, tag, made_by, to_text(now)) for tag in wanted if tag not in had],
        )
    return wanted


def plain_tag(text: str) -> str:
    """A tag in the one spelling that is stored: lower case, words joined by hyphens."""
    return re.sub(r"[^\w]+", "-", text.strip().lower())[:MAX_TAG_CHARS].strip("-")


def _write(store: Store, reader: str, story_id: StoryId, column: str, value: str | None) -> None:
    with store.transaction():
        row = store.connection.execute("SELECT coalesce(merged_into, id) FROM stories WHERE id = ?", [story_id])
        found = row.fetchone()
        if found is None:
            raise NotFound(f"story {story_id}: there is none")
        store.connection.execute(
            f"INSERT INTO reader_marks (reader, story_id, {column}) VALUES (?1, ?2, ?3) "
            f"ON CONFLICT (reader, story_id) DO UPDATE SET {column} = ?3",
            [reader, found[0], value],
        )
