"""What travels between a feed's row and its server: requests, answers, outcomes."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from ingest.errors import Reason
from ingest.model.names import FeedId, FeedKind, PollWord, PublisherId, Reading


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
    move_refused: str | None = None  # a target that a person took back: never adopted again
    gone_since_at: datetime | None = None
    baseline_at: datetime | None = None  # end of the first successful poll
    hints: FeedHints | None = None
    asked_whole_at: datetime | None = None  # last request without validators, however it ended
    vouched_at: datetime | None = None  # last 304: the server's word that nothing had changed
    lying_at: datetime | None = None  # when its validators were last caught hiding something; None: trusted
    honest_signs: int = 0  # since then, with nothing against it in between
    hurry: int = 0  # how often the interval is halved, because the feed's window turns over too fast
    overflows: int = 0  # polls that shared no entry with the one before: something in between was missed
    overflow_at: datetime | None = None
    stale_until_at: datetime | None = None  # RFC 5861: until then a failure is no news
    fresh: timedelta | None = None  # what the last answer that said so called its lifetime
    charset: str | None = None  # what the last body was read as


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
    own_interval: bool = False  # the operator promised it for this feed: it is neither shortened nor stretched
    known_as: str | None = None  # the address that the operator knows, where it moved since
    headers: tuple[tuple[str, str], ...] = ()  # credentials and the like, sent to this feed's origin only
    verify_tls: bool = True
    fetch_pages: bool | None = None  # None: as the configuration says for all
    state: PollState = field(default_factory=PollState)


class Purpose(StrEnum):
    """What a request is for; it decides the Accept header and the byte cap."""

    FEED = "feed"
    PAGE = "page"
    ROBOTS = "robots"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One GET to make, redirects followed.

    `private_headers` go to the origin of `url` only; `conditions` to `conditions_url` only, be it `url` or a redirect's
    target, because a validator belongs to the address that gave it.
    """

    url: str
    purpose: Purpose
    headers: tuple[tuple[str, str], ...] = ()
    private_headers: tuple[tuple[str, str], ...] = ()  # credentials
    conditions: tuple[tuple[str, str], ...] = ()  # validators, and what is asked for along with them
    conditions_url: str | None = None
    verify_tls: bool = True
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
    retry_after_s: float | None = None  # the longest that any answer on the way asked for

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
    retry_after_s: float | None = None

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
    retry_after_s: float | None = None


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
    answered_by: str | None = None  # the address whose answer this was, after redirects
    unconditional: bool = False  # nothing was sent that a 304 could answer
    validators_url: str | None = None  # where the answer came from, when it may be validated next time
    body_hash: str | None = None
    moved_to: str | None = None
    hints: FeedHints | None = None  # None on a 304: the earlier ones stay
    reading: Reading | None = None  # None: there was no body, or none that could be read
    parsed: bool = False  # a body was read as a feed: its validators may be kept
    new_entries: int = 0
    revised_entries: int = 0
    shown_entries: int = 0
    known_share: float | None = None  # of the entries shown, those seen before; None where that says nothing
    backdated: bool = False  # an entry is new to us though it is dated well before the server's last 304
    charset: str | None = None
    unfinished: bool = False  # it had more entries than are read at once: the next poll goes on from there
    pushed: bool = False  # nobody asked: a hub brought it

    @property
    def partial(self) -> bool:
        """Whether it may show only what is new, so that what it does not show is not gone."""
        return self.pushed or self.status == 226
