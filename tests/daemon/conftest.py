"""A publisher on loopback whose answers a test sets, and the daemon as a process of its own."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import FERRY, MUSEUM
from tests.cli.here import run_here

PATIENCE_S = 60.0


def eventually(holds: Callable[[], Any], what: str) -> Any:
    """Wait until something holds, and return it; the limit only catches a hang."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if found := holds():
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {PATIENCE_S:g} s: {what}")


class Publisher(ThreadingHTTPServer):
    """Answers each path with what a test put there; a path in `held` answers only when it is let go."""

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        self.pages: dict[str, bytes] = {}
        self.held: dict[str, threading.Event] = {}
        self.asked: list[str] = []
        self.authorized: dict[str, str] = {}  # the last Authorization that came with each path
        self.posted: dict[str, list[bytes]] = {}  # to /hub and the like, answered 202
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"

    def url(self, path: str) -> str:
        return f"http://{self.host}{path}"

    def put_feed(self, path: str, *items: tuple[str, str]) -> str:
        """A feed of (title, text) with the full texts in it; returns its address."""
        body = "".join(
            f"<item><guid>{path}/{number}</guid><link>{self.url(f'{path}/{number}')}</link><title>{title}</title>"
            f"<content:encoded><![CDATA[{''.join(f'<p>{part}.</p>' for part in text.split('. '))}]]></content:encoded>"
            "</item>"
            for number, (title, text) in enumerate(items)
        )
        space = "http://purl.org/rss/1.0/modules/content/"
        self.pages[path] = (
            f'<rss version="2.0" xmlns:content="{space}"><channel><title>{path}</title>{body}</channel></rss>'
        ).encode()
        return self.url(path)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: Publisher

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.server.authorized[self.path] = self.headers.get("Authorization", "")
        if held := self.server.held.get(self.path):
            held.wait(PATIENCE_S)
        body = self.server.pages.get(self.path)
        with suppress(OSError):
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Type", "application/rss+xml")
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posted.setdefault(self.path, []).append(body)
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Write nothing."""


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    server = Publisher()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server
    for held in server.held.values():
        held.set()
    server.shutdown()
    thread.join()
    server.server_close()


class Room:
    """A folder with a configuration and a database, and the daemons and commands run upon it."""

    def __init__(self, folder: Path, publisher: Publisher) -> None:
        self.folder, self.publisher = folder, publisher
        self.database = folder / "newsroom.db"
        self.started: list[subprocess.Popen[bytes]] = []
        self.configure()

    def configure(self, *feeds: str, more: str = "") -> None:
        lines = ["[poll]", f'allow = ["{self.publisher.host}"]', 'host_delay = "0s"', 'contact = "https://x.example/"']
        for feed in feeds:
            lines += ["[[feeds]]", f'url = "{feed}"', f'publisher = "{feed.rpartition("/")[2]}"']
        (self.folder / "config.toml").write_text("\n".join([*lines, more, ""]), encoding="utf-8")

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command beside the daemon: in this process, unless it is another daemon."""
        if arguments[0] != "run":
            code, out, err = run_here(self.folder, *arguments)
            return subprocess.CompletedProcess(arguments, code, out.decode(), err.decode())
        return subprocess.run(
            [sys.executable, "-m", "ingest", *arguments],
            cwd=self.folder, capture_output=True, text=True, timeout=PATIENCE_S, check=False,
        )  # fmt: skip

    def start(self) -> subprocess.Popen[bytes]:
        """The daemon, ready, in a process group of its own."""
        log = self.log_path
        before = log.read_text(encoding="utf-8").count("ready:") if log.exists() else 0
        with log.open("ab") as out:
            daemon = subprocess.Popen(
                [sys.executable, "-m", "ingest", "run", "-v"],
                cwd=self.folder, stdout=out, stderr=out, start_new_session=True,
            )  # fmt: skip
        self.started.append(daemon)
        eventually(lambda: self.log.count("ready:") > before or daemon.poll() is not None, f"ready\n{self.log}")
        assert daemon.poll() is None, self.log
        return daemon

    @property
    def log_path(self) -> Path:
        return self.folder / "daemon.log"

    @property
    def log(self) -> str:
        return self.log_path.read_text(encoding="utf-8")

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        if not self.database.exists():
            return []
        with closing(sqlite3.connect(self.database)) as connection:
            return connection.execute(sql).fetchall()

    def clean_up(self) -> None:
        for daemon in self.started:
            with suppress(ProcessLookupError):
                os.killpg(daemon.pid, signal.SIGKILL)
            daemon.wait()


def group_is_gone(daemon: subprocess.Popen[bytes]) -> bool:
    """Whether nothing of the daemon's process group lives."""
    try:
        os.killpg(daemon.pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.fixture
def room(tmp_path: Path, publisher: Publisher) -> Iterator[Room]:
    made = Room(tmp_path, publisher)
    yield made
    made.clean_up()


@pytest.fixture
def ferry() -> tuple[str, str]:
    return "Ferry resumes after storm", FERRY


@pytest.fixture
def museum() -> tuple[str, str]:
    return "Nine bronzes go home", MUSEUM
