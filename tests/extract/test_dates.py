"""The many ways in which pages write one instant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.extract.article import extract
from ingest.extract.dates import read_stamp, written
from ingest.model import Page

SIX = datetime(2026, 11, 3, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-03T06:00:00Z",
        "2026-11-03T07:00:00+01:00",
        "2026-11-03T07:00:00.123456789+0100",
        "2026-11-03T07:00+01",
        "2026-11-03 07:00:00 CET",
        "2026-11-03 01:00 EST",
        "20261103T060000Z",
        "2026-11-03T6:00",
        "2026-11-03 06:00 XYZ",
        "  2026-11-03\n06:00 ",
        "2026/11/3 06:00",
        "2026.11.03 06:00",
        "Tue, 03 Nov 2026 07:00:00 +0100",
        "Tue, 03 Nov 2026 06:00:00",
        "1793685600",
        "1793685600000",
    ],
)
def test_every_common_spelling_is_the_same_instant(text: str) -> None:
    found = read_stamp(text)
    assert found is not None
    assert (found[0].replace(microsecond=0), found[1]) == (SIX, True)


@pytest.mark.parametrize("text", ["2026-11-03", "20261103", "2026/11/3", "2026.11.03"])
def test_a_date_without_a_time_says_so(text: str) -> None:
    found = read_stamp(text)
    assert found is not None and found[:2] == (SIX.replace(hour=0), False)


@pytest.mark.parametrize(
    "text",
    [
        "", "yesterday", "3 hours ago", "2026", "2026-13-03", "2026-11-31T06:00:00Z", "2026-11-03T25:00:00Z",
        "2026-11-03T06:00:00+99:00", "1989-12-31", "2100-01-01", "0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00",
        "0000000001", "9" * 10, "Tue, 99 Nov 2026 07:00:00", "x" * 10_000,
    ],
)  # fmt: skip
def test_what_states_no_plausible_date_states_none(text: str) -> None:
    assert read_stamp(text) is None


@given(
    st.integers(631_400_000, 4_102_300_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    st.integers(-14 * 4, 14 * 4),
)
def test_any_time_in_any_zone_is_read_back(at: datetime, quarters: int) -> None:
    moment = at.astimezone(timezone(timedelta(minutes=15 * quarters)))
    found = read_stamp(moment.isoformat())
    assert found is not None and found[:3] == (moment.astimezone(UTC), True, True)


@given(st.text(max_size=90) | st.text(alphabet="0123456789-/:.TZ+ CETNovTue,", max_size=40))
def test_any_text_is_a_utc_time_or_none(text: str) -> None:
    found = read_stamp(text)
    assert found is None or (found[0].tzinfo is UTC and 1990 <= found[0].year < 2100)


@pytest.mark.parametrize(
    "text",
    [
        "Nov 3, 2026, 1:00 am EST",
        "November 3, 2026 -- 06:00 GMT",
        "Tue Nov 03 2026 06:00:00 GMT+0000",
        "Tue 3 Nov 2026 06.00 GMT",
        "1:00 AM ET Nov. 3, 2026",
        "11/3/26 1:00 AM EST",
        "1:00 a.m. (EST) Tuesday, 3rd November 2026",
        "07:00 AM CET, 3-Nov-2026",
        "read 5:00 AM UTC in the early morning by many people | Nov 3, 2026 01:00 EST",
    ],
)
def test_a_day_and_a_time_with_its_zone_in_words_are_an_instant(text: str) -> None:
    found = written(text)
    assert found is not None
    assert (found.moment, found.timed, found.zoned) == (SIX, True, True)


def test_a_zone_of_a_place_follows_its_summer_time() -> None:
    summer = written("July 3, 2026, 2:00 am ET")
    assert summer is not None and summer.moment == datetime(2026, 7, 3, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Nov 3, 2026, 1:00 am", (2026, 11, 3)),  # of whichever zone
        ("3 November 2026", (2026, 11, 3)),
        ("99:99 GMT, 3 November 2026", (2026, 11, 3)),
        ("10:00 GMT is far from this day that stands here: 3 November 2026", (2026, 11, 3)),
    ],
)
def test_a_time_that_is_no_instant_leaves_the_day(text: str, day: tuple[int, int, int]) -> None:
    found = written(text)
    assert found is not None and not found.timed
    assert (found.moment.year, found.moment.month, found.moment.day) == day


@pytest.mark.parametrize(
    "text", ["", "at 10:00 GMT", "11/3/26", "3/11/2026 10:00 CET", "Nov 31, 2026", "maybe 3, 2026"]
)
def test_words_without_a_plain_day_state_nothing(text: str) -> None:
    assert written(text) is None


@given(st.text(max_size=200))
def test_any_words_state_an_instant_of_these_times_or_none(text: str) -> None:
    found = written(text)
    assert found is None or (found.moment.tzinfo is UTC and 1990 <= found.moment.year < 2100)


#: What pages write dates of, and what looks like it: digits and letters of other scripts, hours that no day has.
DIGITS = st.text(alphabet="0123456789\u0663\u096c\uff15\U0001d7d8", min_size=2, max_size=2)
DAYS = st.sampled_from(("3 November 2026", "Nov 3, 2026", "11/3/26", "2026-11-03", "3 \u017fept 2026")) | st.tuples(
    DIGITS, st.sampled_from((" Nov ", "/", "-")), DIGITS, DIGITS
).map("".join)
CLOCKS = st.sampled_from(("05:44", "10.31 pm")) | st.tuples(
    DIGITS, st.just(":"), DIGITS, st.sampled_from(("", ":99"))
).map("".join)
ZONES = st.sampled_from(("GMT", "UTC", "EST", "ET", "MS\u212a", "J\u017ft", "Z", ""))
OFFSETS = st.just("") | st.tuples(st.sampled_from("+-"), DIGITS, st.sampled_from(("", ":")), DIGITS).map("".join)


@given(st.tuples(DAYS, st.sampled_from((" ", "T", "\u00a0")), CLOCKS, st.sampled_from(("", " ", " (")), ZONES, OFFSETS))
def test_whatever_digits_and_zones_a_date_is_made_of_it_is_one_or_none(pieces: tuple[str, ...]) -> None:
    for read in (read_stamp, written):
        found = read("".join(pieces))
        assert found is None or (found.moment.tzinfo is UTC and 1990 <= found.moment.year < 2100)


@pytest.mark.parametrize(
    "text",
    [
        "3 November 2026 05:44 GMT+9900",
        "Nov 3, 2026 10:31 UTC+2400",
        "3 Nov 2026 05:44 MS\u212a",
        "11/3/26 05:44 EST-9999",
    ],
)
def test_a_zone_that_there_is_not_leaves_the_day_or_nothing(text: str) -> None:
    found, value = written(text), read_stamp(text)
    assert found is None or (found.moment, found.timed) == (datetime(2026, 11, 3, tzinfo=UTC), False)
    assert value is None or not value.zoned


def test_a_page_that_shows_one_is_read() -> None:
    words = "".join(
        f"<p>The ferry sails again after {n} weeks of repairs, and everybody was glad of it.</p>" for n in range(9)
    )
    body = f"<html><body><article><h1>Ferry sails</h1><div>3 November 2026 05:44 GMT+9900</div>{words}</article></body>"
    assert extract(Page(url="https://n.example/1", body=body.encode())).text.startswith("The ferry sails")
