"""Pages that are read again for a revision: when, what becomes of what they say by then, and what is taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from ingest.errors import FetchError, IngestError, Reason
from ingest.extract.lifecycle import next_recheck
from ingest.extract.withdrawn import kill_notice
from ingest.model import Article, ArticleStatus, DuePage, Page, Settled, TextSource
from ingest.pipeline.desk import Desk
from ingest.store.articles import says_else
from ingest.store.rechecks import Read, habits, keep_page, note_read, note_recheck, read_of, withdraw

_SAME, _REVISED = "same", "revised"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """How one attempt at an article ended."""

    status: ArticleStatus
    reason: Reason | None
    source: TextSource | None = None  # where the text came from, where one was found now


def after_reading(desk: Desk, settled: Settled, page: Page | None, now: datetime) -> None:
    """Keep what follows from a body beside the body: its page, the next reading, that it is a notice of withdrawal.

    Belongs inside the transaction that stores the body.
    """
    store, article = desk.store, settled.article
    notice = kill_notice(article.title, article.text)
    if notice is not None:
        withdraw(store, settled.article_id, f"kill notice: {notice}", now)
    if page is None or article.source not in (TextSource.EXTRACTOR, TextSource.STRUCTURED):
        return
    if desk.config.extract.keep_pages:
        keep_page(store, settled.article_id, page, now)
    before = read_of(store.connection, settled.article_id)
    read_at = before.read_at or now
    if before.read_at is not None:
        note_recheck(store, settled.article_id, word=_REVISED, recheck_at=None, now=now)
    recheck_at = _next(desk, before.publisher_id, read_at, now)
    note_read(store, settled.article_id, read_at=read_at, recheck_at=recheck_at)


def is_news(desk: Desk, due: DuePage, article: Article) -> bool:
    """Whether a page says something else than when it was last read; where not, that is noted."""
    if says_else(desk.store.connection, due.article_id, article):
        return True
    with desk.store.transaction():
        _note(desk, due, _SAME, read_of(desk.store.connection, due.article_id), desk.clock())
    return False


def unread_again(desk: Desk, due: DuePage, exc: IngestError) -> Settlement:
    """Note that a page could not be read again. Its text stays; one that is gone for good was withdrawn."""
    now, store = desk.clock(), desk.store
    missing = isinstance(exc, FetchError) and exc.status == 404
    with store.transaction():
        before = read_of(store.connection, due.article_id)
        _note(desk, due, exc.reason, before, now)
        if exc.reason is Reason.GONE or (missing and before.recheck == exc.reason):
            withdraw(store, due.article_id, "410 Gone" if exc.reason is Reason.GONE else "404 twice", now)
    return Settlement(status=ArticleStatus.EXTRACTED, reason=exc.reason)


def _note(desk: Desk, due: DuePage, word: str, before: Read, now: datetime) -> None:
    recheck_at = _next(desk, before.publisher_id, before.read_at or now, now)
    note_recheck(desk.store, due.article_id, word=word, recheck_at=recheck_at, now=now)


def _next(desk: Desk, publisher_id: int, read_at: datetime, now: datetime) -> datetime | None:
    known = habits(desk.store.connection, publisher_id, now)
    return next_recheck(read_at, desk.config.extract.rechecks, known, now)
