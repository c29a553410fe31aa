"""The pages of publishers and feeds, related stories, the timeline, and health for monitors."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ingest.browse.timeline import Placed, timeline
from ingest.model import ArticleId, Relation
from ingest.store.times import to_text
from tests.browse.conftest import START, Newsroom
from tests.browse.test_pages import page, words_of

NOW = datetime.now(UTC)


def ago(**length: int) -> str:
    return to_text(NOW - timedelta(**length))


@pytest.fixture
def feeds(newsroom: Newsroom, ferry: int) -> None:
    """One that is well, one that fails and overflowed."""
    common = {"origin": "config", "added_at": ago(days=9), "next_at": ago(hours=-1)}
    newsroom.insert(
        "feeds", url="https://harbour.example/rss", title="Harbour <b>News</b>", publisher_id=2,
        last_success_at=ago(minutes=5), last_change_at=ago(hours=3), **common,
    )  # fmt: skip
    newsroom.insert(
        "feeds", url="https://user:secret@echo.example/rss", publisher_id=3, failures=3, last_reason="http_5xx",
        last_detail="HTTP 503", overflows=2, overflow_at=ago(days=2), **common,
    )  # fmt: skip
    for hours, new in ((1, 4), (30, 2)):
        newsroom.insert("polls", feed_id=1, started_at=ago(hours=hours), outcome="ok", new_entries=new)


async def test_a_publishers_page_tells_what_it_had_first_and_what_it_took(
    site: Any, newsroom: Newsroom, ferry: int
) -> None:
    newsroom.store.connection.execute("UPDATE articles SET first_seen_at = ?", [to_text(NOW)])
    wire = words_of(await page(site, "/publisher/1"))
    assert "Northwire" in wire and "What it had first Ferry service resumes after storm" in wire
    assert "taken up by 2" in wire and "What others had" not in wire
    harbour = words_of(await page(site, "/publisher/2"))
    assert "Northwire wire 1 +14 min" in harbour
    assert "What others had before it Ferries sail again" in harbour
    for path in ("/publisher/99", "/publisher/x", "/publisher/%3Cb%3E"):
        assert "There is no publisher" in await page(site, path, status=404)


async def test_the_page_of_feeds_tells_how_each_one_is(site: Any, feeds: None) -> None:
    text = await page(site, "/feeds")
    words = words_of(text)
    assert words.index("https://***@echo.example/rss") < words.index("Harbour <b>News</b>")
    assert "failed 3 times in a row http 5xx HTTP 503 overflowed 2 ×, last 2 days ago" in words
    assert "6 new entries in 7 days" in words and "secret" not in text
    assert len(re.findall(r"[\d.]+,[\d.]+", re.findall(r'polyline points="([^"]+)"', text)[0])) == 28
    assert "Harbour" not in await page(site, "/feeds?failing=1")
    assert "No feed fits" in await page(site, "/feeds?tag=none")


async def test_monitors_learn_whether_anybody_polls(site: Any, newsroom: Newsroom, feeds: None) -> None:
    path = "/-/samewire/health"
    well = await site.client.get(path)
    assert (well.status_code, well.json()["status"], well.json()["failing_feeds"]) == (200, "ok", 1)
    connection = newsroom.store.connection
    connection.execute("UPDATE feeds SET next_at = ?", [ago(hours=2)])
    connection.execute("UPDATE polls SET started_at = ?", [ago(hours=3)])
    stalled = await site.client.get(path)
    assert (stalled.status_code, stalled.json()["status"], stalled.json()["due_feeds"]) == (503, "stalled", 2)
    site._settings["sql_time_limit_ms"] = 0
    assert (await site.client.get(path)).status_code == 503


async def test_related_stories_say_what_relates_them(site: Any, newsroom: Newsroom, ferry: int) -> None:
    others = [newsroom.story(f"Storm {n}", [(newsroom.article(f"Storm {n}", "x"), "original")]) for n in range(3)]
    newsroom.insert(
        "related", story_a=ferry, story_b=others[0], score=0.7, reason="follow-up", explanation="Both name Holm."
    )
    connection = newsroom.store.connection
    connection.execute("UPDATE stories SET event_id = ? WHERE id IN (?, ?, ?)", [ferry, ferry, *others[:2]])
    text = words_of(await page(site, f"/story/{ferry}"))
    assert "Storm 0 follow-up 1 publisher Both name Holm. Storm 1 same event" in text
    assert "Storm 2" not in text


async def test_the_timeline_has_a_dot_for_each_member_and_says_the_same_in_words(site: Any, ferry: int) -> None:
    text = await page(site, f"/story/{ferry}")
    picture = re.findall(r"<svg class=\"sw-timeline.*?</svg>", text, re.S)[0]
    assert picture.count("<circle") == 4
    assert "1 × earliest, 1 × copy, 1 × abridgement, 1 × rewrite, over 1 day." in picture
    assert "<title>Daily Harbour, copy, +14 min</title>" in picture
    assert "style=" not in picture


def test_dots_stand_in_order_of_time_and_never_outside() -> None:
    minutes = [0, 0, 1, 1, 3, 60, 1440, 100_000]
    members = [
        Placed(article_id=ArticleId(n), relation=Relation.COPY, at=START + timedelta(minutes=m), label="")
        for n, m in enumerate(minutes)
    ]
    found = timeline(members)
    assert found is not None
    (lane,) = found.lanes
    places = [float(dot.x.rstrip("%")) for dot in lane.dots]
    assert places == sorted(places) and places[0] >= 0 and places[-1] <= 100
    assert len({(dot.x, dot.y) for dot in lane.dots}) == len(lane.dots)
    assert max(dot.y for dot in lane.dots) < found.axis_y < found.height
    assert timeline(members[:1]) is None
