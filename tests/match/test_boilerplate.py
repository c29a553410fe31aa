"""Passages, and what is left of a text without those that were learned."""

from __future__ import annotations

import gc
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.match.boilerplate import Boilerplate, content, passage_hash, passages
from ingest.model import ArticleId
from ingest.model.boilerplate import Learned
from ingest.text.tokens import words
from tests.match.articles import ARTICLES, BOXES

TITLE, FIRST, SECOND = ARTICLES["en"][0]
BOX = BOXES["en"]
OTHER_BOX = "This paper belongs to nine thousand households that share what it earns and what it owes."


def learned(*texts: str, publisher: str = "Gazette", opens: bool = False) -> Boilerplate:
    return Boilerplate(
        Learned(publisher=publisher, passage=passage_hash(words(t)), articles=3, opens=opens, example=ArticleId(1))
        for t in texts
    )


def stripped(known: Boilerplate, *paragraphs: str, publisher: str | None = "Gazette", title: str = TITLE):
    return known.strip(publisher, title, passages(paragraphs))


@pytest.mark.parametrize("language", BOXES)
def test_a_learned_box_goes_and_the_article_stays(language: str) -> None:
    title, first, second = ARTICLES[language][0]
    left = stripped(learned(BOXES[language]), first, BOXES[language], second, title=title)
    assert left.paragraphs == (first, second)
    assert left.words == (words(first), words(second))
    assert (left.removed, left.own_words) == (1, len(words(first)) + len(words(second)))
    assert 0.2 < left.share < 0.6


def test_a_box_is_known_by_its_words_whatever_its_case_and_marks() -> None:
    assert stripped(learned(BOX), FIRST, f"» {BOX.upper()} «", SECOND).removed == 1


def test_a_long_passage_goes_from_anybodys_article_and_a_short_one_from_its_publishers() -> None:
    known = learned(BOX, "More from the harbour")
    text = (FIRST, "More from the harbour", BOX, SECOND)
    assert stripped(known, *text).paragraphs == (FIRST, SECOND)
    for other in ("Courier", None):
        assert stripped(known, *text, publisher=other).paragraphs == (FIRST, "More from the harbour", SECOND)
    assert known.holds("Gazette", passage_hash(["more", "from", "the", "harbour"]))
    assert not known.holds("Courier", passage_hash(["more", "from", "the", "harbour"]))


def test_what_the_title_speaks_of_stays() -> None:
    teaser = "The harbour bridge is shut to lorries until its cracked pier has been filled."
    assert stripped(learned(teaser), FIRST, SECOND, teaser).removed == 0
    assert stripped(learned(teaser), FIRST, SECOND, teaser, title="Choir wins prize in Graz").removed == 1


def test_the_title_itself_stays() -> None:
    heading = "What to know now"
    assert stripped(learned(heading), heading, FIRST, SECOND, title="What to Know Now!").removed == 0


def test_a_passage_that_opens_a_text_goes_only_when_it_was_learned_as_an_opening() -> None:
    assert stripped(learned(BOX), BOX, FIRST, SECOND).removed == 0
    assert stripped(learned(BOX, opens=True), BOX, FIRST, SECOND).paragraphs == (FIRST, SECOND)


def test_behind_a_standing_lede_the_texts_own_opening_stays() -> None:
    lede = learned(BOX, opens=True).learned
    known = Boilerplate((*lede, *learned(FIRST).learned))
    assert stripped(known, BOX, FIRST, SECOND, title="x").paragraphs == (FIRST, SECOND)


def test_a_text_of_little_more_than_boilerplate_is_kept_whole_and_says_so() -> None:
    brief = "Eleven words of news stand here on top of the box."
    left = stripped(learned(BOX), brief, BOX)
    assert left.paragraphs == (brief, BOX)
    assert (left.removed, left.own_words) == (0, 11)
    assert left.share > 0.5


def test_a_text_of_which_over_85_of_100_words_are_boilerplate_is_kept_whole() -> None:
    boxes = [f"{BOX} {OTHER_BOX} Number {number}." for number in range(3)]
    known = learned(*boxes)
    assert stripped(known, FIRST, *boxes).removed == 0
    assert stripped(known, f"{FIRST} {SECOND}", *boxes[:2]).removed == 2


def test_a_long_paragraph_counts_as_its_sentences() -> None:
    sentences = [f"{text.rstrip('.')}. " for _, first, second in ARTICLES["en"] for text in (first, second)]
    flat = "".join([*sentences, BOX])
    assert [passage.text for passage in passages([flat])] == [*sentences, BOX]
    left = stripped(learned(BOX), flat)
    assert left.paragraphs == (flat.removesuffix(BOX).strip(),)
    assert left.words == (words("".join(sentences)),)


def test_a_long_paragraph_without_blanks_counts_as_its_sentences() -> None:
    flat = "".join(text for _, first, second in ARTICLES["zh"] for text in (first, second)) + BOXES["zh"]
    assert len(passages([flat])) >= 8
    left = stripped(learned(BOXES["zh"]), flat, title="港口")
    assert left.paragraphs == (flat.removesuffix(BOXES["zh"]),)


def test_of_a_very_long_text_top_and_tail_are_looked_at() -> None:
    lines = [f"{FIRST} {number}" for number in range(100)]
    for place, removed in ((39, 1), (40, 0), (76, 0), (77, 1)):
        assert stripped(learned(BOX), *lines[:place], BOX, *lines[place:]).removed == removed


def test_hashes_are_the_same_on_every_machine() -> None:
    assert passage_hash(["a", "b"]) == 2952434739088078778
    assert passage_hash([]) == 0


def test_a_passage_of_many_words_is_odd() -> None:
    assert passage_hash(words(BOX)) % 2 == passage_hash(words(BOXES["zh"])) % 2 == 1
    assert passage_hash(words("More from the harbour")) % 2 == passage_hash(words("更多港口新闻请看")) % 2 == 0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The judges said 2026 would be about nothing", {"judges", "nothing"}),
        ("Die Richterin hat nach dem Urteil", {"richterin", "urteil"}),
        ("مصر على نهر النيل", {"مصر", "نهر", "النيل"}),
        ("大桥的桥墩", {"大桥", "桥墩"}),
        ("한국 서울 그리고", {"한국", "서울"}),
    ],
)
def test_words_of_content_are_neither_short_nor_common(text: str, expected: set[str]) -> None:
    assert content(words(text)) == expected


def test_equal_effects_have_one_digest() -> None:
    twice = Boilerplate((*learned(BOX).learned, *learned(BOX, publisher="Courier").learned))
    assert twice.digest == learned(BOX).digest
    assert learned("More from here").digest != learned("More from here", publisher="Courier").digest
    assert learned(BOX).digest != learned(BOX, opens=True).digest
    assert Boilerplate().digest == Boilerplate(()).digest != learned(BOX).digest
    assert (len(twice), len(Boilerplate())) == (2, 0)


@pytest.mark.parametrize("text", ["." * 150_000, "a." * 70_000, "x! " * 60_000, "。” " * 60_000, ". " * 90_000])
def test_no_text_takes_quadratic_time(text: str) -> None:
    def seconds(part: str) -> float:
        gc.disable()  # a collection walks what other tests have left behind
        try:
            begun = time.process_time()
            stripped(learned(BOX), part, BOX)
            return time.process_time() - begun
        finally:
            gc.enable()

    seconds(text[:1000])
    assert seconds(text) < 32 * seconds(text[: len(text) // 8]) + 0.3  # eight times is linear, 64 times quadratic


PARAGRAPHS = st.lists(st.one_of(st.text(max_size=60), st.sampled_from([BOX, FIRST, SECOND, f"{BOX} " * 9])), max_size=8)


@given(PARAGRAPHS, st.sets(st.sampled_from([BOX, FIRST, "a", ""])), st.text(max_size=20), st.booleans())
def test_stripping_leaves_only_whole_passages_of_the_text(paragraphs, known, title, opens) -> None:
    found = passages(paragraphs)
    assert "".join(passage.text for passage in found) == "".join(paragraphs)
    left = learned(*known, opens=opens).strip("Gazette", title, found)
    assert len(left.paragraphs) == len(left.words)
    assert sum(map(len, left.words)) == sum(len(p.words) for p in found) if not left.removed else left.own_words
    assert not left.removed or sum(map(len, left.words)) == left.own_words >= 12
    assert 0.0 <= left.share <= 1.0
    assert Boilerplate().strip("Gazette", title, found).removed == 0
