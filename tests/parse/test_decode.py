"""Which charset a feed's bytes are read in."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.parse.decode import decode

XML = "application/rss+xml"


def declared(charset: str, text: str = "Präsident") -> str:
    return f"<?xml version='1.0' encoding='{charset}'?><rss>{text}</rss>"


@pytest.mark.parametrize(
    ("body", "content_type", "charset"),
    [
        pytest.param(declared("iso-8859-1").encode("cp1252"), f"{XML}; charset=windows-1252", "cp1252", id="HTTP"),
        pytest.param(
            declared("utf-8").encode("cp1251", "replace"), f"{XML}; charset=cp1251", "cp1251", id="HTTP first"
        ),
        pytest.param(declared("koi8-r", "Привет").encode("koi8-r"), XML, "koi8-r", id="XML declaration"),
        pytest.param(declared("klingon-8").encode(), f"{XML}; charset=tlh", "utf-8", id="unknown charsets"),
        pytest.param(declared("zlib").encode(), f"{XML}; charset=punycode", "utf-8", id="codecs that are no charset"),
        pytest.param(b"<rss>Pr\xc3\xa4sident</rss>", None, "utf-8", id="nothing said"),
        pytest.param(b"<rss>Pr\xe4sident</rss>", None, "utf-8", id="nothing said, a stray byte"),
        pytest.param(codecs.BOM_UTF8 + declared("iso-8859-1").encode(), XML, "utf-8", id="UTF-8 mark over declaration"),
        pytest.param(declared("utf-16").encode("utf-16"), XML, "utf-16-le", id="UTF-16 with a mark"),
        pytest.param(declared("utf-16").encode("utf-16-be"), XML, "utf-16-be", id="UTF-16 without a mark"),
        pytest.param(
            declared("x").encode("utf-16-le"), f"{XML}; charset=utf-8", "utf-16-le", id="UTF-16 that is denied"
        ),
        pytest.param(("\n " + declared("x")).encode("utf-16-le"), XML, "utf-16-le", id="blanks before UTF-16"),
        pytest.param(declared("utf-32").encode("utf-32"), XML, "utf-32-le", id="UTF-32 with a mark"),
        pytest.param(declared("utf-32").encode("utf-32-be"), XML, "utf-32-be", id="UTF-32 without a mark"),
        pytest.param(declared("utf-32").encode("utf-32-le"), XML, "utf-32-le", id="UTF-32, little end, no mark"),
        pytest.param(declared("utf-16").encode(), XML, "utf-8", id="says UTF-16, is not"),
        pytest.param(declared("ebcdic").encode("cp037"), XML, "cp037", id="EBCDIC"),
        pytest.param(declared("gb2312", "总统会见总理").encode("gb18030"), XML, "gb18030", id="GB2312 is GB18030"),
        pytest.param(declared("shift_jis", "①首相").encode("cp932"), XML, "cp932", id="Shift JIS is CP932"),
        pytest.param(declared("gb2312", "总统会见总理").encode(), XML, "utf-8", id="UTF-8 that says GB2312"),
        pytest.param(declared("us-ascii").encode(), XML, "utf-8", id="UTF-8 that says ASCII"),
        pytest.param(
            declared("iso-2022-jp", "首相").encode("iso-2022-jp"), XML, "iso2022_jp", id="seven bits, escapes"
        ),
        pytest.param(b'\xef\xbb\xbf{"items": []}', "application/json", "utf-8", id="JSON with a mark"),
    ],
)
def test_the_charset_is_found(body: bytes, content_type: str | None, charset: str) -> None:
    assert decode(body, content_type).charset == charset


@pytest.mark.parametrize("charset", ["iso-8859-1", "us-ascii", "windows-1252", "iso-8859-15"])
def test_utf8_under_the_name_of_a_one_byte_charset_is_read_as_utf8_and_noted(charset: str) -> None:
    decoded = decode(declared(charset).encode(), None)
    assert "Präsident" in decoded.text
    assert decoded.fault is not None
    assert "read as utf-8" in decoded.fault


def test_stray_bytes_in_utf8_are_read_as_windows_1252() -> None:
    body = declared("utf-8", "Präsident, Кремль, ").encode() + b"caf\xe9 \x93quoted\x94 \x81"
    decoded = decode(body, None)
    assert decoded.text.endswith("Кремль, </rss>caf\u00e9 \u201cquoted\u201d \ufffd")
    assert decoded.fault == "bytes that are not utf-8"


def test_a_body_of_one_byte_letters_that_says_utf8_is_read_as_windows_1252() -> None:
    body = "<rss>äöüß äöüß äöüß</rss>".encode("cp1252")
    assert decode(body, "text/xml; charset=utf-8").text == "<rss>äöüß äöüß äöüß</rss>"


def test_a_few_bad_bytes_do_not_cost_a_multibyte_charset() -> None:
    body = declared("gb18030", "总统会见总理" * 20).encode("gb18030") + b"\xff"
    decoded = decode(body, None)
    assert decoded.charset == "gb18030"
    assert "总统会见总理" in decoded.text


def test_broken_utf16_is_read_with_gaps() -> None:
    decoded = decode(declared("utf-16").encode("utf-16") + b"\x00", None)
    assert "Präsident" in decoded.text
    assert decoded.fault == "bytes that are not utf-16-le"


def test_a_multibyte_charset_that_does_not_fit_at_all_is_given_up() -> None:
    assert decode(b"<rss>" + b"\xff\xfe\xfd" * 50 + b"</rss>", f"{XML}; charset=gb18030").charset == "cp1252"


@given(st.binary(max_size=200), st.none() | st.text(max_size=40).map(lambda name: f"text/xml; charset={name}"))
def test_any_bytes_become_text(body: bytes, content_type: str | None) -> None:
    decode(body, content_type).text.encode("utf-8", "surrogatepass")
