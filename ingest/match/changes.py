"""What becomes of stories between two states: split, merged, told otherwise, another first publication."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ingest.model import ArticleId, Relation, StoryId


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The stories of one state: each article's story and relation, each story's first publication, and ended ones."""

    story_of: Mapping[ArticleId, StoryId]
    relation_of: Mapping[ArticleId, Relation]
    first_of: Mapping[StoryId, ArticleId | None]
    into: Mapping[StoryId, StoryId]  # where a story that ended went


@dataclass(frozen=True, slots=True, kw_only=True)
class StorySplit:
    """Articles that leave a story together."""

    story_id: StoryId
    articles: tuple[ArticleId, ...]
    staying: tuple[ArticleId, ...]
    into: StoryId | None  # None: a new one
    others: tuple[ArticleId, ...]  # of a new one: who comes to it from other stories


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryMerge:
    """A story that ends in another."""

    story_id: StoryId
    into: StoryId
    articles: tuple[ArticleId, ...]  # what it brings
    others: tuple[ArticleId, ...]  # whom they come to


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationChange:
    """An article that stays in its story as something else."""

    article_id: ArticleId
    story_id: StoryId
    before: Relation
    after: Relation


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstChange:
    """A story that names another first publication."""

    story_id: StoryId
    before: ArticleId | None
    after: ArticleId | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Everything that changes, by story; relations of articles that change their story are no news."""

    splits: tuple[StorySplit, ...]
    merges: tuple[StoryMerge, ...]
    relations: tuple[RelationChange, ...]
    firsts: tuple[FirstChange, ...]


def changes(before: Standing, after: Standing) -> Changes:
    """Return what changes from one state to another. Articles that only one of them knows are passed over."""
    old, new = _members(before, after), _members(after, before)
    return Changes(
        splits=tuple(split for story_id in sorted(old) for split in _splits(story_id, old, new, after)),
        merges=tuple(_merges(old, new, after)),
        relations=tuple(_relations(before, after)),
        firsts=tuple(_firsts(before, after)),
    )


def _members(of: Standing, known: Standing) -> dict[StoryId, list[ArticleId]]:
    """The stories of a state with those of their articles that the other state knows."""
    found: dict[StoryId, list[ArticleId]] = {}
    for article_id in sorted(of.story_of):
        if article_id in known.story_of:
            found.setdefault(of.story_of[article_id], []).append(article_id)
    return found


def _splits(
    story_id: StoryId,
    old: Mapping[StoryId, list[ArticleId]],
    new: Mapping[StoryId, list[ArticleId]],
    after: Standing,
) -> Iterator[StorySplit]:
    """The parts of a story that do not go where it goes on, in order of their first articles.

    A story that ended in another goes on there; where nobody of it went there, in the part of its first article.
    """
    members = old[story_id]
    home = after.into.get(story_id, story_id)
    parts: dict[StoryId, list[ArticleId]] = {}
    for article_id in members:
        parts.setdefault(after.story_of[article_id], []).append(article_id)
    home = home if home in parts else after.story_of[members[0]]
    for place, leaving in parts.items():
        if place == home:
            continue
        is_new = place not in old
        yield StorySplit(
            story_id=story_id,
            articles=tuple(leaving),
            staying=tuple(article_id for article_id in members if after.story_of[article_id] != place),
            into=None if is_new else place,
            others=tuple(article_id for article_id in new[place] if article_id not in leaving) if is_new else (),
        )


def _merges(
    old: Mapping[StoryId, list[ArticleId]], new: Mapping[StoryId, list[ArticleId]], after: Standing
) -> Iterator[StoryMerge]:
    """The stories of which the last articles went to a story that was there before."""
    for story_id, members in old.items():
        into = after.into.get(story_id)
        brought = [article_id for article_id in members if after.story_of[article_id] == into]
        if story_id in new or into is None or not brought:
            continue
        others = tuple(article_id for article_id in new[into] if article_id not in set(brought))
        yield StoryMerge(story_id=story_id, into=into, articles=tuple(brought), others=others)


def _relations(before: Standing, after: Standing) -> Iterator[RelationChange]:
    for article_id, story_id in before.story_of.items():
        if after.story_of.get(article_id) != story_id:
            continue
        old, new = before.relation_of[article_id], after.relation_of[article_id]
        if old is not new:
            yield RelationChange(article_id=article_id, story_id=story_id, before=old, after=new)


def _firsts(before: Standing, after: Standing) -> Iterator[FirstChange]:
    for story_id in sorted(set(before.story_of.values()) & set(after.story_of.values())):
        old, new = before.first_of.get(story_id), after.first_of.get(story_id)
        if old != new:
            yield FirstChange(story_id=story_id, before=old, after=new)
