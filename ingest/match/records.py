"""Articles as files have them: a line of JSON as an article to match, a member of a story as a line of the answer."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ingest.errors import SamewireError
from ingest.model import ArticleId, Document, FeedKind, Group, Relation
from ingest.text.credits import find_credit
from ingest.text.plain import without_surrogates
from ingest.text.urls import family

MAX_LINE_CHARS = 20_000_000
_TIMES = ("published_at", "first_seen_at")
_NEVER = datetime.max.replace(tzinfo=UTC)

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


def record_of(line: str, where: str) -> dict[str, object]:
    """Return a line of JSON as a record. Raises SamewireError that begins with `where`: file and line."""
    if len(line) > MAX_LINE_CHARS:
        raise SamewireError(f"{where}: a line of over {MAX_LINE_CHARS} characters")
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as exc:
        raise SamewireError(f"{where}: not JSON: {_placed(exc, line)}") from exc
    if not isinstance(record, dict):
        raise SamewireError(f"{where}: expected a JSON object")
    return {name: _sound(value) if isinstance(value, str) else value for name, value in record.items()}


def article_of(place: int, record: Mapping[str, object], where: str, *, credited: bool = True) -> LabelledArticle:
    """Return a record as the article in a place of its file, counted from 0. Raises SamewireError as `record_of`.

    credited: whether its credit is read, too.
    """
    given = record.get("id")
    name = str(given).strip() if isinstance(given, str | int) else ""
    if not name:
        raise SamewireError(f'{where}: every article needs an "id", a string or a whole number')
    text, title = record.get("text"), record.get("title")
    if not isinstance(text, str) or not isinstance(title, str | None):
        raise SamewireError(f'{where}: expected strings in "title" and "text"')
    return LabelledArticle(
        id=given if isinstance(given, int) else name,
        document=document_of(place, name, record, where, credited=credited),
        story=optional(record, "story"),
        kind=optional(record, "kind"),
        event=optional(record, "event"),
        first=optional(record, "first"),
        byline=_names(record.get("byline")),
    )


def archived_article(place: int, row: Mapping[str, Any]) -> LabelledArticle:
    """Return a row of a Parquet archive as the article in a place, counted from 0."""
    times = {name: row[name].astimezone(UTC) if row[name] is not None else None for name in _TIMES}
    return LabelledArticle(
        id=f"{row['daemon']}/{row['id']}",
        document=Document(
            id=ArticleId(place),
            # Two newsrooms may hold one article of one publisher, and no tie may be left.
            key=f"{row['key']} {row['daemon']}",
            title=row["title"],
            text=row["text"],
            published_at=times["published_at"],
            publisher=row["publisher"],
            kind=FeedKind(row["publisher_kind"]),
            language=row["language"],
            url=row["url"],
            agency=row["agency"],
            source_title=row["source_title"],
            first_seen_at=times["first_seen_at"],
            baseline=row["baseline"],
            bodiless=row["bodiless"],
        ),
    )


def head_of(group: Group, documents: Mapping[ArticleId, tuple[datetime | None, str]]) -> ArticleId:
    """Return the article whose id a story bears, the earliest. documents: time and key of each member."""
    return min(
        (member.article_id for member in group.members),
        key=lambda i: (documents[i][0] or _NEVER, documents[i][1]),
    )


def lines_of(group: Group, ids: Mapping[ArticleId, FileId], *, story: FileId, event: FileId) -> Sequence[MemberLine]:
    """Return a group's members in the words of the contract, in their order. ids: what the file calls each article."""
    first = ids[group.first.article_id] if group.first.article_id is not None else None
    return [
        MemberLine(
            id=ids[member.article_id],
            story=story,
            event=event,
            relation=member.relation,
            score=round(member.score, 4),
            via=ids[member.via] if member.via is not None else None,
            reason=member.reason,
            first=first,
        )
        for member in group.members
    ]


def document_of(number: int, key: str, record: Mapping[str, object], where: str, *, credited: bool = True) -> Document:
    """Return what matching reads of a record."""
    text, title, url = (str(record.get(name) or "") for name in ("text", "title", "url"))
    publisher = optional(record, "publisher") or (family(url) if url else None)
    credit = find_credit(text, title=title) if credited else None
    return Document(
        id=ArticleId(number),
        key=key,
        title=title,
        text=text,
        published_at=time_of(record.get("published_at"), where),
        publisher=publisher,
        kind=_kind(record.get("publisher_kind")),
        language=optional(record, "language"),
        url=url or None,
        agency=credit.agency if credit else None,
        source_title=optional(record, "source_title"),
    )


def time_of(value: object, where: str) -> datetime | None:
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


def _kind(value: object) -> FeedKind:
    return FeedKind(str(value)) if value in set(FeedKind) else FeedKind.OUTLET


def _names(value: object) -> tuple[str, ...]:
    return tuple(_sound(name) for name in value if isinstance(name, str)) if isinstance(value, list) else ()


def _placed(exc: Exception, line: str) -> Exception:
    """The error, with its place in the line counted alike whatever ends the line."""
    if not isinstance(exc, json.JSONDecodeError):
        return exc
    bare = line.rstrip("\r\n")
    return json.JSONDecodeError(exc.msg, bare, min(exc.pos, len(bare)))


def _sound(text: str) -> str:
    """A string that UTF-8 and a database can hold; what JSON lets through and they do not becomes U+FFFD."""
    return without_surrogates(text).replace("\0", "\ufffd")


def optional(record: Mapping[str, object], name: str) -> str | None:
    """Return a value as text; None where there is none or an empty one."""
    value = record.get(name)
    return None if value is None or value == "" else str(value)
