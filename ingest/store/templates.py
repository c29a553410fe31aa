"""What is learned of each site's pages: read before one of them, written after it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from datetime import datetime

from ingest.model import ArticleId, FeedId
from ingest.model.templates import Held, Kept, LearnedReading, Lesson
from ingest.store.connection import Store
from ingest.store.journal import note
from ingest.store.sql import Value, insert, update
from ingest.store.times import to_text
from ingest.store.words import JournalAction

#: A publisher's pages are learned on so many hosts: whoever names a new host for each page is not learned from.
MAX_HOSTS = 16
#: Of what became of a template, what the journal and the row say.
_JOURNALED: Mapping[str, JournalAction] = {
    "trusted": "template-trusted",
    "doubted": "template-doubted",
    "dropped": "template-dropped",
    "redesign": "template-redesign",
}


def publisher_of(connection: sqlite3.Connection, article_id: ArticleId) -> int:
    """Whose an article is."""
    row = connection.execute("SELECT publisher_id FROM articles WHERE id = ?", [article_id]).fetchone()
    return int(row["publisher_id"])


def kept_of(connection: sqlite3.Connection, publisher_id: int, host: str) -> Kept:
    """What is kept of a site, packed as it is: whoever reads a page of it unpacks it."""
    row = connection.execute(
        "SELECT id, with_care, templates, observations FROM site_templates WHERE publisher_id = ? AND host = ?",
        [publisher_id, host],
    ).fetchone()
    if row is not None:
        since = (row["id"], row["with_care"])
        return Kept(since=since, templates=row["templates"], observations=row["observations"])
    hosts = connection.execute("SELECT count(*) FROM site_templates WHERE publisher_id = ?", [publisher_id]).fetchone()
    return Kept(is_full=hosts[0] >= MAX_HOSTS)


def note_fitting(store: Store, publisher_id: int, host: str) -> None:
    """A page was read by what is known of its site, which is as it was."""
    store.connection.execute(
        "UPDATE site_templates SET by_template = by_template + 1 WHERE publisher_id = ? AND host = ?",
        [publisher_id, host],
    )


def put(store: Store, publisher_id: int, host: str, lesson: Lesson, reading: LearnedReading, now: datetime) -> None:
    """Keep what is remembered of a site after a page."""
    row = store.connection.execute(
        "SELECT id, with_care, redesigns FROM site_templates WHERE publisher_id = ? AND host = ?", [publisher_id, host]
    ).fetchone()
    stamp, whats = to_text(now), {one.what for one in lesson.happened}
    values: dict[str, Value] = {
        "standing": lesson.standing,
        "place": lesson.place,
        "with_care": (row["with_care"] if row else 0) + 1,
        "why": str(reading.why or ""),
        "templates": lesson.templates,
        "observations": lesson.observations,
    }
    if reading.checked:
        worst = min((one.held for one in reading.checked), key=list(Held).index)
        values |= {"checked_at": stamp, "checked": str(worst)}
    if "trusted" in whats:
        values["learned_at"] = stamp
    if "redesign" in whats:
        values |= {"redesigned_at": stamp, "redesigns": (row["redesigns"] if row else 0) + 1}
    if row is None:
        insert(store.connection, "site_templates", {"publisher_id": publisher_id, "host": host, **values})
    else:
        update(store.connection, "site_templates", row["id"], values)
    for one in lesson.happened:
        if one.what in _JOURNALED:
            detail = json.dumps({"host": host, "place": one.place, "pages": one.pages})
            note(store, now, "samewire", _JOURNALED[one.what], f"{host}: {one.why}", detail=detail)


def forget(store: Store, feed_id: FeedId, *, actor: str, now: datetime) -> tuple[str, tuple[str, ...]]:
    """Forget what is learned of the pages of a feed's publisher; returns the publisher and the hosts concerned."""
    with store.transaction():
        publisher = store.connection.execute(
            "SELECT p.id, p.name FROM publishers p JOIN feeds f ON f.publisher_id = p.id WHERE f.id = ?", [feed_id]
        ).fetchone()
        hosts = tuple(
            row["host"]
            for row in store.connection.execute(
                "DELETE FROM site_templates WHERE publisher_id = ? RETURNING host", [publisher["id"]]
            ).fetchall()
        )
        if hosts:
            note(store, now, actor, "template-forgotten", f"{publisher['name']}: {', '.join(sorted(hosts))}")
        return publisher["name"], tuple(sorted(hosts))
