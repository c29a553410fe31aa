"""A site becomes known while its articles are read, and is known no more when its pages change or a person says so."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from bench.template_sites import DESIGNS, REDESIGN_AT, SitePage, pages
from ingest.model import ArticleId, FeedId, Page
from ingest.model.templates import Kept
from ingest.pipeline.learning import Task, read_and_learn
from ingest.pipeline.templates import learn
from ingest.store.articles import pages as pages_due
from ingest.store.connection import open_for_notes
from ingest.store.template_form import memory_in, templates_in
from ingest.store.templates import MAX_HOSTS, forget, kept_of

from .conftest import START, Item, Newsroom, Site

DESIGN = replace(next(one for one in DESIGNS if one.name == "classes"), then=next(
    one.build for one in DESIGNS if one.name == "portal"), renamed=True)  # fmt: skip


def publish(newsroom: Newsroom, site: Site, found: list[SitePage]) -> str:
    items = []
    for one in found:
        site.on(f"/{one.number}", one.html)
        items.append(Item(path=f"/{one.number}", title=one.title, at=START - timedelta(hours=30 - one.number % 30)))
    return site.feed(items)


def test_a_site_is_learned_read_by_template_and_shown_until_it_is_redesigned(newsroom: Newsroom) -> None:
    site, found = newsroom.site(), list(pages(DESIGN, count=REDESIGN_AT + 4, weight=0.1))
    feed = publish(newsroom, site, found[:8])
    newsroom.follow(feed, "Courier")
    newsroom.per_host = 1  # one page after the other: each knows what those before it taught
    more = iter((16, 24))
    with newsroom.desk() as desk:
        asyncio.run(
            newsroom.passes(
                desk, 3, feed, after=timedelta(minutes=10), between=lambda: publish(newsroom, site, found[: next(more)])
            )
        )
    (row,) = newsroom.rows("SELECT * FROM site_templates")
    assert (row["host"], row["standing"], row["place"]) == ("127.0.0.1", "trusted", "div.cl-article-body.cl-rich")
    assert row["by_template"] + row["with_care"] == 24
    read = newsroom.rows("SELECT a.text, a.title FROM articles a WHERE read_by = 'template'")
    assert len(read) == row["by_template"] > 0, newsroom.rows("SELECT id, read_by, reason FROM articles")
    golds = {one.title: one.gold for one in found}
    assert all(golds[str(one["title"])] == one["text"] for one in read)
    (health,) = newsroom.rows("SELECT * FROM feed_health")
    assert (health["template"], health["template_share"]) == ("trusted", round(row["by_template"] / 24, 3))
    assert health["template_checked_at"] == row["checked_at"]
    told = newsroom.rows("SELECT * FROM journal WHERE action LIKE 'template-%'")
    assert [one["action"] for one in told] == ["template-trusted"]
    assert json.loads(told[0]["detail"])["place"] == row["place"]
    publish(newsroom, site, found[REDESIGN_AT:])
    newsroom.poll(feed, after=timedelta(hours=2))
    # Read again, such a page says the same, and nobody's revision is made up.
    again = "SELECT count(*) AS n FROM articles WHERE read_by = 'template' AND recheck = 'same'"
    assert newsroom.one(again) == len(read)
    assert newsroom.rows("SELECT * FROM revisions") == []
    (row,) = newsroom.rows("SELECT * FROM site_templates")
    assert (row["standing"], row["redesigns"]) == ("doubted", 1)
    assert newsroom.one("SELECT redesigned_at FROM feed_health") == row["redesigned_at"]
    assert newsroom.one("SELECT count(*) FROM journal WHERE action = 'template-redesign'") == 1
    for one in found[REDESIGN_AT : REDESIGN_AT + 4]:
        (article,) = newsroom.rows("SELECT text, read_by FROM articles WHERE title = ?", one.title)
        assert article["read_by"] != "template"
        assert one.gold.split("\n")[1] in str(article["text"])
    newsroom.must_be_sound()


@pytest.fixture
def known(newsroom: Newsroom) -> Newsroom:
    """A newsroom that has begun to know a site."""
    newsroom.follow(publish(newsroom, newsroom.site(), list(pages(DESIGN, count=6, weight=0.1))), "Courier")
    newsroom.poll()
    return newsroom


def test_a_person_has_a_site_forgotten(known: Newsroom) -> None:
    newsroom = known
    with open_for_notes(newsroom.database) as store:
        assert forget(store, FeedId(1), actor="ann", now=newsroom.now) == ("Courier", ("127.0.0.1",))
        assert forget(store, FeedId(1), actor="ann", now=newsroom.now) == ("Courier", ())
    assert newsroom.rows("SELECT * FROM site_templates") == []
    assert newsroom.rows("SELECT actor, reason FROM journal WHERE action = 'template-forgotten'") == [
        {"actor": "ann", "reason": "Courier: 127.0.0.1"}
    ]


def test_pages_that_are_read_at_once_teach_both_what_they_teach(known: Newsroom) -> None:
    """The second lesson was made in its worker from what was remembered before the first."""
    newsroom = known
    url = newsroom.one("SELECT min(url) FROM articles")
    with newsroom.desk() as desk:
        connection = desk.store.connection
        kept, (due,) = kept_of(connection, 1, "127.0.0.1"), pages_due(connection, [ArticleId(1)])
        more = list(pages(DESIGN, count=9, weight=0.1))[6:8]
        readings = [
            read_and_learn(Task(page=Page(url=url, body=one.html.encode()), kept=kept, again=False)) for one in more
        ]
        assert {reading.lesson.since for reading in readings if reading.lesson} == {kept.since}
        with desk.store.transaction():
            for reading in readings:
                learn(desk, replace(due, is_recheck=False), url, reading, newsroom.now)
        after = memory_in(kept_of(connection, 1, "127.0.0.1"))
    assert len(after.observations) == len(memory_in(kept).observations) + 2
    assert newsroom.one("SELECT with_care FROM site_templates") == 8
    full = read_and_learn(Task(page=Page(url=url, body=more[0].html.encode()), kept=Kept(is_full=True), again=False))
    assert full.lesson is None


def test_what_is_remembered_is_what_was_kept_and_hosts_have_an_end(known: Newsroom) -> None:
    newsroom = known
    with open_for_notes(newsroom.database) as store:
        kept = kept_of(store.connection, 1, "127.0.0.1")
        memory = memory_in(kept)
        assert memory.templates == templates_in(kept)
        assert len(memory.observations) == newsroom.one("SELECT with_care FROM site_templates")
        with store.transaction():
            store.connection.execute("UPDATE site_templates SET templates = x'00'")  # as no version packs it
            for number in range(MAX_HOSTS - 1):
                store.connection.execute(
                    "INSERT INTO site_templates (publisher_id, host, templates, observations) VALUES (1, ?, x'', x'')",
                    [f"h{number}.example"],
                )
        assert templates_in(kept_of(store.connection, 1, "127.0.0.1")) == ()
        assert kept_of(store.connection, 1, "one-more.example").is_full
