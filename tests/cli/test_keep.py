"""Keeping a database for years from the command line: backup, restore, prune, doctor."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ingest.store.connection import open_writer
from ingest.store.migrations import SCHEMA
from tests.cli.conftest import Cli
from tests.cli.test_newsroom import partition


def change(database: Path, *statements: str) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        for sql in statements:
            connection.execute(sql)


def dump(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        return [line for line in connection.iterdump() if "sqlite_stat" not in line]


def test_a_backup_is_a_sound_database_under_a_new_name_only(cli: Cli, newsroom: Path, tmp_path: Path) -> None:
    assert cli("backup", "copy.db").code == 0
    assert partition(tmp_path / "copy.db") == partition(newsroom)
    again = cli("backup", "copy.db")
    assert (again.code, "is there already" in again.err) == (1, True)
    assert not list(tmp_path.glob("*.part"))


def test_a_backup_is_put_back_and_what_was_there_is_kept(cli: Cli, newsroom: Path, tmp_path: Path) -> None:
    cli("backup", "copy.db")
    cli("split", 4)
    cli("poll")
    after = partition(newsroom)
    ran = cli("restore", "copy.db", "--json")
    assert (ran.code, ran.json()["schema"]) == (0, SCHEMA)
    assert dump(newsroom) == dump(tmp_path / "copy.db")
    assert partition(newsroom) == [[1, 3, 4], [2]] != after
    assert partition(Path(ran.json()["kept"])) == after
    assert cli("status").code == cli("doctor").code == 0


def test_a_backup_is_put_back_where_nothing_is_left(cli: Cli, newsroom: Path) -> None:
    cli("backup", "copy.db")
    for path in newsroom.parent.glob("newsroom.db*"):
        path.unlink()
    ran = cli("restore", "copy.db")
    assert ran.out == f"{newsroom} is copy.db now (schema {SCHEMA})\n"
    assert partition(newsroom) == [[1, 3, 4], [2]]


@pytest.mark.parametrize("spoil", ["cut", "newer", "other"])
def test_a_backup_that_is_no_good_is_refused_and_the_database_stays(
    cli: Cli, newsroom: Path, tmp_path: Path, spoil: str
) -> None:
    copy = tmp_path / "copy.db"
    cli("backup", "copy.db")
    if spoil == "cut":
        copy.write_bytes(copy.read_bytes()[: copy.stat().st_size // 2])
    elif spoil == "newer":
        change(copy, f"PRAGMA user_version = {SCHEMA + 1}")
    else:
        copy.unlink()
        change(copy, "CREATE TABLE bookmarks (url TEXT)")
    before = newsroom.read_bytes()
    ran = cli("restore", "copy.db")
    words = {"cut": "take an older backup", "newer": "upgrade it", "other": "not made by samewire"}
    assert (ran.code, words[spoil] in ran.err) == (1, True)
    assert newsroom.read_bytes() == before
    assert not list(tmp_path.glob("*before-restore*"))


def told_of(story: dict[str, Any]) -> dict[str, Any]:
    """A story without the words of its members."""
    names = ("article_id", "title", "url", "publisher", "relation", "score", "via", "reason")
    return story | {"members": [{name: member[name] for name in names} for member in story["members"]]}


OLD = (
    "UPDATE articles SET first_seen_at = '2020-01-01T00:00:00Z'",
    "UPDATE stories SET updated_at = '2020-01-01T00:00:00Z'",
    "UPDATE verdicts SET decided_at = '2020-01-01T00:00:00Z'",
    "INSERT INTO feeds (url, publisher_id, origin, added_at, next_at) "
    "SELECT 'https://p.example/rss', min(id), 'added', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z' FROM publishers",
    "INSERT INTO polls (feed_id, started_at, outcome, bytes, seconds) "
    "SELECT max(id), '2024-01-01T00:00:00Z', 'ok', 1, 1 FROM feeds",
    "INSERT INTO polls (feed_id, started_at, outcome, bytes, seconds) "
    "SELECT max(id), '2999-01-01T00:00:00Z', 'ok', 1, 1 FROM feeds",
)


def test_what_is_old_is_pruned_and_stories_stay_what_they_were(cli: Cli, newsroom: Path, tmp_path: Path) -> None:
    change(newsroom, *OLD)
    (tmp_path / "config.toml").write_text('[retention]\nbodies = "365d"\n', encoding="utf-8")
    before, shown = partition(newsroom), told_of(cli("story", 1, "--json").json())
    ran = cli("prune", "--json")
    assert (ran.code, ran.json()["polls"], ran.json()["bodies"], ran.json()["events"]) == (0, 1, 4, 0)
    assert cli("prune").out == "nothing was old enough; 0.0 MB given back\n"
    assert cli("reprocess", "--json").json() == {"matched": 0}
    assert partition(newsroom) == before
    assert told_of(cli("story", 1, "--json").json()) == shown
    assert cli("doctor").code == 0
    assert cli("stories", "bronzes", "--json").json()[0]["title"] == "Nine bronzes go home"


def test_an_article_that_comes_after_the_texts_went_leaves_the_old_stories_alone(
    cli: Cli, newsroom: Path, articles: Path, tmp_path: Path
) -> None:
    """The archive holds a copy of what went: it is told apart, for there is nothing to compare it with."""
    change(newsroom, *OLD)
    (tmp_path / "config.toml").write_text('[retention]\nbodies = "365d"\n', encoding="utf-8")
    cli("prune")
    before = partition(newsroom)
    text = articles.read_text(encoding="utf-8").splitlines()[0]
    (tmp_path / "late.jsonl").write_text(
        text.replace('"id": "', '"id": "late-', 1).replace("https://", "https://late.")
    )
    assert cli("import", "late.jsonl").code == 0
    assert [story for story in partition(newsroom) if max(story) <= 4] == before
    assert cli("doctor").code == 0


def test_the_file_is_rewritten_on_request(cli: Cli, newsroom: Path) -> None:
    change(newsroom, "PRAGMA auto_vacuum = NONE", "VACUUM")
    assert cli("prune", "--vacuum").code == 0
    with closing(sqlite3.connect(newsroom)) as connection:
        assert connection.execute("PRAGMA auto_vacuum").fetchone()[0] == 2


def test_the_doctor_finds_nothing_in_a_newsroom_of_today(cli: Cli, newsroom: Path) -> None:
    with open_writer(newsroom, for_command="samewire run"):  # beside a daemon
        ran = cli("doctor", "--json")
    assert ran.code == 0
    assert {found["level"] for found in ran.json()["findings"]} == {"ok"}
    assert cli("doctor", "--mend").out.startswith("ok      file: SQLite finds the file sound\n")
    assert not list(newsroom.parent.glob("*before-mend*"))


def test_the_doctor_explains_and_on_request_mends_after_a_copy(cli: Cli, newsroom: Path) -> None:
    change(newsroom, "DELETE FROM members WHERE article_id = 2")
    broken = dump(newsroom)
    ran = cli("doctor")
    assert ran.code == 1
    assert "error   members: articles are in no story: no list shows them" in ran.out
    assert "        article 2\n        --mend: each becomes a story of its own" in ran.out
    mended = cli("doctor", "--mend", "--json")
    assert mended.code == 0
    assert [found["check"] for found in mended.json()["mended"]] == ["members"]
    assert dump(Path(mended.json()["copy"])) == broken
    assert partition(newsroom) == [[1, 3, 4], [2]]
    assert cli("doctor").code == 0
    with closing(sqlite3.connect(newsroom)) as connection:
        line = connection.execute("SELECT actor, reason FROM journal WHERE action = 'mended'").fetchone()
    assert line == ("samewire", "members: 1 found; each becomes a story of its own and is matched again")


def test_what_the_doctor_cannot_mend_is_said_and_exit_1(cli: Cli, newsroom: Path) -> None:
    change(
        newsroom,
        "INSERT INTO deliveries (day, recipient, message_id, status) VALUES ('2026-05-05', 'a', 'm', 'sent')",
    )
    ran = cli("doctor", "--mend")
    assert ran.code == 1
    assert "error   ledger: the ledger of digests contradicts itself" in ran.out
    assert "2026-05-05 to a\n        look at these mails" in ran.out
