"""One seed into one set: when each event happens, who reports it and when, and what is copied."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bench.events.copies import abridgement, whole_copy
from bench.events.material import Event, Written, load_angles, load_events, load_publishers
from bench.events.render import Framed, framed_reports, with_days

FIRST_DAY = datetime(2026, 3, 2, tzinfo=UTC)  # a Monday
SPREAD_H = 36.0
COPIED_SHARE = 0.25
LATE_ANGLES = ("evening", "background", "explainer")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An article before it has an id."""

    at: datetime
    title: str
    text: str
    publisher: str
    language: str
    story: str
    event: str
    kind: str


def corpus(seed: int) -> list[dict[str, str]]:
    """The articles of one seed in order of their stamps; equal seeds give equal lists.

    Keys: id, url, title, text, published_at, publisher, language, story, event, kind.
    """
    rng = random.Random(f"events {seed}")
    publishers, angles = load_publishers(), load_angles()
    drafts: list[Draft] = []
    for event in load_events():
        begun = _begin(event, rng)
        told = _told(event, begun, angles, rng)
        drafts += _published(event, told, publishers, rng)
    drafts.sort(key=lambda draft: (draft.at, draft.story, draft.kind, draft.publisher))
    return [_line(number, draft) for number, draft in enumerate(drafts, 1)]


def _begin(event: Event, rng: random.Random) -> datetime:
    day = event.day
    if day is None:
        weeks = {0: range(14), 1: range(7), 2: range(7, 14)}
        allowed = {"any": range(7), "weekday": range(5), "midweek": range(4)}
        day = rng.choice([day for day in weeks[event.week] if day % 7 in allowed[event.days]])
    hour = rng.randrange(6, 17) if event.hour is None else event.hour
    return FIRST_DAY + timedelta(days=day, hours=hour, minutes=rng.randrange(60))


def _told(
    event: Event, begun: datetime, angles: dict[str, list[str]], rng: random.Random
) -> list[tuple[datetime, Written]]:
    """The event's independent reports with their stamps; the first is at the beginning, the rest within 36 hours."""
    weekday = begun.weekday()
    framed = framed_reports(event, angles, weekday=weekday, rng=rng) if event.framed else []
    reports = [
        Written(title=one.title, text=one.text, kind="report", after_h=_framed_delay(one, rng)) for one in framed
    ]
    told = []
    for report in (*reports, *event.written):
        after_h = _delay(report, rng)
        dated = Written(
            title=with_days(report.title, weekday=weekday, language=report.language),
            text=with_days(report.text, weekday=weekday, language=report.language),
            kind=report.kind,
            language=report.language,
        )
        told.append((begun + timedelta(hours=after_h), dated))
    told.sort(key=lambda one: one[0])
    early = told[0][0] - begun
    return [(at - early, report) for at, report in told]


def _framed_delay(report: Framed, rng: random.Random) -> float:
    least_h = max(report.after_h, 4 if report.angle in LATE_ANGLES else 0)
    return least_h + (SPREAD_H - 4 - least_h) * rng.betavariate(0.9, 2.6)


def _delay(report: Written, rng: random.Random) -> float:
    if report.after_h is not None:
        return report.after_h
    if report.kind == "followup":
        return rng.uniform(14, 34)
    least_h = 2 if report.kind == "translation" else 0
    return least_h + (SPREAD_H - 4 - least_h) * rng.betavariate(0.9, 2.6)


def _published(
    event: Event, told: list[tuple[datetime, Written]], publishers: dict[str, list[str]], rng: random.Random
) -> list[Draft]:
    """Give each report a publisher no other report of the event has, and a quarter of them copies."""
    free = {language: rng.sample(names, len(names)) for language, names in publishers.items()}
    drafts = []
    for number, (at, report) in enumerate(told, 1):
        language = report.language
        story = event.id if len(told) == 1 else f"{event.id}.{number:02d}"
        original = Draft(
            at=at,
            title=report.title,
            text=report.text,
            publisher=free[language].pop(),
            language=language,
            story=story,
            event=event.id,
            kind=report.kind,
        )
        drafts.append(original)
        if rng.random() < COPIED_SHARE:
            for _ in range(rng.choice((1, 1, 2))):
                drafts.append(_copied(original, free[language].pop(), rng))
    return drafts


def _copied(original: Draft, publisher: str, rng: random.Random) -> Draft:
    short = abridgement(original.title, original.text, rng) if rng.random() < 0.45 else None
    title, text = short or whole_copy(original.title, original.text, rng)
    return Draft(
        at=original.at + timedelta(minutes=rng.randrange(4, 240)),
        title=title,
        text=text,
        publisher=publisher,
        language=original.language,
        story=original.story,
        event=original.event,
        kind="abridged" if short else "copy",
    )


def _line(number: int, draft: Draft) -> dict[str, str]:
    slug = "-".join(re.findall(r"[a-z0-9]+", draft.title.lower())[:8]) or "story"
    name = f"a{number:04d}"
    return {
        "id": name,
        "url": f"https://www.{draft.publisher}/{draft.at:%Y/%m/%d}/{slug}-{name}",
        "title": draft.title,
        "text": draft.text,
        "published_at": draft.at.isoformat(timespec="seconds"),
        "publisher": draft.publisher,
        "language": draft.language,
        "story": draft.story,
        "event": draft.event,
        "kind": draft.kind,
    }
