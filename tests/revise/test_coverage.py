"""Which pages of a sitemap feeds should have shown, and which of them they missed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from ingest.model import Entry
from ingest.revise.coverage import due_by_now, missed

NOW = datetime(2026, 5, 5, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LONG_AGO = NOW - 1000 * HOUR


def page(link: str | None, age: timedelta | None) -> Entry:
    return Entry(link=link, title="News", published_at=None if age is None else NOW - age)


@pytest.mark.parametrize(
    ("age", "since", "due"),
    [
        (9 * HOUR, LONG_AGO, True),
        (7 * HOUR, LONG_AGO, False),
        (-HOUR, LONG_AGO, False),
        (49 * HOUR, LONG_AGO, False),
        (20 * HOUR, NOW - 10 * HOUR, False),
        (None, LONG_AGO, False),
    ],
    ids=["had time", "too young", "in the future", "judged before", "before the first poll", "no date"],
)
def test_a_page_is_judged_once_feeds_have_had_time(age: timedelta | None, since: datetime, due: bool) -> None:
    assert bool(due_by_now([page("https://p.example/a", age)], since=since, now=NOW)) == due


def test_one_article_under_two_addresses_is_judged_once_and_shown_under_any() -> None:
    pages = [page("https://p.example/a?utm_source=x", 9 * HOUR), page("https://amp.p.example/a", 9 * HOUR)]
    (due,) = due_by_now(pages, since=LONG_AGO, now=NOW)
    assert missed([due], {"https://p.example/a"}) == ()
    assert missed([due], {"https://p.example/b"}) == (due,)


def test_a_page_without_an_address_is_not_judged() -> None:
    assert due_by_now([page(None, 9 * HOUR)], since=LONG_AGO, now=NOW) == ()
    assert missed([page(None, 9 * HOUR)], set()) == ()
