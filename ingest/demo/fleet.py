"""What this machine can carry: a trip measured stage by stage on the sample newsroom, and the feeds that allows."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from ingest.config import load
from ingest.demo.newsroom import EDITIONS, load_newsroom
from ingest.demo.pages import render_page
from ingest.errors import ExtractError
from ingest.extract.article import extract
from ingest.match.index import Index
from ingest.match.sign import NUM_PERM
from ingest.match.sketch import Sketch
from ingest.model import ArticleId, Page
from ingest.pipeline.transfer import import_articles

#: Articles that a feed brings a day: of ten thousand feeds a million and a half in a fortnight.
ARTICLES_A_FEED = 10.7
#: So much of processor and memory may be in use on average: news comes in waves, and the machine has other work.
SHARE = 0.5
_DAY_S = 86_400.0
_OPENED_AT = datetime(2026, 5, 1, 6, tzinfo=UTC)
_ROUNDS = 3
_STEP = 500  # articles added between two words of progress

Tell = Callable[[str, int, int], None]
Clock = Callable[[], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What one article costs on this machine; processor seconds, the least of several rounds."""

    extract_s: float  # from a page's bytes to its text
    match_s: float  # from a text to its place in a story, stored: features, index, verdicts, words for search
    question_s: float  # of that the index: its question and its entry, at the size it was measured at
    index_bytes: float
    indexed: int  # articles in the index when it was measured


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet:
    """What a machine of these costs carries."""

    feeds: int
    articles_a_day: int
    limit: str  # what is used up first: extracting, matching or memory
    memory_mb: int  # of the index at that size


def measure(clock: Clock, tell: Tell, *, indexed: int, rounds: int = _ROUNDS, pages: int | None = None) -> Costs:
    """Return what an article costs.

    clock: processor seconds of this process. indexed: articles that the index is filled with. pages: how many are read
    and matched in each round; all there are where it is not said.
    """
    shown, extract_s, match_s = _pages()[:pages], float("inf"), float("inf")
    with tempfile.TemporaryDirectory(prefix="samewire-bench-") as name:
        for number in range(rounds):
            begun = clock()
            texts = _extracted(shown)
            extract_s = min(extract_s, (clock() - begun) / len(shown))
            begun = clock()
            _taken_in(Path(name) / str(number), texts)
            match_s = min(match_s, (clock() - begun) / len(texts))
            tell("pages", number + 1, rounds)
    question_s, index_bytes = _indexed(clock, tell, indexed)
    return Costs(extract_s=extract_s, match_s=match_s, question_s=question_s, index_bytes=index_bytes, indexed=indexed)


def carried(costs: Costs, *, processors: int, memory_bytes: int, window: timedelta) -> Fleet:
    """Return the fleet of feeds that a machine can keep up with, at half its strength.

    Pages are read on all processors, articles are matched on one, and the index holds two windows of them.
    """
    both_s = costs.extract_s + costs.match_s
    days = 2 * window / timedelta(days=1)
    limits = {
        "extracting": SHARE * processors * _DAY_S / both_s,
        "matching": SHARE * _DAY_S / costs.match_s,
        "memory": SHARE * memory_bytes / (costs.index_bytes * days),
    }
    limit = min(limits, key=lambda name: limits[name])
    articles = limits[limit]
    return Fleet(
        feeds=int(articles / ARTICLES_A_FEED),
        articles_a_day=int(articles),
        limit=limit,
        memory_mb=int(articles * days * costs.index_bytes / 1e6),
    )


def _pages() -> list[Page]:
    """Every page of the sample newsroom, in its last edition."""
    newsroom, pages = load_newsroom(), []
    addresses = {publisher.key: f"https://{publisher.key}.example" for publisher in newsroom.publishers}
    for article in newsroom.articles:
        publisher = newsroom.publisher(article.publisher)
        others = newsroom.articles_of(publisher.key)
        document = render_page(publisher, article, addresses, _OPENED_AT, EDITIONS[-1], neighbours=others)
        url = f"{addresses[publisher.key]}/{article.slug}-{article.number}"
        pages.append(Page(url=url, body=document.body, content_type=document.content_type))
    return pages


def _extracted(pages: list[Page]) -> list[dict[str, object]]:
    """What the pages say, as records of an archive; walls and stubs are left out."""
    found: list[dict[str, object]] = []
    for page in pages:
        with suppress(ExtractError):
            article = extract(page)
            stamp = article.published_at.isoformat() if article.published_at else None
            found.append(
                {"id": page.url, "url": page.url, "title": article.title, "text": article.text, "published_at": stamp}
            )
    return found


def _taken_in(folder: Path, texts: list[dict[str, object]]) -> None:
    """Store and match texts in a new database, as `samewire import` does."""
    folder.mkdir()
    (folder / "config.toml").touch()
    file = folder / "texts.jsonl"
    file.write_text("".join(json.dumps(record) + "\n" for record in texts), encoding="utf-8")
    import_articles(load(folder / "config.toml").config, file, _OPENED_AT, lambda _done, _total: None)


def _indexed(clock: Clock, tell: Tell, count: int) -> tuple[float, float]:
    """Processor seconds of a question and an entry at that size, and bytes an article."""
    rng, index = np.random.default_rng(1), Index(timedelta(days=14))
    index.expect(count)
    spent = 0.0
    for number in range(count):
        drawn = _drawn(rng)
        at = _OPENED_AT + timedelta(seconds=number)
        begun = clock()
        if number >= count - _STEP:
            index.candidates(drawn, at)
        index.add(ArticleId(number + 1), drawn, at)
        spent = spent + clock() - begun if number >= count - _STEP else 0.0
        if number % _STEP == 0 or number == count - 1:
            tell("index", number + 1, count)
    return spent / min(count, _STEP), index.nbytes / count


def _drawn(rng: np.random.Generator) -> Sketch:
    """A sketch of a text that shares nothing with any other."""
    return Sketch(
        signature=rng.integers(0, 1 << 32, NUM_PERM, dtype=np.uint32),
        body=rng.integers(1, 1 << 60, 14, dtype=np.uint64),
        lead=rng.integers(1, 1 << 60, 38, dtype=np.uint64),
        whole=False,
        digest=int(rng.integers(1 << 62)),
        words=0,
        title=int(rng.integers(1, 1 << 62)),
        agency=0,
        publisher=int(rng.integers(1, 10_000)),
        flash=False,
    )
