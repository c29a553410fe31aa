"""`samewire run`: APScheduler wakes the dispatcher, the digest and housekeeping; a signal ends all of it cleanly."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from ingest import early
from ingest.config import Config
from ingest.daemon.dispatcher import Dispatcher
from ingest.daemon.hubs import Hubs, open_hubs
from ingest.daemon.notify import notify
from ingest.daemon.timekeeping import mind_the_clock
from ingest.match.learning import FORGOTTEN_AFTER
from ingest.pipeline.alerting import Secrets, deliver_alerts, read_secrets
from ingest.pipeline.coverage import check_coverage
from ingest.pipeline.credentials import headers_by_feed
from ingest.pipeline.desk import Desk, log, open_desk
from ingest.pipeline.digests import deliver_due
from ingest.pipeline.newsroom import sync_feeds
from ingest.pipeline.rediscovery import look_for_dead_feeds
from ingest.store.boilerplate import prune
from ingest.store.digests import forget_fates, forget_polls
from ingest.store.polls import forget_hosts

TICK_S = 1
DIGEST_CHECK_S = 30
ALERT_S = 5
HUBS_S = 5
COVERAGE_S = 300
SETTLE_S = 60
#: How long work under way may still take after a signal, before it is dropped (it is done again at the next start).
GRACE_S = 2.0
#: The same for a mail whose dialogue has begun: dropped after the server took it, it goes out a second time.
MAIL_GRACE_S = 3.0

#: So long a publisher whose number of articles is no round one waits to be learned from.
_LESSON = timedelta(days=1)

Job = Callable[[], Coroutine[object, object, None]]


async def serve_forever(config: Config, *, clock: Callable[[], datetime], rng: random.Random) -> dict[str, int]:
    """Run until SIGTERM or SIGINT. Returns what was done. Raises ConfigError, DatabaseBusy and other StoreErrors."""
    headers_of, secrets = headers_by_feed(config), read_secrets(config)
    with open_desk(config, for_command="samewire run", clock=clock, rng=rng, headers_of=headers_of) as desk:
        async with desk.client:
            await desk.write(sync_feeds, desk.store, config, clock())
            return await _run(desk, secrets)


async def _run(desk: Desk, secrets: Secrets) -> dict[str, int]:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if early.told():
        stop.set()
    dispatcher, mailing = Dispatcher(desk), set[asyncio.Task[int]]()
    hubs = await open_hubs(desk)
    scheduler = _scheduler(desk, dispatcher, secrets, mailing, hubs)
    scheduler.start()
    clock = loop.create_task(_logged(partial(mind_the_clock, desk, scheduler), "clock")())
    log.warning("ready: %d feeds, database %s", len(desk.config.feeds), desk.config.database_path)
    notify("READY=1")
    try:
        await stop.wait()
    finally:
        notify("STOPPING=1")
        log.warning("stopping")
        scheduler.shutdown(wait=False)
        clock.cancel()
        # The workers go last: a feed whose parsing they gave up would count as failed.
        await asyncio.gather(
            dispatcher.stop(GRACE_S), hubs.close(GRACE_S) if hubs else asyncio.sleep(0), _finished(mailing)
        )
        desk.pool.close()
        for number in (signal.SIGTERM, signal.SIGINT):
            with suppress(ValueError):
                loop.remove_signal_handler(number)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # told twice, it ends no sooner and no worse
    return dispatcher.done


async def _finished(mailing: set[asyncio.Task[int]]) -> None:
    if mailing:
        await asyncio.wait(mailing, timeout=MAIL_GRACE_S)


def _scheduler(
    desk: Desk, dispatcher: Dispatcher, secrets: Secrets, mailing: set[asyncio.Task[int]], hubs: Hubs | None = None
) -> AsyncIOScheduler:
    """Every job runs late rather than never, and once at a time (APScheduler's own default skips in silence).

    mailing: holds the delivery under way, which the scheduler's end does not cancel.
    """
    scheduler = AsyncIOScheduler(
        timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    )

    async def delivery(work: Coroutine[object, object, int]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        mailing.add(task)
        task.add_done_callback(mailing.discard)
        await asyncio.shield(task)

    async def digest() -> None:
        await delivery(deliver_due(desk, secrets.password))

    async def alerting() -> None:
        await delivery(deliver_alerts(desk, secrets))

    async def housekeeping() -> None:
        now = desk.clock()
        gone = await desk.write(forget_polls, desk.store, now - desk.config.retention.polls)
        await desk.write(forget_fates, desk.store, (now - desk.config.retention.polls).date())
        await desk.write(forget_hosts, desk.store, now - desk.config.retention.polls)
        forgotten = await desk.write(desk.matcher.forget, now)
        await desk.write(desk.matcher.relater.forget, desk.store, now)
        await desk.write(prune, desk.store, now - FORGOTTEN_AFTER)
        log.info("housekeeping: %d old polls dropped, %d articles out of the window", gone, forgotten)

    async def settling() -> None:
        pieces = desk.matcher.settling(desk.store, desk.clock(), every=_LESSON)
        while await desk.write(next, pieces, None) is not None:  # feeds and pages write in between
            pass

    async def coverage() -> None:
        if desk.config.poll.coverage:
            await check_coverage(desk)
            await look_for_dead_feeds(desk)

    def add(job: Job, trigger: IntervalTrigger | CronTrigger, name: str) -> None:
        scheduler.add_job(_logged(job, name), trigger, id=name, next_run_time=desk.clock())

    add(dispatcher.tick, IntervalTrigger(seconds=TICK_S, timezone=UTC), "dispatch")
    add(settling, IntervalTrigger(seconds=SETTLE_S, timezone=UTC), "settle")
    add(digest, IntervalTrigger(seconds=DIGEST_CHECK_S, timezone=UTC), "digest")
    add(alerting, IntervalTrigger(seconds=ALERT_S, timezone=UTC), "alerts")
    add(coverage, IntervalTrigger(seconds=COVERAGE_S, timezone=UTC), "coverage")
    if hubs is not None:
        add(hubs.tend, IntervalTrigger(seconds=HUBS_S, timezone=UTC), "hubs")
    add(housekeeping, CronTrigger(hour=3, minute=17, timezone=UTC), "housekeeping")
    return scheduler


def _logged(job: Job, name: str) -> Job:
    """A job whose failure is logged and costs only this run of it."""

    async def run() -> None:
        try:
            await job()
        except asyncio.CancelledError:
            log.info("job %s was under way at the end; what it had not done is due at the next start", name)
        except Exception:  # the daemon's own boundary: nothing foreseen gets here
            log.exception("job %s failed; it runs again at its next time", name)

    return run
