"""One bad feed or page costs only itself, and says why in one word."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.pipeline import texts
from tests.pipeline.conftest import Item, Newsroom, Site, html_page

HOURS = timedelta(hours=3)


@pytest.fixture
def good(newsroom: Newsroom) -> Site:
    """A feed that works, beside whatever a test breaks."""
    site = newsroom.site()
    newsroom.follow(site.feed([site.article(f"/{n}", *texts.filler(n)) for n in range(3)]), "Gazette")
    return site


def last_poll(newsroom: Newsroom, url: str) -> dict[str, object]:
    (row,) = newsroom.rows(
        "SELECT p.outcome, p.reason, p.status FROM polls p JOIN feeds f ON f.id = p.feed_id WHERE f.url = ? "
        "ORDER BY p.id DESC LIMIT 1",
        url,
    )
    return row


def good_came_through(newsroom: Newsroom, good: Site) -> None:
    assert last_poll(newsroom, good.url("/feed.xml"))["outcome"] in ("ok", "unchanged")
    rows = newsroom.rows("SELECT status FROM articles WHERE url LIKE ?", good.url("/") + "%")
    assert [row["status"] for row in rows] == ["extracted"] * 3
    newsroom.must_be_sound()


@pytest.mark.parametrize(
    ("how", "outcome", "reason", "status"),
    [
        ({"body": html_page("A site", ["No feed here."])}, "error", "html", 200),
        ({"body": "", "content_type": "application/rss+xml"}, "error", "empty", 200),
        ({"body": "oops", "status": 500}, "error", "http_5xx", 500),
        ({"body": "", "status": 404}, "error", "http_4xx", 404),
        ({"body": "", "status": 410}, "error", "gone", 410),
        ({"status": 302, "headers": {"Location": "http://10.1.2.3/feed"}}, "refused", "address", None),
        ({"status": 301, "headers": {"Location": "http://169.254.169.254/latest"}}, "refused", "address", None),
        ({"status": 302, "headers": {"Location": "file:///etc/passwd"}}, "refused", "scheme", None),
    ],
    ids=["html", "empty", "500", "404", "410", "private address", "metadata address", "file"],
)
def test_a_bad_answer_is_one_reason_on_that_feed_alone(newsroom, good, how, outcome, reason, status) -> None:
    bad = newsroom.site()
    url = bad.on("/feed.xml", **how)
    newsroom.follow(url, "Bad")
    newsroom.poll()
    row = last_poll(newsroom, url)
    assert (row["outcome"], row["reason"]) == (outcome, reason)
    if status is not None:
        assert row["status"] == status
    (feed,) = newsroom.rows("SELECT failures, last_reason, etag, body_hash, next_at FROM feeds WHERE url = ?", url)
    assert (feed["failures"], feed["last_reason"], feed["etag"], feed["body_hash"]) == (1, reason, None, None)
    assert feed["next_at"] > "2026-05-05T12:59"
    good_came_through(newsroom, good)


def test_a_feed_that_hangs_ends_at_its_deadline(newsroom, good) -> None:
    newsroom.poll_settings = 'timeout = "2s"'
    bad = newsroom.site()
    url = bad.on("/feed.xml", hangs=True)
    newsroom.follow(url, "Bad")
    newsroom.poll()
    assert last_poll(newsroom, url) == {"outcome": "error", "reason": "timeout", "status": None}
    good_came_through(newsroom, good)


def test_a_feed_that_turns_to_html_loses_nothing_it_had(newsroom: Newsroom) -> None:
    site = newsroom.site()
    items = [site.article("/l", *texts.filler(1))]
    url = site.feed(items)
    newsroom.follow(url, "Gazette")
    newsroom.poll()
    site.on("/feed.xml", html_page("We are moving", ["Come back soon."]))
    newsroom.poll(after=HOURS)
    assert last_poll(newsroom, url) == {"outcome": "error", "reason": "html", "status": 200}
    assert newsroom.one("SELECT count(*) FROM entries") == newsroom.one("SELECT count(*) FROM articles") == 1
    site.feed([*items, site.article("/m", *texts.filler(2))])
    newsroom.poll(after=timedelta(days=2))
    assert newsroom.one("SELECT count(*) FROM entries") == 2


@pytest.mark.parametrize(
    ("how", "reason"),
    [
        ({"status": 500}, "http_5xx"),
        ({"status": 404}, "http_4xx"),
        ({"status": 302, "headers": {"Location": "http://192.168.0.1/admin"}}, "address"),
        ({"body": b"%PDF-1.7 ...", "content_type": "application/pdf"}, "not_html"),
        ({"hangs": True}, "timeout"),
    ],
    ids=["500", "404", "private address", "pdf", "hangs"],
)
def test_a_bad_page_is_one_reason_on_that_article_alone(newsroom, good, how, reason) -> None:
    newsroom.poll_settings = 'timeout = "2s"'
    bad = newsroom.site()
    bad.on("/bad", **how)
    newsroom.follow(
        bad.feed([Item("/bad", "Bad", "What the feed says of it."), bad.article("/ok", *texts.filler(7))]), "Bad"
    )
    newsroom.poll()
    rows = {row["title"]: row for row in newsroom.rows("SELECT * FROM articles")}
    assert (rows["Bad"]["status"], rows["Bad"]["reason"]) == ("summary", reason)
    assert rows["Bad"]["text"] == "What the feed says of it."
    assert rows[texts.filler(7)[0]]["status"] == "extracted"
    good_came_through(newsroom, good)


def test_a_page_that_robots_txt_forbids_is_not_asked_for(newsroom, good) -> None:
    site = newsroom.site()
    site.on("/robots.txt", "User-agent: *\nDisallow: /private/\n", content_type="text/plain")
    newsroom.follow(
        site.feed([site.article("/private/a", *texts.filler(7)), site.article("/b", *texts.filler(8))]), "Shy"
    )
    newsroom.poll()
    rows = newsroom.rows("SELECT status, reason FROM articles WHERE url LIKE ? ORDER BY url DESC", site.url("/") + "%")
    assert rows == [{"status": "summary", "reason": "robots"}, {"status": "extracted", "reason": None}]
    assert (site.times_asked("/private/a"), site.times_asked("/robots.txt")) == (0, 1)


def test_an_unforeseen_exception_costs_one_feed_its_poll_and_no_other(newsroom, good, monkeypatch) -> None:
    # The traceback bears a lone surrogate, which a report between test processes cannot.
    monkeypatch.setattr(logging.getLogger("samewire"), "disabled", True)
    bad = newsroom.site()
    url = bad.feed([bad.article("/x", *texts.filler(7))])
    newsroom.follow(url, "Bad")

    def headers_of(asked: str) -> tuple[tuple[str, str], ...]:
        if asked == url:
            raise RuntimeError("nobody foresaw \ud800 this")
        return ()

    with newsroom.desk() as desk:
        asyncio.run(newsroom.passes(replace(desk, headers_of=headers_of), 1))
    assert last_poll(newsroom, url) == {"outcome": "error", "reason": "crashed", "status": None}
    assert "nobody foresaw" in newsroom.one("SELECT last_detail FROM feeds WHERE url = ?", url)
    good_came_through(newsroom, good)


def plant(newsroom: Newsroom, trigger: str) -> None:
    """A database that refuses one row, as a fault in what we store would."""
    with contextlib.closing(sqlite3.connect(newsroom.database)) as connection:
        connection.execute(trigger)


def test_an_entry_that_cannot_be_stored_costs_one_feed_its_poll_and_no_other(newsroom, good) -> None:
    bad = newsroom.site()
    url = bad.feed([])
    newsroom.follow(url, "Bad")
    with newsroom.desk():
        pass
    plant(
        newsroom,
        "CREATE TRIGGER planted BEFORE INSERT ON entries WHEN NEW.title = 'Poison' "
        "BEGIN SELECT RAISE(ABORT, 'planted'); END",
    )
    bad.feed([bad.article("/x", *texts.filler(7)), Item("/p", "Poison", "p"), bad.article("/y", *texts.filler(8))])
    newsroom.poll()
    assert last_poll(newsroom, url) == {"outcome": "error", "reason": "crashed", "status": None}
    # Neither the entries nor the validators that vouch for them.
    assert newsroom.one("SELECT count(*) FROM entries e JOIN feeds f ON f.id = e.feed_id WHERE f.url = ?", url) == 0
    assert newsroom.rows("SELECT etag, body_hash, baseline_at FROM feeds WHERE url = ?", url) == [
        {"etag": None, "body_hash": None, "baseline_at": None}
    ]
    good_came_through(newsroom, good)
    plant(newsroom, "DROP TRIGGER planted")
    newsroom.poll(after=HOURS)
    assert newsroom.one("SELECT count(*) FROM entries e JOIN feeds f ON f.id = e.feed_id WHERE f.url = ?", url) == 3


def test_an_article_that_cannot_be_matched_costs_only_itself(newsroom, good) -> None:
    bad = newsroom.site()
    newsroom.follow(bad.feed([]), "Bad")
    newsroom.poll()
    bad.feed([bad.article("/x", *texts.filler(7)), bad.article("/y", *texts.filler(8))])
    plant(
        newsroom,
        "CREATE TRIGGER planted BEFORE INSERT ON signatures WHEN (SELECT url LIKE '%/x' FROM articles WHERE id = "
        "NEW.article_id) BEGIN SELECT RAISE(ABORT, 'planted'); END",
    )
    newsroom.poll(after=HOURS)
    x, y = newsroom.rows(
        "SELECT status, reason, next_fetch_at FROM articles WHERE url LIKE ? ORDER BY url", bad.url("/_")
    )
    assert (x["status"], x["reason"]) == ("summary", "crashed")
    assert x["next_fetch_at"] is not None
    assert y["status"] == "extracted"
    assert newsroom.one("SELECT count(*) FROM journal WHERE action = 'not-matched'") == 1
    good_came_through(newsroom, good)
    plant(newsroom, "DROP TRIGGER planted")
    newsroom.poll(after=HOURS)
    assert newsroom.one("SELECT status FROM articles WHERE url = ?", bad.url("/x")) == "extracted"
    assert newsroom.one("SELECT count(*) FROM signatures") == 5


def test_a_host_that_asks_for_a_pause_gets_it_for_all_its_feeds(newsroom: Newsroom) -> None:
    site = newsroom.site()
    busy = site.on("/busy.xml", "slow down", status=429, headers={"Retry-After": "7200"})
    calm = site.feed([], "/calm.xml")
    newsroom.follow(busy, "Busy")
    newsroom.follow(calm, "Busy")
    newsroom.poll()
    assert last_poll(newsroom, busy)["reason"] == "rate_limited"
    newsroom.poll(after=timedelta(minutes=90))
    assert site.times_asked("/busy.xml") == 1
    assert site.times_asked("/calm.xml") == 1
    report = newsroom.poll(busy)
    assert [(outcome.word, outcome.reason) for _, outcome in report.polls] == [("refused", "waiting")]
    assert site.times_asked("/busy.xml") == 1
    newsroom.poll(after=timedelta(hours=2))
    assert site.times_asked("/busy.xml") == 2


def test_a_site_whose_robots_txt_hangs_is_asked_for_it_once_and_not_for_each_page(newsroom, good) -> None:
    newsroom.poll_settings = 'timeout = "2s"'
    site = newsroom.site()
    site.on("/robots.txt", hangs=True)
    newsroom.follow(site.feed([site.article(f"/{n}", *texts.filler(n)) for n in range(4, 12)]), "Slow")
    newsroom.poll()
    rows = newsroom.rows("SELECT status, reason FROM articles WHERE url LIKE ?", site.url("/") + "%")
    assert rows == [{"status": "summary", "reason": "timeout"}] * 8
    assert site.times_asked("/robots.txt") == 1
    good_came_through(newsroom, good)
