"""SMTP servers that break off, drip, never end, or answer at random."""

from __future__ import annotations

import asyncio
import importlib.util
import socket
import sys
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from ingest.errors import Reason
from ingest.publish.mail import send
from tests.publish.servers import ENVELOPE, READER, answers, failure, looping, scripted, settings_for

KIT = Path(__file__).parents[2].parent / "shared" / "torture" / "hostile_smtp.py"


@pytest.mark.parametrize(
    ("replies", "reason"),
    [
        ((), Reason.SMTP_CONNECT),
        ((b"\x00\xff HTTP/1.1 400 Bad Request\r\n",), Reason.SMTP_CONNECT),
        ((b"220 x\r\n", b"25\r\n"), Reason.SMTP_CONNECT),
        ((b"220" + b"x" * 20_000,), Reason.SMTP_CONNECT),
        (ENVELOPE[:4], Reason.SMTP_CONNECT),
        ((b"250 wrong code\r\n",), Reason.SMTP_CONNECT),
        ((b"421 4.3.2 later\r\n",), Reason.SMTP_LATER),
        ((b"554 5.3.2 never\r\n",), Reason.SMTP_REFUSED),
        (ENVELOPE, Reason.SMTP_BROKEN),
    ],
    ids=[
        "at once",
        "garbage",
        "half a code",
        "a line without end",
        "before DATA",
        "an odd greeting",
        "421",
        "554",
        "after DATA",
    ],
)
def test_where_a_dialogue_breaks_decides_its_reason(
    busy_day: EmailMessage, replies: tuple[bytes, ...], reason: Reason
) -> None:
    with scripted(answers(*replies)) as port:
        error = failure(busy_day, port)
    assert (error.reason, error.final) == (reason, reason is Reason.SMTP_REFUSED)


def test_a_silence_after_the_text_leaves_the_outcome_unknown(busy_day: EmailMessage) -> None:
    def talk(connection: socket.socket, stop: Event) -> None:
        answers(*ENVELOPE)(connection, stop)
        connection.recv(1 << 20)
        stop.wait(10)

    with scripted(talk) as port:
        error = failure(busy_day, port, deadline_s=3)
    assert error.reason is Reason.SMTP_BROKEN
    assert "not known" in str(error)


def drip(connection: socket.socket, stop: Event) -> None:
    while not stop.wait(0.05):
        connection.sendall(b"2")


def never_read(connection: socket.socket, stop: Event) -> None:
    answers(*ENVELOPE)(connection, stop)
    stop.wait(10)


def endless(connection: socket.socket, stop: Event) -> None:
    connection.sendall(b"220 x\r\n")
    connection.recv(100)
    while not stop.is_set():
        connection.sendall(b"250-X-MORE\r\n" * 1000)


@pytest.mark.parametrize("security", ["none", "tls"])
def test_a_server_that_drips_is_left_at_the_deadline(busy_day: EmailMessage, security: str) -> None:
    def slow_tls(connection: socket.socket, stop: Event) -> None:
        connection.recv(4096)
        connection.sendall(b"\x16\x03\x03\x40\x00")  # a record of 16 KiB that will not come
        while not stop.wait(0.05):
            connection.sendall(b"\x02")

    with scripted(drip if security == "none" else slow_tls) as port:
        error = failure(busy_day, port, deadline_s=1, security=security)
    assert error.reason in (Reason.SMTP_TIMEOUT, Reason.SMTP_TLS)


def test_a_server_that_never_reads_the_text_is_left_at_the_deadline() -> None:
    message = EmailMessage()
    message.set_content("x" * 70 + "\n")
    message.add_attachment(b"x" * 12_000_000, maintype="application", subtype="octet-stream")
    with scripted(never_read) as port:
        assert failure(message, port, deadline_s=6).reason is Reason.SMTP_BROKEN


def test_continuation_lines_without_end_cost_neither_time_nor_memory(busy_day: EmailMessage) -> None:
    tracemalloc.start()
    try:
        with scripted(endless) as port:
            error = failure(busy_day, port)
        _, peak_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert error.reason is Reason.SMTP_CONNECT
    assert peak_bytes < 5_000_000


def test_a_goodbye_that_is_never_answered_does_not_unsay_the_acceptance(busy_day: EmailMessage) -> None:
    def talk(connection: socket.socket, stop: Event) -> None:
        with connection.makefile("rb") as lines:
            for reply in ENVELOPE:
                connection.sendall(reply)
                lines.readline()
            while lines.readline() != b".\r\n":
                pass
            connection.sendall(b"250 kept\r\n")
            stop.wait(10)

    with scripted(talk) as port:
        answer = send(busy_day, recipient=READER, settings=settings_for(port), deadline_s=3)
    assert answer == "250 kept"


def test_nobody_listening_is_a_connect_failure(busy_day: EmailMessage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    error = failure(busy_day, port)
    assert (error.reason, error.final) == (Reason.SMTP_CONNECT, False)


@pytest.mark.parametrize("host", ["no such host", "a" * 70 + ".example", ""], ids=["spaces", "long label", "empty"])
def test_a_host_that_is_no_name_is_a_connect_failure(busy_day: EmailMessage, host: str) -> None:
    assert failure(busy_day, 1, host=host).reason in (Reason.SMTP_CONNECT, Reason.SMTP_TIMEOUT)


# ---------------------------------------------------------------- the kit's sixteen modes

OUTCOMES: dict[str, Reason | None] = {
    "accept": None,
    "reject-rcpt": Reason.SMTP_REFUSED,
    "reject-one": Reason.SMTP_REFUSED,
    "greylist": Reason.SMTP_LATER,
    "reject-data": Reason.SMTP_REFUSED,
    "die-after-data": Reason.SMTP_BROKEN,
    "die-in-data": Reason.SMTP_BROKEN,
    "die-at-connect": Reason.SMTP_CONNECT,
    "busy": Reason.SMTP_LATER,
    "slow": Reason.SMTP_TIMEOUT,
    "silent": Reason.SMTP_TIMEOUT,
    "no-ehlo": None,
    "small": Reason.SMTP_REFUSED,
    "garbage": Reason.SMTP_CONNECT,
    "auth-required": Reason.SMTP_AUTH,
    "endless-reply": Reason.SMTP_CONNECT,
}


@contextmanager
def kit_server(mode: str) -> Iterator[tuple[int, Any]]:
    spec = importlib.util.spec_from_file_location("hostile_smtp_kit", KIT)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    assert set(module.MODES) == set(OUTCOMES)
    server = module.HostileSmtp(mode, size=2_000)

    async def start() -> asyncio.Server:
        await server.serve()
        return server.server

    with looping(start) as port:
        yield port, server


@pytest.mark.skipif(not KIT.exists(), reason="shared/torture/hostile_smtp.py is not beside the checkout")
@pytest.mark.parametrize("mode", sorted(OUTCOMES))
def test_every_mode_of_the_hostile_server_ends_in_time_with_its_reason(busy_day: EmailMessage, mode: str) -> None:
    expected = OUTCOMES[mode]
    with kit_server(mode) as (port, server):
        if expected is None:
            assert send(busy_day, recipient=READER, settings=settings_for(port), deadline_s=30).startswith("250")
            return
        deadline_s = 1 if expected is Reason.SMTP_TIMEOUT else 30
        assert failure(busy_day, port, deadline_s=deadline_s).reason is expected
        if mode == "greylist":
            assert send(busy_day, recipient=READER, settings=settings_for(port)).startswith("250")
        assert len(server.mails) == (mode in ("die-after-data", "greylist"))
