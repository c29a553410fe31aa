"""Articles that look like members of a story and are stories of their own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bench.newswire.bureau import DAYS, Bureau, Running
from bench.newswire.case import Case
from bench.newswire.fill import Fill, Template, draw, fill, telling_names, with_values
from bench.newswire.newsroom import START, Page, Publisher
from bench.newswire.revisions import figures, other_figure

SEQUELS = {"followup": 8, "independent": 8, "preview": 8}
ROUNDUPS = 4
LIVEBLOGS = 3
CORRECTION_LISTS = 3
FLASHES = 12
SHORT_NEWS = 8
SERIES_ENTRIES = 4
FILLS = {
    "ordinal": 6,
    "direction": 6,
    "company": 6,
    "town": 6,
    "match": 6,
    "quarter": 5,
    "notice": 7,
    "column": 5,
    "court": 5,
    "poll": 5,
    "obituary": 5,
    "jobs": 5,
}
# How often a template's minimal pairs are filled. Those of courts and polls are not: one man, one crime and two terms,
# or one survey and two leaders, would be one story put right rather than two stories.
MINIMAL_GROUPS = {"ordinal": 1, "direction": 2, "company": 1, "town": 1, "match": 1, "quarter": 1, "notice": 1}
ONE_SOURCE = {"quarter": timedelta(days=6), "notice": timedelta(days=1), "column": timedelta(days=6)}
TRIES = 40


def file_sequels(bureau: Bureau, running: list[Running]) -> None:
    """File next-day developments, independent reports and previews."""
    for kind, count in SEQUELS.items():
        for one in bureau.rng.sample(running, min(count, len(running))):
            own_house = kind != "independent" and bureau.rng.random() < 0.5
            bureau.file_alone(
                _sequel_page(one, kind),
                kind=kind,
                publisher=one.publisher if own_house else bureau.carrier(one),
                at=one.at + _sequel_delay(bureau, kind),
                parent=one.base,
            )


def _sequel_page(one: Running, kind: str) -> Page:
    sequel = getattr(one.story, kind)
    background = tuple(one.story.paragraphs[number] for number in sequel.background)
    return Page(title=sequel.headline, paragraphs=(*sequel.paragraphs, *background))


def _sequel_delay(bureau: Bureau, kind: str) -> timedelta:
    if kind == "followup":
        return bureau.hours(18, 34)
    return bureau.hours(1, 14) if kind == "independent" else -bureau.hours(14, 28)


def file_roundups(bureau: Bureau, running: list[Running]) -> None:
    """File briefings that open several stories of the day under a neutral title."""
    for _ in range(ROUNDUPS):
        told = _of_the_day(bureau, running, least=5, most=8)
        case, at, publisher = _editor(bureau, told)
        lines = case.several("roundup.openings", 0, 1)
        with_titles = bureau.rng.random() < 0.6
        for one in told:
            opening = one.story.paragraphs[0] if bureau.rng.random() < 0.6 else one.story.summary
            lines += [one.story.headline, opening] if with_titles else [opening]
        page = Page(title=case.pick("roundup.titles"), paragraphs=tuple(lines))
        bureau.file_alone(page, kind="roundup", publisher=publisher, at=at)


def file_liveblogs(bureau: Bureau, running: list[Running]) -> None:
    """File time-stamped entries that quote several stories between the reporter's own lines."""
    for _ in range(LIVEBLOGS):
        told = _of_the_day(bureau, running, least=3, most=6)
        case, at, publisher = _editor(bureau, told)
        entries = [text for one in told for text in bureau.rng.sample(one.story.paragraphs, bureau.rng.randint(1, 2))]
        entries += case.several("liveblog.entries", 2, 4)
        bureau.rng.shuffle(entries)
        clock, lines = at, []
        for entry in entries:
            lines.append(f"{clock:%H:%M} {entry}")
            clock -= bureau.minutes(3, 50)
        page = Page(title=case.pick("liveblog.titles", headline=told[0].story.headline), paragraphs=tuple(lines))
        bureau.file_alone(page, kind="liveblog", publisher=publisher, at=at)


def file_correction_lists(bureau: Bureau, running: list[Running]) -> None:
    """File a paper's list of corrections, each of which names another story."""
    for _ in range(CORRECTION_LISTS):
        told = _of_the_day(bureau, running, least=3, most=5)
        case, at, publisher = _editor(bureau, told)
        lines = case.several("corrections.openings", 1, 1)
        for one in told:
            wrong = bureau.rng.choice(figures(" ".join(one.story.paragraphs), bureau.desk.months))[0]
            right = other_figure(wrong, bureau.rng)
            lines.append(case.pick("corrections.lines", headline=one.story.headline, right=right, wrong=wrong))
        page = Page(title=case.pick("corrections.titles"), paragraphs=tuple(lines))
        bureau.file_alone(page, kind="corrections_list", publisher=publisher, at=at)


def _of_the_day(bureau: Bureau, running: list[Running], *, least: int, most: int) -> list[Running]:
    """Draw stories that lie next to each other in time, the newest first."""
    count = min(bureau.rng.randint(least, most), len(running))
    begin = bureau.rng.randint(0, len(running) - count)
    return sorted(running, key=lambda one: one.at)[begin : begin + count][::-1]


def _editor(bureau: Bureau, told: list[Running]) -> tuple[Case, datetime, Publisher]:
    publisher = bureau.press.outlet()
    at = told[0].at + bureau.hours(2, 16)
    return bureau.case(told[0], publisher, at), at, publisher


def file_flashes(bureau: Bureau) -> None:
    """File lone flash lines, in capitals where the script has them."""
    for filled in _fills(bureau, bureau.desk.frames["flash"], FLASHES):
        line = bureau.rng.choice(bureau.desk.phrases["flash.marks"]) + filled.headline.upper()
        page = Page(title=line, paragraphs=(line,))
        publisher = bureau.press.wire() if bureau.rng.random() < 0.5 else bureau.press.outlet()
        bureau.file_alone(page, kind="flash", publisher=publisher, at=bureau.some_time())


def file_short_news(bureau: Bureau) -> None:
    """File short news that have nothing in common but the long standing text below them."""
    standing = bureau.desk.phrases["disclaimer.paragraphs"]
    for filled in _fills(bureau, bureau.desk.frames["short"], SHORT_NEWS):
        page = Page(title=filled.headline, paragraphs=(*filled.paragraphs, *standing))
        bureau.file_alone(page, kind="disclaimer", publisher=bureau.press.outlet(), at=bureau.some_time())


def file_series(bureau: Bureau) -> None:
    """File a paper's series: titles of one frame, a few days apart."""
    for frame in bureau.desk.frames["series"]:
        publisher, at = bureau.press.outlet(), START + bureau.hours(0, 7 * 24)
        for filled in _fills(bureau, (frame,), SERIES_ENTRIES):
            page = Page(title=filled.headline, paragraphs=filled.paragraphs)
            bureau.file_alone(page, kind="series", publisher=publisher, at=at)
            at += bureau.hours(12, 72)


def file_speech(bureau: Bureau) -> None:
    """File the reports on one speech, which share its quotations and nothing else."""
    speech, at = bureau.desk.speech, bureau.some_time()
    quotes = {f"q{number}": quote for number, quote in enumerate(speech.quotes, start=1)}
    for headline, paragraphs in speech.reports:
        texts = list(paragraphs)
        for name, quote in quotes.items():
            texts = [text.replace(f"{{{name}}}", quote) for text in texts]
        page = Page(title=headline, paragraphs=tuple(texts))
        bureau.file_alone(page, kind="speech_quotes", publisher=bureau.press.outlet(), at=at + bureau.hours(0, 26))


def file_templates(bureau: Bureau) -> None:
    """File fills of every template; where it has minimal pairs, first those, equal in all but the slots they name."""
    for template in bureau.material.templates:
        kind = template.kind if template.kind in ("notice", "column") else f"tmpl_{template.kind}"
        fills = _template_fills(bureau, template)
        step = ONE_SOURCE.get(template.kind)
        publisher = bureau.press.outlet()
        at = START + bureau.hours(5, 24 * DAYS if step is None else 24 * 2)
        for filled in fills:
            page = Page(title=filled.headline, paragraphs=filled.paragraphs)
            bureau.file_alone(page, kind=kind, publisher=publisher, at=at)
            if step is None:
                publisher, at = bureau.press.outlet(), _near_or_far(bureau, at)
            else:
                at += step + bureau.minutes(-20, 20)


def _near_or_far(bureau: Bureau, at: datetime) -> datetime:
    """The next fill within two days, as look-alikes do most harm then, or at any time."""
    if bureau.rng.random() < 0.6:
        return min(at + bureau.hours(0.2, 48), START + timedelta(days=DAYS))
    return bureau.some_time()


def _template_fills(bureau: Bureau, template: Template) -> list[Fill]:
    groups = MINIMAL_GROUPS.get(template.kind, 0) if template.minimal else 0
    firsts = _fills(bureau, (template,), groups, given=template.minimal[0] if groups else None)
    minimal = [fill(template, bureau.rng, first.values | entry) for first in firsts for entry in template.minimal]
    return _fills(bureau, (template,), FILLS[template.kind], begun=minimal)


def _fills(
    bureau: Bureau,
    frames: tuple[Template, ...],
    wanted: int,
    *,
    begun: Sequence[Fill] = (),
    given: dict[str, str] | None = None,
) -> list[Fill]:
    """Return fills as far apart by their telling names as their slots allow; fewer where they allow no more.

    begun: fills there are already. given: slots that are the same in all of them.
    """
    fills = list(begun)
    told: dict[str, list[tuple[str, ...]]] = {frame.headline: [] for frame in frames}
    telling = {frame.headline: telling_names(frame) for frame in frames}
    told[frames[0].headline] += [_identity(frames[0], telling[frames[0].headline], each.values) for each in fills]
    for number in range(wanted - len(fills)):
        frame = frames[number % len(frames)]
        earlier = told[frame.headline]
        drawn = [draw(frame, bureau.rng, given) for _ in range(TRIES)]
        told_by = [_identity(frame, telling[frame.headline], values) for values in drawn]
        best = min(range(TRIES), key=lambda each: _likeness(told_by[each], earlier))
        identity = told_by[best]
        # Of three names or more two must differ: one man, one crime and another term is no second story.
        if _likeness(identity, earlier)[0] <= len(identity) - (2 if len(identity) > 2 else 1):
            fills.append(with_values(frame, drawn[best]))
            earlier.append(identity)
    return fills


def _identity(frame: Template, telling: Sequence[str], values: dict[str, str]) -> tuple[str, ...]:
    """What tells a fill from others of its frame: its telling names, or the whole text where it has none."""
    if telling:
        return tuple(values[name] for name in telling)
    whole = with_values(frame, values)
    return (whole.headline, *whole.paragraphs)


def _likeness(identity: tuple[str, ...], earlier: list[tuple[str, ...]]) -> tuple[int, int]:
    """How many names a fill shares with the earlier fill it is most like, and with all of them together."""
    shared = [sum(a == b for a, b in zip(identity, other, strict=True)) for other in earlier]
    return max(shared, default=0), sum(shared)
