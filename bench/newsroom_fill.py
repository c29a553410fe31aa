"""A newsroom's database of any size, filled by plain SQL: publishers by Zipf's law, stories of one to forty members.

It has what the pages read: feeds with polls, articles with texts of some hundred words and the full-text index,
stories, members, verdicts, revisions, related stories, hits. Texts are drawn from a few thousand words.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path

from ingest.store.migrations import MIGRATIONS, SCHEMA, migrate
from ingest.store.times import to_text

PUBLISHERS, FEEDS = 300, 400
DAYS = 90
TEXT_WORDS = 130
BATCH = 5_000  # stories at once
_RELATIONS = ("copy", "copy", "copy", "abridgement", "rewrite", "revision")
_AGENCIES = ("Reuters", "dpa", "AFP", None, None, None, None)
_COMMON = ("council", "minister", "police", "port", "report", "said", "city", "on", "the", "of", "in", "a", "to", "and")

Row = tuple[object, ...]


class Words:
    """Texts out of a small vocabulary, half of it common words."""

    def __init__(self, seed: int, length: int = TEXT_WORDS) -> None:
        self.rng, self.length = random.Random(seed), length
        rare = [f"{stem}{n}" for n in range(400) for stem in ("harbour", "valley", "market", "storm", "treaty")]
        self.vocabulary = [*_COMMON, *rare]
        self.weights = list(accumulate([1 / len(_COMMON)] * len(_COMMON) + [1 / len(rare)] * len(rare)))

    def text(self, words: int) -> str:
        """So many words."""
        return " ".join(self.rng.choices(self.vocabulary, cum_weights=self.weights, k=words))


def fill(path: Path, articles: int, *, seed: int = 7, schema: int = SCHEMA, words: int = TEXT_WORDS) -> None:
    """Make a newsroom of about so many articles, the newest of this minute, as a samewire of this schema kept it.

    words: how long a text is.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
        connection.execute("PRAGMA journal_mode = WAL")
        migrate(connection, path, MIGRATIONS[:schema])
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "foreign_keys = OFF", "cache_size = -200000"):
            connection.execute(f"PRAGMA {pragma}")
        now = datetime.now(UTC)
        connection.execute("BEGIN")
        _sources(connection, now, random.Random(seed))
        _stories(connection, articles, now, Words(seed, words))
        connection.execute("COMMIT")
        connection.execute("ANALYZE")
        connection.execute("PRAGMA journal_mode = WAL")


def append(connection: sqlite3.Connection, words: Words, now: datetime) -> None:
    """One more story of three members, as a writer adds it: one transaction."""
    connection.execute("BEGIN IMMEDIATE")
    article = connection.execute("SELECT coalesce(max(id), 0) + 1 FROM articles").fetchone()[0]
    story = connection.execute("SELECT coalesce(max(id), 0) + 1 FROM stories").fetchone()[0]
    _insert(connection, [_story(words, article, story, 3, now)])
    connection.execute("COMMIT")


def _sources(connection: sqlite3.Connection, now: datetime, rng: random.Random) -> None:
    kinds = ["wire"] * 5 + ["aggregator"] * 5 + ["outlet"] * (PUBLISHERS - 10)
    connection.executemany(
        "INSERT INTO publishers (id, name, domain, kind) VALUES (?, ?, ?, ?)",
        [(n, f"Publisher {n}", f"p{n}.example", kind) for n, kind in enumerate(kinds, start=1)],
    )
    connection.executemany(
        "INSERT INTO feeds (id, url, title, publisher_id, origin, added_at, next_at, last_poll_at, last_success_at, "
        "last_change_at, baseline_at, failures, last_reason) VALUES (?, ?, ?, ?, 'config', ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                n, f"https://p{n}.example/rss", f"Feed {n}", (n - 1) % PUBLISHERS + 1, to_text(now),
                to_text(now + timedelta(days=7)), *[to_text(now)] * 4,
                3 if n % 40 == 0 else 0, "timeout" if n % 40 == 0 else None,
            )
            for n in range(1, FEEDS + 1)
        ],
    )  # fmt: skip
    connection.executemany(
        "INSERT INTO polls (feed_id, started_at, outcome, status, bytes, seconds, new_entries) "
        "VALUES (?, ?, 'ok', 200, 30000, 0.4, ?)",
        (
            (feed, to_text(now - timedelta(hours=hour)), rng.randrange(6))
            for hour in range(24 * 14, 0, -1)
            for feed in range(1, FEEDS + 1)
        ),
    )


def _stories(connection: sqlite3.Connection, articles: int, now: datetime, words: Words) -> None:
    sizes = list(_sizes(articles, words.rng))
    step = timedelta(days=DAYS) / max(1, len(sizes))
    article, batch = 1, []
    for number, size in enumerate(sizes, start=1):
        batch.append(_story(words, article, number, size, now - step * (len(sizes) - number)))
        article += size
        if len(batch) == BATCH:
            _insert(connection, batch)
            batch.clear()
    _insert(connection, batch)


def _sizes(articles: int, rng: random.Random) -> Iterator[int]:
    """Members of each story: most have one, some many, one in a thousand forty."""
    left, number = articles, 0
    while left > 0:
        number += 1
        size = 40 if number % 1000 == 500 else rng.choices((1, 2, 3, rng.randrange(4, 21)), (62, 16, 9, 13))[0]
        yield min(size, left)
        left -= size


def _story(
    words: Words, article: int, story: int, size: int, at: datetime
) -> tuple[list[Row], list[Row], list[Row], Row]:
    """Articles, full-text rows and members of a story, and the story; its last member came at `at`."""
    rng = words.rng
    title, text = words.text(9).capitalize(), words.text(words.length)
    indexed = text.lower()
    rows, members = list[Row](), list[Row]()
    agency, language = rng.choice(_AGENCIES), rng.choice(("en", "en", "en", "de", "fr"))
    for n in range(size):
        came = to_text(at - timedelta(minutes=7 * (size - 1 - n)))
        number = article + n
        # Zipf's law: the first publisher has most.
        publisher = min(PUBLISHERS, int(PUBLISHERS ** rng.random()))
        rows.append(
            (
                number, publisher, f"https://p{publisher}.example/{number}", f"https://p{publisher}.example/{number}",
                title, text, came, came, language, agency, "extracted", "extractor", f"h{number}", f"h{number}",
            )
        )  # fmt: skip
        relation = rng.choice(_RELATIONS) if n else "original"
        members.append((number, story, relation, 0.9 if n else 1.0, article if n else None, relation, came))
    first, last = rows[0][6], rows[-1][6]
    head = (
        story,
        title,
        article,
        0.9,
        "It carries the earliest time and no credit to anybody else.",
        first,
        last,
    )
    return rows, [(row[0], title.lower(), indexed) for row in rows], members, head


def _insert(connection: sqlite3.Connection, batch: list[tuple[list[Row], list[Row], list[Row], Row]]) -> None:
    schema = int(connection.execute("PRAGMA user_version").fetchone()[0])
    articles = [row for rows, *_ in batch for row in rows]
    members = [row for _, _, rows, _ in batch for row in rows]
    connection.executemany(
        "INSERT INTO articles (id, publisher_id, identity, url, title, text, published_at, first_seen_at, language, "
        "agency, status, text_source, content_hash, matched_hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        articles,
    )
    connection.executemany(
        "INSERT INTO articles_fts (rowid, title, text) VALUES (?, ?, ?)", [row for _, rows, *_ in batch for row in rows]
    )
    connection.executemany(
        "INSERT INTO stories (id, title, first_article_id, first_confidence, first_reason, created_at, updated_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        [head for *_, head in batch],
    )
    if schema > 1:
        ids = [(head[6], head[0]) for *_, head in batch]
        connection.executemany("UPDATE stories SET related_at = ? WHERE id = ?", ids)
    connection.executemany(
        "INSERT INTO members (article_id, story_id, relation, score, via, reason, joined_at) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        members,
    )
    pairs = [row for row in members if row[4] is not None]
    connection.executemany(
        "INSERT INTO verdicts (article_a, article_b, relation, score, reason, explanation, jaccard, containment_a, "
        "containment_b, title, lead_a, lead_b, shared, decided_at) "
        "VALUES (?, ?, 'copy', 0.9, 'copy', 'They say the same.', 0.9, 0.9, 0.9, 1, 1, 1, 90, ?)",
        [(row[4], row[0], row[6]) for row in pairs],
    )
    connection.executemany(
        "INSERT INTO revisions (article_id, title, text, seen_at, replaced_at, added_words, removed_words, similarity) "
        "VALUES (?, ?, ?, ?, ?, 3, 2, 0.97)",
        [(row[0], row[4], row[5], row[6], row[6]) for row in articles if int(str(row[0])) % 50 == 0],
    )
    connection.executemany(
        "INSERT OR IGNORE INTO related (story_a, story_b, score, reason) VALUES (?, ?, 0.6, 'follow-up')",
        [(int(str(head[0])) - 1, head[0]) for *_, head in batch if int(str(head[0])) % 7 == 0],
    )
