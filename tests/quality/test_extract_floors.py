"""Extraction does not get worse: a slice of the development pages against its floors."""

from __future__ import annotations

import pytest

from bench import extract, floors

FLOORS = floors.held(extract.FLOORS)["pages"]["pinned"]


def test_a_slice_of_the_development_pages_is_not_below_its_floors() -> None:
    try:
        pages = extract.labelled(extract.PAGES)
    except FileNotFoundError:
        pytest.skip(f"no development pages in {extract.PAGES}")
    found = extract.floor_figures(pages)
    below = {figure: (found[figure], floor) for figure, floor in FLOORS.items() if found[figure] < floor - 1e-9}
    assert not below, f"figure: (found, floor): {below}"


def test_a_page_is_scored_by_its_shingles() -> None:
    assert extract.score("a b c d e", "a b c d e") == (1.0, 1.0)
    assert extract.score("a b c d e", "a b c d x") == (0.5, 0.5)
    assert extract.score("a b c d e", "") == (1.0, 0.0)
    assert extract.score("a b", "a b") == (1.0, 1.0)


def test_sites_are_resampled_whole() -> None:
    better, worse = extract.Score([1.0] * 4, [1.0] * 4), extract.Score([0.5] * 4, [0.5] * 4)
    assert extract.interval(better, worse, [[0, 1, 2], [3]]) == (0.5, 0.5)
    assert extract.interval(better, better, [[0, 1, 2], [3]]) == (0.0, 0.0)
