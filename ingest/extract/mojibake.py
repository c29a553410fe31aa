"""Text that was UTF-8, taken for Windows-1252 and written as UTF-8 once more: put right where that is certain."""

from __future__ import annotations

import re
from itertools import islice

_MIN_SEQUENCES = 3
_ASCII = bytes(range(0x80))
_LEAD = b"\xc3"  # all that begins a misread sequence begins so in UTF-8
_RUN = re.compile(r"[^\x00-\x7f]+")
#: What begins and goes on in a misread sequence: without such a pair there is nothing to look for.
_TELLTALE = re.compile(
    "[\u00c2-\u00f4][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2122\u20ac]"
)
#: The places of Windows-1252 that name no character; what misreads them leaves the control of that number.
_HOLES = {code: bytes([code]) for code in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}


def repaired(text: str) -> str:
    """Return the text as it was meant, or as it is where any of it would not survive the way back.

    Certain is: every run of characters beyond ASCII becomes sound UTF-8 on the way back, there are several of them, and
    they become fewer characters. Text in any living orthography fails at its first accented letter.
    """
    raw = text.encode("utf-8", "surrogatepass").translate(None, _ASCII)
    if _LEAD not in raw:
        return text
    beyond = raw.decode("utf-8", "surrogatepass")
    if len(list(islice(_TELLTALE.finditer(beyond), _MIN_SEQUENCES))) < _MIN_SEQUENCES:
        return text
    fixed: dict[str, str] = {}
    for run in set(_RUN.findall(text)):
        meant = _meant(run)
        if meant is None:
            return text
        fixed[run] = meant
    return _RUN.sub(lambda found: fixed[found.group()], text)


def _meant(run: str) -> str | None:
    try:
        raw = b"".join(_HOLES.get(ord(character)) or character.encode("cp1252") for character in run)
        return raw.decode("utf-8")
    except UnicodeError:
        return None
