"""Passages of a text, and a text without those that publishers put under unrelated articles."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ingest.match.common_words import COMMON, COMMON_SIGNS
from ingest.match.sign import text_hash
from ingest.model.boilerplate import Learned, Observation, digest_of
from ingest.text.tokens import words

#: So many of a title's words in a passage, and it speaks of what the title speaks of.
CLEARLY_TOLD = 2
#: A passage of fewer words is a heading or label, and opens no text.
OPENING_WORDS = 8

_MAX_HEAD, _MAX_TAIL = 40, 24
_LONG_BYTES = 480  # of UTF-8: eighty words of English; a longer paragraph counts as its sentences
_LONG_WORDS = 8  # nobody else writes the same by chance; bigrams count half
_MIN_OWN_WORDS = 12  # a shorter text is compared under the same title only
_MOST_REMOVED = 0.85
# What stands before it is looked back at: a pattern that runs over marks and then fails takes quadratic time.
_SENTENCE_END = re.compile(
    r"(?<=[.!?…؟।])\s+|(?<=[.!?…؟।][\"'”’»)\]])\s+"
    r"|(?<=[。！？])(?![。！？”’」』）])|(?<=[。！？][”’」』）])(?![”’」』）])"
)
_NOTHING: frozenset[int] = frozenset()


class Passage(NamedTuple):
    """A paragraph, or a sentence of a long one. `text` keeps the blanks behind it."""

    paragraph: int
    text: str
    words: list[str]
    hash: int  # of its words, odd when there are many; 0 where it has none


@dataclass(frozen=True, slots=True, kw_only=True)
class Stripped:
    """An article's paragraphs without what was learned."""

    paragraphs: tuple[str, ...]
    words: tuple[list[str], ...]  # of each paragraph
    removed: int  # passages that were left out
    share: float  # of the words that are boilerplate, left out or not
    own_words: int  # words that are not boilerplate


def passages(paragraphs: Sequence[str]) -> tuple[Passage, ...]:
    """Return the passages of cleaned paragraphs in order: each paragraph, long ones sentence by sentence."""
    found = []
    for number, paragraph in enumerate(paragraphs):
        for piece in _pieces(paragraph):
            tokens = words(piece)
            found.append(Passage(number, piece, tokens, passage_hash(tokens)))
    return tuple(found)


def remembered(found: Sequence[Passage]) -> Sequence[Passage]:
    """Return the passages that learning and stripping look at: of very many the first 40 and the last 24."""
    return found if len(found) <= _MAX_HEAD + _MAX_TAIL else (*found[:_MAX_HEAD], *found[-_MAX_TAIL:])


def joined(kept: Sequence[Passage]) -> tuple[tuple[str, ...], tuple[list[str], ...]]:
    """Return the paragraphs that passages make, and the words of each."""
    texts: list[list[str]] = []
    tokens: list[list[str]] = []
    last = -1
    for number, text, found, _ in kept:
        if number != last:
            texts.append([text])
            tokens.append(found)
        else:
            if len(texts[-1]) == 1:
                tokens[-1] = list(tokens[-1])  # a passage's own list stays as it is
            texts[-1].append(text)
            tokens[-1].extend(found)
        last = number
    return tuple("".join(parts).strip() for parts in texts), tuple(tokens)


class Boilerplate:
    """What is ignored: long passages in anybody's articles, short ones in those of the publisher that repeats them.

    Long ones go everywhere so that two copies of a text lose the same: who copies an article copies what hangs on it.
    """

    def __init__(self, learned: Iterable[Learned] = ()) -> None:
        self.learned = tuple(sorted(learned, key=lambda one: (one.publisher, one.passage)))
        own: dict[str, set[int]] = defaultdict(set)
        for one in self.learned:
            if not one.everywhere:
                own[one.publisher].add(one.passage)
        self._everywhere = frozenset(one.passage for one in self.learned if one.everywhere)
        self._openers = frozenset(one.passage for one in self.learned if one.opens)
        self._own = {publisher: frozenset(held) for publisher, held in own.items()}

    def __len__(self) -> int:
        return len(self.learned)

    @property
    def digest(self) -> str:
        """Sixteen hexadecimal digits of what is ignored: equal for all sets that lead to the same answers."""
        return digest_of(self.learned)

    def holds(self, publisher: str | None, passage: int) -> bool:
        """Whether a passage, by its hash, is ignored in a publisher's articles."""
        return passage in self._everywhere or passage in self._own.get(publisher or "", _NOTHING)

    def concerns(self, observation: Observation) -> bool:
        """Whether an article holds anything that is ignored in it."""
        return any(self.holds(observation.publisher, passage) for passage in observation.passages)

    def strip(self, publisher: str | None, title: str, found: Sequence[Passage]) -> Stripped:
        """Return an article's paragraphs without boilerplate.

        Where under twelve words, or under 15 of 100, would be left, nothing is taken out, and `own_words` tells. What
        the title speaks of stays: a sidebar's teaser is boilerplate on every page but on the one that it announces.
        """
        common = self._common(publisher, title, found)
        total = sum(len(passage.words) for passage in found)
        foreign = sum(len(passage.words) for passage in found if passage.hash in common) if common else 0
        left = total - foreign
        if left < _MIN_OWN_WORDS or foreign > _MOST_REMOVED * total:
            common = set()
        kept = [passage for passage in found if passage.hash not in common] if common else found
        paragraphs, tokens = joined(kept)
        return Stripped(
            paragraphs=paragraphs,
            words=tokens,
            removed=len(found) - len(kept),
            share=foreign / total if foreign else 0.0,
            own_words=left,
        )

    def _common(self, publisher: str | None, title: str, found: Sequence[Passage]) -> set[int]:
        """The passages of an article that are ignored, without what its title speaks of and what it opens with."""
        own = self._own.get(publisher or "", _NOTHING)
        common = {each.hash for each in remembered(found) if each.hash in self._everywhere or each.hash in own}
        if not common:
            return common
        spelt = words(title)
        titular = content(spelt)
        told = {
            each.hash for each in found if each.hash in common and len(titular.intersection(each.words)) >= CLEARLY_TOLD
        }
        openers = common & self._openers
        first = (each.hash for each in found if len(each.words) >= OPENING_WORDS and each.hash not in openers)
        return common - told - {passage_hash(spelt), next(first, 0)}


def stable_hash(text: str) -> int:
    """64 bits that are the same on every machine and never 0."""
    return text_hash(text) or 1


def passage_hash(tokens: Sequence[str]) -> int:
    """The hash of a passage's words; odd when they are so many that nobody else writes the same by chance."""
    if not tokens:
        return 0
    least = _LONG_WORDS if not is_bigram(tokens[0]) else 2 * _LONG_WORDS
    return stable_hash(" ".join(tokens)) & ~1 | (len(tokens) >= least)


def content(tokens: Iterable[str]) -> set[str]:
    """The words that say what a text is about: no figures, no short and no common words."""
    return {
        word
        for word in set(tokens) - COMMON
        if (len(word) > 3 and not "0" <= word[0] <= "9" if word[0] < "\u0590" else _is_content(word))
    }


def _is_content(word: str) -> bool:
    """The same of a word in a script from Hebrew on."""
    first = word[0]
    if first < "\u0e00":
        return len(word) > (2 if first < "\u0900" else 3)  # Hebrew and Arabic write no short vowels
    return len(word) > 1 and first not in COMMON_SIGNS and word[1] not in COMMON_SIGNS


def is_bigram(word: str) -> bool:
    """Whether it comes from a script without spaces: Han and kana, Thai, Lao, Myanmar, Khmer."""
    first = word[0]
    if first < "\u0e00":
        return False
    return first <= "\u109f" or "\u1780" <= first <= "\u17ff" or (first >= "\u2e80" and not "가" <= first <= "힣")


def _pieces(paragraph: str) -> Iterator[str]:
    """A paragraph, or its sentences when it is long; joined they are the paragraph again."""
    if len(paragraph) * 4 <= _LONG_BYTES or len(paragraph.encode("utf-8", "replace")) <= _LONG_BYTES:
        yield paragraph
        return
    start = 0
    for end in _SENTENCE_END.finditer(paragraph):
        yield paragraph[start : end.end()]
        start = end.end()
    if start < len(paragraph):
        yield paragraph[start:]
