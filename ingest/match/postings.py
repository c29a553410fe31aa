"""Lists of articles under a value, kept short: of a crowd only the earliest of each day stay."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Sequence
from math import inf

from ingest.model import ArticleId

#: (day, time, digest, publisher): what chooses in a crowd; the same whatever the order of arrival.
Rank = tuple[int, float, int, int]

#: Articles of one day that are kept under one value: the earliest.
PER_DAY = 96


class Postings:
    """Which articles hold a value. What is kept is a function of the set of articles added, not of their order.

    rank_of: an article's rank; it must not change while the article is held.
    `missed` counts what was dropped: once others are removed, only adding everything anew brings it back.
    """

    def __init__(self, rank_of: Callable[[ArticleId], Rank]) -> None:
        self._rank_of = rank_of
        self._lists: dict[int, list[ArticleId]] = {}
        self.missed = 0

    def __len__(self) -> int:
        return len(self._lists)

    def add(self, article_id: ArticleId, values: Iterable[int]) -> None:
        """Put an article under each value; one that is there already must be removed first."""
        for value in values:
            held = self._lists.get(value)
            if held is None:
                self._lists[value] = [article_id]
                continue
            insort(held, article_id, key=self._rank_of)
            if len(held) > PER_DAY:
                self._thin(held, self._rank_of(article_id)[0])

    def remove(self, article_id: ArticleId, values: Iterable[int]) -> None:
        """Take an article from under each value, where it still is."""
        for value in values:
            held = self._lists.get(value)
            if held is None or article_id not in held:
                continue
            held.remove(article_id)
            if not held:
                del self._lists[value]

    def under(self, value: int) -> Sequence[ArticleId]:
        """The articles under a value."""
        return self._lists.get(value, ())

    def _thin(self, held: list[ArticleId], day: int) -> None:
        """Let go of the last article of a day that holds one too many; lists are in the order of ranks."""
        first = bisect_left(held, (day, -inf, 0, 0), key=self._rank_of)
        end = bisect_left(held, (day + 1, -inf, 0, 0), key=self._rank_of)
        if end - first > PER_DAY:
            del held[end - 1]
            self.missed += 1
