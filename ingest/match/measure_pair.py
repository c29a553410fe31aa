"""The plain figures of a pair: overlaps of shingles, leads, titles and specifics, and frames that disagree."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
from numpy.typing import NDArray

from ingest.match.features import Features
from ingest.match.sign import Hashes
from ingest.match.slots import SlotKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """How much of two texts is shared; shares are 0..1. `short` is the one with fewer words."""

    shared: int
    jaccard: float
    of_a: float  # share of a's shingles that stand in b
    of_b: float
    lead_a: float  # share of a's lead that stands in b
    lead_b: float
    title: float

    @property
    def most(self) -> float:
        """The larger of the two containments."""
        return max(self.of_a, self.of_b)

    @property
    def lead(self) -> float:
        """The larger of the two leads' shares."""
        return max(self.lead_a, self.lead_b)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotation:
    """How much of what two texts share is somebody else's words."""

    share: float  # of the shared shingles that stand in quotations
    plain: float  # share of the smaller text without its quotations that stands in the other


@dataclass(frozen=True, slots=True, kw_only=True)
class Looseness:
    """The overlaps that survive a rewrite."""

    vocabulary: float  # of the smaller vocabulary
    lead_pairs: float  # the better lead's runs of two words
    least_lead_pairs: float  # the worse lead's
    least_lead_words: float  # of the worse lead's words
    longer_lead_pairs: float  # the same of the longer text's lead
    opener: float  # the better first sentence's runs of two words
    specifics: float  # of the smaller set of numbers, ordinals and names
    specifics_count: int  # size of the smaller set


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Frames that both texts have: how many hold the same, how many another specific."""

    same: int
    other: int
    lead_same: int
    lead_other: int
    by_kind: tuple[tuple[SlotKind, int, int, int], ...]  # kind, conflicts, conflicts in the lead, agreements
    risen: int  # where both count victims: figures that are larger in the later text
    fallen: int  # and smaller
    words: tuple[tuple[SlotKind, str, str], ...]  # kind, a's words, b's words; the lead's first

    @property
    def share(self) -> float:
        """Share of common frames that hold another specific."""
        return self.other / (self.same + self.other) if self.other else 0.0

    def conflicts(self, kind: SlotKind) -> int:
        """Frames that hold another specific of this kind."""
        return next((count for name, count, _, _ in self.by_kind if name is kind), 0)

    def agreements(self, kind: SlotKind) -> int:
        """Frames that hold the same specific of this kind."""
        return next((count for name, _, _, count in self.by_kind if name is kind), 0)

    def lead_conflicts(self, kind: SlotKind) -> int:
        """The same, in the title or first paragraph."""
        return next((count for name, _, count, _ in self.by_kind if name is kind), 0)


Places = NDArray[np.intp]
Mask = NDArray[np.bool_]

_MAX_WORDS_SHOWN = 6
_KINDS = tuple(SlotKind)  # numbered from 1


def overlap(a: Features, b: Features) -> Overlap:
    """Return the shingle overlaps of a pair."""
    shared = common(a.shingles, b.shingles)
    union = a.shingles.size + b.shingles.size - shared
    titles = common(a.title, b.title)
    return Overlap(
        shared=shared,
        jaccard=shared / union if union else 0.0,
        of_a=shared / a.shingles.size if a.shingles.size else 0.0,
        of_b=shared / b.shingles.size if b.shingles.size else 0.0,
        lead_a=_share(a.lead, b.shingles),
        lead_b=_share(b.lead, a.shingles),
        title=titles / (a.title.size + b.title.size - titles) if titles else 0.0,
    )


def quotation(a: Features, b: Features, shared: int) -> Quotation:
    """Return how much of a pair's shared shingles stands in a quotation of either text."""
    in_quotes_a, in_quotes_b = a.details.quoted, b.details.quoted
    quoted = 0
    if in_quotes_a.size or in_quotes_b.size:
        in_a, in_b = in_quotes_a[_found(in_quotes_a, b.shingles)], in_quotes_b[_found(in_quotes_b, a.shingles)]
        quoted = int(in_a.size + in_b.size - common(in_a, in_b))
    smallest = min(a.shingles.size - in_quotes_a.size, b.shingles.size - in_quotes_b.size)
    return Quotation(
        share=quoted / shared if shared else 0.0, plain=(shared - quoted) / smallest if smallest > 0 else 0.0
    )


def looseness(a: Features, b: Features) -> Looseness:
    """Return the overlaps of a pair that do not ask for three words in a row."""
    shorter, longer = sorted((a, b), key=lambda article: article.words)
    fewest = min(a.details.specifics.size, b.details.specifics.size)
    leads = (_share(a.details.lead_pairs, b.details.pairs), _share(b.details.lead_pairs, a.details.pairs))
    return Looseness(
        vocabulary=common(a.details.vocabulary, b.details.vocabulary)
        / max(1, min(a.details.vocabulary.size, b.details.vocabulary.size)),
        lead_pairs=max(leads),
        least_lead_pairs=min(leads),
        least_lead_words=min(
            _share(a.details.lead_words, b.details.vocabulary), _share(b.details.lead_words, a.details.vocabulary)
        ),
        longer_lead_pairs=_share(longer.details.lead_pairs, shorter.details.pairs),
        opener=max(_share(a.details.opener, b.details.pairs), _share(b.details.opener, a.details.pairs)),
        specifics=common(a.details.specifics, b.details.specifics) / fewest if fewest else 0.0,
        specifics_count=int(fewest),
    )


def told(a: Features, b: Features) -> float:
    """Return the share of the shorter text's words that stand in the longer's title or lead."""
    shorter, longer = sorted((a, b), key=lambda article: article.words)
    opening = np.union1d(longer.details.lead_words, longer.title)
    return _share(shorter.details.vocabulary, opening)


def agreement(a: Features, b: Features) -> Agreement:
    """Return what stands in the frames that a pair has in common."""
    fa, fb = a.details.frames, b.details.frames
    places_a, places_b = _matches(fa.hashes, fb.hashes)
    equal = fa.values[places_a] == fb.values[places_b]
    kinds = fa.kinds[places_a]
    for place in np.flatnonzero(~equal & (kinds == SlotKind.NAME)).tolist():
        equal[place] = _same_name(fa.words[places_a[place]], fb.words[places_b[place]])
    lead = fa.lead[places_a] & fb.lead[places_b]
    stays = kinds != SlotKind.DIRECTION  # that a turn stays the same says nothing
    other = ~equal
    risen, fallen = _growth(a, b, places_a, places_b, other)
    order = sorted(np.flatnonzero(other).tolist(), key=lambda place: (not lead[place], place))
    return Agreement(
        same=int((equal & stays).sum()),
        other=int((other & stays).sum()),
        lead_same=int((equal & lead & stays).sum()),
        lead_other=int((other & lead & stays).sum()),
        by_kind=tuple(
            zip(_KINDS, _by_kind(kinds[other]), _by_kind(kinds[other & lead]), _by_kind(kinds[equal]), strict=True)
        ),
        risen=risen,
        fallen=fallen,
        words=tuple(
            (SlotKind(int(kinds[place])), fa.words[places_a[place]], fb.words[places_b[place]])
            for place in order[:_MAX_WORDS_SHOWN]
        ),
    )


def _by_kind(kinds: NDArray[np.uint8]) -> list[int]:
    """How many there are of each kind of specific."""
    counts: list[int] = np.bincount(kinds, minlength=len(_KINDS) + 1)[1:].tolist()
    return counts


def _growth(a: Features, b: Features, places_a: Places, places_b: Places, other: Mask) -> tuple[int, int]:
    """Where both count victims in title or lead: how many figures rise from the earlier text to the later, and fall.

    Without both times either may be the earlier: all that change in one direction have risen.
    """
    if not (
        (a.details.frames.victims & a.details.frames.lead).any()
        and (b.details.frames.victims & b.details.frames.lead).any()
    ):
        return 0, 0
    counts = other & (a.details.frames.kinds[places_a] == SlotKind.NUMBER)
    change = b.details.frames.numbers[places_b][counts] - a.details.frames.numbers[places_a][counts]
    up, down = int((change > 0).sum()), int((change < 0).sum())
    if a.at is None or b.at is None or a.at == b.at:
        return max(up, down), min(up, down)
    return (up, down) if a.at < b.at else (down, up)


def _same_name(a: str, b: str) -> bool:
    """Whether two names can be one: the words of one are among the other's, or they differ by a slip of the pen."""
    words_a, words_b = set(a.casefold().split()), set(b.casefold().split())
    return words_a <= words_b or words_b <= words_a or likeness(a, b) > 0.9


def likeness(a: str, b: str) -> float:
    """Return how alike two spellings are, 0..1, the same whichever comes first, which difflib's own ratio is not."""
    return SequenceMatcher(None, min(a, b), max(a, b), autojunk=False).ratio()


def common(a: Hashes, b: Hashes) -> int:
    """How many values two sorted sets have in common."""
    return int(np.count_nonzero(_found(a, b) if a.size <= b.size else _found(b, a)))


def _share(part: Hashes, whole: Hashes) -> float:
    """Share of a sorted set that stands in another."""
    return common(part, whole) / part.size if part.size and whole.size else 0.0


def _found(part: Hashes, whole: Hashes) -> Mask:
    """For each value of one sorted set, whether it stands in the other."""
    if not whole.size:
        return np.zeros(part.size, dtype=np.bool_)
    found: Mask = whole.take(whole.searchsorted(part), mode="clip") == part
    return found


def _matches(a: Hashes, b: Hashes) -> tuple[Places, Places]:
    """Places in two sorted arrays that hold the same value."""
    places_a = np.flatnonzero(_found(a, b))
    return places_a, np.searchsorted(b, a[places_a])
