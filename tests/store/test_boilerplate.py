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

SQL = """
-- what learning remembers of an article: hashes, of which no word can be read
CREATE TABLE passages (
    article_id INTEGER PRIMARY KEY REFERENCES articles(id),
    publisher_id INTEGER NOT NULL REFERENCES publishers(id),
    rank INTEGER NOT NULL,          -- hash of title and text: samples are drawn by it, never by arrival
    at TEXT NOT NULL,               -- the article's time, else first sight: the newest are learned from
    seen_at TEXT NOT NULL,          -- first sight: retention goes by it
    hashes BLOB NOT NULL,           -- the passages, eight bytes each
    traits BLOB NOT NULL            -- how they stand to title and opening
) STRICT;
CREATE INDEX passages_by_publisher ON passages(publisher_id, at DESC, rank);   -- what is learned from, and retention

CREATE TABLE epochs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    digest TEXT NOT NULL,           -- of all that is ignored: equal digests, equal rules
    begun_at TEXT NOT NULL,
    added INTEGER NOT NULL,         -- passages that are ignored from this epoch on
    dropped INTEGER NOT NULL,       -- passages that no longer are
    affected INTEGER NOT NULL       -- articles that were marked as to be matched again
) STRICT;

CREATE TABLE boilerplate (
    publisher_id INTEGER NOT NULL REFERENCES publishers(id),
    passage INTEGER NOT NULL,       -- hash of its words; odd: long, and ignored in anybody's articles
    articles INTEGER NOT NULL,      -- how many of the publisher's held it when it was learned last
    opens INTEGER NOT NULL,         -- 1: it stands first in unrelated articles
    example_id INTEGER NOT NULL REFERENCES articles(id),
    seen_at TEXT,                   -- first sight of the newest article that holds it
    words TEXT NOT NULL DEFAULT '', -- how it begins, for people to read
    epoch INTEGER NOT NULL,         -- in which it was learned
    PRIMARY KEY (publisher_id, passage)
) STRICT, WITHOUT ROWID;
CREATE INDEX boilerplate_by_example ON boilerplate(example_id);     -- redaction

CREATE TABLE lessons (
    publisher_id INTEGER PRIMARY KEY REFERENCES publishers(id),
    articles INTEGER NOT NULL,              -- observations held
    changed INTEGER NOT NULL,               -- observations that came since the last learning
    learned_from INTEGER NOT NULL DEFAULT 0,    -- observations held at the last learning
    learned_at TEXT                         -- NULL: never
) STRICT;
"""
BOX = BOXES["en"]
HEADING = "Inside the newsroom"


@pytest.fixture
def room(desk: Desk) -> Desk:
    """A store with the tables of this module."""
    if not desk.rows("SELECT 1 FROM sqlite_master WHERE name = 'boilerplate'"):
        desk.store.connection.executescript(SQL)
    return desk


def observed(room: Desk, article_id: ArticleId) -> Observation:
    """Observe an article as matching does, and mark it as matched."""
    (document,) = stories.documents(room.store.connection, [article_id])
    cleaned = clean(document.title, document.text)
    found = observe(document, cleaned.title, passages(cleaned.paragraphs))
    with room.store.transaction():
        boilerplate.record(room.store, found)
        stories.mark_matched(room.store, article_id)
    return found


def printed(room: Desk, number: int, *extra: str, publisher: str = "Gazette", language: str = "en") -> ArticleId:
    """An article of our own with these paragraphs behind its first."""
    title, first, second = ARTICLES[language][number]
    article_id = room.article(title, "\n".join((first, *extra, second)), publisher=publisher)
    observed(room, article_id)
    return article_id


def publisher(room: Desk, name: str = "Gazette") -> PublisherId:
    return PublisherId(room.one("SELECT id FROM publishers WHERE name = ?", name))


def relearn(room: Desk, *names: str, since: timedelta = FORGOTTEN_AFTER) -> Epoch | None:
    """What the pipeline does for these publishers."""
    ids = [publisher(room, name) for name in names or ("Gazette",)]
    found = {
        one: learn(boilerplate.observations(room.store.connection, one), since=room.now - since).learned for one in ids
    }
    return boilerplate.take_effect(room.store, found, room.now)


def waiting(room: Desk) -> tuple[ArticleId, ...]:
    return stories.unmatched(room.store.connection, limit=1000)


def test_an_observation_comes_back_as_it_was_written(room: Desk) -> None:
    article_id = printed(room, 0, BOX, "A decision is expected within 3 days.")
    (back,) = boilerplate.observations(room.store.connection, publisher(room))
    assert back == observed(room, article_id)
    assert back.frames
    assert back.clearly_told


def test_an_epoch_marks_the_articles_that_hold_what_was_learned_and_no_others(room: Desk) -> None:
    holding = [printed(room, number, BOX) for number in range(3)]
    without = printed(room, 3)
    elsewhere = printed(room, 4, BOX, publisher="Courier")
    assert waiting(room) == ()
    epoch = relearn(room)
    assert epoch is not None
    assert (epoch.number, epoch.added, epoch.dropped) == (1, 1, 0)
    assert epoch.affected == waiting(room) == (*holding, elsewhere)
    assert without not in epoch.affected
    known = Boilerplate(boilerplate.load(room.store.connection))
    assert known.digest == epoch.digest == room.one("SELECT digest FROM epochs")
    assert known.holds("Courier", passage_hash(words(BOX)))
    assert boilerplate.epoch(room.store.connection) == 1
    assert json.loads(room.one("SELECT detail FROM journal WHERE action = 'epoch'")) == {
        "epoch": 1, "added": 1, "dropped": 0, "affected": 4,
    }  # fmt: skip
    assert room.is_sound()


def test_a_short_passage_concerns_its_publishers_articles_only(room: Desk) -> None:
    holding = [printed(room, number, HEADING) for number in range(3)]
    printed(room, 4, HEADING, publisher="Courier")
    assert relearn(room).affected == tuple(holding)


def test_what_stays_as_it_was_begins_no_epoch(room: Desk) -> None:
    for number in range(3):
        printed(room, number, BOX)
    relearn(room)
    printed(room, 3, BOX)
    assert relearn(room) is None
    assert room.one("SELECT articles FROM boilerplate") == 4
    for number in range(3):
        printed(room, number, BOX, publisher="Courier")
    assert relearn(room, "Courier") is None, "it is ignored everywhere already"
    assert boilerplate.epoch(room.store.connection) == 1
    assert len(boilerplate.load(room.store.connection)) == 2


def test_a_passage_that_is_learned_no_more_is_dropped_in_an_epoch_of_its_own(room: Desk) -> None:
    articles = [printed(room, number, BOX) for number in range(3)]
    relearn(room)
    title, first, second = ARTICLES["en"][0]
    with room.store.transaction():
        room.settle(articles[0], title, f"{first}\n{second}")
    observed(room, articles[0])
    for article_id in articles[1:]:
        stories.mark_matched(room.store, article_id)
    epoch = relearn(room)
    assert (epoch.number, epoch.added, epoch.dropped) == (2, 0, 1)
    assert epoch.affected == waiting(room) == tuple(articles[1:])
    assert boilerplate.load(room.store.connection) == ()


def test_a_failure_leaves_neither_epoch_nor_marks(room: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        printed(room, number, BOX)
    before = list(room.store.connection.iterdump())
    monkeypatch.setattr(boilerplate, "note", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        relearn(room)
    assert list(room.store.connection.iterdump()) == before


def test_lessons_count_what_came_and_not_what_was_only_matched_again(room: Desk) -> None:
    articles = [printed(room, number, BOX) for number in range(3)]
    (lesson,) = boilerplate.lessons(room.store.connection)
    assert (lesson.articles, lesson.changed, lesson.learned_from, lesson.learned_at) == (3, 3, 0, None)
    assert is_due(lesson, room.now, every=timedelta(days=1))
    relearn(room)
    for article_id in articles:
        observed(room, article_id)
    (lesson,) = boilerplate.lessons(room.store.connection)
    assert (lesson.articles, lesson.changed, lesson.learned_from) == (3, 0, 3)
    assert (lesson.learned_at, lesson.oldest_at) == (room.now, room.now)
    assert not is_due(lesson, room.now + timedelta(days=2), every=timedelta(days=1))
    with room.store.transaction():
        room.settle(articles[0], *ARTICLES["en"][0][:2])
    observed(room, articles[0])
    (lesson,) = boilerplate.lessons(room.store.connection)
    assert (lesson.articles, lesson.changed) == (3, 1)


def test_a_publisher_of_whom_nothing_is_new_and_nothing_learned_has_no_lesson(room: Desk) -> None:
    printed(room, 0)
    relearn(room)
    assert boilerplate.lessons(room.store.connection) == ()


def test_what_was_not_seen_for_ninety_days_is_dropped_at_relearning(room: Desk) -> None:
    for number in range(3):
        printed(room, number, BOX)
    relearn(room)
    room.now += timedelta(days=91)
    (lesson,) = boilerplate.lessons(room.store.connection)
    assert is_due(lesson, room.now, every=timedelta(days=1))
    assert relearn(room).dropped == 1
    printed(room, 3, BOX)
    assert relearn(room).added == 1, "seen again, it is known again at once"


def test_old_observations_go_but_for_each_publishers_newest(room: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boilerplate, "KEPT_OBSERVATIONS", 2)
    for number in range(5):
        printed(room, number)
        room.now += timedelta(days=1)
    printed(room, 0, publisher="Courier")
    assert boilerplate.prune(room.store, room.now - timedelta(days=3)) == 2
    assert [row["article_id"] for row in room.rows("SELECT article_id FROM passages ORDER BY 1")] == [3, 4, 5, 6]
    assert boilerplate.prune(room.store, room.now + timedelta(days=99)) == 1


def test_only_the_newest_are_learned_from(room: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boilerplate, "MAX_OBSERVATIONS", 3)
    title, first, second = ARTICLES["en"][5]
    old = room.article(title, f"{first}\n{BOX}\n{second}", at=NOW - timedelta(days=30))
    observed(room, old)
    for number in range(3):
        printed(room, number)
    held = boilerplate.observations(room.store.connection, publisher(room))
    assert len(held) == 3
    assert old not in {one.article_id for one in held}


def test_the_words_of_a_passage_are_kept_for_people(room: Desk) -> None:
    articles = [printed(room, number, BOX, f"{HEADING} ") for number in range(3)]
    relearn(room)
    waiting_for_words = boilerplate.unworded(room.store.connection, limit=9)
    assert {one.passage for one in waiting_for_words} == {passage_hash(words(text)) for text in (BOX, HEADING)}
    for one in waiting_for_words:
        assert one.example in articles
        (document,) = stories.documents(room.store.connection, [one.example])
        found = passages(clean(document.title, document.text).paragraphs)
        boilerplate.word(room.store, one, next(p.text for p in found if p.hash == one.passage))
    assert {row["words"] for row in room.rows("SELECT words FROM boilerplate")} == {BOX, HEADING}
    assert boilerplate.unworded(room.store.connection, limit=9) == ()
    relearn(room)
    assert boilerplate.unworded(room.store.connection, limit=9) == ()


def test_of_a_redacted_article_nothing_is_kept(room: Desk) -> None:
    articles = [printed(room, number, BOX) for number in range(3)]
    relearn(room)
    (one,) = boilerplate.load(room.store.connection)
    boilerplate.word(room.store, one, BOX)
    with room.store.transaction():
        boilerplate.forget_article(room.store, one.example)
        boilerplate.forget_article(room.store, one.example)
    assert room.one("SELECT words FROM boilerplate") == ""
    (lesson,) = boilerplate.lessons(room.store.connection)
    assert (lesson.articles, lesson.changed) == (2, 1)
    assert relearn(room).dropped == 1
    assert {row["article_id"] for row in room.rows("SELECT article_id FROM passages")} == set(articles) - {one.example}


def test_any_order_of_arrival_leads_to_the_same_passages(room: Desk) -> None:
    found = []
    for name, order in (("Gazette", (0, 1, 2, 3)), ("Courier", (3, 1, 0, 2))):
        for number in order:
            printed(room, number, BOX, HEADING, publisher=name)
            relearn(room, name)
        held = [one for one in boilerplate.load(room.store.connection) if one.publisher == name]
        found.append([(one.passage, one.articles, one.opens) for one in held])
    assert found[0] == found[1]
    assert len(found[0]) == 2


def test_bytes_of_another_make_are_refused(room: Desk) -> None:
    printed(room, 0)
    room.store.connection.execute("UPDATE passages SET traits = x'ff00'")
    with pytest.raises(ValueError, match="no observation of this version"):
        boilerplate.observations(room.store.connection, publisher(room))


def test_recording_and_loading_are_quick(room: Desk) -> None:
    """Growth, not a clock: twice as many take about twice as long."""
    article_id = printed(room, 0)
    found = observed(room, article_id)

    def seconds(count: int) -> float:
        begun = time.process_time()
        with room.store.transaction():
            for _ in range(count):
                boilerplate.record(room.store, found)
        return time.process_time() - begun

    seconds(100)
    assert seconds(2000) < 10 * seconds(500) + 0.2


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


def test_a_learned_passage_of_any_hash_comes_back(room: Desk) -> None:
    article_id = printed(room, 0)
    rows = tuple(
        Learned(
            publisher="Gazette", passage=passage, articles=3, opens=bool(passage & 2), example=article_id, seen_at=NOW
        )
        for passage in (1, 2, (1 << 63) - 1, 1 << 63, (1 << 64) - 1)
    )
    boilerplate.take_effect(room.store, {publisher(room): rows}, NOW)
    assert sorted(boilerplate.load(room.store.connection), key=lambda one: one.passage) == list(rows)
