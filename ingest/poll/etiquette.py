"""When to ask a feed again and with which words: pure decisions from its state and the last outcome."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta

from ingest.errors import FetchError, Reason
from ingest.model import Feed, FeedHints, Outcome, PollState, PollWord, Purpose, Request
from ingest.poll.headers import freshness, says_how_fresh, stale_if_error
from ingest.poll.pace import Rhythm, own_wait, with_pace
from ingest.poll.trust import has_validators, probe_due, validator, with_trust
from ingest.text.urls import mask

#: Jitter is the smaller of these two, and only ever lengthens a wait.
JITTER_SHARE, MAX_JITTER = 0.1, timedelta(minutes=5)
#: After this many failures in a row the wait no longer doubles (an hour would be 7 years by then).
MAX_DOUBLINGS = 16
MOVES_NEEDED, MOVED_FOR = 3, timedelta(days=1)
#: A 429 that does not say how long.
DEFAULT_HOST_PAUSE = timedelta(minutes=5)
#: A server may excuse its failures ahead (stale-if-error) for so long at the most.
MAX_STALE = timedelta(days=7)


def request_for(feed: Feed, *, now: datetime, timeout_s: float) -> Request:
    """Return the request for a feed: both validators as they came, for the URL that they belong to, and its headers.

    Now and then without validators, to see whether they hide something. With an ETag goes the offer to take only what
    is new (RFC 3229, RSS and Atom deltas). Raises FetchError with WAITING inside a Retry-After.
    Source: RFC 9110 sections 13.1 and 10.2.3.
    """
    state = feed.state
    if state.retry_after_at is not None and now < state.retry_after_at:
        raise FetchError(
            f"{mask(feed.url)} asked us to wait until {state.retry_after_at:%Y-%m-%d %H:%M:%S} UTC",
            reason=Reason.WAITING,
            subject=feed.url,
            retry_after_s=(state.retry_after_at - now).total_seconds(),
        )
    conditions: list[tuple[str, str]] = []
    if has_validators(state) and not probe_due(state, now):
        if state.etag is not None:
            conditions += [("If-None-Match", state.etag), ("A-IM", "feed")]
        if state.last_modified is not None:
            conditions.append(("If-Modified-Since", state.last_modified))
    return Request(
        url=feed.url,
        purpose=Purpose.FEED,
        private_headers=feed.headers,
        conditions=tuple(conditions),
        conditions_url=state.validators_url if conditions else None,
        verify_tls=feed.verify_tls,
        timeout_s=timeout_s,
    )


def next_check(
    state: PollState,
    outcome: Outcome,
    *,
    rhythm: Rhythm,
    now: datetime,
    rng: random.Random,
) -> PollState:
    """Return the whole state after a poll, with the time of the next one.

    The wait is never shorter than the feed's rhythm allows, nor than a Retry-After, what the answer's headers call
    fresh and what the feed asks for, each of these cut at `max_interval`; failures double it. Jitter only lengthens
    it. A poll that was refused inside a Retry-After changes nothing but the time of the next one.
    """
    interval, max_interval = rhythm.interval, rhythm.max_interval
    if outcome.reason is Reason.WAITING:
        due_at = max(filter(None, (state.next_at, state.retry_after_at)), default=now + interval)
        return replace(state, next_at=due_at)
    known = with_trust(state, outcome, now)
    after = _after_success(known, outcome, rhythm, now) if _succeeded(outcome) else _after_failure(known, outcome, now)
    pause = _pause(outcome.retry_after_s, max_interval)
    after = replace(after, last_poll_at=now, retry_after_at=None if pause is None else now + pause)
    wait = _wait(after, outcome, rhythm=rhythm, now=now)
    wait = max(wait, pause or timedelta())
    jitter = rng.random() * min(wait * JITTER_SHARE, MAX_JITTER)
    # Cut at the maximum, jitter included, but where the interval itself is the maximum polls must still spread.
    soonest = min(own_wait(after, rhythm, now), interval)
    due_at = now + max(min(wait + jitter, max_interval), soonest + jitter)
    latest_at = max(now + max_interval, due_at)
    return replace(after, next_at=min(_past_skipped(due_at, after.hints), latest_at))


def host_pause(
    status: int | None, retry_after_s: float | None, *, now: datetime, max_interval: timedelta
) -> datetime | None:
    """Return until when the whole host is to be left alone after an answer with this status, or None.

    A 429 or 503 with Retry-After pauses the host for that long, at most `max_interval`; a 429 without one for five
    minutes; a 503 without one may be this feed's trouble alone.
    """
    if status not in {429, 503}:
        return None
    pause = _pause(retry_after_s, max_interval)
    if pause is None and status == 429:
        pause = min(DEFAULT_HOST_PAUSE, max_interval)
    return None if pause is None else now + pause


def moved_for_good(state: PollState, now: datetime) -> str | None:
    """Return the feed's new address once three polls in a row, over a day or more, were all sent there for good.

    Source: RFC 9110 section 15.4.2; the patience is ours, against a mistake at the other end.
    """
    seen_at = min(state.last_success_at or now, now)
    if state.moved_to is None or state.moved_since_at is None or state.moved_count < MOVES_NEEDED:
        return None
    if state.moved_to == state.move_refused:
        return None
    return state.moved_to if seen_at - state.moved_since_at >= MOVED_FOR else None


def is_gone(state: PollState, now: datetime) -> bool:
    """Whether the publisher said 410 on two different days (UTC) with nothing else in between."""
    seen_at = min(state.last_poll_at or now, now)
    return state.gone_since_at is not None and seen_at.date() > state.gone_since_at.date()


def _succeeded(outcome: Outcome) -> bool:
    return outcome.word in {PollWord.OK, PollWord.UNCHANGED}


def _after_success(state: PollState, outcome: Outcome, rhythm: Rhythm, now: datetime) -> PollState:
    changed = bool(outcome.new_entries or outcome.revised_entries)
    after = with_pace(_with_validators(_with_move(state, outcome, now), outcome), outcome, rhythm, now)
    excused = stale_if_error(outcome.headers)
    told = outcome.status != 304 or says_how_fresh(outcome.headers)
    if outcome.parsed:
        after = replace(after, body_hash=outcome.body_hash or state.body_hash)
    if outcome.unfinished:  # what would spare us the same body is forgotten
        after = replace(after, etag=None, last_modified=None, body_hash=None)
    return replace(
        after,
        failures=0,
        gone_since_at=None,
        last_success_at=now,
        last_change_at=now if changed else state.last_change_at,
        baseline_at=state.baseline_at or (now if outcome.parsed else None),
        hints=outcome.hints or state.hints,
        stale_until_at=now + min(freshness(outcome.headers, now=now) + excused, MAX_STALE) if excused else None,
        fresh=freshness(outcome.headers, now=now) if told else state.fresh,
        charset=outcome.charset or state.charset,
    )


def _after_failure(state: PollState, outcome: Outcome, now: datetime) -> PollState:
    gone = outcome.reason is Reason.GONE
    return replace(state, failures=state.failures + 1, gone_since_at=(state.gone_since_at or now) if gone else None)


def _with_move(state: PollState, outcome: Outcome, now: datetime) -> PollState:
    if outcome.moved_to is None:
        return replace(state, moved_to=None, moved_count=0, moved_since_at=None)
    if outcome.moved_to == state.moved_to:
        return replace(state, moved_count=state.moved_count + 1)
    return replace(state, moved_to=outcome.moved_to, moved_count=1, moved_since_at=now)


def _with_validators(state: PollState, outcome: Outcome) -> PollState:
    """A body that was read replaces the validators; a 304 updates those it names and keeps the others.

    A body equal to the last one that was read vouches for itself, though nobody parsed it again.
    Source: RFC 9111 sections 3.2 and 4.3.4.
    """
    etag, last_modified = validator(outcome.headers, "etag"), validator(outcome.headers, "last-modified")
    if outcome.status == 304:
        return replace(state, etag=etag or state.etag, last_modified=last_modified or state.last_modified)
    same_body = outcome.body_hash is not None and outcome.body_hash == state.body_hash
    if outcome.parsed or same_body:
        return replace(state, etag=etag, last_modified=last_modified, validators_url=outcome.validators_url)
    return state


def _wait(after: PollState, outcome: Outcome, *, rhythm: Rhythm, now: datetime) -> timedelta:
    """How long to wait by everything but a Retry-After."""
    interval, max_interval = rhythm.interval, rhythm.max_interval
    if outcome.reason is Reason.GONE:
        return max_interval  # asked again on another day, to be sure
    if not _succeeded(outcome):
        doublings = min(after.failures - 1, MAX_DOUBLINGS)
        # Divided rather than multiplied: a long interval doubled often is no timedelta any more.
        return max_interval if interval >= max_interval / 2**doublings else interval * 2**doublings
    return _wished(after, rhythm, now)


def _wished(state: PollState, rhythm: Rhythm, now: datetime) -> timedelta:
    """How long a feed that answers is left alone, by its own rhythm and by what it and its server ask for."""
    hints = state.hints or FeedHints()
    wishes = (state.fresh, hints.ttl, hints.update_interval)
    most = rhythm.max_interval
    return max((own_wait(state, rhythm, now), *(min(wish, most) for wish in wishes if wish is not None)))


def brought_forward(state: PollState, rhythm: Rhythm, now: datetime) -> datetime:
    """Return when a feed is due whose hub is relied on no longer: as if it had never been, and not before now."""
    if state.next_at is None or state.last_poll_at is None or state.failures:
        return state.next_at or now
    due_at = max(now, state.last_poll_at + _wished(state, rhythm, now), state.retry_after_at or now)
    return min(state.next_at, _past_skipped(due_at, state.hints))


def _pause(retry_after_s: float | None, max_interval: timedelta) -> timedelta | None:
    """A Retry-After as a duration, at most `max_interval`; none where it asks for nothing."""
    if retry_after_s is None or not retry_after_s > 0:
        return None
    return timedelta(seconds=min(retry_after_s, max_interval.total_seconds()))


def _past_skipped(due_at: datetime, hints: FeedHints | None) -> datetime:
    """The first moment from `due_at` on that the feed does not ask to be left out; `due_at` where it leaves none."""
    if hints is None or not (hints.skip_hours or hints.skip_days):
        return due_at
    for hours in range(8 * 24):
        moment = due_at + timedelta(hours=hours)
        if moment.hour not in hints.skip_hours and moment.weekday() not in hints.skip_days:
            # Whole hours later, minutes and all: feeds that skip the same hours do not all come back at once.
            return moment
    return due_at
