"""One Spark session for the tests that need one, and what they compare with."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ingest.match.records import LabelledArticle
from ingest.pipeline.batch import match_articles

WINDOW = timedelta(days=14)
needs_spark = pytest.mark.skipif(
    not os.environ.get("SAMEWIRE_SPARK"),
    reason="`make test-spark` runs these on Apache Spark (the extra samewire[spark], Debian: openjdk-17-jre-headless)",
)


@pytest.fixture(scope="session")
def session() -> Iterator[Any]:
    """Two tasks at once on this machine."""
    from ingest.scale.session import SMALL, opened

    with opened("local[2,4]", settings=SMALL) as started:
        yield started


@pytest.fixture
def stages(session: Any, tmp_path: Path) -> Any:
    from ingest.scale.engine import unheard
    from ingest.scale.frames import Stages

    return Stages(session, (tmp_path / "stages").as_uri(), unheard, tasks=4)


@pytest.fixture
def as_for_large_archives(session: Any) -> Iterator[None]:
    """What SMALL sets otherwise and can be set while a session runs."""
    from ingest.scale.session import SMALL

    large = {"spark.sql.adaptive.enabled": "true", "spark.sql.codegen.wholeStage": "true"}
    for name, value in large.items():
        session.conf.set(name, value)
    yield
    for name in large:
        session.conf.set(name, SMALL[name])


def lines_of(found: Any) -> list[dict[str, Any]]:
    """The lines of an answer of Spark's, in their order."""
    return [json.loads(row["line"]) for row in found.lines.orderBy("id").collect()]


def embedded(articles: Sequence[LabelledArticle]) -> list[dict[str, Any]]:
    """The lines that the embedded engine gives."""
    return [json.loads(json.dumps(asdict(line))) for line in match_articles(articles, WINDOW)[0]]
