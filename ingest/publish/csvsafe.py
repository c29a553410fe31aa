"""Writes CSV that a spreadsheet shows and never executes."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TextIO

# Spreadsheets take a cell that begins so for a formula; East Asian versions read the full-width signs alike.
# Source: OWASP, "CSV Injection".
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

Cell = str | int | float | datetime | None


def cell(value: Cell) -> str:
    """A value as the text of a cell. Text that would begin a formula gets an apostrophe in front.

    Numbers stay as they are, -5 included: they are ours. Times become UTC with a trailing Z; None is empty.
    """
    match value:
        case None:
            return ""
        case datetime():
            return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
        case int() | float():
            return str(value)
        case str():
            # NUL and lone surrogates: no reader of CSV, and no file in UTF-8, takes them.
            text = value.replace("\0", "").encode("utf-8", "replace").decode()
            return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def write_rows(out: TextIO, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> int:
    """Write a header (none when empty) and rows as RFC 4180 CSV, a row at a time; return the number of rows.

    out: opened with newline="".
    """
    writer = csv.writer(out)
    if header:
        writer.writerow([cell(name) for name in header])
    written = 0
    for row in rows:
        writer.writerow([cell(value) for value in row])
        written += 1
    return written
