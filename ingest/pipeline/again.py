"""Kept pages read again, after an upgrade or under new rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from ingest.config import Config
from ingest.errors import IngestError
from ingest.extract.article import extract
from ingest.model import ArticleStatus, Settled
from ingest.pipeline.site_rules import rules_for
from ingest.store.articles import pages, says_else, settle
from ingest.store.connection import Store
from ingest.store.rechecks import kept_count, kept_pages
from ingest.workers import WorkerPool


@dataclass(slots=True)
class Again:
    """What reading the kept pages again gave."""

    read: int = 0
    changed: int = 0
    failed: int = 0  # pages that give no article any more; their texts stay


def read_kept(
    store: Store, config: Config, pool: WorkerPool, now: datetime, tell: Callable[[str, int, int], None]
) -> Again:
    """Extract every kept page again and store the texts that changed; matching them is the caller's."""
    found, total = Again(), kept_count(store.connection)
    for article_id, kept in kept_pages(store.connection):
        (due,) = pages(store.connection, [article_id])
        page = replace(kept, entry=due.entry, rules=rules_for(config, kept.url))
        try:
            article = pool.run_sync(extract, page, subject=page.url)
        except IngestError:
            found.failed += 1
        else:
            if says_else(store.connection, article_id, article):
                settled = Settled(
                    article_id=article_id,
                    article=replace(article, url=due.url),
                    status=ArticleStatus.EXTRACTED,
                    attempts=due.attempts,
                    next_fetch_at=None,
                )
                with store.transaction():
                    settle(store, settled, None, now)
                found.changed += 1
        found.read += 1
        tell("pages", found.read, total)
    return found
