"""`samewire poll` and `samewire run`: one pass, and the daemon."""

from __future__ import annotations

import asyncio
import json
import random
from typing import TYPE_CHECKING

import click

from ingest.cli import common

if TYPE_CHECKING:
    from ingest.config import Config
    from ingest.pipeline.passes import PassReport


@click.command()
@click.argument("urls", nargs=-1, metavar="[URL]...")
@click.option("-v", "--verbose", is_flag=True, help="Log every poll and article to stderr.")
@common.json_option()
@click.pass_context
def poll(ctx: click.Context, urls: tuple[str, ...], verbose: bool, as_json: bool) -> None:
    """Make one pass over the feeds that are due, or the named ones, and end.

    The pass is the whole trip: feeds are polled, the pages of new articles fetched and read, copies found, stories
    stored, alerts of watches sent. A feed that is named by its URL is polled now, due or not; one that is new is added
    first. Exit 0 when the pass ran, whatever single feeds answered; 1 when every named feed failed.

    \b
    Examples:
      samewire poll
      samewire poll https://example.org/rss.xml
    """
    from ingest.pipeline.alerting import deliver_alerts, read_secrets
    from ingest.pipeline.credentials import headers_by_feed
    from ingest.pipeline.desk import open_desk
    from ingest.pipeline.newsroom import sync_feeds
    from ingest.pipeline.passes import Progress, add_missing, one_pass

    config = common.configuration(ctx)
    common.need_addresses(urls)
    # What failed is told at the end, with its reason; the log would say it twice.
    common.start_logging(config, verbose=verbose, otherwise="error")
    headers_of, secrets = headers_by_feed(config), read_secrets(config)

    async def work() -> PassReport:
        with open_desk(
            config, for_command="samewire poll", clock=common.now, rng=random.Random(), headers_of=headers_of
        ) as desk:
            async with desk.client:
                await desk.write(sync_feeds, desk.store, config, common.now())
                await desk.write(add_missing, desk.store, urls, common.now())
                with common.Meter() as meter:

                    def tell(progress: Progress) -> None:
                        meter.tell(progress.stage, progress.done, progress.total)

                    report = await one_pass(desk, urls, tell)
                await deliver_alerts(desk, secrets)
                return report

    report = asyncio.run(work())
    if as_json:
        common.print_json(_as_json(report))
    else:
        _print_report(report)
    if urls and len(report.failed) == len(report.polls):
        raise SystemExit(1)


def _as_json(report: PassReport) -> dict[str, object]:
    polls = [
        {
            "url": feed.url,
            "outcome": outcome.word,
            "reason": outcome.reason,
            "status": outcome.status,
            "new": outcome.new_entries,
            "revised": outcome.revised_entries,
            "bytes": outcome.received_bytes,
            "seconds": round(outcome.seconds, 3),
        }
        for feed, outcome in report.polls
    ]
    return {"feeds": polls, "pages": len(report.pages)}


def _print_report(report: PassReport) -> None:
    from ingest.text.urls import mask

    new = sum(outcome.new_entries for _, outcome in report.polls)
    revised = sum(outcome.revised_entries for _, outcome in report.polls)
    click.echo(
        f"{common.count(len(report.polls), 'feed')} polled, {len(report.failed)} failed; "
        f"{common.count(new, 'new entry')}, {revised} revised; {common.count(len(report.pages), 'article')} settled"
    )
    for feed, outcome in report.failed:
        click.echo(f"  {mask(feed.url)}: {outcome.reason}: {common.shortened(outcome.detail, 200)}", err=True)


@click.command()
@click.option("-v", "--verbose", is_flag=True, help="Log every poll and article, not only what failed.")
@click.pass_context
def run(ctx: click.Context, verbose: bool) -> None:
    """Run the daemon: poll, match, mail the digest, until stopped.

    Feeds are polled when they are due, never sooner; the digest goes out at digest.at; SIGTERM and Ctrl-C end it
    within seconds and lose nothing. SIGHUP reads the configuration again without dropping work; one with a fault is
    refused, and the log says what it is. One daemon a database: a second one says so and ends with exit 1.
    """
    from ingest.daemon.service import serve_forever

    config = common.configuration(ctx, warn=True)
    common.start_logging(config, verbose=verbose)

    def relog(changed: Config) -> None:
        common.start_logging(changed, verbose=verbose)

    summary = asyncio.run(serve_forever(config, clock=common.now, rng=random.Random(), relog=relog))
    click.echo(json.dumps(summary), err=True)
