"""Unicode normalisation in time linear in the text, whatever strangers wrote."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

#: So many combining marks in a row stay; no script needs as many. Source: UAX #15, Stream-Safe Text Format.
MAX_MARKS = 30
#: Putting a run of marks in order takes quadratic time; in a word no longer than this that is a tenth of a millisecond.
_LONG_WORD = 256
_CROWD = re.compile(rb"[^\0]{%d,}" % (MAX_MARKS + 1))
#: What is no mark by its class and becomes one or two when it is taken apart: three of Tibetan, two of narrow kana.
_AS_MARKS = {0x0F73: 0x0F71, 0x0F75: 0x0F71, 0x0F81: 0x0F71, 0xFF9E: 0x3099, 0xFF9F: 0x309A}
#: What no reader sees, and words leave out: taken from between marks it would make one run of many.
_AS_MARKS |= dict.fromkeys((0xAD, 0x34F, 0x640, 0x61C, *range(0x200C, 0x2010), *range(0x202A, 0x202F)), 0x301)
_AS_MARKS |= dict.fromkeys((*range(0x2060, 0x206A), *range(0xFE00, 0xFE10), 0xFEFF), 0x301)


def normalised(form: Literal["NFC", "NFKC"], text: str) -> str:
    """Return a text in a normal form; of a run of combining marks, or of what no reader sees, the first 30 are kept.

    Exactly what `unicodedata.normalize` gives for every text without such a run.
    """
    if text.isascii():
        return text
    if max(map(len, text.split()), default=0) >= _LONG_WORD:  # several times as fast as an expression
        text = _thinned(text)
    return unicodedata.normalize(form, text)


def _thinned(text: str) -> str:
    classes = bytes(map(unicodedata.combining, text.translate(_AS_MARKS)))
    pieces, at = [], 0
    for run in _CROWD.finditer(classes):
        pieces.append(text[at : run.start() + MAX_MARKS])
        at = run.end()
    return "".join(pieces) + text[at:] if pieces else text
