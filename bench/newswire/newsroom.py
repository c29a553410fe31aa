"""The newsrooms of one language: publishers and their domains, the clock, and the record of what was published."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from bench.newswire.desk import Desk

START = datetime(2026, 10, 12, tzinfo=UTC)
MISSING_STAMPS = 0.04
DATE_ONLY_STAMPS = 0.06
EARLY_AGGREGATORS = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Who puts an article out: a wire, an outlet or an aggregator."""

    domain: str
    name: str
    kind: str = "outlet"

    @property
    def host(self) -> str:
        """The host of its pages; a paper under its family's domain has that to itself."""
        return self.domain if self.domain.count(".") > 1 else f"www.{self.domain}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a reader of the page gets to see."""

    title: str
    paragraphs: tuple[str, ...]


class Press:
    """The publishers of one language; all of them are invented and live under .example."""

    def __init__(self, desk: Desk, rng: Random) -> None:
        houses = desk.houses
        self._desk = desk
        self._rng = rng
        self.outlets = [
            Publisher(domain=f"{paper}{masthead}.example", name=f"{shown}{desk.joiner}{title}")
            for paper, shown in houses.papers
            for masthead, title in houses.mastheads
        ]
        self.wires = [Publisher(domain=f"{name}.example", name=shown, kind="wire") for name, shown in houses.wires]
        self.aggregators = [
            Publisher(domain=f"{name}.example", name=shown, kind="aggregator") for name, shown in houses.aggregators
        ]

    def outlet(self, *but: Publisher) -> Publisher:
        """Draw an outlet, none of those named."""
        taken = {publisher.domain for publisher in but}
        return self._rng.choice([outlet for outlet in self.outlets if outlet.domain not in taken])

    def wire(self) -> Publisher:
        """Draw a wire."""
        return self._rng.choice(self.wires)

    def aggregator(self) -> Publisher:
        """Draw an aggregator."""
        return self._rng.choice(self.aggregators)

    def family(self, size: int) -> list[Publisher]:
        """Draw sister papers that share one registered domain."""
        name, shown = self._rng.choice(self._desk.houses.families)
        sisters = self._rng.sample(self._desk.houses.papers, size)
        return [
            Publisher(domain=f"{paper}.{name}.example", name=f"{title}{self._desk.joiner}{shown}")
            for paper, title in sisters
        ]


class Archive:
    """Everything one language published: gives out story labels and ids, and keeps the records."""

    def __init__(self, *, seed: int, language: str, rng: Random) -> None:
        self.articles: list[dict[str, object]] = []
        self._seed = seed
        self._language = language
        self._rng = rng
        self._stories = 0

    def new_story(self) -> str:
        """Return a label no story has had."""
        self._stories += 1
        return f"{self._language}{self._stories:04d}"

    def add(
        self,
        page: Page,
        *,
        kind: str,
        publisher: Publisher,
        at: datetime,
        story: str,
        parent: str | None = None,
        original_at: datetime | None = None,
        source_title: str | None = None,
    ) -> str:
        """Record an article and return its id; `original_at` is what an aggregator's stamp may run ahead of."""
        number = f"{self._seed}/{self._language}/{len(self.articles)}"
        name = hashlib.sha256(number.encode()).hexdigest()[:10]
        break_ = self._rng.choices(["\n\n", "\n"], [8, 2])[0]
        article: dict[str, object] = {
            "id": name,
            "url": f"https://{publisher.host}/{self._rng.choice(['news/', 'article/', '', 'a/'])}{name}",
            "title": page.title,
            "text": break_.join(page.paragraphs),
            "published_at": self._stamp(publisher, at, original_at),
            "publisher": publisher.domain,
            "publisher_kind": publisher.kind,
            "language": self._language,
            "story": story,
            "kind": kind,
            "parent": parent,
        }
        if source_title is not None:
            article["source_title"] = source_title
        self.articles.append(article)
        return name

    def set_first(self, story: str, first: str) -> None:
        """Say of all articles of a story which of them was the true first."""
        for article in self.articles:
            if article["story"] == story:
                article["first"] = first

    def _stamp(self, publisher: Publisher, at: datetime, original_at: datetime | None) -> str | None:
        rng = self._rng
        if rng.random() < MISSING_STAMPS:
            return None
        if publisher.kind == "aggregator" and original_at is not None and rng.random() < EARLY_AGGREGATORS:
            at = original_at - timedelta(minutes=rng.randint(2, 240))
        if rng.random() < DATE_ONLY_STAMPS:
            return rng.choice([f"{at:%Y-%m-%d}", f"{at:%Y-%m-%d}T00:00:00Z"])
        return f"{at:%Y-%m-%dT%H:%M:%SZ}"
