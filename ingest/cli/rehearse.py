"""What `samewire reprocess --dry-run` prints for people: each story that would change, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

import click

from ingest.cli import common, sides

if TYPE_CHECKING:
    from ingest.pipeline.exhibits import PairExhibit
    from ingest.pipeline.rehearsal import ArticleName, Merged, NewFirst, Rehearsal, Retold, Split, StoryName

T = TypeVar("T")

_MOST_NAMED = 5  # articles that leave a story together and are named one by one


def print_rehearsal(found: Rehearsal, *, limit: int) -> None:
    """Print what would change, so many of each kind at most, and the counts at the end."""
    _print("split", found.splits, _split, limit)
    _print("merged", found.merges, _merged, limit)
    _print("told otherwise", found.relations, _retold, limit)
    _print("another first publication", found.firsts, _new_first, limit)
    counts = found.counts
    if counts.waiting:
        click.echo(f"{common.count(counts.waiting, 'article')} of these wait to be matched for the first time")
    click.echo(
        f"{common.count(counts.articles, 'article')}, {common.count(counts.stories_before, 'story')} today and "
        f"{counts.stories_after} then: {counts.split} split, {counts.merged} merged, "
        f"{common.count(counts.relations, 'relation')} and {common.count(counts.firsts, 'first publication')} changed; "
        "nothing was written"
    )


def _print(what: str, changes: Sequence[T], told: Callable[[T], Iterator[str]], limit: int) -> None:
    if not changes:
        return
    click.echo(f"{what}: {len(changes)}")
    for change in changes[:limit]:
        for line in told(change):
            click.echo(f"  {line}")
    if len(changes) > limit:
        click.echo(f"  … and {len(changes) - limit} more (--limit {len(changes)} lists all)")
    click.echo()


def _split(change: Split) -> Iterator[str]:
    into = f"go to {_story(change.into)}" if change.into else "become a new story"
    if change.others:
        into += f" with {', '.join(str(article.id) for article in change.others[:_MOST_NAMED])}"
        into += ", …" if len(change.others) > _MOST_NAMED else ""
    yield f"{_story(change.story)}: {common.count(len(change.articles), 'article')} would {into}"
    for article in change.articles[:_MOST_NAMED]:
        yield f"    {_article(article)}"
    if len(change.articles) > _MOST_NAMED:
        yield f"    … and {len(change.articles) - _MOST_NAMED} more"
    yield from _why(change.decided)


def _merged(change: Merged) -> Iterator[str]:
    yield f"{_story(change.story)}: {common.count(change.articles, 'article')} would go to {_story(change.into)}"
    yield from _why(change.decided)
    if change.decided.relation == "different":
        yield "      A person said that they are one."


def _retold(change: Retold) -> Iterator[str]:
    via = f" of {change.via.id}" if change.via else ""
    yield f"{_article(change.article)}: {change.before} today, {change.after}{via} then, in story {change.story.id}"
    yield f"    why: {change.reason}" + (f": {common.visible(change.explanation)}" if change.explanation else "")


def _new_first(change: NewFirst) -> Iterator[str]:
    yield _story(change.story)
    yield f"    today {_article(change.before) if change.before else 'not decided'}"
    yield f"    then  {_article(change.after) if change.after else 'not decided'}"
    yield f"    why: {common.visible(change.reason)}"


def _why(pair: PairExhibit) -> Iterator[str]:
    """The verdict that decides, and on which two articles."""
    yield f"    why, on {pair.a.id} and {pair.b.id}:"
    for line in sides.told(pair):
        yield f"      {line}"


def _story(story: StoryName) -> str:
    return f"story {story.id} “{common.shortened(story.title, 60)}”"


def _article(article: ArticleName) -> str:
    return f"{article.id} “{common.shortened(article.title, 60)}”"
