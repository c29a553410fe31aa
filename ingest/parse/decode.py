"""Turn a feed's bytes into text: by the charset HTTP names, the byte order mark, the XML declaration, or a guess."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_WIDE_MARKS = (
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
)
# Without a mark, the first "<" or "{" shows the width and order of the units (XML 1.0, appendix F).
_WIDE_PATTERNS = (
    (re.compile(rb"(?:\0\0\0\s)*\0\0\0[<{]"), "utf-32-be"),
    (re.compile(rb"(?:\s\0\0\0)*[<{]\0\0\0"), "utf-32-le"),
    (re.compile(rb"(?:\0\s)*\0[<{]\0"), "utf-16-be"),
    (re.compile(rb"(?:\s\0)*[<{]\0[^\0]\0"), "utf-16-le"),
    (re.compile(rb"\x4c\x6f\xa7\x94"), "cp037"),
)
_XML_CHARSET = re.compile(rb"""<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_HTTP_CHARSET = re.compile(r""";\s*charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
_WIDER = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
# Codecs of Python that are no publisher's charset (some take quadratic time), and those that wide units would show.
_REFUSED = re.compile(r"idna|punycode|undefined|utf-7|.*escape|utf-16.*|utf-32.*")
_SNIFF_BYTES = 1_000
_CERTAIN_BYTES = 8  # this many bytes beyond one a character, all sound: no accident of another charset
_STRAY_SHARE = 0.05  # of the body: above it the body is not UTF-8 with a few strays


@dataclass(frozen=True, slots=True)
class Decoded:
    """A body as text, the charset that was used, and what was wrong with the one that was named."""

    text: str
    charset: str
    fault: str | None = None


def decode(body: bytes, content_type: str | None) -> Decoded:
    """Return the body's text; never raises.

    The order is HTTP, byte order mark, XML declaration, UTF-8, windows-1252. What the bytes themselves show comes
    before what is said of them: two- and four-byte units, and sound UTF-8 beyond ASCII where a one-byte charset is
    named. A body that is UTF-8 but for a few bytes has those read as windows-1252.
    Source: RFC 7303 section 3; WHATWG Encoding for the wider names.
    """
    wide = _wide(body)
    if wide is not None:
        text = body.decode(wide, "replace")
        return Decoded(text, wide, f"bytes that are not {wide}" if "\ufffd" in text else None)
    claims = _claims(body, content_type)
    utf8 = _strictly(body, "utf-8")
    beyond_ascii = len(body) - len(utf8) if utf8 is not None else 0
    for claim in claims:
        if beyond_ascii >= _CERTAIN_BYTES or (beyond_ascii and _is_one_byte(claim)):
            break
        text_or_none = _strictly(body, claim)
        if text_or_none is not None:
            return Decoded(text_or_none, claim, _mismatch(claims, claim))
    if utf8 is not None:
        return Decoded(utf8, "utf-8", _mismatch(claims, "utf-8"))
    return _repaired(body, claims)


def _wide(body: bytes) -> str | None:
    for mark, charset in _WIDE_MARKS:
        if body.startswith(mark):
            return charset
    head = body[:_SNIFF_BYTES]
    return next((charset for pattern, charset in _WIDE_PATTERNS if pattern.match(head)), None)


def _claims(body: bytes, content_type: str | None) -> tuple[str, ...]:
    """The usable charsets that HTTP, a UTF-8 mark and the XML declaration name, in this order."""
    names: list[str] = []
    if content_type and (stated := _HTTP_CHARSET.search(content_type[:1_000])):
        names.append(stated[1])
    if body.startswith(codecs.BOM_UTF8):
        names.append("utf-8")
    if declared := _XML_CHARSET.search(body[:_SNIFF_BYTES]):
        names.append(declared[1].decode("ascii"))
    return tuple(dict.fromkeys(name for name in map(_codec, names) if name is not None))


def _codec(name: str) -> str | None:
    try:
        known = codecs.lookup(name).name
        if _REFUSED.fullmatch(known):
            return None
        b"a".decode(known)  # some codecs are not of text
    except (LookupError, UnicodeError):
        return None
    return _WIDER.get(known, known)


def _is_one_byte(charset: str) -> bool:
    return len(b"\xc3\xa9".decode(charset, "replace")) == 2


def _strictly(body: bytes, charset: str) -> str | None:
    try:
        return body.decode(charset)
    except UnicodeError:
        return None


def _mismatch(claims: tuple[str, ...], used: str) -> str | None:
    return None if not claims or claims[0] == used else f"declared as {claims[0]}, read as {used}"


def _repaired(body: bytes, claims: tuple[str, ...]) -> Decoded:
    """Where nothing fits: the named charset with few gaps, UTF-8 with strays, or windows-1252."""
    fault = f"bytes that are not {claims[0] if claims else 'utf-8'}"
    for charset in claims:
        if charset != "utf-8" and not _is_one_byte(charset):
            text = body.decode(charset, "replace")
            if text.count("\ufffd") <= _STRAY_SHARE * len(text):
                return Decoded(text, charset, fault)
    if body.decode("utf-8", "replace").count("\ufffd") > _STRAY_SHARE * len(body):
        return Decoded(_windows(body), "cp1252", fault)
    return Decoded(body.decode("utf-8", "samewire-stray"), "utf-8", fault)


def _windows(data: bytes) -> str:
    """windows-1252, with its five unassigned bytes as U+FFFD."""
    return data.decode("cp1252", "replace")


def _stray(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return _windows(error.object[error.start : error.end]), error.end


codecs.register_error("samewire-stray", _stray)
