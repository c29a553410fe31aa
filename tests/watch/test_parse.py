"""The query language: what it means, and where it says that a query cannot be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import QueryError
from ingest.model import FeedKind
from ingest.watch.evaluate import fits, found
from ingest.watch.parse import MAX_DEPTH, MAX_QUERY_CHARS, MAX_TERMS, parse
from ingest.watch.query import LEAD_TERMS
from ingest.watch.reading import Reading, Watched

SUMMIT = Watched(
    title="Leaders meet in Anchorage",
    text="The World Health Organization (WHO) said the peace talks would resume. Who pays for it is open. "
    + "Nothing else happened on that long day in the north. " * 10
    + "Delegates of Élysée asked for a naïve extension.",
    publisher="BBC Mundo",
    domain="bbc.com",
    kind=FeedKind.OUTLET,
    agency="Reuters",
    language="en",
)
SHOUTED = Watched(title="WHO WILL PAY FOR IT", text="Nobody knows.", publisher="Le Monde", language="fr")
BEIJING = Watched(
    title="G20峰会5月在北京举行", text="两国领导人在北京举行会谈。", publisher="人民日报", kind=FeedKind.WIRE
)


@pytest.mark.parametrize(
    ("query", "summit", "shouted", "beijing"),
    [
        ("peace", True, False, False),
        ("PEACE talks", True, False, False),
        ('"peace talks"', True, False, False),
        ('"talks peace"', False, False, False),
        ("“peace talks”", True, False, False),
        ("peace AND geneva", False, False, False),
        ("peace OR geneva", True, False, False),
        ("geneva OR peace anchorage", True, False, False),
        ("peace NOT anchorage", False, False, False),
        ("peace -geneva", True, False, False),
        ("(geneva OR peace) AND NOT (vienna OR oslo)", True, False, False),
        ("title:anchorage", True, False, False),
        ("title:peace", False, False, False),
        ("text:(peace talks)", True, False, False),
        ("lead:peace", True, False, False),
        ("lead:anchorage", True, False, False),
        ("lead:delegates", False, False, False),
        ("text:delegates", True, False, False),
        ("deleg*", True, False, False),
        ('"peace tal*"', True, False, False),
        ('"peace tal"*', True, False, False),
        ("elysee", True, False, False),
        ("=Élysée", True, False, False),
        ("=elysee", False, False, False),
        ("who", True, True, False),
        ("=WHO", True, False, False),
        ("=Who", True, False, False),
        ("=wHO", False, False, False),
        ("=IT OR =It", False, False, False),
        ('="World Health"', True, False, False),
        ('="world Health"', False, False, False),
        ("organization NEAR/3 peace", True, False, False),
        ("peace NEAR/3 organization", True, False, False),
        ("peace NEAR/2 organization", False, False, False),
        ("(geneva OR organization) NEAR/4 (vienna OR talks)", True, False, False),
        ("title:(leaders NEAR/1 anchorage)", False, False, False),
        ("title:(leaders NEAR/2 anchorage)", True, False, False),
        ("=WHO NEAR/2 said", True, False, False),
        ("publisher:bbc peace", True, False, False),
        ("publisher:bbc.com", True, False, False),
        ('publisher:"le monde"', False, True, False),
        ("publisher:mon*", False, True, False),
        ("publisher:人民日报", False, False, True),
        ("agency:reuters", True, False, False),
        ("language:fr who", False, True, False),
        ("language:(fr OR en) who", True, True, False),
        ("group:wire", False, False, True),
        ("group:french who", False, True, False),
        ("北京", False, False, True),
        ("北京举行", False, False, True),
        ("举行北京", False, False, False),
        ("5月", False, False, True),
        ("G20峰会", False, False, True),
        ("title:(峰会 NEAR/5 北京)", False, False, True),
    ],
)
def test_what_a_query_finds(query: str, summit: bool, shouted: bool, beijing: bool) -> None:
    parsed = parse(query, {"french": ("Le Monde", "Libération")})
    answers = [fits(parsed.root, Reading(article)) for article in (SUMMIT, SHOUTED, BEIJING)]
    assert answers == [summit, shouted, beijing]


@pytest.mark.parametrize(
    ("query", "at", "fault"),
    [
        ("", 0, "empty"),
        ("   ", 3, "empty"),
        ("a AND", 5, "the query ends"),
        ("AND a", 0, "AND stands where"),
        ("a OR OR b", 5, "OR stands where"),
        ("(a OR b", 0, "never closes"),
        ("a) OR b", 1, "without an opening"),
        ("a ()", 3, "closes on nothing"),
        ('a "b c', 2, "never ends"),
        ("a b*c", 3, "at the end of a word only"),
        ('a "b* c"', 4, "at the end of a word only"),
        ("a !!!", 2, "no word"),
        ("titel:a", 0, 'did you mean "title"'),
        ("a group:frensh", 8, 'did you mean "french"'),
        ("title:(a text:b)", 9, '"text:" inside "title:"'),
        ("publisher:=BBC", 10, "goes with words of the article"),
        ("a NEAR b", 2, "NEAR takes a number"),
        ("a NEAR/0 b", 7, "from 1 to"),
        ("a NEAR/999999999999 b", 7, "from 1 to"),
        ("(a b) NEAR/3 c", 0, "NEAR stands between words"),
        ("title:a NEAR/3 text:b", 15, "same field"),
        ("(title:a OR b) NEAR/3 c", 0, "same field"),
        ("京", 0, "alone"),
        ("NOT a", 0, "none of its words"),
        ("a OR NOT b", 5, "none of its words"),
        ("a OR -b", 5, "none of its words"),
        ("(" * (MAX_DEPTH + 1) + "a" + ")" * (MAX_DEPTH + 1), MAX_DEPTH, "nested deeper"),
        ("a " * (MAX_TERMS + 1), 2 * MAX_TERMS, "terms"),
        ("a" * (MAX_QUERY_CHARS + 1), MAX_QUERY_CHARS, "longer than"),
        ("(" + " OR ".join("abcdefghi") + ") NEAR/2 (" + " OR ".join("abcdefghi") + ")", 44, "pairs"),
    ],
)  # fmt: skip
def test_a_fault_is_told_with_its_place(query: str, at: int, fault: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(query, {"french": ("Le Monde",)})
    assert (caught.value.at, fault in caught.value.fault) == (at, True), caught.value
    assert str(caught.value).startswith(f"character {at + 1}: ")


def test_the_caret_stands_below_the_character_also_after_wide_ones() -> None:
    with pytest.raises(QueryError) as caught:
        parse("北京 OR titel:峰会")
    line, caret = caught.value.pointed().splitlines()
    assert line == "  北京 OR titel:峰会"
    assert caret == "  " + " " * (2 * 2 + 4) + "^"


@given(st.text(max_size=80))
def test_any_string_is_read_or_refused(text: str) -> None:
    try:
        query = parse(text)
    except QueryError as exc:
        assert 0 <= exc.at <= len(text)
        assert exc.pointed()
    else:
        assert fits(query.root, Reading(SUMMIT)) in (True, False)


def test_operators_in_small_letters_are_words() -> None:
    assert fits(parse("this or that").root, Reading(Watched(title="This or that", text="")))
    assert not fits(parse("this or that").root, Reading(Watched(title="This", text="")))


def test_what_was_found_is_named_as_the_query_names_it_with_its_place() -> None:
    query = parse('("peace talks" OR geneva OR anchor*) =WHO NOT vienna')
    assert [(one.label, one.column.value) for one in found(query, Reading(SUMMIT))] == [
        ('"peace talks"', "text"), ("anchor*", "title"), ("=WHO", "text"),
    ]  # fmt: skip


def test_the_lead_ends_after_so_many_words() -> None:
    text = "word " * (LEAD_TERMS - 2) + "last words beyond it"
    assert fits(parse('lead:"last words"').root, Reading(Watched(title="", text=text)))
    assert not fits(parse('lead:"words beyond"').root, Reading(Watched(title="", text=text)))
