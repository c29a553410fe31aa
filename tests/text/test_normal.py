"""Normal forms: exactly Unicode's for what anybody writes, and bounded for what nobody does."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.model import Entry
from ingest.revise.identity import content_hash
from ingest.text.normal import MAX_MARKS, normalised
from ingest.text.plain import clean_text
from ingest.text.search import indexed
from ingest.text.tokens import words

MARKS = "\u0301\u0316\u0f73\u0f71\uff9e\u3099"
HIDDEN = "\u200d\u200c\u0640\u034f"
HOSTILE = {
    "one run": "a" + "\u0301\u0316" * 50_000,
    "runs of a word": " ".join(["a" + "\u0301\u0316" * 127] * 400),
    "marks that come apart": "a" + "\u0f73\u0301" * 50_000,
    "marks that are narrow kana": "\u30ab" + "\u0301\uff9e" * 50_000,
    "marks between joiners": "a" + ("\u0301\u0316" * 15 + "\u200d") * 3_000,
    "marks between tatweels": "a" + ("\u064b\u0316" * 15 + "\u0640") * 3_000,
    "long words of letters": " ".join(["x" * 4_999] * 40),
    "one long word": "x" * 200_000 + "é",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_words_cost_little_at_every_door(name: str) -> None:
    """Each took seconds, or minutes, where it was cleaned, hashed, cut into words or indexed."""
    started = time.process_time()
    text = clean_text(HOSTILE[name], max_chars=200_000)
    words(text)
    indexed(text)
    words(HOSTILE[name])
    content_hash(Entry(title="t", summary=text))
    assert time.process_time() - started < 4.0


@given(st.text(alphabet=st.sampled_from("aé" + MARKS + HIDDEN), max_size=400), st.sampled_from(["NFC", "NFKC"]))
def test_no_more_marks_in_a_row_are_kept_than_anybody_writes(text: str, form: str) -> None:
    found = normalised(form, "b" * 300 + text)  # type: ignore[arg-type]
    run = longest = 0
    for sign in found:
        run = run + 1 if unicodedata.combining(sign) else 0
        longest = max(longest, run)
    assert longest <= 2 * MAX_MARKS + 1


@given(st.text(max_size=300), st.sampled_from(["NFC", "NFKC"]), st.booleans())
def test_a_text_without_such_a_run_gets_unicodes_own_form(text: str, form: str, long: bool) -> None:
    text = text + "中" * 300 if long else text
    assert normalised(form, text) == unicodedata.normalize(form, text)  # type: ignore[arg-type]


def test_languages_with_many_marks_stay_whole() -> None:
    for word in ("ที่นี่", "שָׁלוֹם", "\u1112\u1161\u11ab", "क्ष्म्य", "Ấ", "か\u3099"):
        text = word * 100
        assert normalised("NFC", text) == unicodedata.normalize("NFC", text)
