"""What a case is: what the peer does, what is run, and what must have come of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

#: Answers one request on an open connection; see `peers.Exchange`.
Play = Callable[[Any], Awaitable[None]]

MIB = 1 << 20
#: What a poll may take in a case's configuration.
TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One hostile thing. `{url}`, `{folder}`, `{canary}` and `{proxy}` are filled in in command, config and files.

    outcome: words that the last poll may end with, empty where nothing is polled. reasons: likewise its reason word,
    "" for none; empty for any. entries: least and most in the database in the end. sql: questions with their answers.
    says: what the output must hold; hides: what neither output nor database file may hold.
    """

    name: str
    group: str
    note: str
    play: Play | None = None
    scheme: str = "http"
    command: tuple[str, ...] = ("poll", "{url}")
    times: int = 1
    poll: str = ""  # lines of [poll]
    config: str = ""  # tables beside it
    files: Mapping[str, bytes | str | Callable[[], bytes]] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    exits: tuple[int, ...] = (0,)
    outcome: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    entries: tuple[int, int] | None = None
    sql: tuple[tuple[str, Any], ...] = ()
    says: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()
    seconds: float = 60.0
    growth_mb: int = 150
    requests: int = 6


CASES: dict[str, Case] = {}


def add(name: str, group: str, note: str, play: Play | None = None, **more: Any) -> None:
    """Put a case into the table."""
    if name in CASES:
        raise ValueError(f"two cases are named {name!r}")
    CASES[name] = Case(name=name, group=group, note=note, play=play, **more)


#: How a poll ends whose answer is of no use. The command ends with 1, because every named feed failed.
FAILED: dict[str, Any] = {"outcome": ("error",), "entries": (0, 0), "exits": (1,)}
REFUSED: dict[str, Any] = {"outcome": ("refused",), "entries": (0, 0), "exits": (1,)}


def read(least: int = 1, most: int | None = None) -> dict[str, Any]:
    """How a poll ends that brought so many entries."""
    return {"outcome": ("ok",), "entries": (least, least if most is None else most)}


def fails(*reasons: str) -> dict[str, Any]:
    """How a poll ends that failed for one of these reasons."""
    return FAILED | {"reasons": reasons}


def refuses(*reasons: str) -> dict[str, Any]:
    """How a poll ends that policy stopped."""
    return REFUSED | {"reasons": reasons}


def item(number: int = 1, *, title: str = "", more: str = "", guid: str | None = None, link: str = "") -> str:
    """One RSS item."""
    return (
        f"<item><title>{title or f'Ferry number {number} sails again'}</title>"
        f"<guid isPermaLink='false'>{f'g{number}' if guid is None else guid}</guid>"
        + (f"<link>{link}</link>" if link else "")
        + f"<description>Passenger list {number} was closed at noon.</description>{more}</item>"
    )


def rss(*items: str, prolog: str = "<?xml version='1.0' encoding='utf-8'?>", head: str = "", tail: str = "") -> str:
    """An RSS feed."""
    return (
        f"{prolog}<rss version='2.0'><channel><title>Harbour</title>{head}{''.join(items)}{tail or '</channel></rss>'}"
    )


PLAIN = rss(item())
