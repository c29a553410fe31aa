"""What the pages cost on a newsroom of any size: list, story, feeds, publishers, and Datasette's own tables.

Fills a database by plain SQL, a day's news after another, then asks in this process what a browser would ask, with the
answer's bytes. `--beside` reads every page while a writer writes as fast as it can, and counts what went wrong.

    python -m bench.browse --articles 100000
    python -m bench.browse --articles 1000000 --database /somewhere/large.db
    python -m bench.browse --articles 100000 --beside 60
"""

from __future__ import annotations

import argparse
import asyncio
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx

from bench.newsroom_fill import fill
from ingest.browse.serve import DATABASE_NAME, build, serve
from ingest.browse.tables import TABLES
from ingest.store.connection import open_reader

#: The page of a story of 40 members, and the list: 95 of 100 within so much, and no larger.
P95_MS, MAX_BYTES = 50.0, 40_000
TABLE_S = 1.0


def main() -> None:
    """Fill, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000, help="articles of the newsroom")
    parser.add_argument("--database", type=Path, help="made there and kept; asked as it is when it exists")
    parser.add_argument("--rounds", type=int, default=60, help="times that each page is asked")
    parser.add_argument("--only", metavar="NAME", action="append", help="only this page, and no table; again for more")
    parser.add_argument("--beside", type=float, metavar="SECONDS", help="only read all pages beside a writer, so long")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = given.database or Path(folder) / "newsroom.db"
        if not path.exists():
            started = time.perf_counter()
            fill(path, given.articles)
            print(f"filled in {time.perf_counter() - started:.0f} s, {path.stat().st_size / 2**30:.2f} GiB")
        if given.beside:
            beside(path, given.beside)
        else:
            asyncio.run(_ask_all(path, given.rounds, given.only))


def places(path: Path) -> dict[str, str]:
    """The pages by name: the story is one of 40 members, the publisher the one with most articles."""
    with closing(open_reader(path)) as connection:
        story = _one(
            connection,
            "SELECT story_id FROM members GROUP BY story_id HAVING count(*) = 40 ORDER BY story_id DESC LIMIT 1",
        )
        article = _one(connection, "SELECT min(article_id) FROM members WHERE story_id = ?", story)
        other = _one(connection, "SELECT max(article_id) FROM members WHERE story_id = ?", story)
        agency = _one(connection, "SELECT agency FROM articles WHERE agency IS NOT NULL ORDER BY id DESC LIMIT 1")
    return {
        "stories": "/stories",
        "story of 40": f"/story/{story}",
        "today": "/stories?show=today",
        "growing": "/stories?show=growing",
        "page 20": "/stories?page=20",
        "search, a rare word": "/stories?q=harbour73",
        "search, a common word": "/stories?q=council",
        "of a publisher": "/stories?publisher=Publisher+7",
        "of a small publisher": "/stories?publisher=Publisher+299",
        "of an agency": f"/stories?agency={agency}",
        "with a rewrite": "/stories?relation=rewrite",
        "of nothing": "/stories?language=xx",
        "200 as JSON": "/stories.json",
        "compare": f"/compare/{article}/{other}",
        "publisher": "/publisher/1",
        "feeds": "/feeds",
        "health": "/-/samewire/health",
        "Datasette's article": f"/{DATABASE_NAME}/articles/{article}",
    }


async def _ask_all(path: Path, rounds: int, only: list[str] | None) -> None:
    site = build(path)
    await site.invoke_startup()
    print(f"\n{'page':<24}{'p50 ms':>9}{'p95 ms':>9}{'CPU p50':>9}{'CPU p95':>9}{'kB':>8}  status")
    for name, address in places(path).items():
        if only and name not in only:
            continue
        wall, cpu, answer = await _ask(site, address, rounds)
        bad = (
            " over"
            if name in ("stories", "story of 40") and (wall[1] > P95_MS or len(answer.content) > MAX_BYTES)
            else ""
        )
        kilobytes = len(answer.content) / 1000
        times = f"{wall[0]:>9.1f}{wall[1]:>9.1f}{cpu[0]:>9.1f}{cpu[1]:>9.1f}"
        print(f"{name:<24}{times}{kilobytes:>8.1f}  {answer.status_code}{bad} {address}")
    if only:
        return
    slow: list[str] = []
    print(f"\n{'table':<24}{'first s':>9}{'again s':>9}{'kB':>8}")
    for table in TABLES:
        if TABLES[table].options.get("hidden") or TABLES[table].is_personal:
            continue
        taken_s = []
        for _ in range(2):
            started = time.perf_counter()
            answer = await site.client.get(f"/{DATABASE_NAME}/{table}")
            taken_s.append(time.perf_counter() - started)
        timed_out = "timed out" in answer.text or answer.status_code != 200
        if timed_out or max(taken_s) > TABLE_S:
            slow.append(table)
        size, remark = len(answer.content) / 1000, " TIMED OUT" if timed_out else ""
        print(f"{table:<24}{taken_s[0]:>9.2f}{taken_s[1]:>9.2f}{size:>8.1f}{remark}")
    print(f"tables over {TABLE_S:g} s or timed out: {', '.join(slow) or 'none'}")


async def _ask(site: Any, address: str, rounds: int) -> tuple[tuple[float, float], tuple[float, float], Any]:
    """Median and 95th of 100 in ms, of wall time and of this process's time on a processor, and an answer.

    On an idle core the two are one; beside other programs only the second says what a page costs.
    """
    wall, cpu = list[float](), list[float]()
    answer = await site.client.get(address)
    for _ in range(rounds):
        started, before = time.perf_counter(), time.process_time()
        answer = await site.client.get(address)
        wall.append((time.perf_counter() - started) * 1000)
        cpu.append((time.process_time() - before) * 1000)
    return (statistics.median(wall), _p95(wall)), (statistics.median(cpu), _p95(cpu)), answer


def beside(path: Path, seconds: float) -> None:
    """Read all pages over a socket while another process writes without a pause."""
    ready, address = threading.Event(), list[str]()

    def note(url: str) -> None:
        address.append(url.rstrip("/"))
        ready.set()

    serving = {"host": "127.0.0.1", "port": 0, "on_ready": note}
    threading.Thread(target=serve, args=[path], kwargs=serving, daemon=True).start()
    ready.wait(60)
    command = [sys.executable, "-m", "bench.browse_writer", str(path), str(seconds)]
    writer = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    answers, failures, waits = 0, list[str](), list[float]()
    addresses = [*places(path).values(), *(f"/{DATABASE_NAME}/{name}" for name in TABLES)]
    end = time.monotonic() + seconds
    with httpx.Client(base_url=address[0], trust_env=False, timeout=60) as client:
        while time.monotonic() < end:
            for place in addresses:
                started = time.perf_counter()
                answer = client.get(place)
                waits.append((time.perf_counter() - started) * 1000)
                answers += 1
                if answer.status_code >= 500:
                    failures.append(f"{answer.status_code} {place}")
    out, err = writer.communicate(timeout=120)
    print(f"{answers} answers beside the writer, {len(failures)} of 5xx, 95 of 100 within {_p95(waits):.0f} ms")
    print(f"writer: {out.strip()}{' ' + err.strip() if err else ''}, exit {writer.returncode}")
    for failure in sorted(set(failures))[:20]:
        print(f"  {failure} × {failures.count(failure)}")


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1] if len(values) > 1 else 0.0


def _one(connection: sqlite3.Connection, sql: str, *values: object) -> Any:
    row = connection.execute(sql, values).fetchone()
    return row[0] if row else None


if __name__ == "__main__":
    main()
