"""Builds the weekly report: a page that stands alone, with charts as SVG, for the screen and for paper."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ingest.model import FeedKind, StoryId
from ingest.model.week import DayVolume, Taken, WeekRows
from ingest.publish.templating import template
from ingest.publish.wording import count, flat, long_day, short_day, span

MAX_NAMES = 10  # in one chart
_NAME_CHARS = 40
_LAGS = (
    ("under 5 min", timedelta(minutes=5)),
    ("5 to 15 min", timedelta(minutes=15)),
    ("15 to 60 min", timedelta(hours=1)),
    ("1 to 3 h", timedelta(hours=3)),
    ("3 to 12 h", timedelta(hours=12)),
    ("later", timedelta.max),
)
_REACHES = (("1", 1), ("2", 2), ("3 to 4", 4), ("5 to 9", 9), ("10 and more", 10**9))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar: its name, its length as a share of the longest (0..1), what is written at its end."""

    name: str
    share: float
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Bars under a title, with a sentence that says how to read them."""

    title: str
    note: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Who takes up whose stories: a row for each who was first, a column for each who followed; shares for shading."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[int, float], ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """A week in words and figures."""

    heading: str
    lead: str
    charts: tuple[Chart, ...]
    grid: Grid


def sum_up(rows: WeekRows, *, last_day: date) -> Week:
    """The week whose last day this is. Aggregators count nowhere but in the number of articles."""
    taken = [one for one in rows.taken if one.kind is not FeedKind.AGGREGATOR]
    articles, stories = sum(day.articles for day in rows.days), sum(day.stories for day in rows.days)
    shared = sum(houses > 1 for houses in rows.reaches)
    lead = f"{count(articles, 'article', 'articles')} made {count(stories, 'story', 'stories')}"
    if stories:
        lead += f", {shared:,} of them carried by more than one publisher"
    return Week(
        heading=f"The week to {long_day(last_day)}",
        lead=f"{lead}.",
        charts=(
            Chart(
                title="Volume",
                note="Articles a day, and how many stories began.",
                bars=_bars((short_day(day.day), day.articles, _volume(day)) for day in rows.days),
            ),
            Chart(
                title="Reach",
                note="Stories by the number of independent publishers that carried them.",
                bars=_bars((name, number, f"{number:,}") for name, number in _spread(rows.reaches)),
            ),
            Chart(
                title="Lag from the first publisher",
                note="How long after the first publication others carried the story, by their own stamps.",
                bars=_bars((name, number, f"{number:,}") for name, number in _lags(taken)),
            ),
            Chart(
                title="First, and followed",
                note="Stories that a publisher had first and others took up; the median lag of those who followed.",
                bars=_bars(_firsts(taken)),
            ),
            Chart(
                title="Agencies",
                note="Articles by the agency that they credit.",
                bars=_bars(_agencies(rows.agencies, articles)),
            ),
        ),
        grid=_grid(taken),
    )


def render(week: Week) -> str:
    """The page."""
    return template("week.html").render(week=week)


def _volume(day: DayVolume) -> str:
    return f"{day.articles:,}, {count(day.stories, 'story', 'stories')}" if day.articles else "none"


def _spread(reaches: Sequence[int]) -> list[tuple[str, int]]:
    found, least = [], -1
    for name, most in _REACHES:
        found.append((name, sum(least < houses <= most for houses in reaches)))
        least = most
    return found


def _followers(taken: Iterable[Taken]) -> dict[tuple[StoryId, str, str], timedelta | None]:
    """Each publisher's first article in a story that another had first, with its lag; None where a stamp is missing."""
    found: dict[tuple[StoryId, str, str], timedelta | None] = {}
    for one in taken:
        if one.publisher != one.first:
            lag = one.at - one.first_at if one.at and one.first_at else None
            found.setdefault((one.story_id, one.first, one.publisher), lag)
    return found


def _lags(taken: Sequence[Taken]) -> list[tuple[str, int]]:
    known = [lag for lag in _followers(taken).values() if lag is not None and lag >= timedelta()]
    found, least = [], timedelta(-1)
    for name, most in _LAGS:
        found.append((name, sum(least < lag <= most for lag in known)))
        least = most
    return found


def _firsts(taken: Sequence[Taken]) -> list[tuple[str, int, str]]:
    followers = _followers(taken)
    stories, lags = dict[str, set[StoryId]](), dict[str, list[timedelta]]()
    for (story, first, _), lag in followers.items():
        stories.setdefault(first, set()).add(story)
        if lag is not None and lag >= timedelta():
            lags.setdefault(first, []).append(lag)
    order = sorted(stories, key=lambda name: (-len(stories[name]), name))[:MAX_NAMES]
    return [
        (name, len(stories[name]), f"{count(len(stories[name]), 'story', 'stories')}{_median(lags.get(name, []))}")
        for name in order
    ]


def _median(lags: list[timedelta]) -> str:
    return f", {span(sorted(lags)[len(lags) // 2])}" if lags else ""


def _agencies(agencies: Sequence[tuple[str | None, int]], articles: int) -> list[tuple[str, int, str]]:
    named = [(name, number) for name, number in agencies if name][:MAX_NAMES]
    return [(name, number, f"{number:,}, {100 * number / articles:.0f} %") for name, number in named]


def _grid(taken: Sequence[Taken]) -> Grid:
    pairs = Counter((first, publisher) for _, first, publisher in _followers(taken))
    firsts, others = Counter[str](), Counter[str]()
    for (first, other), number in pairs.items():
        firsts[first] += number
        others[other] += number
    columns = [name for name, _ in sorted(others.items(), key=lambda item: (-item[1], item[0]))[:MAX_NAMES]]
    rows = [name for name, _ in sorted(firsts.items(), key=lambda item: (-item[1], item[0]))[:MAX_NAMES]]
    most = max(pairs.values(), default=1)
    return Grid(
        columns=tuple(flat(name, _NAME_CHARS) for name in columns),
        rows=tuple(
            (
                flat(first, _NAME_CHARS),
                tuple((pairs[first, other], pairs[first, other] / most) for other in columns),
            )
            for first in rows
        ),
    )


def _bars(rows: Iterable[tuple[str, int, str]]) -> tuple[Bar, ...]:
    found = list(rows)
    most = max((number for _, number, _ in found), default=0) or 1
    return tuple(Bar(name=flat(name, _NAME_CHARS), share=number / most, text=text) for name, number, text in found)
