"""The daemon as a process beside a hub: it subscribes, is verified, takes what is signed, and unsubscribes."""

from __future__ import annotations

import hashlib
import hmac
import signal
import socket
import urllib.request
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode

from .conftest import PATIENCE_S, Publisher, Room, eventually

Piece = tuple[str, str]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def form(posted: bytes) -> dict[str, str]:
    return {name.removeprefix("hub."): value for name, (value,) in parse_qs(posted.decode()).items()}


def verify(asked: dict[str, str]) -> bytes:
    fields = {"mode": asked["mode"], "topic": asked["topic"], "challenge": "seven", "lease_seconds": "864000"}
    query = urlencode({f"hub.{name}": value for name, value in fields.items()})
    with urllib.request.urlopen(f"{asked['callback']}?{query}", timeout=PATIENCE_S) as answered:
        return bytes(answered.read())


def deliver(asked: dict[str, str], body: bytes, secret: str) -> int:
    signature = hmac.new(secret.encode(), body, hashlib.sha512).hexdigest()
    request = urllib.request.Request(asked["callback"], body, {"X-Hub-Signature": f"sha512={signature}"})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answered:
            return int(answered.status)
    except HTTPError as exc:
        return exc.code


def with_hub(publisher: Publisher, path: str) -> str:
    """The feed at this path, now naming a hub."""
    links = "".join(
        f'<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="{rel}" href="{publisher.url(target)}"/>'
        for rel, target in (("hub", "/hub"), ("self", path))
    ).encode()
    publisher.pages[path] = publisher.pages[path].replace(b"</title>", b"</title>" + links, 1)
    return publisher.url(path)


def test_a_feed_with_a_hub_is_pushed_to_the_running_daemon(room: Room, ferry: Piece, museum: Piece) -> None:
    publisher, port = room.publisher, free_port()
    publisher.put_feed("/harbour", ferry)
    feed = with_hub(publisher, "/harbour")
    callback = f'callback = "http://127.0.0.1:{port}/push"\ncallback_listen = "127.0.0.1:{port}"'
    room.configure(feed)
    config = room.folder / "config.toml"
    config.write_text(config.read_text(encoding="utf-8").replace("[poll]", f"[poll]\n{callback}"), encoding="utf-8")
    daemon = room.start()

    asked = form(eventually(lambda: publisher.posted.get("/hub"), "the hub is asked")[0])
    assert (asked["mode"], asked["topic"]) == ("subscribe", feed)
    assert verify(asked) == b"seven"

    publisher.put_feed("/pushed", ferry, museum)
    body = publisher.pages["/pushed"].replace(b"/pushed", b"/harbour")
    assert deliver(asked, body, "guessed") == 202
    assert room.rows("SELECT count(*) FROM entries") == [(1,)]
    assert deliver(asked, body, asked["secret"]) == 202
    assert room.rows("SELECT outcome, reason, new_entries FROM polls WHERE pushed") == [("ok", "pushed", 1)]
    eventually(lambda: len(room.rows("SELECT 1 FROM members")) == 2, "what was pushed is matched like what was polled")
    assert asked["secret"] not in room.log

    assert room.command("feeds", "pause", "1").returncode == 0
    farewell = form(eventually(lambda: publisher.posted["/hub"][1:], "the hub is told")[0])
    assert (farewell["mode"], verify(farewell)) == ("unsubscribe", b"seven")
    assert deliver(asked, body, asked["secret"]) == 410
    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(PATIENCE_S) == 0
    assert "Traceback" not in room.log


def test_an_address_that_is_taken_is_an_error_that_says_what_to_do(room: Room) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        config = room.folder / "config.toml"
        more = f'[poll]\ncallback = "https://news.test/push"\ncallback_listen = "127.0.0.1:{port}"'
        config.write_text(config.read_text(encoding="utf-8").replace("[poll]", more), encoding="utf-8")
        ran = room.command("run")
    assert ran.returncode == 2
    assert f"127.0.0.1:{port}: cannot listen there for hubs" in ran.stderr
    assert "poll.callback_listen" in ran.stderr
