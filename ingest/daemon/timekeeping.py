"""Notices when the machine's clock is set, and keeps the scheduler going: it waits for times that moved away."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from apscheduler.schedulers.base import BaseScheduler
from apscheduler.triggers.interval import IntervalTrigger

from ingest.errors import StoreError
from ingest.pipeline.desk import Desk
from ingest.pipeline.logbook import log
from ingest.store.connection import Store
from ingest.store.journal import note

LOOK_S = 5.0
#: What a clock that is put right bit by bit (NTP) never moves in so short a time.
NOTICED = timedelta(seconds=10)


async def mind_the_clock(desk: Desk, scheduler: BaseScheduler, *, look_s: float = LOOK_S) -> None:
    """Look now and then whether the clock and the time that passed agree; never ends by itself.

    APScheduler waits until the clock shows a job's time: set back by an hour, nothing would be polled for an hour. So
    every job that recurs after an interval is due anew. What has an hour of the day keeps it, and what is due in the
    database stays due: set forward, it comes at once.
    """
    at, since_s = desk.clock(), time.monotonic()
    while True:
        await asyncio.sleep(look_s)
        now, now_s = desk.clock(), time.monotonic()
        moved = (now - at) - timedelta(seconds=now_s - since_s)
        at, since_s = now, now_s
        if abs(moved) >= NOTICED:
            way = "forward" if moved > timedelta() else "back"
            told = f"the clock was set {way} by {abs(moved).total_seconds():.0f} s"
            log.warning("clock", "set", told)
            _wake(scheduler, desk.clock)
            with suppress(StoreError):  # the log has it
                await desk.write(_remember, desk.store, told, now)


def _wake(scheduler: BaseScheduler, clock: Callable[[], datetime]) -> None:
    for job in scheduler.get_jobs():
        if isinstance(job.trigger, IntervalTrigger):
            job.modify(next_run_time=clock())


def _remember(store: Store, told: str, now: datetime) -> None:
    with store.transaction():
        note(store, now, "samewire", "clock-set", told)
