"""Which pages of a publisher's news sitemap its feeds should have shown by now."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from ingest.model import Entry
from ingest.text.variants import article_url

#: A feed that is polled slowly has had a turn after this.
TIME_TO_SHOW = timedelta(hours=8)
#: News sitemaps list the last two days; what some leave in for longer was judged before.
LOOK_BACK = timedelta(hours=48)


def due_by_now(pages: Iterable[Entry], *, since: datetime, now: datetime) -> tuple[Entry, ...]:
    """The pages that came out after `since`, in the last two days, and long enough ago to have been shown; each once.

    since: when the publisher's feeds were first polled. A page without a date or address is not judged.
    """
    first, last = max(since, now - LOOK_BACK), now - TIME_TO_SHOW
    found: dict[str, Entry] = {}
    for page in pages:
        if page.link is not None and page.published_at is not None and first <= page.published_at <= last:
            found.setdefault(article_url(page.link), page)
    return tuple(found.values())


def missed(pages: Iterable[Entry], shown: Collection[str]) -> tuple[Entry, ...]:
    """Of these pages those that nothing shown is the same article as. shown: names as `article_url` gives them."""
    return tuple(page for page in pages if page.link is not None and article_url(page.link) not in shown)
