"""Which of the articles found under an article's keys are worth comparing with it, and which a cap leaves out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ingest.match.keys import FLASH_S
from ingest.match.sign import Hashes
from ingest.match.sketch import Sketch
from ingest.match.sketches import Flags, Numbers
from ingest.model import ArticleId

#: Seven of the 2,825 development articles have more; what lies beyond is chosen by votes, nearness and digest.
MAX_CANDIDATES = 192
_MAX_ITEMS = 48  # items of one agency around a flash
_FEW = 3
FLASH_US = int(FLASH_S) * 1_000_000


@dataclass(frozen=True, slots=True)
class Asker:
    """The article whose candidates are looked for."""

    whole: bool  # so few words that others must hold all of it
    short: bool  # too few words to be found by its shingles
    body: int  # samples
    lead: int

    @classmethod
    def of(cls, sketch: Sketch) -> Asker:
        """An article by its sketch."""
        return cls(whole=sketch.whole, short=is_short(sketch), body=sketch.body.size, lead=sketch.lead.size)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """The articles found, in columns: what each is, and what it shares with the one that asks."""

    ids: Numbers
    digests: Hashes
    gaps: Numbers  # microseconds between the two; 0 where either time is unknown
    whole: Flags
    short: Flags
    bodies: NDArray[np.integer[Any]]  # samples that each has
    leads: NDArray[np.integer[Any]]
    bands: Flags  # whether a band is the same
    body: Numbers  # samples that are the same
    lead: Numbers
    titled: Flags  # whether the title is
    sources: tuple[Flags, ...]  # whether it is of the same agency or publisher, and a flash beside an item


def is_short(sketch: Sketch) -> bool:
    """Whether a text has too few words to be found by its shingles."""
    return sketch.whole or not sketch.lead.size


def gaps_to(at_us: int | None, times: Numbers, timed: Flags) -> Numbers:
    """Return how far each time lies from one, 0 where either is unknown."""
    if at_us is None:
        return np.zeros(times.size, dtype=np.int64)
    return np.where(timed, np.abs(np.where(timed, times, 0) - at_us), 0)


def chosen(asker: Asker, found: Shared, *, window_us: int) -> tuple[tuple[ArticleId, ...], int]:
    """Return (the articles worth comparing, by id; how many a cap left out); the order of `found` changes nothing.

    Those that share a band, or two sampled shingles; one, where a text has hardly any samples; all, where it has so few
    words that nothing else can join; the same title, where a text is that short; and for a flash the items of its
    agency around it, and the other way round.
    """
    votes = _votes(asker, found)
    titled = found.titled if asker.short else found.titled & found.short
    around, left_out = _around(found)
    votes = np.maximum(votes, 2 * (titled | around))
    fits = np.flatnonzero((found.gaps <= window_us) & (votes > 0))
    if fits.size > MAX_CANDIDATES:
        left_out += int(fits.size) - MAX_CANDIDATES
        # Most votes first, of equals the nearest in time: an order no arrival changes.
        order = np.lexsort((found.ids[fits], found.digests[fits], found.gaps[fits], -votes[fits]))
        fits = fits[order[:MAX_CANDIDATES]]
    ids: list[ArticleId] = np.sort(found.ids[fits]).tolist()
    return tuple(ids), left_out


def _votes(asker: Asker, found: Shared) -> Numbers:
    """How many sampled shingles each shares, a band counting for two; 0 where that makes no candidate.

    The answer is the same whichever of the two asks.
    """
    least = np.where(found.whole, found.leads, 0)
    if asker.whole:
        return np.where(found.lead >= np.maximum(least, max(1, asker.lead)), found.lead, 0)
    votes = found.lead + found.body + 2 * found.bands
    samples = np.minimum(found.bodies, asker.body)
    worth = np.where(found.whole, found.lead >= np.maximum(least, 1), votes >= np.where(samples < _FEW, 1, 2))
    return np.where(worth, votes, 0)


def _around(found: Shared) -> tuple[Flags, int]:
    """A flash and the items of its agency within two hours of each other; and how many of them a cap left out."""
    around, left_out = np.zeros(found.ids.size, dtype=np.bool_), 0
    for near in found.sources:
        fits = np.flatnonzero(near & (found.gaps <= FLASH_US))
        if fits.size > _MAX_ITEMS:
            left_out += int(fits.size) - _MAX_ITEMS
            order = np.lexsort((found.ids[fits], found.digests[fits], found.gaps[fits]))
            fits = fits[order[:_MAX_ITEMS]]
        around[fits] = True
    return around, left_out
