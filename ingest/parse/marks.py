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
    deep: frozenset[bytes]  # the marks of those that are parsed and stand behind a thousand others
    later: int  # how many are left for the next poll

    def count_deep(self, marks: Iterable[bytes]) -> int:
        """How many of some items that were parsed stand behind a thousand others."""
        return sum(mark in self.deep for mark in marks)


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


def choose(marks: Sequence[bytes], known: Collection[bytes], *, most: int = MAX_ENTRIES) -> Choice:
    """Choose of a feed's items, by their marks, the first that are not known; a later poll goes on from there."""
    unseen = [index for index, mark in enumerate(marks) if mark not in known]
    taken = tuple(unseen[:most])
    return Choice(
        taken=taken,
        seen=tuple(mark for mark in marks if mark in known),
        deep=frozenset(marks[index] for index in taken if index >= MAX_ENTRIES),
        later=len(unseen) - len(taken),
    )
