"""Pages that hold no article are refused by name; articles that look like them are not."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import ExtractError, Reason
from ingest.extract.article import extract
from ingest.model import Article, Page

NAV = (
    "<header><nav><ul><li><a href=/>Home</a></li><li><a href=/world>World</a></li><li><a href=/money>Money</a></li>"
    "<li><a href=/sport>Sport</a></li></ul></nav></header>"
)
FOOTER = (
    "<footer><p>© 2025 Quay Media Ltd</p><ul><li><a href=/terms>Terms</a></li><li><a href=/privacy>Privacy policy</a>"
    "</li><li><a href=/cookies>Cookie settings</a></li><li><a href=/contact>Contact</a></li></ul></footer>"
)
REASONS = {
    "consent": Reason.CONSENT,
    "paywall": Reason.PAYWALL,
    "shell": Reason.SHELL,
    "robot": Reason.BLOCKED,
    "missing": Reason.ERROR_PAGE,
    "stub": Reason.STUB,
}


def _cases(kind: str) -> dict[str, dict[str, Any]]:
    return tomllib.loads((Path(__file__).parent / "walls" / f"{kind}.toml").read_text(encoding="utf-8"))


WALLS = {f"{kind}: {name}": (kind, case) for kind in REASONS for name, case in _cases(kind).items()}
ARTICLES = _cases("article")


def _extract(case: dict[str, Any]) -> Article:
    before, behind = ("", "") if case.get("bare") else (NAV, FOOTER)
    head = f"<meta charset=utf-8><title>{case['title']}</title>{case.get('head', '')}"
    page = (
        f"<!doctype html><html lang={case.get('lang', 'en')}><head>{head}</head>"
        f"<body>{before}{case['body']}{behind}</body></html>"
    )
    return extract(Page(url="https://quayherald.example/news/2025/03/1", body=page.encode(), content_type="text/html"))


@pytest.mark.parametrize("name", WALLS)
def test_a_page_without_an_article_is_refused_by_name(name: str) -> None:
    kind, case = WALLS[name]
    if case.get("teaser"):
        assert _extract(case).reason is REASONS[kind]
        return
    with pytest.raises(ExtractError) as refused:
        _extract(case)
    assert refused.value.reason == case.get("named", REASONS[kind]), str(refused.value)


@pytest.mark.parametrize("name", ARTICLES)
def test_an_article_that_looks_like_a_wall_is_an_article(name: str) -> None:
    case = ARTICLES[name]
    article = _extract(case)
    assert article.reason is None
    assert article.title == case["title"]
    assert "Accept all</button>" not in case["body"] or "partners use cookies" not in article.text


def test_every_kind_of_page_without_an_article_has_ten_cases() -> None:
    assert all(len(_cases(kind)) >= 10 for kind in (*REASONS, "article"))
