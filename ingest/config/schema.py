"""The keys of config.toml with their defaults; `docs/configuration.md` and the default file are checked against it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import time, timedelta
from pathlib import Path
from typing import Any, cast

from ingest.config import values


def key(reader: values.Reader, default: object = ...) -> Any:
    """A key with its reader; without a default it must be given."""
    metadata = {"reader": reader}
    return field(metadata=metadata) if default is ... else field(default=cast(Any, default), metadata=metadata)


def table(kind: type) -> Any:
    """A table of its own, with its own defaults."""
    return field(default_factory=kind, metadata={"table": kind})


def tables(kind: type) -> Any:
    """An array of tables."""
    return field(default=(), metadata={"tables": kind})


@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """[database]"""

    path: str = key(values.file_path, "newsroom.db")


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """[poll]"""

    interval: timedelta = key(values.duration("1s", "30d"), timedelta(hours=1))
    min_interval: timedelta = key(values.duration("1s", "30d"), timedelta(minutes=15))
    max_interval: timedelta = key(values.duration("1s", "90d"), timedelta(hours=24))
    concurrency: int = key(values.integer(1, 1000), 100)
    per_host: int = key(values.integer(1, 100), 2)
    host_delay: timedelta = key(values.duration("0s", "1h"), timedelta(seconds=1))
    timeout: timedelta = key(values.duration("1s", "10m"), timedelta(seconds=20))
    contact: str = key(values.text, "")
    allow: tuple[str, ...] = key(values.many(values.host_port), ())
    proxy: str = key(values.proxy, "")
    coverage: bool = key(values.boolean, True)
    callback: str | None = key(values.http, None)
    callback_listen: str = key(values.host_port, "127.0.0.1:8002")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedSettings:
    """[[feeds]]"""

    url: str = key(values.http)
    publisher: str | None = key(values.words, None)
    kind: str = key(values.one_of("wire", "outlet", "aggregator"), "outlet")
    interval: timedelta | None = key(values.duration("1s", "90d"), None)
    headers_file: str | None = key(values.file_path, None)
    fetch_pages: bool | None = key(values.boolean, None)
    username: str | None = key(values.words, None)
    password_file: str | None = key(values.file_path, None)
    robots: bool = key(values.boolean, True)
    verify_tls: bool = key(values.boolean, True)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRules:
    """[[extract.rules]]"""

    publisher: str = key(values.words)
    select: tuple[str, ...] = key(values.many(values.selector), ())
    remove: tuple[str, ...] = key(values.many(values.selector), ())


_RECHECKS = (timedelta(hours=1), timedelta(hours=6), timedelta(hours=24), timedelta(days=7))


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """[extract]"""

    fetch_pages: bool = key(values.boolean, True)
    keep_pages: bool = key(values.boolean, False)
    rechecks: tuple[timedelta, ...] = key(values.many(values.duration("10m", "90d"), 20), _RECHECKS)
    rules: tuple[PageRules, ...] = tables(PageRules)


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """[match]"""

    window: timedelta = key(values.duration("1h", "3660d"), timedelta(days=14))
    rewrites: timedelta = key(values.duration("1h", "365d"), timedelta(days=7))
    index: str = key(values.one_of("table", "datasketch"), "table")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """[[digest.recipients]]"""

    address: str = key(values.address)
    watches: tuple[str, ...] = key(values.many(values.words), ())
    timezone: str | None = key(values.zone, None)
    at: time | None = key(values.clock, None)
    weekdays: tuple[str, ...] = key(values.many(values.one_of(*values.WEEKDAYS), 7), ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """[[digest.mutes]]"""

    name: str = key(values.words)
    recipient: str | None = key(values.address, None)
    publisher: str | None = key(values.words, None)
    section: str | None = key(values.words, None)
    language: str | None = key(values.words, None)
    query: str | None = key(values.words, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """[digest]"""

    at: time = key(values.clock, time(7, 0))
    timezone: str = key(values.zone, "UTC")
    empty: str = key(values.one_of("send", "skip"), "send")
    unsubscribe: str | None = key(values.unsubscribe, None)
    recipients: tuple[Recipient, ...] = tables(Recipient)
    mutes: tuple[Mute, ...] = tables(Mute)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """[[watches]]"""

    name: str = key(values.words)
    query: str = key(values.words)
    mail: tuple[str, ...] = key(values.many(values.address, 100), ())
    webhook: str | None = key(values.http, None)
    webhook_secret_file: str | None = key(values.file_path, None)
    alerts: tuple[str, ...] = key(values.many(values.one_of("hit", "spread", "first", "number"), 4), ("hit",))
    spread_publishers: int = key(values.integer(2, 1000), 5)
    spread_within: timedelta = key(values.duration("1m", "30d"), timedelta(hours=1))
    first_publishers: tuple[str, ...] = key(values.many(values.words), ())


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """[[groups]]"""

    name: str = key(values.words)
    publishers: tuple[str, ...] = key(values.many(values.words, 10_000))


@dataclass(frozen=True, slots=True, kw_only=True)
class Alerts:
    """[alerts]"""

    per_hour: int = key(values.integer(1, 1000), 10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Smtp:
    """[smtp]"""

    host: str = key(values.words, "localhost")
    port: int = key(values.integer(1, 65535), 587)
    security: str = key(values.one_of("starttls", "tls", "none"), "starttls")
    username: str = key(values.text, "")
    password_file: str | None = key(values.file_path, None)
    sender: str = key(values.sender, "samewire <samewire@localhost>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """[web]"""

    host: str = key(values.words, "127.0.0.1")
    port: int = key(values.integer(0, 65535), 8001)
    public_url: str | None = key(values.http, None)
    timezone: str | None = key(values.zone, None)
    show_text: str = key(values.one_of("full", "excerpt", "none"), "full")
    editors: tuple[str, ...] = key(values.many(values.words, 10_000), ())
    user_header: str = key(values.text, "")
    proxies: tuple[str, ...] = key(values.many(values.words, 100), ("127.0.0.1", "::1"))
    metadata: str | None = key(values.file_path, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """[metrics]"""

    listen: str = key(values.listen, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """[log]"""

    format: str = key(values.one_of("logfmt", "json"), "logfmt")
    level: str = key(values.one_of("info", "warning", "error"), "warning")


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """[export]"""

    full_text: bool = key(values.boolean, False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """[retention]"""

    polls: timedelta = key(values.duration("7d"), timedelta(days=7))
    poll_days: timedelta = key(values.duration("30d"), timedelta(days=1830))
    events: timedelta = key(values.duration("1d"), timedelta(days=90))
    verdicts: timedelta = key(values.duration("1d"), timedelta(days=90))
    bodies: timedelta | None = key(values.duration("30d"), None)
    pages: timedelta | None = key(values.duration("1d"), None)
    journal: timedelta | None = key(values.duration("30d"), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """The whole file. `path` is where it was read from, and what relative paths are relative to."""

    path: Path
    database: Database = table(Database)
    poll: Poll = table(Poll)
    feeds: tuple[FeedSettings, ...] = tables(FeedSettings)
    extract: Extract = table(Extract)
    match: Match = table(Match)
    digest: Digest = table(Digest)
    watches: tuple[Watch, ...] = tables(Watch)
    groups: tuple[Group, ...] = tables(Group)
    alerts: Alerts = table(Alerts)
    smtp: Smtp = table(Smtp)
    web: Web = table(Web)
    metrics: Metrics = table(Metrics)
    log: Log = table(Log)
    export: Export = table(Export)
    retention: Retention = table(Retention)

    @property
    def database_path(self) -> Path:
        """The database file, absolute."""
        return self.resolve(self.database.path)

    def resolve(self, path: str) -> Path:
        """A path of the configuration, relative to the file that names it."""
        return (self.path.parent / Path(path).expanduser()).resolve()


def keys_of(kind: type) -> dict[str, dict[str, Any]]:
    """The keys of a table in order, each with its metadata (reader, table or tables)."""
    return {item.name: dict(item.metadata) for item in fields(kind) if item.metadata}
