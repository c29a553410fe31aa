"""The generated set of pages without articles: by kind, as `python -m bench.refusals` scores it."""

from __future__ import annotations

from collections import defaultdict

import pytest

from bench import refusals
from bench.extract import PAGES

CASES = list(refusals.cases())
WALLS = [case for case in CASES if case.reason is not None]


def test_nineteen_of_twenty_pages_without_an_article_are_refused_by_their_name() -> None:
    assert len(WALLS) >= 150
    wrong: defaultdict[str, list[str]] = defaultdict(list)
    for case in WALLS:
        found = refusals.named(case)
        if found is not case.reason:
            wrong[str(case.reason)].append(f"{case.name}: {found}")
    assert sum(map(len, wrong.values())) * 20 <= len(WALLS), wrong


@pytest.mark.parametrize("case", [case for case in CASES if case.reason is None], ids=lambda case: case.name)
def test_an_article_with_other_things_around_it_is_an_article(case: refusals.Case) -> None:
    assert refusals.named(case) is None


def test_no_development_page_is_refused() -> None:
    try:
        assert refusals.refused_pages(PAGES) == []
    except FileNotFoundError:
        pytest.skip(f"no development pages in {PAGES}")
