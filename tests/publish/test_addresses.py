"""Mail addresses: read strictly, written as they travel."""

from __future__ import annotations

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.publish.addresses import ascii_domain, read_mailbox


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("desk@example.org", "", "desk@example.org"),
        (" desk@Example.ORG ", "", "desk@example.org"),
        ("The Desk <desk@example.org>", "The Desk", "desk@example.org"),
        ('"Desk, Foreign" <desk@example.org>', "Desk, Foreign", "desk@example.org"),
        (r'"the \"desk\" \\ one" <a@b.c>', r'the "desk" \ one', "a@b.c"),
        ('"a@b.c" <d@e.f>', "a@b.c", "d@e.f"),
        ("<a@b.c>", "", "a@b.c"),
        ("a.b+c/d=e@example.org", "", "a.b+c/d=e@example.org"),
        ("jörg@bücher.example", "", "jörg@xn--bcher-kva.example"),
        ("a@ｅｘａｍｐｌｅ．org", "", "a@example.org"),
        ("a@[127.0.0.1]", "", "a@[127.0.0.1]"),
    ],
)
def test_an_address_is_read_with_its_name(text: str, name: str, address: str) -> None:
    box = read_mailbox(text)
    assert (box.name, box.address) == (name, address)
    assert box.needs_smtputf8 == (not address.isascii())


@pytest.mark.parametrize(
    "text",
    [
        "", "@", "a@", "@b.c", "a", "a@b@c", "a b@c.d", "a@b.c>", "<a@b.c", "a@b.c, d@e.f", "a@b.c <d@e.f>",
        "x <a@b.c> y", "x <a@b.c> <d@e.f>", "a@b.c (Name)", "group: a@b.c;", '"a b"@c.d', "a@b c.d", "a@-b.c", "a@b.c.",
        "a@b.c\n", "a@b\r\nBcc: c@d", "a\0@b.c", "a@b\u2028.c", "a@\ud800.c", "a" * 65 + "@b.c", "a@" + "b" * 300,
    ],
)  # fmt: skip
def test_what_is_not_one_plain_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="mail address"):
        read_mailbox(text)


def test_a_domain_goes_out_under_the_rule_that_keeps_it_apart_from_others() -> None:
    assert ascii_domain("Straße.Example") == "xn--strae-oqa.example"
    assert ascii_domain("example.org") == "example.org"


@given(st.text(max_size=40) | st.text(alphabet='ab@.<>"\\ ,;:()[]\r\né', max_size=30))
def test_whatever_is_taken_stands_alone_in_an_envelope_and_a_header(text: str) -> None:
    try:
        box = read_mailbox(text)
    except ValueError:
        return
    assert box.address.count("@") == 1 and not set(box.address) & set(' <>,;\r\n\t"\\')
    assert box.domain.isascii()
    if not box.needs_smtputf8 and "[" not in box.domain and "_" not in box.domain:
        message = EmailMessage()
        message["To"] = f"<{box.address}>"
        (back,) = message_from_bytes(message.as_bytes(), policy=default)["To"].addresses
        assert back.addr_spec.lower() == box.address.lower()
