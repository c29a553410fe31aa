"""`samewire demo`: the whole trip on the sample newsroom comes out as labelled, and knows no short cuts."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from html.parser import HTMLParser
from pathlib import Path

import ingest

from .conftest import Cli


class Headings(HTMLParser):
    """Collects the text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words += data.split()


def test_the_demo_finds_every_story_of_both_editions_and_writes_the_digest(cli: Cli, tmp_path: Path) -> None:
    ran = cli("demo", "--dir", "room", "--no-serve")
    scores = re.findall(r"edition (\d): .* precision (\d\.\d+), recall (\d\.\d+); .* wrong (\d+)", ran.out)
    assert scores == [("1", "1.000", "1.000", "0"), ("2", "1.000", "1.000", "0")], ran.out
    assert ran.code == 0
    assert "█" not in ran.err

    mail = message_from_bytes((tmp_path / "room/digest.eml").read_bytes(), policy=policy.default)
    page = Headings()
    page.feed((tmp_path / "room/digest.html").read_text(encoding="utf-8"))
    plain, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert "Ferry" in plain.get_content()
    assert "Ferry" in html.get_content()
    assert "Ferry" in page.words
    assert mail["Subject"]
    assert not mail.defects

    stories = cli("--config", "room/config.toml", "stories", "--shared", "--json").json()
    assert len(stories) > 10
    assert cli("--config", "room/config.toml", "status").code == 0


def test_the_demo_leaves_a_folder_alone_that_it_did_not_make(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear", encoding="utf-8")
    ran = cli("demo", "--dir", "mine", "--no-serve")
    assert ran.code == 1
    assert ran.err == "samewire: mine: holds something else; name another folder with --dir\n"
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_nothing_outside_the_demo_knows_of_it() -> None:
    root = Path(ingest.__file__).parent
    allowed = {root / "cli" / "demo.py", root / "cli" / "commands.py", root / "cli" / "__init__.py"}
    told = [
        path.relative_to(root)
        for path in root.rglob("*.py")
        if path not in allowed
        and path.parent != root / "demo"
        and re.search(r"\bdemo\b", path.read_text(encoding="utf-8"), re.IGNORECASE)
    ]
    assert told == []
