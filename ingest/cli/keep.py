"""`samewire backup`, `restore`, `prune` and `reprocess`: keep a database for years."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ingest.cli import common
from ingest.errors import NotFound
from ingest.store.backup import back_up, need_room
from ingest.store.connection import open_reader, open_writer, writers_lock
from ingest.store.restore import check_backup, put_back
from ingest.store.retention import file_bytes, rewrite

if TYPE_CHECKING:
    from collections.abc import Callable

    from ingest.config import Config
    from ingest.pipeline.again import Again
    from ingest.pipeline.matching import Matcher
    from ingest.store.connection import Store


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@common.json_option()
@click.pass_context
def backup(ctx: click.Context, file: Path, as_json: bool) -> None:
    """Copy the database to FILE, a new name, while it is in use. The copy is checked before it gets that name.

    \b
    Example:
      samewire backup newsroom-2026-05-01.db
    """
    config = common.configuration(ctx)
    with closing(open_reader(config.database_path)) as source, common.Meter() as meter:
        size = back_up(source, file, meter.tell)
    common.say({"file": file, "bytes": size}, f"wrote {file} ({size / 1e6:.1f} MB)", as_json=as_json)


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@common.json_option()
@click.pass_context
def restore(ctx: click.Context, file: Path, as_json: bool) -> None:
    """Put a backup back in the database's place. What was there is kept beside it, under another name.

    The backup is checked first, and stays as it is. Stop `samewire run` and `samewire serve` before, and start them
    again afterwards; feeds show again what the backup does not have, as long as they list it.

    \b
    Example:
      samewire restore newsroom-2026-05-01.db
    """
    config = common.configuration(ctx)
    path = config.database_path
    with writers_lock(path, for_command="samewire restore"), common.Meter() as meter:
        schema = check_backup(file)
        kept = put_back(file, path, common.now(), meter.tell)
    told = f"{path} is {file} now (schema {schema})" + (f"; what was there is {kept}" if kept else "")
    common.say({"database": path, "schema": schema, "kept": kept}, told, as_json=as_json)


@click.command()
@click.option("--vacuum", is_flag=True, help="Then rewrite the file without its free pages; needs room for a copy.")
@common.json_option()
@click.pass_context
def prune(ctx: click.Context, vacuum: bool, as_json: bool) -> None:
    """Let go of what [retention] says is old enough; the daemon does this by itself once a day.

    Polls are added up to days; what became of events in digests, and pairs that were told apart and lay nowhere near a
    line, go; so do texts, kept pages and lines of the journal that other tables repeat, where [retention] names a time
    for them. No article leaves its story: its title, hashes, relation and reasons stay, and `pruned_at` says when its
    text went. docs/retention.md has the rules.

    The room that becomes free is given back to the file system. A database older than schema 11 keeps no track of it:
    `--vacuum` once rewrites the file so that it does.

    \b
    Examples:
      samewire prune
      samewire prune --vacuum --json
    """
    from ingest.pipeline.pruning import KINDS, prune_by_rule, summed

    config = common.configuration(ctx)
    path = config.database_path
    with _existing(path, "samewire prune") as store:
        size = file_bytes(store.connection)
        gone = summed(prune_by_rule(store, config, common.now()))
        if vacuum:
            need_room(path.parent, 2 * size, "rewriting the file")
            rewrite(store.connection)
        freed = size - file_bytes(store.connection)
    told = ", ".join(f"{gone[kind]} {words}" for kind, words in KINDS.items() if gone[kind]) or "nothing was old enough"
    found = {kind: gone[kind] for kind in KINDS} | {"freed_bytes": freed}
    common.say(found, f"{told}; {freed / 1e6:.1f} MB given back", as_json=as_json)


@click.command()
@click.option("--dry-run", is_flag=True, help="Only say which stories would change, and why. Nothing is written.")
@click.option(
    "--limit",
    type=click.IntRange(0, 100_000),
    default=20,
    show_default=True,
    metavar="N",
    help="With --dry-run: how many changes of each kind are listed; --json lists all.",
)
@click.option("--pages", is_flag=True, help="First read the kept pages again (extract.keep_pages), then match.")
@click.option("--rest", is_flag=True, help="Go on with what a run that was stopped left, and begin nothing anew.")
@common.json_option()
@click.pass_context
def reprocess(ctx: click.Context, dry_run: bool, limit: int, pages: bool, rest: bool, as_json: bool) -> None:
    """Match every article again, after an upgrade or a change of [match].

    --pages reads every kept page again with this version and the present [[extract.rules]]: a better reading replaces
    the text, which is no revision of the publisher's; a page that gives no article any more leaves its text as it is.

    Corrections that people made are obeyed; ids of stories stay where they can. It can be stopped at any time: --rest,
    or the daemon, goes on where it stopped; without --rest everything is matched from the beginning.

    --dry-run does it to a copy of the database in the folder for temporary files (TMPDIR), beside a running daemon if
    there is one, and lists the stories that would be split or merged, the articles that would become something else in
    their story, and the stories that would name another first publication, each with the verdict that decides. Run it
    after an upgrade and before the daemon: the database itself is not upgraded by it.

    \b
    Examples:
      samewire reprocess --dry-run
      samewire reprocess --dry-run --json | jq .counts
      samewire reprocess
      samewire reprocess --rest
      samewire reprocess --pages
    """
    from ingest.pipeline.matching import Matcher
    from ingest.pipeline.rehearsal import match_again, match_rest

    config = common.configuration(ctx)

    def matcher() -> Matcher:
        return Matcher.of(config.match)

    if rest and (dry_run or pages):
        raise click.UsageError("--rest goes on with a run that was stopped; it goes with neither --dry-run nor --pages")
    if dry_run and pages:
        raise click.UsageError("--dry-run works on a copy and reads no pages; leave --pages out")
    if dry_run:
        _rehearse(config, matcher, limit=limit, as_json=as_json)
        return
    with _existing(config.database_path, "samewire reprocess") as store, common.Meter() as meter:
        again = _read_pages(store, config, meter) if pages else None
        again_or_rest = match_rest if rest else match_again
        done = again_or_rest(store, matcher(), common.now(), meter.tell)
    found = {"matched": done} | (asdict(again) if again else {})
    told = f"{common.count(done, 'article')} matched"
    if again:
        told = f"{common.count(again.read, 'page')} read, {again.changed} texts changed, {again.failed} failed; {told}"
    common.say(found, told, as_json=as_json)


def _read_pages(store: Store, config: Config, meter: common.Meter) -> Again:
    from ingest.pipeline.again import read_kept
    from ingest.pipeline.desk import PARSE_TIMEOUT_S, WORKER_MEMORY_MB
    from ingest.workers.pool import WorkerPool

    preload = ("ingest.extract.article", "trafilatura")
    with WorkerPool(
        processes=os.cpu_count() or 1, task_timeout_s=PARSE_TIMEOUT_S, memory_mb=WORKER_MEMORY_MB, preload=preload
    ) as pool:
        return read_kept(store, config, pool, common.now(), meter.tell)


def _rehearse(config: Config, matcher: Callable[[], Matcher], *, limit: int, as_json: bool) -> None:
    from ingest.cli.rehearse import print_rehearsal
    from ingest.pipeline.rehearsal import rehearse

    with common.Meter() as meter:
        found = rehearse(config.database_path, matcher, common.now(), meter.tell)
    if as_json:
        common.print_json(found)
    else:
        print_rehearsal(found, limit=limit)


def _existing(path: Path, command: str) -> Store:
    """The database for writing, which must be there: there is nothing to keep in a new one."""
    if not path.exists():
        raise NotFound(f"{path}: no database yet; `samewire poll` or `samewire run` makes it")
    return open_writer(path, for_command=command)
