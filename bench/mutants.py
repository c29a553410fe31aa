"""Switches the poller's manners off, one row of docs/polling.md at a time, and looks whether the row's test notices.

    python bench/mutants.py [ROW ...]

Each mutant is an edit of the source, made in a copy of it; the row's own test runs there and has to fail. Unchanged,
all of them have to pass. Exit 1 when a mutant survives.
"""

from __future__ import annotations

import argparse
import importlib
import os
import re
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))

from bench.manners import MUTANTS, Edit  # noqa: E402 - the checkout first

LIBRARIES = (
    "pytest", "pytest_asyncio", "xdist.plugin", "hypothesis", "_hypothesis_pytestplugin", "httpx", "h11", "feedparser",
    "trafilatura", "datasketch", "numpy", "sqlite_utils", "protego", "publicsuffixlist", "idna", "lxml.html", "jinja2",
)  # fmt: skip

_ROW = re.compile(r"^\| (\d+) \| .* \| \[(test_\w+)\]\(\.\./(tests/manners/test_\w+\.py)\) \|$", re.M)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table, and its test."""

    number: int
    file: str
    test: str

    @property
    def address(self) -> str:
        """The test as pytest names it."""
        return f"{self.file}::{self.test}"


def rows() -> dict[int, Row]:
    """The rows of docs/polling.md that have a test, by number."""
    found = _ROW.findall((ROOT / "docs" / "polling.md").read_text(encoding="utf-8"))
    return {int(number): Row(int(number), file, test) for number, test, file in found}


def copied(target: Path) -> None:
    """What the tests need, in a folder of its own."""
    for name in ("ingest", "tests", "pyproject.toml"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, target / name)


def passes(folder: Path, tests: list[str], *, limit_s: float | None = None) -> bool:
    """Whether these tests pass there, in a child of this process, which has the libraries loaded already.

    limit_s: what has not ended by then did not pass; None: it may take for ever.
    """
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    code = 1
    try:
        signal.alarm(ceil(limit_s or 0))
        os.chdir(folder)
        sys.path.insert(0, str(folder))
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        import pytest  # noqa: PLC0415 - loaded by `preload`

        # They are loaded ahead, and so their assertions are not rewritten: no matter.
        loaded = ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
        code = int(pytest.main(["-n", "0", "-q", "-x", *loaded, "--rootdir", str(folder), *tests]))
    finally:
        os._exit(code)


def preload() -> None:
    """Load what every test needs and no mutant changes."""
    sys.dont_write_bytecode = True
    for name in LIBRARIES:
        importlib.import_module(name)


def main(arguments: list[str]) -> int:
    """Run the mutants of these rows, or of all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rows", nargs="*", type=int, metavar="ROW", choices=[*MUTANTS, []], help="all without it")
    table = rows()
    wanted = parser.parse_args(arguments).rows or sorted(MUTANTS)
    survivors = []
    preload()
    with tempfile.TemporaryDirectory(prefix="samewire-mutants-") as name:
        folder = Path(name)
        copied(folder)
        if not passes(folder, [table[number].address for number in wanted]):
            print("the unchanged code fails these tests; mend that first", file=sys.stderr)
            return 1
        for number in wanted:
            started_s = time.monotonic()
            mutant = MUTANTS[number]
            with edited(folder, mutant.edits):
                killed = not passes(folder, [table[number].address])
            survivors += [] if killed else [number]
            verdict = "killed  " if killed else "SURVIVED"
            print(f"{number:>3} {verdict} {time.monotonic() - started_s:5.1f} s  {mutant.what}", flush=True)
    print(f"{len(wanted) - len(survivors)} of {len(wanted)} mutants killed")
    return 1 if survivors else 0


@contextmanager
def edited(folder: Path, edits: tuple[Edit, ...]) -> Iterator[None]:
    """The copy with these edits made, and undone afterwards."""
    before = {edit.file: (folder / edit.file).read_text(encoding="utf-8") for edit in edits}
    try:
        for edit in edits:
            path = folder / edit.file
            text = path.read_text(encoding="utf-8")
            assert text.count(edit.old) == 1, f"{edit.file}: {edit.old!r} stands there {text.count(edit.old)} times"
            path.write_text(text.replace(edit.old, edit.new), encoding="utf-8")
        yield
    finally:
        for file, text in before.items():
            (folder / file).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
