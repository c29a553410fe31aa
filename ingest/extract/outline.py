"""What stands where in a page's source, found in one pass before anything is parsed.

What stands in scripts, styles, templates and comments is no element, and is passed over.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right

#: What a pass over a page looks for, by the beginning of its tag.
_KINDS = (
    *("!--", "script", "style", "template", "textarea"),
    *("/p>", "br", "meta", "link", "h1", "title", "time", "html"),
)
#: Tags are written small or, on old pages, in capitals: a pattern that ignores case takes three times as long.
_SIGN = re.compile(f"<(?:{'|'.join(dict.fromkeys(form for kind in _KINDS for form in (kind, kind.upper())))})")
_ENDS = {"!--": re.compile("-->")} | {
    kind: re.compile(f"</{kind}", re.I) for kind in ("script", "style", "template", "textarea")
}
_MAX_TAG_CHARS = 500


class Outline:
    """A page's source, and where it has what: numbers of characters, in order."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: dict[str, list[int]] = {kind: [] for kind in _KINDS}  # by the beginning of a tag
        self.stated: list[str] = []  # JSON-LD, with its tags
        self._hidden: list[int] = []  # where something begins in which no element stands ...
        self._hidden_to: list[int] = []  # ... and where that ends
        shown_from = 0
        for sign in _SIGN.finditer(text):
            start, end = sign.span()
            if start < shown_from:
                continue
            kind = sign[0][1:].lower()
            if kind in _ENDS:
                shown_from = self._hide(kind, start, end)
            elif kind == "/p>" or not text[end : end + 1].isalnum():
                self.found[kind].append(start)

    def is_hidden(self, at: int) -> bool:
        """Whether what stands there is no element."""
        number = bisect_right(self._hidden, at) - 1
        return number >= 0 and at < self._hidden_to[number]

    def outside(self, start: int, end: int) -> int:
        """How many paragraphs end outside a place; of a place whose lines are broken by hand, how many lines."""
        lines, paragraphs = self.found["br"], self.found["/p>"]
        broken, ended = (bisect_left(each, end) - bisect_left(each, start) for each in (lines, paragraphs))
        return len(lines) - broken if broken > ended else len(paragraphs) - ended

    def _hide(self, kind: str, start: int, end: int) -> int:
        """Where the page goes on behind something in which no element stands: nowhere, where that has no end."""
        closed = _ENDS[kind].search(self.text, end)
        close = closed.start() if closed is not None else len(self.text)
        self._hidden.append(start)
        self._hidden_to.append(close)
        if kind == "script":
            opened = self.text.find(">", start, start + _MAX_TAG_CHARS)
            if "ld+json" in self.text[start : opened + 1] and closed is not None:
                self.stated.append(self.text[start:close] + "</script>")
        return close
