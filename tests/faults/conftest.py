"""A daemon's dispatcher on a newsroom whose surroundings fail, tick by tick under a clock of the test's own."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ingest.daemon.dispatcher import Dispatcher
from ingest.pipeline import desk as desks
from ingest.pipeline.desk import Desk
from ingest.pipeline.newsroom import sync_feeds
from tests.pipeline import texts
from tests.pipeline.conftest import Newsroom, newsroom

__all__ = ["newsroom"]

AFTER_THE_PAUSE = timedelta(seconds=31)


class Here:
    """Stands in for the worker pool, which none of these faults concerns: tasks run in this process."""

    def __init__(self, **_limits: Any) -> None:
        pass

    async def run(self, function: Callable[[Any], Any], argument: Any, *, subject: str, timeout_s: float = 0.0) -> Any:
        return function(argument)

    def close(self) -> None:
        """Nothing to close."""


@pytest.fixture(autouse=True)
def no_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desks, "WorkerPool", Here)


class Daemon:
    """The dispatcher, and what a test does between its ticks."""

    def __init__(self, newsroom: Newsroom, desk: Desk) -> None:
        self.newsroom, self.desk = newsroom, desk
        self.dispatcher = Dispatcher(desk)

    async def tick(self, after: timedelta = timedelta()) -> None:
        """A tick so long after the last, and everything that it starts."""
        self.newsroom.now += after
        await self.dispatcher.tick()
        while self.dispatcher._tasks:
            await asyncio.wait(tuple(self.dispatcher._tasks))

    async def sql(self, sql: str) -> Any:
        """A statement on the daemon's own connection."""
        return await self.desk.write(lambda: self.desk.store.connection.execute(sql).fetchone())

    @property
    def journal(self) -> list[str]:
        rows = self.newsroom.rows("SELECT action || ': ' || reason AS line FROM journal WHERE actor = 'samewire'")
        return [row["line"] for row in rows]


def live(newsroom: Newsroom, life: Callable[[Daemon], Awaitable[None]]) -> None:
    """Open the desk, and live through it."""

    async def run(desk: Desk) -> None:
        async with desk.client:
            await desk.write(sync_feeds, desk.store, desk.config, newsroom.now)
            await life(Daemon(newsroom, desk))

    with newsroom.desk() as desk:
        asyncio.run(run(desk))


def house(newsroom: Newsroom, name: str = "Courier", count: int = 3, *, full: bool = False) -> str:
    """A publisher of so many articles; returns the feed's address. full: their texts are in the feed, and are long."""
    site = newsroom.site()
    items = [site.article(f"/{name}-{n}", *texts.filler(n), minutes=n) for n in range(count)]
    if full:
        for number, item in enumerate(items):
            item.content = "".join(
                f"<p>Paragraph {n} of {number}: the ferry sails at {n} o'clock.</p>" for n in range(500)
            )
    url = site.feed(items)
    newsroom.follow(url, name)
    return url


def command(newsroom: Newsroom, *arguments: str, **how: Any) -> subprocess.CompletedProcess[str]:
    """A samewire command as a process of its own."""
    line = [sys.executable, "-m", "ingest", "--config", str(newsroom.write_config()), *arguments]
    return subprocess.run(line, capture_output=True, text=True, timeout=240, check=False, **how)


def in_a_mount(newsroom: Newsroom, script: str) -> subprocess.CompletedProcess[str]:
    """A shell script in a mount namespace of its own; `$samewire` is the command, `$room` the newsroom's folder."""
    line = f"{sys.executable} -m ingest --config {newsroom.write_config()}"
    return subprocess.run(
        ["unshare", "-m", "--propagation", "private", "sh", "-euc", script],
        capture_output=True, text=True, timeout=240, check=False,
        env={**os.environ, "samewire": line, "room": str(newsroom.folder)},
    )  # fmt: skip


def _mounts(line: Sequence[str]) -> bool:
    return subprocess.run([*line], capture_output=True, check=False).returncode == 0


def can_mount() -> bool:
    """Whether this process may have a mount namespace with a file system of its own."""
    if shutil.which("unshare") is None:
        return False
    script = 'd=$(mktemp -d); mount -t tmpfs -o size=64k none "$d" && umount "$d"; rmdir "$d"'
    return _mounts(["unshare", "-m", "--propagation", "private", "sh", "-ec", script])


@pytest.fixture
def mounts() -> None:
    if not can_mount():
        pytest.skip("needs root and unshare (Debian package util-linux) for a small or read-only file system")


def bytes_of(path: Path) -> tuple[int, int, bytes]:
    """A file's identity, size and content."""
    state = path.stat()
    return state.st_ino, state.st_size, path.read_bytes()
