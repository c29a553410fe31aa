"""What stands where in a page's source: elements only, in one pass; and the page without what its scripts say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.extract.outline import Outline
from ingest.extract.tree import parse

LONG = "x = '<h1>no</h1></p>'; " * 60
PIECES = st.lists(
    st.sampled_from(
        ["<!--", "-->", "<!-->", "--!>", "<script>", "<SCRIPT x='>'>", "</script>", "</SCRIPT>", "<style>", "</style>",
         "<title>", "</title>", "<h1>", "</h1>", "<br>", "<BR/>", "<p>", "</p>", "<meta a=\"", "<link", "<time>", "\"",
         "<template>", "</template>", "<textarea>", "</textarea>", "ld+json", LONG, "text "]
    ),
    max_size=30,
)  # fmt: skip


@pytest.mark.parametrize(
    ("page", "headlines"),
    [
        ("<h1>a</h1>", 1),
        ("<H1 class=x>a</H1><h1>b</h1>", 2),
        ("<h10>a</h10>", 0),
        ("<!-- <h1>a</h1> --><h1>b</h1>", 1),
        ("<!--><h1>a</h1>-->", 1),  # a whole comment, and what is shown behind it
        ("<!-- <h1>a</h1> --!><h1>b</h1>", 1),
        ("<script>'<h1>'</script><style><h1></style><template><h1></template><textarea><h1></textarea>", 0),
        ("<SCRIPT>'<h1>'</SCRIPT><h1>b</h1>", 1),
        ("<title>How a <script> ends</title><h1>a</h1>", 1),  # text, as browsers read it
        ("<script>never closed <h1>a</h1>", 0),
        ("<!-- never closed <h1>a</h1>", 0),
    ],
)
def test_what_stands_in_no_element_is_not_found(page: str, headlines: int) -> None:
    assert len(Outline(page).found["h1"]) == headlines


def test_long_scripts_styles_and_comments_are_emptied_and_everything_else_stays() -> None:
    stated = f'<script type="application/ld+json">{{"a": "{LONG}"}}</script>'
    page = (
        f"<html><head>{stated}<script src=a>{LONG}</script><style>{LONG}</style><script>short()</script></head>"
        f'<body><!-- {LONG} --><p>One.</p><script data-x="a>b">{LONG}</script><pre>{LONG}</pre></body></html>'
    )
    outline = Outline(page)
    light = outline.lightened()
    assert outline.stated == [stated]
    assert stated in light
    assert light.count(LONG) == 3  # JSON-LD, the one whose tag is not read to its end, and what is shown
    root, whole = parse(light), parse(page)
    assert root is not None and whole is not None
    assert [one.tag for one in root.iter()] == [one.tag for one in whole.iter()]
    scripts = [one.text or "" for one in root.iter("script")]
    assert [len(text) > 200 for text in scripts] == [True, True, False, True]
    assert root.xpath("string(//p)") == "One."


@given(PIECES.map("".join))
def test_any_page_has_its_signs_where_they_are_said_to_be(page: str) -> None:
    outline = Outline(page)
    for kind, places in outline.found.items():
        assert places == sorted(places)
        for at in places:
            assert page[at : at + 1 + len(kind)].lower() == f"<{kind}"
            assert not outline.is_hidden(at)
    inside = Outline(outline.lightened())
    assert {kind: len(places) for kind, places in inside.found.items()} == {
        kind: len(places) for kind, places in outline.found.items()
    }
    assert outline.outside(0, len(page)) == 0


@pytest.mark.parametrize(
    "unit", ["<script>", "<SCRIPT></script>", "<!--", "<!---->", "<title>", "<h1>", "</p>", "<meta "]
)
def test_a_page_built_to_last_is_gone_over_once(unit: str) -> None:
    """Half a megabyte of one sign: each end is looked for from where the last was found."""
    outline = Outline(unit * (500_000 // len(unit)))
    assert len(outline.lightened()) <= len(outline.text)
