"""A command in this process, for what is about its words; what is about processes runs as one."""

from __future__ import annotations

import io
import logging
import os
import sys
from collections.abc import Mapping
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from tempfile import TemporaryFile
from unittest import mock

import pytest

from ingest.cli import main
from ingest.pipeline.logbook import LogHandler


def run_here(folder: Path, *arguments: str, environment: Mapping[str, str] = os.environ) -> tuple[int, bytes, bytes]:
    """Run the command line in a folder. Returns its exit code and what it wrote to either stream."""
    without_log()
    with Captured() as out, Captured() as err:
        with (
            chdir(folder),
            mock.patch.dict(os.environ, environment, clear=True),
            mock.patch.object(sys, "argv", ["samewire", *arguments]),
            redirect_stdout(out),
            redirect_stderr(err),
            pytest.raises(SystemExit) as ended,
        ):
            main()
        return int(ended.value.code or 0), out.taken(), err.taken()


def without_log() -> None:
    """Log to nowhere, as a process that has just begun: else what servers in other threads say is a command's words."""
    root = logging.getLogger()
    root.setLevel(logging.WARNING)
    for handler in [one for one in root.handlers if isinstance(one, LogHandler)]:
        root.removeHandler(handler)


class Captured(io.TextIOWrapper):
    """A stream into a file without a name; it has a descriptor, as some exports want."""

    def __init__(self) -> None:
        super().__init__(TemporaryFile(), "utf-8", "backslashreplace", write_through=True)  # noqa: SIM115 - it closes with this one

    def taken(self) -> bytes:
        """All that was written to it."""
        self.buffer.seek(0)
        return self.buffer.read()
