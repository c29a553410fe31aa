"""What hubs bring to our callbacks: their questions are answered, their deliveries make the same trip as a poll."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus

from ingest.errors import IngestError, Reason, StoreError
from ingest.model import Feed, Outcome, ParsedFeed, PollWord, Response, Subscription, SubscriptionStatus
from ingest.pipeline.credentials import CallbackKey
from ingest.pipeline.desk import Desk
from ingest.pipeline.feeds import failed, store_parsed, stumbled, timed
from ingest.pipeline.logbook import log
from ingest.pipeline.reading import read_body
from ingest.poll.headers import header
from ingest.poll.inflate import Body
from ingest.poll.listen import MAX_BODY_BYTES, Call, Reply
from ingest.poll.websub import answered, intent_of, is_signed
from ingest.store.feeds import by_id, is_active
from ingest.store.polls import record_push
from ingest.store.subscriptions import by_salt, count_ignored, count_push, save
from ingest.text.urls import mask

#: Deliveries whose trip is not over; more are asked to come again.
MAX_UNDER_WAY = 16
#: A hub waits this long at the most for a trip to end before it is thanked.
PATIENCE_S = 5.0
#: Of a delivery's header fields those that say how to read it.
_TELLING = ("content-type", "content-language")


class Callbacks:
    """Answers at the callbacks of this newsroom's subscriptions."""

    def __init__(self, desk: Desk, key: CallbackKey) -> None:
        self._desk, self._key = desk, key
        self._trips: set[asyncio.Task[Outcome]] = set()

    async def knows(self, path: str) -> bool:
        """Whether the path is one that we gave a hub; the database is not asked."""
        return self._key.salt_of(path) is not None

    async def answer(self, call: Call) -> Reply:
        """Answer a hub. Source: WebSub sections 5.2, 5.3 and 7."""
        salt = self._key.salt_of(call.path)
        subscription = await self._desk.write(by_salt, self._desk.store.connection, salt) if salt else None
        if subscription is None:
            return Reply(status=HTTPStatus.NOT_FOUND)
        if call.method == "GET":
            return await self._desk.write(_answer_intent, self._desk, subscription, call.query)
        if subscription.status is SubscriptionStatus.ENDED:
            return Reply(status=HTTPStatus.GONE)
        return await self._take(subscription, call)

    async def finish(self, grace_s: float) -> None:
        """Let the trips under way end within the grace, and drop the rest: the next poll finds what they brought."""
        if self._trips:
            _, late = await asyncio.wait(self._trips, timeout=grace_s)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)

    async def _take(self, subscription: Subscription, call: Call) -> Reply:
        """Read a delivery that is signed; thank for the others too, and count them (WebSub section 7.1)."""
        desk = self._desk
        active = subscription.status is SubscriptionStatus.ACTIVE
        if not active or not is_signed(self._key.secret(subscription), call.headers, call.body):
            await desk.write(count_ignored, desk.store, subscription.id, desk.clock())
            why = "its signature is not good" if active else f"the subscription is {subscription.status}"
            log.warning("push", "ignored", why, topic=mask(subscription.topic))
            return Reply(status=HTTPStatus.ACCEPTED)
        if len(self._trips) >= MAX_UNDER_WAY:
            return Reply(status=HTTPStatus.SERVICE_UNAVAILABLE)
        trip = asyncio.get_running_loop().create_task(take_push(desk, subscription, call))
        self._trips.add(trip)
        trip.add_done_callback(self._trips.discard)
        await asyncio.wait([trip], timeout=PATIENCE_S)
        if trip.done() and not trip.cancelled() and trip.exception() is not None:
            log.error(
                "push", Reason.CRASHED, "could not be stored", exc=trip.exception(), topic=mask(subscription.topic)
            )
            return Reply(status=HTTPStatus.INTERNAL_SERVER_ERROR)
        return Reply(status=HTTPStatus.ACCEPTED)


def _answer_intent(desk: Desk, subscription: Subscription, query: str) -> Reply:
    intent = intent_of(query)
    after = answered(subscription, intent, desk.clock()) if intent is not None else None
    if intent is None or after is None:
        return Reply(status=HTTPStatus.NOT_FOUND)
    with desk.store.transaction():
        save(desk.store, after)
    log.info("hub", "answered", url=mask(subscription.hub), mode=intent.mode, feed=subscription.feed_id)
    return Reply(status=HTTPStatus.OK, body=intent.challenge.encode("utf-8", "replace"))


async def take_push(desk: Desk, subscription: Subscription, call: Call) -> Outcome:
    """Make the trip of one delivery and store all of it in one transaction. Returns how it ended.

    Raises StoreError where the database is the trouble, else what storing even a bare failure raises.
    """
    started_at = desk.clock()
    feed = await desk.write(by_id, desk.store.connection, subscription.feed_id, interval=desk.interval)
    if feed is None:
        raise LookupError(f"subscription {subscription.id} is of no feed")
    start = Outcome(word=PollWord.UNCHANGED, received_bytes=len(call.body), pushed=True)
    parsed: ParsedFeed | None = None
    try:
        outcome, parsed = await read_body(desk, feed, _response(feed, call), start)
    except IngestError as exc:
        outcome = _pushed(failed(exc), call)
    except StoreError:
        raise
    except Exception as exc:  # unforeseen: it may cost this delivery, and no other
        outcome = _pushed(stumbled(feed, exc), call)
    try:
        outcome = await desk.write(
            _commit, desk, feed, timed(desk, outcome, started_at), parsed, started_at, subscription
        )
    except StoreError:
        raise  # the hub is told to come again
    except Exception as exc:
        outcome = timed(desk, _pushed(stumbled(feed, exc), call), started_at)
        outcome = await desk.write(_commit, desk, feed, outcome, None, started_at, subscription)
    desk.counts.add("pushes_total", outcome.word, outcome.reason or "")
    log.info("push", outcome.reason or outcome.word, outcome.detail, url=mask(feed.url), outcome=outcome.word,
             new=outcome.new_entries, revised=outcome.revised_entries, seconds=outcome.seconds)  # fmt: skip
    return outcome


def _pushed(outcome: Outcome, call: Call) -> Outcome:
    return replace(outcome, pushed=True, received_bytes=len(call.body))


def _response(feed: Feed, call: Call) -> Response:
    """A delivery as if the feed's own address had answered it. Raises FetchError for a coding that cannot be read."""
    coding = header(call.headers, "content-encoding")
    body = Body(coding, max_bytes=MAX_BODY_BYTES, subject=feed.url)
    body.add(call.body)
    return Response(
        url=feed.state.validators_url or feed.url,
        requested_url=feed.url,
        status=HTTPStatus.OK,
        headers=tuple(pair for pair in call.headers if pair[0] in _TELLING),
        body=body.finish(),
        seconds=0.0,
        received_bytes=len(call.body),
    )


def _commit(
    desk: Desk, feed: Feed, outcome: Outcome, parsed: ParsedFeed | None, started_at: datetime, by: Subscription
) -> Outcome:
    """Store the entries and the delivery. When the feed is polled and with which validators is left as it is."""
    now, store = desk.clock(), desk.store
    with store.transaction():
        if not is_active(store.connection, feed.id):
            parsed, outcome = None, replace(outcome, word=PollWord.REFUSED, reason=Reason.RESTING)
        if parsed is not None:
            outcome, _ = store_parsed(desk, feed, outcome, parsed, now)
        outcome = replace(outcome, reason=outcome.reason or Reason.PUSHED)
        record_push(store, feed, outcome, started_at)
        count_push(store, by.id, now)
    return outcome
