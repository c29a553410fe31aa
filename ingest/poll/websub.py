"""What a subscriber says to a hub, what it believes of what the hub says, and when it stops relying on it (WebSub)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlencode

from ingest.errors import Reason
from ingest.model import HubMode, Subscription, SubscriptionStatus
from ingest.poll.headers import Headers, header

#: What is asked for, and bounds for what a hub grants instead.
LEASE, MAX_LEASE, DEFAULT_LEASE = timedelta(days=10), timedelta(days=30), timedelta(days=1)
#: A request that was taken is to be verified within this, and is believed to be the cause of a verification so long.
VERIFIED_WITHIN = timedelta(hours=1)
#: Nothing is asked of a hub twice within this, however short the lease that it grants.
LEAST_WAIT, MOST_WAIT = timedelta(minutes=10), timedelta(days=1)
#: A hub that said no is asked again after this.
DENIED_FOR = timedelta(days=7)
#: So often a hub is told that we want no more.
MAX_FAREWELLS = 3
#: Between two polls of a feed whose hub is relied on.
SAFETY_INTERVAL = timedelta(hours=6)
#: An entry this young when a poll found it may still be on its way from the hub.
ON_ITS_WAY = timedelta(minutes=10)
#: Polls with nothing missed, each after a push, that make a doubted hub relied on again.
GOOD_POLLS_TO_TRUST = 3

_MAX_FIELDS, _MAX_CHALLENGE_CHARS, _MAX_REASON_CHARS = 20, 1024, 200
_LIVE = (SubscriptionStatus.WANTED, SubscriptionStatus.ASKED, SubscriptionStatus.ACTIVE)
#: Source: WebSub section 7.1.
_METHODS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha384": hashlib.sha384, "sha512": hashlib.sha512}


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """What a hub asks at the callback: whether we meant it, or that it will not have us."""

    mode: HubMode
    topic: str
    challenge: str
    lease: timedelta
    reason: str


def request_form(mode: HubMode, subscription: Subscription, *, callback: str, secret: str) -> bytes:
    """The body of a request to a hub. callback: the whole address of this subscription, which nobody can guess.

    Source: WebSub section 5.1.
    """
    fields = {"hub.mode": mode.value, "hub.topic": subscription.topic, "hub.callback": callback}
    if mode is HubMode.SUBSCRIBE:
        fields |= {"hub.lease_seconds": str(int(LEASE.total_seconds())), "hub.secret": secret}
    return urlencode(fields).encode("ascii")


def intent_of(query: str) -> Intent | None:
    """What the query of a GET at the callback says, or None where it is nothing that a hub says."""
    try:
        fields = parse_qs(query, keep_blank_values=True, max_num_fields=_MAX_FIELDS)
        mode = HubMode(fields["hub.mode"][0])
        topic = fields["hub.topic"][0]
    except (ValueError, KeyError):
        return None
    challenge = fields.get("hub.challenge", [""])[0]
    if len(challenge) > _MAX_CHALLENGE_CHARS or (mode is not HubMode.DENIED and not challenge):
        return None
    return Intent(
        mode=mode,
        topic=topic,
        challenge=challenge,
        lease=_lease(fields.get("hub.lease_seconds", [""])[0]),
        reason=fields.get("hub.reason", [""])[0][:_MAX_REASON_CHARS],
    )


def _lease(seconds: str) -> timedelta:
    if not (seconds.isascii() and seconds.isdigit() and len(seconds) <= 12):
        return DEFAULT_LEASE
    return min(timedelta(seconds=int(seconds)), MAX_LEASE) if int(seconds) else DEFAULT_LEASE


def answered(subscription: Subscription, intent: Intent, now: datetime) -> Subscription | None:
    """Return the subscription after a hub's question, or None where it is not what we asked for.

    A verification counts for the topic and mode that the hub was last asked for, within an hour of that; a denial for
    the topic at any time. Source: WebSub sections 5.2 and 5.3.
    """
    status = subscription.status
    if intent.topic != subscription.topic:
        return None
    if intent.mode is HubMode.DENIED:
        return _denied(subscription, intent, now) if status in _LIVE else None
    asked_at = subscription.asked_at
    if asked_at is None or now - asked_at > VERIFIED_WITHIN:
        return None
    if intent.mode is HubMode.UNSUBSCRIBE:
        ended = replace(subscription, status=SubscriptionStatus.ENDED, lease_until=None, next_at=now)
        return ended if status is SubscriptionStatus.LEAVING else None
    if status not in (SubscriptionStatus.ASKED, SubscriptionStatus.ACTIVE):
        return None
    unbroken = status is SubscriptionStatus.ACTIVE and subscription.verified_at is not None
    return replace(
        subscription,
        status=SubscriptionStatus.ACTIVE,
        reason=None,
        detail="",
        failures=0,
        verified_at=subscription.verified_at if unbroken else now,
        lease_until=now + intent.lease,
        next_at=now + max(intent.lease * 0.8, LEAST_WAIT),
    )


def _denied(subscription: Subscription, intent: Intent, now: datetime) -> Subscription:
    return replace(
        subscription,
        status=SubscriptionStatus.DENIED,
        reason=Reason.DENIED,
        detail=f"the hub said no: {intent.reason}" if intent.reason else "the hub said no",
        lease_until=None,
        asked_at=None,
        next_at=now + DENIED_FOR,
    )


def mode_due(subscription: Subscription) -> HubMode:
    """What a hub is to be asked now that the subscription is due."""
    leaving = subscription.status is SubscriptionStatus.LEAVING
    return HubMode.UNSUBSCRIBE if leaving else HubMode.SUBSCRIBE


def due_again(subscription: Subscription, now: datetime) -> Subscription:
    """Return a due subscription as time has left it: unverified, lapsed, or to be asked for anew."""
    match subscription.status:
        case SubscriptionStatus.ASKED:
            detail = f"the hub took the request and did not verify it within {VERIFIED_WITHIN}"
            return _failed(subscription, Reason.UNVERIFIED, detail, SubscriptionStatus.WANTED, now)
        case SubscriptionStatus.DENIED:
            return replace(subscription, status=SubscriptionStatus.WANTED, next_at=now)
        case SubscriptionStatus.ACTIVE if has_lapsed(subscription, now):
            return replace(
                subscription,
                status=SubscriptionStatus.WANTED,
                reason=Reason.LAPSED,
                detail="the lease ended before the hub verified another",
                verified_at=None,
                lease_until=None,
                next_at=now,
            )
        case SubscriptionStatus.LEAVING if subscription.failures >= MAX_FAREWELLS:
            return replace(subscription, status=SubscriptionStatus.ENDED, next_at=now)
        case _:
            return subscription


def asked(subscription: Subscription, now: datetime) -> Subscription:
    """Return the subscription as it is while its hub is asked: hubs may verify before they answer."""
    if subscription.status is SubscriptionStatus.WANTED:
        return replace(
            subscription,
            status=SubscriptionStatus.ASKED,
            reason=None,
            detail="",
            asked_at=now,
            next_at=now + VERIFIED_WITHIN,
        )
    # A renewal or farewell counts as failed until the hub verifies it.
    next_at = _within_lease(subscription, now, _backoff(subscription.failures))
    return replace(subscription, asked_at=now, failures=subscription.failures + 1, next_at=next_at)


def refused(subscription: Subscription, reason: Reason, detail: str, now: datetime) -> Subscription:
    """Return the subscription after a request that its hub did not take; what is active stays so while its lease is."""
    if subscription.status is SubscriptionStatus.ASKED:
        return _failed(subscription, reason, detail, SubscriptionStatus.WANTED, now)
    return replace(subscription, reason=reason, detail=detail)


def _failed(
    subscription: Subscription, reason: Reason, detail: str, status: SubscriptionStatus, now: datetime
) -> Subscription:
    wait = _backoff(subscription.failures)
    return replace(
        subscription,
        status=status,
        reason=reason,
        detail=detail,
        failures=subscription.failures + 1,
        next_at=_within_lease(subscription, now, wait),
    )


def _backoff(failures: int) -> timedelta:
    return min(LEAST_WAIT * (1 << min(failures, 10)), MOST_WAIT)


def _within_lease(subscription: Subscription, now: datetime, wait: timedelta) -> datetime:
    """The next attempt, and one at the moment at which the lease ends."""
    until = subscription.lease_until
    return min(now + wait, until) if until is not None and until > now else now + wait


def has_lapsed(subscription: Subscription, now: datetime) -> bool:
    """Whether the time that the hub granted is over."""
    return subscription.lease_until is None or subscription.lease_until <= now


def is_signed(secret: str, headers: Headers, body: bytes) -> bool:
    """Whether a delivery's X-Hub-Signature is that of its body under our secret. Source: WebSub section 7.1."""
    name, _, given = (header(headers, "x-hub-signature") or "").partition("=")
    method = _METHODS.get(name.strip().lower())
    if method is None:
        return False
    expected = hmac.new(secret.encode("ascii"), body, method).hexdigest()
    return hmac.compare_digest(expected.encode("ascii"), given.strip().lower().encode("utf-8", "replace"))


def is_relied_on(subscription: Subscription | None, now: datetime) -> bool:
    """Whether the feed may be polled slowly: the hub has pushed, its lease runs, and it missed nothing lately."""
    return (
        subscription is not None
        and subscription.status is SubscriptionStatus.ACTIVE
        and not has_lapsed(subscription, now)
        and subscription.pushes > 0
        and subscription.doubted_at is None
    )


def missed_by(
    subscription: Subscription, dates: Sequence[datetime | None], last_success_at: datetime | None, now: datetime
) -> int:
    """How many of the entries that a poll found as new the hub should have brought.

    dates: what they say of their age. Not counted: what came out before the subscription or may still be on its way,
    and anything at the first poll after it. An entry without a date is counted: a doubt costs a few polls, and a
    wrong trust costs news.
    """
    since = subscription.verified_at
    if subscription.status is not SubscriptionStatus.ACTIVE or since is None:
        return 0
    if last_success_at is None or last_success_at <= since:
        return 0
    return sum(at is None or since < at <= now - ON_ITS_WAY for at in dates)


def after_poll(
    subscription: Subscription, missed: int, last_success_at: datetime | None, now: datetime
) -> Subscription:
    """Return the subscription after a poll of its feed that read a body or was told that nothing had changed."""
    if missed:
        return replace(subscription, missed=subscription.missed + missed, doubted_at=now, good_polls=0)
    pushed_at = subscription.pushed_at
    if subscription.doubted_at is None or pushed_at is None or (last_success_at and pushed_at <= last_success_at):
        return subscription
    good = subscription.good_polls + 1
    believed = good >= GOOD_POLLS_TO_TRUST
    return replace(
        subscription, doubted_at=None if believed else subscription.doubted_at, good_polls=0 if believed else good
    )
