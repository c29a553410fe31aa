"""Stories as Atom feeds, asked for as a feed reader would."""

from __future__ import annotations

import io
from typing import Any

import feedparser

from tests.browse.conftest import Newsroom


async def feed(site: Any, path: str) -> Any:
    answer = await site.client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    found = feedparser.parse(io.BytesIO(answer.content))
    assert not found.bozo
    return found


async def test_the_latest_stories_link_their_pages(site: Any, ferry: int) -> None:
    (entry,) = (await feed(site, "/stories.atom")).entries
    assert entry.link == f"http://localhost/story/{ferry}"
    assert entry.title == "Ferry service resumes after storm"


async def test_a_watch_has_a_feed_of_what_it_told_under_its_name(site: Any, newsroom: Newsroom, ferry: int) -> None:
    other = newsroom.article("Bronzes go home", "The museum said so.")
    newsroom.story("Bronzes go home", [(other, "original")])
    watch = newsroom.insert("watches", name="Boats & ferries", query="ferry")
    newsroom.insert("hits", watch_id=watch, article_id=1, at="2026-05-05T00:00:00Z")
    found = await feed(site, "/watch/Boats%20%26%20ferries.atom")
    assert found.feed.title == "samewire: Boats & ferries"
    assert [entry.title for entry in found.entries] == ["Ferry service resumes after storm"]
    assert len((await feed(site, "/stories.atom")).entries) == 2


async def test_an_unknown_watch_is_a_404_and_only_get_is_answered(site: Any, ferry: int) -> None:
    assert (await site.client.get("/watch/none.atom")).status_code == 404
    assert (await site.client.post("/stories.atom")).status_code in (403, 405)
