"""Verdicts on the pairs, and the stories that each connected part of them makes by itself."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from typing import TYPE_CHECKING

import pyarrow as pa

from ingest.match.attribute import order_key
from ingest.match.claims import Claim
from ingest.match.cluster import group, told_by
from ingest.match.kin import speaker
from ingest.match.records import head_of
from ingest.match.relate import TOLD_APART
from ingest.match.series import series_of
from ingest.match.verify import are_look_alikes, compare
from ingest.model import ArticleId, Relation, Verdict
from ingest.scale.components import components
from ingest.scale.frames import Batches, Row, Stages, mapped, packed, together, unpacked
from ingest.scale.pairing import judged, sides_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_VERDICTS = pa.schema(
    [
        ("a", pa.int64()),
        ("b", pa.int64()),
        ("links", pa.bool_()),  # whether grouping may ask of both at once
        ("apart", pa.string()),  # why two texts that look alike are none, where events ask for it
        ("verdict", pa.binary()),
    ]
)
_SERIES = pa.schema([("id", pa.int64()), ("series", pa.binary())])
_STORIES = pa.schema(
    [
        ("story", pa.int64()),  # its first member
        ("speaker", pa.int64()),  # whose text tells of it
        ("members", pa.list_(pa.int64())),
        ("names", pa.list_(pa.string())),  # the file's ids of the members, as JSON
        ("head", pa.string()),  # of these that of its earliest member
        ("apart_a", pa.list_(pa.int64())),  # pairs that were refused as issues of a series
        ("apart_b", pa.list_(pa.int64())),
        ("earliest", pa.binary()),  # its earliest claim
        ("grouped", pa.binary()),
    ]
)


def verdicts(stages: Stages, signed: DataFrame, pairs: DataFrame) -> DataFrame:
    """Return the verdicts on pairs of articles."""
    from pyspark.sql import functions as F  # noqa: PLC0415

    sides = signed.select("id", F.col("features").alias("side"))
    asked = pairs.select("a", "b", F.lit(None).cast("string").alias("extra"))
    return stages.kept("verdicts", judged(stages, asked, sides, "pairs", _compared, _VERDICTS))


def _compared(asked: list[Row], sides: dict[int, bytes]) -> Iterator[Row]:
    held = sides_of(sides, unpacked)
    for row in asked:
        a, b = held[row["id"]], held[row["b"]]
        if are_look_alikes(a, b):
            continue
        verdict = compare(a, b)
        differ = verdict.relation is Relation.DIFFERENT
        yield {
            "a": verdict.a,
            "b": verdict.b,
            # Round-ups are told by what they hold of others, whether it joins or not.
            "links": not differ or bool(told_by(verdict)),
            "apart": verdict.reason if differ and verdict.reason in TOLD_APART else None,
            "verdict": packed(verdict),
        }


def series(stages: Stages, signed: DataFrame) -> DataFrame:
    """Return the articles that are issues of a series."""
    from pyspark.sql import functions as F  # noqa: PLC0415

    issues = signed.where("frame IS NOT NULL").select("id", "frame", "issue")
    frequent = issues.groupBy("frame").agg(F.count("*").alias("n")).where("n > 2").select("frame")

    def work(batches: Batches) -> Iterator[Row]:
        for held in together(batches, "frame"):
            found = series_of(unpacked(row["issue"]) for row in held)
            yield from ({"id": article_id, "series": packed(name)} for article_id, name in found.items())

    return mapped(stages.by(issues.join(frequent, "frame", "left_semi"), "frame"), work, _SERIES)


def stories(stages: Stages, signed: DataFrame, judged_pairs: DataFrame) -> DataFrame:
    """Return the stories. Verdicts between two parts that no link connects change neither, see decision 44."""
    from pyspark.sql import functions as F  # noqa: PLC0415

    labels = components(stages, judged_pairs.where("links").select("a", "b"), "parts")
    none = F.lit(None)
    claims = (
        signed.select(F.col("id").alias("node"), "id", "name", "claim")
        .join(labels, "node", "left")
        .join(series(stages, signed), "id", "left")
        .select(
            F.coalesce("label", "id").alias("label"),
            "id",
            "name",
            "claim",
            "series",
            none.cast("binary").alias("verdict"),
        )
    )
    of_a, of_b = labels.toDF("a", "label"), labels.toDF("b", "label")
    within = judged_pairs.join(of_a, "a").join(of_b, ["b", "label"])
    told = within.select(
        "label", F.col("a").alias("id"), none.cast("string").alias("name"), none.cast("binary").alias("claim"),
        none.cast("binary").alias("series"), "verdict",
    )  # fmt: skip
    return stages.kept("stories", mapped(stages.by(claims.union(told), "label", "id"), _grouped, _STORIES))


def _grouped(batches: Batches) -> Iterator[Row]:
    for held in together(batches, "label"):
        claims: dict[ArticleId, Claim] = {}
        names: dict[ArticleId, str] = {}
        known: dict[ArticleId, Hashable] = {}
        said: list[Verdict] = []
        for row in held:
            if row["verdict"] is not None:
                said.append(unpacked(row["verdict"]))
                continue
            claims[row["id"]], names[row["id"]] = unpacked(row["claim"]), row["name"]
            if row["series"] is not None:
                known[row["id"]] = unpacked(row["series"])
        yield from _told(claims, names, known, said)


def _told(
    claims: dict[ArticleId, Claim], names: dict[ArticleId, str], known: dict[ArticleId, Hashable], said: list[Verdict]
) -> Iterator[Row]:
    """The stories of one part."""
    grouping = group(list(claims.values()), said, series=known)
    apart = [(refusal.a, refusal.b) for refusal in grouping.refused if refusal.reason == "series"]
    for found in grouping.groups:
        members = [member.article_id for member in found.members]
        own = [claims[article_id] for article_id in members]
        yield {
            "story": members[0],
            "speaker": speaker(own).id,
            "members": members,
            "names": [names[article_id] for article_id in members],
            "head": names[head_of(found, {one.id: (one.published_at, one.key) for one in own})],
            "apart_a": [a for a, _ in apart],
            "apart_b": [b for _, b in apart],
            "earliest": packed(min(own, key=order_key)),
            "grouped": packed(found),
        }
        apart = []  # once a part
