"""A site's template: learned from its pages, equal to the careful reading, silent where a page has another shape."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

import pytest

from bench.template_sites import DESIGNS, SitePage, pages
from ingest.extract.article import extract
from ingest.extract.blocks import runs
from ingest.extract.known import extract_known
from ingest.extract.outline import Outline
from ingest.extract.site import DOUBTED_AFTER, GROWN_AFTER, TRUSTED_AFTER, is_young, remember
from ingest.extract.template import MIN_PAGES, observe
from ingest.extract.tree import parse
from ingest.model import Page, SiteRules
from ingest.model.templates import (
    Checked,
    Held,
    Known,
    LearnedReading,
    Mark,
    SiteMemory,
    Standing,
    Template,
    Unread,
)

NAMED = {design.name: design for design in DESIGNS}
LEARNED = MIN_PAGES + TRUSTED_AFTER + 4


def page_of(one: SitePage, html: str | None = None) -> Page:
    return Page(url=one.url, body=(html or one.html).encode())


@cache
def site(name: str) -> tuple[tuple[SitePage, ...], SiteMemory]:
    """A site's first pages and what is known of it after so many as it takes to trust a template."""
    found, memory = tuple(pages(NAMED[name], count=LEARNED + 3, weight=0.1)), SiteMemory()
    for one in found[:LEARNED]:
        memory, _ = remember(memory, extract_known(known(memory, page_of(one))))
    return found, memory


def known(memory: SiteMemory, page: Page, *, again: bool = False) -> Known:
    return Known(page=page, templates=memory.templates, young=is_young(memory), again=again)


def read_again(memory: SiteMemory, page: Page) -> LearnedReading:
    """A reading that is no sample."""
    return extract_known(known(memory, page, again=True))


@pytest.mark.parametrize("name", ["classes", "bare", "weblog"])
def test_pages_of_a_known_site_are_read_by_its_template_as_the_careful_reading_does(name: str) -> None:
    found, memory = site(name)
    (template,) = [one for one in memory.templates if one.standing is Standing.TRUSTED]
    for one in found[LEARNED : LEARNED + 3]:
        reading, careful = read_again(memory, page_of(one)), extract(page_of(one))
        assert (reading.by, reading.article.read_by) == (template.place, "template"), reading.why
        for part in ("title", "published_at", "byline", "language", "canonical_url", "agency"):
            assert getattr(reading.article, part) == getattr(careful, part), part
        assert one.gold in reading.article.text


def test_what_unrelated_pages_repeat_inside_the_place_is_removed() -> None:
    found, memory = site("bare")
    box = re.search(r"<strong>(.*?)</strong></p></article>", found[0].html)
    assert box is not None
    page = page_of(found[LEARNED])
    assert box[1] in found[LEARNED].html
    assert box[1] not in read_again(memory, page).article.text


def _moved(html: str) -> str:
    """The later half of the paragraphs of the article behind it."""
    parts = re.findall(r"<p>.*?</p>\n", html)
    later = parts[len(parts) // 2 :]
    for one in later:
        html = html.replace(one, "", 1)
    return html.replace('<div class="rail">', f"<div>{''.join(later * 3)}</div>" + '<div class="rail">')


def _shortened(html: str) -> str:
    """The page with the first paragraph of its article alone, cut to a sentence or two."""
    start, end = html.index("<p>", html.index("cl-article-body")), html.index('</div></div><div class="rail">')
    return html[:start] + html[start:end].partition("</p>")[0][:600] + "</p>" + html[end:]


OTHER_SHAPES: dict[str, tuple[Unread, Callable[[str], str]]] = {
    "the place is gone": (Unread.NO_PLACE, lambda html: html.replace("cl-article-body", "cl-new")),
    "the place is there twice": (
        Unread.NO_PLACE,
        lambda html: html + '<div class="cl-article-body cl-rich"><p>Another one.</p></div>',
    ),
    "the page breaks off": (Unread.NO_PLACE, lambda html: html[: html.index("cl-related")]),
    "a box that was never seen": (
        Unread.NEW_PART,
        lambda html: html.replace("</p>", '</p><div class="poll"><p>Do you agree with the board on this?</p></div>', 1),
    ),
    "the headline is no heading": (Unread.NO_TITLE, lambda html: re.sub(r"<h1>.*?</h1>", "<h1></h1>", html)),
    "no instant": (
        Unread.NO_TIME,
        lambda html: re.sub(r"<time.*?</time>|<meta property=\"article:p[^>]*>|\"datePublished\"", "", html),
    ),
    "a few lines are left": (Unread.LENGTH, _shortened),
    "text moved out of the place": (Unread.OUTSIDE, _moved),
    "entries by the minute": (
        Unread.KIND,
        lambda html: re.sub(r"(<h1>|<title>|og:title\" content=\"|\"headline\": \")", r"\1Live blog: ", html),
    ),
    "a film": (Unread.KIND, lambda html: html.replace("<head>", '<head><meta property="og:type" content="video">')),
}  # fmt: skip


@pytest.mark.parametrize("shape", OTHER_SHAPES)
def test_a_page_of_another_shape_is_left_to_the_careful_reading(shape: str) -> None:
    why, change = OTHER_SHAPES[shape]
    found, memory = site("classes")
    html = change(found[LEARNED + 1].html)
    assert html != found[LEARNED + 1].html
    page = page_of(found[LEARNED + 1], html)
    reading = read_again(memory, page)
    assert (reading.by, reading.why) == (None, why)
    assert reading.article == extract(page)


def test_a_persons_rule_wins_over_what_is_learned() -> None:
    found, memory = site("classes")
    page = replace(page_of(found[LEARNED]), rules=SiteRules(select=(".cl-head",)))
    reading = read_again(memory, page)
    assert (reading.by, reading.article.read_by, reading.observation) == (None, "rule", None)


def test_samples_are_chosen_by_the_pages_bytes_and_more_often_while_a_template_is_young() -> None:
    found, memory = site("classes")
    assert is_young(with_one(Standing.TRUSTED, agreed=GROWN_AFTER - 1))
    assert not is_young(with_one(Standing.TRUSTED, agreed=GROWN_AFTER))

    def sampled(*, young: bool) -> set[int]:
        return {
            number
            for number in range(30)
            if extract_known(
                Known(
                    page=page_of(found[0], found[LEARNED].html + f"<!-- {number} -->"),
                    templates=memory.templates,
                    young=young,
                )
            ).why
            is Unread.SAMPLE
        }

    young, old = sampled(young=True), sampled(young=False)
    assert old < young
    assert 3 <= len(young) <= 15


def steps(memory: SiteMemory, held: Held, count: int) -> Iterator[tuple[SiteMemory, list[str]]]:
    found, _ = site("classes")
    article = extract(page_of(found[0]))
    for _ in range(count):
        checked = tuple(Checked(place=one.place, held=held, why="no_place") for one in memory.templates)
        memory, events = remember(memory, LearnedReading(article=article, why=Unread.NO_PLACE, checked=checked))
        yield memory, [event.what for event in events]


def with_one(standing: Standing, **more: int) -> SiteMemory:
    _, memory = site("classes")
    return SiteMemory(templates=(replace(memory.templates[0], standing=standing, **more),))


def test_a_redesign_is_noticed_after_three_pages_that_do_not_fit() -> None:
    *before, (memory, events) = steps(with_one(Standing.TRUSTED, agreed=20), Held.MISSED, DOUBTED_AFTER)
    assert [one for _, one in before] == [[], []]
    assert events == ["redesign"]
    assert memory.templates[0].standing is Standing.DOUBTED


def test_one_sample_that_differs_is_enough_for_doubt_and_four_agreements_for_trust() -> None:
    (((memory, events)),) = steps(with_one(Standing.TRUSTED, agreed=20), Held.DIFFERED, 1)
    assert (events, memory.templates[0].standing) == (["doubted"], Standing.DOUBTED)
    told = [events for memory, events in steps(memory, Held.AGREED, TRUSTED_AFTER)]
    assert told == [[], [], [], ["trusted"]]


def test_a_place_that_does_not_hold_is_dropped_and_not_proposed_again() -> None:
    found, _ = site("classes")
    *_, (memory, events) = steps(with_one(Standing.LEARNING, agreed=0), Held.DIFFERED, 3)
    assert (events, memory.templates) == (["dropped"], ())
    (barred,) = memory.barred
    for one in found[:LEARNED]:
        memory, _ = remember(memory, extract_known(Known(page=page_of(one))))
        assert all(template.place != barred for template in memory.templates)


def test_one_page_read_many_times_teaches_once() -> None:
    found, _ = site("classes")
    memory = SiteMemory()
    for _ in range(2 * MIN_PAGES):
        memory, events = remember(memory, extract_known(Known(page=page_of(found[0]))))
        assert not events
    assert len(memory.observations) == 1


def test_a_page_on_which_the_careful_text_does_not_stand_teaches_nothing() -> None:
    root = parse("<html><body><div class=a><p>Something else stands here.</p></div></body></html>")
    assert root is not None
    assert (
        observe(Outline(""), list(runs(root)), "Another text.", number=1, title="t", has_time=False, has_headline=False)
        is None
    )


def test_a_template_says_its_place_as_a_selector() -> None:
    _, memory = site("classes")
    (template,) = memory.templates
    assert isinstance(template, Template)
    assert str(template.place) == "div.cl-article-body.cl-rich"
    assert str(Mark(tag="td", tokens=(("valign", "top"),))) == 'td[valign="top"]'
