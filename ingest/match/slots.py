"""The specifics of a text, each with the frame of words it stands in: numbers, ordinals, dates, names, directions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum

from ingest.match.lexicon import (
    DATES,
    DIRECTIONS,
    NUMERALS,
    ORDINALS,
    UNSPACED_DIRECTIONS,
    UNSPACED_VICTIMS,
    VICTIM_STEMS,
    han_number,
)
from ingest.text.tokens import MARKS


class SlotKind(IntEnum):
    """What stands in a frame and may differ between two texts of one template."""

    NUMBER = 1
    ORDINAL = 2
    DATE = 3
    NAME = 4
    DIRECTION = 5


@dataclass(frozen=True, slots=True)
class Slot:
    """A specific of a text: `value` compares, `words` are shown to people, `frame` is what stands around it."""

    kind: SlotKind
    value: str
    words: str
    frame: tuple[str, ...]
    lead: bool
    victims: bool = False  # a count of dead, hurt, missing or arrested people: it rises as news comes in


@dataclass(frozen=True, slots=True)
class _Token:
    kind: SlotKind | None
    value: str
    words: str


MAX_SLOT_CHARS = 24_000  # specifics beyond it change no verdict
_REACH = 2  # words of a frame on either side
_VICTIM_REACH = 5  # words between a count and what it counts
_VICTIMS = re.compile("|".join(VICTIM_STEMS))
_UNSPACED_VICTIMS = re.compile("|".join(UNSPACED_VICTIMS))
_HAN_ORDINAL = r"第(?P<han>[一二三四五六七八九十百千零〇两兩]{1,6}|\d{1,9})"
_UNSPACED = "|".join(
    sorted((word for word in UNSPACED_DIRECTIONS if len(word) > 1), key=lambda word: (-len(word), word))
)
_TOKEN = re.compile(
    rf"(?P<ordinal>(?<![\w.,])\d{{1,4}}(?:st|nd|rd|th|er|re|ème|eme|e|ª|º|-?(?:й|я|е|го|му|ти|ий|ый|ая|ой|х)|वें|वां|वीं|वा)(?!\w))"
    rf"|{_HAN_ORDINAL}"
    r"|(?P<number>\d+(?:[.,:/’]\d+)*)"
    rf"|(?P<turn>{_UNSPACED}|(?<=%)[増增減减])"
    r"|(?P<han1>[\u3040-\u30ff\u3400-\u9fff])"
    rf"|(?P<word>[^\W\d_][\w{MARKS}]*(?:['’][^\W\d_]+)?)"
    r"|(?P<stop>[.!?:;…\n。！？\"“”„»«(])"
)
_QUOTED_NAME = re.compile(r"“[^”]*”|„[^“”]*[“”]|«[^»]*»|「[^」]*」|『[^』]*』|\"[^\"]*\"|《[^》]*》|【[^】]*】")
_SPACES_WITHIN = frozenset({"of", "de", "del", "la", "al", "bin", "van", "von", "der"})
_GERMAN_SHARE = 0.30  # more capitals than this inside sentences: nouns are capitalised, capitals name nothing


def slots(title: str, paragraphs: Sequence[str]) -> tuple[Slot, ...]:
    """Return the specifics of a title and text with their frames; those of title and first paragraph are the lead's.

    A frame is the two words on either side, in which other specifics are masked by their kind, so that two texts made
    from one template have the same frames. Numbers are compared by value: 1,000 = 1000, twelve = 12.
    """
    found: list[Slot] = []
    spent = 0
    named = not _capitalises_nouns(paragraphs)
    for number, text in enumerate((title, *paragraphs)):
        if spent > MAX_SLOT_CHARS:
            break
        spent += len(text)
        cased = named and not (number == 0 and _is_headline_cased(text))
        found.extend(_framed(list(_tokens(text[:MAX_SLOT_CHARS], cased=cased)), number))
    return tuple(found)


def title_frame(title: str) -> str:
    """Return a title with its specifics masked: the titles of a series have one frame, as "Rates on # #"."""
    title = _QUOTED_NAME.sub(" 0 ", title)
    cased = not _is_headline_cased(title)
    masked = [
        f"#{token.kind.value}" if token.kind not in (None, SlotKind.DIRECTION) else token.value
        for token in _tokens(title[:MAX_SLOT_CHARS], cased=cased)
    ]
    return " ".join(masked)


def _framed(tokens: list[_Token], number: int) -> Iterator[Slot]:
    """The slots among a paragraph's tokens."""
    masked = (
        ["^"] * _REACH
        + [token.value if token.kind is None else f"#{token.kind.value}" for token in tokens]
        + ["$"] * _REACH
    )
    for place, token in enumerate(tokens):
        if token.kind is None:
            continue
        left, right = masked[place : place + _REACH], masked[place + _REACH + 1 : place + 2 * _REACH + 1]
        # Opposites conflict, two unrelated turns do not: a direction's axis belongs to its frame.
        axis = token.value[:-1] if token.kind is SlotKind.DIRECTION else ""
        frame = (f"{token.kind.value}{axis}", "title" if number == 0 else "", *left, "_", *right)
        if sum(word[0] not in "#^$" for word in (*left, *right)) >= 1:
            victims = token.kind is SlotKind.NUMBER and _counts_victims(tokens, place)
            yield Slot(
                kind=token.kind, value=token.value, words=token.words, frame=frame, lead=number <= 1, victims=victims
            )


def _counts_victims(tokens: list[_Token], place: int) -> bool:
    """Whether words close to a whole number tell of people dead, hurt, missing, held or saved."""
    if not tokens[place].value.isdecimal():
        return False
    near = tokens[max(0, place - _VICTIM_REACH) : place + _VICTIM_REACH + 1]
    spaced = " ".join(token.value for token in near)
    return _VICTIMS.search(spaced) is not None or _UNSPACED_VICTIMS.search(spaced.replace(" ", "")) is not None


def _tokens(text: str, *, cased: bool) -> Iterator[_Token]:
    """Words and specifics in order; a run of capitalised words is one name."""
    opening, name = True, []  # type: tuple[bool, list[str]]
    for found in _TOKEN.finditer(unicodedata.normalize("NFKC", text)):
        kind, word = found.lastgroup, found.group()
        if kind == "word" and cased and _is_capital(word) and _plain(word.casefold()).kind is None:
            name.append(word)
            continue
        if name:
            yield from _named(name, opening)
            opening, name = False, []
        if kind == "stop":
            opening = True
            continue
        yield _specific(found)
        opening = False
    if name:
        yield from _named(name, opening)


def _named(name: list[str], opening: bool) -> Iterator[_Token]:
    """A run of capitalised words: a name, unless it is the lone first word of a sentence."""
    if opening and len(name) == 1:
        yield _Token(None, name[0].casefold(), name[0])
        return
    words = " ".join(name)
    yield _Token(SlotKind.NAME, re.sub(r"['’]s$", "", words.casefold()), words)


def _specific(found: re.Match[str]) -> _Token:
    """A match that is no capitalised word, as a token."""
    word = found.group()
    match found.lastgroup:
        case "ordinal":
            return _Token(SlotKind.ORDINAL, re.match(r"\d+", word).group(), word)  # type: ignore[union-attr]
        case "han":
            value = found["han"]
            return _Token(SlotKind.ORDINAL, value if value.isdecimal() else han_number(value), word)
        case "number":
            return _Token(SlotKind.NUMBER, _value(word), word)
        case "turn":
            axis, side = UNSPACED_DIRECTIONS[word]
            return _Token(SlotKind.DIRECTION, f"{axis}{'+-'[side]}", word)
        case _:
            return _plain(word.casefold())


def _plain(word: str) -> _Token:
    """A folded word: a numeral, ordinal, date, direction, or only a word."""
    if word in DATES:
        return _Token(SlotKind.DATE, DATES[word], word)
    if word in NUMERALS:
        return _Token(SlotKind.NUMBER, NUMERALS[word], word)
    if word in ORDINALS:
        return _Token(SlotKind.ORDINAL, ORDINALS[word], word)
    if word in DIRECTIONS:
        axis, side = DIRECTIONS[word]
        return _Token(SlotKind.DIRECTION, f"{axis}{'+-'[side]}", word)
    return _Token(None, word, word)


def _value(digits: str) -> str:
    """A number's digits in one form: no separators of thousands, a point for decimals, ASCII."""
    digits = "".join(str(unicodedata.decimal(c, c)) for c in digits)
    if re.fullmatch(r"\d{1,3}(?:[.,’]\d{3})+", digits):
        return re.sub(r"[.,’]", "", digits)
    if re.fullmatch(r"\d+[.,]\d+", digits):
        return digits.replace(",", ".").rstrip("0").rstrip(".") if "0" in digits[-1:] else digits.replace(",", ".")
    return digits.lstrip("0") or "0"


def _is_capital(word: str) -> bool:
    return word[0].isupper()


def _is_headline_cased(title: str) -> bool:
    """Whether most words of a title are capitalised, so that capitals name nothing."""
    words = [word for word in re.findall(r"[^\W\d_]+", title) if len(word) > 3]
    return bool(words) and sum(word[0].isupper() for word in words) > 0.6 * len(words)


def _capitalises_nouns(paragraphs: Sequence[str]) -> bool:
    """Whether so many words inside sentences are capitalised that the language must be German, or the text all caps."""
    inside = re.findall(r"(?<=[\w,] )[^\W\d_]+", " ".join(paragraphs)[:4_000])
    return len(inside) > 20 and sum(word[0].isupper() for word in inside) > _GERMAN_SHARE * len(inside)
