"""The exact measures on a candidate pair, and the verdict they lead to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ingest.match.features import Features
from ingest.match.measure_pair import Agreement, Looseness, Overlap, agreement, looseness, overlap
from ingest.match.slots import SlotKind
from ingest.model import Evidence, Relation, Verdict

# Round figures, chosen by hand while looking at labelled development pairs, so those flatter them; bench/match.py
# prints how they do on any labelled file.
_BRIEF_WORDS = 150  # wire items and notices: one figure that differs is a tenth of all they say
_COPY_JACCARD = 0.80
_COPY_CONTAINMENT = 0.90
_COPY_RATIO = 0.70
_ABRIDGED_CONTAINMENT = 0.72
_ABRIDGED_LEAD = 0.55
_WHOLE_LEAD = 0.85
_PART_LEAD = 0.25
_SAME_TITLE = 0.80
_KIN_TITLE = 0.30
_PASSAGE_WORDS = 80  # a passage this long may lack the whole's lead
_PASSAGE_RATIO = 0.33
_REWRITE_CONTAINMENT = 0.22
_BRIEF_REWRITE_CONTAINMENT = 0.35
_REWRITE_LEAD_PAIRS = 0.30
_REWRITE_SPECIFICS = 0.50
_REWRITE_VOCABULARY = 0.50
_KEPT_SPECIFICS = 0.35  # where half of the words stand as they were
_MIN_SPECIFICS = 4
_BARE_CONTAINMENT = 0.50  # a rewrite without figures and names to compare must share more words
_OPENER = 0.25
_TEMPLATE_SHARE = 0.25
_BRIEF_TEMPLATE_SHARE = 0.18
_LOOK_CONTAINMENT = 0.12  # below it, and without the lead, nothing else is measured
_LOOK_LEAD = 0.20
_NOTICE_GAP_S = 20 * 3600.0  # a routine notice comes back the next day
_FAR_GAP_S = 4 * 86400.0

#: Reasons that speak against a pair so strongly that they keep two groups apart.
HARD_REASONS = frozenset({"ordinals", "direction", "numbers", "names", "dates", "routine", "liveblog", "roundup"})
_KIND_WORDS = {
    SlotKind.NUMBER: ("numbers", "figures"),
    SlotKind.ORDINAL: ("ordinals", "ordinals"),
    SlotKind.DATE: ("dates", "dates"),
    SlotKind.NAME: ("names", "names"),
    SlotKind.DIRECTION: ("direction", "directions"),
}


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two articles in the order of their ids, with all that was measured on them."""

    a: Features
    b: Features
    over: Overlap
    loose: Looseness
    agree: Agreement
    gap_s: float | None

    @property
    def ratio(self) -> float:
        """Length of the shorter by that of the longer."""
        return min(self.a.words, self.b.words) / max(1, self.a.words, self.b.words)

    @property
    def fewest(self) -> int:
        """Words of the shorter."""
        return min(self.a.words, self.b.words)

    @property
    def one_source(self) -> bool:
        """Whether both come from one publisher, or stand at one address."""
        return (self.a.publisher is not None and self.a.publisher == self.b.publisher) or (
            self.a.url is not None and self.a.url == self.b.url
        )

    @property
    def revised(self) -> bool:
        """Whether one says, or shows by its address, that it replaces the other."""
        if self.a.url is not None and self.a.url == self.b.url:
            return True
        marked = self.a.corrected or self.b.corrected or self.a.updated or self.b.updated
        return marked and (self.one_source or self.over.jaccard >= _COPY_JACCARD)

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


@dataclass(frozen=True, slots=True)
class _Finding:
    relation: Relation
    reason: str
    explanation: str
    score: float
    veto: str | None = None


def compare(a: Features, b: Features) -> Verdict:
    """Return the verdict on a pair, the same whichever comes first; `a` of the verdict has the lower id.

    A joining relation scores 0.5 to 1, `different` below 0.5. The reason is one word, the explanation one sentence with
    the figures that decided.
    """
    if a.id > b.id:
        a, b = b, a
    over = overlap(a, b)
    gap_s = abs((a.at - b.at).total_seconds()) if a.at is not None and b.at is not None else None
    finding = _at_first_sight(a, b, over)
    if finding is None:
        pair = _Pair(a, b, over, looseness(a, b), agreement(a, b), gap_s)
        finding = next(found for rule in _RULES if (found := rule(pair)) is not None)
    return Verdict(
        a=a.id,
        b=b.id,
        relation=finding.relation,
        score=round(min(1.0, max(0.0, finding.score)), 4),
        reason=finding.reason,
        explanation=finding.explanation,
        evidence=Evidence(  # rounded as it is stored, so that what is decided on it later is the same either way
            jaccard=round(over.jaccard, 4),
            containment_a=round(over.of_a, 4),
            containment_b=round(over.of_b, 4),
            title=round(over.title, 4),
            lead_a=round(over.lead_a, 4),
            lead_b=round(over.lead_b, 4),
            gap_s=gap_s,
            shared=over.shared,
            veto=finding.veto,
        ),
    )


def _at_first_sight(a: Features, b: Features, over: Overlap) -> _Finding | None:
    """The verdict on pairs that need no closer look."""
    if a.script != b.script:
        return _different(
            "script", f"One is written in {a.script or 'no letters'}, the other in {b.script or 'none'}.", 0.0
        )
    told = over.most == 1.0 and over.lead == 1.0 and over.title >= _SAME_TITLE
    enough = a.comparable and b.comparable and (told or not (a.brief or b.brief))
    if not enough:
        return _different(
            "short", f"{min(a.words, b.words)} words are too few to tell a copy from a look-alike.", 0.4 * over.most
        )
    if over.most < _LOOK_CONTAINMENT and over.lead < _LOOK_LEAD:
        return _different(
            "dissimilar", f"They share {over.shared} runs of three words, and neither's lead.", 0.5 * over.most
        )
    return None


def _liveblog(pair: _Pair) -> _Finding | None:
    if (pair.a.live or pair.b.live) and pair.over.jaccard < _COPY_JACCARD:
        return _different(
            "liveblog",
            "A live blog quotes many stories and belongs to none of them.",
            0.4 * pair.over.most,
            "live blog",
        )
    return None


def _roundup(pair: _Pair) -> _Finding | None:
    # A cut or reworked copy of a round-up keeps its title; an item quoted in one has a title of its own.
    if (pair.a.roundup or pair.b.roundup) and pair.over.jaccard < 0.6 and pair.over.title < 0.5:
        return _different(
            "roundup", "A round-up tells of several stories and is a copy of none.", 0.4 * pair.over.most, "round-up"
        )
    return None


def _turned(pair: _Pair) -> _Finding | None:
    """Opposite directions or other ordinals in the same words of title or lead."""
    if pair.revised:
        return None
    for kind in (SlotKind.ORDINAL, SlotKind.DIRECTION):
        if pair.agree.lead_conflicts(kind) or pair.agree.conflicts(kind) >= 2:
            return _vetoed(pair, kind)
    return None


def _template(pair: _Pair) -> _Finding | None:
    """Other specifics in too many of the frames that both have."""
    if pair.revised:
        return None
    agree = pair.agree
    limit = _BRIEF_TEMPLATE_SHARE if pair.fewest < _BRIEF_WORDS else _TEMPLATE_SHARE
    lead_told = agree.lead_other >= 2 and agree.lead_other > agree.lead_same
    if (agree.other >= 2 and agree.share >= limit) or (lead_told and agree.share >= limit / 2) or _one_slot(pair):
        kind = max((SlotKind.NUMBER, SlotKind.NAME, SlotKind.DATE, SlotKind.ORDINAL), key=agree.conflicts)
        return _vetoed(pair, kind)
    return None


def _one_slot(pair: _Pair) -> bool:
    """Whether a brief item differs from another in one figure or name out of few, hours or days later."""
    agree = pair.agree
    apart = pair.gap_s is None or pair.gap_s > 6 * 3600.0
    return pair.fewest < _BRIEF_WORDS and agree.other >= 1 and agree.share >= 0.1 and apart


def _routine(pair: _Pair) -> _Finding | None:
    """A brief notice that comes back after a day with other words in it."""
    far = pair.gap_s is not None and pair.gap_s > _NOTICE_GAP_S
    if far and pair.fewest < _BRIEF_WORDS and pair.over.jaccard < 0.9 and pair.over.most < 0.95 and not pair.revised:
        near = pair.gap_s is not None and pair.gap_s <= _FAR_GAP_S
        if near and pair.loose.specifics >= 0.8 and pair.loose.specifics_count >= _MIN_SPECIFICS:
            return None
        hours = (pair.gap_s or 0.0) / 3600
        return _different(
            "routine", f"A brief notice in the same form, {hours:.0f} hours apart.", 0.4 * pair.over.most, "gap"
        )
    return None


def _passages(pair: _Pair) -> _Finding | None:
    """Passages in common under first sentences, titles and specifics of their own: what a publisher puts everywhere."""
    over, loose = pair.over, pair.loose
    told = loose.specifics_count >= _MIN_SPECIFICS and loose.specifics >= _REWRITE_SPECIFICS
    if told or loose.opener >= _OPENER or over.title >= _KIN_TITLE or pair.revised or over.most < _BARE_CONTAINMENT:
        return None
    words = f"{over.most:.0%} of the shorter stands in the longer, but titles, first sentences and figures are others."
    return _different("boilerplate", words, 0.4 * over.most, "shared passages")


def _copied(pair: _Pair) -> _Finding | None:
    over = pair.over
    alike = max(over.jaccard, over.most if over.most >= _COPY_CONTAINMENT and pair.ratio >= _COPY_RATIO else 0.0)
    if alike < _COPY_JACCARD:
        return None
    if pair.revised or (pair.one_source and over.jaccard < 0.995):
        return _revision(pair, alike)
    words = f"{over.most:.0%} of the shorter stands in the longer; {over.jaccard:.0%} of all runs of three words agree."
    return _Finding(Relation.COPY, "copy", words, 0.5 + 0.5 * alike)


def _revised(pair: _Pair) -> _Finding | None:
    """A later text of one source that keeps the earlier one's, whatever was put on top of it."""
    over = pair.over
    if (
        pair.one_source
        and not pair.inside
        and (over.jaccard >= 0.35 or over.most >= 0.6)
        and over.lead >= 0.5
        and pair.agree.share < 0.5
    ):
        return _revision(pair, max(over.jaccard, 0.9 * over.most))
    return None


def _abridged(pair: _Pair) -> _Finding | None:
    if not _abridges(pair):
        return None
    held = pair.over.most
    score = 0.5 + 0.45 * held * (0.6 + 0.4 * max(pair.lead_of_longer, pair.lead_of_shorter))
    return _Finding(
        Relation.ABRIDGEMENT,
        "abridgement",
        f"{held:.0%} of the shorter text stands in the longer, its lead included.",
        score,
    )


def _abridges(pair: _Pair) -> bool:
    """Whether the shorter is the longer cut: nearly all of it is there, and the longer's own lead is in it."""
    held = pair.over.most
    if held < _ABRIDGED_CONTAINMENT or pair.lead_of_shorter < _ABRIDGED_LEAD:
        return False
    if pair.lead_of_longer >= _WHOLE_LEAD or (held >= _COPY_CONTAINMENT and pair.over.title >= _SAME_TITLE):
        return True
    # Something stands before the shorter's opening: an aggregator's furniture, a new top, or a round-up's greeting.
    if pair.lead_of_longer >= _PART_LEAD and pair.over.title >= _KIN_TITLE:
        return True
    return pair.fewest >= _PASSAGE_WORDS and pair.ratio >= _PASSAGE_RATIO


def _inside(pair: _Pair) -> _Finding | None:
    if not pair.inside:
        return None
    words = f"The longer opens with something else and holds {pair.over.most:.0%} of the shorter as a part."
    return _different("part", words, 0.45 * pair.over.most)


def _rewritten(pair: _Pair) -> _Finding | None:
    over, loose = pair.over, pair.loose
    long = pair.fewest >= _PASSAGE_WORDS
    least = _REWRITE_CONTAINMENT if long else _BRIEF_REWRITE_CONTAINMENT
    if over.most < least or loose.lead_pairs < _REWRITE_LEAD_PAIRS or loose.vocabulary < _REWRITE_VOCABULARY:
        return None
    if loose.least_lead_pairs < _PART_LEAD and over.title < _KIN_TITLE and over.most < _BARE_CONTAINMENT:
        words = f"One holds the other's opening, but opens with something else; {over.most:.0%} is shared."
        return _different("part", words, 0.45 * over.most)
    if loose.specifics_count >= _MIN_SPECIFICS:
        if loose.specifics < (_KEPT_SPECIFICS if over.most >= _BARE_CONTAINMENT and long else _REWRITE_SPECIFICS):
            return None
    elif over.most < _BARE_CONTAINMENT:
        return None
    if pair.gap_s is not None and pair.gap_s > _FAR_GAP_S and over.most < _BARE_CONTAINMENT:
        return _different(
            "gap", f"They share {over.most:.0%}, and lie {pair.gap_s / 86400:.0f} days apart.", 0.4 * over.most
        )
    score = 0.5 + 0.4 * (over.most + loose.lead_pairs + loose.vocabulary + loose.specifics) / 4
    words = (
        f"{over.most:.0%} of its runs of three words, {loose.lead_pairs:.0%} of the lead"
        f" and {loose.specifics:.0%} of figures and names agree."
    )
    return _Finding(Relation.REWRITE, "rewrite", words, score)


def _unrelated(pair: _Pair) -> _Finding:
    over = pair.over
    if over.most >= 0.25 and over.lead < 0.4:
        words = f"They share {over.shared} runs of three words, but neither's lead: common passages only."
        return _different("boilerplate", words, 0.4 * over.most, "shared passages")
    return _different(
        "dissimilar", f"They share {over.most:.0%} of the shorter text and {over.lead:.0%} of a lead.", 0.45 * over.most
    )


#: Asked in this order; the last always answers.
_RULES: tuple[Callable[[_Pair], _Finding | None], ...] = (
    _liveblog,
    _roundup,
    _turned,
    _template,
    _routine,
    _passages,
    _copied,
    _revised,
    _abridged,
    _inside,
    _rewritten,
    _unrelated,
)


def _revision(pair: _Pair, alike: float) -> _Finding:
    """A join between two texts of one source, or with a marker of revision."""
    how = "says that it replaces or carries on the other" if pair.revised else "comes from the same publisher"
    return _Finding(
        Relation.REVISION,
        "revision",
        f"One {how}, and {pair.over.most:.0%} of the shorter stands in the longer.",
        0.5 + 0.5 * alike,
    )


def _vetoed(pair: _Pair, kind: SlotKind) -> _Finding:
    """Different, because the same frame holds other specifics."""
    reason, plural = _KIND_WORDS[kind]
    shown = [f"{left} / {right}" for name, left, right in pair.agree.words if name is kind] or ["?"]
    other = pair.agree.other or len(shown)
    places = f"{other} of {pair.agree.same + other} places differ"
    words = f"The same sentences hold other {plural} ({', '.join(shown[:3])}): {places}."
    return _different(reason, words, 0.4 * pair.over.most, shown[0])


def _different(reason: str, explanation: str, score: float, veto: str | None = None) -> _Finding:
    return _Finding(Relation.DIFFERENT, reason, explanation, score, veto)
