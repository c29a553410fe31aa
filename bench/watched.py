"""What it costs to be watched: a count, a sign of life, a question of the database, a page of metrics.

Processor time, on a database that is filled with rows of the sizes that matter to the questions asked (`--articles`,
`--feeds`). A poll counts thirteen times; `bench.fleet` says what a poll costs without that.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from tabulate import tabulate

from ingest.config import load
from ingest.daemon.dispatcher import Dispatcher
from ingest.daemon.exposition import Exposition
from ingest.daemon.vitals import Vitals
from ingest.pipeline.counts import Counts
from ingest.pipeline.desk import Desk, open_desk
from ingest.store.connection import open_reader
from ingest.store.read_operation import figures

#: How often a poll counts, the writer's two spreads included.
COUNTS_A_POLL = 13


def fill(desk: Desk, feeds: int, articles: int) -> None:
    """Rows for the questions to walk over."""
    connection = desk.store.connection
    at = "2026-05-01T00:00:00Z"
    with desk.store.transaction():
        connection.execute("INSERT INTO publishers (name) VALUES ('p')")
        connection.executemany(
            "INSERT INTO feeds (url, publisher_id, origin, added_at, next_at, host) VALUES (?, 1, 'added', ?, ?, ?)",
            ((f"https://h{n}.example/feed", at, "2099-01-01T00:00:00Z", f"h{n}.example") for n in range(feeds)),
        )
        connection.executemany(
            "INSERT INTO articles (publisher_id, identity, url, title, text, first_seen_at, status, text_source, "
            "content_hash, matched_hash, next_fetch_at) "
            "VALUES (1, ?, '', 't', 'x', ?, 'extracted', 'feed', 'h', 'h', iif(? % 50, NULL, '2099-01-01T00:00:00Z'))",
            ((f"a{n}", at, n) for n in range(articles)),
        )


async def cpu_us(times: int, work: Callable[[], Awaitable[object]]) -> float:
    """Microseconds of processor time that one piece of work takes."""
    before_s = time.process_time()
    for _ in range(times):
        await work()
    return 1e6 * (time.process_time() - before_s) / times


async def measured(desk: Desk) -> dict[str, float]:
    """Microseconds of each."""
    counts, dispatcher = Counts(), Dispatcher(desk)
    vitals = Vitals(desk, dispatcher)
    exposition = Exposition(desk, dispatcher, vitals)
    path = desk.config.database_path

    async def count() -> None:
        for _ in range(1000):
            counts.add("polls_total", "ok", "")

    async def ask() -> None:
        with closing(open_reader(path)) as connection:
            figures(connection, path, datetime.now(UTC))

    async with desk.client:
        await exposition.page()
        return {
            "count": await cpu_us(200, count) / 1000,
            "sign of life": await cpu_us(2000, vitals.beat),
            "question of the database": await cpu_us(20, ask),
            "page": await cpu_us(50, exposition.page),
        }


def main() -> int:
    """Measure and print. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=5_000, help="feeds in the database (5,000)")
    parser.add_argument("--articles", type=int, default=500_000, help="articles in the database (500,000)")
    parser.add_argument("--json", action="store_true", dest="as_json", help="print JSON")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "config.toml"
        file.write_text('[poll]\ncontact = "https://x.example/"\n', encoding="utf-8")
        with open_desk(
            load(file).config, for_command="bench", clock=lambda: datetime.now(UTC), rng=random.Random(1),
            headers_of=lambda _url: (),
        ) as desk:  # fmt: skip
            print(f"filling {given.feeds} feeds, {given.articles} articles", file=sys.stderr)
            fill(desk, given.feeds, given.articles)
            each = asyncio.run(measured(desk))
    # What stands against a day of one core: a sign every 5 s, a page every 15 s with a question, 96 polls of each feed.
    day_s = 86_400.0
    polls = 96 * given.feeds
    shares = {
        "count": each["count"] * COUNTS_A_POLL * polls / 1e6 / day_s,
        "sign of life": each["sign of life"] / 5 / 1e6,
        "question of the database": each["question of the database"] / 15 / 1e6,
        "page": each["page"] / 15 / 1e6,
    }
    if given.as_json:
        print(json.dumps({"microseconds": each, "share_of_one_core": shares}, indent=2))
    else:
        rows = [(what, f"{us:,.1f}", f"{shares[what]:.4%}") for what, us in each.items()]
        print(tabulate(rows, headers=["", "µs of CPU each", "share of one core"]))
        print(f"together {sum(shares.values()):.3%} of one core, with {polls} polls and 5,760 pages a day")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
