"""The second tier: what relates the stories, and the events that they make."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pyarrow as pa

from ingest.match.batch import happenings, told
from ingest.match.event import Pair
from ingest.match.kin import OF_SERIES, hardest_of
from ingest.model import StoryId
from ingest.scale.frames import Batches, Row, Stages, mapped, packed, rows, unpacked

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_POINTS = pa.schema([("story", pa.int64()), ("point", pa.binary())])
_EVENTS = pa.schema([("story", pa.int64()), ("event", pa.int64())])


def points(stages: Stages, stories: DataFrame, documents: DataFrame) -> DataFrame:
    """Return the stories as events see them. documents: id, document."""
    from pyspark.sql import functions as F  # noqa: PLC0415

    def work(batches: Batches) -> Iterator[Row]:
        for row in rows(batches):
            point = told(unpacked(row["grouped"]), [unpacked(row["earliest"])], unpacked(row["document"]))
            yield {"story": row["story"], "point": packed(point)}

    spoken = documents.select(F.col("id").alias("speaker"), "document")
    joined = stories.select("story", "speaker", "earliest", "grouped").join(spoken, "speaker")
    return stages.kept("points", mapped(joined.repartition(stages.tasks, "story"), work, _POINTS))


def look_alikes(stories: DataFrame, verdicts: DataFrame) -> DataFrame:
    """Return the pairs of stories whose texts look alike and were told apart, with each of the reasons once."""
    from pyspark.sql import functions as F  # noqa: PLC0415

    member = stories.select("story", F.explode("members").alias("member"))
    issues = stories.select(F.explode(F.arrays_zip("apart_a", "apart_b")).alias("of"))
    apart = verdicts.where("apart IS NOT NULL").select("a", "b", "apart")
    apart = apart.union(issues.select("of.apart_a", "of.apart_b", F.lit(OF_SERIES)))
    of_a = member.select(F.col("member").alias("a"), F.col("story").alias("story_a"))
    of_b = member.select(F.col("member").alias("b"), F.col("story").alias("story_b"))
    pairs = apart.join(of_a, "a").join(of_b, "b").where("story_a <> story_b")
    return pairs.select(
        F.least("story_a", "story_b").alias("a"), F.greatest("story_a", "story_b").alias("b"), "apart"
    ).distinct()


def events(stages: Stages, told_points: DataFrame, alike: DataFrame) -> DataFrame:
    """Return the event of each story."""
    from pyspark.sql import functions as F  # noqa: PLC0415

    none = F.lit(None)
    table = told_points.select(
        "story", none.cast("long").alias("b"), none.cast("string").alias("apart"), "point"
    ).union(alike.select("a", "b", "apart", none.cast("binary")))

    def work(batches: Batches) -> Iterator[Row]:
        held, reasons = [], dict[Pair, set[str]]()
        for row in rows(batches):
            if row["point"] is not None:
                held.append(unpacked(row["point"]))
            else:
                reasons.setdefault((StoryId(row["story"]), StoryId(row["b"])), set()).add(row["apart"])
        for happening in happenings(held, hardest_of(reasons))[1]:
            yield from ({"story": story, "event": happening.id} for story in happening.members)

    return stages.kept("events", mapped(table.repartition(1), work, _EVENTS))
