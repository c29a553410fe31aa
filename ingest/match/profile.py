"""What the event tier keeps of an article or story: bounded, and fit for a database column."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta

from ingest.match.bundles import is_bundle
from ingest.match.clean import clean
from ingest.match.reading import Sureness, Term, read
from ingest.model import Document

_VERSION = 1
_MAX_CHARS = 1_200  # what happened stands above; below it comes what happened before
_MAX_READ_CHARS = 6_000  # of which the page's own furniture is a part
_MAX_TITLE_CHARS = 400
_MAX_TERMS, _MAX_FIGURES, _MAX_TOPICS, _MAX_PLACES = 200, 32, 24, 16
_SURENESS = {int(sureness): sureness for sureness in Sureness}
_NEAR_DAYS = range(-2, 2)  # days about the time of publication name no event: every report has them


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """An article or story as the event tier sees it. Tuples are sorted; a flag says whether it stands in the lead."""

    language: str  # two letters as a rule, "" unknown
    at: datetime | None
    words: int
    roundup: bool  # a round-up or live blog: it may be related to many stories and is part of no event
    terms: tuple[Term, ...]
    figures: tuple[tuple[str, bool], ...]
    topics: tuple[tuple[str, bool], ...]
    places: tuple[tuple[str, bool], ...]

    def to_bytes(self) -> bytes:
        """The profile as bytes for a column, a kilobyte or less as a rule; the same on every machine."""
        at = None if self.at is None else self.at.astimezone(UTC).isoformat()
        terms = [[term.form, int(term.sureness), int(term.lead), term.entity] for term in self.terms]
        body = [_VERSION, self.language, at, self.words, self.roundup, terms, self.figures, self.topics, self.places]
        return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")

    @classmethod
    def from_bytes(cls, data: bytes) -> Profile:
        """The profile that `to_bytes` wrote. Raises ValueError on bytes of another make."""
        try:
            version, language, at, words, roundup, terms, figures, topics, places = json.loads(
                data.decode("utf-8", "surrogatepass")
            )
            if version != _VERSION:
                raise ValueError
            return cls(
                language=str(language),
                at=None if at is None else datetime.fromisoformat(at),
                words=int(words),
                roundup=bool(roundup),
                terms=tuple(Term(str(form), _SURENESS[sure], bool(lead), int(own)) for form, sure, lead, own in terms),
                figures=_flagged(figures),
                topics=_flagged(topics),
                places=_flagged(places),
            )
        except (ValueError, TypeError, KeyError) as exc:
            raise ValueError("these bytes are no profile of this version") from exc


def profile(document: Document) -> Profile:
    """Return an article's profile: a pure function of the document, some three milliseconds for 300 words,
    of which cleaning takes more than one.

    Names weigh apart from other words, figures and places apart from names, as in Makkonen, Ahonen-Myka and Salmenkivi
    2004, "Simple semantics in topic detection and tracking", and Kumaran and Allan 2004, "Text classification and
    named entities for new event detection"; what stands in the title or lead is marked, as in Miranda et al. 2018,
    "Multilingual clustering of streaming news".
    """
    cleaned = clean(document.title, document.text[:_MAX_READ_CHARS])
    text = "\n".join(cleaned.paragraphs)[:_MAX_CHARS]
    reading = read(cleaned.title[:_MAX_TITLE_CHARS].replace("\n", " "), text, document.language)
    near = _near_days(document.published_at)
    figures = {value: lead for value, lead in reading.figures.items() if value not in near}
    terms: Sequence[Term] = reading.terms
    if len(terms) > _MAX_TERMS:  # of as sure ones in the lead, or below it, the first
        terms = sorted(terms, key=lambda term: (not term.lead, -term.sureness))[:_MAX_TERMS]
    return Profile(
        language=reading.language,
        at=document.published_at,
        words=reading.words,
        roundup=is_bundle(document.title, cleaned.paragraphs),
        terms=tuple(sorted(terms)),  # no two of one form
        figures=_bounded(figures, _MAX_FIGURES),
        topics=_bounded(reading.topics, _MAX_TOPICS),
        places=_bounded(reading.places, _MAX_PLACES),
    )


def _near_days(at: datetime | None) -> frozenset[str]:
    """The days about a time, as figures have them."""
    if at is None or not MINYEAR < at.year < MAXYEAR:
        return frozenset()
    days = [at + timedelta(days=number) for number in _NEAR_DAYS]
    return frozenset(f"m{day.month}d{day.day}" for day in days)


def _bounded(table: Mapping[str, bool], most: int) -> tuple[tuple[str, bool], ...]:
    """The first entries of a table, the lead's before the others', sorted."""
    return tuple(sorted(sorted(table.items(), key=lambda entry: not entry[1])[:most]))


def _flagged(pairs: Iterable[tuple[object, object]]) -> tuple[tuple[str, bool], ...]:
    return tuple((str(key), bool(lead)) for key, lead in pairs)
