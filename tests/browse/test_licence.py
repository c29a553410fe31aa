"""How much of licensed texts is shown: all, the beginnings, or nothing, whichever way one asks."""

from __future__ import annotations

from typing import Any

import pytest

from ingest.browse.serve import build
from ingest.browse.settings import Settings, ShowText
from tests.browse.conftest import Newsroom
from tests.browse.test_digests import keep_digest

WORDS = "sailed"
EVERYWHERE = (
    "/newsroom/articles", "/newsroom/articles/1", "/newsroom/articles.json", "/newsroom/articles.csv?_stream=1",
    "/newsroom/revisions.json", "/newsroom/entries.json", "/newsroom.json?sql=select+text+from+articles",
    "/newsroom.json?sql=select+substr(a.text,9)+from+articles+a+where+a.text+like+'%25Holm%25'",
    "/newsroom.json?sql=with+x+as+(select+*+from+articles)+select+*+from+x",
)  # fmt: skip


@pytest.fixture
def licensed(newsroom: Newsroom, ferry: int) -> None:
    feed = newsroom.insert(
        "feeds", url="https://x.example/", publisher_id=1, origin="config", added_at="x", next_at="x"
    )
    newsroom.insert(
        "entries", feed_id=feed, article_id=1, key="k", title="T", summary=f"It {WORDS}", content=f"It {WORDS}",
        content_hash="h", first_seen_at="x", last_seen_at="x",
    )  # fmt: skip
    newsroom.store.connection.execute("UPDATE revisions SET text = 'It sailed'")
    keep_digest(newsroom, "2026-05-04")


async def texts(site: Any, path: str) -> str:
    answer = await site.client.get(path)
    assert answer.status_code in (200, 302, 404), (path, answer.text)
    return str(answer.text)


async def test_in_full_every_table_has_them(site: Any, licensed: None) -> None:
    for path in EVERYWHERE:
        assert WORDS in await texts(site, path) or "revisions" in path, path
    assert WORDS in await texts(site, "/compare/1/2")


@pytest.mark.parametrize("show", [ShowText.EXCERPT, ShowText.NONE])
async def test_otherwise_no_way_of_asking_gets_at_them(newsroom: Newsroom, licensed: None, show: ShowText) -> None:
    site = build(newsroom.path, settings=Settings(show_text=show))
    await texts(site, "/story/1")  # a page of ours may read what it cuts; nobody after it on the same connection
    for path in EVERYWHERE:
        assert WORDS not in await texts(site, path), path
    shown = show is ShowText.EXCERPT
    for path in ("/stories", "/story/1", "/stories.json", "/stories.csv"):
        assert (WORDS in await texts(site, path)) is shown, path
    assert ("Ferry fire" in await texts(site, "/digest/2026-05-04")) is shown
    compared = await texts(site, "/compare/1/2")
    assert ("Only what differs" in compared or "stand in the other" in compared) is shown
    assert "Ferry service resumes" in compared


async def test_search_still_finds_what_is_not_shown(newsroom: Newsroom, licensed: None) -> None:
    site = build(newsroom.path, settings=Settings(show_text=ShowText.NONE))
    assert "Ferry service" in await texts(site, "/stories?q=sailed")
