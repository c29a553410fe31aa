"""A day of 10,000 feeds, hostile ones among them, under a clock that runs ahead: `python -m bench.leak [--help]`.

The dispatcher polls as the daemon does, each feed once an hour; the clock goes on by --step when the feeds that are due
have had their turn, and hostile ones, which drip, hang, circle, never end or are costly to read, keep their places as
long as they can. One feed in --changed brings a new entry at each poll, which is stored, matched and settled; pages are
not fetched. Printed are the memory, the descriptors and the write-ahead log of each hour, the growth an hour after the
warm-up (--warm hours), how late the good feeds were, and by how much a request outlived its deadline.

The index of articles grows with the articles of the window, whatever samewire does; it is counted and told apart.
Exit 1 when memory grows by more than --grown MB an hour beside the index, descriptors grow, a feed waits longer than
--late seconds, or a request outlives its deadline by more than 2 s.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import multiprocessing
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import count, product
from multiprocessing.connection import Connection
from pathlib import Path

from bench import hostile
from bench.fleet import cpu_s, family
from bench.loopback import serve_hosts
from bench.report import report
from bench.stand_in import stand_in
from ingest.config import Config, load
from ingest.daemon.dispatcher import Dispatcher
from ingest.daemon.service import keep_house
from ingest.model import FeedId, Request
from ingest.pipeline import feeds as trips
from ingest.pipeline.desk import Desk, open_desk
from ingest.poll.fetch import Client, fetch
from ingest.store.connection import Store, open_writer
from ingest.store.feeds import NewFeed, add_feed
from ingest.store.times import to_text

START = datetime.fromisoformat("2026-05-05T12:00:00+00:00")
HOSTS, ITEMS = 200, 3
TIMEOUT_S = 2.0
MIB = 1 << 20
_PARTS = ("ka lo mir ten vu sa", "ra ne ti do gu pel or", "n st la mo rik s ta den wi")
_WORDS = ["".join(parts) for parts in product(*(part.split() for part in _PARTS))]


@lru_cache(50_000)
def _item(feed: int, number: int) -> str:
    rng = random.Random(feed * 100_003 + number)
    text = " ".join(rng.choices(_WORDS, k=60))
    return (
        f"<item><guid>{feed}-{number}</guid><title>{' '.join(rng.choices(_WORDS, k=7))}</title>"
        f"<link>https://p{feed}.example/{number}</link><description>{text}</description></item>"
    )


def _feed(number: int, edition: int) -> bytes:
    items = "".join(_item(number, edition + n) for n in range(ITEMS, 0, -1))
    return f'<rss version="2.0"><channel><title>Feed {number}</title>{items}</channel></rss>'.encode()


def _cheap() -> list[Callable[[asyncio.StreamWriter], Awaitable[None]]]:
    """Tricks that cost time and places, and little of the processor."""
    head = hostile.HEAD

    async def circle(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 302 Found\r\nLocation: ?again\r\nContent-Length: 0\r\n\r\n")

    async def fields(writer: asyncio.StreamWriter) -> None:
        writer.write(head + b"X-Y: z\r\n" * 100_000)
        await writer.drain()

    return [
        lambda w: hostile._drip(w, head + b"\r\n"), lambda w: hostile._drip(w, head + b"X-Y: "), hostile._silent,
        hostile._endless, circle, fields, hostile._sending(head + b"\r\n" + b"\0" * 100_000),
        hostile._sending(b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"), hostile._sending(b"SSH-2.0-none\r\n"),
    ]  # fmt: skip


def serve(pipe: Connection, hostile_feeds: int, changed: int) -> None:
    """Answer /feed/N with feed N, which changes at each request or never; the first feeds are hostile."""
    cheap, costly = _cheap(), list(hostile._bodies().values())
    asked: dict[int, int] = {}
    edition = count()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        number = int(head.split(b" ", 2)[1].partition(b"?")[0].rpartition(b"/")[2])
        if number < min(len(costly), hostile_feeds):
            writer.write(hostile.HEAD + b"\r\n" + costly[number] + b"<!--%d-->" % next(edition))
        elif number < hostile_feeds:
            await cheap[number % len(cheap)](writer)
        else:
            _answer_well(writer, head, number, asked if number % changed == 0 else None)

    async def run() -> None:
        await serve_hosts(answer, HOSTS, pipe)
        os._exit(0)  # some connections drip for ever

    asyncio.run(run())


def _answer_well(writer: asyncio.StreamWriter, head: bytes, number: int, asked: dict[int, int] | None) -> None:
    edition = 0
    if asked is not None:
        edition = asked[number] = asked.get(number, -1) + 1
    tag = b'"%d-%d"' % (number, edition)
    if tag in head:
        writer.write(b"HTTP/1.1 304 Not Modified\r\nETag: " + tag + b"\r\n\r\n")
        return
    body = _feed(number, edition)
    fields = b"ETag: %s\r\nContent-Type: application/rss+xml\r\nContent-Length: %d" % (tag, len(body))
    writer.write(b"HTTP/1.1 200 OK\r\n" + fields + b"\r\n\r\n" + body)


@dataclass(kw_only=True)
class Hour:
    """What was seen at the end of a simulated hour."""

    hour: float
    polls: int
    articles: int
    memory_mib: float  # the process's own, the index included
    index_mib: float
    workers_mib: float
    descriptors: int
    wal_mib: float  # the largest of the hour
    late_s: float  # the longest that a good feed waited beyond its time, simulated seconds
    cpu_s: float  # of the process and its workers, since the start


@dataclass
class Day:
    """The run so far."""

    hours: list[Hour] = field(default_factory=list)
    outlived_s: float = 0.0
    late_s: float = 0.0
    wal_bytes: int = 0


class _Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


def prepare(folder: Path, hosts: list[str], feeds: int) -> Config:
    """A database of so many feeds that come due evenly over the hour."""
    allow = ", ".join(f'"{host}"' for host in hosts)
    (folder / "config.toml").write_text(
        f'[poll]\ninterval = "1h"\nmax_interval = "24h"\nhost_delay = "0s"\nper_host = 4\ntimeout = "{TIMEOUT_S:g}s"\n'
        f"coverage = false\nallow = [{allow}]\n[extract]\nfetch_pages = false\n",
        encoding="utf-8",
    )
    config = load(folder / "config.toml").config
    rng = random.Random(1)
    with open_writer(config.database_path, for_command="bench") as store, store.transaction():
        for number in range(feeds):
            url = f"http://{hosts[number % len(hosts)]}/feed/{number}"
            new = NewFeed(url=url, publisher=f"p{number}", domain=f"p{number}.example", interval=timedelta(hours=1))
            feed_id, _ = add_feed(store, new, START)
            due = START + timedelta(seconds=rng.uniform(0, 3600))
            store.connection.execute("UPDATE feeds SET next_at = ? WHERE id = ?", [to_text(due), feed_id])
    return config


def _timing(day: Day, desk: Desk) -> None:
    """Note by how much a request outlives its deadline."""

    async def timed(client: Client, request: Request) -> object:
        started_s = time.monotonic()
        try:
            return await fetch(client, request)
        finally:
            day.outlived_s = max(day.outlived_s, time.monotonic() - started_s - request.timeout_s)

    stand_in(trips, "fetch", timed)


def _rss_mib(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / MIB


def _seen(desk: Desk, clock: _Clock, dispatcher: Dispatcher, day: Day) -> Hour:
    own = os.getpid()
    others = [pid for pid in family(own) if pid != own]
    (articles,) = desk.store.connection.execute("SELECT count(*) FROM articles").fetchone()
    hour = Hour(
        hour=round((clock.now - START).total_seconds() / 3600, 2),
        polls=dispatcher.done["polls"],
        articles=articles,
        memory_mib=round(_rss_mib(own), 1),
        index_mib=round(desk.matcher._index.nbytes / MIB, 1),
        workers_mib=round(sum(map(_rss_mib, others)), 1),
        descriptors=sum(1 for _ in Path("/proc/self/fd").iterdir()),
        wal_mib=round(day.wal_bytes / MIB, 1),
        late_s=round(day.late_s, 1),
        cpu_s=round(cpu_s([own, *others]), 1),
    )
    day.wal_bytes, day.late_s = 0, 0.0
    return hour


def _lateness(store: Store, now: datetime, hostile_feeds: int) -> float:
    """How long the good feed that waits longest is due."""
    (first,) = store.connection.execute(
        "SELECT min(next_at) FROM feeds WHERE id > ? AND status = 'active'", [hostile_feeds]
    ).fetchone()
    return max(0.0, (now - datetime.fromisoformat(first)).total_seconds())


async def _live(desk: Desk, clock: _Clock, options: argparse.Namespace) -> Day:
    day, dispatcher = Day(), Dispatcher(desk)
    _timing(day, desk)
    wicked = {FeedId(number + 1) for number in range(options.hostile)}
    wal = desk.config.database_path.with_name(desk.config.database_path.name + "-wal")
    steps = int(options.hours * 3600 / options.step)
    for number in range(1, steps + 1):
        clock.now += timedelta(seconds=options.step)
        await dispatcher.tick()
        while not dispatcher._feeds <= wicked or dispatcher._lanes:
            await asyncio.wait(tuple(dispatcher._tasks), timeout=0.05, return_when=asyncio.FIRST_COMPLETED)
        day.wal_bytes = max(day.wal_bytes, wal.stat().st_size if wal.exists() else 0)
        late_s = await desk.write(_lateness, desk.store, clock.now, options.hostile)
        day.late_s = max(day.late_s, late_s)
        if number * options.step % 600 < options.step:
            pieces = desk.matcher.settling(desk.store, clock(), every=timedelta(days=1))
            async for _ in desk.pieces(pieces):
                pass
        if number * options.step % 3600 < options.step:
            day.hours.append(await desk.write(_seen, desk, clock, dispatcher, day))
            print(_line(day.hours[-1]), file=sys.stderr, flush=True)
        if number * options.step % 86_400 < options.step:
            await keep_house(desk)
    await dispatcher.stop(2 * TIMEOUT_S + 30)
    return day


def _line(hour: Hour) -> str:
    return "  ".join(f"{name} {value:g}" for name, value in asdict(hour).items())


def slope(hours: list[Hour], value: Callable[[Hour], float]) -> float:
    """Growth an hour: the slope of the least squares."""
    return statistics.linear_regression([hour.hour for hour in hours], [value(hour) for hour in hours]).slope


def _living(pipe: Connection, config: Config, options: argparse.Namespace) -> None:
    """In a process of its own, whose memory is nobody else's."""
    logging.getLogger("samewire").setLevel(logging.CRITICAL)
    clock = _Clock()
    with open_desk(config, for_command="bench", clock=clock, rng=random.Random(1), headers_of=lambda _: ()) as desk:

        async def live() -> Day:
            async with desk.client:
                return await _live(desk, clock, options)

        pipe.send(asyncio.run(live()))


def judge(day: Day, options: argparse.Namespace) -> tuple[dict[str, float], list[str]]:
    """The figures, and what is wrong with them."""
    settled = [hour for hour in day.hours if hour.hour > options.warm]
    figures = {
        "hours": day.hours[-1].hour,
        "feeds": options.feeds,
        "hostile": options.hostile,
        "polls": day.hours[-1].polls,
        "articles": day.hours[-1].articles,
        "memory_mib_an_hour": round(slope(settled, lambda hour: hour.memory_mib - hour.index_mib), 3),
        "index_mib_an_hour": round(slope(settled, lambda hour: hour.index_mib), 3),
        "workers_mib_an_hour": round(slope(settled, lambda hour: hour.workers_mib), 3),
        "memory_mib": day.hours[-1].memory_mib,
        "descriptors_an_hour": round(slope(settled, lambda hour: hour.descriptors), 3),
        "most_descriptors": max(hour.descriptors for hour in day.hours),
        "wal_peak_mib": max(hour.wal_mib for hour in day.hours),
        "latest_s": max(hour.late_s for hour in day.hours),
        "outlived_deadline_s": round(day.outlived_s, 3),
        "cpu_s": day.hours[-1].cpu_s,
    }
    faults = [
        told
        for wrong, told in (
            (figures["memory_mib_an_hour"] * MIB > options.grown * 1e6, "memory grows"),
            (figures["descriptors_an_hour"] > 1, "descriptors grow"),
            (figures["latest_s"] > options.late, "a feed was starved"),
            (figures["outlived_deadline_s"] > 2, "a request outlived its deadline"),
        )
        if wrong
    ]
    return figures, faults


def main() -> int:
    """Live through the day. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hours", type=float, default=24, help="simulated hours, three more than --warm at least (24)")
    parser.add_argument("--feeds", type=int, default=10_000, help="feeds, the hostile ones included (10,000)")
    parser.add_argument("--hostile", type=int, default=200, help="how many of them are hostile (200)")
    parser.add_argument("--changed", type=int, default=20, help="one feed in so many brings something new (20)")
    parser.add_argument("--step", type=float, default=10, help="simulated seconds between two ticks (10)")
    parser.add_argument("--warm", type=float, default=4, help="hours that are left out of the growth (4)")
    parser.add_argument("--grown", type=float, default=1.0, help="MB an hour that memory may grow (1)")
    parser.add_argument("--late", type=float, default=60, help="simulated seconds that a good feed may wait (60)")
    parser.add_argument("--json", action="store_true", help="print JSON, with every hour")
    options = parser.parse_args()
    if options.hours < options.warm + 3:
        parser.error("--hours: a slope needs three hours after the warm-up")
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    server = context.Process(target=serve, args=(there, options.hostile, options.changed), daemon=True)
    server.start()
    hosts: list[str] = here.recv()
    with tempfile.TemporaryDirectory(prefix="samewire-leak-") as name:
        config = prepare(Path(name), hosts, options.feeds)
        result, inner = context.Pipe(duplex=False)
        living = context.Process(target=_living, args=(inner, config, options))
        living.start()
        inner.close()
        try:
            day: Day = result.recv()
        except EOFError:
            print("the run broke off; what it said stands above", file=sys.stderr)
            return 1
        living.join()
    here.send("end")
    server.join(5)
    figures, faults = judge(day, options)
    return report(figures, faults, as_json=options.json, each_hour=[asdict(hour) for hour in day.hours])


if __name__ == "__main__":
    sys.exit(main())
