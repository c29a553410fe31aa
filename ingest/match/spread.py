"""How scores are spread: similarities of candidate pairs in ten bins, and intervals by resampling."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ingest.match.measure import score_of
from ingest.model import ArticleId, Verdict

BINS = 10
_PERCENT = (2.5, 97.5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Histogram:
    """Candidate pairs by a similarity of 0..1: in each tenth how many have one label, and how many have two."""

    same: tuple[int, ...]
    different: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedPair:
    """A labelled pair with what was said of it."""

    joined: bool
    same: bool
    weight: float = 1.0
    bin: str | None = None  # the stratum it was drawn from


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Between which values a share lies in 95 of 100 resamples."""

    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreIntervals:
    """The intervals of a score."""

    p: Interval
    r: Interval
    f1: Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class BinCount:
    """What happened in one stratum of a sample of pairs."""

    bin: str | None
    n: int
    false_joins: int
    misses: int


def histograms(labels: Mapping[ArticleId, Hashable], verdicts: Iterable[Verdict]) -> dict[str, Histogram]:
    """Return the spread of candidate pairs by Jaccard similarity and by containment of the one better contained."""
    counts = {name: {True: [0] * BINS, False: [0] * BINS} for name in ("jaccard", "containment")}
    for verdict in verdicts:
        evidence, same = verdict.evidence, labels[verdict.a] == labels[verdict.b]
        most = max(evidence.containment_a, evidence.containment_b)
        for name, value in (("jaccard", evidence.jaccard), ("containment", most)):
            counts[name][same][min(BINS - 1, int(value * BINS))] += 1
    return {name: Histogram(same=tuple(found[True]), different=tuple(found[False])) for name, found in counts.items()}


def intervals(pairs: Sequence[JudgedPair], *, seed: int, resamples: int = 2000) -> ScoreIntervals | None:
    """Return the percentile intervals of precision, recall and F1 over resamples of pairs; None without pairs.

    Pairs are drawn anew within their own bin, as the sample itself was, and keep their weights.
    Source: Efron and Tibshirani 1993, "An Introduction to the Bootstrap", chapter 13.
    """
    if not pairs:
        return None
    rng = np.random.default_rng(seed)
    strata: dict[str | None, list[tuple[float, float, float]]] = {}
    for pair in pairs:
        found, claimed, true = (pair.weight * held for held in (pair.joined and pair.same, pair.joined, pair.same))
        strata.setdefault(pair.bin, []).append((found, claimed, true))
    sums = np.zeros((resamples, 3))
    for drawn_from in strata.values():
        weights = np.array(drawn_from)
        for number in range(resamples):
            sums[number] += weights[rng.integers(len(weights), size=len(weights))].sum(axis=0)
    scores = [score_of(*row) for row in sums.tolist()]
    return ScoreIntervals(
        p=_interval([score.p for score in scores]),
        r=_interval([score.r for score in scores]),
        f1=_interval([score.f1 for score in scores]),
    )


def by_bin(pairs: Sequence[JudgedPair]) -> tuple[BinCount, ...]:
    """Return how many pairs of each bin were joined or left apart against their label; unweighted."""
    bins: dict[str | None, list[JudgedPair]] = {}
    for pair in pairs:
        bins.setdefault(pair.bin, []).append(pair)
    return tuple(
        BinCount(
            bin=name,
            n=len(held),
            false_joins=sum(pair.joined and not pair.same for pair in held),
            misses=sum(pair.same and not pair.joined for pair in held),
        )
        for name, held in sorted(bins.items(), key=lambda item: _natural(item[0]))
    )


def _interval(values: list[float]) -> Interval:
    low, high = np.percentile(values, _PERCENT)
    return Interval(low=float(low), high=float(high))


def _natural(name: str | None) -> tuple[float, str]:
    """Bins that are numbers in the order of numbers, the others behind them by name, pairs without one last."""
    if name is None:
        return float("inf"), "\U0010ffff"
    try:
        return float(name), name
    except ValueError:
        return float("inf"), name
