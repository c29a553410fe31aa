"""Where two texts say the same but for a few words: what each puts in the other's place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.match.features import Features
from ingest.match.sign import Hashes, run_hashes

_RUN = 2  # words on either side that must agree
_MAX_GAP = 8  # words, as a reader counts them, that stand in another's place


@dataclass(frozen=True, slots=True, kw_only=True)
class Swap:
    """Words of one text and those that stand in their place in the other."""

    a: tuple[str, ...]
    b: tuple[str, ...]
    place: int  # in a's words, title included
    other_place: int  # in b's
    title: bool


def swaps(a: Features, b: Features) -> tuple[Swap, ...]:
    """Return what is swapped between runs of words that both titles, or both texts, hold once; in a's order."""
    titles = slice(0, a.details.title_words), slice(0, b.details.title_words)
    bodies = (
        slice(max(0, a.details.title_words - _RUN), None),
        slice(max(0, b.details.title_words - _RUN), None),
    )  # edge included
    return (*_swaps(a, b, *titles), *_swaps(a, b, *bodies))


def _swaps(a: Features, b: Features, in_a: slice, in_b: slice) -> Iterator[Swap]:
    """The swaps between a stretch of one and a stretch of the other."""
    at_a, at_b = _anchors(
        run_hashes(a.details.ordered[in_a], size=_RUN), run_hashes(b.details.ordered[in_b], size=_RUN)
    )
    if at_a.size < 2:
        return
    at_a, at_b = at_a + in_a.start, at_b + in_b.start
    gap_a, gap_b = np.diff(at_a) - _RUN, np.diff(at_b) - _RUN
    most = _MAX_GAP * max(1.0, a.words / max(1.0, a.length))
    # Neighbours in one text and not in the other have something moved between them: nothing is swapped there.
    neighbours = np.diff(np.argsort(np.argsort(at_b))) == 1
    fits = neighbours & (gap_a > 0) & (gap_b > 0) & (gap_a <= most) & (gap_b <= most)
    for place in np.flatnonzero(fits).tolist():
        start_a, start_b = int(at_a[place]) + _RUN, int(at_b[place]) + _RUN
        words_a = a.details.spelled[start_a : start_a + int(gap_a[place])]
        words_b = b.details.spelled[start_b : start_b + int(gap_b[place])]
        if words_a != words_b:
            yield Swap(a=words_a, b=words_b, place=start_a, other_place=start_b, title=in_a.start == 0)


def _anchors(a: Hashes, b: Hashes) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Places of the runs that stand once in either text, by their place in the first."""
    values_a, first_a, counts_a = np.unique(a, return_index=True, return_counts=True)
    values_b, first_b, counts_b = np.unique(b, return_index=True, return_counts=True)
    values_a, first_a = values_a[counts_a == 1], first_a[counts_a == 1]
    values_b, first_b = values_b[counts_b == 1], first_b[counts_b == 1]
    _, places_a, places_b = np.intersect1d(values_a, values_b, assume_unique=True, return_indices=True)
    at_a, at_b = first_a[places_a], first_b[places_b]
    order = np.argsort(at_a)
    return at_a[order], at_b[order]
