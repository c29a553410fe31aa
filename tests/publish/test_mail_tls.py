"""TLS on the way to the SMTP server: a certificate that is trusted for its name, or no mail."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
from email.message import EmailMessage
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP

from ingest.errors import Reason
from ingest.publish.mail import send
from tests.publish.servers import (
    READER,
    Sink,
    answers,
    authenticating,
    failure,
    looping,
    scripted,
    serving,
    settings_for,
)


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
    context = server_context(certificate)

    async def start() -> asyncio.Server:
        loop = asyncio.get_running_loop()
        return await loop.create_server(lambda: SMTP(sink, loop=loop), "127.0.0.1", 0, ssl=context)

    with looping(start) as port:
        assert failure(busy_day, port, security="tls").reason is Reason.SMTP_TLS
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
        assert send(busy_day, recipient=READER, settings=settings_for(port, security="tls")).startswith("250")
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
