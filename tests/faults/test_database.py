"""A full disk, a locked, damaged or read-only file: nobody is blamed, nothing lost, no database made anew."""

from __future__ import annotations

import resource
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from ingest.errors import StoreError
from ingest.model import ArticleId
from tests.pipeline.conftest import Newsroom

from .conftest import AFTER_THE_PAUSE, Daemon, bytes_of, command, house, in_a_mount, live


async def no_pages(_now: datetime) -> dict[str, list[ArticleId]]:
    return {}


UNBLAMED = "SELECT count(*) FROM feeds WHERE failures = 0 AND last_reason IS NULL"
EVERYTHING = "SELECT count(*) FROM articles WHERE status = 'extracted'"


def test_a_full_disk_pauses_the_daemon_and_it_goes_on_when_there_is_room(newsroom: Newsroom) -> None:
    house(newsroom, full=True)

    async def life(daemon: Daemon) -> None:
        (pages,) = await daemon.sql("PRAGMA page_count")
        await daemon.sql(f"PRAGMA max_page_count = {pages}")
        await daemon.tick()
        asked = len(newsroom.sites[0].asked)
        assert newsroom.one(UNBLAMED) == 1
        assert newsroom.one("SELECT count(*) FROM entries") == 0
        assert newsroom.one("SELECT count(*) FROM polls") == 0
        await daemon.tick()
        assert len(newsroom.sites[0].asked) == asked, "publishers are not asked again and again for our disk"
        await daemon.sql("PRAGMA max_page_count = 1000000")
        await daemon.tick(AFTER_THE_PAUSE)
        await daemon.tick()
        assert newsroom.one(EVERYTHING) == 3
        (line,) = [line for line in daemon.journal if line.startswith("paused: ")]
        assert "database or disk is full; make room on its disk" in line

    live(newsroom, life)
    newsroom.must_be_sound()


def test_a_full_disk_at_an_articles_turn_costs_it_no_attempt(newsroom: Newsroom) -> None:
    house(newsroom)

    async def life(daemon: Daemon) -> None:
        daemon.dispatcher._chosen_pages = no_pages  # type: ignore[method-assign]  # entries first
        await daemon.tick()
        del daemon.dispatcher._chosen_pages
        (pages,) = await daemon.sql("PRAGMA page_count")
        await daemon.sql(f"PRAGMA max_page_count = {pages}")
        await daemon.tick()
        assert newsroom.one("SELECT count(*) FROM articles WHERE attempts > 0 AND status <> 'extracted'") == 0
        assert newsroom.one("SELECT count(*) FROM articles WHERE status = 'pending'") > 0
        await daemon.sql("PRAGMA max_page_count = 1000000")
        await daemon.tick(AFTER_THE_PAUSE)
        assert newsroom.one(EVERYTHING) == 3

    live(newsroom, life)


def test_a_lock_of_another_program_is_waited_out(newsroom: Newsroom) -> None:
    house(newsroom)

    async def life(daemon: Daemon) -> None:
        await daemon.sql("PRAGMA busy_timeout = 20")  # five seconds in earnest
        with closing(sqlite3.connect(newsroom.database, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            await daemon.tick()
            await daemon.tick(AFTER_THE_PAUSE)  # and still locked
            other.execute("ROLLBACK")
        assert newsroom.one(UNBLAMED) == 1
        await daemon.tick(AFTER_THE_PAUSE)
        await daemon.tick()
        assert newsroom.one(EVERYTHING) == 3
        (line,) = [line for line in daemon.journal if line.startswith("paused: ")]
        assert "database is locked" in line

    live(newsroom, life)


def test_a_damaged_page_is_told_and_the_file_left_as_it_is(newsroom: Newsroom) -> None:
    house(newsroom)
    newsroom.poll()
    page = newsroom.one("SELECT rootpage FROM sqlite_master WHERE name = 'feeds'")
    with newsroom.database.open("r+b") as file:
        file.seek(4096 * (page - 1))
        file.write(b"\xa5" * 4096)
    before = bytes_of(newsroom.database)
    with pytest.raises(StoreError, match="malformed; it is left as it is: stop samewire and restore a backup"):
        newsroom.poll()
    assert bytes_of(newsroom.database) == before


def test_a_limit_on_the_files_size_ends_a_pass_with_one_line(newsroom: Newsroom) -> None:
    house(newsroom)
    newsroom.poll()
    size = newsroom.database.stat().st_size
    house(newsroom, "Ledger", 4)
    ran = command(newsroom, "poll", preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)))
    (line,) = ran.stderr.splitlines()
    assert (ran.returncode, str(newsroom.database) in line) == (1, True)
    newsroom.must_be_sound()
    assert newsroom.one(EVERYTHING) >= 3
    newsroom.now = datetime.now(UTC) + timedelta(minutes=1)  # the command's clock is the machine's
    newsroom.poll()
    assert newsroom.one(EVERYTHING) == 7


@pytest.mark.usefixtures("mounts")
def test_a_small_file_system_fills_up_and_is_made_larger(newsroom: Newsroom) -> None:
    house(newsroom)
    ran = in_a_mount(
        newsroom,
        'cp "$room/config.toml" "$room/../kept.toml"; mount -t tmpfs -o size=600k small "$room"; '
        'cp "$room/../kept.toml" "$room/config.toml"; '
        'if $samewire poll; then exit 7; fi; mount -o remount,size=64m "$room"; $samewire poll; '
        'cp "$room/newsroom.db" "$room/../after.db"',
    )
    assert ran.returncode == 0, ran.stderr
    (line,) = ran.stderr.splitlines()
    assert "make room on its disk" in line or "it may be full" in line
    (newsroom.folder.parent / "after.db").rename(newsroom.database)
    newsroom.must_be_sound()
    assert newsroom.one(EVERYTHING) == 3


@pytest.mark.usefixtures("mounts")
def test_a_read_only_file_is_told_and_not_replaced(newsroom: Newsroom) -> None:
    house(newsroom)
    newsroom.poll()
    before = bytes_of(newsroom.database)
    ran = in_a_mount(
        newsroom, 'mount --bind "$room" "$room"; mount -o remount,bind,ro "$room"; $samewire status || $samewire poll'
    )
    assert ran.returncode == 1
    lines = ran.stderr.splitlines()
    assert [str(newsroom.folder) in line and "writable" in line for line in lines] == [True, True], lines
    assert bytes_of(newsroom.database) == before
