"""Turns strangers' text, times and addresses into short pieces that are safe in a mail."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from urllib.parse import quote, urlsplit

MAX_URL_CHARS = 2_048

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)

# Controls and line separators part words; directional and invisible marks only deceive the reader of a subject
# line. The joiners U+200C and U+200D stay: Persian spelling and emoji need them.
_TO_SPACE = (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029)
_TO_NOTHING = (
    *(0x00AD, 0x061C, 0x180E, 0x200B, 0x200E, 0x200F, 0xFEFF),
    *range(0x202A, 0x202F),
    *range(0x2060, 0x2070),
    *range(0xFFF9, 0xFFFC),
    *range(0xE0000, 0xE0080),
)
_CLEAN: dict[int, str | None] = {**dict.fromkeys(_TO_SPACE, " "), **dict.fromkeys(_TO_NOTHING)}
_CLEAN |= dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}")

_SENTENCE_END = re.compile(r"""[.!?…]+["'”’»)\]]*\s+(?=\S)|[。！？]+[」』”]*\s*(?=\S)""")
_LAST_WORD = re.compile(r"[^\s(\[\"'“„«]+$")
_ABBREVIATIONS = frozenset(
    (
        *("mr", "mrs", "ms", "dr", "prof", "st", "gov", "sen", "rep", "gen", "col", "capt", "sgt", "lt", "maj"),
        *("jr", "sr", "rev", "hon", "vs", "inc", "ltd", "co", "corp", "dept", "approx", "no", "nos"),
        *("jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec"),
        *("bzw", "ca", "nr", "str", "hr", "fr", "usw", "vgl", "evtl", "mme", "mlle", "sra", "srta", "dra"),
    )
)
# A desk's word to other desks, not to readers: "UPDATE 2-Ferry fire", "REFILE-", "UPDATE: ...". "CORRECTED" stays.
_SLUG = re.compile(r"\A(?:UPDATE|REFILE|RPT|WRAPUP)(?: \d{1,2})?\s?[-:–—]\s*(?=\S)")
_UNSAFE_IN_URL = re.compile(r"[\s<>\"\\^`{|}]")


def flat(text: str, max_chars: int) -> str:
    """One line of plain text: no control, directional or invisible character, at most `max_chars` long.

    A text that is cut ends in an ellipsis, at the end of a word where one is near.
    """
    line = " ".join(text[: max_chars * 4 + 200].translate(_CLEAN).split())
    if len(line) <= max_chars:
        return line
    cut = line[: max_chars - 1]
    head, space, _ = cut.rpartition(" ")
    if space and len(head) * 3 >= len(cut) * 2:
        cut = head
    return cut.rstrip(" ,;:.\u200c\u200d") + "…"


def without_slug(title: str) -> str:
    """A headline without what a wire puts before it for other desks."""
    return _SLUG.sub("", title)


def first_sentences(text: str, wanted: int, max_chars: int) -> str:
    """The first `wanted` sentences of a text in one line, cut at `max_chars`; an abbreviation does not end one."""
    line = flat(text, max_chars * 4)
    found = 0
    for end in _SENTENCE_END.finditer(line):
        if _goes_on(line, end.start(), end.end()):
            continue
        found += 1
        if found == wanted:
            return flat(line[: end.end()], max_chars)
    return flat(line, max_chars)


def _goes_on(line: str, stop: int, after: int) -> bool:
    """Say that the full stop at `stop` closes an abbreviation, an initial or an ordinal, not a sentence."""
    if line[stop] != ".":
        return False
    if line[after].islower():
        return True
    word = _LAST_WORD.search(line[:stop])
    if word is None:
        return False
    last = word.group().lower()
    # "J. Doe", "U.S. Senate", "z.B. Berlin"; "am 12. Mai": a year has four digits and may end a sentence.
    return last in _ABBREVIATIONS or len(last.rsplit(".", 1)[-1]) == 1 or (last.isdigit() and len(last) < 3)


def safe_link(url: str | None, max_chars: int = MAX_URL_CHARS) -> str | None:
    """The URL as ASCII when a mail may link it: http or https with a host, no white space, not too long; else None."""
    if not url or len(url) > max_chars or _UNSAFE_IN_URL.search(url) or url != url.translate(_CLEAN):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not host or parts.username is not None:
        return None
    # Paths and queries may hold other scripts; a mail program links plain ASCII best.
    ascii_url = quote(url, safe="!#$%&'()*+,/:;=?@[]~")
    return ascii_url if len(ascii_url) <= max_chars else None


def long_day(day: date) -> str:
    """A day for a heading: "Tue 3 November 2026". The language is the digest's, whatever the locale."""
    return f"{short_day(day)} {day.year}"


def short_day(day: date) -> str:
    """A day for a subject: "Tue 3 November"."""
    return f"{_WEEKDAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"


def clock(at: datetime, zone: tzinfo, day: date) -> str:
    """A local time as a reader of `day` needs it: "06:12", "Mon 18:40", or "28 October 18:40" when it is long ago."""
    local = at.astimezone(zone)
    age_days = (day - local.date()).days
    if age_days == 0:
        return f"{local:%H:%M}"
    if -6 <= age_days <= 6:
        return f"{_WEEKDAYS[local.weekday()]} {local:%H:%M}"
    year = "" if local.year == day.year else f" {local.year}"
    return f"{local.day} {_MONTHS[local.month - 1]}{year} {local:%H:%M}"


def stamp(at: datetime) -> str:
    """A time for programs, as in 2026-11-26T07:00:00Z."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def span(delta: timedelta) -> str:
    """A length of time in two units at most: "40 s", "14 min", "1 h 20 min", "2 days 3 h"."""
    seconds = max(0, round(delta.total_seconds()))
    if seconds < 60:
        return f"{seconds} s"
    minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86_400
    if hours == 0:
        return f"{minutes} min"
    if days == 0:
        return f"{hours} h {minutes % 60} min" if minutes % 60 else f"{hours} h"
    name = count(days, "day", "days")
    return f"{name} {hours % 24} h" if hours % 24 else name


def count(number: int, one: str, many: str) -> str:
    """A number with its noun: "1 copy", "3,200 copies"."""
    return f"{number:,} {one if number == 1 else many}"


def bounded_list(names: Sequence[str], max_names: int) -> str:
    """Names in a row, the first `max_names` of them: "A, B, C and 4 more". A lone name is never hidden as "1 more"."""
    if len(names) <= max_names + 1:
        return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
    if max_names == 0:
        return ""
    return f"{', '.join(names[:max_names])} and {len(names) - max_names:,} more"


def columns(text: str) -> int:
    """How many columns a line takes in a fixed-width font: wide scripts take two, combining marks none."""
    return sum(_columns(character) for character in text)


def wrap(text: str, width: int, *, indent: str = "", first: str | None = None) -> list[str]:
    """Break a line at spaces, and inside words of wide scripts, into lines of at most `width` columns.

    indent stands before every line, `first` before the first one instead. A long Latin word stays whole.
    """
    lines: list[str] = []
    line, used, empty = first if first is not None else indent, 0, True
    used = columns(line)
    for piece in _pieces(text):
        size = columns(piece)
        if not empty and used + size > width:
            lines.append(line.rstrip())
            line, used, empty = indent, columns(indent), True
        if empty and piece == " ":
            continue
        line, used, empty = line + piece, used + size, False
    return [*lines, line.rstrip()] if not empty else lines


def _pieces(text: str) -> list[str]:
    """Split at spaces and around each wide character: the places where a line may break."""
    pieces: list[str] = []
    word = ""
    for character in text:
        if character == " " or unicodedata.east_asian_width(character) in "WF":
            if word:
                pieces.append(word)
            pieces.append(character)
            word = ""
        elif pieces and not word and unicodedata.combining(character):
            pieces[-1] += character
        else:
            word += character
    return [*pieces, word] if word else pieces


def _columns(character: str) -> int:
    if unicodedata.combining(character) or character in "\u200c\u200d\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
