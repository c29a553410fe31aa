"""Cases with `poll.proxy`: proxies that refuse, hang, lie or flood, and what they must not be asked for."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from bench.siege.case import MIB, PLAIN, add, fails, read, refuses
from bench.siege.transport import replies

G = "proxy"
Proxy = Callable[[asyncio.StreamReader, asyncio.StreamWriter, str], Awaitable[None]]
PROXIES: dict[str, Proxy] = {}

_PROXY = 'proxy = "http://desk:hunter2@127.0.0.1:{proxy}"\n'
_PLAIN_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(PLAIN), PLAIN.encode())


def proxied(name: str, note: str, **more: Any) -> Callable[[Proxy], Proxy]:
    """A case whose requests go through the proxy. Its password is nowhere to be seen."""

    def keep(play: Proxy) -> Proxy:
        PROXIES[name] = play
        add(name, G, note, **({"poll": _PROXY, "hides": ("hunter2",)} | more))
        return play

    return keep


async def _sends(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(data)
    await writer.drain()


@proxied("proxy-good", "a feed by way of a proxy", **read())
async def _good(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, head: str) -> None:
    whole = head.startswith("GET http://proxy-good.test/") and "proxy-authorization: basic" in head.lower()
    await _sends(writer, _PLAIN_ANSWER if whole else b"HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n")


@proxied("proxy-407", "a proxy that does not know us", **fails("http_4xx"))
async def _unknown(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _head: str) -> None:
    await _sends(writer, b"HTTP/1.1 407 Who\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n")


@proxied("proxy-tunnel-407", "a proxy that opens no tunnel", scheme="https", **fails("connect"))
async def _no_tunnel(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _head: str) -> None:
    await _sends(writer, b"HTTP/1.1 407 Who\r\nContent-Length: 5\r\n\r\nsorry")


@proxied("proxy-tunnel-silent", "a proxy that says nothing to CONNECT", scheme="https", **fails("timeout"))
async def _silent(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter, _head: str) -> None:
    await asyncio.sleep(60)


@proxied("proxy-tunnel-flood", "an answer to CONNECT with fields without end", scheme="https", **fails("protocol"))
async def _flood(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _head: str) -> None:
    await _sends(writer, b"HTTP/1.1 200 Connected\r\n")
    for _ in range(1000):
        await _sends(writer, b"X-Y: z\r\n" * 1000)


@proxied("proxy-tunnel-body", "an answer to CONNECT that brings bytes of its own: they are no TLS", scheme="https",
         **fails("tls", "protocol", "timeout"))  # fmt: skip
async def _body(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _head: str) -> None:
    await _sends(writer, b"HTTP/1.1 200 Connected\r\n\r\n" + _PLAIN_ANSWER)
    await asyncio.sleep(0.1)


@proxied("proxy-tunnel-garbage", "no HTTP at all", scheme="https", **fails("protocol"))
async def _garbage(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _head: str) -> None:
    await _sends(writer, bytes(range(256)) * 16)


@proxied("proxy-tunnel-hang", "a tunnel in which nobody shakes hands", scheme="https", **fails("timeout"))
async def _hang(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _head: str) -> None:
    await _sends(writer, b"HTTP/1.1 200 Connected\r\n\r\n")
    await asyncio.sleep(60)


@proxied("proxy-endless", "a body without end by way of a proxy", **fails("too_large"))
async def _endless(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _head: str) -> None:
    await _sends(writer, b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        await _sends(writer, b" " * MIB)


@proxied(
    "proxy-redirect-inside", "by way of a proxy, an inner literal is refused all the same", **refuses("address", "port")
)
async def _inside(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _head: str) -> None:
    await _sends(writer, b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest/\r\nContent-Length: 0\r\n\r\n")


@proxied("proxy-redirect-spelled", "nor is one in an odd spelling", **refuses("address", "port"))
async def _spelled(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter, _head: str) -> None:
    await _sends(writer, b"HTTP/1.1 302 Found\r\nLocation: http://0x7f.1/\r\nContent-Length: 0\r\n\r\n")


add("proxy-kind", G, "a proxy of a kind that is not spoken", poll='proxy = "socks5://desk:hunter2@127.0.0.1:1080"\n',
    exits=(2,), says=("poll.proxy",), hides=("hunter2",), requests=0)  # fmt: skip
add("proxy-not-an-address", G, "a proxy that is no address", poll='proxy = "desk:hunter2@127.0.0.1:{proxy}"\n',
    exits=(2,), says=("poll.proxy",), hides=("hunter2",), requests=0)  # fmt: skip
_INNER = "http://127.0.0.1:{canary}"
add("proxy-environment", G, "a proxy of the environment is not used", replies(PLAIN),
    environment={"http_proxy": _INNER, "HTTP_PROXY": _INNER, "ALL_PROXY": _INNER}, **read())  # fmt: skip
