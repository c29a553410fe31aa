"""What 10,000 feeds at 15 minutes cost, 20 % of them changed: a slice of them is polled, and the rest is arithmetic.

All feeds are in the database. A slice of them is polled once for its baseline, then the clock is put forward by the
interval, and the dispatcher polls the slice again as the daemon does: fetched over loopback, parsed in workers, decided
and committed. CPU seconds are those of this process and its workers, the servers being others; the articles' own trips
(pages, matching) are not in it. The share of a core is

    (CPU of the second round / polls in it x feeds + CPU of an idle tick x seconds) / seconds of the interval
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path

from ingest.config import Config, load
from ingest.daemon.dispatcher import Dispatcher
from ingest.model import ArticleId
from ingest.pipeline.desk import Desk, open_desk
from ingest.store.connection import Store, open_writer
from ingest.store.feeds import NewFeed, add_feed
from ingest.store.times import to_text

INTERVAL = timedelta(minutes=15)
CHANGED = 5  # one in so many
PORTS, ITEMS, NEW_ITEMS = 50, 30, 2
START = datetime.fromisoformat("2026-05-05T12:00:00+00:00")
_NUMBER = re.compile(rb"GET /(\d+) ")


def _item(feed: int, number: int) -> str:
    text = f"Harbour number {feed} reported on item {number} that the ferry would sail again in the morning. " * 6
    return (
        f"<item><guid>{feed}-{number}</guid><link>https://p{feed}.example/{number}</link>"
        f"<title>Item {number} of feed {feed}</title><description>{text}</description>"
        f"<pubDate>Tue, 05 May 2026 {number // 60 % 24:02}:{number % 60:02}:00 GMT</pubDate></item>"
    )


def _feed(number: int, edition: int) -> bytes:
    first = NEW_ITEMS * edition
    items = "".join(_item(number, first + n) for n in range(ITEMS, 0, -1))
    return f'<rss version="2.0"><channel><title>Feed {number}</title>{items}</channel></rss>'.encode()


def serve(pipe: Connection) -> None:
    """Answer /N with feed N: the first edition, then 304 to its tag, but a new edition for one feed in five."""
    edition = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            found = _NUMBER.match(head)
            assert found is not None
            number = int(found[1])
            current = edition if number % CHANGED == 0 else 0
            tag = b'"%d-%d"' % (number, current)
            if tag in head:
                writer.write(b"HTTP/1.1 304 Not Modified\r\nETag: " + tag + b"\r\n\r\n")
            else:
                body = _feed(number, current)
                fields = b"ETag: %s\r\nContent-Type: application/rss+xml\r\nContent-Length: %d" % (tag, len(body))
                writer.write(b"HTTP/1.1 200 OK\r\n" + fields + b"\r\n\r\n" + body)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def run() -> None:
        nonlocal edition
        servers = [await asyncio.start_server(answer, "127.0.0.1", 0, backlog=512) for _ in range(PORTS)]
        pipe.send([server.sockets[0].getsockname()[1] for server in servers])
        loop = asyncio.get_running_loop()
        while (told := await loop.run_in_executor(None, pipe.recv)) != "end":
            edition = told
            pipe.send(edition)

    asyncio.run(run())


def prepare(folder: Path, ports: list[int], feeds: int, slice_of: int) -> Config:
    """A database of so many feeds, of which the first are due now and the others after the bench."""
    allow = ", ".join(f'"127.0.0.1:{port}"' for port in ports)
    (folder / "config.toml").write_text(
        f'[poll]\ninterval = "15m"\nhost_delay = "0s"\nper_host = 10\nconcurrency = 100\nallow = [{allow}]\n'
        "[extract]\nfetch_pages = false\n",
        encoding="utf-8",
    )
    config = load(folder / "config.toml").config
    with open_writer(config.database_path, for_command="bench") as store, store.transaction():
        for number in range(feeds):
            url = f"http://127.0.0.1:{ports[number % len(ports)]}/{number}"
            add_feed(store, NewFeed(url=url, publisher=f"p{number % 3000}", domain="p.example"), START)
        later = to_text(START + timedelta(days=30))
        store.connection.execute("UPDATE feeds SET next_at = ? WHERE id > ?", [later, slice_of])
    return config


def cpu_s(pids: Iterable[int]) -> float:
    """Seconds of processor time that these processes and their ended children took."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
        ticks += sum(int(field) for field in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for one in found:
        for task in Path(f"/proc/{one}/task").iterdir():
            found += [int(child) for child in (task / "children").read_text().split()]
    return found


def memory_mib(pids: Iterable[int]) -> float:
    """What these processes hold, shared pages counted once between them."""
    total = 0
    for pid in pids:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        total += sum(int(kib) for kib in re.findall(r"^Pss:\s+(\d+) kB", rollup, re.M))
    return total / 1024


class _Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


async def _none(_now: datetime) -> dict[str, list[ArticleId]]:
    """No pages."""
    return {}


async def _round(desk: Desk, count: int) -> float:
    """Poll the slice as the daemon does, but leave the articles alone. Returns the CPU seconds of all processes."""
    dispatcher = Dispatcher(desk)
    dispatcher._chosen_pages = _none  # type: ignore[method-assign, assignment]
    before = {pid: cpu_s([pid]) for pid in family(os.getpid())}
    while dispatcher.done["polls"] < count:
        await desk.write(_leave_articles, desk.store)
        await dispatcher.tick()
        await asyncio.sleep(0.05)
    await dispatcher.stop(60)
    await desk.write(_leave_articles, desk.store)
    return sum(cpu_s([pid]) - before.get(pid, 0.0) for pid in family(os.getpid()))


def _leave_articles(store: Store) -> None:
    """The articles' own trips are not asked for here: none is due."""
    with store.transaction():
        store.connection.execute("UPDATE articles SET next_fetch_at = NULL WHERE next_fetch_at IS NOT NULL")


async def _measured(desk: Desk, clock: _Clock, pipe: Connection, count: int) -> tuple[float, float, float, float]:
    async with desk.client:
        first_s = await _round(desk, count)
        pipe.send(1)
        pipe.recv()
        clock.now += 2 * INTERVAL
        second_s = await _round(desk, count)
        mib = memory_mib(pid for pid in family(os.getpid()))
        clock.now += timedelta(seconds=1)
        idle = Dispatcher(desk)
        started_s, ticks = time.process_time(), 200
        for _ in range(ticks):
            await idle.tick()
        return first_s, second_s, mib, (time.process_time() - started_s) / ticks


def measure(*, feeds: int, slice_of: int) -> list[str]:
    """The figures in words, one a line."""
    here, there = multiprocessing.Pipe()
    context = multiprocessing.get_context("spawn")
    server = context.Process(target=serve, args=(there,), daemon=True)
    server.start()
    ports: list[int] = here.recv()
    clock = _Clock()
    with tempfile.TemporaryDirectory() as name:
        config = prepare(Path(name), ports, feeds, slice_of)
        results, child = context.Pipe()
        polling = context.Process(target=_poll_apart, args=(child, config, clock, here, slice_of))
        polling.start()
        first_s, second_s, mib, tick_s, changed, unchanged = results.recv()
        polling.join()
        here.send("end")
        server.join(5)
        start_s, start_cpu_s = start_up(Path(name), feeds)
    seconds = INTERVAL.total_seconds()
    share = (second_s / slice_of * feeds + tick_s * seconds) / seconds
    return [
        f"{feeds} feeds at 15 min, 1 in {CHANGED} changed ({slice_of} polled: {changed} changed, {unchanged} not): "
        f"{1e3 * second_s / slice_of:.2f} ms of CPU a poll, {1e3 * tick_s:.2f} ms a tick: {share:.1%} of one core",
        f"first polls: {1e3 * first_s / slice_of:.2f} ms of CPU each; memory with workers: {mib:.0f} MiB",
        f"start-up with {feeds} feeds: {start_s:.1f} s, {start_cpu_s:.1f} s of CPU",
    ]


def _poll_apart(results: Connection, config: Config, clock: _Clock, servers: Connection, count: int) -> None:
    """In a process of its own, whose memory is nobody else's."""
    # The feeds keep their interval: what hurries those that change is not what is asked for here.
    with open_desk(config, for_command="bench", clock=clock, rng=random.Random(1), headers_of=lambda _url: ()) as desk:
        with desk.store.transaction():
            desk.store.connection.execute("UPDATE feeds SET interval_s = 900")
        desk.matcher.match_waiting = lambda *_args, **_options: 0  # type: ignore[method-assign]
        figures = asyncio.run(_measured(desk, clock, servers, count))
        rows = desk.store.connection.execute(
            "SELECT outcome, count(*) FROM (SELECT outcome FROM polls ORDER BY id DESC LIMIT ?) GROUP BY 1", [count]
        )
        words = {row[0]: row[1] for row in rows}
    assert set(words) <= {"ok", "unchanged"}, words
    results.send((*figures, words.get("ok", 0), words.get("unchanged", 0)))


def start_up(folder: Path, feeds: int) -> tuple[float, float]:
    """Wall and CPU seconds from the start of `samewire run` until it is ready, with these feeds configured."""
    named = "".join(f'[[feeds]]\nurl = "https://h{n}.example/feed"\ninterval = "15m"\n' for n in range(feeds))
    (folder / "start.toml").write_text(f'[database]\npath = "start.db"\n{named}', encoding="utf-8")
    config = load(folder / "start.toml").config
    with open_writer(config.database_path, for_command="bench") as store, store.transaction():
        for feed in config.feeds:
            add_feed(store, NewFeed(url=feed.url, publisher=feed.url[8:-5], domain=feed.url[8:-5]), START)
        store.connection.execute("UPDATE feeds SET next_at = '2099-01-01T00:00:00Z', origin = 'config'")
    command = [sys.executable, "-m", "ingest", "--config", str(folder / "start.toml"), "run"]
    started_s = time.monotonic()
    daemon = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=Path(__file__).parent.parent)
    assert daemon.stderr is not None
    for line in daemon.stderr:
        if "ready:" in line:
            break
    took_s, used_s = time.monotonic() - started_s, cpu_s(family(daemon.pid))
    daemon.terminate()
    daemon.communicate()
    return took_s, used_s
