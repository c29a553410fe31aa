"""`samewire cluster` and `extract`: the core on files, without a database."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from ingest.cli import common
from ingest.errors import IngestError, Reason, SamewireError

if TYPE_CHECKING:
    from ingest.model import Article

WINDOW = timedelta(days=14)
MAX_PAGE_BYTES = 5 * 1024 * 1024


def window(ctx: click.Context) -> timedelta:
    """[match] window of the configuration, when there is one; the commands on files need none."""
    named = ctx.find_root().obj
    if named or Path(common.DEFAULT_CONFIG).exists():
        return common.configuration(ctx).match.window
    return WINDOW


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


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE|-...")
@click.option("--url", default="", help="Where the page came from; needed to resolve its links.")
def extract(files: tuple[str, ...], url: str) -> None:
    """Read the article in a saved page, or in many.

    One FILE (or - for stdin) gives one JSON object; several files, or a .jsonl of {id, url, html}, give JSON Lines in
    the order of the input, each with its id. A page without an article gives `text` null and a `reason`. Exit 1 only
    when no input could be read at all.

    \b
    Examples:
      samewire extract --url https://example.org/news/1 page.html
      curl -s https://example.org/news/1 | samewire extract -
      samewire extract pages/*.html > articles.jsonl
      samewire extract pages.jsonl > articles.jsonl
    """
    many = len(files) > 1 or any(name.endswith(".jsonl") for name in files)
    answered = 0
    for answer in _answers(files, url):
        answered += "error" not in answer
        if not many:
            answer.pop("id")
        click.echo(json.dumps(answer, ensure_ascii=False, default=common.plain))
    if not answered:
        raise SystemExit(1)


def _answers(files: tuple[str, ...], url: str) -> Iterator[dict[str, Any]]:
    """An answer for each page of each input, in order, each computed in a worker that can be killed."""
    from ingest.workers.pool import WorkerPool

    with WorkerPool(processes=1, task_timeout_s=20.0, memory_mb=512, preload=("ingest.extract.article",)) as pool:
        for name in files:
            try:
                for page_id, page_url, body in _pages(name, url):
                    yield _answer(pool, page_id, page_url, body)
            except OSError as exc:
                what = exc.strerror or str(exc)
                click.echo(f"{name}: {what}", err=True)
                if not name.endswith(".jsonl"):
                    yield _blank(name) | {"reason": Reason.UNREADABLE, "error": what}


def _pages(name: str, url: str) -> Iterator[tuple[str | int, str, bytes]]:
    if name.endswith(".jsonl"):
        with Path(name).open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                if not line.strip():
                    continue
                try:
                    yield _page_of(line, url)
                except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as exc:
                    # One bad line costs only itself; it has no id to answer under.
                    click.echo(f"{name}:{number}: expected an object with id, url and html: {_fault(exc)}", err=True)
        return
    if name == "-":
        yield "-", url, sys.stdin.buffer.read(MAX_PAGE_BYTES + 1)
        return
    with Path(name).open("rb") as page:
        yield name, url, page.read(MAX_PAGE_BYTES + 1)


def _page_of(line: bytes, url: str) -> tuple[str | int, str, bytes]:
    record = json.loads(line)
    page_id = record["id"] if isinstance(record["id"], int) else str(record["id"])
    return page_id, str(record.get("url") or url), str(record["html"]).encode("utf-8", "replace")


def _fault(exc: Exception) -> str:
    return f"no {exc}" if isinstance(exc, KeyError) else str(exc)


def _answer(pool: Any, page_id: str | int, url: str, body: bytes) -> dict[str, Any]:
    from ingest.extract.article import extract as extract_article
    from ingest.model import Page

    try:
        article: Article = pool.run_sync(extract_article, Page(url=url, body=body), subject=url or str(page_id))
    except IngestError as exc:
        return _blank(page_id) | {"reason": exc.reason}
    return {
        "id": page_id,
        "title": article.title,
        "text": article.text,
        "published_at": article.published_at,
        "byline": list(article.byline),
        "language": article.language,
        "canonical_url": article.canonical_url,
        "agency": article.agency,
        "confidence": round(article.confidence, 3),
        "reason": article.reason,
    }


def _blank(page_id: str | int) -> dict[str, Any]:
    names = ("title", "text", "published_at", "byline", "language", "canonical_url", "agency", "confidence", "reason")
    return {"id": page_id, **dict.fromkeys(names), "byline": [], "confidence": 0.0}
