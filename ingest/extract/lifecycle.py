"""What becomes of an article after each attempt at its page: settled, tried again at a stated time, or given up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.errors import REFUSALS, Reason
from ingest.model import ArticleStatus, Habits

#: Waits before the second, third, ... attempt.
RETRIES = (timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))

#: The page was read and held no article; asking again may find the wall down, not the network up.
WALLS = frozenset(
    {
        *(Reason.CONSENT, Reason.PAYWALL, Reason.SHELL, Reason.STUB, Reason.ONWARD, Reason.BLOCKED, Reason.ERROR_PAGE),
        *(Reason.GALLERY, Reason.VIDEO, Reason.LIVE_BLOG, Reason.INDEX, Reason.NOT_HTML, Reason.EMPTY, Reason.HTTP_4XX),
    }
)

#: What a page is for good.
_OTHERS = frozenset({Reason.GALLERY, Reason.VIDEO, Reason.INDEX})
#: No second attempt can end otherwise.
FINAL = (REFUSALS - {Reason.WAITING}) | {Reason.NO_LINK, Reason.OFF, Reason.GONE, Reason.NOT_HTML, *_OTHERS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """An article's status after a failed attempt, and when the next one is due (None: this was the last)."""

    status: ArticleStatus
    next_fetch_at: datetime | None


def after_failure(reason: Reason, *, attempts: int, has_summary: bool, has_body: bool, now: datetime) -> Fate:
    """Decide what a failed attempt makes of an article.

    attempts: those made so far, this one included. has_summary: the feed gave words that can stand in.
    has_body: an earlier attempt gave a body, which stays whatever happens now.
    """
    again = reason not in FINAL and attempts <= len(RETRIES)
    next_at = now + RETRIES[attempts - 1] if again else None
    if has_body:
        return Fate(status=ArticleStatus.EXTRACTED, next_fetch_at=next_at)
    if has_summary:
        return Fate(status=ArticleStatus.SUMMARY, next_fetch_at=next_at)
    if again:
        return Fate(status=ArticleStatus.PENDING, next_fetch_at=next_at)
    refused = reason in WALLS or reason in FINAL
    return Fate(status=ArticleStatus.REFUSED if refused else ArticleStatus.FAILED, next_fetch_at=None)


#: So many articles read again say something of a publisher's habits.
_MIN_KNOWN = 50
_OFTEN = 0.3
_SPEED_UP = 0.5


def next_recheck(read_at: datetime, waits: tuple[timedelta, ...], habits: Habits, now: datetime) -> datetime | None:
    """When a page that gave a body is read again for a revision; None when that was done for the last time.

    waits: from the first reading. A publisher that revises much is asked in half the time, one that was never seen to
    revise only at the last two of the times. Times that passed while nobody looked are not made up for.
    """
    if habits.rechecked >= _MIN_KNOWN:
        if habits.revised == 0:
            waits = tuple(sorted(waits)[-2:])
        elif habits.revised >= _OFTEN * habits.rechecked:
            waits = tuple(wait * _SPEED_UP for wait in waits)
    return next((read_at + wait for wait in sorted(waits) if read_at + wait > now), None)
