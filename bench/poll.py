"""What polling costs and withstands: a figure each, or all of them.

    python bench/poll.py [not-modified] [bombs] [dispatcher] [drip] [hostile] [fleet] [--help]

not-modified: 304s a CPU second beside httpx's own client. bombs: growth of memory. dispatcher: its question to the
database. drip: how late a slow server is hung up on. hostile: what 20 hostile feeds do to 100 good ones. fleet: 10,000
feeds at 15 minutes, and the start with them.

CPU seconds of this process, the server being another; each figure is the best of three, taken in turns.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import resource
import sys
import tempfile
import time
import zlib
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from multiprocessing.connection import Connection
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

import httpx  # noqa: E402 - the checkout first

from bench import fleet, hostile  # noqa: E402
from ingest.daemon.dispatcher import Dispatcher  # noqa: E402
from ingest.errors import FetchError, Reason  # noqa: E402
from ingest.model import FeedId, NotModified, Purpose, Request  # noqa: E402
from ingest.pipeline.desk import Desk  # noqa: E402
from ingest.poll.addresses import AddressPolicy  # noqa: E402
from ingest.poll.fetch import fetch, open_client  # noqa: E402
from ingest.store.connection import Store, open_writer  # noqa: E402
from ingest.store.feeds import NewFeed, add_feed  # noqa: E402

HOSTS = 100
CONCURRENCY = 100
ETAG = '"8f14e45f"'
NOW = datetime(2026, 5, 5, 12, 0, tzinfo=UTC)


def serve(pipe: Connection) -> None:
    """Answer 304 to whoever sends the tag and a bomb to /bomb, at as many ports as there are hosts."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                if b"/bomb" in head:
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n" + bomb())
                    break
                writer.write(b"HTTP/1.1 304 Not Modified\r\nETag: " + ETAG.encode() + b"\r\n\r\n")
                if b"connection: close" in head.lower():
                    break
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    bomb()  # before anybody waits for it

    async def run() -> None:
        servers = [await asyncio.start_server(answer, "127.0.0.1", 0, backlog=512) for _ in range(HOSTS)]
        pipe.send([server.sockets[0].getsockname()[1] for server in servers])
        await asyncio.get_running_loop().run_in_executor(None, pipe.recv)

    asyncio.run(run())


@cache
def bomb() -> bytes:
    """1 GiB of blanks in 1 MiB of gzip."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(b" " * (1 << 20)) for _ in range(1024)) + packer.flush()


async def at_once(count: int, one: Callable[[int], Awaitable[None]]) -> float:
    """CPU seconds for so many requests, CONCURRENCY under way at a time."""
    numbers = iter(range(count))

    async def worker() -> None:
        for number in numbers:
            await one(number)

    started_s = time.process_time()
    await asyncio.gather(*(worker() for _ in range(CONCURRENCY)))
    return time.process_time() - started_s


async def ours(ports: list[int], count: int) -> float:
    """With every check switched on."""
    policy = AddressPolicy(frozenset(f"127.0.0.1:{port}" for port in ports))
    async with open_client(policy, user_agent="samewire/bench") as client:

        async def one(number: int) -> None:
            url = f"http://127.0.0.1:{ports[number % len(ports)]}/feed"
            request = Request(url=url, purpose=Purpose.FEED, conditions=(("If-None-Match", ETAG),))
            assert isinstance(await fetch(client, request), NotModified)

        return await at_once(count, one)


async def theirs(ports: list[int], count: int) -> float:
    """httpx.AsyncClient() as it comes."""
    async with httpx.AsyncClient() as client:

        async def one(number: int) -> None:
            url = f"http://127.0.0.1:{ports[number % len(ports)]}/feed"
            response = await client.get(url, headers={"If-None-Match": ETAG})
            assert response.status_code == 304

        return await at_once(count, one)


async def bombs(ports: list[int]) -> float:
    """Growth of this process in MiB over twenty bombs of 1 GiB."""
    policy = AddressPolicy(frozenset(f"127.0.0.1:{port}" for port in ports))
    async with open_client(policy, user_agent="samewire/bench") as client:
        before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for port in ports[:20]:
            try:
                await fetch(client, Request(url=f"http://127.0.0.1:{port}/bomb", purpose=Purpose.FEED, timeout_s=60.0))
            except FetchError as exc:
                assert exc.reason is Reason.TOO_LARGE, exc
        return (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib) / 1024


def dispatching(feeds: int) -> float:
    """Microseconds of CPU for each due feed that the dispatcher takes from the database, 200 at a tick."""
    with tempfile.TemporaryDirectory() as folder, open_writer(Path(folder) / "n.db", for_command="bench") as store:
        with store.transaction():
            for number in range(feeds):
                url = f"https://h{number}.example/feed"
                add_feed(store, NewFeed(url=url, publisher=f"p{number % 500}", domain="h.example"), NOW)
        later, taken = (NOW + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ"), 0
        spent_s, loop = 0.0, asyncio.new_event_loop()
        while taken < min(feeds, 10_000):
            started_s = time.process_time()
            found = loop.run_until_complete(chosen(store))
            spent_s += time.process_time() - started_s
            taken += len(found)
            with store.transaction():
                store.connection.executemany("UPDATE feeds SET next_at = ? WHERE id = ?", [(later, i) for i in found])
        loop.close()
        return 1e6 * spent_s / taken


async def chosen(store: Store) -> list[FeedId]:
    """What the dispatcher takes up at one tick where nothing is under way."""
    poll = SimpleNamespace(concurrency=200, per_host=2)

    async def write(function: Callable[..., Any], *args: object, **kwargs: object) -> object:
        return function(*args, **kwargs)

    parts = {"clock": lambda: NOW, "write": write, "store": store, "interval": timedelta(hours=1)}
    desk = SimpleNamespace(**parts, config=SimpleNamespace(poll=poll))
    return [feed.id for feed, _lane in await Dispatcher(cast(Desk, desk))._chosen_feeds(NOW)]


def not_modified(ports: list[int], count: int, rounds: int) -> str:
    """The figure in words: requests a CPU second, the best of so many rounds each, taken in turns."""
    mine, others = [], []
    for _ in range(rounds):
        mine.append(asyncio.run(ours(ports, count)))
        others.append(asyncio.run(theirs(ports, count)))
    return (
        f"304 a CPU second, concurrency {CONCURRENCY}: ours {count / min(mine):.0f}, httpx.AsyncClient() "
        f"{count / min(others):.0f}, ratio {min(others) / min(mine):.2f}"
    )


def served(measure: Callable[[list[int]], str]) -> str:
    """What is measured beside the server."""
    here, there = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(there,), daemon=True)
    server.start()
    try:
        return measure(here.recv())
    finally:
        here.send("end")
        server.join(5)


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", metavar="WHAT", help=f"of: {', '.join(FIGURES)}; without it, all of them")
    parser.add_argument("--requests", type=int, default=2000, help="conditional requests a round")
    parser.add_argument("--rounds", type=int, default=3, help="rounds of each, in turns")
    parser.add_argument("--feeds", type=int, nargs="*", default=[10_000, 100_000], help="for the dispatcher")
    parser.add_argument("--slice", type=int, default=500, help="feeds of the fleet's 10,000 that are polled")
    options = parser.parse_args()
    unknown = set(options.what) - set(FIGURES)
    if unknown:
        parser.error(f"no figure is called {', '.join(sorted(unknown))}; there are {', '.join(FIGURES)}")
    for name in options.what or FIGURES:
        for line in FIGURES[name](options):
            print(line, flush=True)
    return 0


def _bombs_told(ports: list[int]) -> str:
    return f"20 bombs of 1 GiB: {asyncio.run(bombs(ports)):.1f} MiB of growth"


def _dispatcher_told(options: argparse.Namespace) -> list[str]:
    return [
        f"dispatcher, {feeds} feeds: {min(dispatching(feeds) for _ in range(2)):.1f} µs of CPU a due feed"
        for feeds in options.feeds
    ]


FIGURES: dict[str, Callable[[argparse.Namespace], list[str]]] = {
    "not-modified": lambda options: [served(lambda ports: not_modified(ports, options.requests, options.rounds))],
    "bombs": lambda _options: [served(_bombs_told)],
    "dispatcher": _dispatcher_told,
    "drip": lambda _options: [hostile.drips()],
    "hostile": lambda options: [hostile.compare(options.rounds)],
    "fleet": lambda options: fleet.measure(feeds=10_000, slice_of=options.slice),
}


if __name__ == "__main__":
    sys.exit(main())
