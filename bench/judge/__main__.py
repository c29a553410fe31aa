"""Write one seed's corpus as JSON Lines."""

import argparse
import json
import sys
from pathlib import Path

from bench.judge.corpus import corpus


def main() -> None:
    """Read the command line and write the corpus to the file or to standard output."""
    parser = argparse.ArgumentParser(prog="python -m bench.judge", description=__doc__)
    parser.add_argument("--seed", type=int, required=True, help="any whole number; equal seeds give equal bytes")
    parser.add_argument("--output", type=Path, help="file to write (default: standard output)")
    args = parser.parse_args()
    lines = "".join(json.dumps(article, ensure_ascii=False) + "\n" for article in corpus(args.seed))
    if args.output:
        args.output.write_text(lines, encoding="utf-8")
    else:
        sys.stdout.write(lines)


if __name__ == "__main__":
    main()
