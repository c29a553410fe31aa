"""SMTP servers on loopback for the tests of mail: one that keeps what it accepts, one that says what it is told."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from threading import Event, Thread
from time import monotonic
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from ingest.errors import DeliveryError
from ingest.publish.mail import SmtpSettings, send

READER = "desk@newsroom.example"
#: The replies of a server that takes an envelope and asks for the text.
ENVELOPE = (b"220 x\r\n", b"250 x\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n")


def settings_for(port: int, **values: Any) -> SmtpSettings:
    given: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": port,
        "security": "none",
        "sender": "samewire <digest@samewire.example>",
    }
    return SmtpSettings(**(given | values))


class Sink:
    """Keeps what it accepts; answers as it is told."""

    def __init__(self, *, rcpt: str = "250 2.1.5 ok", data: str = "250 2.0.0 kept as 7") -> None:
        self._rcpt, self._data = rcpt, data
        self.mails: list[tuple[str, list[str], bytes]] = []

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        if self._rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self._rcpt

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self._data.startswith("250"):
            self.mails.append((envelope.mail_from, envelope.rcpt_tos, envelope.content))
        return self._data


class EphemeralController(Controller):
    """aiosmtpd's controller on a port that the system chooses."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()

    def stop(self, no_assert: bool = False) -> None:
        wind_up(self.loop)
        super().stop(no_assert)


def wind_up(loop: asyncio.AbstractEventLoop) -> None:
    """Close whatever a loop in another thread still serves; a socket left to the collector warns in a later test."""

    async def close() -> None:
        mine = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in mine:
            task.cancel()
        await asyncio.gather(*mine, return_exceptions=True)
        for transport in list(getattr(loop, "_transports", {}).values()):
            transport.abort()
        for _ in range(3):  # an aborted transport closes its socket in a later turn of the loop
            await asyncio.sleep(0)

    asyncio.run_coroutine_threadsafe(close(), loop).result(timeout=30)


@contextmanager
def looping(start: Callable[[], Awaitable[asyncio.Server]]) -> Iterator[int]:
    """Run a server that `start` opens in a loop and thread of its own; gives its port."""
    loop = asyncio.new_event_loop()
    server = loop.run_until_complete(start())
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        loop.call_soon_threadsafe(server.close)
        wind_up(loop)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=30)
        loop.close()


@contextmanager
def serving(sink: Sink, *, hostname: str = "127.0.0.1", **options: Any) -> Iterator[int]:
    controller = EphemeralController(sink, hostname=hostname, port=0, ready_timeout=60, **options)
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


@contextmanager
def scripted(talk: Callable[[socket.socket, Event], None]) -> Iterator[int]:
    """A server whose one connection is the given function; it is told to stop at the end."""
    stop = Event()

    def serve() -> None:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection, suppress(OSError):
            talk(connection, stop)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        stop.set()
    thread.join(timeout=5)


def answers(*replies: bytes) -> Callable[[socket.socket, Event], None]:
    """Greets, gives one reply a command, then closes."""

    def talk(connection: socket.socket, stop: Event) -> None:
        with connection.makefile("rb") as lines:
            for reply in replies:
                connection.sendall(reply)
                if not lines.readline():
                    return

    return talk


def failure(
    message: EmailMessage, port: int, *, deadline_s: float = 30, recipient: str = READER, **values: Any
) -> DeliveryError:
    started = monotonic()
    with pytest.raises(DeliveryError) as caught:
        send(message, recipient=recipient, settings=settings_for(port, **values), deadline_s=deadline_s)
    assert monotonic() - started < deadline_s + 30
    assert caught.value.recipient == recipient
    assert "\n" not in str(caught.value)
    return caught.value


def authenticating(user: str, password: str) -> dict[str, Any]:
    def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        given = (data.login.decode(), data.password.decode())
        return AuthResult(success=given == (user, password), handled=False)

    return {"authenticator": check, "auth_required": True, "auth_require_tls": False}
