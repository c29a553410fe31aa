"""`samewire import` and `export`: feeds as OPML, articles as JSON Lines, CSV or Atom."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from ingest.cli import common
from ingest.errors import IngestError, SamewireError

FORMATS = ("opml", "jsonl", "csv", "atom")
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
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write here instead of to stdout.")
@click.pass_context
def export(ctx: click.Context, form: str, output: Path | None) -> None:
    """Write feeds as OPML, or articles as JSON Lines, CSV or Atom.

    \b
    opml    every feed, where and how an imported OPML file listed it, the others by publisher
    jsonl   every article with its story, relation and score; texts only when export.full_text is on
    csv     the same as a table, safe to open in a spreadsheet: cells that begin with = + - @ get a leading '
    atom    the latest stories, for a feed reader

    \b
    Examples:
      samewire export --format opml --output feeds.opml
      samewire export --format jsonl | gzip > articles.jsonl.gz
    """
    from ingest.pipeline.transfer import exported

    config = common.configuration(ctx)
    try:
        with output.open("wb") if output else open(sys.stdout.fileno(), "wb", closefd=False) as out:
            for chunk in exported(config, form, common.now()):
                out.write(chunk)
    except BrokenPipeError:
        raise
    except OSError as exc:
        raise SamewireError(f"{output or 'stdout'}: {exc.strerror}") from exc


def _read(file: Path) -> bytes:
    if file.stat().st_size > MAX_OPML_BYTES:
        raise SamewireError(f"{file}: larger than {MAX_OPML_BYTES // 2**20} MiB, which no list of feeds is")
    return file.read_bytes()
