"""One digest for each recipient and day: what the ledger's rows say about the next attempt."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import DeliveryError, Reason
from ingest.model import Delivery, DeliveryStatus
from ingest.model.day import Reader
from ingest.publish.ledger import (
    MAX_ATTEMPTS,
    MAX_SPAN,
    MAX_UNANSWERED,
    Done,
    GiveUp,
    Later,
    Send,
    Turn,
    accepted,
    begin,
    due,
    handing_over,
    refused,
    skipped,
    turn,
)

DAY = date(2026, 11, 3)
NOW = datetime(2026, 11, 3, 6, 0, tzinfo=UTC)
DESK = "desk@example.org"


READER = Reader(address=DESK, timezone="UTC", at=time(6))
TURN = Turn(day=DAY, since=NOW - timedelta(days=1), until=NOW, step=Send())


def begun(previous: Delivery | None = None, now: datetime = NOW, message_id: str = "<1@x>") -> Delivery:
    return begin(previous, TURN, READER, message_id=message_id, now=now)


def error(reason: Reason = Reason.SMTP_LATER, *, final: bool = False) -> DeliveryError:
    return DeliveryError("451 later", reason=reason, recipient=DESK, final=final)


def test_a_recipient_without_a_row_is_to_be_sent_to() -> None:
    assert due(DAY, DESK, (), NOW) == Send()


def test_what_the_server_accepted_is_never_sent_again() -> None:
    row = accepted(begun(), answer="250 kept", now=NOW)
    assert (row.status, row.sent_at, row.next_at, row.answer) == (DeliveryStatus.SENT, NOW, None, "250 kept")
    for later in (timedelta(0), timedelta(days=400), timedelta(days=-400)):
        assert due(DAY, DESK, (row,), NOW + later) == Done(delivery=row)


def test_a_row_that_a_crash_left_before_the_text_went_out_is_sent_at_once() -> None:
    row = begun()
    assert row.status is DeliveryStatus.PENDING and row.sent_at is None
    assert due(DAY, DESK, (row,), NOW) == Send(previous=row)
    again = begun(row, NOW + timedelta(minutes=5), "<other@x>")
    assert (again.message_id, again.attempts, again.unanswered) == ("<1@x>", 2, 0)


def test_a_text_that_nobody_answered_waits_is_sent_once_more_and_never_a_third_time() -> None:
    row = handing_over(begun())
    assert due(DAY, DESK, (row,), NOW + timedelta(minutes=4)) == Later(at=NOW + timedelta(minutes=5))
    later = NOW + timedelta(minutes=5)
    assert due(DAY, DESK, (row,), later) == Send(previous=row)
    again = handing_over(begun(row, later))
    step = due(DAY, DESK, (again,), later)
    assert isinstance(step, GiveUp)
    assert (step.delivery.status, step.delivery.reason) == (DeliveryStatus.FAILED, Reason.SMTP_BROKEN)
    broken = refused(begun(refused(begun(), error(Reason.SMTP_BROKEN), now=NOW)), error(Reason.SMTP_BROKEN), now=NOW)
    assert (broken.status, broken.unanswered) == (DeliveryStatus.FAILED, MAX_UNANSWERED)


def test_a_text_that_was_refused_has_not_arrived() -> None:
    row = begun()
    handing_over(row)
    assert refused(row, error(), now=NOW).unanswered == 0


def test_a_spelling_of_an_address_that_changed_keeps_the_rows_key() -> None:
    row = refused(replace(begun(), recipient="Desk@example.org"), error(), now=NOW)
    assert begun(row).recipient == "Desk@example.org"


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


# ---------------------------------------------------------------- whose turn it is


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def told(day: date, until: str, status: DeliveryStatus = DeliveryStatus.SENT) -> Delivery:
    ends = at(until)
    return Delivery(
        day=day, recipient=DESK, message_id="<1@x>", status=status, since=ends - timedelta(days=1), until=ends
    )


def test_a_first_digest_covers_the_day_before() -> None:
    assert turn(READER, (), at("2026-11-03T06:30")) == TURN


def test_monday_covers_the_gap_of_a_reader_who_rests_at_the_weekend() -> None:
    reader = replace(READER, weekdays=frozenset(range(5)))
    found = turn(reader, (told(date(2026, 11, 6), "2026-11-06T06:00"),), at("2026-11-09T07:00"))
    assert (found.day, found.since, found.until) == (
        date(2026, 11, 9), at("2026-11-06T06:00"), at("2026-11-09T06:00"),
    )  # fmt: skip
    sunday = turn(reader, (told(date(2026, 11, 6), "2026-11-06T06:00"),), at("2026-11-08T20:00"))
    assert isinstance(sunday.step, Done)


def test_after_downtime_one_digest_covers_the_missed_span_and_no_more_than_two_weeks() -> None:
    found = turn(READER, (told(date(2026, 10, 28), "2026-10-28T06:00"),), at("2026-11-03T09:00"))
    assert (found.day, found.since) == (DAY, at("2026-10-28T06:00"))
    longer = turn(READER, (told(date(2026, 9, 28), "2026-09-28T06:00"),), at("2026-11-03T09:00"))
    assert longer.since == longer.until - MAX_SPAN


def test_what_no_server_took_is_told_the_day_after_and_its_row_is_closed() -> None:
    late = replace(
        told(date(2026, 11, 2), "2026-11-02T06:00", DeliveryStatus.LATER), reason=Reason.SMTP_LATER, next_at=NOW
    )
    lost = told(date(2026, 11, 1), "2026-11-01T06:00", DeliveryStatus.PENDING)
    found = turn(READER, (told(date(2026, 10, 31), "2026-10-31T06:00"), lost, late), at("2026-11-03T06:30"))
    assert found.since == at("2026-10-31T06:00")
    assert turn(READER, (late,), at("2026-11-03T06:30")).since == at("2026-11-01T06:00")  # never had one
    assert [(row.day.day, row.status, row.reason) for row in found.overtaken] == [
        (1, DeliveryStatus.FAILED, Reason.OVERTAKEN), (2, DeliveryStatus.FAILED, Reason.SMTP_LATER),
    ]  # fmt: skip


def test_an_empty_day_that_was_not_mailed_is_told_all_the_same() -> None:
    row = skipped(begun())
    assert (row.status, row.reason, row.next_at) == (DeliveryStatus.SKIPPED, Reason.EMPTY_DAY, None)
    assert isinstance(turn(READER, (row,), at("2026-11-03T06:30")).step, Done)
    assert turn(READER, (row,), at("2026-11-05T06:30")).since == row.until


def test_an_hour_that_was_moved_repeats_nothing() -> None:
    evening = told(date(2026, 11, 2), "2026-11-02T18:00")
    assert turn(READER, (evening,), at("2026-11-03T06:30")).since == at("2026-11-02T18:00")


def test_a_clock_set_back_by_a_day_sends_nothing_and_one_set_right_after_a_month_goes_on() -> None:
    rows = (told(DAY, "2026-11-03T06:00"),)
    assert turn(READER, rows, at("2026-11-02T07:00")).step == Done(delivery=rows[0])
    wrong = (told(date(2026, 12, 3), "2026-12-03T06:00"), *rows)
    assert isinstance(turn(READER, wrong, at("2026-11-04T07:00")).step, Send)


def test_another_readers_rows_are_nobody_elses() -> None:
    other = replace(told(DAY, "2026-11-03T06:00"), recipient="other@example.org")
    assert isinstance(turn(READER, (other,), at("2026-11-03T07:00")).step, Send)


ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu")


@given(
    st.sampled_from(ZONES),
    st.builds(time, st.integers(0, 23), st.sampled_from([0, 30])),
    st.sampled_from([date(2026, 3, 27), date(2026, 10, 23), date(2028, 2, 27), date(2011, 12, 28), date(2026, 4, 3)]),
    st.sets(st.integers(0, 6), min_size=1).map(frozenset),
    st.lists(st.tuples(st.integers(-90, 1500), st.sampled_from(["ok", "ok", "later", "crash"])), max_size=40),
)
def test_through_every_change_of_clocks_each_day_is_told_once_and_no_moment_twice(
    zone: str, hour: time, day: date, weekdays: frozenset[int], steps: list[tuple[int, str]]
) -> None:
    """A daemon that looks at odd moments, on a clock that is now and then set back by an hour or so."""
    reader = Reader(address=DESK, timezone=zone, at=hour, weekdays=weekdays)
    now, rows, mails = datetime.combine(day, time(), tzinfo=UTC), dict[date, Delivery](), list[Turn]()
    for minutes, what in steps:
        now += timedelta(minutes=minutes)
        found = turn(reader, tuple(rows.values()), now)
        rows.update({row.day: row for row in found.overtaken})
        if not isinstance(found.step, Send):
            continue
        row = begin(found.step.previous, found, reader, message_id="<1@x>", now=now)
        if what == "ok":
            row = accepted(handing_over(row), answer="250", now=now)
            mails.append(found)
        elif what == "later":
            row = refused(row, error(), now=now)
        rows[found.day] = row
    assert len({mail.day for mail in mails}) == len(mails)
    for one, following in pairwise(mails):
        assert one.until <= following.since < following.until
        assert one.day < following.day and following.day.weekday() in weekdays
        if following.until - one.until <= MAX_SPAN:
            assert following.since == one.until


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
        row = begun(step.previous, now, f"<{number}@x>")
        ids.add(row.message_id)
        if what == "accepted":
            row, taken = accepted(row, answer="250", now=now), taken + 1
        elif what in ("later", "final"):
            row = refused(row, error(final=what == "final"), now=now)
        rows = (row,)
    assert taken <= 1
    assert len(ids) <= 1
    assert (taken == 1) == any(row.status is DeliveryStatus.SENT for row in rows)
