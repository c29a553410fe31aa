"""What is kept between polls: validators only of what was read, entries for good, and how far a server is believed."""

from __future__ import annotations

import asyncio
import codecs

import pytest

from ingest.errors import Reason
from ingest.model import ParsedFeed, PollWord, Response
from ingest.pipeline import reading
from ingest.store import read

from .conftest import DAY, HOUR, MINUTE, NOT_MODIFIED, Asked, Newsroom, answer, item, rss

MODIFIED, LATER = "Mon, 04 May 2026 10:00:00 GMT", "Tue, 05 May 2026 13:00:00 GMT"


async def test_a_304_updates_the_validators_that_it_names(newsroom: Newsroom) -> None:
    moved_on = answer(b"", "304 Not Modified", length=False, ETag='"2"', Last_Modified=LATER)
    url = newsroom.say("/f", answer(rss("a"), ETag='"1"', Last_Modified=MODIFIED), moved_on)
    for _ in range(3):
        await newsroom.poll(url, after=HOUR)
    assert [asked.all("if-none-match") for asked in newsroom.asked()] == [[], ['"1"'], ['"2"']]
    assert newsroom.asked()[2].all("if-modified-since") == [LATER]


async def test_a_304_without_an_etag_leaves_the_etag(newsroom: Newsroom) -> None:
    url = newsroom.say("/f", answer(rss("a"), ETag='"1"', Last_Modified=MODIFIED), NOT_MODIFIED)
    for _ in range(3):
        await newsroom.poll(url, after=HOUR)
    last = newsroom.asked()[2]
    assert (last.all("if-none-match"), last.all("if-modified-since")) == (['"1"'], [MODIFIED])


async def test_the_same_body_again_is_not_parsed_and_writes_no_entry(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed = []
    real = reading.parse_feed

    def counted(answer: Response, known: frozenset[bytes] = frozenset()) -> ParsedFeed:
        parsed.append(answer.url)
        return real(answer, known=known)

    monkeypatch.setattr(reading, "parse_feed", counted)
    url = newsroom.say("/f", answer(rss("a"), ETag='"1"'), answer(rss("a"), ETag='"2"'))
    await newsroom.poll(url)
    seen = newsroom.one("SELECT last_seen_at FROM entries")
    outcome = await newsroom.poll(url, after=HOUR)
    assert (outcome.word, outcome.status, parsed) == (PollWord.UNCHANGED, 200, [url])
    assert newsroom.one("SELECT last_seen_at FROM entries") == seen
    assert newsroom.state(url).etag == '"2"'


class Publisher:
    """A server that publishes every six hours; `stuck` makes it answer 304 to whoever sends a validator."""

    def __init__(self, newsroom: Newsroom) -> None:
        self.newsroom, self.stuck, self.one_tag, self.window, self.began_at = newsroom, False, False, 30, newsroom.now
        newsroom.server.on("/f", self)

    @property
    def count(self) -> int:
        return (self.newsroom.now - self.began_at) // (6 * HOUR)

    async def __call__(self, _reader: object, writer: asyncio.StreamWriter, asked: Asked) -> None:
        etag = '"0"' if self.one_tag else f'"{self.count}"'
        sent = asked.all("if-none-match")
        if sent and (self.stuck or sent == [etag]):
            writer.write(NOT_MODIFIED)
        else:
            numbers = range(max(0, self.count - self.window + 1), self.count + 1)
            items = (item(f"n{number}", self.began_at + number * 6 * HOUR) for number in numbers)
            writer.write(answer(rss(*items), ETag=etag))


async def test_a_server_whose_304s_hide_entries_is_found_out_and_asked_in_full_once_a_day(newsroom: Newsroom) -> None:
    server, url = Publisher(newsroom), newsroom.url("/f")
    server.stuck = True
    await newsroom.poll(url)
    for _ in range(7 * 4):
        await newsroom.poll(url, after=6 * HOUR)
    assert newsroom.state(url).lying_at == newsroom.now
    assert newsroom.one("SELECT validators FROM feed_health") == "lying"
    assert newsroom.one("SELECT count(*) FROM entries") == 4 * 7 + 1
    before = len(newsroom.asked())
    for _ in range(3 * 4):
        await newsroom.poll(url, after=6 * HOUR)
    assert sum(not asked.all("if-none-match") for asked in newsroom.asked()[before:]) == 3
    # And believed again when news comes without a look.
    server.stuck = False
    for _ in range(7 * 2):
        await newsroom.poll(url, after=6 * HOUR)
    assert newsroom.state(url).lying_at is None


async def test_other_entries_under_one_etag_are_a_lie_too(newsroom: Newsroom) -> None:
    server, url = Publisher(newsroom), newsroom.url("/f")
    server.one_tag = True
    await newsroom.poll(url)
    await newsroom.poll(url, after=12 * HOUR)
    assert newsroom.state(url).lying_at is None, "a 304 hides it, and nobody looked"
    await newsroom.poll(url, after=7 * DAY)
    assert newsroom.state(url).lying_at == newsroom.now


async def test_an_honest_server_is_believed_though_it_had_something_new_when_it_was_probed(newsroom: Newsroom) -> None:
    Publisher(newsroom).window = 4
    url = newsroom.url("/f")
    for _ in range(15 * 4):
        await newsroom.poll(url, after=6 * HOUR)
    assert newsroom.state(url).lying_at is None
    assert sum(not asked.all("if-none-match") for asked in newsroom.asked()) == 3


NO_FEEDS = {
    "a web page": (answer(b"<html><body>Please log in</body></html>", ETag='"x"'), Reason.HTML),
    "a captcha": (answer(b"<!doctype html><p>Are you human?", Content_Type="text/html", ETag='"x"'), Reason.HTML),
    "nothing": (answer(b"", ETag='"x"'), Reason.EMPTY),
    "white space": (answer(b" \r\n\t", ETag='"x"'), Reason.EMPTY),
    "an error as JSON": (answer(b'{"error": "maintenance"}', ETag='"x"'), Reason.NOT_A_FEED),
}  # fmt: skip


@pytest.mark.parametrize(("bad", "reason"), NO_FEEDS.values(), ids=NO_FEEDS)
async def test_a_200_that_is_no_feed_is_a_failure_and_costs_neither_entries_nor_validators(
    newsroom: Newsroom, bad: bytes, reason: Reason
) -> None:
    url = newsroom.say("/f", answer(rss("a", "b"), ETag='"1"'), bad, answer(rss("a", "b", "c"), ETag='"2"'))
    await newsroom.poll(url)
    outcome = await newsroom.poll(url, after=HOUR)
    assert (outcome.word, outcome.reason) == (PollWord.ERROR, reason)
    assert newsroom.state(url).etag == '"1"'
    assert newsroom.one("SELECT count(*) FROM entries") == 2
    back = await newsroom.poll(url, after=HOUR)
    assert newsroom.asked()[2].all("if-none-match") == ['"1"']
    assert (back.new_entries, back.reason) == (1, None)


async def test_a_feed_that_goes_empty_for_a_while_loses_and_repeats_nothing(newsroom: Newsroom) -> None:
    url = newsroom.say("/f", answer(rss("a", "b")), answer(rss()), answer(rss("a", "b")))
    for _ in range(3):
        outcome = await newsroom.poll(url, after=HOUR)
    assert (outcome.new_entries, newsroom.one("SELECT count(*) FROM entries"), outcome.reason) == (0, 2, None)


async def test_entries_that_passed_unseen_are_counted_and_the_feed_is_asked_sooner(newsroom: Newsroom) -> None:
    windows = [("a", "b", "c"), ("c", "d", "e"), ("x", "y", "z"), ("x", "y", "z", "new")]
    url = newsroom.say("/f", *(answer(rss(*names)) for names in windows))
    outcomes = [await newsroom.poll(url, after=HOUR) for _ in windows[:3]]
    assert [one.reason for one in outcomes] == [None, None, Reason.OVERFLOW]
    assert newsroom.wait(url) == HOUR / 2
    assert newsroom.rows("SELECT overflows, hurry FROM feed_health") == [(1, 1)]
    assert newsroom.rows("SELECT outcome, reason FROM polls ORDER BY id")[2] == ("ok", "overflow")
    await newsroom.poll(url, after=30 * MINUTE)
    assert newsroom.state(url).overflows == 1
    assert newsroom.wait(url) == HOUR


async def test_a_poll_that_could_not_be_stored_keeps_no_validators(newsroom: Newsroom) -> None:
    url = newsroom.say("/f", answer(rss("a"), ETag='"1"'), answer(rss("a", "b"), ETag='"2"'))
    await newsroom.poll(url)
    connection = newsroom.store.connection
    connection.execute("CREATE TRIGGER full BEFORE INSERT ON entries BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    assert (await newsroom.poll(url, after=HOUR)).reason is Reason.CRASHED
    assert newsroom.state(url).etag == '"1"'
    connection.execute("DROP TRIGGER full")
    assert (await newsroom.poll(url, after=HOUR)).new_entries == 1
    assert newsroom.asked()[2].all("if-none-match") == ['"1"']


async def test_failures_that_a_server_excused_beforehand_are_no_news(
    newsroom: Newsroom, caplog: pytest.LogCaptureFixture
) -> None:
    excuse = "max-age=60, stale-if-error=86400"
    url = newsroom.say("/f", answer(rss("a"), Cache_Control=excuse), answer(b"", "500 Broken"))
    await newsroom.poll(url)
    await newsroom.poll(url, after=12 * HOUR)
    assert newsroom.state(url).failures == 1, "it backs off all the same"
    assert not [record for record in caplog.records if record.levelname == "WARNING"]
    assert read.status(newsroom.store.connection, newsroom.now).failing_feeds == 0
    await newsroom.poll(url, after=13 * HOUR)
    assert [record for record in caplog.records if record.levelname == "WARNING"]
    assert read.status(newsroom.store.connection, newsroom.now).failing_feeds == 1
    assert newsroom.one("SELECT count(*) FROM entries") == 1


CHARSETS = {
    "HTTP names it": ("text/xml; charset=iso-8859-2", 'encoding="utf-8"', "iso-8859-2", "Łódź żółć"),
    "the mark does": ("text/xml", "", "utf-16", "Łódź żółć"),
    "the declaration does": ("text/xml", 'encoding="koi8-r"', "koi8-r", "Мир и труд"),
    "nobody does": ("text/xml", "", "cp1252", "Über naïve Cafés à Orléans, où l’été a été gâché " * 5),
    "HTTP is wrong": ("text/xml; charset=iso-8859-1", "", "utf-8", "Łódź żółć"),
}


@pytest.mark.parametrize(("kind", "declared", "written", "title"), CHARSETS.values(), ids=CHARSETS)
async def test_the_charset_is_found_repaired_and_recorded(
    newsroom: Newsroom, kind: str, declared: str, written: str, title: str
) -> None:
    text = f'<?xml version="1.0" {declared}?><rss version="2.0"><channel><title>f</title>' \
           f"<item><guid>1</guid><title>{title}</title></item></channel></rss>"  # fmt: skip
    url = newsroom.say("/f", answer(text.encode(written), Content_Type=kind))
    await newsroom.poll(url)
    assert newsroom.one("SELECT title FROM entries") == title.strip()
    recorded = newsroom.one("SELECT charset FROM feed_health")
    assert codecs.lookup(recorded).name.startswith(codecs.lookup(written).name[:6])


async def test_a_first_poll_is_a_baseline_and_later_ones_are_not(newsroom: Newsroom) -> None:
    url = newsroom.say("/f", answer(rss("a", "b")), answer(rss("a", "b", "c")))
    await newsroom.poll(url)
    await newsroom.poll(url, after=HOUR)
    assert newsroom.rows("SELECT title, baseline FROM articles ORDER BY id") == [
        ("News of a", 1), ("News of b", 1), ("News of c", 0)]  # fmt: skip


async def test_an_article_of_twelve_section_feeds_is_one_article_and_one_fetch(newsroom: Newsroom) -> None:
    """Each lists it under an address of its own, and one of them lists two."""
    spellings = [
        newsroom.url("/summit"), newsroom.url("/summit?utm_source=rss&utm_medium=world"), newsroom.url("/summit#top"),
        newsroom.url("/summit?amp=1"), newsroom.url("/amp/summit"), newsroom.url("/summit/amp"),
        newsroom.url("/summit.amp"), newsroom.url("/summit", host="m.feed.test"),
        newsroom.url("/summit", host="www.feed.test"), newsroom.url("/summit", host="amp.feed.test"),
        newsroom.url("/summit?fbclid=abc&outputType=amp"), newsroom.url("/m/summit"),
    ]  # fmt: skip
    other = item("other", link=newsroom.url("/other"))
    sections = [
        newsroom.say(f"/section{n}", answer(rss(item(f"s{n}", link=one), other))) for n, one in enumerate(spellings)
    ]
    for url in sections:
        await newsroom.poll(url)
    twice = (item("a", link=newsroom.url("/summit")), item("b", link=newsroom.url("/summit?amp=1")))
    await newsroom.poll(newsroom.say("/twice", answer(rss(*twice))))
    await newsroom.settle()
    assert [asked.target for asked in newsroom.server.asked if "section" not in asked.target] == [
        "/twice", "/robots.txt", "/summit", "/other"]  # fmt: skip
    assert newsroom.rows("SELECT count(*), count(DISTINCT publisher_id) FROM articles") == [(2, 1)]
    assert newsroom.one("SELECT count(*) FROM entries") == 26
