"""Frames into text: choices in brackets, facts in braces, each part of a report from a pool used up as it goes."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import dataclass

from bench.events.material import Event, Fact, Pools

MIN_WORDS = 49
LONG_WORDS = 88  # of frames; facts make them longer. From here on a report gets no further sentence
FILLERS = ("detail", "figures", "next", "cause", "witness", "past", "reaction", "quote")

_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_FIELD = re.compile(r"\{(\w[\w-]*)\}")
# No inflection of a weekday but Russian's: "в среду", "во вторник".
WEEKDAYS = {
    "en": ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    "de": ["Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"],
    "fr": ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
    "es": ["lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"],
    "ru": ["в понедельник", "во вторник", "в среду", "в четверг", "в пятницу", "в субботу", "в воскресенье"],
    "zh": ["周一", "周二", "周三", "周四", "周五", "周六", "周日"],
    "ja": ["月曜日", "火曜日", "水曜日", "木曜日", "金曜日", "土曜日", "日曜日"],
    "ar": ["الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Framed:
    """A report made from frames; it tells of things that were not known before `after_h` hours."""

    title: str
    text: str
    angle: str
    after_h: int


def with_days(text: str, *, weekday: int, language: str) -> str:
    """Put weekdays for {d0} (the day of the event), {d1} (the next), {d-1} and so on; weekday: 0 is Monday."""
    names = WEEKDAYS[language]
    return re.sub(r"\{d(-?\d)\}", lambda found: names[(weekday + int(found[1])) % 7], text)


def framed_reports(event: Event, angles: dict[str, list[str]], *, weekday: int, rng: random.Random) -> list[Framed]:
    """The event's reports from frames. No sentence or title serves twice, no angle before all have served once."""
    pools: Pools = {part: rng.sample(event.pools[part], len(event.pools[part])) for part in sorted(event.pools)}
    order: list[str] = []
    while len(order) < event.framed:
        order += rng.sample(sorted(angles), len(angles))
    plans = [Plan(angle=angle, frames=[]) for angle in order[: event.framed]]
    for plan in plans:
        for part in angles[plan.angle]:
            _add(plan, part, pools)
    _fill(plans, pools, lambda: MIN_WORDS)
    _fill(plans, pools, lambda: rng.randrange(MIN_WORDS, LONG_WORDS))
    return [_report(event, plan, pools["title"].pop(), weekday, rng) for plan in plans]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A report to be: its angle and the frames of its sentences so far."""

    angle: str
    frames: list[str]


def _fill(plans: list[Plan], pools: Pools, target: Callable[[], int]) -> None:
    """Lengthen the plans in turn, as long as the pools last."""
    for plan in plans:
        wanted = target()
        for part in (*FILLERS, *FILLERS):
            if _words(plan.frames) < wanted:
                _add(plan, part, pools)


def _add(plan: Plan, part: str, pools: Pools) -> None:
    if pools.get(part) and _words(plan.frames) < LONG_WORDS:
        plan.frames.append(_take(pools[part], opening=not plan.frames))


def _report(event: Event, plan: Plan, title: str, weekday: int, rng: random.Random) -> Framed:
    timed = [_timed(frame) for frame in plan.frames]
    title, title_after_h = _timed(title)
    voice = _Voice(event.facts, weekday, rng)
    sentences = [voice.say(frame) for frame, _ in timed]
    return Framed(
        title=_Voice(event.facts, weekday, rng).say(title),
        text=_paragraphs(sentences, rng),
        angle=plan.angle,
        after_h=max(title_after_h, *(after_h for _, after_h in timed)),
    )


def _take(pool: list[str], *, opening: bool) -> str:
    """The next sentence of a pool; a report does not open with a pronoun where the pool has better."""
    if opening:
        for at in reversed(range(len(pool))):
            if not re.match(r"(@\d+ )?\{[Hh]e\}", pool[at]):
                return pool.pop(at)
    return pool.pop()


def _timed(frame: str) -> tuple[str, int]:
    """A frame without the hour mark in front of it ("@6 "), and the hour."""
    found = re.match(r"@(\d+) ", frame)
    return (frame[found.end() :], int(found[1])) if found else (frame, 0)


class _Voice:
    """One writer: holds to one form of every fact, and to short forms after the first mention."""

    def __init__(self, facts: dict[str, Fact], weekday: int, rng: random.Random) -> None:
        self.full = {name: rng.choice(fact.full) for name, fact in facts.items()}
        self.short = {name: rng.choice(fact.short or (self.full[name],)) for name, fact in facts.items()}
        self.said: set[str] = set()
        self.weekday = weekday
        self.rng = rng

    def say(self, frame: str) -> str:
        """The sentence of a frame."""
        chosen = _CHOICE.sub(lambda found: self.rng.choice(found[1].split("|")), frame)
        dated = with_days(chosen, weekday=self.weekday, language="en")
        told = _FIELD.sub(lambda found: self._fact(found[1]), dated)
        tidy = re.sub(r" +", " ", told).strip()
        return _capital(tidy)

    def _fact(self, name: str) -> str:
        key = name.lower()
        text = self.short[key] if key in self.said else self.full[key]
        self.said.add(key)
        return _capital(text) if name[0].isupper() else text


def _capital(text: str) -> str:
    at = 1 if text[:1] in "\"'“" else 0
    return text[:at] + text[at : at + 1].upper() + text[at + 1 :]


def _words(sentences: list[str]) -> int:
    return sum(len(sentence.split()) for sentence in sentences)


def _paragraphs(sentences: list[str], rng: random.Random) -> str:
    paragraphs: list[list[str]] = []
    for sentence in sentences:
        if paragraphs and len(paragraphs[-1]) < 2 and rng.random() < 0.35:
            paragraphs[-1].append(sentence)
        else:
            paragraphs.append([sentence])
    return "\n\n".join(" ".join(paragraph) for paragraph in paragraphs)
