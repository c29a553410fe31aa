"""The digest's trip: a day's sheet to a message, the message to each reader, each answer to the ledger."""

from __future__ import annotations

import asyncio
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from typing import TYPE_CHECKING

from ingest.config import Config
from ingest.errors import DeliveryError, Reason
from ingest.model import Delivery
from ingest.model.day import Reader
from ingest.pipeline.dialogues import MAIL_THREADS
from ingest.pipeline.logbook import log
from ingest.pipeline.sheets import EVERYBODY, everybody, frame_of, gather, readers
from ingest.publish.day import Sheet
from ingest.publish.digest import Built, Envelope, build, html_of, message_id, text_of
from ingest.publish.ledger import GiveUp, Send, Turn, accepted, begin, handing_over, refused, skipped, turn
from ingest.publish.lines import count_day
from ingest.publish.mail import SmtpSettings, send
from ingest.publish.schedule import digest_window, latest_due
from ingest.store import digests, read_day
from ingest.store.connection import Store, open_reader

if TYPE_CHECKING:
    from ingest.pipeline.desk import Desk  # at run time it brings all of matching, which a look at a digest needs not

#: So long after its hour a digest waits for what came before the hour to be read and matched.
PATIENCE = timedelta(minutes=10)
#: Dialogues at once: a server that is slow to one reader does not make the next one late.
DIALOGUES = 4
_HISTORY = timedelta(days=60)  # of the ledger that a turn looks at


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A digest with what it was made from."""

    sheet: Sheet
    built: Built

    @property
    def message(self) -> EmailMessage:
        """The mail."""
        return self.built.message

    def fates(self) -> list[digests.EventFate]:
        """What became of each event of the day."""
        told = self.sheet.sorted
        places = {event: place for place, event in enumerate(self.built.digest.shown, 1)}
        return [
            digests.EventFate(event_id=event, place=places.get(event), fate=fate, mute=told.muted.get(event, ""))
            for event, fate in told.fates(self.built.digest.shown).items()
        ]


def build_digest(
    config: Config, reader: Reader, *, day: date, since: datetime, until: datetime, message_id: str | None = None
) -> Made:
    """The digest of [since, until) as one reader gets it. Raises NotFound, StoreError."""
    sheet = _gathered(config, reader, since, until)
    return Made(sheet=sheet, built=_built(config, sheet, reader, day, since, until, message_id))


def _built(
    config: Config,
    sheet: Sheet,
    reader: Reader,
    day: date,
    since: datetime,
    until: datetime,
    message_id: str | None,
) -> Built:
    envelope = Envelope(
        sender=config.smtp.sender,
        message_id_domain=_domain(config),
        message_id=message_id,
        unsubscribe=config.digest.unsubscribe,
    )
    return build(sheet, frame_of(config, reader, day=day, since=since, until=until), envelope)


def _domain(config: Config) -> str:
    return config.smtp.sender.rpartition("@")[2].strip(" >")


async def deliver_due(desk: Desk, password: str, *, patience: timedelta = PATIENCE) -> int:
    """Build everybody's digest when its hour has come, and send each reader's that is due. Returns how many were sent.

    patience: so long after its hour a digest waits for the backlog. A failure costs one reader, never the others.
    """
    config, now = desk.config, desk.clock()
    await _keep_everybodys(desk, patience)
    rows = await desk.write(digests.deliveries, desk.store.connection, (now - _HISTORY).date())
    run = _Run(desk=desk, password=password)
    waiting = []
    for reader in readers(config):
        found = turn(reader, rows, now)
        for row in found.overtaken:
            await desk.write(digests.record_delivery, desk.store, row)
        if isinstance(found.step, GiveUp):
            await desk.write(digests.record_delivery, desk.store, found.step.delivery)
        if isinstance(found.step, Send) and await _is_ready(desk, found.until, patience):
            waiting.append(run.deliver(reader, found, found.step.previous))
    results = await asyncio.gather(*waiting, return_exceptions=True)
    for failure in results:
        if isinstance(failure, BaseException):
            raise failure  # the others have had theirs by now
    return sum(result is True for result in results)


async def _is_ready(desk: Desk, until: datetime, patience: timedelta) -> bool:
    """A new newsroom does not mail the day before it opened; and what came before the hour is to be in the digest."""
    if not await desk.write(read_day.has_articles_before, desk.store.connection, until):
        return False
    late = desk.clock() >= until + patience
    return late or not await desk.write(read_day.unsettled_before, desk.store.connection, until)


async def _keep_everybodys(desk: Desk, patience: timedelta) -> None:
    """Build and keep the edition for all when its hour has come, whether anybody is mailed or not."""
    reader = everybody(desk.config)
    day = latest_due(desk.clock(), reader.timezone, reader.at)
    since, until = digest_window(day, reader.timezone, reader.at)
    if await desk.write(digests.is_kept, desk.store.connection, day) or not await _is_ready(desk, until, patience):
        return
    made = await asyncio.to_thread(build_digest, desk.config, reader, day=day, since=since, until=until)
    await desk.write(keep_everybodys, desk.store, made, day=day, since=since, until=until, now=desk.clock())


def keep_everybodys(store: Store, made: Made, *, day: date, since: datetime, until: datetime, now: datetime) -> None:
    """Keep the edition for all, with what became of each event, in one transaction."""
    row = digests.DigestRow(
        day=day,
        since=since,
        until=until,
        subject=str(made.message["Subject"]),
        stories=made.sheet.sorted.stories,
        articles=made.sheet.sorted.articles,
        html=html_of(made.message),
        plain=text_of(made.message),
    )
    with store.transaction():
        digests.keep_digest(store, row, now)
        digests.keep_fates(store, day, EVERYBODY, made.fates())


@dataclass(slots=True, kw_only=True)
class _Run:
    """One round of deliveries: readers of one edition share a sheet."""

    desk: Desk
    password: str
    sheets: dict[tuple[str, datetime, datetime], asyncio.Task[Sheet]] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)  # editions whose fates are on the disk
    free: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(DIALOGUES))

    async def deliver(self, reader: Reader, due: Turn, previous: Delivery | None) -> bool:
        """One reader's turn; True when the server accepted the mail now."""
        desk = self.desk
        async with self.free:
            sheet = await self._sheet(reader, due)
            own_id = message_id(due.day, reader.address, _domain(desk.config))
            row = begin(previous, due, reader, message_id=own_id, now=desk.clock())
            if _says_nothing(desk.config, sheet):
                await desk.write(digests.record_delivery, desk.store, skipped(row))
                log.info("digest", Reason.EMPTY_DAY, day=due.day, recipient=row.recipient)
                return False
            built = await asyncio.to_thread(
                _built, desk.config, sheet, reader, due.day, due.since, due.until, row.message_id
            )
            if reader.edition not in self.kept:
                self.kept.add(reader.edition)
                fates = Made(sheet=sheet, built=built).fates()
                await desk.write(digests.keep_fates, desk.store, due.day, reader.edition, fates)
            await desk.write(digests.record_delivery, desk.store, row)
            return await self._send(row, built.message)

    async def _sheet(self, reader: Reader, due: Turn) -> Sheet:
        key = (reader.edition, due.since, due.until)
        if key not in self.sheets:
            self.sheets[key] = asyncio.create_task(
                asyncio.to_thread(_gathered, self.desk.config, reader, due.since, due.until)
            )
        return await self.sheets[key]

    async def _send(self, row: Delivery, message: EmailMessage) -> bool:
        """The dialogue. The ledger is on the disk before it begins, before the text goes out, and after the answer."""
        desk = self.desk

        def before_text() -> None:
            desk.thread.submit(digests.record_delivery, desk.store, handing_over(row)).result()

        try:
            answer = await MAIL_THREADS.run(
                send,
                message,
                recipient=row.recipient,
                settings=smtp_settings(desk.config, self.password),
                before_text=before_text,
            )
        except DeliveryError as exc:
            settled = refused(row, exc, now=desk.clock())
            log.warning("digest", exc.reason, str(exc), day=row.day, recipient=row.recipient, status=settled.status,
                        attempt=row.attempts)  # fmt: skip
            await desk.write(digests.record_delivery, desk.store, settled)
            desk.counts.add("digest_mails_total", settled.status, exc.reason)
            return False
        await desk.write(digests.record_delivery, desk.store, accepted(row, answer=answer, now=desk.clock()))
        desk.counts.add("digest_mails_total", "sent", "")
        log.info("digest", "sent", day=row.day, recipient=row.recipient)
        return True


def _gathered(config: Config, reader: Reader, since: datetime, until: datetime) -> Sheet:
    with closing(open_reader(config.database_path)) as connection:
        return gather(connection, config, reader, since, until)


def _says_nothing(config: Config, sheet: Sheet) -> bool:
    """Whether an empty digest stays at home; not where no feed answered, which is news of another kind."""
    counts = count_day(sheet)
    return config.digest.empty == "skip" and not counts.events and counts.failing < counts.feeds


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
