"""`samewire init`, `check` and `config`: a configuration, what is wrong with it, and how it is understood."""

from __future__ import annotations

import json
import os
import shutil
import socket
import stat
from contextlib import closing
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from ingest.cli import common
from ingest.config import load, loads
from ingest.errors import SamewireError

if TYPE_CHECKING:
    from ingest.config import Config

LOW_DISK_BYTES = 500 * 1024 * 1024


def default_text() -> str:
    """The commented default configuration that comes with the package."""
    return (files("ingest.config") / "default.toml").read_text(encoding="utf-8")


@click.command()
@click.argument("path", type=click.Path(path_type=Path), default=Path("config.toml"))
@click.option("--force", is_flag=True, help="Replace a file that is there already.")
@click.option("--database", metavar="FILE", help="Where the database is to be.  [default: newsroom.db, beside PATH]")
def init(path: Path, force: bool, database: str | None) -> None:
    """Write a commented config.toml (or PATH), with a starter list of feeds to choose from.

    \b
    Examples:
      samewire init
      samewire init /etc/samewire/config.toml --database /var/lib/samewire/newsroom.db
    """
    if path.exists() and not force:
        raise SamewireError(f"{path}: is there already; --force replaces it")
    text = default_text()
    if database is not None:
        named = json.dumps(database, ensure_ascii=False)  # a basic string of TOML is spelled as one of JSON
        text = text.replace('path = "newsroom.db"', f"path = {named}", 1)
        loads(text, path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as exc:
        raise SamewireError(f"{path}: {exc.strerror}") from exc
    click.echo(f"wrote {path}; set poll.contact, choose feeds, then: samewire --config {path} check")


class Finding(NamedTuple):
    """One thing that was looked at."""

    level: str  # ok, warning, error
    what: str
    text: str


@click.command()
@common.json_option()
@click.pass_context
def check(ctx: click.Context, as_json: bool) -> None:
    """Check configuration, database, disk and mail server, and say what is wrong and where.

    Exit 0 when samewire can run (warnings included), 1 when something must be mended, 2 when the configuration is
    faulty.
    """
    from ingest.pipeline.alerting import read_secrets
    from ingest.pipeline.credentials import headers_by_feed
    from ingest.pipeline.watching import read_queries

    loaded = load(Path(ctx.find_root().obj or common.DEFAULT_CONFIG))
    config = loaded.config
    findings = [Finding("warning", "configuration", line) for line in loaded.warnings]
    headers_by_feed(config)
    read_secrets(config)
    read_queries(config)
    findings += [*_secret_modes(config), *_database(config), *_disk(config), *_smtp(config)]
    if not config.feeds:
        findings.append(Finding("warning", "feeds", "the configuration lists none; `samewire add URL` adds one"))
    if as_json:
        common.print_json([finding._asdict() for finding in findings])
    else:
        for finding in findings:
            colour = {"ok": "green", "warning": "yellow", "error": "red"}[finding.level]
            click.echo(f"{click.style(f'{finding.level:<7}', fg=colour)} {finding.what}: {finding.text}")
    if any(finding.level == "error" for finding in findings):
        raise SystemExit(1)


def _secret_modes(config: Config) -> list[Finding]:
    hooks = [watch.webhook_secret_file for watch in config.watches]
    named = [
        config.smtp.password_file,
        *hooks,
        *(f for feed in config.feeds for f in (feed.password_file, feed.headers_file)),
    ]
    open_files = [
        path
        for path in (config.resolve(name) for name in named if name)
        if path.exists() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    ]
    return [
        Finding("warning", "secrets", f"{path} can be read by others; chmod 600 {path}")
        for path in dict.fromkeys(open_files)
    ]


def _database(config: Config) -> list[Finding]:
    from ingest.store.connection import open_reader

    path = config.database_path
    if not path.exists():
        writable = os.access(path.parent if path.parent.exists() else path.parent.parent, os.W_OK)
        level, text = ("ok", "will be made at the first run") if writable else ("error", "its folder is not writable")
        return [Finding(level, "database", f"{path}: {text}")]
    try:
        with closing(open_reader(path)) as connection:
            answer = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except SamewireError as exc:
        return [Finding("error", "database", str(exc))]
    if answer != "ok":
        return [Finding("error", "database", f"{path}: {answer}; restore a backup")]
    return [Finding("ok", "database", f"{path} ({path.stat().st_size / 1e6:.1f} MB)")]


def _disk(config: Config) -> list[Finding]:
    folder = config.database_path.parent
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    level = "ok" if free > LOW_DISK_BYTES else "warning"
    return [Finding(level, "disk", f"{free / 1e9:.1f} GB free at {folder}")]


def _smtp(config: Config) -> list[Finding]:
    if not config.digest.recipients and not any(watch.mail for watch in config.watches):
        return [Finding("ok", "mail", "no recipients, so no mail is sent")]
    where = f"{config.smtp.host}:{config.smtp.port}"
    try:
        with socket.create_connection((config.smtp.host, config.smtp.port), timeout=10):
            pass
    except OSError as exc:
        return [Finding("error", "mail", f"{where}: {exc}; see [smtp] in {config.path}")]
    return [Finding("ok", "mail", f"{where} answers; {len(config.digest.recipients)} recipients")]


@click.group()
def config() -> None:
    """Show the configuration as it is understood, secrets left out."""


@config.command()
@click.pass_context
def show(ctx: click.Context) -> None:
    """Print every key with its value, the defaults included, as JSON. Secrets stay in their files."""
    from ingest.text.urls import mask, stand_in

    found = asdict(common.configuration(ctx))
    for feed in found["feeds"]:
        feed["url"] = mask(feed["url"])
    found["poll"]["proxy"] = mask(found["poll"]["proxy"])
    for table, key in (("poll", "callback"), ("digest", "unsubscribe"), ("web", "public_url")):
        found[table][key] = mask(found[table][key]) if found[table][key] else None
    for watch in found["watches"]:
        watch["webhook"] = stand_in(watch["webhook"]) if watch["webhook"] else None
    common.print_json(found)
