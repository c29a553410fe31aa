"""How long many watches take over new articles: with the index of what each needs, one by one, and in the database.

    python -m bench.watches [--watches 1000] [--articles 10000] [--runs 3]

Articles are those of the newswire set in ten languages; queries are drawn from their words: phrases, alternatives,
NEAR, fields, wildcards, exact case, exclusions. Seconds are processor time of this process, the least of the runs,
reading the articles included. One by one and in the database a part of the work is done and reckoned up; where the
ways meet, all must find the same, or this ends with 1.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.newswire.edition import corpus
from ingest.errors import QueryError
from ingest.store.connection import Store, open_writer
from ingest.store.watch_sql import articles_that_fit
from ingest.text.search import indexed
from ingest.text.tokens import spelled
from ingest.watch.evaluate import fits
from ingest.watch.index import QueryIndex
from ingest.watch.parse import parse
from ingest.watch.query import Query
from ingest.watch.reading import Reading, Watched

SINCE = datetime(2026, 1, 1, tzinfo=UTC)
PART = 20  # one by one and in the database, one query in so many is asked


def material(count: int) -> list[Watched]:
    """So many articles of the newswire set, of as many seeds as that takes."""
    found: list[Watched] = []
    seed = 0
    while len(found) < count:
        seed += 1
        found += [
            Watched(
                title=str(one["title"]),
                text=str(one["text"]),
                publisher=str(one["publisher"]),
                language=str(one.get("language") or ""),
            )
            for one in corpus(seed, None)
        ]
    return found[:count]


def queries(articles: Sequence[Watched], count: int, rng: random.Random) -> list[Query]:
    """So many queries, each about some article."""
    found: list[Query] = []
    while len(found) < count:
        words = spelled(rng.choice(articles).text)
        if len(words) < 40:
            continue
        at = rng.randrange(len(words) - 30)
        long = sorted(words[at : at + 30], key=len)[-6:]
        phrase = " ".join(words[at : at + rng.choice([2, 2, 3])])
        text = rng.choice(
            [
                f'"{phrase}"',
                f'"{phrase}" AND ({long[0]} OR {long[1]} OR {long[2]})',
                f"({long[3]} OR {long[4]}) AND {long[5]} NOT {long[0]}",
                f"{long[5]} NEAR/10 {long[4]}",
                f"title:({long[5]} OR {long[4]}) OR lead:{long[3]}",
                f"{long[5][:6]}* {long[4]}",
                f"={long[5].title()} AND {long[4]}",
                f'"{phrase}" OR "{long[5]} {long[4]}"',
            ]
        )
        try:
            found.append(parse(text))
        except QueryError:
            continue  # a lone character of a script without spaces
    return found


def least(runs: int, work: Callable[[], object]) -> float:
    """The least processor time of so many runs, in seconds."""
    spent = []
    for _ in range(runs):
        begun = time.process_time()
        work()
        spent.append(time.process_time() - begun)
    return min(spent)


def fill(store: Store, articles: Sequence[Watched]) -> None:
    """Put the articles into a database, each alone in its story."""
    with store.transaction():
        run = store.connection.execute
        for number, one in enumerate(articles, start=1):
            run("INSERT OR IGNORE INTO publishers (name, domain) VALUES (?, '')", [one.publisher])
            run(
                "INSERT INTO articles (id, publisher_id, identity, url, title, text, first_seen_at, language, status, "
                "text_source, content_hash) VALUES (?1, (SELECT id FROM publishers WHERE name = ?2), ?1, '', ?3, ?4, "
                "'2026-05-05T12:00:00Z', ?5, 'extracted', 'feed', '')",
                [number, one.publisher, one.title, one.text, one.language],
            )
            run("INSERT INTO stories (id, title, created_at, updated_at) VALUES (?, '', '', '')", [number])
            run("INSERT INTO members (article_id, story_id, relation, score, reason, joined_at) "
                "VALUES (?1, ?1, 'original', 1, 'x', '')", [number])  # fmt: skip
            run("INSERT INTO articles_fts (rowid, title, text) VALUES (?, ?, ?)",
                [number, indexed(one.title), indexed(one.text)])  # fmt: skip


def main() -> int:
    """Print the figures; 1 when the ways do not agree."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--watches", type=int, default=1_000)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    articles = material(asked.articles)
    many = queries(articles, asked.watches, random.Random(1))
    some = range(0, len(many), PART)
    matched: dict[int, set[int]] = {}

    def indexed_way() -> None:
        index = QueryIndex(dict(enumerate(many)))
        matched.clear()
        for number, article in enumerate(articles, start=1):
            for name in index.matches(Reading(article)):
                matched.setdefault(name, set()).add(number)

    plain: dict[int, set[int]] = {}

    def plain_way() -> None:
        readings = [Reading(article) for article in articles]
        for name in some:
            plain[name] = {n for n, one in enumerate(readings, start=1) if fits(many[name].root, one)}

    seconds = least(asked.runs, indexed_way)
    told = sum(map(len, matched.values()))
    print(f"{len(many)} watches, {len(articles)} articles, {told} matches of {len(matched)} watches")
    print(f"with the index     {seconds:8.2f} s of one core, {1e6 * seconds / len(articles):.0f} µs an article")
    by_one = least(1, plain_way)
    print(f"one by one         {by_one * PART:8.2f} s (reckoned from {len(some)} watches)")
    with tempfile.TemporaryDirectory() as folder, open_writer(Path(folder) / "n.db", for_command="bench") as store:
        fill(store, articles)
        answers: dict[int, set[int]] = {}

        def database_way() -> None:
            for name in some:
                found = articles_that_fit(store.connection, many[name], since=SINCE, limit=len(articles))
                answers[name] = {one.id for one in found}

        print(f"in the database    {least(1, database_way) * PART:8.2f} s (reckoned from {len(some)} watches)")
    wrong = [many[name].text for name in some if not matched.get(name, set()) == plain[name] == answers[name]]
    print(f"{len(some) - len(wrong)} of {len(some)} found alike all three ways")
    for text in wrong:
        print(f"  not alike: {text}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
