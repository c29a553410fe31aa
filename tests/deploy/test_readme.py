"""deploy/README.md: from a bare machine to a running daemon in ten commands at most."""

from __future__ import annotations

import re

from bench.bare import MAX_COMMANDS, commands

from .conftest import DEPLOY

PAGE = (DEPLOY / "README.md").read_text(encoding="utf-8")


def test_ten_commands_are_enough_and_the_files_that_they_name_are_there() -> None:
    wanted = commands(PAGE)
    assert 5 < len(wanted) <= MAX_COMMANDS
    assert wanted[-1].startswith("systemctl enable --now ")
    for name in re.findall(r"/usr/local/src/samewire/(deploy/\S+)", " ".join(wanted)):
        assert list(DEPLOY.parent.glob(name)), name
    for unit in re.findall(r"samewire\S*\.(?:service|timer)", wanted[-1]):
        assert (DEPLOY / "systemd" / unit).exists(), unit


def test_a_command_behind_another_on_one_line_counts_too() -> None:
    assert commands("# x\n```sh\na b && c\nd | e\n```\n```sh\nf\n```\n") == ["a b", "c", "d", "e"]
