"""One Spark session for the tests that need one, and what they compare with."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ingest.pipeline.batch import match_articles, read_articles

WINDOW = timedelta(days=14)
needs_spark = pytest.mark.skipif(
    not os.environ.get("SAMEWIRE_SPARK"),
    reason="`make test-spark` runs these on Apache Spark (the extra samewire[spark], Debian: openjdk-17-jre-headless)",
)


@pytest.fixture(scope="session")
def session() -> Iterator[Any]:
    """Two tasks at once on this machine."""
    from ingest.scale.session import opened

    with opened("local[2,4]", settings={"spark.sql.shuffle.partitions": "8"}) as started:
        yield started


@pytest.fixture
def stages(session: Any, tmp_path: Path) -> Any:
    from ingest.scale.engine import unheard
    from ingest.scale.frames import Stages

    return Stages(session, (tmp_path / "stages").as_uri(), unheard)


@pytest.fixture
def by_spark(stages: Any) -> Callable[[Path], list[dict[str, Any]]]:
    """The lines of a file as Spark finds them."""
    from ingest.scale.engine import clustered
    from ingest.scale.sources import from_lines

    def lines(path: Path) -> list[dict[str, Any]]:
        found = clustered(stages, from_lines(stages, path), WINDOW)
        return [json.loads(row["line"]) for row in found.lines.orderBy("id").collect()]

    return lines


def embedded(path: Path) -> list[dict[str, Any]]:
    """The same as the embedded engine finds them."""
    from dataclasses import asdict

    return [json.loads(json.dumps(asdict(line))) for line in match_articles(read_articles(path), WINDOW)[0]]
