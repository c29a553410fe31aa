"""How far the rules agree with people: every correction in force is a labelled pair, and the rules alone are asked."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.match.batch import Matched, Progress, match_all, unheard
from ingest.match.faults import Links
from ingest.model import ArticleId, ConstraintKind, Document, Relation
from ingest.pipeline.exhibits import PairExhibit, exhibit, pair_exhibit
from ingest.store import stories
from ingest.store.read_browse import snapshot
from ingest.store.read_corrections import Correction, compared_with, in_force


@dataclass(frozen=True, slots=True, kw_only=True)
class KindAgreement:
    """Of the corrections of one kind: how many there are, and with how many the rules agree by themselves."""

    n: int
    agree: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """A correction that the rules alone would not have made, with the two articles and their verdict."""

    kind: ConstraintKind
    journal_id: int | None
    made_by: str
    made_at: datetime
    pair: PairExhibit


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """What the rules of this version say where people said something."""

    n: int
    agree: int
    kinds: dict[ConstraintKind, KindAgreement]
    disagreements: tuple[Disagreement, ...]  # the newest correction first


def score_corrections(
    connection: sqlite3.Connection, window: timedelta, progress: Progress = unheard
) -> Agreement | None:
    """Ask the rules alone, on present texts, about every correction in force; None where there is none.

    The corrected articles are matched anew with all that they were ever compared or joined with, and no correction is
    told. A merge agrees when both articles come into one story, an `apart` when they do not, a split when the article
    stands alone. Nothing is written.
    """
    with snapshot(connection):
        corrections = in_force(connection)
        if not corrections:
            return None
        named = {i for c in corrections for i in (c.constraint.a, c.constraint.b) if i is not None}
        around = stories.component(connection, [*named, *compared_with(connection, sorted(named))])
        documents = {document.id: document for document in stories.documents(connection, around)}
    matched = match_all(list(documents.values()), window=window, progress=progress)
    return _agreement(corrections, documents, matched)


def _agreement(
    corrections: Sequence[Correction], documents: Mapping[ArticleId, Document], matched: Matched
) -> Agreement:
    links = Links(matched.verdicts, matched.refused)
    places = {member.article_id: number for number, each in enumerate(matched.groups) for member in each.members}
    wrong = []
    for correction in corrections:
        other = _other(correction, links, places, matched)
        if other is None or (places[correction.constraint.a] == places[other]) is _is_merge(correction):
            continue
        fault = links.fault(correction.constraint.a, other, places)
        shown = pair_exhibit(fault, documents.__getitem__, lambda i: exhibit(documents[i], i))
        wrong.append(
            Disagreement(
                kind=correction.constraint.kind,
                journal_id=correction.journal_id,
                made_by=correction.made_by,
                made_at=correction.made_at,
                pair=shown,
            )
        )
    kinds = {}
    for kind in ConstraintKind:
        count = sum(correction.constraint.kind is kind for correction in corrections)
        kinds[kind] = KindAgreement(n=count, agree=count - sum(each.kind is kind for each in wrong))
    return Agreement(
        n=len(corrections), agree=len(corrections) - len(wrong), kinds=kinds, disagreements=tuple(reversed(wrong))
    )


def _is_merge(correction: Correction) -> bool:
    return correction.constraint.kind is ConstraintKind.MERGE


def _other(correction: Correction, links: Links, places: Mapping[ArticleId, int], matched: Matched) -> ArticleId | None:
    """The second article of a correction; for a split the one that the rules would put it with, None where nobody."""
    if correction.constraint.kind is not ConstraintKind.SPLIT:
        return correction.constraint.b
    own = correction.constraint.a
    with_it = [m.article_id for m in matched.groups[places[own]].members if m.article_id != own]

    def certainty(other: ArticleId) -> tuple[float, ArticleId]:
        verdict = links.between(own, other)
        return -verdict.score if verdict and verdict.relation is not Relation.DIFFERENT else 0.0, other

    return min(with_it, key=certainty, default=None)
