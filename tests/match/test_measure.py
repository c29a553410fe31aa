"""The measures, on partitions small enough to count by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.match.measure import (
    adjusted_rand,
    b_cubed,
    by_kind,
    by_language,
    candidate_recall,
    first_score,
    mixed_share,
    pair_score,
    pairwise,
)

_LABELS = {1: "a", 2: "a", 3: "a", 4: "b", 5: "b", 6: "c"}
_FOUND = {1: 0, 2: 0, 3: 1, 4: 1, 5: 1, 6: 2}


def test_pairs_are_counted() -> None:
    score = pairwise(_LABELS, _FOUND)
    assert (score.p, score.r, score.f1) == (0.5, 0.5, 0.5)


def test_b_cubed_averages_over_articles() -> None:
    score = b_cubed(_LABELS, _FOUND)
    assert score.p == pytest.approx((1 + 1 + 1 / 3 + 2 / 3 + 2 / 3 + 1) / 6)
    assert score.r == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 + 1 + 1) / 6)


def test_adjusted_rand_is_one_for_the_same_partition_and_near_nought_for_one_heap() -> None:
    assert adjusted_rand(_LABELS, _LABELS) == 1.0
    assert adjusted_rand(_LABELS, dict.fromkeys(_LABELS, 0)) == 0.0
    assert adjusted_rand(_LABELS, _FOUND) == pytest.approx((2 - 16 / 15) / (4 - 16 / 15))


def test_kinds_tell_joined_from_merged() -> None:
    kinds = by_kind(_LABELS, _FOUND, {1: "copy", 2: "copy", 3: "rewrite", 4: "copy", 6: "flash"})
    assert (kinds["copy"].joined, kinds["copy"].n) == (1.0, 3)
    assert kinds["copy"].merged == pytest.approx(1 / 3)
    assert (kinds["rewrite"].joined, kinds["rewrite"].merged) == (0.0, 1.0)
    assert (kinds["flash"].joined, kinds["flash"].merged) == (0.0, 0.0)


def test_mixed_groups_are_counted_among_those_of_two_or_more() -> None:
    assert mixed_share(_LABELS, _FOUND) == 0.5
    assert mixed_share(_LABELS, _LABELS) == mixed_share({1: "a"}, {1: 0}) == mixed_share({}, {}) == 0.0


def test_candidates_count_in_either_order() -> None:
    assert candidate_recall(_LABELS, [(2, 1), (1, 3), (4, 5), (1, 6)]) == 0.75
    assert candidate_recall(_LABELS, [(2, 1), (1, 3), (3, 2), (4, 5)]) == 1.0
    assert candidate_recall({1: "a"}, []) == 1.0


def test_candidates_count_among_the_pairs_that_are_asked_for() -> None:
    pairs = [(2, 1), (1, 3), (4, 5)]
    assert candidate_recall(_LABELS, pairs, lambda a, b: 1 in (a, b)) == 1.0
    assert candidate_recall(_LABELS, pairs, lambda a, b: {a, b} == {2, 3}) == 0.0


def test_a_language_is_scored_by_its_own_articles() -> None:
    scores = by_language(_LABELS, _FOUND, {1: "de", 2: "de", 6: "fr"})
    assert scores["de"].pairwise == pairwise({1: _LABELS[1], 2: _LABELS[2]}, {1: _FOUND[1], 2: _FOUND[2]})
    assert (scores["de"].n, scores["fr"].n) == (2, 1)
    assert set(scores) == {"de", "fr"}


def test_first_answers_are_right_wrong_or_withheld() -> None:
    score = first_score([(1, 1), (2, 3), (None, 4), (5, 5)])
    assert (score.right, score.wrong, score.abstained) == (0.5, 0.25, 0.25)
    assert first_score([]).right == 0.0


def test_single_pairs_are_weighted() -> None:
    score = pair_score([(True, True, 3.0), (True, False, 1.0), (False, True, 1.0), (False, False, 9.0)])
    assert (score.p, score.r) == (0.75, 0.75)


def test_nothing_scores_without_a_fault() -> None:
    assert pairwise({}, {}).f1 == 1.0
    assert b_cubed({}, {}).f1 == 1.0
    assert adjusted_rand({}, {}) == 1.0
    assert pair_score([(True, False, 1.0), (False, True, 1.0)]).f1 == 0.0


@given(st.dictionaries(st.integers(0, 20), st.tuples(st.sampled_from("abc"), st.integers(0, 3)), min_size=1))
def test_scores_stay_in_bounds_and_the_truth_scores_one(items: dict[int, tuple[str, int]]) -> None:
    labels = {item: label for item, (label, _) in items.items()}
    found = {item: held for item, (_, held) in items.items()}
    for score in (pairwise(labels, found), b_cubed(labels, found)):
        assert 0 <= score.p <= 1 and 0 <= score.r <= 1 and 0 <= score.f1 <= 1
    assert adjusted_rand(labels, found) <= 1
    assert pairwise(labels, labels).f1 == b_cubed(labels, labels).f1 == adjusted_rand(labels, labels) == 1
