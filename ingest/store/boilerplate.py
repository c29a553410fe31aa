"""What publishers repeat: observations of articles, what was learned of them, and the epochs of its effect."""

from __future__ import annotations

import json
import sqlite3
import struct
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from ingest.model import ArticleId, PublisherId
from ingest.model.boilerplate import Effect, Epoch, Learned, Lesson, Observation, Opening, digest_of, effects
from ingest.store.connection import Store
from ingest.store.journal import note
from ingest.store.times import from_text, optional_text, optional_time, to_text

#: A publisher is learned from its newest articles, so many at the most.
MAX_OBSERVATIONS = 5000
#: So many of a publisher's observations outlive any age: who publishes once a month repeats itself as well.
KEPT_OBSERVATIONS = 64

_VERSION = 1
_MAX_WORDS_CHARS = 300

_RECORD = """
INSERT OR REPLACE INTO passages (article_id, publisher_id, rank, at, seen_at, hashes, traits)
SELECT id, publisher_id, ?, coalesce(published_at, first_seen_at), first_seen_at, ?, ? FROM articles WHERE id = ?
"""
_COUNT = """
INSERT INTO lessons (publisher_id, articles, changed) SELECT publisher_id, 1, 1 FROM articles WHERE id = ?1
ON CONFLICT (publisher_id) DO UPDATE SET articles = articles + ?2, changed = changed + 1
"""
_LEARNED = """
SELECT p.name AS publisher, b.passage, b.articles, b.opens, b.example_id, b.seen_at
FROM boilerplate b JOIN publishers p ON p.id = b.publisher_id
"""
_PUT = """
INSERT INTO boilerplate (publisher_id, passage, articles, opens, example_id, seen_at, epoch)
VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (publisher_id, passage) DO UPDATE SET articles = excluded.articles, opens = excluded.opens,
    example_id = excluded.example_id, seen_at = excluded.seen_at
"""


def record(store: Store, observation: Observation) -> None:
    """Keep an article's observation in place of an earlier one. Belongs inside the transaction that matches it."""
    hashes, traits = packed(observation)
    before = store.connection.execute(
        "SELECT rank, hashes, traits FROM passages WHERE article_id = ?", [observation.article_id]
    ).fetchone()
    if before is not None and (before["hashes"], before["traits"]) == (hashes, traits):
        return  # matched again, under other rules or another epoch: nothing to learn from that
    values = [_signed(observation.rank), hashes, traits, observation.article_id]
    store.connection.execute(_RECORD, values)
    store.connection.execute(_COUNT, [observation.article_id, int(before is None)])


def forget_article(store: Store, article_id: ArticleId) -> None:
    """Drop what is kept of an article, and the words of passages that were taken from it; for a redaction."""
    gone = store.connection.execute("DELETE FROM passages WHERE article_id = ?", [article_id]).rowcount
    store.connection.execute("UPDATE boilerplate SET words = '' WHERE example_id = ?", [article_id])
    store.connection.execute(
        "UPDATE lessons SET articles = articles - ?2, changed = changed + ?2 "
        "WHERE publisher_id = (SELECT publisher_id FROM articles WHERE id = ?1)",
        [article_id, gone],
    )


def lessons(connection: sqlite3.Connection) -> tuple[Lesson, ...]:
    """How far learning has come with each publisher of whom something is new, or something learned may fade."""
    rows = connection.execute(
        "SELECT l.*, (SELECT min(b.seen_at) FROM boilerplate b WHERE b.publisher_id = l.publisher_id) AS oldest_at "
        "FROM lessons l WHERE l.changed > 0 OR EXISTS (SELECT 1 FROM boilerplate b "
        "WHERE b.publisher_id = l.publisher_id) ORDER BY l.publisher_id"
    )
    return tuple(
        Lesson(
            publisher_id=PublisherId(row["publisher_id"]),
            articles=row["articles"],
            learned_from=row["learned_from"],
            changed=row["changed"],
            learned_at=optional_time(row["learned_at"]),
            oldest_at=optional_time(row["oldest_at"]),
        )
        for row in rows
    )


def observations(connection: sqlite3.Connection, publisher_id: PublisherId) -> tuple[Observation, ...]:
    """A publisher's newest observations."""
    rows = connection.execute(
        "SELECT o.*, p.name AS publisher FROM passages o JOIN publishers p ON p.id = o.publisher_id "
        "WHERE o.publisher_id = ? ORDER BY o.at DESC, o.rank LIMIT ?",
        [publisher_id, MAX_OBSERVATIONS],
    )
    return tuple(map(_observation, rows))


def load(connection: sqlite3.Connection) -> tuple[Learned, ...]:
    """All that is learned today."""
    return tuple(map(_learned, connection.execute(_LEARNED + "ORDER BY b.publisher_id, b.passage")))


def epoch(connection: sqlite3.Connection) -> int:
    """The number of the epoch that is in force; 0 before anything was learned."""
    return int(connection.execute("SELECT coalesce(max(id), 0) FROM epochs").fetchone()[0])


def take_effect(store: Store, learned: Mapping[PublisherId, Sequence[Learned]], now: datetime) -> Epoch | None:
    """Replace what was learned from these publishers; where that changes what is ignored, a new epoch begins.

    In one transaction with it the articles that hold a passage concerned are marked as to be matched again, and no
    others. Returns None where everything stays as it was.
    """
    with store.transaction():
        before = effects(load(store.connection))
        number = epoch(store.connection) + 1
        for publisher_id, passages in learned.items():
            _replace(store, publisher_id, passages, number, now)
        held = load(store.connection)
        after = effects(held)
        if before == after:
            return None
        affected = tuple(_holding(store.connection, before ^ after))
        begun = Epoch(
            number=number,
            digest=digest_of(held),
            added=len(after - before),
            dropped=len(before - after),
            affected=affected,
        )
        _begin(store, begun, now)
        return begun


def prune(store: Store, before: datetime) -> int:
    """Drop observations of articles first seen before a moment, but for each publisher's newest. Returns how many."""
    with store.transaction():
        return store.connection.execute(
            "DELETE FROM passages WHERE article_id IN (SELECT article_id FROM (SELECT article_id, seen_at, "
            "row_number() OVER (PARTITION BY publisher_id ORDER BY at DESC, rank) AS place FROM passages "
            "WHERE publisher_id IN (SELECT publisher_id FROM passages WHERE seen_at < ?1)) "
            "WHERE seen_at < ?1 AND place > ?2)",
            [to_text(before), KEPT_OBSERVATIONS],
        ).rowcount


def unworded(connection: sqlite3.Connection, *, limit: int) -> tuple[Learned, ...]:
    """Learned passages whose words stand nowhere yet; `example` is an article in which they stand."""
    rows = connection.execute(_LEARNED + "WHERE b.words = '' ORDER BY b.publisher_id, b.passage LIMIT ?", [limit])
    return tuple(map(_learned, rows))


def word(store: Store, learned: Learned, words: str) -> None:
    """Keep a learned passage's words, for people to read."""
    store.connection.execute(
        "UPDATE boilerplate SET words = ? "
        "WHERE publisher_id = (SELECT id FROM publishers WHERE name = ?) AND passage = ?",
        [words.strip()[:_MAX_WORDS_CHARS] or "?", learned.publisher, _signed(learned.passage)],
    )


def _replace(store: Store, publisher_id: PublisherId, passages: Sequence[Learned], number: int, now: datetime) -> None:
    """A publisher's rows as they are from now on; those that stay keep their words and the epoch they came in."""
    keys = [_signed(one.passage) for one in passages]
    store.connection.execute(
        "DELETE FROM boilerplate WHERE publisher_id = ? AND passage NOT IN (SELECT value FROM json_each(?))",
        [publisher_id, json.dumps(keys)],
    )
    store.connection.executemany(
        _PUT,
        [
            (publisher_id, key, one.articles, one.opens, one.example, optional_text(one.seen_at), number)
            for key, one in zip(keys, passages, strict=True)
        ],
    )
    store.connection.execute(
        "UPDATE lessons SET articles = (SELECT count(*) FROM passages WHERE publisher_id = ?1), changed = 0, "
        "learned_from = (SELECT count(*) FROM passages WHERE publisher_id = ?1), learned_at = ?2 "
        "WHERE publisher_id = ?1",
        [publisher_id, to_text(now)],
    )


def _begin(store: Store, begun: Epoch, now: datetime) -> None:
    """Write an epoch down, and mark what it affects."""
    store.connection.execute(
        "INSERT INTO epochs (id, digest, begun_at, added, dropped, affected) VALUES (?, ?, ?, ?, ?, ?)",
        [begun.number, begun.digest, to_text(now), begun.added, begun.dropped, len(begun.affected)],
    )
    store.connection.execute(
        "UPDATE articles SET matched_hash = NULL WHERE pruned_at IS NULL AND id IN (SELECT value FROM json_each(?))",
        [json.dumps(begun.affected)],
    )
    figures = {"epoch": begun.number, "added": begun.added, "dropped": begun.dropped, "affected": len(begun.affected)}
    note(store, now, "samewire", "epoch", "other passages are ignored from now on", detail=json.dumps(figures))


def _holding(connection: sqlite3.Connection, changed: Iterable[Effect]) -> Iterator[ArticleId]:
    """The articles in which one of these passages stands and is concerned."""
    concerned: dict[str, set[int]] = defaultdict(set)
    for publisher, passage, _ in changed:
        concerned[publisher].add(passage)
    everywhere = concerned.pop("", set())
    names = {row["id"]: row["name"] for row in connection.execute("SELECT id, name FROM publishers")}
    sql = "SELECT article_id, publisher_id, hashes FROM passages "
    if not everywhere:  # one look at everything, where it must be: a random index on passages would cost each insert
        sql += "WHERE publisher_id IN (SELECT value FROM json_each(?)) "
    mine = json.dumps([key for key, name in names.items() if name in concerned])
    for row in connection.execute(sql + "ORDER BY article_id", [] if everywhere else [mine]):
        wanted = everywhere | concerned.get(names[row["publisher_id"]], set())
        if not wanted.isdisjoint(_numbers(row["hashes"])):
            yield ArticleId(row["article_id"])


def _learned(row: sqlite3.Row) -> Learned:
    return Learned(
        publisher=row["publisher"],
        passage=_unsigned(row["passage"]),
        articles=row["articles"],
        opens=bool(row["opens"]),
        example=ArticleId(row["example_id"]),
        seen_at=optional_time(row["seen_at"]),
    )


def packed(observation: Observation) -> tuple[bytes, bytes]:
    """An observation's passages, and its traits: counts, then places among the passages, then 32-bit hashes."""
    place = {passage: number for number, passage in enumerate(observation.passages)}
    frames, openings = observation.frames, observation.openings
    places = (
        *(place[opening.passage] for opening in openings),
        *(len(opening.terms) for opening in openings),
        *sorted(place[passage] for passage in observation.told),
        *sorted(place[passage] for passage in observation.clearly_told),
        *(place[passage] for passage, _ in frames),
    )
    terms = (
        *observation.title,
        *(term for opening in openings for term in opening.terms),
        *(frame for _, frame in frames),
    )
    counts = (len(openings), len(observation.told), len(observation.clearly_told), len(frames), len(observation.title))
    return (
        struct.pack(f"<{len(place)}Q", *place),
        bytes((_VERSION, *counts, *places)) + struct.pack(f"<{len(terms)}I", *terms),
    )


def unpacked(hashes: bytes, traits: bytes, *, like: Observation) -> Observation:
    """The observation that `packed` wrote, with the ids and times of another.

    Raises ValueError on bytes of another make.
    """
    passages = _numbers(hashes)
    if traits[:1] != bytes([_VERSION]):
        raise ValueError("these bytes are no observation of this version")
    opened, told, clearly, framed, titular = traits[1:6]
    end = 6 + 2 * opened + told + clearly + framed
    places, terms = traits[6:end], iter(struct.unpack(f"<{(len(traits) - end) // 4}I", traits[end:]))
    title = tuple(islice(terms, titular))
    openings = tuple(
        Opening(passage=passages[place], terms=tuple(islice(terms, size)))
        for place, size in zip(places[:opened], places[opened : 2 * opened], strict=True)
    )
    named = [passages[place] for place in places[2 * opened :]]
    return replace(
        like,
        title=title,
        openings=openings,
        passages=passages,
        told=frozenset(named[:told]),
        clearly_told=frozenset(named[told : told + clearly]),
        frames=tuple(zip(named[told + clearly :], terms, strict=True)),
    )


def _observation(row: sqlite3.Row) -> Observation:
    bare = Observation(
        article_id=ArticleId(row["article_id"]),
        publisher=row["publisher"],
        rank=_unsigned(row["rank"]),
        title=(),
        openings=(),
        passages=(),
        told=frozenset(),
        clearly_told=frozenset(),
        frames=(),
        seen_at=from_text(row["seen_at"]),
    )
    return unpacked(row["hashes"], row["traits"], like=bare)


def _numbers(hashes: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(hashes) // 8}Q", hashes)


def _signed(value: int) -> int:
    """64 bits as SQLite's integers hold them."""
    return value - (1 << 64) if value >> 63 else value


def _unsigned(value: int) -> int:
    return value + (1 << 64) if value < 0 else value
