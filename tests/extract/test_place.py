"""A place in a page's source: found by its start tag, never where it is no element, and cut out with what it needs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from ingest.extract.outline import Outline
from ingest.extract.place import Span, cut, find, mark_of, shared
from ingest.extract.tree import parse
from ingest.model.templates import Mark

BODY = Mark(tag="div", tokens=(("class", "story"),))
PIECES = st.lists(
    st.sampled_from(
        ["<div class=story>", '<DIV CLASS="story x">', "</div>", "</DIV >", "<!--", "-->", "<script>", "</script>", "<",
         ">", "story", "<h1>", "</h1>", "<meta", "<title>", "</title>", '"', "ld+json",
         "<time", "text"]
    ),
    max_size=40,
)  # fmt: skip


@pytest.mark.parametrize(
    ("page", "found"),
    [
        ('<p>a</p><div class="story">b</div><p>c</p>', '<div class="story">b</div>'),
        ("<div class='lead story'><div>b</div></div>c", "<div class='lead story'><div>b</div></div>"),
        ("<div class=story>b</div>", "<div class=story>b</div>"),
        ('<DIV CLASS="story">b</DIV>', '<DIV CLASS="story">b</DIV>'),
        ('<div\n data-x="a > b"\n class="story">b</div>', None),  # a start tag is taken to end at its first >
        ('<div class="story-box">b</div>', None),
        ('<p class="story">b</p>', None),
        ('<div title="story" id="story">b</div>', None),
        ('<div class="story">a</div><div class="story">b</div>', None),
        ('<div class="story">a<div>b</div>', None),
        ('<!-- <div class="story">b</div> -->', None),
        ('<script>var a = \'<div class="story">b</div>\'</script>', None),
        ('<div class="story">a<!-- </div> --><script>"</div>"</script>b</div>c',
         '<div class="story">a<!-- </div> --><script>"</div>"</script>b</div>'),
    ],
)  # fmt: skip
def test_a_place_is_one_element_from_its_start_to_its_end(page: str, found: str | None) -> None:
    span = find(Outline(page), BODY)
    assert (None if span is None else page[span.start : span.end]) == found


def test_an_element_without_a_name_is_found_only_where_it_is_the_only_one() -> None:
    article, cell = Mark(tag="article"), Mark(tag="td", tokens=(("nth", "2"),))
    page = "<main><article><p>a</p></article></main><articles>"
    assert find(Outline(page), article) == Span(start=6, end=33)
    assert find(Outline(page + "<article></article>"), article) is None
    assert find(Outline("<td>a</td><td>b</td>"), cell) is None


def test_what_two_marks_share_leaves_out_what_is_a_pages_own() -> None:
    first, second = (
        mark_of(html.fromstring(f'<article id="post-{number}" class="post post-{number} {more}">x</article>'))
        for number, more in ((20417, "wide"), (20418, "narrow"))
    )
    assert shared(first, second) == Mark(tag="article", tokens=(("class", "post"),))
    assert shared(first, Mark(tag="div", tokens=first.tokens)) is None
    assert str(first) == "article.post.wide"


def test_a_page_is_cut_to_its_place_its_headline_and_what_it_states() -> None:
    page = (
        '<html lang="de"><head><title>T | S</title><meta name="author" content="Ida"><link rel="canonical" href="/a">'
        '<script type="application/ld+json">{"a": 1}</script><script>var x = "<h1>no</h1>"</script></head><body>'
        '<h1>T</h1><p class="by">von Ida</p><div class="rail"><p>teaser</p></div>'
        '<div class="story"><p>b</p><script>x()</script></div>'
        "<p>foot</p><time datetime=2026-05-05>5 May</time></body></html>"
    )
    span = find(Outline(page), BODY)
    assert span is not None
    assert Outline(page).outside(span.start, span.end) == 3
    root = parse(cut(Outline(page), span))
    assert root is not None
    assert [root.get("lang"), root.findtext(".//title"), root.xpath("string(//link/@href)")] == ["de", "T | S", "/a"]
    assert [node.text for node in root.iter("h1")] == ["T"]
    assert root.xpath("//div[@class='story']//p/text()") == ["b"]
    assert root.xpath("//script/text()") == ['{"a": 1}']
    assert root.xpath("//time/@datetime") == ["2026-05-05"]
    assert "foot" not in root.text_content()


@given(PIECES.map("".join))
def test_any_page_gives_a_place_within_it_or_none(page: str) -> None:
    span = find(Outline(page), BODY)
    if span is not None:
        assert 0 <= span.start < span.end <= len(page)
        assert page[span.start : span.start + 4].lower() == "<div"
        assert isinstance(cut(Outline(page), span), str)


@pytest.mark.parametrize(
    "unit", ["<div class=story>", "<h1>", "<time ", "<meta ", "<!--", "<script ld+json", "byline <"]
)
def test_a_page_built_to_last_ends_soon(unit: str) -> None:
    """Work is bounded by tries and windows: two megabytes of one beginning take no longer than their reading."""
    page = '<div class="story">' + unit * (1_500_000 // len(unit))
    assert find(Outline(page), BODY) is None
    assert len(cut(Outline(page), Span(start=0, end=19))) < 4_000_000
