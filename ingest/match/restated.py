"""Numbers that a later text of a story gives otherwise: "12 killed" that has become "15 killed"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from ingest.match.slots import Slot, SlotKind, slots


def restated(old: tuple[str, str], new: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    """Return the numbers that stand in the same words of both (title, text) pairs and differ, as each has them.

    Only counts of victims and what title and first paragraph say: further down texts give numbers of all kinds.
    """
    before, after = _numbers(*old), _numbers(*new)
    changes = [
        (before[frame].words, slot.words)
        for frame, slot in after.items()
        if frame in before and before[frame].value != slot.value
    ]
    return tuple(dict.fromkeys(changes))


def _numbers(title: str, text: str) -> Mapping[tuple[str, ...], Slot]:
    """The numbers by the words around them; words that surround several tell nothing."""
    found = [
        slot for slot in slots(title, text.split("\n")) if slot.kind is SlotKind.NUMBER and (slot.victims or slot.lead)
    ]
    times = Counter(slot.frame for slot in found)
    return {slot.frame: slot for slot in found if times[slot.frame] == 1}
