"""The language of an article: declared, unless its script or its words are another's; none rather than a wrong one."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.corpora import ROOT
from ingest.errors import Reason
from ingest.extract.article import from_feed, from_summary
from ingest.extract.language import declared_language, language_of
from ingest.model import Entry

GERMAN = (
    "Der Hafenrat hat am Dienstag beschlossen, dass die Arbeiten an der Mole nicht vor dem Sommer beginnen. "
    "Das Geld ist für eine andere Brücke da, und mit dem Bau wird sich auch die Stadt befassen."
)
ENGLISH = (
    "The harbour board said on Tuesday that the works at the pier would not begin before the summer. "
    "It is the third time that the plan was put off, and the mayor is not happy with it."
)
DANISH = (
    "Havnebestyrelsen har besluttet, at arbejdet på molen ikke begynder før til sommer, og det er tredje gang, at "
    "planen er udskudt. Der er penge til en anden bro, og det skal byen tage stilling til."
)
UKRAINIAN = (
    "Рада порту вирішила, що роботи на молі не почнуться до літа, а гроші підуть на міст, який до цього не добудували "
    "за рік."
)
KOREAN = "항만 위원회는 방파제 공사가 여름 전에는 시작되지 않을 것이라고 화요일에 밝혔다."


@pytest.mark.parametrize(
    ("declared", "text", "language"),
    [
        (("de-AT",), GERMAN, "de"),
        (("en", "en_US"), GERMAN, "de"),  # a template's
        ((None,), GERMAN, "de"),
        (("de",), ENGLISH, "en"),
        ((), ENGLISH, "en"),
        (("nb",), DANISH, "nb"),  # too near to be told apart by a few words
        ((), DANISH, "da"),
        (("ru",), UKRAINIAN, "uk"),
        (("en",), KOREAN, "ko"),
        (("de",), "12 – 14", "de"),  # nothing to tell by
        (("sq", "de"), "Arsenal 2:1 Chelsea", "sq"),
        ((), "Arsenal 2:1 Chelsea", None),
        ((), "", None),
    ],
)
def test_the_words_of_a_text_overrule_what_is_declared(
    declared: tuple[str | None, ...], text: str, language: str | None
) -> None:
    assert language_of(declared, text) == language


def test_texts_of_eight_languages_are_told_or_left_but_never_taken_for_another() -> None:
    """Pieces that were not written for this: of the made sites and walls of bench/."""
    told = asked = 0
    for name in ("template_texts", "refusal_texts"):
        for language, tables in tomllib.loads((ROOT / "bench" / f"{name}.toml").read_text(encoding="utf-8")).items():
            whole = " ".join(
                line for lines in tables.values() for line in (lines if isinstance(lines, list) else [lines])
            )
            for start in range(0, len(whole) - 400, 400):
                found = language_of((), whole[start : start + 400])
                assert found in (language, None)
                told, asked = told + (found == language), asked + 1
    assert told >= 0.7 * asked > 20


def test_a_summary_is_what_it_is_declared_to_be_and_a_full_text_what_it_says() -> None:
    """What stands in for an article is made in the thread that writes, where nothing is asked that takes time."""
    entry = Entry(language="en", summary=GERMAN, content=f"<p>{GERMAN}</p>" * 3, title="Mole")
    full = from_feed(entry)
    assert full is not None
    assert (full.language, from_summary(entry, Reason.OFF).language) == ("de", "en")


@given(st.lists(st.sampled_from(["de", "en-GB", "zz", "français", "", "e", None]), max_size=4), st.text(max_size=300))
def test_any_text_gives_two_letters_or_none(declared: list[str | None], text: str) -> None:
    for found in (language_of(tuple(declared), text), declared_language(tuple(declared), text)):
        assert found is None or (len(found) == 2 and found.isalpha() and found.islower())
