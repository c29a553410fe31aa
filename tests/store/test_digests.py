"""Digests as they were built, what became of each event, and the ledger of deliveries."""

from __future__ import annotations

import sqlite3
from datetime import date, timedelta
from pathlib import Path

import pytest

from ingest.errors import Reason
from ingest.model import Delivery, DeliveryStatus, StoryId
from ingest.model.day import Fate
from ingest.store import digests, read
from ingest.store.connection import open_writer
from ingest.store.migrations import MIGRATIONS, migrate
from tests.store.conftest import NOW, Desk

DAY = date(2026, 5, 5)
ROW = Delivery(
    day=DAY, recipient="ada@example.org", message_id="<1@example.org>", status=DeliveryStatus.LATER, attempts=2,
    unanswered=1, next_at=NOW + timedelta(minutes=5), reason=Reason.SMTP_LATER, answer="451 later",
    since=NOW - timedelta(days=1), until=NOW, edition="UTC 07:00",
)  # fmt: skip


def test_a_delivery_is_remembered_as_told(desk: Desk) -> None:
    digests.record_delivery(desk.store, ROW)
    assert digests.deliveries(desk.store.connection, DAY) == (ROW,)
    assert digests.deliveries(desk.store.connection, DAY + timedelta(days=1)) == ()
    assert desk.one("PRAGMA synchronous") == 1
    assert digests.undelivered(desk.store.connection) == [("ada@example.org", "smtp_later", "451 later")]
    assert read.status(desk.store.connection, NOW).deliveries == {"later": 1}


def test_a_recipient_whose_newest_digest_arrived_is_not_called_undelivered(desk: Desk) -> None:
    digests.record_delivery(desk.store, ROW)
    newer = Delivery(
        day=DAY + timedelta(days=1), recipient=ROW.recipient, message_id="<2@x>", status=DeliveryStatus.SKIPPED,
        reason=Reason.EMPTY_DAY,
    )  # fmt: skip
    digests.record_delivery(desk.store, newer)
    assert digests.undelivered(desk.store.connection) == []
    assert read.status(desk.store.connection, NOW).deliveries == {"skipped": 1}


def test_a_digest_that_is_built_again_replaces_the_first(desk: Desk) -> None:
    kept = digests.DigestRow(day=DAY, since=NOW, until=NOW, subject="s", stories=1, articles=2, html="h", plain="p")
    assert digests.is_kept(desk.store.connection, DAY) is False
    digests.keep_digest(desk.store, kept, NOW)
    digests.keep_digest(desk.store, kept, NOW)
    assert digests.is_kept(desk.store.connection, DAY) is True
    assert desk.one("SELECT count(*) FROM digests") == 1


def test_what_became_of_an_event_can_be_asked(desk: Desk) -> None:
    desk.article("One", "x"), desk.article("Two", "x")
    fates = [
        digests.EventFate(event_id=StoryId(1), place=1, fate=Fate.SHOWN),
        digests.EventFate(event_id=StoryId(2), place=None, fate=Fate.MUTED, mute="sport"),
    ]
    for _ in range(2):
        digests.keep_fates(desk.store, DAY, "", fates)
    digests.keep_fates(desk.store, DAY - timedelta(days=9), "", fates[:1])
    assert desk.rows("SELECT event_id, place, fate, mute FROM digest_events WHERE day = ?", DAY.isoformat()) == [
        {"event_id": 1, "place": 1, "fate": "shown", "mute": ""},
        {"event_id": 2, "place": None, "fate": "muted", "mute": "sport"},
    ]


def test_the_ledger_of_an_older_database_keeps_its_rows_and_learns_what_they_covered(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    with sqlite3.connect(path, isolation_level=None) as connection:
        connection.row_factory = sqlite3.Row
        migrate(connection, path, MIGRATIONS[:4])
        connection.execute(
            "INSERT INTO digests VALUES ('2026-05-05', '2026-05-04T05:00:00Z', '2026-05-05T05:00:00Z', "
            "'2026-05-05T05:00:01Z', 's', 1, 1, 'h', 'p')"
        )
        connection.execute(
            "INSERT INTO deliveries (day, recipient, message_id, status, attempts, sent_at) "
            "VALUES ('2026-05-05', 'ada@example.org', '<1@x>', 'sent', 1, '2026-05-05T05:00:02Z')"
        )
    connection.close()
    with open_writer(path, for_command="test") as store:
        (row,) = digests.deliveries(store.connection, DAY)
    assert (row.status, row.unanswered, row.edition) == (DeliveryStatus.SENT, 0, "")
    assert row.until is not None and row.until.isoformat() == "2026-05-05T05:00:00+00:00"


@pytest.mark.parametrize("status", list(DeliveryStatus))
def test_the_table_takes_every_status(desk: Desk, status: DeliveryStatus) -> None:
    row = Delivery(day=DAY, recipient="a@example.org", message_id="<1@x>", status=status)
    digests.record_delivery(desk.store, row)
    assert digests.deliveries(desk.store.connection, DAY) == (row,)
