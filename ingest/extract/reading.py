"""A text as its words and shingles, and how far two readings of one page are the same."""

from __future__ import annotations

from collections import Counter
from functools import cached_property

from ingest.text.tokens import words

_SHINGLE = 3


class Reading:
    """A text, its words, and their shingles once they are asked for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.words = words(text)

    @cached_property
    def shingles(self) -> Counter[tuple[str, ...]]:
        """Its runs of three words, with how often each stands in it; of a shorter text, all of it."""
        if len(self.words) < _SHINGLE:
            return Counter([tuple(self.words)] if self.words else [])
        return Counter(zip(*(self.words[i:] for i in range(_SHINGLE)), strict=False))


def _shared(a: Reading, b: Reading) -> int:
    """How many shingles two readings share, repeats included."""
    common = a.shingles.keys() & b.shingles.keys()
    if len(common) in {len(a.words) - _SHINGLE + 1, len(b.words) - _SHINGLE + 1}:
        return len(common)  # one of them repeats nothing
    return sum(min(a.shingles[shingle], b.shingles[shingle]) for shingle in common)


def agreement(a: Reading, b: Reading) -> float:
    """How much of two readings is the same, 0..1."""
    total = a.shingles.total() + b.shingles.total()
    return 2 * _shared(a, b) / total if total else 0.0


def held(a: Reading, b: Reading) -> float:
    """The share of a that stands in b."""
    return _shared(a, b) / a.shingles.total() if a.shingles else 0.0
