"""SIGHUP at a real daemon: what changes counts at once, what cannot is named, a fault changes nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from ingest.config import Config, load
from ingest.config.schema import keys_of
from ingest.errors import ConfigError
from ingest.pipeline.reloading import AT_START, OF_SERVE, read_again

from .conftest import PATIENCE_S, Room, eventually

Piece = tuple[str, str]
OUTCOMES = "SELECT count(*) FROM polls p JOIN feeds f ON f.id = p.feed_id WHERE f.url LIKE '%{}'"


def hang_up(room: Room, daemon: subprocess.Popen[bytes], reason: str) -> str:
    """Tell the daemon to reload, and return what it says about it."""
    before = len(room.log)
    daemon.send_signal(signal.SIGHUP)
    last = "event=reload "
    eventually(
        lambda: any(last in line and f"reason={reason}" in line for line in room.log[before:].splitlines()),
        f"the reload ends as {reason}\n{room.log}",
    )
    return room.log[before:]


def test_a_reload_takes_up_what_changed_and_drops_no_work(room: Room, ferry: Piece, museum: Piece) -> None:
    publisher = room.publisher
    slow, other, late = publisher.put_feed("/slow", ferry), publisher.put_feed("/other", museum), publisher.url("/late")
    publisher.held["/slow"] = threading.Event()
    room.configure(slow, other)
    daemon = room.start()
    eventually(lambda: "/slow" in publisher.asked, "the slow feed is under way")
    eventually(lambda: room.rows(OUTCOMES.format("/other")) == [(1,)], "the other one is polled")

    publisher.put_feed("/late", ferry)
    watch = '[[watches]]\nname = "ferries"\nquery = "ferry"\n'
    room.configure(slow, late, more=f'{watch}[match]\nwindow = "30d"\n[web]\nport = 9999\n')
    said = hang_up(room, daemon, "done")
    assert "changed=feeds,watches " in said
    assert "key=match.window reason=needs_restart" in said
    assert "key=web.port reason=of_serve" in said
    eventually(lambda: room.rows(OUTCOMES.format("/late")) == [(1,)], "the feed that was added is polled")
    assert room.rows("SELECT status, paused_by FROM feeds WHERE url LIKE '%/other'") == [("paused", "config")]

    publisher.held["/slow"].set()
    eventually(lambda: room.rows(OUTCOMES.format("/slow")) == [(1,)], "what was under way is brought to its end")
    assert publisher.asked.count("/slow") == 1
    assert room.rows("SELECT outcome FROM polls WHERE outcome <> 'ok'") == []
    eventually(lambda: room.rows("SELECT 1 FROM watches WHERE ended_at IS NULL"), "the watch is there")

    polls = len(room.rows("SELECT 1 FROM polls"))
    shorter = 'min_interval = "1s"\ninterval = "1s"\nmax_interval = "1s"'
    room.configure(slow, late, more=watch)
    config = room.folder / "config.toml"
    config.write_text(config.read_text().replace('host_delay = "0s"', f'host_delay = "0s"\n{shorter}'))
    assert "poll.interval" in hang_up(room, daemon, "done")
    eventually(lambda: len(room.rows("SELECT 1 FROM polls")) >= polls + 2, "feeds are due as if it had always been so")

    before = config.read_text()
    config.write_text(before + '[poll2]\nx = 1\n[log]\nformat = "xml"\n')
    said = hang_up(room, daemon, "refused")
    assert "poll2: unknown key" in said
    assert "log.format: expected" in said
    polls = len(room.rows("SELECT 1 FROM polls"))
    eventually(lambda: len(room.rows("SELECT 1 FROM polls")) > polls, "the old configuration goes on")

    config.write_text(before + '[log]\nformat = "json"\n')
    eventually(lambda: daemon.send_signal(signal.SIGHUP) or '"event": "reload"' in room.log, "the log speaks JSON")
    daemon.terminate()
    assert daemon.wait(PATIENCE_S) == 0
    assert "Traceback" not in room.log


def test_a_closed_terminal_ends_a_daemon_that_was_started_in_it(room: Room) -> None:
    main, other = os.openpty()
    with room.log_path.open("ab") as out:
        daemon = subprocess.Popen(
            [sys.executable, "-m", "ingest", "run"],
            cwd=room.folder, stdin=other, stdout=out, stderr=out, start_new_session=True,
        )  # fmt: skip
    room.started.append(daemon)
    os.close(other)
    eventually(lambda: "ready:" in room.log, "it is ready")
    daemon.send_signal(signal.SIGHUP)
    assert daemon.wait(PATIENCE_S) == 0
    os.close(main)
    assert "event=stopping" in room.log


def configured(path: Path, text: str) -> Config:
    path.write_text(f'[poll]\ncontact = "https://x.example/"\n{text}', encoding="utf-8")
    return load(path).config


def test_what_needs_a_restart_stays_as_it_was_and_is_named(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    now = configured(path, '[database]\npath = "a.db"\n[match]\nindex = "table"\n')
    configured(path, '[database]\npath = "b.db"\n[match]\nindex = "datasketch"\n[digest]\nat = "09:00"\n')
    fresh = read_again(now)
    assert fresh.needs_restart == ("database.path", "match.index")
    assert fresh.changed == ("digest.at",)
    assert fresh.config.database_path == now.database_path
    assert fresh.config.match == now.match
    assert fresh.config.digest.at.hour == 9


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ('[[watches]]\nname = "w"\nquery = "(("\n', "watches.query"),
        ('[smtp]\npassword_file = "nowhere"\n', "smtp.password_file"),
        ('[[feeds]]\nurl = "https://a.example/"\nheaders_file = "nowhere"\n', "feeds.headers_file"),
        ("[poll]\n", "not valid TOML"),
    ],
    ids=["query", "password", "headers", "toml"],
)
def test_a_fault_in_anything_that_it_names_is_found_before_anything_changes(
    tmp_path: Path, text: str, complaint: str
) -> None:
    path = tmp_path / "config.toml"
    now = configured(path, "")
    path.write_text(path.read_text() + text)
    with pytest.raises(ConfigError, match=complaint):
        read_again(now)


def test_the_keys_that_a_reload_leaves_alone_exist() -> None:
    tables = {name: keys_of(meta["table"]) for name, meta in keys_of(Config).items() if "table" in meta}
    for key in (*AT_START, *(f"web.{name}" for name in OF_SERVE)):
        table, _, name = key.partition(".")
        assert name in tables[table], key
