"""The shape of the code: short files, short functions, and a docstring on everything public."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MAX_FILE_LINES = 500
MAX_FUNCTION_LINES = 60
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
OURS = sorted(path for room in ("ingest", "tests", "bench", "docs") for path in (ROOT / room).rglob("*.py"))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", OURS, ids=named)
def test_a_file_is_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_FILE_LINES


@pytest.mark.parametrize("path", OURS, ids=named)
def test_a_function_is_short(path: Path) -> None:
    long = [
        f"{node.name} ({node.end_lineno - node.lineno + 1} lines)"
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > MAX_FUNCTION_LINES
    ]
    assert long == []


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


@pytest.mark.parametrize("path", [path for path in OURS if ROOT / "ingest" in path.parents], ids=named)
def test_everything_public_says_what_it_is(path: Path) -> None:
    module = parsed(path)
    silent = [name for name, node in public(module.body) if not ast.get_docstring(node)]
    if module.body and not ast.get_docstring(module):
        silent.insert(0, "the module")
    assert silent == []
