"""Looking, correcting, taking in and giving out, on a small newsroom."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from .conftest import Cli

OPML = """<opml version="2.0"><body><outline text="Harbour">
<outline type="rss" text="Echo" xmlUrl="https://echo.example/rss.xml"/>
<outline type="rss" text="Trap" xmlUrl="javascript:alert(1)"/></outline></body></opml>"""


def partition(database: Path) -> list[list[int]]:
    with closing(sqlite3.connect(database)) as connection:
        stories: dict[int, list[int]] = {}
        for article, story in connection.execute("SELECT article_id, story_id FROM members ORDER BY article_id"):
            stories.setdefault(story, []).append(article)
    return sorted(stories.values())


def test_an_archive_is_taken_in_and_matched_once(cli: Cli, newsroom: Path, articles: Path) -> None:
    again = cli("import", articles, "--json")
    assert again.json() == {"added": 0, "known": 4}
    assert partition(newsroom) == [[1, 3, 4], [2]]


def test_an_archive_with_a_bad_line_is_not_taken_in_at_all(cli: Cli, newsroom: Path, articles: Path) -> None:
    articles.write_text('{"id": "new", "title": "", "text": "x"}\n{oops\n', encoding="utf-8")
    ran = cli("import", articles)
    assert (ran.code, f"{articles}:2:" in ran.err) == (1, True)
    assert partition(newsroom) == [[1, 3, 4], [2]]


def test_stories_are_listed_searched_and_shown(cli: Cli, newsroom: Path) -> None:
    listed = cli("stories", "--json").json()
    assert {story["title"] for story in listed} == {"Ferry resumes after storm", "Nine bronzes go home"}
    assert [story["title"] for story in cli("stories", "--json", "bronzes", "Tavu").json()] == ["Nine bronzes go home"]
    assert [len(story["members"]) for story in cli("stories", "--shared", "--json").json()] == [3]
    assert cli("stories", "zeppelin").out == "no story found\n"
    shown = cli("story", 1)
    assert shown.out.startswith("story 1: Ferry resumes after storm\nfirst: Northwire")
    assert [word in shown.out for word in ("original", "copy", "abridgement", "Echo", "+2 h 00")] == [True] * 5
    assert cli("stories", 1).out == shown.out
    assert len(cli("story", 1, "--json").json()["members"]) == 3


def test_status_counts_what_there_is(cli: Cli, newsroom: Path) -> None:
    found = cli("status", "--json").json()
    assert (found["articles"], found["stories"], found["to_match"], found["feeds"]) == (4, 2, 0, {})
    told = dict(line.split("  ", 1) for line in cli("status").out.splitlines() if "  " in line)
    assert told["feeds"].strip() == "none; `samewire add URL`"
    assert told["last digest"].strip() == "none yet"


def test_a_correction_is_recorded_and_obeyed_by_the_next_poll(cli: Cli, newsroom: Path) -> None:
    line = cli("split", 4, "--json").json()["journal"]
    assert partition(newsroom) == [[1, 3, 4], [2]]
    assert cli("poll").code == 0
    assert partition(newsroom) == [[1, 3], [2], [4]]
    assert cli("undo", line).code == 0
    assert cli("poll").code == 0
    assert partition(newsroom) == [[1, 3, 4], [2]]
    again = cli("undo", line)
    assert (again.code, "undone" in again.err) == (1, True)


def test_stories_are_merged_and_articles_held_apart(cli: Cli, newsroom: Path) -> None:
    stories = sorted(story["id"] for story in cli("stories", "--json").json())
    assert cli("merge", *stories).code == 0
    assert cli("poll").code == 0
    assert partition(newsroom) == [[1, 2, 3, 4]]
    assert cli("story", stories[1]).out == cli("story", stories[0]).out
    told = cli("apart", 1, 2)
    assert told.out.startswith("recorded: articles 1 and 2 stay apart (journal line ")
    assert cli("poll").code == 0
    assert not any({1, 2} <= set(story) for story in partition(newsroom))


def test_matching_everything_again_gives_the_same_stories_and_keeps_corrections(cli: Cli, newsroom: Path) -> None:
    cli("split", 4)
    cli("poll")
    before = partition(newsroom)
    ran = cli("reprocess", "--json")
    assert (ran.code, ran.json()) == (0, {"matched": 4})
    assert partition(newsroom) == before == [[1, 3], [2], [4]]


def test_feeds_come_from_opml_and_go_to_opml(cli: Cli, newsroom: Path, tmp_path: Path) -> None:
    (tmp_path / "list.opml").write_text(OPML, encoding="utf-8")
    ran = cli("import", "list.opml")
    assert ran.out == "1 feed added, 0 known already, 1 refused\n"
    assert ran.err == "list.opml: line 3: not an address to poll: 'javascript:alert(1)'\n"
    written = cli("export", "--format", "opml").out
    assert 'xmlUrl="https://echo.example/rss.xml"' in written
    assert "javascript" not in written
    (tmp_path / "again.opml").write_text(written, encoding="utf-8")
    assert cli("import", "again.opml", "--json").json() == {"added": 0, "known": 1, "refused": []}


def test_a_feed_is_paused_resumed_and_removed(cli: Cli, newsroom: Path, tmp_path: Path) -> None:
    (tmp_path / "list.opml").write_text(OPML, encoding="utf-8")
    cli("import", "list.opml")
    for action, status in (("pause", "paused"), ("resume", "active"), ("remove", "removed"), ("resume", "active")):
        assert cli("feeds", action, "https://echo.example/rss.xml").out == f"https://echo.example/rss.xml: {status}\n"
        assert [feed["status"] for feed in cli("feeds", "--json").json() if feed["status"] == status] == [status]
    assert "https://echo.example/rss.xml" in cli("feeds").out


def test_articles_go_out_as_json_lines_and_as_a_table(cli: Cli, newsroom: Path, tmp_path: Path) -> None:
    lines = cli("export", "--format", "jsonl").lines()
    assert [(line["id"], line["story"], line["relation"]) for line in lines][2] == (3, 1, "original")
    assert not any("text" in line for line in lines)
    rows = list(csv.DictReader(io.StringIO(cli("export", "--format", "csv").out)))
    assert [row["title"] for row in rows] == [line["title"] for line in lines]
    (tmp_path / "config.toml").write_text("[export]\nfull_text = true\n", encoding="utf-8")
    cli("export", "--format", "jsonl", "--output", "out.jsonl")
    full = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert all(len(line["text"]) > 100 for line in full)


def test_the_latest_stories_go_out_as_atom(cli: Cli, newsroom: Path) -> None:
    written = cli("export", "--format", "atom").out
    assert written.count("<entry>") == 2


def test_init_writes_a_configuration_that_check_accepts(cli: Cli, tmp_path: Path) -> None:
    assert cli("init").code == 0
    ran = cli("check", "--json")
    assert ran.code == 0
    levels = {finding["what"]: finding["level"] for finding in ran.json()}
    assert levels == {"configuration": "warning", "database": "ok", "disk": "ok", "mail": "ok", "feeds": "warning"}
    assert cli("init", "--force").code == 0
    assert cli("check").out.startswith("warning configuration: config.toml:")


def test_check_names_a_mail_server_that_does_not_answer(cli: Cli, tmp_path: Path, free_port: int) -> None:
    (tmp_path / "config.toml").write_text(
        f'[smtp]\nhost = "127.0.0.1"\nport = {free_port}\n[[digest.recipients]]\naddress = "a@desk.example"\n',
        encoding="utf-8",
    )
    ran = cli("check")
    assert ran.code == 1
    assert f"error   mail: 127.0.0.1:{free_port}: " in ran.out
    assert "see [smtp] in config.toml" in ran.out


def test_the_configuration_is_shown_whole_without_secrets(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        '[poll]\nproxy = "http://me:hunter2@proxy.example:3128"\n'
        '[[feeds]]\nurl = "https://p.example/rss?token=hunter2"\n',
        encoding="utf-8",
    )
    ran = cli("config", "show")
    assert ran.json()["digest"]["at"] == "07:00"
    assert ran.json()["match"]["window"] == 14 * 86400
    assert "hunter2" not in ran.out


@pytest.mark.parametrize("command", [["stories"], ["feeds"], ["status"], ["poll"], ["digest"], ["check"]], ids=str)
def test_json_is_json_and_nothing_else_and_no_bar_is_drawn_in_a_pipe(
    cli: Cli, newsroom: Path, command: list[str]
) -> None:
    ran = cli(*command, "--json")
    assert ran.code == 0
    assert isinstance(ran.json(), dict | list)
    assert "\r" not in ran.err + cli(*command).err
    assert "█" not in ran.err
