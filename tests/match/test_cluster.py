"""Stories are a function of the set; a person's word outranks every verdict; ids are stable."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.match.claims import Claim, claim
from ingest.match.cluster import assign, group
from ingest.model import (
    ArticleId,
    Assignment,
    Constraint,
    ConstraintKind,
    Evidence,
    Group,
    Join,
    Merge,
    Placing,
    Relation,
    Start,
    StoryId,
    Verdict,
)
from tests.match.samples import NOON, document

_EVIDENCE = Evidence(
    jaccard=0.5, containment_a=0.5, containment_b=0.5, title=0.0, lead_a=0.5, lead_b=0.5, gap_s=None, shared=9
)


def join(a: int, b: int, score: float = 0.9) -> Verdict:
    return Verdict(
        a=ArticleId(min(a, b)),
        b=ArticleId(max(a, b)),
        relation=Relation.COPY,
        score=score,
        reason="copy",
        explanation="",
        evidence=_EVIDENCE,
    )


def veto(a: int, b: int, reason: str = "ordinals") -> Verdict:
    return Verdict(
        a=ArticleId(min(a, b)),
        b=ArticleId(max(a, b)),
        relation=Relation.DIFFERENT,
        score=0.3,
        reason=reason,
        explanation="",
        evidence=_EVIDENCE,
    )


def revision(a: int, b: int) -> Verdict:
    return replace(join(a, b, 0.95), relation=Relation.REVISION, reason="revision")


def docs(count: int) -> list[Claim]:
    return [claim(document(n, f"t{n}", f"text {n}", minutes=n)) for n in range(1, count + 1)]


def apart(a: int, b: int) -> Constraint:
    return Constraint(kind=ConstraintKind.APART, a=ArticleId(a), b=ArticleId(b))


def merge(a: int, b: int) -> Constraint:
    return Constraint(kind=ConstraintKind.MERGE, a=ArticleId(a), b=ArticleId(b))


def split(a: int) -> Constraint:
    return Constraint(kind=ConstraintKind.SPLIT, a=ArticleId(a))


def ids(groups: tuple[Group, ...]) -> list[list[int]]:
    return [[int(member.article_id) for member in found.members] for found in groups]


@pytest.mark.parametrize(
    ("verdicts", "constraints", "expected"),
    [
        ([], [], [[1], [2], [3], [4]]),
        ([join(1, 2), join(2, 3)], [], [[1, 2, 3], [4]]),
        ([veto(1, 2), join(2, 3)], [], [[1], [2, 3], [4]]),
        ([join(1, 2), join(2, 3), veto(1, 3)], [], [[1, 2], [3], [4]]),
        ([join(1, 2, 0.6), join(2, 3, 0.9), veto(1, 3)], [], [[1], [2, 3], [4]]),
        ([join(1, 2, 0.95), join(2, 3), veto(1, 3, "numbers")], [], [[1, 2], [3], [4]]),
        ([revision(1, 2), join(2, 3), veto(1, 3, "numbers")], [], [[1, 2, 3], [4]]),
        ([join(1, 2, 0.95), revision(2, 3), veto(1, 3, "numbers")], [], [[1, 2, 3], [4]]),
        ([revision(1, 2), join(2, 3), veto(1, 3, "ordinals")], [], [[1, 2], [3], [4]]),
        ([join(1, 2), join(2, 3)], [apart(1, 3)], [[1, 2], [3], [4]]),
        ([join(1, 2), join(2, 3)], [split(2)], [[1], [2], [3], [4]]),
        ([], [merge(1, 4)], [[1, 4], [2], [3]]),
        ([veto(1, 4)], [merge(1, 4)], [[1, 4], [2], [3]]),
        ([join(1, 2)], [split(2), merge(2, 4)], [[1], [2, 4], [3]]),
        ([], [merge(1, 4), apart(1, 4)], [[1], [2], [3], [4]]),
        (
            [join(1, 99)],
            [merge(1, 99), apart(2, 99), split(99), Constraint(kind=ConstraintKind.MERGE, a=ArticleId(1))],
            [[1], [2], [3], [4]],
        ),
    ],
    ids=[
        "nothing joins",
        "a chain of two",
        "a veto alone",
        "a veto across",
        "the better pair wins",
        "other numbers without a revision",
        "a revision within explains half of other numbers",
        "a revision between explains other numbers",
        "no revision explains another ordinal",
        "apart",
        "split",
        "merge",
        "merge over veto",
        "split then merged",
        "apart over merge",
        "unknown articles",
    ],
)
def test_verdicts_and_a_persons_word_make_the_stories(
    verdicts: list[Verdict], constraints: list[Constraint], expected: list[list[int]]
) -> None:
    assert ids(group(docs(4), verdicts, constraints).groups) == expected


def test_a_merge_brings_both_stories_whole() -> None:
    """The articles that a person names may each hang on their story by a single verdict."""
    own = [join(1, 2, 0.6), join(2, 3), join(3, 4), join(2, 4), join(4, 5), join(3, 5)]
    other = [join(a, b) for a in range(6, 12) for b in range(a + 1, 12)]
    assert len(group(docs(11), [*own, *other]).groups) == 2
    assert ids(group(docs(11), [*own, *other], [merge(1, 6)]).groups) == [list(range(1, 12))]
    story_of = {
        n: found for found in ids(group(docs(11), [*own, *other], [merge(1, 6), apart(5, 6)]).groups) for n in found
    }
    assert 6 in story_of[1] and 6 not in story_of[5]


@pytest.mark.parametrize("leaf", [1, 4], ids=["the earliest", "the latest"])
def test_a_text_of_a_line_waits_until_the_whole_texts_are_joined(leaf: int) -> None:
    """Its verdict is the best of all; first, it would have been a member that the others had to agree with."""
    whole = [number for number in (1, 2, 3, 4) if number != leaf]
    claims = [replace(each, words=8 if each.id == leaf else 300) for each in docs(4)]
    verdicts = [join(leaf, whole[0], 0.99), veto(leaf, whole[1]), veto(leaf, whole[2])]
    verdicts += [join(whole[0], whole[1], 0.9), join(whole[0], whole[2], 0.8), join(whole[1], whole[2], 0.7)]
    assert sorted(ids(group(claims, verdicts, ()).groups)) == sorted([[leaf], whole])


def test_one_member_cannot_weld_two_grown_stories() -> None:
    one, other = [(1, 2), (1, 3), (2, 3)], [(4, 5), (4, 6), (5, 6)]
    inner = [join(a, b, 0.95) for a, b in one + other]
    assert ids(group(docs(6), [*inner, join(3, 4, 0.6)]).groups) == [[1, 2, 3], [4, 5, 6]]
    assert ids(group(docs(6), [*inner, join(3, 4, 0.6), join(2, 5, 0.6)]).groups) == [[1, 2, 3, 4, 5, 6]]


def test_members_tell_how_they_came_in() -> None:
    (found, *_) = group(docs(4), [join(1, 2, 0.7), join(1, 3, 0.8), join(2, 3, 0.9)], [merge(1, 4)]).groups
    assert [(m.relation, m.score, m.via, m.reason) for m in found.members] == [
        (Relation.ORIGINAL, 1.0, None, "first"),
        (Relation.COPY, 0.9, 3, "copy"),
        (Relation.COPY, 0.9, 2, "copy"),
        (Relation.REWRITE, 0.0, 1, "person"),
    ]


def test_members_without_a_time_come_last() -> None:
    late = claim(document(1, "t", "x", minutes=None))
    assert ids(group([late, claim(document(2, "t", "x"))], [join(1, 2)]).groups) == [[2, 1]]


_PAIRS = st.tuples(st.integers(1, 9), st.integers(1, 9)).filter(lambda pair: pair[0] != pair[1])


@given(
    st.dictionaries(_PAIRS.map(lambda p: (min(p), max(p))), st.sampled_from([0.5, 0.7, 0.7, 0.9, None]), max_size=24),
    st.lists(
        st.builds(lambda kind, pair: kind(*pair), st.sampled_from([apart, merge]), _PAIRS)
        | st.builds(split, st.integers(1, 9)),
        max_size=4,
    ),
    st.randoms(use_true_random=False),
)
def test_any_order_gives_the_same_stories(pairs: dict, constraints: list[Constraint], random) -> None:  # type: ignore[no-untyped-def, type-arg]
    verdicts = [veto(*pair) if score is None else join(*pair, score) for pair, score in pairs.items()]
    documents = [claim(document(n, "t", "x", minutes=(n * 7) % 3)) for n in range(1, 10)]
    expected = group(documents, verdicts, constraints)
    for things in (documents, verdicts, constraints):
        random.shuffle(things)  # type: ignore[arg-type]
    assert group(documents, verdicts, constraints) == expected
    assert sorted(n for found in ids(expected.groups) for n in found) == list(range(1, 10))
    together = {n: place for place, found in enumerate(ids(expected.groups)) for n in found}
    assert all(c.b is None or c.kind is not ConstraintKind.APART or together[c.a] != together[c.b] for c in constraints)


def placed(**stories: list[int]) -> Placing:
    return Placing(story_of={ArticleId(a): StoryId(int(s[1:])) for s, members in stories.items() for a in members})


def told(assignments: tuple[Assignment, ...]) -> list[object]:
    shown: list[object] = []
    for found in assignments:
        match found:
            case Join():
                shown.append((int(found.story_id), ids((found.group,))[0]))
            case Start():
                shown.append(ids((found.group,))[0])
            case Merge():
                shown.append(f"{found.story_id}>{found.into}")
    return shown


@pytest.mark.parametrize(
    ("verdicts", "placing", "expected"),
    [
        ([], placed(), [[1], [2], [3], [4]]),
        ([join(1, 2)], placed(s7=[1]), [(7, [1, 2]), [3], [4]]),
        ([join(1, 2)], placed(s7=[1], s3=[2]), [(3, [1, 2]), [3], [4], "7>3"]),
        ([join(1, 2), join(2, 3)], placed(s7=[1, 2], s3=[3], s9=[4]), [(3, [1, 2, 3]), (9, [4]), "7>3"]),
        ([join(1, 2)], placed(s7=[1, 2, 3]), [(7, [1, 2]), [3], [4]]),
        ([], placed(s7=[1, 2]), [(7, [1]), [2], [3], [4]]),
        ([join(3, 4), join(1, 2)], placed(s7=[1, 3, 4], s5=[2]), [(5, [1, 2]), (7, [3, 4])]),
    ],
    ids=["all new", "goes on", "the older stays", "three in one", "splits", "a tie goes to the first", "crossed"],
)
def test_ids_are_stable(verdicts: list[Verdict], placing: Placing, expected: list[object]) -> None:
    assert told(assign(group(docs(4), verdicts).groups, placing)) == expected


def test_assigning_again_changes_nothing() -> None:
    groups = group(docs(4), [join(1, 2), join(3, 4)]).groups
    held = placed(s1=[1, 2], s2=[3, 4])
    assert told(assign(groups, held)) == [(1, [1, 2]), (2, [3, 4])]


def test_time_orders_groups_and_not_ids() -> None:
    early = claim(document(9, "t", "x", published_at=NOON - timedelta(days=1)))
    assert ids(group([*docs(2), early], []).groups) == [[9], [1], [2]]


@given(st.data())
def test_a_part_that_no_verdict_links_with_the_rest_is_grouped_as_if_it_were_alone(data: st.DataObject) -> None:
    """Scores tie often, and the two parts lie between each other in time: another part must not break a tie."""
    claims = docs(16)
    own = {1: data.draw(st.sets(st.integers(1, 16), min_size=1, max_size=15))}
    own[2] = set(range(1, 17)) - own[1]
    verdicts: dict[int, list[Verdict]] = {}
    for part, ids in own.items():
        pairs = [(a, b) for a in ids for b in ids if a < b]
        kinds = data.draw(st.lists(st.sampled_from((None, 0.8, 0.9, veto)), min_size=len(pairs), max_size=len(pairs)))
        verdicts[part] = [
            veto(a, b) if kind is veto else join(a, b, kind)
            for (a, b), kind in zip(pairs, kinds, strict=True)
            if kind is not None
        ]
    apart = [group([claim for claim in claims if claim.id in own[part]], verdicts[part]) for part in own]
    whole = group(claims, verdicts[1] + verdicts[2])
    first_of = {found.members[0].article_id: found for found in whole.groups}
    assert first_of == {found.members[0].article_id: found for part in apart for found in part.groups}
    assert sorted(whole.refused, key=repr) == sorted((one for part in apart for one in part.refused), key=repr)
