"""A large database of an older samewire is upgraded, and killed while it is: `python -m bench.upgrade [--gigabytes G]`.

Makes a newsroom as an older samewire kept it, upgrades a copy without disturbance, and another that is killed with
kill -9 at moments spread over that time. After each kill the file must be sound and of the old schema or the new; at
the end its schema must be that of a fresh database and its rows those that the undisturbed upgrade left. The copy that
an upgrade makes first is part of its time. Needs four times the size in the folder. Exit 1 on any breach.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tabulate import tabulate

from bench.newsroom_fill import fill
from ingest.store.connection import open_writer
from ingest.store.migrations import SCHEMA

LIMIT_S = 300
_PROBE = 4_000  # articles that a small and, twice, a larger database have: the size of one is learned from them
_WORDS = 450  # of a text, as those of newspapers have
_UPGRADE = (
    "import sys; from pathlib import Path; from ingest.store.connection import open_writer\n"
    "open_writer(Path(sys.argv[1]), for_command='bench').close()"
)
#: Tables that an upgrade makes anew from others.
_DERIVED = ("articles_fts", "claims", "sqlite_")


@dataclass(kw_only=True)
class Found:
    """What was measured."""

    schema: int
    articles: int = 0
    gigabytes: float = 0.0
    upgrade_s: float = 0.0
    upgrade_cpu_s: float = 0.0
    peak_mb: float = 0.0
    kills: int = 0
    kills_before_the_copy_was_whole: int = 0
    breaches: list[str] = field(default_factory=list)

    def breach(self, text: str) -> None:
        """Note what must not be."""
        self.breaches.append(text)
        tell(f"BREACH {text}")


def tell(text: str) -> None:
    """Say how far it is."""
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def main() -> None:
    """Run it and print what it gave."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gigabytes", type=float, default=0.2, help="size of the old database (default: %(default)s)")
    parser.add_argument("--schema", type=int, default=1, help="its schema (default: %(default)s)")
    parser.add_argument("--kills", type=int, default=10, help="moments of kill -9 (default: %(default)s)")
    parser.add_argument("--folder", type=Path, help="where (default: the folder for temporary files)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    given = parser.parse_args()
    if not 1 <= given.schema < SCHEMA:
        parser.error(f"--schema takes 1 to {SCHEMA - 1}")
    with tempfile.TemporaryDirectory(prefix="samewire-upgrade-", dir=given.folder) as name:
        found = run(Path(name), given.gigabytes, schema=given.schema, kills=given.kills)
    if given.json:
        print(json.dumps(asdict(found)))
    else:
        print(tabulate(asdict(found).items(), headers=("what", "figure")))
    sys.exit(1 if found.breaches else 0)


def run(folder: Path, gigabytes: float, *, schema: int, kills: int) -> Found:
    """The whole of it in a folder."""
    found = Found(schema=schema)
    old, work, fresh = folder / "old.db", folder / "work.db", folder / "fresh.db"
    open_writer(fresh, for_command="bench").close()
    make(old, gigabytes, found, folder)
    before = dict(digests(old))
    tell(f"{found.articles} articles, {found.gigabytes:.2f} GB; upgrading without disturbance")
    take_copy(old, work)
    undisturbed(work, found)
    tell(f"{found.upgrade_s:.0f} s; comparing")
    check_whole(work, fresh, before, found, "undisturbed")
    rows = dict(digests(work))
    take_copy(old, work)
    disturbed(work, kills, found)
    undisturbed(work, Found(schema=schema))
    check_whole(work, fresh, before, found, "killed")
    if dict(digests(work)) != rows:
        found.breach("rows differ from those of the undisturbed upgrade")
    return found


def make(old: Path, gigabytes: float, found: Found, folder: Path) -> None:
    """A database of about this size."""
    sizes = []
    for times in (1, 2):
        probe = folder / f"probe-{times}.db"
        fill(probe, times * _PROBE, schema=found.schema, words=_WORDS)
        sizes.append(probe.stat().st_size)
        probe.unlink()
    found.articles = max(_PROBE, int((gigabytes * 1e9 - sizes[0]) / ((sizes[1] - sizes[0]) / _PROBE)))
    tell(f"making {found.articles} articles of schema {found.schema}")
    fill(old, found.articles, schema=found.schema, words=_WORDS)
    with closing(sqlite3.connect(old)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    found.gigabytes = old.stat().st_size / 1e9


def take_copy(old: Path, work: Path) -> None:
    """The old database under another name, with nothing beside it."""
    for path in work.parent.glob(f"{work.name}*"):
        path.unlink()
    shutil.copyfile(old, work)


def undisturbed(work: Path, found: Found) -> None:
    """Upgrade it in a process of its own."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started_s = time.monotonic()
    subprocess.run([sys.executable, "-c", _UPGRADE, str(work)], check=True)
    found.upgrade_s = time.monotonic() - started_s
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    found.upgrade_cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    found.peak_mb = after.ru_maxrss / 1024


def disturbed(work: Path, kills: int, found: Found) -> None:
    """Kill upgrades at moments spread over the time that one takes."""
    moments = [found.upgrade_s * (n + 0.5) / kills for n in range(kills)]
    for moment_s in moments:
        process = subprocess.Popen([sys.executable, "-c", _UPGRADE, str(work)])
        with suppress(subprocess.TimeoutExpired):
            process.wait(timeout=moment_s)
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
            process.wait()
            found.kills += 1
            found.kills_before_the_copy_was_whole += not backup_of(work, found.schema).exists()
        with closing(sqlite3.connect(work)) as connection:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            sound = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
        tell(f"killed after {moment_s:.1f} s: schema {version}, {sound}")
        if version == SCHEMA:  # it was through: the next moment is to fall into another
            take_copy(work.with_name("old.db"), work)
        if version not in (found.schema, SCHEMA) or sound != "ok":
            found.breach(f"after {moment_s:.1f} s: schema {version}, {sound}")


def backup_of(work: Path, schema: int) -> Path:
    """Where an upgrade puts its copy."""
    return work.with_name(f"{work.name}.schema-{schema}.bak")


def check_whole(work: Path, fresh: Path, before: dict[str, str], found: Found, name: str) -> None:
    """The schema of a fresh database, sound, and no row lost."""
    with closing(sqlite3.connect(work)) as connection:
        if (answer := connection.execute("PRAGMA integrity_check(1)").fetchone()[0]) != "ok":
            found.breach(f"{name}: integrity_check: {answer}")
        if connection.execute("PRAGMA foreign_key_check").fetchone():
            found.breach(f"{name}: foreign_key_check")
    if schema_of(work) != schema_of(fresh):
        found.breach(f"{name}: the schema is not that of a fresh database")
    if dict(digests(work, like=before)) != before:
        found.breach(f"{name}: rows of before are not those of after")
    with closing(sqlite3.connect(work)) as connection:
        articles, indexed = (
            connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("articles", "articles_fts_docsize")
        )
    if articles != indexed:
        found.breach(f"{name}: {articles} articles and {indexed} in the full-text index")
    if dict(digests(backup_of(work, found.schema))) != before:
        found.breach(f"{name}: the copy is not what was there")


def schema_of(path: Path) -> list[tuple[str, ...]]:
    """Every table, index, trigger and view as SQL."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(
            "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_stat%' ORDER BY 1, 2"
        ).fetchall()


def digests(path: Path, like: dict[str, str] | None = None) -> Iterator[tuple[str, str]]:
    """A digest of the rows of each table, keyed by its name and columns; `like`: of those columns, and no others."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        asked = list(like) if like is not None else [
            f"{name}: {', '.join(row[1] for row in connection.execute(f'PRAGMA table_info({name})'))}"
            for name in names
            if not name.startswith(_DERIVED)
        ]  # fmt: skip
        for key in asked:
            table, columns = key.split(": ")
            digest = hashlib.sha256()
            for row in connection.execute(f"SELECT {columns} FROM {table} ORDER BY 1, 2"):
                digest.update(repr(row).encode())
            yield key, digest.hexdigest()


if __name__ == "__main__":
    main()
