"""What desks, machines and walls do to the paragraphs of a story: pure edits."""

import random
import re
from collections.abc import Sequence
from functools import partial

_NO_SPACES = frozenset({"zh", "ja"})
_SENTENCE = re.compile(r"(?<=[.!?؟])[\"”»']?\s+(?=[\"“«'„]?[^\W\d_])")
_CJK_SENTENCE = re.compile(r"(?<=[。！？])(?![」”』])")
_WORD = re.compile(r"[^\W\d_]{5,}")

Paragraphs = tuple[str, ...]


def sentences(paragraph: str, language: str) -> list[str]:
    """Split a paragraph into sentences, well enough to drop one."""
    if language in _NO_SPACES:
        return [part for part in _CJK_SENTENCE.split(paragraph) if part]
    parts, start = [], 0
    for match in _SENTENCE.finditer(paragraph):
        before = paragraph[start : match.start()].rsplit(" ", 1)[-1]
        if len(before.rstrip(".")) <= 2 or before.count(".") > 1 or before[:1].isdigit():
            continue  # an initial, an abbreviation or a figure does not end a sentence
        parts.append(paragraph[start : match.end()].strip())
        start = match.end()
    parts.append(paragraph[start:].strip())
    return [part for part in parts if part]


def join_sentences(parts: Sequence[str], language: str) -> str:
    """Put sentences together again."""
    return ("" if language in _NO_SPACES else " ").join(parts)


def keep_top(body: Paragraphs, share: float) -> Paragraphs:
    """Keep the first paragraphs up to about this share of the length, and at least two."""
    limit = share * sum(len(paragraph) for paragraph in body)
    kept: list[str] = []
    length = 0
    for paragraph in body:
        if len(kept) >= 2 and length + len(paragraph) / 2 > limit:
            break
        kept.append(paragraph)
        length += len(paragraph)
    return tuple(kept)


def drop_inner(body: Paragraphs, count: int, rng: random.Random) -> Paragraphs:
    """Drop this many paragraphs from the middle; the lead and the last stay."""
    gone = set(rng.sample(range(1, len(body) - 1), min(count, len(body) - 3)))
    return tuple(paragraph for index, paragraph in enumerate(body) if index not in gone)


def trim_sentences(body: Paragraphs, language: str, rng: random.Random) -> Paragraphs:
    """Drop the last sentence of about half of the longer paragraphs, as a desk does that needs twelve lines."""
    trimmed = []
    for index, paragraph in enumerate(body):
        parts = sentences(paragraph, language)
        if index and len(parts) > 1 and rng.random() < 0.65:
            parts = parts[:-1]
        trimmed.append(join_sentences(parts, language))
    return tuple(trimmed)


def reorder(body: Paragraphs, rng: random.Random) -> Paragraphs:
    """Move one paragraph from the lower half up to the second or third place, and swap two others."""
    moved = list(body)
    moved.insert(rng.choice((1, 2)), moved.pop(rng.randrange(3, len(moved))))
    if len(moved) > 5:
        moved[-1], moved[-2] = moved[-2], moved[-1]
    return tuple(moved)


def restyle(text: str, pairs: Sequence[Sequence[str]]) -> str:
    """Apply a house style: every pair of a regular expression and its replacement."""
    for pattern, new in pairs:
        text = re.sub(pattern, new, text)
    return text


def replace_all(text: str, pairs: Sequence[Sequence[str]]) -> str:
    """Replace literal strings one after the other."""
    for old, new in pairs:
        text = text.replace(old, new)
    return text


def _now_and_then(new: str, rng: random.Random, match: re.Match[str]) -> str:
    return new if rng.random() < 0.07 else match[0]


def smudge(text: str, pairs: Sequence[Sequence[str]], language: str, rng: random.Random) -> str:
    """Return the text as a hurried hand or a scanner leaves it: a few marks per hundred words."""
    for pattern, new in pairs:
        text = re.sub(pattern, partial(_now_and_then, new, rng), text)
    if language in _NO_SPACES:
        return text

    def slip(match: re.Match[str]) -> str:
        word = match[0]
        if rng.random() > 0.03:
            return word
        spot = rng.randrange(1, len(word) - 2)
        if rng.random() < 0.5:
            return word[:spot] + word[spot + 1] + word[spot] + word[spot + 2 :]
        return word[:spot] + word[spot + 1 :]

    return _WORD.sub(slip, text)


def cut_short(text: str, share: float, language: str) -> str:
    """Cut a text in the middle of a sentence at about this share of its length."""
    if language in _NO_SPACES:
        cut = text[: int(len(text) * share)]
        return cut.rstrip("。、，！？\n")
    words = re.findall(r"\S+\s*", text)
    cut = "".join(words[: int(len(words) * share)]).rstrip()
    return cut.rstrip(".,;:!?؟،")


def snippet(body: Paragraphs, language: str, words: int) -> str:
    """Return the first words of a text in one line, as a feed's description has them."""
    if language in _NO_SPACES:
        return "".join(body)[: words * 3]
    return " ".join(" ".join(body).split()[:words])
