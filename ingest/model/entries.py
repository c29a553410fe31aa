"""What a feed shows: entries, and what is decided on each."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from ingest.model.names import ArticleId, EntryId
from ingest.model.polling import FeedHints


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One item as its feed gave it, cleaned of what no text may hold (NUL, controls, surrogates) and bounded."""

    guid: str | None = None
    link: str | None = None  # absolute http(s) URL
    title: str = ""  # plain text
    summary: str = ""  # plain text of the summary or description
    content: str = ""  # HTML of the full text where the feed carries it
    published_at: datetime | None = None
    published_raw: str | None = None
    updated_at: datetime | None = None
    authors: tuple[str, ...] = ()
    language: str | None = None
    source_title: str | None = None  # RSS <source>, atom:source: whom the feed says it has it from
    source_url: str | None = None
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFeed:
    """A feed's body as values."""

    title: str | None = None
    link: str | None = None
    language: str | None = None
    version: str = ""  # feedparser's word: rss20, atom10, json11, ...
    encoding: str | None = None
    entries: tuple[Entry, ...] = ()  # those that were parsed: what was known by its mark is not among them
    marks: tuple[bytes, ...] = ()  # one an entry, to know its bytes again by; none where bytes do not decide
    seen: tuple[bytes, ...] = ()  # of the known marks those that the feed shows again
    hints: FeedHints = field(default_factory=FeedHints)
    hub: str | None = None
    self_url: str | None = None
    fault: str | None = None  # what was wrong with a feed that could be read all the same
    deep: int = 0  # so many of the entries, the last ones, stand behind a thousand others in the feed
    capped_entries: int = 0  # entries beyond the cap that were not read
    capped_elements: int = 0  # items with more elements than are read


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownEntry:
    """What the store remembers of an entry, for deciding whether it is new."""

    id: EntryId
    article_id: ArticleId
    key: str
    guid: str | None
    link: str | None
    content_hash: str
    title: str = ""  # tells another story from a revision where a feed gives a guid twice


@dataclass(frozen=True, slots=True, kw_only=True)
class New:
    """An entry never seen in this feed."""

    key: str
    content_hash: str
    entry: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Revised:
    """A known entry whose words changed."""

    known: KnownEntry
    content_hash: str
    entry: Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Same:
    """A known entry, shown again unchanged."""

    known: KnownEntry


Decision = New | Revised | Same
