"""Start the trips that are due, no more at once than the configuration allows, and end them when told to."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from datetime import timedelta

from ingest.daemon.notify import notify
from ingest.model import ArticleId, DuePage, Feed, FeedId
from ingest.pipeline.desk import Desk, log
from ingest.pipeline.feeds import poll_feed
from ingest.pipeline.pages import settle_article
from ingest.store.articles import due_pages
from ingest.store.feeds import due

PAUSE = timedelta(seconds=30)


class Dispatcher:
    """One tick asks the database what is due and starts it; what is under way is not started twice."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._feeds: set[FeedId] = set()
        self._pages: set[ArticleId] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._resume_at = desk.clock()
        self.done = {"polls": 0, "articles": 0}

    async def tick(self) -> None:
        """Obey corrections, then fill the free places with due feeds and pages."""
        desk, now = self._desk, self._desk.clock()
        if now < self._resume_at:
            return
        await desk.write(desk.matcher.obey, desk.store, now)
        await desk.write(desk.matcher.match_waiting, desk.store, now, limit=20)
        places = desk.config.poll.concurrency
        feeds = await desk.write(due, desk.store.connection, now, interval=desk.interval, limit=2 * places)
        for feed in feeds:
            if feed.id not in self._feeds and len(self._feeds) < places:
                self._feeds.add(feed.id)
                self._start(self._poll(feed))
        pages = await desk.write(due_pages, desk.store.connection, now, limit=2 * places)
        for page in pages:
            if page.article_id not in self._pages and len(self._pages) < places:
                self._pages.add(page.article_id)
                self._start(self._settle(page))
        notify("WATCHDOG=1")

    async def stop(self, grace_s: float) -> None:
        """Let what is under way finish within the grace, and drop the rest: it is due again at the next start."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=grace_s)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)

    def _pause(self, what: str) -> None:
        """Something failed that is not the feed's fault: publishers are not to be asked again and again for it."""
        self._resume_at = self._desk.clock() + PAUSE
        log.exception("%s failed; the dispatcher pauses for %d s", what, PAUSE.total_seconds())

    def _start(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _poll(self, feed: Feed) -> None:
        try:
            await poll_feed(self._desk, feed)
            self.done["polls"] += 1
        except Exception:  # the daemon's boundary: what gets here is a full disk or a fault of ours
            self._pause(f"poll of feed {feed.id}")
        finally:
            self._feeds.discard(feed.id)

    async def _settle(self, page: DuePage) -> None:
        try:
            await settle_article(self._desk, page)
            self.done["articles"] += 1
        except Exception:  # as above
            self._pause(f"article {page.article_id}")
        finally:
            self._pages.discard(page.article_id)
