"""Coverage by news sitemaps, and feeds found again where others are dead: what is asked, and what is told of it."""

from __future__ import annotations

from datetime import datetime

import pytest

from ingest.errors import NotFound, StoreError
from ingest.pipeline.coverage import check_coverage
from ingest.pipeline.rediscovery import look_for_dead_feeds
from ingest.store.moves import undo_move
from ingest.store.proposals import adopt

from .conftest import DAY, HOUR, START, Newsroom, answer, date, item, rss

SITEMAP = '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="n">'


def listed(newsroom: Newsroom, *pages: tuple[str, datetime]) -> bytes:
    urls = "".join(
        f"<url><loc>{newsroom.url(f'/{name}')}</loc><news:news><news:title>News of {name}</news:title>"
        f"<news:publication_date>{at:%Y-%m-%dT%H:%M:%SZ}</news:publication_date></news:news></url>"
        for name, at in pages
    )
    return answer(f"{SITEMAP}{urls}</urlset>".encode())


def index(newsroom: Newsroom, *paths: str) -> bytes:
    named = "".join(f"<sitemap><loc>{newsroom.url(path)}</loc></sitemap>" for path in paths)
    return answer(f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{named}</sitemapindex>'.encode())


def robots(newsroom: Newsroom, *lines: str) -> None:
    newsroom.say("/robots.txt", answer("\n".join(lines).encode()))


async def known_for_days(newsroom: Newsroom) -> str:
    """A feed with two pages of its site, polled first four days ago and again now."""
    url = newsroom.follow(newsroom.say("/f", answer(rss(*(item(n, link=newsroom.url(f"/{n}")) for n in ("a", "b"))))))
    await newsroom.poll(url)
    newsroom.now = START + 2 * DAY
    await newsroom.poll(url)
    return url


async def checked(newsroom: Newsroom) -> list[str]:
    """Let the check come due and run; returns what was asked for it."""
    before = len(newsroom.server.asked)
    assert await check_coverage(newsroom.desk) == 0 or newsroom.rows("SELECT 1 FROM sitemaps")
    newsroom.now += 7 * HOUR
    await check_coverage(newsroom.desk)
    return [asked.target for asked in newsroom.server.asked[before:]]


async def test_what_a_feed_misses_of_its_publishers_sitemap_is_counted_and_kept(newsroom: Newsroom) -> None:
    await known_for_days(newsroom)
    robots(newsroom, f"Sitemap: {newsroom.url('/map-news.xml')}", "User-agent: *", "Disallow: /private")
    at = newsroom.now
    newsroom.say(
        "/map-news.xml",
        listed(
            newsroom, ("a", at - 9 * HOUR), ("missed", at - 9 * HOUR), ("young", at + 6 * HOUR), ("old", at - 9 * DAY)
        ),
    )
    assert await checked(newsroom) == ["/robots.txt", "/map-news.xml"]
    assert newsroom.rows("SELECT sitemap_listed, sitemap_missed FROM feed_health") == [(2, 1)]
    assert newsroom.rows("SELECT url, title FROM missed_pages") == [(newsroom.url("/missed"), "News of missed")]
    assert await checked(newsroom) == [], "once a day"
    newsroom.now += DAY
    newsroom.say("/map-news.xml", listed(newsroom, ("missed", at - 9 * HOUR)))
    assert await checked(newsroom) == ["/robots.txt", "/map-news.xml"]
    assert newsroom.one("SELECT count(*) FROM missed_pages") == 1, "noted once"


async def test_a_list_of_sitemaps_leads_to_the_one_of_news(newsroom: Newsroom) -> None:
    await known_for_days(newsroom)
    robots(newsroom, f"Sitemap: {newsroom.url('/news/index.xml')}")
    newsroom.say("/news/index.xml", index(newsroom, "/archive.xml", "/news-today.xml"))
    newsroom.say("/news-today.xml", listed(newsroom, ("missed", newsroom.now - 9 * HOUR)))
    assert await checked(newsroom) == ["/robots.txt", "/news/index.xml", "/news-today.xml"]
    assert newsroom.one("SELECT url FROM sitemaps") == newsroom.url("/news-today.xml")
    assert newsroom.one("SELECT sitemap_missed FROM feed_health") == 1


async def test_lists_that_lead_in_a_circle_or_to_others_end_after_four_requests(newsroom: Newsroom) -> None:
    await known_for_days(newsroom)
    robots(
        newsroom, f"Sitemap: {newsroom.url('/news.xml')}", f"Sitemap: {newsroom.other.url('/news.xml', 'other.test')}"
    )
    newsroom.say("/news.xml", index(newsroom, *["/news.xml"] * 50))
    assert await checked(newsroom) == ["/robots.txt", *["/news.xml"] * 4]
    assert newsroom.other.asked == []
    assert newsroom.rows("SELECT url, reason FROM sitemaps") == [(None, "not_a_feed")]
    assert newsroom.rows("SELECT sitemap_listed, sitemap_missed FROM feed_health") == [(None, None)]


async def test_a_site_without_one_is_asked_at_the_usual_places_and_again_after_two_weeks(newsroom: Newsroom) -> None:
    url = await known_for_days(newsroom)
    assert await checked(newsroom) == ["/robots.txt", "/news-sitemap.xml", "/sitemap-news.xml"]
    newsroom.now += 13 * DAY
    assert await checked(newsroom) == []
    newsroom.now += DAY
    assert len(await checked(newsroom)) == 3
    assert newsroom.state(url).failures == 0, "that is no fault of the feed's"


@pytest.mark.parametrize("obeyed", [True, False])
async def test_a_sitemap_that_robots_txt_closes_is_read_by_agreement_only(newsroom: Newsroom, obeyed: bool) -> None:
    await known_for_days(newsroom)
    robots(newsroom, "User-agent: *", "Disallow: /news-sitemap.xml")
    newsroom.store.connection.execute("UPDATE publishers SET robots = ?", [obeyed])
    newsroom.say("/news-sitemap.xml", listed(newsroom, ("a", newsroom.now - 9 * HOUR)))
    assert ("/news-sitemap.xml" in await checked(newsroom)) is not obeyed


async def test_a_sitemap_that_was_known_and_breaks_is_tried_again_and_one_that_went_is_looked_for(
    newsroom: Newsroom,
) -> None:
    await known_for_days(newsroom)
    found = newsroom.say("/news-sitemap.xml", listed(newsroom, ("a", newsroom.now - 9 * HOUR)))
    await checked(newsroom)
    for status, kept in (("500 Broken", found), ("404 Not Found", None)):
        newsroom.say("/news-sitemap.xml", answer(b"", status))
        newsroom.now += DAY
        await checked(newsroom)
        assert newsroom.one("SELECT url FROM sitemaps") == kept
    assert newsroom.one("SELECT failures FROM sitemaps") == 2


async def test_aggregators_and_publishers_of_a_day_are_not_asked(newsroom: Newsroom) -> None:
    url = newsroom.say("/f", answer(rss(item("a", link=newsroom.url("/a")))))
    newsroom.follow(url, 'kind = "aggregator"')
    await newsroom.poll(url)
    newsroom.now += 2 * DAY
    assert await checked(newsroom) == []
    newsroom.store.connection.execute("UPDATE publishers SET kind = 'outlet'")
    newsroom.store.connection.execute("UPDATE feeds SET baseline_at = ?", [f"{newsroom.now:%Y-%m-%dT%H:%M:%SZ}"])
    assert await checked(newsroom) == []


async def dead_feed(newsroom: Newsroom) -> str:
    """A feed that answers 404 for more than a week, after it had answered."""
    url = newsroom.follow(newsroom.say("/f", answer(rss(item("a", link=newsroom.url("/a"))))))
    await newsroom.poll(url)
    newsroom.say("/f", answer(b"", "404 Not Found"))
    for _ in range(8):
        await newsroom.poll(url, after=DAY)
    return url


PAGE = b'<html><head><link rel="alternate" type="application/rss+xml" href="%s"></head><body></body></html>'


async def test_the_new_feed_of_a_site_whose_feed_is_dead_is_proposed_and_moved_by_a_person_only(
    newsroom: Newsroom,
) -> None:
    url = await dead_feed(newsroom)
    newsroom.say("/", answer(PAGE % b"/new.xml", Content_Type="text/html"))
    target = newsroom.say("/new.xml", answer(rss("a", "b")))
    before = len(newsroom.server.asked)
    assert await look_for_dead_feeds(newsroom.desk) == 1
    assert [asked.target for asked in newsroom.server.asked[before:]] == ["/robots.txt", "/", "/new.xml"]
    assert newsroom.rows("SELECT url, proposed_url FROM feed_health") == [(url, target)]
    assert await look_for_dead_feeds(newsroom.desk) == 0
    assert len(newsroom.server.asked) == before + 3, "what was found is not looked for again"

    feed = newsroom.feed(url)
    assert adopt(newsroom.store, feed.id, actor="kim", now=newsroom.now) == target
    assert newsroom.rows("SELECT url, known_as, proposed_url FROM feed_health") == [(target, url, None)]
    assert newsroom.rows("SELECT actor, action FROM journal ORDER BY id DESC LIMIT 1") == [("kim", "moved")]
    assert set(await newsroom.poll_due()) == {target}
    assert undo_move(newsroom.store, feed.id, actor="kim", now=newsroom.now) == (url, target)
    with pytest.raises(NotFound, match="nothing was found"):
        adopt(newsroom.store, feed.id, actor="kim", now=newsroom.now)


async def test_a_feed_that_ended_is_looked_for_and_one_that_fails_for_six_days_is_not(newsroom: Newsroom) -> None:
    newsroom.say("/", answer(PAGE % b"/new.xml", Content_Type="text/html"))
    newsroom.say("/new.xml", answer(rss("a")))
    ended = newsroom.follow(newsroom.say("/g", answer(b"", "410 Gone")))
    await newsroom.poll(ended)
    for _ in range(3):
        await newsroom.poll(ended, after=2 * DAY - HOUR)
    assert newsroom.one("SELECT status FROM feeds") == "gone"
    newsroom.store.connection.execute("UPDATE feeds SET status = 'active'")
    assert await look_for_dead_feeds(newsroom.desk) == 0
    newsroom.store.connection.execute("UPDATE feeds SET status = 'gone'")
    assert await look_for_dead_feeds(newsroom.desk) == 1


async def test_a_site_is_searched_by_its_robots_txt_in_vain_and_again_after_two_weeks(newsroom: Newsroom) -> None:
    await dead_feed(newsroom)
    robots(newsroom, "User-agent: *", "Disallow: /")
    before = len(newsroom.server.asked)
    assert await look_for_dead_feeds(newsroom.desk) == 0
    assert [asked.target for asked in newsroom.server.asked[before:]] == ["/robots.txt"]
    assert newsroom.rows("SELECT url, reason FROM proposals") == [(None, "robots")]
    newsroom.now += 13 * DAY
    await look_for_dead_feeds(newsroom.desk)
    assert len(newsroom.server.asked) == before + 1
    newsroom.now += DAY
    await look_for_dead_feeds(newsroom.desk)
    assert len(newsroom.server.asked) == before + 2


async def test_a_feed_that_answers_again_needs_no_other_and_a_known_feed_is_never_proposed(newsroom: Newsroom) -> None:
    url = await dead_feed(newsroom)
    newsroom.say("/", answer(PAGE % b"/known.xml", Content_Type="text/html"))
    known = newsroom.say("/known.xml", answer(rss(item("k", link=newsroom.url("/k")))))
    await newsroom.poll(known)
    assert await look_for_dead_feeds(newsroom.desk) == 0
    newsroom.say("/rss.xml", answer(rss("r")))
    newsroom.now += 14 * DAY
    newsroom.say("/f", answer(b"", "404 Not Found"))
    await newsroom.poll(url)
    assert await look_for_dead_feeds(newsroom.desk) == 1
    taken = newsroom.url("/rss.xml")
    await newsroom.poll(taken)
    with pytest.raises(StoreError, match="is feed 3 by now"):
        adopt(newsroom.store, newsroom.feed(url).id, actor="kim", now=newsroom.now)
    newsroom.say("/f", answer(rss("a", head=f"<pubDate>{date(newsroom.now)}</pubDate>")))
    await newsroom.poll(url, after=DAY)
    await look_for_dead_feeds(newsroom.desk)
    assert newsroom.rows("SELECT count(*) FROM proposals") == [(0,)]
