"""The instant a page says it was published, from the many ways in which pages write one."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_MAX_CHARS = 80
_EARLIEST_YEAR, _LATEST_YEAR = 1990, 2100  # pages; and no clock is read here
_ZONES = {
    "UTC": "+00:00", "GMT": "+00:00", "Z": "+00:00", "WET": "+00:00", "BST": "+01:00", "CET": "+01:00",
    "CEST": "+02:00", "EET": "+02:00", "EEST": "+03:00", "MSK": "+03:00", "JST": "+09:00", "KST": "+09:00",
    "EST": "-05:00", "EDT": "-04:00", "CST": "-06:00", "CDT": "-05:00", "MST": "-07:00", "MDT": "-06:00",
    "PST": "-08:00", "PDT": "-07:00",
}  # fmt: skip
_ISO = re.compile(
    r"^(?P<y>\d{4})-?(?P<m>\d{2})-?(?P<d>\d{2})"
    r"(?:(?:T|\s+|\s*T\s*)(?P<H>\d{1,2}):?(?P<M>\d{2})(?::?(?P<S>\d{2})(?:[.,]\d{1,9})?)?\s*(?P<zone>[A-Z]{1,4}|[+-]\d{2}(?::?\d{2})?)?)?$",
    re.I,
)
_SLASHED = re.compile(r"^(\d{4})[/.](\d{1,2})[/.](\d{1,2})(.*)$")


def read_stamp(value: str) -> tuple[datetime, bool] | None:
    """Return (aware UTC instant, whether the value states a time of day), or None where it states no plausible date.

    Understood: ISO 8601 with its common misspellings, RFC 5322, Unix seconds or milliseconds. A time without a zone
    is taken as UTC: the zone meant cannot be known from the page.
    """
    text = " ".join(value[:_MAX_CHARS].split())
    slashed = _SLASHED.match(text)
    if slashed:
        text = f"{slashed[1]}-{slashed[2]:0>2}-{slashed[3]:0>2}{slashed[4]}"
    found = _ISO.match(text)
    if found is not None:
        return _from_iso(found)
    if re.fullmatch(r"\d{10}|\d{13}", text):
        return _checked(datetime.fromtimestamp(int(text[:10]), UTC), True)
    try:
        return _checked(_aware(parsedate_to_datetime(text)), ":" in text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _from_iso(found: re.Match[str]) -> tuple[datetime, bool] | None:
    zone = (found["zone"] or "Z").upper()
    offset = _ZONES.get(zone, zone)
    if len(offset) == 3:
        offset += ":00"
    if offset[0] not in "+-":
        offset = "+00:00"  # a zone we do not know
    clock = f"{int(found['H']):02}:{found['M']}:{found['S'] or '00'}" if found["H"] else "00:00:00"
    try:
        moment = datetime.fromisoformat(f"{found['y']}-{found['m']}-{found['d']}T{clock}{offset}")
        return _checked(moment.astimezone(UTC), found["H"] is not None)
    except (ValueError, OverflowError):
        return None


def _aware(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _checked(moment: datetime, timed: bool) -> tuple[datetime, bool] | None:
    return (moment, timed) if _EARLIEST_YEAR <= moment.year < _LATEST_YEAR else None
