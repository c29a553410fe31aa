"""Words as people type them: one form for every way to write a word."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.text.search import indexed, terms
from ingest.text.tokens import spelled


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Élysée", "elysee"),
        ("CAFE\u0301", "café"),
        ("Straße", "STRASSE"),
        ("Łódź", "lodz"),
        ("İstanbul", "ISTANBUL"),
        ("Ærø", "aeroe"[:4]),
        ("Ёлка", "елка"),
        ("Άνω", "ανω"),
        ("ΟΔΟΣ", "οδος"),
        ("قالَ", "قال"),
        ("أحمد", "احمد"),
        ("שָׁלוֹם", "שלום"),
        ("३४", "34"),
        ("ﾄｳｷｮｳ", "トウキョウ"),
    ],
)
def test_two_ways_to_write_a_word_are_one_term(one: str, other: str) -> None:
    assert terms(one) == terms(other)


@pytest.mark.parametrize(("one", "other"), [("йод", "иод"), ("किताब", "कतब"), ("が", "か"), ("مؤمن", "مومن")])
def test_letters_that_are_letters_of_their_own_stay_apart(one: str, other: str) -> None:
    assert terms(one) != terms(other)


@given(st.text(alphabet=st.characters(codec="utf-8")))
def test_a_term_stands_for_each_word_and_is_one_word_to_the_index(text: str) -> None:
    found = terms(text)
    assert len(found) == len(spelled(text))
    for each in found:
        assert each
        assert not any(c.isascii() and not (c.isdigit() or c.islower() or c == "_") for c in each), each
    assert indexed(text).split(" ") == (found or [""])


@given(st.text())
def test_the_form_of_normalisation_changes_no_term(text: str) -> None:
    assert terms(unicodedata.normalize("NFD", text)) == terms(unicodedata.normalize("NFC", text))
