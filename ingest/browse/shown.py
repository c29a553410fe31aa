"""A story as its two pages show it: every figure, time and link worked out here, so that templates only place them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ingest.browse import wording
from ingest.browse.wording import Stamp
from ingest.model import ArticleId, Relation, StoryMember, StoryView
from ingest.store.read_browse import RevisionView

#: Members that one page shows; the table behind it has them all.
MAX_MEMBERS = 200
EXCERPT_CHARS = 320
LIST_EXCERPT_CHARS = 170
UNDECIDED = "The evidence does not decide who had it first."


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstLine:
    """Who had it first, or why that is not decided."""

    publisher: str | None
    article_id: ArticleId | None
    confidence: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLine:
    """A story in the list."""

    id: int
    title: str
    excerpt: str
    first: FirstLine
    publishers: int
    articles: int
    publisher_names: str
    updated: Stamp | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLine:
    """A member on its story's page; `lag` is empty where the first is not decided or the member has no time."""

    article_id: ArticleId
    title: str
    href: str | None
    publisher: str
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

    article_id: ArticleId
    publisher: str
    title: str
    excerpt: str
    seen: Stamp
    replaced: Stamp
    change: str
    similarity: str


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
    members: tuple[MemberLine, ...]
    more_members: int
    revisions: tuple[RevisionLine, ...]
    more_revisions: int
    created: Stamp | None
    updated: Stamp | None


def story_line(view: StoryView, now: datetime) -> StoryLine:
    """A story for the list, as seen at `now`."""
    names = view.publishers
    shown = ", ".join(names[:4])
    lead = view.first or (view.members[0] if view.members else None)
    return StoryLine(
        id=view.id,
        title=_title(view.title),
        excerpt=_cut(lead.summary, LIST_EXCERPT_CHARS) if lead else "",
        first=_first(view),
        publishers=len(names),
        articles=len(view.members),
        publisher_names=f"{shown} and {len(names) - 4:,} more" if len(names) > 5 else ", ".join(names),
        updated=wording.stamp(view.updated_at, now) if view.updated_at else None,
    )


def story_page(view: StoryView, revisions: Sequence[RevisionView], now: datetime) -> StoryPage:
    """A story for its own page, as seen at `now`; members keep their order."""
    publisher_of = {member.article_id: member.publisher for member in view.members}
    shown = view.members[:MAX_MEMBERS]
    return StoryPage(
        id=view.id,
        title=_title(view.title),
        first=_first(view),
        agencies=tuple(dict.fromkeys(member.agency for member in view.members if member.agency)),
        publishers=len(view.publishers),
        articles=len(view.members),
        span=_span(view.members),
        relations=_relations(view.members),
        members=tuple(_member(member, view.first, publisher_of, now) for member in shown),
        more_members=len(view.members) - len(shown),
        revisions=tuple(_revision(revision, publisher_of, now) for revision in revisions),
        more_revisions=max(0, view.revisions - len(revisions)),
        created=wording.stamp(view.created_at, now) if view.created_at else None,
        updated=wording.stamp(view.updated_at, now) if view.updated_at else None,
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
    member: StoryMember, first: StoryMember | None, publisher_of: Mapping[ArticleId, str], now: datetime
) -> MemberLine:
    is_first = first is not None and first.article_id == member.article_id
    at, first_at = _known_time(member), _known_time(first) if first else None
    return MemberLine(
        article_id=member.article_id,
        title=_title(member.title),
        href=wording.safe_link(member.url),
        publisher=member.publisher,
        kind=wording.KINDS[member.kind],
        relation=member.relation,
        relation_name=wording.RELATIONS[member.relation],
        score="" if member.relation is Relation.ORIGINAL else wording.percent(member.score),
        reason="" if member.relation is Relation.ORIGINAL else wording.spoken(member.reason),
        via=member.via,
        via_publisher=publisher_of.get(member.via, "") if member.via else "",
        is_first=is_first,
        at=wording.stamp(member.published_at or member.first_seen_at, now),
        at_kind=_time_kind(member),
        lag=wording.lag(at - first_at) if at and first_at and not is_first else "",
        excerpt=_cut(member.summary, EXCERPT_CHARS),
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
    """What a reader should know of the text: where it is not the article's own, or how long it is."""
    if note := wording.STATUSES[member.status]:
        return note
    return wording.count(member.words, "word", "words") if member.words > 20 else ""


def _revision(revision: RevisionView, publisher_of: Mapping[ArticleId, str], now: datetime) -> RevisionLine:
    return RevisionLine(
        article_id=revision.article_id,
        publisher=publisher_of.get(revision.article_id, ""),
        title=_title(revision.title),
        excerpt=_cut(revision.text, EXCERPT_CHARS),
        seen=wording.stamp(revision.seen_at, now),
        replaced=wording.stamp(revision.replaced_at, now),
        change=f"+{revision.added_words:,} −{revision.removed_words:,} words",
        similarity=wording.percent(revision.similarity),
    )


def _title(title: str) -> str:
    return " ".join(title.split()) or "(no headline)"


def _cut(text: str, max_chars: int) -> str:
    """One line of at most `max_chars`, ended at a word where one is near."""
    line = " ".join(text.split())
    if len(line) <= max_chars:
        return line
    head, space, _ = line[: max_chars - 1].rpartition(" ")
    return (head if space and len(head) * 2 > max_chars else line[: max_chars - 1]).rstrip(" ,;:.") + "…"
