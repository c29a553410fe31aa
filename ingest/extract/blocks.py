"""A quick look at a page: the element around which most of its unlinked prose gathers, and what reads like an article.

It is quick enough for every page, and independent of trafilatura's rules: what both find is the article.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from lxml import etree, html

from ingest.extract.elements import APART, HEADINGS, INLINE, LINES, beside_of
from ingest.extract.furniture import ends_a_sentence
from ingest.extract.thresholds import THRESHOLDS, Thresholds

_MIN_PROSE_CHARS = 40
_MAX_LINK_SHARE = 0.5
_MAX_CLIMB = 3
_CLIMB_WEIGHT = 0.6
#: What is called something beside an article is left out, unless that would leave less than this share of the prose.
_MIN_OWN_SHARE = 0.3
#: The part of a page that a careful extractor reads holds this share of its prose.
_AREA_SHARE = 0.8
#: A shorter text is never sure: a page of one paragraph may be anything.
_MIN_SURE_CHARS = 500
_MAX_FORM_PARAGRAPHS = 3


@dataclass(slots=True)
class Run:
    """The text between two block boundaries, and the block it stands in."""

    block: html.HtmlElement
    beside: html.HtmlElement | None = None  # the outermost element around it that is called something beside an article
    chars: int = 0
    linked: int = 0
    parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Its words, with one blank between two."""
        return " ".join("".join(self.parts).split())

    @property
    def is_linked(self) -> bool:
        """Whether most of it is links."""
        return self.linked > _MAX_LINK_SHARE * self.chars

    @property
    def plain_chars(self) -> int:
        """Its characters that are no link's."""
        return self.chars - self.linked


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a quick look at a page found."""

    text: str = ""  # paragraphs around the densest element, separated by newlines
    whole: str = ""  # the same with the page's labels, which may say that this is not all
    is_sure: bool = False  # nothing else on the page reads like the article
    link_share: float = 0.0  # of the densest element's characters, those that are links
    best: html.HtmlElement | None = None  # the densest element
    every: Sequence[Run] = ()  # all runs of the page
    area: html.HtmlElement | None = None  # the element that holds most of the prose, the densest element included


def look(root: html.HtmlElement, thresholds: Thresholds = THRESHOLDS) -> Look:
    """Return the text of the element that gathers most of the page's prose; empty where there is none."""
    open_forms(root)
    every = list(runs(root))
    prose = _own([run for run in every if _is_prose(run)])
    best = _densest(prose)
    if best is None:
        return Look(every=every)
    below = set(best.iter())  # asking each run for its ancestors would take quadratic time in nested lists
    inside = [run for run in every if run.block in below]
    lines = _lines(inside, below)
    text = _text(lines)
    area, held = _around(best, below, prose, _AREA_SHARE)
    everything, all_held = _around(area, held, prose, thresholds.all_share)
    most = text if everything is best else _text(_lines([run for run in every if run.block in all_held], all_held))
    chars = sum(run.chars for run in inside)
    return Look(
        text=text,
        whole="\n".join(line for _, line in lines),
        is_sure=len(text) >= max(_MIN_SURE_CHARS, thresholds.sure_share * len(most)),
        link_share=sum(run.linked for run in inside) / chars if chars else 0.0,
        best=best,
        every=every,
        area=area,
    )


def text_of(element: html.HtmlElement) -> str:
    """All lines of an element, links and labels included, as a person who chose it wants them."""
    return "\n".join(run.text for run in runs(element))


def open_forms(root: html.HtmlElement) -> None:
    """Make plain divisions of forms that hold paragraphs: some publishers' systems put the whole page into one."""
    for form in list(root.iter("form")):
        if len(list(islice(form.iter("p"), _MAX_FORM_PARAGRAPHS + 1))) > _MAX_FORM_PARAGRAPHS:
            form.tag = "div"


def runs(root: html.HtmlElement, *, is_plain: bool = False) -> Iterator[Run]:
    """The page's runs of text in document order, in one walk without recursion.

    is_plain: whoever asks knows what is the article's, and does not need `beside`.
    """
    run = Run(root)
    links = 0
    beside: html.HtmlElement | None = None
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        tag = element.tag
        inline = tag in INLINE
        if event == "start":
            if tag in APART:
                walk.skip_subtree()
            elif inline:
                links += tag == "a"
            else:
                if run.chars:
                    yield run
                beside = beside if is_plain or beside is not None else beside_of(element)
                run = Run(element, beside)
            text = None if tag in APART else element.text
        else:
            links -= tag == "a"
            if not inline:
                if run.chars:
                    yield run
                beside = None if element is beside else beside
                parent = element.getparent()
                run = Run(root if parent is None else _block_of(parent), beside)
            text = element.tail
        if text:
            chars = len(text.strip())
            run.parts.append(text)
            run.chars += chars
            run.linked += chars if links > 0 else 0
    if run.chars:
        yield run


def _block_of(element: html.HtmlElement) -> html.HtmlElement:
    while element.tag in INLINE and (parent := element.getparent()) is not None:
        element = parent
    return element


def _is_prose(run: Run) -> bool:
    return run.plain_chars >= _MIN_PROSE_CHARS and run.linked <= _MAX_LINK_SHARE * run.chars


def _own(prose: list[Run]) -> list[Run]:
    """The prose that stands in nothing beside an article; all of it where the whole page is called such a thing."""
    own = [run for run in prose if run.beside is None]
    enough = sum(run.chars for run in own) >= _MIN_OWN_SHARE * sum(run.chars for run in prose)
    return own if enough else prose


def _densest(prose: list[Run]) -> html.HtmlElement | None:
    """The element with the best sum of prose near below it; earlier in the page on a tie."""
    scores: defaultdict[html.HtmlElement, float] = defaultdict(float)
    for run in prose:
        # A paragraph's own element holds nothing but itself; text that stands loose in a division is gathered by it.
        node = (
            run.block if run.block.tag in {"div", "article", "section", "td", "main", "body"} else run.block.getparent()
        )
        weight = float(run.plain_chars)
        for _ in range(_MAX_CLIMB):
            if node is None:
                break
            scores[node] += weight
            weight *= _CLIMB_WEIGHT
            node = node.getparent()
    return max(scores, key=lambda element: scores[element], default=None)


def _around(
    element: html.HtmlElement, below: set[html.HtmlElement], prose: list[Run], share: float
) -> tuple[html.HtmlElement, set[html.HtmlElement]]:
    """The element, or the nearest around it that holds this share of the prose; with all that it holds.

    below: the element and what it holds. Grown with each step outwards, so that all steps together take time that is
    linear in the page.
    """
    missing = [run for run in prose if run.block not in below]
    spare = (1 - share) * sum(run.plain_chars for run in prose)
    held = set(below) if missing else below
    while sum(run.plain_chars for run in missing) > spare and element.tag != "body":
        parent = element.getparent()
        if parent is None:
            break
        held.add(parent)
        held.update(*(child.iter() for child in parent if child is not element))
        element, missing = parent, [run for run in missing if run.block not in held]
    return element, held


def _lines(inside: list[Run], below: set[html.HtmlElement]) -> list[tuple[str, str]]:
    """An article's runs with the names of their elements, without what links or names say is something else."""
    plain = [run for run in inside if run.linked <= _MAX_LINK_SHARE * run.chars]
    own = [run for run in plain if run.beside is None or run.beside not in below]
    if 2 * sum(run.chars for run in own) < sum(run.chars for run in plain):
        own = plain  # the name belongs to what is around the article, or to the article
    return [(str(run.block.tag), run.text) for run in own]


def _text(lines: list[tuple[str, str]]) -> str:
    """The lines that do not look like a page's labels."""
    lines = [(tag, text) for tag, text in lines if len(text) >= _MIN_PROSE_CHARS or may_be_short(tag, text)]
    while lines and lines[-1][0] in HEADINGS:
        lines.pop()
    return "\n".join(text for _, text in lines)


def may_be_short(tag: str, text: str) -> bool:
    """Whether a line of a few words in such an element may be the author's."""
    return tag in LINES or ends_a_sentence(text)
