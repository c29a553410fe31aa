"""How much of a body is parsed, and that it makes no difference to what is stored."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.config import load
from ingest.errors import PoolClosed, Reason, WorkerError
from ingest.model import Feed, Outcome, PollWord, Reading, Response
from ingest.pipeline import feeds as trip
from ingest.pipeline.desk import Desk, open_desk
from ingest.store.feeds import NewFeed, add_feed, by_url, set_status
from ingest.workers.pool import WorkerPool

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
URL = "http://news.example/feed"


class Inline:
    """Stands in for the worker pool: the same work, here. `raises` is what the next tasks end with."""

    def __init__(self) -> None:
        self.raises: Exception | None = None
        self.tasks = 0

    async def run(
        self, function: Callable[[Any], Any], argument: Any, *, subject: str, timeout_s: float | None = None
    ) -> Any:
        self.tasks += 1
        if self.raises is not None:
            raise self.raises
        return function(argument)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder: Path = tmp_path_factory.mktemp("reading")
    (folder / "config.toml").write_text("")
    config = load(folder / "config.toml").config
    with open_desk(
        config, for_command="test", clock=lambda: NOW, rng=random.Random(1), headers_of=lambda _: (), processes=1
    ) as opened:
        yield opened


@pytest.fixture
def pool() -> Inline:
    return Inline()


class Followed:
    """One feed and the polls of it."""

    def __init__(self, desk: Desk, pool: Inline | WorkerPool) -> None:
        self.desk = replace(desk, pool=pool)  # type: ignore[arg-type]
        with desk.store.transaction():
            (number,) = desk.store.connection.execute("SELECT count(*) FROM feeds").fetchone()
            self.url = f"{URL}/{number}"
            add_feed(desk.store, NewFeed(url=self.url, publisher=f"p{number}", domain="news.example"), NOW)

    @property
    def feed(self) -> Feed:
        found = by_url(self.desk.store.connection, self.url, interval=timedelta(hours=1))
        assert found is not None
        return found

    async def poll(self, body: str, status: int = 200) -> Outcome:
        raw, feed = body.encode(), self.feed
        answer = Response(
            url=URL, requested_url=URL, status=status, headers=(("content-type", "application/rss+xml"),), body=raw,
            seconds=0.0, received_bytes=len(raw),
        )  # fmt: skip
        outcome, parsed = await trip._read(self.desk, feed, answer)
        return await self.desk.write(trip._commit, self.desk, feed, outcome, parsed, NOW)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.desk.store.connection.execute(sql, [self.feed.id])]

    def change(self, sql: str) -> None:
        with self.desk.store.transaction():
            self.desk.store.connection.execute(sql, [self.feed.id])

    def forget(self) -> None:
        """Have the next body read whole."""
        self.change("DELETE FROM marks WHERE feed_id = ?")


@pytest.fixture
async def followed(desk: Desk, pool: Inline) -> Followed:
    return await desk.write(Followed, desk, pool)


def rss(*items: str, head: str = "") -> str:
    return f"<rss version='2.0'><channel><title>T</title>{head}{''.join(items)}</channel></rss>"


def item(number: int, *, guid: str | None = None, link: str | None = None, text: str = "") -> str:
    guid, link = guid or f"g{number}", link or f"http://news.example/{number}"
    return (
        f"<item><guid isPermaLink='false'>{guid}</guid><title>Title number {number}{text}</title>"
        f"<link>{link}</link><description>Words of {number}{text}.</description></item>"
    )


async def test_the_same_bytes_are_not_parsed_again(followed: Followed, pool: Inline) -> None:
    body = rss(item(1), item(2))
    assert (await followed.poll(body)).reading is Reading.WHOLE
    entries = await followed.desk.write(followed.rows, "SELECT * FROM entries WHERE feed_id = ?")
    again = await followed.poll(body)
    assert (again.reading, again.word, pool.tasks) == (Reading.SAME, PollWord.UNCHANGED, 1)
    assert await followed.desk.write(followed.rows, "SELECT * FROM entries WHERE feed_id = ?") == entries
    polls = await followed.desk.write(followed.rows, "SELECT reading FROM polls WHERE feed_id = ? ORDER BY id")
    assert polls == [("whole",), ("same",)]


async def test_of_a_body_that_changed_only_what_is_new_is_parsed(followed: Followed) -> None:
    await followed.poll(rss(item(1), item(2)))
    outcome = await followed.poll(rss(item(3), item(1), item(2)))
    assert (outcome.reading, outcome.new_entries, outcome.shown_entries) == (Reading.PART, 1, 3)
    gone = await followed.poll(rss(item(3)))
    assert (gone.reading, gone.word, gone.shown_entries) == (Reading.PART, PollWord.UNCHANGED, 1)
    back = await followed.poll(rss(item(3), item(1)))
    assert (back.reading, back.new_entries) == (Reading.PART, 0)
    assert len(await followed.desk.write(followed.rows, "SELECT * FROM marks WHERE feed_id = ?")) == 2


async def test_an_entry_that_is_not_parsed_again_counts_as_seen_now(followed: Followed) -> None:
    await followed.poll(rss(item(1)))
    await followed.desk.write(followed.change, "UPDATE entries SET last_seen_at = 'x' WHERE feed_id = ?")
    await followed.poll(rss(item(2), item(1)))
    seen = await followed.desk.write(followed.rows, "SELECT DISTINCT last_seen_at FROM entries WHERE feed_id = ?")
    assert seen == [("2026-11-23T12:00:00Z",)]


async def test_an_answer_with_only_what_is_new_takes_nothing_away(followed: Followed) -> None:
    """226, RFC 3229: what it leaves out is still in the feed."""
    await followed.poll(rss(item(1), item(2)))
    delta = await followed.poll(rss(item(3), item(2, text=" revised")), status=226)
    assert (delta.new_entries, delta.revised_entries) == (1, 1)
    whole = await followed.poll(rss(item(3), item(2, text=" revised"), item(1)))
    assert (whole.reading, whole.word, whole.shown_entries) == (Reading.PART, PollWord.UNCHANGED, 3)
    back = await followed.poll(rss(item(3), item(2), item(1)))
    assert back.revised_entries == 1  # its old bytes are not taken for known: the entry says something else now


async def test_a_name_that_two_items_share_has_all_of_them_parsed(followed: Followed, pool: Inline) -> None:
    await followed.poll(rss(item(1), item(2)))
    tasks = pool.tasks
    outcome = await followed.poll(rss(item(3, guid="g1"), item(1), item(2)))
    assert (outcome.reading, outcome.new_entries, pool.tasks - tasks) == (Reading.WHOLE, 1, 2)
    assert await followed.desk.write(followed.rows, "SELECT * FROM marks WHERE feed_id = ?") == []


async def test_a_body_that_stops_workers_twice_waits_for_another(followed: Followed, pool: Inline) -> None:
    pool.raises = WorkerError("stopped after 20 s", reason=Reason.KILLED, subject=URL)
    bad = rss(item(1))
    assert [(await followed.poll(bad)).reason for _ in range(2)] == [Reason.KILLED] * 2
    tasks = pool.tasks
    held = await followed.poll(bad)
    assert (held.word, held.reason, pool.tasks) == (PollWord.ERROR, Reason.QUARANTINED, tasks)
    assert f"samewire feeds resume {followed.feed.id}" in held.detail
    pool.raises = None
    assert (await followed.poll(rss(item(1), item(2)))).word is PollWord.OK
    assert await followed.desk.write(followed.rows, "SELECT * FROM quarantine WHERE feed_id = ?") == []


async def test_a_body_that_is_killed_in_its_worker_costs_no_other_feed(desk: Desk) -> None:
    """Categories take feedparser quadratic time; forty items of as many as are read keep it busy for half a minute."""
    many = "".join(f"<category>c{number}</category>" for number in range(2_900))
    with WorkerPool(processes=1, task_timeout_s=1.5, memory_mb=512, preload=("ingest.parse.feed",)) as workers:
        bad, good = await desk.write(Followed, desk, workers), await desk.write(Followed, desk, workers)
        assert (await good.poll(rss(item(1)))).word is PollWord.OK
        killed = await bad.poll(rss(*(item(number, text=f"</title>{many}<title>") for number in range(40))))
        assert (killed.word, killed.reason) == (PollWord.ERROR, Reason.KILLED)
        assert (await good.poll(rss(item(1), item(2)))).word is PollWord.OK
    held = await desk.write(bad.rows, "SELECT stops, reason FROM quarantine WHERE feed_id = ?")
    assert held == [(1, "killed")]
    assert await desk.write(good.rows, "SELECT * FROM quarantine WHERE feed_id = ?") == []


async def test_a_person_has_a_held_body_tried_again(followed: Followed, pool: Inline) -> None:
    pool.raises = WorkerError("stopped after 20 s", reason=Reason.KILLED, subject=URL)
    for _ in range(3):
        await followed.poll(rss(item(1)))
    pool.raises = None
    await followed.desk.write(set_status, followed.desk.store, followed.feed.id, "active", actor="ann", now=NOW)
    assert (await followed.poll(rss(item(1)))).word is PollWord.OK


async def test_what_the_end_of_samewire_interrupts_is_held_against_nobody(followed: Followed, pool: Inline) -> None:
    pool.raises = PoolClosed("closed", reason=Reason.KILLED, subject=URL)
    for _ in range(3):
        assert (await followed.poll(rss(item(1)))).reason is Reason.KILLED
    assert await followed.desk.write(followed.rows, "SELECT * FROM quarantine WHERE feed_id = ?") == []


NUMBERS = st.integers(0, 4)
SHOWN = st.builds(
    item,
    NUMBERS,
    guid=st.none() | st.sampled_from(["g0", "g1", "other"]),
    link=st.none() | st.sampled_from(["http://news.example/0", "http://news.example/1?utm_source=x", "/home"]),
    text=st.sampled_from(["", "", " and more", " in other words altogether"]),
)
POLLS = st.lists(st.tuples(st.lists(SHOWN, max_size=5), st.sampled_from(["", "<language>fr</language>"])), max_size=4)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(POLLS, st.sampled_from([200, 200, 226]))
async def test_what_is_stored_is_the_same_whether_all_is_parsed_or_only_what_is_new(
    desk: Desk, pool: Inline, polls: list[tuple[list[str], str]], status: int
) -> None:
    """For every run of polls, of feeds whose guids and links lie too."""
    sliced, whole = await desk.write(Followed, desk, pool), await desk.write(Followed, desk, pool)
    for items, head in polls:
        body = rss(*items, head=head)
        await desk.write(whole.forget)
        ours, theirs = await sliced.poll(body, status), await whole.poll(body, status)
        assert replace(ours, reading=None, detail="", seconds=0) == replace(theirs, reading=None, detail="", seconds=0)
    wanted = "SELECT key, guid, link, canonical_link, title, summary, content_hash FROM entries WHERE feed_id = ?"
    ours, theirs = await desk.write(sliced.rows, wanted), await desk.write(whole.rows, wanted)
    assert [[str(value).replace(sliced.url, whole.url) for value in row] for row in ours] == [
        [str(value) for value in row] for row in theirs
    ]
