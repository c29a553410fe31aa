"""A small HTTP/1.1 server for hubs and monitors: h11 over asyncio streams, bounded in connections, bytes and seconds.

Hubs reach it through a reverse proxy, which does TLS. One request a connection; a body is read only at a path that is
known.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Protocol

import h11

from ingest.poll.headers import Headers

MAX_CONNECTIONS = 64
MAX_HEAD_BYTES = 16 * 1024
MAX_BODY_BYTES = 10 * 1024 * 1024
#: Of all bodies that are being received or read.
MAX_HELD_BYTES = 64 * 1024 * 1024
#: For a whole request, and then for what is done about it with its answer.
RECEIVE_S, ANSWER_S = 20.0, 20.0
#: h11 measures what is incomplete after each read, so that a head may be this much longer.
READ_BYTES = 16 * 1024
_BACKLOG = 128


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request."""

    method: str  # GET or POST
    path: str
    query: str
    headers: Headers  # names in lower case
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What it is answered."""

    status: int
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"


class Callee(Protocol):
    """Who is called."""

    async def knows(self, path: str) -> bool:
        """Whether a body may come at this path."""

    async def answer(self, call: Call) -> Reply:
        """What a request is answered."""


class _Refused(Exception):
    """The request is answered with this status, and no more of it is read."""

    def __init__(self, status: int) -> None:
        self.status = status


class Listener:
    """Listens at one address until it is closed.

    receive_s: for a whole request. max_body_bytes: of one request, where it is not to be the module's limit.
    """

    def __init__(self, callee: Callee, *, receive_s: float = RECEIVE_S, max_body_bytes: int | None = None) -> None:
        self._callee, self._receive_s, self._max_body_bytes = callee, receive_s, max_body_bytes
        self._tasks: set[asyncio.Task[None]] = set()
        self._held = 0
        self._server: asyncio.Server | None = None

    async def start(self, host: str, port: int) -> int:
        """Begin to listen, and return the port. Raises OSError."""
        self._server = await asyncio.start_server(self._accept, host, port, limit=READ_BYTES, backlog=_BACKLOG)
        return int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Stop listening, and drop what is under way: hubs deliver again what was not answered."""
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if len(self._tasks) >= MAX_CONNECTIONS:
            writer.transport.abort()
            return
        task = asyncio.get_running_loop().create_task(self._serve(_Connection(reader, writer)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, connection: _Connection) -> None:
        try:
            with suppress(OSError, h11.ProtocolError, TimeoutError):
                try:
                    async with asyncio.timeout(self._receive_s):
                        call = await self._received(connection)
                    reply = await self._answered(call)
                except _Refused as refused:
                    reply = Reply(status=refused.status)
                except h11.RemoteProtocolError as exc:
                    reply = Reply(status=exc.error_status_hint)
                async with asyncio.timeout(ANSWER_S):
                    await connection.send(reply)
        finally:
            connection.close()

    async def _answered(self, call: Call) -> Reply:
        try:
            return await self._callee.answer(call)
        finally:
            self._held -= len(call.body)

    async def _received(self, connection: _Connection) -> Call:
        request = await connection.head()
        path, _, query = request.target.decode("ascii").partition("?")
        method = request.method.decode("ascii")
        if method not in ("GET", "POST"):
            raise _Refused(HTTPStatus.METHOD_NOT_ALLOWED)
        if not await self._callee.knows(path):
            raise _Refused(HTTPStatus.NOT_FOUND)
        body, most = bytearray(), MAX_BODY_BYTES if self._max_body_bytes is None else self._max_body_bytes
        try:
            while piece := await connection.piece():
                if len(body) + len(piece) > most:
                    raise _Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
                if self._held + len(piece) > MAX_HELD_BYTES:
                    raise _Refused(HTTPStatus.SERVICE_UNAVAILABLE)
                self._held += len(piece)
                body += piece
        except BaseException:
            self._held -= len(body)
            raise
        headers = tuple((name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in request.headers)
        return Call(method=method, path=path, query=query, headers=headers, body=bytes(body))


class _Connection:
    """One request on one connection, which is closed after its answer."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=MAX_HEAD_BYTES)

    async def head(self) -> h11.Request:
        """The request's line and fields. Raises h11.RemoteProtocolError, and OSError where none comes."""
        event = await self._event()
        if not isinstance(event, h11.Request):
            raise ConnectionResetError("closed without a request")
        return event

    async def piece(self) -> bytes:
        """The next part of the body, empty at its end."""
        if self._http.they_are_waiting_for_100_continue:
            await self._write(h11.InformationalResponse(status_code=100, headers=[]))
        event = await self._event()
        return bytes(event.data) if isinstance(event, h11.Data) else b""

    async def send(self, reply: Reply) -> None:
        """Answer; to whoever broke the protocol too, as far as h11 lets us."""
        if self._http.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            return
        headers = [
            ("Content-Type", reply.content_type),
            ("Content-Length", str(len(reply.body))),
            ("X-Content-Type-Options", "nosniff"),
            ("Connection", "close"),
        ]
        await self._write(h11.Response(status_code=int(reply.status), headers=headers))
        await self._write(h11.Data(data=reply.body))
        await self._write(h11.EndOfMessage())

    def close(self) -> None:
        """Close it; what was written still goes out."""
        self._writer.close()

    async def _event(self) -> object:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            self._http.receive_data(await self._reader.read(READ_BYTES))
        return event

    async def _write(self, event: h11.Event) -> None:
        self._writer.write(self._http.send(event) or b"")
        await self._writer.drain()
