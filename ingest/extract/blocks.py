"""A second opinion on where the article stands: the element around which most of the page's unlinked prose gathers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from lxml import etree, html

#: Elements that stand inside a line of text; every other element begins a new paragraph.
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "mark",
        "nobr",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
    ]
)
#: Elements whose text no reader takes for the article's.
_APART = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "head",
        "nav",
        "footer",
        "aside",
        "form",
        "button",
        "select",
        "textarea",
        "iframe",
        "svg",
        "figure",
        "figcaption",
        "object",
        "video",
        "audio",
    ]
)
_MIN_PROSE_CHARS = 40
_MAX_LINK_SHARE = 0.5
_MAX_CLIMB = 3
_CLIMB_WEIGHT = 0.6
_AREA_SHARE = 0.8
_MAX_FORM_PARAGRAPHS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a quick look at a page found."""

    text: str  # paragraphs around the densest element, separated by newlines
    prose_chars: int  # of unlinked prose on the whole page
    link_share: float  # of the densest element's characters, those that are links
    area: html.HtmlElement | None = None  # the element that holds nearly all prose, the densest element included


@dataclass(slots=True)
class _Run:
    """The text between two block boundaries, and the block it stands in."""

    block: html.HtmlElement
    chars: int = 0
    linked: int = 0
    parts: list[str] = field(default_factory=list)


def look(root: html.HtmlElement) -> Look:
    """Return the text of the element that gathers most of the page's prose; empty where there is none."""
    _open_forms(root)
    runs = list(_runs(root))
    prose = [run for run in runs if _is_prose(run)]
    best = _densest(prose)
    if best is None:
        return Look(text="", prose_chars=0, link_share=0.0)
    below = set(best.iter())  # asking each run for its ancestors would take quadratic time in nested lists
    inside = [run for run in runs if run.block in below]
    chars = sum(run.chars for run in inside)
    return Look(
        text="\n".join(" ".join(run.parts) for run in inside if run.linked <= _MAX_LINK_SHARE * run.chars),
        prose_chars=sum(run.chars - run.linked for run in prose),
        link_share=sum(run.linked for run in inside) / chars if chars else 0.0,
        area=_area(best, below, prose),
    )


def _open_forms(root: html.HtmlElement) -> None:
    """Make plain divisions of forms that hold paragraphs: some publishers' systems put the whole page into one."""
    for form in list(root.iter("form")):
        if len(list(islice(form.iter("p"), _MAX_FORM_PARAGRAPHS + 1))) > _MAX_FORM_PARAGRAPHS:
            form.tag = "div"


def _area(best: html.HtmlElement, below: set[html.HtmlElement], prose: list[_Run]) -> html.HtmlElement:
    """The densest element, or the nearest around it below which most of the page's prose stands.

    below: the densest element and what it holds; grown here with each step outwards, so that all steps together take
    time that is linear in the page.
    """
    missing = [run for run in prose if run.block not in below]
    spare = (1 - _AREA_SHARE) * sum(run.chars - run.linked for run in prose)
    area, held = best, set(below)
    while sum(run.chars - run.linked for run in missing) > spare and area.tag != "body":
        parent = area.getparent()
        if parent is None:
            break
        held.add(parent)
        held.update(*(child.iter() for child in parent if child is not area))
        area, missing = parent, [run for run in missing if run.block not in held]
    return area


def _runs(root: html.HtmlElement) -> Iterator[_Run]:
    """The page's runs of text in document order, in one walk without recursion."""
    run = _Run(root)
    links = 0
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        inline = tag in _INLINE
        if event == "start":
            if tag in _APART:
                walk.skip_subtree()
            elif inline:
                links += tag == "a"
            else:
                if run.parts:
                    yield run
                run = _Run(element)
            text = None if tag in _APART else element.text
        else:
            links -= tag == "a"
            if not inline:
                if run.parts:
                    yield run
                parent = element.getparent()
                run = _Run(root if parent is None else _block_of(parent))
            text = element.tail
        if text and (words := " ".join(text.split())):
            run.parts.append(words)
            run.chars += len(words)
            run.linked += len(words) if links > 0 else 0
    if run.parts:
        yield run


def _block_of(element: html.HtmlElement) -> html.HtmlElement:
    while element.tag in _INLINE and (parent := element.getparent()) is not None:
        element = parent
    return element


def _is_prose(run: _Run) -> bool:
    return run.chars - run.linked >= _MIN_PROSE_CHARS and run.linked <= _MAX_LINK_SHARE * run.chars


def _densest(prose: list[_Run]) -> html.HtmlElement | None:
    """The element with the best sum of prose near below it; earlier in the page on a tie."""
    scores: defaultdict[html.HtmlElement, float] = defaultdict(float)
    for run in prose:
        # A paragraph's own element holds nothing but itself; text that stands loose in a division is gathered by it.
        node = (
            run.block if run.block.tag in {"div", "article", "section", "td", "main", "body"} else run.block.getparent()
        )
        weight = float(run.chars - run.linked)
        for _ in range(_MAX_CLIMB):
            if node is None:
                break
            scores[node] += weight
            weight *= _CLIMB_WEIGHT
            node = node.getparent()
    return max(scores, key=lambda element: scores[element], default=None)
