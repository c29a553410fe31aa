"""What becomes of stories between two states, as values."""

from __future__ import annotations

from dataclasses import replace

from ingest.match.changes import Changes, Standing, changes
from ingest.model import ArticleId, Relation, StoryId

NONE = Changes(splits=(), merges=(), relations=(), firsts=())


def standing(stories: dict[int, list[int]], into: dict[int, int] | None = None) -> Standing:
    """Stories as one run of copies makes them: the first member is the original, the others its copies."""
    return Standing(
        story_of={ArticleId(n): StoryId(story) for story, members in stories.items() for n in members},
        relation_of={
            ArticleId(n): Relation.ORIGINAL if n == members[0] else Relation.COPY
            for members in stories.values()
            for n in members
        },
        first_of={StoryId(story): ArticleId(members[0]) for story, members in stories.items()},
        into={StoryId(old): StoryId(new) for old, new in (into or {}).items()},
    )


BEFORE = standing({1: [1, 2, 3], 2: [4, 5], 3: [6]})


def splits(after: Standing) -> list[tuple[object, ...]]:
    return [(s.story_id, s.articles, s.staying, s.into, s.others) for s in changes(BEFORE, after).splits]


def test_the_same_state_has_no_changes() -> None:
    assert changes(BEFORE, BEFORE) == NONE


def test_a_split_names_who_leaves_who_stays_and_where_they_go() -> None:
    assert splits(standing({1: [1, 2], 7: [3], 2: [4, 5], 3: [6]})) == [(1, (3,), (1, 2), None, ())]
    assert splits(standing({1: [1, 2], 2: [4, 5, 3], 3: [6]})) == [(1, (3,), (1, 2), 2, ())]


def test_a_new_story_says_who_else_comes_to_it() -> None:
    found = splits(standing({1: [1, 2], 2: [4], 7: [3, 5], 3: [6]}))
    assert found == [(1, (3,), (1, 2), None, (5,)), (2, (5,), (4,), None, (3,))]


def test_a_merge_names_both_stories_and_who_comes_to_whom() -> None:
    found = changes(BEFORE, standing({1: [1, 2, 3], 2: [4, 5, 6]}, {3: 2}))
    (merge,) = found.merges
    assert (merge.story_id, merge.into, merge.articles, merge.others) == (3, 2, (6,), (4, 5))
    assert (found.splits, found.relations, found.firsts) == ((), (), ())


def test_a_story_may_be_torn_between_the_one_it_ends_in_and_another() -> None:
    found = changes(BEFORE, standing({1: [1, 2, 3, 5], 3: [4, 6]}, {2: 1}))
    assert [(s.story_id, s.articles, s.into) for s in found.splits] == [(2, (4,), 3)]
    assert [(m.story_id, m.into, m.articles) for m in found.merges] == [(2, 1, (5,))]


def test_a_story_that_ended_where_none_of_it_went_goes_on_with_its_first_article() -> None:
    found = changes(BEFORE, standing({1: [1, 2, 3], 8: [4], 9: [5], 3: [6]}, {2: 1}))
    assert [(s.story_id, s.articles, s.staying) for s in found.splits] == [(2, (5,), (4,))]
    assert found.merges == ()


def test_another_relation_is_told_of_articles_that_stay() -> None:
    after = standing({1: [1, 2], 2: [3, 4, 5], 3: [6]})
    after = replace(after, relation_of={**after.relation_of, ArticleId(2): Relation.REWRITE})
    found = changes(BEFORE, after).relations
    assert [(c.article_id, c.story_id, c.before, c.after) for c in found] == [
        (2, 1, Relation.COPY, Relation.REWRITE),
        (4, 2, Relation.ORIGINAL, Relation.COPY),
    ]


def test_another_first_is_told_of_stories_that_go_on() -> None:
    after = replace(BEFORE, first_of={**BEFORE.first_of, StoryId(1): ArticleId(2), StoryId(3): None})
    found = changes(BEFORE, after).firsts
    assert [(c.story_id, c.before, c.after) for c in found] == [(1, 1, 2), (3, 6, None)]


def test_articles_that_one_state_does_not_know_are_passed_over() -> None:
    assert changes(BEFORE, standing({1: [1, 2, 3], 2: [4, 5, 7], 9: [8], 3: [6]})) == NONE
    assert changes(BEFORE, standing({1: [1, 2, 3], 2: [4], 3: [6]})) == NONE
