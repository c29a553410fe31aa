"""One feed's trip: poll, parse, revise, store; whatever happens becomes an Outcome with a reason."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from ingest.errors import REFUSALS, FetchError, IngestError, Reason
from ingest.model import (
    Answer,
    Feed,
    Gone,
    Moved,
    New,
    NotModified,
    Outcome,
    ParsedFeed,
    PollState,
    PollWord,
    Response,
    Revised,
)
from ingest.parse.feed import parse_feed
from ingest.pipeline.desk import Desk, log
from ingest.poll.etiquette import host_pause, is_gone, moved_for_good, next_check, request_for
from ingest.poll.fetch import fetch
from ingest.revise.decide import Known, decide_all, published
from ingest.revise.identity import Level, key_at, link_of
from ingest.store.articles import ShownEntry, known_entries, store_entries
from ingest.store.connection import Store
from ingest.store.feeds import postpone_host, record_poll, set_gone, set_title, set_url
from ingest.store.journal import count_cap
from ingest.text.urls import mask, origin

#: Known entries without a link that a feed's new ones are compared with.
WITHOUT_LINK = 2000


async def poll_feed(desk: Desk, feed: Feed) -> Outcome:
    """Make one feed's trip and store all of it in one transaction. Returns how it ended; raises no IngestError."""
    started_at = desk.clock()
    feed = replace(feed, headers=desk.headers_of(feed.url))
    try:
        answer = await _ask(desk, feed, started_at)
        outcome, parsed = await _read(desk, feed, answer)
    except IngestError as exc:
        outcome, parsed = _failed(exc), None
    outcome = replace(outcome, seconds=(desk.clock() - started_at).total_seconds())
    outcome = await desk.write(_commit, desk, feed, outcome, parsed, started_at)
    level = "warning" if outcome.word in (PollWord.ERROR, PollWord.REFUSED) else "info"
    getattr(log, level)(
        "poll url=%s outcome=%s reason=%s new=%d revised=%d seconds=%.2f%s",
        mask(feed.url),
        outcome.word,
        outcome.reason or "-",
        outcome.new_entries,
        outcome.revised_entries,
        outcome.seconds,
        f" detail={outcome.detail!r}" if outcome.detail else "",
    )
    return outcome


async def _ask(desk: Desk, feed: Feed, now: datetime) -> Answer:
    request = request_for(feed, now=now, timeout_s=desk.timeout_s)
    async with desk.gate.slot(feed.url):
        return await fetch(desk.client, request)


async def _read(desk: Desk, feed: Feed, answer: Answer) -> tuple[Outcome, ParsedFeed | None]:
    """What an answer says, and the feed in it when there is a new body to read."""
    if isinstance(answer, Gone):
        return Outcome(word=PollWord.ERROR, reason=Reason.GONE, status=410, detail="410 Gone"), None
    moved_to = answer.new_url if isinstance(answer, Moved) else None
    answer = answer.answer if isinstance(answer, Moved) else answer
    if isinstance(answer, NotModified):
        unchanged = Outcome(
            word=PollWord.UNCHANGED, status=304, headers=answer.headers, moved_to=moved_to, validators_url=answer.url
        )
        return unchanged, None
    digest = hashlib.sha256(answer.body).hexdigest()
    outcome = _outcome_of(answer, digest, moved_to)
    if digest == feed.state.body_hash:
        return replace(outcome, parsed=True, hints=feed.state.hints), None
    try:
        parsed = await desk.pool.run(parse_feed, answer, subject=feed.url)
    except IngestError as exc:
        failed = replace(outcome, word=PollWord.ERROR, reason=exc.reason, detail=str(exc), body_hash=None)
        return failed, None
    return replace(outcome, parsed=True, hints=parsed.hints, detail=parsed.fault or ""), parsed


def _outcome_of(answer: Response, digest: str, moved_to: str | None) -> Outcome:
    return Outcome(
        word=PollWord.UNCHANGED,
        status=answer.status,
        received_bytes=answer.received_bytes,
        headers=answer.headers,
        validators_url=answer.url,
        body_hash=digest,
        moved_to=moved_to,
    )


def _failed(exc: IngestError) -> Outcome:
    word = PollWord.REFUSED if exc.reason in REFUSALS else PollWord.ERROR
    outcome = Outcome(word=word, reason=exc.reason, detail=str(exc))
    if isinstance(exc, FetchError):
        outcome = replace(
            outcome, status=exc.status, retry_after_s=exc.retry_after_s, received_bytes=exc.received_bytes
        )
    return outcome


def _commit(desk: Desk, feed: Feed, outcome: Outcome, parsed: ParsedFeed | None, started_at: datetime) -> Outcome:
    """Store entries, poll and the feed's new state in one transaction. Runs in the writer's thread."""
    now, store = desk.clock(), desk.store
    with store.transaction():
        if parsed is not None:
            shown = _decide(store, feed, parsed, now)
            store_entries(store, feed, shown, now, baseline=feed.state.baseline_at is None)
            outcome = _with_counts(outcome, shown)
            if parsed.title:
                set_title(store, feed.id, parsed.title)
            if parsed.capped_entries:
                count_cap(store, "entries_per_poll", feed.url, now)
        state = next_check(
            feed.state,
            outcome,
            interval=feed.interval,
            max_interval=desk.config.poll.max_interval,
            now=now,
            rng=desk.rng,
        )
        record_poll(store, feed, outcome, state, started_at)
        _follow(desk, feed, outcome, state, now)
    return outcome


def _decide(store: Store, feed: Feed, parsed: ParsedFeed, now: datetime) -> tuple[ShownEntry, ...]:
    keys = {key_at(entry, level) for entry in parsed.entries for level in Level}
    links = {link for entry in parsed.entries if (link := link_of(entry))}
    without_link = WITHOUT_LINK if any(link_of(entry) is None for entry in parsed.entries) else 0
    known = known_entries(store.connection, feed.id, sorted(keys), sorted(links), without_link=without_link)
    shown = []
    for decision in decide_all(parsed.entries, Known(known)):
        if not isinstance(decision, New | Revised):
            shown.append(ShownEntry(decision=decision, canonical_link=None, identity="", published_at=None,
                                    published_reason=None))  # fmt: skip
            continue
        link = link_of(decision.entry)
        at, why = published(decision.entry, now)
        key = decision.key if isinstance(decision, New) else decision.known.key
        identity = link if link and _is_own(decision, parsed) else f"entry:{feed.id}:{key}"
        shown.append(
            ShownEntry(decision=decision, canonical_link=link, identity=identity, published_at=at, published_reason=why)
        )
    return tuple(shown)


def _is_own(decision: New | Revised, parsed: ParsedFeed) -> bool:
    """Whether the entry's link is its own page, and not one that several entries of the feed share."""
    link = link_of(decision.entry)
    return sum(link_of(entry) == link for entry in parsed.entries) == 1


def _with_counts(outcome: Outcome, shown: Sequence[ShownEntry]) -> Outcome:
    new = sum(isinstance(item.decision, New) for item in shown)
    revised = sum(isinstance(item.decision, Revised) for item in shown)
    word = PollWord.OK if new or revised else PollWord.UNCHANGED
    return replace(outcome, word=word, new_entries=new, revised_entries=revised, shown_entries=len(shown))


def _follow(desk: Desk, feed: Feed, outcome: Outcome, state: PollState, now: datetime) -> None:
    """What a poll means beyond itself: a feed that moved or ended, a host that wants to be left alone."""
    if target := moved_for_good(state, now):
        set_url(desk.store, feed, target, now)
    if is_gone(state, now):
        set_gone(desk.store, feed, now)
    until = host_pause(outcome, now, desk.config.poll.max_interval)
    if until is not None:
        rows = desk.store.connection.execute("SELECT id, url FROM feeds").fetchall()
        postpone_host(desk.store, [row["id"] for row in rows if origin(row["url"]) == origin(feed.url)], until)
