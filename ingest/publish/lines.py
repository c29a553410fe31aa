"""Chooses and words what one digest says; both of its renderings, plain and HTML, print these same values."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ingest.model import ArticleStatus, FeedKind, Relation, StoryMember, StoryView
from ingest.publish.wording import (
    bounded_list,
    clock,
    count,
    first_sentences,
    flat,
    long_day,
    safe_link,
    short_day,
    span,
)
from ingest.text.credits import split_dateline

_NAME_CHARS = 60
_REASON_CHARS = 200
# A desk's word to other desks, not to readers: "UPDATE 2-Ferry fire", "REFILE-", "UPDATE: ...". "CORRECTED" stays.
_SLUG = re.compile(r"\A(?:UPDATE|REFILE|RPT|WRAPUP)(?: \d{1,2})?\s?[-:–—]\s*(?=\S)")
_FORMS = (
    (Relation.COPY, "copy", "copies"),
    (Relation.REWRITE, "rewrite", "rewrites"),
    (Relation.ABRIDGEMENT, "abridgement", "abridgements"),
    (Relation.REVISION, "later version", "later versions"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCounts:
    """The day in figures: what came in the window, and how many feeds stood behind it."""

    articles: int
    stories: int
    feeds: int
    failing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedNote:
    """A feed that needs a person's eye, and what is wrong with it in a few words."""

    feed: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Whose day this is: the bounds of the window, the reader's time zone, where links lead."""

    day: date
    since: datetime
    until: datetime
    zone: ZoneInfo
    public_url: str | None
    recipient: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of the day is printed."""

    wide: int  # stories in several publishers
    brief: int  # stories in one
    names: int  # publishers by name a story
    title_chars: int
    summary_chars: int
    notes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLine:
    """One story that several publishers carried; `rows` are (label, text), the label may be empty."""

    headline: str
    link: str | None
    reach: str
    summary: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BriefLine:
    """One story that a single publisher carried."""

    headline: str
    link: str | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """One day for one reader, in words; the `more_` numbers count what was left out."""

    heading: str
    window: str
    lead: str
    stories: tuple[StoryLine, ...]
    more_stories: int
    briefs: tuple[BriefLine, ...]
    more_briefs: int
    notes: tuple[FeedNote, ...]
    more_notes: str
    all_link: str | None
    footer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """The day's stories in the order of the digest."""

    wide: tuple[StoryView, ...]
    narrow: tuple[StoryView, ...]


def rank(stories: Sequence[StoryView]) -> Ranked:
    """Stories by number of independent publishers, then the most recent first; those of one publisher apart."""
    keyed = [(-reach(story), -_latest(story), story.id, story) for story in stories if story.members]
    keyed.sort(key=lambda item: item[:3])
    return Ranked(
        wide=tuple(story for key, _, _, story in keyed if key < -1),
        narrow=tuple(story for key, _, _, story in keyed if key >= -1),
    )


def reach(story: StoryView) -> int:
    """How many publisher families carried the story on their own account; an aggregator only points at others."""
    return len(_independent(story)) or 1


def headline(story: StoryView, max_chars: int) -> str:
    """The story's title, else the first title among its members; without the slug that a wire puts before it."""
    titles = (story.title, *(member.title for member in story.members))
    shown = (_SLUG.sub("", flat(title, max_chars)) for title in titles)
    return next(filter(None, shown), "(no headline)")


def word(
    ranked: Ranked, frame: Frame, limits: Limits, *, counts: DayCounts, feed_notes: Sequence[FeedNote] = ()
) -> Digest:
    """Put the day into words, as much of it as the limits allow."""
    stories = tuple(_story_line(story, frame, limits) for story in ranked.wide[: limits.wide])
    briefs = tuple(_brief_line(story, frame, limits) for story in ranked.narrow[: limits.brief])
    total = max(counts.stories, len(ranked.wide) + len(ranked.narrow))
    notes = tuple(
        FeedNote(feed=flat(note.feed, 120), what=flat(note.what, _REASON_CHARS)) for note in feed_notes[: limits.notes]
    )
    return Digest(
        heading=long_day(frame.day),
        window=_window(frame),
        lead=_lead(len(ranked.wide), total, counts),
        stories=stories,
        more_stories=len(ranked.wide) - len(stories),
        briefs=briefs,
        more_briefs=total - len(ranked.wide) - len(briefs),
        notes=notes,
        more_notes=_more_notes(max(counts.failing, len(feed_notes)) - len(notes), named=len(notes)),
        all_link=_page(frame, "/stories"),
        footer=f"Sent by samewire to {flat(frame.recipient, 120)}. Times are {frame.zone.key}.",
    )


def _lead(wide: int, stories: int, counts: DayCounts) -> str:
    """The day in one line."""
    answered = max(0, counts.feeds - counts.failing)
    if stories:
        sources = f" from {count(counts.feeds, 'feed', 'feeds')}" if counts.feeds else ""
        became = f"{count(counts.articles, 'article', 'articles')}{sources} made {count(stories, 'story', 'stories')}"
        spread = f"{wide:,} of them" if wide else "none of them"
        return f"{became}, {spread} carried by more than one publisher." if stories > 1 else f"{became}."
    if not counts.feeds:
        return "Nothing to report: no feeds are configured."
    if not answered:
        return (
            f"Nothing to report, and that says nothing about the news: none of "
            f"{count(counts.feeds, 'feed', 'feeds')} answered."
        )
    return f"No new stories in this time; {answered:,} of {count(counts.feeds, 'feed', 'feeds')} answered."


def _more_notes(left_out: int, *, named: int) -> str:
    if left_out <= 0:
        return ""
    return f"{left_out:,} more" if named else f"{count(left_out, 'feed', 'feeds')}, not named here"


def _window(frame: Frame) -> str:
    since, until = frame.since.astimezone(frame.zone), frame.until.astimezone(frame.zone)
    return f"{short_day(since.date())} {since:%H:%M} to {short_day(until.date())} {until:%H:%M}"


def _page(frame: Frame, path: str) -> str | None:
    return safe_link(f"{frame.public_url.rstrip('/')}{path}") if frame.public_url else None


def _link(story: StoryView, frame: Frame) -> str | None:
    """The story's own page where there is one, else the first member that can be linked."""
    if frame.public_url:
        return _page(frame, f"/story/{story.id}")
    members = (story.first, *story.members) if story.first else story.members
    return next(filter(None, (safe_link(member.url) for member in members if member)), None)


# ---------------------------------------------------------------- a story of several publishers


def _story_line(story: StoryView, frame: Frame, limits: Limits) -> StoryLine:
    rows = (_first_row(story, frame), _others_row(story, limits.names), _forms_row(story))
    return StoryLine(
        headline=headline(story, limits.title_chars),
        link=_link(story, frame),
        reach=_reach(story),
        summary=_summary(story, limits.summary_chars),
        rows=tuple(row for row in rows if row),
    )


def _reach(story: StoryView) -> str:
    agency = next((member.agency for member in story.members if member.agency), None)
    credited = f" · agency: {flat(agency, _NAME_CHARS)}" if agency else ""
    return count(reach(story), "publisher", "publishers") + credited


def _summary(story: StoryView, max_chars: int) -> str:
    """Two sentences of the member that was first, else of the earliest that is no aggregator and was read whole."""
    if max_chars == 0:
        return ""
    told = [member for member in story.members if member.summary.strip()]
    if not told:
        return ""

    def rank(member: StoryMember) -> tuple[bool, bool, bool]:
        read_whole = member.status is ArticleStatus.EXTRACTED
        return not read_whole, member.article_id != story.first_article_id, member.kind is FeedKind.AGGREGATOR

    best = min(told, key=rank)  # the earliest of equals: members stand in time order
    _, told_after_dateline = split_dateline(best.summary)  # the agency stands in the line above
    return first_sentences(told_after_dateline or best.summary, 2, max_chars)


def _first_row(story: StoryView, frame: Frame) -> tuple[str, str]:
    first = story.first
    if first is None:
        reason = flat(story.first_reason, _REASON_CHARS).rstrip(".")
        return "", f"Who had it first is not decided{f': {reason}' if reason else ''}."
    text = f"{flat(first.publisher, _NAME_CHARS)}, {_when(first, frame)}"
    return "First:", text + _lag(story, first)


def _lag(story: StoryView, first: StoryMember) -> str:
    """How long the next publisher took; nothing where its time, or the order, is not known."""
    others = _independent(story)
    later = [
        (at, member)
        for member in story.members
        if member.publisher in others and member.publisher != first.publisher and (at := _known_at(member))
    ]
    started = _known_at(first)
    if started is None or not later:
        return ""
    at, second = min(later, key=lambda item: item[0])
    if at < started:
        return ""
    name = flat(second.publisher, _NAME_CHARS)
    about = "" if first.published_at and second.published_at else "about "
    if at - started < timedelta(minutes=1):
        return f"; {name} in the same minute"
    return f"; {about}{span(at - started)} before {name}"


def _others_row(story: StoryView, max_names: int) -> tuple[str, str] | None:
    first = story.first
    own = first.publisher if first else None
    independent = _independent(story)
    others = [flat(name, _NAME_CHARS) for name in independent if name != own]
    pointing = sum(1 for name in story.publishers if name not in independent and name != own)
    parts = []
    if others:
        parts.append(bounded_list(others, max_names) or count(len(others), "publisher", "publishers"))
    if pointing:
        parts.append(count(pointing, "aggregator", "aggregators"))
    return ("Also in" if first else "Carried by", "; ".join(parts)) if parts else None


def _forms_row(story: StoryView) -> tuple[str, str] | None:
    """How the story travelled: "3 copies, 1 rewrite; revised twice"."""
    seen = Counter(member.relation for member in story.members)
    forms = ", ".join(count(seen[relation], one, many) for relation, one, many in _FORMS if seen[relation])
    times = {1: "once", 2: "twice"}.get(story.revisions, f"{story.revisions:,} times")
    revised = f"revised {times}" if story.revisions > 0 else ""
    if not forms:
        return ("", f"{revised.capitalize()}.") if revised else None
    return "Printed as", "; ".join(filter(None, (forms, revised)))


# ---------------------------------------------------------------- a story of one publisher


def _brief_line(story: StoryView, frame: Frame, limits: Limits) -> BriefLine:
    member = story.first or story.members[0]
    names = [flat(name, _NAME_CHARS) for name in story.publishers if name != member.publisher]
    pointing = f", and {count(len(names), 'aggregator', 'aggregators')}" if names else ""
    return BriefLine(
        headline=headline(story, limits.title_chars),
        link=_link(story, frame),
        source=f"{flat(member.publisher, _NAME_CHARS)}, {_when(member, frame)}{pointing}",
    )


# ---------------------------------------------------------------- times and families


def _independent(story: StoryView) -> dict[str, None]:
    """Families with a member of their own, in the order in which they carried the story."""
    return dict.fromkeys(member.publisher for member in story.members if member.kind is not FeedKind.AGGREGATOR)


def _known_at(member: StoryMember) -> datetime | None:
    """When the member appeared, as well as we know; a baseline's first sight says nothing."""
    return member.published_at or (None if member.baseline else member.first_seen_at)


def _when(member: StoryMember, frame: Frame) -> str:
    if member.published_at:
        return clock(member.published_at, frame.zone, frame.day)
    if member.baseline:
        return "time not known"
    return f"seen {clock(member.first_seen_at, frame.zone, frame.day)}"


def _latest(story: StoryView) -> float:
    return max((_known_at(member) or member.first_seen_at).timestamp() for member in story.members)
