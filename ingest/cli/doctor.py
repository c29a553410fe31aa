"""`samewire doctor`: what is wrong in the database, what it means, and mending it."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import click

from ingest.cli import common
from ingest.errors import NotFound
from ingest.store.ailments import CHECKS
from ingest.store.backup import copy_beside
from ingest.store.connection import open_reader, open_writer
from ingest.store.doctor import Finding, examine, mend

if TYPE_CHECKING:
    from pathlib import Path

_COLOURS = {"ok": "green", "warning": "yellow", "error": "red"}


@click.command()
@click.option(
    "--mend", "mending", is_flag=True, help="Mend what can be mended, after a copy. Stop `samewire run` first."
)
@common.json_option()
@click.pass_context
def doctor(ctx: click.Context, mending: bool, as_json: bool) -> None:
    """Look for what is wrong in the database, and say what it means and what would be done about it.

    Looks at the file, at rows that point nowhere, at stories and their members, the full-text index, signatures, the
    ledgers of mails, and times that cannot be; docs/retention.md lists all of it. It only reads, beside a running
    daemon if there is one.

    --mend takes a copy first (DATABASE.before-mend-TIME), mends what it can, one line in the journal for each kind, and
    looks again. No member of a story, title or reason is deleted by it. What it can not mend is said with what you can
    do.

    Exit 0 when nothing is wrong, or only what costs nothing (warnings); 1 when something is left.

    \b
    Examples:
      samewire doctor
      samewire doctor --mend
      samewire doctor --json | jq '.findings[] | select(.level == "error")'
    """
    path = common.configuration(ctx).database_path
    copy, mended = _mended(path) if mending else (None, [])
    with closing(open_reader(path)) as connection:
        findings = list(examine(connection, path, common.now(), CHECKS))
    if as_json:
        common.print_json({"database": path, "copy": copy, "mended": mended, "findings": findings})
    else:
        for found in mended:
            click.echo(f"{click.style('mended ', fg='green')} {found.check}: {found.count}; {found.cure}")
        if copy:
            click.echo(f"        the database as it was before: {copy}")
        for found in findings:
            _print(found)
    if any(found.level == "error" for found in findings):
        raise SystemExit(1)


def _mended(path: Path) -> tuple[Path | None, list[Finding]]:
    """Mend what there is to mend. Returns the copy of before, and what was mended; no copy where nothing was wrong."""
    if not path.exists():
        raise NotFound(f"{path}: no database yet; `samewire poll` or `samewire run` makes it")
    with open_writer(path, for_command="samewire doctor --mend") as store:
        now = common.now()
        found = examine(store.connection, path, now, CHECKS)
        if not any(each.level != "ok" and each.can_be_mended for each in found):
            return None, []
        copy = path.with_name(f"{path.name}.before-mend-{now:%Y%m%dT%H%M%SZ}")
        copy_beside(store.connection, copy)
        return copy, [each for _, each in mend(store, path, now, CHECKS)]


def _print(found: Finding) -> None:
    click.echo(f"{click.style(f'{found.level:<7}', fg=_COLOURS[found.level])} {found.check}: {found.text}")
    if found.level == "ok":
        return
    named = ", ".join(common.shortened(subject, 120) for subject in found.subjects)
    more = f" and {found.count - len(found.subjects)} more" if found.count > len(found.subjects) else ""
    click.echo(f"        {named}{more}")
    click.echo(f"        {'--mend: ' if found.can_be_mended else ''}{found.cure}")
