"""The trip of alerts: what waits becomes messages, each message goes to its target, each answer into the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from ingest.config import Config
from ingest.errors import ConfigError, DeliveryError, FetchError, Reason
from ingest.model import AlertMessage, Channel
from ingest.pipeline.credentials import read_secret, smtp_password
from ingest.pipeline.dialogues import MAIL_THREADS
from ingest.pipeline.digests import smtp_settings
from ingest.pipeline.logbook import log
from ingest.poll.post import post
from ingest.publish.alerts import WAITS, accepted, begin, body_of, key_of, mail_of, refused, signature
from ingest.publish.mail import send
from ingest.store import alerts
from ingest.text.urls import stand_in, without_address
from ingest.watch.alerting import brake

if TYPE_CHECKING:
    from ingest.pipeline.desk import Desk  # at run time it brings all of matching, which `samewire check` needs not

#: The storm brake counts messages over so long.
SPAN = timedelta(hours=1)
#: Messages taken up at a time, and targets served at once.
BATCH, AT_ONCE = 200, 8


@dataclass(slots=True, kw_only=True)
class Secrets:
    """What sending needs and no database holds; a reload of the configuration puts others in their place."""

    password: str = field(default="", repr=False)
    hooks: Mapping[str, str] = field(default_factory=dict, repr=False)  # by the watch's name


def read_secrets(config: Config) -> Secrets:
    """The mail password and the secrets of webhooks. Raises ConfigError naming every file that cannot be used."""
    problems: list[str] = []
    hooks: dict[str, str] = {}
    for watch in config.watches:
        if watch.webhook_secret_file:
            try:
                hooks[watch.name] = read_secret(
                    config.resolve(watch.webhook_secret_file), "watches.webhook_secret_file"
                )
            except ConfigError as exc:
                problems.extend(exc.problems)
    if problems:
        raise ConfigError(tuple(problems))
    return Secrets(password=smtp_password(config), hooks=hooks)


async def deliver_alerts(desk: Desk, secrets: Secrets) -> int:
    """Send every alert whose turn has come. Returns how many messages were taken."""
    if not desk.config.watches:
        return 0
    await desk.write(compose, desk)
    lanes: dict[tuple[str, str], list[AlertMessage]] = {}
    due = await desk.write(
        alerts.due_messages, desk.store.connection, desk.clock(), longest_wait=WAITS[-1], limit=BATCH
    )
    for message in due:
        lanes.setdefault((message.target.channel, message.target.target), []).append(message)
    free = asyncio.Semaphore(AT_ONCE)

    async def work(lane: list[AlertMessage]) -> int:
        async with free:
            return sum([await _send(desk, message, secrets) for message in lane])

    return sum(await asyncio.gather(*map(work, lanes.values())))


def compose(desk: Desk) -> None:
    """Put what waits into messages, as many as the storm brake lets through. Runs in the writer's thread."""
    store, now, config = desk.store, desk.clock(), desk.config
    targets = alerts.waiting_targets(store.connection)
    if not targets:
        return
    with store.durable():
        for target in targets:
            waiting = alerts.waiting(store.connection, target)
            made = alerts.messages_made(store.connection, target, now - SPAN)
            share = brake(waiting, made, now, cap=config.alerts.per_hour, span=SPAN)
            if share.held_until is not None:
                alerts.hold(store, target, waiting)
                continue
            batches = [(one,) for one in share.single] + ([share.folded] if share.folded else [])
            for batch in batches:
                raised = alerts.raised(store.connection, batch)
                folded = len(batch) > 1
                body = body_of(
                    target, raised, folded=folded, cap=config.alerts.per_hour, public_url=config.web.public_url
                )
                alerts.make_message(store, target, batch, key=key_of(target, raised), body=body, folded=folded, now=now)


async def _send(desk: Desk, message: AlertMessage, secrets: Secrets) -> bool:
    """One attempt at one message; True when it was taken. The ledger is on the disk before it is sent."""
    row = await desk.write(_begun, desk, message)
    try:
        if row.target.channel is Channel.MAIL:
            answer = await _mail(desk, row, secrets)
        else:
            answer = await _call(desk, row, secrets)
    except (DeliveryError, FetchError) as exc:
        row = refused(row, exc, now=desk.clock())
        await desk.write(alerts.record_message, desk.store, row)
        desk.counts.add("alert_messages_total", row.target.channel, row.status, exc.reason)
        log.warning("alert", exc.reason, row.answer, watch=row.target.watch, target=row.target.target,
                    status=row.status)  # fmt: skip
        return False
    await desk.write(alerts.record_message, desk.store, accepted(row, answer=answer, now=desk.clock()))
    desk.counts.add("alert_messages_total", row.target.channel, "sent", "")
    log.info("alert", "sent", watch=row.target.watch, target=row.target.target)
    return True


def _begun(desk: Desk, message: AlertMessage) -> AlertMessage:
    """The message with its words of now, on the record as tried: others before it may have taken minutes."""
    row = replace(begin(message, now=desk.clock()), body=alerts.body_of(desk.store.connection, message.id))
    alerts.record_message(desk.store, row)
    return row


async def _mail(desk: Desk, row: AlertMessage, secrets: Secrets) -> str:
    recipient = row.target.target
    try:
        mail = mail_of(row, sender=desk.config.smtp.sender)
    except ValueError as exc:
        raise DeliveryError(str(exc), reason=Reason.SMTP_REFUSED, recipient=recipient, final=True) from exc
    settings = smtp_settings(desk.config, secrets.password)
    return await MAIL_THREADS.run(send, mail, recipient=recipient, settings=settings)


async def _call(desk: Desk, row: AlertMessage, secrets: Secrets) -> str:
    url = next(
        (
            watch.webhook
            for watch in desk.config.watches
            if watch.name == row.target.watch and watch.webhook and stand_in(watch.webhook) == row.target.target
        ),
        None,
    )
    if url is None:
        message = "the configuration has no such webhook any more"
        raise FetchError(message, reason=Reason.OFF, subject=row.target.target)
    body = row.body.encode()
    headers = [("Content-Type", "application/json"), ("Idempotency-Key", row.key)]
    if secret := secrets.hooks.get(row.target.watch):
        headers.append(("Samewire-Signature", signature(body, secret)))
    try:
        async with desk.gate.slot(url):
            status = await post(desk.client, url, body, headers=headers, timeout_s=desk.timeout_s)
    except FetchError as exc:  # it goes into the database and the log, where the address may not be
        exc.args = (without_address(str(exc), url),)
        raise
    return str(status)
