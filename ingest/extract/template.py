"""What pages of one shape have in common, learned from pages that were read with care; and a page read by it.

Pure: observations in, template out; page and template in, body out, or the word that says why not.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2b

from lxml import html

from ingest.extract.blocks import Run, may_be_short, open_forms, runs
from ingest.extract.careful import MAX_TEXT_CHARS
from ingest.extract.elements import APART, INLINE, LINES
from ingest.extract.furniture import trim
from ingest.extract.outline import Outline
from ingest.extract.place import Span, find, mark_of, shared
from ingest.model.templates import Line, Mark, Observation, Template, Unread
from ingest.text.tokens import words

#: So many pages of one shape make a template; so many agreements more make it trusted (extract/site.py).
MIN_PAGES = 4
#: The element around an article holds this share of its words: a line of it may stand elsewhere too.
_HELD_SHARE = 0.96
#: A teaser beside the text may have a line of it by chance: once in so many.
_BY_CHANCE = 8
_MAX_LINES = 400
_MAX_AROUND = 4
_MAX_PATH_NAMES = 8
_MAX_NAME_CHARS = 50
_MAX_PATHS = 400
_MAX_REPEATED = 400
#: Matching learns a passage from three unrelated articles; what is taken out of texts has one witness more, so that
#: what stands in earlier texts is ignored by then.
_WITNESSES = 4
_MIN_REPEATED_WORDS = 4
#: Words that `words` cuts at the same places, but for what is within or behind them in the other pattern.
_EASY_CHARS = 200
_EASY = re.compile(r"(?<!\w)(?:[A-Za-z]{3,}|[а-яА-Я]{3,}|[\uac00-\ud7a3]+)(?!\w)|[\u4e00-\u9fff]{2}")
_HARD_TO_CUT = re.compile("[\u00ad\u0300-\u036f\u0640\u200b-\u200f\u2060]")
#: Runs of scripts that are written without blanks.
_SCRIPT_CHARS = 300
_UNSPACED = re.compile(
    "[\u0e01-\u0edf\u1000-\u109f\u1780-\u17d3\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"
)
_MIN_PROSE_CHARS = 40
_RELATED_SHARE = 0.5
#: Shorter texts are read with care: what stands around them decides what they are (extract/refuse.py).
_MIN_WORDS = 150
_LONGER = 4.0
_SHORTER = 0.4
_MOST_REPEATED = 0.25
_MORE_OUTSIDE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What a template draws from the place of the article."""

    text: str
    whole: str  # with what is repeated and what stands beside the title: credit lines may be there
    count: int  # words of the text


def digest_of(line: str) -> int:
    """A 64-bit hash of a line, signed as SQLite and JSON hold it."""
    return int.from_bytes(blake2b(line.encode("utf-8", "replace"), digest_size=8).digest(), "big", signed=True)


def observe(
    page: Outline,
    shown: Sequence[Run],
    text: str,
    *,
    number: int,
    title: str,
    has_time: bool,
    has_headline: bool,
) -> Observation | None:
    """Return what a page shows of its site's shape; None where the careful text does not stand on it as lines.

    page: as `tree.parse` was given it, shown: its runs of text, text: the careful reading, number: a hash of the
    page's bytes.
    """
    lines = [(run, run.text) for run in shown[:_MAX_LINES]]
    kept = _kept([line for _, line in lines], text)
    around = _around(
        [(run.block, count) for (run, _), count in zip(lines, kept, strict=True) if count and not run.is_linked]
    )
    if not around:
        return None
    marks = tuple(map(mark_of, around))
    spans = [find(page, mark) for mark in marks]
    paths = _Paths(around)
    found: list[Line] = []
    for (run, line), count in zip(lines, kept, strict=True):
        held_by, path = paths.of(run.block, is_linked=run.is_linked)
        number_of_words = (count or (_is_said(line) and _count(line))) if held_by else 0
        if number_of_words:
            found.append(
                Line(held_by=held_by, path=path, is_kept=count > 0, digest=digest_of(line), words=number_of_words)
            )
    return Observation(
        page=number,
        title=digest_of(title),
        around=marks,
        lines=tuple(found),
        outside=tuple(-1 if span is None else page.outside(span.start, span.end) for span in spans),
        has_time=has_time,
        has_headline=has_headline,
    )


def _kept(lines: Iterable[str], text: str) -> list[int]:
    """How many words of each line stand in the careful text one after the other; none where one of them is missing."""
    said = {line: words(line) for line in text.split("\n")}
    in_order = [word for line in text.split("\n") for word in said[line]]
    known, all_said = set(in_order), f" {' '.join(in_order)} "
    counts: list[int] = []
    for line in lines:
        own = said.get(line)
        if own is None:
            own = words(line) if _may_be_of(line, known) else []
            if own and f" {' '.join(own)} " not in all_said:
                own = []
        counts.append(len(own))
    return counts


def _may_be_of(line: str, known: set[str]) -> bool:
    """Whether all words of a line that are cut easily are known: of most lines on a page they are not."""
    if not line.isascii() and _HARD_TO_CUT.search(line) is not None:
        return True
    easy = _EASY.findall(line[:_EASY_CHARS])
    if len(line) > _EASY_CHARS:
        easy = easy[:-1]  # it may be cut
    return known.issuperset(map(str.lower, easy))


def _around(kept: Sequence[tuple[html.HtmlElement, int]]) -> list[html.HtmlElement]:
    """The elements that hold nearly all of these blocks' words, the outermost first, the body left out."""
    inside: Counter[html.HtmlElement] = Counter()
    for block, count in kept:
        for element in _chain(block):
            inside[element] += count
    least = _HELD_SHARE * sum(count for _, count in kept)
    around = [element for element, count in inside.items() if count >= least]
    return sorted(around, key=lambda element: len(_chain(element)))[-_MAX_AROUND:]


def _chain(element: html.HtmlElement) -> list[html.HtmlElement]:
    chain = [element, *element.iterancestors()]
    return [one for one in reversed(chain) if one.tag not in {"html", "body"}]


class _Paths:
    """Paths of elements below some that are numbered, each made once."""

    def __init__(self, numbered: Sequence[html.HtmlElement]) -> None:
        self._known: dict[html.HtmlElement, tuple[int, str]] = {
            element: (number, "") for number, element in enumerate(numbered, 1)
        }

    def of(self, element: html.HtmlElement, *, is_linked: bool) -> tuple[int, str]:
        """How many of the numbered elements hold a line, and its path behind the innermost of them."""
        number, path = self._path(element)
        return number, path + "@" if is_linked else path

    def _path(self, element: html.HtmlElement) -> tuple[int, str]:
        waiting: list[html.HtmlElement] = []
        node: html.HtmlElement | None = element
        while node is not None and node not in self._known:
            waiting.append(node)
            node = node.getparent()
        number, path = (0, "") if node is None else self._known[node]
        for below in reversed(waiting):
            path = _step(path, mark_of(below))
            self._known[below] = number, path
        return number, path


@lru_cache(maxsize=5_000)
def _step(path: str, mark: Mark) -> str:
    """A path with one more name."""
    return _joined((path, _named(mark)))


def _joined(names: Iterable[str]) -> str:
    """One path of several, without what is furthest out."""
    return ">".join(">".join(filter(None, names)).rsplit(">", _MAX_PATH_NAMES)[-_MAX_PATH_NAMES:])


@lru_cache(maxsize=5_000)
def _named(mark: Mark) -> str:
    """A mark as a path has it; a long one by its beginning and a hash."""
    name = str(mark)
    return name if len(name) <= _MAX_NAME_CHARS else f"{name[: _MAX_NAME_CHARS - 10]}~{digest_of(name) & 0xFFFFFFFF:x}"


def propose(observations: Sequence[Observation], barred: Sequence[Mark], taken: Sequence[Mark]) -> Template | None:
    """Return a template for the shape of the latest page, where enough pages have it.

    The innermost element around the article that all of them have. barred: places that did not hold; taken: those of
    other templates.
    """
    latest = observations[-1] if observations else None
    if latest is None:
        return None
    for mark, outside in reversed(list(zip(latest.around, latest.outside, strict=True))):
        if outside < 0:
            continue
        place, held = _held(mark, observations)
        if len(_unrelated(held)) < MIN_PAGES or place in barred:
            continue
        if any(shared(place, other) == other for other in taken):
            return None
        return build(place, observations)
    return None


def build(place: Mark, observations: Sequence[Observation]) -> Template | None:
    """Return what the pages that have a place say of it; None where they do not say enough."""
    pages = [(one, at) for one in observations if (at := _level(place, one)) is not None]
    if not pages:
        return None
    repeated = _repeated(_unrelated(pages))
    kept: Counter[str] = Counter()
    dropped: Counter[str] = Counter()
    torn: set[str] = set()
    texts: list[tuple[int, int]] = []
    for one, at in pages:
        mine = [(path, line) for path, line in _inside(one, at) if line.digest not in repeated]
        here = Counter(path for path, line in mine if line.is_kept)
        not_here = Counter(path for path, line in mine if not line.is_kept)
        torn.update(path for path, times in not_here.items() if times > 1 and not here[path])
        kept, dropped = kept + here, dropped + not_here
        texts.append((sum(line.words for _, line in mine if line.is_kept), max(1, here.total())))
    torn = {path for path in torn if kept[path] * _BY_CHANCE >= dropped[path]}
    averages = [count / number for count, number in texts]
    return Template(
        place=place,
        kept=tuple(sorted(path for path in kept if kept[path] >= dropped[path] and path not in torn))[:_MAX_PATHS],
        dropped=tuple(sorted(path for path, times in dropped.items() if times > max(1, _BY_CHANCE * kept[path])))[
            :_MAX_PATHS
        ],
        torn=tuple(sorted(torn))[:_MAX_PATHS],
        repeated=tuple(sorted(repeated))[:_MAX_REPEATED],
        words=(min(count for count, _ in texts), max(count for count, _ in texts)),
        line_words=(min(averages), max(averages)),
        outside=max(one.outside[at] for one, at in pages),
        has_time=all(one.has_time for one, _ in pages),
        has_headline=all(one.has_headline for one, _ in pages),
        learned_from=len(pages),
    )


def refreshed(template: Template, observations: Sequence[Observation]) -> Template:
    """Return a template with the paths and the repeated lines that later pages add to it; its standing stays."""
    now = build(template.place, observations)
    if now is None:
        return template
    kept = sorted((set(template.kept) | set(now.kept)) - set(now.dropped) - set(now.torn))
    dropped = sorted((set(template.dropped) | set(now.dropped)) - set(kept) - set(now.torn))
    repeated = [*now.repeated, *(one for one in template.repeated if one not in now.repeated)]
    return replace(
        template,
        kept=tuple(kept[:_MAX_PATHS]),
        dropped=tuple(dropped[:_MAX_PATHS]),
        torn=now.torn,
        repeated=tuple(sorted(repeated[:_MAX_REPEATED])),
        learned_from=template.learned_from + 1,
    )


def widened(template: Template, latest: Observation) -> Template:
    """Return a template that takes in what a page on which it agreed has more or less of than those before."""
    now = build(template.place, [latest])
    if now is None:
        return template
    return replace(
        template,
        words=(min(template.words[0], now.words[0]), max(template.words[1], now.words[1])),
        line_words=(min(template.line_words[0], now.line_words[0]), max(template.line_words[1], now.line_words[1])),
        outside=max(template.outside, now.outside),
        has_time=template.has_time and now.has_time,
        has_headline=template.has_headline and now.has_headline,
    )


def _held(mark: Mark, observations: Sequence[Observation]) -> tuple[Mark, list[tuple[Observation, int]]]:
    """What of a mark many pages share, and those pages with the number of the element that bears it; latest first."""
    place = mark
    held: list[tuple[Observation, int]] = []
    for one in reversed(observations):
        best: tuple[int, int, Mark] | None = None
        for number, other in enumerate(one.around):
            both = shared(place, other) if one.outside[number] >= 0 else None
            if both is not None and 2 * len(both.tokens) >= len(place.tokens):
                best = max(best or (-1, -1, both), (len(both.tokens), number, both))
        if best is not None:
            place = best[2]
            held.append((one, best[1]))
    return place, held


def _level(place: Mark, observation: Observation) -> int | None:
    """The number of the one element around a page's article that bears a mark."""
    for number, mark in enumerate(observation.around):
        if shared(place, mark) == place and observation.outside[number] >= 0:
            return number
    return None


def _inside(observation: Observation, at: int) -> Iterator[tuple[str, Line]]:
    """The lines of a page inside an element around its article, each with its path below that."""
    for line in observation.lines:
        if line.held_by > at:
            names = map(_named, observation.around[at + 1 : line.held_by])
            yield _joined((*names, line.path)), line


def _unrelated(pages: Sequence[tuple[Observation, int]]) -> list[tuple[Observation, int]]:
    """Those of some pages that are about different things: other titles, and mostly other lines."""
    chosen: list[tuple[Observation, int]] = []
    titles: set[int] = set()
    bodies: list[set[int]] = []
    for one, at in pages:
        body = {line.digest for line in one.lines if line.is_kept}
        if one.title in titles or any(_RELATED_SHARE * len(body) < len(body & other) for other in bodies):
            continue
        titles.add(one.title)
        bodies.append(body)
        chosen.append((one, at))
    return chosen


def _repeated(pages: Sequence[tuple[Observation, int]]) -> frozenset[int]:
    """Lines of the article's place that unrelated pages have in common."""
    on: defaultdict[int, int] = defaultdict(int)
    for one, at in pages:
        said = {
            line.digest
            for path, line in _inside(one, at)
            if line.words >= _MIN_REPEATED_WORDS and not _is_heading(path)
        }
        for digest in said:
            on[digest] += 1
    return frozenset(digest for digest, times in on.items() if times >= _WITNESSES)


def _is_heading(path: str) -> bool:
    """Whether a line is a heading: an author may call many chapters the same."""
    return re.match(r"h[1-6]\b", path.rsplit(">", 1)[-1]) is not None


def place_in(page: Outline, template: Template) -> Span | Unread:
    """Where a template's place stands in a page; or why the page is not read there."""
    span = find(page, template.place)
    if span is None:
        return Unread.NO_PLACE
    if page.outside(span.start, span.end) > 1.2 * template.outside + _MORE_OUTSIDE:
        return Unread.OUTSIDE
    return span


def draw(root: html.HtmlElement, template: Template, title: str) -> Drawn | Unread:
    """Return what a template draws from a page that was cut down to its place; or why that is not to be believed."""
    open_forms(root)
    place = next(
        (one for one in root.iter(template.place.tag) if shared(template.place, mark_of(one)) == template.place), None
    )
    if place is None:
        return Unread.NO_PLACE
    kept, dropped, repeated = frozenset(template.kept), frozenset(template.dropped), frozenset(template.repeated)
    paths = _Paths([place])
    lines: list[str] = []
    whole: list[str] = []
    said_again = 0
    for element, is_linked, text in _said(place):
        _, path = paths.of(element, is_linked=is_linked)
        if path in dropped or not _is_said(text):
            continue
        whole.append(text)
        if repeated and digest_of(text) in repeated:
            said_again += len(text)
        elif path not in kept:
            return Unread.NEW_PART
        elif len(text) >= _MIN_PROSE_CHARS or may_be_short(str(element.tag), text):
            lines.append(text)
    if said_again > _MOST_REPEATED * sum(map(len, whole)):
        return Unread.REPEATS
    text = trim("\n".join(lines)[:MAX_TEXT_CHARS], title=title)
    return _judged(Drawn(text=text, whole="\n".join(whole)[:MAX_TEXT_CHARS], count=_count(text)), template)


def _said(place: html.HtmlElement) -> Iterator[tuple[html.HtmlElement, bool, str]]:
    """The lines of a place as `blocks.runs` gives them: its element, whether most of it is links, its text.

    Most paragraphs hold nothing but words and inline elements; of those lxml gives the text at once.
    """
    if not _holds_blocks_only(place):
        yield from _walked(place)
        return
    waiting = [iter(place)]
    while waiting:
        child = next(waiting[-1], None)
        if child is None:
            waiting.pop()
        elif child.tag in APART:
            continue
        elif _holds_blocks_only(child):
            waiting.append(iter(child))
        elif child.tag in LINES and all(below.tag in INLINE for below in child.iterdescendants()):
            text = " ".join("".join(child.itertext()).split())
            if text:
                links = (
                    sum(len("".join(link.itertext()).strip()) for link in child.iterdescendants("a"))
                    if len(child)
                    else 0
                )
                yield child, 2 * links > len(text), text
        else:
            yield from _walked(child)


def _holds_blocks_only(element: html.HtmlElement) -> bool:
    """Whether an element has no text of its own."""
    return not (element.text or "").strip() and not any(
        (child.tail or "").strip() or child.tag in INLINE for child in element
    )


def _walked(element: html.HtmlElement) -> Iterator[tuple[html.HtmlElement, bool, str]]:
    for run in runs(element, is_plain=True):
        yield run.block, run.is_linked, run.text


def _is_said(text: str) -> bool:
    """Whether a line has a word in it."""
    return text[:1].isalnum() or bool(words(text))


def _count(text: str) -> int:
    """About as many words as `text.tokens.words` cuts."""
    spaced = text.count(" ") + text.count("\n") + 1
    if text.isascii() or _UNSPACED.search(text, 0, _SCRIPT_CHARS) is None:
        return spaced
    return spaced + sum(len(run) - 1 for run in _UNSPACED.findall(text))  # of a run each two characters are a word


def _judged(drawn: Drawn, template: Template) -> Drawn | Unread:
    """What was drawn, where it has the size and the paragraphs of the site's texts."""
    fewest, most = template.words
    if drawn.count < max(_MIN_WORDS, _SHORTER * fewest) or drawn.count > _LONGER * most:
        return Unread.LENGTH
    average = drawn.count / (drawn.text.count("\n") + 1)
    low, high = template.line_words
    if not low / 2 <= average <= 2 * high:
        return Unread.PARAGRAPHS
    return drawn
