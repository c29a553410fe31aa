"""`samewire demo`: the sample newsroom, driven through the same commands' code that a real one is."""

from __future__ import annotations

from pathlib import Path

import click

from ingest.cli import common


@click.command()
@click.option(
    "--dir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("samewire-demo"),
    show_default=True,
    help="Where the demo's configuration, database and digest go.",
)
@click.option("--serve/--no-serve", default=True, help="End by showing the stories in a browser, or just end.")
@click.option("--port", type=click.IntRange(0, 65535), default=8001, show_default=True, help="The port to serve on.")
def demo(folder: Path, serve: bool, port: int) -> None:
    """Run a sample newsroom on this machine, from its feeds to its digest.

    Eighteen invented publishers are served over HTTP on the loopback address: a wire agency, outlets, local papers,
    aggregators, one with a broken feed, one slow, some in other scripts. Their feeds are polled, their pages fetched
    and read, copies found and stories stored in a database; a second poll brings late copies and revisions; the
    digest is written as a mail and as a page. Every run starts afresh.
    """
    from ingest.demo.drive import Report, drive

    def say(text: str) -> None:
        click.echo(text)

    with common.Meter() as meter:
        report: Report = drive(folder, say=say, tell=meter.tell)
    click.echo()
    _print_stories(report)
    click.echo(f"\n{report.verdict}")
    click.echo(f"\nconfiguration  {report.config}\ndatabase       {report.database}")
    click.echo(f"digest         {report.eml}\n               {report.html}")
    if not report.right:
        raise SystemExit(1)
    if serve:
        from ingest.browse.serve import serve as serve_database

        serve_database(
            report.database,
            host="127.0.0.1",
            port=port,
            on_ready=lambda url: click.echo(f"\nstories at {url} (Ctrl-C ends)"),
        )


def _print_stories(report: object) -> None:
    from ingest.demo.drive import Report

    assert isinstance(report, Report)
    rows = []
    for story in report.stories:
        first = story.first
        others = len(story.publishers) - 1
        rows.append(
            [
                story.id,
                common.shortened(story.title, 56),
                len(story.members),
                first.publisher if first else "not decided",
                f"+ {others}" if others else "",
                ", ".join(f"{n} {word}" for word, n in sorted(_relations(story).items())),
            ]
        )
    common.print_table(rows, ["story", "headline", "articles", "first", "others", "relations"])


def _relations(story: object) -> dict[str, int]:
    from ingest.model import Relation, StoryView

    assert isinstance(story, StoryView)
    counts: dict[str, int] = {}
    for member in story.members:
        if member.relation is not Relation.ORIGINAL:
            counts[member.relation.value] = counts.get(member.relation.value, 0) + 1
    return counts
