"""What the newsroom does, step by step; a person who saw a step end does not ask for it again after a crash."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from bench.crash.world import START, World, configuration
from bench.stand_in import stand_in
from ingest.cli import samewire
from ingest.config import load
from ingest.daemon.dispatcher import Dispatcher
from ingest.pipeline import desk as desks
from ingest.pipeline.alerting import deliver_alerts, read_secrets
from ingest.pipeline.credentials import callback_key
from ingest.pipeline.desk import Desk, open_desk
from ingest.pipeline.digests import deliver_due
from ingest.pipeline.newsroom import sync_feeds
from ingest.pipeline.passes import one_pass
from ingest.pipeline.pruning import prune_by_rule, summed
from ingest.pipeline.subscriptions import tend
from ingest.store.connection import open_writer
from ingest.store.migrations import MIGRATIONS, migrate


class Here:
    """Stands in for the worker pool: tasks run in this process, which is the one that dies."""

    def __init__(self, **_limits: Any) -> None:
        pass

    async def run(self, function: Callable[[Any], Any], argument: Any, *, subject: str, timeout_s: float = 0.0) -> Any:
        """The function's result."""
        return function(argument)

    def close(self) -> None:
        """Nothing to close."""


stand_in(desks, "WorkerPool", Here)


@dataclass(frozen=True, slots=True)
class Room:
    """A newsroom's folder, and beside it the list of steps whose end a person saw."""

    world: World
    folder: Path

    @property
    def database(self) -> Path:
        """The database file."""
        return self.folder / "newsroom.db"

    @property
    def acknowledged(self) -> Path:
        """A step a line."""
        return self.folder.with_suffix(".steps")

    def prepare(self, *, quiet: bool = False) -> None:
        """An old database, of the schema before this version's, and a configuration."""
        self.folder.mkdir(parents=True)
        (self.folder / "config.toml").write_text(configuration(self.world, quiet=quiet), encoding="utf-8")
        with closing(sqlite3.connect(self.database, isolation_level=None)) as connection:
            connection.row_factory = sqlite3.Row
            migrate(connection, self.database, MIGRATIONS[:-1])
            connection.execute("INSERT INTO publishers (name, domain, kind) VALUES ('Old', 'old.example', 'outlet')")

    def live(self) -> None:
        """Make every step whose end nobody saw yet."""
        seen = self.acknowledged.read_text(encoding="utf-8").splitlines() if self.acknowledged.exists() else []
        for name, step in STEPS:
            if name not in seen:
                step(self)
                with self.acknowledged.open("a", encoding="utf-8") as file:
                    file.write(f"{name}\n")

    def command(self, *arguments: str) -> None:
        """A samewire command, in this process."""
        config = ["--config", str(self.folder / "config.toml")]
        samewire(args=[*config, *arguments], standalone_mode=False)

    def number(self, sql: str, *values: str) -> str | None:
        """The number that a person would have read off a page, where there is one."""
        with closing(sqlite3.connect(self.database)) as connection:
            row = connection.execute(sql, values).fetchone()
        return str(row[0]) if row else None


def _at_the_desk(room: Room, now: datetime, work: Callable[[Desk], Any]) -> None:
    config = load(room.folder / "config.toml").config

    async def run() -> None:
        with open_desk(
            config, for_command="bench", clock=lambda: now, rng=random.Random(1), headers_of=lambda _: (), processes=1
        ) as desk:
            async with desk.client:
                await work(desk)

    asyncio.run(run())


def poll(room: Room, *, edition: int, now: datetime) -> None:
    """A pass over all feeds and their pages; what is found is told to those who watch."""
    room.world.edition(edition)

    async def work(desk: Desk) -> None:
        await desk.write(sync_feeds, desk.store, desk.config, now)
        await one_pass(desk, tuple(feed.url for feed in desk.config.feeds), lambda _progress: None)
        await deliver_alerts(desk, read_secrets(desk.config))
        await tend(desk, callback_key(desk.config))

    _at_the_desk(room, now, work)


def _digest(room: Room) -> None:
    async def work(desk: Desk) -> None:
        await deliver_due(desk, "", patience=timedelta(0))
        await deliver_alerts(desk, read_secrets(desk.config))

    # What a crash leaves unanswered waits for its time: so a second look comes hours later, and finds nothing to do.
    for hours in (19.5, 25):
        _at_the_desk(room, START + timedelta(hours=hours), work)


def _corrected(room: Room) -> None:
    """The daemon's next tick obeys what a person said."""

    async def work(desk: Desk) -> None:
        dispatcher = Dispatcher(desk)
        await dispatcher.tick()
        await dispatcher.stop(60)

    _at_the_desk(room, START + timedelta(minutes=30), work)


def _keep_house(room: Room) -> None:
    with open_writer(room.database, for_command="bench") as store:
        summed(prune_by_rule(store, load(room.folder / "config.toml").config, START + timedelta(days=9)))


_STORY = (
    "SELECT story_id FROM members m JOIN articles a ON a.id = m.article_id WHERE a.title LIKE ? ORDER BY a.id LIMIT 1"
)
_ARTICLE = "SELECT id FROM articles WHERE title LIKE ? ORDER BY id LIMIT 1"


def _merge(room: Room) -> None:
    one, other = room.number(_STORY, "Night ferry%"), room.number("SELECT max(story_id) FROM members")
    if one and other and one != other:  # not after a crash that came between what was done and its end
        room.command("merge", one, other)


def _split(room: Room) -> None:
    if article := room.number(_ARTICLE, "Night ferry%"):
        room.command("split", article)


def _redact(room: Room) -> None:
    if article := room.number(_ARTICLE, "Ferry full%"):  # its title is gone when it was done before
        room.command("redact", article, "--reason", "asked to")


def _files(room: Room) -> None:
    for name in ("copy.db", "all.jsonl", "feeds.opml", "page.html"):
        (room.folder / name).unlink(missing_ok=True)
    room.command("backup", str(room.folder / "copy.db"))
    room.command("export", "--format", "jsonl", "--output", str(room.folder / "all.jsonl"))
    room.command("export", "--format", "opml", "--output", str(room.folder / "feeds.opml"))
    room.command("digest", "--date", "2026-05-06", "--preview", str(room.folder / "page.html"))


STEPS: tuple[tuple[str, Callable[[Room], None]], ...] = (
    ("migrate, poll", partial(poll, edition=1, now=START)),
    ("merge", _merge),
    ("split", _split),
    ("obey", _corrected),
    ("poll again", partial(poll, edition=2, now=START + timedelta(hours=2))),
    ("digest", _digest),
    ("redact", _redact),
    ("backup, export, preview", _files),
    ("housekeeping", _keep_house),
)
