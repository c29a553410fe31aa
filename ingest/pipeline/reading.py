"""From an answer's body to its entries with as little parsing as will do: none, what is new, or all of it."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from functools import partial

from ingest import __version__
from ingest.errors import IngestError, PoolClosed, Reason, WorkerError
from ingest.model import Decision, Feed, New, Outcome, ParsedFeed, PollWord, Reading, Response
from ingest.parse.clean import MAX_WHOLE
from ingest.parse.feed import parse_feed
from ingest.pipeline.desk import Desk
from ingest.revise.identity import Level, key_at, level_of, link_of
from ingest.store.articles import known_entries
from ingest.store.connection import Store
from ingest.store.marks import Quarantined, ids_marked, keep_marks, known_marks, note_stop, quarantined, release

#: A body is parsed within what its poll has left of poll.timeout and so much more, however late it came.
MIN_PARSE_S = 2.0


async def read_body(desk: Desk, feed: Feed, answer: Response, outcome: Outcome) -> tuple[Outcome, ParsedFeed | None]:
    """What an answer's body says. outcome: what is known of the answer so far.

    The same bytes as last time are not parsed; of others only the items that are not known by their marks. A body that
    stopped a worker twice is not tried again. Whatever goes wrong here becomes an outcome with its reason.
    """
    digest = hashlib.sha256(answer.body).hexdigest()
    if not outcome.partial:  # of a delta the hash says nothing about the feed as a whole
        outcome = replace(outcome, body_hash=digest)
        if digest == feed.state.body_hash:
            same = replace(outcome, parsed=True, reading=Reading.SAME, hints=feed.state.hints, known_share=1.0)
            return same, None
    try:
        parsed = await _parsed(desk, feed, answer, digest)
    except IngestError as exc:
        failed = replace(outcome, word=PollWord.ERROR, reason=exc.reason, detail=str(exc), body_hash=None)
        return failed, None
    reading = Reading.PART if parsed.seen else Reading.WHOLE
    outcome = replace(outcome, parsed=True, reading=reading, hints=parsed.hints, charset=parsed.encoding)
    return replace(outcome, detail=parsed.fault or ""), parsed


async def _parsed(desk: Desk, feed: Feed, answer: Response, digest: str) -> ParsedFeed:
    clock = asyncio.get_running_loop().time
    ends_s = clock() + max(MIN_PARSE_S, desk.timeout_s + MIN_PARSE_S - answer.seconds)
    held, known = await desk.write(_remembered, desk.store, feed, digest)
    if held is not None:
        message = (
            f"this body was {held.reason} {held.stops} times, last at {held.last_at}; it is parsed again when it "
            f"changes, or after `samewire feeds resume {feed.id}`"
        )
        raise WorkerError(message, reason=Reason.QUARANTINED, subject=feed.url)
    try:
        parse = partial(parse_feed, known=known)
        parsed = await desk.pool.run(parse, answer, subject=feed.url, timeout_s=ends_s - clock())
        if await _is_to_be_read_whole(desk, feed, parsed):
            left_s = max(MIN_PARSE_S / 4, ends_s - clock())
            whole = partial(parse_feed, most=MAX_WHOLE)
            parsed = await desk.pool.run(whole, answer, subject=feed.url, timeout_s=left_s)
    except PoolClosed:
        raise
    except WorkerError as exc:
        await desk.write(
            note_stop,
            desk.store,
            feed.id,
            digest,
            reason=exc.reason,
            detail=str(exc),
            version=__version__,
            now=desk.clock(),
        )
        raise
    return parsed


async def _is_to_be_read_whole(desk: Desk, feed: Feed, parsed: ParsedFeed) -> bool:
    """Whether entries have to be told apart together, or were left though nothing spared this poll those before them.

    A feed that gives one name to several entries, or has another head at each poll, is never read on from where the
    last poll ended.
    """
    if parsed.seen:
        return await desk.write(_mistakable, desk.store, feed, parsed)
    return bool(parsed.capped_entries and parsed.marks) and feed.state.baseline_at is not None


def _remembered(store: Store, feed: Feed, digest: str) -> tuple[Quarantined | None, frozenset[bytes]]:
    connection = store.connection
    return quarantined(connection, feed.id, digest, __version__), known_marks(connection, feed.id)


def _mistakable(store: Store, feed: Feed, parsed: ParsedFeed) -> bool:
    """Whether a parsed entry bears a name that one of those that were left out has: then all must be seen together."""
    again = ids_marked(store.connection, feed.id)
    if not again.keys() >= set(parsed.seen):
        return True
    # What has a mark is known by its shortest key, or it would have none.
    keys = {key_at(entry, Level.BASE) for entry in parsed.entries}
    links = {link for entry in parsed.entries if (link := link_of(entry))}
    shared = known_entries(store.connection, feed.id, sorted(keys), sorted(links), without_link=0)
    return not {again[mark] for mark in parsed.seen}.isdisjoint(entry.id for entry in shared)


def remember(store: Store, feed: Feed, outcome: Outcome, parsed: ParsedFeed, decisions: tuple[Decision, ...]) -> bool:
    """Keep the marks of what a poll showed, inside the transaction that stores it. decisions: one an entry, in order.

    A feed that gives one name to several entries keeps none: its entries are only told apart together. Returns whether
    any that was parsed is known by its mark from now on.
    """
    keys = tuple(decision.key if isinstance(decision, New) else decision.known.key for decision in decisions)
    release(store, feed.id)
    if any(level_of(key) > Level.BASE for key in keys):
        keep_marks(store, feed.id, (), (), partial=False)
        return False
    marks = zip(parsed.marks, keys, strict=False)  # no marks at all where bytes did not decide
    partial = outcome.partial and bool(parsed.marks)
    keep_marks(store, feed.id, marks, parsed.seen, partial=partial)
    return bool(parsed.marks)
