"""`samewire import` and `export`: feeds as OPML, articles and stories as JSON Lines, CSV or Atom."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from ingest.cli import common
from ingest.errors import IngestError, SamewireError

FORMATS = ("opml", "jsonl", "csv", "atom", "parquet")
MAX_OPML_BYTES = 20 * 1024 * 1024


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@common.json_option()
@click.pass_context
def import_(ctx: click.Context, file: Path, as_json: bool) -> None:
    """Take in feeds from OPML, or articles from JSON Lines.

    FILE.opml: every feed in it is added; known ones are left as they are. Folders and attributes are kept for
    `samewire export --format opml`. FILE.jsonl: an article a line, as `cluster`
    takes them; they are stored as extracted and matched with everything else, under the publisher that each names.

    \b
    Examples:
      samewire import feeds.opml
      samewire import archive.jsonl
    """
    config = common.configuration(ctx)
    if file.suffix.lower() in (".opml", ".xml"):
        from ingest.pipeline.transfer import import_opml

        try:
            added, known, refused = import_opml(config, _read(file), common.now())
        except IngestError as exc:
            raise SamewireError(f"{file}: {exc}") from exc
        for line in refused:
            click.echo(f"{file}: {line}", err=True)
        told = f"{common.count(added, 'feed')} added, {known} known already, {len(refused)} refused"
        common.say({"added": added, "known": known, "refused": refused}, told, as_json=as_json)
    elif file.suffix.lower() == ".jsonl":
        from ingest.pipeline.transfer import import_articles

        with common.Meter() as meter:
            new, known = import_articles(
                config, file, common.now(), lambda done, total: meter.tell("articles", done, total)
            )
        told = f"{common.count(new, 'article')} taken in and matched, {known} known already"
        common.say({"added": new, "known": known}, told, as_json=as_json)
    else:
        raise SamewireError(f"{file}: expected a name that ends in .opml or .jsonl")


@click.command()
@click.option("--format", "form", type=click.Choice(FORMATS), required=True, help="What to write.")
@click.option("--stories", "of_stories", is_flag=True, help="A row a story instead of one an article (jsonl, csv).")
@click.option("--watch", metavar="NAME", help="Only stories that this watch told of (jsonl, csv, atom).")
@click.option("--output", type=click.Path(path_type=Path), help="Write here instead of to stdout; parquet: a folder.")
@click.option("--daemon", metavar="NAME", help="What this newsroom is called in an archive of several (parquet).")
@common.json_option()
@click.pass_context
def export(
    ctx: click.Context,
    form: str,
    of_stories: bool,
    watch: str | None,
    output: Path | None,
    daemon: str | None,
    as_json: bool,
) -> None:
    """Write feeds as OPML, articles or stories as JSON Lines, CSV or Atom, or an archive as Parquet.

    \b
    opml    every feed, where and how an imported OPML file listed it, the others by publisher
    jsonl   every article with its story, relation and score; texts only when export.full_text is on.
            With --stories every story with its first publisher, its publishers and its members' ids
    csv     the same as a table, safe to open in a spreadsheet: cells that begin with = + - @ get a leading '
    atom    the latest stories, or those that a watch told of last, for a feed reader
    parquet what matching needs of every article, by daemon and date, for `samewire cluster`; run again it adds
            what is new or has changed since. Texts only when export.full_text is on; redacted ones never

    However large the database, an export needs little memory. A file appears under its name when it is whole.

    \b
    Examples:
      samewire export --format opml --output feeds.opml
      samewire export --format jsonl | gzip > articles.jsonl.gz
      samewire export --format csv --stories --watch summit --output summit.csv
      samewire export --format parquet --daemon berlin --output /archive
    """
    from ingest.pipeline.transfer import Wanted, exported

    if form == "opml" and (of_stories or watch):
        raise click.UsageError("--format opml writes feeds; it goes with neither --stories nor --watch")
    if form == "atom" and of_stories:
        raise click.UsageError("--format atom writes stories anyway; leave --stories out")
    if form == "parquet":
        if of_stories or watch:
            raise click.UsageError("--format parquet writes every article; it goes with neither --stories nor --watch")
        _archive(ctx, output, daemon, as_json=as_json)
        return
    if daemon or as_json:
        raise click.UsageError("--daemon and --json go with --format parquet")
    if output and output.is_dir():
        raise click.UsageError(f"--output {output} is a folder, which only --format parquet writes")
    config = common.configuration(ctx)
    wanted = Wanted(form=form, of_stories=of_stories, watch=watch)
    noun = "stories" if of_stories else "articles"
    with common.Meter() as meter:
        _write(exported(config, wanted, common.now(), lambda done, total: meter.tell(noun, done, total)), output)


def _archive(ctx: click.Context, output: Path | None, daemon: str | None, *, as_json: bool) -> None:
    """Bring a Parquet archive up to the database."""
    import platform

    from ingest.pipeline.archiving import archived

    if output is None:
        raise click.UsageError("--format parquet needs --output FOLDER")
    config = common.configuration(ctx)
    with common.Meter() as meter:
        found = archived(
            config,
            output,
            daemon or platform.node() or "samewire",
            lambda done, total: meter.tell("articles", done, total),
        )
    told = f"{common.count(found.written, 'article')} written, {found.gone} taken out: {found.folder}"
    common.say(found, f"{told} ({common.count(found.held, 'row')}, {found.bytes / 1e6:.1f} MB)", as_json=as_json)


def _write(chunks: Iterator[bytes], output: Path | None) -> None:
    """Write to a file, which gets its name when it is whole, or to stdout."""
    with common.written(output) as out:
        for chunk in chunks:
            out.write(chunk)


def _read(file: Path) -> bytes:
    if file.stat().st_size > MAX_OPML_BYTES:
        raise SamewireError(f"{file}: larger than {MAX_OPML_BYTES // 2**20} MiB, which no list of feeds is")
    return file.read_bytes()
