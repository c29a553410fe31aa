"""When and how to ask again, as values."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import FetchError, Reason
from ingest.model import Feed, FeedHints, FeedId, Outcome, PollState, PollWord, PublisherId
from ingest.poll.etiquette import host_pause, is_gone, moved_for_good, next_check, request_for
from ingest.poll.pace import Rhythm

NOW = datetime(2026, 11, 24, 12, 20, tzinfo=UTC)  # a Tuesday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
URL = "https://example.org/feed"
READ = Outcome(
    word=PollWord.OK, status=200, parsed=True, validators_url=URL, body_hash="h1", new_entries=1, hints=FeedHints()
)
SAME = replace(READ, word=PollWord.UNCHANGED, new_entries=0)
NOT_MODIFIED = Outcome(word=PollWord.UNCHANGED, status=304)
FAILED = Outcome(word=PollWord.ERROR, reason=Reason.TIMEOUT)


class Still(random.Random):
    """No jitter."""

    def random(self):
        return 0.0


def check(state, outcome, *, interval=HOUR, max_interval=DAY, now=NOW, rng=None, **bounds):
    rhythm = Rhythm(interval=interval, max_interval=max_interval, **bounds)
    return next_check(state, outcome, rhythm=rhythm, now=now, rng=rng or Still())


def wait_after(outcome, state=None, **kw):
    return check(state or PollState(), outcome, **kw).next_at - NOW


def feed(**state):
    return Feed(id=FeedId(1), url=URL, publisher_id=PublisherId(1), publisher="p", interval=HOUR,
                headers=(("Authorization", "x"),), state=PollState(**state))  # fmt: skip


# ---------------------------------------------------------------- request_for


def test_both_validators_go_out_verbatim_and_privately():
    request = request_for(
        feed(etag='W/"a b"', last_modified="last Tuesday", validators_url=URL), now=NOW, timeout_s=7.0
    )
    assert request.conditions == (
        ("If-None-Match", 'W/"a b"'), ("A-IM", "feed"), ("If-Modified-Since", "last Tuesday"))  # fmt: skip
    assert (request.conditions_url, request.private_headers) == (URL, (("Authorization", "x"),))
    assert (request.url, request.timeout_s, request.headers) == (URL, 7.0, ())


def test_validators_are_for_the_address_that_gave_them():
    request = request_for(feed(etag="e", last_modified="l", validators_url=URL + "2"), now=NOW, timeout_s=7.0)
    assert (request.url, request.conditions_url) == (URL, URL + "2")


VALIDATORS = {
    "etag": ({"etag": "e"}, ["If-None-Match", "A-IM"]),
    "date": ({"last_modified": "l"}, ["If-Modified-Since"]),
    "none": ({}, []),
}


@pytest.mark.parametrize(("known", "names"), VALIDATORS.values(), ids=VALIDATORS)
def test_a_validator_we_do_not_have_is_not_sent(known, names):
    request = request_for(feed(**known, validators_url=URL), now=NOW, timeout_s=7.0)
    assert [name for name, _ in request.conditions] == names


def test_nobody_is_asked_inside_a_retry_after():
    waiting = feed(retry_after_at=NOW + HOUR)
    with pytest.raises(FetchError) as caught:
        request_for(waiting, now=NOW, timeout_s=7.0)
    assert (caught.value.reason, caught.value.retry_after_s) == (Reason.WAITING, 3600.0)
    assert request_for(waiting, now=NOW + HOUR, timeout_s=7.0).url == URL


# ---------------------------------------------------------------- when


def said(**headers):
    return replace(READ, headers=tuple((name.replace("_", "-"), value) for name, value in headers.items()))


def hinted(**hints):
    return replace(READ, hints=FeedHints(**hints))


SUCCESSES = {
    "nothing said": (READ, HOUR),
    "not modified": (NOT_MODIFIED, HOUR),
    "max-age": (said(cache_control="max-age=7200"), 2 * HOUR),
    "max-age below the interval": (said(cache_control="max-age=60"), HOUR),
    "absurd max-age": (said(cache_control="max-age=99999999"), DAY),
    "expires": (said(expires="Tue, 24 Nov 2026 15:20:00 GMT"), 3 * HOUR),
    "ttl": (hinted(ttl=2 * HOUR), 2 * HOUR),
    "absurd ttl": (hinted(ttl=400 * DAY), DAY),
    "update interval": (hinted(update_interval=5 * HOUR), 5 * HOUR),
    "the longest counts": (replace(said(cache_control="max-age=7200"), hints=FeedHints(ttl=3 * HOUR)), 3 * HOUR),
    "skipped hours": (hinted(skip_hours=frozenset({13, 14})), 3 * HOUR),
    "skipped day": (hinted(skip_days=frozenset({1}), ttl=timedelta(minutes=5)), 12 * HOUR),
    "skipped for longer than the maximum": (hinted(skip_days=frozenset({1, 2, 3})), DAY),
    "every hour skipped": (hinted(skip_hours=frozenset(range(24))), HOUR),
    "retry-after on a success": (replace(READ, retry_after_s=7200.0), 2 * HOUR),
}


@pytest.mark.parametrize(("outcome", "expected"), SUCCESSES.values(), ids=SUCCESSES)
def test_a_success_is_followed_by_the_longest_wait_that_anyone_asked_for(outcome, expected):
    assert wait_after(outcome) == expected


def test_the_operators_interval_stands_even_above_the_maximum():
    assert wait_after(READ, interval=3 * DAY) == 3 * DAY


def test_a_304_keeps_the_feeds_earlier_hints():
    state = check(PollState(), hinted(ttl=4 * HOUR))
    assert wait_after(NOT_MODIFIED, state) == 4 * HOUR


FAILURES = {
    "first": (0, FAILED, HOUR),
    "third": (2, FAILED, 4 * HOUR),
    "capped": (5, FAILED, DAY),
    "thousandth": (999, FAILED, DAY),
    "refused by policy": (1, Outcome(word=PollWord.REFUSED, reason=Reason.ADDRESS), 2 * HOUR),
    "gone": (0, Outcome(word=PollWord.ERROR, reason=Reason.GONE, status=410), DAY),
    "retry-after": (0, replace(FAILED, status=503, retry_after_s=10800.0), 3 * HOUR),
    "retry-after below the back-off": (2, replace(FAILED, status=503, retry_after_s=60.0), 4 * HOUR),
    "absurd retry-after": (0, replace(FAILED, status=429, retry_after_s=3.2e8), DAY),
    "endless retry-after": (0, replace(FAILED, status=429, retry_after_s=float("inf")), DAY),
    "negative retry-after": (0, replace(FAILED, status=429, retry_after_s=-5.0), HOUR),
    "senseless retry-after": (0, replace(FAILED, status=429, retry_after_s=float("nan")), HOUR),
}


@pytest.mark.parametrize(("failures", "outcome", "expected"), FAILURES.values(), ids=FAILURES)
def test_failures_double_the_wait_up_to_the_maximum(failures, outcome, expected):
    after = check(PollState(failures=failures), outcome)
    assert after.next_at - NOW == expected and after.failures == failures + 1


def test_a_success_forgets_the_failures():
    assert check(PollState(failures=7, gone_since_at=NOW), NOT_MODIFIED).failures == 0


def test_a_long_interval_does_not_overflow():
    assert wait_after(
        FAILED, PollState(failures=999), interval=timedelta(days=400), max_interval=timedelta(days=400)
    ) == timedelta(days=400)


def test_a_poll_refused_inside_a_retry_after_changes_only_the_time():
    state = PollState(failures=3, retry_after_at=NOW + 2 * HOUR, next_at=NOW)
    waiting = Outcome(word=PollWord.REFUSED, reason=Reason.WAITING)
    assert check(state, waiting) == replace(state, next_at=NOW + 2 * HOUR)
    assert check(PollState(), waiting).next_at == NOW + HOUR


durations = st.timedeltas(min_value=timedelta(seconds=1), max_value=timedelta(days=30))
outcomes = st.builds(
    Outcome,
    word=st.sampled_from(PollWord),
    reason=st.sampled_from([None, Reason.TIMEOUT, Reason.GONE, Reason.HTTP_5XX]),
    status=st.sampled_from([None, 200, 304, 429, 503]),
    retry_after_s=st.none() | st.floats(),
    headers=st.lists(st.tuples(st.sampled_from(["cache-control", "expires", "etag"]), st.text(max_size=30))).map(tuple),
    hints=st.none() | st.builds(FeedHints, ttl=st.none() | durations, skip_hours=st.frozensets(st.integers(0, 23)),
                                skip_days=st.frozensets(st.integers(0, 6))),
    parsed=st.booleans(),
)  # fmt: skip


@given(outcomes, durations, durations, st.integers(0, 2000), st.randoms(use_true_random=False))
def test_no_poll_is_ever_early_nor_later_than_the_maximum_and_its_jitter(outcome, interval, most, failures, rng):
    after = check(PollState(failures=failures), outcome, interval=interval, max_interval=most, rng=rng)
    assert interval <= after.next_at - NOW <= max(most, interval + timedelta(minutes=5))
    if after.retry_after_at is not None:
        assert NOW <= after.retry_after_at <= after.next_at and after.retry_after_at - NOW <= most


def test_jitter_spreads_even_where_the_interval_is_the_maximum():
    rng = random.Random(1)
    waits = {wait_after(READ, interval=DAY, rng=rng) for _ in range(20)}
    assert len(waits) == 20 and min(waits) >= DAY


# ---------------------------------------------------------------- memory


def test_validators_are_stored_only_once_the_body_was_read():
    headers = (("etag", '"1"'), ("last-modified", "L"))
    after = check(PollState(), replace(READ, headers=headers))
    assert (after.etag, after.last_modified, after.validators_url, after.body_hash) == ('"1"', "L", URL, "h1")
    for bad in (replace(READ, parsed=False, body_hash=None), replace(READ, word=PollWord.ERROR)):
        kept = check(after, replace(bad, headers=(("etag", '"2"'),)))
        assert (kept.etag, kept.last_modified, kept.body_hash) == ('"1"', "L", "h1")


def test_a_new_body_drops_the_validators_it_does_not_name():
    state = PollState(etag='"1"', last_modified="L", validators_url=URL)
    after = check(state, replace(READ, headers=(("last-modified", "M"),), validators_url=URL + "2"))
    assert (after.etag, after.last_modified, after.validators_url) == (None, "M", URL + "2")


def test_the_same_body_again_brings_its_new_validators_without_being_parsed():
    state = check(PollState(), replace(READ, headers=(("etag", '"1"'),)))
    after = check(state, replace(SAME, parsed=False, headers=(("etag", '"2"'),)))
    assert (after.etag, after.body_hash, after.last_change_at) == ('"2"', "h1", NOW)


def test_a_304_keeps_the_etag_it_does_not_name():
    state = PollState(etag='"1"', last_modified="L", validators_url=URL, body_hash="h")
    after = check(state, replace(NOT_MODIFIED, headers=(("last-modified", "M"),)))
    assert (after.etag, after.last_modified, after.validators_url, after.body_hash) == ('"1"', "M", URL, "h")
    assert check(state, replace(NOT_MODIFIED, headers=(("etag", '"2"'),))).etag == '"2"'


def test_an_absurdly_long_validator_is_not_kept():
    assert check(PollState(), replace(READ, headers=(("etag", "e" * 60000),))).etag is None


def test_the_first_read_poll_is_the_baseline_and_times_are_kept():
    first = check(PollState(), READ)
    assert (first.baseline_at, first.last_change_at, first.last_success_at, first.last_poll_at) == (NOW,) * 4
    second = check(first, SAME, now=NOW + DAY)
    assert (second.baseline_at, second.last_change_at, second.last_success_at) == (NOW, NOW, NOW + DAY)
    failed = check(second, FAILED, now=NOW + 2 * DAY)
    assert (failed.last_success_at, failed.last_poll_at) == (NOW + DAY, NOW + 2 * DAY)
    assert check(PollState(), replace(READ, parsed=False)).baseline_at is None


# ---------------------------------------------------------------- moved, gone, paused


def polls(*steps):
    state, now = PollState(), NOW
    for after, outcome in steps:
        now += after
        state = check(state, outcome, now=now)
    return state, now


MOVED = replace(READ, moved_to="https://new.example/f")
MOVES = {
    "three over a day": ([(HOUR, MOVED), (HOUR, MOVED), (DAY, MOVED)], True),
    "three within a day": ([(HOUR, MOVED), (HOUR, MOVED), (HOUR, MOVED)], False),
    "two over a day": ([(HOUR, MOVED), (DAY, MOVED)], False),
    "an answer without it in between": ([(HOUR, MOVED), (DAY, MOVED), (HOUR, READ), (DAY, MOVED)], False),
    "another target in between": (
        [(HOUR, MOVED), (DAY, MOVED), (HOUR, replace(MOVED, moved_to="https://x.example/")), (DAY, MOVED)], False),
    "a failure in between says nothing": ([(HOUR, MOVED), (DAY, MOVED), (HOUR, FAILED), (DAY, MOVED)], True),
}  # fmt: skip


@pytest.mark.parametrize(("steps", "expected"), MOVES.values(), ids=MOVES)
def test_an_address_changes_after_three_identical_answers_over_a_day(steps, expected):
    state, now = polls(*steps)
    assert moved_for_good(state, now) == ("https://new.example/f" if expected else None)


def test_time_alone_does_not_make_a_move():
    state, now = polls((HOUR, MOVED), (HOUR, MOVED), (HOUR, MOVED))
    assert moved_for_good(state, now + 9 * DAY) is None
    assert moved_for_good(PollState(), now) is None


GONE = Outcome(word=PollWord.ERROR, reason=Reason.GONE, status=410)
GOING = {
    "once": ([(HOUR, GONE)], False),
    "twice on one day": ([(HOUR, GONE), (HOUR, GONE)], False),
    "on two days": ([(HOUR, GONE), (DAY, GONE)], True),
    "back in between": ([(HOUR, GONE), (DAY, READ), (DAY, GONE)], False),
    "another failure in between": ([(HOUR, GONE), (DAY, FAILED), (DAY, GONE)], False),
    "never": ([(HOUR, READ)], False),
}


@pytest.mark.parametrize(("steps", "expected"), GOING.values(), ids=GOING)
def test_a_feed_is_gone_after_410_on_two_days(steps, expected):
    state, now = polls(*steps)
    assert is_gone(state, now) is expected


def test_time_alone_does_not_make_a_feed_gone():
    state, now = polls((HOUR, GONE))
    assert not is_gone(state, now + 9 * DAY)


PAUSES = {
    "429 with seconds": (replace(FAILED, status=429, retry_after_s=60.0), timedelta(minutes=1)),
    "503 with seconds": (replace(FAILED, status=503, retry_after_s=60.0), timedelta(minutes=1)),
    "absurd": (replace(FAILED, status=503, retry_after_s=1e9), DAY),
    "429 alone": (replace(FAILED, status=429), timedelta(minutes=5)),
    "503 alone": (replace(FAILED, status=503), None),
    "404 with seconds": (replace(FAILED, status=404, retry_after_s=60.0), None),
    "success": (READ, None),
}


@pytest.mark.parametrize(("outcome", "expected"), PAUSES.values(), ids=PAUSES)
def test_a_host_that_says_too_much_is_left_alone(outcome, expected):
    until = host_pause(outcome.status, outcome.retry_after_s, now=NOW, max_interval=DAY)
    assert (until and until - NOW) == expected
