"""What one value may be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta
from email.headerregistry import Address
from email.message import EmailMessage

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.config import values
from ingest.config.values import Expected, Reader
from ingest.publish.addresses import read_mailbox

CONTROLS = ["a\rb", "a\nb", "a\x00b", "a\x1bb", "a\x7fb", "a\u2028b"]


@pytest.mark.parametrize(
    ("reader", "given_value", "expected"),
    [
        (values.text, "", ""),
        (values.text, "Zürich 東京", "Zürich 東京"),
        (values.words, "  desk ", "desk"),
        (values.boolean, False, False),
        (values.integer(1, 3), 3, 3),
        (values.duration(), "0s", timedelta()),
        (values.duration(), " 90 m ", timedelta(minutes=90)),
        (values.duration(), "2w", timedelta(days=14)),
        (values.one_of("a", "b"), "b", "b"),
        (values.clock, "00:00", time(0, 0)),
        (values.clock, "23:59", time(23, 59)),
        (values.zone, "Europe/Berlin", "Europe/Berlin"),
        (values.http, " https://example.org/rss?a=b ", "https://example.org/rss?a=b"),
        (values.http, "http://[::1]:8080/", "http://[::1]:8080/"),
        (values.host_port, "LOCALHOST:80", "localhost:80"),
        (values.host_port, "[::1]:65535", "[::1]:65535"),
        (values.address, "desk@example.org", "desk@example.org"),
        (values.sender, "desk@example.org", "desk@example.org"),
        (values.sender, "The desk <desk@example.org>", "The desk <desk@example.org>"),
        (values.sender, "<desk@example.org>", "<desk@example.org>"),
        (values.many(values.words), ["a ", "b"], ("a", "b")),
        (values.file_path, "sub/news.db", "sub/news.db"),
        (values.file_path, "~/news.db", "~/news.db"),
    ],
)
def test_a_fitting_value_is_taken(reader: Reader, given_value: object, expected: object):
    assert reader(given_value) == expected


@pytest.mark.parametrize(
    ("reader", "given_value"),
    [
        (values.text, 1),
        *((values.text, text) for text in CONTROLS),
        (values.words, " \t"),
        (values.boolean, 1),
        (values.boolean, "true"),
        (values.integer(1, 3), True),
        (values.integer(1, 3), 0),
        (values.integer(1, 3), 4),
        (values.integer(1, 3), 2.0),
        (values.duration(), 5),
        (values.duration(), "5"),
        (values.duration(), "-5m"),
        (values.duration(), "1.5h"),
        (values.duration(), "5 fortnights"),
        (values.duration(), "٥m"),
        (values.duration(), "999999999w"),
        (values.duration("1s", "1h"), "0s"),
        (values.duration("1s", "1h"), "61m"),
        (values.one_of("a", "b"), "c"),
        (values.one_of("a", "b"), ["a"]),
        (values.clock, "7:00"),
        (values.clock, "24:00"),
        (values.clock, "07:60"),
        (values.clock, time(7, 0)),
        (values.zone, "Europe/Berlim"),
        (values.zone, "../../etc/passwd"),
        (values.zone, "Europe"),
        (values.zone, 3),
        (values.http, "example.org/rss"),
        (values.http, "ftp://example.org/rss"),
        (values.http, "https://"),
        (values.http, "https://example.org:0/"),
        (values.http, "https://example.org:99999/"),
        (values.http, "https://[::1/"),
        (values.http, "https://exa mple.org/"),
        (values.http, ["https://example.org"]),
        (values.host_port, "localhost"),
        (values.host_port, "localhost:0"),
        (values.host_port, "localhost:65536"),
        (values.host_port, "localhost:８０"),
        (values.host_port, "http://localhost:80"),
        (values.host_port, "::1:80"),
        (values.address, "desk"),
        (values.address, "Desk <desk@example.org>"),
        (values.address, "desk@example.org\r\nBcc: all@example.org"),
        (values.address, "desk\x01@example.org"),
        (values.address, "d" * 300 + "@example.org"),
        (values.address, None),
        (values.sender, "desk"),
        (values.sender, "The desk <desk@example.org"),
        (values.sender, "desk@example.org>"),
        (values.sender, "a <b@example.org> c"),
        (values.sender, "The desk <desk@example.org>\r\nBcc: all@example.org"),
        (values.many(values.words), "a"),
        (values.many(values.words), ["a", 1]),
        (values.many(values.words, 2), ["a", "b", "c"]),
        (values.file_path, ""),
        (values.file_path, "~no-such-person-here/news.db"),
    ],
)
def test_another_value_is_refused_with_what_was_expected(reader: Reader, given_value: object):
    with pytest.raises(Expected, match=r"^(a|an|the|true|\")"):
        reader(given_value)


SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.binary(), st.times())
READERS: dict[str, Callable[[object], object]] = {
    "text": values.text,
    "words": values.words,
    "boolean": values.boolean,
    "integer": values.integer(1, 10),
    "duration": values.duration(),
    "one_of": values.one_of("a", "b"),
    "clock": values.clock,
    "zone": values.zone,
    "http": values.http,
    "host_port": values.host_port,
    "address": values.address,
    "sender": values.sender,
    "file_path": values.file_path,
    "many": values.many(values.words, 3),
}


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@given(value=st.one_of(SCALARS, st.lists(SCALARS, max_size=4), st.dictionaries(st.text(), SCALARS, max_size=2)))
def test_a_reader_takes_a_value_or_says_what_it_expected_and_nothing_else(reader: Reader, value: object):
    try:
        reader(value)
    except Expected as exc:
        assert str(exc)


@given(st.text(alphabet=st.sampled_from("ab@.<> \"',;:()\r\n\t\0é"), max_size=40))
def test_a_sender_that_is_taken_goes_into_one_header_of_a_mail(text: str):
    try:
        sender = values.sender(text)
    except Expected:
        return
    message = EmailMessage()
    message["From"] = sender
    assert message.as_string().count("\n") <= 3


@given(st.from_regex(r"[a-z0-9.+-]{1,20}@[a-z0-9][a-z0-9-]{0,19}\.[a-z]{2,4}", fullmatch=True))
def test_plain_addresses_are_taken(text: str):
    try:
        Address(addr_spec=text)
    except Exception:
        return
    assert values.address(text) == text


NEARLY_ADDRESSES = st.from_regex(r"[^@]{0,8}@[^@]{0,12}", fullmatch=True) | st.text(
    alphabet=st.sampled_from("aZ9.-_@[]\\'\"<>(),;: 。ßüé①⑴漢é\u0301İ"), max_size=16
)


@given(NEARLY_ADDRESSES)
@example("a@⑴.example")
@example("a@[127.0.0.1]")
@example("a\\b@example.org")
@example("a@example_")
@example("a@b.İ")
def test_an_address_that_the_configuration_takes_is_one_that_mail_can_be_sent_to(text: str):
    try:
        values.address(text)
    except values.Expected:
        return
    assert "@" in read_mailbox(text).address


@given(st.text(alphabet='ab"\\ ,@.<>é'), NEARLY_ADDRESSES)
@example('Desk, "Foreign" ', "a@example.org")
@example("a@b.c", "d@e.f")
@example('"a \\"b\\" <c>" ', "d@e.f")
def test_a_sender_that_the_configuration_takes_is_one_that_mail_can_come_from(name: str, address: str):
    for text in (f"{name}<{address}>", name + address):
        try:
            values.sender(text)
        except values.Expected:
            continue
        assert "@" in read_mailbox(text).address
