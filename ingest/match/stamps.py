"""Between which moments an article came out: its stamp, how fine it is, what feeds showed, and what cannot be."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum

EARLIEST = datetime.min.replace(tzinfo=UTC)
LATEST = datetime.max.replace(tzinfo=UTC)
_HOUR_S = 3600.0
_TOLERANCE = timedelta(minutes=5)  # clocks of publishers run apart from ours
_STALE = timedelta(days=30)  # the longest that a followed feed can have kept an entry from us
_FIRST_YEAR = 1995  # news was not published on the web before; 1970 and the like are a program's zero


class Precision(StrEnum):
    """How finely a stamp tells the time."""

    NONE = "none"
    DAY = "day"
    HOUR = "hour"  # on the hour: a time, or the default of a form
    MINUTE = "minute"
    SECOND = "second"


# Hours from UTC of the places where a language's newsrooms are: a bare date is a day there. Others lie anywhere.
# fmt: off
_OFFSETS_H: dict[str, tuple[float, float]] = {
    "de": (1, 2), "it": (1, 2), "pl": (1, 2), "nl": (1, 2), "sv": (1, 2), "da": (1, 2), "nb": (1, 2), "no": (1, 2),
    "cs": (1, 2), "sk": (1, 2), "hu": (1, 2), "hr": (1, 2), "sr": (1, 2), "sl": (1, 2), "fi": (2, 3), "el": (2, 3),
    "ro": (2, 3), "bg": (2, 3), "uk": (2, 3), "he": (2, 3), "tr": (3, 3), "fa": (3.5, 3.5), "ar": (0, 4), "ru": (2, 12),
    "hi": (5.5, 5.5), "bn": (5.5, 6), "ta": (5.5, 5.5), "ur": (5, 5.5), "th": (7, 7), "vi": (7, 7), "id": (7, 9),
    "ms": (8, 8), "zh": (8, 8), "ja": (9, 9), "ko": (9, 9), "fr": (-5, 2), "es": (-8, 2), "pt": (-5, 1),
    "en": (-10, 13),
}
# fmt: on
_ANYWHERE_H = (-12.0, 14.0)
_NARROW_H = 1.5  # where a language's offsets lie so close together, its midnights can be told in UTC


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """When an article says that it came out, and what else bounds it."""

    at: datetime | None
    precision: Precision
    earliest: datetime
    latest: datetime  # at or before which it was out, by its stamp or because a feed showed it
    doubt: str | None = None  # why the stamp is not believed
    seen_at: datetime | None = None  # when a feed showed it that was followed before
    since: float = field(init=False, compare=False)  # `earliest` and `latest` in seconds, which compare faster
    until: float = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "since", self.earliest.timestamp())
        object.__setattr__(self, "until", self.latest.timestamp())

    @property
    def exact(self) -> bool:
        """Whether the stamp is believed and tells one moment."""
        return self.precision in (Precision.HOUR, Precision.MINUTE, Precision.SECOND) and self.doubt is None

    @property
    def loose(self) -> bool:
        """Whether it leaves open more than it tells: there is none, a day only, or one that is not believed."""
        return not self.exact

    def is_default_beside(self, at_s: float) -> bool:
        """Whether a full hour may be a form's default, so that the article may be as early or late as a moment.

        A default stands for any time of its hour, noon for any of its day. Asked where another stamp tells the second.
        """
        if self.precision is not Precision.HOUR or self.at is None or self.doubt is not None:
            return False
        if self.at.time() == time(12):
            return abs(at_s - self.since) < 12 * _HOUR_S
        return 0 <= at_s - self.since < _HOUR_S


def read_stamp(
    published_at: datetime | None, *, first_seen_at: datetime | None, baseline: bool, language: str | None
) -> Stamp:
    """Return what a stamp tells, given when a feed first showed the article.

    A bare date (midnight sharp, in UTC or where its language is spoken) is a day somewhere on earth. A stamp of more
    than five minutes after we saw the article is not believed, nor one of a month before a feed that was followed all
    the while first showed it, nor one from before the web. `baseline` says that the feed's first poll showed it: then
    `first_seen_at` contradicts stamps, and proves nothing else.
    """
    seen_at = None if baseline else first_seen_at
    if published_at is None:
        return Stamp(
            at=None, precision=Precision.NONE, earliest=EARLIEST, latest=_bounded(LATEST, seen_at), seen_at=seen_at
        )
    doubt = _doubt(published_at, first_seen_at, seen_at)
    precision, earliest, latest = _bounds(published_at, (language or "").partition("-")[0].lower())
    if doubt is not None:
        earliest, latest = EARLIEST, LATEST
    latest = _bounded(latest, seen_at)
    return Stamp(
        at=published_at,
        precision=precision,
        earliest=min(earliest, latest),
        latest=latest,
        doubt=doubt,
        seen_at=seen_at,
    )


def _doubt(published_at: datetime, first_seen_at: datetime | None, seen_at: datetime | None) -> str | None:
    """Why a stamp cannot be right, or None."""
    if published_at.year < _FIRST_YEAR:
        return f"its stamp of {published_at.year} is a program's default"
    if first_seen_at is not None and published_at > first_seen_at + _TOLERANCE:
        return (
            f"its stamp of {spoken_time(published_at)} lies after {spoken_time(first_seen_at)}, when a feed showed it"
        )
    if seen_at is not None and published_at < seen_at - _STALE:
        days = (seen_at - published_at).days
        return f"its stamp lies {days} days before a followed feed first showed it"
    return None


def _bounds(at: datetime, language: str) -> tuple[Precision, datetime, datetime]:
    """(precision, earliest, latest) of a stamp that is believed."""
    west, east = _OFFSETS_H.get(language, _ANYWHERE_H)
    if at.second or at.microsecond:
        return Precision.SECOND, at, at
    if (at.hour, at.minute) == (0, 0):
        return Precision.DAY, _moved(at, -max(east, 0.0)), _moved(at, 24 - min(west, 0.0))
    if east - west <= _NARROW_H and _is_midnight(at, west, east):
        return Precision.DAY, at, _moved(at, 24)
    return (Precision.MINUTE if at.minute else Precision.HOUR), at, at


def _is_midnight(at: datetime, west: float, east: float) -> bool:
    """Whether a moment is midnight at one of two offsets from UTC."""
    minutes = at.hour * 60 + at.minute
    return any((minutes + int(offset * 60)) % 1440 == 0 for offset in (west, east))


def _moved(at: datetime, hours: float) -> datetime:
    """A moment some hours on, or the end of time."""
    try:
        return at + timedelta(hours=hours)
    except OverflowError:
        return EARLIEST if hours < 0 else LATEST


def _bounded(latest: datetime, seen_at: datetime | None) -> datetime:
    return latest if seen_at is None else min(latest, seen_at)


def spoken_time(at: datetime) -> str:
    """A moment in a sentence."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def spoken_length(length: timedelta) -> str:
    """A length of time in words."""
    minutes = int(length.total_seconds() // 60)
    if minutes < 1:
        return "less than a minute"
    if minutes < 120:
        return f"{minutes} minutes" if minutes > 1 else "a minute"
    return f"{minutes // 60} hours" if minutes < 2880 else f"{minutes // 1440} days"
