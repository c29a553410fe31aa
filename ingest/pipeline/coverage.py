"""Once a day a publisher's news sitemap is read, where there is one, to see which of its pages no feed showed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urljoin

from ingest.errors import FetchError, IngestError, ParseError, Reason
from ingest.model import Entry, Moved, Purpose, Request, Response
from ingest.parse.sitemap import Sitemap, read_sitemap
from ingest.pipeline.asking import ask, permitted, sitemaps_named
from ingest.pipeline.desk import Desk
from ingest.pipeline.logbook import log
from ingest.revise.coverage import LOOK_BACK, due_by_now, missed
from ingest.store.sitemaps import DueSitemap, add_sites, due_sitemaps, keep_check, keep_failure, shown_since
from ingest.text.urls import family, mask

EVERY = timedelta(days=1)
#: A site without a news sitemap is looked at again after this.
NONE_FOR = timedelta(days=14)
#: New sites are looked at within this, so that a long list makes no storm.
SPREAD = timedelta(hours=6)
AT_ONCE = 10
#: Sitemaps asked for in one check, lists of sitemaps included.
MAX_ASKED = 4
#: Where they are when robots.txt names none.
USUAL_PLACES = ("/news-sitemap.xml", "/sitemap-news.xml")

_OF_NEWS = re.compile(r"news|latest|recent", re.IGNORECASE)


async def check_coverage(desk: Desk) -> int:
    """Read the news sitemaps that are due. Returns how many sites were looked at."""
    now = desk.clock()
    await desk.write(add_sites, desk.store, now + SPREAD * desk.rng.random(), now, limit=AT_ONCE)
    due = await desk.write(due_sitemaps, desk.store.connection, now, limit=AT_ONCE)
    await asyncio.gather(*(_check(desk, sitemap) for sitemap in due))
    return len(due)


async def _check(desk: Desk, sitemap: DueSitemap) -> None:
    now = desk.clock()
    try:
        url, pages = await _found(desk, sitemap)
    except IngestError as exc:
        lost = exc.reason in (Reason.HTTP_4XX, Reason.GONE, Reason.NOT_A_FEED, Reason.HTML, Reason.ROBOTS)
        wait = NONE_FOR if lost and sitemap.url is None else EVERY
        await desk.write(
            keep_failure,
            desk.store,
            sitemap,
            exc.reason,
            str(exc),
            url=None if lost else sitemap.url,
            next_at=now + wait,
        )
        log.info("sitemap", exc.reason, str(exc), site=sitemap.site)
        return
    due = due_by_now(pages, since=sitemap.since, now=now)
    shown = await desk.write(shown_since, desk.store.connection, sitemap.site, now - 2 * LOOK_BACK)
    gaps = missed(due, shown)
    await desk.write(keep_check, desk.store, sitemap, url, listed=len(due), missed=gaps, next_at=now + EVERY, now=now)
    log.info("sitemap", "compared", url=mask(url), listed=len(due), missed=len(gaps))


async def _found(desk: Desk, sitemap: DueSitemap) -> tuple[str, tuple[Entry, ...]]:
    """The first news sitemap of the site that can be read, and its pages. Raises IngestError with the last failure."""
    waiting = [sitemap.url] if sitemap.url else await _named(desk, sitemap)
    failure: IngestError = ParseError("the site names no news sitemap", reason=Reason.NOT_A_FEED, subject=sitemap.site)
    for _ in range(MAX_ASKED):
        if not waiting:
            break
        url = waiting.pop(0)
        try:
            found = await _read(desk, sitemap, url)
        except IngestError as exc:
            failure = exc
            continue
        if found.pages:
            return url, found.pages
        waiting = [child for child in found.sitemaps if _OF_NEWS.search(child) and _is_of(sitemap, child)] + waiting
    raise failure


async def _named(desk: Desk, sitemap: DueSitemap) -> list[str]:
    """What robots.txt names, those of news first; the usual places where it names none of news."""
    named = [url for url in await sitemaps_named(desk, sitemap.site) if _is_of(sitemap, url)]
    of_news = [url for url in named if _OF_NEWS.search(url)]
    return of_news or [*_usual(sitemap.site), *named[:1]]


def _usual(site: str) -> Iterator[str]:
    return (urljoin(site, place) for place in USUAL_PLACES)


def _is_of(sitemap: DueSitemap, url: str) -> bool:
    """Whether an address is the site's own family's: nobody lists another's pages."""
    return family(url) == family(sitemap.site)


async def _read(desk: Desk, sitemap: DueSitemap, url: str) -> Sitemap:
    apart_s = await permitted(desk, url) if sitemap.robots else 0.0
    if apart_s is None:
        raise FetchError("robots.txt asks us not to fetch the sitemap", reason=Reason.ROBOTS, subject=url)
    answer = await ask(desk, Request(url=url, purpose=Purpose.FEED, timeout_s=desk.timeout_s), apart_s=apart_s)
    answer = answer.answer if isinstance(answer, Moved) else answer
    if not isinstance(answer, Response):
        raise FetchError("410 Gone", reason=Reason.GONE, subject=url)
    return await desk.pool.run(read_sitemap, answer, subject=url)
