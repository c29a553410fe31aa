"""Which span a day's digest covers and which one is due, through every change of the clocks."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.errors import ConfigError
from ingest.publish.schedule import digest_window, latest_due

ZONES = (
    "UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia",
    "Pacific/Kwajalein", "Africa/Casablanca", "America/Sao_Paulo", "Pacific/Kiritimati", "Asia/Beirut",
)  # fmt: skip
days = st.dates(date(1990, 1, 3), date(2037, 12, 30))
times = st.builds(time, st.integers(0, 23), st.integers(0, 59))
zones = st.sampled_from(ZONES)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "at", "since", "until"),
    [
        (date(2026, 11, 3), time(7), "2026-11-02T06:00", "2026-11-03T06:00"),
        (date(2026, 3, 29), time(7), "2026-03-28T06:00", "2026-03-29T05:00"),
        (date(2026, 10, 25), time(7), "2026-10-24T05:00", "2026-10-25T06:00"),
        (date(2026, 3, 29), time(2, 30), "2026-03-28T01:30", "2026-03-29T01:30"),
        (date(2026, 10, 25), time(2, 30), "2026-10-24T00:30", "2026-10-25T00:30"),
        (date(2026, 10, 26), time(2, 30), "2026-10-25T00:30", "2026-10-26T01:30"),
    ],
    ids=["ordinary", "23 hours", "25 hours", "skipped hour", "doubled hour", "after the doubled hour"],
)
def test_a_days_span_follows_the_readers_clock(day: date, at: time, since: str, until: str) -> None:
    assert digest_window(day, "Europe/Berlin", at) == (utc(since), utc(until))


def test_a_day_that_a_zone_skipped_leaves_no_gap() -> None:
    """Samoa crossed the date line: 30 December 2011 did not happen there."""
    _, before = digest_window(date(2011, 12, 29), "Pacific/Apia", time(7))
    since, until = digest_window(date(2011, 12, 31), "Pacific/Apia", time(7))
    assert since == before < until


@given(days, zones, times)
@example(date(2011, 12, 31), "Pacific/Apia", time(0))
def test_spans_of_successive_days_join(day: date, zone: str, at: time) -> None:
    since, until = digest_window(day, zone, at)
    assert timedelta(0) < until - since <= timedelta(hours=49)
    following = digest_window(day + timedelta(days=1), zone, at)
    assert following[0] == until or following == (since, until)


@given(days, zones, times, st.lists(st.integers(1, 60 * 30), min_size=1, max_size=60))
@example(date(2011, 12, 28), "Pacific/Apia", time(7), [600] * 12)
@example(date(2026, 10, 24), "Europe/Berlin", time(2, 30), [30] * 60)
@example(date(2026, 3, 28), "Europe/Berlin", time(2, 30), [30] * 60)
def test_each_local_day_is_sent_exactly_once_and_never_early(
    day: date, zone: str, at: time, waits_min: list[int]
) -> None:
    """A daemon that looks at odd moments: days go forward, and each one is mailed once, after its time."""
    now = datetime.combine(day, time(), tzinfo=UTC)
    sent = [latest_due(now, zone, at)]
    for minutes in waits_min:
        now += timedelta(minutes=minutes)
        found = latest_due(now, zone, at)
        assert found >= sent[-1]
        assert digest_window(found, zone, at)[1] <= now
        following, until = found + timedelta(days=1), digest_window(found, zone, at)[1]
        next_until = digest_window(following, zone, at)[1]
        assert next_until > now or next_until == until
        if found != sent[-1]:
            sent.append(found)
    assert len(sent) == len(set(sent))


@given(days, zones, times, st.sets(st.integers(0, 6), min_size=1).map(frozenset), st.integers(0, 60 * 24 * 9))
def test_with_days_of_rest_spans_join_and_the_due_day_is_none_of_them(
    day: date, zone: str, at: time, weekdays: frozenset[int], minutes: int
) -> None:
    now = datetime.combine(day, time(), tzinfo=UTC) + timedelta(minutes=minutes)
    due = latest_due(now, zone, at, weekdays)
    since, until = digest_window(due, zone, at, weekdays)
    assert due.weekday() in weekdays and since < until <= now
    before = latest_due(until - timedelta(seconds=1), zone, at, weekdays)
    assert before < due and digest_window(before, zone, at, weekdays)[1] == since


@given(days, zones, times)
def test_a_digest_is_due_from_its_moment_on_and_not_a_second_before(day: date, zone: str, at: time) -> None:
    _, until = digest_window(day, zone, at)
    assert latest_due(until, zone, at) >= day
    assert latest_due(until - timedelta(seconds=1), zone, at) < day


@pytest.mark.parametrize("zone", ["", "Mars/Base", "../etc/passwd", "/etc/passwd", "a\0b", "Europe"])
def test_an_unknown_zone_is_a_fault_of_the_configuration(zone: str) -> None:
    with pytest.raises(ConfigError, match="unknown time zone"):
        digest_window(date(2026, 11, 3), zone, time(7))
    with pytest.raises(ConfigError, match="unknown time zone"):
        latest_due(datetime(2026, 11, 3, tzinfo=UTC), zone, time(7))
