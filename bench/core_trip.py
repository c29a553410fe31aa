"""Rows of bench/core.py on the whole trip: real pages from the address to the story, by one process and by all."""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from xml.sax.saxutils import escape

import httpx
import trafilatura

from bench import naive
from bench.core_texts import least, told
from bench.corpora import ROOT, Absent
from bench.fleet import cpu_s, family
from ingest.config import load
from ingest.errors import ExtractError
from ingest.extract.article import extract
from ingest.model import Page
from ingest.pipeline.desk import Desk, open_desk
from ingest.pipeline.passes import add_missing, one_pass
from ingest.pipeline.transfer import import_articles
from ingest.poll.fetch import _FIELDS, Client

PAGES = ROOT.parent / "shared" / "data" / "pages"
_NOW = datetime(2026, 5, 1, tzinfo=UTC)
_FEED = "https://feed.example/all.xml"


def trip_rows(chosen: argparse.Namespace) -> None:
    """Pages into a database, and the same without extraction: ours verifies, attributes, groups and indexes words."""
    pages = list(_pages(chosen.limit))
    texts = {url: trafilatura.extract(html) or "" for url, html in pages}
    names = {html: url for url, html in pages}

    def known(html: str) -> str:
        return texts[names[html]]

    def extracted() -> None:
        for url, html in pages:
            try:
                extract(_page(url, html))
            except ExtractError:
                continue

    with tempfile.TemporaryDirectory() as name:
        folder, number = Path(name), count()

        def fresh() -> Path:
            return folder / f"{next(number)}.db"

        works: dict[str, Callable[[], object]] = {
            "naive, whole trip": lambda: naive.naive(fresh(), iter(pages)),
            "naive_tuned, whole trip": lambda: naive.naive_tuned(fresh(), iter(pages)),
            "trafilatura.extract alone": lambda: [trafilatura.extract(html) for _, html in pages],
            "samewire extract alone": extracted,
            "naive, without extraction": lambda: naive.naive(fresh(), iter(pages), known),
            "naive_tuned, without extraction": lambda: naive.naive_tuned(fresh(), iter(pages), known),
            "samewire, without extraction": lambda: _taken_in(folder / str(next(number)), texts),
        }
        found = least(chosen.rounds, works)
        told(found, len(pages), "naive, without extraction")
        trip = found["samewire extract alone"] + found["samewire, without extraction"]
        print(f"samewire, both: {1e3 * trip / len(pages):.1f} ms, {found['naive, whole trip'] / trip:.2f} times less "
              "than naive (one process)")  # fmt: skip
        _clocked(
            chosen.rounds,
            {
                "naive": lambda: _alone(lambda: naive.naive(fresh(), iter(pages))),
                "naive_tuned": lambda: _alone(lambda: naive.naive_tuned(fresh(), iter(pages))),
                "samewire, all processes": lambda: together(folder / str(next(number)), pages),
            },
            len(pages),
        )
        size = _taken_in(folder / "size", texts)
        spoken = sum(len(text.encode()) for text in texts.values())
        print(f"database: {size / len(pages):.0f} B an article, its text {spoken / len(pages):.0f} B")


def _alone(work: Callable[[], object]) -> tuple[float, float]:
    begun, used = time.monotonic(), time.process_time()
    work()
    return time.monotonic() - begun, time.process_time() - used


def _clocked(rounds: int, works: dict[str, Callable[[], tuple[float, float]]], pages: int) -> None:
    """Print what each takes by the clock and of the processor, the least of so many rounds, by turns."""
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            found[name].append(work())
    base = [min(each) for each in zip(*found["naive"], strict=True)]
    for name, taken in found.items():
        wall, cpu = (min(each) for each in zip(*taken, strict=True))
        print(f"{name:<34} {1e3 * wall / pages:6.1f} ms by the clock, {base[0] / wall:5.2f} times less than naive; "
              f"{1e3 * cpu / pages:6.1f} ms of processor, {base[1] / cpu:5.2f} times less")  # fmt: skip


class _Answers(httpx.AsyncBaseTransport):
    """A feed that lists the pages, and the pages, without a network."""

    def __init__(self, pages: list[tuple[str, str]]) -> None:
        items = "".join(
            f"<item><link>{escape(url)}</link><title>Page {n}</title></item>" for n, (url, _) in enumerate(pages)
        )
        self._found = {_FEED: (b"application/rss+xml", f'<rss version="2.0"><channel>{items}</channel></rss>'.encode())}
        self._found |= {url: (b"text/html; charset=utf-8", html.encode()) for url, html in pages}

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Answer with what was asked for, else that it is not there."""
        found = self._found.get(str(request.url))
        kind, body = found or (b"text/plain", b"")
        fields = [(b"Content-Type", kind)]
        return httpx.Response(200 if found else 404, stream=httpx.ByteStream(body), extensions={_FIELDS: fields})


def together(folder: Path, pages: list[tuple[str, str]]) -> tuple[float, float]:
    """A poll of all pages with the worker pool, as the daemon does it. Returns (seconds by the clock, of processor).

    The workers are started and have read every third page before; connections are answered out of memory.
    """
    folder.mkdir()
    (folder / "config.toml").write_text('[poll]\nhost_delay = "0s"\nper_host = 8\n', encoding="utf-8")
    config = load(folder / "config.toml").config

    async def run(desk: Desk) -> tuple[float, float]:
        async with desk.client:
            desk.client = Client(_Answers(pages), user_agent="bench")
            await asyncio.gather(*(desk.pool.run(extract, _page(*page), subject=page[0]) for page in pages[::3]))
            everyone = family(os.getpid())
            begun, used = time.monotonic(), cpu_s(everyone)
            report = await one_pass(desk, (_FEED,), lambda _: None)
            if len(report.pages) != len(pages):
                raise SystemExit(f"{len(pages)} pages were listed, and {len(report.pages)} were read")
            return time.monotonic() - begun, cpu_s(family(os.getpid())) - used

    with open_desk(
        config, for_command="bench", clock=lambda: datetime.now(UTC), rng=random.Random(1), headers_of=lambda _: ()
    ) as desk:
        add_missing(desk.store, (_FEED,), _NOW)
        return asyncio.run(run(desk))


def _page(url: str, html: str) -> Page:
    return Page(url=url, body=html.encode(), content_type="text/html; charset=utf-8")


def _pages(limit: int) -> Iterator[tuple[str, str]]:
    if not (PAGES / "gold.json").exists():
        raise Absent(f"gold.json is not there (expected in {PAGES})")
    gold = json.loads((PAGES / "gold.json").read_text(encoding="utf-8"))
    for name in sorted(gold)[:limit]:
        html = gzip.decompress((PAGES / "html" / f"{name}.html.gz").read_bytes())
        yield gold[name]["url"], html.decode("utf-8", "replace")


def _taken_in(folder: Path, texts: dict[str, str]) -> int:
    """Take texts into a new database with everything that matching does. Returns its size."""
    folder.mkdir()
    (folder / "config.toml").write_text("", encoding="utf-8")
    config = load(folder / "config.toml").config
    lines = [
        json.dumps({"id": url, "url": url, "title": text[:60], "text": text, "published_at": "2026-05-01T06:00:00Z"})
        for url, text in texts.items()
        if text.strip()
    ]
    (folder / "texts.jsonl").write_text("\n".join(lines), encoding="utf-8")
    import_articles(config, folder / "texts.jsonl", _NOW, lambda _done, _total: None)
    return config.database_path.stat().st_size
