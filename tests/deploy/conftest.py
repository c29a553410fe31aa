"""The files of deploy/, and the programs that read them, where they are installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

DEPLOY = Path(__file__).parents[2] / "deploy"
#: Where Debian keeps what is for root, though a user's PATH may not have it.
SBIN = "/usr/sbin:/usr/local/sbin"

Tool = Callable[..., "subprocess.CompletedProcess[str]"]


def tool(name: str, package: str) -> Tool:
    """A program that is run with arguments; the test is skipped, by the program's name, where it is missing."""
    found = shutil.which(name) or shutil.which(name, path=SBIN)
    if found is None:
        pytest.skip(f"{name} is missing (Debian: {package})")

    def run(*arguments: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [found, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=60, **options
        )  # type: ignore[call-overload,no-any-return]

    return run


def said(ran: subprocess.CompletedProcess[str]) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", ran.stdout + ran.stderr)
