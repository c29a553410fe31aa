"""Two articles side by side, with all that is measured on them, in the words that the rules use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from ingest.match.align import Swap, swaps
from ingest.match.features import Features
from ingest.match.measure_pair import (
    Agreement,
    Looseness,
    Overlap,
    Quotation,
    agreement,
    looseness,
    overlap,
    quotation,
    told,
)
from ingest.match.slots import SlotKind
from ingest.match.stamps import Precision

COPY_JACCARD = 0.80
_PASSAGE_RATIO = 0.33
_PART_LEAD = 0.25
_DEVELOPING_S = 36 * 3600.0  # counts of victims rise for a day and a night
_WRITE_THROUGH_S = 12 * 3600.0
_WRITTEN_THROUGH = 0.60
_MIN_KIN_SPECIFICS, _MIN_COUNT = 0.40, 3
_KIN_TITLE = 0.30
_DAY_S = 86400.0
# Shares of the worse lead's pairs and words together: rewrites from .87 on, follow-ups and previews up to .77; where
# characters stand for words, from .75 on and up to .67.
_RETOLD, _UNSPACED_RETOLD = 0.78, 0.68
# Letters without blanks (Thai) find few of a rewrite's words again. There a lead that has as much in common as the
# whole does, under the same figures, is told again; a follow-up's has less, and figures of its own.
_LEAD_BY_BODY, _LEAD_WORDS, _SAME_SPECIFICS, _MANY_SPECIFICS = 0.55, 0.30, 0.70, 8
# The same sum where figures and names are the same: rewrites that recast every sentence from .80 on, previews and
# follow-ups up to .79.
_RECAST, _UNSPACED_RECAST = 0.80, 0.70
_RECAST_CONTAINMENT, _RECAST_RATIO, _RECAST_SPECIFICS = 0.10, 0.30, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What may be set of the rules: by an operator, and by bench/wires.py, which fits them on one part of a file and
    scores them on another.
    """

    rewrites: timedelta = timedelta(days=7)  # so long a story takes rewrites and revisions
    brief_words: int = 150  # wire items and notices: one figure that differs is a tenth of all they say
    brief_template: float = 0.18  # share of common frames that may hold something else, in a brief
    template: float = 0.25  # and in a longer text
    notice_gap: timedelta = timedelta(hours=20)  # a routine notice comes back the next day
    notice_copy: float = 0.90  # Jaccard from which one that comes back is a copy


DEFAULT = Rules()


class Pair:
    """Two articles in the order of their ids. What is costly is measured when it is first asked for."""

    def __init__(self, a: Features, b: Features, rules: Rules = DEFAULT) -> None:
        self.a, self.b, self.rules = a, b, rules
        self.over: Overlap = overlap(a, b)
        self.gap_s = _gap_s(a, b)

    @cached_property
    def loose(self) -> Looseness:
        """The overlaps that survive a rewrite."""
        return looseness(self.a, self.b)

    @cached_property
    def quotation(self) -> Quotation:
        """How much of what they share is somebody else's words."""
        return quotation(self.a, self.b, self.over.shared)

    @cached_property
    def agree(self) -> Agreement:
        """What stands in the frames that both have."""
        return agreement(self.a, self.b)

    @cached_property
    def swaps(self) -> tuple[Swap, ...]:
        """What each puts in the place of the other's words."""
        return swaps(self.a, self.b)

    @property
    def late(self) -> bool:
        """Whether they lie further apart than a story takes rewrites and revisions."""
        return self.gap_s is not None and self.gap_s > self.rules.rewrites.total_seconds()

    @property
    def ratio(self) -> float:
        """Length of the shorter by that of the longer."""
        return min(self.a.words, self.b.words) / max(1, self.a.words, self.b.words)

    @property
    def fewest(self) -> float:
        """Words of the shorter, as a reader counts them."""
        return min(self.a.length, self.b.length)

    @property
    def brief(self) -> bool:
        """Whether one is no longer than a notice."""
        return self.fewest < self.rules.brief_words

    @property
    def one_publisher(self) -> bool:
        """Whether both come from one publisher."""
        return self.a.publisher is not None and self.a.publisher == self.b.publisher

    @property
    def one_address(self) -> bool:
        """Whether both stand at one address."""
        return self.a.url is not None and self.a.url == self.b.url

    @property
    def one_source(self) -> bool:
        """Whether both come from one publisher, or stand at one address."""
        return self.one_publisher or self.one_address

    @property
    def one_agency(self) -> bool:
        """Whether both are one agency's: credited to it, or its own publication."""
        return self.one_publisher or (self.a.agency is not None and self.a.agency == self.b.agency)

    @property
    def marked(self) -> bool:
        """Whether one says that it replaces or carries on an earlier text."""
        return self.a.corrected or self.b.corrected or self.a.updated or self.b.updated

    @property
    def revised(self) -> bool:
        """Whether one says, or shows by its address, that it replaces the other."""
        return self.one_address or (self.marked and (self.one_source or self.over.jaccard >= COPY_JACCARD))

    @property
    def developing(self) -> bool:
        """Whether figures rise with counts of victims, under the same names within a day and a half.

        As the dead grow more, the missing grow fewer: a third of what differs may fall.
        """
        agree, loose = self.agree, self.loose
        if agree.risen == 0 or agree.risen < 2 * agree.fallen or (self.gap_s or 0.0) > _DEVELOPING_S:
            return False
        if any(agree.conflicts(kind) for kind in (SlotKind.NAME, SlotKind.ORDINAL)):
            return False
        if loose.specifics_count < _MIN_COUNT:
            return self.over.title >= _KIN_TITLE
        return loose.specifics >= _MIN_KIN_SPECIFICS

    @property
    def carried_on(self) -> bool:
        """Whether one publisher wrote a long report through within half a day: most words and all names stay."""
        return (
            self.one_publisher
            and not self.brief
            and self.gap_s is not None
            and self.gap_s <= _WRITE_THROUGH_S
            and self.over.most >= _WRITTEN_THROUGH
            and self.loose.specifics >= _MIN_KIN_SPECIFICS
            and not self.agree.conflicts(SlotKind.NAME)
        )

    @property
    def retold(self) -> bool:
        """Whether each tells the other's lead, in whatever words: a follow-up or preview opens with news of its own."""
        loose = self.loose
        least = _RETOLD if self.a.spaced else _UNSPACED_RETOLD
        if loose.least_lead_pairs + loose.least_lead_words >= least:
            return True
        if self.a.details.grain == 1:
            return False
        same = loose.specifics >= _SAME_SPECIFICS and loose.specifics_count >= _MANY_SPECIFICS
        return same and self.even and loose.least_lead_words >= _LEAD_WORDS

    @property
    def recast(self) -> bool:
        """Whether each tells the other's lead and both have the same figures, though hardly a sentence is the same."""
        loose = self.loose
        least = _RECAST if self.a.spaced else _UNSPACED_RECAST
        return (
            self.over.most >= _RECAST_CONTAINMENT
            and self.ratio >= _RECAST_RATIO
            and loose.specifics_count >= _RECAST_SPECIFICS
            and loose.specifics >= _SAME_SPECIFICS
            and loose.least_lead_pairs + loose.least_lead_words >= least
            and self.even
        )

    @property
    def even(self) -> bool:
        """Whether the worse lead has as much in common as the whole; a follow-up's has less than its background."""
        return self.loose.least_lead_pairs >= _LEAD_BY_BODY * self.over.most

    @cached_property
    def told(self) -> float:
        """Share of the shorter's words that stand in the longer's title or lead."""
        return told(self.a, self.b)

    @property
    def inside(self) -> bool:
        """Whether the shorter is but a part of a text that opens with something else, as a round-up or column does."""
        return self.ratio < _PASSAGE_RATIO and self.loose.longer_lead_pairs < _PART_LEAD

    @property
    def lead_of_longer(self) -> float:
        """Share of the longer's lead that stands in the shorter."""
        if self.a.words == self.b.words:
            return self.over.lead
        return self.over.lead_a if self.a.words > self.b.words else self.over.lead_b

    @property
    def lead_of_shorter(self) -> float:
        """Share of the shorter's lead that stands in the longer."""
        if self.a.words == self.b.words:
            return self.over.lead
        return self.over.lead_b if self.a.words > self.b.words else self.over.lead_a


def _gap_s(a: Features, b: Features) -> float | None:
    """Seconds between two articles; None where a time is not known. A bare date beside a time is all of its day."""
    if a.at is None or b.at is None:
        return None
    apart = (a.at - b.at).total_seconds()
    dated, other_dated = (each.claim.stamp.precision is Precision.DAY for each in (a, b))
    if dated == other_dated:
        return abs(apart)
    after = -apart if dated else apart  # by how much the time lies behind the beginning of the day
    return max(-after, after - _DAY_S, 0.0)
