"""The world around the newsroom that crashes: publishers, a hub, a webhook and a mail server, in another process."""

from __future__ import annotations

import json
import multiprocessing
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from ingest.demo.newsroom import load_newsroom
from ingest.demo.server import NewsroomServer

START = datetime(2026, 5, 5, 12, tzinfo=UTC)
#: Few, so that a run is short, and such that they share stories, scripts and a later edition.
HOUSES = ("standard", "vestnik", "gavan")
_FERRY = (
    "The night ferry to Brennick sails again from Thursday after the storm had closed the harbour for nine days.",
    "Harbour master Odile Fenn said that divers had found no damage to the quay, and that 412 passengers were waiting.",
    "The line will run two additional crossings until Sunday, and tickets of the lost days are valid on all of them.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Where everything is, and what came out of the newsroom: a line each in files of `folder`."""

    folder: Path
    feeds: dict[str, str]  # publisher to feed
    allow: tuple[str, ...]
    desk_url: str  # of the webhook
    mail_port: int
    pipe: Connection

    def edition(self, number: int) -> None:
        """What publishers show from now on."""
        self.pipe.send(number)
        self.pipe.recv()

    def told(self, what: str) -> list[str]:
        """The identities of the mails, or of the calls of the webhook, as they came."""
        path = self.folder / what
        return path.read_text(encoding="utf-8").split() if path.exists() else []

    def forget(self) -> None:
        """Begin anew."""
        for name in ("mails", "hooks"):
            (self.folder / name).unlink(missing_ok=True)


class _Desk(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        self.folder, self.edition = folder, 1
        super().__init__(("127.0.0.1", 0), _Handler)
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def where(self) -> str:
        return f"127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: _Desk

    def do_GET(self) -> None:
        """The feed of a publisher that has a hub; its texts are in it."""
        text = "".join(f"<p>{part}</p>" for part in _FERRY)
        more = (
            f"<item><guid>2</guid><title>Ferry full until Sunday</title><description>{_FERRY[2]}</description></item>"
        )
        body = (
            '<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom" '
            'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Harbour</title>'
            f'<atom:link rel="hub" href="http://{self.server.where}/hub"/>'
            f'<atom:link rel="self" href="http://{self.server.where}/harbour"/>'
            f"{more if self.server.edition > 1 else ''}"
            "<item><guid>1</guid><title>Night ferry sails again</title>"
            f"<content:encoded><![CDATA[{text}]]></content:encoded></item></channel></rss>"
        ).encode()
        if self.path != "/harbour":
            body = b""
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        """The hub, or the desk that alerts go to."""
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/desk":
            with (self.server.folder / "hooks").open("a", encoding="utf-8") as hooks:
                hooks.write(f"{self.headers['Idempotency-Key']}\n")
        self.send_response(202)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class _Inbox:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Keep it."""
        with (self.folder / "mails").open("a", encoding="utf-8") as mails:
            mails.write(f"{message_from_bytes(envelope.content)['Message-ID'].strip()}\n")
        return "250 2.0.0 kept"


class _AnyPort(Controller):
    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def _serve(folder: Path, pipe: Connection) -> None:
    controller = _AnyPort(_Inbox(folder), hostname="127.0.0.1", port=0, ready_timeout=60)
    controller.start()
    desk, newsroom = _Desk(folder), load_newsroom()
    with NewsroomServer(newsroom, opened_at=START - timedelta(hours=10), max_delay_s=0.01) as server:
        feeds = {newsroom.publisher(house).name: server.feed_url(house) for house in HOUSES}
        allow = [*server.allow, desk.where]
        pipe.send(
            (feeds | {"Harbour": f"http://{desk.where}/harbour"}, allow, f"http://{desk.where}/desk", controller.port)
        )
        while (edition := pipe.recv()) is not None:
            server.edition = desk.edition = edition
            pipe.send(edition)
    controller.stop()


@contextmanager
def opened(folder: Path) -> Iterator[World]:
    """The world, running until the end of the context."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_serve, args=(folder, there), daemon=True)
    process.start()
    there.close()
    feeds, allow, desk_url, mail_port = here.recv()
    try:
        yield World(folder=folder, feeds=feeds, allow=tuple(allow), desk_url=desk_url, mail_port=mail_port, pipe=here)
    finally:
        here.send(None)
        process.join(5)
        process.kill()


def configuration(world: World, *, quiet: bool = False) -> str:
    """A config.toml of this world; quiet: nobody is mailed or called."""
    allow = ", ".join(json.dumps(one) for one in world.allow)
    lines = [
        "[poll]", 'host_delay = "0s"', "concurrency = 1", "per_host = 1", f"allow = [{allow}]", "coverage = false",
        'callback = "https://newsroom.example/push"', "[digest]", 'timezone = "UTC"', 'at = "07:00"',
    ]  # fmt: skip
    if not quiet:
        lines += [
            "[[digest.recipients]]", 'address = "desk@newsroom.example"', "[smtp]", 'host = "127.0.0.1"',
            f"port = {world.mail_port}", 'security = "none"', 'sender = "samewire <digest@newsroom.example>"',
            "[[watches]]", 'name = "ferry"', 'query = "ferry"', f'webhook = "{world.desk_url}"',
            'mail = ["night@newsroom.example"]',
        ]  # fmt: skip
    for name, url in world.feeds.items():
        lines += ["[[feeds]]", f"url = {json.dumps(url)}", f"publisher = {json.dumps(name)}"]
    return "\n".join(lines) + "\n"
