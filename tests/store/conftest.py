"""A real database file, and articles put into it through the store's own doors."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ingest.model import (
    Article,
    ArticleId,
    ArticleStatus,
    DuePage,
    Entry,
    Feed,
    FeedKind,
    New,
    Settled,
    TextChange,
    TextSource,
)
from ingest.revise.identity import content_hash as entry_hash
from ingest.revise.identity import key_at, link_of
from ingest.store import articles
from ingest.store.articles import ShownEntry, pages
from ingest.store.connection import Store, open_writer
from ingest.store.due import pages_due
from ingest.store.feeds import NewFeed, add_feed, by_url, publisher_id

NOW = datetime(2026, 5, 5, 12, 0, tzinfo=UTC)


def shown(entry: Entry, *, identity: str | None = None) -> ShownEntry:
    """An entry as a poll decided on it: new."""
    key = key_at(entry, 0)  # type: ignore[arg-type]
    return ShownEntry(
        decision=New(key=key, content_hash=entry_hash(entry), entry=entry),
        canonical_link=link_of(entry),
        identity=identity or link_of(entry) or f"entry:1:{key}",
        published_at=entry.published_at,
        published_reason=None if entry.published_at else "missing",
    )


@dataclass
class Desk:
    """A store with short ways to put things into it and to look at them."""

    store: Store
    path: Path
    now: datetime = NOW
    made: int = field(default=0)

    def feed(self, url: str = "https://example.org/feed", publisher: str = "Gazette") -> Feed:
        add_feed(self.store, NewFeed(url=url, publisher=publisher, domain="example.org"), self.now)
        found = by_url(self.store.connection, url, interval=timedelta(hours=1))
        assert found is not None
        return found

    def article(self, title: str, text: str, *, publisher: str = "Gazette", at: datetime | None = NOW) -> ArticleId:
        """A settled article, alone in its story."""
        self.made += 1
        with self.store.transaction():
            owner = publisher_id(self.store, publisher, domain="example.org", kind=FeedKind.OUTLET)
            entry = Entry(link=f"https://example.org/{self.made}", title=title)
            article_id, _ = articles.insert_article(
                self.store, owner, entry.link or "", entry, published_at=at, now=self.now, baseline=False
            )
            self.settle(article_id, title, text)
        return article_id

    def settle(self, article_id: ArticleId, title: str, text: str, change: TextChange | None = None) -> None:
        body = Article(url="", title=title, text=text, source=TextSource.EXTRACTOR, confidence=0.9)
        settled = Settled(
            article_id=article_id, article=body, status=ArticleStatus.EXTRACTED, attempts=1, next_fetch_at=None
        )
        articles.settle(self.store, settled, change, self.now)

    def rows(self, sql: str, *values: object) -> list[dict[str, Any]]:
        return [dict(row) for row in self.store.connection.execute(sql, values)]

    def one(self, sql: str, *values: object) -> Any:
        (row,) = self.rows(sql, *values)
        (value,) = row.values()
        return value

    def is_sound(self) -> bool:
        return self.one("PRAGMA integrity_check") == "ok" and not self.rows("PRAGMA foreign_key_check")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    path = tmp_path / "newsroom.db"
    with open_writer(path, for_command="test") as store:
        yield Desk(store, path)


def due_pages(connection: sqlite3.Connection, now: datetime, *, limit: int) -> tuple[DuePage, ...]:
    """Articles whose next attempt is due, the longest waiting first, with what an attempt needs."""
    ids = [ArticleId(due.id) for due in pages_due(connection, now, after=None, limit=limit)]
    found = {page.article_id: page for page in pages(connection, ids)}
    return tuple(found[article_id] for article_id in ids)
