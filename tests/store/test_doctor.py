"""Each check of the doctor finds what it is for, once it is broken on purpose, and mends what it says it mends."""

from __future__ import annotations

import sqlite3

import pytest

from ingest.store import ailments
from ingest.store.ailments import CHECKS
from ingest.store.doctor import Finding, examine, mend
from ingest.store.journal import note
from tests.store.conftest import NOW, Desk


def ill(desk: Desk) -> dict[str, Finding]:
    return {
        found.check: found for found in examine(desk.store.connection, desk.path, NOW, CHECKS) if found.level != "ok"
    }


def cured(desk: Desk) -> list[str]:
    return [check.name for check, _ in mend(desk.store, desk.path, NOW, CHECKS)]


@pytest.fixture
def newsroom(desk: Desk) -> Desk:
    """Four articles: 1 and 2 are one story, whose second one ended in it; 3 and 4 stand alone. Feed 1 has polls."""
    desk.feed()
    for n in range(1, 5):
        desk.article(f"Title {n}", f"Text number {n}.")
    run = desk.store.connection.execute
    run("UPDATE articles SET matched_hash = content_hash")
    run("INSERT INTO signatures (article_id, epoch, sketch) SELECT id, 1, x'00' FROM articles")
    run("UPDATE members SET story_id = 1, relation = 'copy', via = 1, reason = 'copy' WHERE article_id = 2")
    run("UPDATE stories SET merged_into = 1 WHERE id = 2")
    run("UPDATE stories SET event_id = id, related_at = '2026-05-05T00:00:00Z' WHERE id <> 2")
    before = '{"member_before": {"article_id": 2, "story_id": 2, "reason": "unmatched"}}'
    note(desk.store, NOW, "samewire", "joined", "copy", article_id=2, story_id=1, detail=before)
    run("INSERT INTO watches (name, query) VALUES ('summit', 'talks')")
    run("INSERT INTO hosts (host, paused_until, status, asked_at) VALUES ('a', '2026-05-05T13:00:00Z', 429, '')")
    assert ill(desk) == {}
    return desk


#: What breaks each check, the rows it names, and whether the doctor mends it.
BROKEN = (
    ("references", "DELETE FROM watches; INSERT INTO hits (watch_id, article_id, at) VALUES (7, 1, '')", 1, False),
    ("references", "UPDATE signatures SET article_id = 99 WHERE article_id = 4; "
                   "INSERT INTO signatures (article_id, epoch, sketch) VALUES (4, 1, x'00')", 1, True),
    ("members", "DELETE FROM members WHERE article_id = 4", 1, True),
    ("forwarding", "UPDATE stories SET merged_into = 2 WHERE id = 3", 1, True),
    ("empty stories", "UPDATE stories SET merged_into = NULL WHERE id = 2", 1, True),
    ("first", "UPDATE stories SET first_article_id = 4 WHERE id = 1", 1, True),
    ("openings", "UPDATE members SET relation = 'original', via = NULL WHERE article_id = 2", 1, True),
    ("via", "UPDATE members SET via = 3 WHERE article_id = 2", 1, True),
    ("events", "UPDATE stories SET event_id = 2 WHERE id = 3", 1, True),
    ("full-text index", "INSERT INTO articles_fts (articles_fts) VALUES ('delete-all')", 4, True),
    ("full-text index", "INSERT INTO articles_fts (rowid, title, text) VALUES (99, 'a', 'b')", 1, True),
    ("signatures", "DELETE FROM signatures WHERE article_id = 3", 1, True),
    ("signatures", "UPDATE signatures SET learned = 5 WHERE article_id = 3", 1, True),
    ("texts", "UPDATE articles SET pruned_at = '2026-05-05T00:00:00Z' WHERE id = 1", 1, True),
    ("plans", "UPDATE feeds SET next_at = '2036-01-01T00:00:00Z'", 1, True),
    ("plans", "UPDATE hosts SET paused_until = '2036-01-01T00:00:00Z'", 1, True),
    ("plans", "UPDATE articles SET next_fetch_at = '2036-01-01T00:00:00Z' WHERE id IN (1, 2)", 2, True),
    ("clock", "UPDATE articles SET first_seen_at = '2026-05-07T00:00:00Z' WHERE id = 1", 1, False),
    ("ledger", "INSERT INTO deliveries (day, recipient, message_id, status) VALUES ('2026-05-05', 'a', 'm', 'sent')", 1,
     False),
    ("alerts", "INSERT INTO alert_messages (watch_id, channel, target, key, body, status, made_at) "
               "VALUES (1, 'mail', 'a', 'k', '{}', 'later', '')", 1, True),
    ("redactions", "UPDATE articles SET redacted_at = '2026-05-05T00:00:00Z', recheck_at = '2026-05-06T00:00:00Z' "
                   "WHERE id = 4", 1, True),
    ("schema", "DROP INDEX articles_by_time", 1, True),
    ("schema", "DROP VIEW feed_health; CREATE VIEW feed_health AS SELECT 1 AS id", 1, True),
    ("schema", "DROP TRIGGER publishers_changed", 1, True),
    ("schema", "ALTER TABLE caps RENAME COLUMN last_subject TO subject", 1, False),
    ("foreign objects", "CREATE TABLE my_notes (id INTEGER)", 1, False),
)  # fmt: skip


@pytest.mark.parametrize(("name", "sql", "count", "mended"), BROKEN)
def test_what_is_broken_on_purpose_is_found_and_mended(
    newsroom: Desk, name: str, sql: str, count: int, mended: bool
) -> None:
    members = newsroom.rows("SELECT article_id FROM members UNION SELECT id FROM articles")
    newsroom.store.connection.execute("PRAGMA foreign_keys = OFF")
    newsroom.store.connection.executescript(sql)
    newsroom.store.connection.execute("PRAGMA foreign_keys = ON")
    found = ill(newsroom)[name]
    assert (found.count, bool(found.subjects), bool(found.text), bool(found.cure)) == (count, True, True, True)
    assert (name in cured(newsroom)) is found.can_be_mended
    left = ill(newsroom)
    assert (name not in left) is mended
    if mended:
        assert left == {}
        assert newsroom.is_sound()
        assert newsroom.one("SELECT count(*) FROM journal WHERE action = 'mended' AND reason LIKE ?", f"{name}:%") == 1
    assert newsroom.rows("SELECT article_id FROM members UNION SELECT id FROM articles") == members


def test_every_check_is_broken_by_a_test() -> None:
    elsewhere = {"file", "WAL", "copies"}
    assert {check.name for check in CHECKS} == {name for name, *_ in BROKEN} | elsewhere


def test_a_damaged_index_is_made_anew(newsroom: Desk) -> None:
    run = newsroom.store.connection.execute
    (row,) = newsroom.rows("SELECT * FROM sqlite_master WHERE name = 'articles_by_time'")
    run("PRAGMA writable_schema = ON")
    run("DELETE FROM sqlite_master WHERE name = 'articles_by_time'")
    run("PRAGMA schema_version = 9000")  # read anew: the row below goes past the index
    run("UPDATE articles SET published_at = '2026-05-04T00:00:00Z' WHERE id = 1")
    run("INSERT INTO sqlite_master VALUES (?, ?, ?, ?, ?)", [*row.values()])
    run("PRAGMA schema_version = 9001")
    run("PRAGMA writable_schema = OFF")
    found = ill(newsroom)["file"]
    assert "articles_by_time" in found.subjects[0]
    assert cured(newsroom) == ["file"]
    assert ill(newsroom) == {}


def test_a_damaged_table_is_found_and_left_for_a_backup(newsroom: Desk) -> None:
    (root,) = newsroom.rows("SELECT rootpage FROM sqlite_master WHERE name = 'caps'")
    newsroom.store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with newsroom.path.open("r+b") as file:
        file.seek((root["rootpage"] - 1) * 4096)
        file.write(b"\xff" * 64)
    with sqlite3.connect(newsroom.path) as connection:
        found = next(iter(examine(connection, newsroom.path, NOW, CHECKS)))
    assert (found.check, found.level) == ("file", "error")
    assert "restore a backup" in found.cure


def test_a_large_log_is_told_and_written_into_the_database(newsroom: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ailments, "LARGE_WAL", 1000)
    found = ill(newsroom)["WAL"]
    assert (found.level, found.count) == ("warning", 1)
    assert "WAL" in cured(newsroom)
    # mending wrote a line into the journal
    assert newsroom.path.with_name("newsroom.db-wal").stat().st_size < 20_000


def test_half_copies_are_told_and_deleted(newsroom: Desk) -> None:
    for name in ("newsroom.db.schema-10.bak.part", "newsroom.db.restoring"):
        newsroom.path.with_name(name).touch()
    assert ill(newsroom)["copies"].count == 2
    assert cured(newsroom) == ["copies"]
    assert ill(newsroom) == {}


def test_a_reader_can_examine(newsroom: Desk) -> None:
    with sqlite3.connect(f"file:{newsroom.path}?mode=ro", uri=True) as connection:
        assert {found.level for found in examine(connection, newsroom.path, NOW, CHECKS)} == {"ok"}
