"""What the candidate index keeps of a text, small enough for a column."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

from ingest.match.features import Features
from ingest.match.sign import NUM_PERM, Hashes, Signature, digest_of, sign
from ingest.text.tokens import words

_BODY_STEP, _LEAD_STEP = np.uint64(16), np.uint64(2)  # one shingle in so many is kept
#: More samples of a body are thinned by half until they are no more; as each half lies within the whole, a long text
#: and a short one still share theirs. With 128 recall is the same, with a half more pairs (bench/core.py).
MAX_BODY = 24
MAX_LEAD = 48
MIN_LATE_WORDS = 60  # a shorter text may come back word for word without being the same news
_MIN_TITLE_WORDS = 4
_NOTHING = np.empty(0, dtype=np.uint64)
_UNSIGNED = np.empty(0, dtype=np.uint32)
_VERSION = 3
_ALL_BITS = (1 << 64) - 1
#: How a stored sketch begins; signature, body and lead follow. All of it is a multiple of eight bytes long.
HEAD = np.dtype(
    [
        ("version", "u1"), ("marks", "u1"), ("signature", "<u2"), ("body", "<u2"), ("lead", "<u2"),
        ("digest", "<u8"), ("words", "<i8"), ("title", "<i8"), ("agency", "<u8"), ("publisher", "<u8"),
    ]
)  # fmt: skip
WHOLE, FLASH = 1, 2  # marks
_HEAD = struct.Struct("<BBHHHQqqQQ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """What the index keeps of a text: its signature, samples of its shingles, and how it may be found otherwise."""

    signature: Signature  # uint32[126]; empty for a text without a shingle
    body: Hashes  # one shingle in sixteen, of a long text fewer
    lead: Hashes  # one in two of the opening's
    whole: bool  # so few words that only a text which holds all of these is worth comparing
    digest: int  # of the shingles and the article's key; breaks ties
    words: int  # hash of all words in order, 0 where they are few: equal for word-for-word copies
    title: int  # hash of the title's words, 0 where they are few
    agency: int  # hash of whom it is credited to, 0 without a credit
    publisher: int  # hash of who shows it, 0 where unknown
    flash: bool  # a line in capitals, or no text beside the title

    def to_bytes(self) -> bytes:
        """The sketch as bytes for a column; the same on every machine."""
        marks = WHOLE * self.whole | FLASH * self.flash
        sizes = (self.signature.size, self.body.size, self.lead.size)
        names = (self.digest, self.words, self.title, self.agency, self.publisher)
        arrays = (self.signature.astype("<u4"), self.body.astype("<u8"), self.lead.astype("<u8"))
        return b"".join((_HEAD.pack(_VERSION, marks, *sizes, *names), *(array.tobytes() for array in arrays)))

    @classmethod
    def from_bytes(cls, data: bytes) -> Sketch:
        """The sketch that `to_bytes` wrote. Raises ValueError on bytes of another make."""
        check(data)
        _, marks, signature, body, lead, digest, words, title, agency, publisher = _HEAD.unpack_from(data)
        at = _HEAD.size + 4 * signature
        return cls(
            signature=np.frombuffer(data, "<u4", signature, _HEAD.size).astype(np.uint32),
            body=np.frombuffer(data, "<u8", body, at).astype(np.uint64),
            lead=np.frombuffer(data, "<u8", lead, at + 8 * body).astype(np.uint64),
            whole=bool(marks & WHOLE),
            digest=digest,
            words=words,
            title=title,
            agency=agency,
            publisher=publisher,
            flash=bool(marks & FLASH),
        )


def check(data: bytes) -> None:
    """Raise ValueError on bytes that are not all of a sketch of this version."""
    if len(data) < _HEAD.size or data[0] != _VERSION:
        raise ValueError("these bytes are no sketch of this version")
    _, _, signature, body, lead, *_ = _HEAD.unpack_from(data)
    if signature not in (0, NUM_PERM) or len(data) != _HEAD.size + 4 * signature + 8 * (body + lead):
        raise ValueError("these bytes are a torn sketch")


def sketch(article: Features) -> Sketch:
    """Return the sketch of an article's features; without signature and samples where it is not comparable."""
    able = article.comparable
    return Sketch(
        signature=sign(article.shingles, num_perm=NUM_PERM) if able and article.shingles.size else _UNSIGNED,
        body=_sampled(article.shingles) if able else _NOTHING,
        lead=article.opening[article.opening % _LEAD_STEP == 0][:MAX_LEAD] if able else _NOTHING,
        whole=able and article.brief,
        digest=digest_of(article.shingles.tobytes() + article.key.encode("utf-8", "replace")) & _ALL_BITS,
        words=article.body if article.words >= MIN_LATE_WORDS else 0,
        title=digest_of(article.title.tobytes()) if article.title.size >= _MIN_TITLE_WORDS else 0,
        agency=_name(article.agency),
        publisher=_name(article.publisher),
        flash=article.flash,
    )


def _sampled(shingles: Hashes) -> Hashes:
    """The samples of a body: which shingles are kept depends on their hashes and number alone."""
    step = int(_BODY_STEP)
    kept: Hashes = shingles[shingles % _BODY_STEP == 0]
    while kept.size > MAX_BODY:
        step *= 2
        kept = kept[kept % np.uint64(step) == 0]
    return kept


def _name(name: str | None) -> int:
    """A name as a number; 0 for none."""
    return digest_of(" ".join(words(name)).encode("utf-8", "replace")) & ((1 << 63) - 1) if name else 0
