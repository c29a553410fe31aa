"""The sample newsroom as values: its publishers, what each of them prints, and the truth about who copied whom."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from ingest.model import FeedKind

EDITIONS = (1, 2)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


class FeedFormat(StrEnum):
    """How a publisher writes its feed."""

    RSS = "rss"
    ATOM = "atom"
    JSON = "json"


class GuidStyle(StrEnum):
    """What a publisher's feed says about the identity of an item."""

    URN = "urn"
    PERMALINK = "permalink"
    NUMBER = "number"  # a bare address with a number, isPermaLink="false", as one blog engine does
    NONE = "none"


class PageStyle(StrEnum):
    """How a publisher builds its article pages."""

    JSONLD = "jsonld"
    JSONLD_BODY = "jsonld-body"  # the structured data holds the whole text
    OPENGRAPH = "opengraph"
    MICRODATA = "microdata"
    BARE = "bare"  # no metadata at all
    AGGREGATOR = "aggregator"
    CONSENT = "consent"  # never the article, always the question about cookies
    PAYWALL = "paywall"  # the first paragraph and an offer


class Kind(StrEnum):
    """What an article is to its story; the names are those of the labelled sets that `evaluate` reads."""

    BASE = "base"
    EXACT = "exact"
    AGENCY = "agency"  # the same text with a dateline and the agency's credit
    HOUSE_STYLE = "house_style"
    RETITLE = "retitle"
    BOILER = "boiler"  # the same text buried in an aggregator's cruft
    ABRIDGED_HALF = "abridged_half"
    ABRIDGED_LEAD = "abridged_lead"
    ABRIDGED_PARA = "abridged_para"  # paragraphs left out here and there
    REORDER = "reorder"
    LOCAL_COLOUR = "local_colour"
    PARA_LIGHT = "para_light"  # rewritten by a sub-editor, sentence by sentence
    FEED_SUMMARY = "feed_summary"  # the page is walled; only the feed's summary can be read
    # the first of a story that only looks like another one
    TEMPLATE = "template"
    INDEPENDENT = "independent"
    ROUNDUP = "roundup"
    LIVEBLOG = "liveblog"
    DISCLAIMER = "disclaimer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """What stands around the articles on a site, in the language of the site."""

    nav: tuple[str, ...]
    cookies: str
    accept: str
    share: tuple[str, ...]
    newsletter: str
    related: str
    comments: tuple[str, ...]
    footer: tuple[str, ...]
    home: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """One site: its name in the trade, and the habits of its feed and its pages."""

    key: str
    name: str
    tagline: str
    kind: FeedKind
    family: str  # the owner; the name itself where no owner is given
    language: str
    charset: str
    utc_offset: timedelta
    feed: FeedFormat
    feed_path: str
    old_feed_path: str | None  # answers 301 to feed_path
    article_path: str  # with {slug}
    old_article_path: str | None  # what the feed links to; answers 302 to article_path
    link_suffix: str  # tracking parameters that the feed hangs on its links
    guid: GuidStyle
    ttl_min: int | None
    update_period: str | None
    update_frequency: int | None
    summary_words: int  # 0: the whole first paragraph
    full_text: bool
    malformed: bool  # the feed of the first edition is not well-formed
    delay_s: float
    page: PageStyle
    furniture: frozenset[str]
    house_style: tuple[tuple[str, str], ...]
    cruft_top: tuple[str, ...]
    cruft_middle: tuple[str, ...]
    cruft_end: tuple[str, ...]
    phrases: Phrases

    @property
    def known_feed_path(self) -> str:
        """The path under which the world knows the feed, which may have moved since."""
        return self.old_feed_path or self.feed_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One wording of an article; title and paragraphs may hold placeholders such as `{today}`."""

    offset: timedelta  # from the newsroom's opening to the stamp it carries
    title: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleArticle:
    """An article at its publisher, in its first wording and perhaps a later one."""

    publisher: str  # key
    slug: str
    number: int  # the publisher's own running number
    story: str  # label
    kind: Kind
    edition: int  # the edition that brings it
    language: str
    byline: tuple[str, ...]
    day: int  # days from the opening's day to the day that the text calls today
    coarse: bool  # stamped with the full hour only
    source: Publisher | None  # where an aggregator says that it took the text
    source_path: str | None  # the path of the article there
    first: str  # key of the publisher that was first with the story
    text: Version
    revision: Version | None  # from the second edition on


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsroom:
    """All publishers and all articles, in the order of the files."""

    publishers: tuple[Publisher, ...]
    articles: tuple[SampleArticle, ...]

    def publisher(self, key: str) -> Publisher:
        """Return the publisher of that key. Raises KeyError."""
        return {publisher.key: publisher for publisher in self.publishers}[key]

    def articles_of(self, key: str) -> tuple[SampleArticle, ...]:
        """Return what the publisher of that key prints, in all editions."""
        return tuple(article for article in self.articles if article.publisher == key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """An article as it reads in one edition: placeholders filled, times absolute."""

    article: SampleArticle
    title: str
    paragraphs: tuple[str, ...]
    summary: str
    published_at: datetime
    updated_at: datetime  # equal to published_at until it is revised


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a server sends for a path: bytes and what they are."""

    body: bytes
    content_type: str
    modified_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """The truth about one article."""

    publisher: str
    slug: str
    story: str
    kind: Kind
    edition: int
    first: str


def load_newsroom(folder: Traversable | None = None) -> Newsroom:
    """Read a newsroom from a folder of TOML files: the one that comes with the package unless another is named.

    Raises ValueError, naming the article, when a copy changes words that its paragraphs do not hold.
    """
    files = _toml_files(folder or resources.files("ingest.demo") / "newsroom")
    tables = [tomllib.loads(file.read_text(encoding="utf-8")) for file in files]
    phrases = {language: _phrases(table) for part in tables for language, table in part.get("phrases", {}).items()}
    publishers = {table["key"]: _publisher(table, phrases) for part in tables for table in part.get("publishers", ())}
    stories = {table["label"]: table for part in tables for table in part.get("stories", ())}
    paragraphs = {label: _paragraphs(story, stories) for label, story in stories.items()}
    numbers = dict.fromkeys(publishers, 1000)
    articles: list[SampleArticle] = []
    for label, story in stories.items():
        for table in story["articles"]:
            numbers[table["publisher"]] += 7
            number = numbers[table["publisher"]]
            articles.append(_article(table, story, paragraphs[label], publishers, number))
    return Newsroom(publishers=tuple(publishers.values()), articles=tuple(articles))


def labels(newsroom: Newsroom) -> tuple[Label, ...]:
    """Return the truth, one label an article: its story, its kind, and who was first with the story."""
    return tuple(
        Label(
            publisher=article.publisher,
            slug=article.slug,
            story=article.story,
            kind=article.kind,
            edition=article.edition,
            first=article.first,
        )
        for article in newsroom.articles
    )


def print_edition(
    publisher: Publisher, articles: Iterable[SampleArticle], *, opened_at: datetime, edition: int
) -> tuple[Printed, ...]:
    """Return the publisher's articles as they read in an edition, newest first."""
    printed = [
        print_article(publisher, article, opened_at=opened_at, edition=edition)
        for article in articles
        if article.publisher == publisher.key and article.edition <= edition
    ]
    return tuple(sorted(printed, key=lambda piece: (piece.published_at, piece.article.slug), reverse=True))


def print_article(publisher: Publisher, article: SampleArticle, *, opened_at: datetime, edition: int) -> Printed:
    """Return an article as it reads in an edition; opened_at is the moment to which all offsets count."""
    revised = article.revision is not None and edition >= EDITIONS[-1]
    version = article.revision if article.revision is not None and revised else article.text
    today = opened_at + timedelta(days=article.day)
    paragraphs = tuple(_fill(paragraph, today) for paragraph in version.paragraphs)
    published_at = opened_at + article.text.offset
    if article.coarse:
        published_at = published_at.replace(minute=0, second=0, microsecond=0)
    return Printed(
        article=article,
        title=_fill(version.title, today),
        paragraphs=paragraphs,
        summary=_summary(paragraphs, publisher.summary_words, article.language),
        published_at=published_at,
        updated_at=opened_at + version.offset if revised else published_at,
    )


def link_to(publisher: Publisher, article: SampleArticle, base_urls: Mapping[str, str]) -> str:
    """Return the address under which the publisher's feed names an article: not always the canonical one."""
    path = (publisher.old_article_path or publisher.article_path).format(slug=article.slug)
    return base_urls[publisher.key] + path + publisher.link_suffix


def canonical_url(publisher: Publisher, article: SampleArticle, base_urls: Mapping[str, str]) -> str:
    """Return the address at which the article's page stands."""
    return base_urls[publisher.key] + publisher.article_path.format(slug=article.slug)


def _toml_files(folder: Traversable) -> list[Traversable]:
    files = [file for file in folder.iterdir() if file.name.endswith(".toml")]
    return sorted(files, key=lambda file: file.name)


def _phrases(table: Mapping[str, Any]) -> Phrases:
    return Phrases(
        nav=tuple(table["nav"]),
        cookies=table["cookies"],
        accept=table["accept"],
        share=tuple(table["share"]),
        newsletter=table["newsletter"],
        related=table["related"],
        comments=tuple(table["comments"]),
        footer=tuple(table["footer"]),
        home=table["home"],
        by=table["by"],
    )


def _publisher(table: Mapping[str, Any], phrases: Mapping[str, Phrases]) -> Publisher:
    language = table.get("language", "en")
    return Publisher(
        key=table["key"],
        name=table["name"],
        tagline=table["tagline"],
        kind=FeedKind(table["kind"]),
        family=table.get("family", table["name"]),
        language=language,
        charset=table.get("charset", "utf-8"),
        utc_offset=timedelta(minutes=table.get("utc_offset_min", 0)),
        feed=FeedFormat(table["feed"]),
        feed_path=table["feed_path"],
        old_feed_path=table.get("old_feed_path"),
        article_path=table["article_path"],
        old_article_path=table.get("old_article_path"),
        link_suffix=table.get("link_suffix", ""),
        guid=GuidStyle(table["guid"]),
        ttl_min=table.get("ttl_min"),
        update_period=table.get("update_period"),
        update_frequency=table.get("update_frequency"),
        summary_words=table.get("summary_words", 0),
        full_text=table.get("full_text", False),
        malformed=table.get("malformed", False),
        delay_s=table.get("delay_s", 0.0),
        page=PageStyle(table["page"]),
        furniture=frozenset(table.get("furniture", ())),
        house_style=tuple((before, after) for before, after in table.get("house_style", ())),
        cruft_top=tuple(table.get("cruft_top", ())),
        cruft_middle=tuple(table.get("cruft_middle", ())),
        cruft_end=tuple(table.get("cruft_end", ())),
        phrases=phrases[language],
    )


def _paragraphs(story: Mapping[str, Any], stories: Mapping[str, Any]) -> tuple[str, ...]:
    """Return a story's paragraphs; a round-up names those of other stories by label and number, counted from 1."""
    return tuple(
        entry if isinstance(entry, str) else stories[entry["story"]]["paragraphs"][entry["paragraph"] - 1]
        for entry in story["paragraphs"]
    )


def _article(
    table: Mapping[str, Any],
    story: Mapping[str, Any],
    paragraphs: tuple[str, ...],
    publishers: Mapping[str, Publisher],
    number: int,
) -> SampleArticle:
    publisher = publishers[table["publisher"]]
    source = publishers[table["source"]] if "source" in table else None
    revision = table.get("revision")
    return SampleArticle(
        publisher=publisher.key,
        slug=table["slug"],
        number=number,
        story=story["label"],
        kind=Kind(table["kind"]),
        edition=table.get("edition", 1),
        language=story.get("language", "en"),
        byline=tuple(table.get("byline", story["byline"])),
        day=story.get("day", 0),
        coarse=table.get("coarse", False),
        source=source,
        source_path=_path_at(source, story) if source else None,
        first=story["first"],
        text=_version(table, paragraphs, publisher),
        revision=_version({**table, **revision}, paragraphs, publisher) if revision else None,
    )


def _path_at(source: Publisher, story: Mapping[str, Any]) -> str:
    slug = next(table["slug"] for table in story["articles"] if table["publisher"] == source.key)
    return source.article_path.format(slug=slug)


def _version(table: Mapping[str, Any], paragraphs: tuple[str, ...], publisher: Publisher) -> Version:
    """Compose a wording: paragraphs by number (from 1) or of its own, the copy's changes, then the house style."""
    chosen = table.get("body", range(1, len(paragraphs) + 1))
    texts = [paragraphs[entry - 1] if isinstance(entry, int) else entry for entry in chosen]
    for before, after in table.get("changes", ()):
        if not any(before in text for text in texts):
            raise ValueError(f"{publisher.key}/{table['slug']}: nothing to change in {before!r}")
        texts = [text.replace(before, after) for text in texts]
    texts[0] = table.get("dateline", "") + texts[0]
    title = table["title"]
    for before, after in publisher.house_style:
        texts = [text.replace(before, after) for text in texts]
        title = title.replace(before, after)
    return Version(offset=timedelta(minutes=table["at"]), title=title, paragraphs=tuple(texts))


def _fill(text: str, today: datetime) -> str:
    """Put weekdays and the name of the month before in the place of the placeholders."""
    for placeholder, days in (("{yesterday}", -1), ("{today}", 0), ("{tomorrow}", 1)):
        text = text.replace(placeholder, _WEEKDAYS[(today.weekday() + days) % 7])
    return text.replace("{last_month}", _MONTHS[today.month - 2])


def _summary(paragraphs: tuple[str, ...], max_words: int, language: str) -> str:
    """Return what the feed says of a text; Chinese is not cut, for it has no spaces to count words by."""
    if not max_words or language == "zh":
        return paragraphs[0]
    words = " ".join(paragraphs).split()
    return " ".join(words[:max_words]) + (" …" if len(words) > max_words else "")
