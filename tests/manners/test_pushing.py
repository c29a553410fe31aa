"""Row 41: hubs. A subscription's whole life, against a hub that answers by script and keeps what it was asked."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest

from ingest.errors import Reason
from ingest.model import PollWord

from .conftest import DAY, HOUR, MINUTE, SECOND, START, Newsroom, answer, item, rss
from .hub import Hub, hub_for


@pytest.fixture
async def hub(newsroom: Newsroom) -> AsyncIterator[Hub]:
    async with hub_for(newsroom) as made:
        yield made


def head(newsroom: Newsroom, hub: Hub, path: str = "/f") -> str:
    return f'<atom:link rel="hub" href="{hub.url}"/><atom:link rel="self" href="{newsroom.url(path)}"/>'


def feed(newsroom: Newsroom, hub: Hub, *items: str) -> bytes:
    return answer(rss(*items, head=head(newsroom, hub)))


def status(newsroom: Newsroom) -> list[tuple[str, str | None]]:
    return newsroom.rows("SELECT status, reason FROM subscriptions ORDER BY id")


async def pushing(newsroom: Newsroom, hub: Hub) -> str:
    """A feed whose hub was verified, polled once more since, and has delivered."""
    url = newsroom.say("/f", feed(newsroom, hub, "a"))
    await newsroom.poll(url)
    await hub.verified()
    await newsroom.poll(url, after=HOUR)
    assert await hub.delivers(rss("b")) == 202
    return url


async def test_a_hub_is_subscribed_to_believed_by_its_signature_and_polls_become_a_safety_net(
    newsroom: Newsroom, hub: Hub
) -> None:
    url = newsroom.say("/f", feed(newsroom, hub, "a"))
    await newsroom.poll(url)
    await hub.is_tended()
    assert {name: hub.last[name] for name in ("mode", "topic")} == {"mode": "subscribe", "topic": url}
    assert 32 <= len(hub.last["secret"]) < 200
    assert len(urlsplit(hub.last["callback"]).path.rpartition("/")[2]) > 40
    assert (await hub.says("subscribe", topic=f"{url}x")).status_code == 404
    assert (await hub.says("unsubscribe")).status_code == 404
    answered = await hub.says("subscribe")
    assert (answered.status_code, answered.text) == (200, "ch4llenge")

    outcome = await newsroom.poll(url, after=HOUR)
    assert newsroom.wait(url) == HOUR, "a hub that has not pushed yet is not relied on"
    assert outcome.word is PollWord.UNCHANGED
    for secret in ("", "guessed"):
        assert await hub.delivers(rss("forged"), secret=secret) == 202
    assert await hub.delivers(rss("b", "c")) == 202
    assert newsroom.rows("SELECT guid FROM entries ORDER BY id") == [("a",), ("b",), ("c",)]
    assert newsroom.rows("SELECT pushes, ignored FROM subscriptions") == [(1, 2)]
    assert newsroom.rows("SELECT outcome, reason, new_entries FROM polls WHERE pushed") == [("ok", "pushed", 2)]
    assert newsroom.wait(url) == HOUR, "a push moves no poll"

    newsroom.say("/f", feed(newsroom, hub, "c", "b", "a"))
    await newsroom.poll(url, after=HOUR)
    assert newsroom.wait(url) == 6 * HOUR

    newsroom.say("/f", feed(newsroom, hub, item("d", newsroom.now + HOUR), "c", "b", "a"))
    outcome = await newsroom.poll(url, after=6 * HOUR)
    assert (outcome.new_entries, outcome.reason) == (1, Reason.MISSED)
    assert newsroom.wait(url) == HOUR, "a hub that missed something is not relied on"
    assert newsroom.rows("SELECT push, push_missed FROM feed_health") == [("doubted", 1)]
    assert newsroom.rows("SELECT action FROM journal WHERE action LIKE 'hub-%'") == [("hub-doubted",)]


async def test_a_hub_in_the_link_header_counts_before_the_one_in_the_feed(newsroom: Newsroom, hub: Hub) -> None:
    body = rss("a", head=f'<atom:link rel="hub" href="{newsroom.url("/other")}"/>')
    link = f'<{hub.url}>; rel="hub", <{newsroom.url("/topic")}>; rel="self"'
    await newsroom.poll(newsroom.say("/f", answer(body, Link=link)))
    await hub.is_tended()
    assert hub.last["topic"] == newsroom.url("/topic")


@pytest.mark.parametrize("named", ["hub", "self"])
async def test_a_feed_that_does_not_name_both_hub_and_topic_is_polled_only(
    newsroom: Newsroom, hub: Hub, named: str
) -> None:
    await newsroom.poll(newsroom.say("/f", answer(rss("a", head=f'<atom:link rel="{named}" href="{hub.url}"/>'))))
    assert status(newsroom) == []


async def test_a_hub_that_verifies_before_it_answers_is_understood(newsroom: Newsroom, hub: Hub) -> None:
    await newsroom.poll(newsroom.say("/f", feed(newsroom, hub, "a")))
    ask = hub._asked

    async def eager(reader, writer, asked):
        class Later:
            def write(self, data: bytes) -> None: ...
            async def drain(self) -> None: ...

        await ask(reader, Later(), asked)  # type: ignore[arg-type]
        assert (await hub.says("subscribe")).status_code == 200
        writer.write(answer(b"", "204 No Content", length=False))

    newsroom.other.on("/hub", eager)
    await hub.is_tended()
    assert status(newsroom) == [("active", None)]


async def test_a_lease_is_renewed_before_it_ends_with_the_same_callback(newsroom: Newsroom, hub: Hub) -> None:
    await pushing(newsroom, hub)
    first = hub.last
    newsroom.now = START + 7 * DAY
    await hub.is_tended()
    assert len(hub.requests) == 1
    newsroom.now = START + 8 * DAY
    await hub.is_tended()
    assert hub.last == first
    await hub.says("subscribe")
    newsroom.now = START + 15 * DAY
    await hub.is_tended()
    assert status(newsroom) == [("active", None)]


async def test_a_lease_that_lapses_makes_the_feed_polled_as_before(newsroom: Newsroom, hub: Hub) -> None:
    url = await pushing(newsroom, hub)
    hub.answers = [answer(b"", "500 Broken")]
    while newsroom.one("SELECT status FROM subscriptions") == "active":
        newsroom.say("/f", feed(newsroom, hub, "b", "a"))
        await newsroom.poll_due(after=HOUR)
        waited = newsroom.wait(url)
        await hub.is_tended()
    assert waited > HOUR
    assert status(newsroom) == [("wanted", "http_5xx")], "it lapsed, and the hub was asked anew at once"
    assert newsroom.rows("SELECT action FROM journal WHERE action LIKE 'hub-%'") == [("hub-lapsed",)]
    assert newsroom.wait(url) <= HOUR
    assert newsroom.now - START == 10 * DAY
    await newsroom.poll_due(after=HOUR)
    assert HOUR <= newsroom.wait(url) < 2 * HOUR, "silent for ten days, and no longer a hub's"
    assert await hub.delivers(rss("late")) == 202
    assert newsroom.rows("SELECT ignored FROM subscriptions") == [(1,)]


async def test_a_feed_that_is_paused_is_unsubscribed_and_subscribed_again_when_it_is_resumed(
    newsroom: Newsroom, hub: Hub
) -> None:
    await pushing(newsroom, hub)
    first = hub.last["callback"]
    newsroom.store.connection.execute("UPDATE feeds SET status = 'paused'")
    await hub.is_tended()
    assert hub.last["mode"] == "unsubscribe"
    assert await hub.delivers(rss("late")) == 202
    assert newsroom.rows("SELECT ignored FROM subscriptions") == [(1,)]
    assert (await hub.says("unsubscribe")).text == "ch4llenge"
    assert status(newsroom) == [("ended", "resting")]
    assert await hub.delivers(rss("later")) == 410
    newsroom.store.connection.execute("UPDATE feeds SET status = 'active'")
    await hub.verified()
    assert status(newsroom) == [("ended", "resting"), ("active", None)]
    assert hub.last["callback"] != first
    assert newsroom.rows("SELECT guid FROM entries ORDER BY id") == [("a",), ("b",)]


async def test_a_hub_that_says_no_is_left_alone_for_a_week(newsroom: Newsroom, hub: Hub) -> None:
    url = newsroom.say("/f", feed(newsroom, hub, "a"))
    await newsroom.poll(url)
    await hub.is_tended()
    assert (await hub.says("denied", reason="not for you")).status_code == 200
    assert status(newsroom) == [("denied", "denied")]
    newsroom.now += 6 * DAY
    await hub.is_tended()
    newsroom.now += DAY
    await hub.is_tended()
    await hub.is_tended()
    assert len(hub.requests) == 2


async def test_a_feed_that_names_another_hub_leaves_the_first(newsroom: Newsroom, hub: Hub) -> None:
    url = await pushing(newsroom, hub)
    newsroom.say("/f", answer(rss("b", "a", head=head(newsroom, hub, "/elsewhere"))))
    await newsroom.poll(url, after=HOUR)
    await hub.is_tended()
    assert sorted((request["mode"], request["topic"]) for request in hub.requests[1:]) == [
        ("subscribe", newsroom.url("/elsewhere")),
        ("unsubscribe", url),
    ]


async def test_a_hubs_wish_to_be_left_alone_is_heeded_and_a_new_place_of_it_followed(
    newsroom: Newsroom, hub: Hub
) -> None:
    await newsroom.poll(newsroom.say("/f", feed(newsroom, hub, "a")))
    hub.answers = [answer(b"", "429 Slow down", Retry_After="7200"), answer(b"", "307 Moved", Location="/there")]
    newsroom.other.on("/there", hub._asked)
    await hub.is_tended()
    newsroom.now += HOUR + 59 * MINUTE
    await hub.is_tended()
    assert len(hub.requests) == 1
    newsroom.now += MINUTE
    hub.answers.append(answer(b"", "202 Accepted"))
    await hub.is_tended()
    assert [asked.target for asked in newsroom.other.asked] == ["/hub", "/hub", "/there"]
    assert status(newsroom) == [("asked", None)]


async def test_a_hub_at_an_inside_address_is_not_asked(newsroom: Newsroom, hub: Hub) -> None:
    inside = '<atom:link rel="hub" href="http://10.0.0.7/"/><atom:link rel="self" href="http://feed.test/f"/>'
    await newsroom.poll(newsroom.say("/f", answer(rss("a", head=inside))))
    await hub.is_tended()
    assert status(newsroom) == [("wanted", "address")]


async def test_what_a_hub_brings_is_read_as_news_only_and_quarantined_or_refused_like_a_poll(
    newsroom: Newsroom, hub: Hub
) -> None:
    url = await pushing(newsroom, hub)
    before = newsroom.state(url)
    packed = gzip.compress(rss("packed"), mtime=0)
    assert await hub.delivers(packed, Content_Encoding="gzip") == 202
    for body in (b"<html><body>no feed</body></html>", b"", gzip.compress(b" " * 20_000_000)):
        coding = {"Content_Encoding": "gzip"} if body.startswith(b"\x1f") else {}
        assert await hub.delivers(body, ETag='"x"', Cache_Control="max-age=99999", **coding) == 202
    reasons = newsroom.rows("SELECT reason FROM polls WHERE pushed ORDER BY id")
    assert reasons == [("pushed",), ("pushed",), ("html",), ("empty",), ("too_large",)]
    after = newsroom.state(url)
    assert (after.etag, after.failures, after.next_at, after.body_hash) == (
        before.etag, before.failures, before.next_at, before.body_hash,
    )  # fmt: skip
    assert newsroom.rows("SELECT guid FROM entries ORDER BY id") == [("a",), ("b",), ("packed",)]
    assert newsroom.rows("SELECT overflows FROM feeds") == [(0,)]


async def test_nothing_of_path_and_secret_is_in_the_database_and_a_lost_key_asks_anew(
    newsroom: Newsroom, hub: Hub
) -> None:
    await pushing(newsroom, hub)
    stored = "\n".join(newsroom.store.connection.iterdump())
    assert hub.last["secret"] not in stored
    assert hub.last["callback"].rpartition(".")[2] not in stored
    key_file = newsroom.folder / "newsroom.db-push-key"
    assert key_file.stat().st_mode & 0o777 == 0o600
    strange = hub.last["callback"][:-1] + ("0" if hub.last["callback"][-1] != "0" else "1")
    assert await hub.delivers(rss("x"), callback=strange) == 404


async def test_what_came_while_nobody_listened_is_polled_for_at_the_next_start(newsroom: Newsroom, hub: Hub) -> None:
    from ingest.pipeline.subscriptions import resume

    url = await pushing(newsroom, hub)
    await newsroom.poll(url, after=HOUR)
    assert newsroom.wait(url) == 6 * HOUR
    newsroom.now += 10 * MINUTE
    await resume(newsroom.desk)
    assert newsroom.wait(url) == 50 * MINUTE
    newsroom.now += 2 * HOUR
    await resume(newsroom.desk)
    assert newsroom.wait(url) <= SECOND
