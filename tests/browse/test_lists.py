"""The filters of the list of stories, and what a reader's marks do to it."""

from __future__ import annotations

import re
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ingest.store import read_lists
from ingest.store.readers import Mark, set_mark, set_note, set_tags
from ingest.store.times import to_text
from tests.browse.conftest import START, Newsroom

NOW = datetime.now(UTC)


async def shown(site: Any, query: str = "", **cookies: str) -> list[str]:
    answer = await site.client.get(f"/stories{query}", cookies=cookies)
    assert answer.status_code == 200, answer.text
    return re.findall(r'<a href="/story/\d+">([^<]+)</a>', answer.text)


@pytest.fixture
def three(newsroom: Newsroom, ferry: int) -> None:
    """Beside the ferry: a German story of one article, and one of a watch."""
    german = newsroom.article("Fähre fährt", "Die Fähre", publisher="Hafenblatt", language="de", agency="dpa")
    newsroom.story("Fähre fährt wieder", [(german, "original")], minutes=1700)
    museum = newsroom.article("Bronzes go home", "The museum said so.", publisher="Echo Online", language="en")
    newsroom.story("Bronzes go home", [(museum, "original")], minutes=1800)
    watch = newsroom.insert("watches", name="Museums", query="museum")
    newsroom.insert("hits", watch_id=watch, article_id=museum, at=to_text(START))
    set_tags(newsroom.store, newsroom.publishers["Hafenblatt"], ["Local Press", "DE"], made_by="ada", now=NOW)  # type: ignore[arg-type]


FERRY, GERMAN, MUSEUM = "Ferry service resumes after storm", "Fähre fährt wieder", "Bronzes go home"
FILTERED = {
    "": [MUSEUM, GERMAN, FERRY],
    "?publisher=Echo+Online": [MUSEUM, FERRY],
    "?publisher=Echo+Online&relation=abridgement": [FERRY],
    "?publisher=Hafenblatt&language=en": [],
    "?agency=dpa": [GERMAN],
    "?language=de": [GERMAN],
    "?watch=Museums": [MUSEUM],
    "?watch=None": [],
    "?tag=local-press": [GERMAN],
    "?q=ferry&publisher=Northwire": [FERRY],
    "?q=ferry&tag=de": [],
    "?relation=nonsense&show=nonsense&shelf=starred": [MUSEUM, GERMAN, FERRY],
    "?show=today": [],
}


async def test_a_filter_shows_what_fits_all_of_it(site: Any, three: None) -> None:
    assert {query: await shown(site, query) for query in FILTERED} == FILTERED


async def test_today_this_week_and_what_grows(site: Any, newsroom: Newsroom) -> None:
    for title, at, count in (("Now", NOW, 3), ("Days ago", NOW - timedelta(days=3), 1), ("Old", START, 1)):
        members = [
            (newsroom.article(f"{title} {n}", "words", first_seen_at=to_text(at), publisher=f"P{n}"), "copy")
            for n in range(count)
        ]
        newsroom.story(title, members, updated_at=to_text(at))
    assert await shown(site, "?show=today") == ["Now"]
    assert await shown(site, "?show=week") == ["Now", "Days ago"]
    assert await shown(site, "?show=growing") == ["Now"]
    assert await shown(site, "?show=week&publisher=P2") == ["Now"]


async def test_a_filter_stops_after_so_many_stories(site: Any, three: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_lists, "SCANNED", 1)
    assert await shown(site, "?language=en") == ["Bronzes go home"]
    assert len(await shown(site)) == 3


async def test_a_readers_marks_are_that_readers_alone(site: Any, newsroom: Newsroom, three: None, ferry: int) -> None:
    store = newsroom.store
    set_mark(store, "ada", ferry, Mark.DISMISSED, now=NOW)  # type: ignore[arg-type]
    set_mark(store, "ada", 2, Mark.STARRED, now=NOW)  # type: ignore[arg-type]
    set_mark(store, "ada", 3, Mark.SEEN, now=NOW)  # type: ignore[arg-type]
    set_note(store, "ada", 2, "ask the port")  # type: ignore[arg-type]
    ada, bob = ({"ds_actor": site.sign({"a": {"id": name}}, "actor")} for name in ("ada", "bob"))
    assert await shown(site, **ada) == ["Bronzes go home", "Fähre fährt wieder"]
    assert await shown(site, "?shelf=starred", **ada) == ["Fähre fährt wieder"]
    assert await shown(site, "?shelf=dismissed", **ada) == ["Ferry service resumes after storm"]
    assert await shown(site, "?shelf=unseen", **ada) == ["Fähre fährt wieder"]
    assert len(await shown(site, **bob)) == len(await shown(site)) == len(await shown(site, "?shelf=dismissed")) == 3
    page = (await site.client.get("/stories", cookies=ada)).text
    assert "starred" in page and "has a note" in page and "ask the port" not in page
    store.connection.execute("UPDATE stories SET updated_at = '2999-01-01T00:00:00Z' WHERE id = 3")
    assert "Bronzes go home" in await shown(site, "?shelf=unseen", **ada)


async def test_the_filters_offer_what_there_is(site: Any, three: None) -> None:
    page = (await site.client.get("/stories?language=de")).text
    assert "<option selected>de</option>" in page and "<option>en</option>" in page
    assert "<option>Hafenblatt</option>" in page and "<option>local-press</option>" in page
    assert 'href="/stories.atom?language=de"' in page


async def test_what_takes_too_long_is_asked_again_in_haste(
    site: Any, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        newsroom.story(f"R{number}", [(newsroom.article(f"R{number}", "common words"), "original")], minutes=number)
    whole = read_lists.listed

    def slow(*given: Any, hasty: bool, **named: Any) -> Any:
        if not hasty:
            raise sqlite3.OperationalError("interrupted")
        return whole(*given, hasty=True, **named)

    monkeypatch.setattr(read_lists, "listed", slow)
    monkeypatch.setattr(read_lists, "HASTY", 1)
    assert await shown(site, "?q=common") == ["R2", "R1", "R0"]
    assert "too many articles to rank" in (await site.client.get("/stories?q=common")).text
    assert await shown(site, "?publisher=Daily+Harbour") == ["R2", "R1"]
    assert "only the 1 latest" in (await site.client.get("/stories?publisher=Daily+Harbour")).text
