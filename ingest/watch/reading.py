"""An article as queries are put to it: its words with their places, found once and asked many times."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache

from ingest.model import FeedKind
from ingest.text.search import terms, terms_of
from ingest.text.tokens import spelled
from ingest.watch.query import LEAD_TERMS, Phrase, Scope, SourceField

#: So many words, none of which has a small letter, are a headline in capitals: case says nothing there.
_SHOUTED_WORDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What of an article queries ask for."""

    title: str
    text: str
    publisher: str = ""
    domain: str = ""
    kind: FeedKind = FeedKind.OUTLET
    agency: str | None = None
    language: str | None = None


class Column:
    """One text's words in order. Most queries fail on a word that is not there: places are looked for when asked."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.terms = terms(text) if text.isascii() else terms_of(self._spelled)
        self._places: dict[str, list[int]] = {}

    @cached_property
    def _spelled(self) -> list[str]:
        return spelled(self._text)

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The words without their places."""
        return frozenset(self.terms)

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self.vocabulary)

    def places(self, word: str) -> list[int]:
        """Where a word stands, in order."""
        if word not in self.vocabulary:
            return []
        found = self._places.get(word)
        if found is None:
            found = self._places[word] = []
            at = -1
            with suppress(ValueError):
                while True:  # `index` walks the list in C
                    at = self.terms.index(word, at + 1)
                    found.append(at)
        return found

    def may_hold(self, phrase: Phrase) -> bool:
        """Whether every word of a phrase is there that is whole."""
        whole = phrase.words[:-1] if phrase.is_open else phrase.words
        return all(word in self.vocabulary for word in whole)

    @cached_property
    def shouts(self) -> bool:
        """Whether all of it stands in capitals."""
        cased = [word for word in self._spelled if word.lower() != word.upper()]
        return len(cased) >= _SHOUTED_WORDS and all(word == word.upper() for word in cased)

    def find(self, phrase: Phrase) -> list[int]:
        """The places at which the phrase begins, in order."""
        words, last = phrase.words, len(phrase.words) - 1
        if not self.may_hold(phrase):
            return []
        if last == 0:
            found = self._opening(words[0]) if phrase.is_open else self.places(words[0])
        else:
            found = [place for place in self.places(words[0]) if self._goes_on(phrase, place)]
        if phrase.spelling and found:
            found = [place for place in found if self._is_spelled(phrase, place)]
        return found

    def _opening(self, beginning: str) -> list[int]:
        """The places of every word that begins so."""
        words, found = self._sorted, list[int]()
        for number in range(bisect_left(words, beginning), len(words)):
            if not words[number].startswith(beginning):
                break
            found += self.places(words[number])
        return sorted(found)

    def _goes_on(self, phrase: Phrase, place: int) -> bool:
        words, last = phrase.words, len(phrase.words) - 1
        if place + last >= len(self.terms):
            return False
        if any(self.terms[place + number] != words[number] for number in range(1, last)):
            return False
        end = self.terms[place + last]
        return end.startswith(words[last]) if phrase.is_open else end == words[last]

    def _is_spelled(self, phrase: Phrase, place: int) -> bool:
        here = self._spelled[place : place + len(phrase.spelling)]
        *words, last = phrase.spelling
        return here[:-1] == words and (here[-1].startswith(last) if phrase.is_open else here[-1] == last)


class Reading:
    """An article that is being read; everything in it is worked out when it is first asked for."""

    def __init__(self, article: Watched) -> None:
        self.article = article
        self.title, self.text = Column(article.title), Column(article.text)

    def starts(self, phrase: Phrase, scope: Scope) -> Iterator[tuple[Scope, Sequence[int]]]:
        """Where in a scope a phrase begins, column by column; columns without it are left out."""
        asks_title = scope is not Scope.TEXT and not (phrase.spelling and self.title.shouts)
        if asks_title and (found := self.title.find(phrase)):
            yield Scope.TITLE, found
        if scope is not Scope.TITLE:
            found = self.text.find(phrase)
            if scope is Scope.LEAD:
                found = found[: bisect_left(found, LEAD_TERMS - len(phrase.words) + 1)]
            if found:
                yield Scope.TEXT, found

    def holds(self, phrase: Phrase, scope: Scope) -> bool:
        """Whether a phrase stands in a scope; of a single word, its places need not be known for that."""
        if len(phrase.words) > 1 or phrase.is_open or phrase.spelling or scope is Scope.LEAD:
            return next(self.starts(phrase, scope), None) is not None
        in_title = scope is not Scope.TEXT and phrase.words[0] in self.title.vocabulary
        return in_title or (scope is not Scope.TITLE and phrase.words[0] in self.text.vocabulary)

    def source(self, field: SourceField) -> tuple[str, ...]:
        """What a field of the source holds, as `padded` writes it."""
        article = self.article
        match field:
            case SourceField.PUBLISHER:
                return padded(article.publisher), padded(article.domain)
            case SourceField.AGENCY:
                return (padded(article.agency),)
            case SourceField.LANGUAGE:
                return (padded(article.language),)


@lru_cache(maxsize=1 << 14)
def padded(value: str | None) -> str:
    """A name's words between blanks, so that a whole word can be looked for as a piece of text."""
    return f" {' '.join(terms(value or ''))} "


def needle(phrase: Phrase) -> str:
    """What to look for in a `padded` name."""
    return f" {' '.join(phrase.words)}" + ("" if phrase.is_open else " ")
