"""HTTP's words about time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.poll.headers import freshness, http_date, retry_after_s

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LATER = "Tue, 24 Nov 2026 13:00:00 GMT"

DATES = {
    "RFC 1123": (LATER, NOW + timedelta(hours=1)),
    "RFC 850": ("Tuesday, 24-Nov-26 13:00:00 GMT", NOW + timedelta(hours=1)),
    "asctime": ("Tue Nov 24 13:00:00 2026", NOW + timedelta(hours=1)),
    "offset": ("Tue, 24 Nov 2026 15:00:00 +0200", NOW + timedelta(hours=1)),
    "nothing": (None, None),
    "zero": ("0", None),
    "words": ("soon", None),
    "no such day": ("Tue, 31 Feb 2026 13:00:00 GMT", None),
    "offset out of this world": ("Tue, 24 Nov 2026 13:00:00 +9999999999", None),
    "beyond the calendar": ("Fri, 31 Dec 9999 23:00:00 -0500", None),
    "long": ("Tue, " + "9" * 5000, None),
}


@pytest.mark.parametrize(("value", "expected"), DATES.values(), ids=DATES)
def test_a_date_is_read_in_each_of_its_three_forms_or_is_none(value, expected):
    assert http_date(value) == expected


WAITS = {
    "seconds": ({"retry-after": " 120 "}, 120.0),
    "zero": ({"retry-after": "0"}, 0.0),
    "negative": ({"retry-after": "-5"}, None),
    "fraction": ({"retry-after": "1.5"}, None),
    "other digits": ({"retry-after": "١٢"}, None),
    "endless": ({"retry-after": "9" * 5000}, 999999999999.0),
    "date": ({"retry-after": LATER}, 3600.0),
    "date by the server's clock": ({"retry-after": LATER, "date": "Tue, 24 Nov 2026 12:59:00 GMT"}, 60.0),
    "date by no clock": ({"retry-after": LATER, "date": "noon"}, 3600.0),
    "past": ({"retry-after": "Tue, 24 Nov 2020 13:00:00 GMT"}, 0.0),
    "absent": ({}, None),
}


@pytest.mark.parametrize(("headers", "expected"), WAITS.values(), ids=WAITS)
def test_retry_after_is_seconds_or_a_date_by_the_servers_clock(headers, expected):
    assert retry_after_s(tuple(headers.items()), now=NOW) == expected


FRESH = {
    "nothing": ({}, 0),
    "max-age": ({"cache-control": "public, max-age=3600"}, 3600),
    "quoted": ({"cache-control": 'MAX-AGE="60"'}, 60),
    "less age": ({"cache-control": "max-age=3600", "age": "600"}, 3000),
    "older than fresh": ({"cache-control": "max-age=60", "age": "600"}, 0),
    "bad age": ({"cache-control": "max-age=60", "age": "x"}, 60),
    "first of two": ({"cache-control": "max-age=60, max-age=90"}, 60),
    "bad max-age is stale": ({"cache-control": "max-age=soon", "expires": LATER}, 0),
    "max-age before expires": ({"cache-control": "max-age=60", "expires": LATER}, 60),
    "not ours": ({"cache-control": "s-maxage=60"}, 0),
    "no-cache": ({"cache-control": "no-cache, max-age=60"}, 0),
    "no-store": ({"cache-control": "no-store", "expires": LATER}, 0),
    "expires": ({"expires": LATER}, 3600),
    "expires by the server's clock": ({"expires": LATER, "date": "Tue, 24 Nov 2026 12:30:00 GMT"}, 1800),
    "expires 0": ({"expires": "0"}, 0),
    "expired": ({"expires": "Tue, 24 Nov 2020 12:30:00 GMT"}, 0),
    "absurd": ({"cache-control": "max-age=" + "9" * 50}, 366 * 86400),
}


@pytest.mark.parametrize(("headers", "expected"), FRESH.values(), ids=FRESH)
def test_freshness_follows_the_rfc(headers, expected):
    assert freshness(tuple(headers.items()), now=NOW) == timedelta(seconds=expected)


@given(
    st.lists(
        st.tuples(st.sampled_from(["cache-control", "expires", "age", "date", "retry-after"]), st.text(max_size=60))
    )
)
def test_any_header_gives_a_duration_and_no_crash(pairs):
    assert freshness(tuple(pairs), now=NOW) >= timedelta()
    assert (retry_after_s(tuple(pairs), now=NOW) or 0) >= 0
