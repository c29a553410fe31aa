"""Bytes of a page to text: what the header, a BOM, the meta tag and the bytes say of the charset, together."""

from __future__ import annotations

import codecs
import re

from ingest.extract.mojibake import repaired

#: Where browsers look for a meta charset, doubled, since some pages put a long comment first.
_META_WINDOW_BYTES = 4096
_GUESS_SAMPLE_BYTES = 20_000
#: A declared charset may fail on this share of a page's characters (one stray byte in an included advert) and stand.
_TOLERATED_SHARE = 0.005

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16: its first two bytes are the same
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

#: What a label means on the web, where it means more than its name says (WHATWG Encoding, "Names and labels").
_SUPERSETS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
    "utf-16": "utf-16-le",
    "utf-32": "utf-32-le",
}
_WEB_LABELS = {
    "x-sjis": "cp932",
    "x-gbk": "gb18030",
    "x-euc-jp": "euc_jp",
    "ks_c_5601-1987": "cp949",
    "windows-949": "cp949",
    "windows-31j": "cp932",
    "x-mac-cyrillic": "mac_cyrillic",
    "win-1251": "cp1251",
    "win1251": "cp1251",
    "utf8mb4": "utf-8",
    "unicode": "utf-8",
}
_GUESSES = [
    *("utf_8", "cp1251", "koi8_r", "cp1250", "iso8859_2", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "cp1252"),
    *("gb18030", "big5", "cp932", "euc_jp", "cp949"),
]
_WESTERN = "cp1252"
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.I)
_META_CHARSET = re.compile(rb"<meta\b[^>]{0,500}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.I)
_XML_CHARSET = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{2,40})", re.I)
_HIGH_LATIN = re.compile("[\u0080-\u00ff]")
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]+")
_WORD = re.compile(r"[^\W\d_]*[^\x00-\x7f\W\d_][^\W\d_]*")
_CAPITAL_INSIDE = re.compile(r"(?<=[а-яёa-zß-öø-ÿα-ωά-ώ])[А-ЯЁÀ-ÖØ-ÞΑ-Ω]")
_NO_WRITING = re.compile(
    "[\u0080-\u009f\u00a4\u00a6\u00ac\u00ad\u00b1\u00b5\u00b6\u00b8\u00d7\u00f7\u02c7\u02d8-\u02db\u02dd\u0402-\u040b\u040f\u0452-\u0453"
    "\u2030\u2039\u2500-\u25a0\ue000-\uf8ff\uff61-\uff9f\ufffd]"
)
_ODDNESS_SAMPLE = 2_000
_MAX_ODDNESS = 0.1


def decode(body: bytes, content_type: str | None = None) -> str:
    """Return a page's text, whatever its charset says or fails to say; never raises.

    A mark at the beginning decides. Bytes that are sound UTF-8 beyond ASCII are UTF-8 whoever says otherwise: text in
    another charset passes that test by chance only when it is a few characters long. Of the charsets that header, meta
    element and the statistics of the bytes name, the one whose text looks most like writing is taken, the declared
    before the guessed and the header before the page where they look alike; Windows-1252 where nothing fits. Text that
    was encoded twice is put right where that is certain.
    """
    return repaired(decode_once(body, content_type))


def decode_once(body: bytes, content_type: str | None) -> str:
    """Return a page's text as `decode` does, and leave text that was encoded twice as it is."""
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(name, errors="replace")
    wide = _wide_charset(body)
    if wide is not None:
        return body.decode(wide, errors="replace")
    header, meta = _from_header(content_type), _from_meta(body)
    stateful = header if header in _STATEFUL else meta
    if stateful in _STATEFUL and _STATEFUL[stateful] in body:
        return body.decode(stateful, errors="replace")
    if body.isascii():
        return body.decode("ascii")
    text = _utf8(body)
    if text is not None:
        return text
    # A server that calls everything Latin-1 knows less of the page than the page does.
    order = (meta, header) if header == _WESTERN and meta else (header, meta)
    fitting = [text for name in dict.fromkeys(order) if name and (text := _fitting(body, name)) is not None]
    best = min(fitting, key=_oddness, default=None)
    if best is not None and _oddness(best) <= _MAX_ODDNESS:
        return best
    guessed = body.decode(_guess(body) or _WESTERN, errors="replace")
    return guessed if best is None or _oddness(guessed) < _oddness(best) / 2 else best


#: Seven-bit charsets, and the bytes without which a page only claims to use them.
_STATEFUL = {"iso2022_jp": b"\x1b", "hz": b"~{"}


def _wide_charset(body: bytes) -> str | None:
    """UTF-16 without its mark: markup in it has a zero in every other byte."""
    sample = body[:2000]
    if len(sample) < 8 or sample.count(0) * 4 < len(sample):
        return None
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    return "utf-16-le" if odd > even else "utf-16-be"


def _from_header(content_type: str | None) -> str | None:
    found = _HEADER_CHARSET.search((content_type or "")[:500])
    return _codec(found[1]) if found else None


def _from_meta(body: bytes) -> str | None:
    window = body[:_META_WINDOW_BYTES]
    found = _META_CHARSET.search(window) or _XML_CHARSET.search(window)
    return _codec(found[1].decode("ascii", errors="replace")) if found else None


def _codec(label: str) -> str | None:
    """Python's name for a charset label, or None for one that says nothing (unknown, or not a charset)."""
    label = label.lower().strip()
    try:
        info = codecs.lookup(_WEB_LABELS.get(label, label))
        "".encode(info.name)  # codecs such as "hex" are found too, but are not for text
    except (LookupError, ValueError, TypeError):
        return None
    # Python's own transformations (idna, punycode, unicode_escape) are no web charsets.
    if info.name in {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined", "mbcs", "utf-7"}:
        return None
    return _SUPERSETS.get(info.name, info.name)


def _utf8(body: bytes) -> str | None:
    """The text when the bytes are UTF-8 but for a few faults (a cut end, one Latin-1 word), else None."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    text = body.decode("utf-8", errors="replace")
    beyond = sum(1 for _ in re.finditer(r"[^\x00-\x7f\ufffd]", text))
    return text if text.count("\ufffd") * 10 <= beyond else None


def _fitting(body: bytes, name: str) -> str | None:
    """The text in a declared charset when the bytes fit it, else None."""
    if name.startswith(("utf-16", "utf-32", "utf-8")):
        return None  # had they fitted, we would know by now
    text = body.decode(name, errors="replace")
    if text.count("\ufffd") > max(2, _TOLERATED_SHARE * len(text)):
        return None
    return None if name == _WESTERN and _is_foreign(text) else text


def _oddness(text: str) -> float:
    """How much of a text beyond ASCII is no writing, 0..1: capitals inside of words, signs and half-width kana between
    letters, characters that nothing assigns.
    """
    sample = _BEYOND_ASCII.findall(text)[:_ODDNESS_SAMPLE]
    if not sample:
        return 0.0
    runs = "".join(sample)
    odd = len(_CAPITAL_INSIDE.findall(" ".join(_WORD.findall(text)[:_ODDNESS_SAMPLE])))
    odd += len(_NO_WRITING.findall(runs))
    letters = sum(map(str.isalpha, runs))
    shouted = 0.5 if 2 * sum(map(str.isupper, runs)) > letters else 0.0  # one Cyrillic charset read as another
    return min(1.0, shouted + odd / len(runs))


def _is_foreign(text: str) -> bool:
    """Whether Western text is another alphabet misread: hardly a letter in it is plain."""
    high = len(_HIGH_LATIN.findall(text))
    if high < 40:
        return False
    words = re.findall(r"[\u00c0-\u00ff]{4,}", text)  # no Western language has many words of accents only
    return sum(map(len, words)) * 2 > high


def _guess(body: bytes) -> str | None:
    """A charset by the statistics of the bytes beyond ASCII, with their surroundings."""
    from charset_normalizer import from_bytes  # noqa: PLC0415 - slow to import, seldom needed

    first = re.search(rb"[\x80-\xff]", body)
    start = max(0, (first.start() if first else 0) - 200)
    best = from_bytes(body[start : start + _GUESS_SAMPLE_BYTES], cp_isolation=_GUESSES).best()
    return best.encoding if best is not None else None
