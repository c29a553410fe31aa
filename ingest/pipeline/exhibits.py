"""Articles and pairs as a report shows them: what was said of two texts, beside what a person says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from ingest.match.faults import Fault
from ingest.match.features import features
from ingest.match.verify import compare
from ingest.model import ArticleId, Document, Evidence, Relation, Verdict

TEXT_CHARS = 300

#: An article's id in the words of a file or of the database.
ShownId = str | int


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhibit:
    """One article as a report shows it."""

    id: ShownId
    title: str
    publisher: str | None
    published_at: datetime | None
    text: str  # its first characters
    story: str | None = None  # its label
    kind: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One link of the way by which two articles came into one story."""

    a: ShownId
    b: ShownId
    relation: Relation
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PairExhibit:
    """Two articles on which the rules and a label disagree, with the verdict and its evidence."""

    a: Exhibit
    b: Exhibit
    pairs: int  # how many labelled pairs are wrong in the same way
    together: bool  # whether the two stand in one story
    proposed: bool  # False: the index never proposed the pair, and the verdict is what would have been said
    relation: Relation
    score: float
    reason: str
    explanation: str
    evidence: Evidence
    refused: str | None = None  # one word: why grouping passed over a verdict that joins
    path: tuple[Step, ...] = ()  # where only others joined the two: the way from a to b
    note: str | None = None  # what the person who labelled it wrote


def exhibit(
    document: Document, shown_id: ShownId | None = None, *, story: str | None = None, kind: str | None = None
) -> Exhibit:
    """Return an article as a report shows it. shown_id: where it is not the document's key."""
    return Exhibit(
        id=document.key if shown_id is None else shown_id,
        title=document.title,
        publisher=document.publisher,
        published_at=document.published_at,
        text=document.text[:TEXT_CHARS],
        story=story,
        kind=kind,
    )


def pair_exhibit(
    fault: Fault,
    documents: Callable[[ArticleId], Document],
    show: Callable[[ArticleId], Exhibit],
    *,
    note: str | None = None,
) -> PairExhibit:
    """Return a fault with its articles; a pair that was never proposed is compared now."""
    verdict = fault.verdict or compare(features(documents(fault.a)), features(documents(fault.b)))
    here, steps = fault.a, []
    for link in fault.path:
        there = link.b if link.a == here else link.a
        steps.append(Step(a=show(here).id, b=show(there).id, relation=link.relation, score=link.score))
        here = there
    return judged_exhibit(
        verdict,
        show(fault.a),
        show(fault.b),
        pairs=fault.pairs,
        together=fault.together,
        proposed=fault.verdict is not None,
        refused=fault.refused,
        path=tuple(steps),
        note=note,
    )


def judged_exhibit(
    verdict: Verdict,
    a: Exhibit,
    b: Exhibit,
    *,
    together: bool,
    pairs: int = 1,
    proposed: bool = True,
    refused: str | None = None,
    path: tuple[Step, ...] = (),
    note: str | None = None,
) -> PairExhibit:
    """Return a verdict with its articles."""
    return PairExhibit(
        a=a,
        b=b,
        pairs=pairs,
        together=together,
        proposed=proposed,
        relation=verdict.relation,
        score=verdict.score,
        reason=verdict.reason,
        explanation=verdict.explanation,
        evidence=verdict.evidence,
        refused=refused,
        path=path,
        note=note,
    )
