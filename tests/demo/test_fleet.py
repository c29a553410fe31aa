"""What a machine can carry follows from what an article costs on it."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import timedelta

import pytest

from ingest.demo.fleet import ARTICLES_A_FEED, Costs, carried, measure

COSTS = Costs(extract_s=0.02, match_s=0.01, question_s=0.0002, index_bytes=800.0, indexed=50_000)
WINDOW = timedelta(days=14)
GIGABYTE = 1 << 30


@pytest.mark.parametrize(
    ("change", "processors", "memory", "limit", "articles"),
    [
        ({}, 2, 1024 * GIGABYTE, "extracting", 0.5 * 2 * 86_400 / 0.03),
        ({"extract_s": 0.001}, 8, 1024 * GIGABYTE, "matching", 0.5 * 86_400 / 0.01),
        ({}, 2, GIGABYTE, "memory", 0.5 * GIGABYTE / (28 * 800)),
    ],
    ids=["extracting", "matching", "memory"],
)
def test_the_scarcest_sets_the_fleet(
    change: dict[str, float], processors: int, memory: int, limit: str, articles: float
) -> None:
    fleet = carried(replace(COSTS, **change), processors=processors, memory_bytes=memory, window=WINDOW)  # type: ignore[arg-type]
    assert (fleet.limit, fleet.articles_a_day) == (limit, int(articles))
    assert fleet.feeds == int(articles / ARTICLES_A_FEED)


def test_every_stage_is_measured_by_the_clock_given() -> None:
    ticks, told = itertools.count(), []
    costs = measure(lambda: float(next(ticks)), lambda *word: told.append(word), indexed=600, rounds=1, pages=5)
    assert 0 < costs.extract_s < 1 and 0 < costs.match_s < 1 and costs.question_s == pytest.approx(1.0)
    assert costs.index_bytes > 100
    assert {stage for stage, _, _ in told} == {"pages", "index"}
