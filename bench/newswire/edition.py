"""Puts a corpus together: for each language its stories with a seeded choice of journeys, and the look-alikes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from random import Random

from bench.newswire import lookalikes, revisions
from bench.newswire.bureau import Bureau, Running
from bench.newswire.case import Case, flash_line
from bench.newswire.copies import COPIES, exact
from bench.newswire.desk import load_desk
from bench.newswire.material import Story, languages, load
from bench.newswire.newsroom import START, Archive, Page, Press
from bench.newswire.reading import MaterialError
from bench.newswire.releases import file_release

# How many copies of each kind a language has, spread over its stories.
JOURNEYS = {
    "exact": 8,
    "agency": 9,
    "retitle": 6,
    "feed_summary": 6,
    "abridged_half": 6,
    "abridged_lead": 6,
    "abridged_para": 6,
    "reorder": 4,
    "local_colour": 6,
    "rewrite": 10,
    "house_style": 5,
    "aggregator_page": 6,
    "truncated": 6,
    "joined_lines": 4,
    "boiler": 6,
    "weekend_copy": 5,
    "late_copy": 3,
    "unicode_form": 4,
    "casualty_update": 6,
}
REVISIONS = {"revision": 6, "update_marker": 5, "bump": 4}
CORRECTIONS = 5
SUPERSEDED = 4
REGIONAL = 3
SISTERS = 3
FLASHED = 4


def corpus(seed: int, asked: Sequence[str] | None = None) -> list[dict[str, object]]:
    """Return the labelled articles of a seed, one language after the other.

    asked: languages by their code; all there are when left out. A language's articles do not depend on which others
    are asked for. Raises MaterialError for a language without texts or with texts that break the format.
    """
    known = languages()
    unknown = [language for language in asked or [] if language not in known]
    if unknown:
        raise MaterialError(f"no texts for {', '.join(unknown)}; there are {', '.join(known)}")
    return [article for language in asked or known for article in _language(seed, language)]


def _language(seed: int, language: str) -> list[dict[str, object]]:
    rng = Random(f"{seed}/{language}")
    desk = load_desk(language)
    archive = Archive(seed=seed, language=language, rng=rng)
    bureau = Bureau(rng=rng, desk=desk, material=load(language), press=Press(desk, rng), archive=archive)
    running = _file_bases(bureau)
    _file_copies(bureau, running)
    _file_revisions(bureau, running)
    _file_corrections(bureau, running)
    _file_regional(bureau, running)
    _set_firsts(bureau, running)
    file_release(bureau)
    lookalikes.file_sequels(bureau, running)
    lookalikes.file_roundups(bureau, running)
    lookalikes.file_liveblogs(bureau, running)
    lookalikes.file_correction_lists(bureau, running)
    lookalikes.file_flashes(bureau)
    lookalikes.file_short_news(bureau)
    lookalikes.file_series(bureau)
    lookalikes.file_speech(bureau)
    lookalikes.file_templates(bureau)
    rng.shuffle(archive.articles)
    return archive.articles


def _file_bases(bureau: Bureau) -> list[Running]:
    """File the stories, bunched on three news days, so that briefings have a day to sum up."""
    rng = bureau.rng
    stories = rng.sample(bureau.material.stories, len(bureau.material.stories))
    flashed = {story.slug for story in rng.sample(stories, FLASHED)}
    days = [START + timedelta(days=rng.randint(*bounds)) for bounds in ((1, 2), (8, 11), (15, 18))]
    running = []
    for number, story in enumerate(stories):
        day = days[0] if number < (len(stories) + 1) // 2 - 1 else days[1 + number % 2]
        running.append(_file_base(bureau, story, day + bureau.hours(5, 32), flashed=story.slug in flashed))
    return running


def _file_base(bureau: Bureau, story: Story, at: datetime, *, flashed: bool) -> Running:
    wired = flashed or bureau.rng.random() < 0.45
    publisher = bureau.press.wire() if wired else bureau.press.outlet()
    label = bureau.archive.new_story()
    page = Page(title=story.headline, paragraphs=story.paragraphs)
    base = bureau.archive.add(page, kind="base", publisher=publisher, at=at, story=label)
    one = Running(story=story, label=label, base=base, publisher=publisher, at=at, carriers=[publisher])
    if flashed:
        bureau.file(one, _flash(story), kind="flash_item", publisher=publisher, at=at - bureau.minutes(3, 110))
    return one


def _flash(story: Story) -> Callable[[Case], Page]:
    line = flash_line(story).upper()
    return lambda case: Page(title=case.pick("flash.marks") + line, paragraphs=(line,))


def _file_copies(bureau: Bureau, running: list[Running]) -> None:
    early = sorted(running, key=lambda one: one.at)[: len(running) // 2 - 1]
    for kind, count in JOURNEYS.items():
        pool = early if kind == "late_copy" else running
        for one in _draw(bureau, pool, count):
            aggregated = kind == "aggregator_page" or (kind == "feed_summary" and bureau.rng.random() < 0.5)
            bureau.file(
                one,
                COPIES[kind],
                kind=kind,
                publisher=bureau.press.aggregator() if aggregated else bureau.carrier(one),
                at=one.at + _delay(bureau, kind),
                source_title=one.publisher.name if aggregated and bureau.rng.random() < 0.6 else None,
            )


def _draw(bureau: Bureau, pool: list[Running], count: int) -> list[Running]:
    """Draw stories, each once until all had their turn."""
    drawn: list[Running] = []
    while len(drawn) < count:
        drawn += bureau.rng.sample(pool, min(count - len(drawn), len(pool)))
    return drawn


def _delay(bureau: Bureau, kind: str) -> timedelta:
    if kind == "late_copy":
        return bureau.hours(20 * 24, 24 * 24)
    if kind == "weekend_copy":
        return bureau.hours(3 * 24, 6 * 24)
    if kind == "casualty_update":
        return bureau.hours(5, 20)
    return timedelta(minutes=5 + min(bureau.rng.expovariate(1 / 360), 2400))


def _file_revisions(bureau: Bureau, running: list[Running]) -> None:
    delays = {"revision": (0.3, 7), "update_marker": (2, 5), "bump": (20, 80)}
    makes = {"revision": revisions.revision, "update_marker": revisions.update_marker, "bump": revisions.bump}
    for kind, count in REVISIONS.items():
        for one in _draw(bureau, running, count):
            at = one.at + bureau.hours(*delays[kind])
            bureau.file(one, makes[kind], kind=kind, publisher=one.publisher, at=at)


def _file_corrections(bureau: Bureau, running: list[Running]) -> None:
    """File corrections, and other houses' copies of the wrong text that come after them."""
    for number, one in enumerate(bureau.rng.sample(running, min(CORRECTIONS, len(running)))):
        at = one.at + bureau.hours(0.5, 9)
        bureau.file(one, revisions.corrected, kind="corrected", publisher=one.publisher, at=at)
        if number < SUPERSEDED:
            make = bureau.rng.choice([exact, COPIES["agency"], COPIES["retitle"]])
            later = at + bureau.hours(0.3, 20)
            bureau.file(one, make, kind="superseded_copy", publisher=bureau.carrier(one), at=later)


def _file_regional(bureau: Bureau, running: list[Running]) -> None:
    for one in bureau.rng.sample(running, min(REGIONAL, len(running))):
        at = one.at + bureau.hours(0.5, 20)
        make = bureau.rng.choice([exact, COPIES["agency"]])
        page = make(bureau.case(one, bureau.press.outlets[0], at))
        for sister in bureau.press.family(SISTERS):
            bureau.file(one, partial(_as_it_is, page), kind="regional", publisher=sister, at=at + bureau.minutes(0, 9))


def _as_it_is(page: Page, _case: Case) -> Page:
    """A sister prints the page of the house."""
    return page


def _set_firsts(bureau: Bureau, running: list[Running]) -> None:
    """Say which article of each story was the true first: the agency's flash where there was one, else the base."""
    flashes = {
        article["story"]: article["id"] for article in bureau.archive.articles if article["kind"] == "flash_item"
    }
    for one in running:
        bureau.archive.set_first(one.label, str(flashes.get(one.label, one.base)))
