"""What the operator decided on the pages: who may correct, how much of a text is shown, the zone of the times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, tzinfo
from enum import StrEnum
from typing import Any
from weakref import WeakKeyDictionary


class ShowText(StrEnum):
    """How much of the articles' texts the pages show."""

    FULL = "full"
    EXCERPT = "excerpt"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The defaults are those of a database that plain Datasette opens."""

    show_text: ShowText = ShowText.FULL
    zone: tzinfo = UTC
    public_url: str | None = None
    editors: frozenset[str] = frozenset()  # ids of the persons who may correct; "*": everyone who is logged in
    user_header: str = ""  # in which a proxy names the person; empty: no header is believed
    proxies: frozenset[str] = frozenset({"127.0.0.1", "::1"})  # whose header is believed


_PLAIN = Settings()
_settings: WeakKeyDictionary[Any, Settings] = WeakKeyDictionary()


def configure(datasette: Any, settings: Settings) -> None:
    """Say how the pages of this Datasette are."""
    _settings[datasette] = settings


def settings_of(datasette: Any) -> Settings:
    """How the pages of this Datasette are."""
    return _settings.get(datasette, _PLAIN)
