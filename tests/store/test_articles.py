"""Entries, articles and their revisions: stored once, whole, and together with what vouches for them."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.model import Entry, Outcome, PollState, PollWord, Revised, Same, TextChange
from ingest.revise.decide import Known, decide_all, once
from ingest.store import articles
from ingest.store.articles import known_entries, store_entries
from ingest.store.feeds import by_url
from ingest.store.polls import record_poll
from ingest.store.times import from_text, to_text, to_text_ceil
from tests.store.conftest import NOW, Desk, due_pages, shown

OK = Outcome(word=PollWord.OK, status=200, parsed=True)
ENTRIES = tuple(Entry(guid=f"g{n}", link=f"https://example.org/{n}", title=f"T{n}", summary=f"S {n}") for n in range(3))


def store(desk: Desk, feed, entries, *, now: datetime = NOW) -> None:
    """What a poll of these entries stores, with its validators."""
    with desk.store.transaction():
        known = known_entries(
            desk.store.connection,
            feed.id,
            [f"g:{entry.guid}" for entry in entries],
            [entry.link for entry in entries],
            without_link=100,
        )
        items = []
        for decision in once(decide_all(entries, Known(known))):
            if isinstance(decision, Same):
                items.append(replace(shown(entries[0]), decision=decision))
            else:
                items.append(replace(shown(decision.entry), decision=decision))
        store_entries(desk.store, feed, items, now, baseline=False)
        record_poll(desk.store, feed, OK, PollState(etag='"v1"', last_modified="Tue", next_at=now), now)


def test_entries_and_validators_are_stored_together(desk: Desk) -> None:
    feed = desk.feed()
    store(desk, feed, ENTRIES)
    assert desk.one("SELECT count(*) FROM entries") == 3
    again = by_url(desk.store.connection, feed.url, interval=timedelta(hours=1))
    assert (again.state.etag, again.state.last_modified) == ('"v1"', "Tue")
    assert desk.one("SELECT count(*) FROM members") == 3  # every article is in a story from its first moment


@pytest.mark.parametrize("table", ["entries", "articles", "stories", "members", "polls"])
def test_a_failure_in_the_middle_stores_neither_entries_nor_validators(desk: Desk, table: str) -> None:
    feed = desk.feed()
    # The third row fails; for the poll, which is the last to be written, the first.
    rows = 0 if table == "polls" else 2
    desk.store.connection.execute(
        f"CREATE TRIGGER planted BEFORE INSERT ON {table} WHEN (SELECT count(*) FROM {table}) >= {rows} "
        "BEGIN SELECT RAISE(ABORT, 'planted'); END"
    )
    with pytest.raises(sqlite3.IntegrityError, match="planted"):
        store(desk, feed, ENTRIES)
    for name in ("entries", "articles", "stories", "members", "polls", "articles_fts_docsize"):
        assert desk.one(f"SELECT count(*) FROM {name}") == 0, name
    assert by_url(desk.store.connection, feed.url, interval=timedelta(hours=1)) == feed
    desk.store.connection.execute("DROP TRIGGER planted")
    store(desk, feed, ENTRIES)
    assert desk.one("SELECT count(*) FROM entries") == 3


@given(polls=st.lists(st.lists(st.integers(0, 9), max_size=8), min_size=1, max_size=6))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_polls_show_each_entry_is_stored_once_and_none_is_lost(desk: Desk, polls: list[list[int]]) -> None:
    desk.made += 1
    feed = desk.feed(f"https://example.org/feed{desk.made}")
    for moment, poll in enumerate(polls):
        entries = [Entry(guid=f"g{n}", link=f"https://example.org/a{n}", title=f"T{n}") for n in poll]
        store(desk, feed, entries, now=NOW + timedelta(hours=moment))
    keys = [row["key"] for row in desk.rows("SELECT key FROM entries WHERE feed_id = ?", feed.id)]
    assert sorted(keys) == sorted({f"g:g{n}" for poll in polls for n in poll})
    for row in desk.rows("SELECT * FROM entries WHERE feed_id = ?", feed.id):
        seen = [moment for moment, poll in enumerate(polls) if int(row["guid"][1:]) in poll]
        assert row["first_seen_at"] == to_text(NOW + timedelta(hours=seen[0]))
        assert row["last_seen_at"] == to_text(NOW + timedelta(hours=seen[-1]))


def test_one_article_per_publisher_and_canonical_url_however_many_feeds_list_it(desk: Desk) -> None:
    entry = Entry(guid="1", link="https://example.org/a", title="T")
    tracked = replace(entry, guid="2", link="https://example.org/a?utm_source=rss#top")
    for url, each in (("https://example.org/f1", entry), ("https://example.org/f2", tracked)):
        store(desk, desk.feed(url), [each])
    assert desk.one("SELECT count(*) FROM entries") == 2
    assert desk.one("SELECT count(*) FROM articles") == 1
    store(desk, desk.feed("https://other.example/f", publisher="Courier"), [entry])
    assert desk.one("SELECT count(*) FROM articles") == 2  # another publisher's page at that address is its own


def test_a_revised_entry_is_fetched_again_and_keeps_the_text_until_then(desk: Desk) -> None:
    feed = desk.feed()
    store(desk, feed, ENTRIES[:1])
    (row,) = desk.rows("SELECT * FROM articles")
    with desk.store.transaction():
        desk.settle(row["id"], "T0", "A body.")
    assert due_pages(desk.store.connection, NOW, limit=9) == ()
    store(desk, feed, [replace(ENTRIES[0], summary="Other words entirely")], now=NOW + timedelta(hours=1))
    (page,) = due_pages(desk.store.connection, NOW + timedelta(hours=1), limit=9)
    assert (page.article_id, page.has_body, page.attempts) == (row["id"], True, 0)
    assert desk.one("SELECT text FROM articles") == "A body."
    assert desk.one("SELECT summary FROM entries") == "Other words entirely"


def test_a_replaced_text_is_kept_with_the_figures_of_the_change(desk: Desk) -> None:
    article = desk.article("First", "one two three")
    change = TextChange(added_words=1, removed_words=2, similarity=0.71234)
    desk.now += timedelta(hours=1)
    with desk.store.transaction():
        desk.settle(article, "Second", "one four", change)
    desk.now += timedelta(hours=1)
    with desk.store.transaction():
        desk.settle(article, "Third", "five", replace(change, similarity=0.0))
    first, second = desk.rows("SELECT * FROM revisions ORDER BY id")
    assert (first["title"], first["text"], first["added_words"], first["removed_words"], first["similarity"]) == (
        "First", "one two three", 1, 2, 0.7123,
    )  # fmt: skip
    assert (first["seen_at"], first["replaced_at"]) == ("2026-05-05T12:00:00Z", "2026-05-05T13:00:00Z")
    assert (second["text"], second["seen_at"]) == ("one four", first["replaced_at"])


@given(
    title=st.text(alphabet=st.characters(codec="utf-8"), max_size=50),
    text=st.text(alphabet=st.characters(codec="utf-8"), max_size=300),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_that_has_a_utf_8_form_comes_back_as_it_was(desk: Desk, title: str, text: str) -> None:
    article = desk.article("x", "x")
    with desk.store.transaction():
        desk.settle(article, title or "t", text)
    (row,) = desk.rows("SELECT title, text FROM articles WHERE id = ?", article)
    assert (row["title"], row["text"]) == (title or "t", text)


@pytest.mark.parametrize("where", ["title", "text"])
def test_a_lone_surrogate_is_refused_and_nothing_is_stored(desk: Desk, where: str) -> None:
    """The doors for strangers' text replace them; one that came through all the same is no row."""
    text = {"title": "t", "text": "x"} | {where: "lone \ud800"}
    with pytest.raises(UnicodeEncodeError):
        desk.article(**text)
    assert desk.rows("SELECT * FROM articles") == desk.rows("SELECT * FROM stories") == []


def test_every_time_in_the_database_is_utc_with_a_z(desk: Desk) -> None:
    feed = desk.feed()
    store(desk, feed, [replace(ENTRIES[0], published_at=datetime(2026, 5, 5, 9, 30, 1, 999999, UTC))])
    desk.article("a", "b")
    columns = 0
    for table in desk.rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'articles_fts%'"):
        for column in desk.rows(f"PRAGMA table_info([{table['name']}])"):
            if column["name"] == "at" or column["name"].endswith("_at"):
                columns += 1
                for row in desk.rows(f"SELECT [{column['name']}] AS at FROM [{table['name']}]"):
                    assert row["at"] is None or re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", row["at"]), column
    assert columns > 20


@given(st.datetimes(timezones=st.timezones()))
def test_a_time_comes_back_to_the_second_and_text_order_is_time_order(at: datetime) -> None:
    try:
        utc = at.astimezone(UTC)
    except OverflowError:
        return
    assert from_text(to_text(at)) == utc.replace(microsecond=0)
    assert len(to_text(at)) == 20
    if utc.year < 9999:
        assert 0 <= (from_text(to_text_ceil(at)) - utc).total_seconds() < 1
        assert to_text(at) < to_text(utc + timedelta(seconds=1))


@pytest.mark.parametrize(
    "text", ["", "2026-05-05", "2026-05-05T12:00:00", "2026-05-05T12:00:00+00:00", "x" * 20, "x" * 19 + "Z"]
)
def test_a_time_in_another_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a time|Invalid isoformat"):
        from_text(text)


def test_a_decision_names_the_entry_it_revises(desk: Desk) -> None:
    feed = desk.feed()
    store(desk, feed, ENTRIES)
    known = known_entries(desk.store.connection, feed.id, ["g:g1"], [], without_link=0)
    (decision,) = decide_all([replace(ENTRIES[1], title="T1 corrected")], Known(known))
    assert isinstance(decision, Revised)
    assert decision.known.article_id == desk.one("SELECT article_id FROM entries WHERE guid = 'g1'")


def test_of_a_link_that_everything_has_the_newest_are_known(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(articles, "_MAX_LINKED", 10)
    monkeypatch.setattr(articles, "_LEAST_PER_LINK", 3)
    feed = desk.feed()
    home = [Entry(guid=f"h{n}", link="https://a.example/", title=f"Home {n}") for n in range(12)]
    store(desk, feed, [*home, Entry(guid="p", link="https://a.example/page", title="Page")])

    def known(*links: str) -> list[str | None]:
        found = known_entries(desk.store.connection, feed.id, ["g:h0"], links, without_link=0)
        return [entry.guid for entry in found]

    assert known("https://a.example/") == ["h0", *(f"h{n}" for n in range(2, 12))]
    many = ["https://a.example/", "https://a.example/page", *(f"https://a.example/{n}" for n in range(8))]
    assert known(*many) == ["h0", "h9", "h10", "h11", "p"]
