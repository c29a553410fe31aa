"""The second tier: what relates the stories, and the events that they make."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pyarrow as pa

from ingest.match.batch import told
from ingest.match.event import TELLS, WINDOW, compared, events, pairs_within
from ingest.match.event_index import MAX_POSTINGS, nearest, tie_digest, votes_of
from ingest.match.kin import OF_SERIES
from ingest.match.relate import LINE, hardest
from ingest.match.rows import microseconds
from ingest.match.terms import SHARED_BY, Terms, Weighed, scaled, scales, term_keys, weigh, weighed_keys
from ingest.model import StoryId
from ingest.model.events import Link
from ingest.scale.components import components
from ingest.scale.frames import Batches, Row, Stages, mapped, packed, rows, together, unpacked
from ingest.scale.pairing import judged

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

#: Pairs of one block. Each story is paired with some 25, and weighs a tenth of what an article does.
BLOCK = 8192
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_POINTS = pa.schema(
    [
        ("story", pa.int64()),
        ("point", pa.binary()),
        ("at_us", pa.int64()),
        ("tie", pa.binary()),
        ("language", pa.string()),
        ("terms", pa.list_(pa.string())),
        ("asked", pa.list_(pa.string())),
    ]
)
_COUNTS = pa.schema([("term", pa.string()), ("stories", pa.float64())])
_SIDES = pa.schema(
    [
        ("id", pa.int64()),
        ("side", pa.binary()),
        ("keys", pa.list_(pa.string())),  # what it is looked up by
        ("votes", pa.list_(pa.int64())),
    ]
)
_PAIRS = pa.schema([("a", pa.int64()), ("b", pa.int64())])
_LINKS = pa.schema([("a", pa.int64()), ("b", pa.int64()), ("score", pa.float64()), ("link", pa.binary())])
_EVENTS = pa.schema([("story", pa.int64()), ("event", pa.int64())])


def points(stages: Stages, stories: DataFrame, documents: DataFrame) -> DataFrame:
    """Return the stories as events see them. documents: id, document."""
    from pyspark.sql import functions as F  # noqa: PLC0415

    def work(batches: Batches) -> Iterator[Row]:
        for row in rows(batches):
            point = told(unpacked(row["grouped"]), [unpacked(row["earliest"])], unpacked(row["document"]))
            yield {
                "story": row["story"],
                "point": packed(point),
                "at_us": None if point.at is None else microseconds(point.at),
                "tie": tie_digest(point.key),
                "language": point.profile.language,
                "terms": sorted(term_keys(point.profile)),
                "asked": sorted(weighed_keys(point.profile)),
            }

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
    return pairs.groupBy(F.least("story_a", "story_b").alias("a"), F.greatest("story_a", "story_b").alias("b")).agg(
        F.concat_ws(" ", F.collect_set("apart")).alias("extra")
    )


def happened(stages: Stages, told_points: DataFrame, alike: DataFrame) -> DataFrame:
    """Return the event of each story: what `ingest.match.event` finds for all, found part by part."""
    sides = stages.kept("sides", _weighed(stages, told_points))
    proposed = stages.kept("story-pairs", _proposed(stages, told_points, sides))
    links = _related(stages, proposed, alike, sides, "links")
    times = told_points.select("story", "at_us")
    more = stages.kept("more-pairs", _more(stages, links, times).join(proposed, ["a", "b"], "left_anti"))
    links = links.union(_related(stages, more, alike, sides, "more"))
    return stages.kept("events", _events(stages, told_points, links))


def _weighed(stages: Stages, told_points: DataFrame) -> DataFrame:
    """Each story with the frequencies of its own terms: those of all would be too many to send to every task."""
    from pyspark.sql import functions as F  # noqa: PLC0415

    spoken = {row["language"]: row["count"] for row in told_points.groupBy("language").count().collect()}
    scale = stages.session.sparkContext.broadcast((sum(spoken.values()), scales(spoken)))
    counts = told_points.select("language", F.explode("terms").alias("term")).groupBy("term", "language").count()
    by_term = counts.groupBy("term").agg(F.sort_array(F.collect_list(F.struct("language", "count"))).alias("spoken"))

    def count(batches: Batches) -> Iterator[Row]:
        scale_of = scale.value[1]
        for row in rows(batches):
            total = 0.0
            for one in row["spoken"]:
                total += scaled(row["term"], one["count"], scale_of[one["language"]])
            if total >= SHARED_BY:
                yield {"term": row["term"], "stories": round(total, 2)}

    frequent = stages.kept("terms", mapped(by_term, count, _COUNTS))
    asked = told_points.select("story", F.explode("asked").alias("term")).join(frequent, "term")
    own = asked.groupBy("story").agg(F.collect_list(F.struct("term", "stories")).alias("frequencies"))

    def work(batches: Batches) -> Iterator[Row]:
        for row in rows(batches):
            known = {one["term"]: one["stories"] for one in row["frequencies"] or ()}
            terms = Terms(epoch=0, stories=scale.value[0], counts=known)
            side = weigh(unpacked(row["point"]).profile, terms)
            votes = [votes_of(weight) for weight in side.keys.values()]
            yield {"id": row["story"], "side": packed(side), "keys": list(side.keys), "votes": votes}

    joined = told_points.select("story", "point").join(own, "story", "left").repartition(stages.tasks, "story")
    return mapped(joined, work, _SIDES)


def _proposed(stages: Stages, told_points: DataFrame, sides: DataFrame) -> DataFrame:
    """Pairs of stories that share what is rare; what more stories share than `MAX_POSTINGS` proposes nobody."""
    from pyspark.sql import functions as F  # noqa: PLC0415

    posted = sides.select(F.col("id").alias("story"), F.explode(F.arrays_zip("keys", "votes")).alias("of"))
    posted = posted.select("story", F.col("of.keys").alias("key"), F.col("of.votes").alias("votes"))
    rare = posted.groupBy("key").count().where(F.col("count") <= MAX_POSTINGS).select("key")
    placed = told_points.select("story", "at_us", "tie")
    posted = posted.join(rare, "key", "left_semi").join(placed, "story")
    other = posted.select("key", *(F.col(name).alias(f"other_{name}") for name in ("story", "at_us", "tie")))
    met = (
        posted.join(other, "key")
        .where(
            F.coalesce(F.abs(F.col("at_us") - F.col("other_at_us")), F.lit(0)) <= WINDOW // timedelta(microseconds=1)
        )
        .groupBy("story", "other_story")
        .agg(
            F.sum("votes").alias("votes"),
            *(F.first(name).alias(name) for name in ("at_us", "other_at_us", "other_tie")),
        )
    )
    found = mapped(stages.by(met, "story", "other_story"), _nearest, _PAIRS)
    return found.distinct()


def _nearest(batches: Batches) -> Iterator[Row]:
    for held in together(batches, "story"):
        story = held[0]["story"]
        votes = {row["other_story"]: row["votes"] for row in held}
        others = {row["other_story"]: ((), _time(row["other_at_us"]), row["other_tie"]) for row in held}
        for other in nearest(votes, others, _time(held[0]["at_us"]), WINDOW)[0]:
            if other != story:
                yield {"a": min(story, other), "b": max(story, other)}


def _time(at_us: int | None) -> datetime | None:
    return None if at_us is None else _EPOCH + timedelta(microseconds=at_us)


def _related(stages: Stages, pairs: DataFrame, alike: DataFrame, sides: DataFrame, name: str) -> DataFrame:
    """What is more than faint between pairs of stories."""

    def judge(asked: list[Row], held: dict[int, bytes]) -> Iterator[Row]:
        weighed: dict[StoryId, Weighed] = {StoryId(story): unpacked(data) for story, data in held.items()}
        reasons = {(row["id"], row["b"]): hardest(row["extra"].split()) for row in asked if row["extra"]}
        known = {pair: reason for pair, reason in reasons.items() if reason is not None}
        found = compared([(row["id"], row["b"]) for row in asked], weighed, known)
        for (a, b), related in found.items():
            yield {"a": a, "b": b, "score": related.score, "link": packed(Link(a=a, b=b, relatedness=related))}

    asked = pairs.join(alike, ["a", "b"], "left").select("a", "b", "extra")
    return stages.kept(name, judged(stages, asked, sides, name, judge, _LINKS, block=BLOCK))


def _more(stages: Stages, links: DataFrame, times: DataFrame) -> DataFrame:
    """All pairs of the small parts that links connect."""
    labels = components(stages, links.where(f"score >= {LINE}").select("a", "b"), "linked")

    def work(batches: Batches) -> Iterator[Row]:
        for held in together(batches, "label"):
            at = {StoryId(row["story"]): _time(row["at_us"]) for row in held}
            yield from ({"a": a, "b": b} for a, b in pairs_within(sorted(at), at))

    placed = labels.withColumnRenamed("node", "story").join(times, "story")
    return mapped(stages.by(placed, "label"), work, _PAIRS)


def _events(stages: Stages, told_points: DataFrame, links: DataFrame) -> DataFrame:
    """The events of each part that links of some strength connect; weaker ones between parts unite nothing."""
    from pyspark.sql import functions as F  # noqa: PLC0415

    labels = components(stages, links.where(f"score >= {TELLS}").select("a", "b"), "near")
    none = F.lit(None).cast("binary")
    placed = told_points.join(labels, F.col("story") == F.col("node"), "left")
    table = placed.select(F.coalesce("label", "story").alias("label"), "point", none.alias("link"))
    of_a, of_b = labels.toDF("a", "label"), labels.toDF("b", "label")
    within = links.join(of_a, "a").join(of_b, ["b", "label"]).select("label", none.alias("point"), "link")

    def work(batches: Batches) -> Iterator[Row]:
        for held in together(batches, "label"):
            own = [unpacked(row["point"]) for row in held if row["point"] is not None]
            for happening in events(own, [unpacked(row["link"]) for row in held if row["link"] is not None]):
                yield from ({"story": story, "event": happening.id} for story in happening.members)

    return mapped(stages.by(table.union(within), "label"), work, _EVENTS)
