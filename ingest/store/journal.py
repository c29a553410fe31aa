"""The journal of decisions, and the count of our own limits that bit."""

from __future__ import annotations

from datetime import datetime

from ingest.store.connection import Store
from ingest.store.times import to_text
from ingest.store.words import CapName, JournalAction
from ingest.text.urls import mask_within


def note(
    store: Store,
    now: datetime,
    actor: str,
    action: JournalAction,
    reason: str,
    *,
    article_id: int | None = None,
    story_id: int | None = None,
    constraint_id: int | None = None,
    detail: str = "{}",
) -> int:
    """A line in the journal: who or what decided, when and why, its addresses masked. Returns its id."""
    cursor = store.connection.execute(
        "INSERT INTO journal (at, actor, action, article_id, story_id, constraint_id, reason, detail) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [to_text(now), actor, action, article_id, story_id, constraint_id, mask_within(reason)[:1000], detail],
    )
    return int(cursor.lastrowid or 0)


def count_cap(store: Store, name: CapName, subject: str, now: datetime) -> None:
    """One of our own limits bit: count it."""
    store.connection.execute(
        "INSERT INTO caps (name, bitten, last_at, last_subject) VALUES (?, 1, ?, ?) "
        "ON CONFLICT (name) DO UPDATE SET bitten = bitten + 1, last_at = excluded.last_at, "
        "last_subject = excluded.last_subject",
        [name, to_text(now), subject[:500]],
    )
