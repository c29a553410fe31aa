"""`samewire cluster`: the matching on files, without a database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import click

from ingest.cli import common
from ingest.errors import SamewireError

WINDOW = timedelta(days=14)


def window(ctx: click.Context) -> timedelta:
    """[match] window of the configuration, when there is one; the commands on files need none."""
    config = common.configuration_if_any(ctx)
    return config.match.window if config else WINDOW


@click.command()
@click.argument("articles", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Write here instead of to stdout.")
@click.option(
    "--engine",
    type=click.Choice(["embedded", "spark"]),
    default="embedded",
    show_default=True,
    help="What does the work: this process, or Apache Spark on this machine's cores.",
)
@click.pass_context
def cluster(ctx: click.Context, articles: tuple[Path, ...], output: Path | None, engine: str) -> None:
    """Find the stories in a file of articles, or in archives.

    ARTICLES is JSON Lines, an article a line: id, title, text, and where known url, published_at, publisher, language.
    The answer has one line an article, in the same order: id, story, event, relation, score, via, reason, first.
    `story` is the id of the story's earliest article, `first` the one attributed as the first publication, or null
    where the evidence does not decide.

    Or folders that `samewire export --format parquet` wrote, of one newsroom or several together; an article's id is
    then NAME/NUMBER, and lines come by name and number.

    Both engines give the same answer. Spark needs the extra `samewire[spark]` and Java 17; docs/scaling.md says when it
    pays, and deploy/spark/ has the job for a cluster of machines.

    \b
    Examples:
      samewire cluster articles.jsonl > members.jsonl
      samewire cluster articles.jsonl --output members.jsonl
      samewire cluster --engine spark articles.jsonl --output members.jsonl
      samewire cluster --engine spark /archive --output members.jsonl
    """
    stories: set[str] = set()
    count = 0
    with common.written(output) as out, common.Meter() as meter:
        lines = _by_spark(articles, window(ctx), meter) if engine == "spark" else _here(articles, window(ctx), meter)
        for line, story in lines:
            out.write(line.encode("utf-8", "replace") + b"\n")
            stories.add(story)
            count += 1
    if output:
        click.echo(f"{count} articles in {len(stories)} stories: {output}", err=True)


def _here(articles: tuple[Path, ...], span: timedelta, meter: common.Meter) -> Iterator[tuple[str, str]]:
    """The lines of one file by the embedded engine, each with its story."""
    from ingest.pipeline.batch import match_articles, read_archives, read_articles

    found, matched = match_articles(
        read_archives(articles) if _are_archives(articles) else read_articles(articles[0]), span, meter.tell
    )
    _tell_caps(matched.stats.capped_postings, matched.stats.capped_candidates)
    for line in found:
        yield json.dumps(asdict(line), ensure_ascii=False), json.dumps(line.story)


def _by_spark(articles: tuple[Path, ...], span: timedelta, meter: common.Meter) -> Iterator[tuple[str, str]]:
    """The same by Spark."""
    from ingest.scale.session import missing

    if (problem := missing()) is not None:
        raise SamewireError(problem)
    from ingest.scale.engine import STAGES, cluster_files

    done: list[str] = []

    def told(stage: str) -> None:
        done.append(stage)
        meter.tell(stage, min(len(done), STAGES), STAGES)

    _are_archives(articles)
    yield from cluster_files(articles, window=span, told=told, capped=_tell_caps)


def _tell_caps(postings: int, candidates: int) -> None:
    """Say which caps bit; a flood of look-alikes is nobody's error."""
    if postings or candidates:
        told = f"{common.count(postings, 'posting')} of crowded phrases and {common.count(candidates, 'candidate')}"
        click.echo(f"left out by caps: {told}", err=True)


def _are_archives(articles: tuple[Path, ...]) -> bool:
    """Whether folders are named, and not one file. Raises UsageError for a mixture."""
    if len(articles) == 1 and not articles[0].is_dir():
        return False
    if not all(path.is_dir() for path in articles):
        raise click.UsageError("expected one file of JSON Lines, or folders that `export --format parquet` wrote")
    return True
