"""The instant a page says it was published, from the many ways in which pages write one."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

_MAX_CHARS = 80
_EARLIEST_YEAR, _LATEST_YEAR = 1990, 2100  # pages; and no clock is read here
_ZONES = {
    "UTC": "+00:00", "GMT": "+00:00", "Z": "+00:00", "WET": "+00:00", "BST": "+01:00", "CET": "+01:00",
    "CEST": "+02:00", "MEZ": "+01:00", "MESZ": "+02:00", "EET": "+02:00", "EEST": "+03:00", "MSK": "+03:00",
    "JST": "+09:00", "KST": "+09:00", "HKT": "+08:00", "SGT": "+08:00", "AEST": "+10:00", "AEDT": "+11:00",
    "NZST": "+12:00", "NZDT": "+13:00", "EST": "-05:00", "EDT": "-04:00", "CST": "-06:00", "CDT": "-05:00",
    "MST": "-07:00", "MDT": "-06:00", "PST": "-08:00", "PDT": "-07:00",
}  # fmt: skip
#: What a page writes for its readers all the year round; summer time is in the rules of the place.
_PLACES = {
    "ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles",
}  # fmt: skip
_ISO = re.compile(
    r"^(?P<y>\d{4})-?(?P<m>\d{2})-?(?P<d>\d{2})"
    r"(?:(?:T|\s+|\s*T\s*)(?P<H>\d{1,2}):?(?P<M>\d{2})(?::?(?P<S>\d{2})(?:[.,]\d{1,9})?)?\s*(?P<zone>[A-Z]{1,4}|[+-]\d{2}(?::?\d{2})?)?)?$",
    re.I,
)
_SLASHED = re.compile(r"^(\d{4})[/.](\d{1,2})[/.](\d{1,2})(.*)$")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"(?P<{0}>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
#: A day as English writes it: "Nov. 3, 2026", "3 November 2026", "11/3/26".
_DAY = re.compile(
    rf"\b(?:{_MONTH.format('m1')}\s{{1,3}}(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?,?\s{{1,3}}(?P<y1>(?:19|20)\d\d)"
    rf"|(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?[\s.-]{{1,3}}{_MONTH.format('m2')},?[\s-]{{1,3}}(?P<y2>(?:19|20)\d\d)"
    r"|(?P<m3>\d{1,2})/(?P<d3>\d{1,2})/(?P<y3>(?:20)?\d\d))(?!\d)",
    re.I,
)
#: A time of day with its zone: "10:31 pm CST", "18.54 GMT", "05:44:06 GMT+0000".
_CLOCK = re.compile(
    r"(?<![\d:.])(?P<H>\d{1,2})[:.](?P<M>\d{2})(?::(?P<S>\d{2}))?\s{0,2}(?P<half>[ap]\.?\s?m\.?)?\s{0,2}\(?"
    rf"(?P<zone>{'|'.join(sorted([*_ZONES, *_PLACES], key=len, reverse=True))})(?P<offset>[+-]\d\d:?\d\d)?(?![a-z\d])",
    re.I,
)
#: What every such day has: a year, or figures on both sides of a slash.
_DATED = re.compile(r"(?:19|20)\d\d|\d/\d")
#: A day and its time of day stand this close together.
_APART_CHARS = 24


class Stamp(NamedTuple):
    """What a page states of an instant."""

    moment: datetime  # aware, in UTC
    timed: bool  # it states a time of day
    zoned: bool  # and the zone of that; else it was taken as UTC
    clock: datetime  # as it is written, without a zone


def read_stamp(value: str) -> Stamp | None:
    """Return the instant that a value states, or None where it states no plausible date.

    Understood: ISO 8601 with its common misspellings, RFC 5322, Unix seconds or milliseconds, and what `written` reads.
    A time without a zone is taken as UTC: the zone meant cannot be known from the value.
    """
    text = " ".join(value[:_MAX_CHARS].split())
    slashed = _SLASHED.match(text)
    if slashed:
        text = f"{slashed[1]}-{slashed[2]:0>2}-{slashed[3]:0>2}{slashed[4]}"
    found = _ISO.match(text)
    if found is not None:
        return _from_iso(found)
    if re.fullmatch(r"\d{10}|\d{13}", text):
        return _stamp(datetime.fromtimestamp(int(text[:10]), UTC), timed=True)
    try:
        return _stamp(parsedate_to_datetime(text), timed=":" in text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return written(text)


def written(text: str) -> Stamp | None:
    """Return the first instant that English words for readers state: a day with a time and its zone, else a day.

    Only a zone makes a time of day an instant, so one without is left out. A day in figures is read as Americans write
    it, and only beside a time of one of their zones.
    """
    if not may_be_dated(text):
        return None
    days = list(_DAY.finditer(text))
    for clock in _CLOCK.finditer(text):
        near = [day for day in days if max(day.start() - clock.end(), clock.start() - day.end()) <= _APART_CHARS]
        day = min(near, key=lambda day: max(day.start() - clock.end(), clock.start() - day.end()), default=None)
        stamp = _at(day, clock) if day is not None else None
        if stamp is not None:
            return stamp
    for day in days:
        date = _date(day)
        if date is not None and day["m3"] is None:
            return _stamp(date, timed=False)
    return None


def may_be_dated(text: str) -> bool:
    """Whether a text has what every day in it would have, which is soon seen."""
    return _DATED.search(text) is not None


def _at(day: re.Match[str], clock: re.Match[str]) -> Stamp | None:
    date, zone = _date(day), clock["zone"].upper()
    hour = int(clock["H"])
    if clock["half"]:
        hour = hour % 12 + (12 if clock["half"].lower().startswith("p") else 0)
    if date is None or (day["m3"] is not None and not (zone in _PLACES or _ZONES.get(zone, "+").startswith("-"))):
        return None
    try:
        moment = date.replace(hour=hour, minute=int(clock["M"]), second=int(clock["S"] or 0))
        there = _there(zone, (clock["offset"] or "").replace(":", ""))
    except ValueError:
        return None
    return _stamp(moment.replace(tzinfo=there), timed=True)


def _there(zone: str, offset: str) -> tzinfo:
    """The zone of a time of day. Raises ValueError where there is none so far from Greenwich, or none of this name."""
    if offset:
        return _zone(f"{offset[:3]}:{offset[3:]}")
    if zone in _PLACES:
        return ZoneInfo(_PLACES[zone])
    if zone not in _ZONES:  # a letter that only looks like one of its name, such as the sign for kelvin
        raise ValueError(zone)
    return _zone(_ZONES[zone])


def _date(day: re.Match[str]) -> datetime | None:
    which = next(number for number in "123" if day[f"m{number}"] is not None)
    month, year = day[f"m{which}"], int(day[f"y{which}"])
    try:
        number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
        return datetime(year + 2000 if year < 100 else year, number, int(day[f"d{which}"]))  # noqa: DTZ001 - a day
    except ValueError:
        return None


def _zone(offset: str) -> timezone:
    hours, minutes = int(offset[1:3]), int(offset[4:6])
    return timezone(timedelta(hours=hours, minutes=minutes) * (-1 if offset[0] == "-" else 1))


def _from_iso(found: re.Match[str]) -> Stamp | None:
    zone = (found["zone"] or "").upper()
    offset = _ZONES.get(zone, zone)
    if len(offset) == 3:
        offset += ":00"
    if offset[:1] not in ("+", "-"):
        offset = ""  # none, or one we do not know
    clock = f"{int(found['H']):02}:{found['M']}:{found['S'] or '00'}" if found["H"] else "00:00:00"
    try:
        moment = datetime.fromisoformat(f"{found['y']}-{found['m']}-{found['d']}T{clock}{offset}")
    except ValueError:
        return None
    return _stamp(moment, timed=found["H"] is not None)


def _stamp(moment: datetime, *, timed: bool) -> Stamp | None:
    """A moment as it is written, with its zone or without; None in an implausible year."""
    clock = moment.replace(tzinfo=None)
    try:
        aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError:
        return None
    if not _EARLIEST_YEAR <= aware.year < _LATEST_YEAR:
        return None
    return Stamp(moment=aware, timed=timed, zoned=timed and moment.tzinfo is not None, clock=clock)
