"""A loopback server that answers byte for byte as a test scripts it, and keeps what it was asked."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from ingest.errors import FetchError
from ingest.model import Purpose, Request
from ingest.poll.addresses import AddressPolicy
from ingest.poll.fetch import fetch, open_client


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]


Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter, Asked], Awaitable[None]]


def answer(body: bytes = b"", status: str = "200 OK", *, length: bool = True, **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items())]
    lines += [f"Content-Length: {len(body)}"] if length else []
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


class Server:
    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.tasks: set[asyncio.Task] = set()
        self.scripts: dict[str, Handler] = {}
        self.port = 0

    def url(self, path: str, host: str = "127.0.0.1", scheme: str = "http") -> str:
        return f"{scheme}://{host}:{self.port}{path}"

    def on(self, path: str, script: bytes | Handler) -> None:
        """Answer this path with these bytes, or let a coroutine do it; the connection is closed afterwards."""

        async def send(_reader, writer, _asked):
            writer.write(script)
            await writer.drain()

        self.scripts[path] = send if isinstance(script, bytes) else script

    async def start(self, tls: ssl.SSLContext | None = None) -> None:
        self._listener = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=tls)
        self.port = self._listener.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        self._listener.close()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        await asyncio.sleep(0)

    async def _serve(self, reader, writer):
        self.tasks.add(asyncio.current_task())
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await self._answer(reader, writer)
        writer.transport.abort() if writer.transport.is_closing() else writer.close()

    async def _answer(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _ = head[0].split(" ")
        fields = tuple((k.strip().lower(), v.strip()) for k, _, v in (line.partition(":") for line in head[1:] if line))
        asked = Asked(method, target, fields)
        self.asked.append(asked)
        script = self.scripts.get(target.partition("?")[0])
        if script is None:
            writer.write(answer(b"", "404 Not Found"))
        else:
            await script(reader, writer, asked)
        await writer.drain()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    server = Server()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def other_server() -> AsyncIterator[Server]:
    server = Server()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def client(server, other_server):
    """A client that may ask both servers, under the names feed.test and other.test too."""

    async def resolver(host, port):
        return {"feed.test": ["127.0.0.1"], "other.test": ["127.0.0.1"]}[host]

    hosts = ("127.0.0.1", "feed.test", "other.test")
    allow = frozenset(f"{host}:{s.port}" for host in hosts for s in (server, other_server))
    client = open_client(AddressPolicy(allow), user_agent="samewire/0 (+https://example.org)", resolver=resolver)
    yield client
    await client.aclose()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A self-signed certificate for feed.test, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = folder / "cert.pem", folder / "key.pem"
    try:
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
             "-days", "2", "-subj", "/CN=feed.test", "-addext", "subjectAltName=DNS:feed.test",
             "-keyout", key, "-out", certificate],
            check=True, capture_output=True,
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no openssl command that makes certificates")
    return certificate, key


FEED = b"<rss version='2.0'><channel><title>t</title></channel></rss>"


def feed_request(url: str, **changes) -> Request:
    return Request(**{"url": url, "purpose": Purpose.FEED, "timeout_s": 5.0} | changes)


async def failure(client, request: Request) -> FetchError:
    with pytest.raises(FetchError) as caught:
        await fetch(client, request)
    assert caught.value.subject == request.url
    return caught.value
