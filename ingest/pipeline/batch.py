"""Matching without a database: files of articles in, members or scores out, by the same code that the daemon uses."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ingest.errors import SamewireError
from ingest.match import batch, measure
from ingest.match.cluster import group
from ingest.match.features import features
from ingest.match.verify import compare
from ingest.model import ArticleId, Document, FeedKind, Group, Member, Relation
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
    """Two texts with a label, for scoring single verdicts."""

    a: Document
    b: Document
    same: bool
    weight: float


def read_articles(path: Path) -> list[LabelledArticle]:
    """The articles of a JSON Lines file. Raises SamewireError naming file and line."""
    found: list[LabelledArticle] = []
    seen: dict[str, int] = {}
    for number, record in _records(path):
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
        found.append(
            LabelledArticle(
                id=given if isinstance(given, int) else name,
                document=_document(len(found), name, record, f"{path}:{number}"),
                story=_optional(record, "story"),
                kind=_optional(record, "kind"),
                first=_optional(record, "first"),
                byline=_names(record.get("byline")),
            )
        )
    return found


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
        sides = []
        for index, side in enumerate("ab"):
            values = {key: record.get(f"{key}_{side}") for key in ("title", "text", "publisher", "url")}
            values["published_at"] = _wire_date(record.get(f"date_{side}"))
            sides.append(_document(index, str(index), values, f"{path}:{number}"))
        weight = _number(record.get("in_bin")) / drawn[record.get("bin")] if record.get("in_bin") else 1.0
        found.append(Pair(a=sides[0], b=sides[1], same=label == "same", weight=weight))
    return found


def match_articles(articles: Sequence[LabelledArticle], window: timedelta) -> tuple[list[MemberLine], batch.Matched]:
    """The stories of a set of articles, one line an article in the order given."""
    matched = batch.match_all([article.document for article in articles], window=window)
    lines: dict[ArticleId, MemberLine] = {}
    for found in matched.groups:
        lines.update(_lines(found, articles))
    return [lines[article.document.id] for article in articles], matched


def _lines(group: Group, articles: Sequence[LabelledArticle]) -> Iterator[tuple[ArticleId, MemberLine]]:
    """A group's members in the words of the contract: the story bears the id of its earliest article."""
    ids = [member.article_id for member in group.members]
    head = min(
        ids,
        key=lambda i: (articles[i].document.published_at or datetime.max.replace(tzinfo=UTC), articles[i].document.key),
    )
    story = articles[head].id
    first = articles[group.first.article_id].id if group.first.article_id is not None else None
    for member in group.members:
        yield member.article_id, _line(member, articles, story=story, first=first)


def _line(member: Member, articles: Sequence[LabelledArticle], *, story: FileId, first: FileId | None) -> MemberLine:
    return MemberLine(
        id=articles[member.article_id].id,
        story=story,
        event=story,
        relation=member.relation,
        score=round(member.score, 4),
        via=articles[member.via].id if member.via is not None else None,
        reason=member.reason,
        first=first,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The scores of one run over a labelled file."""

    pairwise: measure.Score
    ari: float
    b3: measure.Score
    kinds: dict[str, measure.KindScore]
    candidate_recall: float
    first: measure.FirstScore


def evaluate(
    articles: Sequence[LabelledArticle], window: timedelta
) -> tuple[Evaluation, list[MemberLine], batch.Matched]:
    """Score the matching on labelled articles. Raises SamewireError when an article has no label."""
    unlabelled = [article.id for article in articles if article.story is None]
    if unlabelled:
        raise SamewireError(f'article {unlabelled[0]!r} has no "story"; evaluate needs a label on every article')
    lines, matched = match_articles(articles, window)
    labels = {article.document.id: article.story or "" for article in articles}
    found = {article.document.id: line.story for article, line in zip(articles, lines, strict=True)}
    kinds = {article.document.id: article.kind for article in articles if article.kind}
    proposed = {(verdict.a, verdict.b) for verdict in matched.verdicts}
    evaluation = Evaluation(
        pairwise=measure.pairwise(labels, found),
        ari=measure.adjusted_rand(labels, found),
        b3=measure.b_cubed(labels, found),
        kinds=measure.by_kind(labels, found, kinds),
        candidate_recall=measure.candidate_recall(labels, proposed),
        first=measure.first_score(_first_answers(articles, lines)),
    )
    return evaluation, lines, matched


def sweep(
    articles: Sequence[LabelledArticle], matched: batch.Matched, thresholds: Sequence[float]
) -> list[tuple[float, measure.Score]]:
    """Pairwise scores when only verdicts of at least each threshold's score may join: what strictness would cost."""
    documents = [article.document for article in articles]
    labels = {article.document.id: article.story or "" for article in articles}
    found = []
    for threshold in thresholds:
        held = [v for v in matched.verdicts if v.relation is Relation.DIFFERENT or v.score >= threshold]
        groups = group(documents, held, ())
        placed = {member.article_id: number for number, each in enumerate(groups) for member in each.members}
        found.append((threshold, measure.pairwise(labels, placed)))
    return found


def _first_answers(articles: Sequence[LabelledArticle], lines: Iterable[MemberLine]) -> list[tuple[str | None, str]]:
    """For each labelled story of two or more: what we say was first, and what was (the article of kind `base`)."""
    truth: dict[str, str] = {}
    size: dict[str, int] = {}
    for article in articles:
        story = article.story or ""
        size[story] = size.get(story, 0) + 1
        if article.first:
            truth[story] = article.first
        elif article.kind in ("base", "original"):
            truth.setdefault(story, article.document.key)
    said = {str(line.id): None if line.first is None else str(line.first) for line in lines}
    return [(said[first], first) for story, first in sorted(truth.items()) if size[story] > 1 and first in said]


def evaluate_pairs(pairs: Sequence[Pair]) -> measure.Score:
    """Score single verdicts on labelled pairs, each weighted by how many pairs of its bin it stands for."""
    answers = []
    for pair in pairs:
        verdict = compare(features(pair.a), features(pair.b))
        answers.append((verdict.relation is not Relation.DIFFERENT, pair.same, pair.weight))
    return measure.pair_score(answers)


def _records(path: Path) -> Iterator[tuple[int, dict[str, object]]]:
    try:
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, start=1):
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
