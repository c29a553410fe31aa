"""Bylines to people."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.extract.names import fullest, people


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Ilse Brandvold and Tom Eck", ("Ilse Brandvold", "Tom Eck")),
        ("Von Jörg Müller, Anna Öhm", ("Jörg Müller", "Anna Öhm")),
        ("BY ILSE BRANDVOLD", ("Ilse Brandvold",)),
        ("Written by Martin King, Jr.", ("Martin King Jr",)),
        ("By Otto Vance, III and Lena Marsh, Ph.D.", ("Otto Vance III", "Lena Marsh Ph.D.")),
        ("By Ann Lee, Bob Ray, and Cy Dunn", ("Ann Lee", "Bob Ray", "Cy Dunn")),
        ("Henry Ford, sr., Ann Lee", ("Henry Ford Sr", "Ann Lee")),
        ("Ann Lee (in Lindal)", ("Ann Lee",)),
        ("By Ann Lee @annlee", ("Ann Lee",)),
        ("By Ann Lee Nov 3, 2026", ("Ann Lee",)),
        ("Автор: Анна Ли", ("Анна Ли",)),
        ("記者 王小明", ("王小明",)),
        ("Ann Lee; ann lee", ("Ann Lee",)),
        ("By Ann Lee, CNN", ("Ann Lee",)),
        ("KLTV", ()),
        ("Staff Reporter", ()),
        ("By Reuters", ()),
        ("newsroom@example.org", ()),
        ("https://example.org/ann", ()),
        ("A", ()),
        ("x" * 90, ()),
        ("one two three four five six seven", ()),
        ("-- !! --", ()),
        ("", ()),
    ],
)
def test_people_are_named_and_newsrooms_are_not(line: str, names: tuple[str, ...]) -> None:
    assert people([line]) == names


def test_the_site_itself_is_no_author() -> None:
    assert people(["The Lindal Gazette", "Ann Lee"], site=("the lindal gazette", "")) == ("Ann Lee",)


@pytest.mark.parametrize(
    "line", ["Ann Lee, Gazette Sport", "Ann Lee. Gazette", "Ann Lee | GAZETTE", "Ann Lee - Gazette"]
)
def test_the_house_behind_a_name_is_no_second_author(line: str) -> None:
    assert people([line], site=("Gazette",)) == ("Ann Lee",)


def test_what_is_shown_counts_where_it_names_more_people() -> None:
    assert fullest((), "Ann Lee", site=()) == ("Ann Lee",)
    assert fullest(("Ann Lee",), "Ann Lee and Tom Eck", site=()) == ("Ann Lee and Tom Eck",)
    assert fullest(("Ann Lee",), "Tom Eck", site=()) == ("Ann Lee",)  # another one: the machine's word
    assert fullest(("Ann Lee", "Tom Eck"), "Ann Lee", site=()) == ("Ann Lee", "Tom Eck")
    assert fullest((), "Newsroom Staff", site=()) == ()
    assert fullest(("Ann Lee",), None, site=()) == ("Ann Lee",)


@given(st.lists(st.text(max_size=80), max_size=6))
def test_any_lines_give_few_names_once_each(lines: list[str]) -> None:
    found = people(lines)
    assert len(found) == len(set(found)) <= 10
    assert all(2 <= len(name) <= 90 and "\n" not in name for name in found)
