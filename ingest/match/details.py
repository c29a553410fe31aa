"""What only a closer look at a pair asks of an article: measured when first asked for, and then kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ingest.match.clean import Cleaned
from ingest.match.sign import Hashes, distinct, run_hashes, shingle_hashes, text_hashes, word_hashes
from ingest.match.slots import Slot, SlotKind, slots
from ingest.text.tokens import words

_MAX_ORDERED = 1_500
_EDGES = (("\x1a", "\x1b"), ("\x1c", "\x1d"), ("\x1e", "\x1f"))  # stand where title and text begin and end
_MIN_QUOTED_WORDS = 5
_MAX_QUOTED_CHARS = 40_000
_QUOTATION = re.compile(
    r"“[^“”\n]{20,1200}”|„[^„“\n]{20,1200}“|«[^«»\n]{20,1200}»|「[^「」\n]{8,600}」|『[^『』\n]{8,600}』|\"[^\"\n]{20,1200}\""
)
_PLAIN_NUMBER = re.compile(r"\d{1,12}(?:\.\d{1,6})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frames:
    """A text's unambiguous frames, sorted by hash: what stands in each, of what kind, and whether in the lead."""

    hashes: Hashes
    values: Hashes
    kinds: NDArray[np.uint8]
    lead: NDArray[np.bool_]
    victims: NDArray[np.bool_]  # counts of people killed, hurt, missing, held
    numbers: NDArray[np.float64]  # a number's size; nan where it is none
    words: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Details:
    """The costly features of one text, each a pure function of it. Hashes are uint64, sorted and distinct."""

    cleaned: Cleaned
    title: Sequence[str]  # its words
    words: Sequence[str]  # the text's
    units: Hashes  # of the text's words, or of what says as much, as they stand
    leading: Hashes  # the same of the lead
    opener_tokens: int  # the lead's first sixteen words
    grain: int  # tokens that say as much as a word does

    def measure(self) -> None:
        """Measure what takes longest now, so that it travels with the text and is not measured again elsewhere."""
        _ = self.frames, self.specifics, self.quoted
        vars(self).pop("_slots", None)

    @cached_property
    def pairs(self) -> Hashes:
        """Runs of two words."""
        return shingle_hashes(self.units, size=2, step=self.grain)

    @cached_property
    def vocabulary(self) -> Hashes:
        """The words."""
        return distinct(self.units)

    @cached_property
    def lead_pairs(self) -> Hashes:
        """The lead's runs of two words."""
        return shingle_hashes(self.leading, size=2, step=self.grain)

    @cached_property
    def lead_words(self) -> Hashes:
        """The lead's words."""
        return distinct(self.leading)

    @cached_property
    def opener(self) -> Hashes:
        """The runs of two of the lead's first sixteen words."""
        return shingle_hashes(self.leading[: self.opener_tokens], size=2, step=self.grain)

    @cached_property
    def spelled(self) -> tuple[str, ...]:
        """Edge, the title's words, edge, the text's, edge, as they stand; the first 1,500."""
        return (*_EDGES[0], *self.title, *_EDGES[1], *self.words[:_MAX_ORDERED], *_EDGES[2])[:_MAX_ORDERED]

    @property
    def title_words(self) -> int:
        """How many of `spelled` stand before the text."""
        return min(len(self.title) + 4, _MAX_ORDERED)

    @cached_property
    def ordered(self) -> Hashes:
        """The same as hashes, in their order."""
        return word_hashes(self.spelled)

    @cached_property
    def frames(self) -> Frames:
        """The frames that hold one value throughout."""
        return _frames(self._slots)

    @cached_property
    def specifics(self) -> Hashes:
        """Distinct numbers, ordinals and names; a lone digit is no specific."""
        kinds = (SlotKind.NUMBER, SlotKind.ORDINAL, SlotKind.NAME)
        values = {
            f"{slot.kind.value}:{slot.value}" for slot in self._slots if slot.kind in kinds and len(slot.value) > 1
        }
        return distinct(text_hashes(tuple(values)))

    @cached_property
    def quoted(self) -> Hashes:
        """The runs of three words that stand inside quotations."""
        grain = self.grain
        passages = [
            word_hashes(words(found.group())) for found in _QUOTATION.finditer(self.cleaned.text[:_MAX_QUOTED_CHARS])
        ]
        runs = [
            shingle_hashes(run_hashes(passage, size=grain), size=3, step=grain)
            for passage in passages
            if passage.size >= _MIN_QUOTED_WORDS * grain
        ]
        return distinct(np.concatenate(runs)) if runs else np.empty(0, dtype=np.uint64)

    @cached_property
    def _slots(self) -> tuple[Slot, ...]:
        return slots(self.cleaned.title, self.cleaned.paragraphs)


def _frames(found: tuple[Slot, ...]) -> Frames:
    held: dict[tuple[str, ...], Slot | None] = {}
    for slot in found:
        before = held.get(slot.frame, slot)
        held[slot.frame] = before if before is not None and before.value == slot.value else None
    kept = [slot for slot in held.values() if slot is not None]
    hashes = text_hashes(["\x1f".join(slot.frame) for slot in kept])
    order = np.argsort(hashes)
    return Frames(
        hashes=hashes[order],
        values=word_hashes([slot.value for slot in kept])[order],
        kinds=np.array([slot.kind.value for slot in kept], dtype=np.uint8)[order],
        lead=np.array([slot.lead for slot in kept], dtype=np.bool_)[order],
        victims=np.array([slot.victims for slot in kept], dtype=np.bool_)[order],
        numbers=np.array([_size(slot) for slot in kept], dtype=np.float64)[order],
        words=tuple(kept[place].words for place in order),
    )


def _size(slot: Slot) -> float:
    """How large the number in a slot is; nan where it holds none that could be compared."""
    return float(slot.value) if slot.kind is SlotKind.NUMBER and _PLAIN_NUMBER.fullmatch(slot.value) else float("nan")
