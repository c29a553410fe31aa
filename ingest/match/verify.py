"""The verdict on a candidate pair: the rules in the order in which they are asked, and the evidence they saw."""

from __future__ import annotations

from collections.abc import Callable

from ingest.match import joins, vetoes
from ingest.match.features import Features
from ingest.match.finding import Finding, different
from ingest.match.measure_pair import common
from ingest.match.pair import DEFAULT, Pair, Rules
from ingest.match.slots import SlotKind
from ingest.model import TELLER_SHARE, Evidence, Verdict

_SAME_TITLE = 0.80
_LOOK_CONTAINMENT = 0.12  # below it, and without the lead, nothing else is measured
_LOOK_LEAD = 0.20


#: Asked in this order; the last always answers.
_RULES: tuple[Callable[[Pair], Finding | None], ...] = (
    vetoes.liveblog,
    vetoes.roundup,
    vetoes.quotations,
    vetoes.turned,
    vetoes.exchanged,
    vetoes.template,
    vetoes.routine,
    vetoes.column,
    vetoes.passages,
    joins.copied,
    joins.revised,
    joins.abridged,
    joins.alerted,
    joins.summarised,
    joins.part,
    joins.recast,
    joins.rewritten,
    joins.unrelated,
)


def are_look_alikes(a: Features, b: Features) -> bool:
    """Whether both are brief, each holds most of the other and neither all: issues of one form, as a feed brings them
    by the hundred. No rule could join them and no telling is found in them, so that a verdict would say nothing.
    """
    if not (a.brief and b.brief) or a.flash or b.flash:
        return False
    fewest, most = sorted((a.shingles.size, b.shingles.size))
    return TELLER_SHARE * most <= common(a.shingles, b.shingles) < fewest


def compare(a: Features, b: Features, rules: Rules = DEFAULT) -> Verdict:
    """Return the verdict on a pair, the same whichever comes first; `a` of the verdict has the lower id.

    A joining relation scores 0.5 to 1, `different` below 0.5. The reason is one word, the explanation one sentence with
    the figures that decided.
    """
    if a.id > b.id:
        a, b = b, a
    pair = Pair(a, b, rules)
    finding = _at_first_sight(pair)
    looked = finding is None
    if finding is None:
        finding = next(found for rule in _RULES if (found := rule(pair)) is not None)
    return Verdict(
        a=a.id,
        b=b.id,
        relation=finding.relation,
        score=round(min(1.0, max(0.0, finding.score)), 4),
        reason=finding.reason,
        explanation=finding.explanation,
        evidence=_evidence(pair, finding, looked=looked),
    )


def _evidence(pair: Pair, finding: Finding, *, looked: bool) -> Evidence:
    """What was measured, rounded as it is stored, so that what is decided on it later is the same either way."""
    over = pair.over
    return Evidence(
        jaccard=round(over.jaccard, 4),
        containment_a=round(over.of_a, 4),
        containment_b=round(over.of_b, 4),
        title=round(over.title, 4),
        lead_a=round(over.lead_a, 4),
        lead_b=round(over.lead_b, 4),
        gap_s=pair.gap_s,
        shared=over.shared,
        quoted=round(pair.quotation.share, 4) if looked else 0.0,
        vocabulary=round(pair.loose.vocabulary, 4) if looked else 0.0,
        specifics=round(pair.loose.specifics, 4) if looked else 0.0,
        agreement=_agreement(pair) if looked else (),
        boilerplate=round(max(pair.a.boilerplate, pair.b.boilerplate), 4),
        veto=finding.veto,
    )


def _agreement(pair: Pair) -> tuple[tuple[str, int, int], ...]:
    """By kind of specific, in how many common frames both hold the same, and in how many something else."""
    return tuple(
        (kind.name.lower(), same, other)
        for kind, other, _, same in pair.agree.by_kind
        if kind is not SlotKind.DIRECTION and (same or other)
    )


def _at_first_sight(pair: Pair) -> Finding | None:
    """The verdict on pairs that need no closer look."""
    a, b, over = pair.a, pair.b, pair.over
    if a.script != b.script:
        words = f"One is written in {a.script or 'no letters'}, the other in {b.script or 'none'}."
        return different("script", words, 0.0)
    if a.flash or b.flash:
        return joins.flashed(pair)
    told = over.most == 1.0 and over.lead == 1.0 and over.title >= _SAME_TITLE
    enough = a.comparable and b.comparable and (told or not (a.brief or b.brief))
    if not enough:
        words = f"{min(a.words, b.words)} words are too few to tell a copy from a look-alike."
        return different("short", words, 0.4 * over.most)
    if over.most < _LOOK_CONTAINMENT and over.lead < _LOOK_LEAD:
        words = f"They share {over.shared} runs of three words, and neither's lead."
        return different("dissimilar", words, 0.5 * over.most)
    return None
