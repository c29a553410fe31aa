"""Series: what one source publishes again and again under titles of one frame, as "Rates on #" each day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from ingest.model import ArticleId, Relation, Verdict

SPAN = timedelta(days=14)
LEAST = 3  # titles of one frame in that span
_APART = timedelta(hours=12)  # between two issues under one and the same title
_TAKE_JACCARD = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """An article as its title shows it."""

    id: ArticleId
    publisher: str | None
    frame: int  # hash of the title with its specifics masked
    title: int  # hash of the title
    at: datetime | None


def series_of(issues: Iterable[Issue]) -> dict[ArticleId, tuple[str, int]]:
    """Return the articles that belong to a series, each with the series' name (publisher, frame).

    Three or more titles of one frame from one publisher within 14 days make one: other titles, or the same one on
    other days; versions of one text under one title on one day do not. Without publisher or time there is no series.
    """
    frames: dict[tuple[str, int], list[Issue]] = {}
    for issue in issues:
        if issue.publisher is not None and issue.at is not None:
            frames.setdefault((issue.publisher, issue.frame), []).append(issue)
    found: dict[ArticleId, tuple[str, int]] = {}
    for name, held in frames.items():
        if len(held) >= LEAST:
            found.update(dict.fromkeys(_serial(held), name))
    return found


def _serial(held: list[Issue]) -> set[ArticleId]:
    """Those of one frame around which three issues fall into a fortnight."""
    ordered = sorted((issue.at, issue.title, issue.id) for issue in held if issue.at is not None)
    found: set[ArticleId] = set()
    start = told = 0
    for end, (at, _, _) in enumerate(ordered, start=1):
        while at - ordered[start][0] > SPAN:
            start += 1
        if _is_series(ordered, start, end):
            told = max(told, start)
            found.update(article_id for _, _, article_id in ordered[told:end])
            told = end
    return found


def _is_series(ordered: list[tuple[datetime, int, ArticleId]], start: int, end: int) -> bool:
    """Whether this range holds enough issues: a title counts once, and again where it comes back half a day later."""
    last: dict[int, datetime] = {}
    count = 0
    for place in range(start, end):
        at, title, _ = ordered[place]
        if title not in last or at - last[title] >= _APART:
            last[title] = at
            count += 1
            if count == LEAST:
                return True
    return False


def is_one_take(verdict: Verdict) -> bool:
    """Whether two issues of a series are one take all the same: nearly word for word, no figure another."""
    if verdict.relation not in (Relation.COPY, Relation.REVISION):
        return False
    if verdict.reason in ("update", "correction"):
        return True
    numbers = sum(other for kind, _, other in verdict.evidence.agreement if kind in ("number", "ordinal", "date"))
    return verdict.evidence.jaccard >= _TAKE_JACCARD and numbers == 0
