"""What each site's robots.txt says of article pages, asked once a day a site and kept within a bound (RFC 9309)."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from ingest.errors import FetchError, Reason
from ingest.poll.robots import allowed, crawl_delay_s, sitemaps_of
from ingest.text.urls import origin

KEPT_FOR = timedelta(hours=24)
#: A failure is remembered too, or every page of a site that hangs would hang once more; shorter than a page's retry.
FAILURE_KEPT_FOR = timedelta(minutes=5)
MAX_SITES = 2000

#: Answers a site's robots.txt; None where there is none.
Fetch = Callable[[str], Awaitable[bytes | None]]


class RobotsCache:
    """The robots.txt of sites, at most MAX_SITES of them; one question at a time a site."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[datetime, bytes | FetchError | None]] = OrderedDict()
        self._asking: dict[str, asyncio.Lock] = {}

    async def permit(self, url: str, *, agent: str, now: datetime, fetch: Fetch) -> float | None:
        """The seconds that the site wants between two requests, or None where the page may not be fetched.

        A site that has no robots.txt, or none that can be read, allows all.

        RFC 9309 §2.3.1.4 asks to hold back where the site answers 5xx or not at all: then the answer is no, and the
        page is tried again on its schedule. Raises FetchError with what failed.
        """
        rules = await self._rules(url, now, fetch)
        if rules is None:
            return 0.0
        return crawl_delay_s(rules, agent) if allowed(rules, url, agent) else None

    async def sitemaps(self, url: str, *, now: datetime, fetch: Fetch) -> tuple[str, ...]:
        """The sitemaps that the robots.txt of an address's site names. Raises FetchError with what failed."""
        rules = await self._rules(url, now, fetch)
        return () if rules is None else sitemaps_of(rules)

    async def _rules(self, url: str, now: datetime, fetch: Fetch) -> bytes | None:
        """What the site's robots.txt holds, or None where there is none."""
        site = origin(url)
        known = self._current(site, now)
        if known is None:
            async with self._asking.setdefault(site, asyncio.Lock()):
                known = self._current(site, now)
                if known is None:
                    known = (now, await _answer(site, fetch))
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

    def _current(self, site: str, now: datetime) -> tuple[datetime, bytes | FetchError | None] | None:
        known = self._known.get(site)
        if known is None:
            return None
        kept_for = FAILURE_KEPT_FOR if isinstance(known[1], FetchError) else KEPT_FOR
        return known if now - known[0] <= kept_for else None

    def _keep(self, site: str, known: tuple[datetime, bytes | FetchError | None]) -> None:
        self._known[site] = known
        self._known.move_to_end(site)
        while len(self._known) > MAX_SITES:
            self._known.popitem(last=False)


async def _answer(site: str, fetch: Fetch) -> bytes | FetchError | None:
    try:
        return await fetch(f"{site}/robots.txt")
    except FetchError as exc:
        return exc


def means_none(exc: FetchError) -> bool:
    """Whether a failed request for robots.txt means that the site has none (4xx), and so allows everything."""
    return exc.reason in (Reason.HTTP_4XX, Reason.GONE, Reason.TOO_LARGE, Reason.REDIRECTS, Reason.ENCODING)
