"""The texts that journeys are made of, one file a language, and what a seed fills into them."""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass
from pathlib import Path

_TEXTS = Path(__file__).parent / "texts"
_MONTHS = {"en": "October", "de": "Oktober", "es": "octubre", "ru": "октября", "zh": "十月"}
_FIRMS = (
    "Altmark Pumps Inc.",
    "Norvik Hydro AG",
    "Hydrelia S.A.",
    "Tarsu Valves Ltd.",
    "Kelmo GmbH",
    "Ostrava Flow SE",
)
_FIRST = ("valley", "harbour", "north", "capital", "lake", "prairie", "river", "summit", "coast", "old")
_SECOND = ("herald", "echo", "post", "tribune", "observer", "mercury", "star", "gazette", "argus", "beacon")


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """How one language tells news, and how its trade dresses it. Braces hold what a seed fills in."""

    code: str
    titles: list[str]
    paragraphs: list[str]  # of news; the first is the lead
    local: list[str]  # a paragraph that an outlet adds
    swaps: list[tuple[str, str]]  # what a light edit changes
    cities: list[str]
    people: list[str]
    agency: str  # its canonical name
    agency_site: str
    dateline: str  # of that agency
    tail: str  # a closing credit to it
    given: str  # a note that it gave material only
    correction: str  # a line, and the marker of a title
    corrected: str
    update: str
    copyright: str  # takes the owner's name
    release: str  # takes a company; with the service's dateline and closing lines
    furniture: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One piece of news, filled in."""

    language: Language
    title: str
    paragraphs: tuple[str, ...]
    extra: str
    firm: str
    values: dict[str, str]

    @property
    def text(self) -> str:
        """All of it."""
        return "\n".join(self.paragraphs)

    def fill(self, words: str) -> str:
        """Words of the language with this piece's names and figures."""
        return words.format_map(self.values)

    def wired(self) -> str:
        """The text under the agency's dateline."""
        return self.fill(self.language.dateline) + self.text

    def edited(self) -> str:
        """The text with a few words changed."""
        text = self.text
        for old, new in self.language.swaps:
            text = text.replace(old, new)
        return text

    def cut(self, paragraphs: int) -> str:
        """Its first paragraphs."""
        return "\n".join(self.paragraphs[:paragraphs])

    def longer(self) -> str:
        """The text with an outlet's own paragraph in it."""
        return "\n".join((self.paragraphs[0], self.extra, *self.paragraphs[1:]))


def languages() -> list[Language]:
    """All languages, by code."""
    return [Language(**tomllib.loads(path.read_text(encoding="utf-8"))) for path in sorted(_TEXTS.glob("*.toml"))]


def piece(language: Language, rng: random.Random) -> Piece:
    """A piece of news."""
    city, (who, whom) = rng.choice(language.cities), rng.sample(language.people, 2)
    firm = rng.choice(_FIRMS)
    values = {
        "city": city,
        "CITY": city.upper(),
        "who": who,
        "whom": whom,
        "firm": firm,
        "n": str(rng.randrange(3, 60)),
        "k": str(rng.randrange(2, 90)),
        "p": f"{rng.randrange(11, 99)}00",
        "m": _MONTHS[language.code],
    }
    return Piece(
        language=language,
        title=rng.choice(language.titles).format_map(values),
        paragraphs=tuple(paragraph.format_map(values) for paragraph in language.paragraphs),
        extra=language.local[0],
        firm=firm,
        values=values,
    )


def publishers(rng: random.Random, count: int) -> list[str]:
    """Invented outlets, by host, all different."""
    return [f"{name}.example" for name in rng.sample([first + second for first in _FIRST for second in _SECOND], count)]


def site_of(firm: str) -> str:
    """A company's own host."""
    return f"{firm.split(maxsplit=1)[0].lower()}.example"
