"""`samewire stories` and `samewire story`: look at the newsroom from the terminal. Loads nothing heavy."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta

import click

from ingest.cli import common
from ingest.errors import NotFound
from ingest.model import StoryView
from ingest.store import read
from ingest.store.connection import open_reader


@click.command()
@click.argument("query", nargs=-1, metavar="[QUERY | ID]")
@click.option("--limit", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many stories at most.")
@click.option("--days", type=click.IntRange(1, 3660), help="Only stories that moved in so many days.")
@click.option("--shared", is_flag=True, help="Only stories that at least two publishers carried.")
@common.json_option()
@click.pass_context
def stories(
    ctx: click.Context, query: tuple[str, ...], limit: int, days: int | None, shared: bool, as_json: bool
) -> None:
    """List the latest stories, or search them.

    \b
    Examples:
      samewire stories                     the latest
      samewire stories peace talks         those with both words
      samewire stories '"peace talks"'     those with the phrase
      samewire stories --shared --days 2   those of two days that at least two publishers carried
      samewire stories 42                  story 42, as `samewire story 42` shows it
    """
    config = common.configuration(ctx)
    with closing(open_reader(config.database_path)) as connection:
        if len(query) == 1 and query[0].isdigit():
            _show_one(_one(connection, int(query[0])), as_json=as_json)
            return
        since = common.now() - timedelta(days=days) if days else None
        wide = 50 * limit if shared else limit
        if query:
            found = read.search(connection, " ".join(query), limit=wide)
        else:
            found = read.latest(connection, limit=wide, since=since)
    found = tuple(
        story
        for story in found
        if (not shared or len(story.publishers) > 1) and (since is None or _moved_at(story) >= since)
    )[:limit]
    if as_json:
        common.print_json(found)
    elif not found:
        click.echo("no story found" if query else "no stories yet; `samewire poll` fetches the feeds")
    else:
        print_stories(found)


@click.command()
@click.argument("story_id", type=int, metavar="ID")
@common.json_option()
@click.pass_context
def story(ctx: click.Context, story_id: int, as_json: bool) -> None:
    """Show one story: who was first, who followed, and why they were joined.

    ID is the number that `samewire stories` shows; that of a story that was merged leads to the one it went into.

    \b
    Example:
      samewire story 42
    """
    config = common.configuration(ctx)
    with closing(open_reader(config.database_path)) as connection:
        _show_one(_one(connection, story_id), as_json=as_json)


def _one(connection: sqlite3.Connection, story_id: int) -> StoryView:
    found = read.story(connection, story_id)
    if found is None and (target := read.forwarded(connection, story_id)):
        found = read.story(connection, target)
    if found is None:
        raise NotFound(f"story {story_id}: there is none; `samewire stories` lists them")
    return found


def _moved_at(story: StoryView) -> datetime:
    assert story.updated_at is not None
    return story.updated_at


def print_stories(found: tuple[StoryView, ...]) -> None:
    """Print stories as a table with who was first."""
    rows = []
    for story in found:
        first = story.first
        rows.append(
            [
                story.id,
                common.shortened(story.title, 58),
                len(story.members),
                len(story.publishers),
                first.publisher if first else "not decided",
                common.moment(first.published_at or first.first_seen_at) if first else "",
            ]
        )
    common.print_table(rows, ["story", "headline", "articles", "publishers", "first", "at (UTC)"])


def _show_one(story: StoryView, *, as_json: bool) -> None:
    if as_json:
        common.print_json(story)
        return
    first = story.first
    click.echo(f"story {story.id}: {common.visible(story.title)}")
    who = f"{first.publisher}, {story.first_confidence:.0%} sure" if first else "not decided"
    click.echo(f"first: {who} ({common.visible(story.first_reason)})\n")
    start = (first.published_at or first.first_seen_at) if first else None
    rows = [
        [
            member.article_id,
            common.moment(member.published_at or member.first_seen_at),
            lag(start, member.published_at or member.first_seen_at),
            member.publisher,
            member.relation,
            f"{member.score:.2f}",
            member.via or "",
            common.shortened(member.reason, 60),
            common.shortened(member.title, 60),
        ]
        for member in story.members
    ]
    common.print_table(rows, ["article", "at (UTC)", "lag", "publisher", "relation", "score", "via", "why", "headline"])
    for member in story.members:
        if member.gone:
            click.echo(f"article {member.article_id} has no text: {common.visible(member.gone)}")
        if member.withdrawn_at is not None:
            why, found = common.visible(member.withdrawn_reason), common.moment(member.withdrawn_at)
            click.echo(f"article {member.article_id} was taken back by its publisher: {why}, found {found}")


def lag(start: datetime | None, at: datetime) -> str:
    """How long after the first, for people."""
    if start is None:
        return ""
    minutes = round((at - start).total_seconds() / 60)
    if minutes == 0:
        return "0"
    sign, minutes = ("-" if minutes < 0 else "+"), abs(minutes)
    return f"{sign}{minutes // 60} h {minutes % 60:02d}" if minutes >= 60 else f"{sign}{minutes} min"
