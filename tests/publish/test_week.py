"""The weekly report: what is counted, and a page that stands alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from lxml import etree, html

from ingest.model import FeedKind, Relation, StoryId
from ingest.model.week import DayVolume, Taken, WeekRows
from ingest.publish.week import Bar, Chart, Week, render, sum_up

AT = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
LAST = date(2026, 5, 5)


def taken(story: int, publisher: str, minutes: int | None, **values: Any) -> Taken:
    given: dict[str, Any] = {
        "story_id": StoryId(story), "first": "Northwire", "first_at": AT, "publisher": publisher,
        "kind": FeedKind.OUTLET, "relation": Relation.COPY,
        "at": None if minutes is None else AT + timedelta(minutes=minutes),
    }  # fmt: skip
    return Taken(**(given | values))


def a_week(*rows: Taken, articles: int = 20, stories: int = 6) -> Week:
    days = (
        DayVolume(day=LAST - timedelta(days=1), articles=articles, stories=stories),
        DayVolume(day=LAST, articles=0, stories=0),
    )
    reaches = (3, 2, 1, 2, 1, 1)
    return sum_up(
        WeekRows(days=days, reaches=reaches, taken=rows, agencies=((None, 5), ("Northwire", 5))), last_day=LAST
    )


def chart(week: Week, title: str) -> Chart:
    return next(one for one in week.charts if one.title == title)


def figures(one: Chart) -> dict[str, str]:
    return {bar.name: bar.text for bar in one.bars}


ROWS = (
    taken(1, "Post", 4), taken(1, "Post", 50), taken(1, "Echo", 40), taken(2, "Post", None),
    taken(2, "Links", 1, kind=FeedKind.AGGREGATOR), taken(3, "Northwire", 9), taken(4, "Northwire", 700, first="Post"),
)  # fmt: skip


def test_reach_lag_and_firsts_count_independent_publishers_once_a_story() -> None:
    week = a_week(*ROWS)
    assert week.lead == "20 articles made 6 stories, 3 of them carried by more than one publisher."
    assert figures(chart(week, "Volume")) == {"Mon 4 May": "20, 6 stories", "Tue 5 May": "none"}
    assert [bar.text for bar in chart(week, "Reach").bars] == ["3", "2", "1", "0", "0"]
    assert [bar.text for bar in chart(week, "Lag from the first publisher").bars] == ["1", "0", "1", "0", "1", "0"]
    assert figures(chart(week, "First, and followed")) == {
        "Northwire": "2 stories, 40 min", "Post": "1 story, 11 h 40 min",
    }  # fmt: skip
    assert chart(week, "Agencies").bars == (Bar(name="Northwire", share=1.0, text="5, 25 %"),)
    assert week.grid.columns == ("Post", "Echo", "Northwire")
    assert week.grid.rows == (("Northwire", ((2, 1.0), (1, 0.5), (0, 0.0))), ("Post", ((0, 0.0), (0, 0.0), (1, 0.5))))


def test_the_page_is_one_sound_document_that_loads_nothing_and_says_strangers_words_as_words() -> None:
    name = "<script>alert(1)</script>\r\n\u202e"
    page = render(a_week(*ROWS, taken(9, name, 3)))
    etree.fromstring(page.removeprefix("<!DOCTYPE html>"), etree.HTMLParser(recover=True))
    tree = html.document_fromstring(page)
    assert tree.xpath("//img|//link|//script|//iframe") == [] and "url(" not in page and "@import" not in page
    assert "@media print" in page and "<script>alert(1)</script>" in tree.text_content()
    assert len(tree.xpath("//*[local-name()='svg']")) == 5
    assert not set(page) & set("\r\u202e")


def test_a_week_of_nothing_has_its_page_too() -> None:
    week = sum_up(WeekRows(days=(), reaches=(), taken=(), agencies=()), last_day=LAST)
    assert week.lead == "0 articles made 0 stories."
    assert "Nothing to show." in render(week)
