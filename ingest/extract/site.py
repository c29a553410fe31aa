"""What becomes of what is known of a site with each page that is read: templates proposed, trusted, doubted, dropped.

Pure. A template is proposed from a few pages and trusted once the careful reading has said the same on a few more;
when the careful reading of a sample says something else, or page after page does not fit, it is doubted, and no page is
read by it until it has agreed again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.extract.place import shared
from ingest.extract.template import propose, refreshed, widened
from ingest.model.templates import (
    Checked,
    Held,
    LearnedReading,
    Mark,
    Observation,
    SiteMemory,
    Standing,
    Template,
    Unread,
)

#: Agreements in a row that make a template trusted.
TRUSTED_AFTER = 4
#: From here on it is held against the careful reading less often.
GROWN_AFTER = 6
#: Pages in a row that did not fit; of those that look like another design, with others between them.
DOUBTED_AFTER = 3
_ODD = frozenset({Unread.OUTSIDE, Unread.PARAGRAPHS, Unread.REPEATS, Unread.NO_TITLE, Unread.NO_TIME})
_DROPPED_AFTER = 3
_FORGOTTEN_AFTER = 12
_MAX_TEMPLATES = 4
_MAX_OBSERVATIONS = 16
_MAX_BARRED = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that became of a template: proposed, trusted, doubted, redesign or dropped."""

    what: str
    template: Template
    why: str


def is_young(memory: SiteMemory) -> bool:
    """Whether a site's trusted templates are so new that they are held against the careful reading often."""
    return any(one.standing is Standing.TRUSTED and one.agreed < GROWN_AFTER for one in memory.templates)


def remember(memory: SiteMemory, reading: LearnedReading) -> tuple[SiteMemory, tuple[Event, ...]]:
    """Return what is known of a site after a page, and what became of its templates."""
    if reading.by is not None:
        return replace(memory, templates=tuple(_fitted(one, reading) for one in memory.templates)), ()
    events: list[Event] = []
    observations = _with(memory.observations, reading.observation)
    checks = {one.place: one for one in reading.checked}
    judged = [_judged(one, checks.get(one.place), events) for one in memory.templates]
    if any(event.what == "redesign" for event in events):
        observations = observations[-DOUBTED_AFTER:]  # what pages looked like before says nothing of them now
    gone = [one for one in judged if _is_over(one)]
    events += [Event(what="dropped", template=one, why=_over(one)) for one in gone]
    barred = [*memory.barred, *(one.place for one in gone if one.standing is Standing.LEARNING)]
    stay = [one for one in judged if one not in gone]
    if reading.observation is not None:
        stay = [_taught(one, checks.get(one.place), reading.observation, observations) for one in stay]
        if all(one.held is Held.MISSED for one in reading.checked):
            stay += _proposed(stay, observations, barred, events)
    return SiteMemory(templates=tuple(stay), observations=observations, barred=tuple(barred[-_MAX_BARRED:])), tuple(
        events
    )


def _fitted(template: Template, reading: LearnedReading) -> Template:
    return replace(template, missed=0) if template.place == reading.by and template.missed else template


def _with(observations: tuple[Observation, ...], latest: Observation | None) -> tuple[Observation, ...]:
    """The observations with another; a page that is read again counts once."""
    if latest is None:
        return observations
    others = [one for one in observations if latest.page != one.page and latest.title != one.title]
    return (*others, latest)[-_MAX_OBSERVATIONS:]


def _judged(template: Template, check: Checked | None, events: list[Event]) -> Template:
    """A template after a page that was read with care."""
    if check is None:
        return template
    if check.held is Held.AGREED:
        return _agreed(template, events)
    if check.held is Held.DIFFERED:
        differed = replace(template, agreed=0, differed=template.differed + 1)
        return _doubted(differed, "doubted", check.why, events) if template.standing is Standing.TRUSTED else differed
    odd = template.odd + (check.unread in _ODD)
    missed = replace(template, missed=template.missed + 1, odd=odd)
    if template.standing is Standing.TRUSTED and max(missed.missed, odd) >= DOUBTED_AFTER:
        why = f"{max(missed.missed, odd)} pages that do not fit, the last: {check.why}"
        return _doubted(missed, "redesign", why, events)
    return missed


def _agreed(template: Template, events: list[Event]) -> Template:
    agreed = replace(template, agreed=template.agreed + 1, differed=0, missed=0, odd=0)
    if agreed.agreed < TRUSTED_AFTER or template.standing is Standing.TRUSTED:
        return agreed
    trusted = replace(agreed, standing=Standing.TRUSTED)
    events.append(
        Event(what="trusted", template=trusted, why=f"{agreed.agreed} pages in a row read the same with care")
    )
    return trusted


def _doubted(template: Template, what: str, why: str, events: list[Event]) -> Template:
    doubted = replace(template, standing=Standing.DOUBTED, agreed=0, odd=0)
    events.append(Event(what=what, template=doubted, why=why))
    return doubted


def _is_over(template: Template) -> bool:
    return template.standing is not Standing.TRUSTED and (
        template.differed >= _DROPPED_AFTER or template.missed >= _FORGOTTEN_AFTER
    )


def _over(template: Template) -> str:
    if template.differed >= _DROPPED_AFTER:
        return f"{template.differed} pages read otherwise with care"
    return f"{template.missed} pages that it could not read"


def _taught(
    template: Template, check: Checked | None, latest: Observation, observations: Sequence[Observation]
) -> Template:
    """A template with what a page adds that has its place and does not speak against it."""
    if check is None or check.held in (Held.DIFFERED, Held.MISSED):
        return template
    if not any(shared(template.place, mark) == template.place for mark in latest.around):
        return template
    taught = refreshed(template, observations)
    return widened(taught, latest) if check.held is Held.AGREED else taught


def _proposed(
    templates: Sequence[Template], observations: Sequence[Observation], barred: Sequence[Mark], events: list[Event]
) -> Iterator[Template]:
    """A template for the shape of the latest page, where none of those that are there is for it."""
    if len(templates) >= _MAX_TEMPLATES:
        return
    found = propose(observations, barred, [one.place for one in templates])
    if found is not None:
        events.append(Event(what="proposed", template=found, why=f"{found.learned_from} pages have its place"))
        yield found
