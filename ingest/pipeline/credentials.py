"""Secrets that stay outside the database: feeds' private headers, the mail password, the key of hubs' callbacks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ingest.config import Config, FeedSettings
from ingest.errors import ConfigError
from ingest.model import Subscription

MAX_SECRET_BYTES = 16 * 1024

_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n\0]*)")

#: What a header of an operator's may not be: these are ours to set, or carry state from poll to poll.
_OURS = frozenset({"host", "connection", "content-length", "transfer-encoding", "accept-encoding", "cookie"})


def headers_by_feed(config: Config) -> Callable[[str], tuple[tuple[str, str], ...]]:
    """A look-up of each feed's private headers by its URL. Raises ConfigError naming every file that cannot be used."""
    problems: list[str] = []
    headers: dict[str, tuple[tuple[str, str], ...]] = {}
    for feed in config.feeds:
        try:
            found = _headers(config, feed)
        except ConfigError as exc:
            problems.extend(exc.problems)
        else:
            if found:
                headers[feed.url] = found
    if problems:
        raise ConfigError(tuple(problems))
    return lambda url: headers.get(url, ())


def smtp_password(config: Config, environment: Mapping[str, str] = os.environ) -> str:
    """The mail password: of smtp.password_file, else of SAMEWIRE_SMTP_PASSWORD, else none. Raises ConfigError."""
    if config.smtp.password_file:
        return read_secret(config.resolve(config.smtp.password_file), "smtp.password_file")
    return environment.get("SAMEWIRE_SMTP_PASSWORD", "")


def read_secret(path: Path, key: str) -> str:
    """The text of a secret's file without its last line break. Raises ConfigError."""
    try:
        if path.stat().st_size > MAX_SECRET_BYTES:
            raise ConfigError((f"{path}: larger than {MAX_SECRET_BYTES} bytes, which no secret is ({key})",))
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as exc:
        what = exc.strerror if isinstance(exc, OSError) else "not UTF-8 text"
        raise ConfigError((f"{path}: {what} ({key})",)) from exc


@dataclass(frozen=True, slots=True)
class CallbackKey:
    """Makes each subscription's callback path, which nobody can guess, and its secret, from what the database holds."""

    _key: bytes = field(repr=False)

    def path(self, subscription: Subscription) -> str:
        """The last part of its callback's address."""
        return f"{subscription.salt}.{self._derived('path', subscription.salt)[:32]}"

    def secret(self, subscription: Subscription) -> str:
        """What its hub signs with; shorter than the 200 bytes of WebSub section 5.1."""
        return self._derived("secret", subscription.salt)

    def salt_of(self, path: str) -> str | None:
        """The salt of the subscription that a path is for, or None where we never gave it out."""
        name = path.rpartition("/")[2]
        salt, _, given = name.partition(".")
        expected = self._derived("path", salt)[:32]
        return salt if hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace")) else None

    def _derived(self, use: str, salt: str) -> str:
        return hmac.new(self._key, f"{use}:{salt}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def callback_key(config: Config) -> CallbackKey:
    """The key in the file beside the database, made when there is none; without it, hubs are asked anew.

    Raises ConfigError.
    """
    path = config.database_path.with_name(config.database_path.name + "-push-key")
    try:
        if not path.exists():
            _make_key(path)
        key = bytes.fromhex(read_secret(path, "poll.callback"))
    except OSError as exc:
        raise ConfigError((f"{path}: {exc.strerror}; hubs' callbacks need a key there (poll.callback)",)) from exc
    except ValueError:
        key = b""
    if len(key) != 32:
        raise ConfigError((f"{path}: not the key that was written there; remove the file (poll.callback)",))
    return CallbackKey(key)


def _make_key(path: Path) -> None:
    """Write a new key. It gets its name when it is whole: a crash leaves no key or this one."""
    part = path.with_name(path.name + ".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32) + "\n")
        file.flush()
        os.fsync(descriptor)
    part.replace(path)


def _headers(config: Config, feed: FeedSettings) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    if feed.headers_file:
        path = config.resolve(feed.headers_file)
        for number, line in enumerate(read_secret(path, "feeds.headers_file").splitlines(), start=1):
            if not line.strip() or line.startswith("#"):
                continue
            header = _HEADER.fullmatch(line.rstrip())
            if not header or header[1].lower() in _OURS:
                raise ConfigError((f'{path}:{number}: expected a header such as "Authorization: Bearer ..."',))
            found.append((header[1], header[2]))
    if feed.username:
        password = read_secret(config.resolve(feed.password_file), "feeds.password_file") if feed.password_file else ""
        token = base64.b64encode(f"{feed.username}:{password}".encode()).decode("ascii")
        found.append(("Authorization", f"Basic {token}"))  # RFC 7617
    return tuple(found)
