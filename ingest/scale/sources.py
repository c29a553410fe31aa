"""Where articles come from: JSON Lines, numbered in the order of their lines, or Parquet archives, by daemon and id."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from ingest.errors import SamewireError
from ingest.match.records import archived_article, article_of, record_of
from ingest.publish import archive
from ingest.scale.frames import Batches, Row, Stages, mapped, packed, rows, unpacked

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
_ARCHIVED = pa.schema([("daemon", pa.string()), ("article", pa.int64()), ("number", pa.int64()), ("row", pa.binary())])
_PARTS = pa.schema(
    [
        ("folder", pa.string()),
        ("daemon", pa.string()),
        ("path", pa.string()),
        ("number", pa.int64()),
        ("rows", pa.int64()),
        ("bytes", pa.int64()),
        ("sha256", pa.string()),
    ]
)
_OFFSETS = pa.schema([("block", pa.int64()), ("line_offset", pa.int64()), ("id_offset", pa.int64())])
_STARTS = pa.schema([("task", pa.int32()), ("start", pa.int64())])
_BLANK = r"(?U)^[\s\x1c-\x1f\x85]*$"


def from_lines(stages: Stages, path: Path | str) -> DataFrame:
    """Return the articles of a JSON Lines file, numbered as the embedded engine numbers them.

    path: of this machine, or an address of a file system that Spark knows.
    Raises SamewireError naming the first line that cannot be read.
    """
    from pyspark.sql import functions as F  # noqa: PLC0415

    block = F.col("_metadata.file_block_start").alias("block")
    read = stages.session.read.text(path if isinstance(path, str) else path.resolve().as_uri()).select(
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
        offsets.append({"block": row["block"], "line_offset": line - row["first"], "id_offset": full})
        line, full = line + row["n"], full + row["full"]
    return _checked(stages, str(path), _parsed(stages, lines, offsets, str(path)))


def from_archives(stages: Stages, roots: Sequence[Path]) -> DataFrame:
    """Return the articles of Parquet archives of one or several daemons, numbered by daemon and id.

    A task reads a file once, and uses it only when its checksum is the manifest's. Raises SamewireError naming the file
    where that shows before tasks begin; after that Spark's report names it.
    """
    from pyspark.sql import functions as F  # noqa: PLC0415

    archive.ready()
    parts = [
        {"folder": str(folder), "daemon": manifest.daemon, **asdict(part)}
        for folder in archive.all_folders(roots)
        for manifest in (archive.needed(folder),)
        for part in manifest.parts
    ]
    table = stages.listed(parts, _PARTS)
    read = stages.kept("parts-read", mapped(table.repartition(max(1, len(parts))), _read, _ARCHIVED))
    newest = read.groupBy("daemon", "article").agg(F.max("number").alias("number"))
    rows = (
        read.join(newest, ["daemon", "article", "number"]).where("row IS NOT NULL").select("daemon", "article", "row")
    )
    numbered = _numbered(stages, rows.select("daemon", "article"))
    return stages.kept("articles", mapped(rows.join(numbered, ["daemon", "article"]), _of_archive, _ARTICLES)).select(
        "id", "name", "document"
    )


def _numbered(stages: Stages, articles: DataFrame) -> DataFrame:
    """Articles with numbers in the order of daemon and id."""
    from pyspark.sql import functions as F  # noqa: PLC0415

    ordered = articles.repartitionByRange(stages.tasks, "daemon", "article").sortWithinPartitions("daemon", "article")
    place, task = F.monotonically_increasing_id().alias("place"), F.spark_partition_id().alias("task")
    order = stages.kept("order", ordered.select("daemon", "article", place, task))
    told = order.groupBy("task").agg(F.count("*").alias("n"), F.min("place").alias("first"))
    starts, before = [], 0
    for row in sorted(told.collect(), key=lambda row: int(row["task"])):
        starts.append({"task": row["task"], "start": before - row["first"]})
        before += row["n"]
    of_task = F.broadcast(stages.listed(starts, _STARTS))
    return order.join(of_task, "task").select("daemon", "article", (F.col("place") + F.col("start")).alias("id"))


def _read(batches: Batches) -> Iterator[Row]:
    """The rows of parts, checked."""
    for row in rows(batches):
        names = ("path", "number", "rows", "bytes", "sha256")
        part = archive.Part(**{name: row[name] for name in names})
        for found in archive.read_part(Path(row["folder"]), part, archive.COMPARED).to_pylist():
            counts = packed({**found, "daemon": row["daemon"]}) if found["gone"] is None else None
            yield {"daemon": row["daemon"], "article": found["id"], "number": part.number, "row": counts}


def _of_archive(batches: Batches) -> Iterator[Row]:
    for row in rows(batches):
        article = archived_article(row["id"], unpacked(row["row"]))
        document = article.document
        yield {"id": row["id"], "key": document.key, "name": json.dumps(article.id), "document": packed(document)}


def _parsed(stages: Stages, lines: DataFrame, offsets: list[Row], path: str) -> DataFrame:
    """Lines that are not blank as articles, numbered within the file."""
    from pyspark.sql import Window  # noqa: PLC0415
    from pyspark.sql import functions as F  # noqa: PLC0415

    starts = stages.listed(offsets, _OFFSETS)
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
    # One look at all of them; which one it is, only where there is one.
    [told] = held.agg(F.count("wrong").alias("wrong"), F.count("key"), F.count_distinct("key")).collect()
    if told["wrong"]:
        [wrong] = held.where("wrong IS NOT NULL").orderBy("line").select("wrong").limit(1).collect()
        raise SamewireError(wrong["wrong"])
    if told[1] != told[2]:
        twice = held.groupBy("key").agg(F.sort_array(F.collect_list("line")).alias("lines")).where("size(lines) > 1")
        [again] = twice.orderBy(F.col("lines")[1]).limit(1).collect()
        first, second, *_ = again["lines"]
        raise SamewireError(f"{path}:{second}: id {again['key']!r} stands in line {first} already")
    return held.select("id", "name", "document")
