"""The specifics of a text, each with the frame of words it stands in: numbers, ordinals, dates, names, directions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

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
from ingest.text.remembered import Remembered
from ingest.text.tokens import MARKS


class SlotKind(IntEnum):
    """What stands in a frame and may differ between two texts of one template."""

    NUMBER = 1
    ORDINAL = 2
    DATE = 3
    NAME = 4
    DIRECTION = 5


class Slot(NamedTuple):
    """A specific of a text: `value` compares, `words` are shown to people, `frame` is what stands around it."""

    kind: SlotKind
    value: str
    words: str
    frame: tuple[str, ...]
    lead: bool
    victims: bool = False  # a count of dead, hurt, missing or arrested people: it rises as news comes in


class _Token(NamedTuple):
    """A word or specific, whatever stands around it."""

    kind: SlotKind | None
    value: str
    words: str
    mask: str  # how a frame shows it
    capital: bool = False  # a word with a capital that is no specific by itself: part of a name, it may be
    stop: bool = False  # the end of a sentence, or what opens one


def _token(kind: SlotKind | None, value: str, words: str, *, capital: bool = False) -> _Token:
    return _Token(kind, value, words, value if kind is None else f"#{kind.value}", capital)


MAX_SLOT_CHARS = 24_000  # specifics beyond it change no verdict
_NUMERIC, _DIRECTION = SlotKind.NUMBER, SlotKind.DIRECTION
_MASKED = "#^$_"  # how a specific begins in a frame, and what stands before and after a text
_VICTIM_REACH = 5  # words between a count and what it counts
_VICTIMS = re.compile("|".join(VICTIM_STEMS))
# The first words of stems of two words: only there are words looked at together.
_TWO_WORDS = frozenset(stem.split()[0] for stem in re.split(r"[|()]+|\?:", "|".join(VICTIM_STEMS)) if " " in stem)
_UNSPACED_VICTIMS = re.compile("|".join(UNSPACED_VICTIMS))
_HAN_NUMERALS = "一二三四五六七八九十百千零〇两兩"
_STOPS = r".!?:;…\n。！？\"“”„»«("
_UNSPACED = "|".join(
    sorted((word for word in UNSPACED_DIRECTIONS if len(word) > 1), key=lambda word: (-len(word), word))
)
_ORDINAL = r"\d{1,4}(?:st|nd|rd|th|er|re|ème|eme|e|ª|º|-?(?:й|я|е|го|му|ти|ий|ый|ая|ой|х)|वें|वां|वीं|वा)"
_NUMBER = r"\d+(?:[.,:/’]\d+)*"
_TURN = rf"{_UNSPACED}|%(?:{_UNSPACED}|[増增減减])"
# Of a word's letters those of ASCII first: what ends it is then not looked for among all the marks there are.
_WORD = rf"(?:[A-Za-z0-9_]++|(?=[^\x00-\x7f])[\w{MARKS}])*+(?:['’][^\W\d_]+)?"
_TOKEN = re.compile(
    rf"[A-Za-z]{_WORD}"  # nothing else begins like it, and most tokens do
    rf"|(?<![\w.,]){_ORDINAL}(?!\w)|第(?:[{_HAN_NUMERALS}]{{1,6}}|\d{{1,9}})|{_NUMBER}|{_TURN}|[\u3040-\u30ff\u3400-\u9fff]"
    rf"|[^\W\d_]{_WORD}|[{_STOPS}]"
)
# What a token of the above is, told by its characters alone.
_KIND = re.compile(
    rf"(?P<ordinal>{_ORDINAL})|第(?P<han>.+)|(?P<number>{_NUMBER})|(?P<turn>{_TURN})|(?P<stop>[{_STOPS}])|(?P<word>.+)",
    re.DOTALL,
)
_QUOTED_NAME = re.compile(r"“[^”]*”|„[^“”]*[“”]|«[^»]*»|「[^」]*」|『[^』]*』|\"[^\"]*\"|《[^》]*》|【[^】]*】")
_POSSESSIVE = re.compile(r"['’]s$")
_DIGITS = re.compile(r"\d+")
_INSIDE = re.compile(r" (?<=[\w,] )([^\W\d_])")  # how a word inside a sentence begins; blanks are found fast
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
        found.extend(_framed(_tokens(text[:MAX_SLOT_CHARS], cased=cased), number))
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
    places = [place for place, token in enumerate(tokens) if token.kind is not None]
    if not places:
        return
    masked = ["^", "^", *[token.mask for token in tokens], "$", "$"]  # two words on either side
    section, lead = "title" if number == 0 else "", number <= 1
    for place in places:
        kind, value, words, mask, *_ = tokens[place]
        first, second, _, third, fourth = masked[place : place + 5]
        if first[0] in _MASKED and second[0] in _MASKED and third[0] in _MASKED and fourth[0] in _MASKED:
            continue
        # Opposites conflict, two unrelated turns do not: a direction's axis belongs to its frame.
        axis = value[:-1] if kind is _DIRECTION else ""
        victims = kind is _NUMERIC and _counts_victims(tokens, place)
        frame = (mask[1:] + axis, section, first, second, "_", third, fourth)
        yield Slot(kind, value, words, frame, lead, victims)  # type: ignore[arg-type]


def _counts_victims(tokens: list[_Token], place: int) -> bool:
    """Whether words close to a whole number tell of people dead, hurt, missing, held or saved."""
    if not tokens[place].value.isdecimal():
        return False
    near = [token.value for token in tokens[max(0, place - _VICTIM_REACH) : place + _VICTIM_REACH + 1]]
    if any(map(_tells_of_victims, near)):
        return True
    if not _TWO_WORDS.isdisjoint(near) and _VICTIMS.search(" ".join(near)):
        return True
    return max(near) >= "\u0e00" and _UNSPACED_VICTIMS.search("".join(near).replace(" ", "")) is not None


@lru_cache(maxsize=1 << 14)
def _tells_of_victims(word: str) -> bool:
    return _VICTIMS.search(word) is not None


def _tokens(text: str, *, cased: bool) -> list[_Token]:
    """Words and specifics in order; a run of capitalised words is one name."""
    told = map(_TOLD.__getitem__, _TOKEN.findall(unicodedata.normalize("NFKC", text)))
    if not cased:
        return [token for token in told if not token.stop]
    found: list[_Token] = []
    opening = True
    name: list[str] = []
    for token in told:
        if token.capital:
            name.append(token.words)
            continue
        if name:
            found.append(_named(name, opening))
            name = []
        if token.stop:
            opening = True
        else:
            found.append(token)
            opening = False
    if name:
        found.append(_named(name, opening))
    return found


def _named(name: list[str], opening: bool) -> _Token:
    """A run of capitalised words: a name, unless it is the lone first word of a sentence."""
    if opening and len(name) == 1:
        return _TOLD[name[0]]
    return _NAMES[" ".join(name)]


def _name(words: str) -> _Token:
    return _token(SlotKind.NAME, _POSSESSIVE.sub("", words.casefold()), words)


_NAMES = Remembered(_name, most=1 << 14)


def _told(word: str) -> _Token:
    """What a token is."""
    found = _KIND.fullmatch(word)
    match found and found.lastgroup:
        case "ordinal":
            return _token(SlotKind.ORDINAL, _DIGITS.match(word).group(), word)  # type: ignore[union-attr]
        case "han":
            value = word[1:]
            return _token(SlotKind.ORDINAL, value if value.isdecimal() else han_number(value), word)
        case "number":
            return _token(SlotKind.NUMBER, _value(word), word)
        case "turn":
            turn = word.removeprefix("%")
            axis, side = UNSPACED_DIRECTIONS[turn]
            return _token(SlotKind.DIRECTION, f"{axis}{'+-'[side]}", turn)
        case "stop":
            return _Token(None, word, word, word, stop=True)
        case _:
            return _plain(word)


_TOLD = Remembered(_told, most=1 << 16)


def _plain(written: str) -> _Token:
    """A word: a numeral, ordinal, date, direction, or only a word."""
    word = written.casefold()
    if word in DATES:
        return _token(SlotKind.DATE, DATES[word], word)
    if word in NUMERALS:
        return _token(SlotKind.NUMBER, NUMERALS[word], word)
    if word in ORDINALS:
        return _token(SlotKind.ORDINAL, ORDINALS[word], word)
    if word in DIRECTIONS:
        axis, side = DIRECTIONS[word]
        return _token(SlotKind.DIRECTION, f"{axis}{'+-'[side]}", word)
    return _token(None, word, written, capital=written[0].isupper())


def _value(digits: str) -> str:
    """A number's digits in one form: no separators of thousands, a point for decimals, ASCII."""
    digits = "".join(str(unicodedata.decimal(c, c)) for c in digits)
    if re.fullmatch(r"\d{1,3}(?:[.,’]\d{3})+", digits):
        return re.sub(r"[.,’]", "", digits)
    if re.fullmatch(r"\d+[.,]\d+", digits):
        return digits.replace(",", ".").rstrip("0").rstrip(".") if "0" in digits[-1:] else digits.replace(",", ".")
    return digits.lstrip("0") or "0"


def _is_headline_cased(title: str) -> bool:
    """Whether most words of a title are capitalised, so that capitals name nothing."""
    words = [word for word in re.findall(r"[^\W\d_]+", title) if len(word) > 3]
    return bool(words) and sum(word[0].isupper() for word in words) > 0.6 * len(words)


def _capitalises_nouns(paragraphs: Sequence[str]) -> bool:
    """Whether so many words inside sentences are capitalised that the language must be German, or the text all caps."""
    inside = _INSIDE.findall(" ".join(paragraphs)[:4_000])
    return len(inside) > 20 and sum(map(str.isupper, inside)) > _GERMAN_SHARE * len(inside)
