"""One digest for each recipient and day: what the ledger's rows say about the next attempt."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import DeliveryError, Reason
from ingest.model import Delivery, DeliveryStatus
from ingest.publish.ledger import MAX_ATTEMPTS, Done, Later, Send, accepted, begin, due, refused

DAY = date(2026, 11, 3)
NOW = datetime(2026, 11, 3, 6, 0, tzinfo=UTC)
DESK = "desk@example.org"


def begun(previous: Delivery | None = None, now: datetime = NOW) -> Delivery:
    return begin(previous, day=DAY, recipient=DESK, message_id="<1@x>", now=now)


def error(reason: Reason = Reason.SMTP_LATER, *, final: bool = False) -> DeliveryError:
    return DeliveryError("451 later", reason=reason, recipient=DESK, final=final)


def test_a_recipient_without_a_row_is_to_be_sent_to() -> None:
    assert due(DAY, DESK, (), NOW) == Send()


def test_what_the_server_accepted_is_never_sent_again() -> None:
    row = accepted(begun(), answer="250 kept", now=NOW)
    assert (row.status, row.sent_at, row.next_at, row.answer) == (DeliveryStatus.SENT, NOW, None, "250 kept")
    for later in (timedelta(0), timedelta(days=400), timedelta(days=-400)):
        assert due(DAY, DESK, (row,), NOW + later) == Done(delivery=row)


def test_a_row_in_the_dialogue_keeps_others_from_sending_until_its_time_has_come() -> None:
    row = begun()
    assert row.status is DeliveryStatus.PENDING and row.sent_at is None
    assert due(DAY, DESK, (row,), NOW + timedelta(minutes=4)) == Later(at=NOW + timedelta(minutes=5))


def test_a_row_that_a_crash_left_is_sent_again_under_its_own_message_id() -> None:
    row = begun()
    step = due(DAY, DESK, (row,), NOW + timedelta(minutes=5))
    assert step == Send(previous=row)
    again = begin(row, day=DAY, recipient=DESK, message_id="<other@x>", now=NOW + timedelta(minutes=5))
    assert (again.message_id, again.attempts) == ("<1@x>", 2)


def test_a_failure_that_may_pass_is_tried_again_and_one_that_is_final_is_not() -> None:
    later = refused(begun(), error(), now=NOW)
    assert (later.status, later.reason) == (DeliveryStatus.LATER, Reason.SMTP_LATER)
    assert due(DAY, DESK, (later,), NOW) == Later(at=NOW + timedelta(minutes=5))
    final = refused(begun(), error(Reason.SMTP_REFUSED, final=True), now=NOW)
    assert (final.status, final.next_at) == (DeliveryStatus.FAILED, None)
    assert due(DAY, DESK, (final,), NOW + timedelta(days=9)) == Done(delivery=final)


def test_attempts_end_after_four_days_with_waits_that_never_shrink() -> None:
    now, row, waits = NOW, None, []
    for _ in range(MAX_ATTEMPTS):
        row = refused(begun(row, now), error(), now=now)
        if row.next_at is None:
            break
        waits.append(row.next_at - now)
        now = row.next_at
    assert row is not None and row.status is DeliveryStatus.FAILED and row.attempts == MAX_ATTEMPTS
    assert waits == sorted(waits)
    assert timedelta(days=3) < now - NOW < timedelta(days=5)


def test_a_failure_after_a_success_of_another_recipient_leaves_that_row_alone() -> None:
    sent = accepted(begun(), answer="250", now=NOW)
    other = replace(refused(begun(), error(), now=NOW), recipient="other@example.org")
    rows = (other, sent)
    assert isinstance(due(DAY, DESK, rows, NOW), Done)
    assert isinstance(due(DAY, "other@example.org", rows, NOW), Later)
    assert due(DAY, "third@example.org", rows, NOW) == Send()
    assert due(DAY + timedelta(days=1), DESK, rows, NOW) == Send()


@pytest.mark.parametrize("spelling", ["Desk@Example.ORG", " desk@example.org "])
def test_another_spelling_of_an_address_is_the_same_recipient(spelling: str) -> None:
    row = accepted(begun(), answer="250", now=NOW)
    assert isinstance(due(DAY, spelling, (row,), NOW), Done)


def test_a_wait_written_under_a_clock_since_set_back_does_not_bind() -> None:
    row = begun(now=NOW + timedelta(days=300))
    assert due(DAY, DESK, (row,), NOW) == Send(previous=row)


STEPS = st.lists(
    st.tuples(st.sampled_from(["accepted", "later", "final", "crash"]), st.integers(0, 60 * 30)), max_size=40
)


@given(STEPS)
def test_whatever_happens_a_digest_is_accepted_at_most_once_under_one_message_id(steps: list[tuple[str, int]]) -> None:
    now, rows, taken, ids = NOW, (), 0, set()
    for number, (what, minutes) in enumerate(steps):
        now += timedelta(minutes=minutes)
        step = due(DAY, DESK, rows, now)
        if not isinstance(step, Send):
            continue
        row = begin(step.previous, day=DAY, recipient=DESK, message_id=f"<{number}@x>", now=now)
        ids.add(row.message_id)
        if what == "accepted":
            row, taken = accepted(row, answer="250", now=now), taken + 1
        elif what in ("later", "final"):
            row = refused(row, error(final=what == "final"), now=now)
        rows = (row,)
    assert taken <= 1
    assert len(ids) <= 1
    assert (taken == 1) == any(row.status is DeliveryStatus.SENT for row in rows)
