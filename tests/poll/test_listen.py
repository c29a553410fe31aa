"""The listener for hubs, over real sockets: what is answered, and what bounds it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from ingest.poll import listen
from ingest.poll.listen import Call, Listener, Reply


class Echo:
    """Knows /known, and keeps what it was asked."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.hold = asyncio.Event()
        self.hold.set()

    async def knows(self, path: str) -> bool:
        return path == "/known"

    async def answer(self, call: Call) -> Reply:
        self.calls.append(call)
        await self.hold.wait()
        return Reply(status=200, body=call.query.encode())


class Room:
    def __init__(self, listener: Listener, echo: Echo, port: int) -> None:
        self.listener, self.echo, self.port = listener, echo, port

    async def say(self, request: bytes) -> bytes:
        """All that is answered until the connection is closed."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(request)
            async with asyncio.timeout(30):
                return await reader.read()
        except ConnectionResetError:
            return b""
        finally:
            writer.close()


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    echo = Echo()
    listener = Listener(echo, receive_s=5.0)
    yield Room(listener, echo, await listener.start("127.0.0.1", 0))
    await listener.close()


def post(body: bytes, path: bytes = b"/known", *more: bytes) -> bytes:
    lines = [b"POST " + path + b" HTTP/1.1", b"Host: x", b"Content-Length: %d" % len(body), *more]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def status(answered: bytes) -> int:
    return int(answered.split(b" ", 2)[1]) if answered else 0


async def test_a_question_gets_its_answer_as_plain_text(room: Room) -> None:
    answered = await room.say(b"GET /known?hub.challenge=<b>x</b> HTTP/1.1\r\nHost: x\r\n\r\n")
    head, _, body = answered.partition(b"\r\n\r\n")
    assert (status(answered), body) == (200, b"hub.challenge=<b>x</b>")
    assert b"Content-Type: text/plain" in head
    assert b"nosniff" in head
    (call,) = room.echo.calls
    assert (call.method, call.path, call.body) == ("GET", "/known", b"")


@pytest.mark.parametrize(
    "request_bytes",
    [
        post(b"news", b"/known", b"X-Hub-Signature: sha1=ab"),
        b"POST /known HTTP/1.1\r\nHost: x\r\nX-Hub-Signature: sha1=ab\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"2\r\nne\r\n2\r\nws\r\n0\r\n\r\n",
    ],
    ids=["length", "chunks"],
)
async def test_a_delivery_comes_whole_with_its_fields(room: Room, request_bytes: bytes) -> None:
    assert status(await room.say(request_bytes)) == 200
    (call,) = room.echo.calls
    assert (call.method, call.body) == ("POST", b"news")
    assert ("x-hub-signature", "sha1=ab") in call.headers


async def test_who_waits_to_be_told_to_go_on_is_told(room: Room) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", room.port)
    writer.write(b"POST /known HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100")
    writer.write(b"news")
    assert status(await reader.read()) == 200
    writer.close()


@pytest.mark.parametrize(
    ("request_bytes", "expected"),
    [
        (b"POST /strange HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999\r\n\r\n", 404),
        (b"PUT /known HTTP/1.1\r\nHost: x\r\n\r\n", 405),
        (b"GET /known HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 40_000 + b"\r\n\r\n", 431),
        (b"GET /known HTTP/1.1\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
        (b"POST /known HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde", 400),
        (b"", 0),
    ],
    ids=["unknown path", "method", "long head", "no host", "TLS", "two lengths", "nothing"],
)
async def test_what_is_no_delivery_is_refused_and_reaches_nobody(
    room: Room, request_bytes: bytes, expected: int
) -> None:
    if request_bytes:
        assert status(await room.say(request_bytes)) == expected
    else:
        reader, writer = await asyncio.open_connection("127.0.0.1", room.port)
        writer.write_eof()
        assert await reader.read() == b""
        writer.close()
    assert room.echo.calls == []
    assert status(await room.say(post(b"after"))) == 200


async def test_a_body_beyond_the_limit_is_cut_while_it_comes(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listen, "MAX_BODY_BYTES", 100_000)
    assert status(await room.say(post(b"x" * 100_000))) == 200
    assert status(await room.say(post(b"x" * 100_001))) in (413, 0), "0: the reset overtook the answer"
    assert len(room.echo.calls) == 1


async def test_all_bodies_together_are_bounded_and_the_room_is_given_back(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listen, "MAX_HELD_BYTES", 150)
    room.echo.hold.clear()
    first = asyncio.create_task(room.say(post(b"x" * 100)))
    while not room.echo.calls:
        await asyncio.sleep(0)
    assert status(await room.say(post(b"y" * 100))) in (503, 0)
    room.echo.hold.set()
    assert status(await first) == 200
    assert status(await room.say(post(b"y" * 100))) == 200


async def test_more_connections_than_the_limit_are_closed_at_once(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listen, "MAX_CONNECTIONS", 2)
    idle = [await asyncio.open_connection("127.0.0.1", room.port) for _ in range(2)]
    while len(room.listener._tasks) < 2:
        await asyncio.sleep(0)
    assert await room.say(post(b"news")) == b""
    for _, writer in idle:
        writer.close()
    while room.listener._tasks:
        await asyncio.sleep(0)
    assert status(await room.say(post(b"news"))) == 200


async def test_a_request_that_drips_is_dropped_after_its_time() -> None:
    echo = Echo()
    listener = Listener(echo, receive_s=0.05)
    port = await listener.start("127.0.0.1", 0)
    try:
        assert (
            await Room(listener, echo, port).say(b"POST /known HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab")
            == b""
        )
        assert (echo.calls, listener._held) == ([], 0)
    finally:
        await listener.close()
