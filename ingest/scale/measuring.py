"""The first stages: articles read from their lines, measured, and what publishers repeat taken out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from ingest.match.batch import issue
from ingest.match.boilerplate import Boilerplate
from ingest.match.choosing import Asker
from ingest.match.features import Features, examine, features
from ingest.match.keys import Asked, asked, posted
from ingest.match.learning import learn
from ingest.match.postings import Rank
from ingest.match.rows import microseconds, rank_of
from ingest.match.sketch import MIN_LATE_WORDS, sketch
from ingest.model.boilerplate import Observation
from ingest.scale.frames import Batches, Row, Stages, mapped, packed, rows, together, unpacked

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_MEASURED = pa.schema(
    [
        ("id", pa.int64()),
        ("name", pa.string()),  # the file's own id, as JSON
        ("document", pa.binary()),
        ("publisher", pa.string()),
        ("observation", pa.binary()),
        ("features", pa.binary()),
    ]
)
_SIGNED = pa.schema(
    [
        ("id", pa.int64()),
        ("name", pa.string()),
        ("key", pa.string()),
        ("features", pa.binary()),
        ("claim", pa.binary()),
        ("issue", pa.binary()),
        ("frame", pa.string()),  # publisher and frame of the title; null where no series can be
        ("at_us", pa.int64()),
        ("day", pa.int64()),
        ("since", pa.int64()),  # its time, as ranks have it
        ("digest", pa.int64()),  # in the order of unsigned numbers
        ("publisher", pa.int64()),
        ("facts", pa.int64()),
        ("posted", pa.list_(pa.int64())),
        ("asked", pa.list_(pa.int64())),
        ("kinds", pa.list_(pa.int8())),
        ("late", pa.int64()),  # hash of a long text's words; null: a short one
    ]
)
_LEARNED = pa.schema([("learned", pa.binary())])
_SIGN = 1 << 63


def measured(articles: DataFrame) -> DataFrame:
    """Return articles with their features, nothing learned yet. articles: as `ingest.scale.sources` reads them."""

    def work(batches: Batches) -> Iterator[Row]:
        for row in rows(batches):
            document = unpacked(row["document"])
            found, observation = examine(document)
            yield {
                **row,
                "publisher": observation.publisher,
                "observation": packed(observation),
                "features": packed(found),
            }

    return mapped(articles, work, _MEASURED)


def learned(stages: Stages, articles: DataFrame) -> Boilerplate:
    """Return what publishers repeat, each learned from by itself. It is small and goes to every task."""

    def work(batches: Batches) -> Iterator[Row]:
        for held in together(batches, "publisher"):
            observations: list[Observation] = [unpacked(row["observation"]) for row in held]
            for one in learn(observations).learned:
                yield {"learned": packed(one)}

    known = articles.where("publisher <> ''").select("publisher", "observation")
    found = stages.kept("learned", mapped(stages.by(known, "publisher"), work, _LEARNED))
    return Boilerplate(unpacked(row["learned"]) for row in found.toLocalIterator())


def signed(stages: Stages, articles: DataFrame, known: Boilerplate) -> DataFrame:
    """Return measured articles without what was learned, with their claims and the keys that they are found by."""
    shared = stages.session.sparkContext.broadcast(known)

    def work(batches: Batches) -> Iterator[Row]:
        for row in rows(batches):
            if shared.value.concerns(unpacked(row["observation"])):
                found = features(unpacked(row["document"]), shared.value)
            else:
                found = unpacked(row["features"])
            found.details.measure()
            yield _signed(row["name"], found)

    return mapped(articles, work, _SIGNED)


def _signed(name: str, found: Features) -> Row:
    drawn = sketch(found)
    at_us = None if found.at is None else microseconds(found.at)
    wanted = asked(drawn, at_us, banded=True)
    rank: Rank = rank_of(at_us, drawn.digest, drawn.publisher)
    serial = found.publisher is not None and found.at is not None
    return {
        "id": found.id,
        "name": name,
        "key": found.key,
        "features": packed(found),
        "claim": packed(found.claim),
        "issue": packed(issue(found)) if serial else None,
        "frame": f"{found.title_frame:x} {found.publisher}" if serial else None,
        "at_us": at_us,
        "day": rank[0],
        "since": at_us or 0,
        "digest": drawn.digest - _SIGN,
        "publisher": drawn.publisher,
        "facts": facts(Asker.of(drawn)),
        "posted": posted(found.id, drawn, at_us, banded=True).astype(np.int64),
        "asked": wanted.keys.astype(np.int64),
        "kinds": kinds(wanted),
        "late": found.body if found.words >= MIN_LATE_WORDS else None,
    }


def kinds(wanted: Asked) -> list[int]:
    """Return of what kind each key asked for is: 0 band, 1 body, 2 lead, 3 title, from 4 on a source each."""
    ends = (0, wanted.bands, wanted.body, wanted.lead, wanted.title)
    found = [kind for kind in range(4) for _ in range(ends[kind + 1] - ends[kind])]
    left = wanted.keys.size - wanted.title
    return found + [4 + place * wanted.sources // left for place in range(left)]


def facts(asker: Asker) -> int:
    """Return what a choice asks of an article, as one number; `asker_of` reads it."""
    return asker.body | asker.lead << 8 | asker.whole << 16 | asker.short << 17


def asker_of(number: int) -> Asker:
    """Return what `facts` wrote."""
    return Asker(whole=bool(number >> 16 & 1), short=bool(number >> 17 & 1), body=number & 255, lead=number >> 8 & 255)
