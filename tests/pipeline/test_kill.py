"""`kill -9` in the middle of `samewire poll`, and what the next one makes of it."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.cli.here import run_here
from tests.pipeline import texts
from tests.pipeline.conftest import Newsroom

HOUSES = 6


def press(newsroom: Newsroom) -> None:
    """Six houses that take over the summit, both packages of sanctions and each other's local news."""
    for number in range(HOUSES):
        site = newsroom.site()
        told = [
            (texts.SUMMIT_TITLE, texts.SUMMIT if number % 2 else texts.SUMMIT[:4]),
            texts.sanctions(12 + number % 2),
            texts.filler(number),
            texts.filler((number + 1) % HOUSES),
        ]
        items = [site.article(f"/{n}", *each, minutes=10 * number + n) for n, each in enumerate(told)]
        newsroom.follow(site.feed(items), f"House {number}")


def command(newsroom: Newsroom) -> list[str]:
    return [sys.executable, "-m", "ingest", "--config", str(newsroom.write_config()), "poll"]


def finished(newsroom: Newsroom) -> None:
    """Poll to the end, in this process: only the one that is killed need be another."""
    code, _, err = run_here(newsroom.folder, "--config", str(newsroom.write_config()), "poll")
    assert code == 0, err.decode()
    newsroom.must_be_sound()


def killed_after(newsroom: Newsroom, requests: int) -> bool:
    """Start a poll and kill it once publishers have answered so many requests; False when it ended before."""
    before = asked(newsroom)
    process = subprocess.Popen(command(newsroom), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 120
        while process.poll() is None and asked(newsroom) - before < requests:
            assert time.monotonic() < deadline
            time.sleep(0.002)
        process.send_signal(signal.SIGKILL)
    finally:
        process.kill()
        process.wait()
    return process.returncode == -signal.SIGKILL


def asked(newsroom: Newsroom) -> int:
    return sum(len(site.asked) for site in newsroom.sites)


def entries(newsroom: Newsroom) -> list[dict[str, Any]]:
    return newsroom.rows("SELECT f.url, e.key, e.title FROM entries e JOIN feeds f ON f.id = e.feed_id ORDER BY 1, 2")


@pytest.mark.parametrize("seed", [1])
def test_nothing_is_lost_or_doubled_and_the_stories_are_those_of_an_undisturbed_run(
    newsroom: Newsroom, tmp_path: Path, seed: int
) -> None:
    press(newsroom)
    finished(newsroom)
    killed = Newsroom(tmp_path / "killed", sites=newsroom.sites, feeds=newsroom.feeds)
    killed.folder.mkdir()
    rng = random.Random(seed)
    # Six feeds, six robots.txt and twenty-four pages: early, in the midst, and late.
    for low, high in ((1, 6), (4, 14), (2, 10)):
        assert killed_after(killed, rng.randint(low, high))
        killed.must_be_sound()
        assert len({(row["url"], row["key"]) for row in entries(killed)}) == len(entries(killed))
    finished(killed)
    assert entries(killed) == entries(newsroom)
    assert len(entries(killed)) == 4 * HOUSES
    assert killed.one("SELECT count(*) FROM articles WHERE status = 'extracted'") == 4 * HOUSES
    assert killed.stories() == newsroom.stories()
    assert len(newsroom.partition()) == 3 + HOUSES
