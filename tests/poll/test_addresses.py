"""The public-addresses-only rule, as values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.errors import FetchError, Reason
from ingest.poll.addresses import AddressPolicy, is_public

PRIVATE = [
    "127.0.0.1", "127.0.0.2", "0.0.0.0", "0.1.2.3", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.2.1", "198.18.0.1", "203.0.113.1", "224.0.0.1", "240.0.0.1", "255.255.255.255",
    "::1", "::", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "fe80::1", "fe80::1%eth0", "fec0::1", "fc00::1",
    "fd00:ec2::254", "ff02::1", "2001:db8::1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1",
    "2002:7f00:1::", "2002:a00:1::1", "2002:808:808::1", "::ffff:8.8.8.8",
    "2001:0:4136:e378:8000:63bf:80ff:fffe", "100::1", "words", "",
    "192.0.0.192", "192.0.0.9", "192.88.99.1", "168.63.129.16", "::ffff:168.63.129.16", "64:ff9b::a83f:8110",
    "2001:20::1", "3fff::1",
]  # fmt: skip
PUBLIC = [
    "93.184.216.34", "8.8.8.8", "2606:2800:220:1::1", "64:ff9b::808:808",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_of_the_inside_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_an_address_of_the_internet_is_public(address):
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_an_address_wrapped_in_another_is_public_only_behind_nat64_and_only_when_it_is(v4):
    n = int(v4)
    assert is_public(f"64:ff9b::{n >> 16:x}:{n & 0xFFFF:x}") == is_public(str(v4))
    for wrapped in (f"::ffff:{v4}", f"2002:{n >> 16:x}:{n & 0xFFFF:x}::1"):
        assert not is_public(wrapped)


CHECKED = {
    "http": ("http://example.org/#x", None),
    "other web ports": ("https://example.org:8443/", None),
    "decimal": ("http://2130706433/", Reason.ADDRESS),
    "a name with figures": ("http://0x7f.example/", None),
    "excepted": ("http://127.0.0.1:9000/", None),
    "excepted v6": ("http://[0:0::1]:9001/", None),
    "excepted name": ("http://Intranet.:9002/", None),
    "excepted host, other port": ("http://127.0.0.1:9001/", Reason.PORT),
    "excepted host, web port": ("http://127.0.0.1/", Reason.ADDRESS),
    "excepted port, other host": ("http://127.0.0.2:9000/", Reason.PORT),
    "port": ("http://example.org:22/", Reason.PORT),
    "port 0": ("http://example.org:0/", Reason.PORT),
    "literal with a dot": ("http://10.0.0.1./", Reason.ADDRESS),
    "mapped": ("http://[::ffff:7f00:1]/", Reason.ADDRESS),
    "nat64 spelled out": ("http://[64:ff9b::808:808]/", Reason.ADDRESS),
    "scheme": ("gopher://example.org/", Reason.SCHEME),
    "url": ("http://u@example.org/", Reason.URL),
}


@pytest.mark.parametrize(("url", "reason"), CHECKED.values(), ids=CHECKED)
def test_an_address_is_checked_before_asking(url, reason):
    policy = AddressPolicy(frozenset({"127.0.0.1:9000", "[::1]:9001", "intranet:9002"}))
    if reason is None:
        assert policy.check_url(url).startswith("http")
    else:
        with pytest.raises(FetchError) as caught:
            policy.check_url(url)
        assert caught.value.reason is reason and caught.value.subject == url


def test_every_answer_must_be_public():
    policy = AddressPolicy(frozenset({"inside.test:80"}))
    policy.check_addresses("a.test", 80, ["8.8.8.8", "2606:2800:220:1::1"], subject="s")
    policy.check_addresses("inside.test", 80, ["10.0.0.1"], subject="s")
    for host, port in (("a.test", 80), ("inside.test", 443)):
        with pytest.raises(FetchError) as caught:
            policy.check_addresses(host, port, ["8.8.8.8", "10.0.0.1"], subject="s")
        assert caught.value.reason is Reason.ADDRESS


@pytest.mark.parametrize("entry", ["127.0.0.1", "host:", ":80", "host:web", "host:0", "host:70000", "host:²"])
def test_an_exception_that_is_not_host_and_port_is_refused(entry):
    with pytest.raises(ValueError, match="host:port"):
        AddressPolicy(frozenset({entry}))
