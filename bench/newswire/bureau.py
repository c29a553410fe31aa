"""One language's bureau: its material and press, the stories it is running, and how it files a copy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from bench.newswire.case import Case
from bench.newswire.desk import Desk
from bench.newswire.material import Material, Story
from bench.newswire.newsroom import START, Archive, Page, Press, Publisher

DAYS = 25


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A story on its way: its base, and the houses that have it."""

    story: Story
    label: str
    base: str
    publisher: Publisher
    at: datetime
    carriers: list[Publisher] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bureau:
    """What filing an article takes."""

    rng: Random
    desk: Desk
    material: Material
    press: Press
    archive: Archive

    def case(self, running: Running, publisher: Publisher, at: datetime) -> Case:
        """Return what an editor of `publisher` has before him at that hour."""
        return Case(
            rng=self.rng,
            desk=self.desk,
            material=self.material,
            story=running.story,
            publisher=publisher,
            original=running.publisher,
            original_at=running.at,
            at=at,
        )

    def file(
        self,
        running: Running,
        make: Callable[[Case], Page],
        *,
        kind: str,
        publisher: Publisher,
        at: datetime,
        source_title: str | None = None,
    ) -> str:
        """File a copy of a running story under its label and return the id."""
        return self.archive.add(
            make(self.case(running, publisher, at)),
            kind=kind,
            publisher=publisher,
            at=at,
            story=running.label,
            parent=running.base,
            original_at=running.at,
            source_title=source_title,
        )

    def file_alone(
        self, page: Page, *, kind: str, publisher: Publisher, at: datetime, parent: str | None = None
    ) -> str:
        """File an article that is a story of its own and return the id."""
        label = self.archive.new_story()
        return self.archive.add(page, kind=kind, publisher=publisher, at=at, story=label, parent=parent)

    def carrier(self, running: Running) -> Publisher:
        """Draw an outlet that does not have the story yet, and note that it has now."""
        outlet = self.press.outlet(*running.carriers)
        running.carriers.append(outlet)
        return outlet

    def some_time(self) -> datetime:
        """Draw a time of the corpus's days."""
        return START + timedelta(minutes=self.rng.randint(0, DAYS * 24 * 60))

    def minutes(self, least: int, most: int) -> timedelta:
        """Draw a while between two numbers of minutes."""
        return timedelta(minutes=self.rng.randint(least, most), seconds=self.rng.randint(0, 59))

    def hours(self, least: float, most: float) -> timedelta:
        """Draw a while between two numbers of hours."""
        return self.minutes(int(least * 60), int(most * 60))
