"""`samewire cluster`: the matching on files, without a database."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import IO

import click

from ingest.cli import common
from ingest.errors import SamewireError

WINDOW = timedelta(days=14)


def window(ctx: click.Context) -> timedelta:
    """[match] window of the configuration, when there is one; the commands on files need none."""
    config = common.configuration_if_any(ctx)
    return config.match.window if config else WINDOW


@click.command()
@click.argument("articles", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write here instead of to stdout.")
@click.option(
    "--engine", type=click.Choice(["embedded"]), default="embedded", show_default=True, help="What does the work."
)
@click.pass_context
def cluster(ctx: click.Context, articles: Path, output: Path | None, engine: str) -> None:
    """Find the stories in a file of articles.

    ARTICLES is JSON Lines, an article a line: id, title, text, and where known url, published_at, publisher, language.
    The answer has one line an article, in the same order: id, story, event, relation, score, via, reason, first.
    `story` is the id of the story's earliest article, `first` the one attributed as the first publication, or null
    where the evidence does not decide.

    \b
    Examples:
      samewire cluster articles.jsonl > members.jsonl
      samewire cluster articles.jsonl --output members.jsonl
    """
    from ingest.pipeline.batch import match_articles, read_articles

    with common.Meter() as meter:
        lines, _ = match_articles(read_articles(articles), window(ctx), meter.tell)
    with _opened(output) as out:
        for line in lines:
            out.write(json.dumps(asdict(line), ensure_ascii=False) + "\n")
    if output:
        click.echo(f"{len(lines)} articles in {len({line.story for line in lines})} stories: {output}", err=True)


def _opened(output: Path | None) -> IO[str]:
    if output is None:
        return os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    try:
        return output.open("w", encoding="utf-8")
    except OSError as exc:
        raise SamewireError(f"{output}: {exc.strerror}") from exc
