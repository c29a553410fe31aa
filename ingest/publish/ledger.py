"""Decides from the ledger whether a recipient's digest is to be sent now, later, or not again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from ingest.errors import DeliveryError
from ingest.model import Delivery, DeliveryStatus

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
    """Nothing more to do: sent, or failed for good."""

    delivery: Delivery


def due(day: date, recipient: str, deliveries: Sequence[Delivery], now: datetime) -> Send | Later | Done:
    """Say what to do about one recipient's digest of one day, given the ledger's rows.

    A row that is still pending when its time has come was left by a crash: it is sent again under its own
    Message-ID, since nothing says that the server ever accepted it.
    """
    row = next((row for row in deliveries if row.day == day and _same(row.recipient, recipient)), None)
    if row is None:
        return Send()
    if row.status in (DeliveryStatus.SENT, DeliveryStatus.FAILED):
        return Done(delivery=row)
    # A wait longer than any of ours was written under a clock that has since been set back: it does not bind.
    if row.next_at is not None and now < row.next_at <= now + max(_WAITS):
        return Later(at=row.next_at)
    return Send(previous=row)


def begin(previous: Delivery | None, *, day: date, recipient: str, message_id: str, now: datetime) -> Delivery:
    """The row to commit before the dialogue begins; until its `next_at` nobody else sends the same digest."""
    attempts = (previous.attempts if previous else 0) + 1
    return Delivery(
        day=day,
        recipient=recipient,
        message_id=previous.message_id if previous else message_id,
        status=DeliveryStatus.PENDING,
        attempts=attempts,
        next_at=now + _wait(attempts),
    )


def accepted(row: Delivery, *, answer: str, now: datetime) -> Delivery:
    """The row after the server took the mail."""
    return replace(row, status=DeliveryStatus.SENT, next_at=None, reason=None, answer=answer, sent_at=now)


def refused(row: Delivery, error: DeliveryError, *, now: datetime) -> Delivery:
    """The row after an attempt that failed: to be tried again, unless the failure is final or the attempts are used up.

    The row's recipient is the ledger's, not the error's.
    """
    row = replace(row, reason=error.reason, answer=str(error), sent_at=None)
    if error.final or row.attempts >= MAX_ATTEMPTS:
        return replace(row, status=DeliveryStatus.FAILED, next_at=None)
    return replace(row, status=DeliveryStatus.LATER, next_at=now + _wait(row.attempts))


def _wait(attempts: int) -> timedelta:
    return _WAITS[min(max(attempts, 1), len(_WAITS)) - 1]


def _same(one: str, other: str) -> bool:
    return one.strip().casefold() == other.strip().casefold()
