"""One feed's trip: poll, parse, revise, store; whatever happens becomes an Outcome with a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from ingest.errors import REFUSALS, FetchError, IngestError, Reason
from ingest.model import (
    Answer,
    Decision,
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
    Same,
)
from ingest.pipeline.desk import Desk, log
from ingest.pipeline.reading import read_body, remember
from ingest.poll.etiquette import host_pause, is_gone, moved_for_good, next_check, request_for
from ingest.poll.fetch import fetch
from ingest.revise.decide import Known, decide_all, once, published
from ingest.revise.identity import Level, key_at, link_of
from ingest.store.articles import ShownEntry, known_entries, store_entries
from ingest.store.connection import Store
from ingest.store.feeds import paused_until, postpone_host, record_poll, set_gone, set_title, set_url
from ingest.store.journal import count_cap
from ingest.store.marks import entries_marked
from ingest.text.plain import clean_text
from ingest.text.urls import canonical_url, mask, origin

#: Known entries without a link that a feed's new ones are compared with.
WITHOUT_LINK = 2000
MAX_DETAIL_CHARS = 500


async def poll_feed(desk: Desk, feed: Feed) -> Outcome:
    """Make one feed's trip and store all of it in one transaction. Returns how it ended.

    Raises nothing but what storing even a bare failure raises: then the database is the trouble, and not this feed.
    """
    started_at = desk.clock()
    try:
        feed = replace(feed, headers=desk.headers_of(feed.url))
        answer = await _ask(desk, feed)
        outcome, parsed = await _read(desk, feed, answer)
    except IngestError as exc:
        outcome, parsed = _failed(exc), None
    except Exception as exc:  # unforeseen: it may cost this feed its poll, and no other
        outcome, parsed = _stumbled(feed, exc), None
    try:
        outcome = await desk.write(_commit, desk, feed, _timed(desk, outcome, started_at), parsed, started_at)
    except Exception as exc:
        outcome = _timed(desk, _stumbled(feed, exc), started_at)
        outcome = await desk.write(_commit, desk, feed, outcome, None, started_at)
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


async def _ask(desk: Desk, feed: Feed) -> Answer:
    async with desk.gate.slot(feed.url):
        # While this feed waited for its turn, another of the same host may have been told to leave it alone.
        until = await desk.write(paused_until, desk.store.connection, feed.id)
        feed = replace(feed, state=replace(feed.state, retry_after_at=until))
        return await fetch(desk.client, request_for(feed, now=desk.clock(), timeout_s=desk.timeout_s))


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
    return await read_body(desk, feed, answer, _outcome_of(answer, moved_to))


def _outcome_of(answer: Response, moved_to: str | None) -> Outcome:
    return Outcome(
        word=PollWord.UNCHANGED,
        status=answer.status,
        received_bytes=answer.received_bytes,
        headers=answer.headers,
        validators_url=answer.url,
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


def _stumbled(feed: Feed, exc: Exception) -> Outcome:
    log.exception("poll url=%s failed in a way we did not foresee", mask(feed.url))
    return Outcome(word=PollWord.ERROR, reason=Reason.CRASHED, detail=f"{type(exc).__name__}: {exc}")


def _timed(desk: Desk, outcome: Outcome, started_at: datetime) -> Outcome:
    """The outcome with what it took, and with a detail that any column and page can hold."""
    seconds = max(0.0, (desk.clock() - started_at).total_seconds())
    return replace(outcome, seconds=seconds, detail=clean_text(outcome.detail, max_chars=MAX_DETAIL_CHARS))


def _commit(desk: Desk, feed: Feed, outcome: Outcome, parsed: ParsedFeed | None, started_at: datetime) -> Outcome:
    """Store entries, poll and the feed's new state in one transaction. Runs in the writer's thread."""
    now, store = desk.clock(), desk.store
    with store.transaction():
        if parsed is not None:
            decisions, shown = _decide(store, feed, parsed, now)
            store_entries(store, feed, shown, now, baseline=feed.state.baseline_at is None)
            remember(store, feed, outcome, parsed, decisions)
            outcome = _with_counts(outcome, shown)
            if parsed.title:
                set_title(store, feed.id, parsed.title)
            if parsed.capped_entries:
                count_cap(store, "entries_per_poll", feed.url, now)
            if parsed.capped_elements:
                count_cap(store, "elements_per_item", feed.url, now)
        state = next_check(
            feed.state,
            outcome,
            interval=feed.interval,
            max_interval=desk.config.poll.max_interval,
            now=now,
            rng=desk.rng,
        )
        until = paused_until(store.connection, feed.id)
        if until is not None and until > now:  # of the feed's host, and not over: it outlives this poll
            pauses, dates = (state.retry_after_at, until), (state.next_at, until)
            state = replace(state, retry_after_at=max(filter(None, pauses)), next_at=max(filter(None, dates)))
        record_poll(store, feed, outcome, state, started_at)
        _follow(desk, feed, outcome, state, now)
    return outcome


def _decide(
    store: Store, feed: Feed, parsed: ParsedFeed, now: datetime
) -> tuple[tuple[Decision, ...], tuple[ShownEntry, ...]]:
    """A decision for each parsed entry, and what is to be stored: these, each once, and what nobody had to parse."""
    keys = {key_at(entry, level) for entry in parsed.entries for level in Level}
    links = {link for entry in parsed.entries if (link := link_of(entry))}
    again = entries_marked(store.connection, feed.id, parsed.seen)
    without_link = WITHOUT_LINK if any(link_of(entry) is None for entry in parsed.entries) else 0
    known = known_entries(store.connection, feed.id, sorted(keys), sorted(links), without_link=without_link)
    each = decide_all(parsed.entries, Known(known), taken=[entry.key for entry in again])
    decisions = once(each)
    named = Counter(_link(decision) for decision in decisions)  # not of the entries: feeds list one twice
    earlier = {canonical_url(entry.link) for entry in known if entry.link}
    shown = []
    for decision in decisions:
        if not isinstance(decision, New | Revised):
            shown.append(ShownEntry(decision=decision))
            continue
        link = _link(decision)
        at, why = published(decision.entry, now)
        key = decision.key if isinstance(decision, New) else decision.known.key
        # A link that several entries share, today or in turn, is a section's or the home page, and none's own.
        own = link is not None and named[link] == 1 and not (isinstance(decision, New) and link in earlier)
        identity = link if link and own else f"entry:{feed.id}:{key}"
        shown.append(
            ShownEntry(decision=decision, canonical_link=link, identity=identity, published_at=at, published_reason=why)
        )
    shown += [ShownEntry(decision=Same(known=entry)) for entry in again]  # no parsed entry names their pages
    return each, tuple(shown)


def _link(decision: Decision) -> str | None:
    link = decision.entry.link if isinstance(decision, New | Revised) else decision.known.link
    return canonical_url(link) if link else None


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
