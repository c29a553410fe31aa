"""Rows of bench/core.py on storing an article with all that belongs to it, and on comparing with one that is stored."""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
from collections import defaultdict
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from shutil import copyfile

import sqlite_utils

from bench.core_texts import least, told
from bench.corpora import FILES, from_file
from ingest.match.batch import group_measured, measure
from ingest.match.features import Features, features
from ingest.match.sketch import sketch
from ingest.match.verify import compare
from ingest.model import (
    Article,
    ArticleId,
    ArticleStatus,
    Document,
    Entry,
    Feed,
    Member,
    New,
    Settled,
    StoryId,
    TextSource,
    Verdict,
)
from ingest.pipeline.matching import MAKE, PIECE
from ingest.store import signatures, stories
from ingest.store.articles import ShownEntry, content_hash, settle, store_entries
from ingest.store.connection import Store, open_writer
from ingest.store.feeds import NewFeed, add_feed, by_url
from ingest.store.verdicts import store_verdicts

_NOW = datetime(2026, 5, 1, tzinfo=UTC)
_HOUR = timedelta(hours=1)
FEED = "https://bench.example/feed"


class _Articles:
    """Real texts with all that matching found of them, before any of it is stored."""

    def __init__(self, limit: int) -> None:
        found = [each.document for each in from_file(FILES["dev"], limit=limit).articles]
        # Numbered as a new database will number them.
        self.documents = [replace(each, id=ArticleId(number)) for number, each in enumerate(found, start=1)]
        self.features = measure(self.documents)
        self.signed = {each.id: _signed(self.features[each.id]) for each in self.documents}
        matched = group_measured(self.features, window=timedelta(days=14))
        self.verdicts: dict[ArticleId, list[Verdict]] = defaultdict(list)
        for verdict in matched.verdicts:  # stored with the one that comes last
            self.verdicts[max(verdict.a, verdict.b)].append(verdict)
        self.places: dict[ArticleId, tuple[StoryId, Member]] = {}
        for group in matched.grouping.groups:
            first = min(member.article_id for member in group.members)
            for member in group.members:
                if member.article_id != first:  # in whose story, made with it, the others come
                    self.places[member.article_id] = StoryId(first), replace(member, via=first)

    def store_in(self, empty: Path, path: Path) -> Path:
        """Store everything in a copy of a database, PIECE articles in a transaction, and check its log in."""
        copyfile(empty, path)
        with open_writer(path, for_command="bench") as store:
            feed = by_url(store.connection, FEED, interval=_HOUR)
            assert feed is not None
            for start in range(0, len(self.documents), PIECE):
                with store.transaction():
                    self._store(store, feed, self.documents[start : start + PIECE])
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return path

    def _store(self, store: Store, feed: Feed, documents: list[Document]) -> None:
        store_entries(store, feed, list(map(shown, documents)), _NOW, baseline=False)
        for document in documents:
            settle(store, settled(document), None, _NOW)
            signatures.store_signature(store, document.id, self.signed[document.id])
            stories.store_claim(store, document.id, self.features[document.id].claim.to_json())
            store_verdicts(store, document.id, self.verdicts[document.id], _NOW)
            stories.mark_matched(store, document.id)
            if document.id in self.places:
                stories.attach(store, *self.places[document.id], _NOW)


def store_rows(chosen: argparse.Namespace) -> None:
    """Storing alone: what it takes an article, and how large the file is after a checkpoint."""
    articles = _Articles(chosen.limit)
    texts = {str(each.id): each.text for each in articles.documents}
    with tempfile.TemporaryDirectory() as name:
        folder, number = Path(name), count()

        def row_by_row() -> None:
            with closing(sqlite_utils.Database(folder / f"{next(number)}.db")) as database:
                for url, text in texts.items():
                    database.table("articles").upsert({"url": url, "text": text, "similar": ""}, pk="url")

        empty = folder / "empty.db"
        with open_writer(empty, for_command="bench") as store, store.transaction():
            add_feed(store, NewFeed(url=FEED, publisher="bench", domain="bench.example"), _NOW)
        works: dict[str, Callable[[], object]] = {
            "sqlite-utils, a row at a time": row_by_row,  # as bench/naive.py does
            "samewire, storing an article": lambda: articles.store_in(empty, folder / f"{next(number)}.db"),
        }
        told(least(chosen.rounds, works), len(texts), "sqlite-utils, a row at a time")
        _told_verifying(articles, articles.store_in(empty, folder / "asked.db"), chosen.rounds)
        size = articles.store_in(empty, folder / "one.db").stat().st_size - empty.stat().st_size
    spoken = sum(len(text.encode()) for text in texts.values()) / len(texts)
    verdicts = sum(map(len, articles.verdicts.values())) / len(texts)
    print(f"{size / len(texts):.0f} B an article more than an empty database, its text {spoken:.0f} B "
          f"(2.3 times that and 1 kB: {2.3 * spoken + 1000:.0f}); {verdicts:.1f} verdicts each")  # fmt: skip


def _told_verifying(articles: _Articles, path: Path, rounds: int) -> None:
    """Print what a verdict costs: with the other text at hand, and with reading and measuring it anew."""
    pairs = [(verdict.a, verdict.b) for found in articles.verdicts.values() for verdict in found]
    held = {each.id: features(each) for each in articles.documents}
    with open_writer(path, for_command="bench") as store:

        def at_hand() -> None:
            for a, b in pairs:
                compare(held[a], held[b])

        def read() -> None:
            for a, b in pairs:
                (document,) = stories.documents_to_compare(store.connection, [a])
                compare(features(document), held[b])

        at_hand()  # what a closer look asks of a text is remembered with it
        works: dict[str, Callable[[], object]] = {
            "a verdict, both texts at hand": at_hand,
            "a verdict, the other text read": read,
        }
        told(least(rounds, works), len(pairs), "a verdict, both texts at hand")


def shown(document: Document) -> ShownEntry:
    """A text as an entry that its feed shows for the first time."""
    entry = Entry(
        guid=f"bench-{document.id}",
        link=f"https://bench.example/{document.id}",
        title=document.title,
        summary=document.text[:300],
        published_at=document.published_at,
    )
    decision = New(key=f"bench-{document.id}", content_hash=content_hash(entry.title, entry.summary), entry=entry)
    return ShownEntry(
        decision=decision,
        canonical_link=entry.link,
        identity=entry.link or "",
        published_at=document.published_at,
    )


def settled(document: Document) -> Settled:
    """The same as its page was read."""
    article = Article(
        url=f"https://bench.example/{document.id}",
        title=document.title,
        text=document.text,
        published_at=document.published_at,
        language=document.language,
        confidence=1.0,
        source=TextSource.EXTRACTOR,
    )
    return Settled(
        article_id=document.id, article=article, status=ArticleStatus.EXTRACTED, attempts=1, next_fetch_at=None
    )


def _signed(measured: Features) -> signatures.Signed:
    drawn = sketch(measured)
    return signatures.Signed(
        make=MAKE,
        at=measured.at,
        kept_at=measured.at or _NOW,
        sketch=drawn.to_bytes(),
        skipped=None,
        words=drawn.words,
        title=measured.title_hash,
        frame=measured.title_frame,
    )
