"""`samewire report`: the week as a page, for the screen and for paper."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import click

from ingest.cli import common
from ingest.errors import SamewireError


@click.command()
@click.option("--week", is_flag=True, default=True, help="Seven days; so far there is no other report.")
@click.option("--date", "day_text", metavar="YYYY-MM-DD", help="Its last day.  [default: that of the last digest]")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the page to this file.  [default: week-YYYY-MM-DD.html]",
)
@common.json_option()
@click.pass_context
def report(ctx: click.Context, week: bool, day_text: str | None, output: Path | None, as_json: bool) -> None:
    """Write the report of a week as an HTML page.

    Volume, reach, lag from the first publisher, who takes up whose stories, and the agencies' share, as charts in one
    file that loads nothing and prints well. A week ends at digest.at of its last day. With --json the figures are
    printed and nothing is written.

    \b
    Examples:
      samewire report --week
      samewire report --week --date 2026-05-03 --output may.html
    """
    from ingest.publish.schedule import digest_window, latest_due
    from ingest.publish.week import render, sum_up
    from ingest.store.connection import open_reader
    from ingest.store.read_week import week as read_week

    config = common.configuration(ctx)
    zone, at = config.digest.timezone, config.digest.at
    last = common.day(day_text) if day_text else latest_due(common.now(), zone, at)
    first = last - timedelta(days=6)
    since, until = digest_window(first, zone, at)[0], digest_window(last, zone, at)[1]
    with closing(open_reader(config.database_path)) as connection:
        found = sum_up(read_week(connection, since, until, first_day=first), last_day=last)
    if as_json:
        common.print_json(found)
        return
    path = output or Path(f"week-{last}.html")
    try:
        path.write_text(render(found), encoding="utf-8")
    except OSError as exc:
        raise SamewireError(f"{path}: {exc.strerror}") from exc
    click.echo(f"wrote {path}: {found.lead}")
