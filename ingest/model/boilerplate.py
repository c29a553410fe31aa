"""What is remembered of an article to learn what its publisher repeats, and what was learned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from ingest.model.names import ArticleId, PublisherId


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Opening:
    """One of the first passages of some length."""

    passage: int
    terms: tuple[int, ...]  # 32-bit hashes of its words of content


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """An article as learning sees it; passages are 64-bit hashes, and no word of them can be read out of this.

    `rank` is a hash of title and text: samples are drawn by it, never by arrival.
    """

    article_id: ArticleId
    publisher: str
    rank: int
    title: tuple[int, ...]  # 32-bit hashes of its words of content
    openings: tuple[Opening, ...]
    passages: tuple[int, ...]  # distinct
    told: frozenset[int]  # those of which the title has a word
    clearly_told: frozenset[int]  # more than one
    frames: tuple[tuple[int, int], ...]  # those with figures or dates, each with a 32-bit hash in which they are masked
    seen_at: datetime | None = None  # when it was first seen; None in a set without such times


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """A passage that a publisher puts under unrelated articles."""

    publisher: str
    passage: int
    articles: int  # how many of the publisher's hold it
    opens: bool  # it stands first in unrelated articles, too
    example: ArticleId  # one of them
    seen_at: datetime | None = None  # when one of them was last seen

    @property
    def everywhere(self) -> bool:
        """Whether it is ignored in anybody's articles, being long; else in this publisher's own."""
        return bool(self.passage & 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """How far learning from a publisher has come."""

    publisher_id: PublisherId
    articles: int  # observed and held
    learned_from: int  # how many of them there were at the last learning
    changed: int  # observations that came since
    learned_at: datetime | None
    oldest_at: datetime | None  # when the passage that was learned and not seen for longest was seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Epoch:
    """A change of what is ignored, which took effect at once."""

    number: int
    digest: str  # of all that is ignored: equal sets, equal digests
    added: int
    dropped: int
    affected: tuple[ArticleId, ...]  # articles to be matched again


#: What one learned passage leads to: in whose articles it is ignored ("": in anybody's), and whether as their opening.
Effect = tuple[str, int, bool]


def effects(learned: Iterable[Learned]) -> frozenset[Effect]:
    """Return what all that was learned leads to: two publishers that repeat one long passage have one effect."""
    held = tuple(learned)
    openers = {one.passage for one in held if one.opens}
    return frozenset(("" if one.everywhere else one.publisher, one.passage, one.passage in openers) for one in held)


def digest_of(learned: Iterable[Learned]) -> str:
    """Return sixteen hexadecimal digits of the effects: equal effects, equal digits."""
    digest = blake2b(digest_size=8)
    for publisher, passage, opens in sorted(effects(learned)):
        digest.update(publisher.encode("utf-8", "replace") + b"\xff" + passage.to_bytes(8, "little") + bytes([opens]))
    return digest.hexdigest()
