"""The hand-written material, read from texts/ and set on a day of the corpus."""

import random
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from bench.judge import days

_TEXTS = Path(__file__).parent / "texts"
_SLOT = re.compile(r"\{([a-zA-Z_0-9+-]+)\}")
_DAY_SLOT = re.compile(r"d([+-]\d+)?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One base story and everything its newsroom, its rivals and its readers made of it."""

    key: str
    language: str
    place: str
    at: datetime
    heads: tuple[str, ...]
    paragraphs: tuple[str, ...]
    raw: Mapping[str, Any]
    """All fields of the TOML table after names, numbers and days were settled."""

    def passage(self, name: str) -> tuple[str, ...]:
        """Return the paragraphs of a named text of the story."""
        return paragraphs(self.raw[name])


def paragraphs(text: str) -> tuple[str, ...]:
    """Split a text at its blank lines."""
    return tuple(part.strip() for part in text.strip().split("\n\n") if part.strip())


@cache
def kits() -> dict[str, dict[str, Any]]:
    """Return, by language, the names and customs of its newsrooms."""
    return tomllib.loads((_TEXTS / "kits.toml").read_text(encoding="utf-8"))


@cache
def families() -> tuple[dict[str, Any], ...]:
    """Return the families of look-alikes in all languages."""
    found: list[dict[str, Any]] = []
    for path in sorted(_TEXTS.glob("rivals_*.toml")):
        found.extend(tomllib.loads(path.read_text(encoding="utf-8"))["family"])
    return tuple(found)


@cache
def _tables(language: str) -> tuple[dict[str, Any], ...]:
    found: list[dict[str, Any]] = []
    for path in sorted(_TEXTS.glob(f"stories_{language}*.toml")):
        found.extend(tomllib.loads(path.read_text(encoding="utf-8"))["story"])
    return tuple(found)


def stories(language: str, rng: random.Random) -> list[Story]:
    """Return the base stories of a language with this seed's names, figures and dates.

    The stories of a language fall into one or two weeks, so that a round-up can hold several of them.
    """
    first_day = rng.randrange(4, 10)
    return [_settle(table, language, first_day, rng) for table in _tables(language)]


def _settle(table: dict[str, Any], language: str, first_day: int, rng: random.Random) -> Story:
    week = 7 * rng.randrange(2) if language == "en" else 0
    start = days.at(first_day + week, hour=0)
    day = start.day + (table["weekday"] - start.weekday()) % 7
    moment = days.at(day, hour=table.get("hour", rng.randrange(11, 18)), minute=rng.randrange(60))
    turn = rng.randrange(60)
    swaps = [(group[0], group[turn % len(group)]) for group in table.get("swap", ())]
    raw = {key: _settled(value, swaps, moment) for key, value in table.items() if key != "swap"}
    return Story(
        key=raw["id"],
        language=language,
        place=raw["place"],
        at=moment,
        heads=tuple(raw["heads"]),
        paragraphs=paragraphs(raw["text"]),
        raw=raw,
    )


def _settled(value: Any, swaps: list[tuple[str, str]], moment: datetime) -> Any:
    if isinstance(value, list):
        return [_settled(item, swaps, moment) for item in value]
    if not isinstance(value, str):
        return value
    for old, new in swaps:
        value = value.replace(old, new)
    return fill(value, {}, moment)


def fill(text: str, values: Mapping[str, str], moment: datetime) -> str:
    """Put values into the {slots} of a text; {d}, {d+1} and so on are days of the month counted from the moment."""

    def slot(match: re.Match[str]) -> str:
        name = match[1]
        if name in values:
            return values[name]
        if day := _DAY_SLOT.match(name):
            return str((moment + timedelta(days=int(day[1] or 0))).day)
        return match[0]

    return _SLOT.sub(slot, text)
