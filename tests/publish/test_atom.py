"""Stories as an Atom feed, read back by the reader that everyone uses."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.model import StoryView
from ingest.publish.atom import write_atom
from tests.publish.conftest import make_member, make_story

NOW = datetime(2026, 11, 3, 6, 0, tzinfo=UTC)
EARLIER = datetime(2026, 11, 2, 18, 30, tzinfo=UTC)


def read(data: bytes) -> Any:
    feed = feedparser.parse(BytesIO(data))
    assert not feed.bozo
    assert feed.version == "atom10"
    return feed


def stories() -> tuple[StoryView, ...]:
    wide = make_story(7, (make_member(1, "Post"), make_member(2, "Echo"), make_member(3, "Post")), updated_at=EARLIER)
    return wide, make_story(9, (make_member(4, "Herald"),), first_article_id=None, updated_at=None)


def test_stories_become_entries_in_their_order_with_all_that_atom_asks_for() -> None:
    feed = read(write_atom(stories(), public_url="https://news.example/sw/", now=NOW))
    assert feed.feed.id == "https://news.example/sw/stories"
    assert feed.feed.updated == "2026-11-03T06:00:00Z"
    first, second = feed.entries
    assert (first.id, first.link) == ("https://news.example/sw/story/7",) * 2
    assert (first.title, first.author, first.updated) == ("Title 1", "Post", "2026-11-02T18:30:00Z")
    assert first.summary == "First: Post. 3 articles, 1 other publisher."
    assert second.summary == "Who was first is not decided."


def test_ids_do_not_change_when_a_story_does() -> None:
    def ids(given: tuple[StoryView, ...], url: str | None) -> list[str]:
        return [entry.id for entry in read(write_atom(given, public_url=url, now=NOW)).entries]

    changed = make_story(7, (make_member(8, "Echo", title="Other"),), updated_at=NOW)
    for url in (None, "https://news.example"):
        assert ids(stories(), url)[0] == ids((changed,), url)[0]
    assert ids(stories(), None) == ["urn:samewire:story:7", "urn:samewire:story:9"]


def test_without_pages_of_its_own_an_entry_links_the_first_publishers_page() -> None:
    feed = read(write_atom(stories(), public_url=None, now=NOW))
    assert feed.feed.id == "urn:samewire:stories"
    assert feed.entries[0].link == "https://post.example/1"


def test_an_address_that_is_none_for_the_web_is_not_linked() -> None:
    story = make_story(1, (make_member(1, "Post", url="javascript:alert(1)"),))
    assert b"javascript" not in write_atom([story], public_url=None, now=NOW)


def test_a_feed_without_stories_is_a_sound_feed() -> None:
    feed = read(write_atom((), public_url=None, now=NOW))
    assert feed.entries == [] and feed.feed.updated == "2026-11-03T06:00:00Z"


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_words_of_strangers_give_sound_xml(title: str, publisher: str) -> None:
    story = make_story(1, (make_member(1, publisher, url="https://a.example/", title=title),), title=title)
    tree = ElementTree.fromstring(write_atom([story], public_url=None, now=NOW))
    assert len(tree.findall("{http://www.w3.org/2005/Atom}entry")) == 1


@pytest.mark.parametrize("title", ["<b>bold</b> & more", "]]><x/>", "a\u202eb"])
def test_markup_in_a_title_is_text(title: str) -> None:
    story = make_story(1, (make_member(1, "Post"),), title=title)
    tree = ElementTree.fromstring(write_atom([story], public_url=None, now=NOW))
    found = tree.findtext("{http://www.w3.org/2005/Atom}entry/{http://www.w3.org/2005/Atom}title")
    assert found == title.replace("\u202e", "")
