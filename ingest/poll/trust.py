"""Whether a server's 304 can be believed: rare requests without validators, and what they bring to light."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from ingest.model import Outcome, PollState
from ingest.poll.headers import Headers, header

#: Between two requests without validators, of a feed that is believed and of one that was caught.
PROBE_EVERY, PROBE_LIAR_EVERY = timedelta(days=7), timedelta(days=1)
#: So many signs of honesty, with nothing against it in between, make a feed believed again.
SIGNS_TO_TRUST = 7
#: An entry dated so long before the last 304 was there when the server said that nothing had changed. Publishers date
#: back by hours, and once a feed is under suspicion its probes are a day apart: a day would hide what they find.
SLACK, SLACK_OF_LIAR = timedelta(hours=24), timedelta(hours=6)
#: A validator longer than this is not worth sending back at every poll.
MAX_VALIDATOR_CHARS = 2048


def has_validators(state: PollState) -> bool:
    """Whether there is anything to send that a 304 could answer."""
    return state.validators_url is not None and (state.etag is not None or state.last_modified is not None)


def probe_due(state: PollState, now: datetime) -> bool:
    """Whether the next request goes without validators, to see whether they hide something."""
    every = PROBE_EVERY if state.lying_at is None else PROBE_LIAR_EVERY
    return state.asked_whole_at is not None and now - state.asked_whole_at >= every


def is_hidden(published_at: datetime | None, state: PollState) -> bool:
    """Whether an entry that is new to us was there, by its own date, when the server last answered 304."""
    slack = SLACK if state.lying_at is None else SLACK_OF_LIAR
    return None not in (published_at, state.vouched_at) and published_at + slack <= state.vouched_at  # type: ignore[operator]


def validator(headers: Headers, name: str) -> str | None:
    """A validator as it came, or None where there is none that is worth keeping."""
    value = header(headers, name)
    return value if value and len(value) <= MAX_VALIDATOR_CHARS else None


def with_trust(state: PollState, outcome: Outcome, now: datetime) -> PollState:
    """Return the state after a poll as far as belief in its validators goes; `state` holds those from before it.

    Caught: other entries under the validator that we had, or a probe that finds what a 304 denied.
    """
    if outcome.unconditional:
        state = replace(state, asked_whole_at=now)
    if outcome.status == 304:
        return replace(state, vouched_at=now)
    if not outcome.parsed or not has_validators(state):
        return state
    if _caught(state, outcome):
        return replace(state, lying_at=now, honest_signs=0)
    if state.lying_at is None:
        return state
    signs = _signs_of_honesty(state, outcome)
    believed = signs >= SIGNS_TO_TRUST
    return replace(state, lying_at=None if believed else state.lying_at, honest_signs=0 if believed else signs)


def _signs_of_honesty(state: PollState, outcome: Outcome) -> int:
    """A look behind that finds nothing new, and news without a look; news by a look says nothing either way."""
    changed = bool(outcome.new_entries or outcome.revised_entries)
    if outcome.unconditional:
        return state.honest_signs + (not changed)
    return state.honest_signs + changed


def _caught(state: PollState, outcome: Outcome) -> bool:
    if outcome.validators_url != state.validators_url or outcome.status == 226:
        return False
    changed = bool(outcome.new_entries or outcome.revised_entries)
    return (changed and _same_validator(state, outcome.headers)) or (outcome.unconditional and outcome.backdated)


def _same_validator(state: PollState, headers: Headers) -> bool:
    """The ETag where there is one: a date alone is coarse, and may well stand beside a new one."""
    if state.etag is not None:
        return validator(headers, "etag") == state.etag
    return validator(headers, "last-modified") == state.last_modified
