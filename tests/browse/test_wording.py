"""Times, figures and links as they are shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.browse import wording

NOW = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "short", "ago"),
    [
        (NOW, "today 12:00", "just now"),
        (NOW - timedelta(seconds=59), "today 11:59", "just now"),
        (NOW - timedelta(minutes=14), "today 11:46", "14 min ago"),
        (NOW - timedelta(hours=13), "yesterday 23:00", "13 h ago"),
        (NOW - timedelta(days=1), "yesterday 12:00", "1 day ago"),
        (NOW - timedelta(days=40), "25 Mar, 12:00", "40 days ago"),
        (NOW - timedelta(days=400), "30 Mar 2025, 12:00", "400 days ago"),
        (NOW + timedelta(hours=2), "today 14:00", "in 2 h"),
        (datetime(2026, 5, 4, 1, 30, tzinfo=timezone(timedelta(hours=2))), "yesterday 23:30", "12 h ago"),
    ],
)
def test_a_time_is_shown_as_seen_now(at: datetime, short: str, ago: str) -> None:
    stamp = wording.Clock(now=NOW).stamp(at)
    assert (stamp.short, stamp.ago) == (short, ago)


def test_a_time_is_told_in_the_newsrooms_zone_and_exactly_in_utc() -> None:
    at = datetime(2026, 5, 4, 1, 30, 7, tzinfo=timezone(timedelta(hours=2)))
    stamp = wording.Clock(now=NOW, zone=ZoneInfo("Asia/Tokyo")).stamp(at)
    assert (stamp.exact, stamp.iso) == ("2026-05-03 23:30:07 UTC", "2026-05-03T23:30:07Z")
    assert stamp.short == "today 08:30"


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "same time"),
        (40, "+40 s"),
        (-40, "−40 s"),
        (840, "+14 min"),
        (-300, "−5 min"),
        (3600, "+1 h"),
        (4800, "+1 h 20 min"),
        (86_400, "+1 day"),
        (183_600, "+2 days 3 h"),
    ],
)
def test_a_lag_has_a_sign_and_two_units_at_most(seconds: int, expected: str) -> None:
    assert wording.lag(timedelta(seconds=seconds)) == expected


@pytest.mark.parametrize(
    ("share", "expected"),
    [(0, "0 %"), (0.001, "1 %"), (0.5, "50 %"), (0.999, "99 %"), (1, "100 %"), (2, "100 %"), (-1, "0 %")],
)
def test_a_share_never_rounds_to_certainty(share: float, expected: str) -> None:
    assert wording.percent(share) == expected


@given(st.text())
def test_a_link_is_a_plain_web_address_or_none(text: str) -> None:
    for url in (text, f"https://{text}", f"http://news.example/{text}"):
        link = wording.safe_link(url)
        assert link is None or (link == url and link.lower().startswith(("http://", "https://")) and '"' not in link)


@pytest.mark.parametrize("url", ["https://news.example/a?b=1#c", "http://nächste.example/ü", "https://[2001:db8::1]/"])
def test_a_plain_web_address_is_kept(url: str) -> None:
    assert wording.safe_link(url) == url
