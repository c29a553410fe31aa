"""The checks of `samewire doctor`: what must hold in a database, and how each is mended."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from functools import cache
from pathlib import Path

from ingest.model import ArticleId
from ingest.store.articles import index_text
from ingest.store.connection import Store
from ingest.store.doctor import Check, Look
from ingest.store.migrations import migrate
from ingest.store.redact import redact_again
from ingest.store.stories import start_alone
from ingest.store.times import to_text

#: A WAL of this size means that something holds an old state open, or that the writer was killed.
LARGE_WAL = 256 * 2**20
#: Nothing is planned further ahead than a feed's longest interval.
_AHEAD = timedelta(days=100)
#: Other clocks may be wrong by so much.
_SKEW = timedelta(days=1)
_MOST = 10_000  # subjects of one check: enough to see how bad it is
#: Tables whose rows mean nothing without what they point at, and are made again where they are needed.
_DERIVED = frozenset(
    {
        "signatures", "claims", "verdicts", "related", "points", "passages", "boilerplate", "lessons", "marks",
        "quarantine", "passed_over", "kept_pages", "members", "reader_marks", "publisher_tags", "digest_events",
        "polls", "polls_daily", "proposals", "missed_pages", "site_templates",
    }
)  # fmt: skip
#: References that may be empty: what hung on them is computed anew.
_LOOSE = (
    ("members", "via", "articles"),
    ("stories", "first_article_id", "articles"),
    ("stories", "event_id", "stories"),
    ("journal", "constraint_id", "constraints"),
)
#: Of stories e: one that goes on and has no member; and where its last member went.
_EMPTY = "e.merged_into IS NULL AND NOT EXISTS (SELECT 1 FROM members m WHERE m.story_id = e.id)"
_LAST_OF_EMPTY = """
SELECT m.story_id FROM journal j JOIN members m ON m.article_id = j.article_id
WHERE j.action = 'joined' AND j.detail ->> '$.member_before.story_id' = e.id ORDER BY j.id DESC LIMIT 1
"""


def _rows(sql: str) -> Callable[[Look], list[str]]:
    """A check that is one question: its first column names what is wrong."""

    def find(look: Look) -> list[str]:
        given = {
            "now": to_text(look.now),
            "ahead": to_text(look.now + _AHEAD),
            "soon": to_text(look.now + _SKEW),
            "most": _MOST,
        }
        return [str(row[0]) for row in look.connection.execute(f"{sql} LIMIT :most", given)]

    return find


def _run(*statements: str) -> Callable[[Store, Look], None]:
    """Mending that is SQL alone."""

    def mend(store: Store, look: Look) -> None:
        for sql in statements:
            store.connection.execute(sql, {"now": to_text(look.now), "ahead": to_text(look.now + _AHEAD)})

    return mend


def _unsound(look: Look) -> list[str]:
    answers = [str(row[0]) for row in look.connection.execute("PRAGMA integrity_check(100)")]
    return [] if answers == ["ok"] else answers


def _only_indexes(store: Store, look: Look) -> None:
    """Write the indexes anew: a damaged table stays as it is, and stays found."""
    said = {answer.rpartition(" index ")[2] for answer in _unsound(look)}
    for (name,) in store.connection.execute("SELECT name FROM sqlite_master WHERE type = 'index'").fetchall():
        if name in said:
            store.connection.execute(f'REINDEX "{name}"')


def _orphans(look: Look) -> list[str]:
    return [
        f"{row[0]}, row {row[1]}: there is no such row in {row[2]}" if row[1] is not None
        else f"{row[0]}: there is no such row in {row[2]}"
        for row in look.connection.execute("PRAGMA foreign_key_check").fetchmany(_MOST)
    ]  # fmt: skip


def _drop_orphans(store: Store, look: Look) -> None:
    tables = {row[0] for row in look.connection.execute("PRAGMA foreign_key_check")}
    store.connection.execute("PRAGMA defer_foreign_keys = ON")
    for table, column, parent in _LOOSE:
        store.connection.execute(f"UPDATE {table} SET {column} = NULL WHERE {column} NOT IN (SELECT id FROM {parent})")
    for table in sorted(tables & _DERIVED):
        for _, _, parent, column, to, *_ in store.connection.execute(f"PRAGMA foreign_key_list({table})").fetchall():
            store.connection.execute(
                f"DELETE FROM {table} WHERE {column} IS NOT NULL "
                f"AND {column} NOT IN (SELECT {to or 'id'} FROM {parent})"
            )


def _redact_again(store: Store, look: Look) -> None:
    for (article_id,) in look.connection.execute("SELECT id FROM articles WHERE redacted_at IS NOT NULL").fetchall():
        redact_again(store, article_id)


def _schema(connection: sqlite3.Connection) -> dict[tuple[str, str], str]:
    """Each table, index, trigger and view with its SQL, those that SQLite makes for itself left out."""
    rows = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' AND sql > ''")
    return {(kind, name): sql for kind, name, sql in rows}


@cache
def _fresh() -> dict[tuple[str, str], str]:
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection, Path(":memory:"))
        return _schema(connection)


def _drift(look: Look) -> list[str]:
    here, fresh = _schema(look.connection), _fresh()
    return [
        f"{kind} {name}: {'missing' if (kind, name) not in here else 'not as samewire makes it'}"
        for (kind, name), sql in fresh.items()
        if here.get((kind, name)) != sql
    ]


def _strangers(look: Look) -> list[str]:
    fresh = _fresh()
    return [f"{kind} {name}" for kind, name in _schema(look.connection) if (kind, name) not in fresh]


def _redraw(store: Store, _look: Look) -> None:
    here = _schema(store.connection)
    for (kind, name), sql in _fresh().items():
        if kind in ("index", "view", "trigger") and here.get((kind, name)) != sql:
            if (kind, name) in here:
                store.connection.execute(f"DROP {kind} {name}")
            store.connection.execute(sql)


def _start_alone(store: Store, look: Look) -> None:
    homeless = store.connection.execute(
        "SELECT id, title FROM articles WHERE id NOT IN (SELECT article_id FROM members)"
    ).fetchall()
    for article_id, title in homeless:
        empty = store.connection.execute(
            f"SELECT e.id FROM stories e WHERE e.first_article_id = ? AND {_EMPTY}", [article_id]
        ).fetchone()
        story_id = start_alone(store, ArticleId(article_id), title, to_text(look.now))
        if empty is not None:  # its own, whose number people know
            store.connection.execute("UPDATE members SET story_id = ? WHERE article_id = ?", [empty[0], article_id])
            store.connection.execute("DELETE FROM stories WHERE id = ?", [story_id])
        store.connection.execute("UPDATE articles SET matched_hash = NULL WHERE id = ?", [article_id])


def _follow(store: Store, look: Look) -> None:
    """Let each forwarding row lead to the last story of its chain, and move members that stayed in an ended one."""
    for _ in range(50):
        if not store.connection.execute(
            "UPDATE stories SET merged_into = (SELECT n.merged_into FROM stories n WHERE n.id = stories.merged_into) "
            "WHERE merged_into IN (SELECT id FROM stories WHERE merged_into IS NOT NULL) AND merged_into <> id"
        ).rowcount:
            break
    store.connection.execute("UPDATE stories SET merged_into = NULL WHERE merged_into = id")
    store.connection.execute(
        "UPDATE members SET story_id = (SELECT merged_into FROM stories WHERE id = story_id), joined_at = ? "
        "WHERE story_id IN (SELECT id FROM stories WHERE merged_into IS NOT NULL)",
        [to_text(look.now)],
    )


def _unindexed(look: Look) -> list[str]:
    sql = (
        "SELECT 'article ' || id FROM (SELECT id FROM articles WHERE id NOT IN (SELECT id FROM articles_fts_docsize) "
        "UNION ALL SELECT id FROM articles_fts_docsize WHERE id NOT IN (SELECT id FROM articles))"
    )
    return _rows(sql)(look)


def _index(store: Store, look: Look) -> None:
    """Index what is missing; where a word is too many the index is made anew, for it does not know its words."""
    run = store.connection.execute
    if run("SELECT 1 FROM articles_fts_docsize WHERE id NOT IN (SELECT id FROM articles)").fetchone():
        run("INSERT INTO articles_fts (articles_fts) VALUES ('delete-all')")
    missing = "SELECT id FROM articles WHERE id NOT IN (SELECT id FROM articles_fts_docsize)"
    for (article_id,) in run(missing).fetchall():
        title, text = run("SELECT title, text FROM articles WHERE id = ?", [article_id]).fetchone()
        index_text(store, ArticleId(article_id), None, (title, text))


def _large_wal(look: Look) -> list[str]:
    wal = look.path.with_name(look.path.name + "-wal")
    size = wal.stat().st_size if wal.exists() else 0
    return [f"{wal.name}: {size / 1e6:.0f} MB"] if size > LARGE_WAL else []


def _half_copies(look: Look) -> list[str]:
    names = (look.path.parent.glob(f"{look.path.name}{pattern}") for pattern in ("*.part", ".restoring"))
    return sorted(path.name for found in names for path in found)


def _remove_half_copies(_store: Store, look: Look) -> None:
    for name in _half_copies(look):
        look.path.with_name(name).unlink()


_AGAIN = "the next pass computes these stories anew"
_RESTORE = "restore a backup: `samewire restore FILE`"
_OF_STORY = "UPDATE stories SET settled = (SELECT count(*) FROM members m WHERE m.story_id = stories.id) WHERE id IN "
_LOST_FIRST = """
SELECT s.id FROM stories s WHERE s.merged_into IS NULL AND s.first_article_id IS NOT NULL
AND NOT EXISTS (SELECT 1 FROM members m WHERE m.article_id = s.first_article_id AND m.story_id = s.id)
"""
_NOT_ONE_OPENING = """
SELECT story_id AS id FROM members GROUP BY story_id HAVING sum(relation = 'original') <> 1
"""
_LOST_VIA = """
SELECT m.story_id AS id FROM members m LEFT JOIN members v ON v.article_id = m.via
WHERE (m.relation = 'original') <> (m.via IS NULL) OR (m.via IS NOT NULL AND v.story_id IS NOT m.story_id)
"""
_UNSIGNED = """
SELECT a.id FROM articles a WHERE a.matched_hash = a.content_hash AND a.pruned_at IS NULL AND a.redacted_at IS NULL
AND NOT EXISTS (SELECT 1 FROM signatures s WHERE s.article_id = a.id)
AND NOT EXISTS (SELECT 1 FROM journal j WHERE j.article_id = a.id AND j.action = 'not-matched')
"""
_OTHER_EPOCH = """
SELECT a.id FROM signatures s JOIN articles a ON a.id = s.article_id
WHERE s.learned > (SELECT coalesce(max(id), 0) FROM epochs) AND a.matched_hash = a.content_hash
"""
_WRONG_EVENT = """
SELECT s.id FROM stories s JOIN stories e ON e.id = s.event_id
WHERE s.merged_into IS NULL AND s.related_at IS NOT NULL AND (e.merged_into IS NOT NULL OR e.event_id IS NOT e.id)
"""

_NOT_FORGOTTEN = """
SELECT 'article ' || a.id FROM articles a WHERE a.redacted_at IS NOT NULL AND (
    a.next_fetch_at IS NOT NULL OR a.recheck_at IS NOT NULL
    OR EXISTS (SELECT 1 FROM kept_pages k WHERE k.article_id = a.id)
    OR EXISTS (SELECT 1 FROM entries e WHERE e.article_id = a.id AND e.title || e.summary || e.content <> '')
    OR EXISTS (SELECT 1 FROM alerts l JOIN alert_targets t ON t.alert_id = l.id
               JOIN alert_messages m ON m.id = t.message_id, json_each(m.body, '$.alerts') one
               WHERE l.article_id = a.id
               AND (one.value ->> '$.article.url' IS NOT NULL OR one.value ->> '$.detail' <> '')
               AND one.key = (SELECT count(*) FROM alert_targets o WHERE o.message_id = m.id AND o.alert_id < l.id)))
"""

_STORIES: tuple[Check, ...] = (
    Check(
        name="members",
        holds="every article is in a story",
        broken="articles are in no story: no list shows them, and no digest tells of them",
        find=_rows("SELECT 'article ' || id FROM articles WHERE id NOT IN (SELECT article_id FROM members)"),
        cure="each becomes a story of its own and is matched again",
        mend=_start_alone,
    ),
    Check(
        name="forwarding",
        holds="an ended story leads to one that goes on, and has no members",
        broken="ended stories lead in a circle or to another ended one, or still have members: links end nowhere",
        find=_rows(
            "SELECT 'story ' || s.id FROM stories s JOIN stories n ON n.id = s.merged_into WHERE n.merged_into > 0 "
            "UNION SELECT 'story ' || s.id FROM stories s JOIN members m ON m.story_id = s.id WHERE s.merged_into > 0"
        ),
        cure="each leads to the last story of its chain, and its members move there",
        mend=_follow,
    ),
    Check(
        name="empty stories",
        holds="every story that goes on has a member",
        broken="stories have no member: their pages are empty",
        find=_rows(f"SELECT 'story ' || e.id FROM stories e WHERE {_EMPTY}"),
        cure="each leads to the story that took its last member, as the journal tells",
        mend=_run(f"UPDATE stories AS e SET merged_into = ({_LAST_OF_EMPTY}) WHERE {_EMPTY}"),
    ),
    Check(
        name="first",
        holds="the first publication of a story is one of its members",
        broken="stories name a first publication that is not among their members",
        find=_rows(f"SELECT 'story ' || id FROM ({_LOST_FIRST})"),
        cure=f"they name none, and {_AGAIN}",
        mend=_run(
            f"{_OF_STORY} ({_LOST_FIRST})",
            "UPDATE stories SET first_article_id = NULL, first_confidence = 0, "
            f"first_reason = 'to be computed anew' WHERE id IN ({_LOST_FIRST})",
        ),
    ),
    Check(
        name="openings",
        holds="every story has one member that opens it",
        broken="stories have no opening member, or several",
        find=_rows(f"SELECT 'story ' || id FROM ({_NOT_ONE_OPENING})"),
        cure=_AGAIN,
        mend=_run(
            f"{_OF_STORY} ({_NOT_ONE_OPENING})",
            "UPDATE members SET relation = 'rewrite', via = NULL WHERE relation = 'original' "
            f"AND story_id IN ({_NOT_ONE_OPENING})",
            "UPDATE members SET relation = 'original', via = NULL WHERE article_id IN (SELECT min(article_id) "
            f"FROM members WHERE story_id IN ({_NOT_ONE_OPENING}) GROUP BY story_id)",
        ),
    ),
    Check(
        name="via",
        holds="every member but the opening one hangs on another of its story",
        broken="members hang on an article outside their story, or on none",
        find=_rows(f"SELECT DISTINCT 'story ' || id FROM ({_LOST_VIA})"),
        cure=f"they hang on the opening member until {_AGAIN}",
        mend=_run(
            f"{_OF_STORY} ({_LOST_VIA})",
            "UPDATE members SET via = NULL WHERE relation = 'original'",
            "UPDATE members AS m SET via = (SELECT o.article_id FROM members o WHERE o.story_id = m.story_id "
            "AND o.relation = 'original') WHERE m.relation <> 'original' AND NOT EXISTS (SELECT 1 FROM members v "
            "WHERE v.article_id = m.via AND v.story_id = m.story_id)",
        ),
    ),
    Check(
        name="events",
        holds="an event is named by a story that goes on",
        broken="stories belong to an event whose story ended: the digest would tell of them in two lines",
        find=_rows(f"SELECT 'story ' || id FROM ({_WRONG_EVENT})"),
        cure="they are related anew at the next pass",
        mend=_run(f"UPDATE stories SET related_at = NULL, event_id = NULL WHERE id IN ({_WRONG_EVENT})"),
    ),
)

CHECKS: tuple[Check, ...] = (
    Check(
        name="file",
        holds="SQLite finds the file sound",
        broken="SQLite finds the file damaged",
        find=_unsound,
        cure=f"damaged indexes are made anew; for anything else, {_RESTORE}",
        mend=_only_indexes,
    ),
    Check(
        name="schema",
        holds="the schema is that of a fresh database",
        broken="the schema is not that of a fresh database: somebody changed it, and questions may fail or be slow",
        find=_drift,
        cure=f"indexes, views and triggers are made as they should be; for tables, {_RESTORE}",
        mend=_redraw,
    ),
    Check(
        name="foreign objects",
        holds="nothing in the file was made by somebody else",
        broken="somebody else made tables, views or indexes in this file; samewire leaves them alone",
        find=_strangers,
        cure="an upgrade may stumble over them: keep them in a file of your own",
        level="warning",
    ),
    Check(
        name="references",
        holds="every row that points at another finds it",
        broken="rows point at others that are not there",
        find=_orphans,
        cure=f"rows that mean nothing by themselves are dropped; for feeds, articles, entries and stories, {_RESTORE}",
        mend=_drop_orphans,
    ),
    *_STORIES,
    Check(
        name="full-text index",
        holds="the full-text index has one row an article",
        broken="the full-text index does not have the articles that there are: searches and watches miss some",
        find=_unindexed,
        cure="what is missing is indexed; with rows too many, all of it is made anew",
        mend=_index,
    ),
    Check(
        name="signatures",
        holds="every matched article has its signature, of an epoch that there is",
        broken="articles count as matched without a usable signature: no copy of theirs is found",
        find=_rows(f"SELECT 'article ' || id FROM ({_UNSIGNED} UNION {_OTHER_EPOCH})"),
        cure="they are matched again at the next pass",
        mend=_run(f"UPDATE articles SET matched_hash = NULL WHERE id IN ({_UNSIGNED} UNION {_OTHER_EPOCH})"),
    ),
    Check(
        name="texts",
        holds="where a text is said to be gone, it is",
        broken="articles are said to have lost their text and have one",
        find=_rows("SELECT 'article ' || id FROM articles WHERE pruned_at IS NOT NULL AND text <> ''"),
        cure="the mark of retention is taken off; the text stays",
        mend=_run(
            "UPDATE articles SET pruned_at = NULL, pruned_reason = NULL WHERE pruned_at IS NOT NULL AND text <> ''"
        ),
    ),
    Check(
        name="plans",
        holds="nothing is planned further ahead than a feed's longest interval",
        broken="feeds, hosts or pages are not to be asked for months: the clock was wrong when that was written",
        find=_rows(
            "SELECT 'feed ' || id FROM feeds WHERE next_at > :ahead UNION ALL "
            "SELECT host FROM hosts WHERE paused_until > :ahead UNION ALL "
            "SELECT 'article ' || id FROM articles WHERE next_fetch_at > :ahead OR recheck_at > :ahead"
        ),
        cure="they are due now",
        mend=_run(
            "UPDATE feeds SET next_at = :now, retry_after_at = NULL WHERE next_at > :ahead",
            "UPDATE hosts SET paused_until = :now WHERE paused_until > :ahead",
            "UPDATE articles SET next_fetch_at = :now WHERE next_fetch_at > :ahead",
            "UPDATE articles SET recheck_at = NULL WHERE recheck_at > :ahead",
        ),
    ),
    Check(
        name="clock",
        holds="nothing happened in the future",
        broken="records carry times that are still to come: the clock was ahead then, or is behind now",
        find=_rows(
            "SELECT 'article ' || id FROM articles WHERE first_seen_at > :soon UNION ALL "
            "SELECT 'poll ' || id FROM polls WHERE started_at > :soon UNION ALL "
            "SELECT 'journal line ' || id FROM journal WHERE at > :soon"
        ),
        cure="set the clock; what was first stays as it was recorded",
        level="warning",
    ),
    Check(
        name="ledger",
        holds="the ledger of digests says of each sent mail when it went",
        broken="the ledger of digests contradicts itself; nothing is sent again for it",
        find=_rows(
            "SELECT day || ' to ' || recipient FROM deliveries WHERE (status = 'sent') <> (sent_at IS NOT NULL) "
            "OR since > until"
        ),
        cure="look at these mails in `deliveries`; a wrong row is for a person to set right",
    ),
    Check(
        name="redactions",
        holds="nothing is kept of a redacted article, or asked for again",
        broken="words of redacted articles are kept, or their pages are to be asked for: earlier versions left them",
        find=_rows(_NOT_FORGOTTEN),
        cure="they are taken out",
        mend=_redact_again,
    ),
    Check(
        name="alerts",
        holds="every alert that waits has a time at which it is tried",
        broken="alerts wait without a time: nobody would ever send them",
        find=_rows(
            "SELECT 'message ' || id FROM alert_messages WHERE status IN ('pending', 'later') AND next_at IS NULL"
        ),
        cure="they are due now",
        mend=_run("UPDATE alert_messages SET next_at = :now WHERE status IN ('pending', 'later') AND next_at IS NULL"),
    ),
    Check(
        name="WAL",
        holds="the write-ahead log is small",
        broken="the write-ahead log is large: a reader holds an old state open, or the writer was killed",
        find=_large_wal,
        cure="it is written into the database; a reader that never ends must be stopped",
        mend=_run("PRAGMA wal_checkpoint(TRUNCATE)"),
        level="warning",
        outside=True,
    ),
    Check(
        name="copies",
        holds="no half copy lies beside the database",
        broken="copies lie beside the database that were never finished",
        find=_half_copies,
        cure="they are deleted",
        mend=_remove_half_copies,
        level="warning",
    ),
)
