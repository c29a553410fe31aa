"""Many queries at once: an index of what each needs, so that an article is put to those only that may fit it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Set
from typing import Generic, TypeVar

from ingest.watch.evaluate import fits
from ingest.watch.keys import Key, keys
from ingest.watch.query import Query, SourceField
from ingest.watch.reading import Reading

Name = TypeVar("Name", bound=Hashable)

#: Words whose queries are remembered; news use the same words again and again.
MAX_REMEMBERED = 200_000


class QueryIndex(Generic[Name]):
    """Queries by name. An article's words lead to the few queries of which it holds a key."""

    def __init__(self, queries: Mapping[Name, Query]) -> None:
        self._queries = dict(queries)
        self._order = {name: number for number, name in enumerate(self._queries)}
        self._exact: dict[tuple[str, str], list[Name]] = {}
        self._open: dict[str, dict[str, list[Name]]] = {}
        self._sizes: dict[str, list[int]] = {}
        for name, query in self._queries.items():
            for key in keys(query.root) or ():
                self._add(key, name)
        for place, beginnings in self._open.items():
            self._sizes[place] = sorted({len(word) for word in beginnings})
        self._known: set[str] = set()  # words that were looked up before
        self._wanted: dict[str, tuple[Name, ...]] = {}  # of these, the ones that some query needs

    def _add(self, key: Key, name: Name) -> None:
        if key.is_open:
            self._open.setdefault(key.place, {}).setdefault(key.word, []).append(name)
        else:
            self._exact.setdefault((key.place, key.word), []).append(name)

    def matches(self, reading: Reading) -> tuple[Name, ...]:
        """The names of the queries that an article fits, in the order in which they were given."""
        held = [name for name in self.candidates(reading) if fits(self._queries[name].root, reading)]
        return tuple(sorted(held, key=self._order.__getitem__))

    def candidates(self, reading: Reading) -> set[Name]:
        """The queries of which an article holds a key."""
        found: set[Name] = set()
        words = reading.title.vocabulary | reading.text.vocabulary
        self._look_up(words)
        for word in words & self._wanted.keys():
            found.update(self._wanted[word])
        for field in SourceField:
            for held in reading.source(field):
                for word in held.split():
                    found.update(self._under(field.value, word))
        found.update(self._exact.get(("kind", reading.article.kind.value), ()))
        for held in reading.source(SourceField.PUBLISHER):
            found.update(self._exact.get(("name", held.strip()), ()))
        return found

    def _look_up(self, words: Set[str]) -> None:
        new = set(words - self._known)
        if len(self._known) + len(new) > MAX_REMEMBERED:
            self._known.clear()
            self._wanted.clear()
            new = set(words)
        self._known |= new
        for word in new:
            if names := self._under("words", word):
                self._wanted[word] = names

    def _under(self, place: str, word: str) -> tuple[Name, ...]:
        found = list(self._exact.get((place, word), ()))
        for size in self._sizes.get(place, ()):
            if size > len(word):
                break
            found += self._open[place].get(word[:size], ())
        return tuple(dict.fromkeys(found))
