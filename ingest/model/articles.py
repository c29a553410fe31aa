"""Pages and the articles in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ingest.errors import Reason
from ingest.model.entries import Entry
from ingest.model.names import ArticleId, ArticleStatus, FeedId

#: No more of a page is fetched, nor read.
MAX_PAGE_BYTES = 5 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteRules:
    """What a person says of one publisher's pages, in CSS selectors."""

    select: tuple[str, ...] = ()  # what holds the article; empty: samewire finds it
    remove: tuple[str, ...] = ()  # what is never part of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page's bytes, and what the feed already said of it."""

    url: str
    body: bytes
    content_type: str | None = None
    entry: Entry | None = None
    rules: SiteRules | None = None


class TextSource(StrEnum):
    """Where an article's text came from."""

    FEED = "feed"  # full text in the feed
    STRUCTURED = "structured"  # JSON-LD articleBody
    EXTRACTOR = "extractor"
    SUMMARY = "summary"  # the feed's summary stands in


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """A page as an article; `reason` says in a word why the text is not better than it is."""

    url: str
    canonical_url: str | None = None
    title: str = ""
    text: str = ""  # paragraphs separated by one newline
    published_at: datetime | None = None
    byline: tuple[str, ...] = ()
    language: str | None = None  # ISO 639-1
    section: str | None = None  # where the publisher files it
    keywords: tuple[str, ...] = ()  # as the publisher gives them
    agency: str | None = None
    agency_evidence: str | None = None  # the words that name the agency
    confidence: float = 0.0  # 0..1: that `text` is the article's body and nothing else
    source: TextSource = TextSource.EXTRACTOR
    reason: Reason | None = None
    read_by: str = ""  # who gave the text: rule, template, look, near, fast, careful, structured, feed or summary
    read_from: str | None = None  # the page where the text was read, when the article's own page led on to it


@dataclass(frozen=True, slots=True, kw_only=True)
class TextChange:
    """How far apart an article's old and new texts are; words are counted with their repeats."""

    added_words: int
    removed_words: int
    similarity: float  # 0..1


@dataclass(frozen=True, slots=True, kw_only=True)
class DuePage:
    """An article whose page is to be fetched, with the newest entry that named it."""

    article_id: ArticleId
    feed_id: FeedId
    url: str
    attempts: int
    entry: Entry
    fetch_pages: bool | None  # as the feed's operator said; None: as the configuration says for all
    robots: bool  # False: by agreement with the publisher, whatever its robots.txt says
    has_body: bool  # an earlier fetch gave a body: a failure now must not lose it
    is_recheck: bool = False  # nothing is missing; the page is read again for a revision
    read_by: str = ""  # whose reading the text is that we have


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How a publisher treats what it has published, as far as reading its pages again has shown."""

    rechecked: int = 0
    revised: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of an attempt at an article: its text from now on, and when to try again."""

    article_id: ArticleId
    article: Article
    status: ArticleStatus
    attempts: int
    next_fetch_at: datetime | None
