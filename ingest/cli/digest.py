"""`samewire digest`: a day's digest, shown, written or sent."""

from __future__ import annotations

import asyncio
import random
from datetime import date, datetime
from pathlib import Path

import click

from ingest.cli import common
from ingest.errors import ConfigError, SamewireError


@click.command()
@click.option("--date", "day_text", metavar="YYYY-MM-DD", help="Of which day.  [default: the last that is due]")
@click.option("--preview", type=click.Path(dir_okay=False, path_type=Path), help="Write the HTML to this file.")
@click.option("--send", "do_send", is_flag=True, help="Send what is due to every recipient who has not had it.")
@click.pass_context
def digest(ctx: click.Context, day_text: str | None, preview: Path | None, do_send: bool) -> None:
    """Show, write or send the digest of a day.

    A day's digest holds what was first seen in the 24 hours before digest.at of that day. Without an option it is
    printed as plain text. --send mails the last digest that is due: nobody gets one twice, and one that could not be
    delivered is tried again.
    """
    from ingest.pipeline.digests import build_digest
    from ingest.publish.digest import html_of, text_of
    from ingest.publish.schedule import digest_window, latest_due

    config = common.configuration(ctx)
    if do_send:
        if day_text:
            raise click.UsageError("--send goes with the last digest that is due, not with --date")
        _send(ctx)
        return
    day = _day(day_text) if day_text else latest_due(common.now(), config.digest.timezone, config.digest.at)
    since, until = digest_window(day, config.digest.timezone, config.digest.at)
    recipient = config.digest.recipients[0].address if config.digest.recipients else "reader@localhost"
    message, _ = build_digest(config, recipient=recipient, day=day, since=since, until=until)
    if preview is None:
        click.echo(text_of(message))
        return
    try:
        preview.write_text(html_of(message), encoding="utf-8")
    except OSError as exc:
        raise SamewireError(f"{preview}: {exc.strerror}") from exc
    click.echo(f"wrote {preview}: {message['Subject']}")


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a date has no zone
    except ValueError as exc:
        raise click.UsageError(f'--date takes a day such as "2026-05-01", not {text!r}') from exc


def _send(ctx: click.Context) -> None:
    from ingest.pipeline.credentials import smtp_password
    from ingest.pipeline.desk import open_desk
    from ingest.pipeline.digests import deliver_due
    from ingest.store.read import digest_failures

    config = common.configuration(ctx)
    if not config.digest.recipients:
        raise ConfigError((f"{config.path}: digest.recipients: nobody to send to; add [[digest.recipients]]",))
    password = smtp_password(config)
    common.start_logging(verbose=False)

    async def work() -> tuple[int, list[tuple[str, str, str]]]:
        with open_desk(
            config,
            for_command="samewire digest --send",
            clock=common.now,
            rng=random.Random(),
            headers_of=lambda _url: (),
        ) as desk:
            sent = await deliver_due(desk, password)
            return sent, digest_failures(desk.store.connection)

    sent, failures = asyncio.run(work())
    click.echo(f"{sent} sent")
    for recipient, reason, answer in failures:
        click.echo(f"{recipient}: {reason}: {common.shortened(answer, 200)}; see [smtp] in {config.path}", err=True)
    if failures:
        raise SystemExit(1)
