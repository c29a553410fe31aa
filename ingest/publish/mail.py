"""Hands one message to one SMTP server for one recipient, inside a deadline of ours; the only door to smtplib."""

from __future__ import annotations

import base64
import ipaddress
import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import Any

from ingest.errors import DeliveryError, Reason
from ingest.publish.addresses import Mailbox, read_mailbox
from ingest.publish.wording import flat

_MAX_REPLY_BYTES = 64 * 1024
_MAX_LINE_BYTES = 8 * 1024
_CHUNK_BYTES = 16 * 1024
_ANSWER_CHARS = 300
#: Of a whole dialogue; with the goodbye it ends within a minute.
DEADLINE_S = 50.0
_GOODBYE_S = 3.0  # the mail is accepted: a server that dawdles over QUIT costs no more than this

_ENHANCED_CODE = re.compile(r"[245]\.\d{1,3}\.\d{1,3}\b")

# A server that says these wants a login, or a better one (RFC 4954 §6, RFC 3207 §4 for 530).
_AUTH_CODES = frozenset({530, 534, 535, 538})


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """Where mail is handed over. security: "starttls", "tls" or "none"; sender: "name <address>"."""

    host: str
    port: int
    security: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    sender: str


def send(
    message: EmailMessage,
    *,
    recipient: str,
    settings: SmtpSettings,
    deadline_s: float = DEADLINE_S,
    before_text: Callable[[], None] | None = None,
) -> str:
    """Hand the message over and return the server's answer to it, one line.

    before_text: called when the envelope was accepted, before the text goes out; what it raises ends the dialogue
    there. deadline_s bounds the whole dialogue, name look-up and handshake included, whatever the server does. Memory
    is bounded too: a reply has at most 64 KiB.
    Raises DeliveryError: SMTP_REFUSED (5xx, or an address no server could take) is final. All others may be
    tried again: SMTP_LATER (4xx), SMTP_AUTH, SMTP_TLS, SMTP_CONNECT and SMTP_TIMEOUT say that the mail was not
    handed over; SMTP_BROKEN says that it may have been.
    """
    dialogue = _Dialogue(recipient=recipient, settings=settings, deadline=_Deadline(deadline_s))
    try:
        return dialogue.run(message, before_text)
    except smtplib.SMTPResponseException as exc:
        raise dialogue.refusal(exc) from exc
    except ssl.SSLError as exc:
        raise dialogue.error(Reason.SMTP_TLS, f"no trusted TLS connection: {_first_line(exc)}") from exc
    except TimeoutError as exc:
        raise dialogue.error(Reason.SMTP_TIMEOUT, f"no end within {deadline_s:g} s {dialogue.stage}") from exc
    except (OSError, smtplib.SMTPException, ValueError) as exc:
        raise dialogue.error(Reason.SMTP_CONNECT, f"{_first_line(exc)} {dialogue.stage}") from exc
    finally:
        dialogue.close()


class _Deadline:
    """The moment at which the dialogue is over."""

    def __init__(self, seconds: float) -> None:
        self._ends = monotonic() + seconds

    def left_s(self) -> float:
        """Seconds that remain, more than nothing. Raises TimeoutError when none do."""
        left = self._ends - monotonic()
        if left <= 0:
            raise TimeoutError("the deadline has passed")
        return left


class _BoundedSmtp(smtplib.SMTP):
    """smtplib's dialogue with reads and writes of our own.

    Its timeout is per read, so that a byte a second keeps it for ever, and it collects continuation lines without
    end; here every read and write takes what is left of one deadline, and a reply has a size.
    """

    def __init__(self, sock: socket.socket, deadline: _Deadline) -> None:
        # A name of our own would cost a look-up that nothing bounds; RFC 5321 §4.1.3 allows the address instead.
        host = sock.getsockname()[0].partition("%")[0]
        super().__init__(local_hostname=f"[IPv6:{host}]" if ":" in host else f"[{host}]")
        self.sock: socket.socket | None = sock
        self.deadline = deadline
        self._unread = b""

    def getreply(self) -> tuple[int, bytes]:
        """Read one whole reply. Raises SMTPServerDisconnected when none that is SMTP can be had."""
        texts: list[bytes] = []
        budget = _MAX_REPLY_BYTES
        while True:
            line = self._line()
            budget -= len(line)
            if budget < 0:
                raise smtplib.SMTPServerDisconnected("the server's reply has no end")
            code, text = line[:3], line[4:].strip(b" \t\r\n")
            if not re.fullmatch(rb"[2-5][0-9]{2}", code) or line[3:4] not in (b"", b" ", b"-", b"\r", b"\n"):
                raise smtplib.SMTPServerDisconnected("the server does not speak SMTP")
            texts.append(text)
            if line[3:4] != b"-":
                return int(code), b"\n".join(texts)

    def send(self, s: Any) -> None:
        """Write it all, in what is left of the deadline."""
        data = memoryview(s.encode(self.command_encoding) if isinstance(s, str) else s)
        sock = self._open_socket()
        for start in range(0, len(data), _CHUNK_BYTES):
            sock.settimeout(self.deadline.left_s())
            sock.sendall(data[start : start + _CHUNK_BYTES])

    def encrypt(self, context: ssl.SSLContext, host: str) -> None:
        """Put TLS on the line; what came before it is forgotten."""
        if self._unread:
            # Answers that were slipped in before the handshake would be taken for the server's own afterwards.
            raise ssl.SSLError("the server spoke before the handshake")
        sock = self._open_socket()
        sock.settimeout(self.deadline.left_s())
        self.sock = context.wrap_socket(sock, server_hostname=host)
        self.ehlo_resp = self.helo_resp = None
        self.esmtp_features = {}
        self.does_esmtp = False

    def _line(self) -> bytes:
        while b"\n" not in self._unread:
            if len(self._unread) > _MAX_LINE_BYTES:
                raise smtplib.SMTPServerDisconnected("the server's reply has a line without end")
            sock = self._open_socket()
            sock.settimeout(self.deadline.left_s())
            received = sock.recv(4096)
            if not received:
                raise smtplib.SMTPServerDisconnected("the server closed the connection")
            self._unread += received
        line, _, self._unread = self._unread.partition(b"\n")
        return line

    def _open_socket(self) -> socket.socket:
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("the connection is closed")
        return self.sock


class _Dialogue:
    """One conversation; knows how far it came, because that decides what a failure means."""

    def __init__(self, *, recipient: str, settings: SmtpSettings, deadline: _Deadline) -> None:
        self._recipient, self._settings, self._deadline = recipient, settings, deadline
        self._smtp: _BoundedSmtp | None = None
        self._handed_over = False  # the text is on its way: from here a silence proves nothing
        self._accepted = False
        self.stage = "while connecting"

    def run(self, message: EmailMessage, before_text: Callable[[], None] | None) -> str:
        """The whole dialogue. Returns the answer to the text."""
        sender, recipient = self._mailbox(self._settings.sender), self._mailbox(self._recipient)
        smtp = self._smtp = _BoundedSmtp(self._connect(), self._deadline)
        self._greet(smtp)
        self._log_in(smtp)
        self.stage = "in the envelope"
        utf8 = sender.needs_smtputf8 or recipient.needs_smtputf8
        text = _as_bytes(message, utf8=utf8)
        self._envelope(smtp, sender, recipient, size_bytes=len(text), utf8=utf8)
        if before_text is not None:
            before_text()
        _expect(3, *smtp.docmd("DATA"))
        self.stage = "after the text; whether it arrived is not known"
        self._handed_over = True
        smtp.send(_dotted(text))
        code, answer = smtp.getreply()
        if code // 100 != 2:
            raise smtplib.SMTPDataError(code, answer)
        self._accepted = True
        return _answer(code, answer)

    def refusal(self, exc: smtplib.SMTPResponseException) -> DeliveryError:
        """A reply that says no: for good (5xx), for now (4xx), or to our login."""
        code = int(exc.smtp_code)
        said = _answer(code, exc.smtp_error)
        if isinstance(exc, smtplib.SMTPAuthenticationError) or code in _AUTH_CODES:
            # Its words stay out: a server may quote the line it refuses, and that line held the password.
            # Not final: nobody's mail should be lost to a password that was changed at night.
            detail = _ENHANCED_CODE.search(said)
            shown = f"{code} {detail.group()}" if detail else str(code)
            return self.error(Reason.SMTP_AUTH, f"the server refused the login, or asks for one ({shown})")
        if code // 100 == 5:
            return self.error(Reason.SMTP_REFUSED, said)
        if code // 100 == 4:
            return self.error(Reason.SMTP_LATER, said)
        return self.error(Reason.SMTP_CONNECT, f"an answer out of place: {said}")

    def error(self, reason: Reason, text: str) -> DeliveryError:
        """The failure as its recipient's ledger row records it."""
        if self._handed_over and reason in (Reason.SMTP_CONNECT, Reason.SMTP_TIMEOUT, Reason.SMTP_TLS):
            reason = Reason.SMTP_BROKEN
        host = f"{flat(self._settings.host, 120)}:{self._settings.port}"
        return DeliveryError(
            f"{host}: {flat(text, _ANSWER_CHARS)}",
            reason=reason,
            recipient=self._recipient,
            final=reason is Reason.SMTP_REFUSED,
        )

    def close(self) -> None:
        """Say goodbye where that costs little, and let go of the socket whatever comes."""
        smtp = self._smtp
        if smtp is None or smtp.sock is None:
            return
        try:
            if self._accepted:
                smtp.deadline = _Deadline(min(_GOODBYE_S, self._deadline.left_s()))
                smtp.docmd("QUIT")
        except (OSError, smtplib.SMTPException):
            pass  # the outcome is known by now, and a goodbye does not change it
        finally:
            smtp.sock.close()

    # ------------------------------------------------------------ the steps

    def _mailbox(self, text: str) -> Mailbox:
        try:
            return read_mailbox(text)
        except ValueError as exc:
            raise self.error(Reason.SMTP_REFUSED, str(exc)) from exc

    def _connect(self) -> socket.socket:
        """The first address that answers; each gets its share of the time, so that a dead one does not take it all."""
        found = _resolve(self._settings.host, self._settings.port, self._deadline)
        failure: OSError = ConnectionError("the name has no address")
        for place, (family, address) in enumerate(found):
            sock = socket.socket(family, socket.SOCK_STREAM)
            try:
                sock.settimeout(self._deadline.left_s() / (len(found) - place))
                sock.connect(address)
            except OSError as exc:
                sock.close()
                failure = exc
            else:
                return sock
        raise failure

    def _greet(self, smtp: _BoundedSmtp) -> None:
        security, host = self._settings.security, self._settings.host
        context = None if security == "none" else ssl.create_default_context()
        if context is not None and security == "tls":
            self.stage = "in the TLS handshake"
            smtp.encrypt(context, host)
        self.stage = "in the greeting"
        code, answer = smtp.getreply()
        if code != 220:
            raise smtplib.SMTPConnectError(code, answer)
        smtp.ehlo_or_helo_if_needed()
        if context is not None and security != "tls":
            self.stage = "in the TLS handshake"
            if not smtp.has_extn("starttls"):
                raise self.error(Reason.SMTP_TLS, "the server does not offer STARTTLS")
            code, answer = smtp.docmd("STARTTLS")
            if code != 220:
                raise self.error(Reason.SMTP_TLS, f"the server refused STARTTLS: {_answer(code, answer)}")
            smtp.encrypt(context, host)
            smtp.ehlo_or_helo_if_needed()

    def _log_in(self, smtp: _BoundedSmtp) -> None:
        user, password = self._settings.username, self._settings.password or ""
        if not user:
            return
        self.stage = "in the login"
        if self._settings.security == "none" and not _stays_here(smtp):
            raise self.error(Reason.SMTP_TLS, "a password is not sent over a line without TLS")
        if user.isascii() and password.isascii():
            try:
                smtp.login(user, password)
            except (smtplib.SMTPResponseException, smtplib.SMTPServerDisconnected):
                raise
            except smtplib.SMTPException as exc:
                raise self.error(Reason.SMTP_AUTH, "the server offers no login that we know") from exc
            return
        # smtplib writes credentials as ASCII; PLAIN carries UTF-8 (RFC 4616 §2).
        token = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
        code, answer = smtp.docmd("AUTH", f"PLAIN {token}")
        if code != 235:
            raise smtplib.SMTPAuthenticationError(code, answer)

    def _envelope(
        self, smtp: _BoundedSmtp, sender: Mailbox, recipient: Mailbox, *, size_bytes: int, utf8: bool
    ) -> None:
        options = [f"SIZE={size_bytes}"] if smtp.has_extn("size") else []
        if utf8:
            if not smtp.has_extn("smtputf8"):
                odd = sender if sender.needs_smtputf8 else recipient
                text = f"the server cannot carry the address {odd.address}: it does not offer SMTPUTF8"
                raise self.error(Reason.SMTP_REFUSED, text)
            smtp.command_encoding = "utf-8"
            options += ["SMTPUTF8", "BODY=8BITMIME"]
        _expect(2, *smtp.docmd("MAIL", " ".join([f"FROM:<{sender.address}>", *options])))
        _expect(2, *smtp.docmd("RCPT", f"TO:<{recipient.address}>"))


def _expect(hundreds: int, code: int, answer: bytes) -> None:
    if code // 100 != hundreds:
        raise smtplib.SMTPResponseException(code, answer)


def _resolve(host: str, port: int, deadline: _Deadline) -> list[tuple[int, Any]]:
    """The host's addresses. The system's look-up knows no time limit, so it runs where it can be left behind."""
    answers: SimpleQueue[list[tuple[int, Any]] | OSError] = SimpleQueue()

    def look_up() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put([(int(entry[0]), entry[4]) for entry in found])
        except OSError as exc:
            answers.put(exc)
        except UnicodeError:
            answers.put(OSError("not a host name"))

    Thread(target=look_up, name="smtp-lookup", daemon=True).start()
    try:
        answer = answers.get(timeout=deadline.left_s())
    except Empty:
        raise TimeoutError("the name look-up took too long") from None
    if isinstance(answer, OSError):
        raise answer
    return answer


def _stays_here(smtp: _BoundedSmtp) -> bool:
    """Say that the other end is this machine: then nobody stands between."""
    if smtp.sock is None:
        return False
    return ipaddress.ip_address(smtp.sock.getpeername()[0].partition("%")[0]).is_loopback


def _as_bytes(message: EmailMessage, *, utf8: bool) -> bytes:
    return message.as_bytes(policy=SMTP.clone(cte_type="7bit", utf8=utf8))


def _dotted(text: bytes) -> bytes:
    """The text as DATA carries it: dots at line starts doubled, ended by a line that is one dot (RFC 5321 §4.5.2)."""
    lines = re.sub(rb"(?m)^\.", b"..", text)
    return lines + (b".\r\n" if lines.endswith(b"\r\n") else b"\r\n.\r\n")


def _answer(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return flat(f"{code} {words}", _ANSWER_CHARS)


def _first_line(exc: BaseException) -> str:
    reason = getattr(exc, "verify_message", None) or getattr(exc, "strerror", None) or str(exc)
    return str(reason) or type(exc).__name__
