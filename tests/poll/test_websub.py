"""What is said to hubs and believed of them, as values."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import Reason
from ingest.model import FeedId, HubMode, Subscription, SubscriptionId, SubscriptionStatus
from ingest.poll import websub

NOW = datetime(2026, 5, 5, 12, 0, tzinfo=UTC)
SECOND, MINUTE, HOUR, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TOPIC = "https://feed.test/f?a=1&b=2"
Status = SubscriptionStatus


def subscription(**changes) -> Subscription:
    base = Subscription(
        id=SubscriptionId(1), feed_id=FeedId(1), hub="https://hub.test/", topic=TOPIC, callback="https://news.test/push",
        salt="s1", status=Status.ASKED, next_at=NOW, asked_at=NOW,
    )  # fmt: skip
    return replace(base, **changes)


def active(**changes) -> Subscription:
    return subscription(
        **{"status": Status.ACTIVE, "verified_at": NOW, "lease_until": NOW + 10 * DAY, "pushes": 1} | changes
    )


def query(**changes: str) -> str:
    fields = {"mode": "subscribe", "topic": TOPIC, "challenge": "abc", "lease_seconds": "864000"} | changes
    return urlencode({f"hub.{name}": value for name, value in fields.items() if value is not None})


def verified(held: Subscription, text: str, at: datetime = NOW) -> Subscription | None:
    intent = websub.intent_of(text)
    return websub.answered(held, intent, at) if intent else None


def test_a_request_names_topic_callback_and_secret_and_a_farewell_no_secret() -> None:
    form = parse_qs(websub.request_form(HubMode.SUBSCRIBE, subscription(), callback="https://n/x", secret="q").decode())
    assert form == {
        "hub.mode": ["subscribe"], "hub.topic": [TOPIC], "hub.callback": ["https://n/x"],
        "hub.lease_seconds": ["864000"], "hub.secret": ["q"],
    }  # fmt: skip
    left = parse_qs(
        websub.request_form(HubMode.UNSUBSCRIBE, subscription(), callback="https://n/x", secret="q").decode()
    )
    assert set(left) == {"hub.mode", "hub.topic", "hub.callback"}


@pytest.mark.parametrize(
    ("held", "text", "at"),
    [
        (subscription(), query(topic="https://feed.test/other"), NOW),
        (subscription(), query(mode="unsubscribe"), NOW),
        (subscription(), query(), NOW + HOUR + SECOND),
        (subscription(status=Status.WANTED), query(), NOW),
        (subscription(status=Status.WANTED, asked_at=None), query(), NOW),
        (active(asked_at=None), query(), NOW),
        (active(), query(mode="unsubscribe"), NOW),
        (subscription(status=Status.LEAVING), query(), NOW),
        (subscription(status=Status.LEAVING, asked_at=None), query(mode="unsubscribe"), NOW),
        (subscription(status=Status.ENDED), query(), NOW),
        (subscription(status=Status.DENIED), query(), NOW),
        (subscription(status=Status.ENDED), query(mode="denied", challenge=None), NOW),
        (subscription(), query(challenge=None), NOW),
        (subscription(), query(challenge=""), NOW),
        (subscription(), query(challenge="x" * 2000), NOW),
        (subscription(), query(mode="publish"), NOW),
        (subscription(), "hub.mode=subscribe", NOW),
        (subscription(), "&".join(["a=1"] * 500) + "&" + query(), NOW),
    ],
)  # fmt: skip
def test_what_was_not_asked_for_is_not_verified(held: Subscription, text: str, at: datetime) -> None:
    assert verified(held, text, at) is None


@pytest.mark.parametrize(
    ("seconds", "lease"),
    [("3600", HOUR), ("99999999999", 30 * DAY), (None, DAY), ("0", DAY), ("-5", DAY), ("1e9", DAY), ("1" * 400, DAY)],
)
def test_a_verified_subscription_is_active_for_the_lease_and_renewed_before_it_ends(seconds, lease) -> None:
    after = verified(subscription(failures=3, reason=Reason.UNVERIFIED), query(lease_seconds=seconds), NOW + MINUTE)
    assert after is not None
    at = NOW + MINUTE
    assert (after.status, after.reason, after.failures) == (Status.ACTIVE, None, 0)
    assert (after.verified_at, after.lease_until) == (at, at + lease)
    assert at < after.next_at < at + lease


def test_a_renewal_keeps_the_time_since_which_the_hub_pushes() -> None:
    later = NOW + 8 * DAY
    after = verified(websub.asked(active(), later), query(), later + MINUTE)
    assert after is not None
    assert (after.verified_at, after.lease_until) == (NOW, later + MINUTE + 10 * DAY)


def test_leases_of_a_second_are_not_renewed_in_a_loop_nor_relied_on() -> None:
    after = verified(subscription(pushes=5), query(lease_seconds="1"))
    assert after is not None
    assert after.next_at >= NOW + 10 * MINUTE
    assert not websub.is_relied_on(after, NOW + 2 * SECOND)


def test_a_denial_counts_at_any_time_and_the_hub_is_asked_again_in_a_week() -> None:
    denied = verified(active(), query(mode="denied", challenge=None, reason="no <b>room</b>"), NOW + 5 * DAY)
    assert denied is not None
    assert (denied.status, denied.reason, denied.lease_until) == (Status.DENIED, Reason.DENIED, None)
    assert "no <b>room</b>" in denied.detail
    again = websub.due_again(denied, denied.next_at)
    assert (again.status, denied.next_at) == (Status.WANTED, NOW + 12 * DAY)


def test_a_hub_that_never_verifies_is_asked_at_growing_distances_and_for_ever() -> None:
    held, at, waits = subscription(status=Status.WANTED, asked_at=None), NOW, []
    for _ in range(30):
        held = websub.asked(held, at)
        at = held.next_at
        held = websub.due_again(held, at)
        assert (held.status, held.reason) == (Status.WANTED, Reason.UNVERIFIED)
        waits.append(held.next_at - at)
        at = held.next_at
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (10 * MINUTE, DAY)


def test_a_renewal_that_fails_is_tried_again_until_the_lease_ends_and_then_it_is_wanted_anew() -> None:
    held, at, tries = active(next_at=NOW + 8 * DAY), NOW + 8 * DAY, 0
    while held.status is Status.ACTIVE:
        assert websub.is_relied_on(held, at)
        held = websub.refused(websub.asked(held, at), Reason.TIMEOUT, "silent", at)
        at = held.next_at
        held = websub.due_again(held, at)
        tries += 1
    assert (held.status, held.reason, at) == (Status.WANTED, Reason.LAPSED, NOW + 10 * DAY)
    assert 5 < tries < 15


def test_a_farewell_that_nobody_answers_ends_by_itself() -> None:
    held, at = subscription(status=Status.LEAVING, asked_at=None), NOW
    for _ in range(3):
        held = websub.asked(websub.due_again(held, at), at)
        at = held.next_at
    assert websub.due_again(held, at).status is Status.ENDED


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_a_signature_by_any_of_the_four_methods_is_good(method: str) -> None:
    digest = hmac.new(b"key", b"body", method).hexdigest()
    for value in (f"{method}={digest}", f"{method.upper()}={digest.upper()}"):
        assert websub.is_signed("key", (("x-hub-signature", value),), b"body")
    assert not websub.is_signed("key", (("x-hub-signature", f"{method}={digest}"),), b"bodY")
    assert not websub.is_signed("other", (("x-hub-signature", f"{method}={digest}"),), b"body")


@pytest.mark.parametrize("name", ["md5", "", "sha256 ", "sha3_256"])
def test_a_signature_by_another_method_is_none(name: str) -> None:
    digest = hashlib.md5(b"keybody").hexdigest()
    assert not websub.is_signed("key", (("x-hub-signature", f"{name}={digest}"),), b"body")
    assert not websub.is_signed("key", (), b"body")


@given(st.text(max_size=200), st.binary(max_size=50))
def test_no_header_that_was_not_made_with_the_secret_is_a_signature(value: str, body: bytes) -> None:
    assert not websub.is_signed("k" * 64, (("x-hub-signature", value),), body)


@given(st.text(max_size=300))
def test_any_query_is_an_intent_or_none(text: str) -> None:
    intent = websub.intent_of(text)
    assert intent is None or (intent.topic is not None and len(intent.challenge) <= 1024)


OLD = NOW + DAY  # last successful poll: a day after the subscription


@pytest.mark.parametrize(
    ("date", "counted"),
    [
        (NOW - HOUR, False),  # older than the subscription
        (OLD + HOUR, True),
        (OLD + 2 * HOUR - 9 * MINUTE, False),  # may be on its way
        (None, True),
    ],
)
def test_what_the_hub_should_have_brought_is_missed(date: datetime | None, counted: bool) -> None:
    at = OLD + 2 * HOUR
    assert websub.missed_by(active(), [date], OLD, at) == counted
    assert websub.missed_by(active(), [date], None, at) == 0
    assert websub.missed_by(active(), [date], NOW, at) == 0, "the first poll after the verification"
    assert websub.missed_by(subscription(), [date], OLD, at) == 0


def test_a_hub_that_missed_something_is_relied_on_again_after_three_good_polls() -> None:
    held = websub.after_poll(active(), 2, OLD, OLD + HOUR)
    assert (held.missed, websub.is_relied_on(held, OLD + HOUR)) == (2, False)
    last = OLD + HOUR
    for good in range(1, 4):
        silent = websub.after_poll(held, 0, last, last + HOUR)
        assert silent == held, "a poll without a push before it says nothing"
        held = replace(held, pushed_at=last + MINUTE)
        held = websub.after_poll(held, 0, last, last + HOUR)
        assert websub.is_relied_on(held, last + HOUR) == (good == 3)
        last += HOUR
    assert held.missed == 2


@pytest.mark.parametrize(
    "changes",
    [{"pushes": 0}, {"doubted_at": NOW}, {"lease_until": NOW}, {"lease_until": None}, {"status": Status.ASKED}],
)
def test_a_hub_that_has_not_pushed_or_is_doubted_or_lapsed_is_not_relied_on(changes) -> None:
    assert websub.is_relied_on(active(), NOW)
    assert not websub.is_relied_on(active(**changes), NOW)
    assert not websub.is_relied_on(None, NOW)
