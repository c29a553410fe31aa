"""Strangers' words, times and addresses as short pieces that are safe in a mail."""

from __future__ import annotations

import unicodedata
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.publish import wording

BERLIN = ZoneInfo("Europe/Berlin")
DAY = date(2026, 11, 3)
WORDS = st.text(alphabet=st.sampled_from("ab c漢字é\u0301\u200d😀.-"), max_size=80)


@given(st.text(max_size=300), st.integers(2, 80))
def test_a_flat_text_is_one_short_line_without_anything_unseen(text: str, most: int) -> None:
    line = wording.flat(text, most)
    assert len(line) <= most
    assert line == line.strip() and "  " not in line
    assert not [char for char in line if unicodedata.category(char) in ("Cc", "Cs", "Zl", "Zp")]
    assert not set(line) & set("\u202e\u2066\u200b\ufeff\U000e0041")
    assert wording.flat(line, most) == line


def test_a_cut_falls_between_words_where_one_ends_near() -> None:
    assert wording.flat("the ferry fleet stays", 12) == "the ferry…"
    assert wording.flat("a" + "b" * 30, 12) == "abbbbbbbbbb…"
    assert wording.flat("one, two, three", 9) == "one, two…"


def test_joiners_that_a_script_needs_are_kept() -> None:
    assert wording.flat("می\u200cشود 👩\u200d🚒", 50) == "می\u200cشود 👩\u200d🚒"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two. Three.", "One. Two."),
        ("Dr. A. Aas of the U.S. Senate spoke on Nov. 2 here. Then she left. More.",
         "Dr. A. Aas of the U.S. Senate spoke on Nov. 2 here. Then she left."),
        ("Am 12. Mai war es so. Im Jahr 2026. Drei.", "Am 12. Mai war es so. Im Jahr 2026."),
        ("He asked “Why?” She said “No!” They left.", "He asked “Why?” She said “No!”"),
        ("第一句。第二句！第三句。", "第一句。第二句！"),
        ("... Then. More. And.", "... Then."),
        ("No end", "No end"),
        ("", ""),
    ],
)  # fmt: skip
def test_the_first_two_sentences_end_where_sentences_end(text: str, expected: str) -> None:
    assert wording.first_sentences(text, 2, 200) == expected


@given(st.text(max_size=200), st.integers(1, 3), st.integers(2, 60))
def test_sentences_never_run_over(text: str, wanted: int, most: int) -> None:
    assert len(wording.first_sentences(text, wanted, most)) <= most


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        ("https://example.org/ü/%20", "https://example.org/%C3%BC/%20"),
        ("http://[::1]:8001/", "http://[::1]:8001/"),
        (None, None),
        ("", None),
        ("javascript:alert(1)", None),
        ("HTTPS:example.org", None),
        ("https://user@example.org/", None),
        ("https://exa mple.org/", None),
        ('https://example.org/"onx', None),
        ("https://example.org/\u202e", None),
        ("https://[::1/", None),
        ("https://example.org/" + "ü" * 1_000, None),
        ("https://example.org/" + "a" * 3_000, None),
    ],
)
def test_a_link_is_a_plain_web_address_or_none(url: str | None, link: str | None) -> None:
    assert wording.safe_link(url) == link


@given(st.text(max_size=60) | st.text(max_size=40).map(lambda text: f"https://a.example/{text}"))
def test_any_link_is_ascii_without_a_quote_or_blank(url: str) -> None:
    link = wording.safe_link(url)
    if link is not None:
        assert link.isascii() and not set(link) & set(' "<>\\\r\n\t')
        assert urlsplit(link).scheme in ("http", "https")
        assert wording.safe_link(link) == link


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (datetime(2026, 11, 3, 5, 12, tzinfo=UTC), "06:12"),
        (datetime(2026, 11, 2, 17, 40, tzinfo=UTC), "Mon 18:40"),
        (datetime(2026, 11, 2, 23, 30, tzinfo=UTC), "00:30"),
        (datetime(2026, 10, 28, 17, 40, tzinfo=UTC), "Wed 18:40"),
        (datetime(2026, 10, 27, 17, 40, tzinfo=UTC), "27 October 18:40"),
        (datetime(2025, 10, 27, 17, 40, tzinfo=UTC), "27 October 2025 18:40"),
        (datetime(2026, 11, 4, 17, 40, tzinfo=UTC), "Wed 18:40"),
    ],
)
def test_a_time_says_as_much_of_its_date_as_the_reader_needs(at: datetime, text: str) -> None:
    assert wording.clock(at, BERLIN, DAY) == text


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(seconds=-5), "0 s"),
        (timedelta(seconds=40), "40 s"),
        (timedelta(minutes=14, seconds=59), "14 min"),
        (timedelta(hours=1), "1 h"),
        (timedelta(hours=1, minutes=20), "1 h 20 min"),
        (timedelta(days=1), "1 day"),
        (timedelta(days=2, hours=3, minutes=9), "2 days 3 h"),
    ],
)
def test_a_length_of_time_has_two_units_at_most(length: timedelta, text: str) -> None:
    assert wording.span(length) == text


@pytest.mark.parametrize(
    ("names", "most", "text"),
    [
        ([], 2, ""), (["A"], 2, "A"), (["A", "B"], 2, "A and B"), (["A", "B", "C"], 2, "A, B and C"),
        (["A", "B", "C", "D"], 2, "A, B and 2 more"), (["A", "B"], 0, ""), (["A"], 0, "A"),
    ],
)  # fmt: skip
def test_a_list_of_names_ends_in_a_number_when_it_is_long(names: list[str], most: int, text: str) -> None:
    assert wording.bounded_list(names, most) == text


@given(WORDS, st.integers(8, 40), st.sampled_from(["    ", "      "]))
def test_wrapping_loses_no_word_and_keeps_the_width(text: str, width: int, indent: str) -> None:
    lines = wording.wrap(text, width, indent=indent, first=" 1. ")
    assert "".join("".join(lines).split()).removeprefix("1.") == "".join(text.split())
    for line in lines:
        assert wording.columns(line) <= width or len(line.removeprefix(" 1. ").split()) == 1


def test_a_combining_mark_stays_with_its_wide_letter() -> None:
    assert wording.wrap("漢\u0301字漢字", 4) == ["漢\u0301字", "漢字"]
    assert wording.columns("漢\u0301é\u200d") == 3
