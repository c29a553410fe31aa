"""Matching without a database: files of articles in, their members out, by the same code that the daemon uses."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from ingest.errors import SamewireError
from ingest.match import batch
from ingest.match.batch import Progress, unheard
from ingest.match.records import (
    MAX_LINE_CHARS,
    LabelledArticle,
    MemberLine,
    archived_article,
    article_of,
    document_of,
    head_of,
    lines_of,
    optional,
    record_of,
    time_of,
)
from ingest.model import ArticleId, Document, StoryId
from ingest.publish import archive

_WIRE_STAMP = re.compile(r"\d{1,2}-[A-Za-z]{3}-\d{4} \d{2}:\d{2}:\d{2}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two texts with a label, for scoring single verdicts; the documents' keys are the file's ids, or line and side."""

    a: Document
    b: Document
    same: bool
    weight: float
    bin: str | None = None  # the stratum it was drawn from
    why: str | None = None  # what the one who labelled it noted


def read_articles(path: Path) -> list[LabelledArticle]:
    """The articles of a JSON Lines file. Raises SamewireError naming file and line."""
    return list(each_article(path))


def each_article(path: Path, *, credited: bool = True) -> Iterator[LabelledArticle]:
    """The same one at a time: an archive is larger than memory. Raises SamewireError naming file and line.

    credited: whether credits are read, too, which costs a millisecond a text.
    """
    return _articles(_records(path), str(path), credited=credited)


def read_archives(roots: Sequence[Path]) -> list[LabelledArticle]:
    """The articles of Parquet archives, by daemon and id. Raises SamewireError naming the file."""
    archive.ready()
    rows = (row for folder in archive.all_folders(roots) for row in archive.latest(folder))
    return [archived_article(place, row) for place, row in enumerate(rows)]


def as_articles(records: Iterable[tuple[int, dict[str, object]]], path: str) -> list[LabelledArticle]:
    """Numbered records as articles. path: what a SamewireError names beside the number."""
    return list(_articles(records, path))


def _articles(
    records: Iterable[tuple[int, dict[str, object]]], path: str, *, credited: bool = True
) -> Iterator[LabelledArticle]:
    seen: dict[str, int] = {}
    for number, record in records:
        article = article_of(len(seen), record, f"{path}:{number}", credited=credited)
        name = article.document.key
        if name in seen:
            raise SamewireError(f"{path}:{number}: id {name!r} stands in line {seen[name]} already")
        seen[name] = number
        yield article


def read_pairs(path: Path) -> list[Pair]:
    """Labelled pairs of a JSON Lines file; pairs labelled `unsure` are left out. Raises SamewireError."""
    found = []
    drawn: dict[object, int] = {}
    records = list(_records(path))
    for _, record in records:
        drawn[record.get("bin")] = drawn.get(record.get("bin"), 0) + 1
    for number, record in records:
        label = record.get("label")
        if label not in ("same", "different", "unsure"):
            raise SamewireError(f'{path}:{number}: "label" must be same, different or unsure, not {label!r}')
        if label == "unsure":
            continue
        weight = _number(record.get("in_bin")) / drawn[record.get("bin")] if record.get("in_bin") else 1.0
        found.append(
            Pair(
                a=_side(record, "a", number, path),
                b=_side(record, "b", number, path),
                same=label == "same",
                weight=weight,
                bin=optional(record, "bin"),
                why=optional(record, "why"),
            )
        )
    return found


def _side(record: dict[str, object], side: str, number: int, path: Path) -> Document:
    """One of the two articles of a pair."""
    values = {key: record.get(f"{key}_{side}") for key in ("title", "text", "publisher", "url")}
    values["published_at"] = _wire_date(record.get(f"date_{side}"))
    return document_of("ab".index(side), optional(record, side) or f"{number}{side}", values, f"{path}:{number}")


def match_articles(
    articles: Sequence[LabelledArticle], window: timedelta, progress: Progress = unheard
) -> tuple[list[MemberLine], batch.Matched]:
    """The stories of a set of articles, one line an article in the order given."""
    matched = batch.match_all([article.document for article in articles], window=window, progress=progress)
    held = {article.document.id: (article.document.published_at, article.document.key) for article in articles}
    ids = {article.document.id: article.id for article in articles}
    heads = {StoryId(found.members[0].article_id): ids[head_of(found, held)] for found in matched.groups}
    event_of = {story: heads[happening.id] for happening in matched.events for story in happening.members}
    lines: dict[ArticleId, MemberLine] = {}
    for found in matched.groups:
        story = StoryId(found.members[0].article_id)
        told = lines_of(found, ids, story=heads[story], event=event_of[story])
        lines.update(zip((member.article_id for member in found.members), told, strict=True))
    return [lines[article.document.id] for article in articles], matched


def _records(path: Path) -> Iterator[tuple[int, dict[str, object]]]:
    try:
        with path.open(encoding="utf-8-sig") as lines:
            # Never more than a line may have: a file of one endless line is no reason to read it into memory.
            pieces = iter(partial(lines.readline, MAX_LINE_CHARS + 1), "")
            for number, line in enumerate(pieces, start=1):
                if line.isspace():
                    continue
                record = record_of(line, f"{path}:{number}")
                del line  # it may be as long as twenty million characters, and what is made of it takes memory too
                yield number, record
    except OSError as exc:
        raise SamewireError(f"{path}: {exc.strerror}") from exc
    except UnicodeDecodeError as exc:
        raise SamewireError(f"{path}: not UTF-8 text") from exc


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 1.0


def _wire_date(value: object) -> datetime | None:
    """A wire's own stamp (`26-FEB-1987 15:01:01.79`, routing codes behind it) or ISO 8601; None where it is neither."""
    text = str(value or "").strip()
    stamp = _WIRE_STAMP.match(text)
    if stamp:
        with contextlib.suppress(ValueError):
            return datetime.strptime(stamp[0], "%d-%b-%Y %H:%M:%S").replace(tzinfo=UTC)
    try:
        return time_of(text, "") if text else None
    except SamewireError:
        return None
