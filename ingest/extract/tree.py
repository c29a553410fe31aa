"""HTML text to an element tree that holds all of the page: what libxml2 would drop or choke on is repaired first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from lxml import etree, html

#: libxml2 stops at 256 levels and drops the rest of the page without a word; wrappers beyond this are left out.
_MAX_WRAPPER_DEPTH = 120
_MAX_ELEMENTS = 150_000
#: trafilatura reads each list anew for every list around it; the deepest on 181 news pages nest four.
_MAX_LIST_DEPTH = 10
_LISTS = ("ul", "ol", "dl")
#: libxml2 compares each attribute of an element with all before it (measured: 40,000 take 1.6 s, 80,000 four times as
#: long). The most on 181 news pages: 64.
_MAX_ATTRIBUTES = 250
_SHORTEST_CROWDED_TAG = 2 * _MAX_ATTRIBUTES
#: A start tag, or a comment or script, in which none stands. Each goes to its end or to the page's, so that the search
#: never goes over one place twice.
_TAG = re.compile(
    r"<(?:!--(?:-?>|(?:[^-]++|-(?!-!?>))*+)|(?P<raw>(?i:script|style))\b(?=[^>]{0,500}>)(?:[^<]++|<(?!/(?i:(?P=raw))))*+"
    r"|[a-zA-Z][^>=]*+(?:=\"[^\"]*+\"[^>=]*+)*+(?:[^>=]++|=\s*+(?:\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z))?)*+)"
)
_ATTRIBUTE = re.compile(r"[\s/]++[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>\"'][^\s>]*+)?)?")
#: What XML 1.0 cannot hold: lxml cuts text there, or raises (measured: 45 of 2,345 characters kept, no error).
_UNHOLDABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_PLAIN = bytes([0x09, 0x0A, 0x0D, *range(0x20, 0x7F)])
_REFERENCE = re.compile(r"&#(?:[xX]([0-9a-fA-F]{1,8})|([0-9]{1,10}));?")
#: What has no end within reach is passed over, or each opening in it would be tried again.
_WRAPPER = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,15})\b[^>]{0,5000}+(>?)")
_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
        "script",
        "style",
        "p",
        "li",
        "td",
        "th",
        "tr",
        "option",
        "dt",
        "dd",
        "thead",
        "tbody",
        "tfoot",
    ]
)
#: lxml.html asks Python for the class of each element that is touched, a tenth of all time; one class serves us.
_ONE_CLASS = etree.ElementDefaultClassLookup(element=html.HtmlElement)
_COUNT = etree.XPath("count(//*)")
_ROOT_CHARS = 20_000
_SELF_CLOSED_ROOT = re.compile(r"(<html\b[^>]{0,2000}?)/\s*>", re.I)


def parse(text: str) -> html.HtmlElement | None:
    """Return the page's root element, or None where there is no element at all or far too many.

    Characters that XML cannot hold become spaces; wrappers and lists nested beyond reason are left out, not their
    content, and so are the attributes of an element that has hundreds.
    """
    text = holdable(text)
    clean = _uncrowded(_SELF_CLOSED_ROOT.sub(r"\1>", text[:_ROOT_CHARS]) + text[_ROOT_CHARS:])
    root, complete = _parse(clean)
    if not complete:
        root, _ = _parse("".join(_unnested(clean)))
    if root is None or count_of_elements(root) > _MAX_ELEMENTS:
        return None
    _flatten_lists(root)
    return root


def count_of_elements(root: html.HtmlElement) -> int:
    """How many elements a page has."""
    return int(_COUNT(root))


def _uncrowded(text: str) -> str:
    """The page with no more than the first attributes of elements that have hundreds."""
    pieces: list[str] = []
    last = 0
    for found in [tag for tag in _TAG.finditer(text) if tag.end() - tag.start() >= _SHORTEST_CROWDED_TAG]:
        start, end = found.span()
        if found["raw"] or text.startswith("<!", start):
            continue
        attributes = _ATTRIBUTE.finditer(text, start + 1, end)
        cut = next(islice(attributes, _MAX_ATTRIBUTES, None), None)
        if cut is not None:
            pieces.append(text[last : cut.start()])
            last = end
    return "".join((*pieces, text[last:])) if pieces else text


def _flatten_lists(root: html.HtmlElement) -> None:
    """Make plain divisions of lists that stand too deep in other lists."""
    depths: dict[html.HtmlElement, int] = {}
    for element in root.iter(*_LISTS):
        around = next(element.iterancestors(*_LISTS), None)
        depths[element] = 1 if around is None else depths[around] + 1
    for element, depth in depths.items():
        if depth > _MAX_LIST_DEPTH:
            for item in element.iterchildren("li", "dt", "dd"):
                item.tag = "div"
            element.tag = "div"


def holdable(text: str) -> str:
    """Text without the characters, written or referenced, that a tree cannot hold; each becomes a space."""
    if _has_unholdable(text):
        text = _UNHOLDABLE.sub(" ", text)
    return _REFERENCE.sub(_reference, text)


def _has_unholdable(text: str) -> bool:
    """Whether any character of a text is one that a tree cannot hold; plain ASCII is passed over at memory's speed."""
    rest = text.encode("utf-8", "surrogatepass").translate(None, _PLAIN)
    return _UNHOLDABLE.search(rest.decode("utf-8", "surrogatepass")) is not None


def _reference(found: re.Match[str]) -> str:
    number = int(found[1], 16) if found[1] else int(found[2])
    if 0x80 <= number <= 0x9F:  # pages mean Windows-1252 by these, and browsers read them so
        return bytes([number]).decode("cp1252", errors="replace")
    if number > 0x10FFFF or _UNHOLDABLE.match(chr(number)):
        return " "
    return found[0]


def _parse(text: str) -> tuple[html.HtmlElement | None, bool]:
    """The root, and whether the parser read to the end."""
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False)
    parser.set_element_class_lookup(_ONE_CLASS)
    try:
        root = html.document_fromstring(text.encode("utf-8", errors="replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None, not _gave_up(parser)
    return root, not _gave_up(parser)


def _gave_up(parser: html.HTMLParser) -> bool:
    return any(fault.level == etree.ErrorLevels.FATAL for fault in parser.error_log)


def _unnested(text: str) -> Iterator[str]:
    """The page in pieces, without the tags of wrappers that stand too deep."""
    depth, dropped, last = 0, 0, 0
    for found in _WRAPPER.finditer(text):
        if not found[3] or found[2].lower() in _VOID or found[0].endswith("/>"):
            continue
        yield text[last : found.start()]
        last = found.end()
        if not found[1]:
            if depth < _MAX_WRAPPER_DEPTH:
                depth += 1
                yield found[0]
            else:
                dropped += 1
                yield "\n"
        elif dropped:
            dropped -= 1
            yield "\n"
        else:
            depth = max(0, depth - 1)
            yield found[0]
    yield text[last:]
