"""The servers of the siege, in a process of their own: HTTP, TLS, what only looks like TLS, a proxy, an inner listener.

    python -m bench.siege.peers FOLDER

It prints its ports as one line of JSON and serves until it is stopped. The host that is asked for names the case. Every
request, and every connection to the inner listener, which nobody may reach, becomes a line of FOLDER/requests.jsonl.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bench.siege.authority import Authority
from bench.siege.case import CASES, MIB
from bench.siege.proxies import PROXIES
from bench.siege.tables import load
from bench.siege.tls import RAW

MAX_SECONDS, MAX_BYTES = 60.0, 2 << 30
_NAME = re.compile(rb"([a-z0-9-]+)\.test")


@dataclass(slots=True)
class Exchange:
    """One request, and the connection that its answer goes to."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    method: str
    target: str
    headers: dict[str, str]
    nth: int  # requests of this target before this one
    inner: int  # the port that nobody may reach
    sent: int = field(default=0)

    @property
    def host(self) -> str:
        """The host that was asked for."""
        return self.headers.get("host", "")

    async def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self.sent += len(data)
        if self.sent > MAX_BYTES:
            raise ConnectionError("more than any case sends")
        self.writer.write(data)
        await self.writer.drain()

    async def reply(
        self,
        body: bytes | str = b"",
        status: str = "200 OK",
        *,
        media: str = "application/rss+xml",
        length: int | None = None,
        fields: dict[str, str] | None = None,
        framed: bool = True,
    ) -> None:
        """Send a whole answer. length: another one than the body has. framed: with a Content-Length at all."""
        data = body.encode("utf-8", "surrogatepass") if isinstance(body, str) else body
        lines = [f"HTTP/1.1 {status}", "Connection: close"]
        lines += [f"Content-Type: {media}"] if media else []
        lines += [f"{name}: {value}" for name, value in (fields or {}).items()]
        lines += [f"Content-Length: {len(data) if length is None else length}"] if framed else []
        await self.send("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + data)


class Peers:
    """All listeners and their log."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._log = (folder / "requests.jsonl").open("a", encoding="utf-8", buffering=1)
        self._seen: Counter[tuple[str, str]] = Counter()
        self._inner = 0

    async def start(self) -> dict[str, object]:
        """Listen everywhere, and return where."""
        authority = Authority()
        (self._folder / "authority.pem").write_bytes(authority.trusted_pem())
        context = authority.context(self._folder)
        inner = await asyncio.start_server(self._inside, "127.0.0.1", 0)
        self._inner = inner.sockets[0].getsockname()[1]
        self._servers = [inner]
        plain = await self._both(None)
        secure = await self._both(context)
        raw = await asyncio.start_server(self._raw, "127.0.0.1", 0)
        proxy = await asyncio.start_server(self._proxy, "127.0.0.1", 0)
        self._servers += [raw, proxy]
        ports = [server.sockets[0].getsockname()[1] for server in (raw, proxy)]
        return {
            "ports": {"80": plain, "8080": plain, "443": secure, "8443": ports[0]},
            "proxy": ports[1],
            "inner": self._inner,
        }

    async def _both(self, context: object) -> int:
        """Listen on one port of both families."""
        four = await asyncio.start_server(self._http, "127.0.0.1", 0, ssl=context, limit=MIB)
        port = int(four.sockets[0].getsockname()[1])
        self._servers.append(four)
        with suppress(OSError):  # a machine without IPv6: its cases say so
            self._servers.append(await asyncio.start_server(self._http, "::1", port, ssl=context, limit=MIB))
        return port

    def note(self, **record: object) -> None:
        """Write one line of the log."""
        self._log.write(json.dumps(record) + "\n")

    async def _inside(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        data = await asyncio.wait_for(reader.read(4096), 5)
        self.note(event="inside", case="?", target=data[:200].decode("latin-1"))
        writer.close()

    async def _raw(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, TimeoutError):
            hello = await asyncio.wait_for(reader.read(4096), 10)
            found = _NAME.search(hello)
            name = found[1].decode() if found else "?"
            self.note(event="request", case=name, target="hello", headers={})
            await asyncio.wait_for(RAW[name](reader, writer), MAX_SECONDS)
        writer.close()

    async def _proxy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, TimeoutError):
            head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)).decode("latin-1")
            found = re.search(r"([a-z0-9-]+)\.test", head)
            name = found[1] if found else "?"
            headers = _fields(head)
            self.note(event="request", case=name, target=head.partition("\r\n")[0], headers=headers)
            await asyncio.wait_for(PROXIES[name](reader, writer, head), MAX_SECONDS)
        writer.close()

    async def _http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
            head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)).decode("latin-1")
            method, target, *_ = [*head.partition("\r\n")[0].split(" "), "", ""]
            headers = _fields(head)
            labels = headers.get("host", "").partition(":")[0].rstrip(".").split(".")
            name = labels[-2] if len(labels) > 1 else "?"
            case = CASES.get(name) or CASES.get(target.rpartition("/")[2].partition("?")[0])
            path = target.partition("?")[0]
            nth = self._seen[name, path]
            self._seen[name, path] += 1
            self.note(
                event="request", case=case.name if case else name, host=name, target=target[:300], headers=headers
            )
            exchange = Exchange(reader, writer, method, target, headers, nth, self._inner)
            if path == "/robots.txt" or case is None or case.play is None:
                await exchange.reply(b"", "404 Not Found", media="")
            else:
                await asyncio.wait_for(case.play(exchange), MAX_SECONDS)
        with suppress(OSError, RuntimeError):
            writer.close()


def _fields(head: str) -> dict[str, str]:
    pairs = (line.partition(":") for line in head.split("\r\n")[1:] if line)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


async def main(folder: Path) -> None:
    """Serve until stopped."""
    load()
    peers = Peers(folder)
    print(json.dumps(await peers.start()), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main(Path(sys.argv[1])))
