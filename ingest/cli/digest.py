"""`samewire digest`: a day's digest, shown, written or sent."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ingest.cli import common
from ingest.errors import ConfigError, NotFound, SamewireError

if TYPE_CHECKING:
    from ingest.config import Config
    from ingest.model.day import Reader
    from ingest.store.connection import Store


@click.command()
@click.option("--date", "day_text", metavar="YYYY-MM-DD", help="Of which day.  [default: the last that is due]")
@click.option("--preview", type=click.Path(dir_okay=False, path_type=Path), help="Write the HTML to this file.")
@click.option("--for", "address", metavar="ADDRESS", help="As this recipient gets it.  [default: everybody's]")
@click.option("--send", "do_send", is_flag=True, help="Send what is due to every recipient who has not had it.")
@common.json_option()
@click.pass_context
def digest(
    ctx: click.Context, day_text: str | None, preview: Path | None, address: str | None, do_send: bool, as_json: bool
) -> None:
    """Show, write or send the digest of a day.

    A day's digest holds what was first seen in the 24 hours before digest.at of that day, a line an event; what went
    on from earlier days is in it where it has news. Without an option it is printed as plain text. --send mails every
    recipient's last digest that is due: nobody gets one twice, and one that a server did not take is tried again at
    once.

    \b
    Examples:
      samewire digest
      samewire digest --date 2026-05-01 --preview digest.html
      samewire digest --for desk@example.org
      samewire digest --send
    """
    config = common.configuration(ctx)
    if do_send:
        if day_text or preview or address:
            raise click.UsageError(
                "--send mails to everybody the last digest that is due; it goes with no other option but --json"
            )
        _send(config, as_json=as_json)
    else:
        _show(config, day_text, preview, address, as_json=as_json)


def _show(config: Config, day_text: str | None, preview: Path | None, address: str | None, *, as_json: bool) -> None:
    from ingest.pipeline.digests import build_digest
    from ingest.publish.digest import html_of, text_of
    from ingest.publish.lines import count_day
    from ingest.publish.schedule import digest_window, latest_due

    reader = _reader(config, address)
    day = common.day(day_text) if day_text else latest_due(common.now(), reader.timezone, reader.at, reader.weekdays)
    since, until = digest_window(day, reader.timezone, reader.at, reader.weekdays)
    made = build_digest(config, reader, day=day, since=since, until=until)
    if preview:
        part = preview.with_name(preview.name + ".part")
        try:
            part.write_text(html_of(made.message), encoding="utf-8")
            part.replace(preview)  # a page that was there before is not left half written
        except OSError as exc:
            part.unlink(missing_ok=True)
            raise SamewireError(f"{preview}: {exc.strerror}") from exc
    subject, text = str(made.message["Subject"]), text_of(made.message)
    counts = count_day(made.sheet)
    found = {"day": day, "since": since, "until": until, "subject": subject, "counts": counts, "text": text}
    common.say(found, f"wrote {preview}: {subject}" if preview else text, as_json=as_json)


def _reader(config: Config, address: str | None) -> Reader:
    from ingest.pipeline.sheets import everybody, readers

    if address is None:
        return everybody(config)
    known = {reader.address.casefold(): reader for reader in readers(config)}
    if address.casefold() not in known:
        raise click.UsageError(f"--for takes one of digest.recipients ({', '.join(known) or 'none'}), not {address!r}")
    return known[address.casefold()]


def _send(config: Config, *, as_json: bool) -> None:
    from ingest.pipeline.credentials import smtp_password
    from ingest.pipeline.desk import open_desk
    from ingest.pipeline.digests import deliver_due
    from ingest.store.digests import undelivered

    if not config.digest.recipients:
        raise ConfigError((f"{config.path}: digest.recipients: nobody to send to; add [[digest.recipients]]",))
    if not config.database_path.exists():
        raise NotFound(f"{config.database_path}: no database yet; `samewire poll` or `samewire run` makes it")
    password = smtp_password(config)
    # What was not delivered is told at the end, with the server's words.
    common.start_logging(config, verbose=False, otherwise="error")

    async def work() -> tuple[int, list[tuple[str, str, str]]]:
        with open_desk(
            config,
            for_command="samewire digest --send",
            clock=common.now,
            rng=random.Random(),
            headers_of=lambda _url: (),
        ) as desk:
            await desk.write(_call_back, desk.store)
            sent = await deliver_due(desk, password, patience=timedelta(0))
            return sent, undelivered(desk.store.connection)

    sent, waiting = asyncio.run(work())
    wanted = {recipient.address.casefold() for recipient in config.digest.recipients}
    failures = [failure for failure in waiting if failure[0].casefold() in wanted]
    idle = "" if sent or failures else "; nobody waits for a digest"
    listed = [dict(zip(("recipient", "reason", "answer"), failure, strict=True)) for failure in failures]
    common.say({"sent": sent, "failures": listed}, f"{common.count(sent, 'mail')} sent{idle}", as_json=as_json)
    for recipient, reason, answer in failures:
        click.echo(f"{recipient}: {reason}: {common.shortened(answer, 200)}; see [smtp] in {config.path}", err=True)
    if failures:
        raise SystemExit(1)


def _call_back(store: Store) -> None:
    """A person at the terminal has mended what was wrong: newest deliveries that no server took are due now.

    Where nothing says whether the mail arrived, the ledger's own time stands.
    """
    from ingest.errors import Reason
    from ingest.model import DeliveryStatus
    from ingest.store.digests import deliveries, record_delivery

    newest = {row.recipient: row for row in deliveries(store.connection, common.now().date() - timedelta(days=8))}
    for row in newest.values():
        untaken = row.status in (DeliveryStatus.LATER, DeliveryStatus.FAILED)
        if untaken and row.reason is not Reason.SMTP_BROKEN:
            record_delivery(store, replace(row, status=DeliveryStatus.LATER, next_at=common.now()))
