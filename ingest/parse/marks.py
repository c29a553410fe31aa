"""Marks: digests by which a feed's items are known again without being parsed again."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from ingest.parse.clean import MAX_ENTRIES

#: Raised whenever equal bytes may give another entry than before; a library's version may be part of `around`.
RULES = 1
MARK_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What is to be done about each of a feed's items."""

    taken: tuple[int, ...]  # the indices of those that are parsed
    seen: tuple[bytes, ...]  # the marks of those that are known
    later: int  # how many are left for the next poll


def context_of(url: str, charset: str, *around: str | bytes) -> bytes:
    """Return a digest of all that an item's entry depends on beside the item itself.

    That is our rules, the address that links are relative to, the charset, and `around`: what HTTP and the document
    say outside the items.
    """
    digest = hashlib.sha256(RULES.to_bytes(2))
    for part in (url, charset, *around):
        raw = part.encode("utf-8", "replace") if isinstance(part, str) else part
        digest.update(len(raw).to_bytes(8))
        digest.update(raw)
    return digest.digest()


def marks_of(context: bytes, items: Iterable[bytes]) -> tuple[bytes, ...]:
    """Return each item's mark: equal marks, equal entries."""
    return tuple(hashlib.blake2b(item, digest_size=MARK_BYTES, key=context).digest() for item in items)


def choose(marks: Sequence[bytes], known: Collection[bytes]) -> Choice:
    """Choose, of a feed's items by their marks, the first 1,000 that are not known; a later poll goes on from there."""
    unseen = [index for index, mark in enumerate(marks) if mark not in known]
    return Choice(
        taken=tuple(unseen[:MAX_ENTRIES]),
        seen=tuple(mark for mark in marks if mark in known),
        later=max(0, len(unseen) - MAX_ENTRIES),
    )
