"""`samewire merge`, `split`, `apart`, `undo` and `redact`: a person's word on stories, obeyed by every later run."""

from __future__ import annotations

from collections.abc import Callable

import click

from ingest.cli import common
from ingest.errors import NotFound
from ingest.model import ArticleId, ConstraintKind, StoryId
from ingest.store import corrections
from ingest.store.connection import Store, open_for_notes

#: Under every command's help.
_LATER = "The daemon applies it within two seconds, or the next `samewire poll` does."


@click.command(epilog=_LATER)
@click.argument("story_a", type=int)
@click.argument("story_b", type=int)
@common.json_option()
@click.pass_context
def merge(ctx: click.Context, story_a: int, story_b: int, as_json: bool) -> None:
    """Say that two stories are one. The older id stays, the other leads to it.

    \b
    Example:
      samewire merge 12 40
    """
    if story_a == story_b:
        raise click.UsageError("name two different stories")

    def record(store: Store) -> int:
        a, b = (corrections.first_member(store.connection, StoryId(i)) for i in (story_a, story_b))
        if a == b:
            raise NotFound(f"stories {story_a} and {story_b} are one story already")
        return corrections.record_constraint(
            store, ConstraintKind.MERGE, a, b, made_by=common.person(), now=common.now()
        )

    _record(ctx, record, f"stories {story_a} and {story_b} are one", as_json=as_json)


@click.command(epilog=_LATER)
@click.argument("article", type=int)
@common.json_option()
@click.pass_context
def split(ctx: click.Context, article: int, as_json: bool) -> None:
    """Take an article out of its story for good: it stands alone.

    ARTICLE is the number that `samewire story ID` shows in front of the article.

    \b
    Example:
      samewire split 117
    """
    _record(
        ctx,
        lambda store: corrections.record_constraint(
            store, ConstraintKind.SPLIT, ArticleId(article), None, made_by=common.person(), now=common.now()
        ),
        f"article {article} stands alone",
        as_json=as_json,
    )


@click.command(epilog=_LATER)
@click.argument("article_a", type=int)
@click.argument("article_b", type=int)
@common.json_option()
@click.pass_context
def apart(ctx: click.Context, article_a: int, article_b: int, as_json: bool) -> None:
    """Say that two articles never belong in one story.

    ARTICLE_A and ARTICLE_B are the numbers that `samewire story ID` shows.

    \b
    Example:
      samewire apart 117 131
    """
    if article_a == article_b:
        raise click.UsageError("name two different articles")
    _record(
        ctx,
        lambda store: corrections.record_constraint(
            store,
            ConstraintKind.APART,
            ArticleId(article_a),
            ArticleId(article_b),
            made_by=common.person(),
            now=common.now(),
        ),
        f"articles {article_a} and {article_b} stay apart",
        as_json=as_json,
    )


@click.command(epilog=_LATER)
@click.argument("journal_id", type=int)
@common.json_option()
@click.pass_context
def undo(ctx: click.Context, journal_id: int, as_json: bool) -> None:
    """Take back a merge, split or apart by its line in the journal, which the command told.

    \b
    Example:
      samewire undo 149
    """
    _record(
        ctx,
        lambda store: corrections.undo(store, journal_id, made_by=common.person(), now=common.now()),
        f"journal line {journal_id} is undone",
        as_json=as_json,
        can_be_undone=False,
    )


def _record(
    ctx: click.Context, record: Callable[[Store], int], what: str, *, as_json: bool, can_be_undone: bool = True
) -> None:
    config = common.configuration(ctx)
    if not config.database_path.exists():
        raise NotFound(f"{config.database_path}: no database yet; `samewire poll` or `samewire run` makes it")
    with open_for_notes(config.database_path) as store:
        line = record(store)
    back = f"; `samewire undo {line}` takes it back" if can_be_undone else ""
    common.say({"recorded": what, "journal": line}, f"recorded: {what} (journal line {line}{back})", as_json=as_json)


@click.command()
@click.argument("article", type=int)
@click.option("--reason", required=True, help="Why; it stays in the record and in later exports.")
@common.json_option()
@click.pass_context
def redact(ctx: click.Context, article: int, reason: str, as_json: bool) -> None:
    """Remove an article's words from every table and index for good. The record stays, with date and reason.

    ARTICLE is the number that `samewire story ID` shows in front of the article. Its title becomes "[redacted]"; its
    text, summary, earlier texts and kept page are gone, and nothing is fetched for it or taken from a feed any more.
    This cannot be undone; copies that were made with `samewire backup` still hold the words.

    \b
    Example:
      samewire redact 117 --reason "court order 3 O 41/26"
    """
    from ingest.store.redact import redact as remove

    config = common.configuration(ctx)
    with open_for_notes(config.database_path) as store:
        line = remove(store, ArticleId(article), reason, made_by=common.person(), now=common.now())
    common.say({"journal": line, "article": article}, f"article {article} is redacted", as_json=as_json)
