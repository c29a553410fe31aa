"""Where the dots of a story's timeline lie: a lane a relation, time from left to right by its logarithm.

Copies come in minutes and rewrites in days: on a scale of hours the first would be one blot.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.browse import wording
from ingest.model import ArticleId, Relation

_LANES = (Relation.ORIGINAL, Relation.COPY, Relation.ABRIDGEMENT, Relation.REWRITE, Relation.REVISION)
_TICKS = (
    *(timedelta(minutes=n) for n in (1, 5, 15)),
    *(timedelta(hours=n) for n in (1, 4)),
    *(timedelta(days=n) for n in (1, 3, 7, 30, 365)),
)
_LEFT, _RIGHT = 2.0, 97.0  # per cent of the width
_CLOSE = 1.6  # per cent: dots nearer than that are stacked
_STACK, _DOT_PX, _LABEL_PX, _GAP_PX = 5, 9, 16, 10
_TICK_APART = 13.0  # per cent between the labels of two ticks


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A member to be placed."""

    article_id: ArticleId
    relation: Relation
    at: datetime
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A dot: `x` in per cent of the width, `y` in pixels."""

    article_id: ArticleId
    x: str
    y: int
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """The dots of one relation, below its name."""

    relation: Relation
    label: str
    label_y: int
    line_y: int
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A mark on the axis of time."""

    x: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """A timeline as its picture needs it."""

    lanes: tuple[Lane, ...]
    ticks: tuple[Tick, ...]
    axis_y: int
    height: int
    told: str  # the same in words


def timeline(members: Sequence[Placed]) -> Timeline | None:
    """The timeline of members that have a time; None for fewer than two."""
    if len(members) < 2:
        return None
    start, end = min(each.at for each in members), max(each.at for each in members)
    span = max((end - start).total_seconds(), 60.0)
    lanes, y = list[Lane](), 4
    for relation in _LANES:
        own = sorted((each for each in members if each.relation is relation), key=lambda each: each.at)
        if own:
            lane, y = _lane(relation, own, start, span, y)
            lanes.append(lane)
    return Timeline(
        lanes=tuple(lanes), ticks=_ticks(span), axis_y=y, height=y + 24, told=_told(lanes, timedelta(seconds=span))
    )


def _lane(relation: Relation, own: Sequence[Placed], start: datetime, span: float, y: int) -> tuple[Lane, int]:
    """A lane that begins at `y`, and where the next one may begin."""
    places = [_x((each.at - start).total_seconds(), span) for each in own]
    levels, anchor, level = list[int](), -100.0, 0
    for x in places:
        if x - anchor < _CLOSE:
            level = (level + 1) % _STACK
        else:
            anchor, level = x, 0
        levels.append(level)
    top = y + _LABEL_PX + _DOT_PX // 2
    dots = tuple(
        Dot(article_id=each.article_id, x=f"{x:.1f}%", y=top + level * _DOT_PX, label=each.label)
        for each, x, level in zip(own, places, levels, strict=True)
    )
    label = f"{wording.RELATIONS[relation]}{f' · {len(own):,}' if len(own) > 1 else ''}"
    lane = Lane(relation=relation, label=label, label_y=y + 11, line_y=top, dots=dots)
    return lane, top + max(levels) * _DOT_PX + _DOT_PX // 2 + _GAP_PX


def _x(seconds: float, span: float) -> float:
    """The place of a time after the first, in per cent."""
    return _LEFT + (_RIGHT - _LEFT) * math.log1p(max(0.0, seconds) / 60) / math.log1p(span / 60)


def _ticks(span: float) -> tuple[Tick, ...]:
    """Marks of round lengths of time, as many as find room."""
    found, last = [Tick(x=f"{_LEFT:.1f}%", label="0")], _LEFT
    for length in _TICKS:
        if length.total_seconds() <= span and (x := _x(length.total_seconds(), span)) - last >= _TICK_APART and x < 95:
            found.append(Tick(x=f"{x:.1f}%", label=f"+{wording.rough(length)}"))
            last = x
    return tuple(found)


def _told(lanes: Sequence[Lane], span: timedelta) -> str:
    parts = [f"{len(lane.dots):,} × {wording.RELATIONS[lane.relation]}" for lane in lanes]
    return f"When each article came out, by what it is to the story: {', '.join(parts)}, over {wording.rough(span)}."
