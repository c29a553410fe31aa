"""What the core costs, beside the script of bench/naive.py, in one run: `python -m bench.core [PART …] [--rows N]`.

Parts: `sign` (text to signature), `trip` (pages and texts into a database), `recall` (what the index proposes, against
brute force), `store` (what the database takes in, and its size), `index` (bytes, microseconds and restart at N
articles), `history` (a text in a newsroom of N articles beside one of 10,000). All of them where none is named. Seconds
are of the processor, the least of several interleaved rounds; ratios hold across machines, seconds do not. Real texts
are those of ../shared/data where they lie; without them only `index` is left.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from bench import core_history, core_index, core_store, core_texts, core_trip
from bench.corpora import Absent


def main(arguments: list[str] | None = None) -> int:
    """Measure and print. Returns the exit code."""
    parts: dict[str, Callable[[argparse.Namespace], None]] = {
        "sign": core_texts.sign_rows,
        "trip": core_trip.trip_rows,
        "recall": core_texts.recall_rows,
        "store": core_store.store_rows,
        "index": core_index.index_rows,
        "history": core_history.history_rows,
    }
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", nargs="*", choices=[*parts, []], help="what to measure (everything)")
    parser.add_argument("--rows", type=int, default=100_000, help="articles in the index (100,000)")
    parser.add_argument("--limit", type=int, default=200, help="texts and pages at most (200)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of which the least counts (5)")
    parser.add_argument("--alone", action="store_true", help="index: articles that share nothing, quicker to make")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args(arguments)
    for name in chosen.part or parts:
        print(f"== {name}", flush=True)
        try:
            parts[name](chosen)
        except Absent as exc:
            print(f"left out: {exc}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
