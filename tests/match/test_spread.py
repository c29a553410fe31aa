"""Histograms, intervals and counts by bin, on pairs that can be counted by hand."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from ingest.match.measure import pair_score
from ingest.match.spread import BINS, JudgedPair, by_bin, histograms, intervals
from ingest.model import ArticleId, Verdict
from tests.match.test_cluster import join

LABELS = {ArticleId(n): "a" if n < 4 else "b" for n in range(1, 7)}


def similar(a: int, b: int, jaccard: float, containment: tuple[float, float]) -> Verdict:
    verdict = join(a, b)
    evidence = replace(verdict.evidence, jaccard=jaccard, containment_a=containment[0], containment_b=containment[1])
    return replace(verdict, evidence=evidence)


def test_candidates_fall_into_tenths_by_label() -> None:
    verdicts = [similar(1, 2, 1.0, (1.0, 1.0)), similar(2, 3, 0.1, (0.05, 0.95)), similar(1, 4, 0.09, (0.3, 0.2))]
    found = histograms(LABELS, verdicts)
    assert found["jaccard"].same == (0, 1, 0, 0, 0, 0, 0, 0, 0, 1)
    assert found["jaccard"].different == (1, *[0] * 9)
    assert found["containment"].same == (*[0] * 9, 2)
    assert found["containment"].different == (0, 0, 0, 1, *[0] * 6)
    assert all(len(side) == BINS for each in found.values() for side in (each.same, each.different))


PAIRS = [
    *[JudgedPair(joined=True, same=True, weight=3.0, bin="9")] * 8,
    *[JudgedPair(joined=True, same=False, weight=3.0, bin="9")] * 2,
    *[JudgedPair(joined=False, same=True, weight=1.0, bin="10")] * 3,
    *[JudgedPair(joined=False, same=False, weight=1.0, bin="0")] * 20,
]


def test_an_interval_holds_its_score_and_a_seed_gives_it_again() -> None:
    found = intervals(PAIRS, seed=4)
    score = pair_score([(pair.joined, pair.same, pair.weight) for pair in PAIRS])
    assert found is not None
    for name in ("p", "r", "f1"):
        interval = getattr(found, name)
        assert interval.low <= getattr(score, name) <= interval.high
    assert found.p.low < found.p.high
    assert found == intervals(PAIRS, seed=4)


def test_pairs_are_drawn_within_their_bin() -> None:
    """Every pair of bin 10 is a miss, so that no resample can find more or fewer of them."""
    found = intervals(PAIRS[10:], seed=4)
    assert found is not None
    assert (found.r.low, found.r.high) == (0.0, 0.0)


def test_without_pairs_there_is_no_interval() -> None:
    assert intervals([], seed=1) is None
    assert by_bin([]) == ()


def test_bins_are_counted_in_the_order_of_their_numbers() -> None:
    found = by_bin([*PAIRS, JudgedPair(joined=True, same=True), JudgedPair(joined=True, same=False, bin="odd")])
    assert [(each.bin, each.n, each.false_joins, each.misses) for each in found] == [
        ("0", 20, 0, 0), ("9", 10, 2, 0), ("10", 3, 0, 3), ("odd", 1, 1, 0), (None, 1, 0, 0),
    ]  # fmt: skip


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.sampled_from([None, "1", "2"])), min_size=1, max_size=12))
def test_intervals_stay_in_bounds(rows: list[tuple[bool, bool, str | None]]) -> None:
    found = intervals([JudgedPair(joined=j, same=s, bin=b) for j, s, b in rows], seed=1, resamples=20)
    assert found is not None
    for interval in (found.p, found.r, found.f1):
        assert 0.0 <= interval.low <= interval.high <= 1.0
