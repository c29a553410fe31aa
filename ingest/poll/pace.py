"""How far apart a feed's polls are by what it showed: closer where its window overflows, further where it is silent."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ingest.model import Outcome, PollState

#: Of the entries that a poll shows, the share known before: below the first there is too little overlap to be sure
#: that nothing passed unseen, above the second there is more than enough. Source: Media Cloud's rss-fetcher.
SPARSE, AMPLE = 1 / 3, 2 / 3
#: A feed that was silent so long waits in proportion from then on: never longer than 1/168 of its silence at 1 h.
SILENT_AFTER = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How often a feed may be asked. `least` and `most` bound what its own behaviour makes of `interval`."""

    interval: timedelta
    max_interval: timedelta  # no wish of a feed or its server is longer, and no failure
    least: timedelta | None = None  # None: never below the interval
    most: timedelta | None = None  # None: never above it
    relaxed: timedelta | None = None  # while a hub pushes what is new, polls are only to find what it misses


def with_pace(state: PollState, outcome: Outcome, rhythm: Rhythm, now: datetime) -> PollState:
    """Return the state with its hurry adjusted by what a successful poll showed, and an overflow counted."""
    share = 1.0 if outcome.status == 304 else outcome.known_share
    if overflowed(outcome):
        state = replace(state, overflows=state.overflows + 1, overflow_at=now)
    if share is None or SPARSE <= share <= AMPLE:
        return state
    hurry = min(state.hurry + 1, _most_hurry(rhythm)) if share < SPARSE else state.hurry - 1
    return replace(state, hurry=max(0, hurry))


def overflowed(outcome: Outcome) -> bool:
    """Whether a poll shared no entry with what was known: what came and went in between was missed."""
    return outcome.known_share == 0.0


def own_wait(state: PollState, rhythm: Rhythm, now: datetime) -> timedelta:
    """The time to the next poll by the feed's own behaviour, before anybody's wishes."""
    wait = max(rhythm.interval / (1 << state.hurry), min(rhythm.interval, rhythm.least or rhythm.interval))
    if rhythm.relaxed is not None:
        wait = max(wait, min(rhythm.relaxed, rhythm.max_interval))
    heard_at = state.last_change_at or state.baseline_at
    if heard_at is None or rhythm.most is None or now - heard_at <= SILENT_AFTER:
        return wait
    return max(wait, min(rhythm.interval * ((now - heard_at) / SILENT_AFTER), rhythm.most))


def _most_hurry(rhythm: Rhythm) -> int:
    least, halvings = rhythm.least or rhythm.interval, 0
    while rhythm.interval / (1 << halvings) > least and halvings < 16:
        halvings += 1
    return halvings
