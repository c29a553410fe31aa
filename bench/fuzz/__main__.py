"""Fuzzing: feeds, pages, addresses, queries and configurations, for a while: `python -m bench.fuzz [TARGET]`.

Targets: feed (any kind of feed), sliced (items left out by their bytes against the whole), page (an article out of a
page), url (canonical addresses), query (a watch's query, matched by index and by itself), config. Each must give a
value or refuse with a reason of its own, within 8 s of the processor, and keep what bench/fuzz/targets.py says of it.
The time is shared between the targets, the seeds are the files in tests/fuzz/corpus. Exit 1 when something was found;
its input is kept in .cache/fuzz: mend it, and put the input into the corpus, where the tests try it from then on.

--atheris lets libFuzzer choose the inputs by the lines they reach (`pip install atheris`; one target at a time).
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CORPUS, KEEP = ROOT / "tests" / "fuzz" / "corpus", ROOT / ".cache" / "fuzz"
NAMES = ("feed", "sliced", "page", "url", "query", "config")


def by_coverage(target: str, seconds: float, seed: int) -> int:
    """Hand one target to libFuzzer, which ends the process itself."""
    try:
        import atheris  # noqa: PLC0415 - a tool that nobody needs to have
    except ImportError:
        print("--atheris needs Atheris: .venv/bin/pip install atheris", file=sys.stderr)
        return 2
    with atheris.instrument_imports(include=["ingest"]):
        from bench.fuzz.engine import MAX_BYTES  # noqa: PLC0415
        from bench.fuzz.targets import TARGETS  # noqa: PLC0415
    grown = KEEP / "atheris" / target
    grown.mkdir(parents=True, exist_ok=True)
    options = [f"-max_total_time={seconds:.0f}", f"-max_len={MAX_BYTES}", f"-seed={seed}", "-timeout=20",
               f"-artifact_prefix={KEEP}/{target}-"]  # fmt: skip
    atheris.Setup([sys.argv[0], *options, str(grown), str(CORPUS / target)], TARGETS[target])
    atheris.Fuzz()
    return 0


def main() -> int:
    """Fuzz. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("target", nargs="*", help="which; without it, all of them")
    parser.add_argument("--seconds", type=float, default=120, help="of the processor, in all (120)")
    parser.add_argument("--seed", type=int, default=1, help="of the changes (1): the same seed tries the same inputs")
    parser.add_argument("--atheris", action="store_true", help="let libFuzzer choose")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    if unknown := set(options.target) - set(NAMES):
        parser.error(f"no target is called {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    wanted = options.target or list(NAMES)
    if options.atheris:
        if len(wanted) != 1:
            parser.error("--atheris takes one target")
        return by_coverage(wanted[0], options.seconds, options.seed)
    from bench.fuzz.engine import apart, seeds_of  # noqa: PLC0415 - after Atheris had its chance to look at them

    runs = []
    for name in wanted:
        print(f"{name} …", file=sys.stderr, flush=True)
        seeds = seeds_of(name, [CORPUS])
        runs.append(apart(name, seeds=seeds, seconds=options.seconds / len(wanted), seed=options.seed, keep=KEEP))
    if options.json:
        print(json.dumps([asdict(run) for run in runs], indent=2))
    else:
        print(f"{'target':<8} {'inputs':>8} {'a second':>8} {'outcomes':>8} {'slowest':>8}  findings")
        for run in runs:
            rate = run.inputs / run.seconds if run.seconds else 0
            print(f"{run.target:<8} {run.inputs:>8} {rate:>8.0f} {run.outcomes:>8} {run.slowest_s:>6.2f} s  "
                  f"{len(run.findings)}")  # fmt: skip
        for run in runs:
            for finding in run.findings:
                print(f"FOUND {run.target}: {finding}")
    return 1 if any(run.findings for run in runs) else 0


if __name__ == "__main__":
    sys.exit(main())
