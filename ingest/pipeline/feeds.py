"""One feed's trip: poll, parse, revise, store; whatever happens becomes an Outcome with a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from ingest.errors import REFUSALS, FetchError, IngestError, Reason, StoreError
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
from ingest.pipeline.asking import heed
from ingest.pipeline.desk import Desk
from ingest.pipeline.logbook import log
from ingest.pipeline.reading import read_body, remember
from ingest.pipeline.subscriptions import judged, offered
from ingest.poll.etiquette import is_gone, moved_for_good, next_check, request_for
from ingest.poll.fetch import fetch
from ingest.poll.pace import overflowed
from ingest.poll.trust import is_hidden
from ingest.revise.decide import Known, decide_all, once, published
from ingest.revise.identity import Level, key_at, link_of
from ingest.store.articles import ShownEntry, known_entries, store_entries
from ingest.store.connection import Store
from ingest.store.journal import count_cap
from ingest.store.marks import entries_marked
from ingest.store.moves import set_gone, set_url
from ingest.store.polls import has_entries, paused_until, record_poll, set_title
from ingest.text.plain import clean_text
from ingest.text.urls import canonical_url, mask, origin
from ingest.text.variants import article_url

#: Known entries without a link that a feed's new ones are compared with.
WITHOUT_LINK = 2000
MAX_DETAIL_CHARS = 500


async def poll_feed(desk: Desk, feed: Feed) -> Outcome:
    """Make one feed's trip and store all of it in one transaction. Returns how it ended.

    Raises StoreError where the database is the trouble and not this feed, and what storing a bare failure raises.
    """
    started_at = desk.clock()
    try:
        outcome, parsed = await _trip(desk, replace(feed, headers=_private_headers(desk, feed)))
    except IngestError as exc:
        outcome, parsed = failed(exc), None
    except StoreError:
        raise
    except Exception as exc:  # unforeseen: it may cost this feed its poll, and no other
        outcome, parsed = stumbled(feed, exc), None
    try:
        outcome = await desk.write(_commit, desk, feed, timed(desk, outcome, started_at), parsed, started_at)
    except StoreError:
        raise  # the disk's fault, and not the feed's: it is due as before
    except Exception as exc:
        outcome = timed(desk, stumbled(feed, exc), started_at)
        outcome = await desk.write(_commit, desk, feed, outcome, None, started_at)
    _count(desk, feed, outcome, started_at)
    unusable = outcome.word in (PollWord.ERROR, PollWord.REFUSED)
    excused = feed.state.stale_until_at is not None and started_at < feed.state.stale_until_at
    getattr(log, "warning" if unusable and not excused else "info")(
        "poll",
        outcome.reason or outcome.word,
        outcome.detail,
        url=mask(feed.url),
        outcome=outcome.word,
        new=outcome.new_entries,
        revised=outcome.revised_entries,
        bytes=outcome.received_bytes,
        seconds=outcome.seconds,
    )
    return outcome


def _count(desk: Desk, feed: Feed, outcome: Outcome, started_at: datetime) -> None:
    counts, status = desk.counts, outcome.status
    counts.add("polls_total", outcome.word, outcome.reason or "")
    counts.add("poll_answers_total", "none" if status is None else "304" if status == 304 else f"{status // 100}xx")
    counts.add("poll_bytes_total", by=outcome.received_bytes)
    counts.add("entries_new_total", by=outcome.new_entries)
    counts.add("entries_revised_total", by=outcome.revised_entries)
    counts.took("poll_seconds", outcome.seconds)
    if feed.state.next_at is not None:
        counts.took("poll_lag_seconds", max(0.0, (started_at - feed.state.next_at).total_seconds()))


def _private_headers(desk: Desk, feed: Feed) -> tuple[tuple[str, str], ...]:
    """The operator's headers for this feed; of one that moved, only while it stays at the origin they were given for.

    The configuration may name the feed by its old address or by its new one.
    """
    own = desk.headers_of(feed.url)
    if own or feed.known_as is None or origin(feed.known_as) != origin(feed.url):
        return own
    return desk.headers_of(feed.known_as)


async def _trip(desk: Desk, feed: Feed) -> tuple[Outcome, ParsedFeed | None]:
    """Ask a feed's server in its turn, and read what it answers."""
    async with desk.gate.slot(feed.url):
        # While this feed waited for its turn, another of the same host may have been told to leave it alone.
        until = await desk.write(paused_until, desk.store.connection, feed.id)
        feed = replace(feed, state=replace(feed.state, retry_after_at=until))
        request = request_for(feed, now=desk.clock(), timeout_s=desk.timeout_s)
        answer: Answer | IngestError
        try:
            answer = await fetch(desk.client, request)
        except IngestError as exc:
            answer = exc
    outcome, parsed = (failed(answer), None) if isinstance(answer, IngestError) else await _read(desk, feed, answer)
    # After a redirect that leads elsewhere than it did, nobody was sent the validators.
    unsent = not request.conditions or outcome.validators_url not in (None, request.conditions_url)
    return replace(outcome, unconditional=unsent), parsed


async def _read(desk: Desk, feed: Feed, answer: Answer) -> tuple[Outcome, ParsedFeed | None]:
    """What an answer says, and the feed in it when there is a new body to read."""
    if isinstance(answer, Gone):
        gone = Outcome(word=PollWord.ERROR, reason=Reason.GONE, status=410, detail="410 Gone")
        return replace(gone, retry_after_s=answer.retry_after_s), None
    moved_to = answer.new_url if isinstance(answer, Moved) else None
    answer = answer.answer if isinstance(answer, Moved) else answer
    if isinstance(answer, NotModified):
        unchanged = Outcome(
            word=PollWord.UNCHANGED,
            status=304,
            headers=answer.headers,
            retry_after_s=answer.retry_after_s,
            moved_to=moved_to,
            validators_url=answer.url,
        )
        return unchanged, None
    return await read_body(desk, feed, answer, _outcome_of(answer, moved_to))


def _outcome_of(answer: Response, moved_to: str | None) -> Outcome:
    return Outcome(
        word=PollWord.UNCHANGED,
        status=answer.status,
        received_bytes=answer.received_bytes,
        headers=answer.headers,
        retry_after_s=answer.retry_after_s,
        validators_url=answer.url,
        moved_to=moved_to,
    )


def failed(exc: IngestError) -> Outcome:
    """How a trip ends that an error of one feed stopped."""
    word = PollWord.REFUSED if exc.reason in REFUSALS else PollWord.ERROR
    outcome = Outcome(word=word, reason=exc.reason, detail=str(exc))
    if isinstance(exc, FetchError):
        outcome = replace(
            outcome,
            status=exc.status,
            retry_after_s=exc.retry_after_s,
            received_bytes=exc.received_bytes,
            answered_by=exc.answered_by,
        )
    return outcome


def stumbled(feed: Feed, exc: Exception) -> Outcome:
    """How a trip ends that something unforeseen stopped."""
    log.exception("poll", Reason.CRASHED, "failed in a way we did not foresee", url=mask(feed.url))
    return Outcome(word=PollWord.ERROR, reason=Reason.CRASHED, detail=f"{type(exc).__name__}: {exc}")


def timed(desk: Desk, outcome: Outcome, started_at: datetime) -> Outcome:
    """The outcome with what it took, and with a detail that any column and page can hold."""
    seconds = max(0.0, (desk.clock() - started_at).total_seconds())
    return replace(outcome, seconds=seconds, detail=clean_text(outcome.detail, max_chars=MAX_DETAIL_CHARS))


def _commit(desk: Desk, feed: Feed, outcome: Outcome, parsed: ParsedFeed | None, started_at: datetime) -> Outcome:
    """Store entries, poll and the feed's new state in one transaction. Runs in the writer's thread."""
    now, store = desk.clock(), desk.store
    shown: tuple[ShownEntry, ...] = ()
    with store.transaction():
        if parsed is not None:
            outcome, shown = store_parsed(desk, feed, outcome, parsed, now)
            offered(desk, feed, parsed, now)
        outcome, rhythm = judged(desk, feed, outcome, shown, now)
        state = next_check(feed.state, outcome, rhythm=rhythm, now=now, rng=desk.rng)
        until = paused_until(store.connection, feed.id)
        if until is not None and until > now:  # of the feed's host, and not over: it outlives this poll
            pauses, dates = (state.retry_after_at, until), (state.next_at, until)
            state = replace(state, retry_after_at=max(filter(None, pauses)), next_at=max(filter(None, dates)))
        record_poll(store, feed, outcome, state, started_at)
        _follow(desk, feed, outcome, state, now)
    return outcome


def store_parsed(
    desk: Desk, feed: Feed, outcome: Outcome, parsed: ParsedFeed, now: datetime
) -> tuple[Outcome, tuple[ShownEntry, ...]]:
    """Store what a body showed, inside a transaction. Returns the outcome with what it brought, and what it showed."""
    store = desk.store
    decisions, shown = _decide(store, feed, parsed, now)
    # RFC 3229: a delta shows what is new and nothing else.
    comparable = not outcome.partial and has_entries(store.connection, feed.id)
    store_entries(store, feed, shown, now, baseline=feed.state.baseline_at is None)
    is_marked = remember(store, feed, outcome, parsed, decisions)
    if parsed.title:
        set_title(store, feed.id, parsed.title)
    if parsed.capped_entries:
        count_cap(store, "entries_per_poll", feed.url, now)
    if parsed.capped_elements:
        count_cap(store, "elements_per_item", feed.url, now)
    outcome = _with_counts(feed, outcome, shown, comparable=comparable)
    return (_left(feed, outcome, parsed, goes_on=is_marked) if parsed.capped_entries else outcome), shown


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
    deep = {id(decision) for decision in each[len(each) - parsed.deep :]}
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
        identity = article_url(link) if link and own else f"entry:{feed.id}:{key}"
        shown.append(
            ShownEntry(
                decision=decision,
                canonical_link=link,
                identity=identity,
                published_at=at,
                published_reason=why,
                stood=id(decision) in deep and (at is None or at < (feed.state.baseline_at or now)),
            )
        )
    shown += [ShownEntry(decision=Same(known=entry)) for entry in again]  # no parsed entry names their pages
    return each, tuple(shown)


def _link(decision: Decision) -> str | None:
    link = decision.entry.link if isinstance(decision, New | Revised) else decision.known.link
    return canonical_url(link) if link else None


def _left(feed: Feed, outcome: Outcome, parsed: ParsedFeed, *, goes_on: bool) -> Outcome:
    """The outcome of a poll that left entries; goes_on: what it read has marks, which spare the next poll reading it.

    A feed of which nothing is known any more has another head each time, and would be read from its beginning for ever.
    """
    unfinished = goes_on and (bool(parsed.seen) or feed.state.baseline_at is None)
    when = "at the next polls" if unfinished else "when those before them are gone"
    left = f"{parsed.capped_entries:,} entries are left, to be read {when}"
    return replace(outcome, unfinished=unfinished, detail="; ".join(filter(None, (outcome.detail, left))))


def _with_counts(feed: Feed, outcome: Outcome, shown: Sequence[ShownEntry], *, comparable: bool) -> Outcome:
    """The outcome with what the poll brought; comparable: it shows the feed's window, and an earlier one is known."""
    new = sum(isinstance(item.decision, New) for item in shown)
    revised = sum(isinstance(item.decision, Revised) for item in shown)
    word = PollWord.OK if new or revised else PollWord.UNCHANGED
    outcome = replace(
        outcome,
        word=word,
        new_entries=new,
        revised_entries=revised,
        shown_entries=len(shown),
        known_share=1 - new / len(shown) if shown and comparable else None,
        backdated=any(isinstance(item.decision, New) and is_hidden(item.published_at, feed.state) for item in shown),
    )
    if not overflowed(outcome):
        return outcome
    missed = f"none of the {new} entries was known: what came and went since the last poll was missed"
    return replace(outcome, reason=Reason.OVERFLOW, detail="; ".join(filter(None, (missed, outcome.detail))))


def _follow(desk: Desk, feed: Feed, outcome: Outcome, state: PollState, now: datetime) -> None:
    """What a poll means beyond itself: a feed that moved or ended, a host that wants to be left alone."""
    if target := moved_for_good(state, now):
        set_url(desk.store, feed, target, now)
    if is_gone(state, now):
        set_gone(desk.store, feed, now)
    heed(desk, outcome.answered_by or feed.url, outcome.status, outcome.retry_after_s, now)
