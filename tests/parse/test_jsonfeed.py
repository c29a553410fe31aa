"""JSON Feed 1 and 1.1."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from ingest.errors import ParseError, Reason
from ingest.model import ParsedFeed
from ingest.parse.decode import Decoded
from ingest.parse.jsonfeed import is_json, parse_json

URL = "http://news.example/feed.json"
VERSION = "https://jsonfeed.org/version/1.1"


def parse(document: object) -> ParsedFeed:
    text = document if isinstance(document, str) else json.dumps(document)
    return parse_json(Decoded(text, "utf-8"), URL)


def feed(*items: object, **more: object) -> dict[str, Any]:
    return {"version": VERSION, "title": "Feed", "items": list(items), **more}


def test_a_feed_is_read_whole() -> None:
    item = {
        "id": 7,
        "url": "/a?x=1",
        "title": "AT&amp;T",
        "content_html": "<p>One</p><p>Two</p>",
        "date_published": "2026-11-23T10:00:00+01:00",
        "date_modified": "2026-11-23T12:00:00Z",
        "authors": [{"name": "Ann"}, {"name": ""}, "no"],
        "author": {"name": "Bo"},
        "tags": ["x", 3],
        "language": "fr",
    }
    more = {"home_page_url": "http://news.example/", "feed_url": "/feed.json", "language": "de"}
    parsed = parse(feed(item, **more, hubs=[{"type": "rssCloud"}, {"type": "WebSub", "url": "http://hub.example/"}]))
    (entry,) = parsed.entries
    assert (parsed.title, parsed.link, parsed.version, parsed.language) == (
        "Feed",
        "http://news.example/",
        "json11",
        "de",
    )
    assert (parsed.hub, parsed.self_url, parsed.fault) == ("http://hub.example/", URL, None)
    assert (entry.guid, entry.link, entry.title) == ("7", "http://news.example/a?x=1", "AT&T")
    assert (entry.content, entry.summary) == ("<p>One</p><p>Two</p>", "One\nTwo")
    assert entry.published_at == datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert entry.updated_at == datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert (entry.authors, entry.categories, entry.language) == (("Ann", "Bo"), ("x",), "fr")


def test_plain_content_becomes_html_and_its_summary_stays() -> None:
    item = {"id": "1", "content_text": "a <b>\n\nc", "summary": "s", "external_url": "http://x.example/"}
    (entry,) = parse(feed(item)).entries
    assert (entry.content, entry.summary, entry.link) == ("<p>a &lt;b&gt;</p><p>c</p>", "s", "http://x.example/")


def test_version_1_is_told_from_1_1() -> None:
    assert parse(feed() | {"version": "https://jsonfeed.org/version/1"}).version == "json1"


def test_items_without_a_version_are_a_feed_when_they_look_like_one() -> None:
    assert parse({"items": [{"content_text": "x"}]}).version == "json"


def test_a_lone_surrogate_has_a_utf8_form_after_reading() -> None:
    text = r'{"version":"V","items":[{"id":"1","title":"a\ud800b\u0000 \ud83d\ude00","content_html":"\udfff"}]}'
    (entry,) = parse(text).entries
    assert entry.title == "a\ufffdb 😀"
    assert entry.content == "\ufffd"


def test_a_feed_that_breaks_off_gives_its_whole_items() -> None:
    text = json.dumps(feed({"id": "1", "title": "a"}, {"id": "2", "title": "b"}))
    parsed = parse(text[: text.index('"b"')])
    assert [entry.guid for entry in parsed.entries] == ["1"]
    assert parsed.fault is not None
    assert parsed.title == "Feed"


def test_items_beyond_the_cap_are_counted() -> None:
    parsed = parse(feed(*({"id": str(n)} for n in range(1_003))))
    assert (len(parsed.entries), parsed.capped_entries) == (1_000, 3)


def test_raw_control_characters_do_not_cost_the_feed() -> None:
    assert parse('{"version":"V","items":[{"id":"1","title":"a\n\x01b","content_text":""}]}').entries[0].title == "a b"


@pytest.mark.parametrize(
    "text",
    [
        "{",
        '{"a": 1}',
        '{"items": 3}',
        '{"items": [1, 2]}',
        '{"version": 3, "items": [{"id": 1}]}',
        '{"items": [' + "[" * 100_000,
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"a": ' + "9" * 10_000 + "}",
        '{"x": broken, "items": [{"id": "1"}',
        "[1]",
    ],
    ids=[
        "brace",
        "no items",
        "items no list",
        "no objects",
        "no version",
        "deep list",
        "deeper",
        "deep",
        "digits",
        "x",
        "l",
    ],
)
def test_other_json_is_no_feed(text: str) -> None:
    with pytest.raises(ParseError) as raised:
        parse(text)
    assert raised.value.reason is Reason.NOT_A_FEED


@pytest.mark.parametrize(("text", "answer"), [("\ufeff \n{", True), ("<rss>{", False), ("", False), ("[", False)])
def test_json_is_known_by_its_brace(text: str, answer: bool) -> None:
    assert is_json(text) is answer


def test_a_number_of_a_million_digits_costs_nothing_else() -> None:
    """Python reads no more than 4,300 digits of a number; the feed's other items are as good as ever."""
    many = "9" * 1_000_000
    feed = parse(
        f'{{"version": "https://jsonfeed.org/version/1.1", "items": [{{"id": {many}, "title": "a"}}, {{"id": 2}}]}}'
    )
    assert [entry.title for entry in feed.entries] == ["a", ""]
    assert feed.fault is None
