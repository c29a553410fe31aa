"""The server itself: a real socket, a real process, signals, and a writer beside it."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner

from ingest.browse.serve import ServeError, serve
from ingest.cli import samewire
from ingest.errors import NotFound
from tests.browse.conftest import Newsroom

PROGRAM = """
import sys
from pathlib import Path
from ingest.browse.serve import serve
serve(Path(sys.argv[1]), host="127.0.0.1", port=0, on_ready=lambda url: print(url, flush=True))
print("ended", flush=True)
"""


@contextmanager
def served(path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process that serves this file, and its address once it answers."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()
    finally:
        process.kill()
        process.communicate()


def test_pages_stay_right_while_a_writer_goes_on_and_the_end_is_quiet(newsroom: Newsroom, ferry: int) -> None:
    with served(newsroom.path) as (process, url), httpx.Client(base_url=url, trust_env=False) as client:
        for number in range(12):
            with newsroom.store.transaction():
                article = newsroom.article(f"Fresh {number}", "words", minutes=3000 + number)
                newsroom.story(f"Fresh {number}", [(article, "original")], minutes=3000 + number)
            for path in ("stories", "newsroom/articles", "stories?q=words"):
                answer = client.get(path)
                assert answer.status_code == 200
                assert f"Fresh {number}<" in answer.text or path.endswith("words")
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (0, "ended\n", "")


def test_an_interrupt_ends_it_even_with_a_connection_open(newsroom: Newsroom) -> None:
    with served(newsroom.path) as (process, url), httpx.Client(base_url=url, trust_env=False) as client:
        assert client.get("stories").status_code == 200
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=10)
    assert (process.returncode, out, err) == (0, "ended\n", "")


def test_a_port_in_use_is_named_with_what_to_do(newsroom: Newsroom) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServeError, match=rf"127\.0\.0\.1:{port}: another program .* --port or web\.port"):
            serve(newsroom.path, host="127.0.0.1", port=port)


@pytest.mark.parametrize(
    ("host", "words"),
    [("203.0.113.7", "not an address of this machine"), ("a" * 64 + ".example", "no such host")],
)
def test_a_host_that_is_not_ours_is_named(newsroom: Newsroom, host: str, words: str) -> None:
    with pytest.raises(ServeError, match=f"{host}:0: {words}"):
        serve(newsroom.path, host=host, port=0)


def test_a_missing_database_is_named_before_the_port_is_taken(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="samewire poll"):
        serve(tmp_path / "none.db", host="127.0.0.1", port=0)


def test_it_serves_from_a_thread_of_another_program(newsroom: Newsroom, ferry: int) -> None:
    """The demo runs it beside its newsroom; signals are then the main program's."""
    ready = threading.Event()
    address: list[str] = []

    def note(url: str) -> None:
        address.append(url)
        ready.set()

    threading.Thread(
        target=serve,
        args=[newsroom.path],
        kwargs={"host": "localhost", "port": 0, "on_ready": note, "with_root": True},
        daemon=True,
    ).start()
    assert ready.wait(timeout=20)
    assert address[0].startswith("http://localhost:")
    base = address[0].partition("-/auth-token")[0]
    with httpx.Client(base_url=base, trust_env=False, follow_redirects=True) as client:
        assert "csrftoken" not in client.get(f"story/{ferry}").text
        assert "Ferry service" in client.get(address[0]).text
        assert "csrftoken" in client.get(f"story/{ferry}").text
    assert httpx.get(address[0], trust_env=False).status_code == 403  # it logs in one person, once


def test_an_immutable_file_is_refused_by_name() -> None:
    answer = CliRunner().invoke(samewire, ["serve", "-i"])
    assert answer.exit_code == 2
    assert "Leave -i out" in answer.output
