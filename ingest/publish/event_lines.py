"""Words one event of the digest: headline, reach, summary, what is new, who was first, and the reports beneath."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ingest.model import ArticleStatus, FeedKind, Relation, StoryMember, StoryView
from ingest.publish.day import Change, EventFigures, EventView
from ingest.publish.wording import bounded_list, clock, count, first_sentences, flat, safe_link, span, without_slug
from ingest.text.credits import split_dateline

_NAME_CHARS = 60
_REASON_CHARS = 200
_FIGURES = 4  # of a revision, by name
_FORMS = (
    (Relation.COPY, "copy", "copies"),
    (Relation.REWRITE, "rewrite", "rewrites"),
    (Relation.ABRIDGEMENT, "abridgement", "abridgements"),
    (Relation.REVISION, "later version", "later versions"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Whose day this is: the bounds of the window, the reader's time zone, where links lead."""

    day: date
    since: datetime
    until: datetime
    zone: ZoneInfo
    public_url: str | None
    recipient: str
    unsubscribe: str | None = None

    def page(self, path: str) -> str | None:
        """The address of one of our own pages, where there are any."""
        return safe_link(f"{self.public_url.rstrip('/')}{path}") if self.public_url else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of the day is printed."""

    wide: int  # events in several publishers
    brief: int  # events in one
    names: int  # publishers by name a story
    reports: int  # other stories beneath an event
    title_chars: int
    summary_chars: int
    sources: int
    notes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLine:
    """A story of a single publisher, or one beneath its event."""

    headline: str
    link: str | None
    source: str
    news: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLine:
    """One event that several publishers carried; `rows` are (label, text), the label may be empty."""

    headline: str
    link: str | None
    reach: str
    summary: str
    rows: tuple[tuple[str, str], ...]
    news: str = ""  # what changed since the digest before; "" for an event that was in none
    reports: tuple[ReportLine, ...] = ()
    more_reports: str = ""


def event_line(event: EventView, frame: Frame, limits: Limits) -> EventLine:
    """An event of several publishers: its widest story in full, the others beneath."""
    lead, *others = event.stories
    reports = tuple(_report(story, frame, limits) for story in others[: limits.reports])
    left_out = len(event.figures.stories) - 1 - len(reports)
    rows = (_first_row(lead, frame), _others_row(lead, limits.names), _forms_row(lead))
    return EventLine(
        headline=headline(lead, limits.title_chars),
        link=_link(lead, frame),
        reach=_reach(event),
        summary=_summary(lead, limits.summary_chars) if _is_worth_telling(event.figures) else "",
        rows=tuple(row for row in rows if row),
        news=_news(event, limits),
        reports=reports,
        more_reports=count(left_out, "other report", "other reports") if left_out > 0 else "",
    )


def _is_worth_telling(event: EventFigures) -> bool:
    """A reader of yesterday's digest has read the summary: it comes again only with another text or report."""
    return not event.goes_on or bool(event.changes or event.new_stories)


def brief_line(event: EventView, frame: Frame, limits: Limits) -> ReportLine:
    """An event that a single publisher carried."""
    line = _report(event.stories[0], frame, limits)
    return ReportLine(headline=line.headline, link=line.link, source=line.source, news=_news(event, limits))


def reach(story: StoryView) -> int:
    """How many publisher families carried the story on their own account; an aggregator only points at others."""
    return len(_independent(story)) or 1


def headline(story: StoryView, max_chars: int) -> str:
    """The story's title, else the first title among its members; without the slug that a wire puts before it."""
    titles = (story.title, *(member.title for member in story.members))
    shown = (without_slug(flat(title, max_chars)) for title in titles)
    return next(filter(None, shown), "(no headline)")


def _link(story: StoryView, frame: Frame) -> str | None:
    """The story's own page where there is one, else the first member that can be linked."""
    if frame.public_url:
        return frame.page(f"/story/{story.id}")
    members = (story.first, *story.members) if story.first else story.members
    return next(filter(None, (safe_link(member.url) for member in members if member)), None)


def _report(story: StoryView, frame: Frame, limits: Limits) -> ReportLine:
    member = story.first or story.members[0]
    independent = _independent(story)
    others = [name for name in independent if name != member.publisher]
    pointing = len([name for name in story.publishers if name not in independent and name != member.publisher])
    with_others = f", and {count(len(others), 'other', 'others')}" if others else ""
    pointed = f", and {count(pointing, 'aggregator', 'aggregators')}" if pointing else ""
    return ReportLine(
        headline=headline(story, limits.title_chars),
        link=_link(story, frame),
        source=f"{flat(member.publisher, _NAME_CHARS)}, {_when(member, frame)}{with_others}{pointed}",
    )


# ---------------------------------------------------------------- what is new


def _news(event: EventView, limits: Limits) -> str:
    """What came since the digest before, for an event that was known then: "now also in A and B; 2 new reports"."""
    figures = event.figures
    if not figures.goes_on:
        return ""
    parts = []
    if figures.came:
        names = [flat(name, _NAME_CHARS) for name in figures.came]
        listed = bounded_list(names, limits.names) or count(len(names), "more publisher", "more publishers")
        parts.append(f"now also in {listed}")
    if figures.new_stories:
        parts.append(count(len(figures.new_stories), "new report", "new reports"))
    parts += [_changed(change, limits) for change in figures.changes]
    return "; ".join(parts)


def _changed(change: Change, limits: Limits) -> str:
    told = []
    if change.old_title is not None and limits.names:
        told.append(f"headline before: “{flat(without_slug(change.old_title), limits.title_chars // 2)}”")
    if change.figures:
        listed = bounded_list(change.figures[: _FIGURES + 1], _FIGURES)
        told.append(f"new figures {listed}" if len(change.figures) > 1 else f"new figure {listed}")
    if change.added_words:
        told.append(f"{count(change.added_words, 'word', 'words')} added")
    return f"{flat(change.publisher, _NAME_CHARS)} revised its text" + (f" ({', '.join(told)})" if told else "")


# ---------------------------------------------------------------- a story of several publishers


def _reach(event: EventView) -> str:
    figures = event.figures
    agency = next((member.agency for story in event.stories for member in story.members if member.agency), None)
    parts = [count(figures.reach, "publisher", "publishers")]
    if len(figures.stories) > 1:
        parts.append(count(len(figures.stories), "report", "reports"))
    if agency:
        parts.append(f"agency: {flat(agency, _NAME_CHARS)}")
    if figures.goes_on:
        parts.append("goes on")
    parts += [f"watch: {flat(name, _NAME_CHARS)}" for name in figures.watches]
    return " · ".join(parts)


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
