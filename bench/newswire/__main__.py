"""Writes a labelled corpus as JSON Lines: `python -m bench.newswire --seed N [--languages en,de] [--output FILE]`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from bench.newswire.edition import corpus
from bench.newswire.material import languages
from bench.newswire.reading import MaterialError


def main(arguments: list[str] | None = None) -> int:
    """Write the corpus the arguments ask for; 2 when the material or the arguments are wrong."""
    parser = argparse.ArgumentParser(prog="python -m bench.newswire", description=__doc__)
    parser.add_argument("--seed", type=int, required=True, help="the same seed writes the same bytes")
    parser.add_argument("--languages", help=f"comma-separated; all of them when left out: {','.join(languages())}")
    parser.add_argument("--output", type=Path, help="a file; standard output when left out")
    asked = parser.parse_args(arguments)
    try:
        articles = corpus(asked.seed, asked.languages.split(",") if asked.languages else None)
    except MaterialError as error:
        print(error, file=sys.stderr)
        return 2
    lines = "".join(json.dumps(article, ensure_ascii=False) + "\n" for article in articles)
    if asked.output is None:
        sys.stdout.buffer.write(lines.encode())
    else:
        asked.output.write_text(lines, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
