"""Words as people look for them: what the full-text index holds, and what watches are matched against.

Matching compares texts and keeps their accents (`tokens.words`); who searches types "elysee", "strasse" or "все", so
that here accents, optional marks and letters with a stroke are taken away from both sides.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from ingest.text.remembered import Remembered
from ingest.text.tokens import ascii_digits, spelled, without_signs, words

#: Accents of Latin and Greek letters only: й and ё are letters, в̆ is none; and what Arabic and Hebrew leave out.
_ACCENTS = re.compile(r"([a-zα-ωıłøđħŧæœ])[\u0300-\u036f]+")
_POINTS = re.compile(r"[\u064b-\u0652\u0670\u0591-\u05bd\u05bf\u05c1\u05c2\u05c7]+|(?<=\u0627)[\u0653-\u0655]+")
_LETTERS = str.maketrans(
    {"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe", "ё": "е", "ς": "σ"}
)


def terms(text: str) -> list[str]:
    """Return the words of a text in order as the index has them; the n-th stands for the n-th of `tokens.spelled`.

    A term is never empty, and of ASCII it holds nothing but a-z, 0-9 and the underscore.
    """
    plain = without_signs(text)
    return words(plain) if plain.isascii() else terms_of(spelled(plain))


def terms_of(found: Sequence[str]) -> list[str]:
    """Return the terms of the words that `tokens.spelled` found, one for each."""
    return list(map(_TERMS.__getitem__, found))


def indexed(text: str) -> str:
    """Return the terms of a text joined by spaces: what the full-text index is fed, and given back to forget."""
    return " ".join(terms(text))


def term(word: str) -> str:
    """A word as the index has it: case folded, without accents and optional marks, decimal digits in ASCII."""
    if word.isascii():
        return word.lower()
    apart = unicodedata.normalize("NFD", word.casefold())
    plain = _POINTS.sub("", _ACCENTS.sub(r"\1", apart)) or apart
    folded = unicodedata.normalize("NFKC", plain).translate(_LETTERS)
    return ascii_digits(folded)


_TERMS = Remembered(term, most=1 << 16)
