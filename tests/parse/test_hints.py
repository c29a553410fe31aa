"""What a feed says about how often to ask."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.parse.hints import hints_of
from ingest.parse.links import header_links

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("raw", "ttl"),
    [
        ("60", HOUR),
        (" 15\n", HOUR / 4),
        ("0", None),
        ("-5", None),
        ("soon", None),
        ("nan", None),
        (None, None),
        ("9" * 30, 365 * DAY),
        ("inf", 365 * DAY),
    ],
)
def test_ttl_is_minutes(raw: str | None, ttl: timedelta | None) -> None:
    assert hints_of(ttl=raw, period=None, frequency=None, about="").ttl == ttl


@pytest.mark.parametrize(
    ("period", "frequency", "interval"),
    [
        ("hourly", "1", HOUR),
        ("hourly", "4", HOUR / 4),
        ("hourly", None, HOUR),
        (None, "2", DAY / 2),
        ("daily", "0", DAY),
        ("daily", "-3", DAY),
        ("daily", "often", DAY),
        ("Weekly", "7", DAY),
        ("dayly", "1", DAY),
        ("hour", "1", HOUR),
        ("monthly", "1", 30 * DAY),
        ("annually", "1", 365 * DAY),
        ("sometimes", "1", None),
        ("", " ", None),
        (None, None, None),
    ],
)
def test_the_update_period_is_divided_by_its_frequency(
    period: str | None, frequency: str | None, interval: timedelta | None
) -> None:
    assert hints_of(ttl=None, period=period, frequency=frequency, about="").update_interval == interval


def test_all_hours_and_days_to_skip_are_read() -> None:
    about = (
        "<skipHours><hour>0</hour><hour> 7 </hour><hour>24</hour><hour>77</hour></skipHours>"
        "<SkipDays><day>Monday</day><day>sunday</day><day>Someday</day></SkipDays>"
    )
    hints = hints_of(ttl=None, period=None, frequency=None, about=about)
    assert hints.skip_hours == {0, 7}
    assert hints.skip_days == {0, 6}


@given(st.none() | st.text(max_size=30), st.none() | st.text(max_size=30), st.none() | st.text(max_size=30), st.text())
def test_no_hint_stops_a_feed(ttl: str | None, period: str | None, frequency: str | None, about: str) -> None:
    hints_of(ttl=ttl, period=period, frequency=frequency, about=about)


def test_the_link_header_names_hub_and_self() -> None:
    headers = (
        ("link", '<https://hub.example/>; rel="hub"; title="x", </self.xml>; rel=self'),
        ("link", '<https://late.example/>; rel="hub preconnect", <https://x.example/>; type=a'),
        ("x-link", "<https://no.example/>; rel=next"),
    )
    assert header_links(headers) == {
        "hub": "https://hub.example/",
        "self": "/self.xml",
        "preconnect": "https://late.example/",
    }
