"""The worst disagreements of a grouping with its labels, on sets small enough to see through."""

from __future__ import annotations

import pytest

from ingest.match.faults import Links, false_joins, misses
from ingest.model import ArticleId, Refusal, Relation, Verdict
from tests.match.test_cluster import join, veto


def ids(**labels: str) -> dict[ArticleId, str]:
    return {ArticleId(int(name[1:])): label for name, label in labels.items()}


LABELS = ids(n1="a", n2="a", n3="a", n4="b", n5="b", n6="c", n7="d")
#: One heap of a, b and c, chained 3 - 4 and 5 - 6; d alone.
GROUPS = {ArticleId(n): 0 if n < 7 else 1 for n in range(1, 8)}
VERDICTS = [
    join(1, 2, 0.95), join(2, 3, 0.9), join(3, 4, 0.6), join(2, 5, 0.7), join(4, 5, 0.8), join(5, 6, 0.65), veto(3, 6),
]  # fmt: skip


def test_a_union_of_two_labels_is_shown_once_by_its_most_certain_verdict() -> None:
    first = false_joins(LABELS, GROUPS, Links(VERDICTS), limit=1)[0]
    assert (first.a, first.b, first.pairs, first.together) == (2, 5, 6, True)
    assert first.verdict == join(2, 5, 0.7)
    assert first.path == ()


def test_what_came_about_through_others_comes_last_with_the_way_it_took() -> None:
    found = false_joins(LABELS, GROUPS, Links(VERDICTS), limit=9)
    assert [(fault.a, fault.b, fault.pairs) for fault in found] == [(2, 5, 6), (5, 6, 2), (1, 6, 3)]
    assert [(step.a, step.b) for step in found[2].path] == [(1, 2), (2, 5), (5, 6)]
    assert found[2].verdict is None


def test_a_pair_that_a_verdict_told_apart_keeps_that_verdict_beside_the_path() -> None:
    fault = Links(VERDICTS).fault(ArticleId(6), ArticleId(3), GROUPS)
    assert (fault.a, fault.b) == (3, 6)
    assert fault.verdict is not None and fault.verdict.relation is Relation.DIFFERENT
    assert [(step.a, step.b) for step in fault.path] in ([(2, 3), (2, 5), (5, 6)], [(3, 4), (4, 5), (5, 6)])


def test_a_miss_is_shown_by_the_verdict_that_came_nearest() -> None:
    groups = {**GROUPS, ArticleId(3): 2}
    near, far = veto(2, 3), Verdict(**{name: getattr(veto(1, 3), name) for name in Verdict.__slots__} | {"score": 0.1})
    (found,) = misses(LABELS, groups, Links([far, near, join(1, 2)]), limit=5)
    assert (found.a, found.b, found.pairs, found.together) == (2, 3, 2, False)
    assert found.verdict == near


def test_a_miss_that_was_never_proposed_says_so() -> None:
    (found,) = misses(LABELS, {**GROUPS, ArticleId(5): 3}, Links([]), limit=5)
    assert (found.a, found.b, found.verdict, found.path) == (4, 5, None, ())


def test_those_that_cost_the_most_pairs_come_first_and_of_equals_the_never_proposed() -> None:
    labels = {ArticleId(n): "abc"[n % 3] for n in range(1, 13)}
    groups = {n: (0 if n < 7 else 1) if labels[n] == "a" else n if labels[n] == "b" else 5 for n in labels}
    found = misses(labels, groups, Links([join(1, 4, 0.6)]), limit=99)
    assert [fault.pairs for fault in found] == [4, *[1] * 6]
    assert found[-1].verdict == join(1, 4, 0.6)


@pytest.mark.parametrize("limit", [0, 1, 2, 3, 50])
def test_no_more_are_given_than_asked_for(limit: int) -> None:
    assert len(false_joins(LABELS, GROUPS, Links(VERDICTS), limit=limit)) == min(limit, 3)


def test_the_order_of_the_verdicts_changes_nothing() -> None:
    assert false_joins(LABELS, GROUPS, Links(VERDICTS), limit=9) == false_joins(
        LABELS, GROUPS, Links(VERDICTS[::-1]), limit=9
    )


def test_there_is_no_fault_where_groups_and_labels_agree() -> None:
    links = Links(VERDICTS)
    assert false_joins(LABELS, LABELS, links, limit=9) == misses(LABELS, LABELS, links, limit=9) == []
    assert links.path(ArticleId(1), ArticleId(7), GROUPS) == ()


def test_a_joining_verdict_that_grouping_refused_keeps_the_word_for_it() -> None:
    refused = [Refusal(a=ArticleId(4), b=ArticleId(5), reason="series")]
    (found,) = misses(LABELS, {**GROUPS, ArticleId(5): 3}, Links(VERDICTS, refused), limit=5)
    assert (found.verdict, found.refused) == (join(4, 5, 0.8), "series")
    assert Links(VERDICTS, refused).fault(ArticleId(4), ArticleId(5), GROUPS).refused is None
