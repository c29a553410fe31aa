"""The contract of `evaluate`, and what it shows people: errors side by side, bars, peers, corrections."""

from __future__ import annotations

import json
import os
import pty
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from ingest.cli.evaluate import PEERS
from ingest.match.peers import METHODS

from .conftest import FERRY, MUSEUM, Cli, some_articles, write_lines
from .here import run_here


def test_evaluate_prints_the_scores_of_the_contract(cli: Cli, articles: Path) -> None:
    ran = cli("evaluate", articles, "--json")
    report = ran.json()
    assert ran.code == 0
    assert list(report) == ["pairwise", "ari", "b3", "kinds", "languages", "candidates", "first"]
    assert report["pairwise"] == report["b3"] == {"p": 1, "r": 1, "f1": 1}
    assert report["ari"] == 1
    assert report["candidates"] == {"recall": 1, "reachable": 1}
    assert set(report["first"]) == {"right", "wrong", "abstained"}
    assert {kind: score["n"] for kind, score in report["kinds"].items()} == {"copy": 1, "base": 2, "abridged": 1}
    assert all(set(score) == {"joined", "merged", "n"} for score in report["kinds"].values())


def test_evaluate_counts_a_wrong_join_against_precision(cli: Cli, tmp_path: Path) -> None:
    wrong = [{**article, "story": article["id"]} for article in some_articles()]
    report = cli("evaluate", write_lines(tmp_path / "w.jsonl", wrong), "--json").json()
    assert report["pairwise"]["p"] == 0
    assert report["pairwise"]["r"] == 1


def test_evaluate_speaks_to_people_and_sweeps(cli: Cli, articles: Path) -> None:
    ran = cli("evaluate", articles, "--sweep")
    assert ran.code == 0
    assert "pairwise  1.0000  1.0000  1.0000" in ran.out
    assert ran.out.count("score ≥") == 18
    assert ran.out.count("◂ best F1") == 1


def test_evaluate_scores_single_verdicts_on_pairs(cli: Cli, tmp_path: Path) -> None:
    wire, museum = some_articles()[2], some_articles()[1]
    sides = {"title_a": wire["title"], "text_a": wire["text"], "date_a": wire["published_at"]}
    pairs = [
        {**sides, "title_b": "Ferry", "text_b": wire["text"], "date_b": wire["published_at"], "label": "same"},
        {**sides, "title_b": "M", "text_b": museum["text"], "date_b": wire["published_at"], "label": "different"},
        {**sides, "title_b": "M", "text_b": "?", "date_b": None, "label": "unsure"},
    ]
    ran = cli("evaluate", "--pairs", write_lines(tmp_path / "pairs.jsonl", pairs), "--json")
    assert ran.code == 0
    found = ran.json()["pairs"]
    assert list(found) == ["p", "r", "f1", "n", "interval", "bins"]
    assert (found["p"], found["r"], found["f1"], found["n"]) == (1, 1, 1, 2)
    assert found["interval"]["f1"] == {"low": 1, "high": 1}
    assert found["bins"] == [{"bin": None, "n": 2, "false_joins": 0, "misses": 0}]


def test_evaluate_needs_articles_and_labels(cli: Cli, articles: Path, tmp_path: Path) -> None:
    assert cli("evaluate").code == 2
    empty = cli("evaluate", write_lines(tmp_path / "empty.jsonl", []))
    assert (empty.code, "holds no article" in empty.err) == (1, True)
    unlabelled = write_lines(tmp_path / "u.jsonl", [{"id": "a", "title": "", "text": "x"}])
    ran = cli("evaluate", unlabelled)
    assert ran.code == 1
    assert ran.err.startswith(f"samewire: {unlabelled}: article 'a' has no \"story\"")


def test_evaluate_needs_something_to_score(cli: Cli, articles: Path) -> None:
    for option in (["--sweep"], ["--histogram"], ["--against", "tfidf"]):
        ran = cli("evaluate", "--from-journal", *option)
        assert (ran.code, f"{option[0]} needs a labelled file" in ran.err) == (2, True)
    ran = cli("evaluate", articles, "--against", "tfidf,simhash")
    assert (ran.code, "'simhash' is none of" in ran.err) == (2, True)
    assert set(PEERS) == set(METHODS)


def mislabelled() -> list[dict[str, Any]]:
    """The short ferry under a label of its own, which is a false join; a museum under the ferry's, which is a miss."""
    late, bronze, wire, short = some_articles()
    return [late, {**bronze, "story": "ferry", "kind": "rewrite"}, wire, {**short, "story": "short", "kind": "base"}]


def test_errors_are_shown_with_verdict_evidence_and_reason(cli: Cli, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "m.jsonl", mislabelled())
    errors = cli("evaluate", path, "--errors", "5", "--json").json()["errors"]
    assert list(errors) == ["joins", "misses", "first"]
    (join,) = errors["joins"]
    assert {join["a"]["id"], join["b"]["id"]} in ({"late", "short"}, {"wire", "short"})
    assert (join["relation"], join["reason"], join["proposed"], join["together"]) == (
        "abridgement", "abridgement", True, True,
    )  # fmt: skip
    assert (join["pairs"], join["path"]) == (2, [])
    assert join["explanation"]
    assert join["evidence"]["containment_a"] + join["evidence"]["containment_b"] > 1
    (miss,) = errors["misses"]
    assert (miss["proposed"], miss["together"], miss["relation"], miss["pairs"]) == (False, False, "different", 2)
    assert miss["b"]["text"] in (FERRY[:300], MUSEUM[:300])
    assert miss["a"]["published_at"] == "2026-05-04T09:00:00Z"


@pytest.mark.parametrize("columns", [60, 100, 150])
def test_errors_stand_side_by_side_in_the_terminal_s_width(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    ran = cli("evaluate", write_lines(tmp_path / "m.jsonl", mislabelled()), "--errors", "3")
    shown = ran.out.partition("false join 1 of 1")[2]
    assert ran.code == 0
    assert max(map(len, shown.splitlines())) <= columns
    flat = " ".join(shown.split())
    assert "abridgement (abridgement), score 0.9" in flat
    assert "2 labelled pairs are wrong in this way." in flat
    assert "This pair was never proposed" in flat
    assert "Jaccard" in flat
    titles = [line for line in shown.splitlines() if "Ferry" in line and "│" in line]
    assert any("Ferry resumes" in line.split("│")[1] for line in titles)
    assert "Herald, 2026-05-04 09:30" in shown


def test_a_wrong_first_is_shown_with_both_articles_and_the_sentence(cli: Cli, tmp_path: Path) -> None:
    articles = [{**article, "kind": None} for article in some_articles()]
    articles[0]["first"] = "late"
    path = write_lines(tmp_path / "f.jsonl", articles)
    report = cli("evaluate", path, "--errors", "2", "--json").json()
    assert report["first"] == {"right": 0, "wrong": 1, "abstained": 0}
    (wrong,) = report["errors"]["first"]
    assert (wrong["story"], wrong["said"]["id"], wrong["true"]["id"]) == ("ferry", "wire", "late")
    assert wrong["reason"].startswith("2 of 3 members credit Northwire") or "Northwire" in wrong["reason"]
    told = cli("evaluate", path, "--errors", "2").out
    assert "wrong first 1 of 1" in told
    assert "no false join" in told
    assert "no miss" in told
    assert "wrong first 1: " in cli("evaluate", path, "--errors", "1").out


def test_a_pair_that_only_others_joined_names_the_way(cli: Cli, tmp_path: Path) -> None:
    sentences = FERRY.split(". ")
    first, second = ". ".join(sentences[:4]) + ".", ". ".join(sentences[:2] + sentences[4:]) + "."
    base = {"title": "Ferry resumes after storm", "published_at": "2026-05-04T07:00:00Z"}
    articles = [
        {**base, "id": 1, "text": first, "story": "a"},
        {**base, "id": 2, "text": FERRY, "story": "b"},
        {**base, "id": 3, "text": second, "story": "c"},
    ]
    errors = cli("evaluate", write_lines(tmp_path / "c.jsonl", articles), "--errors", "9", "--json").json()["errors"]
    assert len(errors["joins"]) == 3
    for join in errors["joins"]:
        ids = [join["path"][0]["a"], *(step["b"] for step in join["path"])] if join["path"] else None
        assert (join["relation"] == "different") == (ids is not None)
        assert ids in (None, [1, 2, 3])


def test_the_histogram_counts_candidate_pairs_and_draws_them(cli: Cli, articles: Path) -> None:
    found = cli("evaluate", articles, "--histogram", "--json").json()["histogram"]
    assert set(found) == {"jaccard", "containment"}
    for spread in found.values():
        assert len(spread["same"]) == len(spread["different"]) == 10
        assert sum(spread["same"]) == 3
    told = cli("evaluate", articles, "--histogram").out
    assert told.count("0.9 – 1.0") == 2
    assert "█" in told


def test_the_peers_stand_beside(cli: Cli, articles: Path) -> None:
    report = cli("evaluate", articles, "--against", ",".join(PEERS), "--json").json()
    assert [peer["name"] for peer in report["against"]][-2:] == ["containment ≥ .8, all pairs", "exact Jaccard ≥ .5"]
    assert len(report["against"]) == 5
    assert all(set(peer) == {"name", "pairwise", "ari", "b3"} for peer in report["against"])
    told = cli("evaluate", articles, "--against", "jaccard").out
    assert "samewire" in told
    assert "exact Jaccard ≥ .5" in told


def test_a_label_for_events_is_scored_too(cli: Cli, tmp_path: Path) -> None:
    events = [{**article, "event": f"E {article['story']}"} for article in some_articles()]
    report = cli("evaluate", write_lines(tmp_path / "e.jsonl", events), "--json").json()
    assert report["events"] == {"b3": {"p": 1, "r": 1, "f1": 1}, "merged": 0}
    assert "events: B³ P 1.0000" in cli("evaluate", tmp_path / "e.jsonl").out
    assert (
        "events"
        not in cli("evaluate", write_lines(tmp_path / "h.jsonl", events[:2] + some_articles()[2:]), "--json").json()
    )


def some_pairs() -> list[dict[str, Any]]:
    wire, museum = some_articles()[2], some_articles()[1]
    sides = {"title_a": wire["title"], "text_a": wire["text"], "date_a": "4-MAY-2026 07:00:00.10 C T", "a": "w"}
    copy = {**sides, "title_b": "Ferry", "text_b": wire["text"], "date_b": "4-MAY-2026 08:00:00.10", "b": "c"}
    other = {**sides, "title_b": "M", "text_b": museum["text"], "date_b": None, "b": "m"}
    return [
        {**copy, "label": "same", "bin": 9, "in_bin": 30},
        {**copy, "label": "different", "bin": 9, "in_bin": 30, "why": "another day's"},
        {**other, "label": "different", "bin": 0, "in_bin": 10},
        {**other, "label": "same", "bin": 0, "in_bin": 10, "why": "told anew"},
    ]


def test_pairs_have_intervals_bins_and_errors(cli: Cli, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "pairs.jsonl", some_pairs())
    found = cli("evaluate", "--pairs", path, "--errors", "5", "--json").json()["pairs"]
    assert (found["p"], found["r"]) == (0.5, 0.75)
    assert found["interval"]["p"] == {"low": 0, "high": 1}
    assert found["bins"] == [
        {"bin": "0", "n": 2, "false_joins": 0, "misses": 1}, {"bin": "9", "n": 2, "false_joins": 1, "misses": 0},
    ]  # fmt: skip
    (join,), (miss,) = found["errors"]["joins"], found["errors"]["misses"]
    assert (join["a"]["id"], join["b"]["id"], join["note"], join["relation"]) == ("w", "c", "another day's", "copy")
    assert (miss["b"]["id"], miss["note"], miss["relation"]) == ("m", "told anew", "different")
    told = cli("evaluate", "--pairs", path, "--errors", "5").out
    assert "0.000 – 1.000" in told
    assert "The label's note: told anew" in " ".join(told.split())
    assert cli("evaluate", "--pairs", path).out == cli("evaluate", "--pairs", path).out


def test_pairs_without_one_to_score_are_refused(cli: Cli, tmp_path: Path) -> None:
    ran = cli("evaluate", "--pairs", write_lines(tmp_path / "p.jsonl", [{**some_pairs()[0], "label": "unsure"}]))
    assert (ran.code, "holds no pair labelled" in ran.err) == (1, True)


def test_the_journal_needs_a_configuration_a_database_and_a_correction(
    cli: Cli, tmp_path: Path, articles: Path
) -> None:
    assert cli("evaluate", "--from-journal").code == 2
    (tmp_path / "config.toml").write_text("", encoding="utf-8")
    ran = cli("evaluate", "--from-journal")
    assert (ran.code, "no database yet" in ran.err) == (1, True)
    cli("import", articles)
    ran = cli("evaluate", "--from-journal", "--json")
    assert (ran.code, ran.out, "no correction is in force" in ran.err) == (1, "", True)


def test_the_rules_are_scored_on_corrections_and_nothing_is_written(cli: Cli, newsroom: Path) -> None:
    stories = [story["id"] for story in cli("stories", "--json").json()]
    cli("split", 4)
    cli("merge", *stories)
    cli("apart", 2, 3)
    undone = cli("apart", 1, 2, "--json").json()["journal"]
    cli("undo", undone)
    cli("poll")
    with closing(sqlite3.connect(newsroom)) as connection:
        before = list(connection.iterdump())
    found = cli("evaluate", "--from-journal", "--json").json()["journal"]
    assert (found["n"], found["agree"]) == (3, 1)
    assert found["kinds"] == {
        "merge": {"n": 1, "agree": 0}, "apart": {"n": 1, "agree": 1}, "split": {"n": 1, "agree": 0},
    }  # fmt: skip
    merge, split = found["disagreements"]
    assert (merge["kind"], merge["pair"]["proposed"], merge["pair"]["together"]) == ("merge", False, False)
    assert {merge["pair"]["a"]["title"], merge["pair"]["b"]["title"]} == {
        "Ferry resumes after storm", "Nine bronzes go home",
    }  # fmt: skip
    assert (split["kind"], split["pair"]["b"]["id"], split["pair"]["relation"]) == ("split", 4, "abridgement")
    told = cli("evaluate", "--from-journal", "--errors", "1").out
    assert told.startswith("the rules alone agree with 1 of 3 corrections in force\n")
    assert f"journal line {split['journal_id']}" in told
    assert "disagreement 1 of 2" in told
    with closing(sqlite3.connect(newsroom)) as connection:
        assert list(connection.iterdump()) == before


@pytest.mark.parametrize("command", ["cluster", "evaluate"])
def test_progress_is_drawn_on_a_terminal_and_not_in_a_pipe(articles: Path, command: str) -> None:
    """Standard error is a pseudo-terminal; what a program reads on standard output stays clean."""
    ours, theirs = pty.openpty()
    program = [sys.executable, "-m", "ingest", command, str(articles), *(["--json"] if command == "evaluate" else [])]
    ran = subprocess.run(program, cwd=articles.parent, stdout=subprocess.PIPE, stderr=theirs, timeout=60, check=True)
    os.close(theirs)
    drawn = os.read(ours, 65536).decode()
    os.close(ours)
    assert "measuring" in drawn
    assert "█" in drawn
    assert drawn.endswith("\r\x1b[K")
    for line in ran.stdout.decode().splitlines() if command == "cluster" else [ran.stdout.decode()]:
        json.loads(line)
    code, piped, err = run_here(articles.parent, *program[3:])
    assert (code, piped, err) == (0, ran.stdout, b"")
