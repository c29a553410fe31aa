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
_HIDING = frozenset(_KINDS[:5])
_EMPTY = frozenset({"!--", "script", "style"})
#: Tags are written small or, on old pages, in capitals: a pattern that ignores case takes three times as long.
_SIGN = re.compile(f"<(?:{'|'.join(dict.fromkeys(form for kind in _KINDS for form in (kind, kind.upper())))})")
_ENDS = {"!--": re.compile("--!?>")} | {
    kind: re.compile(f"</{kind}", re.I) for kind in ("script", "style", "template", "textarea", "title")
}
_LD_JSON = "ld+json"
_MAX_TAG_CHARS = 500
_MAX_TITLE_CHARS = 5_000
_MAX_TITLES = 20
#: What is shorter stays; what is longer becomes so many blanks: that a page has scripts of some length says something.
_MIN_EMPTY_CHARS = 600
_BLANKS = " " * 300


class Outline:
    """A page's source, and where it has what: numbers of characters, in order."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.found: dict[str, list[int]] = {kind: [] for kind in _KINDS}  # by the beginning of a tag
        self.stated: list[str] = []  # JSON-LD, with its tags
        self._empty: list[tuple[int, int]] = []  # long parts of the page in which no reader looks for anything
        self._hidden: list[int] = []  # where something begins in which no element stands ...
        self._hidden_to: list[int] = []  # ... and where that ends
        shown_from = 0
        for sign in _SIGN.finditer(text):
            start, end = sign.span()
            if start < shown_from:
                continue
            kind = sign[0][1:].lower()
            if kind in _HIDING:
                shown_from = self._hide(kind, start, end)
            elif kind == "/p>" or not text[end : end + 1].isalnum():
                self.found[kind].append(start)
                if kind == "title" and len(self.found[kind]) <= _MAX_TITLES:  # a tag in it is text
                    closed = _ENDS[kind].search(text, end, end + _MAX_TITLE_CHARS)
                    shown_from = closed.start() if closed is not None else end

    def lightened(self) -> str:
        """The page's source without most of what its long scripts, styles and comments say; JSON-LD stays.

        On the average page that is half of all characters.
        """
        text, last = self.text, 0
        pieces: list[str] = []
        for start, end in self._empty:
            pieces += (text[last:start], _BLANKS)
            last = end
        return "".join((*pieces, text[last:])) if pieces else text

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
        text = self.text
        closed = _ENDS[kind].search(text, end if kind != "!--" else end - 2)  # "<!-->" is a whole comment
        close = closed.start() if closed is not None else len(text)
        self._hidden.append(start)
        self._hidden_to.append(close)
        if closed is None:
            return close
        inner = end if kind == "!--" else text.find(">", end, end + _MAX_TAG_CHARS) + 1
        if kind == "script" and _LD_JSON in text[start:inner]:
            self.stated.append(text[start:close] + "</script>")
        elif kind in _EMPTY and inner and close - inner > _MIN_EMPTY_CHARS and not text.count('"', start, inner) % 2:
            self._empty.append((inner, close))
        return close
