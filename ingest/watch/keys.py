"""What an article must have for a query to be worth a look: the keys under which an index holds the query."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ingest.watch.query import All, AnyOf, Find, Group, Kind, Near, Node, Not, Phrase, Source


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Key:
    """A word (or how one begins) that must stand in the article's words or in what is known of its source."""

    place: str  # "words", a field of the source, "kind" or "name"
    word: str
    is_open: bool = False


# How common a key is taken to be, for choosing the rarest: one language or kind is shared by much of the news, long
# words by little of it.
_COMMON = {"kind": 0.5, "language": 0.3, "agency": 0.05, "publisher": 0.02, "name": 0.01}


def keys(node: Node) -> frozenset[Key] | None:
    """Keys of which an article that fits has at least one; None: it may have none at all."""
    match node:
        case Find():
            return frozenset({_rarest("words", node.phrase)})
        case Near():
            sides = (frozenset(_rarest("words", phrase) for phrase in side) for side in (node.left, node.right))
            return min(sides, key=_cost)
        case Source():
            return frozenset({_rarest(node.field.value, node.phrase)})
        case Kind():
            return frozenset({Key(place="kind", word=node.kind.value)})
        case Group():
            return frozenset(Key(place="name", word=name) for name in node.publishers)
        case Not():
            return None
        case All():
            found = [one for part in node.parts if (one := keys(part)) is not None]
            return min(found, key=_cost, default=None)
        case AnyOf():
            alternatives = [keys(part) for part in node.parts]
            return None if None in alternatives else frozenset().union(*filter(None, alternatives))


def _rarest(place: str, phrase: Phrase) -> Key:
    last = len(phrase.words) - 1
    found = (
        Key(place=place, word=word, is_open=phrase.is_open and number == last)
        for number, word in enumerate(phrase.words)
    )
    return min(found, key=lambda key: (_rarity(key), key))


def _rarity(key: Key) -> float:
    share = _COMMON.get(key.place)
    if share is not None:
        return share
    # Words beyond ASCII carry more in fewer letters, pairs of characters most of all.
    letters = len(key.word) * (1 if key.word.isascii() else 2) - 2 * key.is_open
    return float(0.5 ** min(max(letters, 0), 12))


def _cost(found: Iterable[Key]) -> tuple[float, list[Key]]:
    ordered = sorted(found)
    return sum(map(_rarity, ordered)), ordered
