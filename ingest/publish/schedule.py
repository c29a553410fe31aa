"""Says which span a day's digest covers and which day's digest is due, in the reader's time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ingest.errors import ConfigError
from ingest.model.day import EVERY_DAY

_ONE_DAY = timedelta(days=1)


def digest_window(
    day: date, timezone: str, at: time, weekdays: frozenset[int] = EVERY_DAY
) -> tuple[datetime, datetime]:
    """The span (since, until) of a day's digest, in UTC: from the digest before to this one.

    at: local time of day. weekdays: on which there is a digest, 0 is Monday; the first after a gap covers the gap.
    With one every day, 24 hours, 23 or 25 where the clocks change; spans of successive digests join without gap or
    overlap. A local time that the clocks skip is read with the offset before the change (02:30 becomes 03:30), one
    that comes twice is the first of the two. Raises ConfigError for an unknown time zone.
    """
    zone = _zone(timezone)
    until = _instant(day, zone, at)
    before = _earlier(day, weekdays)
    # A zone that crossed the date line skipped a whole day, whose digest would fall on the next one's instant.
    while _instant(before, zone, at) >= until:
        before = _earlier(before, weekdays)
    return _instant(before, zone, at), until


def latest_due(now: datetime, timezone: str, at: time, weekdays: frozenset[int] = EVERY_DAY) -> date:
    """The last day with a digest whose time has passed at `now`. Raises ConfigError for an unknown time zone."""
    zone = _zone(timezone)
    day = now.astimezone(zone).date()
    while _instant(day, zone, at) > now or day.weekday() not in weekdays:
        day -= _ONE_DAY
    return day


def _earlier(day: date, weekdays: frozenset[int]) -> date:
    day -= _ONE_DAY
    while day.weekday() not in weekdays:
        day -= _ONE_DAY
    return day


def _instant(day: date, zone: ZoneInfo, at: time) -> datetime:
    return datetime.combine(day, at.replace(tzinfo=None, fold=0), tzinfo=zone).astimezone(UTC)


def _zone(timezone: str) -> ZoneInfo:
    try:
        return ZoneInfo(timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
        raise ConfigError((f"unknown time zone: {timezone!r}",)) from exc
