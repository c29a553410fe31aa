"""The machine's clock is set an hour forward or back: the daemon goes on at once, and says so."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import apscheduler.schedulers.base
import pytest
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from ingest.daemon import timekeeping
from ingest.daemon.timekeeping import mind_the_clock
from tests.pipeline.conftest import START, Newsroom

from .conftest import AFTER_THE_PAUSE, Daemon, house, live

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("moved", [HOUR, -HOUR], ids=["forward", "back"])
def test_jobs_go_on_when_the_clock_is_set(newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch, moved) -> None:
    shift = timedelta()

    class Shifted(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime.now(tz) + shift

    monkeypatch.setattr(apscheduler.schedulers.base, "datetime", Shifted)

    async def life(daemon: Daemon) -> None:
        nonlocal shift
        ran, daily = asyncio.Event(), []
        scheduler = AsyncIOScheduler(timezone="UTC", job_defaults={"misfire_grace_time": None, "coalesce": True})
        scheduler.add_job(ran.set, IntervalTrigger(seconds=0.1, timezone="UTC"))
        scheduler.add_job(lambda: daily.append(1), CronTrigger(hour=3, timezone="UTC"))
        scheduler.start()
        clock = asyncio.create_task(mind_the_clock(daemon.desk, scheduler, look_s=0.2))
        await asyncio.wait_for(ran.wait(), 30)
        shift = moved
        await asyncio.sleep(0.5)  # one that was under way, and those in which the clock is noticed
        ran.clear()
        await asyncio.wait_for(ran.wait(), 30)
        clock.cancel()
        scheduler.shutdown(wait=False)
        word = "forward" if moved > timedelta() else "back"
        (line,) = [line for line in daemon.journal if line.startswith("clock-set")]
        assert line.startswith(f"clock-set: the clock was set {word} by ")

    clock = newsroom.desk

    def with_the_real_time():
        opened = clock()

        class Context:
            def __enter__(self):
                desk = opened.__enter__()
                object.__setattr__(desk, "clock", lambda: datetime.now(START.tzinfo) + shift)
                return desk

            def __exit__(self, *error):
                return opened.__exit__(*error)

        return Context()

    newsroom.desk = with_the_real_time  # type: ignore[method-assign]
    live(newsroom, life)


def test_a_clock_that_is_slewed_is_not_noticed() -> None:
    assert timedelta(seconds=2) < timekeeping.NOTICED < timedelta(minutes=1)


def test_a_pause_lasts_no_longer_when_the_clock_is_set_back(newsroom: Newsroom) -> None:
    house(newsroom)

    async def life(daemon: Daemon) -> None:
        (pages,) = await daemon.sql("PRAGMA page_count")
        await daemon.sql(f"PRAGMA max_page_count = {pages}")
        await daemon.tick(HOUR)
        await daemon.sql("PRAGMA max_page_count = 1000000")
        await daemon.tick(-HOUR)
        assert newsroom.one("SELECT count(*) FROM polls") == 1

    live(newsroom, life)


@pytest.mark.parametrize("moved", [HOUR, -HOUR], ids=["forward", "back"])
def test_feeds_are_polled_again_within_their_interval_and_the_hour(newsroom: Newsroom, moved: timedelta) -> None:
    house(newsroom)

    async def life(daemon: Daemon) -> None:
        await daemon.tick()
        await daemon.tick(moved)
        for _ in range(26):
            await daemon.tick(timedelta(minutes=5))
        assert newsroom.one("SELECT count(*) FROM polls WHERE outcome = 'unchanged'") >= 1
        assert newsroom.one("SELECT count(*) FROM entries") == 3
        await daemon.tick(AFTER_THE_PAUSE)

    live(newsroom, life)
