"""Lists as programs read them: JSON, CSV and Atom, with entity tags."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from typing import Any

import feedparser
import pytest

from ingest.browse.formats import FORMS
from ingest.browse.serve import build
from ingest.browse.settings import Settings
from ingest.store.times import to_text
from tests.browse.conftest import START, Newsroom

LISTS = ("/stories", "/story/1", "/publisher/1", "/feeds")
HOSTILE = ("=1+1", "@SUM(A1)", "<script>alert(1)</script>", "a\r\nb", "nul\0nul", "\u202eevil", "x" * 10_000)


async def feed(site: Any, path: str) -> Any:
    answer = await site.client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    found = feedparser.parse(io.BytesIO(answer.content))
    assert not found.bozo
    return found


@pytest.fixture
def polled(newsroom: Newsroom, ferry: int) -> int:
    """The ferry story, by publishers of which one has a feed that fails."""
    newsroom.store.connection.execute("UPDATE articles SET first_seen_at = ?", [to_text(datetime.now(UTC))])
    return newsroom.insert(
        "feeds", url="https://harbour.example/rss", title="Harbour", publisher_id=1, origin="config",
        added_at=to_text(START), next_at=to_text(START), failures=2, last_reason="http_5xx", last_detail="HTTP 503",
    )  # fmt: skip


async def test_a_list_that_a_program_has_is_not_sent_again(site: Any, polled: int) -> None:
    for path in (f"{path}.{form}" for path in LISTS for form in FORMS):
        answer = await site.client.get(path)
        assert answer.status_code == 200, path
        etag = answer.headers["etag"]
        for given in (etag, f'W/{etag}, "other"'):
            again = await site.client.get(path, headers={"If-None-Match": given})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
        changed = await site.client.get(path, headers={"If-None-Match": '"other"'})
        assert changed.content == answer.content


async def test_the_three_forms_hold_the_same_rows(site: Any, polled: int) -> None:
    for path in LISTS:
        found = (await site.client.get(f"{path}.json")).json()
        rows = list(csv.DictReader(io.StringIO((await site.client.get(f"{path}.csv")).text, newline="")))
        assert len(found["rows"]) == len(rows) == len((await feed(site, f"{path}.atom")).entries) > 0
        assert list(found["rows"][0]) == list(rows[0])
        assert found["url"] == f"http://localhost{path}"


async def test_links_are_absolute_and_of_the_public_address(newsroom: Newsroom, ferry: int) -> None:
    site = build(newsroom.path, settings=Settings(public_url="https://news.example/desk"))
    (entry,) = (await feed(site, "/stories.atom")).entries
    assert entry.link == entry.id == f"https://news.example/desk/story/{ferry}"
    assert entry.title == "Ferry service resumes after storm"
    assert (await site.client.get("/stories.json")).json()["rows"][0]["url"] == entry.link


async def test_a_story_tells_its_members_with_their_distance(site: Any, ferry: int) -> None:
    found = (await site.client.get(f"/story/{ferry}.json")).json()
    assert (found["first_publisher"], found["publishers"], found["articles"]) == ("Northwire", 3, 4)
    assert [(row["relation"], row["lag_s"]) for row in found["rows"]] == [
        ("original", None), ("copy", 840), ("abridgement", 5700), ("rewrite", 96_000),
    ]  # fmt: skip
    newest = (await feed(site, f"/story/{ferry}.atom")).entries[0]
    assert newest.link == f"http://localhost/story/{ferry}#a4"


async def test_programs_page_through_a_long_list(site: Any, newsroom: Newsroom) -> None:
    for number in range(203):
        newsroom.story(f"R{number}", [(newsroom.article(f"R{number}", "words"), "original")], minutes=number)
    first = (await site.client.get("/stories.json")).json()
    assert (len(first["rows"]), first["next"]) == (200, "http://localhost/stories.json?page=2")
    second = (await site.client.get("/stories.json?page=2")).json()
    assert ([row["title"] for row in second["rows"]], second["next"]) == (["R2", "R1", "R0"], None)


async def test_a_strangers_words_stay_text_in_every_form(site: Any, newsroom: Newsroom) -> None:
    now, paths = to_text(datetime.now(UTC)), list[str]()
    for number, title in enumerate(HOSTILE, start=1):
        article = newsroom.article(title, title, publisher=title[:200], agency=title[:90], first_seen_at=now)
        story = newsroom.story(title, [(article, "original")])
        paths += [f"/story/{story}", f"/publisher/{number}"]
    for path in ("/stories", *paths):
        for row in csv.reader(io.StringIO((await site.client.get(f"{path}.csv")).text, newline="")):
            assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row)
        assert (await site.client.get(f"{path}.json")).json()["rows"]
        for entry in (await feed(site, f"{path}.atom")).entries:
            assert "\n" not in entry.title and len(entry.title) <= 400


async def test_a_watch_has_a_feed_of_what_it_told_under_its_name(site: Any, newsroom: Newsroom, ferry: int) -> None:
    other = newsroom.article("Bronzes go home", "The museum said so.")
    newsroom.story("Bronzes go home", [(other, "original")])
    watch = newsroom.insert("watches", name="Boats & ferries", query="ferry")
    newsroom.insert("hits", watch_id=watch, article_id=1, at="2026-05-05T00:00:00Z")
    found = await feed(site, "/watch/Boats%20%26%20ferries.atom")
    assert found.feed.title == "samewire: Boats & ferries"
    assert [entry.title for entry in found.entries] == ["Ferry service resumes after storm"]
    assert [entry.title for entry in (await feed(site, "/stories.atom?watch=Boats+%26+ferries")).entries] == [
        "Ferry service resumes after storm"
    ]
    assert len((await feed(site, "/stories.atom")).entries) == 2


async def test_an_unknown_watch_or_publisher_is_told_to_programs_too(site: Any, ferry: int) -> None:
    assert (await site.client.get("/watch/none.atom")).status_code == 404
    missing = await site.client.get("/publisher/99.json")
    assert (missing.status_code, missing.json()["ok"]) == (404, False)
    assert (await site.client.post("/stories.atom")).status_code == 405
