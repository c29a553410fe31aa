"""`samewire healthcheck` and `samewire status`: what an operator, a container and cron see."""

from __future__ import annotations

import os
import pty
import select
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ingest.cli.health import ills
from ingest.config import load
from ingest.store.connection import Beat, open_writer
from ingest.store.read_operation import Queues, figures
from tests.cli.conftest import Cli

NOW = datetime(2026, 5, 5, 12, 0, tzinfo=UTC)
CONFIG = '[poll]\ncontact = "https://x.example/"\n'


def waiting(**changed: Any) -> Queues:
    none: dict[str, Any] = {
        "feeds_due": 0, "overdue_s": 0.0, "pages_due": 0, "pages_waiting": 0, "to_match": 0, "corrections": 0,
        "alerts": 0, "messages": 0,
    }  # fmt: skip
    return Queues(**none | changed)


def beat(seconds_ago: float, holder: str = "samewire run (process 7)") -> Beat:
    return Beat(at=NOW - timedelta(seconds=seconds_ago), holder=holder)


@pytest.mark.parametrize(
    ("last", "queues", "reasons"),
    [
        (beat(5), waiting(), []),
        (beat(5, "samewire poll (process 9)"), waiting(), []),
        (beat(61), waiting(), ["silent"]),
        (beat(5, "samewire prune (process 9)"), waiting(), ["silent"]),
        (None, waiting(), ["never"]),
        (beat(5), waiting(feeds_due=3, overdue_s=3601.0), ["overdue"]),
        (beat(5), waiting(feeds_due=3, overdue_s=3599.0), []),
        (beat(99), waiting(feeds_due=3, overdue_s=7200.0), ["silent", "overdue"]),
        (beat(5), None, []),
    ],
    ids=["well", "cron", "old", "other", "never", "late", "not-late", "both", "unreadable"],
)
def test_what_counts_as_ill(last: Beat | None, queues: Queues | None, reasons: list[str]) -> None:
    found = ills(last, queues, NOW, max_age=timedelta(seconds=60), max_lag=timedelta(hours=1))
    assert [ill.reason for ill in found] == reasons
    assert all(len(ill.text) > 20 for ill in found)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A database with a feed that is due in an hour, and nobody who polls."""
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    path = tmp_path / "newsroom.db"
    with open_writer(path, for_command="samewire run") as store:
        store.beat()
        store.connection.execute("INSERT INTO publishers (name) VALUES ('Gazette')")
        store.connection.execute(
            "INSERT INTO feeds (url, publisher_id, origin, added_at, next_at, host) VALUES "
            "('https://g.example/feed', 1, 'added', '2026-05-01T00:00:00Z', '2099-01-01T00:00:00Z', 'g.example')"
        )
    return path


def test_healthcheck_is_0_while_somebody_shows_life_and_1_with_reasons_after(cli: Cli, database: Path) -> None:
    ran = cli("healthcheck")
    assert (ran.code, ran.out.startswith("ok: samewire run (process ")) == (0, True)

    lock = database.with_name("newsroom.db-lock")
    old_s = time.time() - 600
    os.utime(lock, (old_s, old_s))
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE feeds SET next_at = '2026-05-01T00:00:00Z'")
    ran = cli("healthcheck", "--json")
    assert ran.code == 1
    told = ran.json()
    assert told["healthy"] is False
    assert [ill["reason"] for ill in told["ills"]] == ["silent", "overdue"]
    assert told["queues"]["feeds_due"] == 1
    assert cli("healthcheck", "--max-age", "1h", "--max-lag", "3000d").code == 0


def test_healthcheck_of_nothing_says_so(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CONFIG, encoding="utf-8")
    ran = cli("healthcheck")
    assert ran.code == 1
    assert [line.partition(":")[0] for line in ran.out.splitlines()] == ["database", "never"]
    assert not (tmp_path / "newsroom.db").exists()
    assert cli("healthcheck", "--max-age", "soon").code == 2


def test_healthcheck_asks_the_daemon_where_it_listens(cli: Cli, database: Path, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(f'{CONFIG}[metrics]\nlisten = "127.0.0.1:9"\n', encoding="utf-8")
    ran = cli("healthcheck")
    assert ran.code == 1
    assert ran.out.startswith("http: 127.0.0.1:9 does not answer")


def test_status_shows_what_needs_an_operator_first(cli: Cli, database: Path) -> None:
    lines = cli("status").out.splitlines()
    assert lines[2].split(maxsplit=2) == ["needs", "you", "nothing"]
    assert lines[3].startswith("daemon ")
    assert "samewire run (process" in lines[3]
    os.utime(database.with_name("newsroom.db-lock"), (0, 0))
    lines = cli("status").out.splitlines()
    assert "silent: samewire run" in lines[2]
    told = cli("status", "--json").json()
    assert told["feeds"] == {"active": 1}
    assert [ill["reason"] for ill in told["ills"]] == ["silent"]
    assert {"failing_feeds", "polls_24h", "caps", "queues", "sizes", "beat", "failures_24h"} <= told.keys()


def test_watch_is_for_terminals(cli: Cli, database: Path) -> None:
    ran = cli("status", "--watch")
    assert (ran.code, "--watch draws on a terminal" in ran.err) == (2, True)


def test_watch_redraws_until_it_is_interrupted(database: Path) -> None:
    main, other = pty.openpty()
    ours = signal.signal(signal.SIGINT, signal.default_int_handler)  # in a shell's background it is ignored, also below
    watching = subprocess.Popen(
        [sys.executable, "-m", "ingest", "status", "--watch", "0.5"],
        cwd=database.parent, stdin=other, stdout=other, stderr=other, start_new_session=True,
    )  # fmt: skip
    signal.signal(signal.SIGINT, ours)
    os.close(other)
    seen, end = b"", time.monotonic() + 60
    try:
        while seen.count(b"needs you") < 3 or b"just now" not in seen:
            assert time.monotonic() < end, seen
            if select.select([main], [], [], 1)[0]:
                seen += os.read(main, 65536)
        watching.send_signal(signal.SIGINT)
        assert watching.wait(60) == 0
    finally:
        watching.kill()
        os.close(main)
    assert seen.count(b"\x1b[2J") == 1
    assert b"Traceback" not in seen


def test_figures_of_an_empty_database_are_nothing(tmp_path: Path) -> None:
    path = tmp_path / "newsroom.db"
    with open_writer(path, for_command="test") as store:
        found = figures(store.connection, path, NOW)
    assert found.queues == waiting()
    assert (found.feeds, found.caps, found.ever, found.digest_at) == ({}, {}, {}, None)
    assert found.sizes.free > 0
    assert found.schema >= 10


def test_init_makes_its_folder_and_names_the_database(cli: Cli, tmp_path: Path) -> None:
    named = '/srv/the "desk"\\news/newsroom.db'
    assert cli("init", "etc/samewire/config.toml", "--database", named).code == 0
    assert load(tmp_path / "etc/samewire/config.toml").config.database.path == named
