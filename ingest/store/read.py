"""What people ask: stories with their members, search, health, status. Works on any read-only connection."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.model import ArticleId, ArticleStatus, FeedKind, Relation, StoryId, StoryMember, StoryView
from ingest.store.sql import gone
from ingest.store.times import from_text, optional_time, to_text
from ingest.text.search import indexed

#: Matching articles that one search ranks; beyond it the words are too common for rank to mean much.
MAX_RANKED = 2000
#: A query that is sound for FTS5 and finds nothing; the empty string would be a syntax error.
NO_TERMS = '""'
SUMMARY_CHARS = 600

_MEMBERS = f"""
SELECT m.story_id, m.relation, m.score, m.reason, m.via, a.id, a.title, a.url, a.published_at, a.first_seen_at,
       a.agency, a.status, a.baseline, substr(a.text, 1, {SUMMARY_CHARS}) AS summary, a.text_source,
       a.withdrawn_at, a.withdrawn_reason,
       length(a.text) - length(replace(replace(a.text, ' ', ''), char(10), '')) + 1 AS words,
       p.name AS publisher, p.kind AS kind, a.publisher_id, {gone("a")} AS gone,
       (SELECT count(*) FROM revisions r WHERE r.article_id = a.id) AS revisions
FROM members m JOIN articles a ON a.id = m.article_id JOIN publishers p ON p.id = a.publisher_id
WHERE m.story_id IN (SELECT value FROM json_each(?))
ORDER BY m.story_id, coalesce(a.published_at, a.first_seen_at), a.content_hash, p.name, a.identity
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHealth:
    """A feed as its operator wants to see it."""

    id: int
    url: str
    title: str | None
    publisher: str
    kind: FeedKind
    status: str
    last_success_at: datetime | None
    next_at: datetime
    failures: int
    reason: str | None
    detail: str
    entries: int
    overflows: int  # polls between which entries came and went unseen
    push: str  # none, wanted, asked, active, denied, or doubted
    sitemap_listed: int | None  # pages in its publisher's news sitemap that feeds had time to show
    sitemap_missed: int | None  # of these, those that none showed
    proposed_url: str | None  # a feed that was found where this one is dead
    robots: bool  # False: its pages are fetched by agreement, whatever robots.txt says
    verify_tls: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The whole newsroom in figures."""

    feeds: dict[str, int]  # by status
    failing_feeds: int
    due_feeds: int
    articles: int
    stories: int
    pages_waiting: int
    to_match: int
    polls_24h: dict[str, int]  # by outcome
    articles_24h: int
    last_poll_at: datetime | None
    last_digest: str | None
    deliveries: dict[str, int]  # of each recipient's last digest, by status
    caps: dict[str, int]
    yields: dict[str, int]  # articles of the last seven days by how much of them we have
    dropped: tuple[str, ...]  # publishers of whom we have much less in full than before
    withdrawn_7d: int
    database_bytes: int


def story(connection: sqlite3.Connection, story_id: int) -> StoryView | None:
    """A story with its members; None when there is none of this id, or it went into another."""
    found = stories(connection, [story_id])
    return found[0] if found else None


def stories(connection: sqlite3.Connection, ids: Sequence[int]) -> tuple[StoryView, ...]:
    """These stories, in the order asked for; ended ones are left out."""
    wanted = _json(ids)
    heads = {
        row["id"]: row
        for row in connection.execute(
            "SELECT * FROM stories WHERE merged_into IS NULL AND id IN (SELECT value FROM json_each(?))", [wanted]
        )
    }
    rows: dict[int, list[sqlite3.Row]] = {}
    for row in connection.execute(_MEMBERS, [wanted]):
        rows.setdefault(row["story_id"], []).append(row)
    return tuple(_story(heads[i], rows[i]) for i in dict.fromkeys(ids) if i in heads and i in rows)


def forwarded(connection: sqlite3.Connection, story_id: int) -> StoryId | None:
    """Where an ended story went, or None."""
    row = connection.execute("SELECT merged_into FROM stories WHERE id = ?", [story_id]).fetchone()
    return StoryId(row["merged_into"]) if row and row["merged_into"] else None


def latest(
    connection: sqlite3.Connection, *, limit: int, offset: int = 0, since: datetime | None = None
) -> tuple[StoryView, ...]:
    """Stories by their latest change, newest first."""
    rows = connection.execute(
        "SELECT id FROM stories WHERE merged_into IS NULL AND updated_at >= ? "
        "ORDER BY updated_at DESC, id DESC LIMIT ? OFFSET ?",
        [to_text(since) if since else "", limit, offset],
    )
    return stories(connection, [row["id"] for row in rows])


def search(connection: sqlite3.Connection, query: str, *, limit: int, offset: int = 0) -> tuple[StoryView, ...]:
    """Stories with a member that holds every word of the query, best first, from `offset` on; no word finds nothing."""
    rows = connection.execute(
        "SELECT m.story_id AS id, min(f.rank) AS rank FROM "
        "(SELECT rowid, rank FROM articles_fts WHERE articles_fts MATCH ? ORDER BY rank LIMIT ?) f "
        "JOIN members m ON m.article_id = f.rowid GROUP BY m.story_id ORDER BY rank, m.story_id LIMIT ? OFFSET ?",
        [fts_query(query), MAX_RANKED, limit, offset],
    )
    return stories(connection, [row["id"] for row in rows])


def fts_query(query: object) -> str:
    """A person's words as a query that FTS5 always takes; without a word in it, one that finds nothing."""
    return search_terms(str(query)) or NO_TERMS if query is not None else NO_TERMS


def search_terms(query: str) -> str:
    """A person's words as a safe FTS5 query: every word or quoted phrase must occur, nothing is an operator."""
    phrases = []
    for quoted, bare in re.findall(r'"([^"]*)"|([^\s"]+)', query[:1000]):
        tokens = indexed(quoted or bare)
        if tokens:
            phrases.append(f'"{tokens}"')
    return " AND ".join(phrases[:32])


def feeds(connection: sqlite3.Connection) -> tuple[FeedHealth, ...]:
    """Every feed, the failing ones first."""
    rows = connection.execute(
        "SELECT f.*, p.name AS publisher, p.kind AS kind, p.robots AS robots, h.entries, h.push, h.sitemap_listed, "
        "h.sitemap_missed, h.proposed_url FROM feeds f JOIN publishers p ON p.id = f.publisher_id "
        "JOIN feed_health h ON h.id = f.id ORDER BY f.failures DESC, p.name, f.url"
    )
    return tuple(
        FeedHealth(
            id=row["id"],
            url=row["url"],
            title=row["title"],
            publisher=row["publisher"],
            kind=FeedKind(row["kind"]),
            status=row["status"],
            last_success_at=optional_time(row["last_success_at"]),
            next_at=from_text(row["next_at"]),
            failures=row["failures"],
            reason=row["last_reason"],
            detail=row["last_detail"] or "",
            entries=row["entries"],
            overflows=row["overflows"],
            push=row["push"],
            sitemap_listed=row["sitemap_listed"],
            sitemap_missed=row["sitemap_missed"],
            proposed_url=row["proposed_url"],
            robots=bool(row["robots"]),
            verify_tls=bool(row["verify_tls"]),
        )
        for row in rows
    )


def status(connection: sqlite3.Connection, now: datetime) -> Status:
    """The whole newsroom in figures, as of now."""
    at, day_ago = to_text(now), to_text(now.fromtimestamp(now.timestamp() - 86400, tz=now.tzinfo))
    last_digest = _one(connection, "SELECT max(day) FROM digests")
    return Status(
        feeds=_pairs(connection, "SELECT status, count(*) FROM feeds GROUP BY status"),
        failing_feeds=_count(
            connection,
            "SELECT count(*) FROM feeds WHERE status = 'active' AND failures > 0 AND coalesce(stale_until_at, '') <= ?",
            at,
        ),
        due_feeds=_count(connection, "SELECT count(*) FROM feeds WHERE status = 'active' AND next_at <= ?", at),
        articles=_count(connection, "SELECT count(*) FROM articles"),
        stories=_count(connection, "SELECT count(*) FROM stories WHERE merged_into IS NULL"),
        pages_waiting=_count(connection, "SELECT count(*) FROM articles WHERE next_fetch_at IS NOT NULL"),
        to_match=_count(
            connection, "SELECT count(*) FROM articles WHERE matched_hash IS NULL OR matched_hash <> content_hash"
        ),
        polls_24h=_pairs(
            connection, "SELECT outcome, count(*) FROM polls WHERE started_at >= ? GROUP BY outcome", day_ago
        ),
        articles_24h=_count(connection, "SELECT count(*) FROM articles WHERE first_seen_at >= ?", day_ago),
        last_poll_at=optional_time(_one(connection, "SELECT max(started_at) FROM polls")),
        last_digest=last_digest,
        deliveries=_pairs(
            connection,
            "SELECT status, count(*) FROM deliveries d "
            "WHERE day = (SELECT max(day) FROM deliveries n WHERE n.recipient = d.recipient) "
            "AND day >= (SELECT date(max(day), '-7 days') FROM deliveries) GROUP BY status",
        ),
        caps=_pairs(connection, "SELECT name, bitten FROM caps"),
        yields=_yields(connection),
        dropped=tuple(
            row["publisher"]
            for row in connection.execute("SELECT publisher FROM publisher_yield WHERE warning = 'dropped' ORDER BY 1")
        ),
        withdrawn_7d=_count(
            connection,
            "SELECT count(*) FROM articles WHERE withdrawn_at >= ?",
            to_text(now - timedelta(days=7)),
        ),
        database_bytes=_count(connection, "PRAGMA page_count") * _count(connection, "PRAGMA page_size"),
    )


def _yields(connection: sqlite3.Connection) -> dict[str, int]:
    row = connection.execute(
        "SELECT coalesce(sum(full_7d), 0) AS full, coalesce(sum(feed_only_7d), 0) AS feed_only, "
        "coalesce(sum(walled_7d), 0) AS walled, coalesce(sum(blocked_7d), 0) AS blocked FROM publisher_yield"
    ).fetchone()
    return {name: row[name] for name in ("full", "feed_only", "walled", "blocked")}


def _story(head: sqlite3.Row, rows: list[sqlite3.Row]) -> StoryView:
    return StoryView(
        id=StoryId(head["id"]),
        title=head["title"],
        first_article_id=head["first_article_id"],
        first_confidence=head["first_confidence"],
        first_reason=head["first_reason"],
        members=tuple(_member(row) for row in rows),
        revisions=sum(row["revisions"] for row in rows),
        created_at=from_text(head["created_at"]),
        updated_at=from_text(head["updated_at"]),
    )


def _member(row: sqlite3.Row) -> StoryMember:
    return StoryMember(
        article_id=ArticleId(row["id"]),
        title=row["title"],
        url=row["url"],
        publisher=row["publisher"],
        kind=FeedKind(row["kind"]),
        relation=Relation(row["relation"]),
        score=row["score"],
        reason=row["reason"],
        published_at=optional_time(row["published_at"]),
        first_seen_at=from_text(row["first_seen_at"]),
        agency=row["agency"],
        summary=row["summary"] or "",
        words=row["words"] or 0,
        status=ArticleStatus(row["status"]),
        via=row["via"],
        baseline=bool(row["baseline"]),
        publisher_id=row["publisher_id"],
        gone=row["gone"],
        withdrawn_at=optional_time(row["withdrawn_at"]),
        withdrawn_reason=row["withdrawn_reason"] or "",
    )


def _json(ids: Sequence[int]) -> str:
    return "[" + ",".join(str(int(i)) for i in ids) + "]"


def _one(connection: sqlite3.Connection, sql: str, *values: object) -> str | None:
    found = connection.execute(sql, values).fetchone()[0]
    return None if found is None else str(found)


def _count(connection: sqlite3.Connection, sql: str, *values: object) -> int:
    return int(connection.execute(sql, values).fetchone()[0] or 0)


def _pairs(connection: sqlite3.Connection, sql: str, *values: object) -> dict[str, int]:
    return {row[0]: row[1] for row in connection.execute(sql, values)}
