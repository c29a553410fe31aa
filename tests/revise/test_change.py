"""How far apart two texts of one article are."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.model import TextChange
from ingest.revise.change import change_of
from ingest.text.tokens import words

TEXTS = st.lists(st.sampled_from(["the", "ferry", "fire", "17", "hurt", "漢字", "Öl", "."]), max_size=12).map(" ".join)


@pytest.mark.parametrize(
    ("old", "new", "added", "removed", "similarity"),
    [
        ("the ferry burns", "the ferry burns still", 1, 0, 6 / 7),
        ("seven hurt", "nine hurt", 1, 1, 0.5),
        ("a a a", "a", 0, 2, 0.5),
        ("one two", "two one", 0, 0, 1.0),
        ("", "all new words", 3, 0, 0.0),
        ("all gone now", "", 0, 3, 0.0),
    ],
    ids=["added", "replaced", "repeats", "order only", "from nothing", "to nothing"],
)
def test_words_that_came_and_went_are_counted_with_their_repeats(
    old: str, new: str, added: int, removed: int, similarity: float
) -> None:
    assert change_of(old, new) == TextChange(
        added_words=added, removed_words=removed, similarity=pytest.approx(similarity)
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [("", ""), ("Ferry  fire.", "ferry fire"), ("ﬁre", "fire"), ("soft\u00adhyphen", "softhyphen"), ("!", "?")],
)
def test_spacing_case_and_punctuation_are_no_change(old: str, new: str) -> None:
    assert change_of(old, new) is None


@given(TEXTS, TEXTS)
def test_the_figures_add_up_and_mirror_each_other(old: str, new: str) -> None:
    change, back = change_of(old, new), change_of(new, old)
    if change is None or back is None:
        assert change is back and words(old) == words(new)
        return
    assert (change.added_words, change.removed_words) == (back.removed_words, back.added_words)
    assert change.similarity == back.similarity
    assert len(words(old)) + change.added_words - change.removed_words == len(words(new))
    assert 0 <= change.similarity <= 1
    assert (change.similarity == 1) == (Counter(words(old)) == Counter(words(new)))
