"""Matching without a database: files of articles in, their members out, by the same code that the daemon uses."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from ingest.errors import SamewireError
from ingest.match import batch
from ingest.match.batch import Progress, unheard
from ingest.model import ArticleId, Document, FeedKind, Group, Relation, StoryId
from ingest.text.credits import find_credit
from ingest.text.plain import without_surrogates
from ingest.text.urls import family

MAX_LINE_CHARS = 20_000_000
_WIRE_STAMP = re.compile(r"\d{1,2}-[A-Za-z]{3}-\d{4} \d{2}:\d{2}:\d{2}")

#: An article's id as its file writes it; 7 and "7" are the same id.
FileId = str | int


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledArticle:
    """One article of a file, under the file's own id; the document's key is that id as text."""

    id: FileId
    document: Document
    story: str | None = None  # the label, in a labelled file
    kind: str | None = None
    event: str | None = None  # the label of the event that the story tells of
    first: str | None = None  # the id of the true first publication, where the file says it
    byline: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLine:
    """One line of `samewire cluster`'s answer; `story`, `via` and `first` are ids of the file."""

    id: FileId
    story: FileId
    event: FileId
    relation: Relation
    score: float
    via: FileId | None
    reason: str
    first: FileId | None


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


def each_article(path: Path) -> Iterator[LabelledArticle]:
    """The same one at a time: an archive is larger than memory. Raises SamewireError naming file and line."""
    return _articles(_records(path), str(path))


def as_articles(records: Iterable[tuple[int, dict[str, object]]], path: str) -> list[LabelledArticle]:
    """Numbered records as articles. path: what a SamewireError names beside the number."""
    return list(_articles(records, path))


def _articles(records: Iterable[tuple[int, dict[str, object]]], path: str) -> Iterator[LabelledArticle]:
    seen: dict[str, int] = {}
    for number, record in records:
        given = record.get("id")
        name = str(given).strip() if isinstance(given, str | int) else ""
        if not name:
            raise SamewireError(f'{path}:{number}: every article needs an "id", a string or a whole number')
        if name in seen:
            raise SamewireError(f"{path}:{number}: id {name!r} stands in line {seen[name]} already")
        seen[name] = number
        text, title = record.get("text"), record.get("title")
        if not isinstance(text, str) or not isinstance(title, str | None):
            raise SamewireError(f'{path}:{number}: expected strings in "title" and "text"')
        yield LabelledArticle(
            id=given if isinstance(given, int) else name,
            document=_document(len(seen) - 1, name, record, f"{path}:{number}"),
            story=_optional(record, "story"),
            kind=_optional(record, "kind"),
            event=_optional(record, "event"),
            first=_optional(record, "first"),
            byline=_names(record.get("byline")),
        )


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
                bin=_optional(record, "bin"),
                why=_optional(record, "why"),
            )
        )
    return found


def _side(record: dict[str, object], side: str, number: int, path: Path) -> Document:
    """One of the two articles of a pair."""
    values = {key: record.get(f"{key}_{side}") for key in ("title", "text", "publisher", "url")}
    values["published_at"] = _wire_date(record.get(f"date_{side}"))
    return _document("ab".index(side), _optional(record, side) or f"{number}{side}", values, f"{path}:{number}")


def match_articles(
    articles: Sequence[LabelledArticle], window: timedelta, progress: Progress = unheard
) -> tuple[list[MemberLine], batch.Matched]:
    """The stories of a set of articles, one line an article in the order given."""
    matched = batch.match_all([article.document for article in articles], window=window, progress=progress)
    heads = {StoryId(found.members[0].article_id): _head(found, articles) for found in matched.groups}
    event_of = {story: heads[happening.id] for happening in matched.events for story in happening.members}
    lines: dict[ArticleId, MemberLine] = {}
    for found in matched.groups:
        story = StoryId(found.members[0].article_id)
        lines.update(_lines(found, articles, story=heads[story], event=event_of[story]))
    return [lines[article.document.id] for article in articles], matched


def _head(group: Group, articles: Sequence[LabelledArticle]) -> FileId:
    """The id that a story bears: that of its earliest article."""
    ids = (member.article_id for member in group.members)
    head = min(
        ids,
        key=lambda i: (articles[i].document.published_at or datetime.max.replace(tzinfo=UTC), articles[i].document.key),
    )
    return articles[head].id


def _lines(
    group: Group, articles: Sequence[LabelledArticle], *, story: FileId, event: FileId
) -> Iterator[tuple[ArticleId, MemberLine]]:
    """A group's members in the words of the contract; an event bears the id of its earliest story."""
    first = articles[group.first.article_id].id if group.first.article_id is not None else None
    for member in group.members:
        yield (
            member.article_id,
            MemberLine(
                id=articles[member.article_id].id,
                story=story,
                event=event,
                relation=member.relation,
                score=round(member.score, 4),
                via=articles[member.via].id if member.via is not None else None,
                reason=member.reason,
                first=first,
            ),
        )


def _records(path: Path) -> Iterator[tuple[int, dict[str, object]]]:
    try:
        with path.open(encoding="utf-8-sig") as lines:
            # Never more than a line may have: a file of one endless line is no reason to read it into memory.
            pieces = iter(partial(lines.readline, MAX_LINE_CHARS + 1), "")
            for number, line in enumerate(pieces, start=1):
                if not line.strip():
                    continue
                yield number, _record(line, f"{path}:{number}")
    except OSError as exc:
        raise SamewireError(f"{path}: {exc.strerror}") from exc
    except UnicodeDecodeError as exc:
        raise SamewireError(f"{path}: not UTF-8 text") from exc


def _record(line: str, where: str) -> dict[str, object]:
    if len(line) > MAX_LINE_CHARS:
        raise SamewireError(f"{where}: a line of over {MAX_LINE_CHARS} characters")
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as exc:
        raise SamewireError(f"{where}: not JSON: {exc}") from exc
    if not isinstance(record, dict):
        raise SamewireError(f"{where}: expected a JSON object")
    return {name: _sound(value) if isinstance(value, str) else value for name, value in record.items()}


def _sound(text: str) -> str:
    """A string that UTF-8 and a database can hold; what JSON lets through and they do not becomes U+FFFD."""
    return without_surrogates(text).replace("\0", "\ufffd")


def _names(value: object) -> tuple[str, ...]:
    return tuple(_sound(name) for name in value if isinstance(name, str)) if isinstance(value, list) else ()


def _document(number: int, key: str, record: dict[str, object], where: str) -> Document:
    text, title, url = (str(record.get(name) or "") for name in ("text", "title", "url"))
    publisher = _optional(record, "publisher") or (family(url) if url else None)
    credit = find_credit(text, title=title)
    return Document(
        id=ArticleId(number),
        key=key,
        title=title,
        text=text,
        published_at=_time(record.get("published_at"), where),
        publisher=publisher,
        kind=_kind(record.get("publisher_kind")),
        language=_optional(record, "language"),
        url=url or None,
        agency=credit.agency if credit else None,
        source_title=_optional(record, "source_title"),
    )


def _kind(value: object) -> FeedKind:
    return FeedKind(str(value)) if value in set(FeedKind) else FeedKind.OUTLET


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else 1.0


def _optional(record: dict[str, object], name: str) -> str | None:
    value = record.get(name)
    return None if value is None or value == "" else str(value)


def _time(value: object, where: str) -> datetime | None:
    """A time as JSON gives it; a bare date counts as its midnight, which attribution knows to be coarse."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value
    try:
        at = datetime.fromisoformat(str(value))
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError) as exc:  # the latter: a zone that leads out of the years 1 to 9999
        raise SamewireError(f"{where}: published_at {value!r} is no ISO 8601 time") from exc


def _wire_date(value: object) -> datetime | None:
    """A wire's own stamp (`26-FEB-1987 15:01:01.79`, routing codes behind it) or ISO 8601; None where it is neither."""
    text = str(value or "").strip()
    stamp = _WIRE_STAMP.match(text)
    if stamp:
        with contextlib.suppress(ValueError):
            return datetime.strptime(stamp[0], "%d-%b-%Y %H:%M:%S").replace(tzinfo=UTC)
    try:
        return _time(text, "") if text else None
    except SamewireError:
        return None
