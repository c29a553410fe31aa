"""Places in a page's source: a start tag found by what is written in it, its end, and the page cut down to it.

A page is cut before it is parsed: parser and readers take time by the element, and most elements of a page stand
nowhere near its article (`python -m bench.templates`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from lxml import html

from ingest.extract.outline import Outline
from ingest.model.templates import Mark

_MAX_TAG_CHARS = 4_000
_MAX_TRIES = 200
_MAX_TOKENS = 12
_MAX_TOKEN_CHARS = 80
#: Between the headline and the article stand byline, date and picture; what is longer is something else.
_MAX_HEADER_CHARS = 40_000
_MAX_HEADLINES = 3
_MAX_HEADLINE_CHARS = 8_000
_MAX_TITLE_CHARS = 5_000
_MAX_SCRIPTS = 20
_MAX_ROOT_CHARS = 2_000
_MAX_STATED_CHARS = 10_000
_MAX_STATED = 300
_MAX_NAMED = 3
_NAMED = ("class", "id", "itemprop", "role", "data-component", "data-testid")
#: Old pages have no names; their tables have measures.
_MEASURED = ("width", "valign", "align", "bgcolor", "cellpadding", "border", "name")
#: Cells of tables without a name are told apart by their number, by which no place is looked for.
_CELLS = frozenset({"td", "th"})
_UNIQUE = frozenset({"article", "main"})
#: Numbers of the page or the post, which no other page has.
_OWN = re.compile(r"\d{3}|\d.*\d.*\d")
_ATTRIBUTE = re.compile(r"""([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?""")
#: What no reader of a place looks into.
_SILENT = re.compile(
    r"<(script|style|svg|noscript)\b[^>]*+>(?:[^<]++|<(?!/\1))*+</\1[^>]*+>|<!--(?:[^-]++|-(?!->))*+-->", re.I
)
_TIME = re.compile(r"<time\b[^>]{0,1000}>[^<]{0,300}", re.I)
_HEADLINE_END = re.compile(r"</h1", re.I)
_NAME = re.compile(r"<([a-z][a-z0-9]{0,9})\b", re.I)
#: How publishers' systems mark who wrote it and when.
_SIGNED = ('itemprop="author"', 'rel="author"', "byline", "author-name", 'itemprop="datePublished"')
_MAX_SIGNED_CHARS = 1_500
_MAX_SIGNED_TAG_CHARS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A place in a page's source."""

    start: int
    end: int


def mark_of(element: html.HtmlElement) -> Mark:
    """An element's name and what its start tag says that other pages may say too."""
    mark = _mark(str(element.tag)[:40], tuple(element.items()))
    if mark.tokens or mark.tag not in _CELLS:
        return mark
    return Mark(tag=mark.tag, tokens=(("nth", str(sum(1 for _ in element.itersiblings(preceding=True)) + 1)),))


@lru_cache(maxsize=5_000)
def _mark(tag: str, said: tuple[tuple[str, str], ...]) -> Mark:
    attributes = dict(said)
    tokens: list[tuple[str, str]] = []
    for name in _NAMED:
        values = attributes.get(name, "")[:1_000].split()
        tokens += [(name, value) for value in values if _is_shared(value)]
    if not tokens:
        found = ((name, attributes.get(name, "").strip()) for name in _MEASURED)
        tokens = [(name, value) for name, value in found if value and _is_shared(value)]
    return Mark(tag=tag, tokens=tuple(sorted(set(tokens))[:_MAX_TOKENS]))


def _is_shared(value: str) -> bool:
    return len(value) <= _MAX_TOKEN_CHARS and _OWN.search(value) is None and not set(value) & set("\"'<>&")


def can_be_found(mark: Mark) -> bool:
    """Whether a mark says enough to be looked for in a source."""
    return mark.tag in _UNIQUE or any(name != "nth" for name, _ in mark.tokens)


def shared(a: Mark, b: Mark) -> Mark | None:
    """What two marks have in common; None where that cannot be looked for."""
    if a.tag != b.tag:
        return None
    both = Mark(tag=a.tag, tokens=tuple(token for token in a.tokens if token in b.tokens))
    return both if can_be_found(both) else None


def find(page: Outline, mark: Mark) -> Span | None:
    """The one element of a page that bears a mark; None where there is none, more than one, or its end is missing."""
    if not can_be_found(mark):
        return None
    starts = list(islice(_starts(page.text, mark), 2))
    if len(starts) != 1 or page.is_hidden(starts[0]):
        return None
    end = _end(page.text, starts[0], mark.tag)
    return Span(start=starts[0], end=end) if end is not None else None


def _starts(text: str, mark: Mark) -> Iterator[int]:
    """Where start tags stand that say all that a mark says."""
    if not mark.tokens:
        for found in _opening(mark.tag).finditer(text):
            yield found.start()
        return
    value = max((value for _, value in mark.tokens), key=len)
    at, seen = text.find(value), -1
    for _ in range(_MAX_TRIES):
        if at < 0:
            return
        start = text.rfind("<", max(0, at - _MAX_TAG_CHARS), at)
        if (
            start > seen
            and text[start + 1 : start + 1 + len(mark.tag)].lower() == mark.tag
            and _bears(text, start, mark)
        ):
            seen = start
            yield start
        at = text.find(value, at + len(value))


@lru_cache(maxsize=200)
def _opening(tag: str) -> re.Pattern[str]:
    return re.compile(rf"<{re.escape(tag)}(?=[\s/>])", re.I)


def _bears(text: str, start: int, mark: Mark) -> bool:
    end = text.find(">", start)
    head = start + 1 + len(mark.tag)
    if end < 0 or end - start > _MAX_TAG_CHARS or not (text[head].isspace() or text[head] in "/>"):
        return False
    said: dict[str, str] = {}
    for found in _ATTRIBUTE.finditer(text, head, end):
        said.setdefault(found[1].lower(), found[2] or found[3] or found[4] or "")
    for name, value in mark.tokens:
        given = said.get(name)
        if given is None or (value not in given.split() if name in _NAMED else value != given.strip()):
            return False
    return True


def _end(text: str, start: int, tag: str) -> int | None:
    """Where the element ends that begins at `start`; None where its end is missing."""
    depth = 0
    at = start
    pattern = _bounds(tag)
    while (found := pattern.search(text, at)) is not None:
        at = found.end()
        raw = found["raw"]
        if found["comment"]:
            at = text.find("-->", at)
        elif raw:
            close = _closing(raw.lower()).search(text, at)
            at = close.end() if close else -1
        else:
            depth += -1 if found["slash"] else 1
            if not depth:
                close_at = text.find(">", at)
                return close_at + 1 if close_at >= 0 else None
        if at < 0:
            return None
    return None


@lru_cache(maxsize=200)
def _bounds(tag: str) -> re.Pattern[str]:
    return re.compile(
        rf"<(?:(?P<comment>!--)|(?P<raw>script|style|textarea)\b|(?P<slash>/?){re.escape(tag)}(?=[\s/>]))", re.I
    )


@lru_cache(maxsize=8)
def _closing(tag: str) -> re.Pattern[str]:
    return re.compile(rf"</{tag}\s*>", re.I)


def cut(page: Outline, span: Span) -> str:
    """A page of the place alone: with what the page states for machines, its headline, and what stands between."""
    text = page.text
    place = _SILENT.sub(" ", text[span.start : span.end])
    headlines = list(islice(_headlines(page), _MAX_HEADLINES))
    before = [found for found in headlines if found.end <= span.start]
    near = before[-1] if before and span.start - before[-1].start <= _MAX_HEADER_CHARS else None
    header = _SILENT.sub(" ", text[near.start : span.start]) if near is not None else ""
    others = [found for found in headlines if found is not near and not span.start <= found.start < span.end]
    ahead = "".join(text[found.start : found.end] for found in others if found.start < span.start)
    behind = "".join(text[found.start : found.end] for found in others if found.start >= span.end)
    root = next((_tag(text, start, _MAX_ROOT_CHARS) for start in page.found["html"]), "")
    head = "".join((*_stated(page), *page.stated[:_MAX_SCRIPTS]))
    signed = () if '"author"' in head else _signed(text, header, place)
    return "".join(
        (
            root or "<html>",
            *("<head>", head, "</head><body>", ahead, header, "<div>\n", place, "</div>", behind),
            *(_timed(page, header, place), *signed, "</body></html>"),
        )
    )


def _tag(text: str, start: int, most: int) -> str:
    """A tag with what it says, signs in quotation marks included; empty where it has no end so near."""
    end = text.find(">", start, start + most)
    while end >= 0 and text.count('"', start, end) % 2:
        quoted_to = text.find('"', end, start + most)
        end = text.find(">", quoted_to, start + most) if quoted_to >= 0 else -1
    return text[start : end + 1]


def _headlines(page: Outline) -> Iterator[Span]:
    """The page's first main headings."""
    for start in page.found["h1"][: 8 * _MAX_HEADLINES]:
        end = _HEADLINE_END.search(page.text, start, start + _MAX_HEADLINE_CHARS)
        if end is not None:
            yield Span(start=start, end=end.end() + 1)


def _stated(page: Outline) -> Iterator[str]:
    """The page's title, meta elements and canonical address, wherever they stand."""
    text = page.text
    for start in page.found["title"][:1]:
        end = text.find("</", start, start + _MAX_TITLE_CHARS)
        yield text[start:end] + "</title>" if end >= 0 else ""
    for start in page.found["meta"][:_MAX_STATED]:
        yield _tag(text, start, _MAX_STATED_CHARS)
    links = (_tag(text, start, _MAX_STATED_CHARS) for start in page.found["link"][:_MAX_STATED])
    yield from islice((link for link in links if "canonical" in link), _MAX_NAMED)


def _timed(page: Outline, header: str, place: str) -> str:
    """The page's first element made for a time, where neither header nor article has one."""
    if "<time" in header or "<time" in place:
        return ""
    found = next((_TIME.match(page.text, start) for start in page.found["time"]), None)
    return f"<p>{found[0]}</time></p>" if found is not None else ""


def _signed(text: str, header: str, place: str) -> Iterator[str]:
    """The first elements that are made for who wrote it, where neither header nor article has such."""
    for sign in _SIGNED:
        if sign not in header and sign not in place:
            yield from _signed_by(text, sign)


def _signed_by(text: str, sign: str) -> Iterator[str]:
    at = -1
    for _ in range(_MAX_NAMED):
        at = text.find(sign, at + 1)
        if at < 0:
            return
        start = text.rfind("<", max(0, at - _MAX_SIGNED_TAG_CHARS), at)
        named = _NAME.match(text, start) if start >= 0 else None
        if named is not None and text.find(">", start, at) < 0:
            end = text.find(f"</{named[1]}", at, at + _MAX_SIGNED_CHARS)
            yield f"{text[start:end] if end >= 0 else text[start : text.find('>', at) + 1]}</{named[1]}>"
