"""Feeds that move, end, fail or come back, and the person who has the last word on it."""

from __future__ import annotations

import json

import pytest

from ingest.errors import NotFound, Reason, StoreError
from ingest.model import PollWord
from ingest.store import feeds, moves
from ingest.store.feeds import set_status

from .conftest import DAY, HOUR, NOT_MODIFIED, Newsroom, answer, rss

HALF_A_DAY = 12 * HOUR


async def polled(newsroom: Newsroom, url: str, times: int) -> str:
    """Where a feed is after so many polls, half a day apart."""
    for _ in range(times):
        await newsroom.poll(url, after=HALF_A_DAY)
    return newsroom.feed(url).url


@pytest.mark.parametrize("status", ["301 Moved Permanently", "308 Permanent Redirect"])
async def test_a_move_is_followed_after_three_equal_answers_on_different_days(newsroom: Newsroom, status: str) -> None:
    new = newsroom.url("/new")
    old = newsroom.say("/old", answer(b"", status, Location="/new"))
    newsroom.say("/new", answer(rss("a"), ETag='"1"'), NOT_MODIFIED)
    assert await polled(newsroom, old, 2) == old
    assert await polled(newsroom, old, 1) == new
    assert newsroom.rows("SELECT action, actor FROM journal WHERE action LIKE 'moved'") == [("moved", "samewire")]
    await newsroom.poll(new, after=HALF_A_DAY)
    assert len(newsroom.asked("/old")) == 3
    assert newsroom.asked("/new")[-1].all("if-none-match") == ['"1"']


@pytest.mark.parametrize("status", ["302 Found", "303 See Other", "307 Temporary Redirect"])
async def test_a_detour_is_never_a_move(newsroom: Newsroom, status: str) -> None:
    old = newsroom.say("/old", answer(b"", status, Location="/new"))
    newsroom.say("/new", answer(rss("a")))
    assert await polled(newsroom, old, 6) == old


async def test_a_move_to_what_is_no_feed_is_not_followed(newsroom: Newsroom) -> None:
    old = newsroom.say("/old", answer(b"", "301 Moved", Location="/parked"))
    newsroom.say("/parked", answer(b"<html><body>This domain is for sale</body></html>", Content_Type="text/html"))
    assert await polled(newsroom, old, 8) == old
    assert newsroom.state(old).failures == 8


async def test_three_redirects_within_a_day_move_nothing(newsroom: Newsroom) -> None:
    old = newsroom.say("/old", answer(b"", "301 Moved", Location="/new"))
    newsroom.say("/new", answer(rss("a")))
    for _ in range(5):
        await newsroom.poll(old, after=4 * HOUR)
    assert newsroom.feed(old).url == old


async def test_a_moved_feed_keeps_its_number_and_its_entries(newsroom: Newsroom) -> None:
    old = newsroom.say("/old", answer(rss("a", "b")))
    newsroom.say("/new", answer(rss("a", "b", "c")))
    await newsroom.poll(old)
    number = newsroom.feed(old).id
    newsroom.say("/old", answer(b"", "301 Moved", Location="/new"))
    new = await polled(newsroom, old, 3)
    assert new == newsroom.url("/new")
    assert newsroom.feed(new).id == newsroom.feed(old).id == number
    assert newsroom.rows("SELECT count(*), count(DISTINCT feed_id) FROM entries") == [(3, 1)]


async def test_a_feed_that_moves_onto_another_rests_and_nothing_is_doubled(newsroom: Newsroom) -> None:
    new = newsroom.say("/new", answer(rss("a")))
    old = newsroom.say("/old", answer(b"", "301 Moved", Location="/new"))
    await newsroom.poll(new)
    await polled(newsroom, old, 3)
    assert newsroom.rows("SELECT status, paused_by FROM feeds WHERE url = ?", old) == [("paused", "samewire")]
    assert newsroom.rows("SELECT count(*) FROM articles") == [(1,)]
    assert set(await newsroom.poll_due(after=DAY)) == {new}


@pytest.mark.parametrize("status", ["removed", "paused", "gone"])
async def test_a_feed_that_moves_onto_one_that_nobody_polls_is_polled_on(newsroom: Newsroom, status: str) -> None:
    new = newsroom.say("/new", answer(rss("a")), answer(rss("a", "b")), answer(rss("a", "b", "c")))
    old = newsroom.say("/old", answer(b"", "301 Moved", Location="/new"))
    await newsroom.poll(new)
    double = newsroom.feed(new).id
    newsroom.store.connection.execute("UPDATE feeds SET status = ? WHERE id = ?", [status, double])
    await polled(newsroom, old, 9)
    assert newsroom.rows("SELECT url, status FROM feeds") == [(new, status), (old, "active")]
    ((reason,),) = newsroom.rows("SELECT reason FROM journal WHERE action LIKE '%moved'")
    assert f"feed {double} and {status}; polled on" in reason
    assert set(await newsroom.poll_due(after=DAY)) == {old}
    set_status(newsroom.store, double, "active", actor="ada", now=newsroom.now)
    await polled(newsroom, old, 5)
    assert newsroom.rows("SELECT status, paused_by FROM feeds WHERE url = ?", old) == [("paused", "samewire")]


async def test_a_move_can_be_taken_back_and_is_not_made_again(newsroom: Newsroom) -> None:
    old = newsroom.say("/old", answer(b"", "301 Moved", Location="/new"))
    newsroom.say("/new", answer(rss("a")))
    new = await polled(newsroom, old, 3)
    number = newsroom.feed(new).id
    assert moves.undo_move(newsroom.store, number, actor="ada", now=newsroom.now) == (old, new)
    assert newsroom.feed(old).url == old
    assert newsroom.rows("SELECT known_as, move_refused FROM feed_health") == [(None, new)]
    actor, reason, detail = newsroom.rows("SELECT actor, reason, detail FROM journal WHERE action = 'move-undone'")[0]
    assert (actor, old in reason, json.loads(detail)["feed"]) == ("ada", True, number)
    assert await polled(newsroom, old, 6) == old
    with pytest.raises(NotFound, match="has not moved"):
        moves.undo_move(newsroom.store, number, actor="ada", now=newsroom.now)


async def test_a_move_is_not_taken_back_onto_another_feed(newsroom: Newsroom) -> None:
    old = newsroom.say("/old", answer(b"", "301 Moved", Location="/new"))
    newsroom.say("/new", answer(rss("a")))
    number = newsroom.feed(await polled(newsroom, old, 3)).id
    newsroom.store.connection.execute("UPDATE feeds SET known_as = NULL")
    newsroom.say("/old", answer(rss("b")))
    await newsroom.poll(old)
    with pytest.raises(StoreError, match="is feed 2 by now"):
        moves.undo_move(newsroom.store, number, actor="ada", now=newsroom.now)


async def test_redirects_end_after_five_in_a_circle_and_before_plain_http(newsroom: Newsroom) -> None:
    for number in range(9):
        newsroom.say(f"/{number}", answer(b"", "302 Found", Location=f"/{number + 1}"))
    assert (await newsroom.poll(newsroom.url("/0"))).reason is Reason.REDIRECTS
    assert len(newsroom.server.asked) == 6
    circle = newsroom.say("/a", answer(b"", "302 Found", Location="/b"))
    newsroom.say("/b", answer(b"", "302 Found", Location="/a#again"))
    assert (await newsroom.poll(circle)).reason is Reason.REDIRECTS
    assert len(newsroom.server.asked) == 8


async def test_a_410_ends_a_feed_when_a_later_day_confirms_it_and_a_person_brings_it_back(newsroom: Newsroom) -> None:
    url = newsroom.say("/f", answer(rss("a")), answer(b"", "410 Gone"), answer(b"", "410 Gone"), answer(rss("a")))
    await newsroom.poll(url)
    await newsroom.poll(url, after=HOUR)
    assert newsroom.wait(url) == DAY
    assert newsroom.one("SELECT status FROM feeds") == "active"
    await newsroom.poll(url, after=DAY)
    assert newsroom.one("SELECT status FROM feeds") == "gone"
    assert newsroom.one("SELECT count(*) FROM journal WHERE action = 'gone'") == 1
    assert await newsroom.poll_due(after=90 * DAY) == {}
    assert newsroom.one("SELECT count(*) FROM entries") == 1
    set_status(newsroom.store, newsroom.feed(url).id, "active", actor="ada", now=newsroom.now)
    assert (await newsroom.poll_due())[url].word is PollWord.UNCHANGED


@pytest.mark.parametrize("status", ["404 Not Found", "403 Forbidden", "401 Unauthorized"])
async def test_a_feed_that_is_not_there_is_asked_rarely_and_for_ever(newsroom: Newsroom, status: str) -> None:
    url = newsroom.say("/f", answer(rss("a")), *[answer(b"", status)] * 12, answer(rss("a", "b")))
    await newsroom.poll(url)
    waits = []
    for _ in range(12):
        await newsroom.poll_due(after=newsroom.wait(url))
        waits.append(newsroom.wait(url))
    assert waits[:6] == [HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 16 * HOUR, DAY]
    assert set(waits[6:]) == {DAY}
    assert newsroom.rows("SELECT status, last_reason, failures FROM feed_health") == [("active", "http_4xx", 12)]
    assert (await newsroom.poll_due(after=DAY))[url].new_entries == 1


async def test_trouble_doubles_the_wait_up_to_the_maximum_and_a_success_ends_it(newsroom: Newsroom) -> None:
    troubles = [answer(b"", "500 Broken"), answer(b"", "502 Bad"), b"", b"not http at all" + bytes(99)]
    url = newsroom.say("/f", answer(rss("a")), *troubles, answer(rss("a", "b")))
    await newsroom.poll(url)
    waits = []
    for _ in troubles:
        await newsroom.poll(url, after=DAY)
        waits.append(newsroom.wait(url))
    assert waits == [HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR]
    await newsroom.poll(url, after=DAY)
    assert (newsroom.wait(url), newsroom.state(url).failures) == (HOUR, 0)
    nowhere = newsroom.url("/f", host="nowhere.invalid")
    newsroom.names = (*newsroom.names, "nowhere.invalid")
    await newsroom.close()
    for wait in (HOUR, 2 * HOUR):
        outcome = await newsroom.poll(nowhere, after=DAY)
        assert (outcome.reason, newsroom.wait(nowhere)) == (Reason.DNS, wait)


async def test_what_a_feed_says_of_its_own_address_moves_nothing(newsroom: Newsroom) -> None:
    elsewhere = newsroom.other.url("/self", host="other.test")
    own = (
        f'<atom:link rel="self" href="{elsewhere}"/><atom:link rel="alternate" href="{elsewhere}"/>'
        f"<link>{elsewhere}</link>"
    )
    url = newsroom.say("/f", answer(rss("a", head=own), Link=f'<{elsewhere}>; rel="self"'))
    for _ in range(4):
        await newsroom.poll_due(after=DAY) or await newsroom.poll(url)
    assert newsroom.feed(url).url == url
    assert not newsroom.other.asked
    assert len(newsroom.asked()) == 4


async def test_a_person_may_have_a_feed_polled_now_but_not_inside_a_retry_after(newsroom: Newsroom) -> None:
    url = newsroom.say("/f", answer(rss("a")), answer(rss("a")), answer(b"", "429 Slow", Retry_After="600"))
    await newsroom.poll(url)
    number = newsroom.feed(url).id
    for _ in range(2):
        feeds.poll_now(newsroom.store, number, actor="ada", now=newsroom.now)
        assert set(await newsroom.poll_due()) == {url}
    with pytest.raises(StoreError, match="asked not to be polled before 2026-05-05T12:10:00Z"):
        feeds.poll_now(newsroom.store, number, actor="ada", now=newsroom.now)
    set_status(newsroom.store, number, "paused", actor="ada", now=newsroom.now)
    with pytest.raises(StoreError, match=f"paused; `samewire feeds resume {number}`"):
        feeds.poll_now(newsroom.store, number, actor="ada", now=newsroom.now)
    with pytest.raises(NotFound, match="feed 99"):
        feeds.poll_now(newsroom.store, 99, actor="ada", now=newsroom.now)  # type: ignore[arg-type]


async def test_credentials_follow_a_feed_within_its_origin_and_not_beyond(newsroom: Newsroom) -> None:
    secret = (("Authorization", "Bearer x"),)
    for path, target in (("/in", newsroom.url("/in2")), ("/out", newsroom.other.url("/out2", host="other.test"))):
        old = newsroom.say(path, answer(b"", "301 Moved", Location=target))
        newsroom.headers[old] = secret
        newsroom.say(f"{path}2", answer(rss(path)), at=newsroom.server if path == "/in" else newsroom.other)
        assert await polled(newsroom, old, 3) == target
        await newsroom.poll(target, after=DAY)
    assert newsroom.asked("/in2")[-1].all("authorization") == ["Bearer x"]
    assert not any(asked.all("authorization") for asked in newsroom.other.asked)
