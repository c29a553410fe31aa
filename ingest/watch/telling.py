"""Decides whether an article that fits a watch is told: of a story once, and again for a term that is new in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from ingest.watch.evaluate import Found


class HitReason(StrEnum):
    """Why an article is a hit."""

    FIRST = "first"  # nothing of its story was told
    TERM = "term"  # it is the first of its story to hold one of the terms


class PassReason(StrEnum):
    """Why an article that fits is no hit."""

    BASELINE = "baseline"  # in its feed's first poll: nobody knows how old it is
    BEFORE = "before"  # its text was there before the watch
    COPY = "copy"  # its story was told, and it has no term that was not


def judge(
    terms: frozenset[str],
    told: Sequence[frozenset[str]],
    *,
    baseline: bool,
    seen_at: datetime,
    added_at: datetime,
) -> HitReason | PassReason:
    """Say whether an article is a hit. told: the terms of each hit that its story has; seen_at: of its present text."""
    if baseline:
        return PassReason.BASELINE
    if seen_at < added_at:
        return PassReason.BEFORE
    if not told:
        return HitReason.FIRST
    return HitReason.TERM if terms - frozenset[str]().union(*told) else PassReason.COPY


def sentence(found: Sequence[Found], *, most: int = 8) -> str:
    """What was found where, for people: `"peace talks" in the title, Anchorage in the text`."""
    shown = [f"{one.label} in the {one.column}" for one in found[:most]]
    if len(found) > most:
        shown.append(f"{len(found) - most} more")
    return ", ".join(shown) if shown else "its source"
