"""`bench/quality.py` on small files: its table, its place in the page, and orders that change nothing."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bench import quality, steadiness
from bench.corpora import generated
from ingest.match.batch import match_all, measure, propose
from ingest.match.index import Index
from ingest.match.verify import compare
from ingest.model import ArticleId
from tests.match.samples import TEMPLATES, TEXTS, issues, journey

DOCUMENTS = [*journey("en", 1), *issues(next(iter(TEMPLATES)), 100)]


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    lines = []
    for number, (name, document) in enumerate([("j", d) for d in DOCUMENTS[:8]] + [("t", d) for d in DOCUMENTS[8:]]):
        record: dict[str, Any] = {"id": f"a{number}", "title": document.title, "text": document.text}
        record |= {"published_at": str(document.published_at), "kind": "base" if number in (0, 8) else "x"}
        lines.append(json.dumps(record | {"story": name if name == "j" else f"t{number}"}))
    path = tmp_path / "labelled.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["quality.py", *map(str, arguments)])
    return quality.main()


def test_the_table_has_us_and_the_peers(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], labelled: Path
) -> None:
    assert run(monkeypatch, labelled) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len({line.count("|") for line in lines}) == 1
    assert lines[2].startswith("| labelled.jsonl (12 articles) | samewire | ")
    assert len(lines) == 3 + 5


def test_the_table_goes_between_the_markers_and_nowhere_else(
    monkeypatch: pytest.MonkeyPatch, labelled: Path, tmp_path: Path
) -> None:
    page = tmp_path / "page.md"
    monkeypatch.setattr(quality, "PAGE", page)
    page.write_text(f"before\n{quality.BEGIN}\nold\n{quality.END}\nafter\n", encoding="utf-8")
    for _ in range(2):
        assert run(monkeypatch, labelled, "--no-peers", "--write") == 0
        text = page.read_text(encoding="utf-8")
        assert text.startswith(f"before\n{quality.BEGIN}\n| set |")
        assert text.endswith(f"|\n{quality.END}\nafter\n")
        assert "old" not in text
    page.write_text("no markers", encoding="utf-8")
    with pytest.raises(SystemExit, match="needs the lines"):
        run(monkeypatch, labelled, "--no-peers", "--write")


def test_orders_numbers_and_restarts_change_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], labelled: Path
) -> None:
    assert run(monkeypatch, labelled, "--permutations", "3", "--restarts", "2") == 0
    assert capsys.readouterr().out.splitlines() == [
        "labelled.jsonl: 3 of 3 permutations give the same stories, relations and firsts",
        "labelled.jsonl: 2 of 2 restarts give the same stories, relations and firsts",
    ]


def test_an_order_that_matters_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """A grouping that goes by numbers: whoever has the lowest stands alone."""
    honest = steadiness.group_measured

    def by_number(measured: Any, *, window: timedelta) -> Any:
        lowest = min(measured)
        return honest({number: found for number, found in measured.items() if number != lowest}, window=window)

    monkeypatch.setattr(steadiness, "group_measured", by_number)
    found = list(steadiness.permutations(DOCUMENTS, timedelta(days=14), count=4, seed=1))
    assert any(found)


def test_permuted_articles_are_matched_as_all_at_once() -> None:
    window = timedelta(days=14)
    assert list(steadiness.permutations(DOCUMENTS, window, count=2, seed=2)) == [set(), set()]
    assert len(match_all(DOCUMENTS, window=window).groups) == 1 + len(DOCUMENTS) - 8
    assert len(TEXTS["en"][1]) > 0


def test_a_verdict_is_the_same_whichever_article_has_the_lower_number() -> None:
    """On real pairs: where rules looked at one text's order of words only, stories hung on the order of arrival."""
    documents = [each.document for each in generated("newswire", 5, limit=80).articles]
    measured = measure(documents)
    pairs = sorted(propose(list(measured.values()), Index(timedelta(days=14))))
    assert len(pairs) > 400
    for a, b in pairs:
        turned = [replace(measured[number], id=ArticleId(10**6 - number)) for number in (a, b)]
        one, other = compare(measured[a], measured[b]), compare(*turned)
        assert (one.relation, one.score, one.reason) == (other.relation, other.score, other.reason), (a, b)
