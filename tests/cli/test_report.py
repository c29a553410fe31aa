"""`samewire report`: the week as figures and as a page."""

from __future__ import annotations

from pathlib import Path

from .conftest import Cli


def test_a_week_is_written_as_a_page_and_printed_as_figures(cli: Cli, newsroom: Path, tmp_path: Path) -> None:
    ran = cli("report", "--week", "--date", "2026-05-05")
    lead = "4 articles made 2 stories, 1 of them carried by more than one publisher."
    assert (ran.code, ran.out) == (0, f"wrote week-2026-05-05.html: {lead}\n")
    page = (tmp_path / "week-2026-05-05.html").read_text(encoding="utf-8")
    assert lead in page and "Tue 5 May" in page
    found = cli("report", "--date", "2026-05-05", "--json").json()
    assert found["lead"] == lead
    volume = next(chart for chart in found["charts"] if chart["title"] == "Volume")
    assert [bar["text"] for bar in volume["bars"]][-2:] == ["none", "4, 2 stories"]
    assert [bar["text"] for bar in found["charts"][1]["bars"]] == ["1", "0", "1", "0", "0"]
    empty = cli("report", "--date", "2026-04-01", "--json").json()
    assert empty["lead"] == "0 articles made 0 stories."


def test_a_report_that_cannot_be_written_says_so(cli: Cli, newsroom: Path) -> None:
    ran = cli("report", "--output", "no/such/folder/week.html")
    assert (ran.code, ran.err) == (1, "samewire: no/such/folder/week.html: No such file or directory\n")
    assert cli("report", "--date", "yesterday").code == 2
