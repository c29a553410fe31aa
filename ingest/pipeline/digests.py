"""The digest's trip: stories of a day to a message, the message to each recipient, each answer to the ledger."""

from __future__ import annotations

import asyncio
from contextlib import closing
from datetime import date, datetime
from email.message import EmailMessage

from ingest.config import Config
from ingest.errors import DeliveryError
from ingest.pipeline.desk import Desk, log
from ingest.publish.digest import DayCounts, FeedNote, build, html_of, text_of
from ingest.publish.ledger import Send, accepted, begin, due, refused
from ingest.publish.mail import SmtpSettings, send
from ingest.publish.schedule import digest_window, latest_due
from ingest.store import digests, read
from ingest.store.connection import open_reader

MAX_STORIES = 500


def build_digest(
    config: Config, *, recipient: str, day: date, since: datetime, until: datetime
) -> tuple[EmailMessage, DayCounts]:
    """The digest of what was first seen in [since, until), as one recipient gets it. Raises NotFound, StoreError."""
    with closing(open_reader(config.database_path)) as connection:
        stories = read.between(connection, since, until, limit=MAX_STORIES)
        articles, story_count = read.counts_between(connection, since, until)
        feeds = read.feeds(connection)
    failing = [feed for feed in feeds if feed.status == "active" and feed.failures]
    counts = DayCounts(
        articles=articles,
        stories=story_count,
        feeds=sum(feed.status == "active" for feed in feeds),
        failing=len(failing),
    )
    notes = tuple(FeedNote(feed=feed.title or feed.url, what=f"{feed.reason}: {feed.detail}"[:200]) for feed in failing)
    message = build(
        stories,
        day=day,
        since=since,
        until=until,
        timezone=config.digest.timezone,
        sender=config.smtp.sender,
        recipient=recipient,
        message_id_domain=config.smtp.sender.rpartition("@")[2].strip(" >"),
        public_url=config.web.public_url,
        feed_notes=notes,
        counts=counts,
    )
    return message, counts


async def deliver_due(desk: Desk, password: str) -> int:
    """Build the digest whose hour has come and send it to everyone who has not had it. Returns how many were sent."""
    config, now = desk.config, desk.clock()
    if not config.digest.recipients:
        return 0
    day = latest_due(now, config.digest.timezone, config.digest.at)
    since, until = digest_window(day, config.digest.timezone, config.digest.at)
    if not await desk.write(read.has_articles_before, desk.store.connection, until):
        return 0  # a new newsroom does not mail the day before it opened
    sent = 0
    for recipient in config.digest.recipients:
        sent += await _deliver(desk, recipient.address, day=day, since=since, until=until, password=password)
    return sent


async def _deliver(desk: Desk, recipient: str, *, day: date, since: datetime, until: datetime, password: str) -> bool:
    """One recipient's turn; True when the server accepted the mail now. The ledger is on the disk before it is sent."""
    rows = await desk.write(digests.deliveries, desk.store.connection, day)
    step = due(day, recipient, rows, desk.clock())
    if not isinstance(step, Send):
        return False
    message, counts = await asyncio.to_thread(
        build_digest, desk.config, recipient=recipient, day=day, since=since, until=until
    )
    await desk.write(digests.keep_digest, desk.store, _row(message, counts, day, since, until), desk.clock())
    row = begin(step.previous, day=day, recipient=recipient, message_id=str(message["Message-ID"]), now=desk.clock())
    await desk.write(digests.record_delivery, desk.store, row)
    try:
        answer = await asyncio.to_thread(
            send, message, recipient=recipient, settings=smtp_settings(desk.config, password)
        )
    except DeliveryError as exc:
        log.warning("digest day=%s recipient=%s reason=%s final=%s: %s", day, recipient, exc.reason, exc.final, exc)
        await desk.write(digests.record_delivery, desk.store, refused(row, exc, now=desk.clock()))
        return False
    await desk.write(digests.record_delivery, desk.store, accepted(row, answer=answer, now=desk.clock()))
    log.info("digest day=%s recipient=%s sent", day, recipient)
    return True


def smtp_settings(config: Config, password: str) -> SmtpSettings:
    """The mail server as the configuration names it."""
    return SmtpSettings(
        host=config.smtp.host,
        port=config.smtp.port,
        security=config.smtp.security,
        username=config.smtp.username or None,
        password=password or None,
        sender=config.smtp.sender,
    )


def _row(message: EmailMessage, counts: DayCounts, day: date, since: datetime, until: datetime) -> digests.DigestRow:
    return digests.DigestRow(
        day=day,
        since=since,
        until=until,
        subject=str(message["Subject"]),
        stories=counts.stories,
        articles=counts.articles,
        html=html_of(message),
        plain=text_of(message),
    )
