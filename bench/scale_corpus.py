"""A seeded archive as texts, of any size: stories with copies, cuts, rewrites, chains, forms, round-ups, boilerplate.

    python -m bench.scale_corpus 5000 > articles.jsonl
    python -m bench.scale_corpus 50000 --hot 50000 > hot.jsonl

Words are made of syllables, so that nothing is anybody's text. What is hard for many machines is in it: closing
paragraphs that thousands of articles share, forms that differ in a figure, chains in which each article shares half
with the next, texts that come back word for word after months, articles without a time. Equal seeds give equal
archives, and an archive begins like every longer one of its seed.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

_START = datetime(2026, 1, 5, 6, 0, tzinfo=UTC)
_ONSETS = ("b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "br", "dr", "gr", "kl", "pl", "st", "tr")
_VOWELS, _ENDS = ("a", "e", "i", "o", "u", "ai", "ou"), ("n", "r", "s", "l", "t", "nd", "rk")
_COMMON = ("the", "of", "and", "to", "in", "for", "on", "with", "that", "by", "as", "at", "from", "has", "was", "were")
_PER_DAY = 2_000
_FORMS = (
    "Stocks on the {place} exchange closed {turn} by {n} points on {day} as traders weighed figures for exports. "
    "Volume reached {m} million shares, the exchange said in its daily note to members and the press.",
    "The weather service in {place} expects {n} degrees and {turn} winds of {m} kilometres an hour on {day}. "
    "Farmers and sailors should listen to the bulletins that the service gives out every three hours.",
)
_TURNS, _DAYS = ("higher", "lower"), ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
_HOT = (
    "The figures were compiled from returns that the ministries of nine countries gave to the commission during its "
    "spring session, and they do not include harvests of smaller islands, where nobody counted. "
)


class Archive:
    """Articles one after the other; those of one story lie near each other."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)
        self._words = [self._word() for _ in range(6_000)]
        self._cast = [self._name() for _ in range(3)]
        self._publishers = [f"{self._word()}{self._word()}.example" for _ in range(400)]
        self._closing = {name: self._sentence(18) + self._sentence(14) for name in self._publishers}
        self._late: list[dict[str, object]] = []
        self._made = 0

    def articles(self, count: int, *, hot: int = 0) -> Iterator[dict[str, object]]:
        """Yield records of so many articles. hot: so many of them, within one day, share a paragraph."""
        while self._made < count:
            for told in self._story():
                if self._made == count:
                    return
                yield self._record(told, hot=hot)
                self._made += 1

    def _record(self, told: dict[str, object], *, hot: int) -> dict[str, object]:
        """An article with its number and time; one publisher gives no times."""
        since = timedelta(seconds=43 * (self._made % _PER_DAY if hot else self._made) + self._rng.randrange(7_200))
        at = None if told["publisher"] == self._publishers[7] else (_START + since).isoformat()
        if self._made < hot:  # two articles of each publisher: from three on it would be learned and left out
            opening = ". ".join(str(told["text"]).split(". ")[:2])  # short, so that the index samples all of it
            told = {**told, "text": f"{opening}.\n{_HOT}", "publisher": f"{self._made // 2}.example"}
        return {"id": self._made, **told, "published_at": at}

    def _story(self) -> list[dict[str, object]]:
        """The articles of one story, or of what looks like one."""
        kind = self._rng.random()
        if kind < 0.06:
            return [self._form() for _ in range(self._rng.randrange(1, 5))]
        if kind < 0.10:
            return self._chain()
        if kind < 0.12:
            return self._roundup()
        if kind < 0.14 and len(self._late) > 20:
            return [{**self._rng.choice(self._late), "publisher": self._publisher()}]
        told = [self._sentence(self._rng.randrange(10, 20)) for _ in range(self._rng.randrange(4, 8))]
        title = self._title(told)
        copies = self._rng.choices((0, 1, 2, 6, 14), (60, 18, 12, 8, 2))[0]
        found = [self._article(title, told)]
        found.extend(self._told_again(title, told) for _ in range(copies))
        self._late.append(found[0])
        return found

    def _told_again(self, title: str, told: list[str]) -> dict[str, object]:
        """A copy, a cut, a rewrite or a version with another figure."""
        fate = self._rng.random()
        if fate < 0.4:
            return self._article(title, told)
        if fate < 0.6:
            return self._article(title, told[: max(3, len(told) // 2)])
        if fate < 0.85:
            kept = [line if self._rng.random() < 0.6 else self._sentence(15) for line in told]
            return self._article(self._title(kept), kept)
        return self._article(f"UPDATE: {title}", [*told, self._sentence(16)])

    def _chain(self) -> list[dict[str, object]]:
        """Articles each of which shares half of its sentences with the next."""
        told = [self._sentence(16) for _ in range(24)]
        return [self._article(self._title(told[start:]), told[start : start + 8]) for start in range(0, 17, 4)]

    def _roundup(self) -> list[dict[str, object]]:
        """Three stories, and an article that holds the openings of all."""
        stories = [[self._sentence(16) for _ in range(7)] for _ in range(3)]
        found = [self._article(self._title(told), told) for told in stories]
        whole = [line for told in stories for line in told[:3]]
        return [*found, self._article("News in brief from " + self._name(), whole)]

    def _form(self) -> dict[str, object]:
        rng = self._rng
        form = rng.choice(_FORMS)
        place, day = self._words[rng.randrange(40)].title(), rng.choice(_DAYS)
        text = form.format(
            place=place, turn=rng.choice(_TURNS), n=rng.randrange(3, 99), m=rng.randrange(3, 99), day=day
        )
        return {"title": f"{form.split()[0]} in {place} on {day}", "text": text, "publisher": self._publisher()}

    def _article(self, title: str, told: list[str]) -> dict[str, object]:
        publisher = self._publisher()
        half = (len(told) + 1) // 2
        parts = ["".join(told[:half]), "".join(told[half:]), self._closing[publisher]]
        if self._rng.random() < 0.1:
            parts[0] = f"{self._name().upper()} (Northwire) - {parts[0]}"
        return {"title": title, "text": "\n".join(part for part in parts if part), "publisher": publisher}

    def _publisher(self) -> str:
        return self._publishers[min(len(self._publishers) - 1, int(self._rng.paretovariate(0.6)) - 1)]

    def _title(self, told: list[str]) -> str:
        return " ".join(told[0].split()[:7]).rstrip(".")

    def _sentence(self, length: int) -> str:
        rng = self._rng
        found = [rng.choice(_COMMON) if rng.random() < 0.35 else rng.choice(self._words) for _ in range(length)]
        if rng.random() < 0.5:
            found[rng.randrange(1, length)] = rng.choice(self._cast)
        if rng.random() < 0.3:
            found[rng.randrange(1, length)] = str(rng.randrange(2, 4_000))
        found[0] = found[0].title()
        return " ".join(found) + ". "

    def _name(self) -> str:
        return f"{self._word().title()} {self._word()}{self._word()}".title()

    def _word(self) -> str:
        rng = self._rng
        return "".join(rng.choice(_ONSETS) + rng.choice(_VOWELS) for _ in range(rng.randrange(1, 3))) + rng.choice(
            _ENDS
        )


def main(arguments: list[str] | None = None) -> int:
    """Print an archive."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=int, help="how many")
    parser.add_argument("--hot", type=int, default=0, help="how many of them share one paragraph on one day")
    parser.add_argument("--seed", type=int, default=1)
    wanted = parser.parse_args(arguments)
    for record in Archive(wanted.seed).articles(wanted.articles, hot=wanted.hot):
        sys.stdout.write(json.dumps(record) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
