"""Names in credits and the publishers they mean."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.text.outfits import company_keys, could_be, name_keys


@pytest.mark.parametrize(
    ("name", "publisher"),
    [
        ("The Metro Herald", "metroherald.com"),
        ("Metro Herald", "www.metroherald.co.uk"),
        ("The Gazette", "Gazette"),
        ("AP News", "ap.org"),
        ("Guardian", "theguardian.com"),
    ],
)
def test_two_spellings_of_one_outfit_share_a_key(name: str, publisher: str) -> None:
    assert name_keys(name) & name_keys(publisher)


@pytest.mark.parametrize(
    ("name", "publisher"),
    [
        ("Gazette", "gazetteonline.example"),
        ("Metro", "metroherald.com"),
        ("Valley Times", "valleypost.example"),
        ("", "a.b"),
    ],
)
def test_names_that_only_begin_alike_share_none(name: str, publisher: str) -> None:
    assert not name_keys(name) & name_keys(publisher)


@pytest.mark.parametrize(
    ("company", "site"),
    [
        ("Acme Corp.", "acme.com"),
        ("Acme Robotics International, Inc.", "acmerobotics.com"),
        ("Acme Robotics International, Inc.", "acme.example"),
        ("Siemens AG", "siemens.com"),
        ("International Business Machines Corporation", "ibm.com"),
        ("Acme (NYSE: ACM)", "acme.com"),
        ("株式会社アクメ", "アクメ"),
    ],
)
def test_a_companys_site_is_told_by_its_name(company: str, site: str) -> None:
    assert company_keys(company) & name_keys(site)


@pytest.mark.parametrize(
    ("company", "site"), [("United Pumps Inc.", "united.com"), ("Acme Corp", "corp.com"), ("National Bank", "bank.com")]
)
def test_a_first_word_that_many_have_tells_no_company(company: str, site: str) -> None:
    assert not company_keys(company) & name_keys(site)


@pytest.mark.parametrize(
    ("name", "publisher", "can"),
    [
        ("The New York Times", "nytimes.com", True),
        ("Los Angeles Times", "latimes.com", True),
        ("Frankfurter Allgemeine Zeitung", "faz.net", True),
        ("Süddeutsche Zeitung", "sueddeutsche.de", True),
        ("EL PAÍS", "elpais.com", True),
        ("BBC News", "bbc.co.uk", True),
        ("新浪新闻", "sina.com.cn", True),
        ("Valley Lantern", "p1.example", False),
        ("Northern Star", "prairiewire.example", False),
    ],
)
def test_a_name_behind_a_title_can_be_its_publishers_or_cannot(name: str, publisher: str, can: bool) -> None:
    assert could_be(name, publisher) is can


@given(st.text(max_size=200), st.text(max_size=80))
@example(". 0\x850", "")  # a word that is nothing but the mark behind it
def test_any_words_can_be_asked(name: str, publisher: str) -> None:
    name_keys(name)
    company_keys(name)
    assert could_be(name, publisher) in (True, False)


def test_letters_without_end_cost_little() -> None:
    started = time.process_time()
    could_be("aaaa " * 20, "a" * 29 + "b.example")
    company_keys("a " * 5_000)
    assert time.process_time() - started < 3.0
