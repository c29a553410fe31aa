"""Feeds by hand against a real publisher: found at their site, polled by name, and what a pass says of failures."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.model import FeedId
from ingest.store.connection import open_for_notes
from ingest.store.proposals import propose
from ingest.store.times import from_text
from tests.daemon.conftest import Publisher, publisher

from .conftest import FERRY, Cli

__all__ = ["publisher"]
SITE = b'<html><head><link rel="alternate" type="application/rss+xml" href="/rss.xml"></head><body>News</body></html>'


@pytest.fixture
def feed(cli: Cli, publisher: Publisher, tmp_path: Path) -> str:
    """A feed that may be asked; returns its address."""
    (tmp_path / "config.toml").write_text(
        f'[poll]\nallow = ["{publisher.host}"]\nhost_delay = "0s"\n', encoding="utf-8"
    )
    return publisher.put_feed("/rss.xml", ("Ferry resumes after storm", FERRY))


def test_a_feed_is_added_by_its_address_or_by_its_sites(cli: Cli, publisher: Publisher, feed: str) -> None:
    publisher.pages["/"] = SITE
    assert cli("add", publisher.url("/")).out == f"{feed}: added as feed 1 (1 entry)\n"
    again = cli("add", feed, "--json")
    assert again.json() == [{"url": feed, "feed": 1, "new": False, "entries": 1, "others": []}]


def test_the_other_feeds_that_a_page_names_are_told(cli: Cli, publisher: Publisher, feed: str) -> None:
    more = b'<link rel="alternate" type="application/atom+xml" href="/sport.atom">'
    publisher.pages["/"] = SITE.replace(b"</head>", more + b"</head>")
    assert cli("add", publisher.url("/")).out.splitlines()[1:] == [
        f"  the page also names {publisher.url('/sport.atom')}"
    ]


@pytest.mark.parametrize(
    ("page", "at"),
    [
        (b"<html><body><a href='/news.rss'>News</a></body></html>", "/news.rss"),
        (b"<html><body>No word of feeds.</body></html>", "/feed.xml"),
        (b"<html><head><link rel=feed href=/gone></head><body><a href=/abo>RSS</a></body></html>", "/abo"),
    ],
    ids=["a link that looks like one", "a usual place", "one that is named is gone"],
)
def test_a_feed_is_found_where_no_page_declares_it(
    cli: Cli, publisher: Publisher, feed: str, page: bytes, at: str
) -> None:
    publisher.pages["/"], publisher.pages[at] = page, publisher.pages["/rss.xml"]
    del publisher.pages["/rss.xml"]
    assert cli("add", publisher.url("/")).out == f"{publisher.url(at)}: added as feed 1 (1 entry)\n"


@pytest.mark.parametrize("kind", ["wire", "outlet", "aggregator"])
def test_the_kind_and_the_family_of_a_feed_can_be_said(cli: Cli, feed: str, kind: str) -> None:
    assert cli("add", "--kind", kind, "--publisher", "Northwire", feed).code == 0
    assert cli("poll", feed).code == 0
    (story,) = cli("stories", "--json").json()
    assert [(member["publisher"], member["kind"]) for member in story["members"]] == [("Northwire", kind)]


def test_what_is_not_found_is_told_and_the_others_are_added(cli: Cli, publisher: Publisher, feed: str) -> None:
    ran = cli("add", publisher.url("/missing"), feed)
    assert ran.code == 1
    assert ran.err == f"{publisher.url('/missing')}: the server answered 404\n"
    assert [known["url"] for known in cli("feeds", "--json").json()] == [feed]


def test_a_page_without_a_feed_is_told_as_such(cli: Cli, publisher: Publisher, feed: str) -> None:
    publisher.pages["/"] = b"<html><body>No feeds here.</body></html>"
    del publisher.pages["/rss.xml"]
    ran = cli("add", publisher.url("/"))
    assert ran.code == 1
    assert "the page names none" in ran.err
    assert f"{publisher.url('/feed')} (http_4xx)" in ran.err


def test_a_named_feed_is_polled_due_or_not_and_an_unnamed_pass_takes_what_is_due(
    cli: Cli, publisher: Publisher, feed: str
) -> None:
    first, named, due = cli("poll", feed, "--json"), cli("poll", feed, "--json"), cli("poll", "--json")
    assert [(poll["outcome"], poll["new"]) for poll in first.json()["feeds"]] == [("ok", 1)]
    assert [poll["outcome"] for poll in named.json()["feeds"]] == ["unchanged"]
    assert due.json() == {"feeds": [], "pages": 0}
    assert publisher.asked.count("/rss.xml") == 2


def test_a_pass_fails_only_when_every_named_feed_failed(cli: Cli, publisher: Publisher, feed: str) -> None:
    missing = publisher.url("/missing")
    both = cli("poll", feed, missing)
    assert both.code == 0
    assert both.out == "2 feeds polled, 1 failed; 1 new entry, 0 revised; 1 article settled\n"
    assert both.err.splitlines() == [f"  {missing}: http_4xx: the server answered 404"]
    assert cli("poll", missing).code == 1
    assert cli("poll").code == 0
    trouble = {known["url"]: known["reason"] for known in cli("feeds", "--json").json()}
    assert trouble[missing] == "http_4xx"
    assert "failing" in cli("status").out


def test_where_no_page_was_read_nothing_is_there_to_forget(cli: Cli, feed: str) -> None:
    assert cli("poll", feed).code == 0
    for named in ("1", feed):
        said = cli("feeds", "forget-template", named)
        assert (said.code, said.out.endswith("nothing is learned of its pages\n")) == (0, True)
    assert cli("feeds", "forget-template", "99").code == 1


def test_a_feed_is_polled_now_on_demand_and_a_move_that_never_was_is_told(
    cli: Cli, publisher: Publisher, feed: str
) -> None:
    assert cli("poll", feed).code == 0
    assert cli("poll", "--json").json()["feeds"] == []
    said = cli("feeds", "poll-now", "1")
    assert (said.code, said.out.startswith(f"{feed}: due now")) == (0, True)
    assert [poll["url"] for poll in cli("poll", "--json").json()["feeds"]] == [feed]
    refused = cli("feeds", "undo-move", feed)
    assert (refused.code, "has not moved" in refused.err) == (1, True)
    (known,) = cli("feeds", "--json").json()
    assert (known["overflows"], known["robots"], known["verify_tls"]) == (0, True, True)


def test_what_ails_a_feed_is_listed_and_what_was_found_for_a_dead_one_is_adopted(
    cli: Cli, publisher: Publisher, feed: str, tmp_path: Path
) -> None:
    assert cli("poll", feed).code == 0
    found = publisher.put_feed("/new.xml", ("Ferry resumes after storm", FERRY))
    with open_for_notes(tmp_path / "newsroom.db") as store:
        at = "2026-05-05T12:00:00Z"
        propose(store, FeedId(1), found, title="New", entries=1, now=from_text(at))
        store.connection.execute(
            "INSERT INTO sitemaps (publisher_id, site, next_at, checked_at, listed, missed) "
            "VALUES (1, 'https://p.example', ?1, ?1, 40, 7)",
            [at],
        )
        store.connection.execute(
            "INSERT INTO subscriptions (feed_id, hub, topic, callback, salt, status, next_at, missed, doubted_at) "
            "VALUES (1, 'https://hub.example/', 'https://p.example/f', 'https://n.example/', 's', 'active', ?1, 3, ?1)",
            [at],
        )
    told = cli("feeds").out
    assert "its hub missed entries; sitemap: 7 of 40 missed" in told
    assert f"feed 1 is dead; {found} answers: `samewire feeds adopt 1` moves it" in told
    (known,) = cli("feeds", "--json").json()
    assert (known["push"], known["sitemap_missed"], known["proposed_url"]) == ("doubted", 7, found)
    assert cli("feeds", "adopt", "1").out == f"{feed}: polled at {found} from now on\n"
    (known,) = cli("feeds", "--json").json()
    assert (known["url"], known["proposed_url"]) == (found, None)
    assert cli("feeds", "undo-move", "1").code == 0
    assert cli("feeds", "adopt", "1").code == 1
