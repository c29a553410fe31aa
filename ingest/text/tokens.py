"""Words as matching, search and watches all cut them: one tokeniser for every script."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from operator import add

from ingest.text.normal import normalised

# `\w` knows no combining marks, and would cut Devanagari, Arabic and Thai words at each vowel sign.
_MARK_BLOCKS: tuple[tuple[int, int], ...] = (
    (0x0300, 0x1C00),
    (0x1CD0, 0x1E00),
    (0x20D0, 0x2100),
    (0x2CEF, 0x2E00),
    (0x302A, 0x30A0),
)
_MARK_BLOCKS += ((0xA66F, 0xAC00), (0xFB1E, 0xFB1F), (0xFE20, 0xFE30), (0x10A00, 0x11FFF), (0x1E000, 0x1E950))
# Han (with its extensions), kana, Thai, Lao, Myanmar, Khmer: written without spaces between words.
_UNSPACED = (
    "\u0e01-\u0e4e\u0e81-\u0eae\u0eb0-\u0ecd\u0edc-\u0edf\u1000-\u103f\u1050-\u109d\uaa60-\uaa7f\u1780-\u17d3"
    "\u3005-\u3007\u3041-\u309f\u30a1-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_IGNORED = re.compile(
    "[\u00ad\u034f\u0640\u061c\u200c-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff]"
)
# Signs that no word holds, and that no normalisation makes a letter of.
_SIGNS_BETWEEN = re.compile(
    "[\u2009\u200b\u2010\u2012-\u2016\u2018-\u2022\u2026\u202f\u2030\u2032\u2039\u203a\u20ac\u2212]"
)
_BEYOND_LATIN = re.compile("[^\x00-\u02ff]")


def words(text: str) -> list[str]:
    """Return the words of a text in order: NFKC, case folded, accents kept (NFC), decimal digits in ASCII.

    Words are runs of letters, digits and the marks they carry. Runs of a script that is written without spaces
    become bigrams of characters (a lone character stands for itself). Soft hyphens, joiners, the tatweel and
    direction marks are left out, as no reader sees them.
    """
    if text.isascii():
        return text.translate(_ASCII_WORDS).split()
    folded = normalised("NFKC", _SIGNS_BETWEEN.sub(" ", text)).casefold()
    if folded.isascii():  # English, but for its quotation marks and dashes
        return folded.translate(_ASCII_WORDS).split()
    try:
        western = folded.encode("latin-1")
    except UnicodeEncodeError:
        pass
    else:
        return western.translate(_WESTERN_WORDS, b"\xad").decode("latin-1").split()
    if _BEYOND_LATIN.search(folded) is None:  # no marks, digits or signs of other scripts
        return _LATIN_WORD.findall(normalised("NFKC", folded.replace("\u00ad", "")))
    return _cut(_finished(folded))


def spelled(text: str) -> list[str]:
    """Return the words of a text as it spells them: cut as by `words`, with case, accents and digits as they stand."""
    if text.isascii():
        return _ASCII_SPELLED.findall(text)
    plain = without_signs(text)
    if plain.isascii():
        return _ASCII_SPELLED.findall(plain)
    if _BEYOND_LATIN.search(plain) is None:
        return _LATIN_WORD.findall(plain.replace("\u00ad", ""))
    return _cut(_IGNORED.sub("", plain))


def running(tokens: Sequence[str]) -> str:
    """Return words in a row as a person reads them: pairs of characters of a script without spaces run together."""
    told = "".join(tokens[:1])
    for before, word in pairwise(tokens):
        characters = _CHARACTER.findall(before)
        follows = len(characters) == 2 and word.startswith(characters[1]) and _UNSPACED_CHARACTER.match(before)
        told += word[len(characters[1]) :] if follows else f" {word}"
    return told


def without_signs(text: str) -> str:
    """Return a text in NFKC, with a blank for each of the signs that no word holds: ASCII, where it is English."""
    return text if text.isascii() else normalised("NFKC", _SIGNS_BETWEEN.sub(" ", text))


def is_lone(word: str) -> bool:
    """Whether a word is a single character of a script without spaces: inside a longer run it stands in pairs only."""
    found = _RUN.fullmatch(word)
    return found is not None and found.lastgroup == "unspaced" and len(_CHARACTER.findall(word)) < 2


def _cut(text: str) -> list[str]:
    """The runs of a normalised text; those of a script without spaces as bigrams."""
    if _UNSPACED_CHARACTER.search(text) is None:
        return _SPACED_WORD.findall(text)
    found: list[str] = []
    for run in _RUN.finditer(text):
        if run.lastgroup == "unspaced":
            found.extend(_bigrams(run.group()))
        else:
            found.append(run.group())
    return found


def _finished(folded: str) -> str:
    """Text that was normalised and folded, composed, with ASCII digits and without invisible characters."""
    # Case folding can leave decomposed letters behind (U+0130, U+0390), so it is composed once more.
    composed = normalised("NFKC", _IGNORED.sub("", folded))
    return ascii_digits(composed)


def ascii_digits(text: str) -> str:
    """Return a text with the decimal digits of all scripts as ASCII has them."""
    foreign = {sign for sign in set(text) if sign > "9" and sign.isdecimal()}
    if not foreign:
        return text
    return text.translate({ord(digit): str(unicodedata.decimal(digit)) for digit in foreign})


def _bigrams(run: str) -> list[str]:
    """Overlapping pairs of characters, each with the marks it carries."""
    if len(run) > 1 and _MARK.search(run) is None:
        return list(map(add, run, run[1:]))
    characters = _CHARACTER.findall(run)
    if len(characters) < 2:
        return [run]
    return [first + second for first, second in pairwise(characters)]


def _mark_ranges() -> str:
    """All combining marks as the inside of a character class."""
    marks = [
        code
        for start, end in _MARK_BLOCKS
        for code in range(start, end)
        if unicodedata.category(chr(code)) in ("Mn", "Mc")
    ]
    ranges: list[list[int]] = []
    for code in marks:
        if ranges and code == ranges[-1][1] + 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return "".join(f"{chr(low)}-{chr(high)}" for low, high in ranges)


#: Every combining mark, as the inside of a character class.
MARKS = _mark_ranges()
#: A blank for what no word holds, small letters for capitals: cutting at blanks is five times as fast as an expression.
_ASCII_WORDS = {code: chr(code).lower() if re.match(r"\w", chr(code)) else " " for code in range(128)}
#: The same of folded text in ISO 8859-1.
_WESTERN_WORDS = bytes(code if re.match(r"\w", chr(code)) else ord(" ") for code in range(256))
_ASCII_SPELLED = re.compile(r"[0-9A-Za-z_]+")
_RUN = re.compile(
    rf"(?P<unspaced>[{_UNSPACED}][{_UNSPACED}{MARKS}]*)|(?:(?![{_UNSPACED}])\w)(?:(?![{_UNSPACED}])[\w{MARKS}])*"
)
_LATIN_WORD = re.compile(r"\w+")
_UNSPACED_CHARACTER = re.compile(f"[{_UNSPACED}]")
#: `_RUN` for a text without any of those: three times as fast (bench/watches.py).
_SPACED_WORD = re.compile(rf"\w[\w{MARKS}]*")
_MARK = re.compile(f"[{MARKS}]")
_CHARACTER = re.compile(rf"[^{MARKS}][{MARKS}]*|[{MARKS}]+")
