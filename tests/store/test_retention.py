"""Retention: what is old goes, and no story loses a member, a title, a hash or a reason."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta

import pytest

from ingest.model import ArticleId
from ingest.store import export, retention
from ingest.store.articles import known_entries
from ingest.store.retention import Limits, file_bytes, give_back, pruning, rewrite
from ingest.store.stories import documents_to_compare, unmatch_all, unmatched
from ingest.store.times import to_text
from tests.store.conftest import NOW, Desk

LONG_AGO = datetime(1990, 1, 1, tzinfo=NOW.tzinfo)
NOTHING = Limits(polls=date.min, poll_days=date.min, events=date.min, verdicts=LONG_AGO)


def limits(**changed: object) -> Limits:
    return Limits(**{name: getattr(NOTHING, name) for name in NOTHING.__slots__} | changed)  # type: ignore[arg-type]


def prune(desk: Desk, **changed: object) -> Counter[str]:
    gone: Counter[str] = Counter()
    for piece in pruning(desk.store, limits(**changed), NOW):
        gone[piece.kind] += piece.gone
    del gone["bytes"]
    return gone


def poll(desk: Desk, feed: int, at: datetime, outcome: str = "ok", reason: str | None = None, news: int = 0) -> None:
    desk.store.connection.execute(
        "INSERT INTO polls (feed_id, started_at, outcome, reason, bytes, seconds, new_entries) "
        "VALUES (?, ?, ?, ?, 100, 0.5, ?)",
        [feed, to_text(at), outcome, reason, news],
    )


def test_polls_of_old_days_are_added_up_and_none_is_lost(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "ROWS", 3)  # several pieces to a day
    feed = desk.feed().id
    for day in range(4):
        for hour in range(5):
            poll(desk, feed, NOW.replace(hour=hour) - timedelta(days=day), news=hour)
        poll(desk, feed, NOW - timedelta(days=day), "error", "timeout")
    sums = "sum(polls), sum(bytes), sum(new_entries)"
    before = desk.rows("SELECT count(*), sum(bytes), sum(new_entries) FROM polls WHERE started_at < '2026-05-04'")
    assert prune(desk, polls=date(2026, 5, 4)) == {"polls": 12}
    assert desk.one("SELECT count(*) FROM polls") == 12
    assert desk.one("SELECT min(started_at) FROM polls") == "2026-05-04T00:00:00Z"
    assert [*desk.rows(f"SELECT {sums} FROM polls_daily")[0].values()] == [*before[0].values()]
    assert desk.rows("SELECT day, outcome, reason, polls, longest_s FROM polls_daily ORDER BY 1, 2") == [
        {"day": "2026-05-02", "outcome": "error", "reason": "timeout", "polls": 1, "longest_s": 0.5},
        {"day": "2026-05-02", "outcome": "ok", "reason": "", "polls": 5, "longest_s": 0.5},
        {"day": "2026-05-03", "outcome": "error", "reason": "timeout", "polls": 1, "longest_s": 0.5},
        {"day": "2026-05-03", "outcome": "ok", "reason": "", "polls": 5, "longest_s": 0.5},
    ]
    assert prune(desk, polls=date(2026, 5, 4)) == {}
    assert prune(desk, poll_days=date(2026, 5, 3)) == {"poll_days": 2}


def verdict(desk: Desk, a: ArticleId, b: ArticleId, **changed: object) -> None:
    row = {
        "article_a": a, "article_b": b, "relation": "different", "score": 0.1, "reason": "dissimilar",
        "explanation": "", "jaccard": 0.05, "containment_a": 0.1, "containment_b": 0.1, "title": 0.1, "lead_a": 0.0,
        "lead_b": 0.0, "shared": 3, "decided_at": "2026-01-01T00:00:00Z",
    } | changed  # fmt: skip
    desk.store.db.table("verdicts").insert(row)


@pytest.mark.parametrize(
    ("changed", "goes"),
    [
        ({}, True),
        ({"reason": "gap"}, True),
        ({"score": 0.3}, False),
        ({"lead_b": 0.5}, False),
        ({"lead_a": 0.2}, False),
        ({"reason": "numbers", "veto": "12th / 13th"}, False),
        ({"reason": "boilerplate", "veto": "shared passages"}, False),
        ({"reason": "background"}, False),
        ({"relation": "rewrite", "score": 0.6, "reason": "rewrite"}, False),
        ({"relation": "copy", "score": 0.1, "reason": "copy", "refused": "series"}, False),
        ({"decided_at": "2026-05-01T00:00:00Z"}, False),
    ],
    ids=lambda value: "-".join(map(str, value.values())) or "far" if isinstance(value, dict) else "",
)
def test_of_rejected_pairs_only_old_ones_far_from_any_line_go(desk: Desk, changed: dict, goes: bool) -> None:
    one, other = desk.article("One", "Ferry."), desk.article("Two", "Bronzes.")
    verdict(desk, one, other, **changed)
    gone = prune(desk, verdicts=NOW - timedelta(days=30))
    assert gone == ({"verdicts": 1} if goes else {})
    assert desk.one("SELECT count(*) FROM verdicts") == (not goes)


def settled_story(desk: Desk, *, came: datetime) -> ArticleId:
    """An article that came, was matched and revised at a time, and whose story is as old."""
    desk.now = came
    article = desk.article("Ferry sails", "The ferry sails to Holm again.")
    stamp = to_text(came)
    run = desk.store.connection.execute
    run("UPDATE articles SET matched_hash = content_hash WHERE id = ?", [article])
    run("INSERT INTO signatures (article_id, epoch, sketch) VALUES (?, 1, x'00')", [article])
    run(
        "INSERT INTO revisions (article_id, title, text, seen_at, replaced_at, added_words, removed_words, similarity) "
        "VALUES (?, 'Ferry', 'It sails.', ?, ?, 1, 1, 0.9)",
        [article, stamp, stamp],
    )
    run("INSERT INTO kept_pages (article_id, url, body, kept_at) VALUES (?, '', x'00', ?)", [article, stamp])
    run(
        "INSERT INTO entries (feed_id, article_id, key, title, summary, content_hash, first_seen_at, last_seen_at) "
        "VALUES (?, ?, 'k', 'Ferry sails', 'It sails again.', 'h', ?, ?)",
        [desk.feed().id, article, stamp, stamp],
    )
    return article


#: All that a story's history is made of.
HISTORY = (
    "SELECT * FROM members", "SELECT * FROM stories", "SELECT * FROM signatures", "SELECT * FROM journal",
    "SELECT id, title, content_hash, matched_hash, published_at, url, status, reason, agency FROM articles",
    "SELECT id, title, added_words, removed_words, similarity, replaced_at FROM revisions",
    "SELECT id, feed_id, key, title, content_hash, first_seen_at FROM entries",
)  # fmt: skip


def test_a_text_goes_and_its_record_stays_and_says_so(desk: Desk) -> None:
    article = settled_story(desk, came=NOW - timedelta(days=800))
    before = [desk.rows(sql) for sql in HISTORY]
    assert prune(desk, bodies=NOW - timedelta(days=730)) == {"bodies": 1}
    assert [desk.rows(sql) for sql in HISTORY] == before
    assert desk.rows("SELECT text, pruned_at, pruned_reason FROM articles") == [
        {"text": "", "pruned_at": to_text(NOW), "pruned_reason": "retention.bodies"}
    ]
    assert desk.one("SELECT text FROM revisions") == ""
    assert desk.rows("SELECT summary, content FROM entries") == [{"summary": "", "content": ""}]
    assert desk.one("SELECT count(*) FROM kept_pages") == 0
    found = "SELECT count(*) FROM articles_fts WHERE articles_fts MATCH ?"
    assert desk.one(found, "title: ferry") == 1
    assert desk.one(found, "holm") == 0
    assert desk.is_sound()
    assert prune(desk, bodies=NOW) == {}
    (exported,) = export.articles(desk.store.connection, with_text=True)
    assert (exported["id"], exported["text"]) == (article, "")
    assert exported["gone"] == f"Let go on {to_text(NOW)[:10]} by retention.bodies"


@pytest.mark.parametrize(
    "why",
    [
        "UPDATE stories SET updated_at = '2026-05-01T00:00:00Z'",
        "UPDATE revisions SET replaced_at = '2026-05-01T00:00:00Z'",
        "UPDATE articles SET next_fetch_at = '2026-05-01T00:00:00Z'",
        "UPDATE articles SET matched_hash = NULL",
        "UPDATE articles SET redacted_at = '2026-05-01T00:00:00Z'",
    ],
    ids=["its-story-lives", "it-was-revised", "its-page-is-due", "it-waits-to-be-matched", "it-is-redacted"],
)
def test_a_text_stays_while_something_may_still_need_it(desk: Desk, why: str) -> None:
    settled_story(desk, came=NOW - timedelta(days=800))
    desk.store.connection.execute(why)
    assert prune(desk, bodies=NOW - timedelta(days=730)) == {}
    assert desk.one("SELECT text FROM articles") != ""


def test_an_article_without_its_text_is_neither_matched_again_nor_compared_with(desk: Desk) -> None:
    article = settled_story(desk, came=NOW - timedelta(days=800))
    prune(desk, bodies=NOW)
    assert unmatch_all(desk.store) == 0
    assert unmatched(desk.store.connection, limit=10) == ()
    assert documents_to_compare(desk.store.connection, [article]) == ()


def test_a_text_that_comes_again_is_taken_in(desk: Desk) -> None:
    article = settled_story(desk, came=NOW - timedelta(days=800))
    prune(desk, bodies=NOW)
    desk.settle(article, "Ferry sails", "The ferry sails to Holm, and back.")
    assert desk.rows("SELECT pruned_at, pruned_reason FROM articles") == [{"pruned_at": None, "pruned_reason": None}]
    assert desk.one("SELECT count(*) FROM articles_fts WHERE articles_fts MATCH 'holm'") == 1
    assert len(known_entries(desk.store.connection, desk.feed().id, ["k"], [], without_link=0)) == 1


def test_kept_pages_go_by_their_own_rule(desk: Desk) -> None:
    settled_story(desk, came=NOW - timedelta(days=100))
    assert prune(desk, pages=NOW - timedelta(days=101)) == {}
    assert prune(desk, pages=NOW - timedelta(days=90)) == {"pages": 1}
    assert desk.one("SELECT text FROM articles") != ""


def test_of_the_journal_only_lines_go_that_other_tables_repeat(desk: Desk) -> None:
    placed, moved = '{"member_before": {"reason": "unmatched"}}', '{"member_before": {"reason": "lead"}}'
    lines = [
        ("samewire", "joined", placed, "2024-01-01T00:00:00Z"),
        ("samewire", "joined", moved, "2024-01-01T00:00:00Z"),
        ("samewire", "merged", '{"into": 3}', "2024-01-01T00:00:00Z"),
        ("samewire", "epoch", "{}", "2024-01-01T00:00:00Z"),
        ("desk", "constraint-merge", "{}", "2024-01-01T00:00:00Z"),
        ("samewire", "epoch", "{}", "2026-05-01T00:00:00Z"),
    ]
    desk.store.connection.executemany(
        "INSERT INTO journal (actor, action, detail, at, reason) VALUES (?, ?, ?, ?, '')", lines
    )
    assert prune(desk, journal=NOW - timedelta(days=365)) == {"journal": 2}
    assert [tuple(row.values()) for row in desk.rows("SELECT actor, action, detail, at FROM journal ORDER BY id")] == [
        line for n, line in enumerate(lines) if n not in (0, 3)
    ]


def test_events_of_old_digests_are_forgotten(desk: Desk) -> None:
    desk.article("One", "x")
    for day in ("2026-05-04", "2026-05-05"):
        desk.store.connection.execute(
            "INSERT INTO digest_events (day, edition, event_id, fate) VALUES (?, '', 1, 'shown')", [day]
        )
    assert prune(desk, events=date(2026, 5, 5)) == {"events": 1}


def test_room_that_became_free_is_given_back_to_the_file_system(desk: Desk) -> None:
    for n in range(40):
        desk.article(f"Title {n}", f"word{n} " * 4000)
    desk.store.connection.execute("UPDATE articles SET text = ''")
    before, free = file_bytes(desk.store.connection), desk.one("PRAGMA freelist_count")
    assert free > 100
    given = sum(iter(lambda: give_back(desk.store.connection, 50), 0))
    assert given == before - file_bytes(desk.store.connection) >= (free - 2) * 4096
    assert desk.one("PRAGMA freelist_count") == 0
    assert desk.is_sound()


def test_a_file_that_keeps_no_track_of_free_pages_is_rewritten_once(desk: Desk) -> None:
    connection = desk.store.connection
    connection.execute("PRAGMA auto_vacuum = NONE")
    connection.execute("VACUUM")
    assert desk.one("PRAGMA auto_vacuum") == 0
    assert give_back(connection) == 0
    rewrite(connection)
    assert desk.one("PRAGMA auto_vacuum") == 2
    assert desk.one("PRAGMA journal_mode") == "wal"
    assert desk.is_sound()
