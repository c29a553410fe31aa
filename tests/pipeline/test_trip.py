"""The trip of one article: bodies, stand-ins, revisions, and what a second poll asks."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from html import escape

import pytest

from ingest.model import Outcome
from ingest.pipeline.feeds import poll_feed
from ingest.pipeline.newsroom import sync_feeds
from ingest.store.feeds import due
from tests.pipeline import texts
from tests.pipeline.conftest import Item, Newsroom, html_page

HOURS = timedelta(hours=3)
WALL = html_page(
    "We value your privacy",
    (
        "We and our 812 partners store and/or access information on a device, such as cookies, and process personal "
        "data. With your consent we and our partners may use precise geolocation data.",
        "Accept all. Reject all. Manage preferences. Cookie settings. You can withdraw your consent at any time.",
    ),
)


async def poll_alone(newsroom: Newsroom) -> Outcome:
    """Make the trip of the one feed, and leave its articles as they come."""
    with newsroom.desk() as desk:
        async with desk.client:
            await desk.write(sync_feeds, desk.store, desk.config, newsroom.now)
            (feed,) = due(desk.store.connection, newsroom.now, interval=HOURS, limit=9)
            return await poll_feed(desk, feed)


def test_a_revised_page_keeps_its_earlier_text_and_its_place(newsroom: Newsroom) -> None:
    courier, star = newsroom.site(), newsroom.site()
    item = courier.article("/selva", texts.SUMMIT_TITLE, texts.SUMMIT, guid="selva")
    newsroom.follow(courier.feed([item]), "Courier")
    newsroom.follow(star.feed([star.article("/w", texts.SUMMIT_TITLE, texts.SUMMIT, minutes=30)]), "Northern Star")
    newsroom.poll()
    before = newsroom.rows("SELECT * FROM members ORDER BY article_id")
    assert len({row["story_id"] for row in before}) == 1
    update = ("Kovalt's office later said that the commission would meet in Hafnar, and not in Lindholm.",)
    courier.page("/selva", f"UPDATE 1-{texts.SUMMIT_TITLE}", texts.SUMMIT + update)
    courier.feed([Item("/selva", f"UPDATE 1-{texts.SUMMIT_TITLE}", "Adds where it meets.", item.at, "selva")])
    newsroom.poll(after=HOURS)
    (old,) = newsroom.rows("SELECT * FROM revisions")
    (now,) = newsroom.rows("SELECT * FROM articles WHERE id = ?", old["article_id"])
    assert old["title"] == texts.SUMMIT_TITLE
    assert "Hafnar, and not in Lindholm" in now["text"]
    assert old["text"] + "\n" + update[0] == now["text"]
    assert (old["added_words"], old["removed_words"]) == (16, 0)
    assert 0.9 < old["similarity"] < 1
    assert old["seen_at"] < old["replaced_at"]
    after = newsroom.rows("SELECT * FROM members ORDER BY article_id")
    assert [row["story_id"] for row in after] == [row["story_id"] for row in before]
    assert newsroom.one("SELECT count(*) FROM entries") == 2
    newsroom.must_be_sound()


def test_a_revision_that_only_changes_the_title_keeps_the_earlier_title(newsroom: Newsroom) -> None:
    site = newsroom.site()
    item = site.article("/b", *texts.filler(3), guid="b")
    newsroom.follow(site.feed([item]), "Gazette")
    newsroom.poll()
    title = "Dresk's viaduct will stand again"
    site.page("/b", title, texts.filler(3)[1], item.at)
    site.feed([Item("/b", title, item.summary, item.at, "b")])
    newsroom.poll(after=HOURS)
    assert newsroom.one("SELECT title FROM articles") == title
    (old,) = newsroom.rows("SELECT * FROM revisions")
    assert old["title"] == texts.filler(3)[0]
    assert (old["added_words"], old["removed_words"], old["similarity"]) == (0, 0, 1)


def test_a_revised_summary_keeps_the_earlier_one_where_no_page_is_read(newsroom: Newsroom) -> None:
    site = newsroom.site()
    first, second = texts.filler(1)[1][0], texts.filler(1)[1][0] + " " + texts.filler(1)[1][1]
    newsroom.follow(site.feed([Item("/b", "Brun votes", first, guid="b")]), "Gazette", more="fetch_pages = false")
    newsroom.poll()
    assert newsroom.rows("SELECT status, reason, text FROM articles") == [
        {"status": "summary", "reason": "off", "text": first}
    ]
    assert newsroom.rows("SELECT * FROM revisions") == []
    site.feed([Item("/b", "Brun votes", second, guid="b")])
    newsroom.poll(after=HOURS)
    assert newsroom.one("SELECT text FROM articles") == second
    assert newsroom.one("SELECT text FROM revisions") == first
    assert site.times_asked("/b") == 0


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (WALL, "consent"),
        ("", "empty"),
        ("<html><head><script src='/app.js'></script></head><body><div id=root></div></body></html>", "shell"),
    ],
    ids=["consent wall", "empty page", "script shell"],
)
def test_where_a_page_is_refused_the_feeds_summary_stands_in(newsroom: Newsroom, page: str, reason: str) -> None:
    site = newsroom.site()
    told, untold = texts.SUMMIT[0], ""
    newsroom.follow(site.feed([Item("/a", "Told", told, guid="a"), Item("/b", "Untold", untold, guid="b")]), "Courier")
    site.on("/a", page)
    site.on("/b", page)
    newsroom.poll()
    rows = {row["title"]: row for row in newsroom.rows("SELECT * FROM articles")}
    assert (rows["Told"]["status"], rows["Told"]["reason"], rows["Told"]["text"]) == ("summary", reason, told)
    # Nothing stands in: it waits for another attempt, with the reason told.
    assert (rows["Untold"]["status"], rows["Untold"]["reason"], rows["Untold"]["text"]) == ("pending", reason, "")
    assert all(row["next_fetch_at"] > row["first_seen_at"] for row in rows.values())
    newsroom.must_be_sound()


def test_a_page_that_never_gives_an_article_ends_as_refused(newsroom: Newsroom) -> None:
    site = newsroom.site()
    newsroom.follow(site.feed([Item("/b", "Untold", "", guid="b")]), "Courier")
    site.on("/b", WALL)
    for _ in range(6):
        newsroom.poll(after=timedelta(hours=25))
    assert newsroom.rows("SELECT status, reason, attempts, next_fetch_at FROM articles") == [
        {"status": "refused", "reason": "consent", "attempts": 5, "next_fetch_at": None}
    ]
    assert site.times_asked("/b") == 5


def test_a_wall_that_comes_down_gives_the_body_and_no_revision(newsroom: Newsroom) -> None:
    site = newsroom.site()
    item = site.article("/a", texts.SUMMIT_TITLE, texts.SUMMIT)
    newsroom.follow(site.feed([item]), "Courier")
    site.on("/a", WALL)
    newsroom.poll()
    assert newsroom.one("SELECT status FROM articles") == "summary"
    site.article("/a", texts.SUMMIT_TITLE, texts.SUMMIT)
    newsroom.poll(after=HOURS)
    assert newsroom.one("SELECT status FROM articles") == "extracted"
    assert texts.SUMMIT[8] in newsroom.one("SELECT text FROM articles")
    assert newsroom.rows("SELECT * FROM revisions") == []


def test_a_body_is_not_lost_when_the_page_is_walled_later(newsroom: Newsroom) -> None:
    site = newsroom.site()
    item = site.article("/a", texts.SUMMIT_TITLE, texts.SUMMIT, guid="a")
    newsroom.follow(site.feed([item]), "Courier")
    newsroom.poll()
    body = newsroom.one("SELECT text FROM articles")
    site.on("/a", WALL)
    site.feed([Item("/a", "A new title for the talks", "And a new summary.", item.at, "a")])
    newsroom.poll(after=HOURS)
    (row,) = newsroom.rows("SELECT text, status, reason FROM articles")
    assert row == {"text": body, "status": "extracted", "reason": "consent"}


def test_full_text_in_the_feed_is_taken_and_the_page_is_not_asked_for(newsroom: Newsroom) -> None:
    site, other = newsroom.site(), newsroom.site()
    full = "".join(f"<p>{escape(paragraph)}</p>" for paragraph in texts.SUMMIT)
    newsroom.follow(
        site.feed([Item("/a", texts.SUMMIT_TITLE, texts.SUMMIT[0], content=full)]),
        "Courier",
        more="fetch_pages = false",
    )
    newsroom.follow(other.feed([other.article("/w", texts.SUMMIT_TITLE, texts.SUMMIT)]), "Northern Star")
    newsroom.poll()
    row = newsroom.rows("SELECT status, text_source, text FROM articles WHERE url LIKE '%/a'")[0]
    assert row == {"status": "extracted", "text_source": "feed", "text": "\n".join(texts.SUMMIT)}
    assert site.times_asked("/a") == 0
    assert newsroom.one("SELECT count(DISTINCT story_id) FROM members") == 1
    assert newsroom.one("SELECT count(*) FROM entries WHERE content <> ''") == 0  # not kept twice


def test_one_page_that_two_feeds_of_a_publisher_list_is_one_article_fetched_once(newsroom: Newsroom) -> None:
    site = newsroom.site()
    item = site.article("/selva", texts.SUMMIT_TITLE, texts.SUMMIT)
    newsroom.follow(site.feed([item], "/top.xml"), "Courier")
    item.path = "/selva?utm_source=rss"
    newsroom.follow(site.feed([item], "/world.xml"), "Courier")
    newsroom.poll()
    assert newsroom.one("SELECT count(*) FROM entries") == 2
    assert newsroom.one("SELECT count(*) FROM articles") == 1
    assert sum(path.startswith("/selva") for path, _ in site.asked) == 1


def test_items_that_link_the_home_page_in_turn_are_each_an_article(newsroom: Newsroom) -> None:
    site = newsroom.site()
    site.page("/", "The Gazette", ("Our front page.",))
    titles = ("Footbridge to rise again", "Lock gate: the council has decided", "A pier, five years later")
    told = [Item("/", title, texts.filler(n)[1][0], guid=f"n{n}") for n, title in enumerate(titles)]
    newsroom.follow(site.feed(told[:1]), "Gazette")
    newsroom.poll()
    for item in told[1:]:
        site.feed([item])
        newsroom.poll(after=HOURS)
    assert [row["text"] for row in newsroom.rows("SELECT text FROM articles ORDER BY id")] == [
        item.summary for item in told
    ]
    newsroom.must_be_sound()


def test_an_item_that_a_feed_lists_twice_is_one_article_under_its_own_address(newsroom: Newsroom) -> None:
    site = newsroom.site()
    item = site.article("/selva", texts.SUMMIT_TITLE, texts.SUMMIT, guid="s")
    newsroom.follow(site.feed([item, item]), "Courier")
    newsroom.poll()
    assert newsroom.one("SELECT count(*) FROM entries") == 1
    assert newsroom.one("SELECT identity FROM articles") == site.url("/selva")


def test_a_feed_of_thousands_of_items_is_stored_in_seconds(newsroom: Newsroom) -> None:
    site = newsroom.site()
    items = [Item(f"/{n}", f"Item {n}", f"What item {n} says.", guid=f"i{n}") for n in range(1000)]
    newsroom.follow(site.feed(items), "Gazette", more="fetch_pages = false")

    # It took minutes when every item was compared with every other.
    outcome = asyncio.run(asyncio.wait_for(poll_alone(newsroom), 60))
    assert outcome.new_entries == 1000


def test_a_feed_of_more_entries_than_are_read_at_once_is_read_on_at_the_next_polls(newsroom: Newsroom) -> None:
    """What one poll leaves, the next reads, though the bytes are the same: what a feed showed is never lost."""
    site = newsroom.site()
    items = [Item(None, f"Item {n}", f"What item {n} says.", guid=f"i{n}") for n in range(2100)]
    newsroom.follow(site.feed(items), "Gazette")

    outcomes = []
    for _ in range(4):
        outcomes.append(asyncio.run(poll_alone(newsroom)))
        newsroom.now += 2 * HOURS
    assert [outcome.new_entries for outcome in outcomes] == [1000, 1000, 100, 0]
    assert [outcome.status for outcome in outcomes] == [200, 200, 200, 304]
    assert "1,100 entries are left, to be read at the next polls" in outcomes[0].detail
    assert outcomes[2].detail == ""
    assert newsroom.rows("SELECT name, bitten FROM caps") == [{"name": "entries_per_poll", "bitten": 2}]
    # All of it stood there when the feed was first looked at: none of it is news.
    assert newsroom.rows(
        "SELECT count(*) AS n, count(DISTINCT identity) AS apart, min(baseline) AS first FROM articles"
    ) == [{"n": 2100, "apart": 2100, "first": 1}]
    assert newsroom.one("SELECT baseline_at FROM feeds") is not None


def test_a_long_feed_whose_bytes_do_not_decide_is_not_asked_for_in_vain(newsroom: Newsroom) -> None:
    site = newsroom.site()
    items = [Item(None, f"Item {n}", f"What item {n} says.", guid=f"i{n}") for n in range(2050)]
    url = site.feed(items)
    body = site.answers["/feed.xml"].body.replace(b"</channel>", b"<b></channel>")
    site.on("/feed.xml", body, content_type="application/rss+xml")
    newsroom.follow(url, "Gazette", more="fetch_pages = false")

    outcomes = []
    for _ in range(2):
        outcomes.append(asyncio.run(poll_alone(newsroom)))
        newsroom.now += 2 * HOURS
    assert [(outcome.status, outcome.new_entries) for outcome in outcomes] == [(200, 2000), (304, 0)]
    assert "50 entries are left, to be read when those before them are gone" in outcomes[0].detail


@pytest.mark.parametrize("why", ["a name far below", "a name twice", "another head each time"])
def test_a_long_feed_that_cannot_be_read_on_is_read_whole_and_its_news_is_news(newsroom: Newsroom, why: str) -> None:
    """What stood behind the first thousand is there before anybody looked; what comes on top later is not."""
    site = newsroom.site()
    items = [Item(None, f"Item {n}", f"What item {n} says.", guid=f"i{n}") for n in range(1050)]
    if why != "another head each time":
        items[1040 if why == "a name far below" else 9].guid = "i5"
    newsroom.follow(site.feed(items), "Gazette", more="fetch_pages = false")
    first = asyncio.run(poll_alone(newsroom))
    assert (first.new_entries, "50 entries are left" in first.detail) == (1000, True)
    for number in range(2):
        newsroom.now += 2 * HOURS
        items.insert(0, Item(None, f"News {number}", f"It is news {number}.", guid=f"news{number}"))
        site.feed(items, title=f"A feed, edition {number}" if why == "another head each time" else "A feed")
        outcome = asyncio.run(poll_alone(newsroom))
        assert (outcome.detail, outcome.unfinished) == ("", False)
    assert newsroom.rows("SELECT title FROM articles WHERE NOT baseline ORDER BY id") == [
        {"title": "News 0"}, {"title": "News 1"}
    ]  # fmt: skip
    assert newsroom.one("SELECT count(*) FROM articles") == 1052
    assert newsroom.one("SELECT etag FROM feeds") is not None


def test_a_second_poll_sends_the_validator_and_a_304_is_unchanged(newsroom: Newsroom) -> None:
    site = newsroom.site()
    newsroom.follow(site.feed([site.article("/l", *texts.filler(1))]), "Gazette")
    newsroom.poll()
    report = newsroom.poll(after=HOURS)
    assert [outcome.word for _, outcome in report.polls] == ["unchanged"]
    first, second = (headers for path, headers in site.asked if path == "/feed.xml")
    assert "if-none-match" not in first
    assert second["if-none-match"] == newsroom.one("SELECT etag FROM feeds")
    assert newsroom.rows("SELECT outcome, reason, status, new_entries FROM polls ORDER BY id") == [
        {"outcome": "ok", "reason": None, "status": 200, "new_entries": 1},
        {"outcome": "unchanged", "reason": None, "status": 304, "new_entries": 0},
    ]


def test_a_200_that_brings_nothing_new_is_unchanged_too(newsroom: Newsroom) -> None:
    site = newsroom.site()
    items = [site.article("/l", *texts.filler(1))]
    newsroom.follow(site.feed(items), "Gazette")
    newsroom.poll()
    site.feed(items, title="The same under another name")
    newsroom.poll(after=HOURS)
    assert newsroom.rows("SELECT outcome, status FROM polls ORDER BY id DESC LIMIT 1") == [
        {"outcome": "unchanged", "status": 200}
    ]
    assert newsroom.one("SELECT count(*) FROM entries") == 1


def test_a_feed_is_not_asked_before_its_time_but_a_named_one_is(newsroom: Newsroom) -> None:
    site = newsroom.site()
    url = site.feed([site.article("/l", *texts.filler(1))])
    newsroom.follow(url, "Gazette")
    newsroom.poll()
    assert newsroom.poll(after=timedelta(minutes=5)).polls == []
    assert len(newsroom.poll(url).polls) == 1
    assert site.times_asked("/feed.xml") == 2


def test_what_the_first_poll_of_a_feed_shows_is_its_baseline(newsroom: Newsroom) -> None:
    site = newsroom.site()
    old = site.article("/l", *texts.filler(1))
    newsroom.follow(site.feed([old]), "Gazette")
    newsroom.poll()
    site.feed([old, site.article("/m", *texts.filler(2))])
    newsroom.poll(after=HOURS)
    assert [row["baseline"] for row in newsroom.rows("SELECT baseline FROM articles ORDER BY id")] == [1, 0]


def test_two_passes_at_one_desk_are_as_good_as_two_commands(newsroom: Newsroom) -> None:
    courier, star = newsroom.site(), newsroom.site()
    newsroom.follow(courier.feed([courier.article("/selva", texts.SUMMIT_TITLE, texts.SUMMIT)]), "Courier")
    newsroom.follow(star.feed([]), "Northern Star")

    def copied() -> None:
        star.feed([star.article("/w", texts.SUMMIT_TITLE, texts.SUMMIT, minutes=30)])

    with newsroom.desk() as desk:
        asyncio.run(newsroom.passes(desk, 2, after=HOURS, between=copied))
    assert newsroom.one("SELECT count(DISTINCT story_id) FROM members") == 1
