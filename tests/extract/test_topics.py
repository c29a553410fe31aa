"""Section and keywords of a page: from the best source that says something, clean, bounded, each once."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.extract.article import extract
from ingest.extract.topics import MAX_KEYWORDS, MAX_TOPIC_CHARS, keywords, section
from ingest.model import Article, Page

TEXT = "".join(
    f"<p>Paragraph {number} tells of the ferry that left the harbour late, and of those who waited for it.</p>"
    for number in range(9)
)


def article(head: str) -> Article:
    page = (
        f"<html><head><title>Ferry leaves late</title>{head}</head><body><h1>Ferry leaves late</h1>{TEXT}</body></html>"
    )
    return extract(Page(url="https://www.courier.example/a", body=page.encode()))


def ld(**said: object) -> str:
    node = json.dumps({"@type": "NewsArticle", "headline": "Ferry leaves late", **said})
    return f'<script type="application/ld+json">{node}</script>'


@pytest.mark.parametrize(
    ("head", "filed", "about"),
    [
        (ld(articleSection="Region", keywords=["Ferry", "Harbour"]), "Region", ("Ferry", "Harbour")),
        (ld(articleSection=["Arts &amp; Life", "Region"], keywords="Ferry, harbour; ferry"), "Arts & Life",
         ("Ferry", "harbour")),
        (ld(keywords=[{"@type": "DefinedTerm", "name": "Ferry"}, {"name": 3}, None]), None, ("Ferry",)),
        ('<meta property="article:section" content="Region"><meta property="article:tag" content="Ferry">'
         '<meta property="article:tag" content="Harbour"><meta name="keywords" content="news, courier">',
         "Region", ("Ferry", "Harbour")),
        ('<meta name="news_keywords" content="渡轮、港口，渡轮">', None, ("渡轮", "港口")),
        ('<meta name="keywords" content="Courier, ferry"><meta property="og:site_name" content="Courier">', None,
         ("ferry",)),
        ('<meta itemprop="articleSection" content="https://courier.example/r"><meta name="section" content="Region">',
         "Region", ()),
        (ld(keywords="", articleSection={"name": "Region"}) + '<meta name="keywords" content="ferry">', "Region",
         ("ferry",)),
        ("", None, ()),
    ],
)  # fmt: skip
def test_a_page_is_filed_as_its_publisher_states(head: str, filed: str | None, about: tuple[str, ...]) -> None:
    found = article(head)
    assert (found.section, found.keywords) == (filed, about)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=200),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from(["name", "@id", "x"]), inner),
    max_leaves=20,
)
METAS = st.dictionaries(
    st.sampled_from(["keywords", "news_keywords", "article:tag", "section", "article:section"]),
    st.lists(st.text(max_size=300), max_size=5),
)


@given(JSON, JSON, METAS)
def test_whatever_a_page_states_topics_are_short_single_lines(
    filed: object, about: object, metas: dict[str, list[str]]
) -> None:
    node = {"articleSection": filed, "keywords": about}
    topics = keywords(node, metas)
    named = section(node, metas)
    assert len(topics) <= MAX_KEYWORDS
    assert len({topic.casefold() for topic in topics}) == len(topics)
    for topic in (*topics, *([named] if named is not None else [])):
        assert topic
        assert len(topic) <= MAX_TOPIC_CHARS
        assert "\n" not in topic


def test_a_page_of_a_million_keywords_gives_thirty() -> None:
    found = article(f'<meta name="keywords" content="{",".join(f"w{number}" for number in range(200_000))}">')
    assert found.keywords == tuple(f"w{number}" for number in range(MAX_KEYWORDS))
