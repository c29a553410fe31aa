"""A month of polling well and badly behaved publishers, under a clock that jumps from one due poll to the next."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from .conftest import DAY, HOUR, NOT_MODIFIED, START, Asked, Newsroom, answer, date, item, rss

MONTH = 30 * DAY
#: What is asked of feeds that are here for another reason than how often they are polled.
SELDOM = 'interval = "12h"'


@dataclass
class Publisher:
    """One feed at a host of its own: what it says, and when it was asked how."""

    name: str
    newsroom: Newsroom
    every: timedelta = DAY  # between two of its entries
    head: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    validators: bool = True
    window: int = 5
    asked: list[tuple[datetime, Asked, int]] = field(default_factory=list)  # when, what, and the status it got
    not_before: datetime = START  # its own wish
    waits: timedelta = timedelta()
    early: list[timedelta] = field(default_factory=list)

    def url(self) -> str:
        return self.newsroom.url(f"/{self.name}", host=f"{self.name}.test")

    @property
    def count(self) -> int:
        return 1 + (self.newsroom.now - START) // self.every

    def status(self, asked: Asked) -> int:
        known = asked.all("if-none-match") == [f'"{self.count}"']
        return 304 if self.validators and known else 200

    async def __call__(self, _reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: Asked) -> None:
        now, status = self.newsroom.now, self.status(asked)
        self.early += [self.not_before - now] if now < self.not_before else []
        self.asked.append((now, asked, status))
        self.not_before = now + self.waits
        writer.write(self.answer(status))

    def answer(self, status: int) -> bytes:
        fields = {**self.fields, **({"ETag": f'"{self.count}"'} if self.validators else {})}
        if status == 304:
            return NOT_MODIFIED
        if status == 200:
            numbers = range(max(0, self.count - self.window), self.count)
            entries = (item(f"{self.name}{number}", START + number * self.every) for number in numbers)
            return answer(rss(*entries, head=self.head), **fields)
        return answer(b"", f"{status} X", **fields)


class Bursty(Publisher):
    """Nothing for a week, then fifteen at once."""

    @property
    def count(self) -> int:
        return 15 * (1 + (self.newsroom.now - START) // (7 * DAY))


class Dead(Publisher):
    def status(self, asked: Asked) -> int:
        return 404 if self.newsroom.now > START + 3 * DAY else super().status(asked)


class Ended(Publisher):
    def status(self, asked: Asked) -> int:
        return 410 if self.newsroom.now > START + 5 * DAY else super().status(asked)


class Moving(Publisher):
    def status(self, asked: Asked) -> int:
        return 301 if self.newsroom.now > START + 2 * DAY else super().status(asked)


class Limited(Publisher):
    """Each third answer is a 429 that asks for half a day, and is not asked before."""

    def status(self, asked: Asked) -> int:
        self.fields = {}
        if len(self.asked) % 3 != 2:
            self.waits = timedelta()
            return super().status(asked)
        self.waits = 18 * HOUR
        self.fields = {"Retry-After": date(self.newsroom.now + self.waits), "Date": date(self.newsroom.now)}
        return 429


class Lying(Publisher):
    """Says 304 to whoever sends a validator."""

    def status(self, asked: Asked) -> int:
        return 304 if asked.all("if-none-match") else 200


class Sleeping(Publisher):
    """Not to be asked before noon."""

    def status(self, asked: Asked) -> int:
        self.early += [timedelta()] if self.newsroom.now.hour < 12 and self.asked else []
        return super().status(asked)


def fleet(newsroom: Newsroom) -> dict[str, Publisher]:
    hours = "".join(f"<hour>{hour}</hour>" for hour in range(12))
    every: list[Publisher] = [
        Publisher("steady", newsroom),
        Publisher("quiet", newsroom, every=1000 * DAY), Bursty("bursty", newsroom, window=15),
        Dead("dead", newsroom), Ended("ended", newsroom), Limited("limited", newsroom),
        Lying("lying", newsroom, window=40),
        Moving("moving", newsroom, fields={"Location": newsroom.url("/moved", host="moved.test")}),
        Publisher("moved", newsroom), Publisher("bare", newsroom, validators=False),
        Publisher("ttl", newsroom, head="<ttl>960</ttl>", waits=16 * HOUR),
        Publisher("fresh", newsroom, fields={"Cache-Control": "max-age=54000"}, waits=15 * HOUR),
        Sleeping("sleeping", newsroom, head=f"<skipHours>{hours}</skipHours>"),
    ]  # fmt: skip
    return {one.name: one for one in every}


async def lived(newsroom: Newsroom) -> Counter[str]:
    """A month of it, with a restart every five days. Returns how often each feed was polled."""
    polls: Counter[str] = Counter()
    restart_at = START + 5 * DAY
    while True:
        next_at = newsroom.one("SELECT min(next_at) FROM feeds WHERE status = 'active'")
        newsroom.now = max(newsroom.now, datetime.fromisoformat(next_at))
        if newsroom.now > START + MONTH:
            return polls
        if newsroom.now > restart_at:
            restart_at += 5 * DAY
            await newsroom.close()
        for url in await newsroom.poll_due():
            polls[url.partition(".test")[0].rpartition("/")[2]] += 1


@pytest.fixture
async def month(newsroom: Newsroom) -> tuple[dict[str, Publisher], Counter[str]]:
    newsroom.rng = random.Random(30)
    publishers = fleet(newsroom)
    newsroom.names = (*newsroom.names, *(f"{name}.test" for name in publishers))
    for name, publisher in publishers.items():
        newsroom.server.on(f"/{name}", publisher)
        if name != "moved":
            newsroom.follow(publisher.url(), "" if name in ("steady", "quiet") else SELDOM)
    # In place of the second server one that answers a TLS greeting by hanging up.
    await newsroom.other.stop()
    newsroom.follow(newsroom.other.url("/tls", host="third.test", scheme="https"), SELDOM)
    async with await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", newsroom.other.port):
        return publishers, await lived(newsroom)


async def test_a_month_of_good_manners(newsroom: Newsroom, month: tuple[dict[str, Publisher], Counter[str]]) -> None:
    """No poll early (the publishers look themselves), little asked in full, nothing sent that is not due, none lost."""
    publishers, polls = month
    assert not {name: publisher.early for name, publisher in publishers.items() if publisher.early}
    _nothing_is_asked_in_full_too_often(publishers)
    quiet = [status for name in ("quiet", "steady") for status in _unchanged(publishers[name])]
    assert quiet.count(304) >= 0.99 * len(quiet) > 500
    for asked in newsroom.server.asked:
        sent = {name for name, _ in asked.headers}
        assert sent <= {"host", "user-agent", "accept", "accept-encoding", "connection", "if-none-match", "a-im"}
        assert (asked.method, "?" in asked.target) == ("GET", False)
    _each_ended_as_it_should(newsroom, publishers, polls)


def _nothing_is_asked_in_full_too_often(publishers: dict[str, Publisher]) -> None:
    for name, publisher in publishers.items():
        whole = [at for at, asked, _ in publisher.asked if not asked.all("if-none-match")]
        apart = timedelta(0) if name in ("bare", "moving") else DAY if name == "lying" else 7 * DAY
        assert min((b - a for a, b in pairwise(whole)), default=apart) >= apart, name


def _unchanged(publisher: Publisher) -> list[int]:
    """The answers to polls between which the publisher had published nothing."""
    counts = [(at - START) // publisher.every for at, _, _ in publisher.asked]
    return [
        status
        for (_, _, status), before, now in zip(publisher.asked[1:], counts, counts[1:], strict=False)
        if before == now
    ]


def _each_ended_as_it_should(newsroom: Newsroom, publishers: dict[str, Publisher], polls: Counter[str]) -> None:
    health: dict[str, tuple[str, str | None, int, str, int]] = {
        row[0].partition(".test")[0].rpartition("/")[2]: row[1:]
        for row in newsroom.rows("SELECT url, status, last_reason, overflows, validators, entries FROM feed_health")
    }
    for name in ("steady", "quiet", "bare", "ttl", "fresh", "sleeping", "limited"):
        publisher = publishers[name]
        assert health[name][0] == "active"
        missing = publisher.count - health[name][4]
        assert 0 <= missing <= 1, f"{name}: {missing} entries were not seen"  # one may have come since the last poll
    assert health["bursty"][2:] == (4, "trusted", 75), "a burst that shares nothing with what was there is an overflow"
    assert health["dead"][:2] == ("active", "http_4xx")
    assert 30 <= polls["dead"] <= 36, "once a day, for ever"
    assert health["ended"][0] == "gone"
    assert [status for _, _, status in publishers["ended"].asked].count(410) == 2
    assert ("moved" in health, "moving" in health) == (True, False)
    assert [status for _, _, status in publishers["moving"].asked].count(301) <= 6
    assert health["lying"][3] == "lying"
    assert health["lying"][4] >= 29
    assert health["third"][:2] == ("active", "tls")
    assert sum(polls.values()) == newsroom.one("SELECT count(*) FROM polls")
