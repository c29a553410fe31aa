"""The metrics as Prometheus reads them: what was counted, what the daemon knows of itself, what the database holds."""

from __future__ import annotations

import asyncio
import os
import resource
import time
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import accumulate
from pathlib import Path

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from ingest import __version__
from ingest.daemon import metrics
from ingest.daemon.dispatcher import Dispatcher
from ingest.daemon.metrics import METRICS, Kind
from ingest.daemon.vitals import Vitals
from ingest.pipeline.counts import SECONDS, Labels, Spread
from ingest.pipeline.desk import Desk
from ingest.store.connection import open_reader
from ingest.store.read_operation import Figures, figures

#: So long what the database said is good enough, however often it is asked for.
KEPT_S = 10.0
Series = Iterable[tuple[Labels, float]]


class Exposition:
    """Writes the page. The database is asked every ten seconds at most, on a connection and in a thread of its own."""

    def __init__(self, desk: Desk, dispatcher: Dispatcher, vitals: Vitals) -> None:
        self._desk, self._dispatcher, self._vitals = desk, dispatcher, vitals
        self._figures: tuple[float, Figures] | None = None
        self._turn = asyncio.Lock()
        self._registry = CollectorRegistry(auto_describe=False)
        self._registry.register(_Ours(self))

    async def page(self) -> bytes:
        """All metrics, in version 0.0.4 of the text format. Raises StoreError and sqlite3.Error."""
        async with self._turn:
            known = self._figures
            if known is None or time.monotonic() - known[0] > KEPT_S:
                self._figures = (time.monotonic(), await asyncio.to_thread(self._ask))
        return generate_latest(self._registry)

    def _ask(self) -> Figures:
        path = self._desk.config.database_path
        with closing(open_reader(path)) as connection:
            return figures(connection, path, self._desk.clock())

    def gauges(self) -> dict[str, Series]:
        """What is not counted while it happens, by name."""
        assert self._figures is not None
        found, vitals = self._figures[1], self._vitals
        polls, pages = self._dispatcher.under_way
        articles, index_bytes = self._desk.matcher.held()
        age = () if found.digest_at is None else one((self._desk.clock() - found.digest_at).total_seconds())
        return _of_the_database(found) | {
            "polls_under_way": one(polls),
            "pages_under_way": one(pages),
            "index_articles": one(articles),
            "index_bytes": one(index_bytes),
            "writer_queue": one(self._desk.waiting),
            "digest_age_seconds": age,
            "tick_age_seconds": one(vitals.tick_age_s),
            "beat_age_seconds": one(vitals.beat_age_s),
            "paused": one(vitals.paused),
            "started_timestamp_seconds": () if vitals.ready_at_s is None else one(vitals.ready_at_s),
            "build_info": [((__version__,), 1)],
            **_of_the_process(),
        }

    def totals(self, name: str) -> Series:
        """What was counted under a name."""
        return self._desk.counts.totals(name).items()

    def spreads(self, name: str) -> dict[Labels, Spread]:
        """What was measured under a name."""
        return self._desk.counts.spreads(name)


def one(value: float) -> Series:
    """The one series of a metric without labels."""
    return [((), value)]


def _of_the_database(found: Figures) -> dict[str, Series]:
    queues, sizes = found.queues, found.sizes
    return {
        "feeds": _by(found.feeds),
        "feeds_failing": one(found.failing),
        "feeds_due": one(queues.feeds_due),
        "feeds_overdue_seconds": one(queues.overdue_s),
        "feeds_quarantined": one(found.quarantined),
        "hosts_paused": one(found.paused_hosts),
        "subscriptions": _by(found.subscriptions),
        "pages_due": one(queues.pages_due),
        "pages_waiting": one(queues.pages_waiting),
        "match_waiting": one(queues.to_match),
        "corrections_waiting": one(queues.corrections),
        "entries_stored_total": one(found.ever.get("entries", 0)),
        "articles_stored_total": one(found.ever.get("articles", 0)),
        "stories_started_total": one(found.ever.get("stories", 0)),
        "stories_merged": one(found.merged),
        "journal_total": one(found.ever.get("journal", 0)),
        "caps_total": _by(found.caps),
        "database_bytes": one(sizes.database),
        "wal_bytes": one(sizes.wal),
        "disk_free_bytes": one(sizes.free),
        "schema": one(found.schema),
        "digest_deliveries": _by(found.deliveries),
        "alerts_waiting": one(queues.alerts),
        "alert_messages_waiting": one(queues.messages),
    }


def _of_the_process() -> dict[str, Series]:
    """Of /proc only what a unit with ProcSubset=pid can see; prometheus_client's own collector wants /proc/stat too."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    found: dict[str, Series] = {"cpu_seconds_total": one(own.ru_utime + own.ru_stime)}
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        found["open_files"] = one(sum(1 for _ in Path("/proc/self/fd").iterdir()))
    except OSError:  # no Linux
        return {**found, "memory_bytes": (), "open_files": ()}
    return {**found, "memory_bytes": one(pages * os.sysconf("SC_PAGE_SIZE"))}


def _by(counted: dict[str, int]) -> Series:
    return [((word,), number) for word, number in counted.items()]


class _Ours(Collector):
    """Our metrics in the order of their table."""

    def __init__(self, exposition: Exposition) -> None:
        self._exposition = exposition

    def collect(self) -> Iterator[Metric]:
        gauges = self._exposition.gauges()
        for metric in METRICS:
            if metric.kind is Kind.HISTOGRAM:
                yield _histogram(metric, self._exposition.spreads(metric.name))
                continue
            series = gauges[metric.name] if metric.name in gauges else _counted(metric, self._exposition)
            make = CounterMetricFamily if metric.kind is Kind.COUNTER else GaugeMetricFamily
            family = make(metric.full_name, metric.help, labels=metric.labels)
            for labels, value in series:
                family.add_metric(labels, value)
            yield family


def _counted(metric: metrics.Metric, exposition: Exposition) -> Series:
    return exposition.totals(metric.name) or (() if metric.labels else one(0))


def _histogram(metric: metrics.Metric, spreads: dict[Labels, Spread]) -> Metric:
    family = HistogramMetricFamily(metric.full_name, metric.help, labels=metric.labels)
    bounds = [*(f"{bound:g}" for bound in SECONDS), "+Inf"]
    for labels, spread in (spreads or ({} if metric.labels else {(): Spread()})).items():
        buckets = list(zip(bounds, accumulate(spread.counts), strict=True))
        family.add_metric(labels, buckets=buckets, sum_value=spread.total)
    return family
