"""What 20 hostile feeds do to 100 good ones, and how late a server that drips is hung up on.

The good feeds come due ten a second, as in a fleet, with a new item each time; the dispatcher polls them as the daemon
does, with a second between its ticks. A feed's delay is the time from its being due to its row being committed. Rounds
without and with hostile feeds take turns, in one process; in those with, the hostile ones are due first.
"""

from __future__ import annotations

import asyncio
import gzip
import logging
import multiprocessing
import os
import random
import statistics
import tempfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path

from ingest.config import Config, load
from ingest.daemon.dispatcher import Dispatcher
from ingest.errors import FetchError
from ingest.model import ArticleId, Purpose, Request
from ingest.pipeline.desk import Desk, open_desk
from ingest.pipeline.logbook import Said
from ingest.poll.addresses import AddressPolicy
from ingest.poll.fetch import fetch, open_client
from ingest.store.connection import open_writer
from ingest.store.feeds import NewFeed, add_feed
from ingest.store.times import to_text

GOOD, HOSTILE, DUE_A_SECOND = 100, 20, 10
TIMEOUT_S, LATENCY_S = 10.0, 0.05
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n"
RSS = b"<rss version='2.0'><channel><title>t</title>"

_edition = count()


@cache
def _packed(blanks_mib: int) -> bytes:
    return gzip.compress(b" " * (blanks_mib << 20))


def _bodies() -> dict[str, bytes]:
    """Bodies that are costly to read, by name."""
    return {
        "categories": RSS + b"<item>" + b"<category>x</category>" * 32_000 + b"</item></channel></rss>",
        "unclosed": RSS + b"<item><b>" * 250_000,
        "attributes": RSS + b"<item " + b" ".join(b"a%d='1'" % n for n in range(100_000)) + b"></item></channel></rss>",
        "newlines": b"\n" * 2_000_000 + RSS,
        "comments": RSS + b"<!--" * 200_000,
        "authors": RSS + b"<item><author>" + b"a@b " * 50_000 + b"</author></item></channel></rss>",
        "references": RSS + b"<item><title>" + b"&#99999999999;" * 100_000 + b"</title></item></channel></rss>",
        "urls": RSS + b"<item><description>&lt;p style='" + b"url(" * 50_000 + b"</description></item></channel></rss>",
    }  # fmt: skip


async def _drip(writer: asyncio.StreamWriter, head: bytes) -> None:
    writer.write(head)
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.5)


async def _endless(writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"\r\n" + RSS)
    while True:
        writer.write(b"<item><title>more</title></item>" * 1000)
        await writer.drain()
        await asyncio.sleep(0.01)


async def _silent(_writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(3600)


def _sending(answer: bytes, ending: bytes = b"") -> Callable[[asyncio.StreamWriter], Awaitable[None]]:
    """ending: what a number goes into, so that no body is one that was read before."""

    async def send(writer: asyncio.StreamWriter) -> None:
        writer.write(answer + (ending % next(_edition) if ending else b""))
        await writer.drain()

    return send


def _tricks() -> list[Callable[[asyncio.StreamWriter], Awaitable[None]]]:
    slow = [lambda w: _drip(w, HEAD + b"\r\n"), lambda w: _drip(w, HEAD + b"X-Y: "), _silent, _endless]
    bomb = HEAD + b"Content-Encoding: gzip\r\n\r\n" + _packed(512)
    circle = b"HTTP/1.1 302 Found\r\nLocation: /hostile/%d\r\nContent-Length: 0\r\n\r\n"
    return [*slow, _sending(bomb), *(_sending(HEAD + b"\r\n" + body, b"<!--%d-->") for body in _bodies().values()),
            _sending(circle % 5), _sending(b"\0" * 100_000)]  # fmt: skip


def serve(pipe: Connection) -> None:
    """Answer /good/N after a moment with a new item, and /hostile/N by one of the tricks."""
    tricks = _tricks()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            target = (await reader.readuntil(b"\r\n\r\n")).split(b" ", 2)[1]
            _, kind, number = target.split(b"/")
            if kind == b"hostile":
                await tricks[int(number) % len(tricks)](writer)
            else:
                await asyncio.sleep(LATENCY_S)
                first = next(_edition)
                items = b"".join(
                    b"<item><guid>%d-%d</guid><title>Item %d</title><description>%s</description></item>"
                    % (int(number), n, n, b"The ferry sails again. " * 20)
                    for n in range(first, first + 20)
                )
                writer.write(HEAD + b"\r\n" + RSS + items + b"</channel></rss>")
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def run() -> None:
        servers = [await asyncio.start_server(answer, "127.0.0.1", 0, backlog=256) for _ in range(GOOD + HOSTILE)]
        pipe.send([server.sockets[0].getsockname()[1] for server in servers])
        await asyncio.get_running_loop().run_in_executor(None, pipe.recv)
        os._exit(0)  # some connections drip for ever

    asyncio.run(run())


class _Ends(logging.Handler):
    """When each poll was committed, by the feed's address."""

    def __init__(self) -> None:
        super().__init__()
        self.at: dict[str, float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the time of a poll's line."""
        if isinstance(record.msg, Said) and record.msg.event == "poll":
            self.at[str(record.msg.fields["url"])] = asyncio.get_running_loop().time()


async def _none(_now: datetime) -> dict[str, list[ArticleId]]:
    """No pages."""
    return {}


async def _round(desk: Desk, good: list[str], hostile: list[str], ends: _Ends) -> list[float]:
    """Seconds from due to committed, of each good feed."""
    loop, connection = asyncio.get_running_loop(), desk.store.connection
    ends.at.clear()
    dispatcher = Dispatcher(desk)
    due_at: dict[str, float] = {}
    dispatcher._chosen_pages = _none  # type: ignore[method-assign, assignment]

    def make_due(urls: list[str]) -> None:
        now = to_text(datetime.now(UTC))
        with desk.store.transaction():
            connection.executemany(
                "UPDATE feeds SET next_at = ?, retry_after_at = NULL, failures = 0 WHERE url = ?",
                [(now, u) for u in urls],
            )

    waiting, started_s, ticks = [*good], loop.time(), 0
    await desk.write(make_due, hostile)
    while len(ends.at.keys() & set(good)) < len(good):
        batch, waiting = waiting[:DUE_A_SECOND], waiting[DUE_A_SECOND:]
        if batch:
            await desk.write(make_due, batch)
            due_at |= dict.fromkeys(batch, loop.time())
        await dispatcher.tick()
        ticks += 1
        await asyncio.sleep(max(0.0, started_s + ticks - loop.time()))
    await dispatcher.stop(2 * TIMEOUT_S + 30)
    return [ends.at[url] - due_at[url] for url in good]


def _prepared(folder: Path, ports: list[int]) -> tuple[Config, list[str], list[str]]:
    allow = ", ".join(f'"127.0.0.1:{port}"' for port in ports)
    (folder / "config.toml").write_text(
        f'[poll]\nhost_delay = "0s"\ntimeout = "{TIMEOUT_S:.0f}s"\nallow = [{allow}]\n[extract]\nfetch_pages = false\n',
        encoding="utf-8",
    )
    config = load(folder / "config.toml").config
    good = [f"http://127.0.0.1:{ports[n]}/good/{n}" for n in range(GOOD)]
    hostile = [f"http://127.0.0.1:{ports[GOOD + n]}/hostile/{n}" for n in range(HOSTILE)]
    later = to_text(datetime.now(UTC) + timedelta(days=1))
    with open_writer(config.database_path, for_command="bench") as store, store.transaction():
        for url in (*good, *hostile):
            add_feed(store, NewFeed(url=url, publisher=url, domain="p.example"), datetime.now(UTC))
        store.connection.execute("UPDATE feeds SET next_at = ?", [later])
    return config, good, hostile


async def _compared(desk: Desk, good: list[str], hostile: list[str], rounds: int) -> str:
    ends = _Ends()
    logger = logging.getLogger("samewire")
    logger.addHandler(ends)
    logger.setLevel(logging.INFO)
    logger.propagate = False
    async with desk.client:
        await _round(desk, good, hostile, ends)  # all workers start, and every feed has its baseline
        alone, beside = [], []
        for _ in range(rounds):
            alone.append(statistics.mean(await _round(desk, good, [], ends)))
            beside.append(statistics.mean(await _round(desk, good, hostile, ends)))
    ratio = statistics.median(b / a for a, b in zip(alone, beside, strict=True))
    shown = ", ".join(f"{1e3 * a:.0f}/{1e3 * b:.0f}" for a, b in zip(alone, beside, strict=True))
    return (
        f"{GOOD} good feeds beside {HOSTILE} hostile ones: {ratio - 1:+.1%} of delay (median of {rounds}; "
        f"ms from due to committed, alone/beside: {shown})"
    )


def compare(rounds: int) -> str:
    """The figure in words."""
    here, there = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(there,), daemon=True)
    server.start()
    ports: list[int] = here.recv()
    with tempfile.TemporaryDirectory() as name:
        config, good, hostile = _prepared(Path(name), ports)
        with open_desk(
            config, for_command="bench", clock=lambda: datetime.now(UTC), rng=random.Random(1), headers_of=lambda _u: ()
        ) as desk:
            desk.matcher.match_waiting = lambda *_args, **_options: 0  # type: ignore[method-assign]
            told = asyncio.run(_compared(desk, good, hostile, rounds))
    here.send("end")
    server.join(5)
    return told


async def _late_s(port: int, number: int, timeout_s: float) -> float:
    policy = AddressPolicy(frozenset({f"127.0.0.1:{port}"}))
    loop = asyncio.get_running_loop()
    async with open_client(policy, user_agent="samewire/bench") as client:
        started_s = loop.time()
        try:
            url = f"http://127.0.0.1:{port}/hostile/{number}"
            await fetch(client, Request(url=url, purpose=Purpose.FEED, timeout_s=timeout_s))
        except FetchError:
            return loop.time() - started_s - timeout_s
    raise AssertionError("a drip has no end")


def drips(timeout_s: float = 3.0) -> str:
    """How long after the deadline a body and a head that drip, and a server that says nothing, are hung up on."""
    here, there = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(there,), daemon=True)
    server.start()
    port: int = here.recv()[0]
    late = [asyncio.run(_late_s(port, number, timeout_s)) for number in range(3)]
    here.send("end")
    server.join(5)
    body, head, silence = (1e3 * one for one in late)
    return f"after the deadline a drip is ended: body {body:.0f} ms, head {head:.0f} ms, silence {silence:.0f} ms"
