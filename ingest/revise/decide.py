"""Decide whether an entry is new, revised or the same, for feeds whose guids can be relied on and those that lie."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Literal

from ingest.model import Decision, Entry, KnownEntry, New, Revised, Same
from ingest.revise.identity import Level, content_hash, key_at, keys_for, level_of, link_of
from ingest.text.urls import canonical_url

#: Why a feed’s time is not believed; stands in `entries.published_reason`.
DateFault = Literal["missing", "unreadable", "early", "future"]
DATE_FAULTS: Mapping[str, str] = {
    "missing": "The feed gives no time.",
    "unreadable": "What it gives is no time, or lies outside 1970 to 2100.",
    "early": "It lies before 1970.",
    "future": "It lies more than a day ahead.",
}

_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=1)  # clocks and time zones are wrong by hours, not by days
_DIFFERENT_TITLE = 0.3  # below: the titles of two stories
_SIMILAR_TITLE = 0.5  # above: one title, edited
_MAX_CANDIDATES = 20  # with one link; titles are compared with each
_COMPARED_CHARS = 300  # of a title


class Known(Mapping[str, KnownEntry]):
    """What the store remembers of one feed's entries, by key; also found by link, for when a guid does not help.

    It is enough to give those entries whose key is one of the poll's, or whose link is.
    """

    def __init__(self, entries: Iterable[KnownEntry]) -> None:
        self._by_key = {entry.key: entry for entry in entries}
        self._by_link: dict[str | None, list[KnownEntry]] = defaultdict(list)
        self._by_words: dict[tuple[str | None, str], list[KnownEntry]] = defaultdict(list)
        for entry in sorted(self._by_key.values(), key=lambda entry: -entry.id):
            link = canonical_url(entry.link) if entry.link else None
            self._by_link[link].append(entry)
            self._by_words[link, entry.content_hash].append(entry)
        self.has_long_keys = any(level_of(key) > Level.BASE for key in self._by_key)

    def __getitem__(self, key: str) -> KnownEntry:
        return self._by_key[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_key)

    def __len__(self) -> int:
        return len(self._by_key)

    def with_link(self, link: str) -> Sequence[KnownEntry]:
        """The entries with this canonical link, the latest first."""
        return self._by_link.get(link, ())

    def with_words(self, link: str | None, content_hash: str) -> Sequence[KnownEntry]:
        """The entries with this canonical link, or without any, that say the same, the latest first."""
        return self._by_words.get((link, content_hash), ())


def decide_all(entries: Sequence[Entry], known: Known, *, taken: Iterable[str] = ()) -> tuple[Decision, ...]:
    """Return a decision for each entry of one poll, in their order; entries that share a key share one.

    No known entry is taken for two of them: one that is still shown under its own key belongs to that key.
    taken: keys of entries that the feed still shows, though they are not among these.
    """
    keys = keys_for(entries)
    taken = {*taken, *keys}
    decisions: dict[str, Decision] = {}
    for entry, key in zip(entries, keys, strict=True):
        if key in decisions:
            continue
        decision = decide(entry, key, known, taken=taken)
        decisions[key] = decision
        if not isinstance(decision, New):
            taken.add(decision.known.key)
    return tuple(decisions[key] for key in keys)


def once(decisions: Iterable[Decision]) -> tuple[Decision, ...]:
    """Each decision a single time, in order."""
    return tuple({id(decision): decision for decision in decisions}.values())


def decide(entry: Entry, key: str, known: Known, *, taken: Collection[str] = ()) -> Decision:
    """Say what a shown entry is to what we know.

    key: as `keys_for` gave it. taken: keys of known entries to which others of this poll have the better claim.
    Same and Revised name the known entry; New holds the key to store it under, which differs from `key` where a guid
    that we know was given to another story (other link, clearly other title).
    """
    digest = content_hash(entry)
    found = _exactly(entry, key, known, taken) or _elsewhere(entry, key, digest, known, taken)
    if found is None:
        free = (longer for level in Level if (longer := key_at(entry, max(level, level_of(key)))) not in known)
        return New(key=next(free, key), content_hash=digest, entry=entry)
    if found.content_hash == digest:
        return Same(known=found)
    return Revised(known=found, content_hash=digest, entry=entry)


def published(entry: Entry, now: datetime) -> tuple[datetime | None, DateFault | None]:
    """Return the time of publication that we believe, or None and one word why not.

    The feed's `updated` stands in where it states no time of publication.
    """
    if entry.published_at is None and entry.published_raw:
        return None, "unreadable"
    moment = entry.published_at or entry.updated_at
    if moment is None:
        return None, "missing"
    if moment < _EARLIEST:
        return None, "early"
    if moment > now + _AHEAD:
        return None, "future"
    return moment, None


def title_similarity(a: str, b: str) -> float | None:
    """Dice's coefficient of the titles' character trigrams, 0..1; None where one has none. Any script will do.

    Of a title the first 300 characters are looked at.
    """
    ours, theirs = _trigrams(a), _trigrams(b)
    if not ours or not theirs:
        return None
    return 2 * (ours & theirs).total() / (ours.total() + theirs.total())


def _exactly(entry: Entry, key: str, known: Known, taken: Collection[str]) -> KnownEntry | None:
    """The entry under its own key, unless that guid went to another story; or under a key that takes in more of it.

    A feed that gave one guid to two stories made us use the longer keys; when only one of them is left in the feed,
    its own key is the short one again, which may be the other's.
    """
    for level in (Level.WORDS, Level.TITLE, Level.LINK) if known.has_long_keys else ():
        if level > level_of(key):
            longer = known.get(key_at(entry, level))
            if longer is not None and longer.key not in taken:
                return longer
    own = known.get(key)
    return None if own is None or _is_other_story(entry, own) else own


def _is_other_story(entry: Entry, own: KnownEntry) -> bool:
    link, known_link = link_of(entry), canonical_url(own.link) if own.link else None
    if link is None or known_link is None or link == known_link:
        return False
    similarity = title_similarity(entry.title, own.title)
    return similarity is not None and similarity < _DIFFERENT_TITLE


def _elsewhere(entry: Entry, key: str, digest: str, known: Known, taken: Collection[str]) -> KnownEntry | None:
    """A known entry with this link, or none, that is this one under another guid."""
    link = link_of(entry)
    same_words = next((found for found in known.with_words(link, digest) if found.key not in taken), None)
    if same_words is not None or link is None:
        return same_words
    linked = known.with_link(link)
    # A link that several entries share, here or in what we know, is a section's or the home page: it says nothing.
    shared = len(linked) > 1 or level_of(key) > Level.LINK
    for found in linked[:_MAX_CANDIDATES]:
        same_name = not shared and (entry.guid is None or found.guid is None or entry.guid == found.guid)
        similar = (title_similarity(entry.title, found.title) or 0.0) > _SIMILAR_TITLE
        if found.key not in taken and (same_name or similar):
            return found
    return None


@lru_cache(64)  # the candidates of one link, which entry after entry is compared with
def _trigrams(title: str) -> Counter[str]:
    folded = " ".join(title[:_COMPARED_CHARS].casefold().split())
    padded = f"  {folded} " if folded else ""
    return Counter(padded[at : at + 3] for at in range(len(padded) - 2))
