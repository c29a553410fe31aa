"""A newsroom in one process, polling publishers on loopback that answer by script and keep every request."""

from __future__ import annotations

import asyncio
import random
import shutil
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest

from ingest.config import Config, load
from ingest.model import Feed, Outcome, PollState
from ingest.pipeline.desk import Desk, user_agent
from ingest.pipeline.feeds import poll_feed
from ingest.pipeline.matching import Matcher
from ingest.pipeline.newsroom import sync_feeds
from ingest.pipeline.pages import settle_article
from ingest.pipeline.passes import add_missing
from ingest.pipeline.rechecks import Settlement
from ingest.pipeline.robots import RobotsCache
from ingest.poll.addresses import AddressPolicy
from ingest.poll.fetch import open_client
from ingest.poll.politeness import HostGate
from ingest.store.connection import Store, open_writer
from ingest.store.feeds import by_url, due
from tests.poll.conftest import Asked, Server, answer, certificate
from tests.store.conftest import due_pages

__all__ = ["Asked", "Server", "answer", "certificate"]

START = datetime(2026, 5, 5, 12, 0, tzinfo=UTC)  # a Tuesday
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NAMES = ("feed.test", "www.feed.test", "m.feed.test", "amp.feed.test", "other.test", "third.test", "127.0.0.1")


class Inline:
    """Does in this process what the worker pool does in others, so that a month of polls takes seconds."""

    async def run(
        self, function: Callable[[Any], Any], argument: Any, *, subject: str, timeout_s: float | None = None
    ) -> Any:
        return function(argument)


def date(at: datetime) -> str:
    """A time as HTTP and RSS write it."""
    return format_datetime(at.astimezone(UTC), usegmt=True)


def item(name: str, at: datetime | None = None, link: str | None = None) -> str:
    when = f"<pubDate>{date(at)}</pubDate>" if at else ""
    page = link or f"http://feed.test/{name}"
    text = f"What happened to {name}, in a sentence that is its own."
    return (
        f"<item><guid>{name}</guid><link>{page.replace('&', '&amp;')}</link><title>News of {name}</title>"
        f"{when}<description>{text}</description></item>"
    )


def rss(*items: str, head: str = "") -> bytes:
    """A feed of these items; a bare word stands for an item of that name."""
    body = "".join(one if one.startswith("<") else item(one) for one in items)
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
        ' xmlns:atom="http://www.w3.org/2005/Atom"><channel>'
        f"<title>A feed</title>{head}{body}</channel></rss>"
    ).encode()


NOT_MODIFIED = answer(b"", "304 Not Modified", length=False)


class Newsroom:
    """A desk with a database of its own under a clock that stands still unless a test moves it."""

    def __init__(self, folder: Path, server: Server, other: Server) -> None:
        self.folder, self.server, self.other = folder, server, other
        self.now = START
        self.rng: random.Random = random.Random(7)
        self.looked_up: list[str] = []
        self.headers: dict[str, tuple[tuple[str, str], ...]] = {}
        self.addresses: dict[str, list[str]] = {}
        self.feeds: list[str] = []
        self.settings = ""
        self.tls: ssl.SSLContext | None = None
        self.gate: HostGate | None = None
        self.names = NAMES
        self._desk: Desk | None = None

    # ------------------------------------------------------------ the script

    def url(self, path: str = "/f", host: str = "feed.test", scheme: str = "http") -> str:
        return self.server.url(path, host=host, scheme=scheme)

    def say(self, path: str, *answers: bytes, at: Server | None = None) -> str:
        """Answer a path with these in turn, the last for ever. Returns its address at feed.test."""
        left = list(answers)

        async def send(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _asked: Asked) -> None:
            writer.write(left.pop(0) if len(left) > 1 else left[0])
            await writer.drain()

        (at or self.server).on(path, send)
        return (at or self.server).url(path, host="feed.test")

    def asked(self, path: str = "/f", at: Server | None = None) -> list[Asked]:
        """The requests for a path so far."""
        return [asked for asked in (at or self.server).asked if asked.target.partition("?")[0] == path]

    def follow(self, url: str, more: str = "") -> str:
        """Put a feed into the configuration."""
        self.feeds.append(f'[[feeds]]\nurl = "{url}"\n{more}\n')
        return url

    # ------------------------------------------------------------ the trips

    @property
    def desk(self) -> Desk:
        if self._desk is None:
            self._desk = self._open()
        return self._desk

    @property
    def store(self) -> Store:
        return self.desk.store

    def _config(self) -> Config:
        path = self.folder / "config.toml"
        head = '[database]\npath = "newsroom.db"\n[poll]\ncontact = "https://desk.example/bot"\n'
        path.write_text(head + self.settings + "\n" + "\n".join(self.feeds), encoding="utf-8")
        return load(path).config

    def _open(self) -> Desk:
        config = self._config()
        allow = frozenset(f"{name}:{one.port}" for name in self.names for one in (self.server, self.other))
        store = open_writer(config.database_path, for_command="test")
        matcher = Matcher.of(config.match)
        matcher.rebuild(store, self.now)
        sync_feeds(store, config, self.now)
        client = open_client(
            AddressPolicy(allow), user_agent=user_agent(config), resolver=self._resolve, tls_context=self.tls
        )
        return Desk(
            config=config,
            store=store,
            matcher=matcher,
            client=client,
            gate=self.gate if self.gate is not None else HostGate(config.poll.per_host, 0.0),
            robots=RobotsCache(Inline()),  # type: ignore[arg-type]
            pool=Inline(),  # type: ignore[arg-type]
            rng=self.rng,
            clock=lambda: self.now,
            headers_of=lambda url: self.headers.get(url, ()),
            thread=ThreadPoolExecutor(1),
        )

    async def _resolve(self, host: str, port: int) -> Sequence[str]:
        self.looked_up.append(host)
        if host in self.addresses:
            return self.addresses[host]
        if host.endswith(".test"):
            return ["127.0.0.1"]
        raise socket.gaierror(-2, "unknown")

    async def poll(self, url: str, *, after: timedelta = timedelta()) -> Outcome:
        """Poll a feed, due or not; one that is not there is added first."""
        self.now += after
        await self.desk.write(add_missing, self.store, (url,), self.now)
        return await poll_feed(self.desk, self.feed(url))

    async def poll_due(self, *, after: timedelta = timedelta()) -> dict[str, Outcome]:
        """Poll every feed whose time has come."""
        self.now += after
        feeds = due(self.store.connection, self.now, interval=self.desk.interval, limit=1000)
        return {feed.url: await poll_feed(self.desk, feed) for feed in feeds}

    async def settle(self, *, after: timedelta = timedelta()) -> list[Settlement]:
        """One attempt at every page that is due."""
        self.now += after
        return [await settle_article(self.desk, page) for page in due_pages(self.store.connection, self.now, limit=99)]

    async def close(self) -> None:
        """End, as a daemon does; the next use opens everything anew."""
        desk, self._desk = self._desk, None
        if desk is not None:
            await desk.client.aclose()
            desk.thread.shutdown()
            desk.store.close()

    # ------------------------------------------------------------ what is remembered

    def feed(self, url: str) -> Feed:
        found = by_url(self.store.connection, url, interval=self.desk.interval)
        assert found is not None
        return found

    def state(self, url: str) -> PollState:
        return self.feed(url).state

    def wait(self, url: str) -> timedelta:
        """From now to the feed's next poll."""
        next_at = self.state(url).next_at
        assert next_at is not None
        return next_at - self.now

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.store.connection.execute(sql, values)]

    def one(self, sql: str, *values: object) -> Any:
        ((value,),) = self.rows(sql, *values)
        return value


class Still(random.Random):
    """No jitter."""

    def random(self) -> float:
        return 0.0


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with nothing in it yet, to be copied: making one costs more than most of these tests."""
    path = tmp_path_factory.mktemp("empty") / "newsroom.db"
    open_writer(path, for_command="test").close()
    return path


@pytest.fixture
async def newsroom(tmp_path: Path, empty_database: Path) -> AsyncIterator[Newsroom]:
    shutil.copy(empty_database, tmp_path / "newsroom.db")
    server, other = Server(), Server()
    await server.start()
    await other.start()
    room = Newsroom(tmp_path, server, other)
    room.rng = Still()
    yield room
    await room.close()
    with suppress(asyncio.CancelledError):
        await room.server.stop()
        await room.other.stop()
