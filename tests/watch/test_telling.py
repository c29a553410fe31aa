"""What of a match is told, and how many messages alerts become."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.watch.alerting import AlertRules, Carried, Moment, alerts_due, brake, most_at_once
from ingest.watch.telling import HitReason, PassReason, judge

NOW = datetime(2026, 5, 5, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("terms", "told", "baseline", "age", "expected"),
    [
        ({"a"}, [], False, 0, HitReason.FIRST),
        (set(), [], False, 0, HitReason.FIRST),  # found by its source alone
        ({"a"}, [{"a"}], False, 0, PassReason.COPY),
        ({"a"}, [{"b"}, {"a"}], False, 0, PassReason.COPY),
        ({"a", "c"}, [{"b"}, {"a"}], False, 0, HitReason.TERM),
        ({"a"}, [], True, 0, PassReason.BASELINE),
        ({"a"}, [], False, 1, PassReason.BEFORE),
    ],
)
def test_what_is_told(
    terms: set[str], told: list[set[str]], baseline: bool, age: int, expected: HitReason | PassReason
) -> None:
    seen_at = NOW - age * HOUR
    found = judge(frozenset(terms), [*map(frozenset, told)], baseline=baseline, seen_at=seen_at, added_at=NOW)
    assert found is expected


def moment(*members: tuple[str, int | None], arrived: int = -1) -> Moment:
    carried = tuple(
        Carried(publisher=name, at=None if minutes is None else NOW + timedelta(minutes=minutes))
        for name, minutes in members
    )
    return Moment(members=carried, arrived=carried[arrived], first_publisher=None)


@pytest.mark.parametrize(
    ("members", "most"),
    [
        ([("A", 0)], 1),
        ([("A", 0), ("B", 60)], 2),
        ([("A", 0), ("B", 61)], 1),
        ([("A", 0), ("A", 1), ("A", 2)], 1),
        ([("A", 0), ("B", 40), ("C", 80)], 2),
        ([("A", 0), ("B", 10), ("C", 20), ("D", 900)], 1),  # it spread long before this straggler
        ([("A", 0), ("B", None), ("C", 30)], 2),
        ([("A", 0), ("B", None)], 0),
    ],
)
def test_publishers_are_counted_in_a_span_with_the_one_that_arrived(
    members: list[tuple[str, int | None]], most: int
) -> None:
    assert most_at_once(moment(*members), HOUR) == most


def test_a_watch_without_kinds_raises_nothing() -> None:
    assert alerts_due(AlertRules(kinds=frozenset()), moment(("A", 0), ("B", 1))) == ()


@given(st.lists(st.integers(0, 300), max_size=60), st.integers(1, 8))
def test_no_hour_sees_more_messages_than_the_cap_and_nothing_is_lost(minutes: list[int], cap: int) -> None:
    """Alerts come at these minutes; the brake is asked each minute, as the daemon asks it."""
    waiting: list[int] = []
    made: list[datetime] = []
    carried: list[int] = []
    for minute in range(600):
        waiting += [number for number, at in enumerate(minutes) if at == minute]
        now = NOW + timedelta(minutes=minute)
        if not waiting:
            continue
        share = brake(waiting, made, now, cap=cap, span=HOUR)
        if share.held_until is not None:
            assert now < share.held_until <= now + HOUR
            assert not share.single and not share.folded
            continue
        made += [now] * (len(share.single) + bool(share.folded))
        carried += [*share.single, *share.folded]
        assert len(share.folded) != 1
        waiting = []
    assert sorted(carried) == list(range(len(minutes)))
    for at in made:
        assert sum(at - HOUR < other <= at for other in made) <= cap
