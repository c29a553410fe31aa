"""Reads a query as people write them, and says at which character it cannot be read.

    query  = any ; any = all { OR all } ; all = not { [AND] not } ; not = [NOT | -] near
    near   = part { NEAR/n part } ; part = [field:] phrase | [field:] ( any )

NOT binds closer than AND, AND closer than OR; words that stand side by side are joined by AND.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ingest.errors import QueryError
from ingest.model import FeedKind
from ingest.text.search import indexed, terms
from ingest.text.tokens import is_lone, spelled
from ingest.watch.keys import keys
from ingest.watch.lex import Sign, Token, tokens
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
)

MAX_QUERY_CHARS = 8_000
MAX_TERMS = 500
MAX_DEPTH = 12
#: Pairs that a NEAR between two lists may stand for.
MAX_NEAR_PAIRS = 64

_SCOPES = {"title": Scope.TITLE, "text": Scope.TEXT, "lead": Scope.LEAD}
_SOURCES = {field.value: field for field in SourceField}
_FIELDS = (*_SCOPES, *_SOURCES, "group")
_STARTS = frozenset({Sign.PHRASE, Sign.FIELD, Sign.NOT, Sign.OPEN})
#: Source groups that are always there.
KINDS = {kind.value: kind for kind in FeedKind}


def parse(text: str, groups: Mapping[str, Iterable[str]] | None = None) -> Query:
    """Read a query. groups: publishers' names by the name of their source group.

    Raises QueryError, which points at the character, for what cannot be read, what is larger than a query may be, and
    for a query that an article without any of its words would fit.
    """
    if len(text) > MAX_QUERY_CHARS:
        raise QueryError(f"longer than {MAX_QUERY_CHARS:,} characters", text=text, at=MAX_QUERY_CHARS)
    found = tuple(tokens(text))
    count = sum(token.sign is Sign.PHRASE for token in found)
    if count > MAX_TERMS:
        at = [token.at for token in found if token.sign is Sign.PHRASE][MAX_TERMS]
        raise QueryError(f"more than {MAX_TERMS} terms", text=text, at=at)
    reader = _Reader(text, found, dict(groups or {}))
    root = reader.whole()
    if keys(root) is None:
        message = "this fits articles that hold none of its words; each alternative must name something to be found"
        raise QueryError(message, text=text, at=reader.first_not or 0)
    return Query(text=text, root=root)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    """What the words inside are looked for in; `scope` where it is a part of the article."""

    name: str = ""
    scope: Scope = Scope.ANYWHERE


class _Reader:
    """A reader of one query by recursive descent."""

    def __init__(self, text: str, found: tuple[Token, ...], groups: dict[str, Iterable[str]]) -> None:
        self._text, self._tokens, self._groups = text, found, groups
        self._place = self._depth = 0
        self.first_not: int | None = None

    def whole(self) -> Node:
        """The query, of which nothing may be left."""
        if len(self._tokens) == 1:
            raise self._error("empty; name a word to look for")
        root = self._any(_Field())
        left = self._next
        if left.sign is Sign.CLOSE:
            raise self._error("a closing bracket without an opening one")
        if left.sign is not Sign.END:
            raise self._error("not expected here")
        return root

    @property
    def _next(self) -> Token:
        return self._tokens[self._place]

    def _take(self, sign: Sign) -> Token | None:
        token = self._next
        if token.sign is not sign:
            return None
        self._place += 1
        return token

    def _any(self, field: _Field) -> Node:
        parts = [self._all(field)]
        while self._take(Sign.OR):
            parts.append(self._all(field))
        return parts[0] if len(parts) == 1 else AnyOf(parts=tuple(parts))

    def _all(self, field: _Field) -> Node:
        parts = [self._not(field)]
        while self._take(Sign.AND) or self._next.sign in _STARTS:
            parts.append(self._not(field))
        return parts[0] if len(parts) == 1 else All(parts=tuple(parts))

    def _not(self, field: _Field) -> Node:
        token = self._take(Sign.NOT)
        if token is None:
            return self._near(field)
        self.first_not = token.at if self.first_not is None else self.first_not
        return Not(part=self._near(field))

    def _near(self, field: _Field) -> Node:
        at = self._next.at
        part = self._part(field)
        pairs: list[Node] = []
        while token := self._take(Sign.NEAR):
            right_at = self._next.at
            right = self._part(field)
            pairs.append(self._pair(part, at, right, right_at, token))
            part, at = right, right_at
        if not pairs:
            return part
        return pairs[0] if len(pairs) == 1 else All(parts=tuple(pairs))

    def _pair(self, left: Node, left_at: int, right: Node, right_at: int, token: Token) -> Near:
        scope, left_phrases = self._side(left, left_at)
        other, right_phrases = self._side(right, right_at)
        if scope is not other:
            raise self._error("both sides of NEAR must look in the same field", right_at)
        if len(left_phrases) * len(right_phrases) > MAX_NEAR_PAIRS:
            raise self._error(f"this NEAR stands for more than {MAX_NEAR_PAIRS} pairs", token.at)
        return Near(left=left_phrases, right=right_phrases, distance=token.distance, scope=scope)

    def _side(self, node: Node, at: int) -> tuple[Scope, tuple[Phrase, ...]]:
        """The phrases of one side: a phrase, or alternatives."""
        parts = node.parts if isinstance(node, AnyOf) else (node,)
        scopes, phrases = set(), []
        for part in parts:
            if not isinstance(part, Find):
                raise self._error("NEAR stands between words, phrases, or alternatives of these", at)
            scopes.add(part.scope)
            phrases.append(part.phrase)
        if len(scopes) > 1:
            raise self._error("alternatives beside NEAR must look in the same field", at)
        return scopes.pop(), tuple(phrases)

    def _part(self, field: _Field) -> Node:
        if token := self._take(Sign.FIELD):
            field = self._field(token, field)
        if token := self._take(Sign.OPEN):
            return self._inside(token, field)
        if token := self._take(Sign.PHRASE):
            return self._leaf(token, field)
        ends = {Sign.END: "the query ends where a word is expected", Sign.CLOSE: "a bracket closes on nothing"}
        raise self._error(ends.get(self._next.sign, f"{self._next.sign} stands where a word is expected"))

    def _inside(self, opened: Token, field: _Field) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._error(f"brackets nested deeper than {MAX_DEPTH}", opened.at)
        node = self._any(field)
        if not self._take(Sign.CLOSE):
            if self._next.sign is Sign.END:
                raise self._error("a bracket that never closes", opened.at)
            raise self._error("not expected inside brackets")
        self._depth -= 1
        return node

    def _field(self, token: Token, outer: _Field) -> _Field:
        if token.text not in _FIELDS:
            raise self._error(f'unknown field "{token.text}"{_nearest(token.text, _FIELDS)}', token.at)
        if outer.name:
            raise self._error(f'"{token.text}:" inside "{outer.name}:"', token.at)
        return _Field(name=token.text, scope=_SCOPES.get(token.text, Scope.ANYWHERE))

    def _leaf(self, token: Token, field: _Field) -> Node:
        if field.name == "group":
            return self._group(token)
        phrase = self._phrase(token)
        if source := _SOURCES.get(field.name):
            if phrase.spelling:
                raise self._error(f'"=" goes with words of the article, not with "{field.name}:"', token.at)
            return Source(field=source, phrase=phrase)
        return Find(phrase=phrase, scope=field.scope)

    def _phrase(self, token: Token) -> Phrase:
        words, spelling = terms(token.text), spelled(token.text)
        if not words:
            raise self._error("no word or number in it", token.at)
        # Texts have such characters in pairs: with one before it unknown, a lone one cannot be told to stand there.
        if is_lone(spelling[0]):
            message = f"begins with {spelling[0]} alone: of a script without spaces, two characters are the least"
            raise self._error(message, token.at)
        return Phrase(
            text=token.shown,
            words=tuple(words),
            is_open=token.is_open or is_lone(spelling[-1]),
            spelling=tuple(spelling) if token.is_exact else (),
        )

    def _group(self, token: Token) -> Node:
        wanted = token.text.strip()
        if wanted in self._groups:
            return Group(name=wanted, publishers=frozenset(indexed(name) for name in self._groups[wanted]))
        if wanted.lower() in KINDS:
            return Kind(kind=KINDS[wanted.lower()])
        known = (*self._groups, *KINDS)
        raise self._error(f'no source group "{wanted}"{_nearest(wanted, known)}', token.at)

    def _error(self, message: str, at: int | None = None) -> QueryError:
        return QueryError(message, text=self._text, at=self._next.at if at is None else at)


def _nearest(name: str, known: Iterable[str]) -> str:
    names = list(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    return f'; did you mean "{close[0]}"?' if close else f"; known are {', '.join(names)}"
