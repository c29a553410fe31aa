"""Learn which passages a publisher puts under unrelated articles: a function of the set, in any order."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zlib import crc32

from ingest.match.boilerplate import CLEARLY_TOLD, OPENING_WORDS, Boilerplate, Passage, content, remembered, stable_hash
from ingest.match.lexicon import DATES, DIRECTIONS, NUMERALS, ORDINALS
from ingest.model import Document
from ingest.model.boilerplate import Learned, Lesson, Observation, Opening
from ingest.text.tokens import words

#: A passage that was not seen for so long is learned no more.
FORGOTTEN_AFTER = timedelta(days=90)
#: A publisher is learned from when it comes to have so many articles, and daily.
MILESTONES = (3, 10, 30, 100, 300, 1000)

_MAX_OPENINGS, _OWN_OPENINGS = 4, 2
_MAX_TERMS = 20
_MAX_FORM_WORDS = 40  # forms that are filled in are sentences
_WITNESSES = 3
_SAMPLE = 16  # articles that are looked at for one passage: pairs grow with the square
_SHARED_TERMS = 1  # unrelated articles of the development set share no more in 95 of 100 pairs
_LEAST_UNRELATED = 0.40  # of the pairs of articles that hold a passage
_MIN_KNOWN, _COMMON_SHARE = 20, 0.5  # articles, and the share of them from which on a term is common
_MOST_TOLD = 1 / 3  # a title shares a word with a passage of another article once in 50
_DIGIT = re.compile(r"\d")
_DIGITS = frozenset("0123456789")  # the tokeniser knows no others
_SLOTS = frozenset({*NUMERALS, *ORDINALS, *DATES, *DIRECTIONS})


def observe(document: Document, title: str, found: Sequence[Passage], *, witness: bool = True) -> Observation:
    """Return what learning needs of an article.

    title: cleaned. found: its passages. witness: False for a round-up or live blog, which holds passages of other
    articles and says nothing on whose they are.
    """
    name = (document.publisher or "").casefold()
    # A local paper's box names its town, and so do its titles: that tells of no story.
    titular = {word for word in content(words(title)) if word not in name}
    distinct = {passage.hash: passage for passage in remembered(found) if passage.hash}
    told = {key: shared for key, each in distinct.items() if (shared := len(titular.intersection(each.words)))}
    return Observation(
        article_id=document.id,
        publisher=document.publisher or "",
        rank=stable_hash(f"{title} {tuple(distinct)}"),
        title=_terms(titular),
        openings=tuple(_openings(distinct.values())) if witness else (),
        passages=tuple(distinct),
        told=frozenset(told),
        clearly_told=frozenset(key for key, shared in told.items() if shared >= CLEARLY_TOLD),
        frames=tuple((key, frame) for key, each in distinct.items() if (frame := _frame(each))),
        seen_at=document.first_seen_at,
    )


def learn(observations: Iterable[Observation], *, since: datetime | None = None) -> Boilerplate:
    """Return what publishers repeat. The same set gives the same answer in any order.

    A passage is a publisher's boilerplate when three of its articles that hold it are unrelated each to each, and so
    are four in ten of all pairs that hold it; when at most a third of their titles speak of it (a trial's background
    stands in many reports too, and their titles name who is on trial); and when it is not one filling of a form in
    which other articles put other figures ("within 3 days").

    since: what was last seen before is left out; what was seen at no known time stays.
    """
    by_publisher: dict[str, list[Observation]] = defaultdict(list)
    for observation in observations:
        if observation.publisher:
            by_publisher[observation.publisher].append(observation)
    return Boilerplate(
        one for publisher, held in sorted(by_publisher.items()) for one in _learn_from(publisher, held, since)
    )


def is_due(lesson: Lesson, now: datetime, *, every: timedelta) -> bool:
    """Whether a publisher is to be learned from: it came to a round number of articles, or the time has come."""
    waited = lesson.learned_at is None or now - lesson.learned_at >= every
    fading = lesson.oldest_at is not None and now - lesson.oldest_at > FORGOTTEN_AFTER
    if waited and fading:
        return True
    if not lesson.changed or (lesson.articles < _WITNESSES and lesson.oldest_at is None):
        return False
    return waited or any(lesson.learned_from < milestone <= lesson.articles for milestone in MILESTONES)


def _learn_from(publisher: str, observations: list[Observation], since: datetime | None) -> Iterator[Learned]:
    """What one publisher repeats."""
    newsroom = _Newsroom(observations)
    found: dict[int, tuple[list[int], tuple[int, ...], datetime | None]] = {}
    for passage, places in newsroom.repeated():
        seen_at = newsroom.seen_at(places)
        if since is not None and seen_at is not None and seen_at < since:
            continue
        sample = newsroom.sample(places)
        if newsroom.are_spread(sample) and newsroom.told(passage, sample) <= _MOST_TOLD * len(sample):
            found[passage] = places, sample, seen_at
    openers = newsroom.openers({passage: sample for passage, (_, sample, _) in found.items()})
    for passage, (places, _, seen_at) in found.items():
        yield Learned(
            publisher=publisher,
            passage=passage,
            articles=len(places),
            opens=passage in openers,
            example=newsroom.observations[places[0]].article_id,
            seen_at=seen_at,
        )


@dataclass(frozen=True, slots=True)
class _Article:
    """An observation in the shape in which pairs are compared."""

    passages: frozenset[int]
    clearly_told: frozenset[int]
    title: frozenset[int]
    openings: tuple[tuple[int, frozenset[int]], ...]  # passage and terms


class _Newsroom:
    """One publisher's articles, in the order of their ranks, and which of them are related."""

    def __init__(self, observations: list[Observation]) -> None:
        self.observations = sorted(observations, key=lambda one: (one.rank, one.passages, one.article_id))
        self._common = _common_terms(self.observations)
        self._articles: dict[int, _Article] = {}
        self._unrelated: dict[tuple[int, int], bool] = {}
        self._spread: dict[tuple[int, ...], bool] = {}

    def repeated(self) -> list[tuple[int, list[int]]]:
        """The passages of three articles or more that are no filling of a form, each with the articles' places."""
        places: dict[int, list[int]] = defaultdict(list)
        fillings: dict[int, set[int]] = defaultdict(set)
        frames: dict[int, int] = {}
        for place, observation in enumerate(self.observations):
            for passage in observation.passages:
                places[passage].append(place)
            for passage, frame in observation.frames:
                fillings[frame].add(passage)
            frames.update(observation.frames)
        return [
            (passage, held)
            for passage, held in places.items()
            if len(held) >= _WITNESSES and len(fillings.get(frames.get(passage, 0), ())) <= 1
        ]

    def seen_at(self, places: Sequence[int]) -> datetime | None:
        """When one of these articles was last seen; None when that is known of none."""
        times = (self.observations[place].seen_at for place in places)
        return max((at for at in times if at is not None), default=None)

    def sample(self, places: Sequence[int]) -> tuple[int, ...]:
        """The first of these articles that can be witnesses; of those that open alike under one title only one."""
        faces: dict[object, int] = {}
        for place in places:
            if self.observations[place].openings:
                faces.setdefault(_face(self.observations[place]), place)
            if len(faces) == _SAMPLE:
                break
        return tuple(faces.values())

    def openers(self, samples: Mapping[int, tuple[int, ...]]) -> set[int]:
        """Those of these passages that open unrelated articles, or do so behind one another."""
        openers: set[int] = set()
        for _ in range(_MAX_OPENINGS):
            more = {
                passage
                for passage, places in samples.items()
                if passage not in openers
                and self.are_spread(tuple(place for place in places if self._first(place, openers) == passage))
            }
            if not more:
                break
            openers |= more
        return openers

    def _first(self, place: int, openers: set[int]) -> int:
        """The passage that opens an article when these are left out."""
        passages = (opening.passage for opening in self.observations[place].openings)
        return next((passage for passage in passages if passage not in openers), 0)

    def told(self, passage: int, places: Sequence[int]) -> int:
        """Of how many of these articles the title speaks of the passage."""
        return sum(passage in self.observations[place].told for place in places)

    def are_spread(self, places: tuple[int, ...]) -> bool:
        """Whether enough pairs of these articles are unrelated, and three articles are so each to each."""
        if places not in self._spread:
            self._spread[places] = len(places) >= _WITNESSES and _are_spread(self._strangers(places))
        return self._spread[places]

    def _strangers(self, places: Sequence[int]) -> list[int]:
        """For each of these articles, those unrelated to it, as bits by their number in `places`."""
        masks = [0] * len(places)
        for j, second in enumerate(places):
            for i, first in enumerate(places[:j]):
                if self._are_unrelated(first, second):
                    masks[i] |= 1 << j
                    masks[j] |= 1 << i
        return masks

    def _are_unrelated(self, first: int, second: int) -> bool:
        known = self._unrelated.get((first, second))
        if known is None:
            known = self._unrelated[first, second] = _unrelated(self._article(first), self._article(second))
        return known

    def _article(self, place: int) -> _Article:
        """An article without the terms that are common here."""
        if place not in self._articles:
            one = self.observations[place]
            self._articles[place] = _Article(
                passages=frozenset(one.passages),
                clearly_told=one.clearly_told,
                title=frozenset(one.title) - self._common,
                openings=tuple((each.passage, frozenset(each.terms) - self._common) for each in one.openings),
            )
        return self._articles[place]


def _common_terms(observations: Sequence[Observation]) -> frozenset[int]:
    """Terms that more than half of a publisher's articles have: no list of common words knows every language.

    Not fewer: the names of a trial on which a paper prints every third report are no common words."""
    faces = {_face(one): one for one in observations}
    if len(faces) < _MIN_KNOWN:
        return frozenset()
    counts = Counter(
        term for one in faces.values() for term in {*one.title, *(term for each in one.openings for term in each.terms)}
    )
    return frozenset(term for term, count in counts.items() if count > _COMMON_SHARE * len(faces))


def _face(one: Observation) -> object:
    """What copies under one title have in common."""
    return one.title, tuple(opening.passage for opening in one.openings)


def _unrelated(a: _Article, b: _Article) -> bool:
    """Whether two articles have nothing to do with each other.

    That is asked of what they do not share word for word, which may be boilerplate. But where a title or an opening of
    one's own speaks of what is shared it is that article's text, and the other is a copy, revision or round-up of it.
    An article without an opening of its own is no witness.
    """
    if not a.clearly_told.isdisjoint(b.passages) or not b.clearly_told.isdisjoint(a.passages):
        return False
    own_a, own_b = _own_terms(a, b), _own_terms(b, a)
    if not own_a or not own_b or len(own_a & own_b) > _SHARED_TERMS:
        return False
    shared = frozenset().union(*(terms for passage, terms in a.openings if passage in b.passages))
    shared = shared.union(*(terms for passage, terms in b.openings if passage in a.passages))
    return max(len(shared & own_a), len(shared & own_b)) < CLEARLY_TOLD


def _own_terms(of: _Article, beside: _Article) -> frozenset[int]:
    """The terms of a title and of the first openings that the other article does not have; none without an opening."""
    own = [terms for passage, terms in of.openings if terms and passage not in beside.passages][:_OWN_OPENINGS]
    return of.title.union(*own) if own else frozenset()


def _are_spread(strangers: Sequence[int]) -> bool:
    """Whether enough pairs are strangers, and three are so each to each; for each a mask of its strangers."""
    count = len(strangers)
    if sum(mask.bit_count() for mask in strangers) < _LEAST_UNRELATED * count * (count - 1):
        return False
    return any(strangers[i] & strangers[j] for i in range(count) for j in range(i + 1, count) if strangers[i] >> j & 1)


def _openings(found: Iterable[Passage]) -> Iterator[Opening]:
    """The first passages of some length."""
    left = _MAX_OPENINGS
    for passage in found:
        if len(passage.words) >= OPENING_WORDS:
            yield Opening(passage=passage.hash, terms=_terms(content(passage.words)))
            left -= 1
            if not left:
                return


def _terms(distinct: set[str]) -> tuple[int, ...]:
    """Words as 32-bit numbers; of many the longest, as in any other text that has them."""
    chosen = distinct if len(distinct) <= _MAX_TERMS else sorted(sorted(distinct), key=len, reverse=True)[:_MAX_TERMS]
    return tuple(sorted({crc32(word.encode("utf-8", "replace")) for word in chosen}))


def _frame(passage: Passage) -> int:
    """A hash of a short passage in which figures, dates and turns are masked; 0 where it has none."""
    tokens = passage.words
    if len(tokens) > _MAX_FORM_WORDS or (not _DIGIT.search(passage.text) and _SLOTS.isdisjoint(tokens)):
        return 0
    masked = ["#" if word in _SLOTS or word[0] in _DIGITS or word[-1] in _DIGITS else word for word in tokens]
    return crc32(" ".join(masked).encode("utf-8", "replace")) or 1
