"""What a page says of where its feeds are."""

from __future__ import annotations

import time

import pytest

from ingest.parse.feedlinks import feeds_linked_by, feeds_named_by, usual_places
from tests.parse.feeds import answer

RSS = 'rel="alternate" type="application/rss+xml"'
PAGE = "http://news.example/world/"


def named(html: str, **headers: str) -> tuple[str, ...]:
    return feeds_named_by(answer(html.encode(), "text/html", url=PAGE, **headers))


def linked(html: str) -> tuple[str, ...]:
    return feeds_linked_by(answer(html.encode(), "text/html", url=PAGE))


@pytest.mark.parametrize(
    ("html", "urls"),
    [
        pytest.param(f'<link {RSS} href="/rss.xml">', ["http://news.example/rss.xml"], id="RSS"),
        pytest.param("<LINK HREF=a TYPE='application/atom+xml' REL='Alternate home'>", [f"{PAGE}a"], id="capitals"),
        pytest.param('<link rel="feed" href="f">', [f"{PAGE}f"], id="rel feed"),
        pytest.param('<link rel=alternate type="application/feed+json; x" href=j>', [f"{PAGE}j"], id="JSON"),
        pytest.param('<link rel="alternate" type="application/json" href="/wp-json/1">', [], id="an interface"),
        pytest.param('<link rel="alternate" hreflang="fr" href="/fr">', [], id="a translation"),
        pytest.param('<link rel="stylesheet" type="application/rss+xml" href="x">', [], id="another relation"),
        pytest.param('<link rel="alternate" type="application/rss+xml" href="javascript:x">', [], id="a script"),
        pytest.param(
            '<base href="http://cdn.example/x/"><link rel="alternate" type="application/rss+xml" href="y">',
            ["http://cdn.example/x/y"],
            id="a base",
        ),
        pytest.param(
            f'<link {RSS} title="Comments" href="c"><link {RSS} href="a"><link {RSS} href="a">',
            [f"{PAGE}a", f"{PAGE}c"],
            id="comments last, each once",
        ),
    ],
)  # fmt: skip
def test_declared_feeds_are_found(html: str, urls: list[str]) -> None:
    assert named(f"<html><head>{html}</head><body>text</body></html>") == tuple(urls)


def test_a_link_header_declares_a_feed_too() -> None:
    header = '</feed>; rel="alternate"; type="application/rss+xml"'
    assert named("<p>x", link=header) == ("http://news.example/feed",)
    assert named("<p>x", link="</fr>; rel=alternate; hreflang=fr") == ()


@pytest.mark.parametrize(
    ("html", "urls"),
    [
        ('<a href="/rss">x</a>', ["http://news.example/rss"]),
        ('<a href="/services/world.rss">x</a>', ["http://news.example/services/world.rss"]),
        ('<a href="/x/feed.xml?section=1">x</a>', ["http://news.example/x/feed.xml?section=1"]),
        ('<a href="/abo">Our <b>RSS</b></a>', ["http://news.example/abo"]),
        ('<a href="/sitemap-news.xml">x</a>', ["http://news.example/sitemap-news.xml"]),
        ('<a href="http://burner.example/feed">x</a><a href="/feed">y</a>',
         ["http://news.example/feed", "http://burner.example/feed"]),
        ('<a href="/img/rss.png">RSS</a>', []),
        ('<a href="/feedback">x</a><a href="/feeding-birds">How to feed birds in your garden this long winter</a>', []),
    ],
    ids=["rss", "ending", "query", "its word", "sitemap", "own site first", "a picture", "other words"],
)  # fmt: skip
def test_links_that_look_like_feeds_are_found(html: str, urls: list[str]) -> None:
    assert linked(f"<html><body>{html}</body></html>") == tuple(urls)


def test_the_usual_places_are_below_the_page_and_below_the_root() -> None:
    places = usual_places("http://news.example/world")
    assert places[:4] == (
        "http://news.example/world/feed",
        "http://news.example/world/rss",
        "http://news.example/feed",
        "http://news.example/rss",
    )
    assert usual_places("http://news.example/")[0] == "http://news.example/feed"


def test_a_hostile_page_costs_little() -> None:
    started = time.process_time()
    for html in ("<a " * 200_000, "<a href=/rss>" * 50_000, "<!" * 200_000, "<link rel=feed href=" + "x" * 400_000):
        named(html)
        linked(html)
    assert time.process_time() - started < 3.0
