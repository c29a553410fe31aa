"""Chooses and words what one digest says; both of its renderings, plain and HTML, print these same values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from ingest.model import StoryId
from ingest.model.day import FeedNote, Trouble
from ingest.publish.day import EventFigures, Sheet, muted_counts
from ingest.publish.event_lines import EventLine, Frame, Limits, ReportLine, brief_line, event_line
from ingest.publish.wording import bounded_list, clock, count, flat, long_day, short_day
from ingest.text.urls import mask_within

_REASON_CHARS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCounts:
    """The day in figures: what came in the span, what became of it, and how many feeds stood behind it."""

    articles: int
    stories: int
    events: int
    new_events: int
    muted: int
    no_news: int
    feeds: int
    failing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Events under one heading; `more` says what was left out for want of room, `empty` that there was nothing."""

    title: str
    events: tuple[EventLine, ...] = ()
    briefs: tuple[ReportLine, ...] = ()
    more: str = ""
    empty: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """A publisher's place among the day's sources, and how it moved."""

    place: int
    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteLine:
    """A feed, and what is wrong with it; the address of one without a title is masked."""

    feed: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """One day for one reader, in words; `shown` are the events in it, in their order."""

    heading: str
    window: str
    lead: str
    sections: tuple[Section, ...]
    left_out: tuple[str, ...]
    sources: tuple[SourceLine, ...]
    notes: tuple[NoteLine, ...]
    more_notes: str
    all_link: str | None
    footer: str
    unsubscribe: str | None
    shown: tuple[StoryId, ...]


def count_day(sheet: Sheet) -> DayCounts:
    """The day in figures."""
    told = sheet.sorted
    return DayCounts(
        articles=told.articles,
        stories=told.stories,
        events=len(told.events),
        new_events=sum(not event.goes_on for event in told.events),
        muted=len(told.muted),
        no_news=len(told.no_news),
        feeds=sheet.feeds,
        failing=sum(note.trouble is Trouble.FAILING for note in sheet.notes),
    )


def printable(events: Sequence[EventFigures], limits: Limits) -> tuple[EventFigures, ...]:
    """The events for which there is room, in their order."""
    left = {True: limits.wide, False: limits.brief}
    chosen = []
    for event in events:
        wide = event.reach > 1
        if left[wide] > 0:
            left[wide] -= 1
            chosen.append(event)
    return tuple(chosen)


def word(sheet: Sheet, frame: Frame, limits: Limits) -> Digest:
    """Put the day into words, as much of it as the limits allow."""
    shown = printable(sheet.sorted.events, limits)
    counts = count_day(sheet)
    notes = tuple(_note(note, frame.zone, frame) for note in sheet.notes[: limits.notes])
    return Digest(
        heading=long_day(frame.day),
        window=_window(frame),
        lead=_lead(counts),
        sections=_sections(sheet, shown, frame, limits),
        left_out=_left_out(sheet),
        sources=_sources(sheet)[: limits.sources],
        notes=notes,
        more_notes=_more_notes(len(sheet.notes) - len(notes), named=len(notes)),
        all_link=frame.page("/stories"),
        footer=f"{_made_for(frame)} Times are {frame.zone.key}.",
        unsubscribe=frame.unsubscribe,
        shown=tuple(event.id for event in shown),
    )


def _made_for(frame: Frame) -> str:
    return f"Sent by samewire to {flat(frame.recipient, 120)}." if frame.recipient else "Made by samewire."


# ---------------------------------------------------------------- sections


def _sections(sheet: Sheet, shown: Sequence[EventFigures], frame: Frame, limits: Limits) -> tuple[Section, ...]:
    if sheet.watches:
        return tuple(_watched(name, sheet, shown, frame, limits) for name in sheet.watches)
    events = sheet.sorted.events
    wide = _section("Carried by several publishers", sheet, [e for e in shown if e.reach > 1], frame, limits)
    narrow = _section("Carried by one publisher", sheet, [e for e in shown if e.reach <= 1], frame, limits)
    all_wide = sum(event.reach > 1 for event in events)
    left = (all_wide - len(wide.events), len(events) - all_wide - len(narrow.briefs))
    places = ("carried by several publishers", "carried by one publisher")
    found = (
        Section(title=one.title, events=one.events, briefs=one.briefs, more=f"{n:,} more {where}" if n else "")
        for one, n, where in zip((wide, narrow), left, places, strict=True)
    )
    return tuple(section for section in found if section.events or section.briefs or section.more)


def _watched(name: str, sheet: Sheet, shown: Sequence[EventFigures], frame: Frame, limits: Limits) -> Section:
    """What a watch found; an event that several found stands under the first of them."""
    here = [event for event in shown if _under(event, sheet.watches) == name]
    mine = sum(_under(event, sheet.watches) == name for event in sheet.sorted.events)
    section = _section(f"Watch: {flat(name, 60)}", sheet, here, frame, limits)
    left = mine - len(section.events) - len(section.briefs)
    return Section(
        title=section.title,
        events=section.events,
        briefs=section.briefs,
        more=f"{left:,} more that it found" if left else "",
        empty="" if mine else "Nothing new in this time.",
    )


def _under(event: EventFigures, watches: Sequence[str]) -> str | None:
    return next((name for name in watches if name in event.watches), None)


def _section(title: str, sheet: Sheet, events: Sequence[EventFigures], frame: Frame, limits: Limits) -> Section:
    views = [sheet.views[event.id] for event in events if event.id in sheet.views]
    return Section(
        title=title,
        events=tuple(event_line(view, frame, limits) for view in views if view.figures.reach > 1),
        briefs=tuple(brief_line(view, frame, limits) for view in views if view.figures.reach <= 1),
    )


# ---------------------------------------------------------------- the day in one line


def _lead(counts: DayCounts) -> str:
    """The day in one line."""
    answered = max(0, counts.feeds - counts.failing)
    if counts.events:
        return _made(counts)
    if not counts.feeds:
        return "Nothing to report: no feeds are configured."
    if not answered:
        return (
            f"Nothing to report, and that says nothing about the news: none of "
            f"{count(counts.feeds, 'feed', 'feeds')} answered."
        )
    return f"No new stories in this time; {answered:,} of {count(counts.feeds, 'feed', 'feeds')} answered."


def _made(counts: DayCounts) -> str:
    """ "412 articles from 38 feeds made 130 stories on 95 events, 77 % less to read; 80 events are new, 15 go on." """
    sources = f" from {count(counts.feeds, 'feed', 'feeds')}" if counts.feeds else ""
    made = f"{count(counts.articles, 'article', 'articles')}{sources} made {count(counts.stories, 'story', 'stories')}"
    made += f" on {count(counts.events, 'event', 'events')}"
    saved = round(100 * (1 - counts.events / counts.articles)) if counts.articles else 0
    if saved > 0:
        made += f", {saved} % less to read"
    goes_on = counts.events - counts.new_events
    if not goes_on:
        return f"{made}."
    new = f"{counts.new_events:,} {'is' if counts.new_events == 1 else 'are'} new, " if counts.new_events else ""
    return f"{made}; {new}{goes_on:,} {'goes' if goes_on == 1 else 'go'} on."


def _left_out(sheet: Sheet) -> tuple[str, ...]:
    """What is not in the digest and why, in figures."""
    told = sheet.sorted
    lines = []
    if told.no_news:
        lines.append(f"{count(len(told.no_news), 'event', 'events')} of earlier days had nothing new.")
    if told.muted:
        by_mute = [f"{flat(name, 60)} {number:,}" for name, number in muted_counts(told.muted)]
        lines.append(f"Muted: {count(len(told.muted), 'event', 'events')} ({bounded_list(by_mute, 6)}).")
    return tuple(lines)


def _window(frame: Frame) -> str:
    since, until = frame.since.astimezone(frame.zone), frame.until.astimezone(frame.zone)
    return f"{short_day(since.date())} {since:%H:%M} to {short_day(until.date())} {until:%H:%M}"


# ---------------------------------------------------------------- sources and feeds


def _sources(sheet: Sheet) -> tuple[SourceLine, ...]:
    """Publishers by how often they were first with what others took up, and how that was in the span before."""
    before = {
        score.publisher: (place, score.first) for place, score in enumerate(sheet.scores_before, 1) if score.first
    }
    lines = []
    for place, score in enumerate((score for score in sheet.scores if score.first), 1):
        text = f"first with {score.first:,} of {count(score.stories, 'story', 'stories')} that others had too"
        if score.publisher not in before:
            moved = "with none the time before" if sheet.scores_before else ""
        else:
            was, first = before[score.publisher]
            moved = f"{_up_or_down(place, was)} with {first:,} the time before"
        name = flat(score.publisher, 60)
        lines.append(SourceLine(place=place, name=name, text=", ".join(filter(None, (text, moved)))))
    return tuple(lines)


def _up_or_down(place: int, was: int) -> str:
    if place == was:
        return "as before"
    return f"{'up' if place < was else 'down'} from {was}"


def _note(note: FeedNote, zone: tzinfo, frame: Frame) -> NoteLine:
    since = f" since {clock(note.at, zone, frame.day)}" if note.at else ""
    match note.trouble:
        case Trouble.FAILING:
            what = f"{note.reason}: {note.detail}" if note.detail else note.reason
        case Trouble.SILENT:
            what = f"silent{since}, which is not its habit"
        case Trouble.OVERFLOWED:
            how_often = "once" if note.times == 1 else f"{note.times:,} times"
            what = f"overflowed {how_often}, by {note.entries:,} new entries: poll it more often"
    return NoteLine(feed=flat(mask_within(note.feed), 120), what=flat(mask_within(what), _REASON_CHARS))


def _more_notes(left_out: int, *, named: int) -> str:
    if left_out <= 0:
        return ""
    return f"{left_out:,} more" if named else f"{count(left_out, 'feed', 'feeds')}, not named here"
