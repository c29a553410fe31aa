"""What a story's figures weigh."""

from __future__ import annotations

import pytest

from ingest.match.profile import profile
from ingest.match.terms import Terms, weigh
from ingest.model import ArticleId, Document


@pytest.mark.parametrize(("exact", "near"), [("437", "440"), ("1840", "1800"), ("37", None), ("2026", None)])
def test_an_exact_figure_stands_for_the_round_one_too(exact: str, near: str | None) -> None:
    found = profile(
        Document(id=ArticleId(1), key="a", title="Harvest", text=f"Farmers brought in {exact} tonnes of rye.")
    )
    figures = weigh(found, Terms.learn([found])).figures
    assert set(figures) == {exact, near} - {None}
    assert near is None or figures[near] < figures[exact]
