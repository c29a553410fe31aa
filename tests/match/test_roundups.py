"""A round-up tells of several stories and belongs to none; nothing but the articles themselves says what it is."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from ingest.match.batch import match_all
from ingest.model import Document, Group
from tests.match.samples import TEMPLATES, TEXTS, document

WEEK = timedelta(days=7)
GREETING = "Good evening from the ferry landing. Here is what was talked of while the tide went out."
FAREWELL = "That is all for tonight. Mind the third step on the way down."

EARNINGS = (
    "Calder Textiles closes the weaving shed at Holm Bridge",
    [
        "Calder Textiles will close its weaving shed at Holm Bridge in March and lay off 214 people, the company told "
        "the works council on Thursday, blaming the price of gas and a lost order from a chain of hotels.",
        "The shed has run since 1911. Its last twelve looms go to a museum in Eskmouth, which has promised to keep two "
        "of them weaving on Sundays.",
        "The union called the decision a betrayal. Its secretary, Nora Petts, said that the workers had given up two "
        "rounds of pay rises in return for a promise that the shed would stay open until 2030.",
        "A spokesman said that the promise had been made before the price of gas doubled.",
    ],
)
RESCUE = (
    "Three walkers found alive after two nights on Mount Ferrin",
    [
        "Three walkers who had been missing on Mount Ferrin since Tuesday were found alive on Thursday morning in a "
        "shepherd's hut below the north ridge, cold and hungry but unhurt, the mountain rescue service said.",
        "They had lost the path in fog and followed a stream downhill until one of them saw the roof of the hut.",
        "Forty volunteers, two dogs and a helicopter of the air force had searched the ridge for thirty hours. The dog "
        "that found them is called Biscuit and is to be given a medal by the mayor of Upper Ferrin.",
        "The service asked walkers to leave word of their route with the innkeepers.",
    ],
)


def _stories() -> list[tuple[str, list[str]]]:
    title, paragraphs = TEXTS["en"]
    return [(title, list(paragraphs)), EARNINGS, RESCUE]


def _articles() -> list[Document]:
    """Three stories of two articles each, whole and cut to the first two paragraphs."""
    found = []
    for number, (title, paragraphs) in enumerate(_stories()):
        found.append(document(10 * number + 1, title, "\n".join(paragraphs), minutes=5.0 * number))
        found.append(document(10 * number + 2, title, "\n".join(paragraphs[:2]), minutes=60 + 5.0 * number))
    return found


def _group_of(groups: tuple[Group, ...], number: int) -> Group:
    return next(group for group in groups if any(member.article_id == number for member in group.members))


@pytest.mark.parametrize("greeting", [(GREETING,), ()], ids=["with a greeting", "first item first"])
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
@pytest.mark.parametrize("title", ["Before the tide", "Evening briefing", "Talks, looms and a dog called Biscuit"])
def test_an_article_of_openings_stands_alone(greeting: tuple[str, ...], order: tuple[int, ...], title: str) -> None:
    leads = [_stories()[place][1][0] for place in order]
    briefing = document(99, title, "\n".join([*greeting, *leads, FAREWELL]), minutes=90)
    groups = match_all([*_articles(), briefing], window=WEEK).groups
    assert [len(group.members) for group in groups] == [2, 2, 2, 1]
    assert _group_of(groups, 99).members[0].reason == "roundup"


def test_a_copy_of_a_round_up_joins_it() -> None:
    text = "\n".join([GREETING, *(paragraphs[0] for _, paragraphs in _stories()), FAREWELL])
    first = document(98, "Before the tide", text, minutes=90)
    second = document(99, "What they talked of", "Image\n3 hours ago 14\n" + text, minutes=120)
    groups = match_all([*_articles(), first, second], window=WEEK).groups
    assert [member.article_id for member in _group_of(groups, 99).members] == [98, 99]


def test_background_from_one_other_story_makes_no_round_up() -> None:
    """An article may retell another story's opening; it stays with its own."""
    title, paragraphs = EARNINGS
    background = _stories()[2][1][0]
    longer = document(99, f"{title}: the reaction", "\n".join([*paragraphs, background]), minutes=90)
    groups = match_all([*_articles(), longer], window=WEEK).groups
    assert [member.article_id for member in _group_of(groups, 99).members] == [11, 12, 99]


def test_a_story_whose_retellings_differ_is_not_taken_for_many() -> None:
    """The openings that a new top pushes down belong to one story, however its copies were cut."""
    title, paragraphs = RESCUE
    top = (
        "The dog that found three walkers on Mount Ferrin was given its medal on Friday in front of six hundred people "
        "and a brass band, and ate the ribbon."
    )
    forms = ["\n".join(paragraphs), "\n".join(paragraphs[:1]), "\n".join(paragraphs[:3]), "\n".join(paragraphs[::2])]
    articles = [document(number + 1, title, form, minutes=10.0 * number) for number, form in enumerate(forms)]
    later = document(99, title, "\n".join([top, *paragraphs]), minutes=600)
    (group,) = match_all([*articles, later], window=WEEK).groups
    assert len(group.members) == 5


def test_what_is_a_round_up_depends_on_no_order() -> None:
    template_title, template_text, sets = next(iter(TEMPLATES.values()))
    leads = [paragraphs[0] for _, paragraphs in _stories()]
    articles = [
        *_articles(),
        document(97, "Before the tide", "\n".join([GREETING, *leads]), minutes=90),
        document(98, template_title.format(*sets[0]), template_text.format(*sets[0]), minutes=95),
        document(99, "After the tide", "\n".join([*leads[::-1], FAREWELL]), minutes=100),
    ]
    expected = match_all(articles, window=WEEK).groups
    for seed in range(5):
        shuffled = random.Random(seed).sample(articles, len(articles))
        assert match_all(shuffled, window=WEEK).groups == expected
