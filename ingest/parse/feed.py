"""Read a response as a feed; the only door to feedparser."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import compress, islice
from typing import Any

import feedparser

from ingest.errors import ParseError, Reason
from ingest.model import Entry, FeedHints, ParsedFeed, Response
from ingest.parse import fields
from ingest.parse.clean import (
    MAX_ENTRIES,
    MAX_ITEMS,
    MAX_WHOLE,
    Cut,
    Root,
    clean_xml,
    cut,
    outside_items,
    pieces,
    root_of,
    without_declaration,
)
from ingest.parse.decode import Decoded, decode
from ingest.parse.hints import hints_of
from ingest.parse.jsonfeed import is_json, parse_json
from ingest.parse.links import header_links
from ingest.parse.marks import choose, context_of, marks_of
from ingest.parse.scan import scan
from ingest.parse.sitemap import is_sitemap, parse_sitemap
from ingest.text.plain import clean_text

_MAX_FAULT_CHARS = 200
_FULL_TEXT_CHARS = 1_500  # a description that says so much is the article, not its summary


def parse_feed(response: Response, known: Collection[bytes] = frozenset(), *, most: int = MAX_ENTRIES) -> ParsedFeed:
    """Return the feed in a response's body: RSS 0.9x to 2.0, RDF, Atom, CDF, JSON Feed or a news sitemap.

    known: marks of items that need not be parsed again. Those that the feed shows come back in `seen`; everything else
    is as if the whole had been parsed. Where bytes do not decide, all of it is parsed and no entry has a mark.
    Every item that can be read is read, well formed or not; `fault` says what was wrong.
    most: entries that are read, the first that are not known; of what has no marks 2,000. `capped_entries` are left.
    Raises ParseError: EMPTY for a body without a word, HTML for a web page, NOT_A_FEED for anything else.
    Takes quadratic time on some hostile bodies: run it where it can be killed.
    """
    decoded = decode(response.body, response.header("content-type"))
    if not decoded.text.strip("\ufeff\0 \t\r\n"):
        raise ParseError("the body is empty", reason=Reason.EMPTY, subject=response.url)
    if is_json(decoded.text):
        return parse_json(decoded, response.url, known, most=most)
    if is_sitemap(decoded.text):
        return parse_sitemap(decoded, response.url, known, most=most)
    found = scan(without_declaration(decoded.text))
    if found is None:
        return _parse_xml(decoded.text, (), decoded, response)[0]
    language = response.header("content-language") or ""
    context = context_of(response.url, decoded.charset, feedparser.__version__, language, found.around())
    marks = marks_of(context, islice(found.each(), MAX_ITEMS))
    beyond = len(found.items) - len(marks)
    choice = choose(marks, known, most=most)
    if len(choice.taken) < len(found.items):
        text = found.without(set(range(len(found.items))).difference(choice.taken)).decode()
        parsed, as_marked = _parse_xml(text, [marks[index] for index in choice.taken], decoded, response)
        if as_marked:
            deep = choice.count_deep(parsed.marks)
            return replace(parsed, seen=choice.seen, deep=deep, capped_entries=choice.later + beyond)
        # Something new in it makes feedparser read the feed in another way than it read the rest before.
    return _parse_xml(decoded.text, marks, decoded, response)[0]


def _parse_xml(text: str, marks: Sequence[bytes], decoded: Decoded, response: Response) -> tuple[ParsedFeed, bool]:
    """The feed in a text, and whether its entries are the items that have these marks, each read for itself."""
    text = clean_xml(text)
    root = root_of(text)
    if root is Root.HTML or (root is Root.OTHER and "html" in (response.header("content-type") or "")):
        raise _page(response)
    if root is Root.OTHER:
        raise ParseError("no element of a feed in the body", reason=Reason.NOT_A_FEED, subject=response.url)
    # Where bytes decide, there are no more items than are wanted: a tag of one in CDATA is somebody's text.
    kept = cut(text, max_entries=len(text) if 0 < len(marks) <= MAX_WHOLE else MAX_WHOLE)
    result = _read(kept.text, response)
    if root is Root.HTML_WITH_FEED and not result.entries:
        raise _page(response)
    if not result.entries and not _text(result, "version"):
        raise ParseError("the body holds no feed that can be read", reason=Reason.NOT_A_FEED, subject=response.url)
    as_marked = not dict.get(result, "bozo") and not kept.capped_entries and len(result.entries) == len(marks)
    return _parsed(result, marks if as_marked else (), kept, decoded, response), as_marked


def _page(response: Response) -> ParseError:
    return ParseError("a web page where a feed should be", reason=Reason.HTML, subject=response.url)


def _read(text: str, response: Response) -> Any:
    """feedparser's result for clean text; item by item where it raises over the whole.

    It raises over single elements (a gml:pos on its own, an empty width): one of them must not cost the others.
    """
    whole = _feedparser(text, response)
    if whole is not None:
        return whole
    about, *items = pieces(text) or ("",)
    read = [one for one in (_feedparser(item, response) for item in items[:MAX_WHOLE]) if one is not None]
    head = _feedparser(about, response)
    return feedparser.FeedParserDict(
        entries=[entry for one in read for entry in one.entries],
        feed=_dict(head, "feed") if head is not None else {},
        version=next((version for one in (head, *read) if one is not None and (version := _text(one, "version"))), ""),
        bozo=True,
        bozo_exception=f"{len(read)} of {len(items)} items could be read",
    )


def _feedparser(text: str, response: Response) -> Any:
    """feedparser's result, or None where it raises. It gets bytes in a stream: it opens other things as addresses.

    Neither sanitised nor resolved: both are done where the values are used, at a third of the time. No address is
    given either, because feedparser would make guids absolute with it and so tie them to the feed's address.
    """
    headers = {"content-type": "application/xml; charset=utf-8"}
    language = fields.language_of(response.header("content-language"))
    if language:
        headers["content-language"] = language
    try:
        return feedparser.parse(
            io.BytesIO(text.encode("utf-8", "replace")),
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except MemoryError:
        raise
    except Exception:  # whatever a stranger's bytes provoke in feedparser: no closed set
        return None


def _parsed(result: Any, marks: Sequence[bytes], kept: Cut, decoded: Decoded, response: Response) -> ParsedFeed:
    feed = _dict(result, "feed")
    version, base = _text(result, "version") or "", response.url
    language = fields.language_of(_text(feed, "language"))
    linked = header_links(response.headers)
    entries = [_entry(item, version, base, language) for item in result.entries[:MAX_WHOLE]]
    telling = [fields.says_something(entry) for entry in entries]
    return ParsedFeed(
        title=fields.title_text(_text(feed, "title") or "") or None,
        link=fields.url_of(_text(feed, "link"), base),
        language=language,
        version=version,
        encoding=decoded.charset,
        entries=tuple(compress(entries, telling)),
        marks=tuple(compress(marks, telling)),
        hints=_hints(feed, kept.text),
        hub=fields.url_of(linked.get("hub") or _linked(feed, "hub"), base),
        self_url=fields.url_of(linked.get("self") or _linked(feed, "self"), base),
        fault=_fault(result, kept, decoded),
        deep=max(0, sum(telling) - MAX_ENTRIES),
        capped_entries=kept.capped_entries + max(0, len(result.entries) - MAX_WHOLE),
        capped_elements=kept.capped_elements,
    )


def _entry(item: Any, version: str, base: str, feed_language: str | None) -> Entry:
    content = _content(item)
    summary = _markup(item, "summary", "summary_detail")
    text = fields.summary_text(summary)
    if len(summary) > len(content) and len(text) >= _FULL_TEXT_CHARS:
        content = summary
    published, updated = _time(item, "published") or _time(item, "created"), _time(item, "updated")
    raw = _text(item, "published") or _text(item, "created")
    if raw is None and published is None and not version.startswith("atom"):
        # dc:date and its like: in RSS the one date there is says when the item came out
        published, raw = updated, _text(item, "updated")
    source = _dict(item, "source")
    return Entry(
        guid=fields.guid_of(_text(item, "id")),
        link=_link(item, base),
        title=fields.title_text(_text(item, "title") or ""),
        summary=text or fields.summary_text(content),
        content=fields.content_html(content),
        published_at=published,
        published_raw=clean_text(raw, max_chars=fields.MAX_RAW_DATE_CHARS) or None if raw else None,
        updated_at=updated,
        authors=fields.names(_authors(item)),
        language=_language(item) or feed_language,
        source_title=fields.title_text(_text(source, "title") or "") or None,
        source_url=fields.url_of(_text(source, "href") or _text(source, "link"), base),
        categories=fields.categories(term for tag in _dicts(item, "tags") if (term := _text(tag, "term"))),
    )


def _link(item: Any, base: str) -> str | None:
    """The entry's page; a guid stands in where it is marked as a link and is an address in full."""
    link = _text(item, "link")
    is_guid = dict.get(item, "guidislink") and link == _text(item, "id")
    if link is not None and is_guid and not link.lower().startswith(("http://", "https://")):
        link = None
    return fields.url_of(link, base)


def _content(item: Any) -> str:
    """The longest of the full texts, as HTML."""
    bodies = [(_text(part, "value") or "", _text(part, "type") or "") for part in _dicts(item, "content")]
    texts = [fields.html_of_text(value) if kind == "text/plain" else value for value, kind in bodies]
    return max(texts, key=len, default="")


def _markup(item: Any, key: str, detail: str) -> str:
    """A field that may be plain text or HTML, as HTML."""
    value = _text(item, key) or ""
    return fields.html_of_text(value) if _text(_dict(item, detail), "type") == "text/plain" else value


def _authors(item: Any) -> Iterator[str]:
    for author in _dicts(item, "authors"):
        yield _text(author, "name") or _text(author, "email") or ""
    yield "" if dict.get(item, "authors") else (_text(item, "author") or "")


def _language(item: Any) -> str | None:
    parts = (*_dicts(item, "content"), _dict(item, "summary_detail"), _dict(item, "title_detail"), item)
    return next((tag for part in parts if (tag := fields.language_of(_text(part, "language")))), None)


def _hints(feed: Any, text: str) -> FeedHints:
    return hints_of(
        ttl=_text(feed, "ttl"),
        period=_text(feed, "sy_updateperiod"),
        frequency=_text(feed, "sy_updatefrequency"),
        about=outside_items(text),
    )


def _fault(result: Any, kept: Cut, decoded: Decoded) -> str | None:
    exception = dict.get(result, "bozo_exception")
    broken = (
        f"not well formed: {exception}".replace("<unknown>:", "") if dict.get(result, "bozo") and exception else None
    )
    faults = [fault for fault in (decoded.fault, kept.fault, broken) if fault]
    return clean_text("; ".join(faults), max_chars=_MAX_FAULT_CHARS) or None


def _linked(feed: Any, relation: str) -> str | None:
    links = _dicts(feed, "links")
    return next((_text(link, "href") for link in links if relation in (_text(link, "rel") or "").split()), None)


def _time(item: Any, key: str) -> datetime | None:
    return fields.time_of(dict.get(item, f"{key}_parsed"), stated=_text(item, key) or "")


# feedparser puts whatever an unknown element held under its name: each value's type is looked at before it is used.
# dict.get, because FeedParserDict.get answers some keys with the value of others.


def _text(values: Any, key: str) -> str | None:
    value = dict.get(values, key)
    return value if isinstance(value, str) and value else None


def _dict(values: Any, key: str) -> dict[str, Any]:
    value = dict.get(values, key)
    return value if isinstance(value, dict) else {}


def _dicts(values: Any, key: str) -> list[dict[str, Any]]:
    value = dict.get(values, key)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
