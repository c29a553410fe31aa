"""How each poll ended, what is remembered of a feed until the next, and which hosts want to be left alone."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime

from ingest.model import Feed, FeedHints, FeedId, Outcome, PollState
from ingest.store.connection import Store
from ingest.store.sql import insert, update
from ingest.store.times import optional_text, optional_time, to_text, to_text_ceil


def record_poll(store: Store, feed: Feed, outcome: Outcome, state: PollState, started_at: datetime) -> None:
    """Write how a poll ended, and the feed's new state, beside whatever else the transaction holds."""
    _insert_poll(store, feed, outcome, started_at)
    update(
        store.connection,
        "feeds",
        feed.id,
        {
            "next_at": to_text_ceil(state.next_at or started_at),
            "etag": state.etag,
            "last_modified": state.last_modified,
            "validators_url": state.validators_url,
            "body_hash": state.body_hash,
            "last_poll_at": optional_text(state.last_poll_at),
            "last_success_at": optional_text(state.last_success_at),
            "last_change_at": optional_text(state.last_change_at),
            "baseline_at": optional_text(state.baseline_at),
            "failures": state.failures,
            "last_reason": outcome.reason,
            "last_detail": outcome.detail[:500],
            "retry_after_at": optional_text(state.retry_after_at),
            "moved_to": state.moved_to,
            "moved_count": state.moved_count,
            "moved_since_at": optional_text(state.moved_since_at),
            "gone_since_at": optional_text(state.gone_since_at),
            "hints": _hints_text(state.hints),
            "asked_whole_at": optional_text(state.asked_whole_at),
            "vouched_at": optional_text(state.vouched_at),
            "lying_at": optional_text(state.lying_at),
            "honest_signs": state.honest_signs,
            "hurry": state.hurry,
            "overflows": state.overflows,
            "overflow_at": optional_text(state.overflow_at),
            "stale_until_at": optional_text(state.stale_until_at),
            "fresh_s": int(state.fresh.total_seconds()) if state.fresh else None,
            "charset": state.charset,
        },
    )


def record_push(store: Store, feed: Feed, outcome: Outcome, started_at: datetime) -> None:
    """Write how a delivery of the feed's hub ended; of the feed's state it changes only when something last came."""
    _insert_poll(store, feed, outcome, started_at)
    if outcome.new_entries or outcome.revised_entries:
        store.connection.execute(
            "UPDATE feeds SET last_change_at = max(coalesce(last_change_at, ?1), ?1) WHERE id = ?2",
            [to_text(started_at), feed.id],
        )


def _insert_poll(store: Store, feed: Feed, outcome: Outcome, started_at: datetime) -> None:
    insert(
        store.connection,
        "polls",
        {
            "feed_id": feed.id,
            "started_at": to_text(started_at),
            "outcome": outcome.word,
            "reason": outcome.reason,
            "detail": outcome.detail[:500],
            "status": outcome.status,
            "bytes": outcome.received_bytes,
            "seconds": round(outcome.seconds, 3),
            "new_entries": outcome.new_entries,
            "revised_entries": outcome.revised_entries,
            "reading": outcome.reading,
            "pushed": int(outcome.pushed),
        },
    )


def set_title(store: Store, feed_id: FeedId, title: str) -> None:
    """Remember what the feed calls itself."""
    store.connection.execute("UPDATE feeds SET title = ? WHERE id = ? AND title IS NOT ?", [title, feed_id, title])


def pause_host(store: Store, host: str, until: datetime, *, status: int, now: datetime) -> None:
    """Nothing of a host that asked for a pause is asked before `until`: no page, and no feed, not even by name."""
    store.connection.execute(
        "INSERT INTO hosts (host, paused_until, status, asked_at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (host) DO UPDATE "
        "SET paused_until = max(paused_until, ?2), status = ?3, asked_at = ?4",
        [host, to_text_ceil(until), status, to_text(now)],
    )
    store.connection.execute(
        "UPDATE feeds SET next_at = max(next_at, ?1), retry_after_at = max(coalesce(retry_after_at, ?1), ?1) "
        "WHERE host = ?2",
        [to_text_ceil(until), host],
    )


def host_paused_until(connection: sqlite3.Connection, host: str) -> datetime | None:
    """The end of the pause that a host asked for last, be it over or not."""
    row = connection.execute("SELECT paused_until FROM hosts WHERE host = ?", [host]).fetchone()
    return optional_time(row["paused_until"]) if row else None


def forget_hosts(store: Store, before: datetime) -> int:
    """Drop the pauses that ended before a time. Returns how many."""
    with store.transaction():
        return store.connection.execute("DELETE FROM hosts WHERE paused_until < ?", [to_text(before)]).rowcount


def paused_until(connection: sqlite3.Connection, feed_id: FeedId) -> datetime | None:
    """The end of the pause that the feed or its host asked for last, be it over or not."""
    row = connection.execute(
        "SELECT nullif(max(coalesce(f.retry_after_at, ''), coalesce(h.paused_until, '')), '') AS until "
        "FROM feeds f LEFT JOIN hosts h ON h.host = f.host WHERE f.id = ?",
        [feed_id],
    ).fetchone()
    return optional_time(row["until"]) if row else None


def has_entries(connection: sqlite3.Connection, feed_id: FeedId) -> bool:
    """Whether a feed has ever shown an entry."""
    return connection.execute("SELECT 1 FROM entries WHERE feed_id = ? LIMIT 1", [feed_id]).fetchone() is not None


def _hints_text(hints: FeedHints | None) -> str | None:
    if hints is None:
        return None
    return json.dumps(
        {
            "ttl_s": hints.ttl.total_seconds() if hints.ttl else None,
            "update_s": hints.update_interval.total_seconds() if hints.update_interval else None,
            "skip_hours": sorted(hints.skip_hours),
            "skip_days": sorted(hints.skip_days),
        }
    )
