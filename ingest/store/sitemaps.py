"""Publishers' news sitemaps: when each is due, and what their feeds missed of it."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.errors import Reason
from ingest.model import Entry, PublisherId
from ingest.store.connection import Store
from ingest.store.sql import insert, update
from ingest.store.times import from_text, optional_text, to_text, to_text_ceil
from ingest.text.urls import origin
from ingest.text.variants import article_url

#: So long a page that was missed is kept on record.
KEPT_FOR = timedelta(days=30)
#: Articles among which a site is found.
_LATEST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class DueSitemap:
    """A site whose news sitemap is to be read."""

    id: int
    publisher_id: PublisherId
    site: str
    url: str | None  # None: it is to be found first
    robots: bool  # False: the publisher agreed otherwise
    failures: int
    since: datetime  # when the first of the publisher's feeds was first polled


def add_sites(store: Store, first_at: datetime, now: datetime, *, limit: int) -> int:
    """Take up the sites of publishers that have been polled for a day. Returns how many.

    first_at: when they are due. Aggregators are left out: their sites list the pages of others.
    """
    rows = store.connection.execute(
        "SELECT p.id FROM publishers p WHERE p.kind <> 'aggregator' "
        "AND NOT EXISTS (SELECT 1 FROM sitemaps s WHERE s.publisher_id = p.id) "
        "AND EXISTS (SELECT 1 FROM feeds f WHERE f.publisher_id = p.id AND f.status = 'active' AND f.baseline_at <= ?) "
        "AND EXISTS (SELECT 1 FROM articles a WHERE a.publisher_id = p.id AND a.url LIKE 'http%') LIMIT ?",
        [to_text(now - timedelta(days=1)), limit],
    ).fetchall()
    if rows:
        with store.transaction():
            for row in rows:
                site = site_of(store.connection, row["id"])
                values = {"publisher_id": row["id"], "site": site, "next_at": to_text_ceil(first_at)}
                insert(store.connection, "sitemaps", values)
    return len(rows)


def site_of(connection: sqlite3.Connection, publisher_id: int) -> str:
    """The origin at which most of a publisher's latest articles are; '' where none has an address."""
    rows = connection.execute(
        "SELECT url FROM articles WHERE publisher_id = ? AND url <> '' ORDER BY id DESC LIMIT ?",
        [publisher_id, _LATEST],
    )
    sites = Counter(site for row in rows if (site := origin(row["url"])))
    return sites.most_common(1)[0][0] if sites else ""


def due_sitemaps(connection: sqlite3.Connection, now: datetime, *, limit: int) -> tuple[DueSitemap, ...]:
    """Sites of publishers with an active feed whose time has come, the longest waiting first."""
    rows = connection.execute(
        "SELECT s.*, p.robots, (SELECT min(f.baseline_at) FROM feeds f WHERE f.publisher_id = p.id) AS since "
        "FROM sitemaps s JOIN publishers p ON p.id = s.publisher_id WHERE s.next_at <= ? AND s.site <> '' "
        "AND s.id = (SELECT min(id) FROM sitemaps t WHERE t.site = s.site) AND EXISTS "
        "(SELECT 1 FROM feeds f WHERE f.publisher_id = p.id AND f.status = 'active') ORDER BY s.next_at, s.id LIMIT ?",
        [to_text(now), limit],
    )
    return tuple(
        DueSitemap(
            id=row["id"],
            publisher_id=PublisherId(row["publisher_id"]),
            site=row["site"],
            url=row["url"],
            robots=bool(row["robots"]),
            failures=row["failures"],
            since=from_text(row["since"]),
        )
        for row in rows
        if row["since"]
    )


def shown_since(connection: sqlite3.Connection, site: str, since: datetime) -> frozenset[str]:
    """The names (`article_url`) of what came since then from a site's publishers, by feed and by the page itself."""
    rows = connection.execute(
        "SELECT identity, canonical_url FROM articles WHERE first_seen_at >= ?1 AND publisher_id IN "
        "(SELECT publisher_id FROM sitemaps WHERE site = ?2)",
        [to_text(since), site],
    ).fetchall()
    return frozenset(row["identity"] for row in rows) | {
        article_url(row["canonical_url"]) for row in rows if row["canonical_url"]
    }


def keep_check(
    store: Store,
    sitemap: DueSitemap,
    url: str,
    *,
    listed: int,
    missed: Sequence[Entry],
    next_at: datetime,
    now: datetime,
) -> None:
    """Write what a sitemap that could be read showed; a page that was missed is noted once."""
    with store.transaction():
        update(
            store.connection,
            "sitemaps",
            sitemap.id,
            {
                "url": url, "next_at": to_text_ceil(next_at), "checked_at": to_text(now), "reason": None, "detail": "",
                "failures": 0, "listed": listed, "missed": len(missed),
            },
        )  # fmt: skip
        store.connection.executemany(
            "INSERT OR IGNORE INTO missed_pages (sitemap_id, url, title, published_at, noted_at) "
            "VALUES (?, ?, ?, ?, ?)",
            [(sitemap.id, page.link, page.title, optional_text(page.published_at), to_text(now)) for page in missed],
        )
        store.connection.execute(
            "DELETE FROM missed_pages WHERE sitemap_id = ? AND noted_at < ?", [sitemap.id, to_text(now - KEPT_FOR)]
        )


def keep_failure(
    store: Store, sitemap: DueSitemap, reason: Reason, detail: str, *, url: str | None, next_at: datetime
) -> None:
    """Write why no sitemap could be read. url: where it is asked next; None: it is looked for anew."""
    with store.transaction():
        update(
            store.connection,
            "sitemaps",
            sitemap.id,
            {
                "url": url, "next_at": to_text_ceil(next_at), "reason": reason, "detail": detail[:500],
                "failures": sitemap.failures + 1,
            },
        )  # fmt: skip
