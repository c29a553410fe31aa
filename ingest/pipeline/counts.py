"""What this process did since it started, counted where it happens; `daemon/metrics.py` says what each name means."""

from __future__ import annotations

import threading
from bisect import bisect_left
from dataclasses import dataclass, field

#: Upper bounds of the classes that seconds are sorted into, from a write to a feed that waited an hour.
SECONDS = (0.001, 0.005, 0.025, 0.1, 0.25, 1.0, 2.5, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0)
#: Series of one name. Labels come from closed sets; this only catches a set that is none.
MAX_SERIES = 500
OTHER = "other"


@dataclass(slots=True)
class Spread:
    """How long something took, sorted into classes: `counts` has one class more, for what is beyond the last bound."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(SECONDS) + 1))
    total: float = 0.0

    def add(self, seconds: float) -> None:
        """Count one more."""
        self.counts[bisect_left(SECONDS, seconds)] += 1
        self.total += seconds


Labels = tuple[str, ...]


class Counts:
    """Totals and spreads by name and labels, safe from several threads. A count costs a microsecond (bench.watched)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._totals: dict[str, dict[Labels, int]] = {}
        self._spreads: dict[str, dict[Labels, Spread]] = {}

    def add(self, name: str, *labels: str, by: int = 1) -> None:
        """Count `by` more of something."""
        with self._lock:
            series = self._totals.setdefault(name, {})
            labels = _bounded(series, labels)
            series[labels] = series.get(labels, 0) + by

    def took(self, name: str, seconds: float, *labels: str) -> None:
        """Count how long something took."""
        with self._lock:
            series = self._spreads.setdefault(name, {})
            labels = _bounded(series, labels)
            if (spread := series.get(labels)) is None:
                spread = series[labels] = Spread()
            spread.add(seconds)

    def total(self, name: str, *labels: str) -> int:
        """How many of these labels there were; without labels, of all together."""
        series = self.totals(name)
        return series.get(labels, 0) if labels else sum(series.values())

    def totals(self, name: str) -> dict[Labels, int]:
        """A name's totals by labels."""
        with self._lock:
            return dict(self._totals.get(name, {}))

    def spreads(self, name: str) -> dict[Labels, Spread]:
        """A name's spreads by labels, as they are now."""
        with self._lock:
            found = self._spreads.get(name, {})
            return {labels: Spread(list(spread.counts), spread.total) for labels, spread in found.items()}


def _bounded(series: dict[Labels, int] | dict[Labels, Spread], labels: Labels) -> Labels:
    if labels in series or len(series) < MAX_SERIES:
        return labels
    return tuple(OTHER for _ in labels)
