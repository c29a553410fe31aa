"""CSV that a spreadsheet shows and never executes."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.publish.csvsafe import cell, write_rows


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "\0="])
def test_text_that_would_begin_a_formula_is_kept_from_it(start: str) -> None:
    assert cell(f'{start}HYPERLINK("http://x")').startswith("'")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (-5, "-5"),
        (0.25, "0.25"),
        ("5 = five", "5 = five"),
        ("", ""),
        (datetime(2026, 11, 3, 6, 0, tzinfo=UTC), "2026-11-03T06:00:00Z"),
        (datetime(2026, 11, 3, 7, 0, tzinfo=timezone(timedelta(hours=1))), "2026-11-03T06:00:00Z"),
        ("a\0b\ud800", "ab?"),
    ],
)
def test_other_values_stay_as_they_are(value: object, text: str) -> None:
    assert cell(value) == text  # type: ignore[arg-type]


@given(st.lists(st.lists(st.text(max_size=20), min_size=1, max_size=4), max_size=5))
def test_any_rows_are_read_back_as_cells_of_which_none_is_a_formula(rows: list[list[str]]) -> None:
    out = io.StringIO(newline="")
    assert write_rows(out, ["id", "=title"], rows) == len(rows)
    text = out.getvalue()
    text.encode()  # a file in UTF-8 takes it
    back = list(csv.reader(io.StringIO(text, newline="")))
    assert back[0] == ["id", "'=title"]
    assert back[1:] == [[cell(value) for value in row] for row in rows]
    assert not [value for row in back for value in row if value.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]


def test_rows_without_a_header_are_rows_only() -> None:
    out = io.StringIO(newline="")
    assert write_rows(out, (), [[1, None]]) == 1
    assert out.getvalue() == "1,\r\n"
