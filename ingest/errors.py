"""The one tree of errors, and the closed set of reason words that travels with them.

SamewireError
├── ConfigError            the configuration cannot be used (exit 2)
├── QueryError             a watch's query cannot be read; it points at the character
├── StoreError             the database cannot be used
│   ├── NewerDatabase      written by a newer samewire
│   ├── DatabaseBusy       another daemon holds the writer's lock
│   └── DatabaseDamaged    SQLite says the file is not sound
├── DeliveryError          a mail could not be handed over
├── NotFound               an id or address names nothing we know
└── IngestError            one feed or article failed; carries its subject and a Reason
    ├── FetchError         poll: no usable answer came
    ├── ParseError         parse: the answer is not a feed
    ├── ExtractError       extract: the page holds no article we would stand behind
    └── WorkerError        workers: the task was killed (time, memory) or its process died
        └── PoolClosed     the pool was closed over it: nothing is held against the task
"""

from __future__ import annotations

from enum import StrEnum
from unicodedata import east_asian_width


class Reason(StrEnum):
    """Why a poll, a page or a delivery ended as it did: log key, metric label and column, one word each."""

    # poll: refused by policy, before or instead of asking
    ADDRESS = "address"  # the name or literal is not a public address
    SCHEME = "scheme"  # not http or https
    URL = "url"  # not a URL we can ask for (bad port, userinfo, too long)
    PORT = "port"  # a port that policy does not allow
    DOWNGRADE = "downgrade"  # a redirect from https to http
    ROBOTS = "robots"  # robots.txt asks us not to
    WAITING = "waiting"  # inside a Retry-After
    # poll: asked, and no usable answer came
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    PROTOCOL = "protocol"  # the answer is not HTTP, or it broke off
    REDIRECTS = "redirects"  # too many, a loop, or one that leads nowhere
    TOO_LARGE = "too_large"
    ENCODING = "encoding"  # a Content-Encoding we did not ask for, or one that is broken
    HTTP_4XX = "http_4xx"
    HTTP_5XX = "http_5xx"
    HTTP_OTHER = "http_other"  # a status that makes no sense for a plain GET
    GONE = "gone"
    RATE_LIMITED = "rate_limited"
    # parse
    EMPTY = "empty"  # a body without a byte, or only white space
    HTML = "html"  # a web page where a feed should be
    NOT_A_FEED = "not_a_feed"
    QUARANTINED = "quarantined"  # this very body stopped a worker before, and is not parsed again
    OVERFLOW = "overflow"  # a poll that was read, and shared no entry with the one before: some were missed
    PUSHED = "pushed"  # nobody asked: a hub brought it
    MISSED = "missed"  # a poll that was read, and found entries that the feed's hub had not brought
    # hubs
    UNVERIFIED = "unverified"  # the hub took a request and did not verify it in time
    DENIED = "denied"  # the hub will not have us
    LAPSED = "lapsed"  # the lease ended before the hub verified another
    REPLACED = "replaced"  # the feed names another hub or topic, or the callback is another
    RESTING = "resting"  # its feed is not polled
    # extract
    CONSENT = "consent"  # a consent wall
    PAYWALL = "paywall"  # a stub in front of a paywall
    SHELL = "shell"  # an empty page that a script would fill
    STUB = "stub"  # too little text to be an article
    ONWARD = "onward"  # a few lines and a link to the article, which stands elsewhere
    BLOCKED = "blocked"  # a gate that takes us for a machine
    ERROR_PAGE = "error_page"  # a page that says it is not there, with a status that says it is
    GALLERY = "gallery"  # pictures with captions
    VIDEO = "video"  # a film with a few words
    LIVE_BLOG = "live_blog"  # entries by the minute, which are no one story
    INDEX = "index_page"  # a list of articles
    NOT_HTML = "not_html"
    UNREADABLE = "unreadable"  # a file on this machine that cannot be read
    NO_LINK = "no_link"  # the entry names no page
    REDACTED = "redacted"  # a person had its text removed for good
    OFF = "off"  # pages are not fetched by configuration
    # workers and ourselves
    KILLED = "killed"  # the worker was stopped: time or memory
    CRASHED = "crashed"  # the worker's process died or raised something unforeseen
    CAPPED = "capped"  # one of our own limits
    # deliveries
    SMTP_CONNECT = "smtp_connect"
    SMTP_TIMEOUT = "smtp_timeout"
    SMTP_AUTH = "smtp_auth"
    SMTP_TLS = "smtp_tls"
    SMTP_LATER = "smtp_later"  # 4xx: try again
    SMTP_REFUSED = "smtp_refused"  # 5xx: final
    SMTP_BROKEN = "smtp_broken"  # the dialogue broke off; whether the mail arrived is not known
    EMPTY_DAY = "empty_day"  # there was nothing to tell, and digest.empty says not to mail that
    OVERTAKEN = "overtaken"  # not delivered before the next digest was due, which covers its time too


#: Reasons that are our own policy's "no"; every other failed poll is an error of the world.
REFUSALS = frozenset(
    {Reason.ADDRESS, Reason.SCHEME, Reason.URL, Reason.PORT, Reason.DOWNGRADE, Reason.ROBOTS, Reason.WAITING}
)


class SamewireError(Exception):
    """Root of everything samewire raises on purpose; its text is fit to show to a person."""


class ConfigError(SamewireError):
    """The configuration cannot be used; `problems` holds one line for each fault found."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(problems))


class QueryError(SamewireError):
    """A watch's query cannot be read; `at` is the index of the character where reading ended."""

    def __init__(self, message: str, *, text: str, at: int) -> None:
        self.text, self.at, self.fault = text, at, message
        super().__init__(f"character {at + 1}: {message}")

    def pointed(self, *, width: int = 60) -> str:
        """The line around the character, and below it a caret, as a terminal shows it."""
        start = max(0, self.at - width // 2)
        shown = "".join(c if c.isprintable() else " " for c in self.text[start : start + width])
        before = sum(2 if east_asian_width(c) in "WF" else 1 for c in shown[: self.at - start])
        return f"  {shown}\n  {' ' * before}^"


class StoreError(SamewireError):
    """The database cannot be used as it stands."""


class NewerDatabase(StoreError):
    """The database was written by a newer samewire than this one."""


class DatabaseBusy(StoreError):
    """Another process holds the writer's lock on this database."""


class DatabaseDamaged(StoreError):
    """SQLite reports that the file is not a sound database."""


class NotFound(SamewireError):
    """An id or address that a person named is not in the database."""


class DeliveryError(SamewireError):
    """A mail could not be handed to the server; `final` says that trying again is no use."""

    def __init__(self, message: str, *, reason: Reason, recipient: str, final: bool) -> None:
        self.reason, self.recipient, self.final = reason, recipient, final
        super().__init__(message)


class IngestError(SamewireError):
    """One feed or article failed; `subject` is its URL, so that a log line needs no second look-up."""

    def __init__(self, message: str, *, reason: Reason, subject: str) -> None:
        self.reason, self.subject = reason, subject
        super().__init__(message)

    def __reduce__(self) -> tuple[object, ...]:
        # Exceptions are unpickled by calling the class with `args`, which keyword-only parameters refuse.
        return _revived, (type(self), self.args, self.__dict__)


def _revived(kind: type[IngestError], args: tuple[object, ...], attributes: dict[str, object]) -> IngestError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(attributes)
    return error


class FetchError(IngestError):
    """No usable answer came; `status`, `retry_after_s` and `received_bytes` where the server gave them.

    `answered_by`: the address that gave the status, which after redirects is not the subject.
    """

    def __init__(
        self,
        message: str,
        *,
        reason: Reason,
        subject: str,
        status: int | None = None,
        retry_after_s: float | None = None,
        received_bytes: int = 0,
        answered_by: str | None = None,
    ) -> None:
        self.status, self.retry_after_s, self.received_bytes = status, retry_after_s, received_bytes
        self.answered_by = answered_by
        super().__init__(message, reason=reason, subject=subject)


class ParseError(IngestError):
    """The answer is not a feed that can be read."""


class ExtractError(IngestError):
    """The page holds no article that we would stand behind; `onward` is where it says that the article stands."""

    def __init__(self, message: str, *, reason: Reason, subject: str, onward: str | None = None) -> None:
        self.onward = onward
        super().__init__(message, reason=reason, subject=subject)


class WorkerError(IngestError):
    """The task was killed for its time or memory, or its process died."""


class PoolClosed(WorkerError):
    """The task was not run, or not to its end, because samewire is ending."""
