"""How good the stories of a labelled file are: scores, thresholds, similarities, the worst errors, and the peers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from ingest.errors import SamewireError
from ingest.match import batch, faults, measure
from ingest.match.batch import Progress, unheard
from ingest.match.cluster import group
from ingest.match.features import MIN_WORDS
from ingest.match.records import LabelledArticle, MemberLine
from ingest.match.spread import Histogram, histograms
from ingest.model import ArticleId, Group, Relation
from ingest.pipeline.batch import match_articles
from ingest.pipeline.exhibits import Exhibit, PairExhibit, exhibit, pair_exhibit
from ingest.text.tokens import words


@dataclass(frozen=True, slots=True, kw_only=True)
class EventScore:
    """How good the events are, each of them the stories that tell of one thing."""

    b3: measure.Score
    merged: float  # share of the events of two or more articles that hold more than one label


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The scores of one run over a labelled file."""

    pairwise: measure.Score
    ari: float
    b3: measure.Score
    kinds: dict[str, measure.KindScore]
    languages: dict[str, measure.LanguageScore]  # of the languages that articles state
    candidate_recall: float
    reachable_recall: float  # the same of pairs that lie within the window, both with words enough to be found by
    first: measure.FirstScore
    events: EventScore | None = None  # where every article has the label `event`


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepStep:
    """Pairwise scores when only verdicts of at least a threshold's score may join."""

    threshold: float
    score: measure.Score
    best: bool  # the highest F1 of the sweep; of equals the strictest


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongFirst:
    """A story whose first publication was named wrong: who was said to be first, who was, and why it was said."""

    story: str  # the label
    said: Exhibit
    true: Exhibit
    confidence: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Errors:
    """What went wrong on a labelled file, worst first."""

    joins: tuple[PairExhibit, ...]  # two labels in one story
    misses: tuple[PairExhibit, ...]  # one label in two stories
    first: tuple[WrongFirst, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerScore:
    """What another method makes of the same articles."""

    name: str
    pairwise: measure.Score
    ari: float
    b3: measure.Score


def evaluate(
    articles: Sequence[LabelledArticle], window: timedelta, progress: Progress = unheard
) -> tuple[Evaluation, list[MemberLine], batch.Matched]:
    """Score the matching on labelled articles. Raises SamewireError when an article has no label."""
    unlabelled = [article.id for article in articles if article.story is None]
    if unlabelled:
        raise SamewireError(f'article {unlabelled[0]!r} has no "story"; evaluate needs a label on every article')
    lines, matched = match_articles(articles, window, progress)
    labels, found = _labels(articles), _places(matched.groups)
    kinds = {article.document.id: article.kind for article in articles if article.kind}
    proposed = {(verdict.a, verdict.b) for verdict in matched.verdicts}
    answers = [(said, true) for _, said, true in _first_answers(articles, lines)]
    evaluation = Evaluation(
        pairwise=measure.pairwise(labels, found),
        ari=measure.adjusted_rand(labels, found),
        b3=measure.b_cubed(labels, found),
        kinds=measure.by_kind(labels, found, kinds),
        languages=measure.by_language(labels, found, _languages(articles)),
        candidate_recall=measure.candidate_recall(labels, proposed),
        reachable_recall=measure.candidate_recall(labels, proposed, _reach(articles, window)),
        first=measure.first_score(answers),
        events=_event_score(articles, lines),
    )
    return evaluation, lines, matched


def sweep(
    articles: Sequence[LabelledArticle],
    matched: batch.Matched,
    thresholds: Sequence[float],
    progress: Progress = unheard,
) -> list[SweepStep]:
    """Pairwise scores when only verdicts of at least each threshold's score may join: what strictness would cost."""
    labels = _labels(articles)
    scores = []
    for done, threshold in enumerate(thresholds, start=1):
        held = [v for v in matched.verdicts if v.relation is Relation.DIFFERENT or v.score >= threshold]
        groups = group(matched.claims, held, series=matched.series).groups
        scores.append(measure.pairwise(labels, _places(groups)))
        progress("sweeping", done, len(thresholds))
    best = max(range(len(scores)), key=lambda place: (scores[place].f1, thresholds[place]), default=-1)
    return [
        SweepStep(threshold=threshold, score=score, best=place == best)
        for place, (threshold, score) in enumerate(zip(thresholds, scores, strict=True))
    ]


def similarities(articles: Sequence[LabelledArticle], matched: batch.Matched) -> dict[str, Histogram]:
    """The candidate pairs by Jaccard similarity and by containment, those of one label beside those of two."""
    return histograms(_labels(articles), matched.verdicts)


def errors(
    articles: Sequence[LabelledArticle], lines: Sequence[MemberLine], matched: batch.Matched, *, limit: int
) -> Errors:
    """The worst false joins, the worst misses and the wrong first publications, so many of each at most."""
    labels, places, links = _labels(articles), _places(matched.groups), faults.Links(matched.verdicts, matched.refused)
    joins = faults.false_joins(labels, places, links, limit=limit)
    missed = faults.misses(labels, places, links, limit=limit)

    def show(article_id: ArticleId) -> Exhibit:
        return _show(articles[article_id])

    def shown(found: Iterable[faults.Fault]) -> tuple[PairExhibit, ...]:
        return tuple(pair_exhibit(fault, lambda i: articles[i].document, show) for fault in found)

    return Errors(
        joins=shown(joins), misses=shown(missed), first=_wrong_firsts(articles, lines, matched.groups)[:limit]
    )


def against(
    articles: Sequence[LabelledArticle], methods: Sequence[str], progress: Progress = unheard
) -> list[PeerScore]:
    """The scores of other methods, by their names in `match.peers`, on the same articles."""
    # Imported here: only who asks for the peers should pay for them.
    from ingest.match.peers import peers  # noqa: PLC0415

    documents, labels = [article.document for article in articles], _labels(articles)
    return [
        PeerScore(
            name=peer.name,
            pairwise=measure.pairwise(labels, peer.groups),
            ari=measure.adjusted_rand(labels, peer.groups),
            b3=measure.b_cubed(labels, peer.groups),
        )
        for method in methods
        for peer in peers(method, documents, progress)
    ]


def _event_score(articles: Sequence[LabelledArticle], lines: Sequence[MemberLine]) -> EventScore | None:
    """The score of the events, or None where an article has no label for its own."""
    labels = {article.document.id: article.event for article in articles if article.event is not None}
    if len(labels) < len(articles):
        return None
    found = {article.document.id: line.event for article, line in zip(articles, lines, strict=True)}
    return EventScore(b3=measure.b_cubed(labels, found), merged=measure.mixed_share(labels, found))


def _labels(articles: Sequence[LabelledArticle]) -> dict[ArticleId, str]:
    return {article.document.id: article.story or "" for article in articles}


def _languages(articles: Sequence[LabelledArticle]) -> dict[ArticleId, str]:
    return {a.document.id: a.document.language for a in articles if a.document.language}


def _reach(articles: Sequence[LabelledArticle], window: timedelta) -> Callable[[ArticleId, ArticleId], bool]:
    """Whether two articles can be proposed for their words: a flash and what comes after the window join otherwise."""
    wordy = {a.document.id for a in articles if _tells(words(a.document.title), words(a.document.text))}
    times = {a.document.id: a.document.published_at for a in articles}

    def reaches(one: ArticleId, other: ArticleId) -> bool:
        at, until = times[one], times[other]
        return one in wordy and other in wordy and (at is None or until is None or abs(at - until) <= window)

    return reaches


def _tells(title: Sequence[str], text: Sequence[str]) -> bool:
    """Whether a text has words enough to be found by, and more than its title says."""
    return len(text) >= MIN_WORDS and not set(text) <= set(title)


def _places(groups: Sequence[Group]) -> dict[ArticleId, int]:
    """For each article the number of its story."""
    return {member.article_id: number for number, each in enumerate(groups) for member in each.members}


def _show(article: LabelledArticle) -> Exhibit:
    return exhibit(article.document, article.id, story=article.story, kind=article.kind)


def _first_answers(
    articles: Sequence[LabelledArticle], lines: Iterable[MemberLine]
) -> list[tuple[str, str | None, str]]:
    """For each labelled story of two or more: its label, what we say was first, and what was (`first`, or `base`)."""
    truth: dict[str, str] = {}
    size = Counter(article.story or "" for article in articles)
    for article in articles:
        story = article.story or ""
        if article.first:
            truth[story] = article.first
        elif article.kind in ("base", "original"):
            truth.setdefault(story, article.document.key)
    said = {str(line.id): None if line.first is None else str(line.first) for line in lines}
    return [(story, said[first], first) for story, first in sorted(truth.items()) if size[story] > 1 and first in said]


def _wrong_firsts(
    articles: Sequence[LabelledArticle], lines: Sequence[MemberLine], groups: Sequence[Group]
) -> tuple[WrongFirst, ...]:
    """The stories whose first publication was named wrong, the most certain of them first."""
    by_key = {article.document.key: article for article in articles}
    first_of = {member.article_id: each.first for each in groups for member in each.members}
    wrong = []
    for story, said, true in _first_answers(articles, lines):
        if said is not None and said != true:
            answer = first_of[by_key[true].document.id]
            wrong.append(
                WrongFirst(
                    story=story,
                    said=_show(by_key[said]),
                    true=_show(by_key[true]),
                    confidence=answer.confidence,
                    reason=answer.reason,
                )
            )
    return tuple(sorted(wrong, key=lambda found: (-found.confidence, found.story)))
