"""Entries and articles: what a poll brought, which pages are to be fetched, and the texts that came of them."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ingest.errors import Reason
from ingest.model import (
    Article,
    ArticleId,
    ArticleStatus,
    Decision,
    DuePage,
    Entry,
    EntryId,
    Feed,
    FeedId,
    KnownEntry,
    New,
    PublisherId,
    Revised,
    Same,
    Settled,
    TextChange,
    TextSource,
)
from ingest.store.connection import Store
from ingest.store.sql import id_list, insert, update
from ingest.store.stories import start_alone
from ingest.store.times import from_text, optional_text, optional_time, to_text, to_text_ceil
from ingest.text.search import indexed

#: Known entries with one of a poll's links: all together, and with each however many the links.
_MAX_LINKED, _LEAST_PER_LINK = 20_000, 21
_KNOWN = "id, article_id, key, guid, link, title, content_hash"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownEntry:
    """One decided entry of a poll, ready to be stored."""

    decision: Decision
    canonical_link: str | None = None
    identity: str = ""  # of its article: the one name of its addresses, or feed and key; Same has no need of it
    published_at: datetime | None = None
    published_reason: str | None = None
    stood: bool = False  # it is new to us and stood in the feed before we looked: a baseline, though of a later poll


def content_hash(title: str, text: str) -> str:
    """sha256 over title and text: the name by which ties between articles break."""
    return hashlib.sha256(f"{title}\n{text}".encode()).hexdigest()[:32]


def known_entries(
    connection: sqlite3.Connection, feed_id: FeedId, keys: Sequence[str], links: Sequence[str], *, without_link: int
) -> tuple[KnownEntry, ...]:
    """The feed's entries with one of these keys, and the newest with one of these canonical links or without any.

    without_link: how many of the last at the most. Of a link that a feed gives to everything there are as many as it
    ever showed: twenty thousand for all links together are enough to know what it shows again.
    """
    per_link = max(_LEAST_PER_LINK, _MAX_LINKED // max(1, len(links)))
    asked: tuple[tuple[str, list[object]], ...] = (
        ("feed_id = ?1 AND key IN (SELECT value FROM json_each(?2))", [json.dumps(list(keys))]),
        (
            "id IN (SELECT e.id FROM json_each(?2) j JOIN entries e ON e.id IN (SELECT id FROM entries "
            "WHERE feed_id = ?1 AND canonical_link = j.value ORDER BY id DESC LIMIT ?3))",
            [json.dumps(list(links)), per_link],
        ),
        ("id IN (SELECT id FROM entries WHERE feed_id = ?1 AND canonical_link IS NULL ORDER BY id DESC LIMIT ?2)",
         [without_link]),
    )  # fmt: skip
    rows: dict[int, sqlite3.Row] = {}
    for condition, values in asked:
        sql = f"SELECT {_KNOWN} FROM entries WHERE {condition}"
        rows.update((row["id"], row) for row in connection.execute(sql, [feed_id, *values]))
    return tuple(known_entry(row) for _, row in sorted(rows.items()))


def known_entry(row: sqlite3.Row) -> KnownEntry:
    """A row of `entries` as what is known of it."""
    return KnownEntry(
        id=EntryId(row["id"]),
        article_id=ArticleId(row["article_id"]),
        key=row["key"],
        guid=row["guid"],
        link=row["link"],
        title=row["title"],
        content_hash=row["content_hash"],
    )


def store_entries(store: Store, feed: Feed, shown: Sequence[ShownEntry], now: datetime, *, baseline: bool) -> None:
    """Write what a poll showed: new entries with their articles, revised ones, and that the rest was seen again.

    Belongs inside the transaction that also keeps the poll's validators.
    """
    stamp = to_text(now)
    for item in shown:
        if isinstance(item.decision, New):
            article_id, _ = insert_article(
                store,
                feed.publisher_id,
                item.identity,
                item.decision.entry,
                published_at=item.published_at,
                now=now,
                baseline=baseline or item.stood,
            )
            _insert_entry(store, feed, item, item.decision, article_id=article_id, stamp=stamp)
        elif isinstance(item.decision, Revised):
            _revise_entry(store, item, item.decision, stamp)
    again = [item.decision.known.id for item in shown if isinstance(item.decision, Same)]
    store.connection.execute(
        "UPDATE entries SET last_seen_at = ? WHERE id IN (SELECT value FROM json_each(?))", [stamp, id_list(again)]
    )


def insert_article(
    store: Store,
    publisher: PublisherId,
    identity: str,
    entry: Entry,
    *,
    published_at: datetime | None,
    now: datetime,
    baseline: bool,
) -> tuple[ArticleId, bool]:
    """The article of this publisher and identity, made (alone in a story, its page due) when it is new.

    Returns its id, and whether it is new.
    """
    row = store.connection.execute(
        "SELECT id FROM articles WHERE publisher_id = ?1 AND identity = ?2", [publisher, identity]
    ).fetchone()
    if row:
        return ArticleId(row["id"]), False
    title, text, stamp = entry.title or entry.summary[:120], entry.summary, to_text(now)
    row_id = insert(
        store.connection,
        "articles",
        {
            "publisher_id": publisher,
            "identity": identity,
            "url": entry.link or "",
            "title": title,
            "text": text,
            "published_at": optional_text(published_at),
            "first_seen_at": stamp,
            "baseline": int(baseline),
            "language": entry.language,
            "byline": json.dumps(entry.authors, ensure_ascii=False),
            "source_title": entry.source_title,
            "status": ArticleStatus.PENDING,
            "reason": None,
            "text_source": TextSource.SUMMARY,
            "next_fetch_at": stamp,
            "content_hash": content_hash(title, text),
        },
    )
    article_id = ArticleId(row_id)
    index_text(store, article_id, None, (title, text))
    start_alone(store, article_id, title, stamp)
    return article_id, True


def _insert_entry(
    store: Store, feed: Feed, item: ShownEntry, decision: New, *, article_id: ArticleId, stamp: str
) -> None:
    entry = decision.entry
    if is_redacted(store.connection, article_id):
        entry = replace(entry, title="", summary="", content="")
    insert(
        store.connection,
        "entries",
        {
            "feed_id": feed.id,
            "article_id": article_id,
            "key": decision.key,
            "guid": entry.guid,
            "link": entry.link,
            "canonical_link": item.canonical_link,
            "title": entry.title,
            "summary": entry.summary,
            "content": entry.content,
            "content_hash": decision.content_hash,
            "published_at": optional_text(item.published_at),
            "published_raw": entry.published_raw,
            "published_reason": item.published_reason,
            "first_seen_at": stamp,
            "last_seen_at": stamp,
        },
    )


def _revise_entry(store: Store, item: ShownEntry, decision: Revised, stamp: str) -> None:
    entry, known = decision.entry, decision.known
    if is_redacted(store.connection, known.article_id):
        return
    update(
        store.connection,
        "entries",
        known.id,
        {
            "title": entry.title,
            "summary": entry.summary,
            "content": entry.content,
            "link": entry.link,
            "canonical_link": item.canonical_link,
            "content_hash": decision.content_hash,
            "last_seen_at": stamp,
        },
    )
    # The page is asked for again; until it answers, the text we have stays.
    store.connection.execute(
        "UPDATE articles SET next_fetch_at = ?, attempts = 0 WHERE id = ?",
        [stamp, known.article_id],
    )


def is_redacted(connection: sqlite3.Connection, article_id: ArticleId) -> bool:
    """Whether a person had an article's words removed: none may come back, and its page is never asked for again."""
    row = connection.execute("SELECT redacted_at FROM articles WHERE id = ?", [article_id]).fetchone()
    return row["redacted_at"] is not None


def pages(connection: sqlite3.Connection, ids: Sequence[ArticleId]) -> tuple[DuePage, ...]:
    """What is needed for an attempt at each of these articles' pages."""
    rows = connection.execute(
        "SELECT a.id, a.url, a.attempts, a.text_source, a.language, a.byline, a.source_title, e.feed_id, e.guid, "
        "e.title, e.summary, e.content, e.published_at, f.fetch_pages, p.robots, a.next_fetch_at, a.read_by "
        "FROM articles a "
        "JOIN entries e ON e.id = (SELECT max(id) FROM entries WHERE article_id = a.id) "
        "JOIN feeds f ON f.id = e.feed_id JOIN publishers p ON p.id = f.publisher_id "
        "WHERE a.id IN (SELECT value FROM json_each(?)) ORDER BY a.id",
        [id_list(ids)],
    )
    return tuple(_due_page(row) for row in rows)


def _due_page(row: sqlite3.Row) -> DuePage:
    return DuePage(
        article_id=ArticleId(row["id"]),
        feed_id=FeedId(row["feed_id"]),
        url=row["url"],
        attempts=row["attempts"],
        fetch_pages=None if row["fetch_pages"] is None else bool(row["fetch_pages"]),
        robots=bool(row["robots"]),
        has_body=row["text_source"] != TextSource.SUMMARY,
        is_recheck=row["text_source"] != TextSource.SUMMARY and row["next_fetch_at"] is None,
        read_by=row["read_by"],
        entry=Entry(
            guid=row["guid"],
            link=row["url"] or None,
            title=row["title"],
            summary=row["summary"],
            content=row["content"],
            published_at=optional_time(row["published_at"]),
            authors=tuple(json.loads(row["byline"])),
            language=row["language"],
            source_title=row["source_title"],
        ),
    )


def settle(store: Store, settled: Settled, change_of: TextChange | None, now: datetime) -> None:
    """Write what an attempt gave; a text that was replaced is kept in `revisions` with the figures of the change."""
    article = settled.article
    old = store.connection.execute("SELECT * FROM articles WHERE id = ?", [settled.article_id]).fetchone()
    if old["redacted_at"] is not None:  # whoever asks: none of its words may come back
        return
    title = article.title or old["title"]
    if change_of is not None and old["pruned_at"] is None:  # else what was replaced is not there to be kept
        insert(
            store.connection,
            "revisions",
            {
                "article_id": settled.article_id,
                "title": old["title"],
                "text": old["text"],
                "seen_at": to_text(text_seen_at(store.connection, settled.article_id)),
                "replaced_at": to_text(now),
                "added_words": change_of.added_words,
                "removed_words": change_of.removed_words,
                "similarity": round(change_of.similarity, 4),
            },
        )
    update(
        store.connection,
        "articles",
        settled.article_id,
        {
            "canonical_url": article.canonical_url,
            "title": title,
            "text": article.text,
            "published_at": old["published_at"] or optional_text(article.published_at),
            "language": article.language or old["language"],
            "byline": json.dumps(article.byline, ensure_ascii=False) if article.byline else old["byline"],
            "section": article.section or old["section"],
            "keywords": json.dumps(article.keywords, ensure_ascii=False) if article.keywords else old["keywords"],
            "agency": article.agency,
            "agency_evidence": article.agency_evidence,
            "status": settled.status,
            "reason": article.reason,
            "text_source": article.source,
            "confidence": round(article.confidence, 3),
            "read_by": article.read_by,
            "read_from": article.read_from,
            "attempts": settled.attempts,
            "next_fetch_at": to_text_ceil(settled.next_fetch_at) if settled.next_fetch_at else None,
            "content_hash": content_hash(title, article.text),
            "pruned_at": None,
            "pruned_reason": None,
        },
    )
    if settled.next_fetch_at is None:
        store.connection.execute(
            "UPDATE entries SET content = '' WHERE article_id = ? AND content <> ''", [settled.article_id]
        )
    index_text(store, settled.article_id, (old["title"], old["text"]), (title, article.text))


def postpone(
    store: Store,
    article_id: ArticleId,
    *,
    status: ArticleStatus,
    reason: Reason | None,
    attempts: int,
    next_fetch_at: datetime | None,
) -> None:
    """An attempt that failed and leaves the text as it is."""
    update(
        store.connection,
        "articles",
        article_id,
        {
            "status": status,
            "reason": reason,
            "attempts": attempts,
            "next_fetch_at": to_text_ceil(next_fetch_at) if next_fetch_at else None,
        },
    )


def text_of(connection: sqlite3.Connection, article_id: ArticleId) -> tuple[str, str, TextSource, ArticleStatus]:
    """An article's title, text, where the text came from, and its status."""
    row = connection.execute(
        "SELECT title, text, text_source, status FROM articles WHERE id = ?", [article_id]
    ).fetchone()
    return row["title"], row["text"], TextSource(row["text_source"]), ArticleStatus(row["status"])


def says_else(connection: sqlite3.Connection, article_id: ArticleId, found: Article) -> bool:
    """Whether what was read just now is another text or title than the one we have."""
    title, text, _, _ = text_of(connection, article_id)
    return (found.title or title, found.text) != (title, text)


def text_seen_at(connection: sqlite3.Connection, article_id: ArticleId) -> datetime:
    """When an article's present text came."""
    row = connection.execute(
        "SELECT coalesce((SELECT max(replaced_at) FROM revisions WHERE article_id = a.id), a.first_seen_at) AS at "
        "FROM articles a WHERE a.id = ?",
        [article_id],
    ).fetchone()
    return from_text(row["at"])


def index_text(store: Store, article_id: ArticleId, old: tuple[str, str] | None, new: tuple[str, str]) -> None:
    """Keep the full-text index beside the text. It holds no text, so the old words must be named to be taken out.

    It is done at the end of the transaction: FTS5 writes out all that it was given since whenever a statement opens a
    savepoint, which most do that write into a table with foreign keys.
    """
    planned = store.planned(("index", article_id))
    if isinstance(planned, _Indexing):
        old = planned.old
    store.at_end(("index", article_id), _Indexing(store.connection, article_id, old, new))


@dataclass(frozen=True, slots=True)
class _Indexing:
    """A change of an article's words in the full-text index."""

    connection: sqlite3.Connection
    article_id: ArticleId
    old: tuple[str, str] | None
    new: tuple[str, str]

    def __call__(self) -> None:
        """Make it."""
        if self.old == self.new:
            return
        if self.old is not None:
            self.connection.execute(
                "INSERT INTO articles_fts (articles_fts, rowid, title, text) VALUES ('delete', ?, ?, ?)",
                [self.article_id, *map(indexed, self.old)],
            )
        self.connection.execute(
            "INSERT INTO articles_fts (rowid, title, text) VALUES (?, ?, ?)", [self.article_id, *map(indexed, self.new)]
        )
