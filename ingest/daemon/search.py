"""A look through what is due that costs little however much is, and passes nobody by."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from ingest.store.due import Due

#: Answers what is due after this one, so many at the most, the longest waiting first.
Ask = Callable[[Due | None, int], Awaitable[Sequence[Due]]]
#: Takes one up, or has a reason of its own not to; False where it would, were a place free.
Take = Callable[[Due], bool]


class Search:
    """Shows what is due: the oldest at each look, and further ones while places are free.

    What hosts that are busy have waiting may be more than a look can show, and would hide everybody else's. So where
    the oldest do not fill the places, a look goes on where the one before it ended, and after the last from the start.
    """

    def __init__(self, *, first: int, further: int) -> None:
        self._first, self._further = first, further
        self._passed: Due | None = None  # the last that was shown of the further ones

    async def look(self, ask: Ask, take: Take, free: Callable[[], bool]) -> None:
        """Show what is due to `take`. free: whether there still is a place."""
        oldest = await ask(None, self._first)
        _shown(oldest, take)
        if len(oldest) < self._first:
            self._passed = None
        elif free():
            further = await ask(max(oldest[-1], self._passed or oldest[-1]), self._further)
            shown = _shown(further, take)
            if shown:
                self._passed = further[shown - 1]
            if shown == len(further) < self._further:
                self._passed = None


def _shown(rows: Sequence[Due], take: Take) -> int:
    """How many came before the first for which no place was free; those after it are shown too."""
    refused = [number for number, row in enumerate(rows) if not take(row)]
    return refused[0] if refused else len(rows)
