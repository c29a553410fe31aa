"""The table of docs/polling.md: every row has a test that exists, and a mutant that still fits the code."""

from __future__ import annotations

import ast
import re

import pytest

from bench.manners import MUTANTS
from bench.mutants import ROOT, rows

PAGE = (ROOT / "docs" / "polling.md").read_text(encoding="utf-8")


def test_the_table_has_every_row_once_and_in_order() -> None:
    assert [int(number) for number in re.findall(r"^\| (\d+) \|", PAGE, re.M)] == list(range(1, 55))
    assert set(rows()) == set(MUTANTS) == set(range(1, 55))


@pytest.mark.parametrize("number", sorted(rows()))
def test_a_rows_test_exists_and_its_mutant_fits(number: int) -> None:
    row = rows()[number]
    tree = ast.parse((ROOT / row.file).read_text(encoding="utf-8"))
    named = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    assert row.test in named
    for edit in MUTANTS[number].edits:
        assert (ROOT / edit.file).read_text(encoding="utf-8").count(edit.old) == 1, edit
        assert edit.new != edit.old
