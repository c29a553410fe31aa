"""Puts a query to an article: whether it fits, and what of it was found where."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import assert_never

from ingest.watch.query import (
    All,
    AnyOf,
    Find,
    Group,
    Kind,
    Near,
    Node,
    Not,
    Phrase,
    Query,
    Scope,
    Source,
    SourceField,
    Words,
    label,
)
from ingest.watch.reading import Reading, needle


def fits(node: Node, reading: Reading) -> bool:
    """Whether an article is one of those that a query, or a part of one, asks for."""
    match node:
        case Find():
            return reading.holds(node.phrase, node.scope)
        case Near():
            return next(places(node, reading), None) is not None
        case Source():
            wanted = needle(node.phrase)
            return any(wanted in held for held in reading.source(node.field))
        case Kind():
            return reading.article.kind is node.kind
        case Group():
            return any(held.strip() in node.publishers for held in reading.source(SourceField.PUBLISHER))
        case Not():
            return not fits(node.part, reading)
        case All():
            return all(fits(part, reading) for part in node.parts)
        case AnyOf():
            return any(fits(part, reading) for part in node.parts)
        case _:
            assert_never(node)


def places(part: Words, reading: Reading) -> Iterator[Scope]:
    """In which columns, title or text, what is looked for stands."""
    if isinstance(part, Find):
        yield from (column for column, _ in reading.starts(part.phrase, part.scope))
        return
    right = [(phrase, dict(reading.starts(phrase, part.scope))) for phrase in part.right]
    left = [(phrase, dict(reading.starts(phrase, part.scope))) for phrase in part.left]
    for column in (Scope.TITLE, Scope.TEXT):
        if any(
            _is_near(_Run(a, left_at.get(column, ())), _Run(b, right_at.get(column, ())), part.distance)
            for a, left_at in left
            for b, right_at in right
        ):
            yield column


class _Run:
    """A phrase's places in one column."""

    def __init__(self, phrase: Phrase, starts: Sequence[int]) -> None:
        self.size, self.starts = len(phrase.words), starts


def _is_near(left: _Run, right: _Run, distance: int) -> bool:
    """Whether some two are at most so many words apart: from the end of the first to the beginning of the second."""
    a = b = 0
    while a < len(left.starts) and b < len(right.starts):
        at, other = left.starts[a], right.starts[b]
        gap = other - (at + left.size) if at <= other else at - (other + right.size)
        if gap <= distance:
            return True
        if at <= other:
            a += 1
        else:
            b += 1
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One part of a query that an article holds."""

    label: str
    column: Scope  # title or text


def found(query: Query, reading: Reading) -> tuple[Found, ...]:
    """What of a query's words an article holds, in the order of the query; each with the first column it stands in."""
    seen: dict[str, Scope] = {}
    for part in query.words:
        column = next(places(part, reading), None)
        if column is not None:
            seen.setdefault(label(part), column)
    return tuple(Found(label=name, column=column) for name, column in seen.items())
