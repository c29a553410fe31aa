"""What a stamp tells, and when it is not believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.match.stamps import EARLIEST, LATEST, Precision, Stamp, read_stamp, spoken_length

_AT = datetime(2026, 5, 4, 12, 7, 9, tzinfo=UTC)


def _read(
    at: datetime | None, language: str | None = "en", *, seen: datetime | None = None, baseline: bool = False
) -> Stamp:
    return read_stamp(at, first_seen_at=seen, baseline=baseline, language=language)


@pytest.mark.parametrize(
    ("at", "language", "precision"),
    [
        (_AT, "en", Precision.SECOND),
        (_AT.replace(second=0), "en", Precision.MINUTE),
        (_AT.replace(minute=0, second=0), "en", Precision.HOUR),
        (_AT.replace(hour=0, minute=0, second=0), "en", Precision.DAY),
        (_AT.replace(hour=0, minute=0, second=0), None, Precision.DAY),
        (_AT.replace(hour=16, minute=0, second=0), "zh", Precision.DAY),
        (_AT.replace(hour=15, minute=0, second=0), "ja", Precision.DAY),
        (_AT.replace(hour=18, minute=30, second=0), "hi", Precision.DAY),
        (_AT.replace(hour=22, minute=0, second=0), "de-DE", Precision.DAY),
        (_AT.replace(hour=22, minute=0, second=0), "en", Precision.HOUR),
        (None, "en", Precision.NONE),
    ],
)
def test_how_finely_a_stamp_tells_the_time(at: datetime | None, language: str | None, precision: Precision) -> None:
    found = _read(at, language)
    assert found.precision is precision
    assert found.exact is (precision not in (Precision.NONE, Precision.DAY))
    assert found.loose is not found.exact


def test_a_bare_date_is_a_day_wherever_its_language_is_spoken() -> None:
    day = _AT.replace(hour=0, minute=0, second=0)
    assert (_read(day, "ja").earliest, _read(day, "ja").latest) == (day - timedelta(hours=9), day + timedelta(hours=24))
    assert _read(day, "en").latest == day + timedelta(hours=34)
    assert _read(day, None).earliest == day - timedelta(hours=14)
    local = _AT.replace(hour=15, minute=0, second=0)
    assert (_read(local, "ja").earliest, _read(local, "ja").latest) == (local, local + timedelta(hours=24))


@pytest.mark.parametrize(
    ("minutes_seen", "baseline", "doubted"),
    [
        (60, False, False),
        (-3, False, False),
        (-6, False, True),
        (-6, True, True),
        (60 * 24 * 31, False, True),
        (60 * 24 * 31, True, False),
    ],
    ids=["later", "clocks apart", "in the future", "in the future of a first poll", "stale", "old in a first poll"],
)
def test_a_stamp_that_polls_contradict_is_not_believed(minutes_seen: float, baseline: bool, doubted: bool) -> None:
    seen = _AT + timedelta(minutes=minutes_seen)
    found = _read(_AT, seen=seen, baseline=baseline)
    assert (found.doubt is not None) is doubted
    assert found.exact is not doubted
    if doubted:
        assert found.earliest == EARLIEST
        assert found.latest == (LATEST if baseline else seen)


def test_a_programs_zero_is_not_believed() -> None:
    assert "default" in (_read(datetime(1970, 1, 1, 0, 0, 7, tzinfo=UTC)).doubt or "")


def test_a_day_at_the_ends_of_time_is_bounded_by_them() -> None:
    assert _read(datetime(9999, 12, 31, tzinfo=UTC)).latest == LATEST
    assert _read(datetime(1, 1, 1, tzinfo=UTC)).earliest == EARLIEST


def test_what_a_followed_feed_showed_was_out_by_then() -> None:
    assert _read(None, seen=_AT).latest == _AT
    assert _read(None, seen=_AT, baseline=True).latest == LATEST
    assert _read(_AT.replace(hour=0, minute=0, second=0), seen=_AT).latest == _AT


def test_a_full_hour_may_be_a_forms_default_beside_a_stamp_to_the_second() -> None:
    hour = _read(_AT.replace(hour=9, minute=0, second=0))
    assert hour.is_default_beside(hour.since + 1_800) and not hour.is_default_beside(hour.since + 3_601)
    assert not hour.is_default_beside(hour.since - 1)
    noon = _read(_AT.replace(minute=0, second=0))
    assert noon.is_default_beside(noon.since - 36_000) and not noon.is_default_beside(noon.since + 43_300)
    assert not _read(_AT).is_default_beside(_AT.timestamp())


@given(
    st.datetimes(timezones=st.just(UTC)),
    st.none() | st.datetimes(timezones=st.just(UTC)),
    st.booleans(),
    st.sampled_from(["en", "de", "zh", "xx", None]),
)
def test_bounds_are_in_order_for_any_stamp(
    at: datetime, seen: datetime | None, baseline: bool, language: str | None
) -> None:
    found = _read(at, language, seen=seen, baseline=baseline)
    assert found.since <= found.until
    assert found.earliest <= found.latest


@pytest.mark.parametrize(
    ("length", "words"),
    [(0, "less than a minute"), (1, "a minute"), (90, "90 minutes"), (300, "5 hours"), (6_000, "4 days")],
)
def test_a_length_of_time_in_words(length: int, words: str) -> None:
    assert spoken_length(timedelta(minutes=length)) == words
