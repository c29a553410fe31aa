"""A page's text, whatever its charset says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.extract.decode import decode

LATIN = "<p>Ein Fährschiff läuft aus, die Möwen schreien über dem Hafen von Grünau.</p>"
RUSSIAN = "<p>" + "Портовые власти закрыли на три недели второй причал города. " * 6 + "</p>"
CHINESE = "<p>" + "海湾的生蚝今年减产六成，协会呼吁不要抢购。" * 6 + "</p>"
TAIWANESE = "<p>" + "海灣的牡蠣今年減產六成，協會呼籲不要搶購。" * 6 + "</p>"
JAPANESE = "<p>" + "港は三週間閉鎖されることになった。" * 6 + "</p>"


@pytest.mark.parametrize(
    ("text", "charset", "header"),
    [
        (LATIN, "utf-8", "text/html; charset=utf-8"),
        (LATIN, "utf-8-sig", None),
        (LATIN, "utf-16", None),
        (LATIN, "utf-16-le", None),
        (LATIN, "utf-16-be", None),
        (LATIN, "utf-32", None),
        (LATIN, "windows-1252", 'text/html; charset="iso-8859-1"'),
        (LATIN, "utf-8", "text/html; charset=iso-8859-1"),
        (LATIN, "windows-1252", "text/html; charset=utf-8"),
        (LATIN, "windows-1252", "text/html; charset=punycode"),
        (LATIN, "windows-1252", "text/html; charset=hex"),
        (LATIN, "windows-1252", "text/html; charset=no-such-thing"),
        (RUSSIAN, "windows-1251", "text/html; charset=windows-1251"),
        (RUSSIAN, "windows-1251", None),
        (RUSSIAN, "windows-1251", "text/html; charset=iso-8859-1"),
        (RUSSIAN, "koi8-r", "text/html; charset=koi8-r"),
        (CHINESE, "gb18030", "text/html; charset=gb2312"),
        (TAIWANESE, "big5", None),
        (JAPANESE, "shift_jis", "text/html; charset=Shift_JIS"),
        (JAPANESE, "iso2022_jp", "text/html; charset=iso-2022-jp"),
        (JAPANESE, "euc_jp", "text/html; charset=euc-jp"),
        ("<p>plain</p>", "ascii", "text/html; charset=iso-2022-jp"),
    ],
)
def test_a_page_is_read_in_its_real_charset_whatever_is_said(text: str, charset: str, header: str | None) -> None:
    assert decode(text.encode(charset), header) == text


def test_the_page_knows_better_than_a_server_that_calls_everything_latin() -> None:
    body = ('<meta charset="windows-1251">' + RUSSIAN).encode("windows-1251")
    assert RUSSIAN in decode(body, "text/html; charset=iso-8859-1")


def test_utf8_with_a_few_faults_is_still_utf8() -> None:
    body = (LATIN * 5).encode() + b"\xe4\xf6"
    assert decode(body).startswith(LATIN * 5)


@given(st.binary(max_size=300), st.sampled_from([None, "text/html; charset=utf-16", "x; charset=hz", "charset=\xff"]))
def test_any_bytes_have_a_text(body: bytes, header: str | None) -> None:
    assert isinstance(decode(body, header), str)
