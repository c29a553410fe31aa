"""What a failed attempt makes of an article, and when the next one is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import Reason
from ingest.extract.lifecycle import FINAL, RETRIES, WALLS, Fate, after_failure, next_recheck
from ingest.model import ArticleStatus, Habits

NOW = datetime(2026, 11, 3, 6, 0, tzinfo=UTC)


def fate(reason: Reason, *, attempts: int = 1, has_summary: bool = False, has_body: bool = False) -> Fate:
    return after_failure(reason, attempts=attempts, has_summary=has_summary, has_body=has_body, now=NOW)


@pytest.mark.parametrize(
    ("attempts", "wait"),
    [(1, timedelta(minutes=10)), (2, timedelta(hours=1)), (3, timedelta(hours=6)), (4, timedelta(hours=24)), (5, None)],
)
def test_attempts_are_spread_over_a_day_and_then_end(attempts: int, wait: timedelta | None) -> None:
    assert fate(Reason.TIMEOUT, attempts=attempts).next_fetch_at == (wait and NOW + wait)


@pytest.mark.parametrize("reason", sorted(FINAL))
def test_what_no_second_attempt_can_change_is_refused_at_once(reason: Reason) -> None:
    assert fate(reason) == Fate(status=ArticleStatus.REFUSED, next_fetch_at=None)


@pytest.mark.parametrize("reason", [Reason.WAITING, Reason.CONSENT, Reason.HTTP_5XX, Reason.DNS, Reason.KILLED])
def test_what_may_pass_is_pending_until_the_attempts_are_used_up(reason: Reason) -> None:
    assert fate(reason) == Fate(status=ArticleStatus.PENDING, next_fetch_at=NOW + RETRIES[0])


def test_at_the_end_a_wall_is_refused_and_a_broken_line_failed() -> None:
    last = len(RETRIES) + 1
    assert fate(Reason.PAYWALL, attempts=last).status is ArticleStatus.REFUSED
    assert fate(Reason.CONNECT, attempts=last).status is ArticleStatus.FAILED


@given(st.sampled_from(Reason), st.integers(1, 50), st.booleans())
def test_a_body_once_had_is_never_lost_and_a_summary_stands_in(
    reason: Reason, attempts: int, has_summary: bool
) -> None:
    kept = fate(reason, attempts=attempts, has_summary=has_summary, has_body=True)
    stands_in = fate(reason, attempts=attempts, has_summary=True)
    alone = fate(reason, attempts=attempts)
    assert kept.status is ArticleStatus.EXTRACTED
    assert stands_in.status is ArticleStatus.SUMMARY
    assert alone.status in (ArticleStatus.PENDING, ArticleStatus.REFUSED, ArticleStatus.FAILED)
    assert kept.next_fetch_at == stands_in.next_fetch_at == alone.next_fetch_at
    assert (alone.status is ArticleStatus.PENDING) == (alone.next_fetch_at is not None)
    assert alone.next_fetch_at is None or alone.next_fetch_at > NOW


def test_policys_own_no_is_no_wall() -> None:
    """A wall is the page's doing; `waiting` is ours and passes."""
    assert Reason.WAITING not in FINAL | WALLS


WAITS = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24), timedelta(days=7))


@pytest.mark.parametrize(
    ("habits", "since", "expected"),
    [
        (Habits(), timedelta(), timedelta(hours=1)),
        (Habits(), timedelta(hours=1), timedelta(hours=6)),
        (Habits(), timedelta(days=2), timedelta(days=7)),
        (Habits(), timedelta(days=7), None),
        (Habits(rechecked=49, revised=0), timedelta(), timedelta(hours=1)),
        (Habits(rechecked=50, revised=0), timedelta(), timedelta(hours=24)),
        (Habits(rechecked=50, revised=1), timedelta(), timedelta(hours=1)),
        (Habits(rechecked=50, revised=15), timedelta(), timedelta(minutes=30)),
    ],
)
def test_a_page_is_read_again_as_its_publisher_is_known(
    habits: Habits, since: timedelta, expected: timedelta | None
) -> None:
    for waits in (WAITS, WAITS[::-1]):
        assert next_recheck(NOW, waits, habits, NOW + since) == (expected and NOW + expected)
    assert next_recheck(NOW, (), habits, NOW) is None
