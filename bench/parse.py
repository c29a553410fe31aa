"""What reading a feed costs beside feedparser.parse, and whether a part is read as the whole is, in one run.

    python bench/parse.py [--rounds 7] [--corpus feedparser-6.0.14.tar.gz]

Processor time of all processes, in turns on the same bytes: the least of the rounds, and the median of how many times
less than feedparser.parse each took beside it. "To the committed row" is everything from an answer's bytes to the
poll's transaction, worker and database included. The corpora are the cases of tests/parse and, where it is named, the
tests of feedparser's source distribution:

    pip download --no-deps --no-binary feedparser feedparser==6.0.14
"""

from __future__ import annotations

import argparse
import asyncio
import io
import random
import statistics
import sys
import tarfile
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path

import feedparser

from ingest.config import load
from ingest.errors import ParseError
from ingest.model import Outcome, Reading, Response
from ingest.parse.feed import parse_feed
from ingest.pipeline import feeds
from ingest.pipeline.desk import Desk, open_desk
from ingest.store.feeds import NewFeed, add_feed, by_url

ROOT = Path(__file__).resolve().parent.parent
URL = "http://news.example/feed.xml"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
WORDS = [
    "minister",
    "said",
    "tuesday",
    "that",
    "talks",
    "about",
    "ferry",
    "prices",
    "resume",
    "storm",
    "damaged",
    "piers",
]

REFERENCE = "feedparser.parse"
SAME_POLLS = 10  # of one round: each takes a few milliseconds


def item(name: str, rng: random.Random) -> str:
    """An article as a full-text feed carries it: about four kilobytes."""

    def words(count: int) -> str:
        return " ".join(rng.choice(WORDS) for _ in range(count))

    paragraphs = "".join(
        f"<p>{words(60)} &amp; <a href='https://news.example/{name}'>{words(4)}</a></p>" for _ in range(8)
    )
    return (
        f"<item><title>{words(8)}</title><link>https://news.example/{name}</link>"
        f"<guid isPermaLink='false'>{name}</guid><pubDate>Mon, 23 Nov 2026 10:00:00 GMT</pubDate>"
        f"<dc:creator>Ann Bo</dc:creator><category>World</category><description>{escape(words(30))}</description>"
        f"<content:encoded><![CDATA[{paragraphs}]]></content:encoded></item>\n"
    )


def feed_of(items: list[str], stamp: int = 0) -> bytes:
    """A feed of these items, with a head that changes at every poll."""
    return (
        "<?xml version='1.0' encoding='utf-8'?><rss version='2.0' "
        "xmlns:content='http://purl.org/rss/1.0/modules/content/' xmlns:dc='http://purl.org/dc/elements/1.1/'>"
        f"<channel><title>News</title><link>https://news.example/</link><lastBuildDate>{stamp}</lastBuildDate>"
        f"{''.join(items)}</channel></rss>"
    ).encode()


def answer(body: bytes, content_type: str = "application/rss+xml") -> Response:
    """A 200 with this body."""
    headers = (("content-type", content_type), ("etag", '"1"'))
    return Response(
        url=URL, requested_url=URL, status=200, headers=headers, body=body, seconds=0.0, received_bytes=len(body)
    )


def processor_s(desk: Desk | None = None) -> float:
    """Seconds of processor time so far, of this process and of the desk's workers (Linux: their clocks by number)."""
    workers = [worker.process.pid for worker in desk.pool._workers] if desk else []
    return time.process_time() + sum(time.clock_gettime((~pid << 3) | 2) for pid in workers if pid)


async def rounds_ms(size: int, rounds: int) -> tuple[int, int, dict[str, list[float]]]:
    """Bytes and items of a feed of about this size, and what each way of reading it took in each round, in turns."""
    rng = random.Random(size)
    items = items_of(size, rng)
    body = feed_of(items)
    known = frozenset(parse_feed(answer(body)).marks[2:])
    taken: dict[str, list[float]] = {}

    def note(name: str, begun: float, of: int = 1, desk: Desk | None = None) -> None:
        taken.setdefault(name, []).append(1000 * (processor_s(desk) - begun) / of)

    def timed(name: str, work: Callable[[], object]) -> None:
        begun = processor_s()
        work()
        note(name, begun)

    async def polled(name: str, desk: Desk, body: bytes, reading: Reading, of: int) -> None:
        begun = processor_s(desk)
        for _ in range(of):
            await trip(desk, body, reading)
        note(name, begun, of, desk)

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "config.toml").write_text("", encoding="utf-8")
        config = load(Path(folder) / "config.toml").config
        with open_desk(
            config, for_command="bench", clock=lambda: NOW, rng=rng, headers_of=lambda _: (), processes=1
        ) as desk:
            add_feed(desk.store, NewFeed(url=URL, publisher="News", domain="news.example"), NOW)
            shown = list(items)
            await poll(desk, feed_of(shown))
            for number in range(rounds):
                timed(REFERENCE, lambda: feedparser.parse(io.BytesIO(body)))
                timed("parse_feed, all of it", lambda: parse_feed(answer(body)))
                timed("parse_feed, two new items", lambda: parse_feed(answer(body), known))
                same = feed_of(shown, number)
                await polled("same body, to the committed row", desk, same, Reading.SAME, SAME_POLLS)
                shown[:0] = [item(f"new-{number}-{one}", rng) for one in range(2)]
                more = feed_of(shown, number + 1)
                await polled("two new items, to the committed row", desk, more, Reading.PART, 1)
    return len(body), len(items), taken


async def trip(desk: Desk, body: bytes, reading: Reading) -> None:
    """A poll that must have read as much of its answer as is said."""
    outcome = await poll(desk, body)
    if outcome.reading is not reading:
        raise SystemExit(f"a poll read {outcome.reading} where it should have read {reading}")


async def poll(desk: Desk, body: bytes) -> Outcome:
    """What a poll does once its answer is there."""
    feed = await desk.write(by_url, desk.store.connection, URL, interval=timedelta(hours=1))
    if feed is None:
        raise SystemExit("the bench's own feed is gone")
    outcome, parsed = await feeds._read(desk, feed, answer(body))
    return await desk.write(feeds._commit, desk, feed, outcome, parsed, NOW)


def items_of(size: int, rng: random.Random) -> list[str]:
    """As many items as make a feed of this many bytes."""
    items: list[str] = []
    while sum(map(len, items)) < size:
        items.append(item(str(len(items)), rng))
    return items


def figures(size: int, rounds: int) -> None:
    """Print the costs of one size of feed, and how many times less each is than feedparser.parse."""
    count, items, taken = asyncio.run(rounds_ms(size, rounds))
    print(f"\n{count:,} bytes, {items} items")
    for name, costs in taken.items():
        ratio = statistics.median(whole / cost for whole, cost in zip(taken[REFERENCE], costs, strict=True))
        print(f"  {name:36s} {min(costs):9.2f} ms  {ratio:7.1f} ×")


def own_corpus() -> Iterator[tuple[str, bytes, str]]:
    """Name, body and type of each case of ours."""
    sys.path.insert(0, str(ROOT))
    from tests.parse.test_cases import CASES, body_of  # noqa: PLC0415 - beside the checkout only

    for path in sorted(CASES.glob("*.toml")):
        for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]:
            yield f"{path.stem}: {case['name']}", body_of(case), case.get("content_type", "application/xml")


def archive(path: Path) -> Iterator[tuple[str, bytes, str]]:
    """Name and body of each file among the tests of a source distribution."""
    with tarfile.open(path) as opened:
        for member in opened.getmembers():
            if member.isfile() and "/tests/" in member.name and not member.name.endswith(".py"):
                read = opened.extractfile(member)
                yield member.name, read.read() if read else b"", "application/xml"


def judge(name: str, corpus: Iterator[tuple[str, bytes, str]]) -> int:
    """Print what came of a corpus. Returns how many of its feeds raised something or differ in part and whole."""
    counts: Counter[str] = Counter()
    for case, body, content_type in corpus:
        counts["cases"] += 1
        response = answer(body, content_type)
        try:
            whole = parse_feed(response)
            counts["entries"] += len(whole.entries)
            counts["told apart by bytes"] += bool(whole.marks)
            same = all(
                replace(parse_feed(response, frozenset({mark})), seen=())
                == replace(
                    whole,
                    entries=whole.entries[:at] + whole.entries[at + 1 :],
                    marks=whole.marks[:at] + whole.marks[at + 1 :],
                )
                for at, mark in enumerate(whole.marks)
            )
            counts["part differs from whole"] += not same
        except ParseError:
            counts["no feeds"] += 1
        except Exception as exc:
            counts["exceptions"] += 1
            print(f"  {case}: {type(exc).__name__}: {exc}")
    print(f"\n{name}: " + ", ".join(f"{counts[word]} {word}" for word in WORDS_OF_A_CORPUS))
    return counts["exceptions"] + counts["part differs from whole"]


WORDS_OF_A_CORPUS = ("cases", "entries", "told apart by bytes", "no feeds", "exceptions", "part differs from whole")


def main(arguments: list[str]) -> int:
    """Print all figures. Returns 1 when a case raised something or was read otherwise in part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--corpus", type=Path, help="feedparser's source distribution")
    asked = parser.parse_args(arguments)
    for size in (200_000, 2_000_000):
        figures(size, asked.rounds)
    bad = judge("cases of tests/parse", own_corpus())
    if asked.corpus:
        bad += judge(asked.corpus.name, archive(asked.corpus))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
