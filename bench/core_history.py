"""The row of bench/core.py on history: what a text costs from storing to its event in newsrooms of different ages.

Each newsroom is filled by plain SQL (bench/newsroom_fill.py), with signatures of bench/corpus.py beside; the same real
texts come to all of them, by turns. What history holds shares nothing with them, so that they are compared with one
another alone: what grows is what only looking things up costs. What a larger index proposes is the row on the index.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copyfile

from bench.core_store import FEED, settled, shown
from bench.corpora import FILES, from_file
from bench.corpus import Newsroom
from bench.newsroom_fill import fill
from ingest.model import ArticleId, Document
from ingest.pipeline.matching import MAKE, PIECE, Matcher
from ingest.store.articles import settle, store_entries
from ingest.store.connection import open_writer
from ingest.store.feeds import NewFeed, add_feed, by_url

_WINDOW, _HOUR = timedelta(days=14), timedelta(hours=1)
_INSERT = (
    "INSERT INTO signatures (article_id, epoch, algorithm, seed, tokeniser, at, kept_at, sketch, words, title, frame) "
    "SELECT id, ?, ?, ?, ?, published_at, coalesce(published_at, first_seen_at), ?, ?, ?, ? FROM articles WHERE id = ?"
)


def history_rows(chosen: argparse.Namespace) -> None:
    """Take the same texts into a young newsroom and into old ones; print what one costs, and its share of the first."""
    documents = [each.document for each in from_file(FILES["dev"], limit=chosen.limit).articles]
    sizes = sorted({min(chosen.rows, 10_000), chosen.rows})
    least: dict[int, float] = {}
    with tempfile.TemporaryDirectory() as name:
        filled = [_filled(Path(name) / f"{size}.db", size, chosen.seed) for size in sizes]
        for turn in range(max(1, chosen.rounds // 2)):
            for size, newsroom in zip(sizes, filled, strict=True):
                taken = _taken_in(newsroom, Path(name) / f"{size}-{turn}.db", documents)
                least[size] = min(taken, least.get(size, taken))
    for size, seconds in least.items():
        print(f"a text among {size:>9,d} articles: {1e3 * seconds / len(documents):6.2f} ms of processor, "
              f"{seconds / least[sizes[0]]:.2f} × the first")  # fmt: skip


def _filled(path: Path, articles: int, seed: int) -> Path:
    """A newsroom of so many articles, each with a signature."""
    print(f"filling a newsroom of {articles} articles", file=sys.stderr, flush=True)
    fill(path, articles)
    with open_writer(path, for_command="bench") as store:
        connection = store.connection
        with store.transaction():
            add_feed(store, NewFeed(url=FEED, publisher="bench", domain="bench.example"), datetime.now(UTC))
            (last,) = connection.execute("SELECT max(id) FROM articles").fetchone()
            for ids, blobs, _ in Newsroom(seed, articles=last).blocks(last):
                rows = zip(ids.tolist(), blobs, strict=True)
                connection.executemany(_INSERT, [(*MAKE.bound(), blob, *[3 * n + 1] * 3, n) for n, blob in rows])
            connection.execute("UPDATE articles SET matched_hash = content_hash")
            connection.execute("UPDATE stories SET related_at = updated_at")
    return path


def _taken_in(newsroom: Path, path: Path, documents: list[Document]) -> float:
    """Store, match and relate the texts in a copy of a newsroom. Returns seconds of the processor, a start not among
    them.
    """
    now = datetime.now(UTC)
    copyfile(newsroom, path)
    with open_writer(path, for_command="bench") as store:
        matcher = Matcher(window=_WINDOW)
        matcher.rebuild(store, now)
        feed = by_url(store.connection, FEED, interval=_HOUR)
        assert feed is not None
        (last,) = store.connection.execute("SELECT max(id) FROM articles").fetchone()
        arrived = [
            replace(each, id=ArticleId(last + number), published_at=now - timedelta(seconds=number))
            for number, each in enumerate(documents, start=1)
        ]
        begun = time.process_time()
        for start in range(0, len(arrived), PIECE):
            piece = arrived[start : start + PIECE]
            with store.transaction():
                store_entries(store, feed, list(map(shown, piece)), now, baseline=False)
                for document in piece:
                    settle(store, settled(document), None, now)
                    matcher.match(store, document.id, now)
        matcher.settle(store, now)
        seconds = time.process_time() - begun
    path.unlink()
    return seconds
