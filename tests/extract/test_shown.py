"""What stands below a headline, and which of a page's instants is that of its publication."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from ingest.extract.published import published
from ingest.extract.shown import lines_below, shown_byline, shown_stamp
from ingest.extract.structured import read_structured

PAGE = """<html><head><title>Ferry sails again</title>{head}</head><body><nav>By Nobody Here</nav>
<header><h1>Ferry sails again</h1></header><script>By Scripted Person Nov 1, 2026 1:00 GMT</script>{below}
<p>The ferry to Lindal sails again.</p></body></html>"""


def below(markup: str) -> str:
    return lines_below(next(html.fromstring(PAGE.format(head="", below=markup)).iter("h1")))


def instant(head: str, markup: str) -> str | None:
    root = html.fromstring(PAGE.format(head=head, below=markup))
    found = read_structured(root, url="https://gazette.example/ferry").published
    return found and found.moment.strftime("%m-%dT%H:%M" if found.timed else "%m-%d")


def meta(value: str, name: str = "article:published_time") -> str:
    return f'<meta property="{name}" content="{value}">'


def test_lines_are_what_is_shown_behind_the_headline() -> None:
    assert below("<div>By <b>Ann Lee</b></div><style>x</style>").split("\n") == [
        "By", "Ann Lee", "The ferry to Lindal sails again.",
    ]  # fmt: skip
    assert lines_below(None) == ""


def test_lines_end_within_bounds() -> None:
    assert len(below("<i>word </i>" * 50_000)) <= 1_200


@pytest.mark.parametrize(
    ("markup", "people"),
    [
        ("<p>By Ann Lee</p>", "Ann Lee"),
        ("<p>By <a>Ann Lee</a>, <a>Tom van Eck</a> and <a>Jo O'Hara</a></p>", "Ann Lee, Tom van Eck and Jo O'Hara"),
        ("<p>By Ann Lee on Monday</p>", "Ann Lee"),
        ("<p>By Ann Lee November 3, 2026</p>", "Ann Lee"),
        ("<p>By</p><p>Ann Lee</p><p>Tom Eck is shown here</p>", "Ann Lee"),
        ("<p>Von Ann Lee publiziert</p>", "Ann Lee"),
        ("<p>The ferry is run by Lindal Lines</p>", None),
        ("<p>By the sea</p>", None),
    ],
)  # fmt: skip
def test_a_byline_below_the_headline_names_its_people(markup: str, people: str | None) -> None:
    assert shown_byline(below(markup)) == people


@pytest.mark.parametrize(
    ("markup", "found"),
    [
        ("<p>Nov 3, 2026, 1:00 am EST</p>", "11-03T06:00"),
        ("<p>Updated Nov 4, 2026, 1:00 am EST</p><p>Posted Nov 3, 2026, 1:00 am EST</p>", "11-03T06:00"),
        ("<p>Nov 3, 2026, 1:00 am EST | Updated: Nov 4, 2026, 1:00 am EST</p>", "11-03T06:00"),
        ("<b>Last updated:</b><p>Nov 4, 2026, 1:00 am EST</p>", None),
        ("<b>Nov 3, 2026</b><i>1:00 am EST</i>", "11-03T06:00"),
        ("<p>Nov 3, 2026, 1:00 am</p>", "11-03"),
    ],
)
def test_an_instant_below_the_headline_is_read_where_it_is_not_of_a_change(markup: str, found: str | None) -> None:
    stamp = shown_stamp(below(markup))
    assert (stamp and stamp.moment.strftime("%m-%dT%H:%M" if stamp.timed else "%m-%d")) == found


def test_readers_are_shown_which_of_two_zones_one_clock_is_meant_in() -> None:
    ld = '{"@type": "NewsArticle", "datePublished": "2026-11-03T06:00:13-06:00"}'
    ld = f'<script type="application/ld+json">{ld}</script>'
    head = ld + meta("2026-11-03T06:00:13+00:00")
    assert instant(head, "<p>Nov 3, 2026, 12:00 am CST</p>") == "11-03T06:00"
    assert instant(head, "<p>Nov 3, 2026</p>") == "11-03T12:00"


def test_a_stamp_for_machines_later_than_the_shown_one_is_of_a_revision() -> None:
    shown = "<p>November 2, 2026 -- 19:14 GMT</p>"
    assert instant(meta("2026-11-03T19:31:39Z"), shown) == "11-02T19:14"
    assert instant(meta("2026-11-01T19:31:39Z"), shown) == "11-01T19:31"  # shown is then the later change


def test_a_clock_without_a_zone_is_read_in_the_zone_that_another_writes_it_in() -> None:
    head = meta("2026-11-03T06:00:13") + meta("2026-11-03T06:00:13-05:00", "datepublished")
    assert instant(head, "") == "11-03T11:00"


def test_a_day_gets_its_time_from_an_element_of_that_day_only() -> None:
    clock = '<time datetime="2026-11-03T06:00:00Z">today</time>'
    assert instant(meta("2026-11-03"), clock) == "11-03T06:00"
    assert instant(meta("2026-11-02"), clock) == "11-02"


def test_without_anything_for_machines_elements_and_readers_lines_tell() -> None:
    assert instant("", '<time datetime="2026-11-03T06:00:00Z">today</time>') == "11-03T06:00"
    assert instant("", "<p>Nov 3, 2026</p>") == "11-03"
    assert instant("", "<p>soon</p>") is None


def test_a_date_of_the_page_around_the_article_has_the_time_of_day() -> None:
    ld = (
        '<script type="application/ld+json">[{"@type": "NewsArticle", "headline": "F", "datePublished": "2026-11-03"},'
        '{"@type": "WebPage", "datePublished": "2026-11-03T06:00:00Z"}]</script>'
    )
    assert instant(ld, "") == "11-03T06:00"


@given(st.lists(st.text(max_size=40), max_size=8), st.lists(st.text(max_size=40), max_size=8), st.text(max_size=300))
def test_any_statements_give_one_instant_or_none(stated: list[str], elements: list[str], lines: str) -> None:
    found = published(stated, elements, shown_stamp(lines))
    assert found is None or found.moment.tzinfo is not None
