"""The daemon as a process: what it takes up while it runs, and how it ends."""

from __future__ import annotations

import asyncio
import random
import re
import signal
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from ingest.config import load
from ingest.daemon.dispatcher import Dispatcher
from ingest.daemon.service import _scheduler
from ingest.pipeline.alerting import Secrets
from ingest.pipeline.desk import open_desk
from ingest.pipeline.digests import deliver_due
from ingest.pipeline.transfer import import_articles
from tests.cli.conftest import write_lines
from tests.cli.mailing import READER, age, configure, ledger
from tests.publish.servers import Sink, serving

from .conftest import PATIENCE_S, Room, eventually, group_is_gone

Piece = tuple[str, str]

JOINED = "SELECT story_id FROM members GROUP BY story_id HAVING count(*) = 2"


def test_a_running_daemon_polls_takes_up_feeds_and_obeys_corrections(room: Room, ferry: Piece, museum: Piece) -> None:
    room.configure(room.publisher.put_feed("/harbour", ferry))
    room.start()
    eventually(lambda: room.rows("SELECT 1 FROM articles WHERE status = 'extracted'"), "a due feed is polled")

    added = room.command("add", room.publisher.put_feed("/echo", ferry, museum))
    assert (added.returncode, "added as feed 2 (2 entries)" in added.stdout) == (0, True)
    eventually(lambda: room.rows(JOINED), "a feed that was added is polled, and the copy found")

    assert room.command("split", "1").returncode == 0
    recorded = time.monotonic()
    eventually(lambda: room.rows("SELECT 1 FROM constraints WHERE applied_at IS NOT NULL"), "the split is applied")
    took_s = time.monotonic() - recorded
    assert took_s < 20, "two seconds are promised; this only catches a daemon that does it by chance"
    assert not room.rows(JOINED)


def test_a_second_daemon_and_a_pass_beside_it_are_refused_and_harm_nothing(room: Room, ferry: Piece) -> None:
    room.configure(room.publisher.put_feed("/harbour", ferry))
    daemon = room.start()
    for command in ("run", "poll"):
        ran = room.command(command)
        assert ran.returncode == 1
        (line,) = ran.stderr.splitlines()
        assert f"in use by samewire run (process {daemon.pid})" in line
    assert daemon.poll() is None
    assert room.command("status").returncode == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_work_under_way_and_nobody_is_blamed(
    room: Room, ferry: Piece, museum: Piece, number: signal.Signals
) -> None:
    slow = room.publisher.put_feed("/slow", museum)
    room.publisher.held["/slow"] = threading.Event()
    room.configure(room.publisher.put_feed("/harbour", ferry), slow)
    daemon = room.start()
    eventually(lambda: "/slow" in room.publisher.asked, "the slow feed is asked")
    eventually(lambda: room.rows("SELECT 1 FROM members"), "the other feed is done")
    daemon.send_signal(number)
    assert daemon.wait(PATIENCE_S) == 0
    eventually(lambda: group_is_gone(daemon), "no worker is left behind")
    assert "Traceback" not in room.log
    assert room.rows("SELECT failures FROM feeds WHERE url LIKE '%/slow'") == [(0,)]
    assert room.rows("SELECT outcome FROM polls") == [("ok",)]

    if number == signal.SIGTERM:
        room.publisher.held["/slow"].set()
        room.start()
        eventually(lambda: len(room.rows("SELECT 1 FROM members")) == 2, "the slow feed's turn comes after a restart")


def test_a_poll_that_is_being_parsed_when_the_signal_comes_is_not_a_failure(room: Room, ferry: Piece) -> None:
    """The workers are closed last; closed first, feeds and pages under way were stored as killed."""
    feeds = [room.publisher.put_feed(f"/feed{number}", *[ferry] * 150) for number in range(6)]
    room.configure(*feeds)
    daemon = room.start()
    eventually(lambda: room.publisher.asked, "the feeds are asked")
    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(PATIENCE_S) == 0
    assert room.rows("SELECT reason FROM polls WHERE reason = 'killed'") == []
    assert room.rows("SELECT reason FROM articles WHERE reason = 'killed'") == []


def test_it_restarts_clean_after_it_was_killed(room: Room, ferry: Piece, museum: Piece) -> None:
    room.configure(room.publisher.put_feed("/harbour", ferry), room.publisher.put_feed("/echo", ferry, museum))
    daemon = room.start()
    eventually(lambda: room.rows("SELECT 1 FROM entries"), "something is stored")
    daemon.kill()
    daemon.wait()
    eventually(lambda: group_is_gone(daemon), "workers die with their daemon")
    room.start()
    eventually(lambda: room.rows(JOINED), "the rest is done")
    assert room.rows("PRAGMA integrity_check") == [("ok",)]
    assert room.rows("PRAGMA foreign_key_check") == []
    assert room.rows("SELECT count(*), count(DISTINCT identity) FROM articles") == [(3, 3)]


def prepared_digest(room: Room, port: int, ferry: Piece) -> None:
    """A newsroom with an article in it, and the digest's hour half an hour ago."""
    configure(room.folder, port)
    archive = write_lines(room.folder / "archive.jsonl", [{"id": "a", "title": ferry[0], "text": ferry[1]}])
    config = load(room.folder / "config.toml").config
    import_articles(config, archive, datetime.now(UTC), lambda _done, _total: None)
    age(room.database)


def test_the_daemon_delivers_the_digest_whose_hour_has_passed_once(room: Room, ferry: Piece) -> None:
    sink = Sink()
    with serving(sink) as port:
        prepared_digest(room, port, ferry)
        for _ in range(2):
            daemon = room.start()
            eventually(lambda: ledger(room.database) == {READER: ("sent", 1)}, "the digest is delivered")
            daemon.terminate()
            assert daemon.wait(PATIENCE_S) == 0
    assert len(sink.mails) == 1


async def test_a_refused_digest_waits_for_its_time_and_goes_out_then(room: Room, ferry: Piece) -> None:
    present = datetime.now(UTC)
    sink = Sink(data="452 4.3.1 disk full")
    with serving(sink) as port:
        prepared_digest(room, port, ferry)
        config = load(room.folder / "config.toml").config
        with open_desk(
            config, for_command="test", clock=lambda: present, rng=random.Random(1), headers_of=lambda _url: ()
        ) as desk:
            async with desk.client:
                assert [await deliver_due(desk, "") for _ in range(2)] == [0, 0]
                assert ledger(room.database) == {READER: ("later", 1)}
                sink._data = "250 2.0.0 kept"
                present += timedelta(minutes=6)
                assert [await deliver_due(desk, "") for _ in range(2)] == [1, 0]
    assert ledger(room.database) == {READER: ("sent", 2)}
    assert len(sink.mails) == 1


def test_a_mail_in_its_dialogue_is_finished_before_the_daemon_ends(room: Room, ferry: Piece) -> None:
    """Dropped between the server's acceptance and the ledger, it would be mailed a second time."""
    arrived, go_on = threading.Event(), threading.Event()

    class Slow(Sink):
        async def handle_DATA(self, server: object, session: object, envelope: object) -> str:
            arrived.set()
            await asyncio.to_thread(go_on.wait, PATIENCE_S)
            return await super().handle_DATA(server, session, envelope)

    sink = Slow()
    with serving(sink) as port:
        prepared_digest(room, port, ferry)
        daemon = room.start()
        assert arrived.wait(PATIENCE_S)
        daemon.terminate()
        eventually(lambda: "stopping" in room.log, "the signal is heard")
        time.sleep(0.3)
        go_on.set()
        assert daemon.wait(PATIENCE_S) == 0
    assert len(sink.mails) == 1
    assert ledger(room.database) == {READER: ("sent", 1)}


async def test_every_job_runs_late_rather_than_never_and_once_at_a_time(room: Room) -> None:
    config = load(room.folder / "config.toml").config
    with open_desk(
        config, for_command="test", clock=lambda: datetime.now(UTC), rng=random.Random(1), headers_of=lambda _url: ()
    ) as desk:
        async with desk.client:
            scheduler = _scheduler(desk, Dispatcher(desk), Secrets(), set())
            scheduler.start(paused=True)
            jobs = scheduler.get_jobs()
            scheduler.shutdown(wait=False)
    assert {job.id for job in jobs} == {"dispatch", "settle", "digest", "alerts", "coverage", "housekeeping"}
    assert [(job.misfire_grace_time, job.coalesce, job.max_instances) for job in jobs] == [(None, True, 1)] * 6


def test_the_log_has_one_line_an_event_with_its_reason(room: Room) -> None:
    room.configure(room.publisher.url("/missing"))
    daemon = room.start()
    eventually(lambda: room.rows("SELECT 1 FROM polls"), "the feed is asked")
    daemon.terminate()
    assert daemon.wait(PATIENCE_S) == 0
    (line,) = re.findall(r".* event=poll url=.*", room.log)
    assert "outcome=error" in line
    assert "reason=http_4xx" in line
