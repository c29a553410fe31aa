"""Full-text search: every script, and strings that were meant to break it."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.store import read
from ingest.store.articles import index_text
from ingest.store.connection import open_writer
from ingest.store.migrations import MIGRATIONS, migrate
from tests.store.conftest import Desk

TEXTS = {
    "latin": ("Élysée announces a Straße", "The naïve café owner reopened the Ærø ferry."),
    "cyrillic": ("Новости Ёлки", "Переговоры о мире начались в Осло."),
    "chinese": ("北京举行峰会", "两国领导人在北京举行会谈，讨论贸易问题。"),
    "devanagari": ("हिन्दी समाचार", "प्रधानमंत्री ने किताब का विमोचन किया।"),
    "thai": ("ข่าวกรุงเทพ", "รัฐบาลประกาศแผนเศรษฐกิจใหม่ในกรุงเทพมหานคร"),
    "arabic": ("أخبار القاهرة", "بدأت المحادثات في القاهرة اليوم."),
}


@pytest.fixture
def library(desk: Desk) -> Desk:
    for title, text in TEXTS.values():
        desk.article(title, text)
    return desk


def found(desk: Desk, query: str) -> set[str]:
    titles = {story.title for story in read.search(desk.store.connection, query, limit=50)}
    return {name for name, (title, _) in TEXTS.items() if title in titles}


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("elysee", "latin"),
        ("ÉLYSÉE", "latin"),
        ("strasse", "latin"),
        ('"cafe owner"', "latin"),
        ("переговоры", "cyrillic"),
        ("ОСЛО ёлки", "cyrillic"),
        ("北京", "chinese"),
        ("会谈", "chinese"),
        ("讨论贸易", "chinese"),
        ("हिन्दी", "devanagari"),
        ("किताब", "devanagari"),
        ("กรุงเทพ", "thai"),
        ("แผนเศรษฐกิจ", "thai"),
        ("القاهرة", "arabic"),
    ],
)
def test_words_are_found_in_title_and_text_of_every_script(library: Desk, query: str, name: str) -> None:
    assert found(library, query) == {name}


@pytest.mark.parametrize("query", ["क", "समचर", "कतब", "कि"])
def test_a_devanagari_word_is_not_found_by_its_bare_consonants(library: Desk, query: str) -> None:
    assert found(library, query) == set()


def test_the_tokenizer_keeps_combining_marks_inside_words(desk: Desk) -> None:
    desk.article("हिन्दी", "समाचार กรุง")
    desk.store.connection.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab(main, articles_fts, row)")
    assert {row["term"] for row in desk.rows("SELECT term FROM temp.terms")} == {"हिन्दी", "समाचार", "กรุ", "รุง"}


def test_every_word_must_occur_and_a_quoted_phrase_in_its_order(library: Desk) -> None:
    assert found(library, "ferry cafe") == {"latin"}
    assert found(library, "ferry переговоры") == set()
    assert found(library, '"owner cafe"') == set()


HOSTILE = (
    *("", " ", '"', '""', '"""', "'", "AND", "OR", "NOT", "NEAR(a b)", "a AND", "title:ferry", "-ferry", "ferry*"),
    *("^ferry", "(", ")", "{title}: x", "a\0b", "\0", "😀", "👩‍👩‍👧 family", "\ud800", "_", "_ _", "*", ";--", "%"),
    *("\\", 'x" OR rowid > 0 --', "\u202e\u200b", "\u0301", "\u0e33"),
    *("a" * 10_000, "word " * 2_000, '"' * 10_000),
)


@pytest.mark.parametrize("query", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_query_finds_something_or_nothing_and_never_breaks(library: Desk, query: str) -> None:
    assert found(library, query) <= set(TEXTS)


def test_operators_are_words_like_any_other(library: Desk) -> None:
    assert found(library, "ferry OR переговоры") == set()
    assert found(library, "NOT ferry") == set()


@given(st.text(max_size=200))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_string_may_be_searched_for(library: Desk, query: str) -> None:
    assert found(library, query) <= set(TEXTS)


@given(st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_text_is_found_by_itself_until_it_is_replaced(desk: Desk, text: str) -> None:
    article = desk.article(f"zebra {text}", "body")
    (story,) = read.search(desk.store.connection, "zebra", limit=5)
    assert story.members[0].article_id == article
    if read.search_terms(text):
        assert article in {m.article_id for s in read.search(desk.store.connection, text, limit=500) for m in s.members}
    with desk.store.transaction():
        desk.settle(article, "another title", "body")
    assert read.search(desk.store.connection, "zebra", limit=5) == ()
    desk.store.connection.execute("INSERT INTO articles_fts (articles_fts) VALUES ('integrity-check')")


def test_a_revised_text_is_found_by_its_new_words_only(desk: Desk) -> None:
    article = desk.article("Ferry sails", "From Holm to Aske.")
    with desk.store.transaction():
        desk.settle(article, "Ferry sails", "From Holm to Brun.")
    assert read.search(desk.store.connection, "aske", limit=5) == ()
    assert len(read.search(desk.store.connection, "brun", limit=5)) == 1


def test_a_story_is_found_once_however_many_members_match(desk: Desk) -> None:
    a, b = desk.article("Ferry", "sails"), desk.article("Ferry", "sails")
    story = desk.one("SELECT story_id FROM members WHERE article_id = ?", a)
    desk.store.connection.execute("UPDATE members SET story_id = ? WHERE article_id = ?", [story, b])
    assert [s.id for s in read.search(desk.store.connection, "ferry", limit=5)] == [story]


def test_texts_of_an_older_schema_are_indexed_anew(tmp_path: Path) -> None:
    path = tmp_path / "newsroom.db"
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrate(connection, path, MIGRATIONS[:2])
        connection.execute("INSERT INTO publishers (name) VALUES ('Gazette')")
        connection.execute(
            "INSERT INTO articles (publisher_id, identity, url, title, text, first_seen_at, status, text_source, "
            "content_hash) "
            "VALUES (1, 'x', '', 'Άνω Λιόσια', 'Łódź, naïve', '2026-05-05T12:00:00Z', 'extracted', 'feed', '')"
        )
        connection.execute("INSERT INTO articles_fts (rowid, title, text) VALUES (1, 'άνω λιόσια', 'łódź naïve')")
    with open_writer(path, for_command="test") as store:
        for query in ("ανω", "lodz", "NAIVE", "λιοσια"):
            rows = store.connection.execute(
                "SELECT rowid FROM articles_fts WHERE articles_fts MATCH ?", [read.fts_query(query)]
            ).fetchall()
            assert [row[0] for row in rows] == [1], query


def test_the_index_holds_what_a_transaction_left_and_nothing_of_what_it_took_back(desk: Desk) -> None:
    """Words are written at its end: what changed twice is indexed once, what a part took back is not at all."""
    number = desk.article("Harbour opens", "The ferry crosses again.")
    store = desk.store
    before = ("Harbour opens", "The ferry crosses again.")
    with store.transaction():
        index_text(store, number, before, ("Harbour opens", "Trams run."))
        with contextlib.suppress(ValueError), store.part():
            index_text(store, number, ("Harbour opens", "Trams run."), ("Harbour opens", "Balloons rise."))
            raise ValueError
        index_text(store, number, ("Harbour opens", "Trams run."), ("Harbour opens", "Buses wait."))
        assert _indexed(desk, "ferry") == [number], "nothing is written before the end"
    assert [_indexed(desk, word) for word in ("ferry", "trams", "balloons", "buses")] == [[], [], [], [number]]
    with contextlib.suppress(ValueError), store.transaction():
        index_text(store, number, ("Harbour opens", "Buses wait."), ("Harbour opens", "Cranes turn."))
        raise ValueError
    assert _indexed(desk, "cranes") == [] and _indexed(desk, "buses") == [number]
    index_text(store, number, ("Harbour opens", "Buses wait."), ("Harbour opens", "Cranes turn."))
    assert _indexed(desk, "cranes") == [number], "without a transaction it is written at once"


def _indexed(desk: Desk, word: str) -> list[int]:
    sql = "SELECT rowid FROM articles_fts WHERE articles_fts MATCH ?"
    return [row[0] for row in desk.store.connection.execute(sql, [word])]
