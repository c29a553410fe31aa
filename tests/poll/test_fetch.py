"""Fetching over real sockets: what goes out, what comes back, and that nothing a server does gets past the limits."""

from __future__ import annotations

import asyncio
import gzip
import logging
import zlib
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from ingest.errors import FetchError, Reason
from ingest.model import Gone, Moved, NotModified, Purpose, Response
from ingest.poll import wire
from ingest.poll.fetch import fetch

from .conftest import FEED, answer, failure, feed_request


def forever(*parts: bytes, head: bytes = b"", pause_s: float = 0.0):
    async def send(_reader, writer, _asked):
        writer.write(head)
        while True:
            for part in parts:
                writer.write(part)
                await writer.drain()
                await asyncio.sleep(pause_s)

    return send


# ---------------------------------------------------------------- answers


async def test_a_whole_body_comes_back_with_where_it_came_from(client, server):
    server.on("/f", answer(FEED, Content_Type="text/xml", ETag='W/"a b"'))
    response = await fetch(client, feed_request(server.url("/f#top")))
    assert isinstance(response, Response)
    assert (response.body, response.status, response.redirects) == (FEED, 200, 0)
    assert response.header("etag") == 'W/"a b"'
    assert response.received_bytes == len(FEED) and response.url == server.url("/f") and response.seconds > 0


async def test_the_request_names_us_asks_for_gzip_only_and_nothing_else(client, server):
    server.on("/f", answer(FEED))
    await fetch(client, feed_request(server.url("/f?a=%7e&b"), headers=(("X-Own", "1"),)))
    (asked,) = server.asked
    assert asked.target == "/f?a=%7e&b"
    assert dict(asked.headers).keys() == {"host", "user-agent", "accept-encoding", "connection", "accept", "x-own"}
    assert asked.all("user-agent") == ["samewire/0 (+https://example.org)"]
    assert asked.all("accept-encoding") == ["gzip"]
    assert "application/rss+xml" in asked.all("accept")[0]


@pytest.mark.parametrize(("purpose", "word"), [(Purpose.PAGE, "text/html"), (Purpose.ROBOTS, "text/plain")])
async def test_the_accept_header_follows_the_purpose(client, server, purpose, word):
    server.on("/x", answer(b"x"))
    await fetch(client, feed_request(server.url("/x"), purpose=purpose))
    assert server.asked[0].all("accept")[0].startswith(word)


async def test_validators_go_out_byte_for_byte_and_a_304_is_a_result(client, server):
    server.on("/f", answer(b"", "304 Not Modified", length=False, ETag='"n\xe9w\xff"'))
    conditions = (("If-None-Match", '"\xc3\xa9\xff"'), ("If-Modified-Since", "Mon, 23 Nov 2026 10:00:00 GMT"))
    result = await fetch(client, feed_request(server.url("/f"), conditions=conditions))
    assert isinstance(result, NotModified) and result.header("etag") == '"n\xe9w\xff"'
    assert server.asked[0].all("if-none-match") == ['"\xc3\xa9\xff"']
    assert server.asked[0].all("if-modified-since") == ["Mon, 23 Nov 2026 10:00:00 GMT"]


async def test_a_304_that_nobody_asked_for_is_a_failure(client, server):
    server.on("/f", answer(b"", "304 Not Modified", length=False))
    assert (await failure(client, feed_request(server.url("/f")))).reason is Reason.HTTP_OTHER


async def test_a_410_is_gone(client, server):
    server.on("/f", answer(b"", "410 Gone"))
    assert isinstance(await fetch(client, feed_request(server.url("/f"))), Gone)


STATUSES = {
    "204 No Content": Reason.HTTP_OTHER,
    "206 Partial Content": Reason.HTTP_OTHER,
    "300 Multiple Choices": Reason.HTTP_OTHER,
    "401 Unauthorized": Reason.HTTP_4XX,
    "404 Not Found": Reason.HTTP_4XX,
    "429 Too Many Requests": Reason.RATE_LIMITED,
    "503 Service Unavailable": Reason.HTTP_5XX,
    "999 Denied": Reason.HTTP_OTHER,
}


@pytest.mark.parametrize(("line", "reason"), STATUSES.items(), ids=STATUSES)
async def test_another_status_is_a_failure_with_its_reason(client, server, line, reason):
    server.on("/f", answer(b"x" if line[0] in "45" else b"", line, Retry_After="120"))
    error = await failure(client, feed_request(server.url("/f")))
    assert (error.reason, error.status, error.retry_after_s) == (reason, int(line[:3]), 120.0)


async def test_a_retry_after_date_is_measured_against_the_servers_own_clock(client, server):
    wrong = datetime(2001, 1, 1, tzinfo=UTC)
    until = format_datetime(wrong + timedelta(seconds=90), usegmt=True)
    server.on("/f", answer(b"", "503 Busy", Retry_After=until, Date=format_datetime(wrong, usegmt=True)))
    assert (await failure(client, feed_request(server.url("/f")))).retry_after_s == 90.0


# ---------------------------------------------------------------- redirects


async def test_permanent_redirects_are_followed_and_reported(client, server):
    server.on("/old", answer(b"", "301 Moved", Location="newer"))
    server.on("/newer", answer(b"", "308 Moved", Location="/new?x=\xc3\xa9"))
    server.on("/new", answer(FEED))
    moved = await fetch(client, feed_request(server.url("/old")))
    assert isinstance(moved, Moved) and moved.new_url == server.url("/new?x=%C3%A9")
    assert isinstance(moved.answer, Response) and moved.answer.body == FEED
    assert (moved.answer.redirects, moved.answer.requested_url) == (2, server.url("/old"))


@pytest.mark.parametrize("first", ["302 Found", "303 See Other", "307 Temporary"])
async def test_one_temporary_redirect_makes_the_whole_way_temporary(client, server, first):
    server.on("/a", answer(b"", first, Location="/b"))
    server.on("/b", answer(b"", "301 Moved", Location="/c"))
    server.on("/c", answer(FEED))
    result = await fetch(client, feed_request(server.url("/a")))
    assert isinstance(result, Response) and (result.url, result.redirects) == (server.url("/c"), 2)


async def test_credentials_go_to_their_origin_only_and_validators_to_their_url_only(client, server, other_server):
    private, conditions = (("Authorization", "Basic eA=="),), (("If-None-Match", '"1"'), ("If-Modified-Since", "x"))
    server.on("/a", answer(b"", "302 Found", Location="/b"))
    server.on("/b", answer(b"", "302 Found", Location=other_server.url("/c")))
    other_server.on("/c", answer(FEED))
    await fetch(client, feed_request(server.url("/a"), private_headers=private, conditions=conditions))
    assert [bool(asked.all("authorization")) for asked in server.asked] == [True, True]
    assert [bool(asked.all("if-none-match") or asked.all("if-modified-since")) for asked in server.asked] == [
        True,
        False,
    ]
    (elsewhere,) = other_server.asked
    assert dict(elsewhere.headers).keys() == {"host", "user-agent", "accept-encoding", "connection", "accept"}


async def test_no_cookie_is_ever_sent_back(client, server):
    server.on("/a", answer(b"", "302 Found", Location="/b", Set_Cookie="sid=1; Path=/"))
    server.on("/b", answer(FEED, Set_Cookie="sid=2; Path=/"))
    for _ in range(2):
        await fetch(client, feed_request(server.url("/a")))
    assert not any(asked.all("cookie") or asked.all("referer") for asked in server.asked) and not client.cookies


async def test_a_circle_of_redirects_ends_at_once(client, server):
    server.on("/a", answer(b"", "302 Found", Location="/b#1"))
    server.on("/b", answer(b"", "302 Found", Location="/a#2"))
    assert (await failure(client, feed_request(server.url("/a")))).reason is Reason.REDIRECTS
    assert len(server.asked) == 2


async def test_no_more_than_six_requests_are_made(client, server):
    async def onward(_reader, writer, _asked):
        writer.write(answer(b"", "301 Moved", Location=f"/a?{len(server.asked)}"))

    server.on("/a", onward)
    assert (await failure(client, feed_request(server.url("/a")))).reason is Reason.REDIRECTS
    assert len(server.asked) == 6


TARGETS = {
    "none": (None, Reason.REDIRECTS),
    "empty": ("", Reason.REDIRECTS),
    "brackets": ("http://[::bad", Reason.REDIRECTS),
    "userinfo": ("http://u:p@example.org/", Reason.REDIRECTS),
    "too long": ("/" + "a" * 5000, Reason.REDIRECTS),
    "host idna refuses": ("http://\xcd\xb8.example/", Reason.REDIRECTS),
    "file": ("file:///etc/passwd", Reason.SCHEME),
    "javascript": ("javascript:alert(1)", Reason.SCHEME),
    "metadata": ("http://169.254.169.254/latest/", Reason.ADDRESS),
    "mapped loopback": ("http://[::ffff:127.0.0.1]/", Reason.ADDRESS),
    "octal": ("http://0177.0.0.1/", Reason.URL),
    "port": ("http://example.org:22/", Reason.PORT),
}


@pytest.mark.parametrize(("location", "reason"), TARGETS.values(), ids=TARGETS)
async def test_a_redirects_target_is_checked_like_an_address_of_our_own(client, server, location, reason):
    fields = {} if location is None else {"Location": location}
    server.on("/a", answer(b"", "302 Found", **fields))
    assert (await failure(client, feed_request(server.url("/a")))).reason is reason
    assert len(server.asked) == 1


# ---------------------------------------------------------------- compression


def bomb(mib: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(b" " * (1 << 20)) for _ in range(mib)) + packer.flush()


DECODED = {
    "gzip": ("gzip", gzip.compress(FEED)),
    "x-gzip": ("X-GZIP", gzip.compress(FEED)),
    "zlib": ("deflate", zlib.compress(FEED)),
    "identity": ("identity", FEED),
    "two members": ("gzip", gzip.compress(FEED[:9]) + gzip.compress(FEED[9:])),
    "zeros behind": ("gzip", gzip.compress(FEED) + b"\0" * 100),
    "junk behind": ("gzip", gzip.compress(FEED) + b"junk"),
}


@pytest.mark.parametrize(("coding", "body"), DECODED.values(), ids=DECODED)
async def test_one_coding_is_undone(client, server, coding, body):
    server.on("/f", answer(body, Content_Encoding=coding))
    response = await fetch(client, feed_request(server.url("/f")))
    assert isinstance(response, Response) and response.body == FEED and response.received_bytes == len(body)


BROKEN = {
    "cut": ("gzip", gzip.compress(FEED * 50)[:-20]),
    "not gzip": ("gzip", FEED),
    "twice": ("gzip, gzip", gzip.compress(gzip.compress(FEED))),
    "brotli": ("br", b"x"),
    "many members": ("gzip", gzip.compress(b"") * 100),
}


@pytest.mark.parametrize(("coding", "body"), BROKEN.values(), ids=BROKEN)
async def test_a_broken_or_unasked_coding_is_refused(client, server, coding, body):
    server.on("/f", answer(body, Content_Encoding=coding))
    assert (await failure(client, feed_request(server.url("/f")))).reason is Reason.ENCODING


async def test_two_coding_headers_are_two_codings(client, server):
    server.on("/f", answer(FEED, Content_Encoding="gzip\r\nContent-Encoding: gzip"))
    assert (await failure(client, feed_request(server.url("/f")))).reason is Reason.ENCODING


async def test_what_stands_behind_the_announced_end_is_not_read(client, server):
    """A length that is too small is common; h11 would call the whole answer broken."""
    server.on("/f", answer(FEED) + b"<!-- 0.2 s -->" + answer(b"another answer"))
    response = await fetch(client, feed_request(server.url("/f")))
    assert isinstance(response, Response) and response.body == FEED


async def test_a_bomb_stops_at_the_limit(client, server):
    server.on("/f", answer(bomb(64), Content_Encoding="gzip"))
    error = await failure(client, feed_request(server.url("/f"), max_body_bytes=100_000))
    assert error.reason is Reason.TOO_LARGE and error.received_bytes <= 65536


async def test_an_empty_body_needs_no_gzip_frame(client, server):
    server.on("/f", answer(b"", Content_Encoding="gzip"))
    response = await fetch(client, feed_request(server.url("/f")))
    assert isinstance(response, Response) and response.body == b""


# ---------------------------------------------------------------- limits

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
BAD = {
    "endless body": (forever(b" " * 65536, head=b"HTTP/1.1 200 OK\r\n\r\n"), Reason.TOO_LARGE),
    "endless chunks": (forever(b"1000\r\n" + b" " * 4096 + b"\r\n", head=CHUNKED), Reason.TOO_LARGE),
    "crumbs": (forever(b"1\r\n \r\n" * 2000, head=CHUNKED), Reason.PROTOCOL),
    "endless fields": (forever(b"X: y\r\n" * 1000, head=b"HTTP/1.1 200 OK\r\n"), Reason.PROTOCOL),
    "endless field": (forever(b"x" * 9999, head=b"HTTP/1.1 200 OK\r\nX: "), Reason.PROTOCOL),
    "informational for ever": (forever(b"HTTP/1.1 103 Early\r\n\r\n" * 9), Reason.PROTOCOL),
    "informational slowly": (forever(b"HTTP/1.1 103 Early\r\n\r\n", pause_s=0.1), Reason.TIMEOUT),
    "drip": (forever(b"x", head=b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n", pause_s=0.05), Reason.TIMEOUT),
    "huge length": (answer(b"", length=False, Content_Length=str(10**12)), Reason.TOO_LARGE),
    "cut body": (answer(FEED, length=False, Content_Length="999"), Reason.PROTOCOL),
    "cut chunks": (CHUNKED + b"ff\r\nx", Reason.PROTOCOL),
    "two lengths": (answer(FEED, Content_Length="3"), Reason.PROTOCOL),
    "not http": (b"SSH-2.0-x\r\n" + bytes(256), Reason.PROTOCOL),
    "nothing": (b"", Reason.PROTOCOL),
    "switching protocols": (b"HTTP/1.1 101 Yes\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", Reason.PROTOCOL),
}


@pytest.mark.parametrize(("script", "reason"), BAD.values(), ids=BAD)
async def test_a_hostile_server_costs_one_reason_and_no_socket(client, server, script, reason):
    server.on("/f", script)
    timeout_s = 0.4 if reason is Reason.TIMEOUT else 60.0
    request = feed_request(server.url("/f"), max_body_bytes=1 << 20, timeout_s=timeout_s)
    assert (await failure(client, request)).reason is reason
    await asyncio.sleep(0)
    ours = asyncio.all_tasks() - server.tasks - {asyncio.current_task()}
    assert not [task for task in ours if "shutdown" not in repr(task) and "athrow" not in repr(task)]


async def test_a_silent_server_is_left_before_the_deadline(client, server, monkeypatch):
    monkeypatch.setattr(wire, "SILENCE_S", 0.05)
    server.on("/f", forever(b"", pause_s=9.0))
    error = await failure(client, feed_request(server.url("/f"), timeout_s=30.0))
    assert error.reason is Reason.TIMEOUT and "silent" in str(error)


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


async def test_fetching_leaves_no_file_descriptor_open(client, server):
    server.on("/good", answer(FEED))
    server.on("/bad", forever(b" " * 65536, head=b"HTTP/1.1 200 OK\r\n\r\n"))

    async def some():
        for path in ("/good", "/bad", "/none"):
            with suppress(FetchError):
                await fetch(client, feed_request(server.url(path), max_body_bytes=99_999))
        await asyncio.gather(*server.tasks)
        await asyncio.sleep(0.01)

    await some()
    before = open_files()
    for _ in range(3):
        await some()
    assert open_files() == before


async def test_a_cancelled_fetch_closes_its_connection(client, server):
    closed = asyncio.Event()

    async def hold(reader, _writer, _asked):
        await reader.read()
        closed.set()

    server.on("/f", hold)
    task = asyncio.create_task(fetch(client, feed_request(server.url("/f"))))
    while not server.asked:
        await asyncio.sleep(0.001)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.wait_for(closed.wait(), 2)


@pytest.mark.parametrize("media_type", ["video/mp4", "application/pdf", "IMAGE/png; x=1"])
async def test_a_page_that_is_no_page_is_not_read(client, server, media_type):
    server.on("/a", forever(bytes(65536), head=answer(length=False, Content_Type=media_type)))
    error = await failure(client, feed_request(server.url("/a"), purpose=Purpose.PAGE))
    assert error.reason is Reason.NOT_HTML


async def test_a_feed_with_a_wrong_type_is_read_all_the_same(client, server):
    server.on("/f", answer(FEED, Content_Type="image/png"))
    assert isinstance(await fetch(client, feed_request(server.url("/f"))), Response)


UNASKED = {
    "scheme": ("ftp://example.org/", Reason.SCHEME),
    "url": ("http://[bad/", Reason.URL),
    "relative": ("just words", Reason.URL),
    "userinfo": ("https://u:secret@example.org/", Reason.URL),
    "header": ("http://127.0.0.1/", Reason.ADDRESS),
}


@pytest.mark.parametrize(("url", "reason"), UNASKED.values(), ids=UNASKED)
async def test_what_may_not_be_asked_for_is_refused_without_its_secrets(client, url, reason):
    error = await failure(client, feed_request(url))
    assert error.reason is reason and "secret" not in str(error)


async def test_a_header_that_cannot_be_sent_is_a_reason_and_no_crash(client, server):
    for value in ("a\r\nb: c", "\u2028"):
        await failure(client, feed_request(server.url("/f"), headers=(("X", value),)))
    assert not server.asked


async def test_addresses_are_not_logged_by_the_libraries_beneath(client, server, caplog):
    caplog.set_level(logging.INFO)
    server.on("/f", answer(FEED))
    await fetch(client, feed_request(server.url("/f?token=abc")))
    assert "token" not in caplog.text
