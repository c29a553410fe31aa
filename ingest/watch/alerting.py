"""Decides when a watch raises an alert about a story, and how many messages alerts become when they come in a storm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.model import AlertKind


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRules:
    """When a watch alerts."""

    kinds: frozenset[AlertKind] = frozenset({AlertKind.HIT})
    spread_publishers: int = 5
    spread_within: timedelta = timedelta(hours=1)
    first_publishers: frozenset[str] = frozenset()  # names or domains, as the index has them


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A member of the story: who carried it when; `at` is None where nobody knows."""

    publisher: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A story at the arrival of an article."""

    members: tuple[Carried, ...]
    arrived: Carried
    first_publisher: str | None  # None: the evidence does not decide
    first_names: frozenset[str] = frozenset()  # its name and domain, as the index has them
    is_first_hit: bool = False
    found: str = ""  # what the watch found in it, in words
    changes: tuple[tuple[str, str], ...] = ()  # numbers before and after


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """What is to be told; `key` tells apart what a story may be told of more than once."""

    kind: AlertKind
    detail: str
    key: str = ""


def alerts_due(rules: AlertRules, moment: Moment) -> tuple[Alert, ...]:
    """What a story with a hit gives reason to tell; what of it was told before, the ledger knows."""
    found = []
    if AlertKind.HIT in rules.kinds and moment.is_first_hit:
        found.append(Alert(kind=AlertKind.HIT, detail=f"{moment.arrived.publisher}: {moment.found}"))
    if AlertKind.SPREAD in rules.kinds:
        most = most_at_once(moment, rules.spread_within)
        if most >= rules.spread_publishers:
            minutes = round(rules.spread_within.total_seconds() / 60)
            found.append(Alert(kind=AlertKind.SPREAD, detail=f"{most} publishers within {minutes} minutes"))
    if AlertKind.FIRST in rules.kinds and rules.first_publishers & moment.first_names:
        found.append(Alert(kind=AlertKind.FIRST, detail=f"{moment.first_publisher} had it first"))
    if AlertKind.NUMBER in rules.kinds and moment.changes:
        told = "; ".join(f"{before} is now {after}" for before, after in moment.changes[:3])
        key = "; ".join(f"{before} > {after}" for before, after in moment.changes[:3])
        found.append(Alert(kind=AlertKind.NUMBER, detail=f"{moment.arrived.publisher}: {told}", key=key[:200]))
    return tuple(found)


def most_at_once(moment: Moment, within: timedelta) -> int:
    """The most publishers that carried the story within so long, counting spans with the article that arrived.

    Without it a story that spread before anybody watched would be news with each straggler.
    """
    at = moment.arrived.at
    if at is None:
        return 0
    dated = sorted((member.at, member.publisher) for member in moment.members if member.at is not None)
    near = [(when, who) for when, who in dated if at - within <= when <= at + within]
    spans = (
        {who for when, who in near if start <= when <= start + within}
        for start, _ in near
        if start <= at <= start + within
    )
    return max(map(len, spans), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Brake:
    """What the storm brake says: these alone, these as one, and the rest not before `held_until`."""

    single: tuple[int, ...] = ()
    folded: tuple[int, ...] = ()
    held_until: datetime | None = None


def brake(waiting: Sequence[int], made_at: Sequence[datetime], now: datetime, *, cap: int, span: timedelta) -> Brake:
    """Share out what waits for one target, oldest first. made_at: when messages to it were made.

    At most `cap` messages in any span. Where more waits than messages are left, the last one takes all the rest; where
    none is left, all wait together for the next.
    """
    recent = sorted(at for at in made_at if now - span < at <= now)
    left = cap - len(recent)
    if left <= 0:
        return Brake(held_until=recent[-cap] + span)
    if len(waiting) <= left:
        return Brake(single=tuple(waiting))
    return Brake(single=tuple(waiting[: left - 1]), folded=tuple(waiting[left - 1 :]))
