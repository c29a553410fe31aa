"""What the candidate index keeps of a text, small enough for a column."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from ingest.match.features import Features
from ingest.match.sign import NUM_PERM, Hashes, Signature, digest_of, sign
from ingest.text.tokens import words

_BODY_STEP, _LEAD_STEP = np.uint64(16), np.uint64(2)  # one shingle in so many is kept
_MAX_BODY, _MAX_LEAD = 128, 48
MIN_LATE_WORDS = 60  # a shorter text may come back word for word without being the same news
_MIN_TITLE_WORDS = 4
_NOTHING = np.empty(0, dtype=np.uint64)
_HEAD = struct.Struct("<B?QHHHqqQQ?")
_VERSION = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """What the index keeps of a text: its signature, samples of its shingles, and how it may be found otherwise."""

    signature: Signature  # uint64[126]; empty for a text without a shingle
    body: Hashes  # one shingle in sixteen
    lead: Hashes  # one in two of the opening's
    whole: bool  # so few words that only a text which holds all of these is worth comparing
    digest: int  # of the shingles; breaks ties
    words: int  # hash of all words in order, 0 where they are few: equal for word-for-word copies
    title: int  # hash of the title's words, 0 where they are few
    agency: int  # hash of whom it is credited to, 0 without a credit
    publisher: int  # hash of who shows it, 0 where unknown
    flash: bool  # a line in capitals, or no text beside the title

    def to_bytes(self) -> bytes:
        """The sketch as bytes for a column; the same on every machine."""
        sizes = (self.signature.size, self.body.size, self.lead.size)
        names = (self.words, self.title, self.agency, self.publisher, self.flash)
        arrays = (self.signature.astype("<u4"), self.body.astype("<u8"), self.lead.astype("<u8"))
        head = _HEAD.pack(_VERSION, self.whole, self.digest, *sizes, *names)
        return head + b"".join(array.tobytes() for array in arrays)

    @classmethod
    def from_bytes(cls, data: bytes) -> Sketch:
        """The sketch that `to_bytes` wrote. Raises ValueError on bytes of another make."""
        if len(data) < _HEAD.size or data[0] != _VERSION:
            raise ValueError("these bytes are no sketch of this version")
        _, whole, digest, signature, body, lead, *names = _HEAD.unpack_from(data)
        words, title, agency, publisher, flash = names
        if len(data) != _HEAD.size + 4 * signature + 8 * (body + lead):
            raise ValueError("these bytes are a torn sketch")
        at = _HEAD.size + 4 * signature
        return cls(
            signature=np.frombuffer(data, "<u4", signature, _HEAD.size).astype(np.uint64),
            body=np.frombuffer(data, "<u8", body, at).astype(np.uint64),
            lead=np.frombuffer(data, "<u8", lead, at + 8 * body).astype(np.uint64),
            whole=whole,
            digest=digest,
            words=words,
            title=title,
            agency=agency,
            publisher=publisher,
            flash=flash,
        )


def sketch(article: Features) -> Sketch:
    """Return the sketch of an article's features; without signature and samples where it is not comparable."""
    able = article.comparable
    return Sketch(
        signature=sign(article.shingles, num_perm=NUM_PERM) if able and article.shingles.size else _NOTHING,
        body=article.shingles[article.shingles % _BODY_STEP == 0][:_MAX_BODY] if able else _NOTHING,
        lead=article.opening[article.opening % _LEAD_STEP == 0][:_MAX_LEAD] if able else _NOTHING,
        whole=able and article.brief,
        digest=int.from_bytes(blake2b(article.shingles.tobytes(), digest_size=8).digest(), "little"),
        words=article.body if article.words >= MIN_LATE_WORDS else 0,
        title=digest_of(article.title.tobytes()) if article.title.size >= _MIN_TITLE_WORDS else 0,
        agency=_name(article.agency),
        publisher=_name(article.publisher),
        flash=article.flash,
    )


def _name(name: str | None) -> int:
    """A name as a number; 0 for none."""
    return digest_of(" ".join(words(name)).encode("utf-8", "replace")) & ((1 << 63) - 1) if name else 0
