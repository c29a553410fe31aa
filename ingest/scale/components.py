"""Connected components of a graph that no single machine need hold, each named by its least node.

Each task first makes a forest of its own edges; then large stars and small stars take turns (Kiveris, Lattanzi,
Mirrokni, Rastogi and Vassilvitskii 2014, "Connected components in MapReduce and beyond") until nothing changes. What is
small enough is finished in one task.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pyarrow as pa

from ingest.scale.frames import Batches, Row, Stages, mapped

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

#: Edges of forests that one task finishes by itself: about 300 bytes each.
ALONE = 1_000_000
_LABELLED = pa.schema([("node", pa.int64()), ("label", pa.int64())])


def components(stages: Stages, edges: DataFrame, name: str, *, alone: int = ALONE) -> DataFrame:
    """Return (node, label) of all nodes that have an edge. edges: (a, b) in any order; name: of what is written down.

    alone: edges that one task may hold.
    """
    from pyspark.sql import functions as F  # noqa: PLC0415

    forests = mapped(edges.repartition(stages.tasks, "a"), _forest, _LABELLED)
    held = stages.kept(f"{name}-0", forests)
    turn, before = 0, (-1, -1)
    while held.count() > alone:
        turn += 1
        held = stages.kept(f"{name}-{turn}", _small_star(_large_star(held)))
        told = held.agg(F.count("*"), F.sum(F.xxhash64("node", "label") % (1 << 31))).first()
        now = (int(told[0]), int(told[1] or 0)) if told else (0, 0)
        if now == before:
            roots = held.select(F.col("label").alias("node"), "label").distinct()
            return held.union(roots)
        before = now
    return stages.kept(f"{name}-whole", mapped(held.repartition(1), _with_roots, _LABELLED))


def _large_star(edges: DataFrame) -> DataFrame:
    """Each node's larger neighbours, linked to its least neighbour or itself."""
    from pyspark.sql import functions as F  # noqa: PLC0415

    both = edges.union(edges.select("label", "node"))
    least = both.groupBy("node").agg(F.min("label").alias("least"))
    linked = both.where("label > node").join(least, "node")
    return linked.select(F.col("label").alias("node"), F.least("least", "node").alias("label")).distinct()


def _small_star(edges: DataFrame) -> DataFrame:
    """Each node and its smaller neighbours, linked to the least of them."""
    from pyspark.sql import functions as F  # noqa: PLC0415

    least = edges.groupBy("node").agg(F.min("label").alias("least"))
    linked = edges.join(least, "node").where("label <> least").select(F.col("label").alias("node"), F.col("least"))
    return linked.union(least).select("node", F.col("least").alias("label")).distinct()


def _forest(batches: Batches) -> Iterator[Row]:
    """Of some edges the nodes, each with the least that it is connected with; what is its own least is left out."""
    parent = _united(batches)
    for node in parent:
        root = _find(parent, node)
        if root != node:
            yield {"node": node, "label": root}


def _with_roots(batches: Batches) -> Iterator[Row]:
    """The same with the least nodes themselves."""
    parent = _united(batches)
    for node in parent:
        yield {"node": node, "label": _find(parent, node)}


def _united(batches: Batches) -> dict[int, int]:
    """Union-find over edges: whose parent each node has, which is never larger."""
    parent: dict[int, int] = {}
    for batch in batches:
        for a, b in zip(batch.column(0).to_pylist(), batch.column(1).to_pylist(), strict=True):
            low, high = sorted((_find(parent, a), _find(parent, b)))
            parent[high] = low
    return parent


def _find(parent: dict[int, int], node: int) -> int:
    """The least node that one is known to be connected with."""
    parent.setdefault(node, node)
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node
