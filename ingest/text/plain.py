"""The one door for strangers' text: what comes out is bounded, normalised and free of what no text may hold."""

from __future__ import annotations

import re

from lxml import etree

from ingest.text.normal import normalised

# NUL, C0 and C1 controls that are not white space, DEL, soft hyphen, zero-width space and no-break space, word joiner,
# the bidi marks, embeddings, overrides and isolates, non-characters. The joiners U+200C and U+200D stay: Persian,
# the Indic scripts and emoji need them.
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")

_MARKUP_PER_CHAR = 50  # characters of HTML that are read for one of text
_HIDDEN = frozenset({"script", "style", "noscript", "template", "title"})
# fmt: off
_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "br", "caption", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li",
    "main", "nav", "ol", "option", "p", "pre", "section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul",
})
# fmt: on
_CELLS = frozenset({"td", "th"})


def clean_text(text: str, *, max_chars: int) -> str:
    """Return one line of text that any column, header or page may hold.

    Surrogate pairs are joined, lone ones become U+FFFD; controls, bidi controls and invisible characters go; white
    space of every kind collapses to single blanks; NFC, with no more than 30 combining marks in a row; at most
    `max_chars` characters.
    """
    text = without_surrogates(text[: 4 * max_chars])
    text = " ".join(_UNWANTED.sub("", text).split())
    return normalised("NFC", text)[:max_chars].rstrip()


def without_surrogates(text: str) -> str:
    """Join surrogate pairs and put U+FFFD in the place of lone surrogates, so that the text has a UTF-8 form."""
    if _SURROGATE.search(text) is None:
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def text_of_html(html: str, *, max_chars: int) -> str:
    """Return the text that a reader of this HTML sees, one line for each paragraph, line break, row or list item.

    Scripts and styles go, entities are decoded once, every line is cleaned as `clean_text` does. No tree is built, so
    nesting costs nothing; time is linear in the input, of which 50 * max_chars + 10,000 characters are read.
    """
    html = without_surrogates(html[: _MARKUP_PER_CHAR * max_chars + 10_000]).replace("\0", "")
    if "<" not in html and "&" not in html:
        return clean_text(html, max_chars=max_chars)
    collector = _Collector()
    parser = etree.HTMLParser(target=collector, encoding="utf-8", huge_tree=False, no_network=True)
    try:
        parser.feed(b"<html><body>" + html.encode())
        parser.close()
    except etree.LxmlError:
        pass  # what was read until then stands
    lines = (clean_text(line, max_chars=max_chars) for line in "".join(collector.pieces).split("\n"))
    return "\n".join(line for line in lines if line)[:max_chars].rstrip()


class _Collector:
    """A parser target that keeps visible text, with a newline where a block begins or ends."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self._hidden = 0

    def start(self, tag: str, _attributes: object) -> None:
        if tag in _HIDDEN:
            self._hidden += 1
        self._break(tag)

    def end(self, tag: str) -> None:
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden - 1)
        self._break(tag)

    def data(self, data: str) -> None:
        if not self._hidden:
            self.pieces.append(data.replace("\n", " "))

    def close(self) -> None:
        return None

    def _break(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.pieces.append("\n")
        elif tag in _CELLS:
            self.pieces.append(" ")
