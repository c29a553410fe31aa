"""The newsroom's server must behave as good servers do, for real sockets and a real client."""

import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO

import feedparser
import httpx
import pytest

from ingest.demo.newsroom import EDITIONS, load_newsroom, print_edition
from ingest.demo.server import NewsroomServer, accepts_gzip

OPENED_AT = datetime(2026, 11, 24, 6, 20, 30, 999, tzinfo=UTC)
NEWSROOM = load_newsroom()
KEYS = [publisher.key for publisher in NEWSROOM.publishers]


@pytest.fixture
def server() -> Iterator[NewsroomServer]:
    with NewsroomServer(NEWSROOM, opened_at=OPENED_AT, max_delay_s=0.01) as running:
        yield running


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, timeout=10) as web:
        yield web


@pytest.mark.parametrize("key", KEYS)
def test_every_publisher_serves_its_feed_and_its_pages_on_a_port_of_its_own(
    server: NewsroomServer, client: httpx.Client, key: str
) -> None:
    publisher = NEWSROOM.publisher(key)
    feed = client.get(server.feed_url(key), follow_redirects=True)
    assert feed.status_code == 200
    assert feed.headers["content-type"].endswith(f"charset={publisher.charset}")
    if key != "herald":
        printed = print_edition(publisher, NEWSROOM.articles, opened_at=server.opened_at, edition=1)
        content = feedparser.parse(
            BytesIO(feed.content), response_headers={"content-type": feed.headers["content-type"]}
        )
        assert [entry.title for entry in content.entries[: len(printed)]] == [piece.title for piece in printed]
        page = client.get(content.entries[0].link, follow_redirects=True)
        assert page.status_code == 200
        assert page.headers["content-type"] == f"text/html; charset={publisher.charset}"


def test_the_ports_are_those_that_the_configuration_must_allow(server: NewsroomServer) -> None:
    assert len(set(server.allow)) == len(KEYS)
    assert all(re.fullmatch(r"127\.0\.0\.1:\d+", address) for address in server.allow)
    assert server.base_url("echo").removeprefix("http://") in server.allow
    assert server.feed_url("echo") == server.base_url("echo") + "/index.rss"
    assert server.base_urls["echo"] == server.base_url("echo")


def test_either_validator_is_answered_with_304(server: NewsroomServer, client: httpx.Client) -> None:
    url = server.feed_url("tarrow")
    first = client.get(url)
    etag, modified = first.headers["etag"], first.headers["last-modified"]
    assert re.fullmatch(r'"[0-9a-f]+"', etag)
    for headers in (
        {"If-None-Match": etag},
        {"If-None-Match": f'"other", W/{etag}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": modified},
    ):
        again = client.get(url, headers=headers)
        assert again.status_code == 304
        assert again.content == b""
        assert again.headers["etag"] == etag
        assert again.headers["last-modified"] == modified


@pytest.mark.parametrize(
    "headers",
    [
        {"If-None-Match": '"other"'},
        {"If-None-Match": '"other"', "If-Modified-Since": "Fri, 31 Dec 2100 00:00:00 GMT"},
        {"If-Modified-Since": "Mon, 05 Jan 1998 00:00:00 GMT"},
        {"If-Modified-Since": "yesterday"},
        {"If-Modified-Since": "Fri, 31 Dec 2100 00:00:00 -0000"},
    ],
    ids=["other etag", "etag outranks date", "old date", "no date", "date without zone"],
)
def test_what_does_not_match_brings_the_whole_feed(
    server: NewsroomServer, client: httpx.Client, headers: dict[str, str]
) -> None:
    assert client.get(server.feed_url("tarrow"), headers=headers).status_code == 200


def test_gzip_is_sent_to_those_who_take_it_with_a_validator_of_its_own(
    server: NewsroomServer, client: httpx.Client
) -> None:
    url = server.feed_url("tarrow")
    plain = client.get(url, headers={"Accept-Encoding": "identity"})
    packed = client.get(url, headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert packed.headers["vary"] == "Accept-Encoding"
    assert packed.content == plain.content
    assert int(packed.headers["content-length"]) < len(plain.content) / 2
    assert packed.headers["etag"] != plain.headers["etag"]
    crossed = client.get(url, headers={"Accept-Encoding": "identity", "If-None-Match": packed.headers["etag"]})
    assert crossed.status_code == 200


@pytest.mark.parametrize(
    ("header", "taken"),
    [("gzip", True), ("br, GZIP;q=0.5", True), ("gzip; q=0", False), ("gzip;q=0.0", False), ("br", False), ("", False)],
)
def test_gzip_is_accepted_when_it_is_named_with_some_weight(header: str, taken: bool) -> None:
    assert accepts_gzip(header) is taken


def test_the_moved_feed_and_its_links_redirect(server: NewsroomServer, client: httpx.Client) -> None:
    moved = client.get(server.feed_url("observer"))
    assert moved.status_code == 301
    assert moved.headers["location"] == "/rss/latest.xml"
    link = server.base_url("observer") + "/go/haddock-wins-by-a-single-vote"
    found = client.get(link)
    assert found.status_code == 302
    assert found.headers["location"] == "/read/haddock-wins-by-a-single-vote"
    assert client.get(link, follow_redirects=True).status_code == 200


def test_the_edition_can_be_switched_while_it_runs(server: NewsroomServer, client: httpx.Client) -> None:
    url = server.feed_url("tarrow")
    page = server.base_url("tarrow") + "/wire/ammonia-leak-orrinby"
    before = client.get(url)
    assert client.get(page).status_code == 404
    server.edition = 2
    assert server.edition == 2
    validators = {"If-None-Match": before.headers["etag"], "If-Modified-Since": before.headers["last-modified"]}
    after = client.get(url, headers=validators)
    assert after.status_code == 200
    assert "Ammonia leak in Orrinby" in after.text
    assert "UPDATE 1-Ferry fire" in after.text
    assert after.headers["last-modified"] != before.headers["last-modified"]
    assert client.get(page).status_code == 200


def test_a_publisher_without_news_stays_unmodified_over_the_editions(
    server: NewsroomServer, client: httpx.Client
) -> None:
    first = client.get(server.feed_url("gavan"))
    server.edition = 2
    again = client.get(server.feed_url("gavan"), headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304


def test_an_edition_that_does_not_exist_is_refused(server: NewsroomServer) -> None:
    with pytest.raises(ValueError, match="edition 3"):
        server.edition = len(EDITIONS) + 1
    assert server.edition == 1


def test_robots_and_the_start_page_are_there_and_nothing_else_is(server: NewsroomServer, client: httpx.Client) -> None:
    base_url = server.base_url("packet")
    robots = client.get(base_url + "/robots.txt")
    assert robots.status_code == 200
    assert robots.text.startswith("User-agent: *")
    assert 'type="application/atom+xml"' in client.get(base_url + "/").text
    for path in ("/nothing", "/archive/", "/archive/../robots.txt%00", "/go/haddock-wins-by-a-single-vote"):
        assert client.get(base_url + path).status_code == 404


def test_head_brings_the_headers_alone(server: NewsroomServer, client: httpx.Client) -> None:
    answer = client.head(server.feed_url("tarrow"))
    assert answer.status_code == 200
    assert answer.content == b""
    assert int(answer.headers["content-length"]) > 0


def test_a_method_that_nobody_serves_is_refused_and_costs_nothing(server: NewsroomServer, client: httpx.Client) -> None:
    assert client.post(server.base_url("courier") + "/consent").status_code == 501
    assert client.get(server.base_url("courier") + "/").status_code == 200


def test_tracking_parameters_do_not_change_the_page(server: NewsroomServer, client: httpx.Client) -> None:
    url = server.base_url("echo") + "/live"
    assert client.get(url + "?utm_source=rss&utm_medium=feed").content == client.get(url).content


def test_the_log_keeps_what_was_asked_and_answered(server: NewsroomServer, client: httpx.Client) -> None:
    client.get(server.feed_url("echo"), headers={"User-Agent": "samewire-test"})
    client.get(server.base_url("echo") + "/nothing?x=1")
    first, second = server.log
    assert (first.publisher, first.method, first.path, first.status) == ("echo", "GET", "/index.rss", 200)
    assert first.headers["user-agent"] == "samewire-test"
    assert (second.path, second.status) == ("/nothing?x=1", 404)


def test_offsets_count_from_the_whole_second_in_any_zone() -> None:
    local = OPENED_AT.astimezone(timezone(timedelta(hours=3)))
    server = NewsroomServer(NEWSROOM, opened_at=local)
    try:
        assert server.opened_at == OPENED_AT.replace(microsecond=0)
        assert server.opened_at.tzinfo is UTC
    finally:
        server.close()


def test_the_slow_publisher_is_slow_and_does_not_hold_up_the_end() -> None:
    slow = NEWSROOM.publisher("valley")
    assert 1 <= slow.delay_s <= 2
    with NewsroomServer(NEWSROOM, opened_at=OPENED_AT, max_delay_s=60) as server:
        started = time.monotonic()
        with httpx.Client(trust_env=False, timeout=0.05) as hasty, pytest.raises(httpx.ReadTimeout):
            hasty.get(server.feed_url("valley"))
    assert time.monotonic() - started < slow.delay_s


def test_a_closed_server_frees_its_ports(client: httpx.Client) -> None:
    with NewsroomServer(NEWSROOM, opened_at=OPENED_AT) as server:
        url = server.base_url("tarrow") + "/"
        assert client.get(url).status_code == 200
    with pytest.raises(httpx.ConnectError):
        client.get(url)
