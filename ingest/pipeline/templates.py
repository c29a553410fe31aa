"""A page read by what is known of its site, and the site's memory after it."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from ingest.extract.article import extract
from ingest.model import DuePage, Page
from ingest.model.templates import Kept, LearnedReading
from ingest.pipeline.desk import Desk
from ingest.pipeline.learning import Task, learned, read_and_learn
from ingest.store.connection import Store
from ingest.store.templates import kept_of, note_fitting, publisher_of, put

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
    kept = await desk.write(_kept, desk.store, due, page.url)
    return await desk.pool.run(read_and_learn, Task(page=page, kept=kept, again=due.is_recheck), subject=due.url)


def _kept(store: Store, due: DuePage, url: str) -> Kept:
    return kept_of(store.connection, publisher_of(store.connection, due.article_id), site_of(url))


def learn(desk: Desk, due: DuePage, url: str, reading: LearnedReading, now: datetime) -> None:
    """Keep what a page taught of its site. Belongs inside the transaction that stores the article.

    What the worker made of it is kept as it is, unless another page was learned from meanwhile: then it is made anew
    from what is remembered by now, so that no page's lesson is lost.
    """
    store, host = desk.store, site_of(url)
    if not host or due.is_recheck:
        return
    publisher_id = publisher_of(store.connection, due.article_id)
    if reading.by is not None:
        note_fitting(store, publisher_id, host)
        return
    kept, lesson = kept_of(store.connection, publisher_id, host), reading.lesson
    if kept.is_full:
        return
    if lesson is None or lesson.since != kept.since:
        lesson = learned(kept, reading)
    put(store, publisher_id, host, lesson, reading, now)
