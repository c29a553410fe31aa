"""The one door for strangers' text."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.text.plain import clean_text, text_of_html, without_surrogates

ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=300)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        pytest.param("a\0b\x01c\x7f\x9bd", "abcd", id="NUL and controls go"),
        pytest.param("a \t\r\n\u00a0\u2028\u3000b", "a b", id="white space of every kind is one blank"),
        pytest.param("  a  ", "a", id="blanks around go"),
        pytest.param("\u202eevil\u2066x\u2069\u200f", "evilx", id="bidi controls go"),
        pytest.param("Sum\u200bmit\ufeff\u00ad", "Summit", id="invisible characters go"),
        pytest.param("می\u200cخواهم", "می\u200cخواهم", id="the joiner that Persian needs stays"),
        pytest.param("cafe\u0301", "café", id="NFC"),
        pytest.param("\ud83d\ude00", "😀", id="a surrogate pair is its character"),
        pytest.param("a\ud800b", "a\ufffdb", id="a lone surrogate is replaced"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_a_line_of_strangers_text_is_cleaned(raw: str, clean: str) -> None:
    assert clean_text(raw, max_chars=100) == clean


def test_text_is_cut_at_its_bound_and_ends_without_a_blank() -> None:
    assert clean_text("abc def", max_chars=4) == "abc"


@given(ANY_TEXT, st.integers(1, 200))
def test_cleaned_text_holds_only_what_every_column_can_hold(raw: str, bound: int) -> None:
    clean = clean_text(raw, max_chars=bound)
    assert len(clean) <= bound
    clean.encode("utf-8")
    assert all(unicodedata.category(character) not in {"Cc", "Cs", "Zl", "Zp"} for character in clean)
    assert clean == clean.strip()


@given(ANY_TEXT)
def test_text_without_surrogates_has_a_utf8_form(raw: str) -> None:
    without_surrogates(raw).encode("utf-8")


@given(ANY_TEXT)
def test_cleaning_twice_is_cleaning_once(raw: str) -> None:
    once = clean_text(raw, max_chars=1_000)
    assert clean_text(once, max_chars=1_000) == once


@pytest.mark.parametrize(
    ("html", "text"),
    [
        pytest.param("plain\ntext", "plain text", id="no markup at all"),
        pytest.param("<p>One</p><p>Two</p>", "One\nTwo", id="paragraphs are lines"),
        pytest.param("One<br>Two<br/><br/>Three", "One\nTwo\nThree", id="line breaks are lines"),
        pytest.param("<ul><li>a<li>b</ul>", "a\nb", id="list items are lines"),
        pytest.param("<table><tr><td>1<td>2<tr><td>3</table>", "1 2\n3", id="rows are lines, cells are words"),
        pytest.param("b<b>ol</b>d", "bold", id="inline tags do not part words"),
        pytest.param("a\n   b", "a b", id="line ends in the source are blanks"),
        pytest.param("Fish &amp; chips&nbsp;&euro;5 &#8211; &lt;b&gt;", "Fish & chips €5 – <b>", id="entities, once"),
        pytest.param("x<script>alert('<p>no')</script><style>p{}</style>y", "xy", id="scripts and styles go"),
        pytest.param("<head><title>T</title></head><body>x", "x", id="the head goes"),
        pytest.param("a<!-- <p>hidden</p> -->b", "ab", id="comments go"),
        pytest.param("<p>a &#xD800; &#0; b", "a � � b", id="references to no character"),
        pytest.param("<p>Grüße 東京 \ud800</p>", "Grüße 東京 �", id="other scripts, and a surrogate"),
        pytest.param("<?xml version='1.0' encoding='latin-1'?><p>é</p>", "é", id="a declaration that lies"),
        pytest.param("</p></div></html>after", "after", id="closing what was never opened"),
        pytest.param("<p>open <b>for ever", "open for ever", id="never closed"),
        pytest.param("<p>" + "<div>" * 5_000 + "deep", "deep", id="nesting beyond what a tree may have"),
        pytest.param("", "", id="nothing"),
        pytest.param("<>&", "<>&", id="no tag, no entity"),
    ],
)
def test_the_text_of_html_is_what_a_reader_sees(html: str, text: str) -> None:
    assert text_of_html(html, max_chars=1_000) == text


HOSTILE = {
    "nested blocks": "<div>" * 200_000,
    "unclosed inline tags": "<b><i><p>" * 100_000,
    "formatting to be reopened": "<a><b><font>" * 60_000 + "</p>" * 1_000,
    "less-than signs": "<" * 1_000_000,
    "tags without an end": "<a " * 300_000,
    "quotes without an end": "<a href='" * 100_000,
    "comments without an end": "<!--" * 250_000,
    "dashes": "<!" + "-" * 100_000 + "<!doctype" + " " * 100_000,
    "attributes": "<x " + " ".join(f"a{n}='1'" for n in range(80_000)) + ">",
    "scripts": "<script>" * 100_000,
    "ampersands": "&" * 1_000_000,
    "entities": "&amp;" * 200_000,
    "selects": "<select><option>" * 60_000,
    "combining marks out of order": "x" + "\u0301\u0316" * 400_000,
    "the same as references": "&#x301;&#x316;" * 60_000,
    "closing tags": "</p>" * 250_000,
    "CDATA": "<![CDATA[" * 100_000,
}


@pytest.mark.parametrize("html", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_megabyte_of_hostile_html_costs_little(html: str) -> None:
    started = time.process_time()
    text = text_of_html(html, max_chars=20_000)
    assert len(text) <= 20_000
    assert time.process_time() - started < 2.0


@given(
    st.lists(st.sampled_from(["<p>", "</p>", "<br>", "<script>", "</script>", "a", " ", "&amp;", "<", "\n", "\ud800"]))
)
def test_text_of_any_soup_has_no_empty_line_and_a_utf8_form(parts: list[str]) -> None:
    text = text_of_html("".join(parts), max_chars=100)
    text.encode("utf-8")
    assert all(line and line == line.strip() for line in text.split("\n")) or text == ""
