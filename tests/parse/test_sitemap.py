"""News sitemaps as feeds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ingest.errors import ParseError, Reason
from ingest.model import Entry
from ingest.parse.feed import parse_feed
from ingest.parse.sitemap import read_sitemap
from tests.parse.feeds import answer

ROOT = (
    "<?xml version='1.0' encoding='UTF-8'?><urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' "
    "xmlns:news='http://www.google.com/schemas/sitemap-news/0.9' "
    "xmlns:image='http://www.google.com/schemas/sitemap-image/1.1'>"
)


def page(number: int, more: str = "", news: str = "") -> str:
    return (
        f"<url><loc>http://news.example/{number}</loc>{more}<news:news>"
        "<news:publication><news:name>The Echo</news:name>"
        f"<news:language>en</news:language></news:publication><news:title>Title {number}</news:title>{news}"
        "</news:news></url>"
    )


def sitemap(*pages: str) -> bytes:
    return f"{ROOT}{''.join(pages)}</urlset>".encode()


def test_a_page_of_news_is_an_entry() -> None:
    date = "<news:publication_date>2026-11-23T11:00:00+01:00</news:publication_date>"
    more = "<lastmod>2026-11-23T12:00:00Z</lastmod>"
    more += "<image:image><image:loc>i</image:loc><image:title>no</image:title></image:image>"
    parsed = parse_feed(answer(sitemap(page(1, more, date + "<news:keywords>ferry, storm</news:keywords>"))))
    assert (parsed.title, parsed.version, parsed.language, parsed.fault) == ("The Echo", "sitemap", "en", None)
    assert parsed.entries == (
        Entry(
            link="http://news.example/1",
            title="Title 1",
            published_at=datetime(2026, 11, 23, 10, tzinfo=UTC),
            published_raw="2026-11-23T11:00:00+01:00",
            updated_at=datetime(2026, 11, 23, 12, tzinfo=UTC),
            language="en",
            categories=("ferry", "storm"),
        ),
    )


def test_known_pages_are_not_read_again() -> None:
    first = parse_feed(answer(sitemap(page(1), page(2))))
    second = parse_feed(answer(sitemap(page(3), page(1), page(2))), frozenset(first.marks))
    assert [entry.title for entry in second.entries] == ["Title 3"]
    assert second.seen == first.marks


@pytest.mark.parametrize(
    ("body", "titles"),
    [
        pytest.param(sitemap(page(1), page(2))[:-30], ["Title 1"], id="cut"),
        pytest.param(sitemap(page(1).replace("Title", "AT&T"), page(2)), ["AT&T 1", "Title 2"], id="an ampersand"),
        pytest.param(sitemap("<url><loc>http://news.example/x</loc></url>", page(2)), ["Title 2"], id="no news in one"),
        pytest.param(sitemap(page(1), "<a>" * 60), ["Title 1"], id="too deep"),
        pytest.param(sitemap(*map(page, range(1_001))), [f"Title {n}" for n in range(1_000)], id="too many"),
    ],
)
def test_every_page_that_can_be_read_is_read(body: bytes, titles: list[str]) -> None:
    assert [entry.title for entry in parse_feed(answer(body)).entries] == titles


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (sitemap("<url><loc>http://news.example/</loc></url>"), "no news in it"),
        (b"<sitemapindex><sitemap><loc>http://x.example/news.xml</loc></sitemap></sitemapindex>", "a list of sitemaps"),
    ],
    ids=["plain", "index"],
)
def test_a_sitemap_without_news_is_no_feed(body: bytes, words: str) -> None:
    with pytest.raises(ParseError, match=words) as raised:
        parse_feed(answer(body))
    assert raised.value.reason is Reason.NOT_A_FEED


def test_a_list_of_sitemaps_gives_its_addresses_and_news_its_pages() -> None:
    index = b"<sitemapindex><sitemap><loc> /a.xml </loc></sitemap><sitemap><loc>ftp://x/</loc></sitemap></sitemapindex>"
    assert read_sitemap(answer(index)).sitemaps == ("http://news.example/a.xml",)
    news = b"<urlset><url><loc>/p</loc><news><title>News</title></news></url></urlset>"
    assert [page.link for page in read_sitemap(answer(news)).pages] == ["http://news.example/p"]


@pytest.mark.parametrize(
    "body", [b"", b"<html></html>", b"<rss><channel/></rss>", b"<urlset><url><loc>/p</loc></url></urlset>"]
)
def test_what_is_no_sitemap_of_news_is_an_error(body: bytes) -> None:
    with pytest.raises(ParseError) as caught:
        read_sitemap(answer(body))
    assert caught.value.reason is Reason.NOT_A_FEED
