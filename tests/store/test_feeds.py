"""Feeds: the configuration's and those added by hand, and what a person says of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ingest.errors import NotFound
from ingest.model import FeedKind
from ingest.store import feeds, moves, polls
from ingest.store.feeds import NewFeed, add_feed, sync_configured
from ingest.text.urls import server_name
from tests.store.conftest import NOW, Desk

ONE = NewFeed(url="https://one.example/feed", publisher="One", domain="one.example", kind=FeedKind.OUTLET)
TWO = NewFeed(url="https://two.example/feed", publisher="Two", domain="two.example", kind=FeedKind.WIRE)
HOUR = timedelta(hours=1)


def status(desk: Desk) -> dict[str, tuple[str, str | None]]:
    return {row["url"]: (row["status"], row["paused_by"]) for row in desk.rows("SELECT * FROM feeds")}


def test_new_feeds_of_the_configuration_are_added_and_due(desk: Desk) -> None:
    sync_configured(desk.store, [ONE, TWO], NOW)
    assert status(desk) == {ONE.url: ("active", None), TWO.url: ("active", None)}
    assert [feed.url for feed in feeds.due(desk.store.connection, NOW, interval=HOUR, limit=9)] == [ONE.url, TWO.url]
    assert desk.one("SELECT kind FROM publishers WHERE name = 'Two'") == "wire"


def test_changed_settings_are_updated_and_the_memory_is_kept(desk: Desk) -> None:
    sync_configured(desk.store, [ONE], NOW)
    desk.store.connection.execute("UPDATE feeds SET etag = 'x', next_at = '2026-05-06T00:00:00Z'")
    changed = NewFeed(
        url=ONE.url, publisher="Uno", domain="one.example", kind=FeedKind.AGGREGATOR,
        interval=timedelta(minutes=5), fetch_pages=False,
    )  # fmt: skip
    sync_configured(desk.store, [changed], NOW)
    (feed,) = feeds.due(desk.store.connection, NOW + timedelta(days=1), interval=HOUR, limit=9)
    assert (feed.publisher, feed.kind, feed.interval, feed.fetch_pages) == (
        "Uno", FeedKind.AGGREGATOR, timedelta(minutes=5), False,
    )  # fmt: skip
    assert (feed.state.etag, desk.one("SELECT next_at FROM feeds")) == ("x", "2026-05-06T00:00:00Z")


def test_a_feed_that_left_the_configuration_is_paused_and_comes_back_with_it(desk: Desk) -> None:
    sync_configured(desk.store, [ONE, TWO], NOW)
    desk.store.connection.execute("UPDATE feeds SET etag = 'x'")
    sync_configured(desk.store, [TWO], NOW)
    assert status(desk) == {ONE.url: ("paused", "config"), TWO.url: ("active", None)}
    assert desk.one("SELECT count(*) FROM journal WHERE action = 'paused'") == 1
    sync_configured(desk.store, [TWO], NOW)
    assert desk.one("SELECT count(*) FROM journal WHERE action = 'paused'") == 1
    sync_configured(desk.store, [ONE, TWO], NOW)
    assert status(desk)[ONE.url] == ("active", None)
    assert desk.one("SELECT etag FROM feeds WHERE url = ?", ONE.url) == "x"


def test_feeds_added_by_hand_are_untouched_by_the_configuration(desk: Desk) -> None:
    add_feed(desk.store, ONE, NOW)
    before = desk.rows("SELECT * FROM feeds")
    sync_configured(desk.store, [TWO], NOW)
    sync_configured(desk.store, [], NOW)
    assert desk.rows("SELECT * FROM feeds WHERE url = ?", ONE.url) == before
    assert status(desk)[TWO.url] == ("paused", "config")


@pytest.mark.parametrize("word", ["paused", "removed"])
def test_what_a_person_paused_or_removed_stays_so_over_restarts(desk: Desk, word: str) -> None:
    sync_configured(desk.store, [ONE, TWO], NOW)
    one, _ = feeds.find_feed(desk.store.connection, ONE.url)
    feeds.set_status(desk.store, one, word, actor="ada", now=NOW)
    for configured in ([ONE, TWO], [TWO], [ONE, TWO]):
        sync_configured(desk.store, configured, NOW)
        assert status(desk)[ONE.url] == (word, "person")
    feeds.set_status(desk.store, one, "active", actor="ada", now=NOW)
    assert status(desk)[ONE.url] == ("active", None)
    assert [row["action"] for row in desk.rows("SELECT action FROM journal ORDER BY id")] == [
        f"feed-{word}", "feed-resumed",
    ]  # fmt: skip


def test_adding_a_known_feed_changes_nothing_and_a_removed_one_comes_back(desk: Desk) -> None:
    sync_configured(desk.store, [TWO], NOW)
    before = desk.rows("SELECT * FROM feeds JOIN publishers ON publishers.id = publisher_id")
    again = NewFeed(url=TWO.url, publisher="two.example", domain="two.example")
    assert add_feed(desk.store, again, NOW)[1] is False
    assert desk.rows("SELECT * FROM feeds JOIN publishers ON publishers.id = publisher_id") == before
    two, _ = feeds.find_feed(desk.store.connection, TWO.url)
    feeds.set_status(desk.store, two, "removed", actor="ada", now=NOW)
    assert add_feed(desk.store, again, NOW) == (two, True)
    assert status(desk) == {TWO.url: ("active", None)}


def test_a_publisher_keeps_its_kind_where_nothing_is_said_of_it(desk: Desk) -> None:
    sync_configured(desk.store, [TWO], NOW)
    add_feed(desk.store, NewFeed(url="https://two.example/more", publisher="Two", domain="two.example"), NOW)
    assert desk.one("SELECT kind FROM publishers WHERE name = 'Two'") == "wire"


def test_a_feed_is_found_by_address_and_by_number_and_else_named(desk: Desk) -> None:
    feed = desk.feed()
    assert feeds.find_feed(desk.store.connection, feed.url) == (feed.id, feed.url)
    assert feeds.find_feed(desk.store.connection, str(feed.id)) == (feed.id, feed.url)
    for word in ("", "99", "https://nowhere.example", "1 OR 1=1", "\0"):
        with pytest.raises(NotFound):
            feeds.find_feed(desk.store.connection, word)
    with pytest.raises(NotFound, match="feed 99"):
        feeds.set_status(desk.store, 99, "paused", actor="ada", now=NOW)  # type: ignore[arg-type]


def test_a_feed_that_moves_onto_another_is_paused_and_the_journal_says_why(desk: Desk) -> None:
    old, new = desk.feed("https://example.org/old"), desk.feed("https://example.org/new")
    with desk.store.transaction():
        assert moves.set_url(desk.store, old, new.url, NOW) is False
    assert status(desk) == {old.url: ("paused", "samewire"), new.url: ("active", None)}
    assert new.url in desk.one("SELECT reason FROM journal")


def test_the_journal_masks_addresses_whoever_writes_it(desk: Desk) -> None:
    feed = desk.feed("https://example.org/feed?token=quiet-water")
    feeds.poll_now(desk.store, feed.id, actor="ada", now=NOW)
    for status in ("paused", "active", "removed"):
        feeds.set_status(desk.store, feed.id, status, actor="ada", now=NOW)
    desk.store.connection.execute("UPDATE feeds SET status = 'active', origin = 'config'")
    sync_configured(desk.store, [], NOW)
    with desk.store.transaction():
        moves.set_gone(desk.store, feed, NOW)
    reasons = [row["reason"] for row in desk.rows("SELECT reason FROM journal")]
    assert len(reasons) == 6
    assert all("https://example.org/feed?token=***" in reason for reason in reasons)


def test_a_pause_of_the_host_never_shortens_what_a_feed_waits_for(desk: Desk) -> None:
    feed = desk.feed()
    desk.store.connection.execute("UPDATE feeds SET next_at = '2026-05-07T00:00:00Z'")
    host = "example.org"
    assert feed.url.startswith(f"https://{host}/")
    polls.pause_host(desk.store, host, NOW + HOUR, status=429, now=NOW)
    assert desk.rows("SELECT next_at, retry_after_at FROM feeds") == [
        {"next_at": "2026-05-07T00:00:00Z", "retry_after_at": "2026-05-05T13:00:00Z"}
    ]
    polls.pause_host(desk.store, host, NOW, status=503, now=NOW)
    assert desk.one("SELECT retry_after_at FROM feeds") == "2026-05-05T13:00:00Z"
    assert polls.host_paused_until(desk.store.connection, host) == NOW + HOUR
    assert polls.forget_hosts(desk.store, NOW) == 0
    assert polls.forget_hosts(desk.store, NOW + 2 * HOUR) == 1


def test_a_pause_of_a_name_is_for_http_and_https_alike(desk: Desk) -> None:
    for url in ("http://example.org/a", "https://example.org/b", "https://example.org:8443/c", "https://other.org/d"):
        desk.feed(url)
    polls.pause_host(desk.store, server_name("https://example.org/b"), NOW + HOUR, status=429, now=NOW)
    paused = {row["url"] for row in desk.rows("SELECT url FROM feeds WHERE retry_after_at IS NOT NULL")}
    assert paused == {"http://example.org/a", "https://example.org/b"}
