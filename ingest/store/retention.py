"""Retention: what is old enough goes piece by piece, and no story loses a member, a title, a hash or a reason."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from ingest.model import ArticleId
from ingest.store.articles import index_text
from ingest.store.connection import Store
from ingest.store.times import to_text

#: Rows that go in one transaction, and articles whose texts do: others write in between.
ROWS, TEXTS = 5_000, 200
#: Pages that are given back to the file system at once, four kilobytes each.
PAGES = 2_000
#: articles.pruned_reason of a text that retention took.
BODIES = "retention.bodies"

# The conditions of the partial indexes verdicts_far and journal_own, word for word: SQLite uses them for nothing else.
_FAR = """
relation = 'different' AND veto IS NULL AND refused IS NULL AND reason IN ('dissimilar', 'gap', 'script', 'short')
AND score < 0.25 AND lead_a < 0.2 AND lead_b < 0.2
"""
_OWN = """
actor = 'samewire' AND action NOT IN ('merged', 'withdrawn', 'moved', 'move-undone', 'gone', 'mended')
AND (action <> 'joined' OR instr(detail, '"reason": "unmatched"') > 0)
"""
_ROLL_UP = """
INSERT INTO polls_daily (feed_id, day, outcome, reason, polls, pushed, bytes, seconds, longest_s, new_entries,
                         revised_entries)
SELECT feed_id, substr(started_at, 1, 10), outcome, coalesce(reason, ''), count(*), sum(pushed), sum(bytes),
       sum(seconds), max(seconds), sum(new_entries), sum(revised_entries)
FROM polls WHERE id IN (SELECT value FROM json_each(?))
GROUP BY 1, 2, 3, 4
ON CONFLICT (feed_id, day, outcome, reason) DO UPDATE SET
    polls = polls + excluded.polls, pushed = pushed + excluded.pushed, bytes = bytes + excluded.bytes,
    seconds = seconds + excluded.seconds, longest_s = max(longest_s, excluded.longest_s),
    new_entries = new_entries + excluded.new_entries, revised_entries = revised_entries + excluded.revised_entries
"""
_OLD_TEXTS = """
SELECT a.id, a.title, a.text FROM articles a JOIN members m ON m.article_id = a.id JOIN stories s ON s.id = m.story_id
WHERE a.first_seen_at < ?1 AND a.pruned_at IS NULL AND a.redacted_at IS NULL
  AND s.updated_at < ?1 AND a.next_fetch_at IS NULL AND a.matched_hash IS a.content_hash
  AND NOT EXISTS (SELECT 1 FROM revisions r WHERE r.article_id = a.id AND r.replaced_at >= ?1)
LIMIT ?2
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Up to when records are old enough to go; None: that kind stays for ever."""

    polls: date  # single polls of earlier days are added up
    poll_days: date
    events: date
    verdicts: datetime
    bodies: datetime | None = None
    pages: datetime | None = None
    journal: datetime | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """What one transaction did: how many records of a kind went."""

    kind: str
    gone: int


def pruning(store: Store, limits: Limits, now: datetime) -> Iterator[Piece]:
    """Let go of what is old, in pieces of a fraction of a second, between which others may write.

    The room is given back at the end where the file allows it (see `give_back`).
    """
    yield from _until_none("polls", lambda: _roll_up(store, limits.polls))
    yield from _until_none("poll_days", lambda: _delete(store, "polls_daily", "day < ?", limits.poll_days.isoformat()))
    yield from _until_none("events", lambda: _delete(store, "digest_events", "day < ?", limits.events.isoformat()))
    yield from _until_none(
        "verdicts", lambda: _delete(store, "verdicts", f"{_FAR} AND decided_at < ?", to_text(limits.verdicts))
    )
    if (bodies := limits.bodies) is not None:
        yield from _until_none("bodies", lambda: _drop_texts(store, bodies, now))
    if (pages := limits.pages) is not None:
        yield from _until_none("pages", lambda: _delete(store, "kept_pages", "kept_at < ?", to_text(pages)))
    if (journal := limits.journal) is not None:
        yield from _until_none("journal", lambda: _delete(store, "journal", f"{_OWN} AND at < ?", to_text(journal)))
    yield from _until_none("bytes", lambda: give_back(store.connection))


def give_back(connection: sqlite3.Connection, pages: int = PAGES) -> int:
    """Cut free pages off the file's end; returns the bytes that the file lost.

    0 too where the file keeps no track of free pages, as before schema 11: `samewire prune --vacuum` rewrites it.
    """
    if connection.execute("PRAGMA auto_vacuum").fetchone()[0] != _INCREMENTAL:
        return 0
    before = file_bytes(connection)
    connection.execute(f"PRAGMA incremental_vacuum({pages:d})").fetchall()
    return max(0, before - file_bytes(connection))


def rewrite(connection: sqlite3.Connection) -> None:
    """Rewrite the whole file without its free pages, and let it keep track of them from now on.

    Needs as much room again as the database has, and keeps every other connection out until it is done.
    """
    connection.execute(f"PRAGMA auto_vacuum = {_INCREMENTAL}")
    connection.execute("VACUUM")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def file_bytes(connection: sqlite3.Connection) -> int:
    """How large the database is, as SQLite sees it: its pages, be they in the file or still in the WAL."""
    pages, size = (connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("page_count", "page_size"))
    return int(pages * size)


_INCREMENTAL = 2  # of PRAGMA auto_vacuum


def _until_none(kind: str, work: Callable[[], int]) -> Iterator[Piece]:
    while gone := work():
        yield Piece(kind, gone)


def _delete(store: Store, table: str, old: str, limit: str) -> int:
    """Delete a few thousand rows of a table; `old` has one mark, for the limit."""
    key = {"verdicts": "(article_a, article_b)", "digest_events": "(day, edition, event_id)"}
    key |= {"polls_daily": "(feed_id, day, outcome, reason)", "kept_pages": "article_id"}
    named = key.get(table, "id")
    with store.transaction():
        return store.connection.execute(
            f"DELETE FROM {table} WHERE {named} IN (SELECT {named.strip('()')} FROM {table} WHERE {old} LIMIT {ROWS})",
            [limit],
        ).rowcount


def _roll_up(store: Store, before: date) -> int:
    """Add some of the polls before a day up to their days."""
    with store.transaction():
        found = store.connection.execute(
            "SELECT json_group_array(id), count(*) FROM (SELECT id FROM polls WHERE started_at < ? LIMIT ?)",
            [before.isoformat(), ROWS],
        ).fetchone()
        store.connection.execute(_ROLL_UP, [found[0]])
        store.connection.execute("DELETE FROM polls WHERE id IN (SELECT value FROM json_each(?))", [found[0]])
    return int(found[1])


def _drop_texts(store: Store, before: datetime, now: datetime) -> int:
    """Take the texts of some articles whose whole story is older than a time; the record stays and says so."""
    with store.transaction():
        rows = store.connection.execute(_OLD_TEXTS, [to_text(before), TEXTS]).fetchall()
        for row in rows:
            index_text(store, ArticleId(row["id"]), (row["title"], row["text"]), (row["title"], ""))
            for sql in (
                "UPDATE articles SET text = '', recheck_at = NULL, pruned_at = ?2, pruned_reason = ?3 WHERE id = ?1",
                "UPDATE entries SET summary = '', content = '' WHERE article_id = ?1",
                "UPDATE revisions SET text = '' WHERE article_id = ?1",
                "DELETE FROM kept_pages WHERE article_id = ?1",
            ):
                store.connection.execute(sql, [row["id"], to_text(now), BODIES][: sql.count("?")])
    return len(rows)
