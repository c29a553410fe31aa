"""`samewire reprocess --dry-run`: what would change and why, and nothing written."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from .conftest import Cli
from .test_newsroom import partition


def dump(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        return list(connection.iterdump())


def test_without_new_rules_nothing_would_change(cli: Cli, newsroom: Path) -> None:
    cli("split", 4)
    cli("poll")
    before = dump(newsroom)
    ran = cli("reprocess", "--dry-run", "--json")
    found = ran.json()
    assert ran.code == 0
    assert found["counts"] == {
        "articles": 4, "waiting": 0, "stories_before": 3, "stories_after": 3,
        "split": 0, "merged": 0, "relations": 0, "firsts": 0,
    }  # fmt: skip
    assert found["splits"] == found["merges"] == found["relations"] == found["firsts"] == []
    assert dump(newsroom) == before
    assert cli("reprocess", "--dry-run").out.endswith("nothing was written\n")


@pytest.fixture
def outdated(cli: Cli, newsroom: Path) -> Path:
    """A newsroom as other rules would have left it: one article outside its story, one in a stranger's."""
    first, other = sorted(story["id"] for story in cli("stories", "--json").json())
    cli("split", 4)
    cli("merge", first, other)
    cli("poll")
    with closing(sqlite3.connect(newsroom)) as connection, connection:
        connection.execute("DELETE FROM journal WHERE constraint_id IS NOT NULL")
        connection.execute("DELETE FROM constraints")
        connection.execute("UPDATE members SET relation = 'rewrite' WHERE relation = 'copy'")
        connection.execute("UPDATE stories SET first_article_id = NULL WHERE id = ?", [first])
    return newsroom


def test_what_would_change_is_told_with_the_verdicts_that_decide(cli: Cli, outdated: Path) -> None:
    before = dump(outdated)
    found = cli("reprocess", "--dry-run", "--json").json()
    (split,), (merge,), (relation,), (first,) = (found[name] for name in ("splits", "merges", "relations", "firsts"))
    assert [article["title"] for article in split["articles"]] == ["Nine bronzes go home"]
    assert (split["into"], split["decided"]["proposed"], split["decided"]["relation"]) == (None, False, "different")
    assert (merge["articles"], merge["decided"]["relation"]) == (1, "abridgement")
    assert "of the shorter text stands in the longer" in merge["decided"]["explanation"]
    assert (relation["before"], relation["after"], relation["article"]["title"]) == (
        "rewrite", "copy", "Ferry sails again",
    )  # fmt: skip
    assert (first["before"], first["after"]["title"]) == (None, "Ferry resumes after storm")
    assert "Northwire" in first["reason"]
    assert dump(outdated) == before


def test_people_read_it_story_by_story(cli: Cli, outdated: Path) -> None:
    told = cli("reprocess", "--dry-run").out
    assert "split: 1\n" in told
    assert "1 article would become a new story" in told
    assert "merged: 1\n" in told
    assert "rewrite today, copy of 3 then" in told
    assert "today not decided" in told
    assert told.count("why") == 4
    short = cli("reprocess", "--dry-run", "--limit", "0").out
    assert short.count("… and 1 more (--limit 1 lists all)") == 4
    assert "why" not in short


def test_reprocess_does_what_the_rehearsal_said(cli: Cli, outdated: Path) -> None:
    counts = cli("reprocess", "--dry-run", "--json").json()["counts"]
    assert counts["stories_before"] == len(partition(outdated))
    assert cli("reprocess").code == 0
    assert counts["stories_after"] == len(partition(outdated))
    assert partition(outdated) == [[1, 3, 4], [2]]
    after = cli("reprocess", "--dry-run", "--json").json()["counts"]
    assert (after["split"], after["merged"], after["relations"], after["firsts"]) == (0, 0, 0, 0)


def test_a_rehearsal_runs_beside_the_writer_and_needs_a_database(cli: Cli, newsroom: Path, tmp_path: Path) -> None:
    from ingest.store.connection import open_writer

    with open_writer(newsroom, for_command="samewire run"):
        assert cli("reprocess", "--dry-run").code == 0
        assert cli("reprocess").code == 1
    for path in tmp_path.glob("newsroom.db*"):
        path.unlink()
    ran = cli("reprocess", "--dry-run")
    assert (ran.code, "no database yet" in ran.err) == (1, True)
    assert not newsroom.exists()
