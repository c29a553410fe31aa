"""The watchdog is fed while the dispatcher goes round and the writer can write, and not one moment longer."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import socket
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ingest.config import load
from ingest.daemon.dispatcher import Dispatcher
from ingest.daemon.vitals import STUCK_S, Vitals
from ingest.errors import StoreError
from ingest.pipeline.desk import Desk, open_desk
from ingest.store.connection import last_beat

from .conftest import PATIENCE_S, Room, eventually


class Manager:
    """What systemd is to the daemon: a datagram socket that NOTIFY_SOCKET names."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "notify"
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self.path))
        self._socket.setblocking(False)
        self.heard: list[str] = []

    def told(self) -> list[str]:
        """Everything that was heard so far."""
        while True:
            try:
                self.heard.append(self._socket.recv(4096).decode())
            except BlockingIOError:
                return self.heard

    def close(self) -> None:
        self._socket.close()


class Ward:
    """A desk with its dispatcher and vitals, and a clock that a test moves."""

    def __init__(self, desk: Desk, manager: Manager) -> None:
        self.desk, self.manager = desk, manager
        self.dispatcher = Dispatcher(desk)
        self.ahead_s = 0.0
        start_s = self.dispatcher.ticked_s
        self.vitals = Vitals(desk, self.dispatcher, clock_s=lambda: start_s + self.ahead_s)

    @property
    def fed(self) -> int:
        return self.manager.told().count("WATCHDOG=1")


@pytest.fixture
async def ward(room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Ward]:
    manager = Manager(tmp_path)
    monkeypatch.setenv("NOTIFY_SOCKET", str(manager.path))
    config = load(room.folder / "config.toml").config
    with open_desk(
        config, for_command="samewire run", clock=lambda: datetime.now(UTC), rng=random.Random(1),
        headers_of=lambda _url: (),
    ) as desk:  # fmt: skip
        desk.store.connection.execute("PRAGMA busy_timeout = 50")
        async with desk.client:
            yield Ward(desk, manager)
    manager.close()


async def test_a_sign_of_life_feeds_the_watchdog_and_stamps_the_lock(ward: Ward, room: Room) -> None:
    lock = room.database.with_name("newsroom.db-lock")
    os.utime(lock, (0, 0))
    await ward.vitals.beat()
    assert ward.fed == 1
    beat = last_beat(room.database)
    assert beat is not None
    assert beat.holder == f"samewire run (process {os.getpid()})"
    assert datetime.now(UTC) - beat.at < timedelta(seconds=PATIENCE_S)
    assert ward.vitals.ills() == []


async def test_a_database_that_cannot_be_written_stops_the_feeding(ward: Ward, room: Room) -> None:
    with closing(sqlite3.connect(room.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="locked"):
            await ward.vitals.beat()
        ward.ahead_s = STUCK_S + 1
        assert ward.fed == 0
        assert any(ill.startswith("writer: ") for ill in ward.vitals.ills())
        other.execute("ROLLBACK")
    ward.ahead_s = 0.0
    await ward.vitals.beat()
    assert ward.fed == 1


async def test_a_writer_that_hangs_stops_the_feeding(ward: Ward) -> None:
    go_on = threading.Event()
    ward.desk.thread.submit(go_on.wait, PATIENCE_S)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await ward.vitals.beat()
    assert ward.fed == 0
    go_on.set()
    await ward.vitals.beat()
    assert ward.fed == 1


async def test_a_dispatcher_that_does_not_go_round_stops_the_feeding(ward: Ward) -> None:
    ward.ahead_s = STUCK_S + 1
    await ward.vitals.beat()
    assert ward.fed == 0
    assert [ill.partition(":")[0] for ill in ward.vitals.ills()] == ["dispatcher", "writer"]

    ward.ahead_s = 0.0
    await ward.dispatcher.tick()
    await ward.vitals.beat()
    assert ward.fed == 1


async def test_a_pause_is_no_reason_to_be_started_again_but_no_work_is_done(ward: Ward) -> None:
    ward.dispatcher._pause("a poll", OSError("no"))
    before_s = ward.dispatcher.ticked_s
    await ward.dispatcher.tick()
    assert ward.dispatcher.ticked_s > before_s
    await ward.vitals.beat()
    assert ward.fed == 1
    ward.vitals.ready_at_s = 1.0
    assert [word.partition(":")[0] for word in ward.vitals.hindrances()] == ["paused"]


def test_systemd_hears_of_start_life_reload_and_end(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process as systemd sees it."""
    manager = Manager(tmp_path)
    monkeypatch.setenv("NOTIFY_SOCKET", str(manager.path))
    monkeypatch.delenv("WATCHDOG_USEC", raising=False)
    daemon = room.start()
    eventually(lambda: "READY=1" in manager.told(), "it says that it is ready")
    eventually(lambda: "WATCHDOG=1" in manager.told(), "it feeds the watchdog")
    daemon.send_signal(signal.SIGHUP)
    eventually(lambda: manager.told().count("READY=1") == 2, "it has reloaded")
    assert any(told.startswith("RELOADING=1\nMONOTONIC_USEC=") for told in manager.told())
    daemon.terminate()
    assert daemon.wait(PATIENCE_S) == 0
    assert manager.told()[-1] == "STOPPING=1"
    manager.close()
