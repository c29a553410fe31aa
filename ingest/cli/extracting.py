"""`samewire extract`: the article in saved pages, one or thousands, without a database."""

from __future__ import annotations

import json
import os
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from ingest.cli import common
from ingest.errors import IngestError, Reason

if TYPE_CHECKING:
    from ingest.config import Config
    from ingest.extract.article import Explanation
    from ingest.model import Article, Page
    from ingest.workers.pool import WorkerPool

Result = TypeVar("Result")

_TASK_TIMEOUT_S = 20.0
_MEMORY_MB = 512
#: So many pages a worker are read ahead of the one whose turn it is to be printed.
_AHEAD = 8
_SHOWN_CHARS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class _Input:
    """One page as it was given, or why there is none; done and total: how far its file is, in files or bytes."""

    id: str | int
    url: str = ""
    body: bytes = b""
    error: str | None = None
    done: int = 0
    total: int = 0


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE|-...")
@click.option("--url", default="", help="Where the page came from; needed to resolve its links.")
@click.option("--explain", is_flag=True, help="Show what each reader makes of the page, which was chosen, and why.")
@click.option("--metadata", is_flag=True, help="Add section, keywords, and the words that name the agency.")
@click.option("--jobs", type=click.IntRange(1, 256), help="How many pages are read at once.  [default: one a CPU]")
@click.pass_context
def extract(
    ctx: click.Context, files: tuple[str, ...], url: str, explain: bool, metadata: bool, jobs: int | None
) -> None:
    """Read the article in a saved page, or in many.

    One FILE (or - for stdin) gives one JSON object; several files, or a .jsonl of {id, url, html}, give JSON Lines in
    the order of the input, each with its id. A page without an article gives `text` null and a `reason`. Exit 1 only
    when no input could be read at all.

    Each page is read with care and by itself: what `samewire run` learns of a site's pages is not used here, nor is
    anything learned, so that an answer depends on nothing but its page.

    Where there is a configuration, its [[extract.rules]] are obeyed for pages whose --url or `url` is of the publisher
    they name; --explain shows what they select, beside what samewire would have found without them.

    \b
    Examples:
      samewire extract --url https://example.org/news/1 page.html
      samewire extract --url https://example.org/news/1 --explain page.html
      curl -s https://example.org/news/1 | samewire extract -
      samewire extract pages/*.html > articles.jsonl
      samewire extract --jobs 4 pages.jsonl > articles.jsonl
      samewire extract --metadata pages.jsonl | jq -r '.keywords[]' | sort | uniq -c
    """
    from ingest.workers.pool import WorkerPool

    jobs = jobs or os.cpu_count() or 1
    many = len(files) > 1 or any(name.endswith(".jsonl") for name in files)
    config = common.configuration_if_any(ctx)
    answered = 0
    with (
        WorkerPool(
            processes=jobs,
            task_timeout_s=_TASK_TIMEOUT_S,
            memory_mb=_MEMORY_MB,
            preload=("ingest.extract.article", "trafilatura"),
        ) as pool,
        ThreadPoolExecutor(jobs) as threads,
        common.Meter() as meter,
    ):
        ask = _explained if explain else partial(_answer, metadata=metadata)
        for given, answer in _in_order(threads, _inputs(files, url), lambda one: ask(pool, config, one), jobs * _AHEAD):
            answered += given.error is None
            if isinstance(answer, str):
                click.echo(answer)
            else:
                if not many:
                    answer.pop("id")
                click.echo(json.dumps(answer, ensure_ascii=False, default=common.plain))
            meter.tell("pages", given.done, given.total)
    if not answered:
        raise SystemExit(1)


def _in_order(
    threads: ThreadPoolExecutor, inputs: Iterable[_Input], work: Callable[[_Input], Result], ahead: int
) -> Iterator[tuple[_Input, Result]]:
    """Each input with its result, in the order of the inputs; so many are in memory at a time and no more."""
    waiting: deque[tuple[_Input, Future[Result]]] = deque()
    try:
        for given in inputs:
            waiting.append((given, threads.submit(work, given)))
            if len(waiting) >= ahead:
                first, future = waiting.popleft()
                yield first, future.result()
        while waiting:
            first, future = waiting.popleft()
            yield first, future.result()
    finally:
        for _, future in waiting:
            future.cancel()


def _inputs(files: tuple[str, ...], url: str) -> Iterator[_Input]:
    from ingest.model import MAX_PAGE_BYTES

    for number, name in enumerate(files, start=1):
        try:
            if name.endswith(".jsonl"):
                yield from _lines(name, url)
            elif name == "-":
                yield _Input(id="-", url=url, body=sys.stdin.buffer.read(MAX_PAGE_BYTES + 1))
            else:
                with Path(name).open("rb") as page:
                    body = page.read(MAX_PAGE_BYTES + 1)
                yield _Input(id=name, url=url, body=body, done=number, total=len(files))
        except OSError as exc:
            what = exc.strerror or str(exc)
            click.echo(f"{name}: {what}", err=True)
            if not name.endswith(".jsonl"):
                yield _Input(id=name, error=what, done=number, total=len(files))


def _lines(name: str, url: str) -> Iterator[_Input]:
    total = Path(name).stat().st_size
    done = 0
    with Path(name).open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            done += len(line)
            if not line.strip():
                continue
            try:
                record = json.loads(line)
                page_id = record["id"] if isinstance(record["id"], int) else str(record["id"])
                address, body = str(record.get("url") or url), str(record["html"]).encode("utf-8", "replace")
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as exc:
                # One bad line costs only itself; it has no id to answer under.
                click.echo(f"{name}:{number}: expected an object with id, url and html: {_fault(exc)}", err=True)
            else:
                yield _Input(id=page_id, url=address, body=body, done=done, total=total)


def _fault(exc: Exception) -> str:
    return f"no {exc}" if isinstance(exc, KeyError) else str(exc)


def _page(config: Config | None, given: _Input) -> Page:
    from ingest.model import Page
    from ingest.pipeline.site_rules import rules_for

    return Page(url=given.url, body=given.body, rules=rules_for(config, given.url) if config else None)


def _answer(pool: WorkerPool, config: Config | None, given: _Input, *, metadata: bool) -> dict[str, Any]:
    from ingest.extract.article import extract as extract_article

    blank = _blank(given.id) | (_topics(None) if metadata else {})
    if given.error is not None:
        return blank | {"reason": Reason.UNREADABLE, "error": given.error}
    try:
        page = _page(config, given)
        article: Article = pool.run_sync(extract_article, page, subject=given.url or str(given.id))
    except IngestError as exc:
        return blank | {"reason": exc.reason}
    answer = {
        "id": given.id,
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
    return answer | (_topics(article) if metadata else {})


def _topics(article: Article | None) -> dict[str, Any]:
    """What --metadata adds."""
    if article is None:
        return {"section": None, "keywords": [], "agency_evidence": None}
    return {
        "section": article.section,
        "keywords": list(article.keywords),
        "agency_evidence": article.agency_evidence,
    }


def _blank(page_id: str | int) -> dict[str, Any]:
    names = ("title", "text", "published_at", "byline", "language", "canonical_url", "agency", "confidence", "reason")
    return {"id": page_id, **dict.fromkeys(names), "byline": [], "confidence": 0.0}


def _explained(pool: WorkerPool, config: Config | None, given: _Input) -> str:
    """What each reader makes of a page, for people."""
    from ingest.extract.article import explain

    if given.error is not None:
        return f"{given.id}: {given.error}"
    try:
        found: Explanation = pool.run_sync(explain, _page(config, given), subject=given.url or str(given.id))
    except IngestError as exc:
        return f"{given.id}: {exc}"
    lines = [str(given.id)]
    for by, text, agreement in found.opinions:
        mark = "*" if by == found.chosen else " "
        if not text:
            lines.append(f"{mark} {by:<11} nothing")
            continue
        shown = [common.shortened(line, _SHOWN_CHARS) for line in (text.split("\n")[0], text.split("\n")[-1])]
        lines.append(f"{mark} {by:<11}{len(text):>7} characters, {agreement:4.0%} as chosen: {shown[0]} … {shown[1]}")
    lines.append(f"chosen: {found.chosen}, because {found.why}" if found.why else f"chosen: {found.chosen}")
    if found.refused:
        lines.append(f"refused all the same: {found.refused}")
    return "\n".join(lines)
