"""Cases of TLS: certificates that are bad in one way each, and peers that only look as if they spoke it."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Awaitable, Callable
from typing import Any

from bench.siege.case import PLAIN, add, fails, read
from bench.siege.transport import replies

G = "tls"
Raw = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
#: What the peers on port 8443 do after the client's hello, by the case's name.
RAW: dict[str, Raw] = {}

_TRUSTING = {"SSL_CERT_FILE": "{folder}/authority.pem"}


def https(name: str, note: str, **expected: Any) -> None:
    """A case on port 443 whose name chooses the certificate."""
    add(name, G, note, replies(PLAIN), **({"scheme": "https", "environment": _TRUSTING} | expected))


https("tls-good", "a certificate of the operator's authority is taken (SSL_CERT_FILE)", **read())
https("tls-wildcard", "a wildcard of one label", command=("poll", "https://a.tls-wildcard.test/f"), **read())
https("tls-expired", "a certificate that ended yesterday", requests=0, **fails("tls"))
https("tls-future", "a certificate that begins tomorrow", requests=0, **fails("tls"))
https("tls-name", "a certificate for another name", requests=0, **fails("tls"))
https(
    "tls-deep",
    "a wildcard does not cover two labels",
    command=("poll", "https://a.b.tls-deep.test/f"),
    requests=0,
    **fails("tls"),
)
https("tls-ip", "a certificate for an address instead of the name", requests=0, **fails("tls"))
https("tls-stranger", "an authority that nobody trusts", requests=0, **fails("tls"))
https("tls-self", "signed by itself", requests=0, **fails("tls"))
https("tls-chain", "the certificate in the middle is not sent", requests=0, **fails("tls"))
https("tls-usage", "a certificate for clients", requests=0, **fails("tls"))
https("tls-common", "the name in the subject alone", requests=0, **fails("tls"))
https(
    "tls-untrusted",
    "without SSL_CERT_FILE the operator's authority is a stranger",
    environment={},
    requests=0,
    **fails("tls"),
)

_LENIENT = '[[feeds]]\nurl = "{url}"\nverify_tls = false\n'
_UNVERIFIED: dict[str, Any] = {"scheme": "https", "config": _LENIENT, "command": ("poll",)}
add(
    "tls-lenient",
    G,
    "verify_tls = false takes a certificate that nobody signed",
    replies(PLAIN),
    **_UNVERIFIED,
    **read(),
)
add("tls-lenient-other", G, "verify_tls = false of one feed is that feed's alone", replies(PLAIN), scheme="https",
    config='[[feeds]]\nurl = "https://tls-lenient-feed.test/f"\nverify_tls = false\n', requests=0, **fails("tls"))  # fmt: skip


def raw(name: str, note: str, **more: Any) -> Callable[[Raw], Raw]:
    """A case on port 8443, answered byte by byte."""

    def keep(play: Raw) -> Raw:
        RAW[name] = play
        expected: dict[str, Any] = {"command": ("poll", f"https://{name}.test:8443/f"), "requests": 3} | more
        add(name, G, note, **expected)
        return play

    return keep


def record(kind: int, payload: bytes, version: int = 0x0303) -> bytes:
    """One TLS record."""
    return struct.pack(">BHH", kind, version, len(payload)) + payload


def hello(version: int, suite: int = 0xC02F) -> bytes:
    """A server's hello that chooses a version."""
    body = struct.pack(">H", version) + bytes(32) + b"\0" + struct.pack(">HB", suite, 0)
    return record(22, b"\2" + len(body).to_bytes(3, "big") + body, version)


async def _sends(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(data)
    await writer.drain()
    await asyncio.sleep(0.05)


@raw("tls-plain-http", "HTTP where TLS should be", **fails("tls"))
async def _plain_http(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _sends(writer, b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


@raw("tls-ssl3", "a server that wants SSL 3", **fails("tls"))
async def _ssl3(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _sends(writer, hello(0x0300, 0x002F))


@raw("tls-10", "a server that wants TLS 1.0", **fails("tls"))
async def _tls10(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _sends(writer, hello(0x0301, 0x002F))


@raw("tls-11", "a server that wants TLS 1.1", **fails("tls"))
async def _tls11(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _sends(writer, hello(0x0302, 0x002F))


@raw("tls-null-suite", "a server that wants no cipher", **fails("tls"))
async def _null(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _sends(writer, hello(0x0303, 0x0002))


@raw("tls-alert", "a fatal alert instead of a hello", **fails("tls"))
async def _alert(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _sends(writer, record(21, b"\2\x28"))


@raw("tls-closed", "closed after the client's hello", **fails("tls", "protocol"))
async def _closed(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    return None


@raw("tls-silent", "nothing after the client's hello", **fails("timeout"))
async def _silent(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(60)


@raw("tls-drip", "a handshake of a byte a second", **fails("timeout"))
async def _drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    for byte in hello(0x0303):
        await _sends(writer, bytes([byte]))
        await asyncio.sleep(1)


@raw("tls-warnings", "warning alerts without end", **fails("tls", "timeout"))
async def _warnings(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(record(21, b"\1\x5a") * 100)
        await writer.drain()


@raw("tls-empty-records", "empty records without end", **fails("tls", "timeout"))
async def _empty(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(record(22, b"") * 1000)
        await writer.drain()


@raw("tls-endless-hello", "a hello that promises 16 MB and never ends", **fails("tls", "timeout"))
async def _endless(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(record(22, b"\2\xff\xff\xff\3\3" + bytes(100)))
    while True:
        writer.write(record(22, bytes(16384)))
        await writer.drain()
