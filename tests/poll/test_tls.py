"""TLS and proxies: the name is verified though the address is pinned, and a proxy sees no more than it must."""

from __future__ import annotations

import asyncio
import ssl

import pytest

from ingest.errors import Reason
from ingest.model import Response
from ingest.poll import wire
from ingest.poll.addresses import AddressPolicy
from ingest.poll.fetch import fetch, open_client

from .conftest import FEED, Server, answer, failure, feed_request


async def tls_client(server: Server, trusted: ssl.SSLContext | None):
    async def resolver(host, port):
        return ["127.0.0.1"]

    policy = AddressPolicy(frozenset({f"feed.test:{server.port}", f"other.test:{server.port}"}))
    return open_client(policy, user_agent="x", resolver=resolver, tls_context=trusted)


def server_context(certificate) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    return context


@pytest.mark.parametrize(
    ("host", "trusted", "reason"),
    [("feed.test", True, None), ("other.test", True, Reason.TLS), ("feed.test", False, Reason.TLS)],
    ids=["trusted", "another name", "self-signed"],
)
async def test_tls_verifies_the_name_though_the_address_is_pinned(certificate, host, trusted, reason):
    server = Server()
    await server.start(server_context(certificate))
    server.on("/f", answer(FEED))
    context = ssl.create_default_context(cafile=str(certificate[0])) if trusted else None
    async with await tls_client(server, context) as client:
        request = feed_request(server.url("/f", host=host, scheme="https"))
        if reason is None:
            assert isinstance(await fetch(client, request), Response)
        else:
            assert (await failure(client, request)).reason is reason
            assert not server.asked
    await server.stop()


async def test_https_is_never_left_for_http(certificate):
    server = Server()
    await server.start(server_context(certificate))
    server.on("/f", answer(b"", "302 Found", Location="http://example.org/"))
    async with await tls_client(server, ssl.create_default_context(cafile=str(certificate[0]))) as client:
        error = await failure(client, feed_request(server.url("/f", host="feed.test", scheme="https")))
    assert error.reason is Reason.DOWNGRADE
    await server.stop()


async def test_plain_http_on_an_https_address_is_a_tls_failure(client, server):
    async def reply(_reader, writer):
        writer.write(answer(b"", "400 Plain HTTP here"))
        writer.close()

    # The client knows the first server's port only as an exception, so this one takes its place.
    await server.stop()
    async with await asyncio.start_server(reply, "127.0.0.1", server.port):
        error = await failure(client, feed_request(server.url("/f", scheme="https")))
    assert error.reason is Reason.TLS


async def test_a_handshake_that_never_comes_is_a_timeout(client, server, monkeypatch):
    monkeypatch.setattr(wire, "SILENCE_S", 0.05)
    error = await failure(client, feed_request(server.url("/f", scheme="https")))
    assert error.reason is Reason.TIMEOUT and "handshake" in str(error)


async def proxied(proxy: Server, context: ssl.SSLContext | None = None):
    return open_client(
        AddressPolicy(), user_agent="x", proxy=f"http://me:pw@127.0.0.1:{proxy.port}", tls_context=context
    )


async def test_a_proxy_gets_the_whole_address_and_its_own_credentials(server):
    server.on("http://feed.test/f", answer(FEED))
    async with await proxied(server) as client:
        assert isinstance(await fetch(client, feed_request("http://feed.test/f")), Response)
    assert server.asked[0].all("proxy-authorization") == ["Basic bWU6cHc="]


LITERALS = ["127.0.0.1", "2130706433", "0x7f000001", "127.1", "localhost", "a.localhost.", "[::1]", "0"]


@pytest.mark.parametrize("host", LITERALS)
async def test_a_proxy_is_not_asked_for_an_address_of_the_inside(server, host):
    async with await proxied(server) as client:
        error = await failure(client, feed_request(f"http://{host}/"))
    assert error.reason is Reason.ADDRESS and not server.asked


async def test_tls_goes_through_a_proxys_tunnel_and_still_verifies_the_name(certificate, server, other_server):
    inner = Server()
    await inner.start(server_context(certificate))
    inner.on("/f", answer(FEED))

    async def tunnel(reader, writer, asked):
        assert not asked.all("authorization")
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", inner.port)
        writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")

        async def pump(source, sink):
            while data := await source.read(65536):
                sink.write(data)
            sink.close()

        await asyncio.gather(pump(reader, inner_writer), pump(inner_reader, writer), return_exceptions=True)

    for name in ("feed.test:443", "other.test:443"):
        server.on(name, tunnel)
    async with await proxied(server, ssl.create_default_context(cafile=str(certificate[0]))) as client:
        request = feed_request("https://feed.test/f", private_headers=(("Authorization", "x"),))
        assert isinstance(await fetch(client, request), Response)
        assert (await failure(client, feed_request("https://other.test/f"))).reason is Reason.TLS
        assert (await failure(client, feed_request("https://third.test/f"))).reason is Reason.CONNECT
    assert inner.asked[0].all("proxy-authorization") == []
    await inner.stop()


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1", "127.0.0.1:3128", "http://[bad", "http://x:99999"])
def test_only_an_http_proxy_is_taken(proxy):
    with pytest.raises(ValueError, match="proxy"):
        open_client(AddressPolicy(), user_agent="x", proxy=proxy)
