"""One seed's corpus: who published what, when, and which articles are one story."""

import hashlib
import random
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count, cycle
from typing import Any

from bench.judge import days, pages
from bench.judge.edits import Paragraphs
from bench.judge.material import Story, kits, stories
from bench.judge.positives import KINDS, Desk, Piece
from bench.judge.rivals import Rival, rivals

_DEALT_PER_STORY = {"en": 5}
_DEALT_ELSEWHERE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Article:
    kind: str
    language: str
    title: str
    body: Paragraphs
    at: datetime
    publisher: str
    publisher_kind: str
    story: str
    parent: str | None
    key: str
    source_title: str | None = None
    base_at: datetime | None = None


def corpus(seed: int) -> list[dict[str, str | None]]:
    """Return the articles of a seed in the order in which they came in.

    Articles that are one story share its `story` label; `parent` names the first of them. A stamp may be missing, be a
    bare date or, on an aggregator, lie before the base's; the order of the list is the true order.
    """
    labels = count(1)
    bases = _bases(seed)
    articles: list[_Article] = []
    look_alikes = list(rivals(seed))
    deck = _deck(random.Random(f"{seed}:deck"))
    for story in bases:
        articles.extend(_Newsroom(seed, story, next(labels)).articles(deck))
    negatives = count(1)
    articles.extend(_own_look_alikes(seed, bases, negatives))
    articles.extend(_rival_articles(seed, look_alikes, negatives))
    articles.extend(_page_articles(seed, bases, look_alikes, negatives))
    articles.sort(key=lambda article: (article.at, article.key))
    rng = random.Random(f"{seed}:stamps")
    return [_record(article, rng) for article in articles]


def _bases(seed: int) -> list[Story]:
    return [
        story for language in days.LANGUAGES for story in stories(language, random.Random(f"{seed}:stories:{language}"))
    ]


def _deck(rng: random.Random) -> Iterator[str]:
    kinds = [kind for kind in KINDS if kind != "rewrite" and not kind.startswith("toll_")]
    while True:
        rng.shuffle(kinds)
        yield from kinds


class _Newsroom:
    """The publishers of one story and its copies."""

    def __init__(self, seed: int, story: Story, number: int) -> None:
        self._rng = random.Random(f"{seed}:newsroom:{story.key}")
        self._story = story
        self._label = f"s{number:04d}"
        self._kit = kits()[story.language]
        self._agency: dict[str, str] = self._rng.choice(self._kit["agencies"])
        outlets = self._rng.sample(self._kit["outlets"], len(self._kit["outlets"]))
        self._own_wire = self._rng.random() < 0.65
        self._owner = self._agency if self._own_wire else outlets.pop()
        self._outlets = cycle(outlets)
        self._aggregators = cycle(self._rng.sample(self._kit["aggregators"], len(self._kit["aggregators"])))
        self._key = f"{seed}:{story.key}"

    def articles(self, deck: Iterator[str]) -> Iterator[_Article]:
        """Yield the base, then its rewrite, its tolls and the kinds it is dealt."""
        desk = Desk(story=self._story, kit=self._kit, agency=self._agency, rng=self._rng, sends=self._own_wire)
        base = Piece(
            title=self._story.heads[0],
            body=desk.own(self._story.paragraphs),
            who="same",
            after_min=(0, 0),
        )
        yield self._article("base", base)
        dealt = _DEALT_PER_STORY.get(self._story.language, _DEALT_ELSEWHERE)
        kinds = ["rewrite", *(next(deck) for _ in range(dealt))]
        if "toll" in self._story.raw:
            kinds.extend(("toll_same", "toll_other"))
        for kind in dict.fromkeys(kinds):
            yield self._article(kind, KINDS[kind](desk))

    def _article(self, kind: str, piece: Piece) -> _Article:
        outlet = next(self._outlets)
        source_title = None
        match piece.who:
            case "same":
                publisher, publisher_kind = self._owner, "wire" if self._own_wire else "outlet"
            case "aggregator":
                publisher, publisher_kind = next(self._aggregators), "aggregator"
                source_title = outlet["name"] if piece.sourced else None
            case _:
                publisher, publisher_kind = outlet, "outlet"
        title = f"{piece.title} - {source_title}" if source_title and self._rng.random() < 0.6 else piece.title
        first, last = piece.after_min
        delay = timedelta(minutes=self._rng.randint(first, last))
        return _Article(
            kind=kind,
            language=self._story.language,
            title=title,
            body=piece.body,
            at=self._story.at + delay,
            publisher=publisher["domain"],
            publisher_kind=publisher_kind,
            story=self._label,
            parent=None if kind == "base" else f"{self._key}:base",
            key=f"{self._key}:{kind}",
            source_title=source_title,
            base_at=self._story.at,
        )


def _own_look_alikes(seed: int, bases: Sequence[Story], numbers: Iterator[int]) -> Iterator[_Article]:
    """Yield, for most stories, another reporter's account of the event and the next days' follow-up."""
    for story in bases:
        rng = random.Random(f"{seed}:own:{story.key}")
        kit = kits()[story.language]
        agency = kit["agencies"][0]
        desk = Desk(story=story, kit=kit, agency=agency, rng=rng)
        if rng.random() < 0.75:
            outlet = rng.choice(kit["outlets"])
            at = story.at + timedelta(minutes=rng.randint(40, 1500))
            yield _Article(
                kind="independent",
                language=story.language,
                title=story.raw["other_head"],
                body=story.passage("other"),
                at=at,
                publisher=outlet["domain"],
                publisher_kind="outlet",
                story=f"n{next(numbers):04d}",
                parent=None,
                key=f"{seed}:{story.key}:independent",
            )
        if rng.random() < 0.65:
            publisher = agency if rng.random() < 0.4 else rng.choice(kit["outlets"])
            kept = tuple(story.paragraphs[index] for index in story.raw["follow_keep"])
            at = story.at.replace(hour=rng.randrange(9, 18)) + timedelta(days=story.raw["follow_days"])
            body = desk.credited((*story.passage("follow"), *kept), chance=0.3)
            yield _Article(
                kind="follow_up",
                language=story.language,
                title=story.raw["follow_head"],
                body=body,
                at=at,
                publisher=publisher["domain"],
                publisher_kind="wire" if publisher is agency else "outlet",
                story=f"n{next(numbers):04d}",
                parent=None,
                key=f"{seed}:{story.key}:follow_up",
            )


def _rival_articles(seed: int, look_alikes: Sequence[Rival], numbers: Iterator[int]) -> Iterator[_Article]:
    for index, rival in enumerate(look_alikes):
        rng = random.Random(f"{seed}:rival:{index}")
        kit = kits()[rival.language]
        label, key = f"n{next(numbers):04d}", f"{seed}:rival:{index}"
        publisher, publisher_kind = _rival_publisher(seed, rival, kit, index)
        yield _Article(
            kind=rival.kind,
            language=rival.language,
            title=rival.title,
            body=rival.body,
            at=rival.at,
            publisher=publisher["domain"],
            publisher_kind=publisher_kind,
            story=label,
            parent=None,
            key=key,
        )
        if rival.copied:
            others = [outlet for outlet in kit["outlets"] if outlet is not publisher]
            yield _Article(
                kind="rival_copy",
                language=rival.language,
                title=rival.title,
                body=rival.body if rng.random() < 0.6 else rival.body[: max(2, len(rival.body) - 1)],
                at=rival.at + timedelta(minutes=rng.randint(4, 700)),
                publisher=rng.choice(others)["domain"],
                publisher_kind="outlet",
                story=label,
                parent=key,
                key=f"{key}:copy",
            )


def _rival_publisher(seed: int, rival: Rival, kit: dict[str, Any], index: int) -> tuple[dict[str, str], str]:
    match rival.source:
        case "wire":
            return kit["agencies"][0], "wire"
        case "one":
            return random.Random(f"{seed}:source:{rival.family}").choice(kit["outlets"]), "outlet"
        case "many":
            return kit["outlets"][index % len(kit["outlets"])], "outlet"


def _page_articles(
    seed: int, bases: Sequence[Story], look_alikes: Sequence[Rival], numbers: Iterator[int]
) -> Iterator[_Article]:
    """Yield round-ups, live blogs and lists of corrections: two kinds of the three a language, English twice."""
    for language in days.LANGUAGES:
        rng = random.Random(f"{seed}:pages:{language}")
        own = sorted((story for story in bases if story.language == language), key=lambda story: story.at)
        wires = [rival for rival in look_alikes if rival.language == language and rival.source == "wire"]
        for turn in range(2 if language == "en" else 1):
            for kind in rng.sample(("roundup", "live_blog", "corrections_list"), 2):
                page = _page(kind, own[6 * turn :], wires, rng)
                outlet = rng.choice(kits()[language]["outlets"])
                yield _Article(
                    kind=kind,
                    language=language,
                    title=page.title,
                    body=page.body,
                    at=page.at,
                    publisher=outlet["domain"],
                    publisher_kind="outlet",
                    story=f"n{next(numbers):04d}",
                    parent=None,
                    key=f"{seed}:page:{language}:{kind}:{turn}",
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    title: str
    body: Paragraphs
    at: datetime


def _page(kind: str, own: Sequence[Story], wires: Sequence[Rival], rng: random.Random) -> _Page:
    language = own[0].language
    kit = kits()[language]
    match kind:
        case "roundup":
            at, chosen = _busiest_morning(own, rng)
            body = pages.roundup(chosen, _fresh(wires, at), kit, rng)
            title = pages.named(rng.choice(kit["roundup_title"]), language, at)
        case "live_blog":
            story = rng.choice(own)
            at = story.at + timedelta(minutes=rng.randint(200, 420))
            body = pages.live_blog(story, _fresh(wires, at), kit, at)
            title = pages.named(rng.choice(kit["live_title"]), language, at, story.heads[1])
        case _:
            at = (own[3].at + timedelta(days=2)).replace(hour=4, minute=rng.randrange(60))
            body = pages.corrections(own[:4], kit)
            title = f"{kit['fix_page']}, {days.date(language, at)}"
    return _Page(title=title, body=body, at=at)


def _busiest_morning(own: Sequence[Story], rng: random.Random) -> tuple[datetime, list[Story]]:
    """Return the morning after which the four days before held most stories, and up to five of them."""
    best: list[Story] = []
    for last in own:
        recent = [story for story in own if timedelta(0) <= last.at - story.at < timedelta(days=4)]
        if len(recent) > len(best):
            best = recent
    at = (best[-1].at + timedelta(days=1)).replace(hour=5, minute=rng.randrange(60))
    return at, best[-5:]


def _fresh(wires: Sequence[Rival], at: datetime) -> list[tuple[str, Paragraphs]]:
    """Return title and text of up to two wire look-alikes of the two and a half days before."""
    recent = [rival for rival in wires if timedelta(0) < at - rival.at < timedelta(hours=60)]
    return [(rival.title, rival.body) for rival in recent[-2:]]


def _record(article: _Article, rng: random.Random) -> dict[str, str | None]:
    """Return the article as the file has it, with the stamp its publisher gave it."""
    identity = _identity(article.key)
    record: dict[str, str | None] = {
        "id": identity,
        "url": f"https://www.{article.publisher}/{_slug(article.title, identity)}",
        "title": article.title,
        "text": "\n\n".join(article.body),
        "published_at": _stamp(article, rng),
        "publisher": article.publisher,
        "language": article.language,
        "story": article.story,
        "kind": article.kind,
        "parent": _identity(article.parent) if article.parent else None,
        "publisher_kind": article.publisher_kind,
    }
    if article.source_title:
        record["source_title"] = article.source_title
    return record


def _stamp(article: _Article, rng: random.Random) -> str | None:
    die = rng.random()
    if die < 0.03:
        return None
    if die < 0.07:
        return f"{article.at:%Y-%m-%d}T00:00:00Z"
    moment = article.at
    if article.publisher_kind == "aggregator" and article.base_at and rng.random() < 0.25:
        moment = article.base_at - timedelta(minutes=rng.randint(3, 190))
    return f"{moment:%Y-%m-%dT%H:%M}:{rng.randrange(60):02d}Z"


def _identity(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:10]


def _slug(title: str, identity: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    return "-".join((*words[:7], identity[:6])) if len(words) > 3 else f"news/{identity}"
