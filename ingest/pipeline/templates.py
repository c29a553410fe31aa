"""A page read by what is known of its site, and the site's memory after it."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from ingest.extract.article import extract
from ingest.extract.known import extract_known
from ingest.extract.site import is_young, remember
from ingest.model import DuePage, Page
from ingest.model.templates import Known, LearnedReading, SiteMemory, Template
from ingest.pipeline.desk import Desk
from ingest.store.connection import Store
from ingest.store.templates import memory_of, note_fitting, publisher_of, put, templates_of

BY_TEMPLATE = "template"


def site_of(url: str) -> str:
    """The host whose pages have a shape of their own."""
    return (urlsplit(url).hostname or "").lower()


async def read_page(desk: Desk, due: DuePage, page: Page) -> LearnedReading:
    """The article of a page: by what is known of its site where that fits, else with care. Raises IngestError.

    A page that is read again is read as it was the first time: what differs is then the publisher's doing.
    """
    if due.is_recheck and due.read_by != BY_TEMPLATE:
        return LearnedReading(article=await desk.pool.run(extract, page, subject=due.url))
    templates = await desk.write(_templates, desk.store, due, page.url)
    young = is_young(SiteMemory(templates=templates))
    known = Known(page=page, templates=templates, young=young, again=due.is_recheck)
    return await desk.pool.run(extract_known, known, subject=due.url)


def _templates(store: Store, due: DuePage, url: str) -> tuple[Template, ...]:
    return templates_of(store.connection, publisher_of(store.connection, due.article_id), site_of(url))


def learn(desk: Desk, due: DuePage, url: str, reading: LearnedReading, now: datetime) -> None:
    """Keep what a page taught of its site. Belongs inside the transaction that stores the article."""
    store, host = desk.store, site_of(url)
    if not host or due.is_recheck:
        return
    publisher_id = publisher_of(store.connection, due.article_id)
    if reading.by is not None:
        note_fitting(store, publisher_id, host)
        return
    memory = memory_of(store.connection, publisher_id, host)
    if memory is None:
        return
    memory, events = remember(memory, reading)
    put(store, publisher_id, host, memory, reading, [(one.what, one.template, one.why) for one in events], now)
