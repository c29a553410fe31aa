"""What a feed says in its own body about how often to ask."""

from __future__ import annotations

import re
from datetime import timedelta

from ingest.model import FeedHints

_PERIODS = {  # by their first letters: periods are often misspelt ("hour", "day", "dayly", "annually")
    "ho": timedelta(hours=1),
    "da": timedelta(days=1),
    "we": timedelta(days=7),
    "mo": timedelta(days=30),
    "ye": timedelta(days=365),
    "an": timedelta(days=365),
}
_DAYS = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6}
_LONGEST = timedelta(days=365)
_ABOUT_CHARS = 50_000
_SKIP_HOURS = re.compile(r"<skiphours\b[^<>]{0,200}>(.{0,4000}?)</skiphours\s*>", re.IGNORECASE | re.DOTALL)
_SKIP_DAYS = re.compile(r"<skipdays\b[^<>]{0,200}>(.{0,4000}?)</skipdays\s*>", re.IGNORECASE | re.DOTALL)
_HOUR = re.compile(r"<hour\b[^<>]{0,200}>\s*(\d{1,2})\s*</", re.IGNORECASE)
_DAY = re.compile(r"<day\b[^<>]{0,200}>\s*([A-Za-z]{3})[a-z]{0,7}\s*</", re.IGNORECASE)


def hints_of(*, ttl: str | None, period: str | None, frequency: str | None, about: str) -> FeedHints:
    """Read a feed's hints.

    ttl: minutes (RSS 2.0). period, frequency: sy:updatePeriod and sy:updateFrequency; where one is missing it counts
    as daily or 1. about: the feed's XML outside its items, for skipHours and skipDays, of which feedparser keeps only
    the last. Hours are GMT; 24 is midnight (RSS 0.91 counts from 1). What cannot be read is left out; nothing is
    longer than a year.
    """
    return FeedHints(
        ttl=_ttl(ttl),
        update_interval=_update_interval(period, frequency),
        skip_hours=frozenset(int(hour) % 24 for hour in _within(_SKIP_HOURS, _HOUR, about) if int(hour) <= 24),
        skip_days=frozenset(_DAYS[day] for word in _within(_SKIP_DAYS, _DAY, about) if (day := word.lower()) in _DAYS),
    )


def _ttl(raw: str | None) -> timedelta | None:
    minutes = _number(raw)
    if minutes is None or minutes <= 0:
        return None
    return min(timedelta(minutes=min(minutes, 1e6)), _LONGEST)


def _update_interval(period: str | None, frequency: str | None) -> timedelta | None:
    if not (period or "").strip() and not (frequency or "").strip():
        return None
    unit = _PERIODS.get((period or "daily").strip().lower()[:2])
    if unit is None:
        return None
    times = _number(frequency)
    return unit / min(times, 1e6) if times is not None and times >= 1 else unit


def _number(raw: str | None) -> float | None:
    try:
        number = float((raw or "").strip()[:20])
    except ValueError:
        return None
    return number if number == number else None  # noqa: PLR0124 - "nan" is a float, and no number


def _within(outer: re.Pattern[str], inner: re.Pattern[str], about: str) -> list[str]:
    block = outer.search(about, 0, _ABOUT_CHARS)
    return inner.findall(block[1]) if block else []
