"""Articles redacted while their page or alert is on the way: nothing that comes then is stored, learned or sent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from ingest.model import ArticleId
from ingest.pipeline import pages
from ingest.pipeline.alerting import Secrets, deliver_alerts
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
def test_on_the_way_because_its_feed_revised_it(newsroom: Newsroom, site: Site, answer: Callable[[Site], None]) -> None:
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


class Posted(list[tuple[str, dict[str, str], bytes]]):
    """What a site was sent; something happens while it takes the first."""

    def __init__(self, act: Callable[[], None]) -> None:
        super().__init__()
        self.act = act

    def append(self, posted: tuple[str, dict[str, str], bytes]) -> None:
        super().append(posted)
        if len(self) == 1:
            self.act()


def test_an_alert_that_waits_behind_another_goes_out_without_it(newsroom: Newsroom) -> None:
    site, hook = newsroom.site(), newsroom.site()
    hook.on("/hook", b"taken")
    newsroom.settings = f"[[watches]]\nname = 'w'\nquery = 'publisher:courier'\nwebhook = '{hook.url('/hook')}'\n"
    newsroom.follow(site.feed([]), "Courier")
    newsroom.poll()
    entries = [site.article("/a", "Summit opens", texts.SUMMIT)]
    site.feed(entries)
    newsroom.poll(after=3 * HOUR)
    site.feed([*entries, site.article("/b", *texts.filler(5))])
    newsroom.poll(after=3 * HOUR)

    def act() -> None:
        with open_for_notes(newsroom.database) as store:
            redact(store, ArticleId(2), "court order", made_by="desk", now=newsroom.now)

    hook.posted = Posted(act)

    async def deliver() -> int:
        with newsroom.desk() as desk:
            async with desk.client:
                return await deliver_alerts(desk, Secrets())

    assert asyncio.run(deliver()) == 2
    first, second = (json.loads(body)["alerts"][0] for _, _, body in hook.posted)
    assert (first["article"]["title"], second["article"]["title"]) == ("Summit opens", TOMBSTONE)
    assert (second["article"]["url"], second["story"]["title"], second["detail"]) == (None, TOMBSTONE, "")
