"""A person's rules for one publisher: what they select is the article, what they remove never is."""

from __future__ import annotations

import pytest

from ingest.errors import ExtractError, Reason
from ingest.extract.article import explain, extract
from ingest.model import Page, SiteRules

PROSE = "".join(
    f"<p>Sentence {i} of the report on the harbour pilots, who went back to work on Tuesday.</p>" for i in range(9)
)
PAGE = f"""<!doctype html><title>Harbour</title><body><h1>Harbour</h1>
<div class=story>{PROSE}<p class=kudos>Our reporters were nominated for a prize again last year, they say.</p></div>
<div class=odd><span>Tide 3.2 m</span><span> at noon</span></div></body>"""


def _page(html: str = PAGE, **rules: tuple[str, ...]) -> Page:
    return Page(url="https://quay.example/1", body=html.encode(), rules=SiteRules(**rules) if rules else None)


def test_what_a_rule_selects_is_the_text_however_short() -> None:
    article = extract(_page(select=(".odd",)))
    assert (article.text, article.read_by) == ("Tide 3.2 m at noon", "rule")


def test_what_a_rule_removes_is_not_in_the_text() -> None:
    assert "nominated" in extract(_page()).text
    article = extract(_page(remove=(".kudos",)))
    assert "nominated" not in article.text
    assert "Sentence 8" in article.text
    assert article.read_by != "rule"


def test_a_rule_that_selects_nothing_leaves_the_page_to_samewire() -> None:
    assert extract(_page(select=(".moved",))).text == extract(_page()).text


def test_nested_and_repeated_selections_are_taken_once_and_in_the_order_of_the_page() -> None:
    article = extract(_page(select=(".odd", ".story", ".story p"), remove=(".kudos",)))
    assert article.text.count("Sentence 3") == 1
    assert article.text.endswith("Tide 3.2 m at noon")


def test_the_frame_of_a_page_cannot_be_removed() -> None:
    assert "Sentence 1" in extract(_page(remove=("html", "body", "head"))).text


def test_a_rule_wins_over_a_refusal() -> None:
    stub = "<title>Tides</title><body><div class=odd>Tide 3.2 m</div></body>"
    with pytest.raises(ExtractError) as refused:
        extract(_page(stub))
    assert refused.value.reason is Reason.STUB
    assert extract(_page(stub, select=(".odd",))).text == "Tide 3.2 m"


def test_each_reader_is_heard_and_the_choice_is_the_one_that_extract_makes() -> None:
    found = explain(_page())
    texts = {by: text for by, text, _ in found.opinions}
    assert {"look", "near", "fast", "careful", "structured", "feed"} == set(texts)
    article = extract(_page())
    assert found.chosen == article.read_by
    assert found.why
    assert {by: same for by, _, same in found.opinions}[found.chosen] > 0.9
    assert explain(_page(select=(".odd",))).chosen == "rule"
    assert str(explain(_page("<title>x</title><p>Nothing here.</p>")).refused).startswith("stub")
