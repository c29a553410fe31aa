"""A burst of articles through the daemon's intake: `python -m bench.burst [--articles N]`.

Feeds of 25 items each, all due at once, are served over loopback; every item is new and holds its text. The dispatcher
polls them, stores what they show, and matches it, as the daemon does; pages are not fetched. Two items in five are
copies of another feed's, cut or with a sentence of their own. Printed is what waits, what is done, and the memory of
the process beside what its index takes, for each slice of the articles. Exit 1 when that memory still grows by more
than --grown MB for 10,000 articles once the caches are full and rare terms have been learned from 20,000 stories
(--warm articles), or when an article is not taken in.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import multiprocessing
import os
import random
import re
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from itertools import product
from multiprocessing.connection import Connection
from pathlib import Path

from bench.fleet import cpu_s, family
from bench.loopback import serve_hosts
from bench.report import report
from ingest.config import Config, load
from ingest.daemon.dispatcher import Dispatcher
from ingest.pipeline.desk import Desk, open_desk
from ingest.store.connection import Store, open_writer
from ingest.store.feeds import NewFeed, add_feed

ITEMS, HOSTS, SENTENCES = 25, 100, 14
MIB = 1 << 20
_PARTS = ("ka lo mir ten vu sa bo ri", "ra ne ti do gu pel or an", "n st la mo rik s ta den wi", " e u is")
_WORDS = ["".join(parts).replace(" ", "") for parts in product(*(part.split(" ") for part in _PARTS))]
_NUMBER = re.compile(rb"GET /(\d+) ")


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What was seen when so many articles were done."""

    done: int
    waiting: int  # stored, not matched yet
    memory_mib: float  # the process's own, without what the index takes
    index_mib: float
    workers_mib: float
    wal_mib: float
    cpu_s: float  # of the process and its workers, since the start


def _sentences(seed: int, count: int) -> list[str]:
    rng = random.Random(seed)
    return [" ".join(rng.choices(_WORDS, k=rng.randint(9, 25))).capitalize() + "." for _ in range(count)]


def _now() -> datetime:
    return datetime.now(UTC)


def _item(feed: int, place: int) -> str:
    number = feed * ITEMS + place
    rng = random.Random(number)
    text = _sentences(number, SENTENCES)
    if number % 5 < 2 and number > ITEMS:  # of another feed's text, what is left of it
        text = _sentences(number - ITEMS - number % 5, SENTENCES)[: rng.randint(6, SENTENCES)]
        text += _sentences(-number, rng.randint(0, 2))
    paragraphs = "".join(f"&lt;p&gt;{' '.join(text[start : start + 3])}&lt;/p&gt;" for start in range(0, len(text), 3))
    at = format_datetime(datetime.fromtimestamp(time.time() - 60 * place, UTC))
    title = " ".join(random.Random(-1 - number).choices(_WORDS, k=7)).capitalize()
    return (
        f"<item><guid>{number}</guid><title>{title}</title><link>https://p{feed}.example/{number}</link>"
        f"<pubDate>{at}</pubDate><description>{paragraphs}</description></item>"
    )


def serve(pipe: Connection) -> None:
    """Answer /N with feed N."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        found = _NUMBER.match(await reader.readuntil(b"\r\n\r\n"))
        assert found is not None
        feed = int(found[1])
        items = "".join(_item(feed, place) for place in range(ITEMS))
        body = f'<rss version="2.0"><channel><title>Feed {feed}</title>{items}</channel></rss>'.encode()
        fields = b"Content-Type: application/rss+xml\r\nContent-Length: %d\r\n\r\n" % len(body)
        writer.write(b"HTTP/1.1 200 OK\r\n" + fields + body)

    async def run() -> None:
        for server in await serve_hosts(answer, HOSTS, pipe):
            server.close()

    asyncio.run(run())


def prepare(folder: Path, hosts: list[str], feeds: int) -> Config:
    """A database of so many feeds that are all due."""
    allow = ", ".join(f'"{host}"' for host in hosts)
    (folder / "config.toml").write_text(
        f'[poll]\ninterval = "24h"\nhost_delay = "0s"\nper_host = 4\ncoverage = false\nallow = [{allow}]\n'
        "[extract]\nfetch_pages = false\n",
        encoding="utf-8",
    )
    config = load(folder / "config.toml").config
    with open_writer(config.database_path, for_command="bench") as store, store.transaction():
        for number in range(feeds):
            url = f"http://{hosts[number % len(hosts)]}/{number}"
            add_feed(store, NewFeed(url=url, publisher=f"p{number}", domain=f"p{number}.example"), datetime.now(UTC))
    return config


def _rss_mib(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / MIB


def _counted(store: Store) -> tuple[int, int]:
    """How many articles are matched, and how many wait. Each has a story of its own until it is matched."""
    matched, stored = store.connection.execute(
        "SELECT (SELECT count(*) FROM signatures), (SELECT count(*) FROM members)"
    ).fetchone()
    return int(matched), int(stored) - int(matched)


def _seen(desk: Desk) -> Seen:
    own = os.getpid()
    others = [pid for pid in family(own) if pid != own]
    done, waiting = _counted(desk.store)
    _, index_bytes = desk.matcher.held()
    wal = desk.config.database_path.with_name(desk.config.database_path.name + "-wal")
    return Seen(
        done=done,
        waiting=waiting,
        memory_mib=round(_rss_mib(own) - index_bytes / MIB, 1),
        index_mib=round(index_bytes / MIB, 1),
        workers_mib=round(sum(map(_rss_mib, others)), 1),
        wal_mib=round(wal.stat().st_size / MIB if wal.exists() else 0.0, 1),
        cpu_s=round(cpu_s([own, *others]), 1),
    )


async def _taken_in(desk: Desk, articles: int, every: int) -> list[Seen]:
    seen: list[Seen] = []
    async with desk.client:
        dispatcher = Dispatcher(desk)
        settled_s = looked_s = time.monotonic()
        done = 0
        while done < articles and time.monotonic() - looked_s < 120:  # two minutes without a new one: it hangs
            await dispatcher.tick()
            await asyncio.sleep(0.05)
            if time.monotonic() - settled_s > 60:  # as the daemon does each minute
                async for _ in desk.pieces(desk.matcher.settling(desk.store, desk.clock())):
                    pass
                settled_s = time.monotonic()
            now_done, _ = await desk.write(_counted, desk.store)
            if now_done > done:
                looked_s = time.monotonic()
            if now_done // every > done // every or now_done >= articles:
                seen.append(await desk.write(_seen, desk))
                line = "  ".join(f"{name} {value:g}" for name, value in asdict(seen[-1]).items())
                print(line, file=sys.stderr, flush=True)
            done = now_done
        await dispatcher.stop(30)
    return seen


def _living(pipe: Connection, config: Config, articles: int, every: int) -> None:
    """In a process of its own, whose memory is nobody else's."""
    logging.getLogger("samewire").setLevel(logging.CRITICAL)
    with open_desk(config, for_command="bench", clock=_now, rng=random.Random(1), headers_of=lambda _: ()) as desk:
        pipe.send(asyncio.run(_taken_in(desk, articles, every)))


def judge(seen: list[Seen], articles: int, *, warm: int, grown: float) -> tuple[dict[str, float], list[str]]:
    """The figures, and what is wrong with them."""
    last = seen[-1]
    first = next((one for one in seen if one.done >= warm), last)
    growth = (last.memory_mib - first.memory_mib) * 10_000 / max(1, last.done - first.done)
    figures = {
        "articles": last.done,
        "most_waiting": max(one.waiting for one in seen),
        "memory_mib": last.memory_mib,
        "memory_mib_at_warm": first.memory_mib,
        "growth_mib_for_10000": round(growth, 2),
        "index_mib": last.index_mib,
        "workers_mib": last.workers_mib,
        "most_wal_mib": max(one.wal_mib for one in seen),
        "cpu_ms_an_article": round(1e3 * last.cpu_s / max(1, last.done), 2),
        "cpu_ms_of_the_first": round(1e3 * seen[0].cpu_s / max(1, seen[0].done), 2),
        "cpu_ms_of_the_last": round(1e3 * (last.cpu_s - seen[-2].cpu_s) / max(1, last.done - seen[-2].done), 2)
        if len(seen) > 1
        else 0.0,
    }
    wrong = {"articles were left": last.done < articles, "memory grows": growth > grown}
    faults = [told for told, is_so in wrong.items() if is_so]
    return figures, faults


def main() -> int:
    """Take the burst in. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=50_000, help=f"articles, by {ITEMS} a feed (50,000)")
    parser.add_argument("--every", type=int, default=2_500, help="articles between two lines (2,500)")
    parser.add_argument("--warm", type=int, default=35_000, help="articles after which nothing grows (35,000)")
    parser.add_argument("--grown", type=float, default=10.0, help="MB for 10,000 articles that memory may grow (10)")
    parser.add_argument("--json", action="store_true", help="print JSON, with every line")
    options = parser.parse_args()
    feeds = max(1, options.articles // ITEMS)
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    server = context.Process(target=serve, args=(there,), daemon=True)
    server.start()
    hosts: list[str] = here.recv()
    with tempfile.TemporaryDirectory(prefix="samewire-burst-") as name:
        config = prepare(Path(name), hosts, feeds)
        result, inner = context.Pipe(duplex=False)
        living = context.Process(target=_living, args=(inner, config, feeds * ITEMS, options.every))
        living.start()
        inner.close()
        try:
            seen: list[Seen] = result.recv()
        except EOFError:
            print("the run broke off; what it said stands above", file=sys.stderr)
            return 1
        living.join()
    here.send("end")
    server.join(5)
    if not seen:
        print("no article was taken in within two minutes", file=sys.stderr)
        return 1
    figures, faults = judge(seen, feeds * ITEMS, warm=options.warm, grown=options.grown)
    return report(figures, faults, as_json=options.json, seen=[asdict(one) for one in seen])


if __name__ == "__main__":
    sys.exit(main())
