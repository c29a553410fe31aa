"""A story as its page shows it: every figure, time and link worked out here, so that the template only places them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.browse import wording
from ingest.browse.settings import ShowText
from ingest.browse.timeline import Placed, Timeline, timeline
from ingest.browse.wording import Clock, Stamp, cut, title
from ingest.model import ArticleId, ConstraintKind, Relation, StoryMember, StoryView
from ingest.model.events import Kinship
from ingest.store.read_story import RelatedView, RevisionView, Said

#: Members that one page shows; the table behind it has them all.
MAX_MEMBERS = 200
EXCERPT_CHARS = 200
#: Excerpts of members that one page shows; of a long story the later ones go without.
MAX_EXCERPTS = 14
UNDECIDED = "The evidence does not decide who had it first."


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstLine:
    """Who had it first, or why that is not decided."""

    publisher: str | None
    article_id: ArticleId | None
    confidence: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLine:
    """A member on its story's page; `lag` is empty where the first is not decided or the member has no time."""

    article_id: ArticleId
    title: str
    href: str | None
    publisher: str
    publisher_id: int | None
    kind: str
    relation: Relation
    relation_name: str
    score: str
    reason: str
    via: ArticleId | None
    via_publisher: str
    is_first: bool
    at: Stamp
    at_kind: str
    lag: str
    excerpt: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionLine:
    """A text that its publisher replaced."""

    id: int
    article_id: ArticleId
    publisher: str
    title: str
    excerpt: str
    seen: Stamp
    replaced: Stamp
    change: str
    similarity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedLine:
    """Another story of the same happening."""

    id: int
    title: str
    kinship: str
    explanation: str
    publishers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidLine:
    """A person's word on the story, and where it stands."""

    journal_id: int
    words: str
    made_by: str
    made: Stamp
    state: str  # empty: in force
    undone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryPage:
    """Everything on one story's page."""

    id: int
    title: str
    first: FirstLine
    agencies: tuple[str, ...]
    publishers: int
    articles: int
    span: str
    relations: tuple[tuple[Relation, str], ...]
    timeline: Timeline | None
    members: tuple[MemberLine, ...]
    more_members: int
    revisions: tuple[RevisionLine, ...]
    more_revisions: int
    related: tuple[RelatedLine, ...]
    said: tuple[SaidLine, ...]
    created: Stamp | None
    updated: Stamp | None


def story_page(
    view: StoryView,
    revisions: Sequence[RevisionView],
    related: Sequence[RelatedView],
    said: Sequence[Said],
    *,
    clock: Clock,
    show_text: ShowText,
) -> StoryPage:
    """A story for its own page; members keep their order."""
    publisher_of = {member.article_id: member.publisher for member in view.members}
    shown = view.members[:MAX_MEMBERS]
    # A copy says again what stands above it.
    excerpted = {m.article_id for m in [m for m in shown if m.relation is not Relation.COPY][:MAX_EXCERPTS]}
    chars = 0 if show_text is ShowText.NONE else EXCERPT_CHARS
    return StoryPage(
        id=view.id,
        title=title(view.title),
        first=_first(view),
        agencies=tuple(dict.fromkeys(member.agency for member in view.members if member.agency)),
        publishers=len(view.publishers),
        articles=len(view.members),
        span=_span(view.members),
        relations=_relations(view.members),
        timeline=_timeline(shown, view.first),
        members=tuple(
            _member(member, view.first, publisher_of, clock, chars if member.article_id in excerpted else 0)
            for member in shown
        ),
        more_members=len(view.members) - len(shown),
        revisions=tuple(_revision(revision, publisher_of, clock, chars) for revision in revisions),
        more_revisions=max(0, view.revisions - len(revisions)),
        related=tuple(map(_related, related)),
        said=tuple(_said(each, clock) for each in said),
        created=clock.optional(view.created_at),
        updated=clock.optional(view.updated_at),
    )


def lag_of(member: StoryMember, first: StoryMember | None) -> timedelta | None:
    """A member's distance from the first publication; None where it cannot be told, and for the first itself."""
    if first is None or first.article_id == member.article_id:
        return None
    at, first_at = _known_time(member), _known_time(first)
    return at - first_at if at and first_at else None


def _timeline(members: Sequence[StoryMember], first: StoryMember | None) -> Timeline | None:
    placed = []
    for member in members:
        if at := _known_time(member):
            gap = lag_of(member, first)
            words = f"{cut(member.publisher, 60)}, {wording.RELATIONS[member.relation]}"
            label = f"{words}, {wording.lag(gap)}" if gap is not None else words
            placed.append(Placed(article_id=member.article_id, relation=member.relation, at=at, label=label))
    return timeline(placed)


def _related(view: RelatedView) -> RelatedLine:
    kinship = _KINSHIPS[view.kinship] if view.kinship else "same event"
    return RelatedLine(
        id=view.story_id,
        title=title(view.title),
        kinship=kinship,
        explanation=cut(view.explanation, EXCERPT_CHARS),
        publishers=view.publishers,
    )


_KINSHIPS = {
    Kinship.SAME_EVENT: "same event",
    Kinship.FOLLOW_UP: "follow-up",
    Kinship.TRANSLATION: "in another language",
    Kinship.ROUND_UP: "round-up",
}


def _said(said: Said, clock: Clock) -> SaidLine:
    one, other = f"“{cut(said.title_a, 90)}”", f"“{cut(said.title_b or '', 90)}”"
    match said.kind:
        case ConstraintKind.MERGE:
            words = f"{one} and {other} are one story"
        case ConstraintKind.APART:
            words = f"{one} and {other} are two stories"
        case ConstraintKind.SPLIT:
            words = f"{one} stands alone"
    state = "" if said.applied_at else "waits for the daemon, which follows within two seconds"
    return SaidLine(
        journal_id=said.journal_id,
        words=words,
        made_by=said.made_by,
        made=clock.stamp(said.made_at),
        state=f"taken back; {state}" if said.undone_at else state,
        undone=said.undone_at is not None,
    )


def _first(view: StoryView) -> FirstLine:
    first = view.first
    if first is None:
        return FirstLine(publisher=None, article_id=None, confidence="", reason=view.first_reason or UNDECIDED)
    return FirstLine(
        publisher=first.publisher,
        article_id=first.article_id,
        confidence=wording.percent(view.first_confidence),
        reason=view.first_reason,
    )


def _span(members: Sequence[StoryMember]) -> str:
    """From the earliest to the latest member that has a time, in one unit; empty where that says nothing."""
    times = [at for at in map(_known_time, members) if at]
    gap = max(times) - min(times) if times else None
    return wording.rough(gap) if gap and gap.total_seconds() >= 60 else ""


def _relations(members: Sequence[StoryMember]) -> tuple[tuple[Relation, str], ...]:
    """How many members of each relation there are besides the earliest."""
    names = {
        Relation.COPY: ("copy", "copies"),
        Relation.ABRIDGEMENT: ("abridgement", "abridgements"),
        Relation.REWRITE: ("rewrite", "rewrites"),
        Relation.REVISION: ("revision", "revisions"),
    }
    counts = Counter(member.relation for member in members)
    return tuple((r, wording.count(counts[r], *names[r])) for r in names if counts[r])


def _member(
    member: StoryMember,
    first: StoryMember | None,
    publisher_of: Mapping[ArticleId, str],
    clock: Clock,
    excerpt_chars: int,
) -> MemberLine:
    gap, spoken = lag_of(member, first), wording.spoken(member.reason)
    return MemberLine(
        article_id=member.article_id,
        title=title(member.title),
        href=wording.safe_link(member.url),
        publisher=member.publisher,
        publisher_id=member.publisher_id,
        kind=wording.KINDS[member.kind],
        relation=member.relation,
        relation_name=wording.RELATIONS[member.relation],
        score="" if member.relation is Relation.ORIGINAL else wording.percent(member.score),
        reason="" if member.relation is Relation.ORIGINAL or member.reason == member.relation else spoken,
        via=member.via,
        via_publisher=publisher_of.get(member.via, "") if member.via else "",
        is_first=first is not None and first.article_id == member.article_id,
        at=clock.stamp(member.published_at or member.first_seen_at),
        at_kind=_time_kind(member),
        lag=wording.lag(gap) if gap is not None else "",
        excerpt=cut(member.summary, excerpt_chars),
        note=_note(member),
    )


def _known_time(member: StoryMember) -> datetime | None:
    """When a member came out, as far as it is known: a feed's first poll says nothing of what it found there."""
    return member.published_at or (None if member.baseline else member.first_seen_at)


def _time_kind(member: StoryMember) -> str:
    if member.published_at:
        return "published"
    return "in the feed before we watched it, since" if member.baseline else "first seen"


def _note(member: StoryMember) -> str:
    """What a reader should know of the text: who took it or took it back, whose it is instead, or how long it is."""
    if member.gone:
        return member.gone
    if member.withdrawn_at is not None:
        return f"taken back by its publisher: {member.withdrawn_reason}"
    if note := wording.STATUSES[member.status]:
        return note
    return wording.count(member.words, "word", "words") if member.words > 20 else ""


def _revision(
    revision: RevisionView, publisher_of: Mapping[ArticleId, str], clock: Clock, excerpt_chars: int
) -> RevisionLine:
    return RevisionLine(
        id=revision.id,
        article_id=revision.article_id,
        publisher=publisher_of.get(revision.article_id, ""),
        title=title(revision.title),
        excerpt=cut(revision.text, excerpt_chars),
        seen=clock.stamp(revision.seen_at),
        replaced=clock.stamp(revision.replaced_at),
        change=f"+{revision.added_words:,} −{revision.removed_words:,} words",
        similarity=wording.percent(revision.similarity),
    )
