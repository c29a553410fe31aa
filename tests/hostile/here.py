"""A command in this process, for what is about its words; what is about processes runs as one."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Mapping
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from tempfile import TemporaryFile
from unittest import mock

import pytest

from ingest.cli import main


def run_here(folder: Path, *arguments: str, environment: Mapping[str, str] = os.environ) -> tuple[int, bytes, bytes]:
    """Run the command line in a folder. Returns its exit code and what it wrote to either stream."""
    with TemporaryFile() as out, TemporaryFile() as err:
        with (
            io.TextIOWrapper(out, "utf-8", write_through=True) as stdout,
            io.TextIOWrapper(err, "utf-8", "backslashreplace", write_through=True) as stderr,
        ):
            with (
                chdir(folder),
                mock.patch.dict(os.environ, environment, clear=True),
                mock.patch.object(sys, "argv", ["samewire", *arguments]),
                redirect_stdout(stdout),
                redirect_stderr(stderr),
                pytest.raises(SystemExit) as ended,
            ):
                main()
            said = []
            for stream in (stdout, stderr):
                stream.buffer.seek(0)
                said.append(stream.buffer.read())
    return int(ended.value.code or 0), said[0], said[1]
