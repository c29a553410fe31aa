"""One tokeniser for every script."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.text.tokens import is_lone, running, spelled, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello, World! It's 2026.", ["hello", "world", "it", "s", "2026"]),
        ("Café CAFE\u0301 Straße", ["café", "café", "strasse"]),
        ("Ｆｕｌｌ １２３", ["full", "123"]),
        ("नई दिल्ली में ३४", ["नई", "दिल्ली", "में", "34"]),
        ("قالَ الرئيسُ ٣٤", ["قالَ", "الرئيسُ", "34"]),
        ("الـــرئيس", ["الرئيس"]),
        ("می\u200cخواهم soft\u00adly", ["میخواهم", "softly"]),
        ("2024年の東京", ["2024", "年の", "の東", "東京"]),
        ("中", ["中"]),
        ("กรุงเทพ", ["กรุ", "รุง", "งเ", "เท", "ทพ"]),
        ("한국 서울에서", ["한국", "서울에서"]),
        ("Ёлка Київ", ["ёлка", "київ"]),
        ("... — !", []),
        ("", []),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_words_of_each_script_come_out_as_they_are_searched(text: str, expected: list[str]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Hello is so", "hello is so"),
        ("2024年の東京 Tower", "2024 年の東京 tower"),
        ("กรุงเทพ ฯ 12", "กรุงเทพ ฯ 12"),
        ("", ""),
    ],
)
def test_words_in_a_row_are_shown_as_they_are_read(text: str, read: str) -> None:
    assert running(words(text)) == read


@given(st.text())
def test_the_form_of_normalisation_changes_no_word(text: str) -> None:
    assert words(unicodedata.normalize("NFD", text)) == words(unicodedata.normalize("NFC", text))


@given(st.text())
def test_words_hold_neither_blanks_nor_capitals(text: str) -> None:
    found = words(text)
    assert "" not in found
    assert not any(c.isspace() for word in found for c in word)
    # Cherokee alone is folded to its capitals (Unicode, CaseFolding.txt).
    assert not any(c.isupper() and not "\u13a0" <= c <= "\u13f5" for word in found for c in word)


_WESTERN = st.text(
    st.characters(max_codepoint=0x2FF) | st.sampled_from("\u2019\u2014\u201c\u20ac\u0301\ufb01\u1e9e\u0130")
)


@given(_WESTERN)
def test_a_word_of_another_script_changes_no_other(text: str) -> None:
    """Texts in ASCII, ISO 8859-1 and Latin are cut by ways of their own; beside a Cyrillic word none of them is."""
    assert words(f"{text} \u0436") == [*words(text), "\u0436"]


def test_each_western_character_is_cut_the_same_in_every_text() -> None:
    for code in range(0x300):
        text = f"Ab{chr(code)}Cd 1{chr(code)}"
        assert words(f"{text} \u0436") == [*words(text), "\u0436"], hex(code)


def test_the_spelling_of_a_text_keeps_case_and_accents() -> None:
    assert spelled("Élysée IN our-Time ３４ 北京市") == ["Élysée", "IN", "our", "Time", "34", "北京", "京市"]
    assert spelled("WHO's it") == ["WHO", "s", "it"]


@pytest.mark.parametrize(
    ("word", "lone"), [("京", True), ("北京", False), ("กิ", True), ("กร", False), ("a", False), ("", False)]
)
def test_a_lone_character_is_told_from_a_pair(word: str, lone: bool) -> None:
    assert is_lone(word) is lone
