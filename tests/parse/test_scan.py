"""Items by their bytes: what is cut out, what is not, and that it makes no difference to what is read."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import ParseError
from ingest.model import Entry, ParsedFeed
from ingest.parse.feed import parse_feed
from ingest.parse.scan import scan
from tests.parse.feeds import NAMESPACES, answer, body_of, feeds, later

ITEMS = [f"<item><guid isPermaLink='false'>{n}</guid><title>Title {n}</title></item>" for n in range(5)]


def rss(*items: str, head: str = "<title>Top</title>", tail: str = "") -> bytes:
    root = f"<?xml version='1.0'?><rss version='2.0' {NAMESPACES}>"
    return f"{root}<channel>{head}{''.join(items)}{tail}</channel></rss>".encode()


def by_mark(parsed: ParsedFeed) -> dict[bytes, Entry]:
    return dict(zip(parsed.marks, parsed.entries, strict=True)) if parsed.marks else {}


def test_known_items_are_left_out_and_told() -> None:
    first = parse_feed(answer(rss(*ITEMS[:3])))
    second = parse_feed(answer(rss(ITEMS[3], *ITEMS[:3])), frozenset(first.marks))
    assert [entry.guid for entry in second.entries] == ["3"]
    assert second.seen == first.marks
    assert second.title == "Top"
    assert len(second.marks) == 1


def test_blanks_between_items_are_no_part_of_the_head() -> None:
    first = parse_feed(answer(rss(*(f"\n  {item}" for item in ITEMS[:3]), tail="\n")))
    second = parse_feed(answer(rss(*(f"\n  {item}" for item in ITEMS), tail="\n")), frozenset(first.marks))
    assert [entry.guid for entry in second.entries] == ["3", "4"]


def test_an_item_that_changed_by_a_byte_is_read_again() -> None:
    first = parse_feed(answer(rss(*ITEMS[:3])))
    changed = ITEMS[1].replace("Title", "title")
    second = parse_feed(answer(rss(ITEMS[0], changed, ITEMS[2])), frozenset(first.marks))
    assert [entry.title for entry in second.entries] == ["title 1"]


@pytest.mark.parametrize(
    ("head", "same"),
    [
        pytest.param("<title>Top</title><lastBuildDate>Tue, 24 Nov 2026</lastBuildDate>", True, id="a time"),
        pytest.param("<title>Top</title><!-- at 11:00 -->", True, id="a comment"),
        pytest.param("<title>Other</title>", False, id="its name"),
        pytest.param("<title>Top</title><language>fr</language>", False, id="its language"),
    ],
)
def test_what_a_feed_says_around_its_items_may_change_their_meaning(head: str, same: bool) -> None:
    before = parse_feed(answer(rss(*ITEMS, head="<title>Top</title>")))
    after = parse_feed(answer(rss(*ITEMS, head=head)), frozenset(before.marks))
    assert bool(after.seen) is same
    assert len(after.entries) + len(after.seen) == len(ITEMS)


@pytest.mark.parametrize(
    "other",
    [
        {"url": "http://other.example/feed"},
        {"content_language": "fr"},
        {"content_type": "application/rss+xml; charset=iso-8859-15"},
    ],
    ids=["address", "language", "charset"],
)
def test_marks_hold_only_where_the_answer_was_got_alike(other: dict[str, str]) -> None:
    body = rss(*ITEMS, "<item><title>é</title></item>")
    known = frozenset(parse_feed(answer(body)).marks)
    body = body if "content_type" not in other else body.decode().encode("iso-8859-15")
    assert parse_feed(answer(body, **other), known).seen == ()


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(rss(*ITEMS)[:-5], id="cut off"),
        pytest.param(b"<!DOCTYPE rss>" + rss(*ITEMS)[21:], id="a document type"),
        pytest.param(rss(f"<item>{ITEMS[0]}</item>"), id="an item within an item"),
        pytest.param(rss(*ITEMS, tail="<x:box><item>no</item></x:box>"), id="an item elsewhere"),
        pytest.param(rss(*ITEMS, tail="<atom:entry><title>t</title></atom:entry>"), id="another kind of item"),
        pytest.param(rss(*ITEMS, "<Item><title>t</title></Item>"), id="another case"),
        pytest.param(rss(*ITEMS, "<item/>"), id="an item that is closed by itself"),
        pytest.param(rss("<item>" + "<a>" * 200 + "</a>" * 200 + "</item>"), id="depth"),
        pytest.param(rss("<item><title>a&nbsp;b</title></item>"), id="an undeclared entity"),
        pytest.param(rss("<item><y:z/></item>"), id="an undeclared prefix"),
        pytest.param(
            b"<rdf:RDF xmlns='http://purl.org/rss/1.0/' xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
            b"<channel/><item><title>t</title></item></rdf:RDF>",
            id="RDF",
        ),
    ],
)
def test_where_bytes_do_not_decide_all_is_parsed_and_nothing_is_marked(body: bytes) -> None:
    parsed = parse_feed(answer(body))
    assert parsed.marks == ()
    known = frozenset(parse_feed(answer(rss(*ITEMS))).marks)
    assert parse_feed(answer(body), known) == parsed


def test_something_new_that_breaks_the_parser_has_all_of_it_read_item_by_item() -> None:
    """feedparser raises over a gml:pos of its own, though the feed is well formed."""
    first = parse_feed(answer(rss(*ITEMS[:3])))
    gml = "<item xmlns:gml='http://www.opengis.net/gml'><guid>x</guid><gml:pos>1</gml:pos></item>"
    second = parse_feed(answer(rss(gml, *ITEMS[:3])), frozenset(first.marks))
    assert [entry.guid for entry in second.entries] == ["0", "1", "2"]
    assert (second.seen, second.marks) == ((), ())


def test_an_entry_that_says_nothing_has_no_mark() -> None:
    parsed = parse_feed(answer(rss(ITEMS[0], "<item> </item>", ITEMS[1])))
    assert [entry.guid for entry in by_mark(parsed).values()] == ["0", "1"]


def test_the_items_are_found_whatever_charset_they_came_in() -> None:
    body = rss("<item><title>Grüße</title></item>", ITEMS[0]).decode().replace("'1.0'?", "'1.0' encoding='utf-16'?")
    parsed = parse_feed(answer(body.encode("utf-16")))
    again = parse_feed(answer(body.encode("utf-16")), frozenset(parsed.marks[:1]))
    assert [entry.title for entry in again.entries] == ["Title 0"]


def test_the_bytes_of_items_are_exact() -> None:
    text = "<rss><channel>\n<!--<item>--><item\n a='>'>ü</item ><item><![CDATA[</item>]]></item>\n</channel></rss>"
    found = scan(text)
    assert found is not None
    assert [item.decode() for item in found.each()] == ["<item\n a='>'>ü</item >", "<item><![CDATA[</item>]]></item>"]
    assert found.without({0, 1}) == b"<rss><channel>\n<!--<item>-->\n</channel></rss>"
    assert found.around() == b"<rss><channel></channel></rss>"


def long_feed(kind: str, numbers: Sequence[int]) -> bytes:
    if kind == "json":
        items = [{"id": n, "content_text": f"text {n}"} for n in numbers]
        return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items}).encode()
    if kind == "sitemap":
        news = "".join(
            f"<url><loc>http://news.example/{n}</loc><n:news><n:title>{n}</n:title></n:news></url>" for n in numbers
        )
        space = "http://www.google.com/schemas/sitemap-news/0.9"
        return f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' xmlns:n='{space}'>{news}</urlset>".encode()
    return rss(*(f"<item><title>{n}</title><guid>{n}</guid></item>" for n in numbers))


@pytest.mark.parametrize("kind", ["rss", "json", "sitemap"])
def test_a_long_feed_is_read_on_from_where_the_marks_end(kind: str) -> None:
    """Of a feed of 2,500 items, each reading takes the first thousand that are not known: also one new on top."""

    def name(entry: Entry) -> str:
        return entry.guid or entry.title

    known: frozenset[bytes] = frozenset()
    read, left = [], []
    for body in (long_feed(kind, range(2_500)), long_feed(kind, range(-1, 2_500)), long_feed(kind, range(-1, 2_500))):
        parsed = parse_feed(answer(body), known)
        assert len(parsed.marks) == len(parsed.entries)
        assert set(parsed.seen) == known
        known |= frozenset(parsed.marks)
        read.append([name(entry) for entry in parsed.entries])
        left.append(parsed.capped_entries)
    assert left == [1_500, 501, 0]
    assert read == [
        [str(n) for n in range(1_000)],
        ["-1", *(str(n) for n in range(1_000, 1_999))],
        [str(n) for n in range(1_999, 2_500)],
    ]


def test_known_items_of_a_json_feed_are_left_out() -> None:
    def body(*ids: int, **more: str) -> bytes:
        items = [{"id": n, "content_text": f"text {n}"} for n in ids]
        return json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": items, **more}, indent=2).encode()

    first = parse_feed(answer(body(1, 2)))
    second = parse_feed(answer(body(3, 1, 2, title="another title")), frozenset(first.marks))
    assert [entry.guid for entry in second.entries] == ["3"]
    assert second.seen == first.marks
    assert parse_feed(answer(body(1, 2, language="fr")), frozenset(first.marks)).seen == ()


@given(st.data())
def test_a_part_is_read_as_the_whole_would_be(data: st.DataObject) -> None:
    """For every feed and its next version: equal marks are equal entries, and the rest is what the whole gives."""
    parts = data.draw(feeds())
    before = parse_feed(answer(body_of(parts)))
    body = body_of(data.draw(later(parts)))
    try:
        whole = parse_feed(answer(body))
    except ParseError as raised:
        with pytest.raises(ParseError) as again:
            parse_feed(answer(body), frozenset(before.marks))
        assert again.value.reason is raised.reason
        return
    old, new = by_mark(before), by_mark(whole)
    assert all(old[mark] == new[mark] for mark in old.keys() & new.keys())
    known = frozenset(data.draw(st.sets(st.sampled_from(before.marks)))) if before.marks else frozenset()
    part = parse_feed(answer(body), known)
    left_out = set(part.seen)
    assert left_out == known & set(whole.marks)
    entries = tuple(
        entry
        for entry, mark in zip(whole.entries, whole.marks or (b"",) * len(whole.entries), strict=True)
        if mark not in left_out
    )
    assert replace(part, entries=(), marks=(), seen=()) == replace(whole, entries=(), marks=(), seen=())
    assert part.entries == entries


@pytest.mark.parametrize(
    "body",
    [
        rss("<item><title>t</title>" + "<!--" * 100_000 + "--></item>"),
        rss("<item><title>t</title></item>" + "<!---->" * 100_000),
        rss("<item><title>t</title></item>" * 20_000),
        rss(*["<item><x:y a='1' b='2'/></item>"] * 1_000, tail="<x:y/>" * 100_000),
        rss("<a>" * 400_000),
    ],
    ids=["open comments", "comments", "items", "a long tail", "depth"],
)
def test_the_scan_is_linear(body: bytes) -> None:
    text = body.decode()[21:]
    started = time.process_time()
    scan(text)
    assert time.process_time() - started < 1.0
