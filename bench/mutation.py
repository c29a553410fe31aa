"""Changes the pure core in small ways, one at a time, and looks whether the tests of its room notice.

    python -m bench.mutation [ROOM ...] [--sample N] [--seed S] [--json]

A mutant is one comparison, sign, constant, `and`, `not` or `break` turned into its neighbour (R. A. DeMillo and others,
"Hints on Test Data Selection", 1978), made in a copy of the tree. The score is the share of mutants with
which some test of the room fails, or hangs. What is left is listed with file and line: it is either no change of
behaviour, or a rule that no test holds. A sample is drawn by its seed, so that two runs judge the same mutants.
"""

from __future__ import annotations

import argparse
import ast
import copy
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.mutants import ROOT, copied, passes, preload

#: Each room: what is changed, and the tests that should notice. Tables of words and names are data, and left alone.
ROOMS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "etiquette": (
        ("ingest/poll/etiquette.py", "ingest/poll/headers.py", "ingest/poll/pace.py", "ingest/poll/trust.py"),
        ("tests/poll", "tests/manners"),
    ),
    "revise": (("ingest/revise/*.py",), ("tests/revise",)),
    "match": (("ingest/match/*.py",), ("tests/match", "tests/quality/test_quality.py")),
    "credits": (
        ("ingest/text/credits.py", "ingest/text/datelines.py", "ingest/text/releases.py", "ingest/text/agencies.py"),
        ("tests/text", "tests/match/test_claims.py", "tests/match/test_attribute.py"),
    ),
}
_DATA = ("agency_table.py", "wordlists.py", "common_words.py", "romanise.py", "words.py", "peers.py", "faults.py")
_COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
_REACHED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """One change: the n-th place of a file that can be changed."""

    room: str
    file: str
    line: int
    place: int
    before: str
    after: str
    killed: bool = False


def places(tree: ast.Module) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Each node that can be changed with what it becomes, in the order of the text; annotations are no code."""
    notes = {id(part) for node in ast.walk(tree) for note in _annotations(node) for part in ast.walk(note)}
    for node in ast.walk(tree):
        if id(node) in notes:
            continue
        for changed in _changes(node):
            yield node, changed


def _annotations(node: ast.AST) -> Iterator[ast.AST]:
    """What no run of the code reads: types, and what dataclass and zip only check with."""
    if isinstance(node, ast.keyword) and node.arg in ("frozen", "slots", "kw_only", "strict"):
        yield node
    for name in ("annotation", "returns"):
        note = getattr(node, name, None)
        if note is not None:
            yield note


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    """What one node may become."""
    other = copy.copy(node)
    match other:
        case ast.Compare(ops=[only]) if type(only) in _COMPARED:
            other.ops = [_COMPARED[type(only)]()]
        case ast.BoolOp(op=ast.And()):
            other.op = ast.Or()
        case ast.BoolOp(op=ast.Or()):
            other.op = ast.And()
        case ast.BinOp(op=op) if type(op) in _REACHED and not _is_text(other):
            other.op = _REACHED[type(op)]()
        case ast.UnaryOp(op=ast.Not()):
            yield other.operand
            return
        case ast.Constant(value=bool() as value):
            other.value = not value
        case ast.Constant(value=int() | float() as number):
            other.value = number + 1 if isinstance(number, int) else number * 1.5 + 0.01
        case ast.Break():
            other = ast.copy_location(ast.Continue(), node)
        case ast.Continue():
            other = ast.copy_location(ast.Break(), node)
        case _:
            return
    yield other


def _is_text(node: ast.BinOp) -> bool:
    """Whether a sum joins strings as far as its own words tell; the difference of strings is no mutant but an error."""
    return any(isinstance(part, ast.JoinedStr) or _is_string(part) for part in ast.walk(node))


def _is_string(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def mutants(room: str) -> list[Mutant]:
    """All there are in a room."""
    found = []
    for pattern in ROOMS[room][0]:
        for path in sorted(ROOT.glob(pattern)):
            if path.name in _DATA:
                continue
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for place, (node, changed) in enumerate(places(tree)):
                line = getattr(node, "lineno", 0)
                file = str(path.relative_to(ROOT))
                before, after = ast.unparse(node), ast.unparse(changed)
                found.append(Mutant(room=room, file=file, line=line, place=place, before=before, after=after))
    return found


def changed_text(text: str, place: int) -> str:
    """A file's text with the change of one place."""
    tree = ast.parse(text)
    node, changed = next(pair for number, pair in enumerate(places(tree)) if number == place)
    return ast.unparse(_Put(node, changed).visit(tree))


class _Put(ast.NodeTransformer):
    def __init__(self, node: ast.AST, changed: ast.AST) -> None:
        self.node, self.changed = node, changed

    def visit(self, node: ast.AST) -> ast.AST:
        return self.changed if node is self.node else self.generic_visit(node)


def judge(folder: Path, mutant: Mutant, limit_s: float) -> bool:
    """Whether some test notices; the tests that bear the module's name go first, because they most often do."""
    path = folder / mutant.file
    text = path.read_text(encoding="utf-8")
    tests = list(ROOMS[mutant.room][1])
    named = [f"{one}/test_{path.stem}.py" for one in tests if (folder / one / f"test_{path.stem}.py").exists()]
    path.write_text(changed_text(text, mutant.place), encoding="utf-8")
    try:
        return not all(passes(folder, some, limit_s=limit_s) for some in (named, tests) if some)
    finally:
        path.write_text(text, encoding="utf-8")


def measure(folder: Path, room: str, sample: int, seed: int) -> list[Mutant]:
    """The mutants of a room that were drawn, judged; progress goes to stderr."""
    all_there_are = mutants(room)
    drawn = random.Random(f"{seed}/{room}").sample(all_there_are, min(sample, len(all_there_are)))
    started_s = time.monotonic()
    if not passes(folder, list(ROOMS[room][1])):
        raise SystemExit(f"{room}: the unchanged code fails its tests; mend that first")
    limit_s = 60 + 5 * (time.monotonic() - started_s)
    judged = []
    for number, mutant in enumerate(sorted(drawn, key=lambda one: (one.file, one.line, one.place)), start=1):
        killed = judge(folder, mutant, limit_s)
        judged.append(Mutant(**{**asdict(mutant), "killed": killed}))
        dead = sum(one.killed for one in judged)
        told = f"{mutant.file}:{mutant.line}  {mutant.before[:60]}  =>  {mutant.after[:60]}"
        word = "killed  " if killed else "SURVIVED"
        print(f"{room} {number}/{len(drawn)} ({dead} killed)  {word} {told}", file=sys.stderr, flush=True)
    return judged


def main(arguments: list[str]) -> int:
    """Measure these rooms, or all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rooms", nargs="*", metavar="ROOM", choices=[*ROOMS, []], help=f"of {', '.join(ROOMS)}; all")
    parser.add_argument("--sample", type=int, default=60, metavar="N", help="mutants a room (default: 60)")
    parser.add_argument("--seed", type=int, default=1, help="of the sample (default: 1)")
    parser.add_argument("--json", action="store_true", help="every mutant, instead of the table")
    options = parser.parse_args(arguments)
    preload()
    judged = []
    with tempfile.TemporaryDirectory(prefix="samewire-mutation-") as name:
        copied(Path(name))
        for room in options.rooms or ROOMS:
            judged += measure(Path(name), room, options.sample, options.seed)
    if options.json:
        print(json.dumps([asdict(one) for one in judged], indent=1))
        return 0
    print("| room | mutants there are | judged | killed | score |\n| --- | --- | --- | --- | --- |")
    for room in options.rooms or ROOMS:
        own = [one for one in judged if one.room == room]
        dead = sum(one.killed for one in own)
        print(f"| {room} | {len(mutants(room)):,} | {len(own)} | {dead} | {dead / len(own):.0%} |")
    for one in judged:
        if not one.killed:
            print(f"{one.file}:{one.line}: {one.before}  =>  {one.after}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
