"""Whole pages: each case is an HTML file with its expectation beside it."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import ExtractError, Reason
from ingest.extract.article import extract, from_feed, from_summary
from ingest.model import Article, Entry, Page, TextSource

CASES = sorted((Path(__file__).parent / "cases").glob("*.toml"))
FULL = "".join(
    f"<p>Paragraph {number} of the full text speaks of the harbour, its pilots and the long night of talks "
    f"that ended with agreement number {number}.</p>"
    for number in range(1, 9)
)


def _page(case: Path, expected: dict[str, Any]) -> Page:
    body = case.with_suffix(".html").read_text(encoding="utf-8").encode(expected.get("encoding", "utf-8"))
    return Page(url=expected["url"], body=body, content_type=expected.get("content_type"))


def _check(article: Article, expected: dict[str, Any]) -> None:
    for name in ("title", "published_at", "language", "canonical_url", "agency", "source"):
        if name in expected:
            assert getattr(article, name) == expected[name], name
    if "byline" in expected:
        assert list(article.byline) == expected["byline"]
    assert article.text.startswith(expected["starts"]), article.text[:200]
    assert article.text.endswith(expected["ends"]), article.text[-200:]
    for words in expected.get("lacks", ()):
        assert words not in article.text
    assert article.confidence >= expected.get("min_confidence", 0)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_page_gives_what_its_case_says(case: Path) -> None:
    expected = tomllib.loads(case.read_text(encoding="utf-8"))
    page = _page(case, expected)
    if "refused" not in expected:
        _check(extract(page), expected)
        return
    with pytest.raises(ExtractError) as refused:
        extract(page)
    assert refused.value.reason == expected["refused"], str(refused.value)
    assert refused.value.subject == page.url


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_page_reads_the_same_whatever_was_read_before(case: Path) -> None:
    """trafilatura keeps stores between calls; none of them may show."""
    expected = tomllib.loads(case.read_text(encoding="utf-8"))
    page = _page(case, expected)
    assert _outcome(page) == _outcome(page) == _outcome(page)


def _outcome(page: Page) -> Article | Reason:
    try:
        return extract(page)
    except ExtractError as error:
        return error.reason


@pytest.mark.parametrize(
    ("body", "content_type", "reason"),
    [
        (b"", None, Reason.EMPTY),
        (b" \n\t\0 ", "text/html", Reason.EMPTY),
        (b"%PDF-1.7 ...", None, Reason.NOT_HTML),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9, "image/png", Reason.NOT_HTML),
        (b'{"a": 1}', "application/json", Reason.NOT_HTML),
        (b"just words and no markup at all", "text/plain", Reason.NOT_HTML),
        (b"<html><body></body></html>", "text/html", Reason.EMPTY),
        (b"<html><title>x</title><body></body></html>", "text/html", Reason.STUB),
        (b"<p></p>", "application/json", Reason.EMPTY),
    ],
    ids=["nothing", "blanks", "pdf", "png", "json", "plain", "no body", "title only", "html called json"],
)
def test_bytes_that_are_no_article_are_named(body: bytes, content_type: str | None, reason: Reason) -> None:
    with pytest.raises(ExtractError) as refused:
        extract(Page(url="https://a.example/x", body=body, content_type=content_type))
    assert refused.value.reason is reason


def _entry(**given: Any) -> Entry:
    return Entry(**{"link": "https://a.example/1", "title": "Night of talks", **given})


def test_full_text_in_the_feed_wins_over_a_page_with_clutter_around_the_same_text() -> None:
    clutter = "<p>Our reporters were nominated for a prize last year and they thank all readers for it very much.</p>"
    page = f"<html><body><div><h1>Night of talks</h1>{FULL}{clutter}</div></body></html>".encode()
    article = extract(Page(url="https://a.example/1", body=page, entry=_entry(content=FULL)))
    assert article.source is TextSource.FEED
    assert "nominated" not in article.text


def test_a_teaser_in_the_feed_does_not_replace_the_page() -> None:
    page = f"<html><body><div><h1>Night of talks</h1>{FULL}</div></body></html>".encode()
    article = extract(Page(url="https://a.example/1", body=page, entry=_entry(content=FULL[:900])))
    assert article.source is TextSource.EXTRACTOR
    assert "number 8" in article.text


def test_full_text_in_the_feed_saves_a_page_behind_a_wall() -> None:
    wall = b"<html><body><h1>Night of talks</h1><p>Subscribe to continue reading this story.</p></body></html>"
    long_feed = FULL + FULL.replace("Paragraph", "Passage")
    article = extract(Page(url="https://a.example/1", body=wall, entry=_entry(content=long_feed)))
    assert article.source is TextSource.FEED


def test_the_feed_lends_what_the_page_does_not_state() -> None:
    at = datetime(2025, 3, 4, 5, 6, tzinfo=UTC)
    page = f"<html><body><div>{FULL}</div></body></html>".encode()
    article = extract(
        Page(url="u", body=page, entry=_entry(published_at=at, authors=("Lena Marsh",), language="en-US"))
    )
    assert (article.published_at, article.byline, article.language) == (at, ("Lena Marsh",), "en")
    assert article.title == "Night of talks"


def test_an_instant_from_the_feed_beats_a_bare_day_on_the_page() -> None:
    at = datetime(2025, 3, 4, 5, 6, tzinfo=UTC)
    page = f"<html><head><meta name=date content=2025-03-04></head><body><div>{FULL}</div></body></html>".encode()
    assert extract(Page(url="u", body=page)).published_at == datetime(2025, 3, 4, tzinfo=UTC)
    assert extract(Page(url="u", body=page, entry=_entry(published_at=at))).published_at == at


def test_a_short_free_part_of_a_paid_article_says_so() -> None:
    ld = '{"@type":"NewsArticle","isAccessibleForFree":false}'
    page = f'<html><script type="application/ld+json">{ld}</script><body><div>{FULL[:480]}</div></body></html>'.encode()
    assert extract(Page(url="u", body=page)).reason is Reason.PAYWALL


def test_a_feed_with_full_text_gives_an_article_without_its_page() -> None:
    article = from_feed(_entry(content=FULL, authors=("By Lena Marsh", "Reuters"), language="en"))
    assert article is not None
    assert (article.source, article.byline, article.agency) == (TextSource.FEED, ("Lena Marsh",), "Reuters")
    assert article.text.count("\n") == 7


@pytest.mark.parametrize(
    "content",
    ["", "<p>Too short to be all of it.</p>", FULL + "<p>Continue reading</p>", FULL + "…"],
    ids=["none", "short", "asks to go on", "cut"],
)
def test_a_feed_with_a_teaser_gives_no_article(content: str) -> None:
    assert from_feed(_entry(content=content)) is None


def test_a_summary_that_stands_in_says_so_and_why() -> None:
    article = from_summary(_entry(summary="Pilots and port\n agree. ", guid="g"), Reason.CONSENT)
    assert (article.source, article.reason) == (TextSource.SUMMARY, Reason.CONSENT)
    assert article.text == "Pilots and port\nagree."
    assert 0 < article.confidence < 0.5


def test_an_entry_without_words_or_link_still_stands_in() -> None:
    article = from_summary(Entry(guid="https://a.example/g"), Reason.NO_LINK)
    assert (article.url, article.text, article.confidence) == ("https://a.example/g", "", 0.0)
    assert from_summary(Entry(), Reason.NO_LINK).url == ""
