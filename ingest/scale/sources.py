"""Where articles come from: JSON Lines, numbered in the order of their lines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from ingest.errors import SamewireError
from ingest.match.records import article_of, record_of
from ingest.scale.frames import Batches, Row, Stages, mapped, packed, rows

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_ARTICLES = pa.schema(
    [
        ("id", pa.int64()),
        ("line", pa.int64()),
        ("key", pa.string()),
        ("name", pa.string()),
        ("document", pa.binary()),
        ("wrong", pa.string()),  # why it cannot be read
    ]
)
_BLANK = r"(?U)^[\s\x1c-\x1f\x85]*$"


def from_lines(stages: Stages, path: Path) -> DataFrame:
    """Return the articles of a JSON Lines file, numbered as the embedded engine numbers them.

    Raises SamewireError naming the first line that cannot be read.
    """
    from pyspark.sql import functions as F  # noqa: PLC0415

    block = F.col("_metadata.file_block_start").alias("block")
    read = stages.session.read.text(path.resolve().as_uri()).select(
        F.col("value"), block, F.monotonically_increasing_id().alias("place")
    )
    lines = stages.kept("lines", read.withColumn("blank", F.col("value").rlike(_BLANK)))
    told = lines.groupBy("block").agg(
        F.count("*").alias("n"),
        F.sum(F.when(F.col("blank"), 0).otherwise(1)).alias("full"),
        F.min("place").alias("first"),
    )
    offsets, line, full = [], 0, 0
    for row in sorted(told.collect(), key=lambda row: int(row["block"])):  # one row for each 128 MB of the file
        offsets.append((row["block"], line - row["first"], full))
        line, full = line + row["n"], full + row["full"]
    return _checked(stages, str(path), _parsed(stages, lines, offsets, str(path)))


def _parsed(stages: Stages, lines: DataFrame, offsets: list[tuple[int, int, int]], path: str) -> DataFrame:
    """Lines that are not blank as articles, numbered within the file."""
    from pyspark.sql import Window  # noqa: PLC0415
    from pyspark.sql import functions as F  # noqa: PLC0415

    starts = stages.session.createDataFrame(offsets, "block long, line_offset long, id_offset long")
    within = Window.partitionBy("block").orderBy("place")
    numbered = (
        lines.where(~F.col("blank"))
        .withColumn("nth", F.row_number().over(within) - 1)
        .join(F.broadcast(starts), "block")
        .select(
            (F.col("id_offset") + F.col("nth")).alias("id"),
            (F.col("line_offset") + F.col("place") + 1).alias("line"),
            F.col("value").cast("binary").alias("value"),
        )
    )

    def work(batches: Batches) -> Iterator[Row]:
        for row in rows(batches):
            yield _article(row, path)

    return mapped(numbered.repartition(stages.tasks, "id"), work, _ARTICLES)


def _article(row: Row, path: str) -> Row:
    """A line as an article, or why it is none."""
    where = f"{path}:{row['line']}"
    found: Row = {"id": row["id"], "line": row["line"], "key": None, "name": None, "document": None, "wrong": None}
    try:
        text = row["value"].decode("utf-8-sig" if row["line"] == 1 else "utf-8")
        article = article_of(row["id"], record_of(text, where), where)
    except UnicodeDecodeError:
        found["wrong"] = f"{path}: not UTF-8 text"
    except SamewireError as exc:
        found["wrong"] = str(exc)
    else:
        document = article.document
        found |= {"key": document.key, "name": json.dumps(article.id), "document": packed(document)}
    return found


def _checked(stages: Stages, path: str, articles: DataFrame) -> DataFrame:
    """The articles, when each can be read and has an id of its own."""
    from pyspark.sql import functions as F  # noqa: PLC0415

    held = stages.kept("articles", articles)
    wrong = held.where("wrong IS NOT NULL").orderBy("line").select("wrong").first()
    if wrong is not None:
        raise SamewireError(str(wrong["wrong"]))
    twice = held.groupBy("key").agg(F.sort_array(F.collect_list("line")).alias("lines")).where("size(lines) > 1")
    again = twice.orderBy(F.col("lines")[1]).first()
    if again is not None:
        first, second, *_ = again["lines"]
        raise SamewireError(f"{path}:{second}: id {again['key']!r} stands in line {first} already")
    return held.select("id", "name", "document")
