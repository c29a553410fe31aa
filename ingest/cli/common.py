"""What the commands share: the configuration, the clock, tables, JSON and progress."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, is_dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path
from types import TracebackType
from typing import IO, Any, TypeVar

import click

from ingest.config import Config, load
from ingest.errors import SamewireError

DEFAULT_CONFIG = "config.toml"

F = TypeVar("F", bound=Callable[..., Any])


def day(text: str) -> date:
    """The day that --date names. Raises UsageError for anything else."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a date has no zone
    except ValueError as exc:
        raise click.UsageError(f'--date takes a day such as "2026-05-01", not {text!r}') from exc


def now() -> datetime:
    """The present moment; commands read the clock here and nowhere else."""
    return datetime.now(UTC)


def configuration(ctx: click.Context, *, warn: bool = False) -> Config:
    """The configuration that --config names. Raises ConfigError, also when the file is missing."""
    loaded = load(Path(ctx.find_root().obj or DEFAULT_CONFIG))
    if warn:
        for line in loaded.warnings:
            click.echo(f"warning: {line}", err=True)
    return loaded.config


def configuration_if_any(ctx: click.Context) -> Config | None:
    """The configuration where one is named or lies in this folder; for commands on files, which need none."""
    if ctx.find_root().obj or Path(DEFAULT_CONFIG).exists():
        return configuration(ctx)
    return None


def person() -> str:
    """Who sits at the terminal, for the journal."""
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):  # no name for this user id, as in some containers
        return "somebody"


def need_addresses(urls: tuple[str, ...]) -> None:
    """Refuse, as a usage error, what no feed can be asked for at."""
    from ingest.text.urls import http_url, mask

    for url in urls:
        if http_url(url) is None:
            raise click.UsageError(
                f'not an address to poll: {mask(url)[:200]!r}; expected one such as "https://example.org/rss.xml"'
            )


def json_option() -> Callable[[F], F]:
    """The --json of everything that reports."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON instead of text for people.")


def print_json(value: object) -> None:
    """Print a value, dataclasses and times included, as JSON."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, default=plain))


def plain(value: object) -> object:
    """A value of ours as JSON knows it."""
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time_of_day):
        return value.isoformat(timespec="minutes")
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Iterable):
        return list(value)
    raise TypeError(f"no JSON for {type(value).__name__}")


def say(value: object, text: str, *, as_json: bool) -> None:
    """Print what a command did: the value as JSON, or the text for people."""
    if as_json:
        print_json(value)
    else:
        click.echo(text)


def count(number: int, noun: str) -> str:
    """A number with its noun: 1 feed, 2 feeds, 2 stories."""
    if number == 1:
        return f"1 {noun}"
    return f"{number} {noun[:-1]}ies" if noun.endswith("y") else f"{number} {noun}s"


def print_table(rows: Sequence[Sequence[object]], headers: Sequence[str]) -> None:
    """Print rows under their headers; control characters of strangers' titles are left out."""
    from tabulate import tabulate

    clean = [[visible(str(cell)) if cell is not None else "" for cell in row] for row in rows]
    click.echo(tabulate(clean, headers=list(headers), tablefmt="simple", disable_numparse=True))


def visible(text: str) -> str:
    """A stranger's text without what could move the cursor or turn the line around."""
    return "".join(c if c.isprintable() else " " for c in text)


def shortened(text: str, width: int) -> str:
    """A text of at most `width` characters."""
    flat = " ".join(visible(text).split())
    return flat if len(flat) <= width else flat[: width - 1] + "…"


def moment(at: datetime | None) -> str:
    """A time for people, in UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}" if at else "-"


def start_logging(config: Config, *, verbose: bool, otherwise: str | None = None) -> None:
    """Log to stderr as [log] says. otherwise: the level when nobody asked for every line; without it, log.level."""
    from ingest.pipeline import logbook

    logbook.start(level="info" if verbose else otherwise or config.log.level, style=config.log.format)


@contextmanager
def written(output: Path | None) -> Iterator[IO[bytes]]:
    """What to write to: a file that gets its name when it is whole, or stdout. Raises SamewireError."""
    # A pipe or a device is written to as it stands.
    part = output.with_name(f"{output.name}.part") if output and (output.is_file() or not output.exists()) else None
    target = part or output
    try:
        with target.open("wb") if target else open(sys.stdout.fileno(), "wb", closefd=False) as out:
            yield out
        if part and output:
            part.replace(output)
    except BrokenPipeError:
        raise
    except OSError as exc:
        raise SamewireError(f"{output or 'stdout'}: {exc.strerror}") from exc
    finally:
        if part:
            part.unlink(missing_ok=True)


class Meter(AbstractContextManager["Meter"]):
    """Progress of long work: a line that is rewritten on a terminal, nothing in a pipe."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._shown = not quiet and sys.stderr.isatty()
        self._last = 0.0

    def tell(self, stage: str, done: int, total: int) -> None:
        """Say how far a stage is."""
        if not self._shown or (time.monotonic() - self._last < 0.05 and done < total):
            return
        self._last = time.monotonic()
        filled = round(24 * done / total) if total else 24
        click.echo(f"\r\x1b[K{stage:<9} {'█' * filled}{'░' * (24 - filled)} {done}/{total}", nl=False, err=True)

    def __exit__(
        self, kind: type[BaseException] | None, exc: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            click.echo("\r\x1b[K", nl=False, err=True)
