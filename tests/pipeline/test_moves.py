"""A feed that moved for good, and the configuration that still names its old address."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.pipeline import texts
from tests.pipeline.conftest import Item, Newsroom, Site

HOURS = timedelta(hours=13)


@pytest.fixture
def moved(newsroom: Newsroom) -> tuple[str, str, Site, list[Item]]:
    """A configured feed after four polls that all were sent elsewhere for good: old address, new one, site, items."""
    site = newsroom.site()
    items = [site.article("/a", *texts.filler(1)), site.article("/b", *texts.filler(2))]
    new = site.feed(items, "/new.xml")
    old = site.on("/old.xml", status=301, headers={"Location": new})
    newsroom.follow(old, "Gazette")
    for _ in range(4):
        newsroom.poll(after=HOURS)
    return old, new, site, items


def test_it_is_polled_at_its_new_address_from_then_on(newsroom, moved) -> None:
    old, new, site, items = moved
    assert newsroom.rows("SELECT url, known_as, status FROM feeds") == [
        {"url": new, "known_as": old, "status": "active"}
    ]
    before = site.times_asked("/old.xml")
    site.feed([*items, site.article("/c", *texts.filler(3))], "/new.xml")
    newsroom.poll(after=HOURS)
    assert site.times_asked("/old.xml") == before
    assert newsroom.one("SELECT count(*) FROM entries") == newsroom.one("SELECT count(*) FROM articles") == 3
    assert newsroom.one("SELECT count(*) FROM journal WHERE action = 'moved'") == 1


def test_the_old_address_in_the_configuration_still_means_it(newsroom, moved) -> None:
    newsroom.poll(after=HOURS)
    newsroom.poll(after=HOURS)
    assert newsroom.one("SELECT status FROM feeds") == "active"
    assert newsroom.one("SELECT count(*) FROM journal WHERE action = 'paused'") == 0


def test_naming_the_old_address_polls_it_at_the_new_one(newsroom, moved) -> None:
    old, new, _, _ = moved
    report = newsroom.poll(old)
    assert [(feed.url, outcome.word) for feed, outcome in report.polls] == [(new, "unchanged")]
    assert newsroom.one("SELECT count(*) FROM feeds") == 1


def test_a_configuration_that_follows_the_move_means_the_same_feed(newsroom, moved) -> None:
    _, new, _, _ = moved
    newsroom.feeds.clear()
    newsroom.follow(new, "Gazette")
    newsroom.poll(after=HOURS)
    assert newsroom.rows("SELECT url, status FROM feeds") == [{"url": new, "status": "active"}]


def test_two_redirects_within_a_day_move_nothing(newsroom: Newsroom) -> None:
    site = newsroom.site()
    new = site.feed([site.article("/a", *texts.filler(1))], "/new.xml")
    old = site.on("/old.xml", status=301, headers={"Location": new})
    newsroom.follow(old, "Gazette")
    newsroom.poll()
    newsroom.poll(after=timedelta(hours=2))
    assert newsroom.one("SELECT url FROM feeds") == old
    site.feed([site.article("/a", *texts.filler(1))], "/old.xml")
    newsroom.poll(after=HOURS)
    assert newsroom.rows("SELECT url, moved_to, moved_count FROM feeds") == [
        {"url": old, "moved_to": None, "moved_count": 0}
    ]
