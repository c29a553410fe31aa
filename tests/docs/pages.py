"""Reads the commands and their output out of a page of `docs/`, runs the ones, and compares the others."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.cli import main

ROOT = Path(__file__).resolve().parents[2]
_FENCE = re.compile(r"(?:<!-- not run: ([^>]+) -->\n)?^```(\w*)\n(.*?)^```$", re.M | re.S)
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d")
_SHELL = re.compile(r"[|<>$*;&]")


@dataclass(frozen=True)
class Step:
    """One block of commands, and the blocks of output that follow it."""

    commands: tuple[str, ...]
    shown: tuple[str, ...]


def steps(page: Path) -> Iterator[Step]:
    """The blocks that are to be run, in order; those marked `not run` are left out with what follows them."""
    commands: tuple[str, ...] = ()
    shown: list[str] = []
    running = False
    for reason, language, text in _FENCE.findall(page.read_text(encoding="utf-8")):
        if language == "sh":
            if running:
                yield Step(commands, tuple(shown))
            running, commands, shown = not reason, tuple(text.strip().splitlines()), []
        elif language == "text" and running:
            shown.append(text)
    if running:
        yield Step(commands, tuple(shown))


@dataclass
class Reader:
    """Somebody who types what a page says, in a folder of their own."""

    folder: Path
    capture: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch
    stand_ins: Mapping[str, str] = field(default_factory=dict)  # for what only this reader's machine has
    after: Mapping[str, Callable[[], None]] = field(default_factory=dict)

    def follow(self, page: str) -> None:
        """Type every command of a page; what it says is printed must be printed, in this order."""
        self.monkeypatch.chdir(self.folder)
        for step in steps(ROOT / "docs" / page):
            printed = "".join(map(self._typed, step.commands))
            for block in step.shown:
                missing = first_missing(block, printed)
                assert missing is None, f"{page}: {step.commands} does not print:\n{missing}\nbut:\n{printed}"

    def type(self, command: str) -> str:
        """Type one command in the folder, before a page begins; returns what it printed."""
        self.monkeypatch.chdir(self.folder)
        return self._typed(command)

    def _typed(self, line: str) -> str:
        command = line.split(" #", maxsplit=1)[0].strip()
        for theirs, ours in self.stand_ins.items():
            command = command.replace(theirs, ours)
        words = shlex.split(command)
        if words[0] == "cd":
            self.monkeypatch.chdir(words[1])
            return ""
        if words[0] == "samewire" and not _SHELL.search(re.sub(r"'[^']*'|\$\(date[^)]*\)", "", command)):
            text = self._samewire([_tomorrow(word) for word in _joined(words[1:])])
        else:
            ran = subprocess.run(["bash", "-ec", command], capture_output=True, text=True, timeout=60, check=True)
            text = ran.stdout
        self.after.get(line, _nothing)()
        return text

    def _samewire(self, arguments: list[str]) -> str:
        self.monkeypatch.setattr(sys, "argv", ["samewire", *arguments])
        self.capture.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        said = self.capture.readouterr()
        assert not ended.value.code, f"samewire {' '.join(arguments)}: {said.out}{said.err}"
        return said.out


def _nothing() -> None:
    """What is to be done after most commands."""


def _joined(words: list[str]) -> list[str]:
    """Words of a command line, with what the shell would put in the place of `$(date …)` as one of them."""
    text = "\0".join(words)
    return re.sub(r"\$\(date\0-d\0tomorrow\0\+%F\)", "$TOMORROW", text).split("\0")


def _tomorrow(word: str) -> str:
    """The day after today where a page asks for it."""
    return f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%d}" if word == "$TOMORROW" else word


def first_missing(shown: str, printed: str) -> str | None:
    """The first line of what a page shows that is not in what was printed, after the one before it; None: all are.

    `…` stands for anything, a line of it for any lines. Times, widths of columns, and cells that hold a number only
    differ from run to run.
    """
    actual = [_plain(line) for line in printed.splitlines()]
    at, anywhere = 0, True
    for line in filter(None, map(_plain, shown.splitlines())):
        if line == "…":
            anywhere = True
            continue
        wanted = re.compile(".*".join(map(re.escape, line.split("…"))))
        found = next((n for n in range(at, len(actual)) if wanted.fullmatch(actual[n])), None)
        if found is None or (not anywhere and any(actual[at:found])):
            return line
        at, anywhere = found + 1, False
    return None


def _plain(line: str) -> str:
    """A line without what differs from run to run."""
    cells = re.split(r"\s{2,}", _TIME.sub("TIME", line.strip()))
    return " ".join("#" if cell.isdecimal() else re.sub(r"-{3,}", "---", cell) for cell in cells)
