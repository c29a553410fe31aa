"""When a feed is asked again: never before anybody's wish, never in a clump, and closer only where entries are lost."""

from __future__ import annotations

import asyncio
import random
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import pairwise

import pytest

from ingest.errors import Reason
from ingest.model import PollWord
from ingest.pipeline.passes import add_missing
from ingest.poll.politeness import HostGate
from tests.store.conftest import due_pages

from .conftest import DAY, HOUR, MINUTE, NOT_MODIFIED, SECOND, START, Newsroom, answer, date, item, rss


async def test_a_feed_is_asked_once_an_hour_and_without_validators_once_a_week(newsroom: Newsroom) -> None:
    url = newsroom.say("/f", answer(rss("a"), ETag='"1"'), NOT_MODIFIED)
    await newsroom.poll(url)
    for _ in range(9 * 24 * 2):
        await newsroom.poll_due(after=30 * MINUTE)
    asked = newsroom.asked()
    assert len(asked) <= 9 * 24 + 1
    assert sum(not one.all("if-none-match") for one in asked) == 2  # the first, and one in the second week


WISHES = {
    "max-age": ({"Cache_Control": "max-age=7200"}, 2 * HOUR),
    "max-age quoted": ({"Cache_Control": 'public, MAX-AGE="7200"'}, 2 * HOUR),
    "shorter than the interval": ({"Cache_Control": "max-age=60"}, HOUR),
    "no max-age": ({}, HOUR),
}


@pytest.mark.parametrize(("headers", "wait"), WISHES.values(), ids=WISHES)
async def test_max_age_is_waited_for(newsroom: Newsroom, headers: dict[str, str], wait: timedelta) -> None:
    url = newsroom.say("/f", answer(rss("a"), **headers))
    await newsroom.poll(url)
    await newsroom.poll_due(after=wait - SECOND)
    assert len(newsroom.asked()) == 1
    await newsroom.poll_due(after=SECOND)
    assert len(newsroom.asked()) == 2


async def test_a_304_brings_its_own_freshness(newsroom: Newsroom) -> None:
    fresh = answer(b"", "304 Not Modified", length=False, Cache_Control="max-age=10800", ETag='"2"')
    url = newsroom.say("/f", answer(rss("a"), ETag='"1"'), fresh)
    await newsroom.poll(url)
    assert newsroom.wait(url) == HOUR
    await newsroom.poll(url, after=HOUR)
    assert (newsroom.wait(url), newsroom.state(url).etag) == (3 * HOUR, '"2"')


@pytest.mark.parametrize(
    "word", ["no-cache", "no-store", "No-Cache, max-age=7200", 'no-cache="set-cookie", max-age=9999']
)
async def test_no_cache_delays_nothing_and_validators_are_used(newsroom: Newsroom, word: str) -> None:
    url = newsroom.say("/f", answer(rss("a"), Cache_Control=word, ETag='"1"'), NOT_MODIFIED)
    await newsroom.poll(url)
    assert newsroom.wait(url) == HOUR
    await newsroom.poll(url, after=HOUR)
    assert newsroom.asked()[1].all("if-none-match") == ['"1"']


EXPIRES = {
    "alone": ({"Expires": date(START + 3 * HOUR), "Date": date(START)}, 3 * HOUR),
    "beside max-age": ({"Expires": date(START + 3 * HOUR), "Date": date(START), "Cache_Control": "max-age=1"}, HOUR),
    "zero": ({"Expires": "0"}, HOUR),
    "not a date": ({"Expires": "next week"}, HOUR),
    "past": ({"Expires": date(START - DAY)}, HOUR),
}


@pytest.mark.parametrize(("headers", "wait"), EXPIRES.values(), ids=EXPIRES)
async def test_expires_counts_without_max_age_only(
    newsroom: Newsroom, headers: dict[str, str], wait: timedelta
) -> None:
    url = newsroom.say("/f", answer(rss("a"), **headers))
    await newsroom.poll(url)
    assert newsroom.wait(url) == wait


AGED = {
    "in a cache for an hour": ({"Cache_Control": "max-age=10800", "Age": "3600"}, 2 * HOUR),
    "by a clock that is years behind": (
        {"Expires": "Thu, 01 Jan 2015 03:00:00 GMT", "Date": "Thu, 01 Jan 2015 00:00:00 GMT"}, 3 * HOUR),
    "by a clock that is years ahead": (
        {"Expires": "Thu, 01 Jan 2037 02:00:00 GMT", "Date": "Thu, 01 Jan 2037 00:00:00 GMT"}, 2 * HOUR),
}  # fmt: skip


@pytest.mark.parametrize(("headers", "wait"), AGED.values(), ids=AGED)
async def test_freshness_is_less_its_age_and_by_the_servers_clock(
    newsroom: Newsroom, headers: dict[str, str], wait: timedelta
) -> None:
    url = newsroom.say("/f", answer(rss("a"), **headers))
    await newsroom.poll(url)
    assert newsroom.wait(url) == wait


ABSURD = {
    "max-age": answer(rss("a"), Cache_Control="max-age=316800000"),
    "ttl": answer(rss("a", head="<ttl>52594876</ttl>")),
    "retry-after": answer(b"", "429 Too Many Requests", Retry_After="99999999999999999999"),
    "expires": answer(rss("a"), Expires="Fri, 31 Dec 9999 23:59:59 GMT"),
    "every day is skipped": answer(rss("a", head="<skipDays><day>Tuesday</day><day>Wednesday</day></skipDays>")),
}


@pytest.mark.parametrize("said", ABSURD.values(), ids=ABSURD)
async def test_no_wish_is_longer_than_the_maximum_nor_shorter_than_the_interval(
    newsroom: Newsroom, said: bytes
) -> None:
    url = newsroom.say("/f", said)
    await newsroom.poll(url)
    assert newsroom.wait(url) == DAY


HINTS = {
    "ttl": ("<ttl>180</ttl>", 3 * HOUR),
    "short ttl": ("<ttl>5</ttl>", HOUR),
    "update every six hours": ("<sy:updatePeriod>daily</sy:updatePeriod>"
                               "<sy:updateFrequency>4</sy:updateFrequency>", 6 * HOUR),
    "update daily, once by default": ("<sy:updatePeriod>daily</sy:updatePeriod>", DAY),
    "update yearly": ("<sy:updatePeriod>yearly</sy:updatePeriod>", DAY),
    "hours to skip": ("<skipHours><hour>13</hour><hour>14</hour></skipHours>", 3 * HOUR),
    "a day to skip": ("<skipDays><day>Tuesday</day></skipDays>", 12 * HOUR),
}  # fmt: skip


def row(*names: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("head", "wait"), [HINTS[name] for name in names], ids=names)


@row("ttl", "short ttl")
async def test_ttl_is_the_least_wait(newsroom: Newsroom, head: str, wait: timedelta) -> None:
    url = newsroom.say("/f", answer(rss("a", head=head), ETag='"1"'), NOT_MODIFIED)
    await newsroom.poll(url)
    assert newsroom.wait(url) == wait
    await newsroom.poll(url, after=wait)
    assert newsroom.wait(url) == wait, "a 304 changes nothing of it"


@row("update every six hours", "update daily, once by default", "update yearly")
async def test_the_update_period_is_the_least_wait(newsroom: Newsroom, head: str, wait: timedelta) -> None:
    url = newsroom.say("/f", answer(rss("a", head=head)))
    await newsroom.poll(url)
    assert newsroom.wait(url) == wait


@row("hours to skip", "a day to skip")
async def test_hours_and_days_to_skip_are_skipped_by_greenwich_time(
    newsroom: Newsroom, head: str, wait: timedelta
) -> None:
    url = newsroom.say("/f", answer(rss("a", head=head)))
    await newsroom.poll(url)  # at noon on a Tuesday
    assert newsroom.wait(url) == wait


LATER = {
    "seconds": {"Retry_After": "7200"},
    "a date": {"Retry_After": date(START + 2 * HOUR), "Date": date(START)},
    "a date by a wrong clock": {
        "Retry_After": "Thu, 01 Jan 2015 02:00:00 GMT", "Date": "Thu, 01 Jan 2015 00:00:00 GMT"},
}  # fmt: skip


@pytest.mark.parametrize("headers", LATER.values(), ids=LATER)
async def test_a_429_is_left_alone_for_as_long_as_it_says(newsroom: Newsroom, headers: dict[str, str]) -> None:
    url = newsroom.say("/f", answer(b"", "429 Too Many Requests", **headers), answer(rss("a")))
    await newsroom.poll(url)
    early = await newsroom.poll(url, after=2 * HOUR - SECOND)
    assert (early.word, early.reason) == (PollWord.REFUSED, Reason.WAITING)
    assert len(newsroom.asked()) == 1
    assert (await newsroom.poll(url, after=SECOND)).word is PollWord.OK


@pytest.mark.parametrize(
    "status", ["503 Busy", "404 Not Found", "500 Broken", "403 Forbidden", "302 Found", "410 Gone"]
)
async def test_any_answer_may_say_how_long_to_wait(newsroom: Newsroom, status: str) -> None:
    url = newsroom.say("/f", answer(b"", status, Retry_After="10800", Location="/g"))
    newsroom.say("/g", answer(rss("a")))
    await newsroom.poll(url)
    assert (await newsroom.poll(url, after=3 * HOUR - SECOND)).reason is Reason.WAITING
    assert len(newsroom.asked()) == 1


async def test_a_pause_is_the_hosts_be_it_asked_for_feeds_or_pages(newsroom: Newsroom) -> None:
    pages = [newsroom.url(f"/page{number}") for number in range(2)]
    calm = newsroom.say("/calm", answer(rss(*(item(f"n{i}", link=page) for i, page in enumerate(pages)))))
    busy = newsroom.say("/busy", answer(b"", "503 Busy", Retry_After="7200"))
    elsewhere = newsroom.other.url("/f", host="other.test")
    newsroom.say("/f", answer(rss("z")), at=newsroom.other)
    await newsroom.poll(calm)
    await newsroom.poll(busy)
    await newsroom.poll(elsewhere)
    before = len(newsroom.server.asked)
    assert [one.reason for one in await newsroom.settle()][:2] == [Reason.WAITING] * 2
    await newsroom.close()  # nor is it forgotten over a restart
    due = await newsroom.poll_due(after=90 * MINUTE)
    await newsroom.settle()
    assert set(due) == {elsewhere}
    assert len(newsroom.server.asked) == before
    assert set(await newsroom.poll_due(after=30 * MINUTE)) >= {calm, busy}
    pages_due = due_pages(newsroom.store.connection, newsroom.now, limit=2)
    assert [one.attempts for one in pages_due] == [0, 0], "waiting is no attempt"


async def test_a_page_that_is_asked_for_too_often_pauses_its_host(newsroom: Newsroom) -> None:
    url = newsroom.say("/f", answer(rss(*(item(f"n{i}", link=newsroom.url(f"/{i}")) for i in range(3)))))
    newsroom.say("/0", answer(b"", "429 Slow down", Retry_After="86400"))
    await newsroom.poll(url)
    reasons = [one.reason for one in await newsroom.settle()]
    assert reasons == [Reason.RATE_LIMITED, Reason.WAITING, Reason.WAITING]
    assert (await newsroom.poll(url, after=23 * HOUR)).reason is Reason.WAITING
    assert [asked.target for asked in newsroom.server.asked] == ["/f", "/robots.txt", "/0"]


async def test_the_host_that_answered_is_the_one_that_pauses(newsroom: Newsroom) -> None:
    target = newsroom.other.url("/busy", host="other.test")
    url = newsroom.say("/f", answer(b"", "302 Found", Location=target))
    newsroom.say("/busy", answer(b"", "429 Slow down", Retry_After="7200"), at=newsroom.other)
    await newsroom.poll(url)
    assert newsroom.rows("SELECT host, status FROM hosts") == [(f"other.test:{newsroom.other.port}", 429)]
    neighbour = newsroom.say("/g", answer(rss("a")))
    assert (await newsroom.poll(neighbour)).word is PollWord.OK


async def test_feeds_of_one_start_do_not_come_back_in_one_clump(newsroom: Newsroom) -> None:
    newsroom.rng = random.Random(3)
    urls = [newsroom.say(f"/{number}", answer(rss(f"n{number}"))) for number in range(20)]
    for url in urls:
        await newsroom.poll(url)
    waits = sorted(newsroom.wait(url) for url in urls)
    assert len(set(waits)) >= 18
    assert waits[0] >= HOUR
    assert HOUR + 3 * MINUTE < waits[-1] <= HOUR + 5 * MINUTE


async def test_two_at_a_time_and_a_second_apart_at_one_host(newsroom: Newsroom) -> None:
    running = most = 0
    now_s, started_s = 0.0, []

    async def sleep(delay_s: float) -> None:
        nonlocal now_s
        wake_s = now_s + delay_s
        await asyncio.sleep(0)
        now_s = max(now_s, wake_s)

    async def slow(_reader, writer, _asked):
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.02)
        running -= 1
        writer.write(answer(rss("a")))

    class Gate(HostGate):
        @asynccontextmanager
        async def slot(self, url: str, *, apart_s: float = 0.0):
            async with super().slot(url, apart_s=apart_s):
                started_s.append(now_s)
                yield

    urls = [newsroom.url(f"/{number}") for number in range(5)]
    for number in range(5):
        newsroom.server.on(f"/{number}", slow)
    poll = newsroom.desk.config.poll
    newsroom.gate = Gate(poll.per_host, poll.host_delay.total_seconds(), clock=lambda: now_s, sleep=sleep)
    await newsroom.close()
    await newsroom.desk.write(add_missing, newsroom.store, tuple(urls), newsroom.now)
    await asyncio.gather(*(newsroom.poll(url) for url in urls))
    assert 1 <= most <= 2
    assert min(b - a for a, b in pairwise(started_s)) >= 1.0


async def test_a_restart_asks_nobody_before_their_time(newsroom: Newsroom) -> None:
    url = newsroom.say("/f", answer(rss("a"), Cache_Control="max-age=14400", ETag='"1"'), NOT_MODIFIED)
    newsroom.follow(url)
    assert set(await newsroom.poll_due()) == {url}
    for _ in range(3):
        await newsroom.close()
        assert await newsroom.poll_due(after=HOUR) == {}
    await newsroom.close()
    assert set(await newsroom.poll_due(after=HOUR)) == {url}
    assert newsroom.asked()[1].all("if-none-match") == ['"1"']


async def test_an_hour_is_never_a_few_seconds_short(newsroom: Newsroom) -> None:
    """Neither fractions of a second nor the time that the answer took are taken off it."""
    newsroom.now += timedelta(milliseconds=999)
    url = newsroom.url("/f")

    async def slowly(_reader, writer, _asked):
        newsroom.now += 7 * SECOND
        writer.write(answer(rss("a")))

    newsroom.server.on("/f", slowly)
    started_at = newsroom.now
    await newsroom.poll(url)
    next_at = newsroom.state(url).next_at
    assert next_at is not None
    assert next_at - started_at >= HOUR + 7 * SECOND


async def test_the_interval_follows_how_fast_entries_pass(newsroom: Newsroom) -> None:
    """Closer while most of what a poll shows is new, back to the interval when most is known, wider when silent."""

    def window(start: int) -> bytes:
        return answer(rss(*(f"n{number}" for number in range(start, start + 10))))

    starts = [0, 8, 16, 21, 22, 23]  # new: all, 8, 8, 5, 1, 1
    url = newsroom.say("/f", *map(window, starts))
    waits = []
    for _ in starts:
        await newsroom.poll(url, after=HOUR)
        waits.append(newsroom.wait(url))
    assert waits == [HOUR, HOUR / 2, HOUR / 4, HOUR / 4, HOUR / 2, HOUR]
    for silence, wait in ((DAY, HOUR), (6 * DAY, HOUR), (7 * DAY, 2 * HOUR), (14 * DAY, 4 * HOUR)):
        await newsroom.poll(url, after=silence)
        assert newsroom.wait(url) == wait
    newsroom.say("/f", window(25))
    await newsroom.poll(url, after=HOUR)
    assert newsroom.wait(url) == HOUR


async def test_an_interval_promised_for_a_feed_stands(newsroom: Newsroom) -> None:
    url = newsroom.follow(newsroom.say("/f", answer(rss("a")), answer(rss("b")), answer(rss("b"))), 'interval = "2h"')
    await newsroom.poll_due()
    assert newsroom.wait(url) == 2 * HOUR
    assert (await newsroom.poll(url, after=2 * HOUR)).reason is Reason.OVERFLOW
    assert newsroom.wait(url) == 2 * HOUR
    await newsroom.poll(url, after=60 * DAY)
    assert newsroom.wait(url) == 2 * HOUR
