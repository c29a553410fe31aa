"""`samewire watch`: a query tried on what came, and the watches listed."""

from __future__ import annotations

import csv
import io
import sqlite3
from contextlib import closing
from pathlib import Path

import feedparser
import pytest

from .conftest import Cli


@pytest.fixture
def fresh(newsroom: Path) -> Path:
    """The articles, as if their feeds had been known before."""
    with closing(sqlite3.connect(newsroom, isolation_level=None)) as connection:
        connection.execute("UPDATE articles SET baseline = 0")
    return newsroom


def test_a_query_is_tried_on_the_last_week(cli: Cli, fresh: Path) -> None:
    ran = cli("watch", "test", "ferry", "(storm", "OR", "bronzes)", "--json")
    found = ran.json()
    assert ran.code == 0
    assert [(one["reason"], one["found"]) for one in found["caught"]] == [
        ("first", "ferry in the title, storm in the text"),
    ]
    assert found["passed_over"] == {"copy": 1}
    shown = cli("watch", "test", "ferry (storm OR bronzes)").out
    assert shown.startswith("1 hit in 1 story in 7 days; passed over: 1 copy\n")
    assert "ferry in the title, storm in the text" in shown


def test_a_watch_is_tried_by_its_name(cli: Cli, fresh: Path, tmp_path: Path) -> None:
    with (tmp_path / "config.toml").open("a", encoding="utf-8") as out:
        out.write('[[groups]]\nname = "north"\npublishers = ["northwire"]\n')
        out.write('[[watches]]\nname = "boats"\nquery = "group:north ferry"\n')
    assert [one["publisher"] for one in cli("watch", "test", "boats", "--json").json()["caught"]] == ["Northwire"]


def test_a_first_poll_is_passed_over(cli: Cli, newsroom: Path) -> None:
    assert cli("watch", "test", "ferry", "--json").json()["passed_over"] == {"baseline": 3}


def test_a_fault_points_at_the_character_and_ends_with_2(cli: Cli, fresh: Path) -> None:
    ran = cli("watch", "test", "ferry titel:storm")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        'the query: character 7: unknown field "titel"; did you mean "title"?\n  ferry titel:storm\n        ^\n'
    )


def test_a_watch_that_cannot_be_read_fails_check_with_2(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[[watches]]\nname = "x"\nquery = "a AND"\n', encoding="utf-8")
    for command in ("check", "poll"):
        ran = cli(command)
        assert ran.code == 2
        assert 'config.toml:3: watches.query: "x": character 6: the query ends' in ran.err


def test_watches_are_listed_and_dead_letters_revived(cli: Cli, fresh: Path, tmp_path: Path) -> None:
    assert cli("watch", "list").out.startswith("no watches")
    with closing(sqlite3.connect(fresh, isolation_level=None)) as connection:
        connection.execute(
            "INSERT INTO watches (name, query, added_at) VALUES ('boats', 'ferry', '2026-05-05T00:00:00Z')"
        )
        connection.execute("INSERT INTO hits (watch_id, article_id, at) VALUES (1, 1, '2026-05-05T00:00:00Z')")
        connection.execute(
            "INSERT INTO alert_messages (watch_id, channel, target, key, body, status, made_at) "
            "VALUES (1, 'mail', 'a@b.example', 'k', '{}', 'failed', '2026-05-05T00:00:00Z')"
        )
    (row,) = cli("watch", "list", "--json").json()
    assert (row["name"], row["hits"], row["failed"], row["waiting"]) == ("boats", 1, 1, 0)
    assert cli("watch", "resend", "1", "7").out == "1 message will be tried again\n"
    assert cli("watch", "list", "--json").json()[0]["waiting"] == 1


def caught(database: Path) -> None:
    """A watch that told of the ferry's story."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute(
            "INSERT INTO watches (name, query, added_at) VALUES ('boats & co', 'ferry', '2026-05-05T00:00:00Z')"
        )
        connection.execute(
            "INSERT INTO hits (watch_id, article_id, at) SELECT 1, id, '2026-05-05T00:00:00Z' FROM articles "
            "WHERE title = 'Ferry resumes'"
        )


def test_stories_go_out_with_their_members_and_of_a_watch_its_own_only(cli: Cli, fresh: Path) -> None:
    caught(fresh)
    ferry, museum = sorted(cli("export", "--format", "jsonl", "--stories").lines(), key=lambda one: -one["articles"])
    assert (ferry["articles"], ferry["publishers"], museum["articles"]) == (3, 3, 1)
    assert ferry["publisher_names"] == ["Northwire", "Echo", "Herald"]
    assert ferry["first_publisher"] == "Northwire"
    articles = {line["id"]: line for line in cli("export", "--format", "jsonl").lines()}
    assert articles[ferry["members"][0]]["title"] == "Ferry resumes after storm"
    assert cli("export", "--format", "jsonl", "--stories", "--watch", "boats & co").lines() == [ferry]
    of_watch = cli("export", "--format", "jsonl", "--watch", "boats & co").lines()
    assert sorted(line["id"] for line in of_watch) == sorted(ferry["members"])
    table = list(csv.DictReader(io.StringIO(cli("export", "--format", "csv", "--stories").out)))
    assert {row["title"] for row in table} == {ferry["title"], museum["title"]}


def test_a_watch_has_an_atom_feed_of_its_own(cli: Cli, fresh: Path) -> None:
    caught(fresh)
    feed = feedparser.parse(io.BytesIO(cli("export", "--format", "atom", "--watch", "boats & co").out.encode()))
    assert (feed.feed.title, feed.feed.id) == ("samewire: boats & co", "urn:samewire:watch:boats%20%26%20co")
    (entry,) = feed.entries
    everything = feedparser.parse(io.BytesIO(cli("export", "--format", "atom").out.encode()))
    assert entry.id in {other.id for other in everything.entries}


def test_an_export_asks_for_a_watch_that_there_is(cli: Cli, fresh: Path, tmp_path: Path) -> None:
    ran = cli("export", "--format", "csv", "--watch", "boats", "--output", "boats.csv")
    assert (ran.code, 'no watch "boats"' in ran.err) == (1, True)
    assert not list(tmp_path.glob("boats.csv*"))
    assert cli("export", "--format", "opml", "--watch", "boats").code == 2
    assert cli("export", "--format", "atom", "--stories").code == 2
