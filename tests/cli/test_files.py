"""The contracts of `extract`, `cluster` and `evaluate`, which other programs rely on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import FERRY, Cli, some_articles, write_lines

EXTRACTED = [
    "title", "text", "published_at", "byline", "language", "canonical_url", "agency", "confidence", "reason",
]  # fmt: skip
CLUSTERED = ["id", "story", "event", "relation", "score", "via", "reason", "first"]
PAGE = (
    '<html lang="en"><head><title>Ferry resumes after storm</title><link rel="canonical" href="/news/ferry">'
    '<meta property="article:published_time" content="2026-05-04T07:00:00+02:00">'
    '<meta name="author" content="Dana Holt"></head><body><article><h1>Ferry resumes after storm</h1>'
    + "".join(f"<p>{sentence}.</p>" for sentence in FERRY.split(". "))
    + "</article></body></html>"
)
SHELL = "<html><head><title>News</title></head><body><p>Hello.</p></body></html>"


def test_one_page_gives_one_object_with_the_fields_of_the_contract(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    ran = cli("extract", "--url", "https://news.example/2026/05/04/ferry", "page.html")
    (found,) = ran.lines()
    assert ran.code == 0
    assert list(found) == EXTRACTED
    assert found["title"] == "Ferry resumes after storm"
    assert "three hundred passengers" in found["text"]
    assert found["published_at"] == "2026-05-04T05:00:00Z"
    assert found["byline"] == ["Dana Holt"]
    assert found["canonical_url"] == "https://news.example/news/ferry"
    assert found["agency"] == "Northwire"
    assert 0 < found["confidence"] <= 1


def test_standard_input_is_a_page_too(cli: Cli) -> None:
    ran = cli("extract", "-", stdin=PAGE.encode())
    assert ran.code == 0
    assert list(ran.json()) == EXTRACTED


def test_a_refused_page_is_the_same_object_with_text_null_and_a_reason(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(SHELL, encoding="utf-8")
    ran = cli("extract", "page.html")
    assert ran.code == 0
    assert list(ran.json()) == EXTRACTED
    assert ran.json()["text"] is None
    assert ran.json()["byline"] == []
    assert ran.json()["reason"] == "stub"


def test_many_pages_answer_in_the_order_asked_each_with_its_path_as_id(cli: Cli, tmp_path: Path) -> None:
    for name, page in (("b.html", PAGE), ("a.html", SHELL)):
        (tmp_path / name).write_text(page, encoding="utf-8")
    ran = cli("extract", "b.html", "missing.html", "a.html")
    assert ran.code == 0
    assert [line["id"] for line in ran.lines()] == ["b.html", "missing.html", "a.html"]
    assert [line["text"] is None for line in ran.lines()] == [False, True, True]
    assert "missing.html: No such file" in ran.err


def test_pages_in_json_lines_keep_their_ids_and_a_bad_line_costs_only_itself(cli: Cli, tmp_path: Path) -> None:
    good = json.dumps({"id": 7, "url": "https://news.example/1", "html": PAGE})
    shell = json.dumps({"id": "s", "html": SHELL})
    (tmp_path / "pages.jsonl").write_text(f'{good}\n{{"id": 1\n["no"]\n{{"id": "x"}}\n\n{shell}\n', encoding="utf-8")
    ran = cli("extract", "pages.jsonl")
    assert ran.code == 0
    assert [line["id"] for line in ran.lines()] == [7, "s"]
    assert all(["id", *EXTRACTED] == list(line) for line in ran.lines())
    assert [line.split(" ")[0] for line in ran.err.splitlines()] == [f"pages.jsonl:{n}:" for n in (2, 3, 4)]


@pytest.mark.parametrize("inputs", [["no.html"], ["no.jsonl"], ["no.html", "other.html"], ["/"]])
def test_extract_fails_only_when_no_input_could_be_read(cli: Cli, inputs: list[str]) -> None:
    ran = cli("extract", *inputs)
    assert ran.code == 1
    assert all(name in ran.err for name in inputs)


def test_cluster_answers_every_article_in_the_order_of_the_input(cli: Cli, articles: Path) -> None:
    ran = cli("cluster", articles)
    lines = ran.lines()
    assert ran.code == 0
    assert [list(line) for line in lines] == [CLUSTERED] * 4
    assert [line["id"] for line in lines] == ["late", "bronze", "wire", "short"]
    assert [line["story"] for line in lines] == ["wire", "bronze", "wire", "wire"]
    assert {line["relation"] for line in lines} <= {"original", "copy", "abridgement", "rewrite", "revision"}
    assert all(0 <= line["score"] <= 1 for line in lines)


def test_a_first_member_is_original_with_score_one_and_no_via(cli: Cli, articles: Path) -> None:
    by_id = {line["id"]: line for line in cli("cluster", articles).lines()}
    for name in ("wire", "bronze"):
        assert (by_id[name]["relation"], by_id[name]["score"], by_id[name]["via"]) == ("original", 1, None)
        assert by_id[name]["first"] == name
    assert by_id["late"]["relation"] == "copy"
    assert by_id["short"]["relation"] == "abridgement"
    assert by_id["short"]["via"] in ("wire", "late")


def test_the_story_bears_the_lesser_id_where_times_are_equal(cli: Cli, tmp_path: Path) -> None:
    twins = [{"id": name, "title": "Ferry", "text": FERRY, "published_at": "2026-05-04T07:00:00Z"} for name in "ba"]
    assert [line["story"] for line in cli("cluster", write_lines(tmp_path / "t.jsonl", twins)).lines()] == ["a", "a"]


def test_articles_further_apart_than_the_window_are_not_joined(cli: Cli, tmp_path: Path) -> None:
    two = [{"id": day, "title": "Ferry", "text": FERRY, "published_at": f"2026-05-{day}"} for day in ("01", "20")]
    path = write_lines(tmp_path / "t.jsonl", two)
    assert [line["story"] for line in cli("cluster", path).lines()] == ["01", "20"]
    (tmp_path / "config.toml").write_text('[match]\nwindow = "30d"\n', encoding="utf-8")
    assert [line["story"] for line in cli("cluster", path).lines()] == ["01", "01"]


def test_output_goes_to_the_named_file_and_nothing_to_standard_output(cli: Cli, articles: Path, tmp_path: Path) -> None:
    printed = cli("cluster", articles).out
    ran = cli("cluster", articles, "--output", "members.jsonl")
    assert (ran.code, ran.out) == (0, "")
    assert (tmp_path / "members.jsonl").read_text(encoding="utf-8") == printed
    assert "4 articles in 2 stories" in ran.err


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("{oops", "not JSON"),
        ("[1]", "expected a JSON object"),
        ('{"title": "t", "text": "x"}', '"id"'),
        ('{"id": "a", "title": "t"}', '"text"'),
        ('{"id": "wire", "title": "t", "text": "x"}', "stands in line 3"),
        ('{"id": "a", "title": "t", "text": "x", "published_at": "soon"}', "published_at"),
    ],
)
def test_a_malformed_line_is_named_with_file_and_number(cli: Cli, articles: Path, line: str, what: str) -> None:
    with articles.open("a", encoding="utf-8") as out:
        out.write(line + "\n")
    for command in ("cluster", "evaluate"):
        ran = cli(command, articles)
        assert ran.code == 1
        assert ran.out == ""
        assert f"{articles}:5:" in ran.err
        assert what in ran.err
        assert len(ran.err.splitlines()) == 1


def test_evaluate_prints_the_scores_of_the_contract(cli: Cli, articles: Path) -> None:
    ran = cli("evaluate", articles, "--json")
    report = ran.json()
    assert ran.code == 0
    assert list(report) == ["pairwise", "ari", "b3", "kinds", "candidates", "first"]
    assert report["pairwise"] == report["b3"] == {"p": 1, "r": 1, "f1": 1}
    assert report["ari"] == 1
    assert report["candidates"] == {"recall": 1}
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
    assert ran.json() == {"pairs": {"p": 1, "r": 1, "f1": 1}}


def test_evaluate_needs_articles_and_labels(cli: Cli, articles: Path, tmp_path: Path) -> None:
    assert cli("evaluate").code == 2
    empty = cli("evaluate", write_lines(tmp_path / "empty.jsonl", []))
    assert (empty.code, "holds no article" in empty.err) == (1, True)
    unlabelled = write_lines(tmp_path / "u.jsonl", [{"id": "a", "title": "", "text": "x"}])
    ran = cli("evaluate", unlabelled)
    assert ran.code == 1
    assert ran.err.startswith(f"samewire: {unlabelled}: article 'a' has no \"story\"")
