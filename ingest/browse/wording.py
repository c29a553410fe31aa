"""Turns times, figures, addresses and reason words into the short pieces that a page shows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from urllib.parse import urlsplit

from ingest.model import ArticleStatus, FeedKind, Relation

MAX_URL_CHARS = 2_048
MAX_TITLE_CHARS = 400
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NOT_IN_URL = re.compile(r"[\x00-\x20\x7f-\x9f\"<>\\^`{|}]")

RELATIONS: dict[Relation, str] = {
    Relation.ORIGINAL: "earliest",
    Relation.COPY: "copy",
    Relation.ABRIDGEMENT: "abridgement",
    Relation.REWRITE: "rewrite",
    Relation.REVISION: "revision",
    Relation.DIFFERENT: "different",
}
KINDS: dict[FeedKind, str] = {FeedKind.WIRE: "wire", FeedKind.OUTLET: "", FeedKind.AGGREGATOR: "aggregator"}
STATUSES: dict[ArticleStatus, str] = {
    ArticleStatus.PENDING: "page not fetched yet; the feed’s summary stands in",
    ArticleStatus.FETCHED: "page fetched, its text is still to be read",
    ArticleStatus.EXTRACTED: "",
    ArticleStatus.SUMMARY: "only the feed’s summary is known",
    ArticleStatus.REFUSED: "the page shows no article",
    ArticleStatus.FAILED: "the page could not be fetched",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A time as a page shows it: `short` to read, `exact` on hover, `iso` for machines, `ago` relative to the page."""

    iso: str
    short: str
    exact: str
    ago: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The moment that a page is made, and the zone in which it shows times."""

    now: datetime
    zone: tzinfo = UTC

    @property
    def midnight(self) -> datetime:
        """When the day began in this zone."""
        return self.now.astimezone(self.zone).replace(hour=0, minute=0, second=0, microsecond=0)

    def stamp(self, at: datetime) -> Stamp:
        """A time in its four spellings."""
        utc = at.astimezone(UTC)
        return Stamp(
            iso=utc.strftime("%Y-%m-%dT%H:%M:%SZ"),
            short=_short(at.astimezone(self.zone), self.now.astimezone(self.zone)),
            exact=utc.strftime("%Y-%m-%d %H:%M:%S UTC"),
            ago=ago(at, self.now),
        )

    def optional(self, at: datetime | None) -> Stamp | None:
        """`stamp`, or None for None."""
        return self.stamp(at) if at else None


def _short(at: datetime, now: datetime) -> str:
    days = (now.date() - at.date()).days
    if days == 0:
        return f"today {at:%H:%M}"
    if days == 1:
        return f"yesterday {at:%H:%M}"
    year = "" if at.year == now.year else f" {at.year}"
    return f"{at.day} {_MONTHS[at.month - 1]}{year}, {at:%H:%M}"


def ago(at: datetime, now: datetime) -> str:
    """How long before `now` a time lies: "just now", "14 min ago", "3 days ago", "in 2 h" for a clock that is ahead."""
    gap = now - at
    if abs(gap) < timedelta(minutes=1):
        return "just now"
    return f"{rough(gap)} ago" if gap > timedelta(0) else f"in {rough(-gap)}"


def rough(delta: timedelta) -> str:
    """A length of time in one unit: "45 s", "14 min", "5 h", "3 days"."""
    seconds = round(delta.total_seconds())
    if seconds < 60:
        return f"{seconds} s"
    if seconds < 3600:
        return f"{seconds // 60} min"
    if seconds < 86_400:
        return f"{seconds // 3600} h"
    return count(seconds // 86_400, "day", "days")


def lag(delta: timedelta) -> str:
    """A member's distance from the first publication: "+14 min", "+2 days 3 h", "same time", "−5 min"."""
    seconds = round(delta.total_seconds())
    if abs(seconds) < 60:
        return "same time" if seconds == 0 else f"{'+' if seconds > 0 else '−'}{abs(seconds)} s"
    sign, minutes = ("+" if seconds > 0 else "−"), abs(seconds) // 60
    hours, days = minutes // 60, minutes // 1440
    if not hours:
        return f"{sign}{minutes} min"
    if not days:
        return f"{sign}{hours} h {minutes % 60} min" if minutes % 60 else f"{sign}{hours} h"
    name = count(days, "day", "days")
    return f"{sign}{name} {hours % 24} h" if hours % 24 else f"{sign}{name}"


def count(number: int, one: str, many: str) -> str:
    """A number with its noun: "1 article", "3,200 articles"."""
    return f"{number:,} {one if number == 1 else many}"


def percent(share: float) -> str:
    """A share of 0..1 in whole percent; never "100 %" for less than all, never "0 %" for more than nothing."""
    whole = round(min(max(share, 0.0), 1.0) * 100)
    if whole == 100 and share < 1:
        whole = 99
    if whole == 0 and share > 0:
        whole = 1
    return f"{whole} %"


def spoken(word: str) -> str:
    """A reason word as a person reads it: underscores are blanks."""
    return word.replace("_", " ")


def safe_link(url: str) -> str | None:
    """The URL when a page may link it: http or https, a host, no credentials, no white space or quotes; else None."""
    if not url or len(url) > MAX_URL_CHARS or _NOT_IN_URL.search(url):
        return None
    try:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
            return None
    except ValueError:
        return None
    return url


def title(text: str) -> str:
    """A headline on one line, at most MAX_TITLE_CHARS of it."""
    return cut(text, MAX_TITLE_CHARS) or "(no headline)"


def cut(text: str, max_chars: int) -> str:
    """One line of at most `max_chars`, ended at a word where one is near."""
    line = " ".join(text[: max_chars * 4 + 200].replace("\0", " ").split())
    if len(line) <= max_chars:
        return line
    if not max_chars:
        return ""
    head, space, _ = line[: max_chars - 1].rpartition(" ")
    return (head if space and len(head) * 2 > max_chars else line[: max_chars - 1]).rstrip(" ,;:.") + "…"
