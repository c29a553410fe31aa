"""What a rule answers on a pair: a relation, a reason in a word, a sentence, a score."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.match.words import VerdictReason
from ingest.model import Relation


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule's answer; joining relations score 0.5 to 1, `different` below 0.5."""

    relation: Relation
    reason: VerdictReason
    explanation: str
    score: float
    veto: str | None = None


def different(reason: VerdictReason, explanation: str, score: float, veto: str | None = None) -> Finding:
    """An answer that keeps a pair apart."""
    return Finding(Relation.DIFFERENT, reason, explanation, score, veto)
