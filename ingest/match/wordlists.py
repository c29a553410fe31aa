"""The word lists of the event tier: commonplaces, topics and places, read from the tables in the package."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from typing import Any

from ingest.match.romanise import latin

_TOPIC_LISTS = ("mishaps", "powers", "trades", "matters")
_UNSPACED = frozenset({"zh", "ja", "ko"})  # their topics stand inside longer words
_MIN_OPENING, _MIN_CLOSING = 3, 3
_MIN_SMALL_OPENING = 4  # of a word in lower case that may be a country's adjective


@dataclass(frozen=True, slots=True)
class Runs:
    """Words that stand anywhere in a run of a script without blanks, and what each means."""

    pattern: re.Pattern[str]
    meaning: Mapping[str, str]

    @classmethod
    def of(cls, meaning: Mapping[str, str]) -> Runs:
        """The runs of a table; of two words at one place the longer is found."""
        longest_first = sorted(meaning, key=lambda word: (-len(word), word))
        return cls(re.compile("|".join(map(re.escape, longest_first)) or "(?!)"), meaning)

    def found(self, text: str) -> list[str]:
        """What the words in a text mean, in order."""
        return [self.meaning[word] for word in self.pattern.findall(text)]


@dataclass(frozen=True, slots=True)
class Openings:
    """Words by the whole, by how they open and by how they close."""

    whole: dict[str, str] = field(default_factory=dict)
    opening: dict[str, str] = field(default_factory=dict)
    closing: dict[str, str] = field(default_factory=dict)

    def put(self, word: str, key: str, meaning: str) -> None:
        """Take up a word of a list, its key without the asterisk."""
        table = self.opening if word.endswith("*") else self.closing if word.startswith("*") else self.whole
        table.setdefault(key, meaning)

    def find(self, key: str) -> str | None:
        """What a word means: the whole before the longest opening before the longest closing."""
        meaning = self.whole.get(key)
        if meaning is not None:
            return meaning
        for size in range(len(key), _MIN_OPENING - 1, -1):
            meaning = self.opening.get(key[:size])
            if meaning is not None:
                return meaning
        if self.closing:
            for start in range(1, len(key) - _MIN_CLOSING + 1):
                meaning = self.closing.get(key[start:])
                if meaning is not None:
                    return meaning
        return None


@dataclass(frozen=True, slots=True)
class WordLists:
    """All lists. Words are asked for as romanised forms, so that accents and case do not matter."""

    common: Mapping[str, frozenset[str]]  # language: words that say nothing
    languages: Mapping[str, tuple[str, ...]]  # the languages of each of these words
    topics: Mapping[str, Openings]  # language: word to topic
    topic_runs: Mapping[str, Runs]
    places: Openings
    place_runs: Runs

    def topic(self, language: str, form: str) -> str | None:
        """The topic that a word of a language speaks of, if any."""
        table = self.topics.get(language)
        return table.find(form) if table is not None else None

    def place(self, word: str, form: str) -> str | None:
        """The country or city that a word names, if any; `word` as it is written, `form` romanised."""
        key = keyed(word, form)
        meaning = self.places.whole.get(key)
        if meaning is not None:
            return meaning if _is_named(word, form) else None
        for size in range(len(key), _MIN_OPENING - 1, -1):
            meaning = self.places.opening.get(key[:size])
            if meaning is not None:
                return None if word[:1].islower() and size < _MIN_SMALL_OPENING else meaning
        return None


@lru_cache(maxsize=1)
def word_lists() -> WordLists:
    """Return the lists; they are read once, and always say the same."""
    topics, topic_runs = _topics()
    places, place_runs = _places()
    common = {language: frozenset(map(latin, words.split())) for language, words in _table("commonplaces").items()}
    languages: dict[str, tuple[str, ...]] = {}
    for language, words in common.items():
        for word in words:
            languages[word] = (*languages.get(word, ()), language)
    return WordLists(
        common=common,
        languages=languages,
        topics=topics,
        topic_runs=topic_runs,
        places=places,
        place_runs=place_runs,
    )


def keyed(word: str, form: str | None = None) -> str:
    """Return a romanised form with its script before it, unless that is Latin: like letters of two scripts differ."""
    form = latin(word) if form is None else form
    code = ord(word[0])
    if code < 0x370:
        return form
    script = "g" if code < 0x400 else "c" if code < 0x600 else f"{code >> 8}"
    return f"{script}:{form}"


def _is_named(word: str, form: str) -> bool:
    """Whether a word that is a place's name is written as one: capitals throughout where it is short, as US."""
    if word[:1].islower():
        return False
    if not form.isascii() or not word[0].isascii() or len(form) > 3:
        return True
    return word.isupper() or len(form) == 3


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads(files("ingest.match").joinpath("lists", f"{name}.toml").read_text(encoding="utf-8"))


def _topics() -> tuple[dict[str, Openings], dict[str, Runs]]:
    """Each language's topics, by words and by runs."""
    spaced: dict[str, Openings] = {}
    unspaced: dict[str, dict[str, str]] = {}
    for name in _TOPIC_LISTS:
        for topic, languages in _table(name).items():
            for language, words in languages.items():
                for word in words.split():
                    if language in _UNSPACED:
                        unspaced.setdefault(language, {}).setdefault(word, topic)
                    else:
                        spaced.setdefault(language, Openings()).put(word, latin(word.strip("*")), topic)
    return spaced, {language: Runs.of(words) for language, words in unspaced.items()}


def _places() -> tuple[Openings, Runs]:
    """Places by words, and by runs where there are no blanks."""
    spaced = Openings()
    unspaced: dict[str, str] = {}
    for place, words in _table("places").items():
        named, _, runs = words.partition("|")
        for word in named.split():
            spaced.put(word, keyed(word.strip("*")), place)
        unspaced |= dict.fromkeys(runs.split(), place)
    return spaced, Runs.of(unspaced)
