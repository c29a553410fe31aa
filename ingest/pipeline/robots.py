"""What each site's robots.txt says of article pages, asked once a day a site and kept within a bound (RFC 9309)."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

from ingest.errors import FetchError, PoolClosed, Reason, WorkerError
from ingest.poll.robots import QUICK_BYTES, OwnRules, delay_if_allowed, own_rules
from ingest.text.urls import origin
from ingest.workers.pool import WorkerPool

KEPT_FOR = timedelta(hours=24)
#: A failure is remembered too, or every page of a site that hangs would hang once more; shorter than a page's retry.
FAILURE_KEPT_FOR = timedelta(minutes=5)
MAX_SITES = 2000
MAX_BYTES = 32 * 1024 * 1024

#: Answers a site's robots.txt; None where there is none.
Fetch = Callable[[str], Awaitable[bytes | None]]
Known = tuple[datetime, OwnRules | FetchError | None]
T = TypeVar("T")
A = TypeVar("A")


class RobotsCache:
    """What the robots.txt of sites say to us, of at most MAX_SITES and in MAX_BYTES; one question at a time a site.

    pool: reads those that are long, which may take a second.
    """

    def __init__(self, pool: WorkerPool) -> None:
        self._pool = pool
        self._known: OrderedDict[str, Known] = OrderedDict()
        self._bytes = 0
        self._asking: dict[str, asyncio.Lock] = {}

    async def permit(self, url: str, *, agent: str, now: datetime, fetch: Fetch) -> float | None:
        """The seconds that the site wants between two requests, or None where the page may not be fetched.

        A site that has no robots.txt, or none that can be read, allows all.

        RFC 9309 §2.3.1.4 asks to hold back where the site answers 5xx or not at all: then the answer is no, and the
        page is tried again on its schedule. Raises FetchError with what failed.
        """
        rules = await self._rules(url, agent, now, fetch)
        if rules is None:
            return 0.0
        return await self._read(delay_if_allowed, (rules.text, url, agent), len(rules.text), url)

    async def sitemaps(self, url: str, *, agent: str, now: datetime, fetch: Fetch) -> tuple[str, ...]:
        """The sitemaps that the robots.txt of an address's site names. Raises FetchError with what failed."""
        rules = await self._rules(url, agent, now, fetch)
        return () if rules is None else rules.sitemaps

    async def _read(self, function: Callable[[A], T], argument: A, size: int, url: str) -> T:
        """function(argument), in a worker where that may take long. Raises FetchError where the worker was stopped."""
        if size <= QUICK_BYTES:
            return function(argument)
        try:
            return await self._pool.run(function, argument, subject=url)
        except PoolClosed:
            raise
        except WorkerError as exc:
            raise FetchError(f"robots.txt could not be read: {exc}", reason=exc.reason, subject=url) from exc

    async def _answer(self, site: str, agent: str, fetch: Fetch) -> OwnRules | FetchError | None:
        try:
            body = await fetch(f"{site}/robots.txt")
            return None if body is None else await self._read(own_rules, (body, agent), len(body), site)
        except FetchError as exc:
            return exc

    async def _rules(self, url: str, agent: str, now: datetime, fetch: Fetch) -> OwnRules | None:
        """What the site's robots.txt says to us, or None where there is none."""
        site = origin(url)
        known = self._current(site, now)
        if known is None:
            async with self._asking.setdefault(site, asyncio.Lock()):
                known = self._current(site, now)
                if known is None:
                    known = (now, await self._answer(site, agent, fetch))
                    self._keep(site, known)
            self._asking.pop(site, None)
        found = known[1]
        if isinstance(found, FetchError):
            raise FetchError(
                str(found),
                reason=found.reason,
                subject=url,
                status=found.status,
                retry_after_s=found.retry_after_s,
            )
        return found

    def _current(self, site: str, now: datetime) -> Known | None:
        known = self._known.get(site)
        if known is None:
            return None
        kept_for = FAILURE_KEPT_FOR if isinstance(known[1], FetchError) else KEPT_FOR
        return known if now - known[0] <= kept_for else None

    def _keep(self, site: str, known: Known) -> None:
        self._bytes -= _size(self._known.pop(site, None))
        self._known[site] = known
        self._bytes += _size(known)
        while len(self._known) > MAX_SITES or self._bytes > MAX_BYTES:
            self._bytes -= _size(self._known.popitem(last=False)[1])


def _size(known: Known | None) -> int:
    return known[1].size if known is not None and isinstance(known[1], OwnRules) else 0


def means_none(exc: FetchError) -> bool:
    """Whether a failed request for robots.txt means that the site has none (4xx), and so allows everything."""
    return exc.reason in (Reason.HTTP_4XX, Reason.GONE, Reason.TOO_LARGE, Reason.REDIRECTS, Reason.ENCODING)
