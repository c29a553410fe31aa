"""`samewire status`: the one screen an operator wants. Loads nothing heavy."""

from __future__ import annotations

import shutil
import sqlite3
import sys
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import click

from ingest import __version__
from ingest.cli import common
from ingest.cli.health import MAX_AGE, MAX_LAG, Ill, ago, ills
from ingest.config import Config
from ingest.store import read
from ingest.store.connection import Beat, last_beat, open_reader
from ingest.store.read_operation import Queues, Sizes, ever, failures, queues, sizes

LOW_DISK_BYTES = 500 * 1024 * 1024
LARGE_WAL_BYTES = 512 * 1024 * 1024
#: Clears the screen from where the cursor goes: its upper left corner.
_HOME, _REST = "\x1b[H", "\x1b[J"
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The newsroom at one moment."""

    at: datetime
    beat: Beat | None
    status: read.Status
    queues: Queues
    sizes: Sizes
    failures: dict[str, int]  # of the last 24 hours
    ever: dict[str, int]

    @property
    def ills(self) -> list[Ill]:
        """What needs an operator."""
        found = ills(self.beat, self.queues, self.at, max_age=MAX_AGE, max_lag=MAX_LAG)
        if self.sizes.free < LOW_DISK_BYTES:
            found.append(Ill("disk", f"{size(self.sizes.free)} free where the database lies"))
        if self.sizes.wal > LARGE_WAL_BYTES:
            text = f"the write-ahead log has {size(self.sizes.wal)}: a reader that does not end keeps it from shrinking"
            found.append(Ill("wal", text))
        return found


@click.command()
@click.option(
    "--watch", "every_s", is_flag=False, flag_value=2.0, type=click.FloatRange(0.5, 3600), metavar="[SECONDS]",
    help="Keep it current on a terminal, every 2 seconds or so many, until Ctrl-C.",
)  # fmt: skip
@common.json_option()
@click.pass_context
def status(ctx: click.Context, every_s: float | None, as_json: bool) -> None:
    """Show on one screen how the newsroom is.

    Whether the daemon runs, what is behind, what failed and why, what was mailed, which limits bit and how much disk is
    left. What needs you stands first. A limit of ours that bit is counted, and nothing is dropped in silence.

    \b
    Examples:
      samewire status
      samewire status --watch            live, until Ctrl-C
      samewire status --watch 10
      samewire status --json | jq .failing_feeds
    """
    config = common.configuration(ctx)
    if every_s is None:
        found = look(config)
        common.say(_as_json(found), "\n".join(screen(config, found)), as_json=as_json)
        return
    if as_json or not sys.stdout.isatty():
        raise click.UsageError("--watch draws on a terminal; leave it out in a pipe and with --json")
    _watch(config, every_s)


def look(config: Config) -> Look:
    """Ask everything once. Raises NotFound, StoreError."""
    path, now = config.database_path, common.now()
    with closing(open_reader(path)) as connection:
        return Look(
            at=now,
            beat=last_beat(path),
            status=read.status(connection, now),
            queues=queues(connection, now),
            sizes=sizes(path),
            failures=failures(connection, now - _DAY),
            ever=ever(connection),
        )


def _as_json(found: Look) -> dict[str, object]:
    """The figures as before, and beside them what was added since."""
    return {
        **asdict(found.status),
        "version": __version__,
        "beat": found.beat,
        "queues": found.queues,
        "sizes": found.sizes,
        "failures_24h": found.failures,
        "ills": [ill._asdict() for ill in found.ills],
    }


def screen(config: Config, found: Look, before: Look | None = None) -> list[str]:
    """The lines of the screen. before: the look before this one, where the screen is kept current."""
    rows = [
        ("needs you", _needs(found)),
        ("daemon", _daemon(found)),
        *_of_polling(found),
        *_of_articles(found),
        *_of_mail(found),
        ("limits", ", ".join(f"{name} {n}×" for name, n in sorted(found.status.caps.items())) or "none bit"),
        ("database", f"{size(found.sizes.database)}, write-ahead log {size(found.sizes.wal)}, "
                     f"{size(found.sizes.free)} free: {config.database_path}"),
    ]  # fmt: skip
    if before is not None:
        rows.append(("just now", _since(before, found)))
    width = max(len(name) for name, _ in rows)
    head = f"samewire {__version__}, {common.moment(found.at)} UTC"
    return [head, "", *(f"{name:<{width}}  {common.visible(value)}" for name, value in rows)]


def _needs(found: Look) -> str:
    return "; ".join(f"{ill.reason}: {ill.text}" for ill in found.ills) or "nothing"


def _daemon(found: Look) -> str:
    if found.beat is None:
        return "was never here"
    age = ago(found.at - found.beat.at)
    return f"{found.beat.holder}, heard of {age} ago"


def _of_polling(found: Look) -> list[tuple[str, str]]:
    told, waiting = found.status, found.queues
    polls = sum(told.polls_24h.values())
    failed = told.polls_24h.get("error", 0) + told.polls_24h.get("refused", 0)
    why = ", ".join(f"{reason} {n}" for reason, n in found.failures.items())
    late = f", one for {ago(timedelta(seconds=waiting.overdue_s))}" if waiting.overdue_s >= 1 else ""
    shares = ", ".join(f"{n} {word}" for word, n in sorted(told.polls_24h.items()))
    return [
        ("feeds", ", ".join(f"{n} {word}" for word, n in sorted(told.feeds.items())) or "none; `samewire add URL`"),
        ("failing", f"{told.failing_feeds} (see `samewire feeds`)" if told.failing_feeds else "none"),
        ("due now", f"{waiting.feeds_due}{late}"),
        ("last poll", common.moment(told.last_poll_at)),
        ("polls, 24 h", f"{polls}: {shares}" if polls else "none"),
        ("failed, 24 h", f"{failed}: {why}" if failed else "none"),
    ]


def _of_articles(found: Look) -> list[tuple[str, str]]:
    told, waiting = found.status, found.queues
    corrections = common.count(waiting.corrections, "correction")
    withdrawn = f"{told.withdrawn_7d} in 7 days (view `withdrawn`)" if told.withdrawn_7d else "none in 7 days"
    return [
        ("articles", f"{told.articles}, {told.articles_24h} in the last 24 h"),
        ("stories", str(told.stories)),
        ("backlog", f"{waiting.pages_waiting} pages to fetch, {waiting.pages_due} of them now; "
                    f"{waiting.to_match} articles to match; {corrections} to apply"),
        ("texts, 7 d", ", ".join(f"{n} {word.replace('_', ' ')}" for word, n in told.yields.items())),
        ("yield", _yield_line(told)),
        ("withdrawn", withdrawn),
    ]  # fmt: skip


def _of_mail(found: Look) -> list[tuple[str, str]]:
    waiting = found.queues
    alerts = f"{waiting.alerts} to be put into messages, {waiting.messages} messages to be taken"
    return [
        ("last digest", _digest_line(found.status)),
        ("alerts", alerts if waiting.alerts or waiting.messages else "none waits"),
    ]


def _yield_line(found: read.Status) -> str:
    if not found.dropped:
        return "as before"
    names = ", ".join(common.shortened(name, 40) for name in found.dropped[:5])
    more = f" and {len(found.dropped) - 5} more" if len(found.dropped) > 5 else ""
    return f"dropped at {names}{more}: far fewer texts in full than in the weeks before (view `publisher_yield`)"


def _digest_line(found: read.Status) -> str:
    if not found.last_digest:
        return "none yet"
    sent = ", ".join(f"{n} {word}" for word, n in sorted(found.deliveries.items()))
    return f"{found.last_digest}: {sent or 'built, not sent'}"


def _since(before: Look, found: Look) -> str:
    seconds = (found.at - before.at).total_seconds()
    grown = {name: found.ever.get(name, 0) - before.ever.get(name, 0) for name in ("polls", "entries", "articles")}
    return ", ".join(f"+{n} {name}" for name, n in grown.items()) + f" in {seconds:.0f} s"


def size(count: int) -> str:
    """Bytes for people."""
    for unit, of in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= of:
            return f"{count / of:.1f} {unit}"
    return f"{count} B"


def _watch(config: Config, every_s: float, *, sleep: Callable[[float], None] = time.sleep) -> None:
    before: Look | None = None
    click.echo("\x1b[2J", nl=False)
    try:
        while True:
            try:
                found = look(config)
                lines = screen(config, found, before)
                before = found
            except sqlite3.OperationalError as exc:  # busy for a moment: the next look tells
                lines = [f"the database does not answer: {exc}"]
            columns, rows = shutil.get_terminal_size()
            shown = [line[:columns] for line in lines[: max(1, rows - 1)]]
            click.echo(_HOME + "".join(f"{line}\x1b[K\n" for line in shown) + _REST, nl=False)
            sleep(every_s)
    except KeyboardInterrupt:
        click.echo()
