"""What HTTP's header fields say about time: dates, Retry-After, and how long an answer stays fresh."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

_MAX_DATE_CHARS = 64
_MAX_DIGITS = 12  # beyond 30,000 years; longer runs are cut rather than read
_DIRECTIVE = re.compile(r'([a-z-]{1,32})\s*(?:=\s*"?([^",]{0,64})"?)?', re.IGNORECASE)

Headers = tuple[tuple[str, str], ...]


def header(headers: Headers, name: str) -> str | None:
    """The first value of a field, by its lower-case name."""
    return next((value for key, value in headers if key == name), None)


def http_date(value: str | None) -> datetime | None:
    """Return an HTTP date as aware UTC, or None where it is none. Source: RFC 9110 section 5.6.7."""
    if not value or len(value) > _MAX_DATE_CHARS:
        return None
    try:
        moment = parsedate_to_datetime(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def seconds(value: str | None) -> float | None:
    """Return a delta-seconds field, or None where it is not made of digits. Source: RFC 9111 section 1.2.2."""
    text = (value or "").strip()
    if not text.isascii() or not text.isdigit():
        return None
    return float(text[:_MAX_DIGITS])


def retry_after_s(headers: Headers, *, now: datetime) -> float | None:
    """Return the seconds a Retry-After asks for, at least 0, or None without a readable one.

    A date is measured against the answer's own Date field, so that a server's wrong clock cancels out, and
    against `now` where there is none. Source: RFC 9110 section 10.2.3.
    """
    value = header(headers, "retry-after")
    delay_s = seconds(value)
    if delay_s is not None:
        return delay_s
    until = http_date(value)
    if until is None:
        return None
    return max(0.0, (until - (http_date(header(headers, "date")) or now)).total_seconds())


def freshness(headers: Headers, *, now: datetime) -> timedelta:
    """Return how long from now the answer says that it stays current, at least zero.

    max-age less Age; else Expires against the server's Date; zero under no-cache or no-store, for a max-age or
    Expires that cannot be read, and where nothing is said. Source: RFC 9111 sections 4.2, 5.2.2 and 5.3.
    """
    directives = _cache_control(headers)
    if "no-store" in directives or "no-cache" in directives:
        return timedelta()
    if "max-age" in directives:
        max_age_s = seconds(directives["max-age"]) or 0.0
        age_s = seconds(header(headers, "age")) or 0.0
        return _duration(max_age_s - age_s)
    expires_at = http_date(header(headers, "expires"))
    if expires_at is None:
        return timedelta()
    dated_at = http_date(header(headers, "date")) or now
    return _duration((expires_at - dated_at).total_seconds())


def says_how_fresh(headers: Headers) -> bool:
    """Whether an answer says anything of its lifetime; a 304 that does not leaves what was said before.

    Source: RFC 9111 section 4.3.4.
    """
    return any(name in ("cache-control", "expires") for name, _ in headers)


def stale_if_error(headers: Headers) -> timedelta:
    """Return how long past its freshness the answer may stand in for a failing server. Source: RFC 5861 section 4."""
    return _duration(seconds(_cache_control(headers).get("stale-if-error")) or 0.0)


def _cache_control(headers: Headers) -> dict[str, str]:
    """Directives in lower case; the first of two counts."""
    found: dict[str, str] = {}
    for key, value in headers:
        if key == "cache-control":
            for match in _DIRECTIVE.finditer(value[:4096]):
                found.setdefault(match[1].lower(), match[2] or "")
    return found


def _duration(delay_s: float) -> timedelta:
    """Seconds as a duration, never negative and never more than a year: callers clamp far below that."""
    return timedelta(seconds=min(max(delay_s, 0.0), 366 * 86400.0))
