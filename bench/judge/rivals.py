"""Look-alikes: articles made from one template, or from passages shared by several stories."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from bench.judge import days
from bench.judge.edits import Paragraphs
from bench.judge.material import families, fill, paragraphs


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """One look-alike: a story of its own, however much of its text another has too."""

    kind: str
    language: str
    title: str
    body: Paragraphs
    at: datetime
    family: int
    source: Literal["one", "wire", "many"]
    copied: bool
    """Whether another outlet carries it as well, under the same story label."""


def rivals(seed: int) -> Iterator[Rival]:
    """Yield this seed's look-alikes, family by family."""
    for index, family in enumerate(families()):
        rng = random.Random(f"{seed}:family:{index}")
        yield from _drawn(family, index, rng)


def _drawn(family: dict[str, Any], index: int, rng: random.Random) -> Iterator[Rival]:
    members = list(family.get("item") or family["rows"])
    if "rows" in family and not family.get("ordered"):
        members = rng.sample(members, family["take"])
    if family.get("in_order"):
        members.sort(key=family["rows"].index)
    members = members[: family.get("take", len(members))]
    moments = _moments(family, len(members), rng)
    filler = _Filler(family, rng)
    shared = {name: text.strip() for name, text in family.get("share", {}).items()}
    for number, (member, moment) in enumerate(zip(members, moments, strict=True)):
        values = filler.values(number, moment, member.get("sign")) if "rows" in family else dict(shared)
        rows = {name: value for name, value in member.items() if name not in ("title", "text", "sign")}
        values |= rows
        title, text = member.get("title", family.get("title")), member.get("text", family.get("text"))
        for _ in range(2):  # a value may itself hold a slot
            title, text = fill(title, values, moment), fill(text, values, moment)
        yield Rival(
            kind=family["kind"],
            language=family["lang"],
            title=title,
            body=paragraphs(text),
            at=moment,
            family=index,
            source=family["source"],
            copied=rng.random() < family.get("copied", 0),
        )


def _moments(family: dict[str, Any], count: int, rng: random.Random) -> list[datetime]:
    day, hour, minute = rng.randrange(4, 19), family.get("hour", rng.randrange(7, 17)), rng.randrange(30)
    if "weekday" in family:
        start = days.at(day, hour=0)
        day += (family["weekday"] - start.weekday()) % 7
    first = days.at(day, hour=hour, minute=minute)
    if "days" in family:
        return [days.at(day, hour=hour, minute=rng.randrange(60)) for day in family["days"][:count]]
    jitter = [timedelta(minutes=rng.randrange(3, 50)) for _ in range(count)]
    match family["gap"]:
        case "quarter":
            return [first - timedelta(days=91 * (count - 1 - number)) for number in range(count)]
        case "week":
            start = first - timedelta(days=7 * (count - 1)) if first.day > 10 else first
            return [start + timedelta(days=7 * number) + jitter[number] for number in range(count)]
        case "day":
            return [first + timedelta(days=number) + jitter[number] for number in range(count)]
        case "hours":
            return [first + timedelta(minutes=55 * number) + jitter[number] for number in range(count)]
        case _:
            return [first + jitter[number] for number in range(count)]


class _Filler:
    """The values of a family's slots, article by article."""

    def __init__(self, family: dict[str, Any], rng: random.Random) -> None:
        self._slots: dict[str, Any] = family.get("slots", {})
        self._language: str = family["lang"]
        self._rng = rng
        self._last: dict[str, float] = {}
        self._lists = {
            name: rng.sample(spec, len(spec)) for name, spec in self._slots.items() if isinstance(spec, list)
        }

    def values(self, number: int, moment: datetime, sign: int | None) -> dict[str, str]:
        """Return all slots of the article with this number in its family; the sign is the way its prices went."""
        language = self._language
        before, raw = dict(self._last), self._last
        values = {
            "weekday": days.weekday(language, moment),
            "on": days.on_weekday(language, moment),
            "date": days.date(language, moment),
        }
        for name, spec in self._slots.items():
            if isinstance(spec, list):
                values[name] = self._lists[name][number % len(spec)]
                continue
            verb, *words = spec.split()
            if verb == "lag":
                source = self._slots[words[0]].split()
                raw[name] = before[words[0]] if words[0] in before else self._fresh(source[0], source[1:], raw)
                values[name] = self._written(source[0], source[1:], raw[name])
                continue
            raw[name] = self._step(verb, words, name, number, sign)
            values[name] = self._written(verb, words, raw[name])
        return values

    def _step(self, verb: str, words: list[str], name: str, number: int, sign: int | None) -> float:
        if verb == "walk" and name in self._last:
            way = sign or self._rng.choice((-1, 1))
            return self._last[name] + way * self._rng.uniform(0.3, 1.0) * float(words[1])
        if verb == "seq":
            return int(words[0]) + number * int(words[1])
        return self._fresh(verb, words, self._last)

    def _fresh(self, verb: str, words: list[str], raw: dict[str, float]) -> float:
        match verb:
            case "int" | "num":
                return self._rng.randint(int(words[0]), int(words[1]))
            case "dec":
                return self._rng.uniform(float(words[0]), float(words[1]))
            case "walk":
                return float(words[0]) + self._rng.uniform(-1, 1) * float(words[1])
            case "scale":
                return raw[words[0]] * self._rng.uniform(float(words[1]), float(words[2]))
            case "plus":
                return raw[words[0]] + (raw[words[1]] if words[1] in raw else float(words[1]))
            case _:
                raise ValueError(f"unknown slot: {verb} {words}")

    def _written(self, verb: str, words: list[str], value: float) -> str:
        match verb:
            case "num" | "seq":
                return str(int(value))
            case "int":
                return days.number(self._language, value, 0)
            case _:
                places = int(words[-1]) if len(words) > 2 else 1
                return days.number(self._language, round(value, places), places)
