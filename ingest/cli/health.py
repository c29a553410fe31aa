"""`samewire healthcheck`: whether somebody polls, for containers, cron and people. Loads nothing heavy."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from typing import NamedTuple

import click

from ingest.cli import common
from ingest.config.values import parse_duration
from ingest.errors import SamewireError
from ingest.store.connection import Beat, last_beat, open_reader
from ingest.store.read_operation import Queues, queues

#: The daemon shows itself every five seconds.
MAX_AGE, MAX_LAG = timedelta(seconds=60), timedelta(hours=1)
ASKED_S = 5.0
#: Whose sign of life means that feeds are polled.
_POLLING = ("samewire run", "samewire poll")


class Ill(NamedTuple):
    """One thing that is wrong: a word for machines, and a sentence with what to do."""

    reason: str
    text: str


def ills(
    beat: Beat | None, waiting: Queues | None, now: datetime, *, max_age: timedelta, max_lag: timedelta
) -> list[Ill]:
    """What is wrong, by the marks that whoever polls leaves in and beside the database.

    beat: the last sign of life. waiting: None where the database cannot be read.
    """
    found = []
    if beat is None:
        found.append(Ill("never", "nobody has polled here yet; start `samewire run`"))
    elif not beat.holder.startswith(_POLLING):
        found.append(Ill("silent", f"the last to write was {beat.holder}; start `samewire run`"))
    elif now - beat.at > max_age:
        text = f"{beat.holder} was heard of last {ago(now - beat.at)} ago; does it run, and what does its log say?"
        found.append(Ill("silent", text))
    if waiting is not None and waiting.overdue_s > max_lag.total_seconds():
        late = timedelta(seconds=waiting.overdue_s)
        found.append(Ill("overdue", f"{common.count(waiting.feeds_due, 'feed')} due, one for {ago(late)} already"))
    return found


def ago(span: timedelta) -> str:
    """A length of time for people."""
    seconds = int(span.total_seconds())
    for unit, of in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * of:
            return f"{seconds // of} {unit}"
    return f"{seconds} s"


def _span(_ctx: click.Context, option: click.Parameter, value: str) -> timedelta:
    found = parse_duration(value)
    if found is None:
        raise click.UsageError(f'--{option.name} takes a duration such as "60s", "15m" or "2h", not {value!r}')
    return found


@click.command()
@click.option(
    "--max-age", default="60s", show_default=True, callback=_span, metavar="DURATION",
    help="So old may the last sign of life be. Where cron runs `samewire poll`, three of its turns.",
)  # fmt: skip
@click.option(
    "--max-lag", default="1h", show_default=True, callback=_span, metavar="DURATION",
    help="So far may the feed that waits longest be behind its time.",
)  # fmt: skip
@common.json_option()
@click.pass_context
def healthcheck(ctx: click.Context, max_age: timedelta, max_lag: timedelta, as_json: bool) -> None:
    """Say by the exit code whether the daemon is well: 0 it is, 1 it is not, and the output says why.

    It looks at the marks in and beside the database: the sign of life that `samewire run` gives every five seconds
    when its dispatcher goes round and its writer can write, and how far feeds are behind their time. Where
    metrics.listen is set, /healthz there is asked too. It needs no right to write.

    \b
    Examples:
      samewire healthcheck
      samewire healthcheck --max-age 30m           where cron polls every ten minutes
      samewire healthcheck --json | jq .ills
    """
    config, now = common.configuration(ctx), common.now()
    path, found = config.database_path, list[Ill]()
    beat, waiting = last_beat(path), None
    try:
        with closing(open_reader(path)) as connection:
            waiting = queues(connection, now)
    except (SamewireError, sqlite3.Error) as exc:
        found.append(Ill("database", str(exc)))
    found += ills(beat, waiting, now, max_age=max_age, max_lag=max_lag)
    if config.metrics.listen and beat is not None and beat.holder.startswith("samewire run"):
        found += _asked(config.metrics.listen)
    if as_json:
        told = {"healthy": not found, "ills": [ill._asdict() for ill in found], "beat": beat, "queues": waiting}
        common.print_json(told)
    else:
        for ill in found:
            click.echo(f"{ill.reason}: {common.visible(ill.text)}")
        if not found and beat is not None:
            click.echo(f"ok: {beat.holder}, heard of {ago(now - beat.at)} ago")
    if found:
        raise SystemExit(1)


def _asked(where: str) -> list[Ill]:
    """What the daemon says of itself at metrics.listen."""
    import http.client  # which loads ssl

    host, _, port = where.rpartition(":")
    try:
        with closing(http.client.HTTPConnection(host.strip("[]"), int(port), timeout=ASKED_S)) as connection:
            connection.request("GET", "/healthz")
            answer = connection.getresponse()
            said = answer.read(4096).decode("utf-8", "replace").strip()
    except (OSError, http.client.HTTPException) as exc:
        return [Ill("http", f"{where} does not answer: {exc}")]
    return (
        [] if answer.status == 200 else [Ill("http", line) for line in said.splitlines()[:10] or [f"{answer.status}"]]
    )
