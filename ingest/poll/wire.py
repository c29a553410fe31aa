"""One HTTP/1.1 exchange on one connection of its own: h11 over asyncio streams, bounded in bytes, pieces and silence.

A connection for each request costs less than a pool at our shape of traffic (many hosts, one request each), and
nothing of one answer can reach the next.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from dataclasses import dataclass

import h11

from ingest.errors import FetchError, Reason

SILENCE_S = 10.0
READ_BYTES = 64 * 1024
#: h11 refuses a status line with its fields (or a chunk's or trailer's line) that grows beyond this.
MAX_HEAD_BYTES = 64 * 1024
MAX_INTERIM = 16  # 1xx answers before the real one
#: A body in crumbs costs work for each: this many are free, then they must hold this many bytes on average.
FREE_PIECES, MEAN_PIECE_BYTES = 16 * 1024, 256
PIECES_A_TURN = 512  # then others get the loop

RawHeaders = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """An answer's status and fields, as they came."""

    status: int
    headers: RawHeaders


class Exchange:
    """A connection that asks once and is then closed."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, subject: str) -> None:
        self._reader, self._writer, self._subject = reader, writer, subject
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD_BYTES)
        self._pieces = self._piece_bytes = 0
        self._whole = False

    async def ask(self, method: bytes, target: bytes, headers: RawHeaders, body: bytes = b"") -> Head:
        """Send a request and return the head of the answer; the headers tell a body's length. Raises FetchError."""
        try:
            data = self._http.send(h11.Request(method=method, target=target, headers=headers)) or b""
            if body:
                data += self._http.send(h11.Data(data=body)) or b""
            data += self._http.send(h11.EndOfMessage()) or b""
            self._writer.write(data)
            if self._writer.transport.get_write_buffer_size():  # else it has all gone out
                async with asyncio.timeout(SILENCE_S):
                    await self._writer.drain()
            return await self._head()
        except (h11.ProtocolError, OSError) as exc:
            raise self._error(exc) from exc

    async def read(self) -> bytes:
        """Return the next part of the body, empty at its end. Raises FetchError.

        What a server sends behind the end that it announced is not looked at, as browsers do it.
        """
        parts: list[bytes] = []
        size = 0
        try:
            while size < READ_BYTES and not self._whole:
                event = self._http.next_event()
                if event is h11.NEED_DATA:
                    if parts:
                        break
                    await self._receive()
                elif isinstance(event, h11.Data):
                    parts.append(bytes(event.data))
                    size += len(event.data)
                    await self._count_piece(len(event.data))
                else:
                    self._whole = True
        except (h11.ProtocolError, OSError) as exc:
            raise self._error(exc) from exc
        return b"".join(parts)

    async def tunnel_tls(self, context: ssl.SSLContext, host: str) -> None:
        """Begin TLS inside the tunnel that a CONNECT opened, for a new exchange. Raises FetchError with TLS."""
        try:
            await self._writer.start_tls(context, server_hostname=host)
        except OSError as exc:
            raise tls_error(exc, host, self._subject) from exc
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD_BYTES)

    async def close(self) -> None:
        """Close the connection at once; what the server still sends is dropped."""
        self._writer.transport.abort()
        await asyncio.sleep(0)  # the loop closes the socket in its next turn

    async def _head(self) -> Head:
        interim = 0
        while interim <= MAX_INTERIM:
            event = self._http.next_event()
            if event is h11.NEED_DATA:
                await self._receive()
            elif isinstance(event, h11.Response):
                return Head(status=event.status_code, headers=event.headers.raw_items())
            elif isinstance(event, h11.InformationalResponse):
                interim += 1  # never a 101: h11 refuses an upgrade that nobody asked for
            else:
                raise self._broken("the server closed the connection without an answer")
        raise self._broken(f"more than {MAX_INTERIM} informational answers")

    async def _receive(self) -> None:
        async with asyncio.timeout(SILENCE_S):
            self._http.receive_data(await self._reader.read(READ_BYTES))

    async def _count_piece(self, size: int) -> None:
        self._pieces += 1
        self._piece_bytes += size
        if self._pieces > FREE_PIECES + self._piece_bytes // MEAN_PIECE_BYTES:
            raise self._broken("the body comes in crumbs")
        if self._pieces % PIECES_A_TURN == 0:
            await asyncio.sleep(0)

    def _broken(self, message: str) -> FetchError:
        return FetchError(message, reason=Reason.PROTOCOL, subject=self._subject)

    def _error(self, exc: Exception) -> FetchError:
        if isinstance(exc, TimeoutError):
            return FetchError("the server fell silent", reason=Reason.TIMEOUT, subject=self._subject)
        if isinstance(exc, ssl.SSLError):
            return tls_error(exc, "the server", self._subject)
        return self._broken(f"the answer is not HTTP or broke off: {exc}"[:200])


async def start(sock: socket.socket, *, tls: ssl.SSLContext | None, host: str, subject: str) -> Exchange:
    """Return an exchange over a connected socket, which it owns from here on.

    `host`: the name that the certificate must be for. Raises FetchError with TLS or TIMEOUT.
    """
    try:
        async with asyncio.timeout(None if tls is None else SILENCE_S):  # without TLS nothing is waited for
            reader, writer = await asyncio.open_connection(
                sock=sock, ssl=tls, server_hostname=host if tls is not None else None, limit=READ_BYTES
            )
    except TimeoutError as exc:
        raise FetchError(f"no TLS handshake with {host}", reason=Reason.TIMEOUT, subject=subject) from exc
    except OSError as exc:
        raise tls_error(exc, host, subject) from exc
    except BaseException:
        sock.close()
        raise
    return Exchange(reader, writer, subject=subject)


def tls_error(exc: Exception, host: str, subject: str) -> FetchError:
    """A failure of TLS as a FetchError."""
    return FetchError(f"TLS with {host} failed: {exc}"[:200], reason=Reason.TLS, subject=subject)
