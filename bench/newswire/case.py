"""What an editor has on the desk when a copy is made: the story, the house, the hour and the phrases of the trade."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from random import Random

from bench.newswire.desk import Desk
from bench.newswire.material import Material, Story
from bench.newswire.newsroom import Page, Publisher

PLACEHOLDER = re.compile(r"\{(\w+)\}")
# A full stop ends a sentence after a word of four letters or more: so "Dr.", "12." and "Sept." do not.
SENTENCE_END = re.compile(r"(?:\w{4}[.!?؟]|।)[”»\"“’]*\s+(?=\S)|[。！？][」』”]*(?=\S)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One copy in the making."""

    rng: Random
    desk: Desk
    material: Material
    story: Story
    publisher: Publisher
    original: Publisher
    original_at: datetime
    at: datetime

    @property
    def base(self) -> Page:
        """The story as it was first published."""
        return Page(title=self.story.headline, paragraphs=self.story.paragraphs)

    def pick(self, phrases: str, **known: object) -> str:
        """Return one of the desk's phrases, its placeholders filled."""
        return self.fill(self.rng.choice(self.desk.phrases[phrases]), **known)

    def credit(self, phrases: str, **known: object) -> str:
        """Return a credit, filled, with the date on which the story was filed."""
        at = self.original_at
        date = {"day": at.day, "month": self.desk.months[at.month - 1], "year": at.year}
        return self.pick(phrases, **date, **known)

    def several(self, phrases: str, least: int, most: int, **known: object) -> list[str]:
        """Return some of the desk's phrases, each once, filled."""
        choices = self.desk.phrases[phrases]
        count = min(len(choices), self.rng.randint(least, most))
        return [self.fill(choice, **known) for choice in self.rng.sample(choices, count)]

    def fill(self, phrase: str, **known: object) -> str:
        """Fill a phrase's placeholders: those known, and those any desk phrase may use."""
        person, person2 = self.rng.sample(self.desk.people, 2)
        usual = {
            "person": person,
            "person2": person2,
            "agency": self.rng.choice(self.material.agencies),
            "paper": self.publisher.name,
            "town": self.rng.choice(self.desk.towns),
            "place": self.story.place,
            "PLACE": self.story.place.upper(),
            "headline": self.story.headline,
            "day": self.at.day,
            "month": self.desk.months[self.at.month - 1],
            "year": self.at.year,
            "weekday": self.desk.weekdays[self.at.weekday()],
            "n": self.rng.randint(2, 59),
            "k": self.rng.randint(1, 5),
        } | known
        return PLACEHOLDER.sub(lambda found: str(usual[found[1]]), phrase)

    def other_title(self) -> str:
        """A sub-editor's headline for the story, now and then with the house's frame around it."""
        title = self.rng.choice(self.story.headlines)
        return self.pick("title.frames", headline=title) if self.rng.random() < 0.25 else title

    def some_title(self) -> str:
        """The story's own headline or, two times in five, another one."""
        return self.other_title() if self.rng.random() < 0.4 else self.story.headline


def sentences(paragraph: str) -> list[str]:
    """Split a paragraph at the sentence ends that are beyond doubt; languages without stops stay whole."""
    parts, begun = [], 0
    for found in SENTENCE_END.finditer(paragraph):
        parts.append(paragraph[begun : found.end()])
        begun = found.end()
    return [*parts, paragraph[begun:]]


def flash_line(story: Story) -> str:
    """Return the story's flash: its own, or of its headlines the one that shares most with the lead."""
    lead = _runs(story.paragraphs[0])
    titles = (story.headline, *story.headlines)
    return story.flash or max(titles, key=lambda title: len(_runs(title) & lead) / len(_runs(title)))


def _runs(text: str) -> set[str]:
    """Runs of three characters, which serve scripts with and without blanks alike."""
    signs = re.sub(r"\W", "", text.casefold())
    return {signs[at : at + 3] for at in range(max(1, len(signs) - 2))}
