"""Bound and clean what a feed says in one field: titles, bodies, names, times, addresses, languages."""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from ingest.model import Entry
from ingest.text.plain import clean_text, text_of_html, without_surrogates
from ingest.text.urls import http_url

MAX_TITLE_CHARS = 2_000
MAX_URL_CHARS = 2_048
MAX_GUID_CHARS = 2_048
MAX_SUMMARY_CHARS = 20_000
MAX_CONTENT_CHARS = 1_000_000
MAX_NAME_CHARS = 200
MAX_RAW_DATE_CHARS = 200
MAX_AUTHORS = 20
MAX_CATEGORIES = 50

_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(2100, 1, 1, tzinfo=UTC)

_ZONE = timedelta(days=1)  # no offset from UTC is longer

_NUMBERS = re.compile(
    r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:T|\s+|\s*T\s*)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?"
    r"\s*(?:Z|UTC|GMT|([+-])(\d{2}:?\d{2}))?",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"\d{1,2}:\d{2}.*", re.DOTALL)
_FIRST_OF_MONTH = re.compile(r"(?<!\d)0?1(?!\d)|\A\s*\d{4}(?:-?\d{2})?\s*\Z|\A\s*\d{6}01")

_TITLE_LAYERS = 2  # a title may be HTML within XML, and a careless system escapes it once more
_HTML_NAMES = (
    "a|abbr|acronym|address|applet|area|article|aside|audio|b|base|bdi|bdo|big|blockquote|body|br|button|canvas|center"
    "|cite|code|col|dd|del|details|dfn|dialog|dir|div|dl|dt|em|embed|fieldset|figcaption|figure|font|footer|form|frame"
    "|frameset|h[1-6]|head|header|hgroup|hr|html|i|iframe|img|input|ins|kbd|label|legend|li|link|main|map|mark|marquee"
    "|math|menu|meta|nav|noscript|object|ol|option|p|param|picture|pre|q|rp|rt|ruby|s|samp|script|section|select|small"
    "|source|span|strike|strong|style|sub|summary|sup|svg|table|tbody|td|template|textarea|tfoot|th|thead|time|title|tr"
    "|tt|u|ul|var|video|wbr"
)
_NOT_A_TAG = re.compile(rf"<(?!/?(?:{_HTML_NAMES})[\s/>]|!--)", re.IGNORECASE)
_TAG_LIKE = re.compile(r"<(?=[A-Za-z/!?])")
_NAME_IN_BRACKETS = re.compile(r"[^\s@]+@[^\s@]+\s*\((.+)\)")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,4}")
_LINE_END = re.compile(r"[\t\r\n]+")
_BLANK_LINE = re.compile(r"\n\s*\n")


def title_text(raw: str) -> str:
    """A title as plain text, whatever layers of HTML it was wrapped in.

    Tags of HTML go, entities are decoded up to twice, and "<" before anything else that could open a tag becomes "‹":
    no reading of the result makes it markup, and no word of it is lost.
    """
    text = raw[: 10 * MAX_TITLE_CHARS]
    for _ in range(_TITLE_LAYERS):
        if "<" not in text and "&" not in text:
            break
        text = text_of_html(_NOT_A_TAG.sub("&lt;", text), max_chars=4 * MAX_TITLE_CHARS)
    return clean_text(_TAG_LIKE.sub("‹", clean_text(text, max_chars=4 * MAX_TITLE_CHARS)), max_chars=MAX_TITLE_CHARS)


def summary_text(markup: str) -> str:
    """A summary's HTML as plain text, a line for each paragraph."""
    return text_of_html(markup, max_chars=MAX_SUMMARY_CHARS)


def content_html(markup: str) -> str:
    """A full text's HTML, bounded, with a UTF-8 form and without NUL."""
    return without_surrogates(markup[:MAX_CONTENT_CHARS]).replace("\0", "").strip()


def html_of_text(text: str) -> str:
    """Plain text as HTML: markup escaped, blank lines as paragraphs, other line ends as breaks."""
    paragraphs = (html.escape(part, quote=False).replace("\n", "<br>") for part in _BLANK_LINE.split(text.strip()))
    return "".join(f"<p>{part}</p>" for part in paragraphs if part.strip())


def guid_of(raw: str | None) -> str | None:
    """A guid without blanks around it; a longer one than any database key should be is told by its hash."""
    guid = clean_text(raw, max_chars=len(raw)) if raw else ""
    if len(guid) <= MAX_GUID_CHARS:
        return guid or None
    return f"{guid[:100]}#sha256:{hashlib.sha256(guid.encode()).hexdigest()}"


def url_of(ref: str | None, base: str | None) -> str | None:
    """The absolute http(s) URL that a reference means, or None where it means none or is too long.

    Blanks inside are escaped and line ends left out, as browsers do.
    """
    if not ref or len(ref) > MAX_URL_CHARS + 100:
        return None
    return http_url(_LINE_END.sub("", without_surrogates(ref).strip()).replace(" ", "%20"), base)


def names(raw: Iterable[str]) -> tuple[str, ...]:
    """Authors' names; of RSS's "address (name)" only the name.

    feedparser cuts addresses off after four letters of the top-level domain, and leaves "le (name" of a longer one.
    """
    bare = (_NAME_IN_BRACKETS.sub(r"\1", text[:1_000]) for text in raw)
    cut = (name.rpartition("(")[2] if name.count("(") > name.count(")") else name for name in bare)
    cleaned = (clean_text(name, max_chars=MAX_NAME_CHARS) for name in cut)
    return tuple(dict.fromkeys(name for name in cleaned if name))[:MAX_AUTHORS]


def categories(raw: Iterable[str]) -> tuple[str, ...]:
    """Categories as plain text, each once."""
    cleaned = (clean_text(html.unescape(text[:1_000]), max_chars=MAX_NAME_CHARS) for text in raw)
    return tuple(dict.fromkeys(name for name in cleaned if name))[:MAX_CATEGORIES]


def language_of(raw: str | None) -> str | None:
    """A BCP 47 tag as the feed gave it, or None when it is none."""
    tag = raw.strip().replace("_", "-") if raw and len(raw) < 100 else ""
    return tag if _LANGUAGE.fullmatch(tag) else None


def time_of(fields: Sequence[int] | None, *, stated: str) -> datetime | None:
    """A UTC time from year, month, day, hour, minute, second; None outside 1970..2100.

    stated: the text they were read from. One that is all numbers is read here, because feedparser takes no more than
    the month from "2026/11/23 10:00" and the day from "2026-11-23 10:00 UTC". A year that is not in the text is a
    misreading (feedparser makes 2048 of "-4713"), and so is a first of the month that it does not name.
    Whether a time lies in the future is for whoever knows the time.
    """
    numbers = _NUMBERS.fullmatch(stated.strip())
    if numbers is not None:
        return _of_numbers(*numbers.groups())
    if fields is None:
        return None
    try:
        year, month, day, hour, minute, second = fields[:6]
        moment = datetime(year, month, day, hour, minute, tzinfo=UTC) + timedelta(seconds=second)  # 60 is a leap second
    except (ValueError, OverflowError):
        return None
    if not _EARLIEST <= moment < _LATEST:
        return None
    if (day, hour, minute, second) == (1, 0, 0, 0) and _FIRST_OF_MONTH.search(_CLOCK.sub("", stated)) is None:
        return None
    years = {(moment + offset).year for offset in (-_ZONE, _ZONE)}
    return moment if any(re.search(rf"{year}|(?<!\d){year % 100:02}(?!\d)", stated) for year in years) else None


def _of_numbers(
    year: str, month: str, day: str, hour: str, minute: str, second: str | None, sign: str | None, offset: str | None
) -> datetime | None:
    """The UTC time of a text's numbers; without an offset they are taken as UTC."""
    try:
        moment = datetime(int(year), int(month), int(day), int(hour), int(minute), tzinfo=UTC)
        moment += timedelta(seconds=int(second or 0))  # 60 is a leap second
        if offset is not None:
            away = timedelta(hours=int(offset[:2]), minutes=int(offset[-2:]))
            moment += -away if sign == "+" else away
    except (ValueError, OverflowError):
        return None
    return moment if _EARLIEST <= moment < _LATEST else None


def iso_time(raw: str | None) -> datetime | None:
    """The UTC time that an RFC 3339 text states; one without an offset is taken as UTC."""
    try:
        moment = datetime.fromisoformat(raw.strip()) if raw else None
        if moment is None:
            return None
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return moment if _EARLIEST <= moment < _LATEST else None


def says_something(entry: Entry) -> bool:
    """Whether an entry holds anything to know it by."""
    return bool(entry.guid or entry.link or entry.title or entry.summary or entry.content)
