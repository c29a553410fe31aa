"""The labelled sets that quality is measured on: generated from a seed, and files that may lie beside the project."""

from __future__ import annotations

import importlib
import json
import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.match.records import LabelledArticle
from ingest.pipeline.batch import Pair, as_articles, read_articles, read_pairs

ROOT = Path(__file__).resolve().parent.parent
#: Modules of this folder with a `corpus(seed)`.
GENERATED = ("newswire", "judge", "events")
#: Sets written by hand, and real material that is no part of the project and is scored where it is found.
BESIDE = ROOT.parent / "shared" / "data" / "stories"
HANDMADE = ROOT / "bench" / "handmade"
FILES = {
    "western": HANDMADE / "western.jsonl",
    "others": HANDMADE / "others.jsonl",
    "dev": BESIDE / "dev.jsonl",
}
PAIR_FILES = {"wires": BESIDE / "wires-dev.jsonl"}

_LONE = 10


class Absent(Exception):
    """A set that is not there; the message says what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A labelled set of articles under a name for tables."""

    name: str
    articles: list[LabelledArticle]


def generated(name: str, seed: int, *, limit: int | None = None) -> Labelled:
    """The set that a generator makes of a seed, or a slice of it. Raises Absent."""
    try:
        module = importlib.import_module(f"bench.{name}")
    except ModuleNotFoundError as exc:
        if exc.name != f"bench.{name}":
            raise
        raise Absent(f"bench.{name} is not there ({exc})") from exc
    if not hasattr(module, "corpus"):
        raise Absent(f"bench.{name} has no corpus(seed)")
    records = sliced(module.corpus(seed), limit, random.Random(seed))
    return Labelled(name=f"{name}, seed {seed}", articles=as_articles(enumerate(records, start=1), name))


def from_file(path: Path, *, limit: int | None = None) -> Labelled:
    """The set in a file, or a slice of it that is the same each time. Raises Absent, SamewireError."""
    _need(path)
    if limit is None:
        return Labelled(name=path.name, articles=read_articles(path))
    with path.open(encoding="utf-8") as lines:
        records = sliced([json.loads(line) for line in lines], limit, random.Random(0))
    return Labelled(name=path.name, articles=as_articles(enumerate(records, start=1), str(path)))


def pairs_from_file(path: Path) -> list[Pair]:
    """The pairs in a file. Raises Absent, SamewireError."""
    _need(path)
    return read_pairs(path)


def sliced(records: Iterable[dict[str, Any]], limit: int | None, rng: random.Random) -> list[dict[str, Any]]:
    """About so many articles, in their order: whole families of stories, drawn at random.

    A family is what tells of one event where the records say so, else a story, else ten lone articles of one kind, so
    that look-alikes stay beside each other.
    """
    records = list(records)
    if limit is None or len(records) <= limit:
        return records
    families: dict[tuple[object, ...], list[int]] = {}
    size, lone = Counter(record.get("story") for record in records), Counter[object]()
    for place, record in enumerate(records):
        story, kind = record.get("story"), record.get("kind")
        family: tuple[object, ...] = (record.get("event"), None if record.get("event") else story)
        if size[story] == 1 and not record.get("event"):
            family = (kind, lone[kind] // _LONE)
            lone[kind] += 1
        families.setdefault(family, []).append(place)
    kept: set[int] = set()
    for family in rng.sample(sorted(families, key=str), len(families)):
        if len(kept) >= limit:
            break
        kept.update(families[family])
    return [record for place, record in enumerate(records) if place in kept]


def _need(path: Path) -> None:
    if not path.exists():
        raise Absent(f"{path.name} is not there (expected in {path.parent})")
