"""An article is redacted while its page is on the way: nothing that comes then is stored, learned or asked for again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from ingest.model import ArticleId
from ingest.pipeline import pages
from ingest.store.connection import open_for_notes
from ingest.store.redact import TOMBSTONE, redact

from . import texts
from .conftest import Newsroom, Site

HOUR = timedelta(hours=1)
MORE = [*texts.SUMMIT, "In the evening the ministers signed a joint text after all, and a zebrafish swam by."]


class Asked(list[tuple[str, dict[str, str]]]):
    """What a site was asked; something happens before it answers for a path."""

    def __init__(self, path: str, act: Callable[[], None]) -> None:
        super().__init__()
        self.path, self.act = path, act

    def append(self, asked: tuple[str, dict[str, str]]) -> None:
        super().append(asked)
        if asked[0] == self.path:
            self.act()


def redact_while_asked(newsroom: Newsroom, site: Site) -> dict[str, Any]:
    """Whoever asks for the page next gets it when its article is redacted; returns what was on the record then."""
    left: dict[str, Any] = {}

    def act() -> None:
        if not left:
            with open_for_notes(newsroom.database) as store:
                redact(store, ArticleId(1), "court order", made_by="desk", now=newsroom.now)
            left.update(on_record(newsroom))

    site.asked = Asked("/a", act)
    return left


def on_record(newsroom: Newsroom) -> dict[str, Any]:
    """All that an attempt at a page may write."""
    (article,) = newsroom.rows("SELECT * FROM articles WHERE id = 1")
    del article["matched_hash"]  # the tombstone is matched too
    tables = ("kept_pages", "revisions", "site_templates", "entries")
    return {"article": article, **{table: newsroom.rows(f"SELECT * FROM {table}") for table in tables}}


def changed(site: Site) -> None:
    site.page("/a", "Summit opens", MORE)


def same(site: Site) -> None:
    """The page is as it was."""


def failing(site: Site) -> None:
    site.on("/a", status=500)


def gone(site: Site) -> None:
    site.on("/a", status=410)


@pytest.fixture
def site(newsroom: Newsroom) -> Site:
    newsroom.settings = "[extract]\nkeep_pages = true\n"
    site = newsroom.site()
    newsroom.follow(site.feed([site.article("/a", "Summit opens", texts.SUMMIT, guid="a")]), "Courier")
    return site


@pytest.mark.parametrize("answer", [changed, failing, gone])
def test_on_the_way_for_the_first_time(newsroom: Newsroom, site: Site, answer: Callable[[Site], None]) -> None:
    answer(site)
    left = redact_while_asked(newsroom, site)
    newsroom.poll()
    nothing_came(newsroom, site, left)


@pytest.mark.parametrize("answer", [changed, same, failing, gone])
def test_on_the_way_to_be_read_again(newsroom: Newsroom, site: Site, answer: Callable[[Site], None]) -> None:
    newsroom.poll()
    answer(site)
    left = redact_while_asked(newsroom, site)
    newsroom.poll(after=HOUR + timedelta(minutes=1))
    nothing_came(newsroom, site, left)


@pytest.mark.parametrize("answer", [changed, failing])
def test_on_the_way_because_its_feed_revised_it(
    newsroom: Newsroom, site: Site, answer: Callable[[Site], None]
) -> None:
    newsroom.poll()
    site.feed([site.article("/a", "Summit opens late", MORE, guid="a")])
    answer(site)
    left = redact_while_asked(newsroom, site)
    newsroom.poll(after=HOUR + timedelta(minutes=1))
    nothing_came(newsroom, site, left)


def test_when_its_reading_crashes(newsroom: Newsroom, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    async def crashes(*_: object) -> None:
        raise RuntimeError("planted")

    monkeypatch.setattr(pages, "read_page", crashes)
    left = redact_while_asked(newsroom, site)
    newsroom.poll()
    nothing_came(newsroom, site, left)


def nothing_came(newsroom: Newsroom, site: Site, left: dict[str, Any]) -> None:
    assert site.times_asked("/a") == 1
    assert left["article"]["title"] == TOMBSTONE
    assert left["kept_pages"] == []
    assert on_record(newsroom) == left
    site.feed([])
    newsroom.poll(after=timedelta(days=9))
    assert site.times_asked("/a") == 1, "nobody asks for it again"
    newsroom.must_be_sound()
