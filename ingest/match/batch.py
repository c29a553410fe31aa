"""All of matching over a set of articles at once, with the same steps as one at a time."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from ingest.match.attribute import order_key
from ingest.match.claims import Claim
from ingest.match.cluster import group
from ingest.match.event import Pair, StoryPoint, events, link_all
from ingest.match.features import Features, examine, features
from ingest.match.index import Index
from ingest.match.kin import look_alikes, point, speaker
from ingest.match.learning import learn
from ingest.match.profile import profile
from ingest.match.series import Issue, series_of
from ingest.match.sketch import MIN_LATE_WORDS, sketch
from ingest.match.terms import Terms
from ingest.match.verify import are_look_alikes, compare
from ingest.model import ArticleId, Constraint, Document, Group, Grouping, Refusal, StoryId, Verdict
from ingest.model.events import Event, Link

#: Told while a long run goes on: the stage, how much of it is done, how much there is.
Progress = Callable[[str, int, int], None]

_TOLD_EVERY = 64  # pairs; articles are told one by one


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
class Grouped:
    """The stories of a set, before they are related."""

    grouping: Grouping
    verdicts: tuple[Verdict, ...]  # by (a, b)
    series: Mapping[ArticleId, Hashable]  # articles that are issues of a series
    stats: Stats


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """The stories of a set, with the verdicts that made them."""

    groups: tuple[Group, ...]
    verdicts: tuple[Verdict, ...]  # by (a, b)
    refused: tuple[Refusal, ...]  # joining verdicts between two stories
    series: Mapping[ArticleId, Hashable]  # articles that are issues of a series
    claims: tuple[Claim, ...]  # of the documents, in their order
    events: tuple[Event, ...]  # stories are named by their first members
    related: tuple[Link, ...]
    stats: Stats


def unheard(stage: str, done: int, total: int) -> None:
    """The progress that nobody follows."""


def match_all(
    documents: Sequence[Document],
    *,
    window: timedelta,
    constraints: Iterable[Constraint] = (),
    progress: Progress = unheard,
) -> Matched:
    """Return the stories of a set of documents with distinct ids; the order of the documents changes nothing.

    window: articles whose times both are known and lie further apart are not compared.
    """
    measured = measure(documents, progress)
    return match_measured(documents, measured, window=window, constraints=constraints, progress=progress)


def measure(documents: Sequence[Document], progress: Progress = unheard) -> dict[ArticleId, Features]:
    """Return the features of documents by their ids."""
    measured, seen = {}, []
    for done, document in enumerate(documents, start=1):
        measured[document.id], observation = examine(document)
        seen.append(observation)
        progress("measuring", done, len(documents))
    known = learn(seen)
    concerned = {observation.article_id for observation in seen if known.concerns(observation)}
    for document in documents:
        if document.id in concerned:
            measured[document.id] = features(document, known)
    return measured


def match_measured(
    documents: Sequence[Document],
    measured: Mapping[ArticleId, Features],
    *,
    window: timedelta,
    constraints: Iterable[Constraint] = (),
    progress: Progress = unheard,
) -> Matched:
    """Return the stories of documents whose features are at hand already; as `match_all` otherwise."""
    found = group_measured(measured, window=window, constraints=constraints, progress=progress)
    related, happenings = _happenings(documents, measured, found, progress)
    return Matched(
        groups=found.grouping.groups,
        verdicts=found.verdicts,
        refused=found.grouping.refused,
        series=found.series,
        claims=tuple(measured[document.id].claim for document in documents),
        events=happenings,
        related=related,
        stats=found.stats,
    )


def group_measured(
    measured: Mapping[ArticleId, Features],
    *,
    window: timedelta,
    constraints: Iterable[Constraint] = (),
    progress: Progress = unheard,
) -> Grouped:
    """Return the first tier alone: proposed, compared and grouped."""
    index = Index(window)
    pairs = propose(list(measured.values()), index, progress) | late_copies(measured.values())
    verdicts = []
    for done, (a, b) in enumerate(sorted(pairs), start=1):
        if not are_look_alikes(measured[a], measured[b]):
            verdicts.append(compare(measured[a], measured[b]))
        if done % _TOLD_EVERY == 0 or done == len(pairs):
            progress("comparing", done, len(pairs))
    series = series_of(map(issue, measured.values()))
    grouping = group([article.claim for article in measured.values()], verdicts, constraints, series=series)
    stats = Stats(
        articles=len(measured),
        pairs=len(verdicts),
        joined=sum(verdict.relation != "different" for verdict in verdicts),
        stories=len(grouping.groups),
        capped_postings=index.capped_postings,
        capped_candidates=index.capped_candidates,
    )
    return Grouped(grouping=grouping, verdicts=tuple(verdicts), series=series, stats=stats)


def propose(
    measured: Sequence[Features], index: Index, progress: Progress = unheard
) -> set[tuple[ArticleId, ArticleId]]:
    """Add articles to an index and return the pairs (lower id first) in which one proposes the other."""
    sketches = {article.id: sketch(article) for article in measured}
    for article in measured:
        index.add(article.id, sketches[article.id], article.at)
    pairs = set()
    for done, article in enumerate(measured, start=1):
        for other in index.candidates(sketches[article.id], article.at):
            if other != article.id:
                pairs.add((min(article.id, other), max(article.id, other)))
        progress("proposing", done, len(measured))
    return pairs


def late_copies(measured: Iterable[Features]) -> set[tuple[ArticleId, ArticleId]]:
    """Return the pairs of long texts that are the same word for word, whatever lies between: each with the earliest."""
    held: dict[int, list[Features]] = {}
    for article in measured:
        if article.words >= MIN_LATE_WORDS:
            held.setdefault(article.body, []).append(article)
    found = set()
    for copies in held.values():
        earliest = min(copies, key=lambda article: order_key(article.claim))
        found |= {(min(earliest.id, copy.id), max(earliest.id, copy.id)) for copy in copies if copy.id != earliest.id}
    return found


def issue(article: Features) -> Issue:
    """Return an article as its title shows it, for telling series."""
    return Issue(
        id=article.id, publisher=article.publisher, frame=article.title_frame, title=article.title_hash, at=article.at
    )


def told(found: Group, claims: Sequence[Claim], spoken: Document) -> StoryPoint:
    """Return a story as events see it. claims: of its members, or of the earliest alone; spoken: its speaker's text."""
    story_id = StoryId(found.members[0].article_id)
    return point(story_id, claims, profile(spoken), roundup=found.members[0].reason == "roundup")


def happenings(points: Sequence[StoryPoint], alike: Mapping[Pair, str]) -> tuple[tuple[Link, ...], tuple[Event, ...]]:
    """Return what relates stories, and the events they make. alike: stories that were told apart, with the reason."""
    terms = Terms.learn([each.profile for each in points])
    links = link_all(points, terms, look_alikes=alike).links
    return tuple(link for link in links if link.relatedness.kinship is not None), events(points, links)


def _happenings(
    documents: Sequence[Document],
    measured: Mapping[ArticleId, Features],
    first: Grouped,
    progress: Progress,
) -> tuple[tuple[Link, ...], tuple[Event, ...]]:
    """What relates the stories, and the events they make; the second tier changes no story."""
    texts = {document.id: document for document in documents}
    points, story_of = [], {}
    groups, refused = first.grouping.groups, first.grouping.refused
    for done, found in enumerate(groups, start=1):
        story_id = StoryId(found.members[0].article_id)
        story_of.update(dict.fromkeys((member.article_id for member in found.members), story_id))
        claims = [measured[member.article_id].claim for member in found.members]
        points.append(told(found, claims, texts[speaker(claims).id]))
        progress("relating", done, len(groups))
    return happenings(points, look_alikes(first.verdicts, story_of, refused))
