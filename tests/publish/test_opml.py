"""OPML in and out: what people's files hold, and what no file may do to us."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import ParseError, Reason
from ingest.publish.opml import (
    MAX_DEPTH,
    MAX_FEEDS,
    MAX_OPML_BYTES,
    OpmlFeed,
    folder,
    read_outlines,
    write_opml,
)


def opml(body: str, head: str = "") -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>{head}<opml version="2.0"><body>{body}</body></opml>'.encode()


def refused(data: bytes) -> ParseError:
    with pytest.raises(ParseError) as caught:
        read_outlines(data, subject="feeds.opml")
    assert caught.value.subject == "feeds.opml"
    assert "\n" not in str(caught.value)
    return caught.value


def read_opml(data: bytes) -> tuple[OpmlFeed, ...]:
    return read_outlines(data).feeds


# ---------------------------------------------------------------- reading


def test_feeds_come_in_file_order_with_their_folders_and_attributes() -> None:
    feeds = read_opml(
        opml(
            '<outline text="News"><outline text="North">'
            '<outline type="rss" text="Post" xmlUrl="https://post.example/rss" htmlUrl="https://post.example/"/>'
            "</outline></outline>"
            '<outline TITLE="Echo" XMLURL=" https://echo.example/rss "/>'
            '<outline text="Again" xmlUrl="https://post.example/rss"/>'
        )
    )
    assert feeds == (
        OpmlFeed(
            url="https://post.example/rss",
            title="Post",
            html_url="https://post.example/",
            folders=(folder("News"), folder("North")),
            attributes=(
                ("type", "rss"),
                ("text", "Post"),
                ("xmlUrl", "https://post.example/rss"),
                ("htmlUrl", "https://post.example/"),
            ),
        ),
        OpmlFeed(
            url="https://echo.example/rss",
            title="Echo",
            attributes=(("TITLE", "Echo"), ("XMLURL", " https://echo.example/rss ")),
        ),
        OpmlFeed(
            url="https://post.example/rss",
            title="Again",
            attributes=(("text", "Again"), ("xmlUrl", "https://post.example/rss")),
        ),
    )


def test_an_address_stands_once_in_a_folder() -> None:
    one = '<outline xmlUrl="https://post.example/rss"/>'
    assert len(read_opml(opml(f'{one}{one}<outline text="a">{one}{one}</outline>'))) == 2


def test_a_list_is_written_as_it_was_read() -> None:
    """Folders within folders, slashes in their names, attributes of anybody's, one feed in two folders."""
    data = opml(
        '<outline text="A/B" title="A" isOpen="true" x:colour="red"><outline text="C">'
        '<outline type="rss" text="Post" title="The Post" xmlUrl="https://post.example/rss" category="/x,/y" '
        'x:stars="5" description="a &amp; &quot;b&quot;&#10;c"/></outline></outline>'
        '<outline text="D"><outline text="Post" xmlUrl="https://post.example/rss"/></outline>'
    ).replace(b"<opml ", b'<opml xmlns:x="http://x.example/ns" ')
    feeds = read_opml(data)
    assert read_opml(write_opml(feeds)) == feeds
    assert feeds[0].attributes[0] == ("xmlns:x", "http://x.example/ns")
    assert dict(feeds[0].folders[0])["isOpen"] == "true"
    ElementTree.fromstring(write_opml(feeds))


def test_attributes_of_a_prefix_that_nobody_declared_are_left_out() -> None:
    (feed,) = read_opml(opml('<outline y:z="1" xmlUrl="https://post.example/rss"/>'))
    assert feed.attributes == (("xmlUrl", "https://post.example/rss"),)


def test_a_feed_that_moved_is_written_with_its_new_address() -> None:
    (feed,) = read_opml(opml('<outline text="Post" xmlUrl="https://old.example/"/>'))
    moved = replace(feed, url="https://new.example/")
    assert b'<outline text="Post" xmlUrl="https://new.example/"/>' in write_opml([moved])


@pytest.mark.parametrize(
    ("address", "url"),
    [
        ("feed://host.example/x", "http://host.example/x"),
        ("feed:https://host.example/x", "https://host.example/x"),
        ("FEED:http://host.example/x", "http://host.example/x"),
        ("https://host.example/ü", "https://host.example/%C3%BC"),
    ],
)
def test_old_spellings_of_an_address_are_understood(address: str, url: str) -> None:
    assert [feed.url for feed in read_opml(opml(f'<outline xmlUrl="{address}"/>'))] == [url]


@pytest.mark.parametrize(
    "address", ["", "file:///etc/passwd", "javascript:alert(1)", "host.example", "https://" + "a" * 3_000, "http://"]
)
def test_an_outline_without_a_web_feed_is_passed_over(address: str) -> None:
    read = read_outlines(opml(f'<outline xmlUrl="{address}"/><outline text="x"/>'))
    assert read.feeds == ()
    assert [(line, told[:20]) for line, told in read.refused] == ([(1, address[:20])] if address else [])


def test_a_file_in_another_encoding_is_read_as_it_declares() -> None:
    data = '<?xml version="1.0" encoding="ISO-8859-1"?><opml><body><outline text="Münze" xmlUrl="http://a.example/"/>'
    assert read_opml((data + "</body></opml>").encode("latin-1"))[0].title == "Münze"


# ---------------------------------------------------------------- hostile files

LAUGHS = "<!DOCTYPE lolz [<!ENTITY a 'lol'>" + "".join(
    f"<!ENTITY {chr(98 + step)} '{f'&{chr(97 + step)};' * 10}'>" for step in range(9)
)


@pytest.mark.parametrize(
    "head",
    [
        LAUGHS + "]>",
        '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
        "<!DOCTYPE opml>",
    ],
    ids=["billion laughs", "external entity", "external subset", "plain doctype"],
)
def test_a_document_type_is_refused_before_any_entity_is_read(head: str) -> None:
    tracemalloc.start()
    try:
        error = refused(opml('<outline text="&j;&e;" xmlUrl="http://a.example/"/>', head))
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert error.reason is Reason.NOT_A_FEED
    assert "line 1: a document type declaration is refused" in str(error)
    assert peak_bytes < 2_000_000


@pytest.mark.parametrize(
    ("data", "reason", "words"),
    [
        (b" \n ", Reason.EMPTY, "empty"),
        (b"", Reason.EMPTY, "empty"),
        (b"x" * (MAX_OPML_BYTES + 1), Reason.TOO_LARGE, "larger than"),
        (opml("<outline>" * (MAX_DEPTH + 1)), Reason.TOO_LARGE, "line 1: nested too deeply"),
        (opml("<o/>" * 200_001), Reason.TOO_LARGE, "too many elements"),
        (b"<rss>\n</rss>", Reason.NOT_A_FEED, "line 1: not OPML: the file begins with <rss>"),
        (b"<opml>\n<body>\n</opml>", Reason.NOT_A_FEED, "line 3"),
        (b"<opml>\n<body>&nope;</body></opml>", Reason.NOT_A_FEED, "line 2"),
        (b"\x00\x01\x02", Reason.NOT_A_FEED, "not well-formed"),
        (b'<?xml version="1.0" encoding="x-none"?><opml/>', Reason.NOT_A_FEED, "not well-formed"),
        ("<opml>é</opml>".encode("latin-1"), Reason.NOT_A_FEED, "not well-formed"),
    ],
    ids=[
        "spaces", "nothing", "huge", "deep", "many", "another format", "unclosed", "unknown entity", "binary",
        "unknown encoding", "wrong encoding",
    ],
)  # fmt: skip
def test_what_is_no_opml_is_refused_with_its_reason_and_line(data: bytes, reason: Reason, words: str) -> None:
    error = refused(data)
    assert error.reason is reason
    assert words in str(error)


def test_more_feeds_than_anybody_reads_are_refused() -> None:
    body = "".join(f'<outline xmlUrl="http://a.example/{number}"/>' for number in range(MAX_FEEDS + 1))
    assert refused(opml(body)).reason is Reason.TOO_LARGE


@given(st.binary(max_size=200) | st.text(alphabet="<>/opmlutine xmlUr='\"=&;!DOCTYPE[]", max_size=200).map(str.encode))
def test_any_bytes_are_feeds_or_a_parse_error(data: bytes) -> None:
    try:
        assert isinstance(read_opml(data), tuple)
    except ParseError as exc:
        assert exc.reason in (Reason.EMPTY, Reason.NOT_A_FEED, Reason.TOO_LARGE)


# ---------------------------------------------------------------- writing

WORDS = st.text(max_size=20).map(lambda text: " ".join(text.split()))
FEEDS = st.builds(
    OpmlFeed,
    url=st.from_regex(r"https?://[a-z]{1,8}\.example/[a-z0-9&'=?;]{0,12}", fullmatch=True),
    title=st.text(alphabet=st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=20),
    html_url=st.none() | st.just("https://a.example/?a=1&b='2'"),
    folders=st.lists(st.sampled_from(["News", "A & B", '"x"/<y>']).map(folder), max_size=2).map(tuple),
)


@given(st.lists(FEEDS, max_size=6, unique_by=lambda feed: feed.url))
def test_what_was_written_is_read_back_folder_by_folder(feeds: list[OpmlFeed]) -> None:
    back = [replace(feed, attributes=()) for feed in read_opml(write_opml(feeds))]
    assert sorted(back, key=lambda feed: feed.url) == sorted(feeds, key=lambda feed: feed.url)


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_any_words_give_a_sound_file(title: str, above: str, name: str) -> None:
    feed = OpmlFeed(url="https://a.example/", title=name, folders=(folder(above),))
    data = write_opml([feed], title=title, created_at=datetime(2026, 11, 3, tzinfo=UTC))
    tree = ElementTree.fromstring(data)
    assert tree.findtext("head/dateCreated") == "Tue, 03 Nov 2026 00:00:00 +0000"
    assert [found.url for found in read_opml(data)] == ["https://a.example/"]
