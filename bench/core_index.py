"""Rows of bench/core.py on the index: bytes, microseconds, eviction and restart at any number of articles."""

from __future__ import annotations

import argparse
import re
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from bench.corpus import Newsroom, Strangers
from ingest.match.index import Index
from ingest.match.keys import BANDS
from ingest.match.sketch import Sketch
from ingest.match.sketches import read
from ingest.model import ArticleId
from ingest.pipeline.matching import MAKE, Matcher
from ingest.store.connection import open_writer

WINDOW = timedelta(days=14)
_ASKED = 2_000  # articles that are asked for and inserted one by one at each size
_INSERT = (
    "INSERT INTO signatures (article_id, epoch, algorithm, seed, tokeniser, at, kept_at, sketch) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)


def index_rows(chosen: argparse.Namespace) -> None:
    """Fill an index and a database with the same articles, measure the one and restart from the other."""
    stops = sorted({min(chosen.rows, 10_000), min(chosen.rows, 100_000), min(chosen.rows, 1_000_000), chosen.rows})
    newsroom = (Strangers if chosen.alone else Newsroom)(chosen.seed, articles=chosen.rows + len(stops) * _ASKED)
    index, filled_s = Index(WINDOW), 0.0
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "newsroom.db"
        with open_writer(path, for_command="bench") as store:
            connection = store.connection
            connection.execute("PRAGMA foreign_keys = OFF")  # signatures alone: restart reads nothing else
            last = 0
            for stop in stops:
                for ids, blobs, times in newsroom.blocks(stop - len(index)):
                    begun = time.process_time()
                    index.add_all(ids, read(blobs), times, np.ones(ids.size, dtype=np.bool_))
                    filled_s += time.process_time() - begun
                    _keep(connection, ids.tolist(), blobs, times.tolist())
                    last = int(times[-1])
                _live(index, newsroom, stop)
        print(f"added at once: {1e6 * filled_s / len(index):.1f} µs each")
        _memory(index)
        before = datetime.fromtimestamp(last / 1e6, UTC) - WINDOW / 2
        begun = time.process_time()
        gone = index.forget(before)
        print(f"eviction: {gone} articles let go in {1e6 * (time.process_time() - begun) / max(1, gone):.2f} µs each")
        del index
        _restart(path, last)


def restart(path: Path, last_us: int) -> int:
    """In a process of its own: open a database, fill the index from it, and say what that took. Returns 0."""
    now = datetime.fromtimestamp(last_us / 1e6, UTC)
    wall, begun = time.monotonic(), time.process_time()
    with open_writer(path, for_command="bench") as store:
        matcher = Matcher(window=WINDOW)
        matcher.rebuild(store, now)
        # Not what getrusage says: to a child it counts the memory of the process that it was started from.
        peak = int(re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[0]) / 1024
        print(f"restart: ready after {time.process_time() - begun:.1f} s of processor time, "
              f"{time.monotonic() - wall:.1f} s by the clock; the process's peak is {peak:.0f} MiB")  # fmt: skip
    return 0


def _live(index: Index, newsroom: Newsroom, stop: int) -> None:
    """Ask for and add articles one by one, as the daemon does, and say what each costs."""
    asked_s = added_s = 0.0
    proposed = 0
    for number, drawn, at in _articles(newsroom, _ASKED):
        begun = time.process_time()
        proposed += len(index.candidates(drawn, at))
        between = time.process_time()
        index.add(number, drawn, at)
        asked_s += between - begun
        added_s += time.process_time() - between
    print(f"at {stop:>9,d} articles: query {1e6 * asked_s / _ASKED:6.1f} µs, insert {1e6 * added_s / _ASKED:6.1f} µs, "
          f"{proposed / _ASKED:.1f} candidates each, capped {index.capped_postings} postings, "
          f"{index.capped_candidates} candidates", flush=True)  # fmt: skip


def _articles(newsroom: Newsroom, count: int) -> Iterator[tuple[ArticleId, Sketch, datetime]]:
    for ids, blobs, times in newsroom.blocks(count):
        for number, blob, at in zip(ids.tolist(), blobs, times.tolist(), strict=True):
            yield ArticleId(number), Sketch.from_bytes(blob), datetime.fromtimestamp(at / 1e6, UTC)


def _memory(index: Index) -> None:
    sizes = index.sizes()
    each = index.nbytes / len(index)
    bands = BANDS / sizes["postings"] * (sizes["chains"] + sizes["crowds"])
    print(f"bytes an article: {each:.0f} with every index ({sizes['rows'] / len(index):.0f} of it columns), "
          f"{bands:.0f} for the bands; {sizes['postings'] / len(index):.1f} postings each")  # fmt: skip


def _keep(connection: sqlite3.Connection, ids: list[int], blobs: list[bytes], times: list[int]) -> None:
    stamps = [datetime.fromtimestamp(at / 1e6, UTC).strftime("%Y-%m-%dT%H:%M:%SZ") for at in times]
    rows = [(number, *MAKE.bound(), stamp, stamp, blob) for number, stamp, blob in zip(ids, stamps, blobs, strict=True)]
    connection.execute("BEGIN")
    connection.executemany(_INSERT, rows)
    connection.execute("COMMIT")


def _restart(path: Path, last_us: int) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    subprocess.run([sys.executable, "-m", "bench.core_index", str(path), str(last_us)], check=True)


if __name__ == "__main__":
    sys.exit(restart(Path(sys.argv[1]), int(sys.argv[2])))
