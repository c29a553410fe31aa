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
    reading: Reading | None = None  # None: there was no body, or none that could be read
    parsed: bool = False  # a body was read as a feed: its validators may be kept
    new_entries: int = 0
    revised_entries: int = 0
    shown_entries: int = 0
