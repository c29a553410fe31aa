"""How much a name, figure, topic or word tells: what is rare in the stories at hand, and in reports at large."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import NamedTuple

from ingest.match.profile import Profile
from ingest.match.reading import CASELESS, Sureness, Term
from ingest.match.romanise import sound

_VERSION = 1
# A set of ten stories cannot tell a rare word from a common one. So a thousand reports are taken for read, in which a
# name stands so often, a word so often, and so on (pseudo-counts, as in a Bayesian estimate).
_READ = 1_000.0
_READ_TERMS = {Sureness.NAME: 2.0, Sureness.MAYBE: 5.0, Sureness.WORD: 10.0}
_READ_SHORT, _READ_TOPIC, _READ_PLACE = 10.0, 40.0, 15.0
_SHORT = 3  # letters
_NAME_WEIGHT = 5.6  # of a name that no other stories have
_MAX_SCALE = 6.0  # of what a report in a rare language counts
_STEM = 6  # letters of a word that are compared: truncation, the stemmer for all languages (McNamee and Mayfield 2004)
SHARED_BY = 2.0  # what two stories share stands in two, whenever the frequencies were learned
_LEAD_WEIGHT = 1.4
_ROUNDED = 0.5  # of a round figure's weight, where the exact one stands
_SOLID_FIGURE = 3.0  # the weight of a figure that should agree
_MIN_KEY, _MAX_KEYS = 2.0, 48  # the weight of what a story is looked up by, and how much of it, the heaviest


@dataclass(frozen=True, kw_only=True)
class Terms:
    """In how many stories of a set each term stands: what makes a shared term tell much or little.

    Computed from a set and kept for an epoch, so that what is related does not change with every story that comes.
    """

    epoch: int
    stories: int
    counts: Mapping[str, float]
    _known: dict[tuple[str, float], float] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def learn(cls, profiles: Iterable[Profile], *, epoch: int = 0) -> Terms:
        """Return the frequencies in a set of story profiles, whatever their order.

        A story in a language that few are written in counts for more, as its words had few chances to stand elsewhere.
        """
        profiles = list(profiles)
        spoken = Counter(profile.language for profile in profiles)
        scale = scales(spoken)
        by_language: dict[str, Counter[str]] = {language: Counter() for language in spoken}
        for profile in profiles:
            by_language[profile.language].update(term_keys(profile))
        counts: dict[str, float] = {}
        for language in sorted(by_language):
            for key, count in by_language[language].items():
                counts[key] = counts.get(key, 0.0) + scaled(key, count, scale[language])
        kept = {key: round(count, 2) for key, count in counts.items() if count >= SHARED_BY}
        return cls(epoch=epoch, stories=len(profiles), counts=dict(sorted(kept.items())))

    def weight(self, key: str, read: float) -> float:
        """How much a term tells: its inverse document frequency (Spärck Jones 1972) in what is at hand and was read.

        It is measured against a name that no other stories have, so that it means the same in sets of any size.
        """
        known = (key if key in self.counts else "", read)  # what is counted nowhere is rare, whatever it is
        weight = self._known.get(known)
        if weight is None:
            told = math.log((_READ + self.stories) / (read + max(SHARED_BY, self.counts.get(key, 0.0))))
            weight = self._known[known] = _NAME_WEIGHT * told / self._unit
        return weight

    @cached_property
    def _unit(self) -> float:
        return math.log((_READ + self.stories) / (_READ_TERMS[Sureness.NAME] + SHARED_BY))

    def to_bytes(self) -> bytes:
        """The frequencies as bytes for a column."""
        body = [_VERSION, self.epoch, self.stories, self.counts]
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")

    @classmethod
    def from_bytes(cls, data: bytes) -> Terms:
        """The frequencies that `to_bytes` wrote. Raises ValueError on bytes of another make."""
        try:
            version, epoch, stories, counts = json.loads(data.decode("utf-8", "surrogatepass"))
            if version != _VERSION:
                raise ValueError
            return cls(epoch=int(epoch), stories=int(stories), counts={str(key): float(n) for key, n in counts.items()})
        except (ValueError, TypeError, AttributeError) as exc:
            raise ValueError("these bytes are no term frequencies of this version") from exc


class Named(NamedTuple):
    """A name of a story with its weight."""

    weight: float
    sureness: Sureness
    lead: bool
    entity: int


@dataclass(frozen=True, kw_only=True)
class Weighed:
    """A profile with what each of its terms tells."""

    profile: Profile
    names: Mapping[str, Named]
    sounds: Mapping[str, tuple[str, ...]]  # names by how they sound
    entity_sizes: Mapping[int, int]  # words of each name
    any_sure: bool
    name_mass: float  # of its sure names and places
    words: Mapping[str, float]
    word_norm: float
    figures: Mapping[str, float]
    solid: Mapping[str, float]  # those of the figures that should agree
    solid_mass: float
    two_digits: int  # how many of the figures have so many
    topics: Mapping[str, float]
    topic_norm: float
    places: Mapping[str, tuple[float, bool]]
    caseless: bool  # in a script without capitals

    @cached_property
    def keys(self) -> Mapping[str, float]:
        """What the story is looked up by, with the weights: the heaviest of its terms.

        Names go by how they sound, where they are long enough for that, so that spellings and scripts meet.
        """
        heard = {form: f"~{sound}" for sound, forms in self.sounds.items() if len(sound) > 2 for form in forms}
        found: dict[str, float] = {}
        for form, name in self.names.items():
            key = heard.get(form, form)
            found[key] = max(found.get(key, 0.0), name.weight)
        found.update((f"#{value}", weight) for value, weight in self.figures.items())
        found.update((f"^{place}", weight) for place, (weight, _) in self.places.items())
        found.update((f"@{topic}", 0.5 * weight) for topic, weight in self.topics.items())
        if self.caseless:
            found.update((f"={word}", 0.5 * weight) for word, weight in self.words.items())
        rare = [(-weight, key) for key, weight in found.items() if weight >= _MIN_KEY]
        return {key: -weight for weight, key in sorted(rare)[:_MAX_KEYS]}


def weigh(profile: Profile, terms: Terms) -> Weighed:
    """Return a profile weighed, for `relate_weighed` and the index."""
    names: dict[str, Named] = {}
    sounds: dict[str, list[str]] = {}
    words: dict[str, float] = {}
    sure, unsure = Sureness.NAME, Sureness.WORD
    for term in profile.terms:
        form, sureness, lead, entity = term
        weight = _term_weight(term, terms)
        if sureness is not unsure:
            names[form] = Named(weight, sureness, lead, entity)
            if len(heard := sound(form)) > 1:
                sounds.setdefault(heard, []).append(form)
        if sureness is not sure:
            stem = form[:_STEM]
            words[stem] = max(words.get(stem, 0.0), weight * (_LEAD_WEIGHT if lead else 1.0))
    topics = {
        key: terms.weight(f"@{key}", _READ_TOPIC) * (_LEAD_WEIGHT if lead else 1.0) for key, lead in profile.topics
    }
    places = {key: (terms.weight(f"^{key}", _READ_PLACE), lead) for key, lead in profile.places}
    entities: dict[int, float] = {}
    for name in names.values():
        if name.sureness is sure:
            entities[name.entity] = max(entities.get(name.entity, 0.0), name.weight * (1.0 if name.lead else 0.5))
    figures = _weighed_figures(profile, terms)
    solid = {value: weight for value, weight in figures.items() if weight >= _SOLID_FIGURE}
    return Weighed(
        profile=profile,
        names=names,
        sounds={heard: tuple(forms) for heard, forms in sounds.items()},
        entity_sizes=Counter(name.entity for name in names.values()),
        any_sure=bool(entities),
        name_mass=sum(entities.values()) + sum(weight * (1.0 if lead else 0.5) for weight, lead in places.values()),
        words=words,
        word_norm=_norm(words),
        figures=figures,
        solid=solid,
        solid_mass=math.fsum(solid.values()),
        two_digits=sum(value.isdecimal() and len(value) == 2 for value in figures),
        topics=topics,
        topic_norm=_norm(topics),
        places=places,
        caseless=profile.language in CASELESS,
    )


def _weighed_figures(profile: Profile, terms: Terms) -> dict[str, float]:
    """Figures with their weights; exact ones of many digits stand for round ones too, as others round them."""
    found = {value: terms.weight(f"#{value}", _read_figure(value)) for value, _ in profile.figures}
    for value in list(found):
        near = _rounded(value)
        if near not in found:
            found[near] = _ROUNDED * terms.weight(f"#{near}", _read_figure(near))
    return found


def _rounded(value: str) -> str:
    """A whole number from a hundred on with two telling digits: 1840 as 1800; any other value as it is."""
    if not value.isdecimal() or len(value) < 3 or 1900 <= int(value) <= 2035:
        return value
    return f"{round(int(value), 2 - len(value))}"


def scales(spoken: Mapping[str, int]) -> dict[str, float]:
    """Return for how much a story counts in each language. spoken: how many stories there are in it."""
    stories = sum(spoken.values())
    return {language: min(_MAX_SCALE, math.sqrt(stories / n)) for language, n in spoken.items()}


def scaled(key: str, count: int, scale: float) -> float:
    """Return for how much the stories of one language count that have a term; figures and the like know no language."""
    return count * (1.0 if key[0] in "#@^" else scale)


def weighed_keys(profile: Profile) -> set[str]:
    """Return the keys of which weighing a profile asks the frequencies: its own, and those of its figures rounded."""
    return term_keys(profile) | {f"#{_rounded(value)}" for value, _ in profile.figures}


def term_keys(profile: Profile) -> set[str]:
    """Return the keys of a profile's terms in the table of frequencies."""
    found = {term.form[:_STEM] for term in profile.terms}
    found.update(f"#{value}" for value, _ in profile.figures)
    found.update(f"@{topic}" for topic, _ in profile.topics)
    found.update(f"^{place}" for place, _ in profile.places)
    return found


def _term_weight(term: Term, terms: Terms) -> float:
    read = _READ_SHORT if len(term.form) <= _SHORT else _READ_TERMS[term.sureness]
    return terms.weight(term.form[:_STEM], read)


def _norm(weights: Mapping[str, float]) -> float:
    return math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0


@lru_cache(maxsize=1 << 14)
def _read_figure(value: str) -> float:
    """In how many of a thousand reports a figure stands, guessed by its digits: small and round ones stand in many."""
    if value.startswith("m"):
        return 12.0
    if "-" in value:
        return 10.0
    if "." in value:
        return 8.0 if len(value) <= 3 else 3.0
    number, telling = int(value), len(value.rstrip("0"))
    if number < 10 or 1900 <= number <= 2035:
        return 120.0
    if number < 100:
        return 30.0 if number < 32 else 14.0
    return {1: 16.0, 2: 6.0}.get(telling, 2.0)
