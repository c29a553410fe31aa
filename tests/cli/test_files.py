"""The contracts of `extract` and `cluster`, which other programs rely on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import FERRY, Cli, write_lines

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


def test_metadata_is_added_when_asked_for_to_refused_pages_too(cli: Cli, tmp_path: Path) -> None:
    filed = '<meta property="article:section" content="Region"><meta name="keywords" content="Ferry, harbour"></head>'
    (tmp_path / "page.html").write_text(PAGE.replace("</head>", filed), encoding="utf-8")
    (tmp_path / "shell.html").write_text(SHELL, encoding="utf-8")
    found, refused = cli("extract", "--metadata", "page.html", "shell.html").lines()
    assert list(found) == list(refused) == ["id", *EXTRACTED, "section", "keywords", "agency_evidence"]
    assert (found["section"], found["keywords"]) == ("Region", ["Ferry", "harbour"])
    assert "Northwire" in found["agency_evidence"]
    assert (refused["section"], refused["keywords"], refused["agency_evidence"]) == (None, [], None)


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


def test_pages_that_are_read_at_once_answer_in_the_order_of_the_input(cli: Cli, tmp_path: Path) -> None:
    heavy = "<p>" + "<b>x</b> " * 30_000 + "</p>"
    pages = [
        {"id": n, "html": PAGE.replace("</article>", f"{heavy if n % 5 == 0 else ''}</article>")} for n in range(40)
    ]
    write_lines(tmp_path / "pages.jsonl", pages)
    ran = cli("extract", "--jobs", "3", "pages.jsonl")
    assert [line["id"] for line in ran.lines()] == list(range(40))
    assert all(line["title"] == "Ferry resumes after storm" for line in ran.lines())


def test_a_rule_of_the_configuration_is_obeyed_and_explained(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        '[[extract.rules]]\npublisher = "news.example"\nselect = ["h1"]\n', encoding="utf-8"
    )
    (tmp_path / "page.html").write_text(PAGE, encoding="utf-8")
    address = "https://www.news.example/1"
    assert cli("extract", "--url", address, "page.html").json()["text"] == "Ferry resumes after storm"
    assert "passengers" in cli("extract", "--url", "https://other.example/1", "page.html").json()["text"]
    ran = cli("extract", "--url", address, "--explain", "page.html")
    assert ran.code == 0
    assert "chosen: rule, because a person's rule selects it" in ran.out
    assert "look" in ran.out
    (tmp_path / "config.toml").write_text('[[extract.rules]]\npublisher = "a"\nselect = ["p["]\n', encoding="utf-8")
    ran = cli("extract", "page.html")
    assert ran.code == 2
    assert "config.toml:3: extract.rules.select: expected a CSS selector" in ran.err


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
    texts = {
        "01": FERRY,
        "20": f"{FERRY}A second ferry is expected in June.",
    }  # word for word it would join at any time
    two = [{"id": d, "title": "Ferry", "text": text, "published_at": f"2026-05-{d}"} for d, text in texts.items()]
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
