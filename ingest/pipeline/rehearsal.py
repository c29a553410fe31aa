"""What matching everything again would change: the real thing, done to a copy of the database."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from ingest.match.batch import Progress, unheard
from ingest.match.changes import FirstChange, RelationChange, Standing, StoryMerge, StorySplit, changes
from ingest.match.features import features
from ingest.match.verify import compare
from ingest.model import ArticleId, Relation, StoryId
from ingest.pipeline.exhibits import PairExhibit, exhibit, judged_exhibit
from ingest.pipeline.matching import Matcher
from ingest.store import read_placing, stories
from ingest.store.connection import Store
from ingest.store.read_placing import Head, Placed
from ingest.store.scratch import scratch_copy


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleName:
    """An article by its number and title."""

    id: ArticleId
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryName:
    """A story by its number and title."""

    id: StoryId
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Articles that would leave their story together, for another or (into is None) for a new one."""

    story: StoryName
    articles: tuple[ArticleName, ...]
    into: StoryName | None
    others: tuple[ArticleName, ...]  # of a new story: who comes to it from elsewhere
    decided: PairExhibit  # one that leaves and one that stays, a or b


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """A story that would end in another."""

    story: StoryName
    into: StoryName
    articles: int
    decided: PairExhibit  # one of either; where its verdict does not join them, a person's word does


@dataclass(frozen=True, slots=True, kw_only=True)
class Retold:
    """An article that would stay in its story as something else."""

    article: ArticleName
    story: StoryName
    before: Relation
    after: Relation
    via: ArticleName | None
    reason: str
    explanation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFirst:
    """A story that would name another first publication, or none."""

    story: StoryName
    before: ArticleName | None
    after: ArticleName | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The rehearsal in figures."""

    articles: int
    waiting: int  # of these, texts that wait to be matched for the first time: what changes for them is no news
    stories_before: int
    stories_after: int
    split: int  # stories
    merged: int  # stories
    relations: int  # articles
    firsts: int  # stories


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """Everything that `samewire reprocess` would change."""

    counts: Counts
    splits: tuple[Split, ...]
    merges: tuple[Merged, ...]
    relations: tuple[Retold, ...]
    firsts: tuple[NewFirst, ...]


def match_again(store: Store, matcher: Matcher, now: datetime, progress: Progress = unheard) -> int:
    """Match every stored article under this version's rules; returns how many there were.

    It can be stopped at any time: `match_rest`, or whoever next matches what waits, goes on where it stopped.
    """
    stories.unmatch_all(store)
    return match_rest(store, matcher, now, progress)


def match_rest(store: Store, matcher: Matcher, now: datetime, progress: Progress = unheard) -> int:
    """Match what waits to be matched, as a `match_again` that was stopped leaves it; returns how many there were."""
    total, done = stories.count_unmatched(store.connection), 0
    matcher.rebuild(store, now)
    while matched := matcher.match_waiting(store, now):
        done += matched
        progress("matching", done, max(total, done))
    matcher.settle(store, now)
    return done


def rehearse(path: Path, matcher: Callable[[], Matcher], now: datetime, progress: Progress = unheard) -> Rehearsal:
    """Match everything again on a copy of the database, and say what changed there. The database is only read.

    matcher: makes the one that `samewire reprocess` would use. Raises as `scratch_copy`.
    """
    with scratch_copy(path, for_command="samewire reprocess --dry-run", progress=progress) as store:
        before = _State.of(store.connection)
        match_again(store, matcher(), now, progress)
        return _Words(store.connection, before, _State.of(store.connection)).rehearsal()


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    """Every article's place and every story's head."""

    placed: dict[ArticleId, Placed]
    heads: dict[StoryId, Head]

    @classmethod
    def of(cls, connection: sqlite3.Connection) -> _State:
        return cls(placed=read_placing.placed(connection), heads=read_placing.heads(connection))

    @property
    def standing(self) -> Standing:
        return Standing(
            story_of={article_id: place.story_id for article_id, place in self.placed.items()},
            relation_of={article_id: place.relation for article_id, place in self.placed.items()},
            first_of={story_id: head.first_article_id for story_id, head in self.heads.items()},
            into={story_id: head.merged_into for story_id, head in self.heads.items() if head.merged_into is not None},
        )


class _Words:
    """Changes in words: titles beside numbers, verdicts beside pairs."""

    def __init__(self, connection: sqlite3.Connection, before: _State, after: _State) -> None:
        self._connection, self._before, self._after = connection, before, after

    def rehearsal(self) -> Rehearsal:
        """All of it."""
        found = changes(self._before.standing, self._after.standing)
        placed = self._before.placed.values()
        return Rehearsal(
            counts=Counts(
                articles=len(placed),
                waiting=sum(not place.is_matched for place in placed),
                stories_before=len({place.story_id for place in placed}),
                stories_after=len({place.story_id for place in self._after.placed.values()}),
                split=len({split.story_id for split in found.splits}),
                merged=len(found.merges),
                relations=len(found.relations),
                firsts=len(found.firsts),
            ),
            splits=tuple(map(self._split, found.splits)),
            merges=tuple(map(self._merged, found.merges)),
            relations=tuple(map(self._retold, found.relations)),
            firsts=tuple(map(self._new_first, found.firsts)),
        )

    def _split(self, split: StorySplit) -> Split:
        return Split(
            story=self._story(split.story_id),
            articles=self._articles(split.articles),
            into=self._story(split.into) if split.into is not None else None,
            others=self._articles(split.others),
            decided=self._pair(split.articles, split.staying),
        )

    def _merged(self, merge: StoryMerge) -> Merged:
        return Merged(
            story=self._story(merge.story_id),
            into=self._story(merge.into),
            articles=len(merge.articles),
            decided=self._pair(merge.articles, merge.others),
        )

    def _retold(self, change: RelationChange) -> Retold:
        place = self._after.placed[change.article_id]
        near = read_placing.nearest(self._connection, [change.article_id], [place.via]) if place.via else None
        return Retold(
            article=self._articles([change.article_id])[0],
            story=self._story(change.story_id),
            before=change.before,
            after=change.after,
            via=self._articles([place.via])[0] if place.via is not None else None,
            reason=place.reason,
            explanation=near.verdict.explanation if near else "",
        )

    def _new_first(self, change: FirstChange) -> NewFirst:
        return NewFirst(
            story=self._story(change.story_id),
            before=self._articles([change.before])[0] if change.before is not None else None,
            after=self._articles([change.after])[0] if change.after is not None else None,
            reason=self._after.heads[change.story_id].first_reason,
        )

    def _pair(self, ones: Sequence[ArticleId], others: Sequence[ArticleId]) -> PairExhibit:
        """Across two sets of articles the pair that comes nearest to a join; where none was proposed the first two."""
        near = read_placing.nearest(self._connection, ones, others)
        a, b = (near.verdict.a, near.verdict.b) if near else sorted((ones[0], others[0]))
        documents = {document.id: document for document in stories.documents(self._connection, [a, b])}
        return judged_exhibit(
            near.verdict if near else compare(features(documents[a]), features(documents[b])),
            exhibit(documents[a], a),
            exhibit(documents[b], b),
            together=self._after.placed[a].story_id == self._after.placed[b].story_id,
            proposed=near is not None,
            refused=near.refused if near else None,
        )

    def _story(self, story_id: StoryId) -> StoryName:
        """A story under the title that it bears today."""
        heads = self._before.heads if story_id in self._before.heads else self._after.heads
        return StoryName(id=story_id, title=heads[story_id].title)

    def _articles(self, ids: Sequence[ArticleId]) -> tuple[ArticleName, ...]:
        titles = read_placing.titles(self._connection, ids)
        return tuple(ArticleName(id=article_id, title=titles[article_id]) for article_id in ids)
