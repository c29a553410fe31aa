"""One article's trip: fetch its page, extract the body, store it and match it; a failure leaves a reason and a date."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from ingest.errors import FetchError, IngestError, Reason
from ingest.extract.article import extract, from_feed, from_summary
from ingest.extract.lifecycle import Fate, after_failure
from ingest.model import (
    Article,
    ArticleId,
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
from ingest.pipeline.asking import ask, permitted
from ingest.pipeline.desk import Desk, log
from ingest.revise.change import change_of
from ingest.store.articles import postpone, settle, text_of
from ingest.store.connection import Store
from ingest.text.urls import mask, origin

MAX_PAGE_BYTES = 5 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """How one attempt at an article ended."""

    status: ArticleStatus
    reason: Reason | None


def lane_of(article_id: ArticleId, url: str) -> str:
    """What a page shares its turn with: its host; an article without a page waits for nobody."""
    return origin(url) or str(article_id)


async def settle_article(desk: Desk, due: DuePage) -> Settlement:
    """Make one attempt at an article, store what came of it and match it.

    Raises nothing but what storing even a bare failure raises: then the database is the trouble, and not this page.
    """
    try:
        settlement = await _attempt(desk, due)
    except Exception as exc:  # unforeseen: it may cost this page its attempt, and no other
        log.exception("article id=%d failed in a way we did not foresee", due.article_id)
        failure = IngestError(f"{type(exc).__name__}: {exc}", reason=Reason.CRASHED, subject=due.url)
        settlement = await desk.write(_set_aside, desk, due, failure)
    log.info(
        "article id=%d url=%s status=%s reason=%s",
        due.article_id,
        mask(due.url) if due.url else "-",
        settlement.status,
        settlement.reason or "-",
    )
    return settlement


async def _attempt(desk: Desk, due: DuePage) -> Settlement:
    try:
        article = await _article(desk, due)
    except IngestError as exc:
        return await desk.write(_give_way, desk, due, exc)
    return await desk.write(_keep, desk, due, article)


async def _article(desk: Desk, due: DuePage) -> Article:
    """The article: the feed's full text where it has it, else the page. Raises IngestError."""
    if due.entry.content:
        full = await desk.pool.run(from_feed, due.entry, subject=due.url)
        if full is not None:
            return full
    if not due.url:
        raise IngestError("the entry names no page", reason=Reason.NO_LINK, subject=due.entry.guid or due.entry.title)
    if not (desk.config.extract.fetch_pages if due.fetch_pages is None else due.fetch_pages):
        raise IngestError("pages are not fetched (fetch_pages)", reason=Reason.OFF, subject=due.url)
    response = await _page(desk, due)
    page = Page(url=response.url, body=response.body, content_type=response.header("content-type"), entry=due.entry)
    return await desk.pool.run(extract, page, subject=due.url)


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


def _keep(desk: Desk, due: DuePage, article: Article) -> Settlement:
    """Store a body that was found, and match it, in one transaction. Runs in the writer's thread."""
    status = ArticleStatus.SUMMARY if article.source is TextSource.SUMMARY else ArticleStatus.EXTRACTED
    settled = Settled(
        article_id=due.article_id, article=article, status=status, attempts=due.attempts + 1, next_fetch_at=None
    )
    _settle_and_match(desk, settled)
    return Settlement(status=status, reason=article.reason)


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


def _settle_and_match(desk: Desk, settled: Settled) -> None:
    now, store = desk.clock(), desk.store
    with store.transaction():
        settle(store, settled, _revision(store, settled), now)
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
