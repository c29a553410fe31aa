"""The tutorial and the how-to pages: every command in them runs, and prints what they say."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.browse.words import WORDS
from ingest.demo.newsroom import load_newsroom
from ingest.demo.server import NewsroomServer
from tests.cli.conftest import some_articles, write_lines

from .pages import ROOT, Reader, first_missing, steps

MakeReader = Callable[..., Reader]


@pytest.fixture
def reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> MakeReader:
    monkeypatch.delenv("SAMEWIRE_CONFIG", raising=False)

    def make(**more: object) -> Reader:
        return Reader(tmp_path, capfd, monkeypatch, **more)  # type: ignore[arg-type]

    return make


@pytest.fixture
def newsroom(tmp_path: Path) -> Path:
    """A configuration, and a file of labelled articles that are in its database."""
    (tmp_path / "config.toml").write_text('[poll]\ncontact = "https://desk.example/bot"\n', encoding="utf-8")
    return write_lines(tmp_path / "labelled.jsonl", some_articles())


def edit(path: Path, pattern: str, replacement: str) -> None:
    before = path.read_text(encoding="utf-8")
    after = re.sub(pattern, lambda _: replacement, before, flags=re.M)
    assert after != before, f"{path}: nothing reads {pattern}"
    path.write_text(after, encoding="utf-8")


def test_the_tutorial_leads_from_nothing_to_a_digest(reader: MakeReader, tmp_path: Path) -> None:
    stand_ins: dict[str, str] = {}
    demo, own = tmp_path / "samewire-demo", tmp_path / "my-newsroom"

    def number_of_the_story() -> None:
        with closing(sqlite3.connect(demo / "newsroom.db")) as connection:
            (story,) = connection.execute("SELECT id FROM story_list WHERE title LIKE '%13th package%'").fetchone()
        stand_ins["samewire story 3"] = f"samewire story {story}"

    with NewsroomServer(load_newsroom(), opened_at=datetime.now(UTC) - timedelta(hours=10)) as server:
        # Two invented publishers, on this machine, stand in for two real ones.
        stand_ins["https://www.theguardian.com/world"] = f"{server.base_urls['standard']}/"
        stand_ins["https://www.tagesschau.de"] = f"{server.base_urls['tarrow']}/"

        def let_it_reach_this_machine() -> None:
            edit(own / "config.toml", r"^allow = \[\]", f"allow = {json.dumps(server.allow)}")
            edit(own / "config.toml", r'^host_delay = "1s"', 'host_delay = "0s"')

        reader(
            stand_ins=stand_ins,
            after={'samewire stories "13th package"': number_of_the_story, "samewire init": let_it_reach_this_machine},
        ).follow("tutorial.md")
    for digest in (demo / "digest.html", own / "digest.html"):
        assert "<html" in digest.read_text(encoding="utf-8")
    for database in (demo / "newsroom.db", own / "newsroom.db"):
        assert undeclared(database) == []


def undeclared(database: Path) -> list[str]:
    """Words in columns of closed sets that ingest/browse/words.py does not know."""
    declared: dict[str, set[str]] = {}
    for words in WORDS:
        for column in words.columns:
            declared.setdefault(column, set()).update(words.meanings)
    found = []
    with closing(sqlite3.connect(database)) as connection:
        for column, words in declared.items():
            table, name = column.split(".")
            rows = connection.execute(f"SELECT DISTINCT [{name}] FROM [{table}] WHERE [{name}] IS NOT NULL")
            found += [f"{column}: {word}" for (word,) in rows if word not in words]
    return found


def test_500_feeds_are_added_as_the_page_says(reader: MakeReader, newsroom: Path, tmp_path: Path) -> None:
    outlines = "".join(
        f'<outline type="rss" text="Feed {n}" xmlUrl="http://127.0.0.1:9/{n}.rss"/>\n' for n in range(500)
    )
    opml = f'<opml version="2.0"><head><title>Ours</title></head><body>{outlines}</body></opml>'
    (tmp_path / "feeds.opml").write_text(opml, encoding="utf-8")
    reader().follow("howto/many-feeds.md")
    assert (tmp_path / "again.opml").read_text(encoding="utf-8").count("xmlUrl") == 500


def test_matching_is_tuned_as_the_page_says(reader: MakeReader, newsroom: Path) -> None:
    somebody = reader()
    somebody.type("samewire import labelled.jsonl")
    somebody.type("samewire apart 1 4")
    somebody.follow("howto/tune-matching.md")


def test_a_story_is_corrected_as_the_page_says(reader: MakeReader, newsroom: Path) -> None:
    somebody = reader()
    somebody.type("samewire import labelled.jsonl")
    somebody.follow("howto/correct-a-story.md")


def test_a_newsroom_moves_as_the_page_says(reader: MakeReader, newsroom: Path) -> None:
    somebody = reader()
    somebody.type("samewire import labelled.jsonl")
    somebody.follow("howto/move-machines.md")
    with closing(sqlite3.connect(newsroom.parent / "there" / "newsroom.db")) as connection:
        assert connection.execute("SELECT count(*) FROM articles").fetchone() == (4,)


def test_the_configuration_behind_a_proxy_is_one(reader: MakeReader, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "howto" / "behind-a-proxy.md").read_text(encoding="utf-8")
    (told,) = re.findall(r"```toml\n(.*?)```", page, re.S)
    (tmp_path / "config.toml").write_text(f'[poll]\ncontact = "https://desk.example/bot"\n{told}', encoding="utf-8")
    reader().follow("howto/behind-a-proxy.md")


def test_every_page_with_commands_is_followed_here() -> None:
    """A new page of commands needs a test; what asks the web, serves or installs is marked `<!-- not run: why -->`."""
    pages = {
        str(path.relative_to(ROOT / "docs"))
        for path in [ROOT / "docs" / "tutorial.md", *(ROOT / "docs" / "howto").glob("*.md")]
        if any(steps(path))
    }
    followed = set(re.findall(r"follow\(\"([\w/-]+\.md)\"\)", Path(__file__).read_text(encoding="utf-8")))
    assert pages == followed


@pytest.mark.parametrize(
    ("shown", "printed", "missing"),
    [
        ("a\nb", "a\nb\nc", None),
        ("a\nc", "a\nb\nc", "c"),
        ("a\n…\nc", "a\nb\nc", None),
        ("b\n…\na", "a\nb", "a"),
        ("3  Tarrow  0.95", "17  Tarrow   0.95", None),
        ("3  Tarrow  0.95", "17  Tarrow   0.96", "# Tarrow 0.95"),
        ("at 2026-05-01 06:00", "at 2031-01-02 03:04", None),
        ("first: …, sure", "first: nobody", "first: …, sure"),
    ],
)
def test_what_is_not_printed_is_found(shown: str, printed: str, missing: str | None) -> None:
    assert first_missing(shown, printed) == missing
