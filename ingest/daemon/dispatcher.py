"""Start the trips that are due, no more at once than the configuration allows, and end them when told to."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import Coroutine, Sequence
from datetime import datetime, timedelta
from functools import partial

from ingest.daemon.search import Search
from ingest.errors import StoreError
from ingest.model import ArticleId, DuePage, Feed, FeedId
from ingest.pipeline.desk import Desk
from ingest.pipeline.feeds import poll_feed
from ingest.pipeline.logbook import log
from ingest.pipeline.pages import lane_of, settle_article
from ingest.store.articles import pages
from ingest.store.connection import Store
from ingest.store.due import Due, Question, feeds_due, pages_due
from ingest.store.feeds import by_ids
from ingest.store.journal import note
from ingest.text.plain import without_surrogates

PAUSE = timedelta(seconds=30)
#: How many of the longest waiting feeds and pages a tick looks at, and further ones where busy hosts have so many.
FEEDS_FIRST, PAGES_FIRST = 200, 500
FURTHER = 1_000
#: Pages of one host that are taken up together.
AT_ONE_HOST = 20


class Dispatcher:
    """One tick asks the database what is due and starts it; what is under way is not started twice."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._feeds: set[FeedId] = set()
        self._feed_lanes: Counter[str] = Counter()  # how many of each host's feeds are polled
        self._lanes: Counter[str] = Counter()  # how many are at work on the pages of each host
        self._due_feeds = Search(first=FEEDS_FIRST, further=FURTHER)
        self._due_pages = Search(first=PAGES_FIRST, further=FURTHER)
        self._tasks: set[asyncio.Task[None]] = set()
        self._resume_at = desk.clock()
        self._failure: tuple[datetime, str] | None = None  # the first since the database could be written
        self._ending = False
        self.done = {"polls": 0, "articles": 0}
        self.ticked_s = time.monotonic()  # when it last went round to the end

    @property
    def under_way(self) -> tuple[int, int]:
        """How many polls and pages are at work or wait for their host's turn."""
        return len(self._feeds), self._lanes.total()

    @property
    def paused(self) -> bool:
        """Whether it waits because something failed that is no feed's fault; no longer so for a clock set back."""
        return self._resume_at - PAUSE <= self._desk.clock() < self._resume_at

    async def tick(self) -> None:
        """Obey corrections, then fill the free places with due feeds and pages."""
        if self.paused:
            self.ticked_s = time.monotonic()  # it waits on purpose
            return
        try:
            await self._dispatch(self._desk.clock())
        except StoreError as exc:
            self._pause("looking for what is due", exc)

    async def _dispatch(self, now: datetime) -> None:
        desk = self._desk
        if self._failure is not None:
            await desk.write(_remember, desk.store, self._failure, now)
            self._failure = None
        await desk.write(desk.matcher.obey, desk.store, now)
        await desk.write(desk.matcher.match_waiting, desk.store, now, limit=20)
        for feed, lane in await self._chosen_feeds(now):
            self._feeds.add(feed.id)
            self._feed_lanes[lane] += 1
            self._start(self._poll(feed, lane))
        for lane, ids in (await self._chosen_pages(now)).items():
            queue = deque(await desk.write(pages, desk.store.connection, ids))
            for _ in range(min(desk.config.poll.per_host, len(queue))):
                self._lanes[lane] += 1
                self._start(self._work_off(lane, queue))
        self.ticked_s = time.monotonic()

    async def _chosen_feeds(self, now: datetime) -> list[tuple[Feed, str]]:
        """Due feeds for the places that are free, each with its host, which is never given more than its own."""
        desk, limits = self._desk, self._desk.config.poll
        free = limits.concurrency - len(self._feeds)
        chosen: dict[FeedId, str] = {}
        lanes = self._feed_lanes.copy()

        def is_free() -> bool:
            return len(chosen) < free

        def take(due: Due) -> bool:
            feed_id, lane = FeedId(due.id), due.url
            if feed_id in self._feeds or lanes[lane] >= limits.per_host:
                return True
            if not is_free():
                return False
            chosen[feed_id] = lane
            lanes[lane] += 1
            return True

        await self._due_feeds.look(partial(_ask, self._desk, feeds_due, now), take, is_free)
        feeds = await desk.write(by_ids, desk.store.connection, tuple(chosen), interval=desk.interval)
        return [(feed, chosen[feed.id]) for feed in feeds]

    async def _chosen_pages(self, now: datetime) -> dict[str, list[ArticleId]]:
        """Due pages of hosts that nobody is asking, some of each, for the places that are free.

        A host is never given more places than it may be asked at once, so that a slow one holds up nobody else.
        """
        limits = self._desk.config.poll
        free = limits.concurrency - self._lanes.total()
        chosen: dict[str, list[ArticleId]] = {}

        def is_free() -> bool:
            return limits.per_host * len(chosen) < free

        def take(due: Due) -> bool:
            lane = lane_of(due.id, due.url)
            held = chosen.get(lane)
            if held is not None:
                if len(held) < AT_ONE_HOST:
                    held.append(ArticleId(due.id))
            elif lane not in self._lanes:
                if not is_free():
                    return False
                chosen[lane] = [ArticleId(due.id)]
            return True

        await self._due_pages.look(partial(_ask, self._desk, pages_due, now), take, is_free)
        return chosen

    async def stop(self, grace_s: float) -> None:
        """Let what is under way finish within the grace, and drop the rest: it is due again at the next start."""
        self._ending = True
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=grace_s)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)

    def _pause(self, what: str, exc: Exception) -> None:
        """Something failed that is not the feed's fault: publishers are not to be asked again and again for it.

        The database, which may be what fails, is told of the first failure when it can be written again.
        """
        now = self._desk.clock()
        self._resume_at = now + PAUSE
        self._failure = self._failure or (now, f"{what}: {exc}")
        trace = None if isinstance(exc, StoreError) else exc
        log.error("pause", "failed", f"{what}: {exc}; the dispatcher pauses", exc=trace, seconds=PAUSE.total_seconds())

    def _start(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _poll(self, feed: Feed, lane: str) -> None:
        try:
            await poll_feed(self._desk, feed)
            self.done["polls"] += 1
        except Exception as exc:  # the daemon's boundary: what gets here is a full disk or a fault of ours
            self._pause(f"poll of feed {feed.id}", exc)
        finally:
            self._feeds.discard(feed.id)
            _leave(self._feed_lanes, lane)

    async def _work_off(self, lane: str, queue: deque[DuePage]) -> None:
        try:
            while queue and not self._ending:
                page = queue.popleft()
                await settle_article(self._desk, page)
                self.done["articles"] += 1
        except Exception as exc:  # as above; what is left in the queue is due as before
            queue.clear()
            self._pause(f"an article of {lane}", exc)
        finally:
            _leave(self._lanes, lane)


def _leave(lanes: Counter[str], lane: str) -> None:
    lanes[lane] -= 1
    if not lanes[lane]:
        del lanes[lane]


async def _ask(desk: Desk, question: Question, now: datetime, after: Due | None, limit: int) -> Sequence[Due]:
    return await desk.write(question, desk.store.connection, now, after=after, limit=limit)


def _remember(store: Store, failure: tuple[datetime, str], now: datetime) -> None:
    """Put into the journal why nothing was polled for a while."""
    since, text = failure
    with store.transaction():
        note(store, now, "samewire", "paused", f"since {since:%Y-%m-%d %H:%M:%S} UTC: {without_surrogates(text)}")
