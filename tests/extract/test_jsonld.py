"""JSON-LD as pages really write it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.extract import jsonld

URL = "https://post.example/news/ferry"


def test_the_article_under_this_address_is_chosen_from_several() -> None:
    script = json.dumps(
        [
            {"@type": "NewsArticle", "headline": "Other", "url": "https://post.example/news/other"},
            {"@type": "NewsArticle", "headline": "Ferry", "mainEntityOfPage": {"@id": f"{URL}?utm_source=x"}},
        ]
    )
    node = jsonld.described([script], url=URL, titles=()).article
    assert node is not None and node["headline"] == "Ferry"


def test_without_an_address_the_headline_that_the_page_shows_decides() -> None:
    script = json.dumps([{"@type": "Article", "headline": "Other"}, {"@type": "Article", "headline": "Ferry fire"}])
    assert jsonld.described([script], url=URL, titles=("FERRY fire!",)).article == {
        "@type": "Article", "headline": "Ferry fire",
    }  # fmt: skip
    assert jsonld.described([script], url=URL, titles=("Nothing of this",)).article is None


def test_one_article_said_twice_is_one() -> None:
    script = json.dumps([{"@type": "Article", "headline": "Same"}, {"@type": ["Article"], "headline": "Same"}])
    node = jsonld.described([script], url=URL, titles=()).article
    assert node is not None and node["headline"] == "Same"


@pytest.mark.parametrize(
    "script",
    [
        '{"a": "b\tc"}',
        '<!-- {"a": "b\tc"} -->',
        '//<![CDATA[\n{"a": "b\tc"}\n//]]>',
        '{"a": "b\tc",}',
        '{"a": "b\tc"};',
        '{"a": "b\tc"} }} rubbish',
        "{&quot;a&quot;: &quot;b\tc&quot;}",
    ],
    ids=["control", "comment", "cdata", "trailing comma", "semicolon", "rubbish", "escaped"],
)
def test_common_faults_are_repaired(script: str) -> None:
    assert jsonld.load(script) == {"a": "b\tc"}


@pytest.mark.parametrize("script", ["", "var a = 1", "[" * 100_000, '{"a": '], ids=["empty", "code", "deep", "cut"])
def test_what_cannot_be_read_is_nothing(script: str) -> None:
    assert jsonld.load(script) is None


def test_nesting_beyond_any_page_is_not_followed() -> None:
    script = '{"x":' * 300 + '{"@type": "Article"}' + "}" * 300
    assert jsonld.described([script], url=URL, titles=()).article is None


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=9),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(["@type", "@id", "url", "headline", "mainEntityOfPage", "x"]),
                inner | st.just("NewsArticle"),
                max_size=4,
            )
        ),
        max_leaves=20,
    )
)
def test_any_json_is_an_article_or_none(value: object) -> None:
    found = jsonld.described([json.dumps(value)], url=URL, titles=("t",))
    assert found.article is None or found.kinds
    assert all(isinstance(name, str) for name in found.by_id)
