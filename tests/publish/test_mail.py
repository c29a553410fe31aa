"""What a sound SMTP server makes of a mail: accepted, refused, later, or only after a login."""

from __future__ import annotations

import socket
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage

import pytest

from ingest.errors import DeliveryError, Reason
from ingest.publish.mail import send
from tests.publish.servers import READER, Sink, answers, authenticating, failure, scripted, serving, settings_for

# aiosmtpd's words on a test server that takes passwords on loopback without TLS.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS:UserWarning")


# ---------------------------------------------------------------- what a sound server does


def test_an_accepted_mail_arrives_as_it_was_built_and_the_answer_comes_back(busy_day: EmailMessage) -> None:
    sink = Sink()
    with serving(sink) as port:
        assert send(busy_day, recipient=READER, settings=settings_for(port)) == "250 2.0.0 kept as 7"
    ((sender, recipients, content),) = sink.mails
    assert (sender, recipients) == ("digest@samewire.example", [READER])
    assert message_from_bytes(content)["Message-ID"] == busy_day["Message-ID"]


def test_the_ledger_is_told_before_the_text_goes_out_and_only_when_it_does(busy_day: EmailMessage) -> None:
    sink, told = Sink(), list[int]()
    with serving(sink) as port:
        send(busy_day, recipient=READER, settings=settings_for(port), before_text=lambda: told.append(len(sink.mails)))
    assert told == [0] and len(sink.mails) == 1
    with serving(Sink(rcpt="550 5.1.1 nobody here")) as port, pytest.raises(DeliveryError):
        send(busy_day, recipient=READER, settings=settings_for(port), before_text=lambda: told.append(9))
    assert told == [0]


def test_nothing_is_sent_when_the_ledger_cannot_be_written(busy_day: EmailMessage) -> None:
    def broken() -> None:
        raise RuntimeError("disk full")

    sink = Sink()
    with serving(sink) as port, pytest.raises(RuntimeError, match="disk full"):
        send(busy_day, recipient=READER, settings=settings_for(port), before_text=broken)
    assert sink.mails == []


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


def test_a_password_is_not_sent_in_the_clear_to_another_machine(busy_day: EmailMessage) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing; tells which address of ours faces the world
        except OSError:
            pytest.skip("this machine has no address but loopback")
        host = probe.getsockname()[0]
    sink = Sink()
    with serving(sink, hostname=host, **authenticating("digest", "right")) as port:
        error = failure(busy_day, port, host=host, username="digest", password="right")
    assert (error.reason, error.final) == (Reason.SMTP_TLS, False)
    assert not sink.mails


def test_a_password_does_not_show_in_the_settings() -> None:
    assert "secret" not in repr(settings_for(25, username="digest", password="secret"))


# ---------------------------------------------------------------- addresses


@pytest.mark.parametrize(
    "recipient",
    [
        "",
        "nobody",
        "a@b@c",
        "a b@example.org",
        "a@example.org\r\nRCPT TO:<b@example.org>",
        "a@example.org>",
        "a@example.org, b@example.org",
    ],
    ids=["empty", "no domain", "two ats", "space", "line break", "bracket", "two addresses"],
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
