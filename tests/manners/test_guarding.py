"""What a server may do to us: nothing that costs more than its own poll."""

from __future__ import annotations

import asyncio
import gzip
import ssl
import subprocess
import zlib
from pathlib import Path

import pytest

from ingest.errors import Reason
from ingest.model import PollWord
from ingest.poll import addresses, dial

from .conftest import DAY, HOUR, Newsroom, Server, answer, item, rss

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


def bomb(mib: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(b" " * (1 << 20)) for _ in range(mib)) + packer.flush()


async def pouring(_reader, writer, _asked):
    """A header field that never ends."""
    writer.write(b"HTTP/1.1 200 OK\r\nX: ")
    while True:
        writer.write(b"x" * 9999)
        await writer.drain()


async def test_a_body_is_cut_while_it_is_inflated_and_a_head_too(newsroom: Newsroom) -> None:
    """11 MiB of blanks in 11 kB; a head beyond 64 KiB."""
    outcome = await newsroom.poll(newsroom.say("/f", answer(bomb(11), Content_Encoding="gzip")))
    assert (outcome.word, outcome.reason) == (PollWord.ERROR, Reason.TOO_LARGE)
    assert outcome.received_bytes <= 65536
    fits = await newsroom.poll(newsroom.say("/g", answer(gzip.compress(rss("a")), Content_Encoding="gzip")))
    assert fits.word is PollWord.OK
    newsroom.server.on("/h", pouring)
    assert (await newsroom.poll(newsroom.url("/h"))).reason is Reason.PROTOCOL


CODINGS = {"brotli": "br", "zstd": "zstd", "nested": "gzip, gzip", "unknown": "x-own", "gzip in brotli": "br, gzip"}


@pytest.mark.parametrize("coding", CODINGS.values(), ids=CODINGS)
async def test_a_coding_that_was_not_asked_for_is_refused(newsroom: Newsroom, coding: str) -> None:
    outcome = await newsroom.poll(newsroom.say("/f", answer(gzip.compress(rss("a")), Content_Encoding=coding)))
    assert (outcome.word, outcome.reason) == (PollWord.ERROR, Reason.ENCODING)


CUT = {
    "by length": answer(rss("a"), length=False, Content_Length="9999"),
    "by chunks": CHUNKED + b"ff\r\nhalf",
    "inside gzip": answer(gzip.compress(rss("a"))[:-9], Content_Encoding="gzip"),
}


@pytest.mark.parametrize("said", CUT.values(), ids=CUT)
async def test_a_body_that_is_cut_short_is_noticed(newsroom: Newsroom, said: bytes) -> None:
    outcome = await newsroom.poll(newsroom.say("/f", said))
    assert outcome.word is PollWord.ERROR
    assert outcome.reason in (Reason.PROTOCOL, Reason.ENCODING)
    assert newsroom.rows("SELECT etag, body_hash FROM feeds") == [(None, None)]


async def test_a_drip_ends_at_the_deadline_of_the_whole_poll(newsroom: Newsroom) -> None:
    """Each byte comes well within any timeout for single reads; redirects do not start the clock anew."""
    newsroom.settings = 'timeout = "1s"'

    async def drip(_reader, writer, _asked):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")
        while True:
            writer.write(b" ")
            await writer.drain()
            await asyncio.sleep(0.02)

    async def detour(_reader, writer, _asked):
        await asyncio.sleep(0.6)
        writer.write(answer(b"", "302 Found", Location="/drip"))

    newsroom.server.on("/drip", drip)
    newsroom.server.on("/f", detour)
    loop = asyncio.get_running_loop()
    started_s = loop.time()
    assert (await newsroom.poll(newsroom.url("/f"))).reason is Reason.TIMEOUT
    assert 1.0 <= loop.time() - started_s < 1.5


INSIDE = {
    "loopback": "http://127.0.0.2/", "metadata": "http://169.254.169.254/latest/", "private": "http://10.0.0.1/",
    "decimal": "http://2130706433/", "hex": "http://0x7f000001/", "short": "http://127.1/", "octal": "http://0177.0.0.1/",
    "mapped": "http://[::ffff:127.0.0.1]/", "mapped public": "http://[::ffff:8.8.8.8]/",
    "NAT64": "http://[64:ff9b::7f00:1]/", "NAT64 public": "http://[64:ff9b::808:808]/",
    "6to4": "http://[2002:7f00:1::]/", "6to4 public": "http://[2002:808:808::1]/", "zone": "http://[fe80::1%25lo]/",
    "unspecified": "http://0/", "ULA": "http://[fd00::1]/",
}  # fmt: skip


@pytest.mark.parametrize("target", INSIDE.values(), ids=INSIDE)
async def test_no_spelling_of_an_inside_address_is_asked(newsroom: Newsroom, target: str) -> None:
    """Neither as a feed nor as a redirect's target, nor as an article's page."""
    for spelled in ("2130706433", "0x7f000001", "127.1", "0177.0.0.1", "0"):
        newsroom.addresses[spelled] = await dial.system_resolver(spelled, 80)
    url = newsroom.say("/f", answer(b"", "302 Found", Location=target))
    outcome = await newsroom.poll(url)
    assert outcome.reason in (Reason.ADDRESS, Reason.URL, Reason.REDIRECTS)
    feed = newsroom.say("/g", answer(rss(item("a", link=target))))
    await newsroom.poll(feed)
    (settled,) = await newsroom.settle()
    assert settled.reason in (Reason.ADDRESS, Reason.URL, Reason.NO_LINK)
    assert [asked.target for asked in newsroom.server.asked] == ["/f", "/g"]


async def test_a_name_is_looked_up_once_and_the_checked_answer_is_connected_to(newsroom: Newsroom) -> None:
    """A name whose second answer is inside (DNS rebinding) gets no second question."""
    newsroom.names = ("feed.test",)
    answers = [["127.0.0.1"], ["10.0.0.7"]]

    class Rebinding(dict):
        def __contains__(self, host: object) -> bool:
            return True

        def __getitem__(self, host: str) -> list[str]:
            return answers.pop(0)

    newsroom.addresses = Rebinding()
    assert (await newsroom.poll(newsroom.say("/f", answer(rss("a"))))).word is PollWord.OK
    assert newsroom.looked_up == ["feed.test"]
    newsroom.addresses = {"evil.test": ["8.8.8.8", "10.0.0.7"]}
    assert (await newsroom.poll("http://evil.test/f")).reason is Reason.ADDRESS


async def serving_tls(newsroom: Newsroom, certificate: tuple[Path, Path]) -> str:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    await newsroom.other.stop()
    newsroom.other = Server()
    await newsroom.other.start(context)
    newsroom.say("/f", answer(rss("a")), at=newsroom.other)
    return newsroom.other.url("/f", host="feed.test", scheme="https")


async def test_a_certificate_that_does_not_hold_is_an_error_unless_the_operator_says_otherwise(
    newsroom: Newsroom, certificate: tuple[Path, Path]
) -> None:
    url = await serving_tls(newsroom, certificate)
    for wait in (HOUR, 2 * HOUR):
        outcome = await newsroom.poll(url, after=DAY)
        assert (outcome.word, outcome.reason, newsroom.wait(url)) == (PollWord.ERROR, Reason.TLS, wait)
    assert not newsroom.other.asked
    assert newsroom.one("SELECT tls FROM feed_health") == "verified"
    newsroom.follow(url, "verify_tls = false")
    await newsroom.close()
    assert (await newsroom.poll(url, after=DAY)).word is PollWord.OK
    assert newsroom.one("SELECT tls FROM feed_health") == "not_verified"


AUTHORITY = """
[ca]
default_ca = own
[own]
database = {folder}/index.txt
new_certs_dir = {folder}
rand_serial = yes
default_md = sha256
policy = any
x509_extensions = names
[any]
commonName = supplied
[names]
subjectAltName = DNS:feed.test
"""


@pytest.fixture
def expired(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate for feed.test that ran out in 2020, and its key."""
    certificate, key, request = tmp_path / "old.pem", tmp_path / "old.key", tmp_path / "old.csr"
    authority = tmp_path / "ca.cnf"
    authority.write_text(AUTHORITY.format(folder=tmp_path))
    (tmp_path / "index.txt").touch()
    new = ["openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
           "/CN=feed.test", "-keyout", key, "-out", request]  # fmt: skip
    sign = ["openssl", "ca", "-config", authority, "-batch", "-selfsign", "-keyfile", key, "-in", request, "-notext",
            "-startdate", "20200101000000Z", "-enddate", "20200201000000Z", "-out", certificate]  # fmt: skip
    for command in (new, sign):
        subprocess.run(command, capture_output=True, check=True)
    return certificate, key


async def test_an_expired_certificate_backs_off(newsroom: Newsroom, expired: tuple[Path, Path]) -> None:
    newsroom.tls = ssl.create_default_context(cafile=str(expired[0]))  # trusted, but for its date
    url = await serving_tls(newsroom, expired)
    for wait in (HOUR, 2 * HOUR, 4 * HOUR):
        outcome = await newsroom.poll(url, after=DAY)
        assert (outcome.reason, newsroom.wait(url)) == (Reason.TLS, wait)
        assert "expired" in outcome.detail


async def test_both_families_are_tried_and_an_unknown_name_is_not_asked_for_again_at_once(
    newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dial, "ATTEMPT_DELAY_S", 0.01)
    newsroom.addresses = {"feed.test": ["::1", "127.0.0.1"]}  # nobody listens at the first
    assert (await newsroom.poll(newsroom.say("/f", answer(rss("a"))))).word is PollWord.OK
    newsroom.names = (*newsroom.names, "gone.invalid")
    await newsroom.close()
    for path in ("/1", "/2", "/3"):
        assert (await newsroom.poll(newsroom.url(path, host="gone.invalid"))).reason is Reason.DNS
    assert newsroom.looked_up.count("gone.invalid") == 1
    assert dial.UNKNOWN_TTL_S >= 60


ROBOTS = answer(b"User-agent: *\nDisallow: /\n")


async def test_robots_txt_is_for_pages_and_not_for_the_feed_that_a_person_named(newsroom: Newsroom) -> None:
    newsroom.say("/robots.txt", ROBOTS)
    url = newsroom.say("/f", answer(rss(item("a", link=newsroom.url("/a")))))
    assert (await newsroom.poll(url)).word is PollWord.OK
    assert not newsroom.asked("/robots.txt")
    assert [one.reason for one in await newsroom.settle()] == [Reason.ROBOTS]
    assert not newsroom.asked("/a")
    assert newsroom.one("SELECT robots FROM feed_health") == "obeyed"


async def test_an_agreement_with_a_publisher_holds_for_all_its_feeds_and_is_visible(newsroom: Newsroom) -> None:
    newsroom.say("/robots.txt", ROBOTS)
    for path, more in (("/f", "robots = false"), ("/g", "")):
        newsroom.follow(newsroom.say(path, answer(rss(item(path, link=newsroom.url(f"{path}1"))))), more)
    other = newsroom.other.url("/f", host="other.test")
    newsroom.follow(other)
    newsroom.say("/f", answer(rss(item("o", link=newsroom.other.url("/o", host="other.test")))), at=newsroom.other)
    newsroom.say("/robots.txt", ROBOTS, at=newsroom.other)
    await newsroom.poll_due()
    await newsroom.settle()
    assert [asked.target for asked in newsroom.server.asked] == ["/f", "/g", "/f1", "/g1"]
    assert [asked.target for asked in newsroom.other.asked] == ["/f", "/robots.txt"]
    assert newsroom.rows("SELECT robots FROM feed_health ORDER BY id") == [("agreement",), ("agreement",), ("obeyed",)]


async def test_a_crawl_delay_is_kept_between_pages(newsroom: Newsroom) -> None:
    newsroom.say("/robots.txt", answer(b"User-agent: samewire\nCrawl-delay: 0.2\nDisallow: /private\n"))
    url = newsroom.say("/f", answer(rss(*(item(f"n{i}", link=newsroom.url(f"/{i}")) for i in range(3)))))
    await newsroom.poll(url)
    loop = asyncio.get_running_loop()
    started_s = loop.time()
    await newsroom.settle()
    assert loop.time() - started_s >= 0.4
    assert len(newsroom.server.asked) == 5


def test_every_web_port_is_allowed_and_no_other() -> None:
    assert sorted(addresses.WEB_PORTS) == [80, 443, 8080, 8443]
