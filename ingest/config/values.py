"""What one value of the configuration may be: readers that turn a TOML value into ours or say what they expected."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import time, timedelta
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

Reader = Callable[[object], object]

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")
_DURATION = re.compile(r"([0-9]{1,9})\s*([smhdw])")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")
_HOST_PORT = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s:/@\[\]]+):([0-9]{1,5})")
# No looser than what the mail room reads: an address that passes here must not fail at seven in the morning.
_ADDRESS = re.compile(r"[^\s@<>\"',;:()\[\]\\]{1,64}@(\[[0-9A-Fa-f.:]{2,60}\]|[^\W_](?:[\w.-]{0,150}[^\W_])?)")
_SENDER = re.compile(r"(?:\"(?:[^\"\\]|\\.)*\"\s*|[^\"<>@]*)<([^<>]+)>|([^<>]+)")


class Expected(ValueError):
    """The value is not what the key takes; the text completes "expected ..."."""


def text(value: object) -> str:
    """Any string without line breaks and other control characters: many end in a header of HTTP or mail."""
    if not isinstance(value, str) or _CONTROL.search(value):
        raise Expected("a string on one line")
    return value


def words(value: object) -> str:
    """A string that is not empty."""
    if not text(value).strip():
        raise Expected("a string that is not empty")
    return str(value).strip()


def selector(value: object) -> str:
    """A CSS selector, or several with commas between them."""
    from cssselect import HTMLTranslator, SelectorError  # noqa: PLC0415 - only those who have rules need it

    css = words(value)
    try:
        HTMLTranslator().css_to_xpath(css)
    except (SelectorError, RecursionError) as exc:
        raise Expected(f"a CSS selector ({exc})") from exc
    return css


def boolean(value: object) -> bool:
    """true or false."""
    if not isinstance(value, bool):
        raise Expected("true or false")
    return value


def integer(least: int, most: int) -> Reader:
    """A whole number within bounds."""

    def read(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise Expected(f"a whole number from {least} to {most}")
        return value

    return read


def duration(least: str = "0s", most: str = "3660d") -> Reader:
    """A length of time written as a number and a unit: 20s, 5m, 1h, 14d, 2w."""
    low, high = parse_duration(least), parse_duration(most)

    def read(value: object) -> timedelta:
        found = parse_duration(value) if isinstance(value, str) else None
        if found is None or low is None or high is None or not low <= found <= high:
            raise Expected(f'a duration such as "20s", "5m", "1h" or "14d", from {least} to {most}')
        return found

    return read


def parse_duration(value: str) -> timedelta | None:
    """The length of time that a text such as `90s` names, or None."""
    found = _DURATION.fullmatch(value.strip())
    if not found:
        return None
    try:
        return timedelta(**{_UNITS[found[2]]: int(found[1])})
    except OverflowError:
        return None


def one_of(*choices: str) -> Reader:
    """One of a closed set of words."""

    def read(value: object) -> str:
        if value not in choices:
            raise Expected(" or ".join(f'"{choice}"' for choice in choices))
        return str(value)

    return read


def clock(value: object) -> time:
    """A time of day, HH:MM."""
    found = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if not found:
        raise Expected('a time of day such as "07:00"')
    return time(int(found[1]), int(found[2]))


def zone(value: object) -> str:
    """The name of an IANA time zone."""
    if not isinstance(value, str) or value not in _zones():
        raise Expected('the name of a time zone such as "Europe/Berlin" or "UTC"')
    return ZoneInfo(value).key


@cache
def _zones() -> frozenset[str]:
    """The names of all time zones; listing them walks through some six hundred files."""
    return frozenset(available_timezones())


def http(value: object) -> str:
    """An http or https address."""
    try:
        parts = urlsplit(text(value).strip())
        host_fits = bool(parts.hostname) and not re.search(r"\s", parts.netloc)
        usable = parts.scheme in ("http", "https") and host_fits and parts.port != 0
        bare = "@" not in parts.netloc
    except ValueError:
        usable = bare = False
    if not usable:
        raise Expected('an address that begins with "https://" or "http://"')
    if not bare:
        raise Expected("an address without a user's name and password, which belong into keys and files of their own")
    return str(value).strip()


def proxy(value: object) -> str:
    """The address of an HTTP proxy, with credentials where it needs them; empty for none."""
    try:
        parts = urlsplit(text(value).strip())
        usable = (
            parts.scheme == "http" and bool(parts.hostname) and not re.search(r"\s", parts.netloc) and parts.port != 0
        )
    except ValueError:
        usable = False
    if not usable and value != "":
        raise Expected('the address of an HTTP proxy such as "http://proxy.example.org:3128"')
    return str(value).strip()


def host_port(value: object) -> str:
    """A host and a port, host:port."""
    found = _HOST_PORT.fullmatch(value) if isinstance(value, str) else None
    if not found or not 0 < int(found[2]) < 65536:
        raise Expected('a host and port such as "127.0.0.1:8080"')
    return str(value).lower()


def listen(value: object) -> str:
    """A host and a port to listen at, or "" for nowhere."""
    return "" if value == "" else host_port(value)


def address(value: object) -> str:
    """An e-mail address without a display name."""
    # NFKC, as domains are read: a full-width letter is a letter, and a letter in brackets is three characters.
    plain = unicodedata.normalize("NFKC", value) if isinstance(value, str) and len(value) <= 254 else ""
    if _CONTROL.search(plain) or not _ADDRESS.fullmatch(plain):
        raise Expected('an e-mail address such as "desk@example.org"')
    return str(value)


def unsubscribe(value: object) -> str:
    """What a List-Unsubscribe header may carry: a mail address as mailto:, or an address on the web."""
    given = text(value).strip()
    try:
        return f"mailto:{address(given[7:])}" if given.startswith("mailto:") else http(given)
    except Expected:
        raise Expected('"mailto:desk@example.org" or an address that begins with "https://"') from None


def sender(value: object) -> str:
    """An e-mail address, with a display name or without."""
    found = _SENDER.fullmatch(text(value).strip())
    if not found:
        raise Expected('a sender such as "samewire <digest@example.org>"')
    address(found[1] or found[2])
    return str(value).strip()


def file_path(value: object) -> str:
    """The name of a file; a home folder that it names, as ~desk/news.db, must be known."""
    named = words(value)
    try:
        Path(named).expanduser()
    except RuntimeError as exc:
        raise Expected("a path; nobody on this machine has this home folder") from exc
    return named


def many(reader: Reader, most: int = 1000) -> Reader:
    """A list of such values."""

    def read(value: object) -> tuple[object, ...]:
        if not isinstance(value, list) or len(value) > most:
            raise Expected(f"a list of at most {most} values")
        return tuple(reader(item) for item in value)

    return read
