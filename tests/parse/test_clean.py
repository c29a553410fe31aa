"""What is done to a feed's text before an XML parser sees it."""

from __future__ import annotations

import time
from xml.parsers import expat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.parse.clean import Root, clean_xml, cut, outside_items, root_of


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        pytest.param("\ufeff\r\n <?xml version='1.0'?>\n<rss/>", "<rss/>", id="blanks before the prolog"),
        pytest.param("<!-- x --><?xml version='1.0'?><rss/>", "<rss/>", id="a comment before the declaration"),
        pytest.param("Warning: x in y.php\n<rss/>", "<rss/>", id="rubbish before the first tag"),
        pytest.param("<rss>a\0b\x0bc\ufffe</rss>", "<rss>abc</rss>", id="characters that XML forbids"),
        pytest.param("<a>&#xD800;&#0;&#x1b;&#x110000;</a>", "<a>\ufffd\ufffd\ufffd\ufffd</a>", id="no characters"),
        pytest.param("<a>&#99999999999;</a>", "<a>\ufffd</a>", id="a number beyond all numbers"),
        pytest.param(f"<a>&#{'9' * 9000};&#x{'f' * 9000};</a>", "<a>\ufffd\ufffd</a>", id="a number of 9,000 digits"),
        pytest.param("<a>&#x0000000041;&#9;</a>", "<a>&#65;&#9;</a>", id="sound references"),
        pytest.param("<a>&#X41;&#66</a>", "<a>&#65;&#66;</a>", id="sound but for their form"),
        pytest.param("<a>&#xD83D;&#xDE00;&#55357;&#56832;</a>", "<a>😀😀</a>", id="characters in two halves"),
        pytest.param("<a>&nbsp;&eacute;</a>", "<a>\u00a0é</a>", id="HTML's entities"),
        pytest.param(
            "<a>AT&T &foo; a&b=c &amp; &lt;</a>", "<a>AT&amp;T &amp;foo; a&amp;b=c &amp; &lt;</a>", id="strays"
        ),
        pytest.param("<a>&LT;b&GT;</a>", "<a>&amp;LT;b&amp;GT;</a>", id="entities that would become markup"),
        pytest.param("<a><![CDATA[&nbsp;&x]]>&x</a>", "<a><![CDATA[&nbsp;&x]]>&amp;x</a>", id="CDATA stays"),
        pytest.param("<a><![CDATA[&x", "<a><![CDATA[&amp;x", id="CDATA that never ends"),
        pytest.param("<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", id="own"),
        pytest.param("no tag at all", "no tag at all", id="no tag"),
    ],
)
def test_the_text_is_made_fit_for_a_parser(raw: str, clean: str) -> None:
    assert clean_xml(raw) == clean


def test_a_tag_with_hundreds_of_attributes_loses_them() -> None:
    many = " ".join(f"attribute{n}='1'" for n in range(300))
    assert clean_xml(f"<rss><x {many}>t</x><y {many}/></rss>") == "<rss><x>t</x><y/></rss>"


def test_a_long_tag_with_few_attributes_keeps_them() -> None:
    text = f"<rss><path d='{'1,2 ' * 1000}'>t</path></rss>"
    assert clean_xml(text) == text


def test_a_prolog_beyond_all_measure_goes() -> None:
    assert clean_xml("<!--" + "-" * 30_000 + "--><rss></rss>") == "<rss></rss>"


@given(st.text(st.characters(exclude_categories=()), max_size=80))
def test_no_text_content_stops_a_parser(text: str) -> None:
    clean = clean_xml(f"<rss>{text.replace('<', '')}</rss>".replace("]]>", ""))
    expat.ParserCreate().Parse(clean.encode("utf-8"), True)


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("<rss version='2.0'>", Root.FEED),
        ("<!-- c --><a:feed xmlns:a='http://www.w3.org/2005/Atom'>", Root.FEED),
        ("<rdf:RDF>", Root.FEED),
        ("<CHANNEL>", Root.FEED),
        ("<rss><channel><html>", Root.FEED),
        ("<!DOCTYPE  HTML><p>", Root.HTML),
        ("<html><p>", Root.HTML),
        ("<html><!-- <rdf:RDF> -->", Root.HTML_WITH_FEED),
        ("<opml><head/><body/></opml>", Root.OTHER),
        ("<feedback>", Root.OTHER),
        ("", Root.OTHER),
    ],
)
def test_a_feed_is_told_from_a_page_by_its_first_tags(text: str, root: Root) -> None:
    assert root_of(text) is root


@pytest.mark.parametrize(
    ("text", "kept", "fault"),
    [
        pytest.param("<rss><item>1</item></rss>", "<rss><item>1</item></rss>", None, id="whole"),
        pytest.param("<rss><item>1</item>", "<rss><item>1</item>", "the feed breaks off", id="cut after an item"),
        pytest.param(
            "<rss><item>1</item><item>2", "<rss><item>1</item>", "the feed breaks off inside an item", id="torn"
        ),
        pytest.param("<rss><item>1</it", "<rss>", "the feed breaks off inside an item", id="torn in its closing tag"),
        pytest.param("<rss><item>1</item><item", "<rss><item>1</item>", "inside", id="torn opening tag"),
        pytest.param("<feed><a:entry>1</a:entry><a:entry>", "<feed><a:entry>1</a:entry>", "inside", id="prefixed"),
        pytest.param("<rss><item>1</rss>", "<rss><item>1</rss>", None, id="never closed, but the feed is"),
        pytest.param("<rss><item/>", "<rss><item/>", "the feed breaks off", id="closed by itself"),
        pytest.param(
            "<rdf:RDF><items><li/></items></rdf:RDF>", "<rdf:RDF><items><li/></items></rdf:RDF>", None, id="items"
        ),
        pytest.param("<rss>", "<rss>", "the feed breaks off", id="no item at all"),
    ],
)
def test_a_torn_last_item_is_dropped(text: str, kept: str, fault: str | None) -> None:
    result = cut(text)
    assert result.text == kept
    assert fault is None if result.fault is None else fault is not None and fault in result.fault


def test_items_beyond_the_cap_are_counted_and_not_kept() -> None:
    text = "<rss>" + "".join(f"<item>{n}</item>" for n in range(5)) + "</rss>"
    result = cut(text, max_entries=3)
    assert result.text == "<rss><item>0</item><item>1</item><item>2</item></rss>"
    assert result.capped_entries == 2


def test_a_torn_item_beyond_the_cap_is_not_counted() -> None:
    result = cut("<rss><item>0</item><item>1</item><item>2", max_entries=1)
    assert result.text == "<rss><item>0</item>"
    assert result.capped_entries == 1


def test_an_unclosed_run_of_items_is_capped() -> None:
    result = cut("<rss>" + "<item>x" * 10 + "</rss>", max_entries=4)
    assert result.text == "<rss>" + "<item>x" * 4
    assert result.capped_entries == 6


def test_what_a_feed_says_of_itself_is_what_stands_outside_its_items() -> None:
    assert outside_items("<rss><ttl/><item>a</item><item>b</item><x/></rss>") == "<rss><ttl/><x/></rss>"
    assert outside_items("<rss/>") == "<rss/>"


@pytest.mark.parametrize(
    "text",
    [
        "<rss>" + "<item" * 300_000,
        "<rss>" + "<![CDATA[" * 200_000,
        "<rss>" + "&" * 1_000_000,
        "<rss>" + "&#x" * 400_000,
        "<rss " + "a" * 1_000_000,
        "<" * 1_000_000,
        "<rss>" + "<a b=" * 200_000,
        "<!--" * 250_000,
    ],
    ids=["items", "CDATA", "ampersands", "references", "one tag", "less-than", "tags", "comments"],
)
def test_a_megabyte_of_hostile_text_costs_little(text: str) -> None:
    started = time.process_time()
    cleaned = clean_xml(text)
    root_of(cleaned)
    outside_items(cut(cleaned).text)
    assert time.process_time() - started < 2.0
