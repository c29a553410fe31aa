"""What a publisher's feed says must reach a parser whole, whatever stands in it."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.demo.feeds import render_feed
from ingest.demo.newsroom import EDITIONS, Document, FeedFormat, Publisher, link_to, load_newsroom, print_edition

OPENED_AT = datetime(2026, 11, 24, 6, 20, tzinfo=UTC)
NEWSROOM = load_newsroom()
BASE_URLS = {publisher.key: f"http://127.0.0.1:{9000 + n}" for n, publisher in enumerate(NEWSROOM.publishers)}
XML_KEYS = [publisher.key for publisher in NEWSROOM.publishers if publisher.feed is not FeedFormat.JSON]
HOSTILE = "Profit & loss: <b>\"5 < 6\"</b> ]]> </title><script>alert('x')</script> &amp; &nbsp;"


def feed_of(key: str, edition: int = 1) -> Document:
    return render_feed(NEWSROOM.publisher(key), NEWSROOM.articles, BASE_URLS, OPENED_AT, edition)


def parsed(document: Document) -> Any:
    options = {"sanitize_html": False, "resolve_relative_uris": False}
    return feedparser.parse(BytesIO(document.body), response_headers={"content-type": document.content_type}, **options)


def feed_with(publisher: Publisher, title: str) -> Document:
    """A feed of one article with that title and text."""
    article = NEWSROOM.articles_of(publisher.key)[0]
    text = replace(article.text, title=title, paragraphs=(title, "Second."))
    hostile = replace(article, edition=1, text=text, revision=None)
    return render_feed(publisher, [hostile], BASE_URLS, OPENED_AT, 1)


@pytest.mark.parametrize("edition", EDITIONS)
@pytest.mark.parametrize("key", XML_KEYS)
def test_feedparser_reads_every_item_as_it_was_printed(key: str, edition: int) -> None:
    publisher = NEWSROOM.publisher(key)
    feed = parsed(feed_of(key, edition))
    printed = print_edition(publisher, NEWSROOM.articles, opened_at=OPENED_AT, edition=edition)
    entries = feed.entries[: len(printed)]  # a torn item may follow
    assert [entry.title for entry in entries] == [piece.title for piece in printed]
    assert [entry.link for entry in entries] == [link_to(publisher, piece.article, BASE_URLS) for piece in printed]
    stamps = [datetime(*entry.published_parsed[:6], tzinfo=UTC) for entry in entries]
    assert stamps == [piece.published_at for piece in printed]
    assert feed.feed.title == publisher.name
    assert all(piece.summary.split(" …")[0] in entry.summary for piece, entry in zip(printed, entries, strict=True))


@pytest.mark.parametrize("key", [key for key in XML_KEYS if key != "mercury"])
def test_a_sound_feed_is_well_formed(key: str) -> None:
    assert not parsed(feed_of(key)).bozo


def test_the_broken_feed_is_broken_in_the_first_edition_only() -> None:
    first, second = feed_of("mercury", 1), feed_of("mercury", 2)
    assert parsed(first).bozo
    assert b"Strait & Isles" in first.body
    assert b"&hellip;" in first.body
    assert first.body.endswith(b"<title>Letters to the edit")
    assert not parsed(second).bozo
    assert b"Letters" not in second.body


def test_a_json_feed_holds_the_whole_text() -> None:
    publisher = NEWSROOM.publisher("herald")
    document = feed_of("herald")
    feed = json.loads(document.body)
    printed = print_edition(publisher, NEWSROOM.articles, opened_at=OPENED_AT, edition=1)
    assert document.content_type.startswith("application/feed+json")
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert [entry["title"] for entry in feed["items"]] == [piece.title for piece in printed]
    assert all(
        entry["content_html"].count("<p>") == len(p.paragraphs) for entry, p in zip(feed["items"], printed, strict=True)
    )


@pytest.mark.parametrize("key", XML_KEYS)
def test_markup_in_a_title_stays_text(key: str) -> None:
    document = feed_with(replace(NEWSROOM.publisher(key), malformed=False), HOSTILE)
    (entry,) = parsed(document).entries
    assert entry.title == HOSTILE
    assert b"<script>" not in document.body


@given(title=st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=80))
def test_any_title_reaches_the_reader_of_an_atom_or_json_feed(title: str) -> None:
    title = title.strip() or "x"
    (entry,) = json.loads(feed_with(NEWSROOM.publisher("herald"), title).body)["items"]
    assert entry["title"] == title
    body = feed_with(NEWSROOM.publisher("packet"), title).body
    assert ElementTree.fromstring(body).findtext("{*}entry/{*}title") == title


def test_the_cyrillic_feed_comes_in_the_old_charset_it_names() -> None:
    document = feed_of("vestnik")
    assert document.content_type.endswith("charset=windows-1251")
    assert document.body.startswith(b'<?xml version="1.0" encoding="windows-1251"?>')
    assert "Под вторым причалом нашли мину" in document.body.decode("windows-1251")


def test_a_letter_outside_the_charset_becomes_a_reference() -> None:
    document = feed_with(NEWSROOM.publisher("vestnik"), "Гость из 海云")
    assert parsed(document).entries[0].title == "Гость из 海云"


def test_identities_are_written_as_differently_as_in_the_field() -> None:
    first = {key: parsed(feed_of(key)).entries[0] for key in ("tarrow", "standard", "ledger", "gazette", "packet")}
    assert first["tarrow"].id.startswith("urn:tarrow:")
    assert not first["tarrow"].guidislink
    assert first["standard"].id == first["standard"].link
    assert "/?p=" in first["ledger"].id
    assert "id" not in first["gazette"]
    assert first["packet"].id.startswith("urn:packet:")


def test_a_revision_keeps_its_identity_and_its_link() -> None:
    before, after = (parsed(feed_of("standard", edition)).entries for edition in EDITIONS)
    old = next(entry for entry in before if "direct peace talks" in entry.title)
    new = next(entry for entry in after if entry.id == old.id)
    assert new.title.startswith("UPDATE")
    assert new.link == old.link
    assert new.summary != old.summary


def test_promises_and_sources_are_in_the_feeds_that_make_them() -> None:
    assert parsed(feed_of("tarrow")).feed.ttl == "15"
    assert parsed(feed_of("standard")).feed.sy_updateperiod == "hourly"
    assert parsed(feed_of("standard")).feed.sy_updatefrequency == "4"
    entry = next(entry for entry in parsed(feed_of("newspile")).entries if "peace talks" in entry.title)
    assert entry.source.title == "The Hallenport Standard"
    assert entry.source.href == BASE_URLS["standard"] + "/feeds/home.xml"
    assert [author.name for author in entry.authors] == ["Ines Caldrey", "Tomas Verrin"]
    kelder = parsed(feed_of("kelder")).entries[0]
    assert len(kelder.content[0].value) > len(kelder.summary)


def test_stamps_carry_the_publishers_own_zone() -> None:
    assert "+0800</pubDate>" in feed_of("haiyun").body.decode()
    assert "GMT</pubDate>" in feed_of("tarrow").body.decode()


def test_the_feed_was_modified_when_its_newest_item_was() -> None:
    assert feed_of("standard", 2).modified_at == OPENED_AT + timedelta(minutes=505)  # the revision of the summit
    assert feed_of("gavan", 1).modified_at == feed_of("gavan", 2).modified_at


@pytest.mark.parametrize("key", ["standard", "packet", "herald"])
def test_a_feed_without_articles_is_still_a_feed(key: str) -> None:
    document = render_feed(NEWSROOM.publisher(key), [], BASE_URLS, OPENED_AT, 1)
    assert document.modified_at == OPENED_AT
    if key == "herald":
        assert json.loads(document.body)["items"] == []
    else:
        assert not parsed(document).entries
        assert not parsed(document).bozo
