"""A query as values: what must be found, where, and how the parts are joined."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from ingest.model import FeedKind

#: So many words of a text are its lead; a script without spaces counts pairs of characters.
LEAD_TERMS = 60


class Scope(StrEnum):
    """Where in an article a phrase is looked for."""

    ANYWHERE = "anywhere"  # title or text
    TITLE = "title"
    TEXT = "text"
    LEAD = "lead"  # title, or the first LEAD_TERMS of the text


class SourceField(StrEnum):
    """What is known of an article beside its words."""

    PUBLISHER = "publisher"  # the family's name, or its domain
    AGENCY = "agency"
    LANGUAGE = "language"


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Words that stand one after the other; `text` is how the query has them."""

    text: str
    words: tuple[str, ...]  # as the index has them
    is_open: bool = False  # the last word may go on: a wildcard at the end
    spelling: tuple[str, ...] = ()  # exactly so, case and accents included; empty: however it is written


@dataclass(frozen=True, slots=True, kw_only=True)
class Find:
    """The phrase stands there."""

    phrase: Phrase
    scope: Scope = Scope.ANYWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """One of the left and one of the right stand there, in either order, at most `distance` words between them."""

    left: tuple[Phrase, ...]
    right: tuple[Phrase, ...]
    distance: int
    scope: Scope = Scope.ANYWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The field holds these words, one after the other."""

    field: SourceField
    phrase: Phrase


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """The publisher is of this kind."""

    kind: FeedKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The publisher is one of a source group, by name or domain; both are as the index has them."""

    name: str
    publishers: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """The part does not hold."""

    part: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class All:
    """Every part holds."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Node, ...]


Words = Find | Near
Node = Words | Source | Kind | Group | Not | All | AnyOf


@dataclass(frozen=True, kw_only=True)
class Query:
    """A query that was read without fault."""

    text: str
    root: Node

    @cached_property
    def words(self) -> tuple[Words, ...]:
        """What it looks for in texts, without what must not be there."""
        return tuple(_words(self.root))


def label(part: Words) -> str:
    """What is looked for as a query of its own: the terms of a hit are kept under these names."""
    if isinstance(part, Find):
        return part.phrase.text if part.scope is Scope.ANYWHERE else f"{part.scope}:{part.phrase.text}"
    name = _near_label(part)
    return name if part.scope is Scope.ANYWHERE else f"{part.scope}:({name})"


def _near_label(part: Near) -> str:
    sides = (" OR ".join(phrase.text for phrase in side) for side in (part.left, part.right))
    left, right = (f"({side})" if " OR " in side else side for side in sides)
    return f"{left} NEAR/{part.distance} {right}"


def _words(node: Node) -> Iterator[Words]:
    match node:
        case Find() | Near():
            yield node
        case All() | AnyOf():
            for part in node.parts:
                yield from _words(part)
        case _:
            return
