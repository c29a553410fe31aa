"""Everybody else is down: the name server, every feed, the mail server for a week: a reason each, and all come back."""

from __future__ import annotations

import socket
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from ingest.poll import dial
from tests.pipeline.conftest import Newsroom
from tests.pipeline.test_digests import DESK, SEVEN, Post
from tests.publish.servers import Sink, serving

from .conftest import Daemon, house, live

HOUR = timedelta(hours=1)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What the system's look-up knows, beside addresses."""
    known: dict[str, str] = {}
    system = socket.getaddrinfo

    def look_up(host, port, *rest, **how):
        if host.endswith(".test"):
            if host not in known:
                raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
            host = known[host]
        return system(host, port, *rest, **how)

    monkeypatch.setattr(dial.socket, "getaddrinfo", look_up)
    return known


def test_a_dead_name_server_is_a_reason_on_each_feed_and_they_come_back(newsroom, names) -> None:
    house(newsroom)
    newsroom.feeds = [feed.replace("127.0.0.1", "harbour.test") for feed in newsroom.feeds]
    write = newsroom.write_config

    def with_the_name() -> Path:
        path = write()
        port = newsroom.sites[0].server_port
        path.write_text(path.read_text().replace(f'"127.0.0.1:{port}"', f'"127.0.0.1:{port}", "harbour.test:{port}"'))
        return path

    newsroom.write_config = with_the_name

    async def life(daemon: Daemon) -> None:
        for _ in range(3):
            await daemon.tick(3 * HOUR)
            daemon.desk.client._transport._dialer._unknown_until.clear()
        assert {row["reason"] for row in newsroom.rows("SELECT reason FROM polls")} == {"dns"}
        names["harbour.test"] = "127.0.0.1"
        await daemon.tick(timedelta(days=1))
        assert newsroom.one("SELECT failures FROM feeds") == 0
        assert newsroom.one("SELECT count(*) FROM entries") == 3

    live(newsroom, life)


def test_every_feed_is_down_for_a_day_and_nothing_that_was_known_is_lost(newsroom: Newsroom) -> None:
    house(newsroom)
    house(newsroom, "Ledger")

    async def life(daemon: Daemon) -> None:
        await daemon.tick()
        held = [dict(site.answers) for site in newsroom.sites]
        for site in newsroom.sites:
            for answer in site.answers.values():
                answer.status = 503
        for _ in range(12):
            await daemon.tick(2 * HOUR)
        assert newsroom.one("SELECT count(*) FROM feeds WHERE last_reason = 'http_5xx' AND failures > 0") == 2
        assert newsroom.one("SELECT count(*) FROM polls WHERE outcome = 'error'") < 12, "they are asked less and less"
        assert newsroom.one("SELECT count(*) FROM entries") == 6
        for answers in held:
            for answer in answers.values():
                answer.status = 200
        await daemon.tick(timedelta(days=1, hours=1))
        await daemon.tick(timedelta(days=1, hours=1))
        assert newsroom.one("SELECT count(*) FROM feeds WHERE failures = 0") == 2
        assert newsroom.one("SELECT count(*) FROM entries") == 6

    live(newsroom, life)


def test_a_mail_server_that_is_down_for_a_week_costs_no_news_and_no_hand(tmp_path: Path) -> None:
    sink = Sink(rcpt="451 4.3.2 closed for the week")
    with serving(sink) as port:
        post = Post(tmp_path, sink, port)
        for day in range(8):
            post.story(f"Story of day {day}", ago=HOUR * 2 - timedelta(days=day))
        for hours in range(2, 7 * 24, 6):
            post.now = SEVEN + timedelta(hours=hours)
            assert post.deliver() == 0
        assert sink.mails == []
        sink._rcpt = "250 2.1.5 ok"
        post.now = SEVEN + timedelta(days=7, minutes=11)
        for _ in range(3):
            post.deliver()
            post.now += HOUR
    (body,) = post.bodies()
    assert all(f"Story of day {day}" in body for day in range(8)), "one digest tells the whole week"
    with closing(sqlite3.connect(tmp_path / "newsroom.db")) as connection:
        rows = connection.execute("SELECT day, status, reason FROM deliveries WHERE recipient = ?", [DESK]).fetchall()
    counted = Counter((status, reason) for _, status, reason in rows)
    assert counted == {("failed", "smtp_later"): 7, ("sent", None): 1}
