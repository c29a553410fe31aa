"""Look for the new feed of a site whose feed is dead; what is found is proposed, and a person decides."""

from __future__ import annotations

from datetime import timedelta

from ingest.errors import FetchError, IngestError, Reason
from ingest.model import Purpose, Request, Response
from ingest.pipeline.asking import ask, permitted
from ingest.pipeline.desk import Desk
from ingest.pipeline.discovery import find_feed, whole
from ingest.pipeline.logbook import log
from ingest.store.proposals import DeadFeed, dead_feeds, drop_revived, known_urls, note_search, propose
from ingest.text.urls import mask

#: A feed that failed each time for so long is looked for; its site is searched again after the other.
DEAD_AFTER, SEARCHED_EVERY = timedelta(days=7), timedelta(days=14)
#: Sites searched in one go, one after another.
AT_ONCE = 3


async def look_for_dead_feeds(desk: Desk) -> int:
    """Search the front pages of the sites of a few dead feeds. Returns how many feeds were found."""
    now = desk.clock()
    await desk.write(drop_revived, desk.store)
    dead = await desk.write(
        dead_feeds,
        desk.store.connection,
        silent_since=now - DEAD_AFTER,
        searched_before=now - SEARCHED_EVERY,
        limit=AT_ONCE,
    )
    found = 0
    for feed in dead:
        found += await _search(desk, feed)
    return found


async def _search(desk: Desk, feed: DeadFeed) -> bool:
    known = await desk.write(known_urls, desk.store.connection)

    async def ask_politely(address: str) -> Response:
        # Nobody named these addresses: unlike a feed that a person added, they are asked for by robots.txt.
        apart_s = await permitted(desk, address) if feed.robots else 0.0
        if apart_s is None:
            raise FetchError("robots.txt asks us not to look there", reason=Reason.ROBOTS, subject=address)
        request = Request(url=address, purpose=Purpose.FEED, timeout_s=desk.timeout_s)
        return whole(await ask(desk, request, apart_s=apart_s), address)

    try:
        found = await find_feed(ask_politely, desk.pool, f"{feed.site}/", known=known)
    except IngestError as exc:
        await desk.write(note_search, desk.store, feed.id, exc.reason, str(exc), desk.clock())
        log.info("dead-feed", exc.reason, f"nothing found: {exc}", url=mask(feed.url))
        return False
    await desk.write(
        propose, desk.store, feed.id, found.url, title=found.title, entries=found.entries, now=desk.clock()
    )
    words = f"`samewire feeds adopt {feed.id}` moves it there"
    log.warning("dead-feed", "found", words, url=mask(feed.url), answers=mask(found.url))
    return True
