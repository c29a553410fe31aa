"""What is known of sites' robots.txt: read beside the event loop where it is long, and kept within bounds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from ingest.errors import FetchError, PoolClosed, Reason, WorkerError
from ingest.pipeline import robots
from ingest.pipeline.robots import FAILURE_KEPT_FOR, RobotsCache
from ingest.workers.pool import WorkerPool

NOW = datetime(2026, 5, 5, 12, tzinfo=UTC)
US = "samewire/1 (+https://example.org/bot)"
LONG = b"User-agent: *\n" + b"".join(b"Disallow: /%d\n" % number for number in range(2_000))
OTHERS = b"User-agent: *\nDisallow: /a\n" + b"User-agent: x\nDisallow: /\n" * 15_000


class Pool:
    """Does the work here and notes it, or fails as a pool may."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.failure, self.done = failure, list[str]()

    async def run(self, function: Callable[[Any], Any], argument: Any, *, subject: str) -> Any:
        self.done.append(function.__name__)
        if self.failure is not None:
            raise self.failure
        return function(argument)


class Sites:
    """Sites that all have this robots.txt, and how often they were asked for it."""

    def __init__(self, pool: Any, body: bytes) -> None:
        self.cache, self.body, self.asked = RobotsCache(pool), body, list[str]()

    async def permit(self, url: str, now: datetime = NOW) -> float | None:
        return await self.cache.permit(url, agent=US, now=now, fetch=self._fetch)

    async def _fetch(self, url: str) -> bytes:
        self.asked.append(url)
        return self.body


async def test_a_long_one_is_read_in_a_worker_process() -> None:
    with WorkerPool(processes=1, task_timeout_s=30, memory_mb=512, preload=()) as pool:
        sites = Sites(pool, LONG)
        assert await sites.permit("https://e.example/x") == 0.0
        assert await sites.permit("https://e.example/1999") is None
        assert sites.asked == ["https://e.example/robots.txt"]


@pytest.mark.parametrize(
    ("body", "work"),
    [
        (b"User-agent: *\nDisallow: /a", []),
        (OTHERS, ["own_rules"]),
        (LONG, ["own_rules", "delay_if_allowed", "delay_if_allowed"]),
    ],
    ids=["short", "long, with little for us", "long"],
)
async def test_only_what_is_short_is_read_in_the_event_loop(body: bytes, work: list[str]) -> None:
    pool = Pool()
    sites = Sites(pool, body)
    for _ in range(2):
        assert await sites.permit("https://e.example/b") == 0.0
    assert pool.done == work


async def test_one_that_a_worker_cannot_read_holds_back_its_pages_for_a_while() -> None:
    sites = Sites(Pool(WorkerError("stopped after 20 s", reason=Reason.KILLED, subject="s")), LONG)
    for _ in range(2):
        with pytest.raises(FetchError, match=r"robots.txt could not be read: .*stopped after 20 s") as failed:
            await sites.permit("https://e.example/x")
        assert (failed.value.reason, failed.value.subject) == (Reason.KILLED, "https://e.example/x")
    assert len(sites.asked) == 1
    cast(Pool, sites.cache._pool).failure = None
    assert await sites.permit("https://e.example/x", NOW + FAILURE_KEPT_FOR + timedelta(seconds=1)) == 0.0


async def test_a_pool_that_is_closed_is_no_fault_of_the_site() -> None:
    sites = Sites(Pool(PoolClosed("closed", reason=Reason.KILLED, subject="s")), LONG)
    with pytest.raises(PoolClosed):
        await sites.permit("https://e.example/x")


async def test_the_oldest_are_let_go_when_they_take_too_many_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(robots, "MAX_BYTES", 100_000)
    sites = Sites(Pool(), LONG)
    for number in range(6):
        assert await sites.permit(f"https://h{number}.example/x") == 0.0
    assert sites.cache._bytes <= 100_000
    await sites.permit("https://h5.example/x")
    assert len(sites.asked) == 6
    await sites.permit("https://h0.example/x")
    assert len(sites.asked) == 7, "it was let go, and is asked again"
