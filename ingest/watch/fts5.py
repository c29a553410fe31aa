"""A query as FTS5 reads it, as far as the full-text index can decide it.

Source: the query syntax in "SQLite FTS5 Extension", sections 3.2 to 3.7.
"""

from __future__ import annotations

from itertools import product

from ingest.watch.query import All, AnyOf, Find, Near, Node, Not, Phrase, Scope, Words

_COLUMNS = {Scope.TITLE: "{title} : ", Scope.TEXT: "{text} : "}


def expression(node: Node) -> str | None:
    """The part of a query as an FTS5 expression that finds the same articles; None where the index cannot tell.

    It holds neither case nor where a lead ends, knows no sources, and cannot list what lacks a word.
    """
    match node:
        case Find() | Near():
            return None if needs_text(node) else narrowed(node)
        case AnyOf():
            parts = [expression(part) for part in node.parts]
            return None if None in parts else f"({' OR '.join(filter(None, parts))})"
        case All():
            return _all(node)
        case _:
            return None


def needs_text(part: Words) -> bool:
    """Whether only the article's text tells if the words are there as they are wanted."""
    phrases = (part.phrase,) if isinstance(part, Find) else (*part.left, *part.right)
    return part.scope is Scope.LEAD or any(phrase.spelling for phrase in phrases)


def narrowed(part: Words) -> str:
    """An FTS5 expression that finds every article with these words, and those that have them in another way."""
    column = _COLUMNS.get(part.scope, "")
    if isinstance(part, Find):
        return f"{column}{_phrase(part.phrase)}"
    pairs = [f"{column}NEAR({_phrase(a)} {_phrase(b)}, {part.distance})" for a, b in product(part.left, part.right)]
    return pairs[0] if len(pairs) == 1 else f"({' OR '.join(pairs)})"


def _all(node: All) -> str | None:
    """FTS5's NOT takes two sides: what must not be there is taken from what must."""
    wanted = [expression(part) for part in node.parts if not isinstance(part, Not)]
    unwanted = [expression(part.part) for part in node.parts if isinstance(part, Not)]
    if not wanted or None in wanted or None in unwanted:
        return None
    found = " AND ".join(filter(None, wanted))
    for one in filter(None, unwanted):
        found = f"({found}) NOT {one}"
    return f"({found})"


def _phrase(phrase: Phrase) -> str:
    return f'"{" ".join(phrase.words)}"' + (" *" if phrase.is_open else "")
