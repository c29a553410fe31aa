"""Specifics and their frames."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.match.lexicon import han_number
from ingest.match.slots import SlotKind, slots


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("he paid 1,000 crowns", SlotKind.NUMBER, "1000"),
        ("he paid 1.000 crowns", SlotKind.NUMBER, "1000"),
        ("he paid 1000 crowns", SlotKind.NUMBER, "1000"),
        ("he paid 3,50 crowns", SlotKind.NUMBER, "3.5"),
        ("he paid 3.5 crowns", SlotKind.NUMBER, "3.5"),
        ("he paid twelve crowns", SlotKind.NUMBER, "12"),
        ("he paid 007 crowns", SlotKind.NUMBER, "7"),
        ("दाम ३४ रुपये", SlotKind.NUMBER, "34"),
        ("the 12th package of it", SlotKind.ORDINAL, "12"),
        ("the twelfth package of it", SlotKind.ORDINAL, "12"),
        ("уже 13-й пакет мер", SlotKind.ORDINAL, "13"),
        ("通过第十三轮制裁", SlotKind.ORDINAL, "13"),
        ("通过第13轮制裁", SlotKind.ORDINAL, "13"),
        ("यह 13वें दौर में", SlotKind.ORDINAL, "13"),
        ("shares rose in trade", SlotKind.DIRECTION, "0+"),
        ("акции упали в цене", SlotKind.DIRECTION, "0-"),
        ("出口下降百分之三", SlotKind.DIRECTION, "0-"),
        ("it rained on Tuesday in town", SlotKind.DATE, "d2"),
        ("it rained in town, said Ines Varga today", SlotKind.NAME, "ines varga"),
        ("it rained in Kerava's streets", SlotKind.NAME, "kerava"),
    ],
)
def test_a_specific_is_found_with_its_value(text: str, kind: SlotKind, value: str) -> None:
    assert (kind, value) in {(slot.kind, slot.value) for slot in slots("", [text])}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("the 12th package lists 31 people", "the 13th package lists 48 people"),
        ("profit at Orpheon Retail rose by 3 percent", "profit at Halden Bank rose by 17 percent"),
        ("通过第十二轮制裁涉及31人", "通过第四轮制裁涉及8人"),
    ],
)
def test_two_issues_of_one_template_have_the_same_frames(one: str, other: str) -> None:
    assert [slot.frame for slot in slots("", [one])] == [slot.frame for slot in slots("", [other])]


def test_capitals_name_nothing_where_every_word_has_one() -> None:
    text = (
        "The Old Mill On The River Was Sold To A Bank For A Very Small Sum Of Money By The Heirs Of The Miller In May"
    )
    assert not [slot for slot in slots("", [text]) if slot.kind is SlotKind.NAME]
    assert not [slot for slot in slots("Rain Falls On Northern Coast", []) if slot.kind is SlotKind.NAME]


def test_the_lone_first_word_of_a_sentence_is_no_name() -> None:
    assert not [slot for slot in slots("", ["Yesterday it rained. Tomorrow it may snow"]) if slot.kind is SlotKind.NAME]


def test_text_beyond_the_cap_is_not_read() -> None:
    assert not [slot for slot in slots("", ["a b c " * 5000, "he paid 77 crowns"]) if slot.value == "77"]


@pytest.mark.parametrize(
    ("numeral", "digits"),
    [("十", "10"), ("十二", "12"), ("二十", "20"), ("一百零三", "103"), ("四", "4"), ("二〇二四", "2024")],
)
def test_chinese_numerals_are_read(numeral: str, digits: str) -> None:
    assert han_number(numeral) == digits


@given(st.text(), st.lists(st.text(), max_size=4))
def test_any_text_can_be_asked_for_its_slots(title: str, paragraphs: list[str]) -> None:
    assert slots(title, paragraphs) == slots(title, paragraphs)
