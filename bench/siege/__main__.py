"""Lays siege to samewire: hostile servers, certificates, pages, files and command lines, judged case by case.

    python -m bench.siege [--only GROUP,PREFIX] [--skip ...] [--cut N --seed S] [--fetcher] [--json]

Each case is the real command line in a process of its own, with the address filter on: names are answered with public
addresses whose connections lead to this machine, and nothing else can be reached. The table says what came of each
case; a case that failed says why. Exit 1 when one failed.
"""

from __future__ import annotations

import argparse
import importlib
import json
import random
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict

from bench.siege.case import CASES, Case
from bench.siege.run import Verdict, run_cases
from bench.siege.tables import load

#: Loaded once, so that a case costs what the command does and not what Python's start costs.
PRELOAD = (
    "httpx", "datasketch", "sqlite_utils", "feedparser", "trafilatura", "ingest.cli.trips", "ingest.cli.transfer", "ingest.cli.setup",
    "ingest.cli.feeds", "ingest.cli.extracting", "ingest.cli.look", "ingest.cli.watch", "ingest.pipeline.desk", "ingest.pipeline.passes",
    "ingest.pipeline.transfer", "ingest.pipeline.discovery",
)  # fmt: skip


#: What the fetcher alone may need beyond a plain feed, whatever it is sent.
FETCHER_MB = 25


def chosen(words: str, skip: str) -> list[Case]:
    """The cases of these groups or with these beginnings; all where none are given."""

    def fits(case: Case, given: str) -> bool:
        return any(word and (case.group == word or case.name.startswith(word)) for word in given.split(","))

    others = [case for case in CASES.values() if case.name != "baseline"]
    return [case for case in others if (not words or fits(case, words)) and not fits(case, skip)]


def cut(cases: Sequence[Case], count: int, seed: int) -> list[Case]:
    """So many cases by chance, at least one of each group."""
    rng = random.Random(seed)
    mixed = rng.sample(list(cases), len(cases))
    of_groups = list({case.group: case for case in mixed}.values())
    rest = [case for case in mixed if case not in of_groups]
    return [*of_groups, *rest][: max(count, len(of_groups))]


def line(verdict: Verdict) -> str:
    """A verdict as a line of the table."""
    came = f"{verdict.outcome}{f' ({verdict.reason})' if verdict.reason else ''}"
    entries = "" if verdict.entries is None else str(verdict.entries)
    return (
        f"{'FAIL' if verdict.faults else 'pass'}  {verdict.case:28} {came:24} {entries:>5} {verdict.seconds:7.2f} s"
        f" {verdict.growth_mb:+7.1f} MB {verdict.worker_growth_mb:+7.1f} MB {verdict.requests:3}  {' '.join(verdict.faults)}"
    )


def summary(verdicts: Sequence[Verdict]) -> dict[str, object]:
    """The figures of all cases together."""
    failed = [one for one in verdicts if one.faults]
    return {
        "cases": len(verdicts),
        "passed": len(verdicts) - len(failed),
        "faults": dict(Counter(fault for one in failed for fault in one.faults)),
        "contacts_with_forbidden_addresses": sum(one.faults.count("breach") for one in verdicts),
        "largest_growth_mb": max(one.growth_mb for one in verdicts),
        "largest_growth_of_a_worker_mb": max(one.worker_growth_mb for one in verdicts),
        "latest_poll_after_its_deadline_s": max(one.late_s for one in verdicts),
        "groups": dict(Counter(one.group for one in verdicts)),
    }


def main(arguments: Sequence[str]) -> int:
    """Run what was asked for and print the table. Returns 1 when a case failed."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.siege", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", default="", help="comma-separated groups or beginnings of names")
    parser.add_argument("--skip", default="", help="the same, to leave out")
    parser.add_argument("--cut", type=int, default=0, metavar="N", help="N cases by chance, at least one a group")
    parser.add_argument("--seed", type=int, default=1, help="of the cut; the same seed gives the same cases")
    parser.add_argument("--at-once", type=int, default=3, help="cases under way at a time  [default: 3]")
    parser.add_argument("--fetcher", action="store_true", help="only measure what the fetcher alone needs for bombs")
    parser.add_argument("--list", action="store_true", help="only list the cases with what they do")
    parser.add_argument("--json", action="store_true", help="print JSON instead of the table")
    given = parser.parse_args(arguments)
    load()
    if given.fetcher:
        from bench.siege.fetcher import measure

        found = measure()
        print(json.dumps(found, indent=2))
        return int(float(str(found["largest_growth_mb"])) > FETCHER_MB)
    cases = chosen(given.only, given.skip)
    if given.cut:
        cases = cut(cases, given.cut, given.seed)
    if given.list or not cases:
        for case in cases:
            print(f"{case.group:14} {case.name:28} {ascii(case.note)[1:-1]}")
        return 0 if cases else 2
    for name in PRELOAD:
        importlib.import_module(name)
    out = sys.stderr if given.json else sys.stdout

    def tell(verdict: Verdict) -> None:
        print(line(verdict), file=out, flush=True)
        for what in verdict.told:
            print(f"      {ascii(what)[1:-1]}", file=out, flush=True)

    verdicts = run_cases(cases, at_once=given.at_once, tell=tell)
    figures = summary(verdicts)
    if given.json:
        print(json.dumps({"summary": figures, "cases": [asdict(one) for one in verdicts]}, indent=2))
    else:
        print(json.dumps(figures, indent=2))
    return int(any(one.faults for one in verdicts))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
