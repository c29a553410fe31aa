"""A page must hold its article whole, or not at all, and nothing in a text may become markup."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape

import pytest

from ingest.demo.newsroom import EDITIONS, PageStyle, canonical_url, load_newsroom, print_article
from ingest.demo.pages import render_page, render_start_page

OPENED_AT = datetime(2026, 11, 24, 6, 20, tzinfo=UTC)
NEWSROOM = load_newsroom()
BASE_URLS = {publisher.key: f"http://127.0.0.1:{9000 + n}" for n, publisher in enumerate(NEWSROOM.publishers)}
KEYS = list(BASE_URLS)
BY_NAME = {f"{article.publisher}-{article.slug}": article for article in NEWSROOM.articles}
WALLED = {PageStyle.CONSENT, PageStyle.PAYWALL}
HOSTILE = "Profit & loss: <b>\"5 < 6\"</b> ]]> </script><script>alert('x')</script> &amp; &nbsp;"


def page_of(name: str, edition: int = 1) -> str:
    article = BY_NAME[name]
    publisher = NEWSROOM.publisher(article.publisher)
    neighbours = NEWSROOM.articles_of(publisher.key)
    document = render_page(publisher, article, BASE_URLS, OPENED_AT, edition, neighbours=neighbours)
    assert document.content_type == f"text/html; charset={publisher.charset}"
    return document.body.decode(publisher.charset)


@pytest.mark.parametrize("name", BY_NAME)
def test_a_page_holds_every_paragraph_in_order_unless_it_is_walled(name: str) -> None:
    article = BY_NAME[name]
    publisher = NEWSROOM.publisher(article.publisher)
    for edition in EDITIONS:
        page = page_of(name, edition)
        printed = print_article(publisher, article, opened_at=OPENED_AT, edition=edition)
        shown = [unescape(text) for text in re.findall(r"<p>(.*?)</p>", page, re.DOTALL)]
        found = [paragraph for paragraph in shown if paragraph in printed.paragraphs]
        if publisher.page not in WALLED:
            assert tuple(found) == printed.paragraphs
        else:
            assert tuple(found) == printed.paragraphs[: int(publisher.page is PageStyle.PAYWALL)]


@pytest.mark.parametrize("key", KEYS)
def test_markup_in_a_text_stays_text_on_the_page(key: str) -> None:
    publisher = NEWSROOM.publisher(key)
    article = NEWSROOM.articles_of(key)[0]
    hostile = replace(
        article, text=replace(article.text, title=HOSTILE, paragraphs=(HOSTILE, "Two.")), byline=(HOSTILE,)
    )
    page = render_page(publisher, hostile, BASE_URLS, OPENED_AT, 1).body.decode(publisher.charset)
    assert "<script>" not in page
    assert "<b>" not in page
    assert page.count("</script>") == page.count('<script type="application/ld+json">')
    if publisher.page is not PageStyle.CONSENT:
        title = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
        assert title is not None
        assert unescape(title[1]) == HOSTILE


def test_structured_data_can_be_read_back() -> None:
    page = page_of("standard-kestria-ondal-leaders-to-meet-in-hallenport")
    written = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert written is not None
    data = json.loads(written[1])
    assert data["@type"] == "NewsArticle"
    assert data["datePublished"] == "2026-11-24T06:55:00+00:00"
    assert [author["name"] for author in data["author"]] == ["Ines Caldrey", "Tomas Verrin"]
    assert data["articleBody"].count("\n\n") == 8
    assert data["mainEntityOfPage"] == canonical_url(
        NEWSROOM.publisher("standard"), BY_NAME["standard-kestria-ondal-leaders-to-meet-in-hallenport"], BASE_URLS
    )


def test_publishers_differ_in_what_they_say_about_their_pages() -> None:
    assert "articleBody" not in page_of("tarrow-ferry-fire-skarrow-strait")
    assert 'property="article:published_time"' in page_of("echo-ferry-fire-in-skarrow-strait")
    assert 'itemprop="articleBody"' in page_of("packet-engine-room-fire-lady-almary")
    bare = page_of("gazette-lady-almary-fire")
    assert not re.search(r"og:|ld\+json|itemprop|canonical", bare)


def test_an_aggregator_buries_the_text() -> None:
    page = page_of("newspile-84120-kestria-ondal-leaders-to-meet")
    shown = [unescape(text) for text in re.findall(r"<p>(.*?)</p>", page)]
    for line in ("Image", "Credit…", "From Twitter", "Read Entire Article", "Comments"):
        assert line in shown
    assert any(re.fullmatch(r"\d hours ago 1", text) for text in shown)
    assert BASE_URLS["standard"] + "/world/kestria-ondal-leaders-to-meet-in-hallenport" in page


def test_the_consent_wall_says_nothing_of_the_article() -> None:
    page = page_of("courier-kestria-ondal-summit")
    assert "Before you continue to The Ashmere Courier" in page
    assert "Kestria" not in page


def test_a_revised_page_shows_the_new_text() -> None:
    name = "tarrow-ferry-fire-skarrow-strait"
    assert "Fourteen people" in page_of(name, 1)
    assert "Seventeen people" in page_of(name, 2)
    assert "Fourteen people" not in page_of(name, 2)


def test_related_stories_are_others_and_none_of_the_next_edition() -> None:
    for name, article in BY_NAME.items():
        aside = re.search(r'class="related-stories".*?</aside>', page_of(name), re.DOTALL)
        if aside:
            links = re.findall(r'href="[^"]*/([^/"?]+?)(?:\.html|/)?(?:\?[^"]*)?"', aside[0])
            assert 1 <= len(links) <= 4
            assert article.slug not in links
            by_slug = {other.slug: other for other in NEWSROOM.articles_of(article.publisher)}
            assert all(by_slug[link].edition == 1 for link in links)


def test_a_lone_article_has_no_related_stories() -> None:
    publisher = NEWSROOM.publisher("standard")
    article = NEWSROOM.articles_of("standard")[0]
    page = render_page(publisher, article, BASE_URLS, OPENED_AT, 1).body.decode()
    assert "related-stories" not in page


@pytest.mark.parametrize("key", KEYS)
def test_the_start_page_names_the_feed_and_the_headlines(key: str) -> None:
    publisher = NEWSROOM.publisher(key)
    document = render_start_page(publisher, NEWSROOM.articles_of(key), BASE_URLS, OPENED_AT, 1)
    page = document.body.decode(publisher.charset)
    feed = re.search(r'<link rel="alternate" type="([^"]+)" title="[^"]*" href="([^"]+)">', page)
    assert feed is not None
    assert feed[2] == publisher.known_feed_path
    assert feed[1] == f"application/{'feed+json' if key == 'herald' else 'atom+xml' if key == 'packet' else 'rss+xml'}"
    assert page.count('<li><a href="http://127.0.0.1:') == sum(
        article.edition == 1 for article in NEWSROOM.articles_of(key)
    )


def test_an_empty_start_page_is_as_old_as_the_newsroom() -> None:
    assert render_start_page(NEWSROOM.publisher("echo"), [], BASE_URLS, OPENED_AT, 1).modified_at == OPENED_AT
