"""The whole of matching on our own set: floors, any order, one at a time as all at once."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from ingest.match.batch import Matched, match_all
from ingest.match.cluster import group
from ingest.match.features import Features, features
from ingest.match.index import Index
from ingest.match.measure import by_kind, candidate_recall, pairwise
from ingest.match.sketch import sketch
from ingest.match.verify import compare
from ingest.model import ArticleId, Constraint, ConstraintKind, Document, Group, Relation, Verdict
from tests.match.samples import TEMPLATES, TEXTS, document, issues, journey

_WINDOW = timedelta(days=14)
_DOCUMENTS = [
    *(form for number, language in enumerate(TEXTS) for form in journey(language, 1 + 100 * number)),
    *(piece for number, template in enumerate(TEMPLATES) for piece in issues(template, 2000 + 100 * number)),
]
_STORY = {d.id: str(d.id // 100 if d.id < 2000 else d.id) for d in _DOCUMENTS}


@pytest.fixture(scope="module")
def matched() -> Matched:
    return match_all(_DOCUMENTS, window=_WINDOW)


@pytest.fixture(scope="module")
def measured() -> dict[ArticleId, Features]:
    return {d.id: features(d) for d in _DOCUMENTS}


def _placed(groups: tuple[Group, ...]) -> dict[ArticleId, int]:
    return {member.article_id: place for place, found in enumerate(groups) for member in found.members}


def test_quality_on_our_own_set_does_not_fall(matched: Matched) -> None:
    placed = _placed(matched.groups)
    score = pairwise(_STORY, placed)
    kinds = by_kind(_STORY, placed, {d.id: "journey" if d.id < 2000 else "issue" for d in _DOCUMENTS})
    assert score.f1 >= 0.999
    assert kinds["issue"].merged == 0.0
    assert kinds["journey"].joined == 1.0
    assert candidate_recall(_STORY, {(v.a, v.b) for v in matched.verdicts}) >= 0.999


def test_each_journey_names_its_original(matched: Matched) -> None:
    found = [g.first.article_id for g in matched.groups if len(g.members) > 1]
    assert found == [1 + 100 * number for number in range(len(TEXTS))]


def test_the_figures_of_a_run_add_up(matched: Matched) -> None:
    stats = matched.stats
    assert (stats.articles, stats.stories, stats.pairs) == (len(_DOCUMENTS), len(matched.groups), len(matched.verdicts))
    assert 0 < stats.joined < stats.pairs
    assert (stats.capped_candidates, stats.capped_postings) == (0, 0)


@pytest.mark.parametrize("seed", range(4))
def test_any_order_of_arrival_gives_the_same_stories(
    seed: int, matched: Matched, measured: dict[ArticleId, Features]
) -> None:
    """As a daemon does it: one article at a time, and only the stories it touches computed anew."""
    arriving = random.Random(seed).sample(_DOCUMENTS, len(_DOCUMENTS))
    index, verdicts = Index(_WINDOW), {}  # type: tuple[Index, dict[tuple[ArticleId, ArticleId], Verdict]]
    documents: dict[ArticleId, Document] = {}
    stories: dict[ArticleId, Group] = {}
    for newest in arriving:
        own = measured[newest.id]
        for other in index.candidates(sketch(own), own.at):
            found = compare(own, measured[other])
            verdicts[found.a, found.b] = found
        index.add(newest.id, sketch(own), own.at)
        documents[newest.id] = newest
        touched = _component(newest.id, verdicts)
        for story in group([measured[n].claim for n in touched], verdicts.values()).groups:
            stories.update((member.article_id, story) for member in story.members)
    assert {frozenset((story,)) for story in stories.values()} == {frozenset((story,)) for story in matched.groups}


def _component(start: ArticleId, verdicts: dict[tuple[ArticleId, ArticleId], Verdict]) -> set[ArticleId]:
    """All articles that joining verdicts lead to from one."""
    found, waiting = {start}, [start]
    while waiting:
        here = waiting.pop()
        for (a, b), verdict in verdicts.items():
            if verdict.relation is not Relation.DIFFERENT and here in (a, b):
                other = b if here == a else a
                if other not in found:
                    found.add(other)
                    waiting.append(other)
    return found


def test_a_person_s_word_is_obeyed() -> None:
    forms = journey("en", 1)
    constraint = Constraint(kind=ConstraintKind.SPLIT, a=forms[3].id)
    groups = match_all(forms, window=_WINDOW, constraints=[constraint]).groups
    assert [member.article_id for member in groups[1].members] == [forms[3].id]


def test_beyond_the_window_only_the_same_words_join_and_say_so() -> None:
    title, paragraphs = TEXTS["en"]
    text, late = "\n".join(paragraphs), 15 * 24 * 60
    cut = [document(1, title, text), document(2, title, "\n".join(paragraphs[:-1]), minutes=late)]
    assert len(match_all(cut, window=_WINDOW).groups) == 2
    assert len(match_all(cut, window=timedelta(days=16)).groups) == 1
    (story,) = match_all([document(1, title, text), document(2, "Again", text, minutes=late)], window=_WINDOW).groups
    assert [member.reason for member in story.members] == ["first", "late"]


def test_hostile_texts_are_matched_and_join_nothing() -> None:
    texts = [
        "",
        "\n" * 5000,
        "a" * 300_000,
        "\ud800 lone",
        "1 " * 9000,
        "(" * 5000,
        "。" * 4000,
        "LONDON (" * 500,
        "\u0301" * 500,
    ]
    found = match_all([document(n, t[:50], t) for n, t in enumerate(texts, 1)], window=_WINDOW)
    assert len(found.groups) == len(texts)


def test_nothing_matches_nothing() -> None:
    assert match_all([], window=_WINDOW).groups == ()
