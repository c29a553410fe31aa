"""Secrets stay where they were put: in no database, log, answer, error, file or list of processes."""

from __future__ import annotations

import os
import socketserver
import subprocess
import sys
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.conftest import FERRY
from tests.cli.here import run_here
from tests.cli.mailing import age
from tests.daemon.conftest import Publisher, eventually

#: Each place where a secret may stand, with a secret that is found again wherever it went.
SECRETS = {
    "feed password": "marked-feedpass-4711",
    "feed header": "marked-bearer-4712",
    "mail password": "marked-mailpass-4713",
    "mail password in the environment": "marked-envpass-4714",
    "webhook secret": "marked-hooksecret-4715",
    "webhook token": "marked-hooktoken-4716",
    "proxy password": "marked-proxypass-4717",
}
#: What the operator wrote them into, and what holds nothing else.
OWN_FILES = {"config.toml", "feed-password", "feed-headers", "mail-password", "hook-secret", "bad-headers"}

CONFIG = """\
[poll]
allow = ["{host}"]
host_delay = "0s"
timeout = "5s"
coverage = false
contact = "https://desk.example/bot"
{proxy}
[extract]
fetch_pages = false
[digest]
at = "{at}"
[[digest.recipients]]
address = "desk@newsroom.example"
[smtp]
host = "127.0.0.1"
port = {port}
security = "none"
username = "digest"
{password}
[[feeds]]
url = "http://{host}/one"
username = "reader"
password_file = "feed-password"
[[feeds]]
url = "http://{host}/two"
headers_file = "feed-headers"
[[feeds]]
url = "http://{host}/gone"
headers_file = "feed-headers"
[[watches]]
name = "ferries"
query = "ferry"
webhook = "http://{host}/hook?token=marked-hooktoken-4716"
webhook_secret_file = "hook-secret"
"""


class Desk:
    """A folder with all the secrets in their places, and what was printed there."""

    def __init__(self, folder: Path, publisher: Publisher) -> None:
        self.folder, self.publisher = folder, publisher
        self.said = b""
        self.listed = b""
        self.environment = {**os.environ, "SAMEWIRE_SMTP_PASSWORD": SECRETS["mail password in the environment"]}
        for name, text in {
            "feed-password": SECRETS["feed password"] + "\n",
            "feed-headers": f"Authorization: Bearer {SECRETS['feed header']}\n",
            "mail-password": SECRETS["mail password"],
            "hook-secret": SECRETS["webhook secret"],
            "bad-headers": f"{SECRETS['feed header']} is no header\n",
        }.items():
            (folder / name).write_text(text, encoding="utf-8")
            (folder / name).chmod(0o600)

    def configure(self, port: int, *, proxy: str = "", password: str = 'password_file = "mail-password"') -> None:
        at = f"{datetime.now(UTC) - timedelta(minutes=30):%H:%M}"
        text = CONFIG.format(at=at, host=self.publisher.host, port=port, proxy=proxy, password=password)
        (self.folder / "config.toml").write_text(text, encoding="utf-8")

    def run(self, *arguments: str) -> int:
        code, out, err = run_here(self.folder, *arguments, environment=self.environment)
        self.said += out + err
        assert b"Traceback" not in err, err.decode()[-2000:]
        return code

    def watched_poll(self) -> None:
        """A poll, and the command lines of all its processes while one of its feeds lets it wait."""
        server = self.publisher
        server.held["/two"] = threading.Event()
        server.asked.clear()
        running = subprocess.Popen(
            [sys.executable, "-m", "ingest", "poll", "-v"],
            cwd=self.folder, env=self.environment, start_new_session=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        eventually(lambda: {"/one", "/two"} <= set(server.asked) and len(commands(running.pid)) > 1, "workers at work")
        self.listed = b"\n".join(commands(running.pid))
        server.held.pop("/two").set()
        out, err = running.communicate(timeout=600)
        self.said += out + err


def commands(session: int) -> list[bytes]:
    """What `ps` shows of a session's processes."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdigit() and os.getsid(int(process.name)) == session:
                found.append((process / "cmdline").read_bytes())
        except OSError:  # it ended meanwhile
            continue
    return found


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Everything that uses a secret was done, with servers that take it and with servers that refuse it."""
    if sys.platform != "linux":
        pytest.skip("the list of processes is read from /proc")
    server = Publisher()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    made = Desk(tmp_path, server)
    server.put_feed("/one", ("Harbour opens", FERRY))
    server.put_feed("/two", ("Bridge closes", FERRY[::-1]))
    with mail_server() as port:
        made.configure(port)
        assert made.run("check") == 0
        assert made.run("config", "show") == 0
        made.watched_poll()
        server.put_feed("/one", ("Ferry sails again", FERRY.replace("Monday", "Tuesday")))
        made.run("poll", "-v", server.url("/one"))
        age(made.folder / "newsroom.db")
        assert made.run("digest", "--send") == 1
        made.configure(port, password="")
        assert made.run("digest", "--send") == 1
        made.configure(port, proxy=f'proxy = "http://desk:{SECRETS["proxy password"]}@127.0.0.1:9"')
        made.run("config", "show")
        assert made.run("poll", server.url("/one")) == 1
    for command in (
        ["status"],
        ["feeds"],
        ["feeds", "--json"],
        ["watch", "list", "--json"],
        ["export", "--format", "opml"],
    ):
        made.run(*command)
    text = (made.folder / "config.toml").read_text(encoding="utf-8")
    bare, telling = f"http://{server.host}/one", f"http://me:{SECRETS['feed password']}@{server.host}/one"
    for right, wrong in (('"feed-headers"', '"bad-headers"'), ('"http://desk:', '"socks5://desk:'), (bare, telling)):
        bad = text.replace(right, wrong)
        (made.folder / "config.toml").write_text(bad, encoding="utf-8")
        assert made.run("check") == 2
    (made.folder / "config.toml").write_text(text, encoding="utf-8")
    assert made.run("poll", telling) == 2
    yield made
    server.shutdown()
    thread.join()
    server.server_close()


class Disbelieving(socketserver.StreamRequestHandler):
    """A mail server that will not believe a password, and says it back."""

    def handle(self) -> None:
        self.wfile.write(b"220 x\r\n")
        with suppress(OSError):
            for line in self.rfile:
                word = line[:4].upper()
                if word in (b"EHLO", b"HELO"):
                    self.wfile.write(b"250-x\r\n250 AUTH PLAIN\r\n")
                elif word == b"AUTH":
                    self.wfile.write(b"535 5.7.8 not " + line.strip()[-100:] + b"\r\n")
                elif word == b"QUIT":
                    self.wfile.write(b"221 x\r\n")
                    return
                else:
                    self.wfile.write(b"250 x\r\n")


@contextmanager
def mail_server() -> Iterator[int]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Disbelieving) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def spellings(secret: str) -> list[bytes]:
    """A secret as it is, and as Basic and PLAIN write it; the middle of it, wherever Base64 begins."""
    plain = secret.encode()
    return [plain, *(b64encode(b"x" * lead + plain)[4:-4] for lead in range(3)), plain.hex().encode()]


def test_a_secret_stays_where_it_was_put(desk: Desk) -> None:
    """One test, because what comes before it takes long. Nothing of it would mean anything had they not been used."""
    assert desk.publisher.authorized["/one"] == "Basic " + b64encode(b"reader:marked-feedpass-4711").decode()
    assert desk.publisher.authorized["/two"] == "Bearer marked-bearer-4712"
    assert b"smtp_auth" in desk.said
    assert desk.listed.count(b"ingest") >= 1
    held = {path.name: path.read_bytes() for path in desk.folder.rglob("*") if path.is_file()}
    places = {"printed": desk.said, "list of processes": desk.listed}
    places |= {name: data for name, data in held.items() if name not in OWN_FILES}
    assert "newsroom.db" in places
    found = [
        (secret, place)
        for secret, value in SECRETS.items()
        for place, data in places.items()
        if any(spelling in data for spelling in spellings(value))
    ]
    assert found == []
