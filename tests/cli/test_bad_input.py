"""What a person does wrong is told in one clear line, with the right exit code, and costs nothing."""

from __future__ import annotations

import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from ingest.store.connection import open_writer

from .conftest import Cli

FAULTY = """[polls]
[poll]
intervall = "1h"
timeout = "soon"
concurrency = "many"
[web]
port = 99999
[digest]
timezone = "Mars/Olympus"
"""


def one_line(text: str) -> str:
    (line,) = text.splitlines()
    return line


def test_all_faults_of_a_configuration_are_told_at_once_with_file_line_and_key(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(FAULTY, encoding="utf-8")
    for command in ("status", "run", "poll", "check"):
        ran = cli(command)
        assert ran.code == 2
        assert ran.out == ""
        assert [line.split(":")[:3] for line in ran.err.splitlines()] == [
            ["config.toml", "1", " polls"],
            ["config.toml", "3", " poll.intervall"],
            ["config.toml", "4", " poll.timeout"],
            ["config.toml", "5", " poll.concurrency"],
            ["config.toml", "7", " web.port"],
            ["config.toml", "9", " digest.timezone"],
        ]
        assert 'did you mean "poll"?' in ran.err
        assert 'did you mean "interval"?' in ran.err
        assert '"many"' in ran.err or "'many'" in ran.err


@pytest.mark.parametrize("command", ["status", "stories", "run", "poll", "serve", "check", "digest", "prune"])
def test_a_configuration_that_is_not_there_is_exit_2(cli: Cli, command: str) -> None:
    ran = cli("--config", "elsewhere.toml", command)
    assert ran.code == 2
    assert one_line(ran.err) == "elsewhere.toml: no such file; `samewire init` writes one"


@pytest.mark.parametrize("text", ["[poll\n", "a = \n", "\x00"])
def test_what_is_no_toml_is_exit_2(cli: Cli, tmp_path: Path, text: str) -> None:
    (tmp_path / "config.toml").write_text(text, encoding="utf-8")
    ran = cli("status")
    assert ran.code == 2
    assert one_line(ran.err).startswith("config.toml: not valid TOML")


@pytest.mark.parametrize(
    "command",
    [["status"], ["stories"], ["story", 1], ["feeds"], ["digest"], ["export", "--format", "csv"], ["merge", 1, 2],
     ["split", 1], ["undo", 1], ["backup", "copy.db"], ["prune"], ["doctor"], ["doctor", "--mend"], ["reprocess"],
     ["serve"], ["feeds", "pause", 1]],
    ids=lambda command: command[0],
)  # fmt: skip
def test_without_a_database_a_command_says_what_makes_one_and_makes_none(
    cli: Cli, tmp_path: Path, command: list[object]
) -> None:
    (tmp_path / "config.toml").write_text("", encoding="utf-8")
    ran = cli(*command)
    assert ran.code == 1
    assert "newsroom.db: no database yet" in one_line(ran.err)
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]


@pytest.mark.parametrize("command", [["status"], ["poll"], ["merge", 1, 2], ["reprocess"], ["serve"]], ids=str)
def test_a_database_of_a_newer_samewire_is_refused_and_left_as_it_is(
    cli: Cli, newsroom: Path, command: list[object]
) -> None:
    with closing(sqlite3.connect(newsroom)) as connection:
        connection.execute("PRAGMA user_version = 999")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = newsroom.read_bytes()
    ran = cli(*command)
    assert ran.code == 1
    assert "schema 999 was written by a newer samewire" in one_line(ran.err)
    assert newsroom.read_bytes() == before


@pytest.mark.parametrize("command", ["status", "poll"])
@pytest.mark.parametrize("content", [b"this is no database at all" * 40, None], ids=["text", "somebody else's"])
def test_a_file_that_is_no_database_of_ours_is_named_and_left_as_it_is(
    cli: Cli, tmp_path: Path, content: bytes | None, command: str
) -> None:
    path = tmp_path / "newsroom.db"
    (tmp_path / "config.toml").write_text("", encoding="utf-8")
    if content is None:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE songs (title)")
    else:
        path.write_bytes(content)
    before = path.read_bytes()
    ran = cli(command)
    assert ran.code == 1
    assert "database.path" in one_line(ran.err)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "command",
    [["poll"], ["run"], ["reprocess"], ["prune"], ["doctor", "--mend"], ["restore", "config.toml"]],
    ids=lambda command: command[0],
)
def test_a_second_writer_is_told_who_holds_the_database(cli: Cli, newsroom: Path, command: list[str]) -> None:
    with open_writer(newsroom, for_command="samewire run"):
        ran = cli(*command)
    assert ran.code == 1
    assert "in use by samewire run (process " in one_line(ran.err)


def test_a_person_looks_and_corrects_beside_a_writer(cli: Cli, newsroom: Path) -> None:
    with open_writer(newsroom, for_command="samewire run"):
        assert cli("status").code == 0
        assert cli("story", 1).code == 0
        assert cli("split", 1).code == 0
        assert cli("backup", "copy.db").code == 0


def test_a_port_that_is_taken_is_named_with_what_to_do(cli: Cli, newsroom: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        ran = cli("serve", "--port", port)
    assert ran.code == 1
    assert one_line(ran.err).startswith(f"samewire: 127.0.0.1:{port}: another program listens there")
    assert "--port" in ran.err


def test_a_wrong_command_names_the_nearest(cli: Cli) -> None:
    ran = cli("sttus")
    assert ran.code == 2
    assert 'did you mean "status"?' in ran.err


@pytest.mark.parametrize("command", ["poll", "add"])
@pytest.mark.parametrize("url", ["nonsense", "ftp://example.org/feed", "file:///etc/passwd"])
def test_what_is_no_address_is_a_usage_error_and_adds_no_feed(cli: Cli, newsroom: Path, command: str, url: str) -> None:
    ran = cli(command, url)
    assert ran.code == 2
    assert f"not an address to poll: {url!r}" in ran.err
    assert cli("feeds", "--json").json() == []


@pytest.mark.parametrize(
    ("command", "what"),
    [
        (["story", 999], "story 999: there is none"),
        (["merge", 1, 999], "story 999: there is none"),
        (["split", 999], "article 999: there is none"),
        (["undo", 999], "journal line 999 records no merge, split or apart"),
        (["feeds", "pause", "https://x.example/rss"], "no such feed"),
        (["export", "--format", "csv", "--output", "/none/x.csv"], "/none/x.csv: No such file"),
        (["backup", "/none/copy.db"], "there is no folder /none"),
        (["restore", "none.db"], "none.db: no such file; name one that `samewire backup` made"),
        (["restore", "config.toml"], "config.toml: not a sound database (config.toml: file is not a database"),
        (["digest", "--preview", "/none/p.html"], "/none/p.html: No such file"),
        (["import", "config.toml"], "expected a name that ends in .opml or .jsonl"),
        (["init"], "is there already; --force replaces it"),
    ],
    ids=lambda value: str(value[0]) if isinstance(value, list) else "",
)
def test_what_cannot_be_done_is_exit_1_and_one_line(cli: Cli, newsroom: Path, command: list[object], what: str) -> None:
    ran = cli(*command)
    assert ran.code == 1
    assert what in one_line(ran.err)


@pytest.mark.parametrize(
    "command",
    [["merge", 1, 1], ["apart", 1, 1], ["merge", "a", "b"], ["digest", "--date", "soon"], ["import", "none.opml"],
     ["digest", "--send", "--preview", "p.html"], ["export"], ["stories", "--limit", 0], ["status", "--jsn"]],
    ids=str,
)  # fmt: skip
def test_a_wrong_use_is_exit_2_and_points_to_the_help(cli: Cli, newsroom: Path, command: list[object]) -> None:
    ran = cli(*command)
    assert ran.code == 2
    assert "--help' for help" in ran.err


@pytest.mark.parametrize("text", ["hello", "<html><body/></html>", ""])
def test_what_is_no_opml_is_named(cli: Cli, newsroom: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "list.opml").write_text(text, encoding="utf-8")
    ran = cli("import", "list.opml")
    assert ran.code == 1
    assert one_line(ran.err).startswith("samewire: list.opml: ")
