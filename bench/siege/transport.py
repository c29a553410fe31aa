"""Cases of HTTP itself: framing that lies, heads without end, codings upon codings, statuses that mean nothing."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from functools import cache
from typing import Any

from bench.siege.case import MIB, PLAIN, add, fails, item, read, rss

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nConnection: close\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
BODY = PLAIN.encode()


def sends(data: bytes) -> Any:
    """A peer that sends these bytes and closes."""

    async def play(x: Any) -> None:
        await x.send(data)

    return play


def replies(body: bytes | str, status: str = "200 OK", **more: Any) -> Any:
    """A peer that answers so."""

    async def play(x: Any) -> None:
        await x.reply(body, status, **more)

    return play


def repeats(data: bytes, *, head: bytes = b"", pause_s: float = 0.0) -> Any:
    """A peer that never ends."""

    async def play(x: Any) -> None:
        await x.send(head)
        while True:
            await x.send(data)
            await asyncio.sleep(pause_s)

    return play


def chunk(data: bytes, extension: bytes = b"") -> bytes:
    """One chunk."""
    return b"%x%s\r\n%s\r\n" % (len(data), extension, data)


@cache
def bomb(mib: int = 256) -> bytes:
    """A feed with so many MiB of blanks in it, as gzip."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    packed = [packer.compress(rss(item(), tail=" ").encode())]
    packed += [packer.compress(b" " * MIB) for _ in range(mib)]
    return b"".join([*packed, packer.compress(b"</channel></rss>"), packer.flush()])


def coded(coding: str, body: bytes, **more: Any) -> Any:
    """An answer with a Content-Encoding."""
    return replies(body, fields={"Content-Encoding": coding}, **more)


add("baseline", "baseline", "a plain feed, which the others are measured against", replies(PLAIN), **read())

G = "transport"
add(
    "chunk-extension-flood",
    G,
    "a chunk's extension of 10 MB",
    sends(CHUNKED + b"5;" + b"x" * (10 * MIB)),
    **fails("protocol"),
)
add(
    "chunk-extensions",
    G,
    "extensions are allowed and mean nothing",
    sends(CHUNKED + chunk(BODY, b';a=b;c="d"') + b"0\r\n\r\n"),
    **read(),
)
add(
    "chunk-trailer-flood",
    G,
    "trailers without end",
    repeats(b"X-T: y\r\n" * 100, head=CHUNKED + chunk(BODY) + b"0\r\n"),
    **fails("protocol"),
)
add("chunk-negative", G, "a chunk of negative size", sends(CHUNKED + b"-1\r\n" + BODY), **fails("protocol"))
add(
    "chunk-huge",
    G,
    "a chunk that promises 2**64 bytes",
    sends(CHUNKED + b"FFFFFFFFFFFFFFFFFF\r\n" + BODY),
    **fails("protocol", "too_large"),
)
add("chunk-no-end", G, "the last chunk is missing: not whole", sends(CHUNKED + chunk(BODY)), **fails("protocol"))
add(
    "chunked-and-length",
    G,
    "both framings; one of them lies",
    sends(OK + b"Content-Length: 7\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(BODY) + b"0\r\n\r\n"),
    outcome=("ok", "error"),
    entries=(0, 1),
    exits=(0, 1),
)
add(
    "chunked-twice",
    G,
    "Transfer-Encoding: chunked, chunked",
    sends(OK + b"Transfer-Encoding: chunked, chunked\r\n\r\n" + chunk(BODY) + b"0\r\n\r\n"),
    **fails("protocol"),
)
add(
    "transfer-gzip",
    G,
    "Transfer-Encoding: gzip, which nobody asked for",
    sends(OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + chunk(gzip.compress(BODY)) + b"0\r\n\r\n"),
    **fails("protocol"),
)
add("length-negative", G, "Content-Length: -1", replies(BODY, length=-1), **fails("protocol"))
add("length-words", G, "Content-Length: many", sends(OK + b"Content-Length: many\r\n\r\n" + BODY), **fails("protocol"))
add(
    "length-long",
    G,
    "Content-Length of 5,000 digits",
    sends(OK + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n" + BODY),
    **fails("protocol", "too_large"),
)
add(
    "length-short",
    G,
    "the body goes on behind its length: the rest is not read",
    replies(BODY + b"<trailing>" * 1000, length=len(BODY)),
    **read(),
)
add(
    "length-same-twice",
    G,
    "the same length twice is one length",
    sends(OK + b"Content-Length: %d\r\nContent-Length: %d\r\n\r\n" % (len(BODY), len(BODY)) + BODY),
    **read(),
)
add("http-09", G, "a body without a head", sends(BODY), **fails("protocol"))
add(
    "http-10",
    G,
    "HTTP/1.0, ended by closing",
    sends(b"HTTP/1.0 200 OK\r\nContent-Type: text/xml\r\n\r\n" + BODY),
    **read(),
)
add(
    "http-2-preface",
    G,
    "an HTTP/2 frame to an HTTP/1.1 request",
    sends(b"\0\0\x12\4\0\0\0\0\0" + bytes(18)),
    **fails("protocol"),
)
add(
    "bare-newlines",
    G,
    "a head with LF alone",
    sends(OK.replace(b"\r\n", b"\n") + b"\n" + BODY),
    outcome=("ok", "error"),
    entries=(0, 1),
    exits=(0, 1),
)
add(
    "folded-field",
    G,
    "a field that goes on in the next line",
    sends(OK + b"X-Long: a\r\n b\r\n\tc\r\n\r\n" + BODY),
    outcome=("ok", "error"),
    entries=(0, 1),
    exits=(0, 1),
)
add(
    "field-without-colon",
    G,
    "a line that is no field",
    sends(OK + b"this is no field\r\n\r\n" + BODY),
    **fails("protocol"),
)
add("field-with-nul", G, "a NUL in a field", sends(OK + b"X: a\0b\r\n\r\n" + BODY), **fails("protocol"))
add("status-words", G, "a status that is no number", sends(b"HTTP/1.1 OK 200\r\n\r\n" + BODY), **fails("protocol"))
add("status-000", G, "status 000", sends(b"HTTP/1.1 000 Nothing\r\n\r\n"), **fails("protocol", "http_other"))
add(
    "status-line-long",
    G,
    "a reason phrase of 1 MB",
    sends(b"HTTP/1.1 200 " + b"k" * MIB + b"\r\n\r\n" + BODY),
    **fails("protocol"),
)
add("status-203", G, "a proxy on the way changed it", replies(PLAIN, "203 Non-Authoritative Information"), **read())
add("status-205", G, "205 Reset Content", replies(b"", "205 Reset Content"), **fails("http_other", "empty"))
add(
    "status-207",
    G,
    "207 with a multi-status body",
    replies("<d:multistatus xmlns:d='DAV:'/>", "207 Multi-Status"),
    **fails("http_other", "not_a_feed"),
)
add(
    "status-226-unasked",
    G,
    "a delta by an instance manipulation that nobody asked for",
    replies(PLAIN, "226 IM Used", fields={"IM": "vcdiff"}),
    **fails("encoding"),
)
add(
    "status-101",
    G,
    "an upgrade that nobody asked for",
    sends(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n"),
    **fails("protocol"),
)
add(
    "status-451",
    G,
    "unavailable for legal reasons",
    replies(b"no", "451 Unavailable For Legal Reasons"),
    **fails("http_4xx"),
)
add(
    "status-503-date",
    G,
    "a Retry-After in the year 9999",
    replies(b"", "503 Later", fields={"Retry-After": "Fri, 31 Dec 9999 23:59:59 GMT"}),
    sql=(("SELECT count(*) FROM feeds WHERE next_at < strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '+25 hours')", 1),),
    **fails("http_5xx"),
)
add(
    "retry-after-huge",
    G,
    "a Retry-After of 5,000 digits",
    replies(b"", "429 Slow down", fields={"Retry-After": "9" * 5000}),
    sql=(("SELECT count(*) FROM feeds WHERE next_at < strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '+25 hours')", 1),),
    **fails("rate_limited"),
)
add(
    "one-interim",
    G,
    "one 103 before the answer",
    sends(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + OK + b"\r\n" + BODY),
    **read(),
)
add(
    "interim-slow",
    G,
    "a 100 each second for ever",
    repeats(b"HTTP/1.1 100 Continue\r\n\r\n", pause_s=0.9),
    **fails("timeout", "protocol"),
)
add(
    "pipelined-second",
    G,
    "a second answer behind the first is nobody's",
    sends(OK + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY + OK + b"\r\n" + rss(item(2), item(3)).encode()),
    **read(),
)
add(
    "cookies-1000",
    G,
    "a thousand cookies, none kept",
    replies(PLAIN, fields={f"Set-Cookie: c{n}=v; x": "" for n in range(400)}),
    **read(),
)
add(
    "cache-control-odd",
    G,
    "a lifetime of 10**30 seconds",
    replies(PLAIN, fields={"Cache-Control": "max-age=" + "9" * 30, "Expires": "0", "Age": "-1"}),
    sql=(("SELECT count(*) FROM feeds WHERE next_at < strftime('%Y-%m-%dT%H:%M:%SZ', 'now', '+25 hours')", 1),),
    **read(),
)
add(
    "etag-control",
    G,
    "an ETag with a tab and bytes beyond ASCII",
    replies(PLAIN, fields={"ETag": '"a\tb\xe9\xff"'}),
    times=2,
    outcome=("ok", "unchanged"),
    entries=(1, 1),
)
add(
    "etag-injection",
    G,
    "validators are sent back as one field",
    replies(PLAIN, fields={"ETag": '"a" X-Evil: 1'}),
    times=2,
    outcome=("ok", "unchanged"),
    entries=(1, 1),
)
add(
    "drip-body",
    G,
    "a byte a second",
    repeats(b" ", head=OK + b"\r\n" + rss(tail=" ").encode(), pause_s=0.5),
    **fails("timeout"),
)
add("drip-chunks", G, "a chunk a second", repeats(chunk(b" "), head=CHUNKED, pause_s=0.5), **fails("timeout"))
add(
    "fast-then-silent",
    G,
    "half of the body at once, then nothing",
    repeats(b"", head=OK + b"Content-Length: 9999\r\n\r\n" + BODY[:99], pause_s=1),
    **fails("timeout"),
)

G = "coding"
add("gzip-bomb-page-size", G, "256 MiB of blanks in 256 kB", coded("gzip", bomb()), growth_mb=60, **fails("too_large"))
add(
    "gzip-of-gzip",
    G,
    "gzip in gzip, announced once: what comes out is no feed",
    coded("gzip", gzip.compress(gzip.compress(BODY))),
    **fails("not_a_feed"),
)
add(
    "gzip-bomb-of-gzip",
    G,
    "a bomb within gzip, announced once",
    coded("gzip", gzip.compress(bomb())),
    growth_mb=60,
    **fails("not_a_feed"),
)
add(
    "gzip-members",
    G,
    "a body of 60 members is one body",
    coded("gzip", b"".join(gzip.compress(BODY[n : n + 20]) for n in range(0, len(BODY), 20))),
    **read(),
)
add(
    "gzip-empty-members",
    G,
    "100,000 members with nothing in them",
    coded("gzip", gzip.compress(b"") * 100_000 + gzip.compress(BODY)),
    **fails("encoding"),
)
add(
    "gzip-garbage-behind",
    G,
    "zeros and blanks behind the last member",
    coded("gzip", gzip.compress(BODY) + bytes(512) + b"\r\n"),
    **read(),
)
add(
    "gzip-bad-sum",
    G,
    "a checksum that does not fit",
    coded("gzip", gzip.compress(BODY)[:-8] + bytes(8)),
    **fails("encoding"),
)
add(
    "gzip-long-name",
    G,
    "a gzip header with a file name of 5 MB",
    coded("gzip", b"\x1f\x8b\x08\x08" + bytes(6) + b"n" * (5 * MIB)),
    **fails("encoding", "too_large"),
)
add(
    "deflate-raw",
    G,
    "deflate without its wrapper, as old servers send it",
    coded("deflate", zlib.compress(BODY)[2:-4]),
    outcome=("ok", "error"),
    entries=(0, 1),
    exits=(0, 1),
)
add("deflate-wrapped", G, "deflate as the RFC has it", coded("deflate", zlib.compress(BODY)), **read())
add("coding-unknown", G, "a coding by a name of 8 kB", coded("x" * 8000, BODY), **fails("encoding"))
add("coding-identity", G, "identity is no coding", coded("identity", BODY), **read())
add(
    "coding-two-fields",
    G,
    "two codings in two fields",
    sends(OK + b"Content-Encoding: gzip\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(gzip.compress(BODY))),
    **fails("encoding"),
)
add(
    "coding-stacked",
    G,
    "fifty codings announced",
    coded(", ".join(["gzip"] * 50), gzip.compress(BODY)),
    **fails("encoding"),
)
add("coding-empty-gzip", G, "gzip of nothing", coded("gzip", gzip.compress(b"")), **fails("empty"))
