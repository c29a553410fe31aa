"""Subscriptions at hubs: wanted when a feed names one, kept while it is polled, relied on while they miss nothing."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from ingest.errors import FetchError, Reason
from ingest.model import (
    Feed,
    FeedId,
    HubMode,
    New,
    Outcome,
    ParsedFeed,
    PollWord,
    Subscription,
    SubscriptionStatus,
)
from ingest.pipeline.asking import heed
from ingest.pipeline.credentials import CallbackKey
from ingest.pipeline.desk import Desk
from ingest.pipeline.logbook import log
from ingest.poll.etiquette import brought_forward
from ingest.poll.pace import Rhythm
from ingest.poll.post import post
from ingest.poll.websub import (
    SAFETY_INTERVAL,
    after_poll,
    asked,
    due_again,
    is_relied_on,
    missed_by,
    mode_due,
    refused,
    request_form,
)
from ingest.store import subscriptions as stored
from ingest.store.articles import ShownEntry
from ingest.store.feeds import bring_forward, by_id
from ingest.store.journal import note
from ingest.store.polls import host_paused_until
from ingest.text.urls import mask, server_name

#: Hubs asked at a time, and redirects that are followed to where a hub is now.
AT_ONCE, MAX_REDIRECTS = 20, 3
_FORM = (("Content-Type", "application/x-www-form-urlencoded"),)


def fresh_salt() -> str:
    """What tells one subscription's path and secret from another's."""
    return secrets.token_hex(12)


def offered(desk: Desk, feed: Feed, parsed: ParsedFeed, now: datetime) -> None:
    """Want the subscription that a feed offers, in the transaction that stores its poll."""
    callback = desk.config.poll.callback
    if callback and parsed.hub and parsed.self_url:
        stored.offer(
            desk.store, feed.id, hub=parsed.hub, topic=parsed.self_url, callback=callback, salt=fresh_salt(), now=now
        )


def judged(
    desk: Desk, feed: Feed, outcome: Outcome, shown: Sequence[ShownEntry], now: datetime
) -> tuple[Outcome, Rhythm]:
    """The outcome of a poll with what the feed's hub missed, and how often the feed may be asked from now on.

    Runs in the transaction that stores the poll.
    """
    subscription = stored.of_feed(desk.store.connection, feed.id) if desk.config.poll.callback else None
    if subscription is None or outcome.word not in (PollWord.OK, PollWord.UNCHANGED):
        return outcome, rhythm(desk, feed, subscription, now)
    dates = [item.published_at for item in shown if isinstance(item.decision, New)]
    last_success_at = feed.state.last_success_at
    missed = missed_by(subscription, dates, last_success_at, now)
    after = after_poll(subscription, missed, last_success_at, now)
    if after != subscription:
        stored.save(desk.store, after)
    if missed:
        what = f"{missed} of the entries had not come from the hub"
        if subscription.doubted_at is None:
            note(desk.store, now, "samewire", "hub-doubted", f"{mask(feed.url)}: {what}; polled as if there were none")
        detail = "; ".join(filter(None, (what, outcome.detail)))
        outcome = replace(outcome, reason=outcome.reason or Reason.MISSED, detail=detail)
    return outcome, rhythm(desk, feed, after, now)


def rhythm(desk: Desk, feed: Feed, subscription: Subscription | None, now: datetime) -> Rhythm:
    """How often a feed may be asked. What an operator promised for one feed stands; the interval for all the others
    follows what a feed shows, and whether a hub brings what is new."""
    poll = desk.config.poll
    if feed.own_interval:
        return Rhythm(interval=feed.interval, max_interval=poll.max_interval)
    return Rhythm(
        interval=feed.interval,
        max_interval=poll.max_interval,
        least=poll.min_interval,
        most=poll.max_interval,
        relaxed=SAFETY_INTERVAL if is_relied_on(subscription, now) else None,
    )


async def resume(desk: Desk) -> None:
    """Poll the feeds whose hubs nobody listened to meanwhile as if they had none."""

    def forward() -> None:
        with desk.store.transaction():
            for feed_id in stored.relied_on(desk.store.connection):
                _bring_forward(desk, feed_id, desk.clock())

    await desk.write(forward)


async def tend(desk: Desk, key: CallbackKey) -> int:
    """Ask hubs for what is due: subscriptions, renewals, farewells. Returns how many were asked."""
    await desk.write(stored.follow_feeds, desk.store, desk.config.poll.callback or "", fresh_salt(), desk.clock())
    due = await desk.write(stored.due, desk.store.connection, desk.clock(), limit=AT_ONCE)
    return sum(await asyncio.gather(*(_tend(desk, key, subscription) for subscription in due)))


async def _tend(desk: Desk, key: CallbackKey, subscription: Subscription) -> bool:
    now = desk.clock()
    current = await desk.write(_moved_on, desk, subscription, now)
    if current.status is SubscriptionStatus.ENDED or current.next_at > now:
        return False
    mode = mode_due(current)
    async with desk.gate.slot(current.hub):
        asking = await desk.write(_asking, desk, current)
        if asking is None:
            return False
        callback = f"{current.callback.rstrip('/')}/{key.path(current)}"
        form = request_form(mode, current, callback=callback, secret=key.secret(current))
        try:
            await post(desk.client, current.hub, form, headers=_FORM, timeout_s=desk.timeout_s,
                       max_redirects=MAX_REDIRECTS)  # fmt: skip
        except FetchError as exc:
            await desk.write(_not_taken, desk, asking, mode, exc)
            return True
    log.info("hub", "taken", url=mask(current.hub), mode=mode, feed=current.feed_id)
    return True


def _moved_on(desk: Desk, subscription: Subscription, now: datetime) -> Subscription:
    """What time made of it. A lease that lapsed makes its feed polled as if it had no hub."""
    current = due_again(subscription, now)
    if current == subscription:
        return current
    with desk.store.transaction():
        stored.save(desk.store, current)
        if current.reason is Reason.LAPSED:
            note(desk.store, now, "samewire", "hub-lapsed", f"{mask(current.topic)}: {current.detail}")
            _bring_forward(desk, current.feed_id, now)
    return current


def _asking(desk: Desk, subscription: Subscription) -> Subscription | None:
    """Note that the hub is asked now; None, and a later time, where its host wants to be left alone."""
    now, store = desk.clock(), desk.store
    until = host_paused_until(store.connection, server_name(subscription.hub))
    waits = until is not None and until > now
    after = replace(subscription, next_at=until) if waits and until else asked(subscription, now)
    with store.transaction():
        stored.save(store, after)
    return None if waits else after


def _not_taken(desk: Desk, subscription: Subscription, mode: HubMode, exc: FetchError) -> None:
    now, store = desk.clock(), desk.store
    log.warning("hub", exc.reason, str(exc), url=mask(subscription.hub), mode=mode, feed=subscription.feed_id)
    with store.transaction():
        current = stored.by_salt(store.connection, subscription.salt)
        if current is not None:  # it may have been verified, or left, meanwhile
            stored.save(store, refused(current, exc.reason, str(exc), now))
        heed(desk, exc.answered_by or subscription.hub, exc.status, exc.retry_after_s, now)


def _bring_forward(desk: Desk, feed_id: FeedId, now: datetime) -> None:
    feed = by_id(desk.store.connection, feed_id, interval=desk.interval)
    if feed is not None:
        due_at = brought_forward(feed.state, rhythm(desk, feed, None, now), now)
        bring_forward(desk.store, feed_id, due_at)
