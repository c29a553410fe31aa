"""Feeds as they come: whole, broken, hostile and not feeds at all."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import ParseError, Reason
from ingest.model import Entry, ParsedFeed, Response
from ingest.parse.feed import parse_feed

URL = "http://news.example/feeds/top.xml"
NAMESPACES = (
    "xmlns:content='http://purl.org/rss/1.0/modules/content/' xmlns:dc='http://purl.org/dc/elements/1.1/' "
    "xmlns:sy='http://purl.org/rss/1.0/modules/syndication/' xmlns:atom='http://www.w3.org/2005/Atom'"
)
XML = "application/rss+xml"
LAUGHS = "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))


def parse(body: bytes | str, content_type: str | None = XML, **headers: str) -> ParsedFeed:
    raw = body.encode() if isinstance(body, str) else body
    pairs = [("content-type", content_type)] if content_type else []
    pairs += [(name.replace("_", "-"), value) for name, value in headers.items()]
    response = Response(
        url=URL, requested_url=URL, status=200, headers=tuple(pairs), body=raw, seconds=0.0, received_bytes=len(raw)
    )
    return parse_feed(response)


def rss(*items: str, head: str = "", prolog: str = "<?xml version='1.0' encoding='utf-8'?>") -> str:
    return f"{prolog}<rss version='2.0' {NAMESPACES}><channel><title>Top</title>{head}{''.join(items)}</channel></rss>"


def item(inner: str = "", title: str = "Title", guid: str = "g1") -> str:
    return f"<item><title>{title}</title><guid isPermaLink='false'>{guid}</guid>{inner}</item>"


def atom(*entries: str, head: str = "") -> str:
    return f"<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='fr'><title>T</title>{head}{''.join(entries)}</feed>"


def only(body: bytes | str) -> Entry:
    (entry,) = parse(body).entries
    return entry


def test_an_rss_item_is_read_whole() -> None:
    entry = only(
        rss(
            item(
                "<link>../a?x=1&amp;y=2</link><description>Short &lt;b>words&lt;/b></description>"
                "<content:encoded><![CDATA[<p>The full</p><p>text here</p>]]></content:encoded>"
                "<pubDate>Mon, 23 Nov 2026 10:00:00 +0100</pubDate><dc:creator>Ann Bo</dc:creator>"
                "<author>cy@x.example (Cy Do)</author><category>Politics</category><category>R&amp;amp;D</category>"
                "<source url='http://wire.example/rss'>The Wire</source>"
            ),
            head="<link>http://news.example/</link><language>de-DE</language>",
        )
    )
    assert entry == Entry(
        guid="g1",
        link="http://news.example/a?x=1&y=2",
        title="Title",
        summary="Short words",
        content="<p>The full</p><p>text here</p>",
        published_at=datetime(2026, 11, 23, 9, tzinfo=UTC),
        published_raw="Mon, 23 Nov 2026 10:00:00 +0100",
        authors=("Ann Bo", "Cy Do"),
        language="de-DE",
        source_title="The Wire",
        source_url="http://wire.example/rss",
        categories=("Politics", "R&D"),
    )


def test_an_atom_entry_is_read_whole() -> None:
    entry = only(
        atom(
            "<entry xml:base='http://base.example/x/'><id>urn:1</id><title type='html'>AT&amp;amp;T</title>"
            "<link href='rel'/><link rel='enclosure' href='http://x.example/e.mp3'/>"
            "<published>2026-11-23T10:00:00Z</published><updated>2026-11-23T12:00:00+01:00</updated>"
            "<summary>5 &lt; 6</summary><content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'><p>Bonjour</p>"
            "</div></content><author><name>N</name></author><author><name>M</name><email>m@x.example</email></author>"
            "<category term='t'/><source><title>Agence</title><link href='http://agence.example/'/></source></entry>"
        )
    )
    assert (entry.guid, entry.title, entry.link) == ("urn:1", "AT&T", "http://base.example/x/rel")
    assert entry.published_at == datetime(2026, 11, 23, 10, tzinfo=UTC)
    assert entry.updated_at == datetime(2026, 11, 23, 11, tzinfo=UTC)
    assert (entry.summary, entry.content) == ("5 < 6", "<p>Bonjour</p>")
    assert (entry.authors, entry.categories, entry.language) == (("N", "M"), ("t",), "fr")
    assert (entry.source_title, entry.source_url) == ("Agence", "http://agence.example/")


def test_an_atom_entry_with_updated_alone_states_no_time_of_publication() -> None:
    entry = only(atom("<entry><id>1</id><updated>2026-11-23T12:00:00Z</updated></entry>"))
    assert entry.published_at is None
    assert entry.updated_at == datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_the_one_date_of_an_rss_item_is_its_publication() -> None:
    entry = only(rss(item("<dc:date>2026-11-23T12:00:00Z</dc:date>")))
    assert entry.published_at == datetime(2026, 11, 23, 12, tzinfo=UTC)
    assert entry.published_raw == "2026-11-23T12:00:00Z"


def test_an_rdf_feed_is_read() -> None:
    parsed = parse(
        "<rdf:RDF xmlns='http://purl.org/rss/1.0/' xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
        "<channel rdf:about='c'><title>T</title><items><rdf:Seq><rdf:li resource='a'/></rdf:Seq></items></channel>"
        "<item rdf:about='http://x.example/a'><title>A</title><link>http://x.example/a</link></item></rdf:RDF>"
    )
    assert (parsed.version, parsed.fault) == ("rss10", None)
    assert [(entry.guid, entry.link) for entry in parsed.entries] == [("http://x.example/a", "http://x.example/a")]


def test_what_the_feed_says_of_itself_is_read() -> None:
    head = (
        "<link>/home</link><ttl>30</ttl><sy:updatePeriod>hourly</sy:updatePeriod>"
        "<sy:updateFrequency>2</sy:updateFrequency><skipHours><hour>1</hour><hour>2</hour></skipHours>"
        "<skipDays><day>Saturday</day></skipDays><atom:link rel='hub' href='http://hub.example/'/>"
        "<atom:link rel='self' href='http://news.example/self.xml'/>"
    )
    parsed = parse(rss(item(), head=head))
    assert (parsed.title, parsed.link, parsed.version) == ("Top", "http://news.example/home", "rss20")
    assert (parsed.hub, parsed.self_url) == ("http://hub.example/", "http://news.example/self.xml")
    assert (parsed.hints.ttl, parsed.hints.update_interval) == (timedelta(minutes=30), timedelta(minutes=30))
    assert (parsed.hints.skip_hours, parsed.hints.skip_days) == ({1, 2}, {5})
    assert (parsed.fault, parsed.encoding, parsed.capped_entries) == (None, "utf-8", 0)


def test_the_link_header_comes_before_the_body() -> None:
    body = rss(item(), head="<atom:link rel='hub' href='http://body.example/'/>")
    assert parse(body, link='<http://header.example/>; rel="hub"').hub == "http://header.example/"


def test_the_language_of_the_http_answer_is_the_last_resort() -> None:
    assert parse(rss(item()), content_language="it").entries[0].language == "it"
    assert parse(atom("<entry><id>1</id></entry>"), content_language="it").entries[0].language == "fr"


@pytest.mark.parametrize(
    ("inner", "link"),
    [
        pytest.param("<guid>http://x.example/a</guid>", "http://x.example/a", id="an address"),
        pytest.param("<guid>abc</guid>", None, id="a word"),
        pytest.param("<guid isPermaLink='false'>http://x.example/a</guid>", None, id="marked as no link"),
        pytest.param(
            "<guid>http://x.example/a</guid><link>http://x.example/b</link>", "http://x.example/b", id="a link too"
        ),
        pytest.param("<link>javascript:alert(1)</link><guid>x</guid>", None, id="no http link"),
    ],
)
def test_a_guid_stands_in_for_the_link_only_where_it_is_one(inner: str, link: str | None) -> None:
    assert only(rss(f"<item><title>T</title>{inner}</item>")).link == link


def test_a_guid_does_not_depend_on_where_the_feed_was() -> None:
    assert only(rss("<item><title>T</title><guid>abc</guid></item>")).guid == "abc"


def test_a_description_that_is_the_article_is_its_content() -> None:
    text = "<p>" + "Leaders met and agreed. " * 100 + "</p>"
    entry = only(rss(item(f"<description><![CDATA[{text}]]></description>")))
    assert entry.content == text
    assert only(rss(item("<description>Short.</description>"))).content == ""


def test_of_several_bodies_the_fullest_is_the_content() -> None:
    inner = "<content:encoded>short</content:encoded><content:encoded>&lt;p>much longer&lt;/p></content:encoded>"
    assert only(rss(item(inner))).content == "<p>much longer</p>"


def test_a_body_stands_in_for_a_missing_summary() -> None:
    assert only(rss(item("<content:encoded>&lt;p>a&lt;/p>&lt;p>b&lt;/p></content:encoded>"))).summary == "a\nb"


def test_the_bounds_hold() -> None:
    long = "word " * 300_000
    inner = f"<description>{long}</description><pubDate>{'9' * 4_000}</pubDate>" + "<category>c</category>" * 3
    entry = only(rss(item(inner, title=long[:100_000], guid="g" * 100_000)))
    assert len(entry.title) <= 2_000
    assert len(entry.summary) <= 20_000
    assert len(entry.content) <= 1_000_000
    assert len(entry.guid or "") <= 2_048
    assert len(entry.published_raw or "") == 200


@pytest.mark.parametrize(("more", "most"), [("", 1_000), ("<b>", 2_000)], ids=["sound", "not well formed"])
def test_entries_beyond_the_cap_are_counted_and_not_read(more: str, most: int) -> None:
    """Where they have marks the next poll reads on, so the cap is half."""
    parsed = parse(rss(*(item(more, guid=str(n)) for n in range(2_100))))
    assert (len(parsed.entries), parsed.capped_entries) == (most, 2_100 - most)
    assert parsed.entries[-1].guid == str(most - 1)
    assert bool(parsed.marks) is not bool(more)


def test_tags_of_items_in_somebodys_text_are_no_items() -> None:
    """A thousand items are read, whatever tags the text of one names."""
    told = "<description><![CDATA[Each <item> holds a <entry> or two.]]></description>"
    parsed = parse(rss(item(told, guid="told"), *(item(guid=str(n)) for n in range(1_500))))
    assert (len(parsed.entries), len(parsed.marks), parsed.capped_entries) == (1_000, 1_000, 501)


def test_items_without_a_word_are_no_entries() -> None:
    assert len(parse(rss("<item/>", "<item></item>", item())).entries) == 1


WHOLE = [item(guid="1", title="One"), item(guid="2", title="Two")]


@pytest.mark.parametrize(
    ("body", "titles"),
    [
        pytest.param("\r\n\r\n  " + rss(*WHOLE), ["One", "Two"], id="blanks before the prolog"),
        pytest.param(rss(item(title="a & b <i>", guid="1"), WHOLE[1]), ["a & b", "Two"], id="not well formed"),
        pytest.param(rss(item(title="a&nbsp;b", guid="1"), WHOLE[1]), ["a b", "Two"], id="an undeclared entity"),
        pytest.param(rss(item(title="a\0\x01b", guid="1"), WHOLE[1]), ["ab", "Two"], id="controls"),
        pytest.param(rss(item(title="a&#xD800;b", guid="1"), WHOLE[1]), ["a\ufffdb", "Two"], id="surrogate reference"),
        pytest.param(
            rss(item(title="&#99999999999; &#0;", guid="1"), WHOLE[1]), ["\ufffd \ufffd", "Two"], id="no such"
        ),
        pytest.param(rss(item(title="&#x110000", guid="1"), WHOLE[1]), ["\ufffd", "Two"], id="beyond Unicode"),
        pytest.param(rss(*WHOLE).replace("</guid>", ""), ["One", "Two"], id="tags that never close"),
        pytest.param(rss(*WHOLE).replace("</item>", ""), ["One", "Two"], id="items that never close"),
        pytest.param(rss(*WHOLE)[:-40], ["One"], id="cut inside the last item"),
        pytest.param(rss(*WHOLE)[:-16], ["One", "Two"], id="cut after the last item"),
        pytest.param(rss(*WHOLE, prolog="<!DOCTYPE r SYSTEM 'http://127.0.0.1/x.dtd'>"), ["One", "Two"], id="a DTD"),
        pytest.param(rss(item(title="x&a9;", guid="1"), prolog=f"<!DOCTYPE r [{LAUGHS}]>"), ["x&a9;"], id="laughs"),
        pytest.param(
            rss(item(title="x&e;", guid="1"), prolog="<!DOCTYPE r [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>"),
            ["x&e;"],
            id="an external entity",
        ),
        pytest.param(rss(item("<y:z/>", title="x", guid="1"), WHOLE[1]), ["x", "Two"], id="an undeclared prefix"),
        pytest.param(rss(item("<a>" * 3_000 + "</a>" * 3_000, guid="1")), ["Title"], id="deep nesting"),
        pytest.param(
            rss(item("<description><![CDATA[ open</description>", guid="1")), ["Title"], id="CDATA never closed"
        ),
        pytest.param("<html>" + rss(*WHOLE), ["One", "Two"], id="a feed inside a page"),
        pytest.param(rss(*WHOLE).upper().replace("UTF-8", "utf-8"), ["ONE", "TWO"], id="capitals"),
    ],
)
def test_every_item_that_can_be_read_is_read(body: str, titles: list[str]) -> None:
    assert [entry.title for entry in parse(body).entries] == titles


def test_an_element_that_feedparser_raises_over_costs_its_item_alone() -> None:
    parsed = parse(rss(WHOLE[0], item("<gml:pos>1</gml:pos>", guid="x"), WHOLE[1], head="<ttl>5</ttl>"))
    assert [entry.guid for entry in parsed.entries] == ["1", "2"]
    assert (parsed.title, parsed.version, parsed.hints.ttl) == ("Top", "rss20", timedelta(minutes=5))
    assert "2 of 3 items" in (parsed.fault or "")


def test_an_element_in_the_head_that_feedparser_raises_over_costs_the_head_alone() -> None:
    parsed = parse(rss(*WHOLE, head="<gml:pos>1</gml:pos>"))
    assert [entry.guid for entry in parsed.entries] == ["1", "2"]
    assert (parsed.title, parsed.version) == (None, "rss20")


def test_a_feed_of_which_feedparser_reads_nothing_is_none() -> None:
    with pytest.raises(ParseError) as raised:
        parse("<html><rss><gml:pos>1</gml:pos></rss>")
    assert raised.value.reason is Reason.HTML
    with pytest.raises(ParseError) as raised:
        parse("<rss><gml:pos>1</gml:pos></rss>")
    assert raised.value.reason is Reason.NOT_A_FEED


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (rss(*WHOLE)[:-40], "the feed breaks off inside an item"),
        (rss(*WHOLE)[:-16], "the feed breaks off"),
        (rss(item(title="<i>")), "not well formed"),
        (rss(item(title="é")).encode("latin-1"), "bytes that are not utf-8"),
    ],
    ids=["torn", "cut", "broken", "charset"],
)
def test_what_was_wrong_with_a_feed_is_told(body: str | bytes, fault: str) -> None:
    assert fault in (parse(body).fault or "")


@pytest.mark.parametrize(
    "charset", ["utf-8", "utf-16", "utf-16-be", "utf-16-le", "utf-32", "cp1252", "iso-8859-15", "cp037"]
)
def test_a_declared_charset_is_honoured(charset: str) -> None:
    body = rss(item(title="Präsident"), prolog=f"<?xml version='1.0' encoding='{charset}'?>").encode(charset)
    assert only(body).title == "Präsident"


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        pytest.param(b"", XML, Reason.EMPTY, id="no byte"),
        pytest.param(b"\xef\xbb\xbf \r\n\0", XML, Reason.EMPTY, id="blanks"),
        pytest.param("<!DOCTYPE html><title>x</title>", "text/html", Reason.HTML, id="a page"),
        pytest.param("\n<HTML><body>x", XML, Reason.HTML, id="a page that says feed"),
        pytest.param("<div>Please log in</div>", "text/html; charset=utf-8", Reason.HTML, id="a piece of a page"),
        pytest.param("<html><!-- <rdf:RDF></rdf:RDF> --><p>x", XML, Reason.HTML, id="a page with a feed's tag"),
        pytest.param(bytes(range(256)) * 400, XML, Reason.NOT_A_FEED, id="binary"),
        pytest.param("plain words", "text/plain", Reason.NOT_A_FEED, id="words"),
        pytest.param("<opml><body><outline/></body></opml>", XML, Reason.NOT_A_FEED, id="another XML"),
        pytest.param("<a>" * 100_000, XML, Reason.NOT_A_FEED, id="nesting"),
        pytest.param("<rss", XML, Reason.NOT_A_FEED, id="one torn tag"),
        pytest.param('{"a": 1}', "application/json", Reason.NOT_A_FEED, id="another JSON"),
        pytest.param("/etc/passwd", XML, Reason.NOT_A_FEED, id="a path that feedparser would open"),
        pytest.param("http://127.0.0.1:9/", XML, Reason.NOT_A_FEED, id="an address that feedparser would fetch"),
    ],
)
def test_what_is_no_feed_is_refused_with_a_reason(body: str | bytes, content_type: str, reason: Reason) -> None:
    with pytest.raises(ParseError) as raised:
        parse(body, content_type)
    assert raised.value.reason is reason
    assert raised.value.subject == URL


def test_a_feed_without_items_is_a_feed() -> None:
    assert parse(rss()).entries == ()


def test_the_type_of_the_answer_does_not_matter() -> None:
    for content_type in ("text/html", "image/png", "text/plain", "application/octet-stream", None):
        assert len(parse(rss(*WHOLE), content_type).entries) == 2


def test_a_json_feed_is_read_through_the_same_door() -> None:
    body = '{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "content_text": "x"}]}'
    assert parse(body, "application/feed+json").version == "json11"


SAMPLES = [
    rss(
        item(
            "<link>http://x.example/?a=1&amp;b=2</link><description><![CDATA[<p>x &amp; y</p>]]></description>"
            "<pubDate>Mon, 23 Nov 2026 10:00:00 GMT</pubDate><author>a@b.example (C)</author><category>d</category>",
            guid="1",
        ),
        item("<source url='http://s.example/'>S</source>&#233;&eacute;", guid="2"),
        head="<ttl>60</ttl><skipHours><hour>3</hour></skipHours>",
    ),
    atom("<entry><id>1</id><title type='html'>&lt;b&gt;x</title><updated>2026-11-23T10:00:00Z</updated></entry>"),
    '{"version":"https://jsonfeed.org/version/1.1","items":[{"id":"1","content_html":"<p>x","date_published":"2026"}]}',
]
PIECES = [
    "<",
    ">",
    "&",
    "&#",
    ";",
    "]]>",
    "<![CDATA[",
    "<!--",
    "-->",
    "</item>",
    "<item>",
    "'",
    '"',
    "/",
    "\0",
    "\ud800",
]
PIECES += [
    "&#xD800;",
    "&#99999999999;",
    "<svg>",
    "</svg>",
    "<source>",
    "<image>",
    "<div xmlns='x'>",
    "xml:base='http://['",
]


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A feed that was cut, with bits lost, doubled or put in."""
    text = draw(st.sampled_from(SAMPLES))
    for _ in range(draw(st.integers(1, 6))):
        at, length = draw(st.integers(0, len(text))), draw(st.integers(0, 30))
        text = text[:at] + draw(st.sampled_from(PIECES) | st.text(max_size=3) | st.just("")) + text[at + length :]
    body = text.encode("utf-8", "surrogatepass")
    return body[: draw(st.integers(0, len(body)))] if draw(st.booleans()) else body


@given(damaged(), st.sampled_from([XML, "text/html", "text/xml; charset=utf-16", None]))
def test_no_damage_raises_anything_but_a_parse_error(body: bytes, content_type: str | None) -> None:
    try:
        parsed = parse(body, content_type)
    except ParseError:
        return
    for entry in parsed.entries:
        for text in (
            entry.guid,
            entry.link,
            entry.title,
            entry.summary,
            entry.content,
            *entry.authors,
            *entry.categories,
        ):
            assert "\0" not in (text or "")
            (text or "").encode("utf-8")
        assert entry.link is None or entry.link.startswith(("http://", "https://"))


@given(st.integers(0, len(SAMPLES[0])))
def test_a_feed_cut_anywhere_gives_only_guids_that_the_whole_one_has(at: int) -> None:
    try:
        parsed = parse(SAMPLES[0][:at])
    except ParseError:
        return
    assert {entry.guid for entry in parsed.entries} <= {"1", "2"}
