"""Name an entry so that the next poll knows it again: by its guid, else its link, else what it says."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Hashable, Sequence
from enum import IntEnum

from ingest.model import Entry
from ingest.text.normal import normalised
from ingest.text.plain import text_of_html
from ingest.text.urls import canonical_url

_MAX_KEY_CHARS = 300  # a key is an index column: what is longer is told by its hash
_HASH_CHARS = 32
_CONTENT_CHARS = 200_000
_WORD = re.compile(r"\w+")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)


class Level(IntEnum):
    """How much of an entry its key takes in: no more than it needs to stand alone in its poll."""

    BASE = 0  # guid, else link, else title and date, else the words
    LINK = 1  # and the link
    TITLE = 2  # and title and date
    WORDS = 3  # and all its words


def keys_for(entries: Sequence[Entry]) -> tuple[str, ...]:
    """Return each entry's key within its feed, in the order of the entries.

    Entries share a key only when they agree in guid, link, title, date and words. Where a feed gives one guid (or one
    link, without guids) to several entries, each of them is named by as much more of itself as tells them apart.
    """
    groups: dict[str, list[int]] = defaultdict(list)
    for index, entry in enumerate(entries):
        groups[key_at(entry, Level.BASE)].append(index)
    keys = [""] * len(entries)
    for indices in groups.values():
        group = [entries[index] for index in indices]
        level = _level_for(group)
        for index, entry in zip(indices, group, strict=True):
            keys[index] = key_at(entry, level)
    return tuple(keys)


def key_at(entry: Entry, level: Level) -> str:
    """The entry's key when it takes in as much of the entry as `level` says."""
    if level is Level.BASE:
        return _base(entry)
    parts = [_base(entry), link_of(entry) or ""]
    if level >= Level.TITLE:
        parts += [_words(entry.title), _date(entry)]
    if level >= Level.WORDS:
        parts.append(content_hash(entry))
    return f"{'?LTW'[level]}:{_hash(*parts)}"


def level_of(key: str) -> Level:
    """The level at which a key was made."""
    return Level(max(0, "?LTW".find(key[:1])))


def link_of(entry: Entry) -> str | None:
    """The entry's link without what does not change the page: tracking, fragment, case of the host."""
    return canonical_url(entry.link) if entry.link else None


def content_hash(entry: Entry) -> str:
    """Return a hash of what the entry says: the words of its title and of its fullest text.

    Markup, white space, punctuation, case and addresses do not count, so that a new tracking parameter or template
    is no revision.
    """
    text = text_of_html(entry.content, max_chars=_CONTENT_CHARS) if entry.content else entry.summary
    return _hash(_words(entry.title), _words(text))


def _level_for(group: Sequence[Entry]) -> Level:
    """The lowest level at which the group has as many keys as different entries."""
    if len(group) == 1:
        return Level.BASE
    entire: set[Hashable] = {_whole(entry) for entry in group}
    for level in (Level.BASE, Level.LINK, Level.TITLE):
        if len({key_at(entry, level) for entry in group}) == len(entire):
            return level
    return Level.WORDS


def _whole(entry: Entry) -> Hashable:
    return key_at(entry, Level.WORDS)


def _base(entry: Entry) -> str:
    if entry.guid:
        return _short("g", entry.guid)
    if link := link_of(entry):
        return _short("l", link)
    if entry.title and _date(entry):
        return f"t:{_hash(_words(entry.title), _date(entry))}"
    return f"h:{_hash(_words(entry.title), _date(entry), content_hash(entry))}"


def _short(kind: str, name: str) -> str:
    return f"{kind}:{name}" if len(name) <= _MAX_KEY_CHARS else f"{kind}#{_hash(name)}"


def _date(entry: Entry) -> str:
    moment = entry.published_at
    return moment.isoformat() if moment else entry.published_raw or ""


def _words(text: str) -> str:
    folded = normalised("NFKC", _ADDRESS.sub(" ", text)).casefold()
    return " ".join(_WORD.findall(folded)) or " ".join(text.split())


def _hash(*parts: str) -> str:
    joined = "\0".join(part.replace("\0", " ") for part in parts)
    return hashlib.sha256(joined.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH_CHARS]
