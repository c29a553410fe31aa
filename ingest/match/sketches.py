"""The sketches of many articles as columns: how an index is filled without an object for each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.match.sign import NUM_PERM, Hashes
from ingest.match.sketch import FLASH, HEAD, WHOLE, check

Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]

_HEAD_WORDS = HEAD.itemsize // 8
_SIGNATURE_WORDS = NUM_PERM * 4 // 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketches:
    """Columns of stored sketches; samples lie one article after the other."""

    signed: Flags  # which have a signature
    signatures: NDArray[np.uint32]  # uint32[signed, 126]
    body: Hashes
    bodies: Numbers  # how many body samples each has
    lead: Hashes
    leads: Numbers
    whole: Flags
    flash: Flags
    digest: Hashes
    title: Hashes  # 0: none
    agency: Hashes
    publisher: Hashes


def read(blobs: Sequence[bytes]) -> Sketches:
    """Return what `Sketch.to_bytes` wrote of many articles. Raises ValueError on bytes of another make.

    blobs: at least one.
    """
    try:
        return _columns(blobs)
    except (ValueError, IndexError):
        for blob in blobs:
            check(blob)
        raise


def _columns(blobs: Sequence[bytes]) -> Sketches:
    words = np.frombuffer(b"".join(blobs), dtype="<u8")
    sizes = np.fromiter(map(len, blobs), dtype=np.int64, count=len(blobs))
    starts = np.concatenate(([0], np.cumsum(sizes[:-1]))) // 8
    head = words[starts[:, None] + np.arange(_HEAD_WORDS)].view(HEAD)[:, 0]
    bodies, leads = head["body"].astype(np.int64), head["lead"].astype(np.int64)
    lengths = HEAD.itemsize + 4 * head["signature"].astype(np.int64) + 8 * (bodies + leads)
    if (lengths != sizes).any() or not np.isin(head["signature"], (0, NUM_PERM)).all():
        raise ValueError("these bytes are torn sketches")
    for blob in (blobs[0], blobs[int(np.argmax(head["version"] != head["version"][0]))]):
        check(blob)
    signed = head["signature"] > 0
    at = starts + _HEAD_WORDS
    signatures = words[at[signed][:, None] + np.arange(_SIGNATURE_WORDS)].view("<u4")
    at = at + _SIGNATURE_WORDS * signed
    return Sketches(
        signed=signed,
        signatures=signatures,
        body=words[spread(at, bodies)],
        bodies=bodies,
        lead=words[spread(at + bodies, leads)],
        leads=leads,
        whole=(head["marks"] & WHOLE) > 0,
        flash=(head["marks"] & FLASH) > 0,
        digest=head["digest"].copy(),
        title=head["title"].astype(np.uint64),
        agency=head["agency"].copy(),
        publisher=head["publisher"].copy(),
    )


def spread(starts: Numbers, counts: Numbers) -> Numbers:
    """Return start, start + 1, … for each start, as many as its count says, one after the other."""
    before = np.cumsum(counts) - counts
    return np.repeat(starts - before, counts) + np.arange(int(counts.sum()))
