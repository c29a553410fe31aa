"""Seventeen ways in which pages and servers speak of a page's charset, each with its text as it was meant."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.extract.decode import decode
from ingest.extract.mojibake import repaired

GERMAN = "Ein Fährschiff läuft aus, die Möwen schreien über dem Hafen von Grünau, größer als je. " * 5
RUSSIAN = "Портовые власти закрыли на три недели второй причал города, сообщила Анна Петрова. " * 5
GREEK = "Οι λιμενικές αρχές έκλεισαν για τρεις εβδομάδες τη δεύτερη προβλήτα της πόλης. " * 5
POLISH = "Zarząd portu zamknął na trzy tygodnie drugie nabrzeże, żeby naprawić śluzę i źródło zasilania. " * 5
TURKISH = "Liman yönetimi şehrin ikinci iskelesini üç haftalığına kapattı, çünkü ığrıp ağları takıldı. " * 5
CHINESE = "海湾的生蚝今年减产六成，协会呼吁不要抢购。" * 8
JAPANESE = "港は三週間閉鎖されることになった。漁業者はカキの出荷を見合わせている。" * 8
KOREAN = "항만 당국은 도시의 두 번째 부두를 삼 주 동안 폐쇄한다고 밝혔다. " * 8


@dataclass(frozen=True)
class Case:
    text: str
    charset: str  # the bytes' own
    header: str | None = None
    meta: str | None = None

    def body(self) -> bytes:
        meta = f"<meta charset={self.meta}>" if self.meta else ""
        return f"<html><head>{meta}<title>x</title></head><body><p>{self.text}</p></body></html>".encode(self.charset)


CASES = {
    "mark, against header and meta": Case(GERMAN, "utf-8-sig", "iso-8859-1", "windows-1252"),
    "utf-16 with its mark": Case(GERMAN, "utf-16", "utf-8"),
    "utf-16 without a mark": Case(GERMAN, "utf-16-le", None, "utf-8"),
    "utf-8 called latin by its server": Case(GERMAN, "utf-8", "iso-8859-1"),
    "utf-8 called cyrillic by its page": Case(RUSSIAN, "utf-8", None, "windows-1251"),
    "utf-8 and nothing said": Case(GREEK, "utf-8"),
    "latin called utf-8": Case(GERMAN, "windows-1252", "utf-8", "utf-8"),
    "cyrillic, server right and page wrong": Case(RUSSIAN, "windows-1251", "windows-1251", "koi8-r"),
    "cyrillic, server wrong and page right": Case(RUSSIAN, "windows-1251", "koi8-r", "windows-1251"),
    "koi8, server says windows": Case(RUSSIAN, "koi8-r", "windows-1251"),
    "cyrillic called latin": Case(RUSSIAN, "windows-1251", "iso-8859-1", "iso-8859-1"),
    "greek, page right and server latin": Case(GREEK, "windows-1253", "iso-8859-1", "windows-1253"),
    "central european, page right and server latin": Case(POLISH, "iso-8859-2", "iso-8859-1", "iso-8859-2"),
    "turkish under the label of latin-5": Case(TURKISH, "windows-1254", "iso-8859-9"),
    "chinese beyond its label": Case(CHINESE, "gb18030", "gb2312"),
    "japanese, server says the other one": Case(JAPANESE, "shift_jis", "euc-jp", "shift_jis"),
    "korean and nothing said": Case(KOREAN, "cp949"),
}


def test_there_are_seventeen() -> None:
    assert len(CASES) == 17


@pytest.mark.parametrize("name", CASES)
def test_a_page_is_read_as_it_was_meant(name: str) -> None:
    case = CASES[name]
    header = f"text/html; charset={case.header}" if case.header else None
    assert case.text in decode(case.body(), header)


@pytest.mark.parametrize(
    "text", [GERMAN, RUSSIAN, GREEK, POLISH, JAPANESE, "„Ja“, sagte sie – und „nein“, sagte er: 5 €."]
)
def test_what_was_encoded_twice_is_put_right(text: str) -> None:
    twice = text.encode().decode("cp1252", "surrogateescape")
    twice = "".join(chr(ord(c) - 0xDC00) if 0xDC80 <= ord(c) <= 0xDCFF else c for c in twice)
    assert decode(twice.encode(), "text/html; charset=utf-8") == text


@pytest.mark.parametrize(
    "text", [GERMAN, RUSSIAN, "Â£5 and the rest is plain, once", "SÃO PAULO, ÂNGELA", f"Ã¤ Ã¶ {GERMAN}"]
)
def test_what_only_looks_so_is_left_alone(text: str) -> None:
    assert repaired(text) == text


@given(st.text(alphabet=st.characters(min_codepoint=0x20, max_codepoint=0x24F), max_size=200))
def test_a_repaired_text_is_not_repaired_again_into_something_longer(text: str) -> None:
    assert len(repaired(text)) <= len(text)
