"""Verdicts on labelled pairs of real wires, the rules' settings fitted on other pairs than those that are scored.

    python bench/wires.py [PAIRS.jsonl]

The pairs are dealt into ten folds, label by label and bin by bin. For each fold the settings of `Rules` that do best
on the other nine are chosen from a small grid, and the fold is scored with them. Printed are the weighted precision and
recall of all folds together with 95 % intervals (2,000 resamples of the pairs), which settings were chosen how often,
the false joins and misses by bin, and beside them the figures with the settings as they are shipped.
Without a file: ../shared/data/stories/wires-dev.jsonl, where it is there.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from itertools import product
from pathlib import Path

from ingest.match.features import features
from ingest.match.measure import pair_score
from ingest.match.pair import DEFAULT, Rules
from ingest.match.spread import JudgedPair, by_bin, intervals
from ingest.match.verify import compare
from ingest.model import Relation
from ingest.pipeline.batch import Pair, read_pairs

FOLDS = 10
SEED = 1987
WIRES = Path(__file__).resolve().parents[2] / "shared" / "data" / "stories" / "wires-dev.jsonl"
_GRID = [
    Rules(brief_words=words, brief_template=share, notice_gap=timedelta(hours=hours), notice_copy=copy)
    for words, share, hours, copy in product((100, 150, 200), (0.12, 0.18, 0.25, 0.35), (12, 20, 30), (0.85, 0.9, 0.95))
]


def main(arguments: list[str]) -> int:
    """Print the report on a file of pairs."""
    path = Path(arguments[0]) if arguments else WIRES
    if not path.exists():
        print(f"{path}: not there; name a file of labelled pairs")
        return 2
    pairs = read_pairs(path)
    measured = [(features(pair.a), features(pair.b)) for pair in pairs]
    judged = {rules: [_joins(rules, *sides) for sides in measured] for rules in [DEFAULT, *_GRID]}
    folds = _dealt(pairs)
    joined = [False] * len(pairs)
    chosen: Counter[Rules] = Counter()
    for fold in range(FOLDS):
        inside = [place for place in range(len(pairs)) if folds[place] != fold]
        best = max(_GRID, key=lambda rules: (_f1(pairs, judged[rules], inside), rules == DEFAULT))
        chosen[best] += 1
        for place in range(len(pairs)):
            if folds[place] == fold:
                joined[place] = judged[best][place]
    print(f"{len(pairs)} pairs")
    _print(f"settings fitted without the scored fold, {FOLDS} folds", pairs, joined)
    _print("settings as shipped", pairs, judged[DEFAULT])
    for rules, count in chosen.most_common():
        print(
            f"chosen {count:2d} times: brief_words {rules.brief_words}, brief_template {rules.brief_template}, "
            f"notice_gap {rules.notice_gap}, notice_copy {rules.notice_copy}"
        )
    return 0


def _joins(rules: Rules, a: object, b: object) -> bool:
    return compare(a, b, rules).relation is not Relation.DIFFERENT  # type: ignore[arg-type]


def _dealt(pairs: Sequence[Pair]) -> list[int]:
    """A fold for each pair; each label of each bin is spread over all folds."""
    rng = random.Random(SEED)
    order = sorted(range(len(pairs)), key=lambda place: (str(pairs[place].bin), pairs[place].same, rng.random()))
    folds = [0] * len(pairs)
    for number, place in enumerate(order):
        folds[place] = number % FOLDS
    return folds


def _f1(pairs: Sequence[Pair], joined: Sequence[bool], places: Sequence[int]) -> float:
    return pair_score([(joined[place], pairs[place].same, pairs[place].weight) for place in places]).f1


def _print(name: str, pairs: Sequence[Pair], joined: Sequence[bool]) -> None:
    judged = [
        JudgedPair(joined=says, same=pair.same, weight=pair.weight, bin=pair.bin)
        for pair, says in zip(pairs, joined, strict=True)
    ]
    score, ranges = pair_score([(each.joined, each.same, each.weight) for each in judged]), intervals(judged, seed=SEED)
    print(f"{name}: P {score.p:.3f} R {score.r:.3f} F1 {score.f1:.3f}")
    if ranges is not None:
        print(
            f"  95 %: P {ranges.p.low:.3f} to {ranges.p.high:.3f}, R {ranges.r.low:.3f} to {ranges.r.high:.3f}, "
            f"F1 {ranges.f1.low:.3f} to {ranges.f1.high:.3f}"
        )
    faults = [f"{each.bin}: {each.false_joins} + {each.misses} of {each.n}" for each in by_bin(judged)]
    print(f"  false joins + misses by bin: {'; '.join(faults)}")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
