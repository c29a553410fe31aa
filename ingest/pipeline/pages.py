"""One article's trip: fetch its page, extract the body, store it and match it; a failure leaves a reason and a date."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache

from ingest.errors import ExtractError, FetchError, IngestError, PoolClosed, Reason, StoreError
from ingest.extract.article import extract, from_feed, from_summary
from ingest.extract.lifecycle import Fate, after_failure
from ingest.model import (
    MAX_PAGE_BYTES,
    ArticleStatus,
    DuePage,
    Gone,
    Moved,
    NotModified,
    Page,
    Purpose,
    Request,
    Response,
    Settled,
    TextChange,
    TextSource,
)
from ingest.model.templates import LearnedReading
from ingest.pipeline.asking import ask, permitted
from ingest.pipeline.desk import Desk
from ingest.pipeline.logbook import log
from ingest.pipeline.rechecks import Settlement, after_reading, is_news, unread_again
from ingest.pipeline.site_rules import rules_for
from ingest.pipeline.templates import learn, read_page
from ingest.revise.change import change_of
from ingest.store.articles import is_redacted, postpone, settle, text_of
from ingest.store.connection import Store
from ingest.text.urls import mask, origin


def lane_of(article_id: int, url: str) -> str:
    """What a page shares its turn with: its host; an article without a page waits for nobody."""
    return _host("/".join(url.split("/", 3)[:3])) or str(article_id)


@lru_cache(maxsize=4096)  # thousands may be looked at each second
def _host(start: str) -> str:
    return origin(start)


async def settle_article(desk: Desk, due: DuePage) -> Settlement:
    """Make one attempt at an article, store what came of it and match it.

    Raises StoreError where the database is the trouble and not this page, and what storing a bare failure raises.
    """
    try:
        settlement = await _attempt(desk, due)
    except StoreError:
        raise  # the disk's fault, and not the page's: it is due as before
    except Exception as exc:  # unforeseen: it may cost this page its attempt, and no other
        log.exception("article", Reason.CRASHED, "failed in a way we did not foresee", id=due.article_id)
        failure = IngestError(f"{type(exc).__name__}: {exc}", reason=Reason.CRASHED, subject=due.url)
        settlement = await desk.write(_end, desk, due, _set_aside, failure)
    source, kind = settlement.source or "", "recheck" if due.is_recheck else "reading"
    desk.counts.add("articles_total", kind, settlement.status, source, settlement.reason or "")
    log.info(
        "article",
        settlement.reason or settlement.status,
        id=due.article_id,
        url=mask(due.url) if due.url else None,
        status=settlement.status,
    )
    return settlement


async def _attempt(desk: Desk, due: DuePage) -> Settlement:
    try:
        reading, page = await _article(desk, due)
    except IngestError as exc:
        return await desk.write(_end, desk, due, unread_again if due.is_recheck else _give_way, exc)
    return await desk.write(_end, desk, due, _look_again if due.is_recheck else _keep, reading, page)


def _end(desk: Desk, due: DuePage, store_it: Callable[..., Settlement], *came: object) -> Settlement:
    """Store how an attempt ended, in one transaction, by whichever function is for that; runs in the writer's thread.

    Of an article that was redacted meanwhile nothing is stored: no text, no page, no next attempt, and nothing learned.
    """
    with desk.store.transaction():
        if is_redacted(desk.store.connection, due.article_id):
            return Settlement(status=ArticleStatus.SUMMARY, reason=Reason.REDACTED)
        return store_it(desk, due, *came)


async def _article(desk: Desk, due: DuePage) -> tuple[LearnedReading, Page | None]:
    """The article, from the feed's full text where it has it, else from the page, which comes with it.

    Raises IngestError.
    """
    if due.entry.content:
        full = await desk.pool.run(from_feed, due.entry, subject=due.url)
        if full is not None:
            return LearnedReading(article=full), None
    if not due.url:
        raise IngestError("the entry names no page", reason=Reason.NO_LINK, subject=due.entry.guid or due.entry.title)
    if not (desk.config.extract.fetch_pages if due.fetch_pages is None else due.fetch_pages):
        raise IngestError("pages are not fetched (fetch_pages)", reason=Reason.OFF, subject=due.url)
    page = await _fetched(desk, due)
    try:
        return await read_page(desk, due, page), page
    except ExtractError as exc:
        if exc.onward is None:
            raise
        return await _read_elsewhere(desk, due, exc, exc.onward)


async def _read_elsewhere(desk: Desk, due: DuePage, stub: ExtractError, onward: str) -> tuple[LearnedReading, Page]:
    """The article that a stub leads on to, one hop and no further. Raises the stub's error where that has none."""
    try:
        page = await _fetched(desk, replace(due, url=onward, robots=True))
        article = await desk.pool.run(extract, page, subject=onward)
    except PoolClosed:
        raise
    except IngestError as exc:
        message = f"{stub}; what it leads on to, {mask(onward)}, gives none either: {exc}"
        raise ExtractError(message, reason=stub.reason, subject=due.url, onward=onward) from exc
    article = replace(article, url=due.url, canonical_url=None, read_from=page.url)
    return LearnedReading(article=article), page


async def _fetched(desk: Desk, due: DuePage) -> Page:
    response = await _page(desk, due)
    return Page(
        url=response.url,
        body=response.body,
        content_type=response.header("content-type"),
        entry=due.entry,
        rules=rules_for(desk.config, response.url),
    )


async def _page(desk: Desk, due: DuePage) -> Response:
    url, apart_s = due.url, None
    if due.robots:
        apart_s = await permitted(desk, url)
        if apart_s is None:
            raise IngestError("robots.txt asks us not to fetch this page", reason=Reason.ROBOTS, subject=url)
    request = Request(url=url, purpose=Purpose.PAGE, timeout_s=desk.timeout_s, max_body_bytes=MAX_PAGE_BYTES)
    answer = await ask(desk, request, apart_s=apart_s or 0.0)
    answer = answer.answer if isinstance(answer, Moved) else answer
    if isinstance(answer, Gone):
        raise FetchError("410 Gone", reason=Reason.GONE, subject=url, status=410)
    if isinstance(answer, NotModified):
        raise FetchError("304 to a request without validators", reason=Reason.HTTP_OTHER, subject=url, status=304)
    return answer


def _keep(desk: Desk, due: DuePage, reading: LearnedReading, page: Page | None) -> Settlement:
    """Store a body that was found, and match it."""
    article = reading.article
    status = ArticleStatus.SUMMARY if article.source is TextSource.SUMMARY else ArticleStatus.EXTRACTED
    settled = Settled(
        article_id=due.article_id, article=article, status=status, attempts=due.attempts + 1, next_fetch_at=None
    )
    with desk.store.transaction():
        _settle_and_match(desk, settled, page)
        if page is not None and article.read_from is None:
            learn(desk, due, page.url, reading, desk.clock())
    return Settlement(status=status, reason=article.reason, source=article.source)


def _look_again(desk: Desk, due: DuePage, reading: LearnedReading, page: Page | None) -> Settlement:
    """Store what a page says by now, if that is something else; words that turned into a teaser replace nothing."""
    article = reading.article
    if article.reason is not None:
        teaser = IngestError("only the free lines are shown by now", reason=article.reason, subject=due.url)
        return unread_again(desk, due, teaser)
    if not is_news(desk, due, article):
        return Settlement(status=ArticleStatus.EXTRACTED, reason=None)
    return _keep(desk, due, reading, page)


def _give_way(desk: Desk, due: DuePage, exc: IngestError) -> Settlement:
    """Store a failed attempt: the text we have stays, or the feed's summary stands in."""
    fate = _fate(desk, due, exc)
    if due.has_body:
        with desk.store.transaction():
            _postpone(desk, due, exc, fate)
            desk.matcher.match(desk.store, due.article_id, desk.clock())
    else:
        _settle_and_match(
            desk,
            Settled(
                article_id=due.article_id,
                article=replace(from_summary(due.entry, exc.reason), url=due.url),
                status=fate.status,
                attempts=_attempts(due, exc),
                next_fetch_at=fate.next_fetch_at,
            ),
        )
    return Settlement(status=fate.status, reason=exc.reason)


def _set_aside(desk: Desk, due: DuePage, exc: IngestError) -> Settlement:
    """Store that an attempt failed and nothing else; matching, if it is due, has another go at the end of the pass."""
    fate = _fate(desk, due, exc)
    with desk.store.transaction():
        _postpone(desk, due, exc, fate)
    return Settlement(status=fate.status, reason=exc.reason)


def _attempts(due: DuePage, exc: IngestError) -> int:
    """Those made with this one; nothing was attempted while the host is left alone."""
    return due.attempts + (exc.reason is not Reason.WAITING)


def _fate(desk: Desk, due: DuePage, exc: IngestError) -> Fate:
    now = desk.clock()
    fate = after_failure(
        exc.reason,
        attempts=max(1, _attempts(due, exc)),
        has_summary=bool(due.entry.summary),
        has_body=due.has_body,
        now=now,
    )
    if exc.reason is Reason.WAITING and isinstance(exc, FetchError) and exc.retry_after_s is not None:
        return replace(fate, next_fetch_at=now + timedelta(seconds=exc.retry_after_s))
    return fate


def _postpone(desk: Desk, due: DuePage, exc: IngestError, fate: Fate) -> None:
    postpone(
        desk.store,
        due.article_id,
        status=fate.status,
        reason=exc.reason,
        attempts=_attempts(due, exc),
        next_fetch_at=fate.next_fetch_at,
    )


def _settle_and_match(desk: Desk, settled: Settled, page: Page | None = None) -> None:
    now, store = desk.clock(), desk.store
    with store.transaction():
        settle(store, settled, _revision(store, settled), now)
        after_reading(desk, settled, page, now)
        desk.matcher.match(store, settled.article_id, now)


def _revision(store: Store, settled: Settled) -> TextChange | None:
    """The figures of a revision: a body that replaces a body, or a stand-in a stand-in, under other words."""
    title, text, source, status = text_of(store.connection, settled.article_id)
    article = settled.article
    unread = status is ArticleStatus.PENDING
    if unread or (source is TextSource.SUMMARY) != (article.source is TextSource.SUMMARY):
        return None  # the first body replaces what stood in for it
    change = change_of(text, article.text)
    if change is None and change_of(title, article.title or title) is not None:
        return TextChange(added_words=0, removed_words=0, similarity=1.0)
    return change
