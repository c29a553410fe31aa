"""All of matching over a set of articles at once, with the same steps as one at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from ingest.match.cluster import group
from ingest.match.features import Features, features
from ingest.match.index import Index, sketch
from ingest.match.verify import compare
from ingest.model import ArticleId, Constraint, Document, Group, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """What a run did, and which caps bit."""

    articles: int
    pairs: int  # proposed and compared
    joined: int  # verdicts that join
    stories: int
    capped_postings: int
    capped_candidates: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """The stories of a set, with the verdicts that made them."""

    groups: tuple[Group, ...]
    verdicts: tuple[Verdict, ...]  # by (a, b)
    stats: Stats


def match_all(documents: Sequence[Document], *, window: timedelta, constraints: Iterable[Constraint] = ()) -> Matched:
    """Return the stories of a set of documents with distinct ids; the order of the documents changes nothing.

    window: articles whose times both are known and lie further apart are not compared.
    """
    measured = {document.id: features(document) for document in documents}
    index = Index(window)
    pairs = propose(list(measured.values()), index)
    verdicts = tuple(compare(measured[a], measured[b]) for a, b in sorted(pairs))
    groups = group(documents, verdicts, constraints)
    stats = Stats(
        articles=len(measured),
        pairs=len(verdicts),
        joined=sum(verdict.relation != "different" for verdict in verdicts),
        stories=len(groups),
        capped_postings=index.capped_postings,
        capped_candidates=index.capped_candidates,
    )
    return Matched(groups=groups, verdicts=verdicts, stats=stats)


def propose(measured: Sequence[Features], index: Index) -> set[tuple[ArticleId, ArticleId]]:
    """Add articles to an index and return the pairs (lower id first) in which one proposes the other."""
    sketches = {article.id: sketch(article) for article in measured}
    for article in measured:
        index.add(article.id, sketches[article.id], article.at)
    return {
        (min(article.id, other), max(article.id, other))
        for article in measured
        for other in index.candidates(sketches[article.id], article.at)
        if other != article.id
    }
