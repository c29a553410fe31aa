"""What is learned from a publisher's articles, what is not, and that their order changes nothing."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.match.boilerplate import Boilerplate, passage_hash, passages
from ingest.match.clean import clean
from ingest.match.learning import FORGOTTEN_AFTER, is_due, learn, observe
from ingest.model import ArticleId, Document, PublisherId
from ingest.model.boilerplate import Lesson, Observation, Opening
from ingest.text.tokens import words
from tests.match.articles import ARTICLES, BOXES

NOW = datetime(2026, 5, 5, 12, tzinfo=UTC)
BOX = BOXES["en"]


def seen(title: str, *paragraphs: str, number: int = 0, publisher: str = "Gazette", **more) -> Observation:
    """An article as it is observed."""
    text = "\n".join(paragraphs)
    document = Document(id=ArticleId(number), key=str(number), title=title, text=text, publisher=publisher)
    cleaned = clean(title, text)
    return observe(document, cleaned.title, passages(cleaned.paragraphs), **more)


def with_box(language: str, count: int, box: str, publisher: str = "Gazette") -> list[Observation]:
    """So many articles, each with the box behind its first paragraph."""
    return [
        seen(title, first, box, second, number=number, publisher=publisher)
        for number, (title, first, second) in enumerate(ARTICLES[language][:count])
    ]


def held(known: Boilerplate, *texts: str, publisher: str = "Gazette") -> list[bool]:
    return [known.holds(publisher, passage_hash(words(text))) for text in texts]


@pytest.mark.parametrize("language", BOXES)
def test_a_box_under_three_unrelated_articles_is_learned_and_nothing_else(language: str) -> None:
    known = learn(with_box(language, 3, BOXES[language]))
    assert held(known, BOXES[language]) == [True]
    assert (len(known), known.learned[0].articles) == (1, 3)


def test_a_box_under_two_articles_is_not_learned() -> None:
    assert len(learn(with_box("en", 2, BOX))) == 0


@pytest.mark.parametrize("number", range(3))
def test_a_passage_that_one_of_three_tells_of_itself_is_its_text(number: int) -> None:
    """The two others carry it without a word of theirs that speaks of it: one witness too few."""
    title, first, own = ARTICLES["en"][number]
    told = f"{title}: {first} {own}"
    found = [
        seen(*((title, first, told) if each == number else (*ARTICLES["en"][each][:2], told)), number=each)
        for each in range(3)
    ]
    assert held(learn(found), told) == [False]
    strangers = [seen(*ARTICLES["en"][each][:2], told, number=each) for each in range(4) if each != number]
    assert held(learn(strangers), told) == [True]


def test_each_publisher_is_learned_from_alone() -> None:
    observations = [replace(one, publisher=f"Paper {one.article_id}") for one in with_box("en", 6, BOX)]
    assert len(learn(observations)) == 0
    assert len(learn([replace(one, publisher="") for one in observations])) == 0


def test_revisions_of_one_story_teach_nothing() -> None:
    title, first, second = ARTICLES["en"][0]
    versions = [seen(f"UPDATE {n}-{title}", first, second, f"Lorry count {n} hundred.", number=n) for n in range(10)]
    assert len(learn(versions)) == 0


def test_copies_under_new_titles_and_local_openings_teach_nothing() -> None:
    _, first, second = ARTICLES["en"][0]
    local = (
        ("Lorries must take tunnel as bridge closes", "Shops in Lenswick fear for their Saturday trade."),
        ("Crack found in bridge pier", "Commuters from Dunholm queued for an hour at the toll."),
        ("Barge hits harbour bridge at dawn", "Anglers watched from the mole and filmed everything."),
        ("Divers inspect bridge", "Mayor Orchard cancelled her holiday over breakfast."),
    )
    rest = ("Its owner blamed a rudder.", "Salvage tugs arrived from the estuary before noon.")
    known = learn(seen(title, own, first, second, *rest, number=n) for n, (title, own) in enumerate(local))
    assert len(known) == 0


def test_background_that_follow_ups_repeat_is_no_boilerplate() -> None:
    background = (
        "Banker Anders Holm is accused of taking four million crowns from clients of Norland Savings.",
        "He denies all charges; the bank folded when pensioners queued for their deposits.",
    )
    reports = (
        ("Holm trial hears first witness", "A cashier told the court on Monday how vaults were emptied."),
        ("Banker Holm wept over ledgers, court told", "Auditor Piet Maas described nights among ledgers of the bank."),
        ("Jury sent out in Holm case", "After nine weeks twelve jurors withdrew to weigh charges against Anders Holm."),
        ("Holm found guilty of fraud", "Anders Holm embezzled pensions at Norland Savings, a jury in Kolding found."),
        ("Holm sentenced to eight years", "Judges sent the founder of Norland Savings to prison for fraud."),
    )
    assert len(learn(seen(t, own, *background, number=n) for n, (t, own) in enumerate(reports))) == 0


PLACES = ("Ashdale", "Corby", "Fairview", "Holbeck", "Lenswick", "Dunholm")
FIXED = "Drivers are asked to allow more time for their journeys and to check before they travel."


def weather(number: int) -> Observation:
    return seen(
        f"Weather forecast for {PLACES[number]}: sun expected",
        f"The weather in {PLACES[number]} will be bright with a high of {14 + number} degrees, forecasters said.",
        f"Winds of up to {30 + number} kilometres an hour from the west are expected.",
        FIXED,
        number=number,
    )


def test_forms_filled_in_again_teach_nothing_by_themselves() -> None:
    assert len(learn(map(weather, range(6)))) == 0


def test_a_sentence_that_comes_with_other_figures_elsewhere_is_a_form() -> None:
    articles = [
        seen(title, first, second, f"A decision is expected within {days} days.", number=10 * days + number)
        for days in (3, 14)
        for number, (title, first, second) in enumerate(ARTICLES["en"][: 3 if days == 3 else 1])
    ]
    assert held(learn(articles[:3]), "A decision is expected within 3 days.") == [True]
    assert len(learn(articles)) == 0


def test_a_standing_lede_and_what_stands_behind_it_open_and_a_teaser_does_not() -> None:
    lede, second_lede = (
        "From our regional desk with the correspondents of four towns:",
        "Printed in the evening edition.",
    )
    second_lede += " Letters to the usual address."
    teaser = "A pilot who sailed alone around the cape was welcomed by fireboats and by her twin."
    articles = [
        seen(title, lede, second_lede, first, second, teaser, number=number)
        for number, (title, first, second) in enumerate(ARTICLES["en"][:4])
    ]
    own = seen("Lone sailor home from cape", lede, second_lede, teaser, "Her log has nine volumes.", number=9)
    known = learn([*articles, own])
    assert held(known, lede, second_lede, teaser) == [True] * 3
    assert {one.passage: one.opens for one in known.learned} == {
        passage_hash(words(text)): opens for text, opens in ((lede, True), (second_lede, True), (teaser, False))
    }
    left = known.strip("Gazette", "Home at last", passages([lede, second_lede, teaser, "Her log has nine volumes."]))
    assert left.paragraphs == (teaser, "Her log has nine volumes.")


def test_round_ups_are_no_witnesses() -> None:
    item = ARTICLES["en"][5][1]
    issues = [
        seen(title, first, item, number=number, witness=number < 2)
        for number, (title, first, _) in enumerate(ARTICLES["en"][:4])
    ]
    assert len(learn(issues)) == 0


def test_the_name_of_a_publisher_in_its_titles_tells_nothing() -> None:
    box = "Ashdale news and nothing but news comes to your door before six in the morning."
    articles = [
        seen(f"{title} in Ashdale", first, box, second, number=number, publisher="ashdale-post.example")
        for number, (title, first, second) in enumerate(ARTICLES["en"])
    ]
    assert held(learn(articles), box, publisher="ashdale-post.example") == [True]
    assert len(learn(replace(one, told=frozenset(one.passages)) for one in articles)) == 0


def invented(rng: random.Random, count: int, *always: str) -> str:
    """So many words of a language that nobody lists, and some that are always there."""
    return " ".join([*always, *("".join(rng.choices("bdfgklmnprstaeiou", k=7)) for _ in range(count))])


def test_words_that_most_articles_have_relate_none() -> None:
    rng = random.Random(3)
    always = ("gedabo", "kulami", "poreti", "sadune")
    articles = [
        seen(invented(rng, 5), invented(rng, 12, *always), BOX, invented(rng, 12, *always), number=n) for n in range(24)
    ]
    assert held(learn(articles), BOX) == [True]
    assert len(learn(articles[:10])) == 0  # of ten nobody knows yet which words are common


def test_the_names_of_a_trial_that_fills_a_paper_are_no_common_words() -> None:
    rng = random.Random(4)
    names = ("Gedabo", "Kulami", "Poreti")
    background = (invented(rng, 14, "Gedabo"), invented(rng, 14, "Poreti"))
    others = [seen(invented(rng, 5), invented(rng, 15), BOX, invented(rng, 15), number=n) for n in range(15)]
    trial = [
        seen(invented(rng, 4, names[n % 3]), invented(rng, 15, *names), *background, BOX, number=20 + n)
        for n in range(10)
    ]
    assert held(learn([*others, *trial]), BOX, *background) == [True, False, False]


def test_what_was_not_seen_for_long_is_left_out() -> None:
    articles = [replace(one, seen_at=NOW - timedelta(days=100 + one.article_id)) for one in with_box("en", 4, BOX)]
    assert learn(articles).learned[0].seen_at == NOW - timedelta(days=100)
    assert len(learn(articles, since=NOW - FORGOTTEN_AFTER)) == 0
    assert len(learn([*articles[1:], replace(articles[0], seen_at=NOW)], since=NOW - FORGOTTEN_AFTER)) == 1
    assert len(learn([replace(one, seen_at=None) for one in articles], since=NOW)) == 1


def test_of_a_very_long_article_top_and_tail_are_remembered() -> None:
    lines = [f"line number {number} of a very long article indeed" for number in range(3000)]
    found = seen("Title", *lines)
    assert len(found.passages) == 64
    assert found.passages[39:41] == tuple(passage_hash(words(lines[number])) for number in (39, 2976))


def test_what_is_learned_works_on_the_articles_it_was_learned_from() -> None:
    known = learn(with_box("en", 6, BOX))
    for title, first, second in ARTICLES["en"]:
        assert known.strip("Gazette", title, passages([first, BOX, second])).paragraphs == (first, second)
        assert known.concerns(seen(title, first, BOX, second))
        assert not known.concerns(seen(title, first, second))


def lesson(**more) -> Lesson:
    plain = {"articles": 5, "learned_from": 5, "changed": 1, "learned_at": NOW, "oldest_at": None}
    return Lesson(publisher_id=PublisherId(1), **(plain | more))


@pytest.mark.parametrize(
    ("state", "due"),
    [
        (lesson(learned_at=None), True),
        (lesson(learned_at=None, articles=2), False),
        (lesson(), False),
        (lesson(articles=10), True),
        (lesson(articles=9), False),
        (lesson(articles=31, learned_from=12), True),
        (lesson(learned_at=NOW - timedelta(days=1)), True),
        (lesson(learned_at=NOW - timedelta(days=1), changed=0), False),
        (lesson(learned_at=NOW - timedelta(days=1), changed=0, oldest_at=NOW - timedelta(days=91)), True),
        (lesson(changed=0, oldest_at=NOW - timedelta(days=91)), False),
        (lesson(learned_at=NOW - timedelta(days=1), articles=2, oldest_at=NOW), True),
    ],
)
def test_a_publisher_is_due_daily_and_at_round_numbers(state: Lesson, due: bool) -> None:
    assert is_due(state, NOW, every=timedelta(days=1)) is due


ALL = [
    *(seen(t, f, BOX, s, number=n) for n, (t, f, s) in enumerate(ARTICLES["en"])),
    *(seen(t, f, BOXES["de"], BOX, s, number=20 + n) for n, (t, f, s) in enumerate(ARTICLES["de"])),
    *(seen(t, f, s, BOXES["zh"], number=40 + n, publisher="Courier") for n, (t, f, s) in enumerate(ARTICLES["zh"])),
    *(seen(ARTICLES["en"][0][0], *ARTICLES["en"][0][1:], BOX, f"Version {n}", number=60 + n) for n in range(4)),
]


@given(st.permutations(ALL), st.integers(0, len(ALL)))
def test_the_order_of_articles_changes_nothing(shuffled: list[Observation], count: int) -> None:
    part = shuffled[:count]
    assert learn(part).learned == learn(sorted(part, key=lambda one: one.article_id)).learned
    assert learn(part).digest == learn(reversed(part)).digest


@st.composite
def made_up(draw: st.DrawFn) -> list[Observation]:
    """Observations over few passages and terms, so that much is shared."""
    few = st.lists(st.integers(1, 9), unique=True, max_size=6).map(tuple)
    made = []
    for number in range(draw(st.integers(0, 25))):
        held = draw(few)
        openings = tuple(
            Opening(passage=p, terms=draw(st.lists(st.integers(1, 99), max_size=4, unique=True).map(tuple)))
            for p in held[:4]
        )
        told = frozenset(p for p in held if draw(st.integers(0, 9)) == 0)
        made.append(
            Observation(
                article_id=ArticleId(number),
                publisher=draw(st.sampled_from("ab")),
                rank=draw(st.integers(0, 3)),
                title=draw(st.lists(st.integers(1, 99), max_size=3, unique=True).map(tuple)),
                openings=openings,
                passages=held,
                told=told,
                clearly_told=frozenset(),
                frames=tuple((p, p % 4 + 1) for p in held if p < 3),
            )
        )
    return made


@given(made_up(), st.randoms())
def test_the_order_of_any_observations_changes_nothing(made: list[Observation], rng: random.Random) -> None:
    shuffled = list(made)
    rng.shuffle(shuffled)
    assert learn(shuffled).learned == learn(made).learned
