"""Housekeeping by rule: what [retention] says is old enough, and pauses of hosts that are over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from ingest.config import Config
from ingest.store.connection import Store
from ingest.store.polls import forget_hosts
from ingest.store.retention import Limits, Piece, pruning

#: What may go, and what is said of it.
KINDS = {
    "polls": "polls added up to days",
    "poll_days": "rows of days of polls dropped",
    "events": "events in digests forgotten",
    "verdicts": "rejected pairs dropped",
    "bodies": "texts dropped",
    "pages": "kept pages dropped",
    "journal": "lines of the journal dropped",
    "hosts": "pauses of hosts forgotten",
}
#: Pauses of hosts that ended so long ago are forgotten.
_PAUSES = timedelta(days=90)


def limits_of(config: Config, now: datetime) -> Limits:
    """What is old enough today, by the configuration."""
    kept = config.retention
    return Limits(
        polls=(now - kept.polls).date(),
        poll_days=(now - kept.poll_days).date(),
        events=(now - kept.events).date(),
        verdicts=now - kept.verdicts,
        bodies=now - kept.bodies if kept.bodies else None,
        pages=now - kept.pages if kept.pages else None,
        journal=now - kept.journal if kept.journal else None,
    )


def prune_by_rule(store: Store, config: Config, now: datetime) -> Iterator[Piece]:
    """Prune in pieces, between which others may write."""
    if gone := forget_hosts(store, now - _PAUSES):
        yield Piece("hosts", gone)
    yield from pruning(store, limits_of(config, now), now)


def summed(pieces: Iterator[Piece]) -> Counter[str]:
    """Do all of it at once: how many records of each kind went, and how many bytes the file lost."""
    done: Counter[str] = Counter()
    for piece in pieces:
        done[piece.kind] += piece.gone
    return done
