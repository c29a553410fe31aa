"""Real SMTP on loopback: servers that accept, refuse, break off, drip and never end."""

from __future__ import annotations

import asyncio
import importlib.util
import shutil
import socket
import ssl
import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email import message_from_bytes
from email.message import EmailMessage
from pathlib import Path
from threading import Event, Thread
from time import monotonic
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from ingest.errors import DeliveryError, Reason
from ingest.publish.mail import SmtpSettings, send

KIT = Path(__file__).parents[2].parent / "shared" / "torture" / "hostile_smtp.py"
# aiosmtpd's words on a test server that takes passwords on loopback without TLS.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")

READER = "desk@newsroom.example"


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


@contextmanager
def serving(sink: Sink, **options: Any) -> Iterator[int]:
    controller = EphemeralController(sink, hostname="127.0.0.1", port=0, **options)
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
    message: EmailMessage, port: int, *, deadline_s: float = 5, recipient: str = READER, **values: Any
) -> DeliveryError:
    started = monotonic()
    with pytest.raises(DeliveryError) as caught:
        send(message, recipient=recipient, settings=settings_for(port, **values), deadline_s=deadline_s)
    assert monotonic() - started < deadline_s + 2
    assert caught.value.recipient == recipient
    assert "\n" not in str(caught.value)
    return caught.value


# ---------------------------------------------------------------- what a sound server does


def test_an_accepted_mail_arrives_as_it_was_built_and_the_answer_comes_back(busy_day: EmailMessage) -> None:
    sink = Sink()
    with serving(sink) as port:
        assert send(busy_day, recipient=READER, settings=settings_for(port)) == "250 2.0.0 kept as 7"
    ((sender, recipients, content),) = sink.mails
    assert (sender, recipients) == ("digest@samewire.example", [READER])
    assert message_from_bytes(content)["Message-ID"] == busy_day["Message-ID"]


def test_lines_that_begin_with_a_dot_arrive_whole() -> None:
    message = EmailMessage()
    message.set_content(".\r\n..two\r\n.end\r\n")
    sink = Sink()
    with serving(sink) as port:
        send(message, recipient=READER, settings=settings_for(port))
    assert b"\r\n.\r\n..two\r\n.end\r\n" in sink.mails[0][2]


@pytest.mark.parametrize(
    ("sink", "reason", "final"),
    [
        (Sink(rcpt="550 5.1.1 nobody here"), Reason.SMTP_REFUSED, True),
        (Sink(rcpt="451 4.7.1 greylisted"), Reason.SMTP_LATER, False),
        (Sink(data="554 5.6.0 no"), Reason.SMTP_REFUSED, True),
        (Sink(data="452 4.3.1 disk full"), Reason.SMTP_LATER, False),
    ],
    ids=["recipient refused", "greylisted", "text refused", "text later"],
)
def test_a_4xx_is_for_later_and_a_5xx_final(busy_day: EmailMessage, sink: Sink, reason: Reason, final: bool) -> None:
    with serving(sink) as port:
        error = failure(busy_day, port)
    assert (error.reason, error.final) == (reason, final)


def test_a_mail_larger_than_the_server_says_is_refused_for_good(busy_day: EmailMessage) -> None:
    with serving(Sink(), data_size_limit=2_000) as port:
        assert failure(busy_day, port).reason is Reason.SMTP_REFUSED


# ---------------------------------------------------------------- login


def authenticating(user: str, password: str) -> dict[str, Any]:
    def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
        given = (data.login.decode(), data.password.decode())
        return AuthResult(success=given == (user, password), handled=False)

    return {"authenticator": check, "auth_required": True, "auth_require_tls": False}


@pytest.mark.parametrize("password", ["correct horse", "Grüße, 秘密"], ids=["ascii", "other scripts"])
def test_a_right_password_opens_the_door(busy_day: EmailMessage, password: str) -> None:
    sink = Sink()
    with serving(sink, **authenticating("digest", password)) as port:
        send(busy_day, recipient=READER, settings=settings_for(port, username="digest", password=password))
    assert len(sink.mails) == 1


@pytest.mark.parametrize(
    "values",
    [{"username": "digest", "password": "wrong"}, {"username": "digest", "password": "fälsch"}, {}],
    ids=["wrong password", "wrong password, not ascii", "no login"],
)
def test_a_refused_login_is_named_and_may_be_tried_again(busy_day: EmailMessage, values: dict[str, str]) -> None:
    with serving(Sink(), **authenticating("digest", "right")) as port:
        error = failure(busy_day, port, **values)
    assert (error.reason, error.final) == (Reason.SMTP_AUTH, False)


def test_a_server_that_quotes_the_login_line_does_not_get_the_password_into_the_record(busy_day: EmailMessage) -> None:
    replies = (b"220 x\r\n", b"250-x\r\n250 AUTH PLAIN\r\n", b"535 5.7.8 bad line: AUTH PLAIN AGRpZ2VzdABzZWNyZXQ=\r\n")
    with scripted(answers(*replies, b"535 5.7.8 secret\r\n")) as port:
        error = failure(busy_day, port, username="digest", password="secret")
    assert error.reason is Reason.SMTP_AUTH
    assert "5.7.8" in str(error)
    assert "AGRp" not in str(error) and "secret" not in str(error)


@pytest.mark.parametrize(
    "offer", [b"250 x\r\n", b"250-x\r\n250 AUTH X-OWN\r\n"], ids=["no login offered", "an unknown one offered"]
)
def test_a_server_without_a_login_we_know_is_an_auth_failure(busy_day: EmailMessage, offer: bytes) -> None:
    with scripted(answers(b"220 x\r\n", offer)) as port:
        assert failure(busy_day, port, username="digest", password="x").reason is Reason.SMTP_AUTH


def test_a_password_does_not_show_in_the_settings() -> None:
    assert "secret" not in repr(settings_for(25, username="digest", password="secret"))


# ---------------------------------------------------------------- TLS


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not installed: no certificate to serve")
    folder = tmp_path_factory.mktemp("tls")
    key, pem = folder / "key.pem", folder / "cert.pem"
    subject = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1")
    command = (openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2")
    subprocess.run([*command, "-keyout", key, "-out", pem, *subject], check=True, capture_output=True)
    return pem, key


def server_context(certificate: tuple[Path, Path]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


def test_starttls_with_a_certificate_that_nobody_vouches_for_is_refused(
    busy_day: EmailMessage, certificate: tuple[Path, Path]
) -> None:
    sink = Sink()
    with serving(sink, tls_context=server_context(certificate)) as port:
        error = failure(busy_day, port, security="starttls")
    assert (error.reason, error.final) == (Reason.SMTP_TLS, False)
    assert not sink.mails


def test_starttls_with_a_trusted_certificate_carries_login_and_mail(
    busy_day: EmailMessage, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    sink = Sink()
    options = authenticating("digest", "right") | {"auth_require_tls": True, "require_starttls": True}
    with serving(sink, tls_context=server_context(certificate), **options) as port:
        settings = settings_for(port, security="starttls", username="digest", password="right")
        assert send(busy_day, recipient=READER, settings=settings).startswith("250")
    assert len(sink.mails) == 1


def test_a_trusted_certificate_for_another_name_is_refused(
    busy_day: EmailMessage, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    with serving(Sink(), tls_context=server_context(certificate)) as port:
        assert failure(busy_day, port, security="starttls", host="127.0.0.2").reason in (
            Reason.SMTP_TLS,
            Reason.SMTP_CONNECT,
        )


def test_tls_from_the_first_byte_works_with_a_trusted_certificate_only(
    busy_day: EmailMessage, certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    sink = Sink()
    listener = asyncio.new_event_loop()
    context = server_context(certificate)

    async def start() -> asyncio.Server:
        return await listener.create_server(lambda: SMTP(sink, loop=listener), "127.0.0.1", 0, ssl=context)

    server = listener.run_until_complete(start())
    thread = Thread(target=listener.run_forever, daemon=True)
    thread.start()
    port = server.sockets[0].getsockname()[1]
    try:
        assert failure(busy_day, port, security="tls").reason is Reason.SMTP_TLS
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        assert send(busy_day, recipient=READER, settings=settings_for(port, security="tls")).startswith("250")
    finally:
        listener.call_soon_threadsafe(server.close)
        listener.call_soon_threadsafe(listener.stop)
        thread.join(timeout=5)
        listener.close()
    assert len(sink.mails) == 1


@pytest.mark.parametrize(
    "replies",
    [
        (b"220 x\r\n", b"250 x\r\n"),
        (b"220 x\r\n", b"250-x\r\n250 STARTTLS\r\n", b"454 4.7.0 not now\r\n"),
        (b"220 x\r\n", b"250-x\r\n250 STARTTLS\r\n", b"220 go\r\n250 slipped in\r\n"),
    ],
    ids=["not offered", "offered and refused", "answers slipped in before the handshake"],
)
def test_without_sound_starttls_nothing_is_sent_in_the_clear(
    busy_day: EmailMessage, replies: tuple[bytes, ...]
) -> None:
    with scripted(answers(*replies)) as port:
        assert failure(busy_day, port, security="starttls").reason is Reason.SMTP_TLS


# ---------------------------------------------------------------- servers that break off, drip, or never end

ENVELOPE = (b"220 x\r\n", b"250 x\r\n", b"250 ok\r\n", b"250 ok\r\n", b"354 go\r\n")


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
        error = failure(busy_day, port, deadline_s=0.6)
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
        error = failure(busy_day, port, deadline_s=0.7, security=security)
    assert error.reason in (Reason.SMTP_TIMEOUT, Reason.SMTP_TLS)


def test_a_server_that_never_reads_the_text_is_left_at_the_deadline() -> None:
    message = EmailMessage()
    message.set_content("x" * 70 + "\n")
    message.add_attachment(b"x" * 12_000_000, maintype="application", subtype="octet-stream")
    with scripted(never_read) as port:
        assert failure(message, port, deadline_s=1.5).reason is Reason.SMTP_BROKEN


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
        answer = send(busy_day, recipient=READER, settings=settings_for(port), deadline_s=0.8)
    assert answer == "250 kept"


def test_nobody_listening_is_a_connect_failure(busy_day: EmailMessage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    error = failure(busy_day, port)
    assert (error.reason, error.final) == (Reason.SMTP_CONNECT, False)


@pytest.mark.parametrize("host", ["no such host", "a" * 70 + ".example", ""], ids=["spaces", "long label", "empty"])
def test_a_host_that_is_no_name_is_a_connect_failure(busy_day: EmailMessage, host: str) -> None:
    assert failure(busy_day, 1, host=host).reason in (Reason.SMTP_CONNECT, Reason.SMTP_TIMEOUT)


# ---------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    "recipient",
    ["", "nobody", "a@b@c", "a b@example.org", "a@example.org\r\nRCPT TO:<b@example.org>", "a@example.org>"],
    ids=["empty", "no domain", "two ats", "space", "line break", "bracket"],
)
def test_what_is_no_address_is_refused_before_anything_is_sent(busy_day: EmailMessage, recipient: str) -> None:
    error = failure(busy_day, 1, recipient=recipient)
    assert (error.reason, error.final) == (Reason.SMTP_REFUSED, True)


def test_an_address_in_another_script_travels_by_smtputf8(mail: Callable[..., EmailMessage]) -> None:
    message = mail((), recipient="Jörg <jörg@bücher.example>")
    sink = Sink()
    with serving(sink, enable_SMTPUTF8=True) as port:
        send(message, recipient="jörg@bücher.example", settings=settings_for(port))
    assert sink.mails[0][1] == ["jörg@xn--bcher-kva.example"]
    assert 'To: "Jörg" <jörg@xn--bcher-kva.example>'.encode() in sink.mails[0][2]


def test_without_smtputf8_such_an_address_is_refused_with_the_reason_said(mail: Callable[..., EmailMessage]) -> None:
    with serving(Sink(), enable_SMTPUTF8=False) as port:
        error = failure(mail((), recipient="jörg@example.org"), port, recipient="jörg@example.org")
    assert (error.reason, error.final) == (Reason.SMTP_REFUSED, True)
    assert "SMTPUTF8" in str(error)


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
    server, loop = module.HostileSmtp(mode, size=2_000), asyncio.new_event_loop()
    port = loop.run_until_complete(server.serve())
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def close() -> None:
        server.server.close()
        mine = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in mine:
            task.cancel()
        await asyncio.gather(*mine, return_exceptions=True)

    try:
        yield port, server
    finally:
        asyncio.run_coroutine_threadsafe(close(), loop).result(timeout=10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(timeout=5)
        loop.close()


@pytest.mark.skipif(not KIT.exists(), reason="the kit of hostile servers is not here")
@pytest.mark.parametrize("mode", sorted(OUTCOMES))
def test_every_mode_of_the_hostile_server_ends_in_time_with_its_reason(busy_day: EmailMessage, mode: str) -> None:
    expected = OUTCOMES[mode]
    with kit_server(mode) as (port, server):
        if expected is None:
            assert send(busy_day, recipient=READER, settings=settings_for(port), deadline_s=5).startswith("250")
            return
        assert failure(busy_day, port, deadline_s=1).reason is expected
        if mode == "greylist":
            assert send(busy_day, recipient=READER, settings=settings_for(port)).startswith("250")
        assert len(server.mails) == (mode in ("die-after-data", "greylist"))
