"""What the digest asks of the database: what came in a span, what changed, and which feeds need an eye."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ingest.model import ArticleId, StoryId
from ingest.model.day import Score, Trouble
from ingest.publish.day import sort_out
from ingest.store import read_day, read_week
from ingest.store.times import to_text
from tests.store.conftest import NOW, Desk

DAY = timedelta(days=1)


def put(desk: Desk, title: str, *, publisher: str = "Gazette", seen: timedelta = timedelta(), **columns: Any) -> int:
    """An article first seen so long after NOW, alone in its story; columns are set as they are given."""
    article = desk.article(title, f"{title}. A text.", publisher=publisher)
    values = {"first_seen_at": to_text(NOW + seen), **columns}
    pairs = ", ".join(f"{name} = ?" for name in values)
    desk.store.connection.execute(f"UPDATE articles SET {pairs} WHERE id = ?", [*values.values(), article])
    return article


def join(desk: Desk, article: int, story: int) -> None:
    desk.store.connection.execute("UPDATE members SET story_id = ? WHERE article_id = ?", [story, article])


def relate(desk: Desk, event: int, *stories: int) -> None:
    for story in (event, *stories):
        desk.store.connection.execute("UPDATE stories SET event_id = ? WHERE id = ?", [event, story])


def ids(desk: Desk, since: datetime = NOW, until: datetime = NOW + DAY) -> list[int]:
    return [each.article_id for each in read_day.appearances(desk.store.connection, since, until)]


def test_a_span_holds_what_was_first_seen_in_it_and_not_at_its_end(desk: Desk) -> None:
    put(desk, "One"), put(desk, "Two", seen=DAY)
    assert ids(desk) == [1]
    assert ids(desk, NOW + DAY, NOW + 2 * DAY) == [2]
    assert ids(desk, NOW - DAY, NOW) == []


def test_what_a_first_poll_showed_counts_by_its_own_stamp(desk: Desk) -> None:
    put(desk, "Fresh", baseline=1, published_at=to_text(NOW + DAY / 2), seen=DAY / 2)
    put(desk, "Stale", baseline=1, published_at=to_text(NOW - 9 * DAY))
    put(desk, "Undated", baseline=1, published_at=None)
    (found,) = read_day.appearances(desk.store.connection, NOW, NOW + DAY)
    assert (found.article_id, found.at) == (1, NOW + DAY / 2)


def test_an_event_comes_whole_as_it_was_known_at_the_end_of_the_span(desk: Desk) -> None:
    put(desk, "Old report", seen=-DAY), put(desk, "New report", publisher="Courier"), put(desk, "Copy", seen=-2 * DAY)
    put(desk, "Later still", seen=3 * DAY), put(desk, "Another event", seen=-DAY)
    join(desk, 3, 1), join(desk, 4, 1), relate(desk, 1, 2)
    found = read_day.appearances(desk.store.connection, NOW, NOW + DAY)
    assert {(each.article_id, each.story_id, each.event_id) for each in found} == {(3, 1, 1), (1, 1, 1), (2, 2, 1)}
    (event,) = sort_out(found, since=NOW, changes={}, muted={}, hits={}).events
    assert (event.goes_on, event.came, event.new_stories, event.reach) == (True, ("Courier",), frozenset({2}), 2)


def revise(desk: Desk, article: int, old: str, at: datetime) -> None:
    desk.store.connection.execute(
        "INSERT INTO revisions (article_id, title, text, seen_at, replaced_at, added_words, removed_words, similarity)"
        " VALUES (?, ?, ?, ?, ?, 3, 1, 0.9)",
        [article, f"{old} title", old, to_text(at), to_text(at)],
    )


def test_a_revision_is_told_from_the_text_before_the_span_to_the_text_after_it(desk: Desk) -> None:
    put(desk, "Now", seen=-9 * DAY)
    for days, old in enumerate(("first", "second", "third", "fourth"), start=-1):
        revise(desk, 1, old, NOW + days * DAY / 2)
    (text,) = read_day.revised(desk.store.connection, NOW, NOW + DAY)
    assert (text.old_title, text.old_text, text.title, text.text) == (
        "second title",
        "second",
        "fourth title",
        "fourth",
    )
    assert ids(desk) == [1]
    (last,) = read_day.revised(desk.store.connection, NOW + DAY, NOW + 2 * DAY)
    assert (last.old_text, last.text) == ("fourth", "Now. A text.")


def test_scores_count_stories_that_others_took_up_and_who_was_first(desk: Desk) -> None:
    for number, publisher in enumerate(("Gazette", "Courier", "Gazette", "Links", "Courier"), start=1):
        put(desk, f"T{number}", publisher=publisher)
    desk.store.connection.execute("UPDATE publishers SET kind = 'aggregator' WHERE name = 'Links'")
    join(desk, 2, 1), join(desk, 4, 3)  # story 1 has two houses; story 3 one and an aggregator; story 5 one
    desk.store.connection.execute("UPDATE stories SET first_article_id = id")
    assert read_day.scores(desk.store.connection, NOW, NOW + DAY) == (
        Score(publisher="Gazette", stories=1, first=1), Score(publisher="Courier", stories=1, first=0),
    )  # fmt: skip
    assert read_day.scores(desk.store.connection, NOW - DAY, NOW) == ()


def entry(desk: Desk, feed: int, at: datetime) -> None:
    desk.made += 1
    article = desk.article(f"E{desk.made}", "x")
    desk.store.connection.execute(
        "INSERT INTO entries (feed_id, article_id, key, title, summary, content_hash, first_seen_at, last_seen_at) "
        "VALUES (?, ?, ?, 't', 's', 'h', ?, ?)",
        [feed, article, str(article), to_text(at), to_text(at)],
    )


def poll(desk: Desk, feed: int, at: datetime, new: int, reason: str | None = None) -> None:
    desk.store.connection.execute(
        "INSERT INTO polls (feed_id, started_at, outcome, reason, new_entries) VALUES (?, ?, 'ok', ?, ?)",
        [feed, to_text(at), reason, new],
    )


def watched(desk: Desk, url: str = "https://example.org/feed") -> int:
    feed = desk.feed(url)
    desk.store.connection.execute(
        "UPDATE feeds SET title = 'Gazette', baseline_at = ?, last_change_at = ? WHERE id = ?",
        [to_text(NOW - 30 * DAY), to_text(NOW - DAY / 2), feed.id],
    )
    return feed.id


@pytest.mark.parametrize(("days", "silent"), [(7, True), (3, False)])
def test_a_feed_with_a_daily_habit_is_missed_when_it_brings_nothing(desk: Desk, days: int, silent: bool) -> None:
    feed = watched(desk)
    for day in range(1, days + 1):
        entry(desk, feed, NOW - day * DAY)
    found = read_day.silent_feeds(desk.store.connection, NOW, before=NOW - 7 * DAY, least_days=5)
    assert [(note.feed, note.trouble, note.at) for note in found] == (
        [("Gazette", Trouble.SILENT, NOW - DAY / 2)] if silent else []
    )
    entry(desk, feed, NOW + timedelta(hours=1))
    assert read_day.silent_feeds(desk.store.connection, NOW, before=NOW - 7 * DAY, least_days=5) == ()


def test_polls_that_knew_nothing_of_what_they_found_are_told(desk: Desk) -> None:
    feed, at = watched(desk), NOW + timedelta(hours=2)
    poll(desk, feed, at - DAY, 90, "overflow")
    poll(desk, feed, at, 40, "overflow"), poll(desk, feed, at + DAY / 4, 12, "overflow")
    poll(desk, feed, at + DAY / 3, 60)
    poll(desk, watched(desk, "https://example.org/one-item"), at, 1, "overflow")
    (note,) = read_day.overflowed_feeds(desk.store.connection, NOW, NOW + DAY)
    assert (note.feed, note.trouble, note.times, note.entries) == ("Gazette", Trouble.OVERFLOWED, 2, 40)


def test_a_failing_feed_is_named_with_its_reason(desk: Desk) -> None:
    watched(desk)
    desk.store.connection.execute("UPDATE feeds SET failures = 3, last_reason = 'dns', last_detail = 'no such name'")
    (note,) = read_day.failing_feeds(desk.store.connection)
    assert (note.feed, note.trouble, note.reason, note.detail) == ("Gazette", Trouble.FAILING, "dns", "no such name")
    assert read_day.active_feeds(desk.store.connection) == 1


def test_a_mutes_words_are_looked_for_in_headlines_only(desk: Desk) -> None:
    desk.article("Final score: Rovers 2, Town 1", "A text."), desk.article("Talks", "The final score was even.")
    desk.article("深夜书桌首晚", "x")

    def found(words: str) -> frozenset[ArticleId]:
        return read_day.headline_matches(desk.store.connection, words, [ArticleId(n) for n in (1, 2, 3)])

    assert (found("score FINAL"), found("书桌"), found('" OR *'), found("final town-hall")) == ({1}, {3}, set(), set())
    assert read_day.headline_matches(desk.store.connection, "score", []) == frozenset()


def test_hits_are_given_by_watch_among_the_articles_asked_for(desk: Desk) -> None:
    desk.article("A", "x"), desk.article("B", "x")
    desk.store.connection.execute("INSERT INTO watches (name, query) VALUES ('summit', 'x'), ('other', 'y')")
    desk.store.connection.execute(
        "INSERT INTO hits (watch_id, article_id, at) VALUES (1, 1, 'now'), (1, 2, 'now'), (2, 2, 'now')"
    )
    found = read_day.hits(desk.store.connection, ["summit", "bees"], [ArticleId(2)])
    assert found == {"summit": {2}, "bees": frozenset()}


def test_a_digest_waits_for_what_came_before_its_hour(desk: Desk) -> None:
    connection = desk.store.connection
    put(desk, "One")
    connection.execute("UPDATE articles SET matched_hash = content_hash, next_fetch_at = NULL")
    connection.execute("UPDATE stories SET related_at = 'now'")
    assert read_day.unsettled_before(connection, NOW + DAY) is False
    for change in (
        "UPDATE articles SET matched_hash = 'another'",
        "UPDATE articles SET matched_hash = content_hash, next_fetch_at = 'soon', attempts = 0",
        "UPDATE articles SET next_fetch_at = NULL",
    ):
        connection.execute(change)
        waits = "NULL" not in change
        assert (read_day.unsettled_before(connection, NOW + DAY), read_day.unsettled_before(connection, NOW)) == (
            waits, False,
        )  # fmt: skip
    connection.execute("UPDATE stories SET related_at = NULL")
    assert read_day.unsettled_before(connection, NOW + DAY) is True
    assert read_day.has_articles_before(connection, NOW) is False
    assert read_day.has_articles_before(connection, NOW + timedelta(seconds=1)) is True


def test_the_view_of_today_has_the_events_of_the_rules_in_their_order(desk: Desk) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    shift = now - NOW - timedelta(hours=1)
    for number, (publisher, hours) in enumerate(
        [("A", 0), ("B", 0), ("C", -30), ("D", 0), ("A", -40), ("A", 0), ("B", -50), ("C", 0), ("L", 0), ("A", -60)],
        start=1,
    ):
        put(desk, f"T{number}", publisher=publisher, seen=shift + timedelta(hours=hours))
    for article, story in ((2, 1), (4, 3), (6, 5), (8, 7), (9, 10)):
        join(desk, article, story)
    desk.store.connection.execute("UPDATE publishers SET kind = 'aggregator' WHERE name = 'L'")
    relate(desk, 3, 7)
    told = sort_out(
        read_day.appearances(desk.store.connection, now - DAY, now), since=now - DAY, changes={}, muted={}, hits={}
    )
    rows = desk.rows("SELECT * FROM todays_digest")
    assert [row["event_id"] for row in rows] == [event.id for event in told.events] == [StoryId(1), StoryId(3)]
    assert [
        (row["id"], row["publishers"], row["new_publishers"], row["new_stories"], row["state"] == "goes on")
        for row in rows
    ] == [
        (event.stories[0], event.reach, len(event.came), len(event.new_stories), event.goes_on) for event in told.events
    ]


def test_a_week_has_its_days_and_who_took_up_whose_stories(desk: Desk) -> None:
    put(desk, "One", agency="Northwire"), put(desk, "Copy", publisher="Courier"), put(desk, "Two", seen=3 * DAY)
    put(desk, "Before", seen=-DAY), put(desk, "Autumn", seen=7 * DAY + timedelta(minutes=30))
    join(desk, 2, 1)
    desk.store.connection.execute("UPDATE members SET relation = 'copy' WHERE article_id = 2")
    desk.store.connection.execute("UPDATE stories SET first_article_id = 1 WHERE id = 1")
    until = NOW + 7 * DAY + timedelta(hours=1)
    found = read_week.week(desk.store.connection, NOW, until, first_day=NOW.date())
    assert [(day.day.day, day.articles, day.stories) for day in found.days if day.articles] == [
        (5, 2, 1), (8, 1, 1), (11, 1, 1),
    ]  # fmt: skip
    assert len(found.days) == 7 and sorted(found.reaches) == [1, 1, 2]
    assert [(one.first, one.publisher, one.relation) for one in found.taken] == [("Gazette", "Courier", "copy")]
    assert found.agencies == ((None, 3), ("Northwire", 1))
