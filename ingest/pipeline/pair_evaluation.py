"""How good single verdicts are on labelled pairs: weighted scores with their intervals, by bin, and the errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.match import measure
from ingest.match.batch import Progress, unheard
from ingest.match.features import features
from ingest.match.spread import BinCount, JudgedPair, ScoreIntervals, by_bin, intervals
from ingest.match.verify import compare
from ingest.model import Relation, Verdict
from ingest.pipeline.batch import Pair
from ingest.pipeline.exhibits import PairExhibit, exhibit, judged_exhibit

#: The bootstrap's; one seed, so that a file has one interval.
SEED = 1987


@dataclass(frozen=True, slots=True, kw_only=True)
class PairEvaluation:
    """The scores of single verdicts, each pair weighted by how many pairs of its bin it stands for."""

    score: measure.Score
    n: int
    interval: ScoreIntervals | None  # 95 %; None without pairs
    bins: tuple[BinCount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairErrors:
    """The pairs that the verdict and the label disagree on, worst first."""

    joins: tuple[PairExhibit, ...]
    misses: tuple[PairExhibit, ...]


def judge_pairs(pairs: Sequence[Pair], progress: Progress = unheard) -> list[Verdict]:
    """The verdict on each pair, in order."""
    verdicts = []
    for done, pair in enumerate(pairs, start=1):
        verdicts.append(compare(features(pair.a), features(pair.b)))
        progress("comparing", done, len(pairs))
    return verdicts


def evaluate_pairs(pairs: Sequence[Pair], verdicts: Sequence[Verdict]) -> PairEvaluation:
    """Score the verdicts on labelled pairs."""
    judged = [
        JudgedPair(joined=_joins(verdict), same=pair.same, weight=pair.weight, bin=pair.bin)
        for pair, verdict in zip(pairs, verdicts, strict=True)
    ]
    return PairEvaluation(
        score=measure.pair_score([(pair.joined, pair.same, pair.weight) for pair in judged]),
        n=len(judged),
        interval=intervals(judged, seed=SEED),
        bins=by_bin(judged),
    )


def pair_errors(pairs: Sequence[Pair], verdicts: Sequence[Verdict], *, limit: int) -> PairErrors:
    """The worst errors, so many of each kind at most: those of the heaviest pairs, then those furthest off."""
    wrong = [(pair, verdict) for pair, verdict in zip(pairs, verdicts, strict=True) if _joins(verdict) is not pair.same]
    joins = sorted((w for w in wrong if not w[0].same), key=lambda w: (-w[0].weight, -w[1].score))
    misses = sorted((w for w in wrong if w[0].same), key=lambda w: (-w[0].weight, w[1].score))
    return PairErrors(joins=tuple(_shown(*w) for w in joins[:limit]), misses=tuple(_shown(*w) for w in misses[:limit]))


def _joins(verdict: Verdict) -> bool:
    return verdict.relation is not Relation.DIFFERENT


def _shown(pair: Pair, verdict: Verdict) -> PairExhibit:
    return judged_exhibit(verdict, exhibit(pair.a), exhibit(pair.b), together=_joins(verdict), note=pair.why)
