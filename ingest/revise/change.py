"""How far apart two texts of one article are, for the record that a revision leaves."""

from __future__ import annotations

from collections import Counter

from ingest.model import TextChange
from ingest.text.tokens import words


def change_of(old: str, new: str) -> TextChange | None:
    """Count the words that came and went between two texts; None when only spacing, case or punctuation differ.

    similarity: Dice's coefficient of the two multisets of words, 0..1 (Dice 1945).
    """
    before, after = words(old), words(new)
    if before == after:
        return None
    counted_before, counted_after = Counter(before), Counter(after)
    common = (counted_before & counted_after).total()
    return TextChange(
        added_words=len(after) - common,
        removed_words=len(before) - common,
        similarity=2 * common / (len(before) + len(after)),
    )
