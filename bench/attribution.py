"""Who was first, on labelled journeys of our own making, by kind and language; and how fast it is told.

    python -m bench.attribution [--rounds N] [--seed N] [--show KIND]

Where nobody can tell who was first, to abstain is right and to name anybody is wrong. Rounds are journeys for each kind
and language. The journeys are made to be hard; the shares are no forecast of what the world's stories give.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta

from bench.journeys.kinds import KINDS, Journey, begin
from bench.journeys.material import languages
from ingest.match.attribute import first, first_of
from ingest.match.claims import claim
from ingest.model import ArticleId, First

MEMBERS = 10_000


def outcome(journey: Journey, answer: First) -> str:
    """Right, wrong or abstained; where nobody can tell, abstaining is right."""
    if answer.article_id is None:
        return "abstained" if journey.truth else "right"
    return "right" if answer.article_id in journey.truth else "wrong"


def show(journey: Journey, answer: First) -> None:
    """One journey, for looking at."""
    print(f"  {answer.reason}")
    for member in journey.members:
        marks = ("*" if member.id in journey.truth else " ") + ("<" if member.id == answer.article_id else " ")
        print(f"  {marks} {member.published_at} {member.publisher} | {member.title[:40]} | {member.text[:60]!r}")


def run(rounds: int, seed: int, shown: str | None) -> Counter[tuple[str, str, str]]:
    """Counts by (kind, language, outcome)."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for kind in KINDS:
        for language in languages():
            for number in range(rounds):
                journey = begin(language, random.Random(f"{seed} {kind.__name__} {language.code} {number}"))
                kind(journey)
                answer = first(journey.members)
                found = outcome(journey, answer)
                counts[kind.__name__, language.code, found] += 1
                if shown == kind.__name__ and found != "right":
                    print(f"{kind.__name__} {language.code} {number}: {found}")
                    show(journey, answer)
    return counts


def speed() -> tuple[float, float]:
    """(milliseconds for a claim, milliseconds for the first of 10,000 claims); the least processor time of five."""
    journey = begin(languages()[1], random.Random(0))
    for kind in (KINDS[0], KINDS[4]):
        kind(journey)
    begun = time.process_time()
    claims = [claim(member) for member in journey.members]
    each = (time.process_time() - begun) / len(claims)
    rng = random.Random(1)
    many = [
        replace(
            rng.choice(claims),
            id=ArticleId(number),
            key=str(number),
            publisher=f"p{number}.example",
            published_at=journey.start + timedelta(seconds=rng.randrange(500_000)),
        )
        for number in range(MEMBERS)
    ]
    spent = []
    for _ in range(5):
        begun = time.process_time()
        first_of(many)
        spent.append(time.process_time() - begun)
    return 1e3 * each, 1e3 * min(spent)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", metavar="KIND")
    asked = parser.parse_args()
    counts = run(asked.rounds, asked.seed, asked.show)
    codes = [language.code for language in languages()]
    print(f"{'kind':26s}{'right':>8s}{'wrong':>8s}{'abstained':>11s}   wrong/abstained in {' '.join(codes)}")
    for kind in (*(kind.__name__ for kind in KINDS), None):
        told = {
            word: sum(n for (name, _, found), n in counts.items() if found == word and kind in (name, None))
            for word in ("right", "wrong", "abstained")
        }
        total = sum(told.values())
        by_language = " ".join(
            f"{counts[kind, code, 'wrong']}/{counts[kind, code, 'abstained']}" for code in codes if kind is not None
        )
        shares = "".join(f"{count / total:{width}.3f}" for count, width in zip(told.values(), (8, 8, 11), strict=True))
        print(f"{kind or 'all':26s}{shares}   {by_language}")
    each, many = speed()
    print(f"{each:.2f} ms a claim, {many:.1f} ms for the first of {MEMBERS} claims")
    return 0


if __name__ == "__main__":
    sys.exit(main())
