"""Marks what two texts have in common: runs of words that stand in both, wherever they stand.

Linear in the length of the texts whatever strangers wrote, and blind to order: a paragraph that moved is the same
paragraph. A word is common where some run around it stands in the other text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass

#: Words of a run; of scripts that are written without spaces, where a character is a word here.
RUN, RUN_OF_CHARACTERS = 3, 5
_WIDE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_WORD = re.compile(rf"[{_WIDE}]|[^\W{_WIDE}]+(?:['’][^\W{_WIDE}]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of a text: common to both, or this text's own."""

    text: str
    common: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A text in pieces that together are the text, a tuple a paragraph, and the share of its words that are common."""

    paragraphs: tuple[tuple[Piece, ...], ...]
    share: float


def marked(a: str, b: str) -> tuple[Marked, Marked]:
    """Return both texts with what they share."""
    words_a, words_b = list(_WORD.finditer(a)), list(_WORD.finditer(b))
    plain_a, plain_b = [w[0].casefold() for w in words_a], [w[0].casefold() for w in words_b]
    size = _run(plain_a, plain_b)
    runs_a, runs_b = _runs(plain_a, size), _runs(plain_b, size)
    common_a, common_b = _common(runs_a, set(runs_b), size), _common(runs_b, set(runs_a), size)
    return _in_pieces(a, words_a, common_a), _in_pieces(b, words_b, common_b)


def _run(a: Sequence[str], b: Sequence[str]) -> int:
    """How many words make a run."""
    beginnings = (*a[:200], *b[:200])
    wide = sum(len(word) == 1 and word >= "\u0e00" for word in beginnings)
    return RUN_OF_CHARACTERS if wide * 2 > len(beginnings) else RUN


def _runs(words: Sequence[str], size: int) -> list[tuple[str, ...]]:
    """Every run of a text; where it begins and ends counts as words of its own."""
    edge = ("",) * (size - 1)
    padded = (*edge, *words, *edge)
    return [padded[i : i + size] for i in range(len(words) + size - 1)] if words else []


def _common(own: Sequence[tuple[str, ...]], other: Set[tuple[str, ...]], size: int) -> list[bool]:
    """For each word, whether a run that it stands in is found in the other text."""
    found = [False] * max(0, len(own) - size + 1)
    for end, run in enumerate(own):  # the run that ends with this word
        if run in other:
            for place in range(max(0, end - size + 1), min(end + 1, len(found))):
                found[place] = True
    return found


def _in_pieces(text: str, words: Sequence[re.Match[str]], common: Sequence[bool]) -> Marked:
    """A text cut where what is common begins or ends; blanks and points between belong to what is common."""
    cuts = list[tuple[int, bool]]()
    for number, (word, shared) in enumerate(zip(words, common, strict=True)):
        if not number:
            cuts.append((0, shared))
        elif shared != common[number - 1]:
            cuts.append((words[number - 1].end() if shared else word.start(), shared))
    if not cuts:
        cuts = [(0, False)]
    ends = [start for start, _ in cuts[1:]] + [len(text)]
    pieces = [(text[start:end], shared) for (start, shared), end in zip(cuts, ends, strict=True)]
    paragraphs = tuple(filter(None, map(tuple, _by_lines(pieces))))
    return Marked(paragraphs=paragraphs, share=sum(common) / len(common) if common else 0.0)


def _by_lines(pieces: Sequence[tuple[str, bool]]) -> Iterator[list[Piece]]:
    line = list[Piece]()
    for text, shared in pieces:
        first, *others = text.split("\n")
        if first:
            line.append(Piece(text=first, common=shared))
        for other in others:
            yield line
            line = [Piece(text=other, common=shared)] if other else []
    yield line
