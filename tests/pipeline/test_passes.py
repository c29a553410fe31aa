"""How a pass spreads its work: over hosts, and never more at once than allowed."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from ingest.config import Poll
from ingest.errors import NotFound, Reason
from ingest.pipeline import passes
from ingest.pipeline.passes import for_each
from tests.pipeline.conftest import Newsroom


async def run(items: list[str], settings: Poll, slow: str = "") -> tuple[list[str], int, Counter[str]]:
    """Work on items named `host/n`; a slow host's end when all others have. Returns the order and the high tides."""
    done, now, tides, high = [], Counter(), Counter(), 0
    others = asyncio.Event()
    count = sum(not item.startswith(slow or "\0") for item in items)

    async def work(item: str) -> None:
        nonlocal high
        host = item.partition("/")[0]
        now[host] += 1
        tides[host], high = max(tides[host], now[host]), max(high, now.total())
        if host == slow:
            await others.wait()
        else:
            await asyncio.sleep(0)
        done.append(item)
        now[host] -= 1
        if sum(not each.startswith(slow or "\0") for each in done) == count:
            others.set()

    await asyncio.wait_for(for_each(items, work, lane=lambda item: item.partition("/")[0], settings=settings), 30)
    return done, high, tides


async def test_a_slow_host_keeps_nobody_from_their_turn() -> None:
    items = [f"slow/{n}" for n in range(50)] + [f"host{n}/0" for n in range(50)]
    done, _, tides = await run(items, Poll(concurrency=4, per_host=2), slow="slow")
    assert sorted(done) == sorted(items)
    assert done[:50] == [f"host{n}/0" for n in range(50)]
    assert tides["slow"] == 2


async def test_no_more_is_under_way_than_allowed_in_all_and_at_one_host() -> None:
    items = [f"host{n % 7}/{n}" for n in range(200)]
    done, high, tides = await run(items, Poll(concurrency=5, per_host=3))
    assert sorted(done) == sorted(items)
    assert high <= 5
    assert max(tides.values()) <= 3


async def test_nothing_to_do_is_done_at_once() -> None:
    assert await run([], Poll()) == ([], 0, Counter())


async def test_the_first_error_ends_the_rest() -> None:
    async def work(item: str) -> None:
        if item == "b":
            raise KeyError(item)
        await asyncio.sleep(30)

    with pytest.raises(KeyError, match="b"):
        await asyncio.wait_for(for_each(["a", "b", "c"], work, lane=str, settings=Poll()), 10)


def test_a_pass_without_feeds_ends(newsroom: Newsroom) -> None:
    report = newsroom.poll()
    assert (report.polls, report.pages, report.matched, report.failed) == ([], [], 0, [])


def test_a_feed_that_is_named_and_unknown_is_added_and_polled(newsroom: Newsroom) -> None:
    site = newsroom.site()
    report = newsroom.poll(site.feed([]))
    assert [outcome.word for _, outcome in report.polls] == ["unchanged"]
    assert newsroom.one("SELECT origin FROM feeds") == "added"


async def test_a_name_that_is_no_feed_is_refused_before_anything_is_asked(newsroom: Newsroom) -> None:
    from ingest.pipeline.passes import one_pass

    with newsroom.desk() as desk:
        async with desk.client:
            with pytest.raises(NotFound, match="not one of the feeds"):
                await one_pass(desk, ("https://example.org/feed",), lambda _progress: None)


def test_a_host_with_more_pages_than_are_taken_at_a_time_hides_nobody_elses(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passes, "BATCH", 2)
    slow, other = newsroom.site(), newsroom.site()
    newsroom.poll_settings, newsroom.per_host = 'timeout = "1s"', 1
    slow.on("/robots.txt", status=404)
    items = [slow.article(f"/{number}", f"Page {number}", ["Slow."]) for number in range(4)]
    for number in range(4):
        slow.on(f"/{number}", hangs=True)
    newsroom.follow(slow.feed(items), "Slow")
    newsroom.follow(other.feed([other.article("/a", "Ferry", ["The ferry sails again."])]), "Other")
    report = newsroom.poll()
    reasons = [page.reason for page in report.pages]
    assert (len(reasons), reasons.count(Reason.TIMEOUT)) == (5, 4)
    assert reasons[-1] is Reason.TIMEOUT, "the other host's page does not wait for the end of those that hang"
