"""`samewire watch`: try a query on the last days, list the watches, send again what nobody took."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

import click

from ingest.cli import common
from ingest.errors import ConfigError, QueryError
from ingest.store.connection import open_reader

if TYPE_CHECKING:
    from ingest.config import Config
    from ingest.pipeline.watching import Trial


@click.group()
def watch() -> None:
    """Try a watch's query, list the watches, and send again what nobody took.

    Watches stand in the configuration; docs/watches.md has the language of their queries.

    \b
    Examples:
      samewire watch test '"peace talks" AND (Anchorage OR Alaska)'
      samewire watch list
      samewire watch resend 12
    """


@watch.command("test")
@click.argument("query", nargs=-1, required=True)
@click.option("--days", type=click.IntRange(1, 366), default=7, show_default=True, help="How far to look back.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="How many hits to show.")
@common.json_option()
@click.pass_context
def test(ctx: click.Context, query: tuple[str, ...], days: int, limit: int, as_json: bool) -> None:
    """Show what QUERY would have caught in the last week, with the reason.

    QUERY is in the language of docs/watches.md, or the name of a watch of the configuration. Nothing is stored and
    nobody is alerted. Exit 2 when the query cannot be read.

    \b
    Examples:
      samewire watch test '"peace talks" AND (Anchorage OR Alaska)'
      samewire watch test summit --days 30
    """
    from ingest.pipeline.watching import read_queries, try_out
    from ingest.watch.parse import parse

    config = common.configuration(ctx)
    text = " ".join(query)
    groups = {group.name: group.publishers for group in config.groups}
    try:
        parsed = read_queries(config)[text] if _is_name(config, text) else parse(text, groups)
    except QueryError as exc:
        raise ConfigError((f"the query: {exc}\n{exc.pointed()}",)) from exc
    with closing(open_reader(config.database_path)) as connection:
        trial = try_out(connection, parsed, since=common.now() - timedelta(days=days))
    if as_json:
        common.print_json(trial)
    else:
        _print(trial, days=days, limit=limit)


def _is_name(config: Config, text: str) -> bool:
    return any(each.name == text for each in config.watches)


def _print(trial: Trial, *, days: int, limit: int) -> None:
    passed = ", ".join(f"{number} {reason}" for reason, number in sorted(trial.passed_over.items()))
    stories = len({caught.story_id for caught in trial.caught})
    told = f"{common.count(len(trial.caught), 'hit')} in {common.count(stories, 'story')} in {days} days"
    click.echo(told + (f"; passed over: {passed}" if passed else ""))
    if trial.capped:
        click.echo("more articles fit than were looked at; only the latest count here", err=True)
    rows = [
        [caught.story_id, common.moment(caught.at), caught.publisher, caught.reason,
         common.shortened(caught.found, 60), common.shortened(caught.title, 60)]
        for caught in trial.caught[-limit:]
    ]  # fmt: skip
    if rows:
        common.print_table(rows, ["story", "at (UTC)", "publisher", "reason", "found", "headline"])


@watch.command("list")
@common.json_option()
@click.pass_context
def list_(ctx: click.Context, as_json: bool) -> None:
    """List the watches with their hits, alerts and messages."""
    from ingest.store.alerts import watch_figures

    with closing(open_reader(common.configuration(ctx).database_path)) as connection:
        found = watch_figures(connection)
    if as_json:
        common.print_json(found)
        return
    if not found:
        click.echo("no watches; docs/watches.md says how to configure one")
        return
    rows = [
        [one.name, one.hits, common.moment(one.last_hit_at), one.alerts, one.sent, one.waiting, one.failed,
         common.shortened(one.query, 60)]
        for one in found
    ]  # fmt: skip
    common.print_table(rows, ["watch", "hits", "last (UTC)", "alerts", "sent", "waiting", "failed", "query"])


@watch.command()
@click.argument("message_ids", nargs=-1, type=int, required=True, metavar="ID...")
@common.json_option()
@click.pass_context
def resend(ctx: click.Context, message_ids: tuple[int, ...], as_json: bool) -> None:
    """Try dead letters again, by their numbers in the view dead_letters, with their old idempotency keys.

    The daemon, or the next `samewire poll`, sends them.
    """
    from ingest.store.alerts import revive
    from ingest.store.connection import open_for_notes

    config = common.configuration(ctx)
    with open_for_notes(config.database_path) as store:
        revived = revive(store, message_ids, common.now())
    told = f"{common.count(revived, 'message')} will be tried again"
    common.say({"revived": revived}, told, as_json=as_json)
