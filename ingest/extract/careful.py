"""The door to trafilatura: its reading of a whole page, or of the part of it around which the prose gathers."""

from __future__ import annotations

import copy
import logging
import re
from enum import Enum

from lxml import etree, html

MAX_TEXT_CHARS = 200_000
#: Its careful way ends in jusText, which is quadratic in paragraphs (20,000 of them: over 12 s), by its own count of
#: them.
_MAX_CAREFUL_ELEMENTS = 6_000
#: Its fast way takes 50 to 100 µs an element, and where it deletes one it copies the text before it: 19,000 elements in
#: one paragraph of 4.5 million characters took 60 s. News pages have some thousands; beyond, our own reading serves.
_MAX_ELEMENTS = 20_000
_MAX_ELEMENTS_TIMES_CHARS = 1_000_000_000
#: What it would delete itself, after copying it several times.
_UNREAD = (
    *("script", "style", "noscript", "template", "svg", "math", "head", "nav", "footer", "aside", "form", "iframe"),
    *("button", "select", "textarea", "object", "embed", "video", "audio", "canvas", "map", "menu", "dialog"),
)

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9:_-]*")


class Care(Enum):
    """How much time trafilatura may take: its own rules alone, or other extractors beside them too."""

    FAST = "fast"
    FULL = "full"


def read_near(area: html.HtmlElement) -> str:
    """Trafilatura's text of an element and what it holds, as if the rest of its page were not there.

    Its time goes with the elements of a page, most of which stand nowhere near the article: this is three to five
    times as fast as reading the page (bench/extract.py).
    """
    return _read(_alone(area), Care.FAST)


def read_whole(root: html.HtmlElement, care: Care) -> str:
    """Trafilatura's text of a page, one line a paragraph; empty where it finds none, fails or would take seconds."""
    page = copy.deepcopy(root)
    etree.strip_elements(page, *_UNREAD, with_tail=False)
    return _read(page, care)


def _alone(area: html.HtmlElement) -> html.HtmlElement:
    """A page of the element alone, in bare copies of those it stands in: their names and classes are evidence."""
    page = copy.deepcopy(area)
    page.tail = None
    etree.strip_elements(page, *_UNREAD, with_tail=False)
    for ancestor in area.iterancestors():
        around = html.Element(_tag(ancestor), dict(ancestor.attrib))
        around.append(page)
        page = around
    for tag in ("body", "html"):
        if page.tag not in {tag, "html"}:
            around = html.Element(tag)
            around.append(page)
            page = around
    return page


def _tag(element: html.HtmlElement) -> str:
    """An element's name; "div" for one that the parser takes from a broken page and lxml would not make anew."""
    name = str(element.tag)
    return name if _NAME.fullmatch(name) else "div"


def _read(root: html.HtmlElement, care: Care) -> str:
    elements = _affordable(root)
    if elements is None or (care is Care.FULL and elements > _MAX_CAREFUL_ELEMENTS):
        return ""
    import trafilatura  # noqa: PLC0415 - a second to import, and only workers need it

    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # a page that it cannot read is no event of ours
    try:
        found = trafilatura.extract(root, fast=care is Care.FAST, include_comments=False, deduplicate=False)
    except Exception:
        return ""
    return (found or "")[:MAX_TEXT_CHARS]


def _affordable(root: html.HtmlElement) -> int | None:
    """The number of a page's elements, or None where trafilatura would need more than a few seconds for them."""
    elements = int(root.xpath("count(descendant-or-self::*)"))
    chars = int(root.xpath("string-length(string(.))"))
    too_large = elements > _MAX_ELEMENTS or elements * chars > _MAX_ELEMENTS_TIMES_CHARS
    return None if too_large else elements
