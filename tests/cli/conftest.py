"""Run the command line in this process, as the console script does, in a folder of its own."""

from __future__ import annotations

import io
import json
import socket
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ingest.cli import main

from .here import without_log

FERRY = (
    "HOLM, May 4 (Northwire) - The ferry Lady Almary resumed its crossing to Holm on Monday after two days in port. "
    "Harbour master Ilse Brandvold said that the wind had fallen below forty knots shortly before dawn. "
    "Some three hundred passengers had spent the second night in the gymnasium of the island school. "
    "The operator, Strait Lines, promised to refund every ticket that was sold for Saturday and Sunday. "
    "Two lorries with fresh milk were the first vehicles to roll off the ramp at half past seven. "
    "A crack in the outer breakwater is to be inspected by divers when the swell has gone down. "
    "The council meets on Thursday to decide whether the winter timetable should begin a month early. "
    "Fishermen said that they had not seen such waves in the sound since the storm of nineteen eighty-seven. "
)
MUSEUM = (
    "The museum of Corvane is to return nine bronzes to the island of Tavu, its director announced on Tuesday. "
    "They were taken in eighteen ninety-one by a surveyor who listed them as ballast in the log of his ship. "
    "Curators found the entry last year while they prepared an exhibition about the mapping of the southern reefs. "
    "A delegation of elders will accompany the crates on their way home and receive copies of every photograph. "
    "The smallest piece, a heron with one raised foot, weighs barely more than a teaspoon, the catalogue says. "
    "Scholars of three universities asked to examine the alloy before the departure, which is set for October. "
)


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return json.loads(self.out)

    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.out.splitlines()]


Cli = Callable[..., Ran]


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Cli:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("SAMEWIRE_CONFIG", raising=False)

    def run(*arguments: object, stdin: bytes | None = None) -> Ran:
        monkeypatch.setattr(sys, "argv", ["samewire", *map(str, arguments)])
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        without_log()
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = capfd.readouterr()
        return Ran(int(ended.value.code or 0), said.out, said.err)

    return run


def write_lines(path: Path, records: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records), encoding="utf-8")
    return path


def some_articles() -> list[dict[str, Any]]:
    """Two stories: a ferry in three versions, out of order, and a museum."""
    short = ". ".join(FERRY.split(". ")[:4]) + "."
    return [
        {"id": "late", "title": "Ferry sails again", "text": FERRY, "published_at": "2026-05-04T09:00:00Z",
         "publisher": "Echo", "url": "https://echo.example/1", "story": "ferry", "kind": "copy"},
        {"id": "bronze", "title": "Nine bronzes go home", "text": MUSEUM, "published_at": "2026-05-04T08:00:00Z",
         "publisher": "Gazette", "url": "https://gazette.example/1", "story": "museum", "kind": "base"},
        {"id": "wire", "title": "Ferry resumes after storm", "text": FERRY, "published_at": "2026-05-04T07:00:00Z",
         "publisher": "Northwire", "url": "https://northwire.example/1", "story": "ferry", "kind": "base"},
        {"id": "short", "title": "Ferry resumes", "text": short, "published_at": "2026-05-04T09:30:00Z",
         "publisher": "Herald", "url": "https://herald.example/1", "story": "ferry", "kind": "abridged"},
    ]  # fmt: skip


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    return write_lines(tmp_path / "articles.jsonl", some_articles())


@pytest.fixture
def newsroom(cli: Cli, tmp_path: Path, articles: Path) -> Path:
    """A configuration and a database with the articles in it; returns the database."""
    (tmp_path / "config.toml").write_text('[poll]\ncontact = "https://desk.example/bot"\n', encoding="utf-8")
    assert cli("import", articles).code == 0
    return tmp_path / "newsroom.db"


@pytest.fixture
def free_port() -> int:
    """A port on which nothing listens now."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        return int(listener.getsockname()[1])
