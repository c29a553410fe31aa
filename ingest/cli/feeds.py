"""`samewire feeds` and `samewire add`: which feeds there are, how they fare, and new ones."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing, contextmanager

import click

from ingest.cli import common
from ingest.errors import NotFound, SamewireError
from ingest.model import FeedId, FeedKind
from ingest.store import feeds as known_feeds
from ingest.store import moves, proposals, read, templates
from ingest.store.connection import Store, open_for_notes, open_reader
from ingest.store.feeds import NewFeed, add_feed, find_feed, set_status


@click.group(invoke_without_command=True)
@common.json_option()
@click.pass_context
def feeds(ctx: click.Context, as_json: bool) -> None:
    """List the feeds with their health; pause, resume, remove, poll or move one, or take its move back.

    For a feed that has been dead for a week, `samewire run` looks on its site for another; what it finds is shown here,
    and `adopt` moves the feed there. Where a publisher's pages are read wrongly, `forget-template` has samewire learn
    them anew.

    FEED is the number in the list, or the feed's URL.

    \b
    Examples:
      samewire feeds
      samewire feeds pause 3
      samewire feeds resume https://example.org/rss.xml
      samewire feeds poll-now 3
      samewire feeds adopt 3
      samewire feeds undo-move 3
      samewire feeds forget-template 3
    """
    if ctx.invoked_subcommand:
        return
    config = common.configuration(ctx)
    with closing(open_reader(config.database_path)) as connection:
        found = read.feeds(connection)
    if as_json:
        common.print_json(found)
        return
    if not found:
        click.echo("no feeds yet; `samewire add URL` adds one, `[[feeds]]` in the configuration lists them")
        return
    rows = [
        [
            feed.id,
            common.shortened(feed.publisher, 24),
            common.shortened(feed.url, 60),
            feed.status,
            common.moment(feed.last_success_at),
            common.moment(feed.next_at) if feed.status == "active" else "-",
            feed.entries,
            _trouble(feed),
        ]
        for feed in found
    ]
    common.print_table(rows, ["feed", "publisher", "url", "status", "last success", "next", "entries", "trouble"])
    for feed in found:
        if feed.proposed_url:
            click.echo(
                f"feed {feed.id} is dead; {feed.proposed_url} answers: `samewire feeds adopt {feed.id}` moves it"
            )


def _trouble(feed: read.FeedHealth) -> str:
    failing = f"{feed.reason} ({feed.failures}×): {common.shortened(feed.detail, 60)}" if feed.failures else ""
    missed = f"overflow {feed.overflows}×" if feed.overflows else ""
    doubted = "its hub missed entries" if feed.push == "doubted" else ""
    gaps = f"sitemap: {feed.sitemap_missed} of {feed.sitemap_listed} missed" if feed.sitemap_missed else ""
    choices = ("" if feed.robots else "robots.txt not asked", "" if feed.verify_tls else "TLS not verified")
    return "; ".join(filter(None, (failing, missed, doubted, gaps, *choices)))


@contextmanager
def _one(ctx: click.Context, feed: str) -> Iterator[tuple[Store, FeedId, str]]:
    """The feed that a person names, by its number or an address, in a database that is open for a note."""
    config = common.configuration(ctx)
    if not config.database_path.exists():
        raise NotFound(f"{config.database_path}: no database yet")
    with open_for_notes(config.database_path) as store:
        yield store, *find_feed(store.connection, feed)


def _change(ctx: click.Context, feed: str, status: str) -> None:
    with _one(ctx, feed) as (store, feed_id, url):
        set_status(store, feed_id, status, actor=common.person(), now=common.now())
    click.echo(f"{url}: {status}")


@feeds.command()
@click.argument("feed")
@click.pass_context
def pause(ctx: click.Context, feed: str) -> None:
    """Stop polling a feed; what it brought stays."""
    _change(ctx, feed, "paused")


@feeds.command()
@click.argument("feed")
@click.pass_context
def resume(ctx: click.Context, feed: str) -> None:
    """Poll a feed again that was paused, removed or gone."""
    _change(ctx, feed, "active")


@feeds.command()
@click.argument("feed")
@click.pass_context
def remove(ctx: click.Context, feed: str) -> None:
    """Take a feed off the list; its entries and stories stay."""
    _change(ctx, feed, "removed")


@feeds.command("poll-now")
@click.argument("feed")
@click.pass_context
def poll_now(ctx: click.Context, feed: str) -> None:
    """Poll a feed as soon as possible, whenever it was due; never inside a Retry-After."""
    with _one(ctx, feed) as (store, feed_id, url):
        known_feeds.poll_now(store, feed_id, actor=common.person(), now=common.now())
    click.echo(f"{url}: due now; a running daemon polls it within seconds, else the next `samewire poll` does")


@feeds.command("undo-move")
@click.argument("feed")
@click.pass_context
def undo_move(ctx: click.Context, feed: str) -> None:
    """Take back a feed's move to another address; it is not moved there again."""
    with _one(ctx, feed) as (store, feed_id, _):
        url, target = moves.undo_move(store, feed_id, actor=common.person(), now=common.now())
    click.echo(f"{url}: polled here again; it will not move to {target} again")


@feeds.command()
@click.argument("feed")
@click.pass_context
def adopt(ctx: click.Context, feed: str) -> None:
    """Move a dead feed to the address that was found for it; `undo-move` takes it back."""
    with _one(ctx, feed) as (store, feed_id, url):
        target = proposals.adopt(store, feed_id, actor=common.person(), now=common.now())
    click.echo(f"{url}: polled at {target} from now on")


@feeds.command("forget-template")
@click.argument("feed")
@click.pass_context
def forget_template(ctx: click.Context, feed: str) -> None:
    """Forget where the article stands in the pages of a feed's publisher.

    The next pages are read with care, and it is learned anew from them. Texts that were read stay as they are. The view
    `feed_health` shows what is learned, the table `site_templates` where.
    """
    with _one(ctx, feed) as (store, feed_id, _):
        publisher, hosts = templates.forget(store, feed_id, actor=common.person(), now=common.now())
    if hosts:
        click.echo(f"{publisher}: forgot what was learned of the pages of {', '.join(hosts)}")
    else:
        click.echo(f"{publisher}: nothing is learned of its pages")


@click.command()
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@click.option("--publisher", help="The publisher family.  [default: the registrable domain]")
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in FeedKind]),
    default="outlet",
    show_default=True,
    help="What the source is.",
)
@common.json_option()
@click.pass_context
def add(ctx: click.Context, urls: tuple[str, ...], publisher: str | None, kind: str, as_json: bool) -> None:
    """Add feeds by their address, or by the address of their site.

    A feed (RSS, Atom, JSON Feed, news sitemap) is added as it is. A page is searched for the feeds that it names
    (<link rel="alternate">), then for links that look like feeds, then the usual places are asked (/feed, /rss.xml and
    so on), ten addresses at the most; the first that answers is added. A running daemon takes new feeds up by itself.

    \b
    Examples:
      samewire add https://example.org/rss.xml
      samewire add --kind wire --publisher "Example Wire" https://wire.example.org/
    """
    from ingest.pipeline.discovery import discover
    from ingest.text.urls import family, mask

    config = common.configuration(ctx)
    common.need_addresses(urls)
    failed, done = 0, []
    for url in urls:
        try:
            found = asyncio.run(discover(config, url))
        except SamewireError as exc:
            failed += 1
            click.echo(f"{mask(url)}: {exc}", err=True)
            continue
        domain = family(found.url)
        with open_for_notes(config.database_path) as store:
            feed_id, is_new = add_feed(
                store,
                NewFeed(
                    url=found.url, title=found.title, publisher=publisher or domain, domain=domain, kind=FeedKind(kind)
                ),
                common.now(),
            )
        done.append(
            {"url": found.url, "feed": feed_id, "new": is_new, "entries": found.entries, "others": found.others}
        )
        if not as_json:
            what = "added" if is_new else "known already"
            click.echo(f"{found.url}: {what} as feed {feed_id} ({common.count(found.entries, 'entry')})")
            for other in found.others:
                click.echo(f"  the page also names {other}")
    if as_json:
        common.print_json(done)
    if failed:
        raise SystemExit(1)
