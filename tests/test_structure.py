"""The shape of the code: short files, short functions, and a docstring on everything public."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
MAX_FILE_LINES = 500
MAX_FUNCTION_LINES = 60
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
OURS = sorted(path for room in ("ingest", "tests", "bench", "docs") for path in (ROOT / room).rglob("*.py"))


@dataclass
class Shape:
    """What is wrong with the files, by file and what it is; each is parsed once, and no tree is kept."""

    files: dict[str, int] = field(default_factory=dict)
    functions: dict[str, int] = field(default_factory=dict)
    silent: list[str] = field(default_factory=list)
    seen: int = 0


@cache
def shape() -> Shape:
    found = Shape()
    for path in OURS:
        look_at(path.relative_to(ROOT), path.read_text(encoding="utf-8"), found)
    return found


def look_at(path: Path, text: str, found: Shape) -> None:
    if (lines := len(text.splitlines())) > MAX_FILE_LINES:
        found.files[str(path)] = lines
    module = ast.parse(text)
    for node in functions(module.body):
        found.seen += 1
        if (lines := (node.end_lineno or node.lineno) - node.lineno + 1) > MAX_FUNCTION_LINES:
            found.functions[f"{path}: {node.name}"] = lines
    if path.parts[0] == "ingest":
        found.silent += [f"{path}: {name}" for name, node in public(module.body) if not ast.get_docstring(node)]
        if module.body and not ast.get_docstring(module):
            found.silent.append(f"{path}: the module")


def functions(body: list[ast.stmt]) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function, wherever in a module it is defined."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
        for blocks in (getattr(node, name, ()) for name in ("body", "orelse", "finalbody", "handlers", "cases")):
            for inner in blocks:
                yield from functions([inner] if isinstance(inner, ast.stmt) else inner.body)


def public(body: list[ast.stmt], owner: str = "") -> Iterator[tuple[str, Definition]]:
    """Public classes and functions at the top of a module, and the public methods of public classes.

    A method that redefines one of a base class has that one's meaning: classes with bases go without their methods.
    """
    for node in body:
        if isinstance(node, Definition) and not node.name.startswith("_") and not is_setter(node):
            yield f"{owner}{node.name}", node
            if isinstance(node, ast.ClassDef) and not node.bases:
                yield from public(node.body, f"{owner}{node.name}.")


def is_setter(node: Definition) -> bool:
    """Whether it is a property's other half, which its first half explains."""
    return any(isinstance(one, ast.Attribute) and one.attr == "setter" for one in node.decorator_list)


def test_every_file_is_looked_at() -> None:
    assert len(OURS) > 500
    assert shape().seen > 5_000


def test_files_are_short() -> None:
    assert shape().files == {}


def test_functions_are_short() -> None:
    assert shape().functions == {}


def test_everything_public_says_what_it_is() -> None:
    assert shape().silent == []


SAMPLE = """
if x:
    pass
else:
    class A:
        def f(self):
            def short(): pass
LONG
try:
    pass
except E:
    def g():
LONG
match x:
    case 1:
        async def h():
LONG
def j(): pass
class B:
    def k(self): pass
    def _l(self): pass
""".replace("LONG", "            x = 1\n" * MAX_FUNCTION_LINES)


def test_what_is_too_long_or_silent_is_found() -> None:
    """Functions are found in functions, classes and branches; private names need no words."""
    found = Shape()
    look_at(Path("ingest/a.py"), SAMPLE + "#\n" * MAX_FILE_LINES, found)
    assert set(found.functions) == {f"ingest/a.py: {name}" for name in "fgh"}
    assert set(found.silent) == {f"ingest/a.py: {name}" for name in ("the module", "j", "B", "B.k")}
    assert set(found.files) == {"ingest/a.py"}
    assert found.seen == 7
