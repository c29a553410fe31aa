"""Drive the sample newsroom through the whole trip: two editions, the stories judged against the labels, a digest."""

from __future__ import annotations

import asyncio
import random
import shutil
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ingest.config import Config, load
from ingest.demo.judge import Judged, judge
from ingest.demo.newsroom import Newsroom, load_newsroom
from ingest.demo.server import NewsroomServer
from ingest.errors import SamewireError
from ingest.model import StoryView
from ingest.pipeline.desk import open_desk
from ingest.pipeline.digests import build_digest, keep_everybodys
from ingest.pipeline.newsroom import sync_feeds
from ingest.pipeline.passes import PassReport, Progress, one_pass
from ingest.pipeline.sheets import everybody
from ingest.publish.digest import as_eml, html_of
from ingest.store import read
from ingest.store.connection import open_reader, open_writer

#: The newsroom opened so long before the demo starts, so that all its stamps lie in the past.
OPENED_BEFORE = timedelta(hours=10)
#: Stored times are cut to the second: what came this very second belongs to the digest.
CLOCK_SLACK = timedelta(seconds=1)
MARKER = "samewire.demo"

Say = Callable[[str], None]
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What the demo made."""

    config: Path
    database: Path
    eml: Path
    html: Path
    stories: tuple[StoryView, ...]
    judged: tuple[Judged, ...]

    @property
    def right(self) -> bool:
        """Whether both editions came out as labelled."""
        return all(judged.right for judged in self.judged)

    @property
    def verdict(self) -> str:
        """One line a edition, for people."""
        return "\n".join(
            f"edition {number}: {judged.articles} articles in {judged.stories} stories; against the labels "
            f"precision {judged.score.p:.3f}, recall {judged.score.r:.3f}; "
            f"first publisher right {judged.first_right}, wrong {judged.first_wrong}, open {judged.first_open}"
            + "".join(f"\n  {fault}" for fault in judged.faults)
            for number, judged in enumerate(self.judged, start=1)
        )


def drive(folder: Path, *, say: Say, tell: Tell) -> Report:
    """Run the demo in `folder`, which is emptied first when an earlier demo made it. Raises SamewireError."""
    _empty(folder)
    started_s = time.monotonic()
    newsroom, opened_at = load_newsroom(), datetime.now(UTC) - OPENED_BEFORE
    judged = []
    with NewsroomServer(newsroom, opened_at=opened_at) as server:
        path = folder / "config.toml"
        path.write_text(configuration(newsroom, server), encoding="utf-8")
        config = load(path).config
        urls = tuple(feed.url for feed in config.feeds)
        say(f"{len(newsroom.publishers)} publishers on 127.0.0.1, one port each; configuration in {path}")
        for edition in (1, 2):
            server.edition = edition
            report = asyncio.run(_poll(config, urls, tell))
            _tell_pass(edition, report, say)
            with closing(open_reader(config.database_path)) as connection:
                stories = read.latest(connection, limit=10_000)
            judged.append(judge(newsroom, server.base_urls, stories, edition=edition))
    eml, html = _write_digest(config, folder)
    say(f"done in {time.monotonic() - started_s:.1f} s")
    order = sorted(stories, key=lambda story: (-len(story.publishers), -len(story.members), story.id))
    return Report(
        config=path,
        database=config.database_path,
        eml=eml,
        html=html,
        stories=tuple(order),
        judged=tuple(judged),
    )


def configuration(newsroom: Newsroom, server: NewsroomServer) -> str:
    """The demo's config.toml: an operator's file like any other."""
    allow = ", ".join(f'"{entry}"' for entry in server.allow)
    lines = [
        "# The sample newsroom on this machine. Its ports change with every run.",
        "[database]",
        'path = "newsroom.db"',
        "",
        "[poll]",
        'interval = "5m"',
        'host_delay = "0s"   # one machine, and ours',
        'contact = "https://127.0.0.1/demo"',
        f"allow = [{allow}]",
        "",
        "[digest]",
        'timezone = "UTC"',
        "",
        "[smtp]",
        'sender = "samewire <digest@localhost>"',
    ]
    for publisher in newsroom.publishers:
        lines += [
            "",
            "[[feeds]]",
            f'url = "{server.feed_url(publisher.key)}"',
            f'publisher = "{publisher.family or publisher.name}"',
            f'kind = "{publisher.kind}"',
        ]
    return "\n".join(lines) + "\n"


async def _poll(config: Config, urls: tuple[str, ...], tell: Tell) -> PassReport:
    def clock() -> datetime:
        return datetime.now(UTC)

    with open_desk(
        config, for_command="samewire demo", clock=clock, rng=random.Random(), headers_of=lambda _url: ()
    ) as desk:
        async with desk.client:
            await desk.write(sync_feeds, desk.store, config, clock())

            def told(progress: Progress) -> None:
                tell(progress.stage, progress.done, progress.total)

            return await one_pass(desk, urls, told)


def _tell_pass(edition: int, report: PassReport, say: Say) -> None:
    outcomes: dict[str, int] = {}
    for _, outcome in report.polls:
        outcomes[outcome.word] = outcomes.get(outcome.word, 0) + 1
    new = sum(outcome.new_entries for _, outcome in report.polls)
    revised = sum(outcome.revised_entries for _, outcome in report.polls)
    words = ", ".join(f"{count} {word}" for word, count in sorted(outcomes.items()))
    say(
        f"poll {edition}: {len(report.polls)} feeds ({words}); {new} new entries, {revised} revised; "
        f"{len(report.pages)} articles read"
    )


def _write_digest(config: Config, folder: Path) -> tuple[Path, Path]:
    now = datetime.now(UTC)
    day, since, until = now.date(), now - timedelta(days=1), now + CLOCK_SLACK
    made = build_digest(config, everybody(config), day=day, since=since, until=until)
    with open_writer(config.database_path, for_command="samewire demo") as store:
        keep_everybodys(store, made, day=day, since=since, until=until, now=now)
    eml, html = folder / "digest.eml", folder / "digest.html"
    eml.write_bytes(as_eml(made.message))
    html.write_text(html_of(made.message), encoding="utf-8")
    return eml, html


def _empty(folder: Path) -> None:
    """Make room for a fresh demo; a folder that no demo made is left alone."""
    marker = folder / MARKER
    if folder.exists() and any(folder.iterdir()):
        if not marker.exists():
            raise SamewireError(f"{folder}: holds something else; name another folder with --dir")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    marker.write_text("made by `samewire demo`, which empties this folder at every run\n", encoding="utf-8")
