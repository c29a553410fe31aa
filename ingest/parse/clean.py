"""Make a feed's text fit for an XML parser: sound references, no controls, no torn item, no items beyond the cap."""

from __future__ import annotations

import html.entities
import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice, pairwise

MAX_ENTRIES = 1_000  # that are read of one body where the next poll can go on: as many as a news sitemap may hold
MAX_WHOLE = 2_000  # ... and where it cannot
MAX_ITEMS = 20_000  # among which those are looked for that are not known yet
MAX_ELEMENTS = 6_000  # of one item, or of what stands between two: 3,000 categories take feedparser a second

_FEED_TAG = re.compile(r"<(?:[\w.-]{1,40}:)?(?:rss|feed|rdf|channel)(?=[\s>/])", re.IGNORECASE)
_HTML_TAG = re.compile(r"<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_ROOT_CLOSE = re.compile(r"</(?:[\w.-]{1,40}:)?(?:rss|feed|rdf|channel)\s*>", re.IGNORECASE)
_ITEM_TAG = re.compile(r"<(/?)(?:[\w.-]{1,40}:)?(?:item|entry)(?=[\s>/]|\Z)([^<>]*)>?", re.IGNORECASE)
_ROOT_WITHIN_CHARS = 200_000
_PROLOG_CHARS = 20_000  # feedparser's patterns over a prolog take quadratic time: a longer one goes

_DECLARATION = re.compile(r"<\?xml\s[^>]{0,500}\?>")
_DECLARATION_WITHIN_CHARS = 4_000
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_PAIR = re.compile(r"&#(x[dD][89abAB][0-9a-fA-F]{2}|5[5-6][0-9]{3});&#(x[dD][c-fC-F][0-9a-fA-F]{2}|5[6-7][0-9]{3});")
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]+)|([0-9]+));?")
_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);|#)(?:([A-Za-z][A-Za-z0-9]{0,31});)?")
_LONG_TAG = re.compile(r"<([A-Za-z_][\w:.-]{0,100})(\s[^<>]{1500,})>")
_MAX_ATTRIBUTES = 64  # feedparser takes quadratic time in the attributes of one element
# ... and in the text of an author, in which it looks for a mail address.
_LONG_NAME = re.compile(
    r"(<(?:[\w.-]{1,40}:)?(?:author|creator|contributor|publisher|owner|name|email|managingEditor|webMaster)"
    r"(?:\s[^<>]{0,500})?>\s{0,100}(?:<!\[CDATA\[)?[^<\]]{1000})[^<\]]+",
    re.IGNORECASE,
)
_TAG_OR_CDATA = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<", re.DOTALL)


class Root(StrEnum):
    """What a text seems to be by its first tags."""

    FEED = "feed"
    HTML = "html"
    HTML_WITH_FEED = "html_with_feed"  # a page by its first tag, with a feed's tag further down
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Cut:
    """A feed's text without what may not be read."""

    text: str
    fault: str | None = None
    capped_entries: int = 0
    capped_elements: int = 0  # items of which only the first 6,000 tags are left


def root_of(text: str) -> Root:
    """Say whether a text is a feed, a page or something else; reads the first 200,000 characters."""
    feed = _FEED_TAG.search(text, 0, _ROOT_WITHIN_CHARS)
    page = _HTML_TAG.search(text, 0, _ROOT_WITHIN_CHARS)
    if feed and (page is None or feed.start() < page.start()):
        return Root.FEED
    if page:
        return Root.HTML_WITH_FEED if feed else Root.HTML
    return Root.OTHER


def without_declaration(text: str) -> str:
    """Return the text from its first tag on, without what stands before it, the XML declaration among it."""
    text = text.lstrip("\ufeff\0 \t\r\n")
    root = _FEED_TAG.search(text, 0, _DECLARATION_WITHIN_CHARS)
    # Beyond the root's tag it is somebody's text.
    declaration = _DECLARATION.search(text, 0, root.start() if root else _DECLARATION_WITHIN_CHARS)
    if declaration:
        text = text[declaration.end() :]
    return text if text.startswith("<") else text[max(0, text.find("<")) :]


def clean_xml(text: str) -> str:
    """Return the text without its XML declaration and without what makes a parser refuse the whole of it.

    Blanks and rubbish before the prolog go; NUL and controls go; character references that name no character of XML
    become U+FFFD (feedparser loses the feed over one of them); HTML's entities become characters and stray ampersands
    are escaped, outside CDATA and unless the feed declares entities; tags with too many attributes lose them, names
    their end beyond 1,000 characters.
    """
    text = without_declaration(_NOT_XML.sub("", text))
    root = _FEED_TAG.search(text, 0, _ROOT_WITHIN_CHARS)
    if root and root.start() > _PROLOG_CHARS:
        text = text[root.start() :]
    if "&#" in text:
        text = _REFERENCE.sub(_reference, _PAIR.sub(_pair, text))
    if "<!ENTITY" not in text[:_PROLOG_CHARS]:
        text = _ampersands(text)
    return _LONG_NAME.sub(r"\1", _LONG_TAG.sub(_long_tag, text))


def cut(text: str, *, max_entries: int = MAX_WHOLE) -> Cut:
    """Drop a last item that the end of the feed tore, and the items beyond the cap; counts are those of tags."""
    opened = capped_at = last_open = last_close = 0
    for tag in _ITEM_TAG.finditer(text):
        if tag[1]:
            last_close = tag.end()
            continue
        opened, last_open = opened + 1, tag.start()
        if tag[2].endswith("/"):
            last_close = tag.end()
        if opened == max_entries + 1:
            capped_at = tag.start()
    ended = _ROOT_CLOSE.search(text, max(last_open, last_close)) is not None
    fault = None if ended else "the feed breaks off"
    if opened and last_open >= last_close and not ended:
        text, fault, opened = text[:last_open], "the feed breaks off inside an item", opened - 1
    capped_entries = max(0, opened - max_entries)
    if capped_entries:
        text = text[:capped_at] + (text[last_close:] if last_close > capped_at else "")
    text, capped_elements = _thinned(text)
    if capped_elements:
        fault = f"more than {MAX_ELEMENTS:,} tags in one item; the rest of it was left out"
    return Cut(text, fault, capped_entries, capped_elements)


def _thinned(text: str) -> tuple[str, int]:
    """The text with no more than so many tags between two tags of items, and how often there were more."""
    if text.count("<") <= MAX_ELEMENTS:
        return text, 0
    bounds = [0, *(tag.start() for tag in _ITEM_TAG.finditer(text)), len(text)]
    pieces = [text[start:end] for start, end in pairwise(bounds)]
    capped = 0
    for index, piece in enumerate(pieces):
        if piece.count("<") > MAX_ELEMENTS and (end := _nth_tag(piece, MAX_ELEMENTS)) is not None:
            pieces[index], capped = piece[:end], capped + 1
    return "".join(pieces), capped


def _nth_tag(piece: str, number: int) -> int | None:
    """Where the tag with this number begins, those in CDATA not counted."""
    tags = (found.start() for found in _TAG_OR_CDATA.finditer(piece) if found[0] == "<")
    return next(islice(tags, number, None), None)


def outside_items(text: str) -> str:
    """The text before the first item and after the last: what the feed says of itself."""
    first = last = None
    for tag in _ITEM_TAG.finditer(text):
        first, last = first or tag, tag
    return text if first is None or last is None else text[: first.start()] + text[last.end() :]


def pieces(text: str) -> tuple[str, ...]:
    """The feed as documents of their own: what stands outside its items, then each item, all within the same root."""
    root = _FEED_TAG.search(text, 0, _ROOT_WITHIN_CHARS)
    end = text.find(">", root.end()) if root else -1
    if root is None or end < 0:
        return ()
    opening, closing = text[root.start() : end + 1], f"</{text[root.start() + 1 : root.end()]}>"
    items: list[str] = []
    start: int | None = None
    for tag in _ITEM_TAG.finditer(text):
        if tag[1] and start is not None:
            items.append(text[start : tag.end()])
            start = None
        elif not tag[1] and start is None:
            start = tag.start()
    return (outside_items(text), *(opening + item + closing for item in items))


def _pair(match: re.Match[str]) -> str:
    """A character that was written as its two UTF-16 halves."""
    high, low = (int(half[1:], 16) if half[0] == "x" else int(half) for half in match.groups())
    if 0xD800 <= high <= 0xDBFF and 0xDC00 <= low <= 0xDFFF:
        return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00))
    return match[0]


def _reference(match: re.Match[str]) -> str:
    digits, base = (match[1], 16) if match[1] else (match[2], 10)
    digits = digits.lstrip("0") or "0"
    code = int(digits, base) if len(digits) <= 8 else 0x110000
    sound = code in (0x9, 0xA, 0xD) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code < 0x110000
    return f"&#{code};" if sound else "\ufffd"


def _ampersands(text: str) -> str:
    """Repair ampersands outside CDATA, where a parser would stumble over them."""
    pieces: list[str] = []
    at = 0
    while (start := text.find("<![CDATA[", at)) >= 0:
        end = text.find("]]>", start)
        if end < 0:
            break
        pieces += (_AMPERSAND.sub(_ampersand, text[at:start]), text[start:end])
        at = end
    pieces.append(_AMPERSAND.sub(_ampersand, text[at:]))
    return "".join(pieces)


def _ampersand(match: re.Match[str]) -> str:
    character = html.entities.html5.get(f"{match[1]};", "") if match[1] else ""
    if not character or any(sign in character for sign in "<>&\"'"):
        return "&amp;" + match[0][1:]
    return character


def _long_tag(match: re.Match[str]) -> str:
    if match[2].count("=") <= _MAX_ATTRIBUTES:
        return match[0]
    return f"<{match[1]}/>" if match[2].endswith("/") else f"<{match[1]}>"
