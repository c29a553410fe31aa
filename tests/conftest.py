"""What holds for every test: properties are judged by their answers, not by how busy the machine is.

The tests run on an installed wheel as well (`make test-dist`). What reads the source tree then skips by name.
"""

from __future__ import annotations

import gc
import logging
import re
import sqlite3
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from ingest.store import connection as opening
from ingest.store.migrations import migrate, version_of

settings.register_profile("suite", max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
#: For an evening, see `make soak`.
settings.register_profile("thorough", settings.get_profile("suite"), max_examples=1_000)
settings.load_profile("suite")

HAS_TREE = (Path(__file__).parents[1] / "ingest").is_dir()
#: A module that imports from bench/, or looks for files beside tests/.
READS_TREE = re.compile(r"^(?:from|import) bench\b|parents\[[12]\](?!\.parent)|\.parent\.parent\b", re.M)
#: What waits for other processes most of its time begins first, so that no run ends with one of them alone.
LONG = (
    "tests/pipeline/test_kill.py", "tests/docs/test_pages.py", "tests/faults/",
    "tests/cli/test_demo.py", "tests/hostile/", "tests/daemon/",
)  # fmt: skip


#: Where each new database is made by every migration, as users' are: what these test is how a database comes to be.
MIGRATING = ("tests/store/test_connection.py", "tests/store/test_schemas.py", "tests/faults/")


def pytest_runtest_setup(item: pytest.Item) -> None:
    opening.migrate = migrate if item.nodeid.startswith(MIGRATING) else migrated_or_copied


def migrated_or_copied(connection: sqlite3.Connection, path: Path) -> int:
    """Migrate a database; a new one becomes a copy of one that was, which takes a seventh of the time."""
    if version_of(connection) or connection.execute("PRAGMA page_count").fetchone()[0] > 1:
        return migrate(connection, path)
    migrated().backup(connection)
    return version_of(connection)


@cache
def migrated() -> sqlite3.Connection:
    """An empty database in memory, made by every migration, once a process."""
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    migrate(connection, Path(":memory:"))
    return connection


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: looking it over for garbage took a twentieth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def pytest_unconfigure() -> None:
    if migrated.cache_info().currsize:
        migrated().close()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: next((n for n, name in enumerate(LONG) if item.nodeid.startswith(name)), len(LONG)))


class WithoutTree(pytest.Module):
    """A module that is told, and not run."""

    def collect(self) -> Iterator[pytest.Item]:
        yield Skipped.from_parent(self, name="needs_the_source_tree")


class Skipped(pytest.Item):
    """The one line that says why."""

    def runtest(self) -> None:
        pytest.skip(f"{self.path.name} reads the source tree (bench/, docs/ or pyproject.toml), which is not here")


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module | None:
    if HAS_TREE or not READS_TREE.search(module_path.read_text(encoding="utf-8")):
        return None
    return WithoutTree.from_parent(parent, path=module_path)


@pytest.fixture(autouse=True)
def _log_as_it_was() -> Iterator[None]:
    """Commands that run in this process set the root logger's level, which the next test would inherit."""
    root = logging.getLogger()
    level = root.level
    yield
    root.setLevel(level)
