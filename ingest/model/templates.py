"""Where the article stands in a site's pages: what single pages showed, and what was learned from them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from ingest.model.articles import Article, Page


class Standing(StrEnum):
    """How far a template is believed."""

    LEARNING = "learning"  # proposed, and held against the careful reading of each page
    TRUSTED = "trusted"  # pages are read by it
    DOUBTED = "doubted"  # it differed from the careful reading, or pages stopped having its place


class Unread(StrEnum):
    """Why a page was not read by a learned template, and is read with care instead."""

    UNKNOWN = "unknown"  # nothing is learned of the site yet
    SAMPLE = "sample"  # to hold the template against the careful reading
    NO_PLACE = "no_place"  # the place of the article is not there, or there several times
    NO_TITLE = "no_title"  # the headline is not where the template's pages have it
    NO_TIME = "no_time"  # the page states no instant, as the template's pages do
    NEW_PART = "new_part"  # something stands in the place that no page had before
    LENGTH = "length"  # the text is shorter or longer than those of the site
    PARAGRAPHS = "paragraphs"  # its paragraphs are of another length
    OUTSIDE = "outside"  # more paragraphs than usual stand outside the place
    REPEATS = "repeats"  # much of the text is what the site repeats
    KIND = "kind"  # something says that the page is no plain article


class Held(StrEnum):
    """What became of a template that was held against the careful reading of a page."""

    AGREED = "agreed"
    DIFFERED = "differed"
    UNREAD = "unread"  # its place is there, and it would have left the page to the careful reading
    MISSED = "missed"  # its place is not there


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Mark:
    """An element as its start tag is written: its name, and those of its attributes that its pages share."""

    tag: str
    tokens: tuple[tuple[str, str], ...] = ()  # attribute and value, a class on its own; sorted

    def __str__(self) -> str:
        return self.tag + "".join(_selector(name, value) for name, value in self.tokens)


def _selector(name: str, value: str) -> str:
    return {"class": f".{value}", "id": f"#{value}"}.get(name, f'[{name}="{value}"]')


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a page, without its words."""

    held_by: int  # how many of the marks around the article, the outermost first, stand around this line too
    path: str  # the names of the elements behind those, down to the line
    is_kept: bool  # the careful reading has it
    digest: int  # a 64-bit hash of its words
    words: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One page as the careful reading understood it."""

    page: int  # a 64-bit hash of its bytes: no page counts twice
    title: int  # the same of its title
    around: tuple[Mark, ...]  # the elements around the article's lines, the outermost first
    lines: tuple[Line, ...]
    outside: tuple[int, ...]  # how many paragraphs stand outside each of those elements
    has_time: bool
    has_headline: bool  # the title is a heading of the page


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """Where the article stands in the pages of one shape, and what of that place it is."""

    place: Mark
    kept: tuple[str, ...]  # paths below the place whose lines are the article's
    dropped: tuple[str, ...]  # those that never are
    torn: tuple[str, ...]  # those that are on one page and not on another: no template decides on them
    repeated: tuple[int, ...]  # digests of lines that unrelated pages repeat
    words: tuple[int, int]  # the fewest and the most of one text
    line_words: tuple[float, float]  # the same of a line, on the average of a text
    outside: int  # the most paragraphs outside the place
    has_time: bool
    has_headline: bool
    learned_from: int  # pages
    standing: Standing = Standing.LEARNING
    agreed: int = 0  # how often in a row the careful reading said the same
    differed: int = 0  # the same of saying something else, while it was not trusted
    missed: int = 0  # pages in a row that it could not read
    odd: int = 0  # pages since it last agreed on which its place was there and the page was another


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteMemory:
    """What is remembered of one site."""

    templates: tuple[Template, ...] = ()
    observations: tuple[Observation, ...] = ()  # the latest, oldest first
    barred: tuple[Mark, ...] = ()  # places that did not hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A page to be read by what is known of its site."""

    page: Page
    templates: tuple[Template, ...] = ()
    young: bool = True  # the site's templates are held against the careful reading more often
    again: bool = False  # the page was read by a template before: it is no sample, so that a revision is the page's


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a template gave on a page that was read with care."""

    place: Mark
    held: Held
    unread: Unread | None = None
    why: str = ""  # a few words on what differed, or why it gave nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What is kept of a site, packed as the database holds it."""

    since: tuple[int, int] | None = None  # its row, and how many pages had been read with care by then
    templates: bytes | None = None
    observations: bytes = b""
    is_full: bool = False  # nothing is learned of another of its publisher's hosts


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """Something that became of a template."""

    what: str
    place: str
    pages: int  # it was learned from so many
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """A site's memory after a page, made where the page was read and packed as the database holds it."""

    since: tuple[int, int] | None  # what it was made from, as `Kept` has it
    standing: Standing
    place: str
    templates: bytes
    observations: bytes
    happened: tuple[Happened, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedReading:
    """An article, whose reading it is, and what the page taught."""

    article: Article
    by: Mark | None = None  # the place of the template that read it; None: it was read with care ...
    why: Unread | None = None  # ... and why
    checked: tuple[Checked, ...] = ()
    observation: Observation | None = None
    lesson: Lesson | None = None  # what is remembered of the site after it
