"""Stories in the database: what a person says of them, how they merge, and what the views answer."""

from __future__ import annotations

import itertools
import json
import random
from datetime import timedelta

import pytest

from ingest.errors import NotFound
from ingest.match.series import LEAST, SPAN, Issue, series_of
from ingest.model import (
    ArticleId,
    ConstraintKind,
    Evidence,
    First,
    Group,
    Join,
    Member,
    Merge,
    Relation,
    Start,
    StoryId,
    Verdict,
)
from ingest.store import corrections, export, read, readers, signatures, stories
from ingest.store.journal import count_cap, note
from ingest.store.read_canned import CANNED, numbers_changed
from ingest.store.verdicts import store_verdicts
from tests.store.conftest import NOW, Desk

VIEWS = ("story_list", "story_timeline", "feed_health", "first_publishers", "todays_digest")


def grouped(*ids: ArticleId, first: ArticleId | None = None) -> Group:
    """A story of these articles as matching would compute it."""
    members = [Member(article_id=ids[0], relation=Relation.ORIGINAL, score=1.0, via=None, reason="first")]
    members += [Member(article_id=i, relation=Relation.COPY, score=0.93, via=ids[0], reason="copy") for i in ids[1:]]
    return Group(members=tuple(members), first=First(article_id=first, confidence=0.9, reason="Because it was."))


def joining(a: ArticleId, b: ArticleId) -> Verdict:
    measured = Evidence(
        jaccard=1.0, containment_a=1.0, containment_b=1.0, title=1.0, lead_a=1.0, lead_b=1.0, gap_s=None, shared=40,
        quoted=0.0, vocabulary=1.0, specifics=1.0, agreement=(), boilerplate=0.0, veto=None,
    )  # fmt: skip
    return Verdict(a=a, b=b, relation=Relation.COPY, score=1.0, reason="copy", explanation="", evidence=measured)


def story_of(desk: Desk, article: ArticleId) -> StoryId:
    return StoryId(desk.one("SELECT story_id FROM members WHERE article_id = ?", article))


@pytest.fixture
def pair(desk: Desk) -> tuple[ArticleId, ArticleId]:
    """Two articles that became one story: the older id stays."""
    a = desk.article("Ferry sails", "The ferry sails to Holm again.", publisher="Gazette")
    b = desk.article(
        "Ferry is back", "The ferry sails to Holm again.", publisher="Courier", at=NOW + timedelta(minutes=9)
    )
    older, newer = story_of(desk, a), story_of(desk, b)
    with desk.store.transaction():
        parts = (Join(story_id=older, group=grouped(a, b, first=a)), Merge(story_id=newer, into=older))
        stories.apply(desk.store, parts, NOW)
    return a, b


def test_a_merge_keeps_the_older_id_and_leaves_a_forwarding_row(desk: Desk, pair) -> None:
    a, b = pair
    assert story_of(desk, a) == story_of(desk, b) == 1
    assert desk.rows("SELECT id, merged_into FROM stories ORDER BY id") == [
        {"id": 1, "merged_into": None}, {"id": 2, "merged_into": 1},
    ]  # fmt: skip
    assert read.forwarded(desk.store.connection, 2) == 1
    assert read.story(desk.store.connection, 2) is None
    assert [m.article_id for m in read.story(desk.store.connection, 1).members] == [a, b]
    assert desk.is_sound()


def test_the_old_row_of_a_member_that_moved_stands_in_the_journal(desk: Desk, pair) -> None:
    (line,) = desk.rows("SELECT * FROM journal WHERE action = 'joined'")
    before = json.loads(line["detail"])["member_before"]
    assert (line["article_id"], line["story_id"], before["story_id"], before["relation"]) == (pair[1], 1, 2, "original")
    assert desk.one("SELECT count(*) FROM journal WHERE action = 'merged' AND story_id = 2") == 1


def test_forwarding_rows_form_no_chain(desk: Desk, pair) -> None:
    c = desk.article("Ferry", "x")
    third = story_of(desk, c)
    desk.store.connection.execute("UPDATE stories SET merged_into = NULL WHERE id = ?", [third])
    with desk.store.transaction():
        # Story 1 itself ends now, in another.
        stories.apply(
            desk.store, (Join(story_id=third, group=grouped(*pair, c)), Merge(story_id=StoryId(1), into=third)), NOW
        )
    assert {row["merged_into"] for row in desk.rows("SELECT merged_into FROM stories WHERE id <> ?", third)} == {third}


def test_what_a_reader_noted_goes_along_with_a_merge(desk: Desk, pair) -> None:
    third = story_of(desk, c := desk.article("Ferry", "x"))
    for reader, story, words in (("ada", third, "ask"), ("bob", third, "old"), ("bob", StoryId(1), "own")):
        readers.set_note(desk.store, reader, story, words)
    with desk.store.transaction():
        stories.apply(
            desk.store,
            (Join(story_id=StoryId(1), group=grouped(*pair, c)), Merge(story_id=third, into=StoryId(1))),
            NOW,
        )
    kept = desk.rows("SELECT reader, story_id, note FROM reader_marks ORDER BY reader, story_id")
    assert [tuple(row.values()) for row in kept] == [("ada", 1, "ask"), ("bob", 1, "own"), ("bob", third, "old")]
    readers.set_note(desk.store, "ada", third, "later")
    assert readers.marks_of(desk.store.connection, "ada", 1).note == "later"


def test_a_split_starts_a_story_with_an_id_of_its_own(desk: Desk, pair) -> None:
    a, b = pair
    with desk.store.transaction():
        stories.apply(desk.store, (Join(story_id=StoryId(1), group=grouped(a, first=a)), Start(group=grouped(b))), NOW)
    assert (story_of(desk, a), story_of(desk, b)) == (1, 3)
    assert read.forwarded(desk.store.connection, 2) == 1


def test_applying_the_same_again_writes_nothing(desk: Desk, pair) -> None:
    dump = list(desk.store.connection.iterdump())
    with desk.store.transaction():
        stories.apply(
            desk.store, (Join(story_id=StoryId(1), group=grouped(*pair, first=pair[0])),), NOW + timedelta(days=1)
        )
    assert list(desk.store.connection.iterdump()) == dump


def test_a_correction_writes_a_constraint_and_a_journal_line_and_nothing_else(desk: Desk, pair) -> None:
    tables = [row["name"] for row in desk.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]

    def others() -> list[object]:
        return [
            desk.rows(f"SELECT * FROM [{t}]") for t in tables if t not in ("constraints", "journal", "sqlite_sequence")
        ]

    before = others()
    c = desk.store
    for kind, b in ((ConstraintKind.MERGE, pair[1]), (ConstraintKind.APART, pair[1]), (ConstraintKind.SPLIT, None)):
        line = corrections.record_constraint(c, kind, pair[0], b, made_by="ada", now=NOW)
        (row,) = desk.rows("SELECT * FROM journal WHERE id = ?", line)
        assert (row["actor"], row["action"], row["article_id"]) == ("ada", f"constraint-{kind}", pair[0])
        (made,) = desk.rows("SELECT * FROM constraints WHERE id = ?", row["constraint_id"])
        assert (made["kind"], made["article_a"], made["article_b"], made["applied_at"]) == (kind, pair[0], b, None)
    assert others() == before
    assert len(corrections.waiting(c.connection)) == 3


def test_an_undone_correction_waits_to_be_applied_again_and_is_undone_once(desk: Desk, pair) -> None:
    line = corrections.record_constraint(desk.store, ConstraintKind.SPLIT, pair[0], None, made_by="ada", now=NOW)
    (waiting,) = corrections.waiting(desk.store.connection)
    corrections.mark_applied(desk.store, waiting.id, NOW)
    assert corrections.waiting(desk.store.connection) == ()
    undone = corrections.undo(desk.store, line, made_by="bo", now=NOW)
    assert [w.id for w in corrections.waiting(desk.store.connection)] == [waiting.id]
    assert stories.constraints_among(desk.store.connection, pair) == ()
    for wrong in (line, undone, 99):
        with pytest.raises(NotFound):
            corrections.undo(desk.store, wrong, made_by="bo", now=NOW)


def test_a_correction_of_what_is_not_there_is_refused_and_leaves_no_row(desk: Desk, pair) -> None:
    with pytest.raises(NotFound, match="article 99"):
        corrections.record_constraint(desk.store, ConstraintKind.MERGE, pair[0], ArticleId(99), made_by="ada", now=NOW)
    with pytest.raises(NotFound, match="story 99"):
        corrections.first_member(desk.store.connection, StoryId(99))
    assert desk.rows("SELECT * FROM constraints") == []


def test_an_ended_story_is_corrected_under_the_one_it_went_into(desk: Desk, pair) -> None:
    assert corrections.first_member(desk.store.connection, StoryId(2)) == pair[0]


def test_every_decision_in_the_database_has_a_reason(desk: Desk, pair) -> None:
    for table in ("members", "journal"):
        assert desk.rows(f"SELECT * FROM {table} WHERE reason = ''") == []
    assert desk.rows("SELECT * FROM stories WHERE merged_into IS NULL AND first_reason = ''") == []


def test_a_journal_line_is_cut_and_kept(desk: Desk) -> None:
    line = note(desk.store, NOW, "ada", "said", "x" * 5000)
    assert desk.one("SELECT length(reason) FROM journal WHERE id = ?", line) == 1000
    assert note(desk.store, NOW, "ada", "said", "y") == line + 1


def test_a_cap_that_bites_is_counted(desk: Desk) -> None:
    for subject in ("https://one.example/", "https://two.example/"):
        count_cap(desk.store, "entries_per_poll", subject, NOW)
    (row,) = desk.rows("SELECT * FROM caps")
    assert (row["bitten"], row["last_subject"]) == (2, "https://two.example/")


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_answers_on_an_empty_database(desk: Desk, view: str) -> None:
    assert desk.rows(f"SELECT * FROM {view}") == []


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_answers_with_data(desk: Desk, pair, view: str) -> None:
    desk.feed()
    desk.store.connection.execute("UPDATE articles SET first_seen_at = strftime('%Y-%m-%dT%H:%M:%SZ', 'now')")
    rows = desk.rows(f"SELECT * FROM {view}")
    assert rows
    if view in ("story_list", "todays_digest"):
        assert [(row["articles"], row["publishers"], row["first_publisher"]) for row in rows] == [(2, 2, "Gazette")]
    elif view == "story_timeline":
        assert [row["lag_minutes"] for row in sorted(rows, key=lambda row: row["at"])] == [0.0, 9.0]
    elif view == "first_publishers":
        assert [(row["name"], row["stories_first"], row["taken_up_by_others"]) for row in rows] == [("Gazette", 1, 1)]
    else:
        assert [(row["status"], row["failures"], row["entries"]) for row in rows] == [("active", 0, 0)]


def test_every_question_of_the_pages_is_answered_on_an_empty_database(desk: Desk) -> None:
    connection = desk.store.connection
    connection.create_function("search_terms", 1, read.fts_query)
    connection.create_function("numbers_changed", 2, numbers_changed)
    values = {"words": '"ferry', "first_publisher": "x", "article": "x", "publisher": "x", "agency": "x"}
    for name, question in CANNED.items():
        assert connection.execute(question.sql, values).fetchall() == [], name
    status = read.status(connection, NOW)
    assert (status.articles, status.stories, status.feeds, status.last_digest) == (0, 0, {}, None)
    assert read.latest(connection, limit=5) == read.feeds(connection) == ()
    assert list(export.articles(connection, with_text=True)) == []
    assert read.story(connection, 1) is read.forwarded(connection, 1) is None


def test_exported_rows_have_the_columns_they_promise(desk: Desk, pair) -> None:
    for with_text in (False, True):
        rows = list(export.articles(desk.store.connection, with_text=with_text))
        assert [tuple(row) for row in rows] == [export.article_columns(with_text=with_text)] * 2
    assert [(row["id"], row["story"], row["relation"], row["via"], row["first"]) for row in rows] == [
        (pair[0], 1, "original", None, pair[0]), (pair[1], 1, "copy", pair[0], pair[0]),
    ]  # fmt: skip
    assert rows[0]["byline"] == []


@pytest.mark.parametrize("seed", range(4))
def test_whose_series_an_article_can_make_is_found_nearby(desk: Desk, seed: int) -> None:
    """Held against telling the series with each article and without it."""
    chance, make = random.Random(seed), signatures.Make(epoch=1, algorithm="a", seed=1, tokeniser=1)
    issues = []
    for number in range(40):
        at = NOW + timedelta(hours=chance.choice((1, 9, 30)) * chance.randrange(60)) if chance.random() < 0.9 else None
        title, frame, publisher = chance.randrange(1 + 4 * seed), chance.randrange(2), chance.choice(("A", "B"))
        made = desk.article(f"Rates {title}", f"Text {number}", publisher=publisher, at=at)
        signed = signatures.Signed(
            make=make, at=at, kept_at=NOW, sketch=b"", skipped=None, words=0, title=title, frame=frame
        )  # fmt: skip
        signatures.store_signature(desk.store, made, signed)
        issues.append(Issue(id=made, publisher=publisher, frame=frame, title=title, at=at))
    joined = [issue.id for issue in issues[::2]]
    verdicts = [joining(a, b) for a, b in itertools.pairwise(joined)]
    store_verdicts(desk.store, joined[0], verdicts, NOW)
    told, most = series_of(issues), 0
    for issue in issues:
        without = series_of(other for other in issues if other is not issue)
        changed = {other for other in told if other not in without} & set(joined) - {issue.id}
        near = list(stories.joined_issues(desk.store.connection, issue.id, span_s=SPAN.total_seconds(), enough=LEAST))
        assert changed <= set(near)
        assert len(near) == len(set(near))
        most = max(most, len(changed))
    assert most > 0
    assert told
