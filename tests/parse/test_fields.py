"""How single fields of a feed are cleaned and bounded."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.model import Entry
from ingest.parse import fields

BASE = "http://news.example/feeds/top.xml"


@pytest.mark.parametrize(
    ("raw", "title"),
    [
        pytest.param("AT&T wins", "AT&T wins", id="plain"),
        pytest.param("AT&amp;T wins", "AT&T wins", id="escaped twice"),
        pytest.param("AT&amp;amp;T wins", "AT&T wins", id="escaped three times"),
        pytest.param("A <b>bold</b> move", "A bold move", id="markup"),
        pytest.param("A &lt;b&gt;bold&lt;/b&gt; move", "A bold move", id="escaped markup"),
        pytest.param("5 < 6 > 4 &lt;3", "5 < 6 > 4 <3", id="signs that open no tag"),
        pytest.param("The <Untitled> case", "The ‹Untitled> case", id="words in angle brackets"),
        pytest.param("<svg/onload=alert(1)>Title", "Title", id="a tag without a blank"),
        pytest.param("<script>alert(1)</script>Title", "Title", id="a script"),
        pytest.param("&lt;script&gt;alert(1)&lt;/script&gt;Title", "Title", id="an escaped script"),
        pytest.param("&amp;lt;img src=x&amp;gt;", "‹img src=x>", id="markup three layers down"),
        pytest.param("One<br>Two\nThree", "One Two Three", id="line breaks"),
        pytest.param("Caf&eacute; &#8211; &#x201C;q&#8221;", "Café – “q”", id="entities"),
        pytest.param("<!-- c -->Title", "Title", id="a comment"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_a_title_is_plain_text(raw: str, title: str) -> None:
    assert fields.title_text(raw) == title


@given(
    st.lists(
        st.sampled_from(["<", ">", "&lt;", "&amp;", "lt;", "b", "script", "/", "!", "?", " ", "=", "'", "x", "--"])
    )
)
def test_no_title_can_be_read_as_markup(parts: list[str]) -> None:
    title = fields.title_text("".join(parts))
    assert all(after not in title for after in ("<b", "<s", "<x", "</", "<!", "<?", "<l"))


def test_a_title_is_bounded() -> None:
    assert len(fields.title_text("word " * 100_000)) <= fields.MAX_TITLE_CHARS


def test_plain_text_becomes_paragraphs() -> None:
    assert fields.html_of_text("a <b>\nc\n\n d & e\n") == "<p>a &lt;b&gt;<br>c</p><p> d &amp; e</p>"
    assert fields.html_of_text(" \n ") == ""


def test_a_guid_too_long_for_a_key_is_told_by_its_hash_and_stays_unique() -> None:
    a, b = fields.guid_of("g" * 5_000 + "a"), fields.guid_of("g" * 5_000 + "b")
    assert a is not None
    assert b is not None
    assert a != b
    assert len(a) < fields.MAX_GUID_CHARS


@pytest.mark.parametrize("raw", [None, "", " \n", "\0"])
def test_a_blank_guid_is_none(raw: str | None) -> None:
    assert fields.guid_of(raw) is None


@pytest.mark.parametrize(
    ("ref", "url"),
    [
        ("../a?x=1&y=2", "http://news.example/a?x=1&y=2"),
        ("https://other.example/a b\n", "https://other.example/a%20b"),
        ("https://other.example/a\nb", "https://other.example/ab"),
        ("javascript:alert(1)", None),
        ("http://[bad", None),
        ("http://other.example/" + "a" * 3_000, None),
        ("", None),
        (None, None),
    ],
)
def test_a_reference_becomes_an_absolute_address_or_none(ref: str | None, url: str | None) -> None:
    assert fields.url_of(ref, BASE) == url


def test_of_an_address_with_a_name_the_name_is_the_author() -> None:
    raw = ["desk@x.example (Ann Bo)", "Cy Do", "Cy Do", "", "only@x.example"]
    assert fields.names(raw) == ("Ann Bo", "Cy Do", "only@x.example")


def test_categories_are_plain_and_bounded() -> None:
    assert fields.categories(["R&amp;D", " a  b ", "R&D"]) == ("R&D", "a b")
    assert len(fields.categories(str(n) for n in range(1_000))) == fields.MAX_CATEGORIES


@pytest.mark.parametrize(
    ("raw", "language"),
    [
        ("de_AT", "de-AT"),
        (" en ", "en"),
        ("zh-Hant-TW", "zh-Hant-TW"),
        ("english!", None),
        ("x" * 200, None),
        (None, None),
    ],
)
def test_a_language_is_a_tag_or_none(raw: str | None, language: str | None) -> None:
    assert fields.language_of(raw) == language


@pytest.mark.parametrize(
    ("numbers", "stated", "moment"),
    [
        pytest.param((2026, 11, 23, 10, 0, 5), "2026-11-23", datetime(2026, 11, 23, 10, 0, 5, tzinfo=UTC), id="plain"),
        pytest.param((2026, 12, 31, 23, 59, 60), "31 Dec 26", datetime(2027, 1, 1, tzinfo=UTC), id="leap second"),
        pytest.param(
            (2027, 1, 1, 3, 0, 0), "31 Dec 2026 23:00 -0400", datetime(2027, 1, 1, 3, tzinfo=UTC), id="offset"
        ),
        pytest.param((2048, 1, 1, 0, 0, 0), "-4713-01-01T00:00:00Z", None, id="a year that is not in the text"),
        pytest.param((1969, 12, 31, 0, 0, 0), "1969", None, id="before 1970"),
        pytest.param((2100, 1, 1, 0, 0, 0), "2100", None, id="after 2099"),
        pytest.param((2026, 13, 1, 0, 0, 0), "2026", None, id="no month"),
        pytest.param((10**9, 1, 1, 0, 0, 0), "1", None, id="beyond all years"),
        pytest.param((2026, 1), "2026", None, id="too few numbers"),
        pytest.param(None, "soon", None, id="nothing"),
    ],
)
def test_a_time_is_kept_when_it_can_be_one(
    numbers: tuple[int, ...] | None, stated: str, moment: datetime | None
) -> None:
    assert fields.time_of(numbers, stated=stated) == moment


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        ("2026-11-23T10:00:00Z", datetime(2026, 11, 23, 10, tzinfo=UTC)),
        (" 2026-11-23T10:00:00+02:00 ", datetime(2026, 11, 23, 8, tzinfo=UTC)),
        ("2026-11-23", datetime(2026, 11, 23, tzinfo=UTC)),
        ("0001-01-01T00:00:00+14:00", None),
        ("1601-01-01", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_an_iso_time_is_utc(raw: str | None, moment: datetime | None) -> None:
    assert fields.iso_time(raw) == moment


def test_an_entry_without_a_word_says_nothing() -> None:
    assert not fields.says_something(Entry(categories=("x",)))
    assert fields.says_something(Entry(guid="g"))
