"""The digest against a real mail server: remembered as delivered only after the server took it, and sent once."""

from __future__ import annotations

from email import message_from_bytes, policy
from pathlib import Path

import pytest

from tests.cli.mailing import READER, age, configure, ledger
from tests.publish.servers import Sink, serving

from .conftest import Cli


@pytest.fixture
def due(newsroom: Path) -> Path:
    """The newsroom with a digest that is due; returns the database."""
    age(newsroom)
    return newsroom


def test_a_digest_is_delivered_once_however_often_it_is_sent(cli: Cli, due: Path, tmp_path: Path) -> None:
    sink = Sink()
    with serving(sink) as port:
        configure(tmp_path, port)
        first, second = cli("digest", "--send"), cli("digest", "--send", "--json")
    assert (first.code, first.out) == (0, "1 mail sent\n")
    assert (second.code, second.json()) == (0, {"sent": 0, "failures": []})
    ((sender, recipients, content),) = sink.mails
    assert (sender, recipients) == ("digest@samewire.example", [READER])
    mail = message_from_bytes(content, policy=policy.default)
    body = mail.get_body(("plain",))
    assert body is not None
    assert "Ferry resumes after storm" in body.get_content()
    assert ledger(due) == {READER: ("sent", 1)}


@pytest.mark.parametrize(
    ("sink", "reason"),
    [
        (Sink(rcpt="451 4.7.1 greylisted"), "smtp_later"),
        (Sink(rcpt="550 5.1.1 nobody here"), "smtp_refused"),
        (Sink(data="452 4.3.1 disk full"), "smtp_later"),
        (Sink(data="554 5.6.0 no"), "smtp_refused"),
    ],
    ids=["greylisted", "no such recipient", "text later", "text refused"],
)
def test_a_refused_digest_is_not_remembered_as_delivered_and_a_later_send_delivers_it(
    cli: Cli, due: Path, tmp_path: Path, sink: Sink, reason: str
) -> None:
    with serving(sink) as port:
        configure(tmp_path, port)
        ran = cli("digest", "--send")
    assert (ran.code, ran.out) == (1, "0 mails sent\n")
    assert ran.err.startswith(f"{READER}: {reason}: 127.0.0.1:{port}: ")
    assert ran.err.endswith("see [smtp] in config.toml\n")
    assert ran.err.count("\n") == 1
    assert ledger(due)[READER][0] != "sent"
    mended = Sink()
    with serving(mended) as port:
        configure(tmp_path, port)
        assert cli("digest", "--send").code == 0
        assert cli("digest", "--send").code == 0
    assert len(mended.mails) == 1
    assert ledger(due) == {READER: ("sent", 2)}


def test_a_missing_mail_server_is_named_and_nothing_is_lost(
    cli: Cli, due: Path, tmp_path: Path, free_port: int
) -> None:
    configure(tmp_path, free_port)
    ran = cli("digest", "--send", "--json")
    assert ran.code == 1
    assert ran.json()["sent"] == 0
    assert [failure["reason"] for failure in ran.json()["failures"]] == ["smtp_connect"]
    assert f"{READER}: smtp_connect: 127.0.0.1:{free_port}: " in ran.err
    assert "last digest" in cli("status").out
    assert cli("stories").code == 0


def test_one_recipient_refused_costs_only_that_one(cli: Cli, due: Path, tmp_path: Path) -> None:
    class Picky(Sink):
        async def handle_RCPT(
            self, server: object, session: object, envelope: object, address: str, options: list[str]
        ) -> str:
            if address.startswith("gone@"):
                return "550 5.1.1 nobody here"
            return await super().handle_RCPT(server, session, envelope, address, options)

    sink = Picky()
    with serving(sink) as port:
        configure(tmp_path, port, "gone@newsroom.example", READER)
        ran = cli("digest", "--send")
        assert (ran.code, ran.out) == (1, "1 mail sent\n")
        assert cli("digest", "--send").code == 1
    assert [recipients for _, recipients, _ in sink.mails] == [[READER]]
    assert ledger(due)[READER] == ("sent", 1)


def test_a_mail_whose_fate_is_unknown_is_not_sent_again_at_once(cli: Cli, due: Path, tmp_path: Path) -> None:
    """The server took the text and fell silent: it may have delivered it, so the ledger's own time stands."""

    class Broken(Sink):
        async def handle_DATA(self, server: object, session: object, envelope: object) -> str:
            self.mails.append(("", [], b""))
            server.transport.abort()  # type: ignore[attr-defined]
            return "250 never heard"

    sink = Broken()
    with serving(sink) as port:
        configure(tmp_path, port)
        assert cli("digest", "--send").code == 1
        ran = cli("digest", "--send")
    assert (ran.code, ran.out) == (1, "0 mails sent\n")
    assert "smtp_broken" in ran.err
    assert len(sink.mails) == 1
    assert ledger(due)[READER][1] == 1


def test_a_new_newsroom_does_not_mail_the_day_before_it_opened(cli: Cli, newsroom: Path, tmp_path: Path) -> None:
    sink = Sink()
    with serving(sink) as port:
        configure(tmp_path, port)
        ran = cli("digest", "--send")
    assert (ran.code, sink.mails) == (0, [])
    assert ran.out.startswith("0 mails sent; nobody waits for a digest")


def test_sending_needs_a_recipient(cli: Cli, newsroom: Path) -> None:
    ran = cli("digest", "--send")
    assert ran.code == 2
    assert ran.err == "config.toml: digest.recipients: nobody to send to; add [[digest.recipients]]\n"


def test_a_preview_is_the_page_and_the_default_is_plain_text(cli: Cli, due: Path, tmp_path: Path) -> None:
    configure(tmp_path, 25)
    shown = cli("digest")
    assert shown.out.startswith("samewire\n")
    assert "Ferry resumes after storm" in shown.out
    ran = cli("digest", "--preview", "page.html")
    assert ran.out.startswith("wrote page.html: ")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert page.lower().startswith("<!doctype html>")
    assert "Ferry resumes after storm" in page
    report = cli("digest", "--json").json()
    assert (report["counts"]["articles"], report["counts"]["stories"]) == (4, 2)
    assert cli("digest", "--date", "2020-01-01").out.startswith("samewire\n")
