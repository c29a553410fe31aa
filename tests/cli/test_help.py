"""Help teaches, and the commands that only look load nothing heavy."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest

from ingest.cli import samewire
from ingest.cli.commands import COMMANDS

from .conftest import Cli

HEAVY = ("datasketch", "scipy", "trafilatura", "numpy", "sqlite_utils", "httpx", "feedparser", "datasette", "lxml")
PROGRAM = """
import json, sys
from ingest.cli import main
sys.argv = ["samewire", *sys.argv[1:]]
try:
    main()
finally:
    print(json.dumps([name for name in sys.modules if "." not in name]), file=sys.stderr)
"""


def every_command() -> list[list[str]]:
    found = []
    for name in COMMANDS:
        command = samewire.get_command(click.Context(samewire), name)
        found.append([name])
        if isinstance(command, click.Group):
            found += [[name, inner] for inner in command.commands]
    return found


@pytest.mark.parametrize("command", every_command(), ids=" ".join)
def test_help_says_what_a_command_does(cli: Cli, command: list[str]) -> None:
    ran = cli(*command, "--help")
    assert (ran.code, ran.err) == (0, "")
    usage, _, said = ran.out.partition("\n\n")
    assert usage.startswith(f"Usage: samewire {' '.join(command)}")
    assert len(said.split("Options:")[0].split()) >= 5
    assert ran.out == cli(*command, "-h").out


@pytest.mark.parametrize("name", [name for name, known in COMMANDS.items() if name not in ("serve", "check", "init",
                                  "config", "prune", "reprocess", "run", "demo")])  # fmt: skip
def test_help_shows_an_example_where_there_is_something_to_type(cli: Cli, name: str) -> None:
    assert f"\n    samewire {name}" in cli(name, "--help").out or "| samewire " in cli(name, "--help").out


def test_the_first_help_lists_every_command_with_its_line(cli: Cli) -> None:
    ran = cli("--help")
    assert ran.code == 0
    flat = " ".join(ran.out.split())
    for name, known in COMMANDS.items():
        assert f" {name} {known.help}" in flat


@pytest.mark.parametrize("arguments", [["--help"], ["status"], ["stories"]], ids=lambda a: a[0])
def test_looking_loads_nothing_heavy(newsroom: Path, arguments: list[str]) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, *arguments],
        cwd=newsroom.parent, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    loaded = json.loads(ran.stderr.splitlines()[-1])
    assert "click" in loaded
    assert not set(loaded) & set(HEAVY)
