"""Signatures: what the candidate index is filled from, and how each was made, so that makes never mix."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from ingest.model import ArticleId
from ingest.store.connection import Store
from ingest.store.times import optional_text, to_text

#: Signatures that are read at a time: what that takes is a few megabytes.
_BATCH = 8192
_OF_MAKE = "epoch = ? AND algorithm = ? AND seed = ? AND tokeniser = ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Make:
    """How a signature was made; those of two makes are not comparable."""

    epoch: int  # rules of cleaning and shingling
    algorithm: str  # of permuting
    seed: int  # of the permutations
    tokeniser: int  # how texts become words

    def bound(self) -> tuple[int, str, int, int]:
        """The values in the order in which statements ask for them."""
        return self.epoch, self.algorithm, self.seed, self.tokeniser


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """What is kept of an article's signature."""

    make: Make
    at: datetime | None
    kept_at: datetime  # the article's time, else first sight: what the index goes by
    sketch: bytes  # what the candidate index needs
    skipped: str | None  # why nothing is compared with it
    words: int  # hash of a long text's words in order; 0: a short one
    title: int  # hash of the title
    frame: int  # hash of the title with its specifics masked
    learned: int = 0  # epoch of what was ignored


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSketches:
    """Stored sketches of some articles, in columns of equal length."""

    ids: tuple[int, ...]
    kept_s: tuple[int, ...]  # seconds since 1970: the article's time, else first sight
    timed: tuple[int, ...]  # 1: it is the article's own time
    blobs: tuple[bytes, ...]


def count_sketches(connection: sqlite3.Connection, *, since: datetime) -> int:
    """Return how many signatures `sketches` will bring, of whatever make."""
    found = connection.execute("SELECT count(*) FROM signatures WHERE kept_at >= ?", [to_text(since)]).fetchone()
    return int(found[0])


def sketches(connection: sqlite3.Connection, *, make: Make, since: datetime) -> Iterator[KeptSketches]:
    """The signatures of a make whose article's time, or first sight where it has none, is not before `since`."""
    return _kept(connection, f"kept_at >= ? AND {_OF_MAKE}", [to_text(since), *make.bound()])


def sketches_between(
    connection: sqlite3.Connection, *, make: Make, since: datetime, until: datetime
) -> Iterator[KeptSketches]:
    """The signatures of a make whose article's own time lies in [since, until)."""
    where = f"kept_at >= ? AND kept_at < ? AND at IS NOT NULL AND {_OF_MAKE}"
    return _kept(connection, where, [to_text(since), to_text(until), *make.bound()])


def _kept(connection: sqlite3.Connection, where: str, bound: list[object]) -> Iterator[KeptSketches]:
    cursor = connection.cursor()
    cursor.row_factory = None  # plain tuples: a million of them are built
    cursor.execute(
        "SELECT article_id, CAST(strftime('%s', kept_at) AS INTEGER), at IS NOT NULL, sketch "
        f"FROM signatures WHERE {where}",
        bound,
    )
    while rows := cursor.fetchmany(_BATCH):
        ids, kept_s, timed, blobs = zip(*rows, strict=True)
        yield KeptSketches(ids=ids, kept_s=kept_s, timed=timed, blobs=blobs)


def forget_other_makes(store: Store, *, make: Make) -> int:
    """Mark the articles that were signed otherwise as to be matched again. Returns how many there are."""
    with store.transaction():
        return store.connection.execute(
            "UPDATE articles SET matched_hash = NULL "
            f"WHERE pruned_at IS NULL AND id IN (SELECT article_id FROM signatures WHERE NOT ({_OF_MAKE}))",
            make.bound(),
        ).rowcount


def store_signature(store: Store, article_id: ArticleId, signed: Signed) -> None:
    """Keep what finding an article again needs."""
    store.connection.execute(
        "INSERT OR REPLACE INTO signatures (article_id, epoch, algorithm, seed, tokeniser, at, kept_at, sketch, "
        "skipped, words, title, frame, learned) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            article_id,
            *signed.make.bound(),
            optional_text(signed.at),
            to_text(signed.kept_at),
            signed.sketch,
            signed.skipped,
            signed.words,
            signed.title,
            signed.frame,
            signed.learned,
        ],
    )


def same_words(
    connection: sqlite3.Connection, article_id: ArticleId, words: int, *, limit: int
) -> tuple[ArticleId, ...]:
    """Over all of history, the earliest article that is the same word for word; of the earliest itself, the others."""
    rows = connection.execute(
        "SELECT s.article_id FROM signatures s JOIN articles a ON a.id = s.article_id "
        "WHERE s.words = ? AND s.words <> 0 AND a.pruned_at IS NULL "  # says of what there is an index
        "ORDER BY s.at IS NULL, s.at, a.content_hash, a.id LIMIT ?",
        [words, limit],
    ).fetchall()
    found = [ArticleId(row["article_id"]) for row in rows]
    return tuple(found[1:]) if found and found[0] == article_id else tuple(found[:1])
