"""Put another configuration in place while the daemon works: all of it is read and checked first, then it counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime, timedelta

import httpx

from ingest.config import Config, load
from ingest.model import Feed
from ingest.pipeline.alerting import Secrets, read_secrets
from ingest.pipeline.credentials import headers_by_feed
from ingest.pipeline.desk import Desk, client_for
from ingest.pipeline.newsroom import sync_feeds
from ingest.pipeline.subscriptions import rhythm
from ingest.pipeline.watching import Watcher, read_queries
from ingest.poll.etiquette import brought_forward
from ingest.store.feeds import bring_forward, due
from ingest.store.subscriptions import of_feed
from ingest.watch.query import Query

#: What is built once, at the start: the file, the index, what listens. A reload leaves it as it is, and says so.
AT_START = (
    "database.path",
    "match.window",
    "match.rewrites",
    "match.index",
    "poll.callback",
    "poll.callback_listen",
    "metrics.listen",
)
#: What `samewire serve` reads, which is another process.
OF_SERVE = ("host", "port", "timezone", "show_text", "editors", "user_header", "proxies", "metadata")
_OF_CLIENT = frozenset({"poll.allow", "poll.contact", "poll.proxy"})
_OF_RHYTHM = frozenset({"poll.interval", "poll.min_interval", "poll.max_interval"})
#: No feed's turn is further away than poll.max_interval may be.
_EVER = timedelta(days=400)
#: Feeds whose turn is computed anew before somebody else may write.
PIECE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Fresh:
    """A configuration that can be used, with everything that it names read, and what it changes."""

    config: Config  # as it will count: what needs a restart is as before
    queries: Mapping[str, Query]
    headers_of: Callable[[str], tuple[tuple[str, str], ...]]
    secrets: Secrets
    changed: tuple[str, ...]  # keys that count from now on
    needs_restart: tuple[str, ...]  # keys that were changed and do not count before a restart
    of_serve: tuple[str, ...]  # keys that were changed and concern `samewire serve` only
    warnings: tuple[str, ...]


def read_again(current: Config) -> Fresh:
    """Read the configuration's file again, and the files that it names. Changes nothing. Raises ConfigError."""
    loaded = load(current.path)
    differing = _differing(current, loaded.config)
    config = loaded.config
    for key in AT_START:
        table, name = key.split(".")
        old = getattr(getattr(current, table), name)
        config = replace(config, **{table: replace(getattr(config, table), **{name: old})})
    serve = {f"web.{name}" for name in OF_SERVE}
    return Fresh(
        config=config,
        queries=read_queries(config),
        headers_of=headers_by_feed(config),
        secrets=read_secrets(config),
        changed=tuple(key for key in differing if key not in AT_START and key not in serve),
        needs_restart=tuple(key for key in differing if key in AT_START),
        of_serve=tuple(key for key in differing if key in serve),
        warnings=loaded.warnings,
    )


async def adopt(desk: Desk, fresh: Fresh, secrets: Secrets) -> httpx.AsyncClient | None:
    """Put it in place. Trips under way end under the new configuration. Returns a client that was opened for it.

    The client before stays open for what is under way. Raises what writing the database raises, and then all of it is
    as before.
    """
    old = desk.config
    await desk.write(_store, desk, fresh)
    desk.config, desk.headers_of = fresh.config, fresh.headers_of
    secrets.password, secrets.hooks = fresh.secrets.password, fresh.secrets.hooks
    poll = fresh.config.poll
    desk.gate.adjust(poll.per_host, poll.host_delay.total_seconds())
    client = None
    if _OF_CLIENT & set(fresh.changed):
        client = desk.client = client_for(fresh.config)
    await _bring_forward(desk, old, fresh)
    return client


def _store(desk: Desk, fresh: Fresh) -> None:
    now = desk.clock()
    with desk.store.transaction():
        sync_feeds(desk.store, fresh.config, now)
        watcher = Watcher.open(desk.store, fresh.config, fresh.queries, now)
    desk.matcher.watcher = watcher  # here, in the writer's thread: no article is looked at meanwhile


async def _bring_forward(desk: Desk, old: Config, fresh: Fresh) -> None:
    """Let a feed whose interval is shorter now be due as if it always had been."""
    before = {feed.url: feed.interval for feed in old.feeds}
    own = {feed.url for feed in fresh.config.feeds if before.get(feed.url, feed.interval) != feed.interval}
    everybody = bool(_OF_RHYTHM & set(fresh.changed))
    if not own and not everybody:
        return
    now = desk.clock()
    feeds = await desk.write(due, desk.store.connection, now + _EVER, interval=desk.interval, limit=1_000_000)
    meant = [feed for feed in feeds if everybody or feed.url in own or feed.known_as in own]
    for start in range(0, len(meant), PIECE):
        await desk.write(_forward, desk, meant[start : start + PIECE], now)


def _forward(desk: Desk, feeds: list[Feed], now: datetime) -> None:
    with desk.store.transaction():
        for feed in feeds:
            hub = of_feed(desk.store.connection, feed.id) if desk.config.poll.callback else None
            bring_forward(desk.store, feed.id, brought_forward(feed.state, rhythm(desk, feed, hub, now), now))


def _differing(old: Config, new: Config) -> tuple[str, ...]:
    """The keys, as table.key, and the arrays of tables, by their name, in which two configurations differ."""
    found = []
    for item in fields(Config):
        before, after = getattr(old, item.name), getattr(new, item.name)
        if item.name == "path" or before == after:
            continue
        if is_dataclass(before):
            names = (one.name for one in fields(before))
            found += [f"{item.name}.{one}" for one in names if getattr(before, one) != getattr(after, one)]
        else:
            found.append(item.name)
    return tuple(found)
