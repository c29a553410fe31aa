"""Read JSON Feed 1 and 1.1, which feedparser 6 does not know."""

from __future__ import annotations

import json
import re
from collections.abc import Collection
from typing import Any

from ingest.errors import ParseError, Reason
from ingest.model import Entry, ParsedFeed
from ingest.parse import fields
from ingest.parse.clean import MAX_ENTRIES, MAX_ITEMS
from ingest.parse.decode import Decoded
from ingest.parse.marks import choose, context_of, marks_of
from ingest.text.plain import clean_text

_BLANKS = "\ufeff\0 \t\r\n"
_VERSION = re.compile(r"https?://(?:www\.)?jsonfeed\.org/version/(\d)(?:\.(\d))?", re.IGNORECASE)
_ITEMS = re.compile(r'"items"\s*:\s*\[')
_SEPARATOR = re.compile(r"[\s,]*")
_MAX_DIGITS = 100


def is_json(text: str) -> bool:
    """Say whether a text opens like a JSON object."""
    return text[:1_000].lstrip(_BLANKS).startswith("{")


def parse_json(
    decoded: Decoded, url: str, known: Collection[bytes] = frozenset(), *, most: int = MAX_ENTRIES
) -> ParsedFeed:
    """Return the JSON Feed in a text; of one that breaks off, the items that are whole.

    known, most: as for `parse_feed`.
    Raises ParseError (NOT_A_FEED) when it is no JSON Feed. Source: jsonfeed.org, versions 1 and 1.1.
    """
    document, fault = _document(decoded.text.strip(_BLANKS), url)
    version = _VERSION.match(_text(document, "version"))
    items = document.get("items")
    if not isinstance(items, list) or (version is None and not any(map(_looks_like_item, items[:10]))):
        raise ParseError("JSON, but no JSON Feed", reason=Reason.NOT_A_FEED, subject=url)
    objects = [item for item in items if isinstance(item, dict)]
    language = fields.language_of(_text(document, "language"))
    marks = marks_of(context_of(url, decoded.charset, language or ""), map(_bytes, objects[:MAX_ITEMS]))
    choice = choose(marks, known, most=most)
    entries = [(_entry(objects[index], url, language), marks[index]) for index in choice.taken]
    telling = [(entry, mark) for entry, mark in entries if fields.says_something(entry)]
    faults = "; ".join(part for part in (decoded.fault, fault) if part)
    return ParsedFeed(
        title=fields.title_text(_text(document, "title")) or None,
        link=fields.url_of(_text(document, "home_page_url"), url),
        language=language,
        version=f"json{version[1]}{version[2] or ''}" if version else "json",
        encoding=decoded.charset,
        entries=tuple(entry for entry, _ in telling),
        marks=tuple(mark for _, mark in telling),
        seen=choice.seen,
        deep=choice.count_deep(mark for _, mark in telling),
        hub=_hub(document, url),
        self_url=fields.url_of(_text(document, "feed_url"), url),
        fault=faults or None,
        capped_entries=choice.later + len(objects) - len(marks),
    )


def _document(text: str, url: str) -> tuple[dict[str, Any], str | None]:
    try:
        document = json.loads(text, strict=False, parse_int=_integer)
        fault = None
    except RecursionError as exc:
        raise ParseError("JSON nested too deeply", reason=Reason.NOT_A_FEED, subject=url) from exc
    except ValueError as exc:
        document, fault = _salvaged(text), f"not well formed: {exc}"[:200]
    if not isinstance(document, dict):
        raise ParseError("JSON, but no JSON Feed", reason=Reason.NOT_A_FEED, subject=url)
    return document, fault


def _salvaged(text: str) -> dict[str, Any] | None:
    """The head and the whole items of a document that does not parse to its end."""
    opened = _ITEMS.search(text)
    if opened is None:
        return None
    decoder = json.JSONDecoder(strict=False, parse_int=_integer)
    items: list[Any] = []
    at = opened.end()
    try:
        while len(items) <= MAX_ITEMS:
            separator = _SEPARATOR.match(text, at)
            item, at = decoder.raw_decode(text, separator.end() if separator else at)
            items.append(item)
    except (ValueError, RecursionError):
        pass
    try:
        head = json.loads(text[: opened.end()] + "]}", strict=False, parse_int=_integer)
    except (ValueError, RecursionError):
        return None
    return {**head, "items": items}


def _integer(digits: str) -> int | str:
    """A number, or its digits where they are more than any number has: Python refuses to read 4,301 of them."""
    return int(digits) if len(digits) <= _MAX_DIGITS else digits


def _bytes(item: dict[str, Any]) -> bytes:
    """The item as JSON writes it, whatever white space the feed has."""
    return json.dumps(item).encode()


def _looks_like_item(item: Any) -> bool:
    return isinstance(item, dict) and any(key in item for key in ("content_html", "content_text", "date_published"))


def _entry(item: dict[str, Any], base: str, feed_language: str | None) -> Entry:
    markup = _text(item, "content_html") or fields.html_of_text(_text(item, "content_text"))
    summary = clean_text(_text(item, "summary"), max_chars=fields.MAX_SUMMARY_CHARS)
    raw = _text(item, "date_published")
    return Entry(
        guid=fields.guid_of(_text(item, "id")),
        link=fields.url_of(_text(item, "url"), base) or fields.url_of(_text(item, "external_url"), base),
        title=fields.title_text(_text(item, "title")),
        summary=summary or fields.summary_text(markup),
        content=fields.content_html(markup),
        published_at=fields.iso_time(raw),
        published_raw=clean_text(raw, max_chars=fields.MAX_RAW_DATE_CHARS) or None,
        updated_at=fields.iso_time(_text(item, "date_modified")),
        authors=fields.names(_text(author, "name") for author in _authors(item)),
        language=fields.language_of(_text(item, "language")) or feed_language,
        categories=fields.categories(tag for tag in _list(item, "tags") if isinstance(tag, str)),
    )


def _authors(item: dict[str, Any]) -> list[dict[str, Any]]:
    """Version 1.1 has `authors`, version 1 one `author`."""
    return [author for author in (*_list(item, "authors"), item.get("author")) if isinstance(author, dict)]


def _hub(document: dict[str, Any], url: str) -> str | None:
    hubs = (hub for hub in _list(document, "hubs") if isinstance(hub, dict))
    return next((fields.url_of(_text(hub, "url"), url) for hub in hubs if _text(hub, "type").lower() == "websub"), None)


def _list(values: dict[str, Any], key: str) -> list[Any]:
    value = values.get(key)
    return value if isinstance(value, list) else []


def _text(values: dict[str, Any], key: str) -> str:
    """A text, or a number as text (ids are often numbers), or nothing."""
    value = values.get(key)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return value if isinstance(value, str) else repr(value)[:100]
