"""How fast matching is on a labelled file, what it proposed and compared, and how good the answer is.

    python bench/match.py LABELLED.jsonl [PAIRS.jsonl]

The scores are those of `samewire evaluate`, through the same functions; seconds are of this machine and this run.
"""

from __future__ import annotations

import sys
import time
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

from ingest.match.features import features
from ingest.match.index import Index
from ingest.match.records import LabelledArticle
from ingest.match.sketch import sketch
from ingest.match.verify import compare
from ingest.pipeline.batch import read_articles, read_pairs
from ingest.pipeline.evaluation import evaluate
from ingest.pipeline.pair_evaluation import evaluate_pairs, judge_pairs

WINDOW = timedelta(days=14)
COMPARED = 20_000


def stages(articles: list[LabelledArticle]) -> list[tuple[str, int, float]]:
    """Name, count and processor seconds of each stage, one after the other on the same articles."""
    found = []
    begun = time.process_time()
    measured = [features(article.document) for article in articles]
    found.append(("measured", len(measured), time.process_time() - begun))
    begun = time.process_time()
    sketches = [sketch(one) for one in measured]
    found.append(("signed", len(sketches), time.process_time() - begun))
    begun = time.process_time()
    index = Index(WINDOW)
    for one, drawn in zip(measured, sketches, strict=True):
        index.add(one.id, drawn, one.at)
    found.append(("added", len(index), time.process_time() - begun))
    begun = time.process_time()
    pairs = [(a.id, b) for a, drawn in zip(measured, sketches, strict=True) for b in index.candidates(drawn, a.at)]
    found.append(("asked for candidates", len(measured), time.process_time() - begun))
    by_id = {one.id: one for one in measured}
    begun = time.process_time()
    for a, b in pairs[:COMPARED]:
        compare(by_id[a], by_id[b])
    found.append(("pairs compared", len(pairs[:COMPARED]), time.process_time() - begun))
    return found


def main(arguments: list[str]) -> int:
    """Print the report on the files named."""
    if not arguments:
        print(__doc__)
        return 2
    articles = read_articles(Path(arguments[0]))
    for name, count, seconds in stages(articles):
        print(
            f"{name:22s} {count:7d}  {seconds:7.2f} s of processor time  {1e6 * seconds / max(1, count):8.1f} µs each"
        )
    evaluation, _, matched = evaluate(articles, WINDOW)
    print(f"pairwise   {evaluation.pairwise}")
    print(f"ari        {evaluation.ari:.4f}")
    print(f"b3         {evaluation.b3}")
    print(f"candidates {evaluation.candidate_recall:.4f} of the true pairs were proposed")
    print(f"first      {evaluation.first}")
    for kind, score in evaluation.kinds.items():
        print(f"  {kind:16s} n {score.n:4d}  joined {score.joined:.3f}  merged {score.merged:.3f}")
    print("  ".join(f"{name} {value}" for name, value in asdict(matched.stats).items()))
    if len(arguments) > 1:
        pairs = read_pairs(Path(arguments[1]))
        scored = evaluate_pairs(pairs, judge_pairs(pairs))
        print(f"pairs      {scored.score}\n           {scored.interval}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
