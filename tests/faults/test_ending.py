"""SIGTERM and Ctrl-C at any moment: exit 0 within five seconds, whatever is under way and whoever is silent."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from ingest.early import command_of
from tests.pipeline.conftest import Newsroom

from .conftest import house

PATIENCE_S = 120.0
#: What the daemon promises is 5 s; on a machine that is busy with other things the test only catches a hang.
ENDED_S = 20.0


def started(newsroom: Newsroom, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "ingest", "--config", str(newsroom.write_config()), "run", "-v"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, **environment},
    )  # fmt: skip


def is_caught(process: subprocess.Popen[str], number: int) -> bool:
    """Whether a process has a handler of its own for a signal."""
    caught = re.search(r"^SigCgt:\s+([0-9a-f]+)", Path(f"/proc/{process.pid}/status").read_text(), re.M)
    return caught is not None and bool(int(caught[1], 16) >> (number - 1) & 1)


def wait_until(holds: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + PATIENCE_S
    while not holds():
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < end
        time.sleep(0.005)


def ended(process: subprocess.Popen[str]) -> str:
    """What it said, after an end that is none of failure."""
    said, _ = process.communicate(timeout=ENDED_S)
    assert process.returncode == 0, said
    assert "Traceback" not in said, said
    return said


@pytest.mark.parametrize("later_s", [0.0, 0.6])
def test_a_signal_before_it_is_ready_is_no_failure(newsroom: Newsroom, later_s: float) -> None:
    """Sent while modules are loaded, and again somewhere on the way to the first poll."""
    process = started(newsroom)
    wait_until(lambda: is_caught(process, signal.SIGTERM), process)
    time.sleep(later_s)
    process.terminate()
    ended(process)
    if newsroom.database.exists() and newsroom.database.stat().st_size:
        assert newsroom.one("PRAGMA integrity_check") == "ok"


SILENT = """
import socket, time
look_up = socket.getaddrinfo
def silent(host, *rest, **how):
    if str(host).endswith(".test"):
        print("looking up", host, flush=True)
        time.sleep(60)
    return look_up(host, *rest, **how)
socket.getaddrinfo = silent
"""


def test_a_name_server_and_a_mail_server_that_are_silent_keep_nobody(newsroom: Newsroom, tmp_path: Path) -> None:
    """A look-up of the system's cannot be interrupted, nor can a read from a server: they are left behind."""
    url = house(newsroom, count=1)
    (tmp_path / "sitecustomize.py").write_text(SILENT)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        newsroom.settings = f'[smtp]\nhost = "127.0.0.1"\nport = {mute.getsockname()[1]}\nsecurity = "none"'
        newsroom.feeds.append('[[feeds]]\nurl = "http://harbour.test/feed"\npublisher = "Harbour"\n')
        process = started(newsroom, PYTHONPATH=str(tmp_path))
        assert process.stdout is not None
        said = ""
        while "looking up" not in said or "poll url=" + url not in said:
            line = process.stdout.readline()
            assert line, said
            said += line
        process.terminate()
        process.terminate()  # told twice, it ends once
        begun = time.monotonic()
        ended(process)
        assert time.monotonic() - begun < ENDED_S < 60


@pytest.mark.parametrize(
    ("arguments", "command"),
    [
        (["run"], "run"), (["--config", "run", "poll"], "poll"), (["--config=x", "run", "-v"], "run"),
        (["poll", "http://run/"], "poll"), (["--help"], None), ([], None),
    ],
)  # fmt: skip
def test_only_the_daemon_ends_quietly(arguments: list[str], command: str | None) -> None:
    assert command_of(arguments) == command
