"""Alerts as mails: what a stranger's headline does to the headers."""

from __future__ import annotations

import email
from dataclasses import replace
from datetime import UTC, datetime
from email.policy import SMTP

import pytest

from ingest.model import AlertKind, AlertMessage, AlertTarget, Channel, DeliveryStatus, RaisedAlert, StoryId, WatchId
from ingest.publish.alerts import body_of, key_of, mail_of

NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)
TARGET = AlertTarget(watch_id=WatchId(1), watch="summit", channel=Channel.MAIL, target="desk@example.org")
ALERT = RaisedAlert(
    id=7, kind=AlertKind.HIT, detail="“summit” in the title", raised_at=NOON, story_id=StoryId(3), story="Summit",
    publishers=2, articles=3, title="Summit", url="https://post.example/1", publisher="Post", published_at=NOON,
)  # fmt: skip


def message(title: str) -> AlertMessage:
    alerts = (replace(ALERT, story=title, title=title),)
    body = body_of(TARGET, alerts, folded=False, cap=10, public_url=None)
    key = key_of(TARGET, alerts)
    return AlertMessage(id=1, target=TARGET, key=key, body=body, status=DeliveryStatus.PENDING, made_at=NOON)


@pytest.mark.parametrize(
    "title",
    [
        "порт и порт",
        "пойдут нашли недели порт порт под трамваи пойдут и",
        "漢字 17 漢字",
        "=?utf-8?q?a=0D=0ABcc:_x@y.example?= x",
    ],
    ids=["short", "long", "han", "encoded word"],
)
def test_a_headline_in_any_script_arrives_in_the_subject_with_every_blank(title: str) -> None:
    sent = email.message_from_bytes(mail_of(message(title), sender="samewire@example.org").as_bytes(), policy=SMTP)
    assert str(sent["Subject"]) == f"[summit] {title}"
    assert sent["Bcc"] is None


def test_nothing_in_the_senders_name_is_read_as_an_address_of_its_own() -> None:
    mail = mail_of(message("Summit"), sender='"Desk, <x@y.example>" <samewire@example.org>')
    (sender,) = mail["From"].addresses
    assert (sender.display_name, sender.addr_spec) == ("Desk, <x@y.example>", "samewire@example.org")
