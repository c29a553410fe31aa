"""One article, however its publisher's feeds spell its address."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.text.variants import article_url

ONE = "https://example.org/world/summit"
SPELLINGS = [
    "https://www.example.org/world/summit", "http://example.org/world/summit", "https://m.example.org/world/summit",
    "https://amp.example.org/world/summit", "https://mobile.example.org/world/summit#top",
    "https://example.org/world/summit?utm_source=rss&utm_medium=feed", "https://example.org/amp/world/summit",
    "https://example.org/world/summit/amp", "https://example.org/world/summit/amp/", "https://example.org/world/summit.amp",
    "https://example.org/world/summit?amp", "https://example.org/world/summit?amp=1", "https://www.m.example.org/world/summit",
    "https://example.org/world/summit?outputType=amp&fbclid=x", "https://example.org/m/world/summit",
    "https://example-org.cdn.ampproject.org/c/s/www.example.org/world/summit?amp=1", "HTTPS://EXAMPLE.ORG:443/world/summit",
]  # fmt: skip
OTHERS = [
    "https://example.org/world/summit/", "https://example.org/world/summit?page=2", "https://news.example.org/world/summit",
    "https://example.org/world/summit-amp", "https://example.org/world/ampsummit", "https://example.org/world/summit?m=2",
    "https://example.org:8443/world/summit", "https://example.com/world/summit", "https://example.org/world/summit?amp=no",
]  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_one_article_has_one_name(spelling: str) -> None:
    assert article_url(spelling) == ONE


@pytest.mark.parametrize("other", OTHERS)
def test_another_page_has_another_name(other: str) -> None:
    assert article_url(other) != ONE


KEPT = {
    "html beside amp.html": ("https://e.org/a.amp.html", "https://e.org/a.html"),
    "a domain that is called so": ("https://m.com/a", "https://m.com/a"),
    "a two-part suffix": ("https://amp.co.uk/a", "https://amp.co.uk/a"),
    "an address with a port": ("http://127.0.0.1:8080/a", "http://127.0.0.1:8080/a"),
    "the section of amplifiers": ("https://e.org/amp", "https://e.org/amp"),
    "no address": (" tag:e.org,2026:1 ", "tag:e.org,2026:1"),
}


@pytest.mark.parametrize(("url", "name"), KEPT.values(), ids=KEPT)
def test_what_looks_like_a_rendering_and_is_none_stays(url: str, name: str) -> None:
    assert article_url(url) == name


addresses = st.from_regex(r"https?://(www\.|m\.)?[a-z]{1,5}\.org(/amp|/[a-z]{1,4}){0,3}(\?amp=1)?", fullmatch=True)


@given(st.text(max_size=60) | addresses)
def test_a_name_is_its_own_name(url: str) -> None:
    once = article_url(url)
    assert article_url(once) == once
