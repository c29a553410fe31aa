"""How good the stories are on labelled sets, beside the usual methods, and whether any order gives the same.

    python -m bench.quality [FILE.jsonl ...] [--pairs FILE.jsonl] [--seed N] [--limit N] [--no-peers] [--write]
    python -m bench.quality [FILE.jsonl ...] --permutations N [--restarts N]
    python -m bench.quality --raise-floors

Without files: the generated sets newswire, judge and events of one seed, and where they lie beside the project the
real ones of ../shared/data/stories. --write puts the table between the markers of docs/matching.md. The scores are
those of `samewire evaluate`, through the same functions. Exit 1 when an order or a restart changed something.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from bench import floors, steadiness
from bench.corpora import FILES, GENERATED, PAIR_FILES, ROOT, Absent, Labelled, from_file, generated, pairs_from_file
from ingest.match.measure import Score
from ingest.match.peers import METHODS
from ingest.match.spread import Interval
from ingest.pipeline.evaluation import against, evaluate
from ingest.pipeline.pair_evaluation import PairEvaluation, evaluate_pairs, judge_pairs

PAGE = ROOT / "docs" / "matching.md"
BEGIN, END = "<!-- quality:begin -->", "<!-- quality:end -->"
_HEAD = ("set", "method", "P", "R", "F1", "ARI", "B³ F1", "proposed", "first: right / wrong / open")
_PAIR_HEAD = ("pairs", "n", "P (95 %)", "R (95 %)", "F1 (95 %)", "false joins and misses by bin")


def main() -> int:
    """Measure and print. Returns the exit code."""
    options = _options()
    if options.raise_floors:
        for line in floors.raise_all():
            print(line)
        return 0
    sets = list(_sets(options))
    if options.permutations or options.restarts:
        unsteady = [labelled.name for labelled in sets if _is_unsteady(labelled, options)]
        return 1 if unsteady else 0
    section = "\n".join(_section(sets, options))
    print(section)
    if options.write:
        _write(section)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, help="labelled files instead of the default sets")
    parser.add_argument("--pairs", action="append", type=Path, help="files of labelled pairs")
    parser.add_argument("--seed", type=int, default=floors.PINNED_SEED, help="of the generated sets (1)")
    parser.add_argument("--limit", type=int, help="about so many articles of each set")
    parser.add_argument("--no-peers", action="store_true", help="leave out the usual methods")
    parser.add_argument("--write", action="store_true", help="put the table into docs/matching.md")
    parser.add_argument("--permutations", type=int, default=0, help="match in so many orders, under other numbers")
    parser.add_argument("--restarts", type=int, default=0, help="take in so many times, with restarts between")
    parser.add_argument("--raise-floors", action="store_true", help="raise tests/quality/floors.toml; lowers nothing")
    return parser.parse_args()


def _sets(options: argparse.Namespace) -> Iterator[Labelled]:
    """The sets that are asked for and there; those that are not are told on stderr."""
    named: list[tuple[str, Callable[[], Labelled]]] = [
        (str(path), partial(from_file, path, limit=options.limit)) for path in options.files
    ]
    if not named and not options.pairs:
        named = [
            *((name, partial(generated, name, options.seed, limit=options.limit)) for name in GENERATED),
            *((name, partial(from_file, path, limit=options.limit)) for name, path in FILES.items()),
        ]
    for name, opened in named:
        try:
            yield opened()
        except Absent as exc:
            print(f"{name}: left out: {exc}", file=sys.stderr)


def _section(sets: Sequence[Labelled], options: argparse.Namespace) -> Iterator[str]:
    """The text between the markers."""
    rows = [row for labelled in sets for row in _rows(labelled, peers=not options.no_peers)]
    if rows:
        yield from _table(_HEAD, rows)
    files = options.pairs or ([] if options.files else list(PAIR_FILES.values()))
    pair_rows = []
    for path in files:
        try:
            pairs = pairs_from_file(path)
        except Absent as exc:
            print(f"{path.name}: left out: {exc}", file=sys.stderr)
            continue
        pair_rows.append(_pair_row(path.name, evaluate_pairs(pairs, judge_pairs(pairs))))
    if pair_rows:
        yield ""
        yield from _table(_PAIR_HEAD, pair_rows)


def _rows(labelled: Labelled, *, peers: bool) -> Iterator[Sequence[str]]:
    """A row for samewire and one for each peer, the set named once."""
    found, _, _ = evaluate(labelled.articles, floors.WINDOW)
    shares = (found.first.right, found.first.wrong, found.first.abstained)
    first = " / ".join(map(_share, shares)) if any(shares) else "not labelled"
    name = f"{labelled.name} ({len(labelled.articles)} articles)"
    proposed = _share(found.candidate_recall)
    yield name, "samewire", *_scores(found.pairwise), _share(found.ari), _share(found.b3.f1), proposed, first
    if found.events:
        score = found.events.b3
        yield (
            "",
            f"samewire, events (B³); {found.events.merged:.1%} merged",
            *_scores(score),
            "",
            _share(score.f1),
            "",
            "",
        )
    for peer in against(labelled.articles, tuple(METHODS)) if peers else ():
        yield "", peer.name, *_scores(peer.pairwise), _share(peer.ari), _share(peer.b3.f1), "", ""


def _pair_row(name: str, found: PairEvaluation) -> Sequence[str]:
    ranges = found.interval
    score = found.score
    cells = (
        [
            f"{_share(value)} ({_range(interval)})"
            for value, interval in ((score.p, ranges.p), (score.r, ranges.r), (score.f1, ranges.f1))
        ]
        if ranges
        else ["", "", ""]
    )
    bins = "; ".join(f"{b.bin}: {b.false_joins} + {b.misses} of {b.n}" for b in found.bins if b.false_joins or b.misses)
    return name, str(found.n), *cells, bins or "none"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    for row in (head, ["---"] * len(head), *rows):
        yield f"| {' | '.join(row)} |"


def _scores(score: Score) -> tuple[str, str, str]:
    return _share(score.p), _share(score.r), _share(score.f1)


def _share(value: float) -> str:
    return f"{value:.3f}".removeprefix("0")


def _range(interval: Interval) -> str:
    return f"{_share(interval.low)} – {_share(interval.high)}"


def _write(section: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    if page.count(BEGIN) != 1 or page.count(END) != 1 or page.index(BEGIN) > page.index(END):
        raise SystemExit(f"{PAGE}: needs the lines {BEGIN} and {END}, once each and in this order")
    before, after = page[: page.index(BEGIN)], page[page.index(END) :]
    PAGE.write_text(f"{before}{BEGIN}\n{section}\n{after}", encoding="utf-8")


def _is_unsteady(labelled: Labelled, options: argparse.Namespace) -> bool:
    """Print how many orders and restarts gave the same; True where one did not."""
    documents = [article.document for article in labelled.articles]
    unsteady = False
    for what, count, check in (
        ("permutations", options.permutations, steadiness.permutations),
        ("restarts", options.restarts, steadiness.restarts),
    ):
        if count:
            found = []
            for changed in check(documents, floors.WINDOW, count=count, seed=options.seed):
                found.append(changed)
                told = f"{len(changed)} articles otherwise" if changed else "the same"
                print(f"{labelled.name}: {what} {len(found)} of {count}: {told}", file=sys.stderr, flush=True)
            same = sum(not changed for changed in found)
            print(f"{labelled.name}: {same} of {count} {what} give the same stories, relations and firsts")
            for changed in [changed for changed in found if changed][:3]:
                print(f"    {len(changed)} articles otherwise, such as {', '.join(sorted(changed)[:3])}")
            unsteady |= same < count
    return unsteady


if __name__ == "__main__":
    sys.exit(main())
