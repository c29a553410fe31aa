"""Decides from the ledger whether a recipient's digest is to be sent now, later, or not again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from ingest.errors import DeliveryError, Reason
from ingest.model import Delivery, DeliveryStatus
from ingest.model.day import Reader
from ingest.publish.schedule import digest_window, latest_due

# What a digest after these need not tell again.
_TOLD = (DeliveryStatus.SENT, DeliveryStatus.SKIPPED)

# Waits after the first, second, ... attempt. Together they last four days, after which RFC 5321 §4.5.4.1 lets a
# sender give up; the digest of four days ago is no news either.
_WAITS = (
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
    timedelta(hours=24),
    timedelta(hours=24),
)
MAX_ATTEMPTS = len(_WAITS) + 1
#: Texts without an answer after which nothing more is sent: each may have arrived, and a reader gets one twice at most.
MAX_UNANSWERED = 2
#: A digest that makes up for missed ones covers no more than this.
MAX_SPAN = timedelta(days=14)
# A row of a day further ahead was written under a clock that has since been set back: it does not bind.
_AHEAD = timedelta(days=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """Send now. `previous` is the row of earlier attempts; its Message-ID is to be used again."""

    previous: Delivery | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """Not before `at`."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """Nothing more to do: sent, or failed for good. `delivery` is the row that says so."""

    delivery: Delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUp:
    """This row is as it was left by a crash, and another attempt might be one mail too many: settle it so."""

    delivery: Delivery


Step = Send | Later | Done | GiveUp


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A reader's digest that is due: of which day, covering what, and what to do about it.

    overtaken: rows of earlier days, settled as what they are now: what they would have told is in this one.
    """

    day: date
    since: datetime
    until: datetime
    step: Step
    overtaken: tuple[Delivery, ...] = ()


def turn(reader: Reader, rows: Sequence[Delivery], now: datetime) -> Turn:
    """Say which digest of a reader is due at `now` and what to do about it, given the ledger's rows of the reader.

    A digest begins where the last one that was accepted ended: after downtime, or days on which no server took it, one
    digest covers all that was missed (MAX_SPAN at most). Raises ConfigError for an unknown time zone.
    """
    mine = [row for row in rows if _same(row.recipient, reader.address)]
    day = latest_due(now, reader.timezone, reader.at, reader.weekdays)
    since, until = digest_window(day, reader.timezone, reader.at, reader.weekdays)
    told = [row.until for row in mine if row.status in _TOLD and row.day < day and row.until and row.until <= until]
    missed = [row.since for row in mine if row.status not in _TOLD and row.day < day and row.since]
    if told or missed:
        since = max(max(told) if told else min(*missed, since), until - MAX_SPAN)
    if since >= until:  # a day that the zone skipped, or an hour that was moved: nothing lies between
        last = next(row for row in mine if row.until == max(told))
        return Turn(day=day, since=since, until=until, step=Done(delivery=last))
    overtaken = tuple(
        replace(row, status=DeliveryStatus.FAILED, next_at=None, reason=row.reason or Reason.OVERTAKEN)
        for row in mine
        if row.day < day and row.status in (DeliveryStatus.PENDING, DeliveryStatus.LATER)
    )
    ahead = [row for row in mine if row.status in _TOLD and day < row.day <= day + _AHEAD]
    if ahead:  # the clock was set back by a day: what is due now was told already
        return Turn(day=day, since=since, until=until, step=Done(delivery=ahead[0]))
    return Turn(day=day, since=since, until=until, step=due(day, reader.address, mine, now), overtaken=overtaken)


def due(day: date, recipient: str, deliveries: Sequence[Delivery], now: datetime) -> Step:
    """Say what to do about one recipient's digest of one day, given the ledger's rows.

    A row that is still pending was left by a crash. Where the text had not gone out, it is sent at once; where it had,
    nothing says whether the server accepted it: after its wait it is sent once more under its own Message-ID.
    """
    row = next((row for row in deliveries if row.day == day and _same(row.recipient, recipient)), None)
    if row is None:
        return Send()
    if row.status not in (DeliveryStatus.PENDING, DeliveryStatus.LATER):
        return Done(delivery=row)
    if row.unanswered >= MAX_UNANSWERED:
        return GiveUp(delivery=replace(row, status=DeliveryStatus.FAILED, next_at=None, reason=Reason.SMTP_BROKEN))
    if row.status is DeliveryStatus.PENDING and not row.unanswered:
        return Send(previous=row)
    # A wait longer than any of ours was written under a clock that has since been set back: it does not bind.
    if row.next_at is not None and now < row.next_at <= now + max(_WAITS):
        return Later(at=row.next_at)
    return Send(previous=row)


def begin(previous: Delivery | None, turn: Turn, reader: Reader, *, message_id: str, now: datetime) -> Delivery:
    """The row to commit before the dialogue begins."""
    attempts = (previous.attempts if previous else 0) + 1
    return Delivery(
        day=turn.day,
        recipient=previous.recipient if previous else reader.address,  # its key, however it is spelled by now
        message_id=previous.message_id if previous else message_id,
        status=DeliveryStatus.PENDING,
        attempts=attempts,
        unanswered=previous.unanswered if previous else 0,
        next_at=now + _wait(attempts),
        since=turn.since,
        until=turn.until,
        edition=reader.edition,
    )


def handing_over(row: Delivery) -> Delivery:
    """The row to commit before DATA: from here on, until there is an answer, the mail may have arrived."""
    return replace(row, unanswered=row.unanswered + 1)


def skipped(row: Delivery) -> Delivery:
    """The row of a day on which there was nothing to tell."""
    return replace(row, status=DeliveryStatus.SKIPPED, next_at=None, reason=Reason.EMPTY_DAY)


def accepted(row: Delivery, *, answer: str, now: datetime) -> Delivery:
    """The row after the server took the mail."""
    return replace(row, status=DeliveryStatus.SENT, next_at=None, reason=None, answer=answer, sent_at=now)


def refused(row: Delivery, error: DeliveryError, *, now: datetime) -> Delivery:
    """The row after an attempt that failed: to be tried again, unless the failure is final or the attempts are used up.

    row: as it was begun, before its text went out. The row's recipient is the ledger's, not the error's.
    """
    unanswered = row.unanswered + (error.reason is Reason.SMTP_BROKEN)
    row = replace(row, reason=error.reason, answer=str(error), sent_at=None, unanswered=unanswered)
    if error.final or row.attempts >= MAX_ATTEMPTS or unanswered >= MAX_UNANSWERED:
        return replace(row, status=DeliveryStatus.FAILED, next_at=None)
    return replace(row, status=DeliveryStatus.LATER, next_at=now + _wait(row.attempts))


def _wait(attempts: int) -> timedelta:
    return _WAITS[min(max(attempts, 1), len(_WAITS)) - 1]


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()
