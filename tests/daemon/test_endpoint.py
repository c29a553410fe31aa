"""What monitors get over a real socket: every declared metric, health with its reasons, and nothing else."""

from __future__ import annotations

import ast
import asyncio
import random
import re
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ingest.config import load
from ingest.daemon.dispatcher import Dispatcher
from ingest.daemon.endpoint import Endpoint, open_endpoint
from ingest.daemon.metrics import METRICS, Kind
from ingest.daemon.vitals import STUCK_S, Vitals
from ingest.errors import ConfigError
from ingest.pipeline.desk import Desk, open_desk
from ingest.pipeline.newsroom import sync_feeds
from ingest.pipeline.passes import one_pass
from ingest.poll.listen import Listener
from ingest.store.journal import count_cap

from .conftest import Room

ROOT = Path(__file__).parents[2]
Piece = tuple[str, str]


class Watched:
    """A desk whose endpoint listens."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.dispatcher = Dispatcher(desk)
        self.ahead_s = 0.0
        start_s = self.dispatcher.ticked_s
        self.vitals = Vitals(desk, self.dispatcher, clock_s=lambda: start_s + self.ahead_s)
        self.port = 0

    async def get(self, path: str, method: str = "GET") -> tuple[int, str, str]:
        """Status, head and body of an answer."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(f"{method} {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        answer = (await asyncio.wait_for(reader.read(), 30)).decode()
        writer.close()
        head, _, body = answer.partition("\r\n\r\n")
        return int(head.split()[1]), head, body


@pytest.fixture
async def watched(room: Room, ferry: Piece, museum: Piece) -> AsyncIterator[Watched]:
    secret = room.publisher.put_feed("/harbour", ferry, museum) + "?key=s3cret"
    room.publisher.pages["/harbour?key=s3cret"] = room.publisher.pages["/harbour"]
    room.configure(secret, room.publisher.put_feed("/echo", ferry), room.publisher.url("/missing"))
    config = load(room.folder / "config.toml").config
    with open_desk(
        config, for_command="samewire run", clock=lambda: datetime.now(UTC), rng=random.Random(1),
        headers_of=lambda _url: (), processes=1,
    ) as desk:  # fmt: skip
        async with desk.client:
            await desk.write(sync_feeds, desk.store, config, desk.clock())
            made = Watched(desk)
            listener = Listener(Endpoint(desk, made.dispatcher, made.vitals), max_body_bytes=0)
            made.port = await listener.start("127.0.0.1", 0)
            yield made
            await listener.close()


def values(page: str) -> dict[str, float]:
    """Series of a page with their values."""
    lines = (line.rpartition(" ") for line in page.splitlines() if line and not line.startswith("#"))
    return {name: float(value) for name, _, value in lines}


async def test_the_page_has_every_declared_metric_and_what_happened(watched: Watched, room: Room) -> None:
    await one_pass(watched.desk, (), lambda _progress: None)
    with watched.desk.store.transaction():
        count_cap(watched.desk.store, "candidates", "article 1", watched.desk.clock())
    status, head, page = await watched.get("/metrics")
    assert status == 200
    assert "content-type: text/plain; version=0.0.4" in head.lower()

    told = dict(re.findall(r"^# TYPE (\S+) (\S+)$", page, re.M))
    assert told == {metric.full_name: metric.kind for metric in METRICS}

    found = values(page)
    assert found['samewire_polls_total{outcome="ok",reason=""}'] == 2
    assert found['samewire_polls_total{outcome="error",reason="http_4xx"}'] == 1
    assert found['samewire_poll_answers_total{status="2xx"}'] == 2
    assert found['samewire_poll_answers_total{status="4xx"}'] == 1
    assert found["samewire_entries_new_total"] == found["samewire_entries_stored_total"] == 3
    extracted = 'samewire_articles_total{kind="reading",reason="",source="feed",status="extracted"}'
    assert found[extracted] == found["samewire_articles_stored_total"] == 3
    assert found['samewire_verdicts_total{relation="copy"}'] == 1
    assert found['samewire_candidates_total{by="index"}'] >= 1
    assert found["samewire_match_seconds_count"] >= 3
    assert found["samewire_index_articles"] == 3
    assert found['samewire_feeds{status="active"}'] == 3
    assert found["samewire_feeds_failing"] == 1
    assert found['samewire_caps_total{cap="candidates"}'] == 1
    assert found["samewire_wal_bytes"] == room.database.with_name("newsroom.db-wal").stat().st_size
    assert found["samewire_schema"] >= 10
    assert found["samewire_writer_seconds_count"] > 10
    assert found["samewire_memory_bytes"] > 10e6
    assert "samewire_digest_age_seconds" not in found
    for kept_back in ("s3cret", "harbour", room.publisher.host, str(room.folder), "x.example"):
        assert kept_back not in page
    _promtool_takes(page)


def _promtool_takes(page: str) -> None:
    tool = shutil.which("promtool")
    if tool is None:
        return  # test_promtool_is_there_or_named says so
    ran = subprocess.run([tool, "check", "metrics"], input=page, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout + ran.stderr) == (0, "")


def test_promtool_is_there_or_named() -> None:
    if shutil.which("promtool") is None:
        pytest.skip("promtool is missing (Debian: prometheus); the page was not put to it")


async def test_the_database_is_asked_once_in_a_while_however_often_the_page_is(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ingest.daemon import exposition

    asked = []
    real = exposition.figures
    monkeypatch.setattr(exposition, "figures", lambda *args: asked.append(1) or real(*args))
    pages = await asyncio.gather(*(watched.get("/metrics") for _ in range(5)))
    assert {status for status, _, _ in pages} == {200}
    assert len(asked) == 1


async def test_health_and_readiness_say_what_is_wrong(watched: Watched) -> None:
    status, _, said = await watched.get("/healthz")
    assert (status, said) == (200, "ok\n")
    status, _, said = await watched.get("/readyz")
    assert (status, said.partition(":")[0]) == (503, "starting")
    watched.vitals.ready_at_s = 1.0
    assert (await watched.get("/readyz"))[0] == 200
    watched.vitals.stopping = True
    assert (await watched.get("/readyz"))[2].startswith("stopping:")
    assert (await watched.get("/healthz"))[0] == 200
    watched.ahead_s = STUCK_S + 1
    status, _, said = await watched.get("/healthz")
    assert (status, [line.partition(":")[0] for line in said.splitlines()]) == (503, ["dispatcher", "writer"])


async def test_there_is_nothing_else_and_nothing_to_send(watched: Watched) -> None:
    assert (await watched.get("/"))[0] == 404
    assert (await watched.get("/metrics/.."))[0] == 404
    assert (await watched.get("/metrics", "POST"))[0] == 405
    assert (await watched.get("/metrics", "DELETE"))[0] == 405


async def test_without_an_address_nothing_listens_and_a_taken_one_is_an_error(room: Room) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        where = f"127.0.0.1:{taken.getsockname()[1]}"
        for listen in ("", where):
            room.configure(more=f'[metrics]\nlisten = "{listen}"')
            config = load(room.folder / "config.toml").config
            with open_desk(
                config, for_command="test", clock=lambda: datetime.now(UTC), rng=random.Random(1),
                headers_of=lambda _url: (),
            ) as desk:  # fmt: skip
                async with desk.client:
                    dispatcher = Dispatcher(desk)
                    if not listen:
                        assert await open_endpoint(desk, dispatcher, Vitals(desk, dispatcher)) is None
                        continue
                    with pytest.raises(ConfigError, match=rf"config.toml:6: metrics.listen: cannot listen at {where}"):
                        await open_endpoint(desk, dispatcher, Vitals(desk, dispatcher))


def test_the_table_is_sound() -> None:
    names = [metric.name for metric in METRICS]
    assert len(names) == len(set(names)) >= 30
    for metric in METRICS:
        assert re.fullmatch(r"[a-z][a-z_]*[a-z]", metric.name), metric.name
        assert (metric.kind is Kind.COUNTER) == metric.name.endswith("_total"), metric.name
        assert metric.help.endswith("."), metric.name
        assert len(metric.labels) == len(set(metric.labels)) <= 4, metric.name


def test_the_documentation_has_the_same_table() -> None:
    page = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `(samewire_\w+)` \| (\w+) \| (.*?) \| (.*) \|$", page, re.M)
    wanted = [
        (metric.full_name, str(metric.kind), ", ".join(f"`{label}`" for label in metric.labels), metric.help)
        for metric in METRICS
    ]
    assert [tuple(part.strip() for part in row) for row in told] == wanted


def test_what_the_code_counts_is_declared_with_its_labels() -> None:
    declared = {metric.name: metric for metric in METRICS}
    counted = set()
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / "ingest").rglob("*.py")]
    for text in (text for text in texts if "counts." in text):
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            if node.func.attr not in ("add", "took") or "counts" not in ast.unparse(node.func.value):
                continue
            (name, *rest) = node.args
            assert isinstance(name, ast.Constant), ast.unparse(node)
            metric = declared[str(name.value)]
            counted.add(metric.name)
            wanted = Kind.HISTOGRAM if node.func.attr == "took" else Kind.COUNTER
            labels = rest[1:] if wanted is Kind.HISTOGRAM else rest
            assert metric.kind is wanted, metric.name
            assert len(labels) == len(metric.labels), ast.unparse(node)
    assert {metric.name for metric in METRICS if metric.kind is Kind.HISTOGRAM} <= counted
