"""What an index keeps of a text, at the edges of its limits."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from ingest.match.features import features
from ingest.match.records import head_of
from ingest.match.sketch import MAX_BODY, MIN_LATE_WORDS, sketch
from ingest.model import ArticleId, First, Group, Member, Relation
from tests.match.samples import NOON, document

TEXT = features(
    document(1, "The ferry resumes", "The ferry resumed its crossing to Holm after two days in port. " * 12)
)


@pytest.mark.parametrize(("samples", "kept"), [(MAX_BODY - 1, MAX_BODY - 1), (MAX_BODY, MAX_BODY), (MAX_BODY + 1, 12)])
def test_samples_are_thinned_by_half_once_they_are_too_many(samples: int, kept: int) -> None:
    """Every other sample here is a multiple of 32; the others are of 16 alone."""
    shingles = np.arange(1, 2 * samples + 1, dtype=np.uint64) * np.uint64(8)
    assert len(sketch(replace(TEXT, shingles=shingles)).body) == kept


@pytest.mark.parametrize(("words", "is_kept"), [(MIN_LATE_WORDS - 1, False), (MIN_LATE_WORDS, True)])
def test_a_text_comes_back_late_from_sixty_words_on(words: int, is_kept: bool) -> None:
    assert MIN_LATE_WORDS == 60
    assert bool(sketch(replace(TEXT, words=words)).words) is is_kept


def test_a_story_bears_the_number_of_its_earliest_member_and_of_equals_the_first_by_key() -> None:
    members = tuple(
        Member(article_id=ArticleId(n), relation=Relation.COPY, score=1.0, via=None, reason="copy")
        for n in (1, 2, 3, 4)
    )
    found = Group(members=members, first=First(article_id=None, confidence=0.0, reason="."))
    keys = {ArticleId(1): (None, "a"), ArticleId(2): (NOON, "c"), ArticleId(3): (NOON, "b"), ArticleId(4): (None, "0")}
    assert head_of(found, keys) == 3
    assert head_of(found, dict.fromkeys(keys, (None, "")) | {ArticleId(4): (NOON, "z")}) == 4
