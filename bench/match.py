"""How well and how fast matching does on a labelled file: `python bench/match.py LABELLED.jsonl [PAIRS.jsonl]`."""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ingest.match.batch import Matched, match_all
from ingest.match.features import features
from ingest.match.measure import adjusted_rand, b_cubed, by_kind, candidate_recall, first_score, pair_score, pairwise
from ingest.match.verify import compare
from ingest.model import ArticleId, Document, Relation


def documents(rows: list[dict[str, str]]) -> list[Document]:
    """Rows of a labelled file as documents; ids are places in it."""
    return [
        Document(
            id=ArticleId(place),
            key=row["id"],
            title=row["title"],
            text=row["text"],
            published_at=datetime.fromisoformat(row["published_at"]) if row.get("published_at") else None,
            publisher=row.get("publisher"),
            url=row.get("url"),
            language=row.get("language"),
        )
        for place, row in enumerate(rows)
    ]


def report(rows: list[dict[str, str]], matched: Matched) -> Iterable[str]:
    """The figures of a run, a line each."""
    labels = {ArticleId(place): row["story"] for place, row in enumerate(rows)}
    groups = {m.article_id: number for number, g in enumerate(matched.groups) for m in g.members}
    kinds = {ArticleId(place): row["kind"] for place, row in enumerate(rows)}
    yield f"pairwise {pairwise(labels, groups)}"
    yield f"ari      {adjusted_rand(labels, groups):.4f}"
    yield f"b3       {b_cubed(labels, groups)}"
    yield f"recall of candidates {candidate_recall(labels, {(v.a, v.b) for v in matched.verdicts}):.4f}"
    for kind, score in by_kind(labels, groups, kinds).items():
        yield f"  {kind:16s} n {score.n:4d}  joined {score.joined:.3f}  merged {score.merged:.3f}"
    base = {rows[place]["story"]: ArticleId(place) for place in labels if rows[place]["kind"] == "base"}
    answers = [
        (g.first.article_id, base[labels[g.members[0].article_id]])
        for g in matched.groups
        if len(g.members) > 1 and labels[g.members[0].article_id] in base
    ]
    yield f"first    {first_score(answers)} of {len(answers)}"
    yield f"stats    {matched.stats}"


def pairs(path: Path) -> str:
    """The weighted score of single pairs."""
    answers = []
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        a, b = (
            features(
                Document(
                    id=ArticleId(place),
                    key=side,
                    title=row[f"title_{side}"],
                    text=row[f"text_{side}"],
                    published_at=_wire_time(row[f"date_{side}"]),
                    publisher="wire",
                )
            )
            for place, side in enumerate("ab")
        )
        joined = compare(a, b).relation is not Relation.DIFFERENT
        answers.append((joined, row["label"] == "same", row["in_bin"]))
    return f"pairs    {pair_score(answers)} of {len(answers)}"


def _wire_time(text: str) -> datetime | None:
    """The time of a wire of 1987, as in " 3-MAR-1987 09:16:02.85"."""
    found = re.match(r"\s*(\d+-\w+-\d+ \d+:\d+:\d+)", text)
    return datetime.strptime(found[1], "%d-%b-%Y %H:%M:%S").replace(tzinfo=UTC) if found else None


def main(arguments: list[str]) -> None:
    """Print the report on the files named."""
    rows = [json.loads(line) for line in Path(arguments[0]).read_text("utf-8").splitlines()]
    started = time.perf_counter()
    matched = match_all(documents(rows), window=timedelta(days=14))
    print(f"seconds  {time.perf_counter() - started:.1f}")
    print("\n".join(report(rows, matched)))
    if len(arguments) > 1:
        print(pairs(Path(arguments[1])))


if __name__ == "__main__":
    main(sys.argv[1:])
