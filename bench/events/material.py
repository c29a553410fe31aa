"""The texts as values: events, their hand-written reports, and the frames of a type of event."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TEXTS = Path(__file__).parent / "texts"
Pools = dict[str, list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """The ways to say one fact; `short` is for every mention in a report but the first."""

    full: tuple[str, ...]
    short: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A report written by hand. `after_h` is hours since the event's first report, None for a drawn one."""

    title: str
    text: str
    kind: str
    language: str = "en"
    after_h: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One line of a digest. `day` counts from 0 to 13; None lets the seed pick a day of `week` (1 or 2)."""

    id: str
    week: int = 1
    day: int | None = None
    days: str = "any"
    hour: int | None = None
    framed: int = 0  # how many reports the frames make
    facts: dict[str, Fact] = field(default_factory=dict)
    pools: Pools = field(default_factory=dict)  # sentences of its own and of its type, by the part they play
    written: tuple[Written, ...] = ()


def load_events() -> list[Event]:
    """Every event of the material, singles last, in an order that does not change."""
    more = _more()
    events = [*_framed(more), *_hand_written(more), *_singles()]
    unknown = more.keys() - {event.id for event in events}
    if unknown:
        raise ValueError(f"reports of no known event: {sorted(unknown)}")
    return events


def load_publishers() -> dict[str, list[str]]:
    """Domains of publishers by language."""
    return _toml(TEXTS / "publishers.toml")["domains"]


def load_angles() -> dict[str, list[str]]:
    """The orders in which a report made from frames plays its parts."""
    return _toml(TEXTS / "angles.toml")["angles"]


def _framed(more: dict[str, list[Written]]) -> Iterator[Event]:
    for path in sorted((TEXTS / "types").glob("*.toml")):
        raw = _toml(path)
        for one in raw["events"]:
            own = one.get("own", {})
            pools = {part: [*raw["parts"].get(part, []), *own.get(part, [])] for part in {*raw["parts"], *own}}
            yield _event(one, more, framed=one["reports"], facts=_facts(one["facts"]), pools=pools)


def _hand_written(more: dict[str, list[Written]]) -> Iterator[Event]:
    for path in sorted((TEXTS / "written").glob("*.toml")):
        for one in _toml(path)["events"]:
            yield _event(one, more)


def _singles() -> Iterator[Event]:
    for path in sorted((TEXTS / "singles").glob("*.toml")):
        for one in _toml(path)["singles"]:
            report = _written({"kind": "single"} | one)
            yield Event(id=one["id"], week=0, day=one.get("day"), written=(report,))


def _event(one: dict[str, Any], more: dict[str, list[Written]], **made: Any) -> Event:
    kind = "topic" if "topic" in one else "report"
    written = [_written({"kind": kind} | report) for report in one.get("written", [])]
    placed = {name: one[name] for name in ("week", "day", "days", "hour") if name in one}
    return Event(id=one["id"], written=(*written, *more.get(one["id"], [])), **placed, **made)


def _more() -> dict[str, list[Written]]:
    """Translations and follow-ups of events whose other reports stand elsewhere, by event."""
    found: dict[str, list[Written]] = {}
    for path in sorted((TEXTS / "more").glob("*.toml")):
        for one in _toml(path)["reports"]:
            found.setdefault(one["event"], []).append(_written({"kind": "translation"} | one))
    return found


def _written(one: dict[str, Any]) -> Written:
    text = "\n\n".join(" ".join(part.split()) for part in one["text"].strip().split("\n\n"))
    return Written(
        title=one["title"],
        text=text,
        kind=one["kind"],
        language=one.get("language", "en"),
        after_h=one.get("after_h"),
    )


def _facts(raw: dict[str, Any]) -> dict[str, Fact]:
    found = {}
    for name, value in raw.items():
        if isinstance(value, dict):
            found[name] = Fact(full=tuple(value["full"]), short=tuple(value["short"]))
        else:
            found[name] = Fact(full=(value,) if isinstance(value, str) else tuple(value))
    return found


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
