"""Write the set as JSON Lines.

    python -m bench.events --seed N [--output FILE]

Without --output the lines go to standard output; a count of events, stories and kinds goes to standard error.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

from bench.events.build import corpus


def main(arguments: list[str] | None = None) -> int:
    """Write the set of one seed."""
    parser = argparse.ArgumentParser(prog="python -m bench.events", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--seed", type=int, default=1, help="one seed, one set (default 1)")
    parser.add_argument("--output", type=Path, help="file to write; standard output without it")
    chosen = parser.parse_args(arguments)
    articles = corpus(chosen.seed)
    lines = "".join(json.dumps(article, ensure_ascii=False) + "\n" for article in articles)
    if chosen.output is None:
        sys.stdout.write(lines)
    else:
        chosen.output.write_text(lines, encoding="utf-8")
    print(summary(articles), file=sys.stderr)
    return 0


def summary(articles: list[dict[str, str]]) -> str:
    """One line: how many articles, stories and events, and how many of each kind."""
    kinds = Counter(article["kind"] for article in articles)
    told = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    stories, events = ({article[name] for article in articles} for name in ("story", "event"))
    return f"{len(articles)} articles, {len(stories)} stories, {len(events)} events: {told}"


if __name__ == "__main__":
    raise SystemExit(main())
