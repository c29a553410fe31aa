"""What a trip needs from the outside, opened once: database, client, workers, index, clock and randomness."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import ParamSpec, TypeVar

from ingest import __version__
from ingest.config import Config
from ingest.pipeline.counts import Counts
from ingest.pipeline.logbook import log
from ingest.pipeline.matching import Matcher
from ingest.pipeline.open_files import within_the_limit
from ingest.pipeline.robots import RobotsCache
from ingest.pipeline.watching import Watcher, read_queries
from ingest.poll.addresses import AddressPolicy
from ingest.poll.fetch import Client, open_client
from ingest.poll.politeness import HostGate
from ingest.store.connection import Store, open_writer
from ingest.store.trouble import explained
from ingest.workers.pool import WorkerPool

P = ParamSpec("P")
T = TypeVar("T")

PARSE_TIMEOUT_S = 20.0
WORKER_MEMORY_MB = 512


@dataclass(slots=True, kw_only=True)
class Desk:
    """Everything shared by the trips of one process. Database work goes through `write`, one piece after another.

    Only `pipeline/reloading.py` puts anything else in place: configuration, client and headers, between two steps of
    a trip, which may begin under the old ones and end under the new.
    """

    config: Config
    store: Store
    matcher: Matcher
    client: Client
    gate: HostGate
    robots: RobotsCache
    pool: WorkerPool
    rng: random.Random
    clock: Callable[[], datetime]
    headers_of: Callable[[str], tuple[tuple[str, str], ...]]  # a feed's private headers, by its URL
    thread: ThreadPoolExecutor
    counts: Counts = field(default_factory=Counts)
    waiting: int = 0  # pieces of database work that are under way or wait for their turn
    database: Path = field(init=False)  # its file, found once: to resolve a path takes an eighth of a small poll's time

    def __post_init__(self) -> None:
        self.database = self.config.database_path

    async def write(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a function in the one thread that holds the database.

        Raises StoreError where the file or its disk is the trouble, and nobody's feed or text; else what it raises.
        """
        asked_s = time.perf_counter()

        def work() -> T:
            started_s = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                self.counts.took("writer_seconds", time.perf_counter() - started_s)
                self.counts.took("writer_wait_seconds", started_s - asked_s)

        self.waiting += 1
        try:
            with explained(self.database):
                return await asyncio.get_running_loop().run_in_executor(self.thread, work)
        finally:
            self.waiting -= 1

    async def pieces(self, many: Iterator[T]) -> AsyncIterator[T]:
        """What long database work gives piece by piece, between which others write."""
        while (piece := await self.write(lambda: next(many, None))) is not None:
            yield piece

    @property
    def interval(self) -> timedelta:
        """How long between two polls of a feed that promises nothing."""
        return self.config.poll.interval

    @property
    def timeout_s(self) -> float:
        """The deadline of one exchange."""
        return self.config.poll.timeout.total_seconds()


def user_agent(config: Config) -> str:
    """How we name ourselves to publishers."""
    contact = config.poll.contact
    return f"samewire/{__version__}" + (f" (+{contact})" if contact else "")


def client_for(config: Config) -> Client:
    """What asks publishers, under the configuration's name for us, its proxy and its exceptions for addresses."""
    policy = AddressPolicy(allow=frozenset(config.poll.allow))
    return open_client(policy, user_agent=user_agent(config), proxy=config.poll.proxy or None)


@contextmanager
def open_desk(
    config: Config,
    *,
    for_command: str,
    clock: Callable[[], datetime],
    rng: random.Random,
    headers_of: Callable[[str], tuple[tuple[str, str], ...]],
    processes: int | None = None,
) -> Iterator[Desk]:
    """Open the database for writing, rebuild the index from it, and start what fetches and parses.

    Raises ConfigError for a watch that cannot be read; DatabaseBusy and the other StoreErrors. The client is closed by
    whoever runs the event loop.
    """
    queries = read_queries(config)  # before a database is made
    config, fewer = within_the_limit(config)
    if fewer is not None:
        log.warning("files", "limited", fewer)
    with open_writer(config.database_path, for_command=for_command) as store:
        matcher = Matcher.of(config.match)
        with explained(config.database_path):
            matcher.rebuild(store, clock())
            matcher.watcher = Watcher.open(store, config, queries, clock())
        thread = ThreadPoolExecutor(1, thread_name_prefix="samewire-writer")
        pool = WorkerPool(
            processes=processes or max(1, min(8, os.cpu_count() or 1)),
            task_timeout_s=PARSE_TIMEOUT_S,
            memory_mb=WORKER_MEMORY_MB,
            preload=("ingest.parse.feed", "ingest.pipeline.learning", "ingest.poll.robots"),
        )
        try:
            counts = matcher.counts = Counts()
            yield Desk(
                config=config,
                store=store,
                matcher=matcher,
                client=client_for(config),
                gate=HostGate(config.poll.per_host, config.poll.host_delay.total_seconds()),
                robots=RobotsCache(pool),
                pool=pool,
                rng=rng,
                clock=clock,
                headers_of=headers_of,
                thread=thread,
                counts=counts,
            )
        finally:
            pool.close()
            thread.shutdown(wait=True, cancel_futures=True)
