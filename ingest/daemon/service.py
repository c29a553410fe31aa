"""`samewire run`: APScheduler wakes the dispatcher, the digest and housekeeping; a signal ends all of it cleanly."""

from __future__ import annotations

import asyncio
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack, suppress
from datetime import UTC, datetime, timedelta
from functools import partial

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from ingest import __version__, early
from ingest.config import Config
from ingest.daemon.dispatcher import Dispatcher
from ingest.daemon.endpoint import open_endpoint
from ingest.daemon.hubs import Hubs, open_hubs
from ingest.daemon.notify import notify
from ingest.daemon.reload import Reloader
from ingest.daemon.timekeeping import mind_the_clock
from ingest.daemon.vitals import Vitals
from ingest.match.learning import FORGOTTEN_AFTER
from ingest.pipeline.alerting import Secrets, deliver_alerts, read_secrets
from ingest.pipeline.coverage import check_coverage
from ingest.pipeline.credentials import headers_by_feed
from ingest.pipeline.desk import Desk, open_desk
from ingest.pipeline.digests import deliver_due
from ingest.pipeline.logbook import log
from ingest.pipeline.newsroom import sync_feeds
from ingest.pipeline.pruning import prune_by_rule
from ingest.pipeline.rediscovery import look_for_dead_feeds
from ingest.store.boilerplate import prune

TICK_S = 1
BEAT_S = 5
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


async def serve_forever(
    config: Config,
    *,
    clock: Callable[[], datetime],
    rng: random.Random,
    relog: Callable[[Config], None] = lambda _config: None,
) -> dict[str, int]:
    """Run until SIGTERM or SIGINT; SIGHUP reads the configuration again. Returns what was done.

    relog: called with each new configuration, for its [log]. Raises ConfigError, DatabaseBusy and other StoreErrors.
    """
    signals = _Signals()
    headers_of, secrets = headers_by_feed(config), read_secrets(config)
    with open_desk(config, for_command="samewire run", clock=clock, rng=rng, headers_of=headers_of) as desk:
        async with AsyncExitStack() as clients:
            await clients.enter_async_context(desk.client)
            await desk.write(sync_feeds, desk.store, config, clock())
            return await _run(desk, secrets, signals, Reloader(desk, secrets, clients, relog))


class _Signals:
    """What the process is told from outside."""

    def __init__(self) -> None:
        """Listen for SIGHUP, which would end us; SIGTERM and Ctrl-C end us at once until `listen` (see `early`)."""
        self.stop, self.reload = asyncio.Event(), asyncio.Event()
        self._ours = {signal.SIGTERM: self.stop, signal.SIGINT: self.stop, signal.SIGHUP: self.reload}
        if sys.stdin is not None and sys.stdin.isatty():  # a terminal that is closed ends what was started in it
            self._ours[signal.SIGHUP] = self.stop
        else:
            self._hear(signal.SIGHUP)

    def listen(self) -> None:
        """From now on what is under way is finished first."""
        for number in self._ours:
            self._hear(number)
        if early.told():
            self.stop.set()

    def give_back(self) -> None:
        """Let signals do again what they did before; told twice to end, it ends no sooner and no worse."""
        for number in self._ours:
            with suppress(ValueError):
                asyncio.get_running_loop().remove_signal_handler(number)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)

    def _hear(self, number: signal.Signals) -> None:
        asyncio.get_running_loop().add_signal_handler(number, self._ours[number].set)


async def _run(desk: Desk, secrets: Secrets, signals: _Signals, reloader: Reloader) -> dict[str, int]:
    signals.listen()
    loop = asyncio.get_running_loop()
    dispatcher, mailing = Dispatcher(desk), set[asyncio.Task[int]]()
    vitals = Vitals(desk, dispatcher)
    hubs = await open_hubs(desk)
    endpoint = await open_endpoint(desk, dispatcher, vitals)
    scheduler = _scheduler(desk, dispatcher, secrets, mailing, hubs, vitals)
    scheduler.start()
    reloading = loop.create_task(reloader.follow(signals.reload))
    clock = loop.create_task(_logged(desk, partial(mind_the_clock, desk, scheduler), "clock")())
    vitals.ready_at_s = time.time()
    words = f"ready: {len(desk.config.feeds)} feeds, database {desk.config.database_path}"
    log.warning("ready", "started", words, version=__version__)
    notify("READY=1")
    try:
        await signals.stop.wait()
    finally:
        notify("STOPPING=1")
        vitals.stopping = True
        log.warning("stopping", "told")
        reloading.cancel()
        scheduler.shutdown(wait=False)
        clock.cancel()
        # The workers go last: a feed whose parsing they gave up would count as failed.
        await asyncio.gather(
            dispatcher.stop(GRACE_S), hubs.close(GRACE_S) if hubs else asyncio.sleep(0), _finished(mailing)
        )
        desk.pool.close()
        if endpoint is not None:
            await endpoint.close()
        signals.give_back()
    return dispatcher.done


async def _finished(mailing: set[asyncio.Task[int]]) -> None:
    if mailing:
        await asyncio.wait(mailing, timeout=MAIL_GRACE_S)


def _scheduler(
    desk: Desk,
    dispatcher: Dispatcher,
    secrets: Secrets,
    mailing: set[asyncio.Task[int]],
    hubs: Hubs | None = None,
    vitals: Vitals | None = None,
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
        await keep_house(desk)

    async def settling() -> None:
        pieces = desk.matcher.settling(desk.store, desk.clock(), every=_LESSON)
        async for _ in desk.pieces(pieces):
            pass

    async def coverage() -> None:
        if desk.config.poll.coverage:
            await check_coverage(desk)
            await look_for_dead_feeds(desk)

    def add(job: Job, trigger: IntervalTrigger | CronTrigger, name: str) -> None:
        scheduler.add_job(_logged(desk, job, name), trigger, id=name, next_run_time=desk.clock())

    add(dispatcher.tick, IntervalTrigger(seconds=TICK_S, timezone=UTC), "dispatch")
    if vitals is not None:
        add(vitals.beat, IntervalTrigger(seconds=BEAT_S, timezone=UTC), "beat")
    add(settling, IntervalTrigger(seconds=SETTLE_S, timezone=UTC), "settle")
    add(digest, IntervalTrigger(seconds=DIGEST_CHECK_S, timezone=UTC), "digest")
    add(alerting, IntervalTrigger(seconds=ALERT_S, timezone=UTC), "alerts")
    add(coverage, IntervalTrigger(seconds=COVERAGE_S, timezone=UTC), "coverage")
    if hubs is not None:
        add(hubs.tend, IntervalTrigger(seconds=HUBS_S, timezone=UTC), "hubs")
    add(housekeeping, CronTrigger(hour=3, minute=17, timezone=UTC), "housekeeping")
    return scheduler


async def keep_house(desk: Desk) -> None:
    """Drop what is old enough, and let go of what nothing of today can reach."""
    now = desk.clock()
    pieces, gone = prune_by_rule(desk.store, desk.config, now), Counter[str]()
    async for piece in desk.pieces(pieces):
        gone[piece.kind] += piece.gone
    forgotten = await desk.write(desk.matcher.forget, now)
    await desk.write(desk.matcher.relater.forget, desk.store, now)
    await desk.write(prune, desk.store, now - FORGOTTEN_AFTER)
    pruned: dict[str, object] = {f"pruned_{kind}": count for kind, count in sorted(gone.items())}
    log.info("housekeeping", "done", "", articles_out_of_the_window=forgotten, **pruned)


def _logged(desk: Desk, job: Job, name: str) -> Job:
    """A job whose failure is logged and costs only this run of it."""

    async def run() -> None:
        started_s, outcome = time.perf_counter(), "done"
        try:
            await job()
        except asyncio.CancelledError:
            outcome = "cut-short"
            log.info("job", outcome, "what it had not done is due at the next start", job=name)
        except Exception:  # the daemon's own boundary: nothing foreseen gets here
            outcome = "failed"
            log.exception("job", "failed", "it runs again at its next time", job=name)
        desk.counts.add("jobs_total", name, outcome)
        desk.counts.took("job_seconds", time.perf_counter() - started_s, name)

    return run
