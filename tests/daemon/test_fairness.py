"""Hosts that are slow, and have thousands of feeds or pages waiting, keep no other host from its turn."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from ingest.daemon import dispatcher as module
from ingest.daemon.dispatcher import Dispatcher
from ingest.model import DuePage, Entry, Feed, FeedId, New
from ingest.pipeline.desk import Desk
from ingest.store.articles import ShownEntry, store_entries
from ingest.store.connection import Store, open_writer
from ingest.store.feeds import NewFeed, add_feed, by_id
from ingest.text.urls import origin

NOW = datetime(2026, 5, 5, 12, tzinfo=UTC)
SLOW = "https://slow.example"
FIRST, FURTHER = 20, 60


@pytest.fixture(autouse=True)
def short_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FEEDS_FIRST", FIRST)
    monkeypatch.setattr(module, "PAGES_FIRST", FIRST)
    monkeypatch.setattr(module, "FURTHER", FURTHER)


class Desks:
    """What the dispatcher needs of a desk, on a real database whose work is done at once."""

    def __init__(self, store: Store, concurrency: int) -> None:
        self.store, self.interval = store, timedelta(hours=1)
        self.config = SimpleNamespace(poll=SimpleNamespace(concurrency=concurrency, per_host=2))
        self.matcher = SimpleNamespace(obey=lambda *_a: 0, match_waiting=lambda *_a, **_k: 0)

    def clock(self) -> datetime:
        return NOW

    async def write(self, function: Any, *args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)


@pytest.fixture
def store(tmp_path: Path) -> Any:
    with open_writer(tmp_path / "n.db", for_command="test") as opened:
        yield opened


def follow(store: Store, url: str, at: datetime) -> int:
    return add_feed(store, NewFeed(url=url, publisher=origin(url), domain="x.example"), at)[0]


class Polls:
    """Stands in for the trip: a feed of the slow host never ends; another's ends at once, and is due in an hour."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.ended: list[str] = []

    async def __call__(self, desk: Desk, feed: Feed) -> None:
        self.started.append(feed.url)
        if feed.url.startswith(SLOW):
            await asyncio.sleep(3600)
        desk.store.connection.execute("UPDATE feeds SET next_at = '2030-01-01T00:00:00Z' WHERE id = ?", [feed.id])
        self.ended.append(feed.url)


@pytest.mark.parametrize("slow", [5, FIRST + 3 * FURTHER + 7])
async def test_a_host_with_many_feeds_that_hang_takes_its_own_places_and_no_others(
    store: Store, monkeypatch: pytest.MonkeyPatch, slow: int
) -> None:
    with store.transaction():
        for number in range(slow):
            follow(store, f"{SLOW}/{number:05}", NOW - timedelta(hours=2) + timedelta(seconds=number // 10))
        for number in range(12):
            follow(store, f"https://h{number % 6}.example/{number}", NOW - timedelta(minutes=1))
    polls = Polls()
    monkeypatch.setattr(module, "poll_feed", polls)
    dispatcher = Dispatcher(cast(Desk, Desks(store, concurrency=4)))
    for _ in range(12):
        await dispatcher.tick()
        await asyncio.sleep(0)
    hanging = [url for url in polls.started if url.startswith(SLOW)]
    assert hanging == [f"{SLOW}/00000", f"{SLOW}/00001"], "the two that waited longest, and no more"
    assert sorted(Counter(map(origin, polls.ended)).values()) == [2] * 6
    await dispatcher.stop(0)


async def test_within_a_host_the_longest_waiting_is_first_and_each_is_polled_once(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with store.transaction():
        for number in range(9):
            follow(store, f"https://one.example/{number}", NOW - timedelta(minutes=10 + number))
    polls = Polls()
    monkeypatch.setattr(module, "poll_feed", polls)
    dispatcher = Dispatcher(cast(Desk, Desks(store, concurrency=50)))
    for tick in range(1, 6):
        await dispatcher.tick()
        await asyncio.sleep(0)
        assert len(polls.ended) == min(9, 2 * tick)
        assert dispatcher.under_way == (0, 0)
    assert polls.ended == [f"https://one.example/{number}" for number in reversed(range(9))]


def wait_for(store: Store, urls: list[str], at: datetime) -> None:
    feed = by_id(store.connection, FeedId(1), interval=timedelta(hours=1))
    assert feed is not None
    shown = [
        ShownEntry(
            decision=New(entry=Entry(guid=url, link=url, title=url), key=url, content_hash=url),
            canonical_link=url,
            identity=url,
        )
        for url in urls
    ]
    with store.transaction():
        store_entries(store, feed, shown, at, baseline=False)


class Pages:
    """Stands in for a page's trip, as Polls does for a feed's."""

    def __init__(self) -> None:
        self.started: list[str] = []

    async def __call__(self, desk: Desk, page: DuePage) -> None:
        self.started.append(page.url)
        if page.url.startswith(SLOW):
            await asyncio.sleep(3600)
        desk.store.connection.execute("UPDATE articles SET next_fetch_at = NULL WHERE id = ?", [page.article_id])


@pytest.mark.parametrize("others_at", [timedelta(), timedelta(minutes=1)], ids=["same second", "later"])
async def test_a_host_with_more_pages_than_a_look_shows_hides_nobody_elses(
    store: Store, monkeypatch: pytest.MonkeyPatch, others_at: timedelta
) -> None:
    """Of more pages than three looks show, all of a host that hangs, and of eight hosts behind them."""
    with store.transaction():
        follow(store, f"{SLOW}/feed", NOW)
    since = NOW - timedelta(hours=1)
    wait_for(store, [f"{SLOW}/{number}" for number in range(FIRST + 3 * FURTHER + 7)], since)
    wait_for(
        store, [f"https://h{number}.example/{each}" for number in range(8) for each in range(3)], since + others_at
    )
    wait_for(store, [f"{SLOW}/late/{number}" for number in range(20)], since + others_at)
    trips = Pages()
    monkeypatch.setattr(module, "poll_feed", Polls())
    monkeypatch.setattr(module, "settle_article", trips)
    dispatcher = Dispatcher(cast(Desk, Desks(store, concurrency=8)))
    for _ in range(16):
        await dispatcher.tick()
        for _ in range(4):
            await asyncio.sleep(0)
    assert [url for url in trips.started if url.startswith(SLOW)] == [f"{SLOW}/0", f"{SLOW}/1"]
    assert Counter(map(origin, trips.started)) == {SLOW: 2} | {f"https://h{number}.example": 3 for number in range(8)}
    await dispatcher.stop(0)
