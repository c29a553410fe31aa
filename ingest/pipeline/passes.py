"""One pass of the whole trip: the feeds that are due, their pages, and whatever waits to be matched."""

from __future__ import annotations

import asyncio
import sys
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from ingest.config import Poll
from ingest.errors import NotFound
from ingest.model import ArticleId, Feed, Outcome, PollWord
from ingest.pipeline.desk import Desk
from ingest.pipeline.feeds import poll_feed
from ingest.pipeline.pages import lane_of, settle_article
from ingest.pipeline.rechecks import Settlement
from ingest.store.articles import pages
from ingest.store.connection import Store
from ingest.store.due import Due, pages_due
from ingest.store.feeds import NewFeed, add_feed, by_url, due
from ingest.text.urls import family, mask, origin

T = TypeVar("T")

#: How many are taken from the database at a time.
BATCH = 2_000


@dataclass(slots=True)
class PassReport:
    """What one pass did."""

    polls: list[tuple[Feed, Outcome]] = field(default_factory=list)
    pages: list[Settlement] = field(default_factory=list)
    matched: int = 0

    @property
    def failed(self) -> list[tuple[Feed, Outcome]]:
        """The polls that brought no answer that could be read."""
        return [(feed, outcome) for feed, outcome in self.polls if outcome.word in (PollWord.ERROR, PollWord.REFUSED)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """What a pass tells while it runs: how many of how many, by stage."""

    stage: str
    done: int
    total: int


Tell = Callable[[Progress], None]


async def one_pass(desk: Desk, urls: tuple[str, ...], tell: Tell) -> PassReport:
    """Poll the named feeds, or all that are due; then fetch, extract and match what is due. Raises NotFound.

    A named feed is polled now whatever its next_at says, with its validators.
    """
    report = PassReport()
    await desk.write(desk.matcher.obey, desk.store, desk.clock())
    feeds = await desk.write(_chosen, desk, urls)

    async def poll(feed: Feed) -> None:
        report.polls.append((feed, await poll_feed(desk, feed)))
        tell(Progress(stage="feeds", done=len(report.polls), total=len(feeds)))

    await for_each(feeds, poll, lane=lambda feed: origin(feed.url), settings=desk.config.poll)
    await _settle_due(desk, report, tell)
    while matched := await desk.write(desk.matcher.match_waiting, desk.store, desk.clock()):
        report.matched += matched
        tell(Progress(stage="stories", done=report.matched, total=report.matched))
    report.matched += await desk.write(desk.matcher.settle, desk.store, desk.clock())
    return report


def add_missing(store: Store, urls: tuple[str, ...], now: datetime) -> None:
    """Add the named feeds that are new, so that one can be tried without touching the configuration."""
    for url in urls:
        domain = family(url)
        if by_url(store.connection, url, interval=timedelta()) is None:
            add_feed(store, NewFeed(url=url, publisher=domain, domain=domain), now)


async def for_each(
    items: Sequence[T], work: Callable[[T], Awaitable[None]], *, lane: Callable[[T], str], settings: Poll
) -> None:
    """Do the work on every item; the first error ends all of it, and is what is raised.

    At most `concurrency` are under way at a time, and of one lane, which is a host, no more than it may be asked at
    once: what waits for its turn at a slow host keeps nobody else from theirs.
    """
    free = asyncio.Semaphore(settings.concurrency)
    lanes: dict[str, deque[T]] = {}
    for item in items:
        lanes.setdefault(lane(item), deque()).append(item)

    async def worker(queue: deque[T]) -> None:
        while queue:
            item = queue.popleft()
            async with free:
                await work(item)

    try:
        async with asyncio.TaskGroup() as group:
            for queue in lanes.values():
                for _ in range(min(settings.per_host, len(queue))):
                    group.create_task(worker(queue))
    except ExceptionGroup as several:
        raise several.exceptions[0] from None


async def _settle_due(desk: Desk, report: PassReport, tell: Tell) -> None:
    """Attempt every article that is due. All hosts are known before the first is asked: none hides another's pages."""
    started_at, connection = desk.clock(), desk.store.connection
    waiting: list[tuple[ArticleId, str]] = []
    last: Due | None = None
    while some := await desk.write(pages_due, connection, started_at, after=last, limit=BATCH):
        waiting += [(ArticleId(due.id), sys.intern(lane_of(due.id, due.url))) for due in some]
        last = some[-1]

    async def settle(place: tuple[ArticleId, str]) -> None:
        for page in await desk.write(pages, connection, [place[0]]):
            report.pages.append(await settle_article(desk, page))
        tell(Progress(stage="pages", done=len(report.pages), total=len(waiting)))

    await for_each(waiting, settle, lane=lambda place: place[1], settings=desk.config.poll)


def _chosen(desk: Desk, urls: tuple[str, ...]) -> tuple[Feed, ...]:
    connection, interval = desk.store.connection, desk.interval
    if not urls:
        return due(connection, desk.clock(), interval=interval, limit=1_000_000)
    found = []
    for url in urls:
        feed = by_url(connection, url, interval=interval)
        if feed is None:
            raise NotFound(f"{mask(url)}: not one of the feeds")
        found.append(feed)
    return tuple(found)
