"""Rows of Spark tables in Python: streams of Arrow batches, grouped by a key, and stages that are written down."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

Batches = Iterator[pa.RecordBatch]
Row = dict[str, Any]
_ROWS_OUT = 512  # of objects, in one batch


def packed(value: object) -> bytes:
    """Return one of our own values as bytes for a column of a stage. Stages are private to a run, see decision 45."""
    return pickle.dumps(value, protocol=5)


def unpacked(data: bytes) -> Any:
    """Return the value that `packed` packed."""
    return pickle.loads(data)  # noqa: S301 - of a stage that this run wrote


def rows(batches: Batches) -> Iterator[Row]:
    """Return the rows of a stream."""
    for batch in batches:
        yield from batch.to_pylist()


def together(batches: Batches, key: str) -> Iterator[list[Row]]:
    """Return the rows of a stream that is sorted by a key, those of one key together."""
    held: list[Row] = []
    for row in rows(batches):
        if held and held[0][key] != row[key]:
            yield held
            held = []
        held.append(row)
    if held:
        yield held


def each(found: Iterable[Row], schema: pa.Schema) -> Batches:
    """Return rows as a stream."""
    held: list[Row] = []
    for row in found:
        held.append(row)
        if len(held) == _ROWS_OUT:
            yield pa.RecordBatch.from_pylist(held, schema=schema)
            held = []
    if held:
        yield pa.RecordBatch.from_pylist(held, schema=schema)


class Stages:
    """The tables that a run writes down one after the other, each whole before the next begins.

    What a stage reads are files, not a plan: what a dead machine computed is computed again from them, and comes out
    the same.
    """

    def __init__(
        self, session: SparkSession, folder: str, told: Callable[[str], None], *, tasks: int | None = None
    ) -> None:
        self._session, self._folder, self._told = session, folder, told
        self.tasks = tasks or max(8, 4 * session.sparkContext.defaultParallelism)

    @property
    def session(self) -> SparkSession:
        """The session that they belong to."""
        return self._session

    def kept(self, name: str, table: DataFrame) -> DataFrame:
        """Write a table down and return it as it is read back."""
        self._told(name)
        path = f"{self._folder}/{name}"
        table.write.mode("overwrite").parquet(path)
        return self._session.read.schema(table.schema).parquet(path)

    def listed(self, found: Sequence[Row], schema: pa.Schema) -> DataFrame:
        """Return a few rows as a table. Lists would be taken through workers of their own."""
        from pyspark.sql.pandas.types import from_arrow_schema  # noqa: PLC0415

        if not found:  # a stream of no batches is none
            return self._session.createDataFrame([], from_arrow_schema(schema))
        return self._session.createDataFrame(pa.Table.from_pylist(list(found), schema=schema))

    def drop(self) -> None:
        """Remove all that was written down."""
        virtual = self._session.sparkContext._jvm  # PySpark has no other door to Hadoop's file systems
        path = virtual.org.apache.hadoop.fs.Path(self._folder)
        path.getFileSystem(self._session.sparkContext._jsc.hadoopConfiguration()).delete(path, True)

    def by(self, table: DataFrame, key: str, *order: str) -> DataFrame:
        """Return a table so that rows of one key lie together in one task, in an order."""
        return table.repartition(self.tasks, key).sortWithinPartitions(key, *order)


def mapped(table: DataFrame, work: Callable[[Batches], Iterable[Row]], schema: pa.Schema) -> DataFrame:
    """Return what a function makes of the stream of rows of each task."""
    from pyspark.sql.pandas.types import from_arrow_schema  # noqa: PLC0415

    def of_task(batches: Batches) -> Batches:
        return each(work(batches), schema)

    return table.mapInArrow(of_task, from_arrow_schema(schema))
