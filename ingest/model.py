"""The values that travel between rooms: frozen, without behaviour that needs the outside world."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NewType

from ingest.errors import Reason

FeedId = NewType("FeedId", int)
EntryId = NewType("EntryId", int)
ArticleId = NewType("ArticleId", int)
StoryId = NewType("StoryId", int)
PublisherId = NewType("PublisherId", int)


class FeedKind(StrEnum):
    """What a source is to the trade: an agency's wire, an outlet with its own desk, or a republisher of others."""

    WIRE = "wire"
    OUTLET = "outlet"
    AGGREGATOR = "aggregator"


class PollWord(StrEnum):
    """How one poll ended."""

    OK = "ok"  # something new or revised came
    UNCHANGED = "unchanged"  # 304, or a 200 that brought nothing new
    REFUSED = "refused"  # our policy said no
    ERROR = "error"


class ArticleStatus(StrEnum):
    """Where an article stands between the feed and its text."""

    PENDING = "pending"  # its page is still to be fetched; the feed's summary stands in
    FETCHED = "fetched"  # the page is here, extraction is to come
    EXTRACTED = "extracted"
    SUMMARY = "summary"  # no body can be had; the feed's summary is the text
    REFUSED = "refused"  # the page is a wall, stub or shell, and the feed gave no summary
    FAILED = "failed"  # attempts are used up, and the feed gave no summary


class Relation(StrEnum):
    """What a member is to its story, or what a verdict says of a pair."""

    ORIGINAL = "original"  # members only: the first member
    COPY = "copy"
    ABRIDGEMENT = "abridgement"
    REWRITE = "rewrite"
    REVISION = "revision"
    DIFFERENT = "different"  # verdicts only


# ---------------------------------------------------------------- poll


@dataclass(frozen=True, slots=True, kw_only=True)
class PollState:
    """What we remember of a feed between two polls: its HTTP memory and its record."""

    etag: str | None = None
    last_modified: str | None = None
    validators_url: str | None = None  # validators belong to a URL and are sent to no other
    body_hash: str | None = None  # sha256 hex of the last body that was parsed
    next_at: datetime | None = None
    last_poll_at: datetime | None = None
    last_success_at: datetime | None = None
    last_change_at: datetime | None = None
    failures: int = 0  # in a row
    retry_after_at: datetime | None = None
    moved_to: str | None = None  # target of the last 301/308
    moved_count: int = 0  # identical permanent redirects in a row
    moved_since_at: datetime | None = None
    gone_since_at: datetime | None = None
    baseline_at: datetime | None = None  # end of the first successful poll
    hints: FeedHints | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A polled URL, how the operator wants it treated, and its state."""

    id: FeedId
    url: str
    title: str | None = None
    publisher_id: PublisherId
    publisher: str  # the family's name
    kind: FeedKind = FeedKind.OUTLET
    interval: timedelta  # the operator's promise for this feed, or the default
    headers: tuple[tuple[str, str], ...] = ()  # credentials and the like, sent to this feed's origin only
    fetch_pages: bool | None = None  # None: as the configuration says for all
    state: PollState = field(default_factory=PollState)


class Purpose(StrEnum):
    """What a request is for; it decides the Accept header and the byte cap."""

    FEED = "feed"
    PAGE = "page"
    ROBOTS = "robots"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One GET to make. `private_headers` go to the origin of `url` only, never to a redirect's target elsewhere."""

    url: str
    purpose: Purpose
    headers: tuple[tuple[str, str], ...] = ()
    private_headers: tuple[tuple[str, str], ...] = ()  # validators and credentials
    timeout_s: float = 20.0  # the whole exchange, redirects included
    max_body_bytes: int = 10 * 1024 * 1024  # after decompression
    max_redirects: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A 200 (or 226) with its body, decoded from its Content-Encoding."""

    url: str  # where the body came from, after redirects
    requested_url: str
    status: int
    headers: tuple[tuple[str, str], ...]  # names in lower case
    body: bytes
    seconds: float
    received_bytes: int  # on the wire, before decompression
    redirects: int = 0

    def header(self, name: str) -> str | None:
        """The first value of a header, by its lower-case name."""
        return next((value for key, value in self.headers if key == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """A 304: what we have is still current."""

    url: str
    requested_url: str
    headers: tuple[tuple[str, str], ...]
    seconds: float
    redirects: int = 0

    def header(self, name: str) -> str | None:
        """The first value of a header, by its lower-case name."""
        return next((value for key, value in self.headers if key == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Every redirect on the way was permanent (301, 308); `answer` is what the new address said."""

    new_url: str
    answer: Response | NotModified


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A 410: the publisher says that this address is over."""

    url: str
    seconds: float


Answer = Response | NotModified | Moved | Gone


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHints:
    """What a feed says in its own body about how often to ask."""

    ttl: timedelta | None = None
    update_interval: timedelta | None = None  # sy:updatePeriod / sy:updateFrequency
    skip_hours: frozenset[int] = frozenset()  # GMT, 0..23
    skip_days: frozenset[int] = frozenset()  # Monday is 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one poll ended, as etiquette needs it to choose the next one, and as `polls` records it."""

    word: PollWord
    reason: Reason | None = None
    detail: str = ""  # one line for a person
    status: int | None = None
    received_bytes: int = 0
    seconds: float = 0.0
    headers: tuple[tuple[str, str], ...] = ()
    retry_after_s: float | None = None
    validators_url: str | None = None  # where the answer came from, when it may be validated next time
    body_hash: str | None = None
    moved_to: str | None = None
    hints: FeedHints | None = None  # None on a 304: the earlier ones stay
    parsed: bool = False  # a body was read as a feed: its validators may be kept
    new_entries: int = 0
    revised_entries: int = 0
    shown_entries: int = 0


# ---------------------------------------------------------------- parse and revise


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
    entries: tuple[Entry, ...] = ()
    hints: FeedHints = field(default_factory=FeedHints)
    hub: str | None = None
    self_url: str | None = None
    fault: str | None = None  # what was wrong with a feed that could be read all the same
    capped_entries: int = 0  # entries beyond the cap that were not read


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


# ---------------------------------------------------------------- extract


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page's bytes, and what the feed already said of it."""

    url: str
    body: bytes
    content_type: str | None = None
    entry: Entry | None = None


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
    agency: str | None = None
    agency_evidence: str | None = None  # the words that name the agency
    confidence: float = 0.0  # 0..1: that `text` is the article's body and nothing else
    source: TextSource = TextSource.EXTRACTOR
    reason: Reason | None = None


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
    has_body: bool  # an earlier fetch gave a body: a failure now must not lose it


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What became of an attempt at an article: its text from now on, and when to try again."""

    article_id: ArticleId
    article: Article
    status: ArticleStatus
    attempts: int
    next_fetch_at: datetime | None


# ---------------------------------------------------------------- match


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An article as matching sees it. `key` is its stable name: ties break on it, never on order of arrival."""

    id: ArticleId
    key: str  # content hash, or the caller's own id in a batch
    title: str
    text: str
    published_at: datetime | None = None
    publisher: str | None = None  # the family
    kind: FeedKind = FeedKind.OUTLET
    language: str | None = None
    url: str | None = None
    agency: str | None = None
    source_title: str | None = None
    first_seen_at: datetime | None = None
    baseline: bool = False  # seen in its feed's first poll: first_seen_at says nothing


#: One text tells another's story where so much of the other's lead stands in it, and less than so much of its own
#: words in the other.
TOLD_LEAD, TELLER_SHARE = 0.5, 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What was measured on a pair (a, b); shares are 0..1."""

    jaccard: float
    containment_a: float  # share of a's shingles that stand in b
    containment_b: float
    title: float  # similarity of the titles
    lead_a: float  # share of a's lead that stands in b
    lead_b: float
    gap_s: float | None  # |time b - time a|, None where one has no time
    shared: int  # shingles in common
    veto: str | None = None  # the words that decided a veto, e.g. "12th / 13th"

    @property
    def lead(self) -> float:
        """The larger of the two leads' shares."""
        return max(self.lead_a, self.lead_b)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The measured answer on one pair, a < b by article id."""

    a: ArticleId
    b: ArticleId
    relation: Relation
    score: float  # 0..1
    reason: str  # one word: what decided
    explanation: str  # one sentence for a person
    evidence: Evidence


class ConstraintKind(StrEnum):
    """What a person said of two articles."""

    MERGE = "merge"
    APART = "apart"
    SPLIT = "split"  # article_a stands alone, whatever matching says


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraint:
    """A person's word on stories; it outranks every verdict."""

    kind: ConstraintKind
    a: ArticleId
    b: ArticleId | None = None  # None for a split


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One article's place in its story."""

    article_id: ArticleId
    relation: Relation
    score: float
    via: ArticleId | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class First:
    """Who had it first; `article_id` is None where the evidence does not decide."""

    article_id: ArticleId | None
    confidence: float
    reason: str  # one sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A story as matching computes it from the set: members in time order, the first one `original`."""

    members: tuple[Member, ...]
    first: First


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """A story to be begun."""

    group: Group


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """A story that goes on, with these members from now on."""

    story_id: StoryId
    group: Group


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """A story that ends in an older one."""

    story_id: StoryId
    into: StoryId


Assignment = Start | Join | Merge


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """What the store holds on stories before an assignment: each article's story."""

    story_of: Mapping[ArticleId, StoryId]


# ---------------------------------------------------------------- publish


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryMember:
    """A member as people see it."""

    article_id: ArticleId
    title: str
    url: str
    publisher: str
    kind: FeedKind
    relation: Relation
    score: float
    reason: str
    published_at: datetime | None
    first_seen_at: datetime
    agency: str | None = None
    summary: str = ""  # the first sentences of the text
    words: int = 0
    status: ArticleStatus = ArticleStatus.EXTRACTED
    via: ArticleId | None = None
    baseline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryView:
    """A story as people see it: members in time order."""

    id: StoryId
    title: str
    first_article_id: ArticleId | None
    first_confidence: float
    first_reason: str
    members: tuple[StoryMember, ...]
    revisions: int = 0
    created_at: datetime | None = None
    updated_at: datetime | None = None

    @property
    def publishers(self) -> tuple[str, ...]:
        """Publisher families in the order in which they carried the story."""
        return tuple(dict.fromkeys(member.publisher for member in self.members))

    @property
    def first(self) -> StoryMember | None:
        """The member attributed as first, or None where the evidence does not decide."""
        return next((m for m in self.members if m.article_id == self.first_article_id), None)


class DeliveryStatus(StrEnum):
    """Where one recipient's digest of one day stands."""

    PENDING = "pending"  # committed before the dialogue; still here after a crash: the outcome is not known
    SENT = "sent"  # the server accepted it
    LATER = "later"  # not accepted, to be tried again
    FAILED = "failed"  # refused for good, or given up


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One row of the ledger; (day, recipient) is its key and `message_id` stays the same on every attempt."""

    day: date
    recipient: str
    message_id: str
    status: DeliveryStatus
    attempts: int = 0
    next_at: datetime | None = None
    reason: Reason | None = None
    answer: str = ""  # the server's, or what went wrong; one line
    sent_at: datetime | None = None
