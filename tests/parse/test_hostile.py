"""Bodies made to keep a parser busy: each ends soon, and what can be read is read."""

from __future__ import annotations

import time

import pytest

from ingest.errors import ParseError, Reason
from ingest.parse.clean import MAX_ELEMENTS
from ingest.parse.feed import parse_feed
from tests.parse.feeds import NAMESPACES, answer

DEADLINE_S = 3.0  # a seventh of what a worker has


def rss(*items: str, head: str = "") -> str:
    return f"<rss version='2.0' {NAMESPACES}><channel><title>T</title>{head}{''.join(items)}</channel></rss>"


def item(inner: str, guid: str = "1") -> str:
    return f"<item><guid isPermaLink='false'>{guid}</guid><title>t</title>{inner}</item>"


GOOD = item("", guid="good")
KILLERS = {
    "an author of addresses": item(f"<author>{'a@' * 50_000}</author>"),
    "an author of dots": item(f"<author>{'a.' * 100_000}</author>"),
    "an author in CDATA": item(f"<dc:creator><![CDATA[{'a.' * 100_000}]]></dc:creator>"),
    "32,000 categories": item("".join(f"<category>c{n}</category>" for n in range(32_000))),
    "32,000 links": item("<link>http://x.example/</link>" * 32_000),
    "nested url(": item(f"<description>&lt;p style='{'url(' * 50_000}'></description>"),
    "tags that open in a text": item(f"<description>{'&lt;a ' * 50_000}</description>"),
    "words": item(f"<description>{'word ' * 400_000}</description>"),
    "depth": item("<a>" * 10_000 + "</a>" * 10_000),
    "comments that open": item(f"<description>{'&lt;!--' * 100_000}</description>"),
    "dashes": item(f"<description>&lt;!{'-' * 200_000}</description>"),
    "references to nothing": item("&#99999999999;" * 50_000),
    "100,000 attributes": item("<x " + " ".join(f"a{n}='1'" for n in range(100_000)) + "/>"),
    "500,000 elements that never close": item("<a>" * 500_000),
    "250,000 elements in a text": item(f"<description>{'<div>' * 250_000}</description>"),
    "20,000 namespaces": item("<a " + " ".join(f"xmlns:n{n}='u{n}'" for n in range(20_000)) + "/>"),
    "CDATA in pieces": item(f"<description>{'<![CDATA[x]]>' * 100_000}</description>"),
    "marks that combine": item("<title>a" + "\u0301\u0316" * 200_000 + "</title>"),
    "numbers for a date": item(f"<pubDate>{'1 ' * 100_000}</pubDate>"),
}


@pytest.mark.parametrize("killer", KILLERS.values(), ids=KILLERS.keys())
def test_a_killer_ends_soon_and_costs_no_other_item(killer: str) -> None:
    started = time.process_time()
    parsed = parse_feed(answer(rss(GOOD, killer).encode("utf-8", "surrogatepass")))
    assert time.process_time() - started < DEADLINE_S
    assert "good" in [entry.guid for entry in parsed.entries]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        pytest.param("\n" * 1_000_000 + rss(GOOD), None, id="line ends before it"),
        pytest.param("<!--" * 100_000 + rss(GOOD), Reason.NOT_A_FEED, id="comments before it"),
        pytest.param(rss(*[GOOD] * 20_000), None, id="items"),
        pytest.param(
            f"<!DOCTYPE r [<!ENTITY a '{'x' * 50_000}'>]>" + rss(item("&a;" * 5_000)), None, id="a quadratic entity"
        ),
        pytest.param(rss("<item>" * 300_000), None, id="items that never close"),
        pytest.param(rss(head="<a>" * 300_000), None, id="a head that never closes"),
        pytest.param("<!DOCTYPE " * 100_000 + rss(GOOD), Reason.NOT_A_FEED, id="types that never end"),
    ],
)
def test_a_killer_around_the_items_ends_soon(body: str, reason: Reason | None) -> None:
    started = time.process_time()
    try:
        parse_feed(answer(body.encode()))
    except ParseError as raised:
        assert raised.reason is reason
    assert time.process_time() - started < DEADLINE_S


def test_what_was_left_out_of_an_item_is_told_and_counted() -> None:
    parsed = parse_feed(answer(rss(GOOD, item("<category>c</category>" * MAX_ELEMENTS)).encode()))
    assert "more than 6,000 tags in one item" in (parsed.fault or "")
    assert parsed.capped_elements == 1
    assert [entry.guid for entry in parsed.entries] == ["good", "1"]


def test_the_tags_of_an_article_in_cdata_are_not_counted() -> None:
    article = f"<description><![CDATA[{'<p>x</p>' * MAX_ELEMENTS}]]></description>"
    parsed = parse_feed(answer(rss(item(article)).encode()))
    assert (parsed.fault, parsed.capped_elements) == (None, 0)
    assert len(parsed.entries[0].content) > 10_000
