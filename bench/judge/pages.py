"""Pages made of pieces of several stories: round-ups, live blogs and lists of corrections."""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from bench.judge import days
from bench.judge.edits import Paragraphs
from bench.judge.material import Story, paragraphs


def named(template: str, language: str, moment: datetime, title: str = "") -> str:
    """Put the day into the title of a page."""
    return (
        template.replace("{weekday}", days.weekday(language, moment))
        .replace("{date}", days.date(language, moment))
        .replace("{t}", title)
    )


def roundup(
    stories: Sequence[Story], fillers: Sequence[tuple[str, Paragraphs]], kit: dict[str, Any], rng: random.Random
) -> Paragraphs:
    """Return a digest that gives each story a headline and its lead, or the desk's summary."""
    items: list[tuple[str, str]] = []
    for story in stories:
        text = story.paragraphs[0] if rng.random() < 0.6 else story.raw["summary"]
        items.append((rng.choice(story.heads), text))
    items.extend((title, body[0]) for title, body in fillers)
    rng.shuffle(items)
    parts = [kit["roundup_intro"]]
    for title, text in items:
        parts.extend((title, text))
    return (*parts, kit["roundup_end"])


def live_blog(story: Story, fillers: Sequence[tuple[str, Paragraphs]], kit: dict[str, Any], at: datetime) -> Paragraphs:
    """Return a live blog's entries, newest first: scraps of the story, other reporting, chat and other news."""
    chat = kit["live_chat"]
    other = paragraphs(story.raw["other"])
    entries = [
        chat[-1],
        other[-1],
        chat[2],
        *(body[0] for _, body in fillers[:1]),
        story.raw["update"],
        other[1],
        chat[1],
        *(body[0] for _, body in fillers[1:2]),
        story.paragraphs[2],
        chat[0],
        other[2],
        story.paragraphs[0],
        kit["live_entry"],
    ]
    stamped = []
    for index, entry in enumerate(entries):
        moment = at - timedelta(minutes=23 * index)
        stamped.append(f"{moment:%H:%M}")
        stamped.append(entry)
    return tuple(stamped)


def corrections(stories: Sequence[Story], kit: dict[str, Any]) -> Paragraphs:
    """Return a paper's column of corrections."""
    return (kit["fix_intro"], *(f"“{story.heads[0]}”. {story.raw['fix_note']}." for story in stories))
