"""Two texts side by side, and what is marked in them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.browse.alike import marked
from tests.browse.conftest import Newsroom
from tests.browse.test_pages import HOSTILE, page, words_of


def own(text: str, other: str) -> list[str]:
    """What is marked in the first of two texts."""
    found, _ = marked(text, other)
    return [piece.text for paragraph in found.paragraphs for piece in paragraph if not piece.common]


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        ("the port opened at noon on Monday", "the port opened at noon on Monday", []),
        ("it killed 12 people in the north on Monday", "it killed 13 people in the north on Monday", ["12"]),
        ("one two three.\nfour five six.", "four five six. one two three.", []),
        ("The Port OPENED today", "the port opened today", []),
        ("alpha beta gamma", "delta epsilon zeta", ["alpha beta gamma"]),
        ("港口周一中午重新开放了", "港口周二中午重新开放了", ["一"]),
        ("", "something", []),
        ("word", "word", []),
    ],
)
def test_what_stands_in_one_text_only_is_marked(a: str, b: str, expected: list[str]) -> None:
    assert own(a, b) == expected


@given(st.text(), st.text())
def test_the_pieces_are_the_text(a: str, b: str) -> None:
    for text, found in zip((a, b), marked(a, b), strict=True):
        joined = ["".join(piece.text for piece in paragraph) for paragraph in found.paragraphs]
        assert joined == [line for line in text.split("\n") if line]
        assert 0 <= found.share <= 1


@given(st.text())
def test_a_text_and_itself_have_all_in_common(text: str) -> None:
    found, other = marked(text, text)
    assert found == other
    assert all(piece.common for paragraph in found.paragraphs for piece in paragraph) or found.share == 0


async def test_two_members_are_compared_with_what_matching_said(site: Any, newsroom: Newsroom, ferry: int) -> None:
    newsroom.insert(
        "verdicts", article_a=1, article_b=3, relation="abridgement", score=0.8, reason="lead",
        explanation="It is the beginning.", jaccard=0.3, containment_a=0.3, containment_b=0.9, title=0.5, lead_a=0.4,
        lead_b=0.8, shared=4, decided_at="2026-05-04T06:00:00Z",
    )  # fmt: skip
    text = await page(site, "/compare/1/3")
    assert "Abridgement, 80 % sure: lead. It is the beginning." in words_of(text)
    assert re.findall(r"<mark>([^<]+)</mark>", text.partition('sw-text"')[2])[0].startswith("The ferry to Holm")
    assert "never proposed" in await page(site, "/compare/1/2")


async def test_a_revision_shows_what_went_and_what_came(site: Any, ferry: int) -> None:
    text = await page(site, "/compare/r1/2")
    assert "What was changed" in text
    assert "<del>" in text and "<ins>" in text and "replaced" in text
    assert f'href="/story/{ferry}"' in text


async def test_what_is_not_there_is_said(site: Any, ferry: int) -> None:
    for path in ("/compare/1/99", "/compare/x/1", "/compare/r9/1", "/compare/1/%3Cb%3E", "/compare/%EF%BC%91/1"):
        assert "Nothing to compare" in await page(site, path, status=404)


async def test_a_strangers_words_stay_text(site: Any, newsroom: Newsroom) -> None:
    for number, (_, title) in enumerate(HOSTILE):
        newsroom.article(title, title, publisher=title[:100])
        newsroom.article(f"{title} more", f"{title} more", publisher="Echo")
        text = await page(site, f"/compare/{2 * number + 1}/{2 * number + 2}")
        assert "<script>alert" not in text and "<img src=x" not in text and "<b>bold" not in text


async def test_a_very_long_text_is_cut_and_says_so(site: Any, newsroom: Newsroom) -> None:
    newsroom.article("Long", "na " * 40_000)
    newsroom.article("Short", "na na na")
    text = await page(site, "/compare/1/2")
    assert "The text goes on." in text
    assert len(text) < 90_000


async def test_a_text_that_was_taken_says_by_whom_and_when(site: Any, newsroom: Newsroom) -> None:
    kept = newsroom.article("Ferry runs again", "The ferry runs again.", publisher="Tarrow Post")
    taken_at = {"pruned_at": "2026-05-06T03:00:00Z", "pruned_reason": "retention.bodies"}
    pruned = newsroom.article("Ferry sails", "", minutes=3, **taken_at)
    why = {"redacted_at": "2026-05-07T03:00:00Z", "redacted_reason": "by order of <b>the court</b>"}
    redacted = newsroom.article("Redacted", "", publisher="Coast Wire", minutes=9, **why)
    story = newsroom.story("Ferry runs again", [(kept, "original"), (pruned, "copy"), (redacted, "copy")])
    for path in (f"/story/{story}", f"/compare/{kept}/{pruned}"):
        assert "Let go on 2026-05-06 by retention.bodies" in (await site.client.get(path)).text
    for path in (f"/story/{story}", f"/compare/{kept}/{redacted}"):
        page = (await site.client.get(path)).text
        assert "Removed on 2026-05-07: by order of &lt;b&gt;the court&lt;/b&gt;" in page
