"""Which earlier articles are worth comparing with a new one: MinHash bands, and a second way in by sampled shingles."""

from __future__ import annotations

import struct
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

import numpy as np

from ingest.match.features import Features
from ingest.match.sign import NUM_PERM, Hashes, Signature, sign
from ingest.model import ArticleId

_BANDS, _ROWS = 42, 3  # a pair of Jaccard .3 meets with probability .68, one of .5 with .997
_BODY_STEP, _LEAD_STEP = np.uint64(16), np.uint64(2)  # one shingle in so many is kept
_MAX_BODY, _MAX_LEAD, _FEW = 128, 48, 3
_MAX_POSTINGS = 512  # articles under one shingle; beyond it the phrase is a commonplace
MAX_CANDIDATES = 96  # with 48 the recall on development data is the same, with a quarter fewer pairs
_NOTHING = np.empty(0, dtype=np.uint64)
_HEAD = struct.Struct("<B?QHHH")
_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """What the index keeps of a text: its signature, samples of its shingles, and a digest that breaks ties."""

    signature: Signature  # uint64[126]; empty for a text without a shingle
    body: Hashes  # one shingle in sixteen
    lead: Hashes  # one in two of the opening's
    whole: bool  # so few words that only a text which holds all of these is worth comparing
    digest: int

    def to_bytes(self) -> bytes:
        """The sketch as bytes for a column; the same on every machine."""
        sizes = (self.signature.size, self.body.size, self.lead.size)
        arrays = (self.signature.astype("<u4"), self.body.astype("<u8"), self.lead.astype("<u8"))
        return _HEAD.pack(_VERSION, self.whole, self.digest, *sizes) + b"".join(array.tobytes() for array in arrays)

    @classmethod
    def from_bytes(cls, data: bytes) -> Sketch:
        """The sketch that `to_bytes` wrote. Raises ValueError on bytes of another make."""
        if len(data) < _HEAD.size or data[0] != _VERSION:
            raise ValueError("these bytes are no sketch of this version")
        _, whole, digest, signature, body, lead = _HEAD.unpack_from(data)
        if len(data) != _HEAD.size + 4 * signature + 8 * (body + lead):
            raise ValueError("these bytes are a torn sketch")
        at = _HEAD.size + 4 * signature
        return cls(
            signature=np.frombuffer(data, "<u4", signature, _HEAD.size).astype(np.uint64),
            body=np.frombuffer(data, "<u8", body, at).astype(np.uint64),
            lead=np.frombuffer(data, "<u8", lead, at + 8 * body).astype(np.uint64),
            whole=whole,
            digest=digest,
        )


def sketch(article: Features) -> Sketch:
    """Return the sketch of an article's features; an empty one, which proposes nothing, of what is not comparable."""
    digest = int.from_bytes(blake2b(article.shingles.tobytes(), digest_size=8).digest(), "little")
    if not article.comparable:
        return Sketch(signature=_NOTHING, body=_NOTHING, lead=_NOTHING, whole=False, digest=digest)
    return Sketch(
        signature=sign(article.shingles, num_perm=NUM_PERM) if article.shingles.size else article.shingles,
        body=article.shingles[article.shingles % _BODY_STEP == 0][:_MAX_BODY],
        lead=article.opening[article.opening % _LEAD_STEP == 0][:_MAX_LEAD],
        whole=article.brief,
        digest=digest,
    )


class Index:
    """The sketches of a window of articles. What it proposes depends on the set it holds, not on the order of adding.

    Two caps bite only on floods, choose by nearness in time and digest, and are counted: `capped_postings`, phrases
    so common that they propose nobody, and `capped_candidates`, articles left out of an answer.
    """

    def __init__(self, window: timedelta) -> None:
        # Imported here: datasketch brings SciPy, and only matching should pay for it.
        from datasketch import MinHash, MinHashLSH  # noqa: PLC0415

        self._window = window
        self._minhash: Any = MinHash
        self._bands: Any = MinHashLSH(num_perm=NUM_PERM, params=(_BANDS, _ROWS))
        self._body: dict[int, list[ArticleId]] = {}
        self._lead: dict[int, list[ArticleId]] = {}
        self._held: dict[ArticleId, tuple[Sketch, datetime | None, datetime | None]] = {}
        self.capped_postings = 0
        self.capped_candidates = 0

    def __len__(self) -> int:
        return len(self._held)

    def __contains__(self, article_id: object) -> bool:
        return article_id in self._held

    def add(
        self, article_id: ArticleId, sketch: Sketch, at: datetime | None, *, kept_at: datetime | None = None
    ) -> None:
        """Hold an article; one already held is replaced.

        at: when it was published, for the window. kept_at: what `forget` goes by when there is no such time.
        """
        self.remove(article_id)
        self._held[article_id] = (sketch, at, at if at is not None else kept_at)
        if sketch.signature.size:
            self._bands.insert(article_id, self._as_minhash(sketch.signature))
        for table, hashes in ((self._body, sketch.body), (self._lead, sketch.lead)):
            for value in hashes.tolist():
                table.setdefault(value, []).append(article_id)

    def remove(self, article_id: ArticleId) -> None:
        """Let go of an article, held or not."""
        held = self._held.pop(article_id, None)
        if held is None:
            return
        if held[0].signature.size:
            self._bands.remove(article_id)
        for table, hashes in ((self._body, held[0].body), (self._lead, held[0].lead)):
            for value in hashes.tolist():
                table[value].remove(article_id)
                if not table[value]:
                    del table[value]

    def forget(self, before: datetime) -> int:
        """Let go of the articles whose time lies before a moment; return how many."""
        old = [
            article_id for article_id, (_, _, kept_at) in self._held.items() if kept_at is not None and kept_at < before
        ]
        for article_id in old:
            self.remove(article_id)
        return len(old)

    def candidates(self, sketch: Sketch, at: datetime | None) -> tuple[ArticleId, ...]:
        """Return the articles worth comparing, by id: those that share a band, or two sampled shingles; one, where a
        text has hardly any samples; and all, where it has so few words that nothing else can join.

        Articles whose times both are known and lie further apart than the window are left out. An article that is
        itself held is among its own candidates.
        """
        leads, common = self._votes(self._lead, sketch.lead)
        votes = leads.copy()
        if not sketch.whole:
            votes += self._votes(self._body, sketch.body)[0]
            if sketch.signature.size:
                votes.update(dict.fromkeys(self._bands.query(self._as_minhash(sketch.signature)), 2))
        near = [
            (article_id, count)
            for article_id, count in votes.items()
            if self._is_worth(sketch, self._held[article_id][0], count, leads[article_id], common)
            and self._within(article_id, at)
        ]
        if len(near) > MAX_CANDIDATES:
            self.capped_candidates += len(near) - MAX_CANDIDATES
            near.sort(key=lambda item: (-item[1], *self._nearness(item[0], at)))
        return tuple(sorted(article_id for article_id, _ in near[:MAX_CANDIDATES]))

    def _votes(self, table: dict[int, list[ArticleId]], hashes: Hashes) -> tuple[Counter[ArticleId], int]:
        """How many sampled shingles each article shares, and how many were too common to count."""
        votes: Counter[ArticleId] = Counter()
        common = 0
        for value in hashes.tolist():
            posted = table.get(value, [])
            if len(posted) > _MAX_POSTINGS:
                common += 1
            else:
                votes.update(posted)
        self.capped_postings += common
        return votes, common

    @staticmethod
    def _is_worth(asking: Sketch, held: Sketch, votes: int, leads: int, common: int) -> bool:
        """Whether a pair is worth comparing, the same whichever of the two asks."""
        if asking.whole or held.whole:
            return leads >= max(1, max(each.lead.size for each in (asking, held) if each.whole) - common)
        return votes >= (1 if min(asking.body.size, held.body.size) < _FEW else 2)

    def _within(self, article_id: ArticleId, at: datetime | None) -> bool:
        """Whether a held article lies in the window around a time; unknown times lie in every window."""
        held_at = self._held[article_id][1]
        return at is None or held_at is None or abs(held_at - at) <= self._window

    def _nearness(self, article_id: ArticleId, at: datetime | None) -> tuple[float, int, int]:
        """Distance in time, then digest: an order that no arrival changes."""
        held, held_at, _ = self._held[article_id]
        gap_s = abs((held_at - at).total_seconds()) if at is not None and held_at is not None else 0.0
        return gap_s, held.digest, article_id

    def _as_minhash(self, signature: Signature) -> Any:
        """A signature in the shape that datasketch's LSH takes."""
        return self._minhash(
            num_perm=NUM_PERM, hashvalues=signature.astype(np.uint32), permutations=_NO_PERMUTATIONS, scheme="affine32"
        )


# The signatures are ours; datasketch is asked for its bands only, and never permutes.
_NO_PERMUTATIONS = np.ones((2, NUM_PERM), dtype=np.uint32)
