"""A Spark session with which the same input gives the same output, or a sentence that says what is missing."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import SamewireError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

MIN_JAVA = 17
#: A task on each core, which may fail three times: plain local[*] gives up when the first worker dies.
LOCAL = "local[*,4]"
_EXTRA = "pip install 'samewire[spark]'"
_JAVA = "Java 17 or newer (Debian: apt-get install openjdk-17-jre-headless), with JAVA_HOME or PATH leading to it"
_VERSION = re.compile(r'version "(?:1\.)?(\d+)')
_ERROR = re.compile(r"(?:Caused by: )?[A-Za-z_.]+(?:Error|Exception): ")
_WRAPPERS = ("org.apache.spark.SparkException: Job aborted", "pyspark.errors")
_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.compression.codec": "zstd",
    "spark.sql.execution.arrow.maxRecordsPerBatch": "2000",
    # Stages whose tasks compute in Python name their number of partitions themselves.
    "spark.sql.adaptive.enabled": "true",
    "spark.sql.adaptive.coalescePartitions.parallelismFirst": "false",
    "spark.sql.adaptive.advisoryPartitionSizeInBytes": "16m",
    "spark.sql.shuffle.partitions": "64",
    "spark.sql.execution.pyspark.udf.faulthandler.enabled": "true",
    "spark.python.sql.dataFrameDebugging.enabled": "false",  # else each call tells Java where it stands in our files
}
_ALONE = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.memory": "2g",
    "spark.ui.showConsoleProgress": "false",
}

#: For some thousand articles: what Java's second compiler, many tasks and plans made anew gain is less than they take.
SMALL = {
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC",
    "spark.sql.adaptive.enabled": "false",
    "spark.sql.constraintPropagation.enabled": "false",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.shuffle.partitions": "2",
}


def missing() -> str | None:
    """Return what keeps Spark from running here, as a sentence that says what to do; None where nothing does."""
    try:
        import pyarrow  # noqa: F401, PLC0415
        import pyspark  # noqa: F401, PLC0415
    except ImportError as exc:
        return f"--engine spark needs the package {exc.name}: {_EXTRA}"
    found = _java_version()
    if found is None:
        return f"--engine spark needs {_JAVA}; no Java was found"
    if found < MIN_JAVA:
        return f"--engine spark needs {_JAVA}; this is Java {found}"
    return None


@contextmanager
def opened(master: str | None, *, settings: Mapping[str, str] | None = None) -> Iterator[SparkSession]:
    """A session, stopped at the end where it was begun here. Raises SamewireError where the extra or Java is missing.

    master: None leaves it to spark-submit. What listens on a machine of its own listens on loopback only.
    """
    if (problem := missing()) is not None:
        raise SamewireError(problem)
    # Else workers take whatever `python3` is on the PATH, which knows neither samewire nor the same NumPy.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    os.environ.setdefault("PYSPARK_DRIVER_PYTHON", sys.executable)
    from pyspark.sql import SparkSession  # noqa: PLC0415

    builder = SparkSession.builder.appName("samewire cluster")
    alone = master is not None and master.startswith("local")
    if alone:
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    if master is not None:
        builder = builder.master(master)
    for name, value in {**_SETTINGS, **(_ALONE if alone else {}), **(settings or {})}.items():
        builder = builder.config(name, value)
    if alone:
        builder = builder.config("spark.log.level", "ERROR")
    begun_before = SparkSession.getActiveSession() is not None
    session = builder.getOrCreate()
    from py4j.protocol import Py4JError  # noqa: PLC0415
    from pyspark.errors import PySparkException  # noqa: PLC0415

    try:
        yield session
    except (PySparkException, Py4JError) as exc:
        raise SamewireError(f"Spark gave up: {_cause(str(exc))}") from exc
    finally:
        if not begun_before:
            session.stop()


def _cause(told: str) -> str:
    """The line of Spark's report that says what failed: the last error that a worker named, else the first line."""
    lines = [line.strip() for line in told.splitlines() if line.strip()]
    named = [line for line in lines if _ERROR.match(line) and not line.startswith(_WRAPPERS)]
    cause = named[-1] if named else lines[0] if lines else "it did not say why"
    return cause.removeprefix("ingest.errors.SamewireError: ")[:500]


def _java_version() -> int | None:
    """The number of the Java that Spark would start; None where there is none."""
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if java is None:
        return None
    try:
        told = subprocess.run(  # noqa: S603 - what JAVA_HOME or PATH name
            [java, "-version"], capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = _VERSION.search(told.stderr + told.stdout)
    return int(found[1]) if found else None
