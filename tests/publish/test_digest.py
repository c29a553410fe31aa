"""The digest as a message: its headers, its two parts, and what strangers' words cannot do to either."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from lxml import etree, html

from ingest.model import StoryMember, StoryView
from ingest.model.day import FeedNote, Trouble
from ingest.publish.digest import MAX_HTML_BYTES, as_eml, html_of, message_id, text_of
from ingest.publish.wording import columns, flat
from tests.publish.conftest import DAY, make_mail, make_member, make_story

BIDI = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</title></head><h1>owned</h1>",
    "{{ 7 * 7 }}{% raw %}",
    "a\r\nBcc: victim@example.org\r\n\r\nbody",
    f"abc{BIDI}def",
    "\x00\x07\x1b[31mred\ud800",
    "&lt;b&gt; &amp; &#60;",
    "=cmd|'/C calc'!A0",
    "'\" onmouseover=alert(1) '",
    "=?utf-8?q?a=0D=0ABcc:_x@y.example?=",
)


def sent(message: EmailMessage) -> EmailMessage:
    """The message as a mail program reads it from the wire."""
    return message_from_bytes(as_eml(message), policy=default)  # type: ignore[return-value]


def document(message: EmailMessage) -> html.HtmlElement:
    return html.document_fromstring(html_of(message))


def failing(feed: str, why: str) -> FeedNote:
    return FeedNote(feed=feed, trouble=Trouble.FAILING, reason=why, detail=why)


def hostile_story(text: str) -> StoryView:
    members = tuple(
        make_member(
            number,
            f"{text} {number}",
            title=text,
            url=f"javascript:{text}",
            summary=f"{text} {text}",
            agency=text,
        )
        for number in (1, 2)
    )
    return make_story(1, members, title=text, first_article_id=None, first_reason=text)


# ---------------------------------------------------------------- headers


def test_the_message_carries_the_headers_of_a_list_mail_that_wants_no_answer(busy_day: EmailMessage) -> None:
    mail = sent(busy_day)
    assert mail["From"] == "samewire <digest@samewire.example>"
    assert mail["To"] == "desk@newsroom.example"
    assert mail["List-Id"] == "<digest.samewire.example>"
    assert mail["List-Unsubscribe"] == "<mailto:digest@samewire.example?subject=unsubscribe>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "en"
    assert mail["Date"].datetime.isoformat() == "2026-11-03T06:00:00+00:00"
    assert mail["Message-ID"] == message_id(DAY, "desk@newsroom.example", "samewire.example")


def test_a_mail_has_a_plain_part_and_an_html_part_and_nothing_else(busy_day: EmailMessage) -> None:
    mail = sent(busy_day)
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert mail.get_body(("plain",)).get_content().replace("\r\n", "\n") == text_of(busy_day)
    assert mail.get_body(("html",)).get_content().replace("\r\n", "\n") == html_of(busy_day)


def test_every_line_on_the_wire_is_ascii_and_short_enough_for_any_server(busy_day: EmailMessage) -> None:
    lines = as_eml(busy_day).split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert all(line.isascii() and b"\r" not in line and b"\n" not in line for line in lines)


def test_the_same_arguments_give_the_same_message_but_for_the_boundary(busy_day: EmailMessage) -> None:
    def without_boundary(message: EmailMessage) -> bytes:
        return as_eml(message).replace(str(message.get_boundary()).encode(), b"")

    first, second = make_mail(()), make_mail(())
    assert without_boundary(first) == without_boundary(second)


def test_the_message_id_stays_for_a_recipient_and_day_and_differs_for_any_other() -> None:
    ids = {
        message_id(day, recipient, domain)
        for day in (DAY, date(2026, 11, 4))
        for recipient in ("a@example.org", "b@example.org")
        for domain in ("samewire.example", "other.example")
    }
    assert len(ids) == 8
    assert message_id(DAY, "Desk <A@Example.org>", "samewire.example") == message_id(
        DAY, "a@example.org", "samewire.example"
    )


@pytest.mark.parametrize("domain", ["", "a b", "x>\r\nBcc: y", "bücher.example", "[::1]"])
def test_any_message_id_domain_gives_one_well_formed_line(domain: str) -> None:
    found = message_id(DAY, "a@example.org", domain)
    assert found.startswith("<digest-20261103-") and found.endswith(">") and found.count("@") == 1
    assert found.isascii() and not set(found[1:-1]) & set("<> \r\n")
    assert make_mail((), message_id_domain=domain)["Message-ID"]


@pytest.mark.parametrize("recipient", ["nobody", "a@b, c@d", "a@b\r\nBcc: c@d", "a@b\x00"])
def test_what_is_no_address_builds_no_message(recipient: str) -> None:
    with pytest.raises(ValueError, match="mail address"):
        make_mail((), recipient=recipient)


@given(st.text(max_size=60) | st.sampled_from(HOSTILE))
def test_no_name_of_a_recipient_adds_a_header_or_an_address(name: str) -> None:
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    try:
        mail = sent(make_mail((), recipient=f'"{quoted}" <desk@newsroom.example>'))
    except ValueError:
        return
    assert [box.addr_spec for box in mail["To"].addresses] == ["desk@newsroom.example"]
    assert mail["Bcc"] is None and not mail.defects


@pytest.mark.parametrize(
    ("given", "header"),
    [
        ("https://desk.example/stop?who=1", "<https://desk.example/stop?who=1>"),
        ("mailto:stop@desk.example?subject=x", "<mailto:stop@desk.example?subject=unsubscribe>"),
        ("mailto:jörg@bücher.example", "<mailto:j%C3%B6rg@xn--bcher-kva.example?subject=unsubscribe>"),
        ("javascript:alert(1)", "<mailto:digest@samewire.example?subject=unsubscribe>"),
    ],
)
def test_how_to_unsubscribe_stands_in_a_header_that_any_program_reads(given: str, header: str) -> None:
    mail = make_mail((), unsubscribe=given)
    assert sent(mail)["List-Unsubscribe"] == header
    assert ("Unsubscribe: https://desk.example/stop?who=1" in text_of(mail)) == given.startswith("https")


def test_the_id_of_an_earlier_attempt_is_used_again() -> None:
    assert make_mail((), message_id="<old@elsewhere.example>")["Message-ID"] == "<old@elsewhere.example>"


def test_the_edition_for_all_names_nobody() -> None:
    mail = make_mail((), recipient="")
    assert "Made by samewire." in text_of(mail) and mail["To"] == mail["From"]


# ---------------------------------------------------------------- subject


def test_the_subject_names_the_top_story_the_number_of_events_and_the_day(busy_day: EmailMessage) -> None:
    assert (
        busy_day["Subject"] == "Central bank of Norrland holds its rate at 3.25 percent and warns of a slow winter"
        " · 30 events · Tue 3 November"
    )


def test_a_day_without_stories_says_so_in_the_subject(empty_day: EmailMessage) -> None:
    assert empty_day["Subject"] == "No new stories · Tue 3 November"


@given(st.text(max_size=400) | st.sampled_from(HOSTILE))
def test_no_headline_leaves_the_subject_or_makes_it_long(title: str) -> None:
    mail = make_mail((make_story(1, (make_member(1, "Post", title=""),), title=title),))
    subject = str(sent(mail)["Subject"])
    assert len(subject) <= 200
    assert subject.endswith(" · 1 event · Tue 3 November")
    assert not set(subject) & set(f"\r\n\0{BIDI}")
    assert list(sent(mail).keys()) == list(sent(make_mail(())).keys())


@given(
    st.lists(st.sampled_from(["порт", "и", "Öl", "ferry", "漢字", "17", "😀"]), min_size=1, max_size=14).map(" ".join)
)
@example("=?utf-8?q?a=0D=0ABcc:_x@y.example?= and more")
@example("пойдут нашли недели порт порт под трамваи пойдут и")
def test_a_subject_in_any_script_arrives_with_every_blank(title: str) -> None:
    mail = make_mail((make_story(1, (make_member(1, "Post", title=""),), title=title),))
    assert str(sent(mail)["Subject"]) == str(mail["Subject"]) == f"{title} · 1 event · Tue 3 November"
    utf8 = make_mail((make_story(1, (make_member(1, "Post"),), title=title),), recipient="jörg@example.org")
    assert "=?" in title or str(sent(utf8)["Subject"]) == str(utf8["Subject"])
    assert sent(utf8)["Bcc"] is None


# ---------------------------------------------------------------- strangers' words


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_words_stay_words_in_every_field(text: str) -> None:
    mail = make_mail((hostile_story(text),), public_url=None, notes=(failing(text, text),))
    tree = document(mail)
    assert tags(tree) == tags(document(ordinary_day())) - {"a"}
    assert not [name for element in tree.iter() for name in element.attrib if name.startswith("on")]
    assert not set(html_of(mail) + text_of(mail)) & set(f"\0\x07\x1b{BIDI}")
    assert "49" not in tree.text_content()


def tags(tree: html.HtmlElement) -> set[str]:
    return {element.tag for element in tree.iter() if isinstance(element.tag, str)}


def ordinary_day() -> EmailMessage:
    return make_mail(
        (make_story(1, (make_member(1, "Post", summary="A b."), make_member(2, "Echo"))),),
        public_url=None,
        notes=(failing("x", "y"),),
    )


@given(st.text(max_size=120) | st.sampled_from(HOSTILE))
def test_a_headline_is_read_back_from_the_html_as_it_was_written(title: str) -> None:
    mail = make_mail((make_story(1, (make_member(1, "Post"), make_member(2, "Echo")), title=title),))
    expected = flat(title, 220) or "Title 1"
    assert document(mail).find(".//h2").text_content() == expected
    assert expected.replace(" ", "") in text_of(mail).replace("\n", "").replace(" ", "")


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "https://user:pw@example.org/", "//example.org/x", "https://a b/", ""],
)
def test_only_plain_web_addresses_become_links(url: str) -> None:
    members = (make_member(1, "Post", url=url), make_member(2, "Echo", url=url))
    mail = make_mail((make_story(1, members),), public_url=None)
    assert document(mail).xpath("//a") == []
    assert not url or url not in text_of(mail)


def test_links_lead_to_the_newsrooms_own_pages_where_it_has_any(busy_day: EmailMessage) -> None:
    links = document(busy_day).xpath("//a/@href")
    assert links[0] == "https://news.example/sw/story/2"
    assert links[-1] == "https://news.example/sw/stories"
    assert all(link.startswith("https://news.example/sw/") for link in links)


def test_without_pages_of_its_own_a_digest_links_the_first_publishers_page() -> None:
    members = (make_member(1, "Post", url="javascript:x"), make_member(2, "Echo", url="https://echo.example/ü"))
    mail = make_mail((make_story(1, members),), public_url=None)
    assert document(mail).xpath("//a/@href") == ["https://echo.example/%C3%BC"]


# ---------------------------------------------------------------- html and size


def test_the_html_is_one_sound_document_that_loads_nothing(busy_day: EmailMessage) -> None:
    text = html_of(busy_day)
    parser = etree.HTMLParser(recover=False)
    etree.fromstring(text, parser)  # raises at the first thing that an HTML parser would have to mend
    tree = document(busy_day)
    assert tree.xpath("//img|//link|//script|//iframe|//form|//object|//video") == []
    assert "url(" not in text and "@import" not in text
    assert tree.get("lang") == "en"
    assert tree.findtext(".//title") == "samewire · Tue 3 November 2026"
    assert len(tree.xpath("//h1")) == 1


def test_a_day_without_stories_says_how_many_feeds_answered(empty_day: EmailMessage) -> None:
    for part in (text_of(empty_day), document(empty_day).text_content()):
        assert "No new stories in this time; 36 of 38 feeds answered." in " ".join(part.split())
        assert "Tavu Times: gone: 410 since 1 November" in " ".join(part.split())


@pytest.mark.parametrize(
    ("feeds", "broken", "words"),
    [(0, 0, "no feeds are configured"), (3, 3, "none of 3 feeds answered"), (1, 1, "none of 1 feed answered")],
)
def test_silence_is_not_sold_as_a_quiet_day(feeds: int, broken: int, words: str) -> None:
    mail = make_mail((), feeds=feeds, notes=tuple(failing(str(number), "x") for number in range(broken)))
    assert words in " ".join(text_of(mail).split())


@pytest.mark.parametrize(
    "letter", ["x", "漢", "😀", "<", "é", "\u0301"], ids=["latin", "han", "emoji", "<", "é", "mark"]
)
def test_a_thousand_stories_of_the_widest_letters_fit_into_one_mail(letter: str) -> None:
    members = tuple(
        make_member(number, f"{letter * 90}{number}", title=letter * 900, summary=letter * 2_000, agency=letter * 90)
        for number in range(12)
    )
    stories = tuple(make_story(number, members, title=f"{number} {letter * 900}") for number in range(1_000))
    mail = make_mail(stories, notes=tuple(failing(letter * 500, letter * 500) for _ in range(100)))
    payload = sent(mail).get_body(("html",)).get_payload()
    assert len(payload) <= MAX_HTML_BYTES
    shown = len(document(mail).xpath("//h2[@dir]"))
    assert shown >= 3
    assert f"{1_000 - shown:,} more carried by several publishers" in document(mail).text_content()


def test_what_is_left_out_of_a_full_day_is_counted(busy_day: EmailMessage, story: Callable[..., StoryView]) -> None:
    mail = make_mail(tuple(story(number, (make_member(number, "Post"),)) for number in range(1, 301)))
    assert "260 more carried by one publisher" in text_of(mail)
    assert "260 more carried by one publisher" in document(mail).text_content()


def test_a_story_without_members_is_passed_over() -> None:
    assert make_mail((make_story(1, ()),))["Subject"] == "No new stories · Tue 3 November"


# ---------------------------------------------------------------- the plain part


def test_the_plain_part_keeps_to_78_columns_but_for_addresses(busy_day: EmailMessage) -> None:
    for line in text_of(busy_day).splitlines():
        assert columns(line) <= 78 or line.strip().startswith("http")


def test_the_plain_part_reads_as_it_should(member: Callable[..., StoryMember]) -> None:
    members = (
        member(1, "Northwire", title="UPDATE 2-Ferry fleet kept in port", agency="Northwire",
               summary="PORT MERROW (Northwire) — All seven ships stay. Inspectors found cracks. More follows."),
        member(2, "Post"), member(3, "Echo"),
    )  # fmt: skip
    stories = (make_story(1, members, revisions=2), make_story(2, (member(4, "Echo", title="A fair in Lindal"),)))
    mail = make_mail(
        stories,
        feeds=3,
        notes=(FeedNote(feed="Tavu Times", trouble=Trouble.FAILING, reason="gone", detail="410 since 1 November"),),
    )
    assert text_of(mail) == PLAIN


PLAIN = """\
samewire
Tue 3 November 2026
Mon 2 November 07:00 to Tue 3 November 07:00

4 articles from 3 feeds made 2 stories on 2 events, 50 % less to read.

CARRIED BY SEVERAL PUBLISHERS
-----------------------------

 1. Ferry fleet kept in port
    3 publishers · agency: Northwire
    All seven ships stay. Inspectors found cracks.
    First: Northwire, Mon 10:03; 7 min before Post
    Also in Post and Echo
    Printed as 3 copies; revised twice
    https://news.example/sw/story/1

CARRIED BY ONE PUBLISHER
------------------------

  - A fair in Lindal
    Echo, Mon 10:24
    https://news.example/sw/story/2

FEEDS TO LOOK AT
----------------

  - Tavu Times: gone: 410 since 1 November

--\x20
Sent by samewire to desk@newsroom.example. Times are Europe/Berlin.
All stories: https://news.example/sw/stories
"""
