"""Counting: nothing is lost between threads, and no stranger makes a new series."""

from __future__ import annotations

import threading

from ingest.pipeline.counts import MAX_SERIES, OTHER, SECONDS, Counts


def test_threads_lose_no_count() -> None:
    counts = Counts()

    def work() -> None:
        for _ in range(5_000):
            counts.add("polls_total", "ok", "")
            counts.took("poll_seconds", 0.5)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts.total("polls_total", "ok", "") == counts.total("polls_total") == 20_000
    assert sum(counts.spreads("poll_seconds")[()].counts) == 20_000


def test_a_spread_sorts_into_the_class_whose_bound_is_not_passed() -> None:
    counts = Counts()
    for seconds in (0.0, 0.001, 0.0011, 3600.0, 3600.1):
        counts.took("poll_lag_seconds", seconds)
    spread = counts.spreads("poll_lag_seconds")[()]
    assert (spread.counts[0], spread.counts[1], spread.counts[len(SECONDS) - 1], spread.counts[-1]) == (2, 1, 1, 1)
    assert abs(spread.total - 7200.1021) < 1e-9


def test_labels_that_are_no_closed_set_end_in_one_series() -> None:
    counts = Counts()
    for number in range(MAX_SERIES + 100):
        counts.add("polls_total", "error", f"stranger{number}")
    totals = counts.totals("polls_total")
    assert len(totals) == MAX_SERIES + 1
    assert totals[OTHER, OTHER] == 100


def test_what_was_read_does_not_change_afterwards() -> None:
    counts = Counts()
    counts.took("poll_seconds", 1.0)
    before = counts.spreads("poll_seconds")[()]
    counts.took("poll_seconds", 1.0)
    assert sum(before.counts) == 1
