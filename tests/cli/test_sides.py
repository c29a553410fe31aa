"""Two texts side by side, in whatever script and width."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.cli.sides import beside, span, told, wrapped
from ingest.pipeline.exhibits import exhibit, judged_exhibit
from tests.match.samples import TEXTS, document
from tests.match.test_cluster import join


@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("columns", [40, 61, 120])
def test_every_row_fits_and_no_word_is_lost(language: str, columns: int) -> None:
    title, paragraphs = TEXTS[language]
    left, right = [title, paragraphs[0]], ["Ferry resumes", "Two days in port."]
    rows = list(beside(left, right, columns))
    assert all(span(row) <= columns for row in rows)
    assert all(" │" in row for row in rows)
    here = "".join(row.split(" │")[0] for row in rows)
    assert "".join(here.split()) == "".join((title + paragraphs[0]).split())


def test_paragraphs_begin_beside_each_other() -> None:
    rows = list(beside(["a " * 40, "left"], ["short", "right"], 43))
    (row,) = [row for row in rows if "left" in row]
    assert row == f"{'left':<20} │ right"


def test_wide_letters_take_two_columns_and_marks_none() -> None:
    assert (span("ferry"), span("船"), span("e\u0301")) == (5, 2, 1)
    assert wrapped("会谈在一座会议中心举行", 8) == ["会谈在一", "座会议中", "心举行"]


def test_what_could_move_the_cursor_is_left_out() -> None:
    assert wrapped("red \x1b[31m alert\u202e\n\ttabs", 40) == ["red [31m alert tabs"]


@given(st.text(max_size=80), st.integers(2, 30))
def test_any_text_is_wrapped_within_its_columns(text: str, columns: int) -> None:
    assert all(row and span(row) <= columns for row in wrapped(text, columns))


@pytest.mark.parametrize(("word", "said"), [("series", "two issues of one series"), ("unheard-of", "lies between")])
def test_a_verdict_that_grouping_refused_is_explained(word: str, said: str) -> None:
    a, b = (document(number, f"Rates on day {number}", "The rates.") for number in (1, 2))
    verdict = replace(join(1, 2), explanation="They agree.")
    lines = list(told(judged_exhibit(verdict, exhibit(a), exhibit(b), together=False, refused=word)))
    assert lines[0] == "copy (copy), score 0.90: They agree."
    assert f"({word})" in lines[1]
    assert said in lines[1]
