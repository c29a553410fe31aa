"""From the configuration to the database: the feeds an operator listed, as the store takes them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from ingest.config import Config, FeedSettings
from ingest.model import FeedKind
from ingest.store.connection import Store
from ingest.store.feeds import NewFeed, sync_configured
from ingest.text.urls import family


def sync_feeds(store: Store, config: Config, now: datetime) -> None:
    """Make the feeds of the configuration those of the database; vanished ones are paused, never deleted."""
    feeds = [new_feed(feed) for feed in config.feeds]
    # A publisher of several feeds is what one of them says; an outlet is what those say that say nothing.
    kinds = {feed.publisher: feed.kind for feed in feeds if feed.kind is not FeedKind.OUTLET}
    agreed = {feed.publisher for feed in feeds if not feed.robots}
    whole = [
        replace(feed, kind=kinds.get(feed.publisher, feed.kind), robots=feed.publisher not in agreed) for feed in feeds
    ]
    sync_configured(store, whole, now)


def new_feed(feed: FeedSettings) -> NewFeed:
    """A configured feed; without a publisher's name, the registrable domain stands for the family."""
    domain = family(feed.url)
    return NewFeed(
        url=feed.url,
        publisher=feed.publisher or domain,
        domain=domain,
        kind=FeedKind(feed.kind),
        interval=feed.interval,
        fetch_pages=feed.fetch_pages,
        robots=feed.robots,
        verify_tls=feed.verify_tls,
    )
