"""Pairs brought together with both of their sides, in blocks: a side travels once a block and not once a pair."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from ingest.scale.frames import Batches, Row, Stages, mapped, rows, together

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

#: Pairs of one block. Its sides are held at once: two for each pair at most, in fact a fraction of that.
BLOCK = 1024
_BLOCKED = pa.schema([("a", pa.int64()), ("b", pa.int64()), ("extra", pa.string()), ("block", pa.int64())])

#: (block of rows with a, b, extra; the sides of these by id) → rows
Judge = Callable[[list[Row], dict[int, bytes]], Iterable[Row]]


def judged(
    stages: Stages,
    pairs: DataFrame,
    sides: DataFrame,
    name: str,
    judge: Judge,
    schema: pa.Schema,
    *,
    block: int = BLOCK,
) -> DataFrame:
    """Return what is judged of pairs. pairs: a, b, extra (text or null); sides: id, side; block: pairs of one.

    Pairs that hang together share blocks as far as one step along them tells, so that most sides travel once.
    """
    from pyspark.sql import functions as F  # noqa: PLC0415

    blocks = stages.kept(f"{name}-blocks", _blocked(stages, pairs, block))
    ends = blocks.select("block", F.explode(F.array("a", "b")).alias("id")).distinct()
    none = F.lit(None)
    table = ends.join(sides.select("id", "side"), "id").select(
        "block", "id", none.cast("long").alias("b"), none.cast("string").alias("extra"), "side"
    )
    asked = blocks.select("block", F.col("a").alias("id"), "b", "extra", none.cast("binary").alias("side"))

    def work(batches: Batches) -> Iterator[Row]:
        for held in together(batches, "block"):
            found = {row["id"]: row["side"] for row in held if row["side"] is not None}
            yield from judge([row for row in held if row["side"] is None], found)

    return mapped(stages.by(table.union(asked), "block"), work, schema)


def _blocked(stages: Stages, pairs: DataFrame, size: int) -> DataFrame:
    """Pairs with the number of their block, of equal sizes."""
    from pyspark.sql import functions as F  # noqa: PLC0415

    both = pairs.select("a", "b").union(pairs.select("b", "a")).toDF("id", "other")
    near = both.groupBy("id").agg(F.least("id", F.min("other")).alias("near"))
    placed = pairs.join(near.withColumnRenamed("id", "a"), "a").select("a", "b", "extra", "near")
    ordered = placed.repartitionByRange(stages.tasks, "near", "a", "b").sortWithinPartitions("near", "a", "b")

    def numbered(batches: Batches) -> Iterator[Row]:
        for place, row in enumerate(rows(batches)):
            yield {"a": row["a"], "b": row["b"], "extra": row["extra"], "block": (row["task"] << 32) + place // size}

    return mapped(ordered.select("a", "b", "extra", F.spark_partition_id().alias("task")), numbered, _BLOCKED)


def sides_of(found: dict[int, bytes], read: Callable[[bytes], Any]) -> dict[int, Any]:
    """Return the sides of a block, each read once."""
    return {key: read(side) for key, side in found.items()}
