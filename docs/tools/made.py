"""Files of the documentation that are made from the code: written, or with --check compared."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path


def keep(made: Callable[[], Mapping[str, str]], folder: Path, *, prog: str, about: str | None) -> None:
    """Write the files that differ from what is made now, by their names in a folder; --check only tells, by exit 1."""
    parser = argparse.ArgumentParser(prog=prog, description=about)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when a file would change")
    options = parser.parse_args()
    folder.mkdir(exist_ok=True)
    stale = []
    for name, text in made().items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            stale.append(name)
            if not options.check:
                path.write_text(text, encoding="utf-8")
    print(f"{'would change' if options.check else 'written'}: {', '.join(stale) or 'nothing'}")
    sys.exit(1 if options.check and stale else 0)
