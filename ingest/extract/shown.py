"""What a page shows its readers below its headline: who wrote it, and when."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree, html

from ingest.extract.dates import Stamp, may_be_dated, written
from ingest.text.plain import clean_text

_MAX_CHARS = 1_200
_MAX_PIECES = 120
_SILENT = frozenset({"script", "style", "noscript", "template", "svg", "form", "nav", "select", "aside"})
_NAME = r"[A-Z][^\W\d_]*(?:[.'’-][^\W\d_]*)*"
_PERSON = rf"{_NAME}(?: (?:(?:de|del|di|da|van|von|der|den|la|le|el|al|bin|ter) )*{_NAME}){{1,3}}"
#: A byline begins with its word and goes on over commas and "and", on one line or with each name on its own.
_BYLINE = re.compile(
    rf"(?:^|\n|(?<=[.!?|•·–—-] ))(?:[Bb]y|BY|[Vv]on|[Pp]ar|[Pp]or|[Dd]oor)\s{{1,3}}(?P<people>{_PERSON}"
    rf"(?:\s{{0,3}}(?:,|&|\band\b|\bund\b|\bet\b|\by\b|\be\b|\ben\b)\s{{1,3}}{_PERSON}){{0,7}})"
)
#: What stands behind such a word is no publication.
_CHANGE = re.compile(r"\b(?:updated|modified|edited|revised|corrected|aktualisiert|modifi\u00e9|actualizado)\b.*", re.I)
#: One of these stands in each of its words, and is sooner seen.
_CHANGE_STEMS = ("updat", "modif", "edited", "revised", "corrected", "aktuali", "actuali")
_DIGIT = re.compile(r"\d")
_MONTH_NAME = re.compile(
    r"\s+(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec|Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*\.?$"
)


def lines_below(headline: html.HtmlElement | None) -> str:
    """Return the first words behind a headline, a line for each piece of text, 1,200 characters at most."""
    if headline is None:
        return ""
    lines: list[str] = []
    size = 0
    for piece, _ in zip(_pieces(headline), range(_MAX_PIECES), strict=False):
        text = " ".join(piece[:_MAX_CHARS].split())
        if text:
            lines.append(text)
            size += len(text) + 1
        if size >= _MAX_CHARS:
            break
    return "\n".join(lines)[:_MAX_CHARS]


def shown_stamp(lines: str) -> Stamp | None:
    """Return the first instant in such lines, or the first day, that is not said to be of a change."""
    day: Stamp | None = None
    kept = lines.split("\n")
    lower = lines.lower()
    if any(stem in lower for stem in _CHANGE_STEMS):
        kept = _unchanged(kept)
    dated = list(map(may_be_dated, kept))
    for number, line in enumerate(kept):
        if any(dated[number : number + 3]) and _DIGIT.search(line):
            # A day and its time often stand in neighbouring elements.
            stamp = written(" ".join(kept[number : number + 3])[:200])
            if stamp is not None and stamp.zoned:
                return stamp
            day = day or (written(line) if dated[number] else None)
    return day


def _unchanged(lines: list[str]) -> list[str]:
    """The lines without what they say of a change; where the word stands alone, without the next line."""
    kept: list[str] = []
    skipped = False
    for line in lines:
        found = _CHANGE.search(line)
        kept.append("" if skipped else line[: found.start()] if found else line)
        skipped = found is not None and not _DIGIT.search(found[0])
    return kept


def shown_byline(lines: str) -> str | None:
    """Return the people that a byline in such lines names, as they are written; None without one."""
    found = _BYLINE.search(lines[:_MAX_CHARS])
    if found is None:
        return None
    return clean_text(_MONTH_NAME.sub("", found["people"]), max_chars=_MAX_CHARS).replace(" ,", ",")


def _pieces(headline: html.HtmlElement) -> Iterator[str]:
    """The texts behind an element, in the order of the document."""
    node = headline
    while node is not None and node.tag != "body":
        yield node.tail or ""
        for sibling in node.itersiblings():
            yield from _texts(sibling)
        node = node.getparent()


def _texts(element: html.HtmlElement) -> Iterator[str]:
    """An element's texts and its tail, without what is not shown; elements one by one, so that the caller may stop."""
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, node in walk:
        if event == "end":
            yield node.tail or ""
        elif node.tag in _SILENT:
            walk.skip_subtree()
        else:
            yield node.text or ""
