"""A page read by what is known of its site, and the site's memory after it: made in the worker that reads the page."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ingest.extract.known import extract_known
from ingest.extract.site import is_young, remember
from ingest.model import Page
from ingest.model.templates import Kept, Known, LearnedReading, Lesson, SiteMemory
from ingest.store.template_form import lesson, memory_in, templates_in


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A page, and what is kept of its site."""

    page: Page
    kept: Kept
    again: bool  # it was read by a template before


def read_and_learn(task: Task) -> LearnedReading:
    """Return a page's article, and the lesson that the page is where it was read with care. Raises ExtractError."""
    templates = templates_in(task.kept)
    known = Known(
        page=task.page, templates=templates, young=is_young(SiteMemory(templates=templates)), again=task.again
    )
    reading = extract_known(known)
    if reading.by is not None or task.again or task.kept.is_full:
        return reading
    return replace(reading, lesson=learned(task.kept, reading))


def learned(kept: Kept, reading: LearnedReading) -> Lesson:
    """Return what is remembered of a site after a page that was read with care."""
    memory, events = remember(memory_in(kept), reading)
    return lesson(memory, [(one.what, one.template, one.why) for one in events], kept)
