"""Candidates: keys joined with keys, crowds kept short as the index keeps them, and of what meets the worthy chosen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ingest.match.choosing import FLASH_US, Shared, chosen
from ingest.match.postings import PER_DAY
from ingest.scale.frames import Batches, Row, Stages, mapped
from ingest.scale.measuring import asker_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

#: Postings of one key from which on the questions for it go to as many tasks as there are.
HOT = 512
_CHOSEN = pa.schema([("a", pa.int64()), ("b", pa.int64()), ("left_out", pa.int64())])
_SOURCES = 2  # an agency and a publisher
Columns = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """Pairs worth comparing, and what caps dropped."""

    pairs: DataFrame  # a < b
    capped_postings: int
    capped_candidates: int
    hottest: int  # postings under the key that most articles share, before it was kept short


def proposed(stages: Stages, signed: DataFrame, window: timedelta) -> Proposed:
    """Return the pairs that one of the two proposes, and those of late copies."""
    from pyspark.sql import functions as F  # noqa: PLC0415

    posted = signed.select(
        F.explode("posted").alias("key"), "id", "at_us", "day", "since", "digest", "publisher", "facts"
    )
    busy = stages.kept("crowds", _busy(posted))
    crowds = busy.select("key", F.explode("days").alias("of")).select("key", "of.day", "of.count")
    hot = busy.where(F.col("n") > HOT).select("key")
    totals = crowds.agg(F.sum(F.col("count") - PER_DAY), F.max("count")).first()
    short = _kept_short(posted, crowds.select("key", "day"))
    met = _met(signed, short, hot, max(window // timedelta(microseconds=1), FLASH_US), stages.tasks)
    window_us = window // timedelta(microseconds=1)

    def work(batches: Batches) -> Iterator[Row]:
        for asker, found in _by_asker(batches):
            best, left_out = chosen(asker_of(int(found["asking"][0])), _shared(found), window_us=window_us)
            pairs = [(min(asker, other), max(asker, other)) for other in best if other != asker]
            for a, b in pairs or [(asker, asker)]:
                yield {"a": a, "b": b, "left_out": left_out}
                left_out = 0

    found = stages.kept("chosen", mapped(stages.by(met, "asker", "id"), work, _CHOSEN))
    left_out = found.agg(F.sum("left_out")).first()
    pairs = found.where("a < b").select("a", "b").union(_late(signed)).distinct()
    return Proposed(
        pairs=pairs,
        capped_postings=int(totals[0] or 0) if totals else 0,
        capped_candidates=int(left_out[0] or 0) if left_out else 0,
        hottest=int(totals[1] or 0) if totals else 0,
    )


def _busy(posted: DataFrame) -> DataFrame:
    """Keys that many share: how many altogether, and the days on which they are a crowd."""
    from pyspark.sql import functions as F  # noqa: PLC0415

    of_day = posted.groupBy("key", "day").count()
    crowd = F.when(F.col("count") > PER_DAY, F.struct("day", "count"))  # a list leaves out what is null
    told = of_day.groupBy("key").agg(F.sum("count").alias("n"), F.collect_list(crowd).alias("days"))
    return told.where((F.col("n") > HOT) | (F.size("days") > 0))


def _kept_short(posted: DataFrame, crowded: DataFrame) -> DataFrame:
    """The postings, of a crowd the earliest of each day."""
    from pyspark.sql import Window  # noqa: PLC0415
    from pyspark.sql import functions as F  # noqa: PLC0415

    ranked = Window.partitionBy("key", "day").orderBy("since", "digest", "publisher", "id")
    crowds = posted.join(crowded, ["key", "day"], "left_semi")
    # Spark keeps the first of each task before it shuffles them, so that a crowd never lies in one task.
    short = crowds.withColumn("rank", F.row_number().over(ranked)).where(F.col("rank") <= PER_DAY).drop("rank")
    return posted.join(crowded, ["key", "day"], "left_anti").unionByName(short)


def _met(signed: DataFrame, short: DataFrame, hot: DataFrame, reach_us: int, salts: int) -> DataFrame:
    """Who meets whom under a key of which kind, summed for each two. Questions for hot keys are spread by salt."""
    from pyspark.sql import functions as F  # noqa: PLC0415

    hot = hot.withColumn("hot", F.lit(1))
    asked = signed.select(
        F.col("id").alias("asker"),
        F.col("at_us").alias("asked_us"),
        F.col("facts").alias("asking"),
        F.explode(F.arrays_zip("asked", "kinds")).alias("of"),
    ).select("asker", "asked_us", "asking", F.col("of.asked").alias("key"), F.col("of.kinds").alias("kind"))
    asked = asked.join(hot, "key", "left").withColumn(
        "salt", F.when(F.col("hot").isNotNull(), F.col("asker") % salts).otherwise(0)
    )
    every = F.sequence(F.lit(0).cast("long"), F.lit(salts - 1).cast("long"))
    short = short.join(hot, "key", "left").withColumn(
        "salt", F.explode(F.when(F.col("hot").isNotNull(), every).otherwise(F.array(F.lit(0).cast("long"))))
    )
    gap = F.coalesce(F.abs(F.col("asked_us") - F.col("at_us")), F.lit(0))
    sums = [F.max((F.col("kind") == kind).cast("int")).alias(name) for kind, name in ((0, "bands"), (3, "titled"))]
    sums += [F.sum((F.col("kind") == kind).cast("int")).alias(name) for kind, name in ((1, "body"), (2, "lead"))]
    sums += [F.max((F.col("kind") == 4 + place).cast("int")).alias(f"source{place}") for place in range(_SOURCES)]
    return (
        asked.drop("hot")
        .join(short.drop("hot", "day", "since", "publisher"), ["key", "salt"])
        .withColumn("gap", gap)
        .where(F.col("gap") <= reach_us)
        .groupBy("asker", "id")
        .agg(F.first("asking").alias("asking"), F.first("facts").alias("facts"), F.first("digest").alias("digest"),
             F.first("gap").alias("gap"), *sums)
    )  # fmt: skip


def _late(signed: DataFrame) -> DataFrame:
    """Long texts that are the same word for word, whatever lies between: each with the earliest."""
    from pyspark.sql import functions as F  # noqa: PLC0415

    long = signed.where("late IS NOT NULL").select(
        "late", "id", F.struct(F.col("at_us").isNull().alias("untimed"), "at_us", "key", "id").alias("order")
    )
    earliest = long.groupBy("late").agg(F.min("order").alias("earliest"), F.count("*").alias("n")).where("n > 1")
    pairs = long.join(earliest.select("late", F.col("earliest.id").alias("first")), "late").where("id <> first")
    return pairs.select(F.least("id", "first").alias("a"), F.greatest("id", "first").alias("b"))


def _by_asker(batches: Batches) -> Iterator[tuple[int, Columns]]:
    """The rows of each that asks, in columns, of a stream that is sorted by them."""
    left: Columns | None = None
    for batch in batches:
        if not batch.num_rows:
            continue
        columns = {
            name: batch.column(place).to_numpy(zero_copy_only=False) for place, name in enumerate(batch.schema.names)
        }
        if left is not None:
            columns = {name: np.concatenate((left[name], column)) for name, column in columns.items()}
        edges = np.concatenate(([0], np.flatnonzero(np.diff(columns["asker"])) + 1))
        for start, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
            yield int(columns["asker"][start]), {name: column[start:end] for name, column in columns.items()}
        left = {name: column[edges[-1] :] for name, column in columns.items()}
    if left is not None:
        yield int(left["asker"][0]), left


def _shared(found: Columns) -> Shared:
    """What was found for one, as the choice takes it."""
    facts = found["facts"]
    return Shared(
        ids=found["id"],
        digests=found["digest"],
        gaps=found["gap"],
        whole=(facts >> 16 & 1) > 0,
        short=(facts >> 17 & 1) > 0,
        bodies=facts & 255,
        leads=facts >> 8 & 255,
        bands=found["bands"] > 0,
        body=found["body"],
        lead=found["lead"],
        titled=found["titled"] > 0,
        sources=tuple(found[f"source{place}"] > 0 for place in range(_SOURCES)),
    )
