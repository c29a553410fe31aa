"""The order of the stages: articles in, the lines of their stories out, the same as the embedded engine's."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

import pyarrow as pa

from ingest.match.records import lines_of
from ingest.scale import grouping, measuring, proposing, relating
from ingest.scale.frames import Batches, Row, Stages, mapped, rows, unpacked
from ingest.scale.session import LOCAL, SMALL, opened
from ingest.scale.sources import from_archives, from_lines

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

#: Tables that are written down, but for the turns of large and small stars.
STAGES = 27
#: Up to so many bytes of articles, which are some twenty thousand, the order of stages costs more than what they do.
SMALL_BYTES = 16 << 20
_LINES = pa.schema([("id", pa.int64()), ("line", pa.string()), ("story", pa.string())])


def unheard(stage: str) -> None:
    """The stages that nobody follows."""


def uncounted(postings: int, candidates: int) -> None:
    """The caps that nobody asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clustered:
    """The lines of an answer, and what the run did."""

    lines: DataFrame  # id, line; to be ordered by id
    capped_postings: int
    capped_candidates: int
    hottest: int


def clustered(stages: Stages, articles: DataFrame, window: timedelta) -> Clustered:
    """Return the stories of articles. articles: id, name, document, as `ingest.scale.sources` reads them."""
    measured = stages.kept("measured", measuring.measured(articles.repartition(stages.tasks, "id")))
    known = measuring.learned(stages, measured)
    signed = stages.kept("signed", measuring.signed(stages, measured, known))
    found = proposing.proposed(stages, signed, window)
    verdicts = grouping.verdicts(stages, signed, found.pairs)
    stories = grouping.stories(stages, signed, verdicts)
    points = relating.points(stages, stories, measured)
    events = relating.happened(stages, points, relating.look_alikes(stories, verdicts))
    return Clustered(
        lines=stages.kept("members", _lines(stories, events)),
        capped_postings=found.capped_postings,
        capped_candidates=found.capped_candidates,
        hottest=found.hottest,
    )


def _lines(stories: DataFrame, events: DataFrame) -> DataFrame:
    """A line for each article; an event bears the id of its earliest story."""
    from pyspark.sql import functions as F  # noqa: PLC0415

    heads = stories.select(F.col("story").alias("event"), F.col("head").alias("event_head"))
    placed = stories.join(events, "story").join(heads, "event")

    def work(batches: Batches) -> Iterator[Row]:
        for row in rows(batches):
            ids = {member: json.loads(name) for member, name in zip(row["members"], row["names"], strict=True)}
            found = unpacked(row["grouped"])
            told = lines_of(found, ids, story=json.loads(row["head"]), event=json.loads(row["event_head"]))
            for member, line in zip(found.members, told, strict=True):
                yield {
                    "id": member.article_id,
                    "line": json.dumps(asdict(line), ensure_ascii=False),
                    "story": row["head"],
                }

    return mapped(placed.select("members", "names", "grouped", "head", "event_head"), work, _LINES)


def read_from(stages: Stages, paths: Sequence[Path]) -> DataFrame:
    """Return the articles of one file of JSON Lines, or of Parquet archives. Raises SamewireError."""
    if len(paths) == 1 and not paths[0].is_dir():
        return from_lines(stages, paths[0])
    return from_archives(stages, paths)


def cluster_files(
    paths: Sequence[Path],
    *,
    window: timedelta,
    told: Callable[[str], None] = unheard,
    capped: Callable[[int, int], None] = uncounted,
    master: str = LOCAL,
    settings: Mapping[str, str] | None = None,
    work: Path | None = None,
) -> Iterator[tuple[str, str]]:
    """Yield the lines of articles in their order, each with its story. paths: a file of JSON Lines, or archives.

    work: the folder in which stages are written down and then removed; else the system's for scratch files. told: of
    each stage that begins, of which there are STAGES or a few more.

    Raises SamewireError where Spark is missing or the file cannot be read.
    """
    few = _bytes(paths) <= SMALL_BYTES
    with opened(master, settings={**(SMALL if few else {}), **(settings or {})}) as session:
        folder = mkdtemp(prefix="samewire-", dir=work)
        try:
            tasks = session.sparkContext.defaultParallelism if few else None
            stages = Stages(session, f"file://{folder}", told, tasks=tasks)
            found = clustered(stages, read_from(stages, paths), window)
            capped(found.capped_postings, found.capped_candidates)
            for row in found.lines.orderBy("id").select("line", "story").toLocalIterator():
                yield row["line"], row["story"]
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _bytes(paths: Sequence[Path]) -> int:
    """What files take, and those in folders."""
    files = (each for path in paths for each in (path.rglob("*") if path.is_dir() else [path]))
    return sum(each.stat().st_size for each in files if each.is_file())
