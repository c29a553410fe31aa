"""Observations, what was learned, and epochs in the database."""

from __future__ import annotations

import json
import time
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.match.boilerplate import Boilerplate, passage_hash, passages
from ingest.match.clean import clean
from ingest.match.learning import FORGOTTEN_AFTER, is_due, learn, observe
from ingest.model import ArticleId, PublisherId
from ingest.model.boilerplate import Epoch, Learned, Observation, Opening
from ingest.store import boilerplate, stories
from ingest.text.tokens import words
from tests.match.articles import ARTICLES, BOXES
from tests.store.conftest import NOW, Desk

BOX = BOXES["en"]
HEADING = "Inside the newsroom"


def observed(desk: Desk, article_id: ArticleId) -> Observation:
    """Observe an article as matching does, and mark it as matched."""
    (document,) = stories.documents(desk.store.connection, [article_id])
    cleaned = clean(document.title, document.text)
    found = observe(document, cleaned.title, passages(cleaned.paragraphs))
    with desk.store.transaction():
        boilerplate.record(desk.store, found)
        stories.mark_matched(desk.store, article_id)
    return found


def printed(desk: Desk, number: int, *extra: str, publisher: str = "Gazette", language: str = "en") -> ArticleId:
    """An article of our own with these paragraphs behind its first."""
    title, first, second = ARTICLES[language][number]
    article_id = desk.article(title, "\n".join((first, *extra, second)), publisher=publisher)
    observed(desk, article_id)
    return article_id


def publisher(desk: Desk, name: str = "Gazette") -> PublisherId:
    return PublisherId(desk.one("SELECT id FROM publishers WHERE name = ?", name))


def relearn(desk: Desk, *names: str, since: timedelta = FORGOTTEN_AFTER) -> Epoch | None:
    """What the pipeline does for these publishers."""
    ids = [publisher(desk, name) for name in names or ("Gazette",)]
    found = {
        one: learn(boilerplate.observations(desk.store.connection, one), since=desk.now - since).learned for one in ids
    }
    return boilerplate.take_effect(desk.store, found, desk.now)


def waiting(desk: Desk) -> tuple[ArticleId, ...]:
    return stories.unmatched(desk.store.connection, limit=1000)


def test_an_observation_comes_back_as_it_was_written(desk: Desk) -> None:
    article_id = printed(desk, 0, BOX, "A decision is expected within 3 days.")
    (back,) = boilerplate.observations(desk.store.connection, publisher(desk))
    assert back == observed(desk, article_id)
    assert back.frames
    assert back.clearly_told


def test_an_epoch_marks_the_articles_that_hold_what_was_learned_and_no_others(desk: Desk) -> None:
    holding = [printed(desk, number, BOX) for number in range(3)]
    without = printed(desk, 3)
    elsewhere = printed(desk, 4, BOX, publisher="Courier")
    assert waiting(desk) == ()
    epoch = relearn(desk)
    assert epoch is not None
    assert (epoch.number, epoch.added, epoch.dropped) == (1, 1, 0)
    assert epoch.affected == waiting(desk) == (*holding, elsewhere)
    assert without not in epoch.affected
    known = Boilerplate(boilerplate.load(desk.store.connection))
    assert known.digest == epoch.digest == desk.one("SELECT digest FROM epochs")
    assert known.holds("Courier", passage_hash(words(BOX)))
    assert boilerplate.epoch(desk.store.connection) == 1
    assert json.loads(desk.one("SELECT detail FROM journal WHERE action = 'epoch'")) == {
        "epoch": 1, "added": 1, "dropped": 0, "affected": 4,
    }  # fmt: skip
    assert desk.is_sound()


def test_a_short_passage_concerns_its_publishers_articles_only(desk: Desk) -> None:
    holding = [printed(desk, number, HEADING) for number in range(3)]
    printed(desk, 4, HEADING, publisher="Courier")
    assert relearn(desk).affected == tuple(holding)


def test_what_stays_as_it_was_begins_no_epoch(desk: Desk) -> None:
    for number in range(3):
        printed(desk, number, BOX)
    relearn(desk)
    printed(desk, 3, BOX)
    assert relearn(desk) is None
    assert desk.one("SELECT articles FROM boilerplate") == 4
    for number in range(3):
        printed(desk, number, BOX, publisher="Courier")
    assert relearn(desk, "Courier") is None, "it is ignored everywhere already"
    assert boilerplate.epoch(desk.store.connection) == 1
    assert len(boilerplate.load(desk.store.connection)) == 2


def test_a_passage_that_is_learned_no_more_is_dropped_in_an_epoch_of_its_own(desk: Desk) -> None:
    articles = [printed(desk, number, BOX) for number in range(3)]
    relearn(desk)
    title, first, second = ARTICLES["en"][0]
    with desk.store.transaction():
        desk.settle(articles[0], title, f"{first}\n{second}")
    observed(desk, articles[0])
    for article_id in articles[1:]:
        stories.mark_matched(desk.store, article_id)
    epoch = relearn(desk)
    assert (epoch.number, epoch.added, epoch.dropped) == (2, 0, 1)
    assert epoch.affected == waiting(desk) == tuple(articles[1:])
    assert boilerplate.load(desk.store.connection) == ()


def test_a_failure_leaves_neither_epoch_nor_marks(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        printed(desk, number, BOX)
    before = list(desk.store.connection.iterdump())
    monkeypatch.setattr(boilerplate, "note", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        relearn(desk)
    assert list(desk.store.connection.iterdump()) == before


def test_lessons_count_what_came_and_not_what_was_only_matched_again(desk: Desk) -> None:
    articles = [printed(desk, number, BOX) for number in range(3)]
    (lesson,) = boilerplate.lessons(desk.store.connection)
    assert (lesson.articles, lesson.changed, lesson.learned_from, lesson.learned_at) == (3, 3, 0, None)
    assert is_due(lesson, desk.now, every=timedelta(days=1))
    relearn(desk)
    for article_id in articles:
        observed(desk, article_id)
    (lesson,) = boilerplate.lessons(desk.store.connection)
    assert (lesson.articles, lesson.changed, lesson.learned_from) == (3, 0, 3)
    assert (lesson.learned_at, lesson.oldest_at) == (desk.now, desk.now)
    assert not is_due(lesson, desk.now + timedelta(days=2), every=timedelta(days=1))
    with desk.store.transaction():
        desk.settle(articles[0], *ARTICLES["en"][0][:2])
    observed(desk, articles[0])
    (lesson,) = boilerplate.lessons(desk.store.connection)
    assert (lesson.articles, lesson.changed) == (3, 1)


def test_a_publisher_of_whom_nothing_is_new_and_nothing_learned_has_no_lesson(desk: Desk) -> None:
    printed(desk, 0)
    relearn(desk)
    assert boilerplate.lessons(desk.store.connection) == ()


def test_what_was_not_seen_for_ninety_days_is_dropped_at_relearning(desk: Desk) -> None:
    for number in range(3):
        printed(desk, number, BOX)
    relearn(desk)
    desk.now += timedelta(days=91)
    (lesson,) = boilerplate.lessons(desk.store.connection)
    assert is_due(lesson, desk.now, every=timedelta(days=1))
    assert relearn(desk).dropped == 1
    printed(desk, 3, BOX)
    assert relearn(desk).added == 1, "seen again, it is known again at once"


def test_old_observations_go_but_for_each_publishers_newest(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boilerplate, "KEPT_OBSERVATIONS", 2)
    for number in range(5):
        printed(desk, number)
        desk.now += timedelta(days=1)
    printed(desk, 0, publisher="Courier")
    assert boilerplate.prune(desk.store, desk.now - timedelta(days=3)) == 2
    assert [row["article_id"] for row in desk.rows("SELECT article_id FROM passages ORDER BY 1")] == [3, 4, 5, 6]
    assert boilerplate.prune(desk.store, desk.now + timedelta(days=99)) == 1


def test_only_the_newest_are_learned_from(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boilerplate, "MAX_OBSERVATIONS", 3)
    title, first, second = ARTICLES["en"][5]
    old = desk.article(title, f"{first}\n{BOX}\n{second}", at=NOW - timedelta(days=30))
    observed(desk, old)
    for number in range(3):
        printed(desk, number)
    held = boilerplate.observations(desk.store.connection, publisher(desk))
    assert len(held) == 3
    assert old not in {one.article_id for one in held}


def test_the_words_of_a_passage_are_kept_for_people(desk: Desk) -> None:
    articles = [printed(desk, number, BOX, f"{HEADING} ") for number in range(3)]
    relearn(desk)
    waiting_for_words = boilerplate.unworded(desk.store.connection, limit=9)
    assert {one.passage for one in waiting_for_words} == {passage_hash(words(text)) for text in (BOX, HEADING)}
    for one in waiting_for_words:
        assert one.example in articles
        (document,) = stories.documents(desk.store.connection, [one.example])
        found = passages(clean(document.title, document.text).paragraphs)
        boilerplate.word(desk.store, one, next(p.text for p in found if p.hash == one.passage))
    assert {row["words"] for row in desk.rows("SELECT words FROM boilerplate")} == {BOX, HEADING}
    assert boilerplate.unworded(desk.store.connection, limit=9) == ()
    relearn(desk)
    assert boilerplate.unworded(desk.store.connection, limit=9) == ()


def test_of_a_redacted_article_nothing_is_kept(desk: Desk) -> None:
    articles = [printed(desk, number, BOX) for number in range(3)]
    relearn(desk)
    (one,) = boilerplate.load(desk.store.connection)
    boilerplate.word(desk.store, one, BOX)
    with desk.store.transaction():
        boilerplate.forget_article(desk.store, one.example)
        boilerplate.forget_article(desk.store, one.example)
    assert desk.one("SELECT words FROM boilerplate") == ""
    (lesson,) = boilerplate.lessons(desk.store.connection)
    assert (lesson.articles, lesson.changed) == (2, 1)
    assert relearn(desk).dropped == 1
    assert {row["article_id"] for row in desk.rows("SELECT article_id FROM passages")} == set(articles) - {one.example}


def test_any_order_of_arrival_leads_to_the_same_passages(desk: Desk) -> None:
    found = []
    for name, order in (("Gazette", (0, 1, 2, 3)), ("Courier", (3, 1, 0, 2))):
        for number in order:
            printed(desk, number, BOX, HEADING, publisher=name)
            relearn(desk, name)
        held = [one for one in boilerplate.load(desk.store.connection) if one.publisher == name]
        found.append([(one.passage, one.articles, one.opens) for one in held])
    assert found[0] == found[1]
    assert len(found[0]) == 2


def test_bytes_of_another_make_are_refused(desk: Desk) -> None:
    printed(desk, 0)
    desk.store.connection.execute("UPDATE passages SET traits = x'ff00'")
    with pytest.raises(ValueError, match="no observation of this version"):
        boilerplate.observations(desk.store.connection, publisher(desk))


def test_recording_and_loading_are_quick(desk: Desk) -> None:
    """Growth, not a clock: eight times as many take about eight times as long, and not 64 times."""
    article_id = printed(desk, 0)
    found = observed(desk, article_id)

    def seconds(count: int) -> float:
        begun = time.process_time()
        with desk.store.transaction():
            for _ in range(count):
                boilerplate.record(desk.store, found)
        return time.process_time() - begun

    seconds(100)
    assert seconds(2000) < 32 * seconds(250) + 0.5


hashes = st.integers(1, (1 << 64) - 1)
terms = st.lists(st.integers(0, (1 << 32) - 1), max_size=20, unique=True).map(tuple)


@given(st.data(), st.lists(hashes, unique=True, max_size=64).map(tuple), hashes, terms)
def test_any_observation_survives_its_bytes(data: st.DataObject, held, rank, title) -> None:
    some = st.frozensets(st.sampled_from(held)) if held else st.just(frozenset())
    told = data.draw(some)
    found = Observation(
        article_id=ArticleId(7),
        publisher="Gazette",
        rank=rank,
        title=title,
        openings=tuple(Opening(passage=passage, terms=data.draw(terms)) for passage in held[:4]),
        passages=held,
        told=told,
        clearly_told=told & data.draw(some),
        frames=tuple((passage, 1 + passage % ((1 << 32) - 1)) for passage in held if data.draw(st.booleans())),
        seen_at=NOW,
    )
    packed = boilerplate.packed(found)
    assert boilerplate.unpacked(*packed, like=found) == found


def test_a_learned_passage_of_any_hash_comes_back(desk: Desk) -> None:
    article_id = printed(desk, 0)
    rows = tuple(
        Learned(
            publisher="Gazette", passage=passage, articles=3, opens=bool(passage & 2), example=article_id, seen_at=NOW
        )
        for passage in (1, 2, (1 << 63) - 1, 1 << 63, (1 << 64) - 1)
    )
    boilerplate.take_effect(desk.store, {publisher(desk): rows}, NOW)
    assert sorted(boilerplate.load(desk.store.connection), key=lambda one: one.passage) == list(rows)
