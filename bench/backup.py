"""Backups under full write load, and what they are worth: `python -m bench.backup [--backups N] [--articles N]`.

A process writes stories into a newsroom as fast as it can (`bench.browse_writer`). Meanwhile a reader takes a state of
the database, digests its dump and copies it; and `samewire backup` makes copies of its own. Each copy must pass
SQLite's integrity_check, and be put back by `samewire restore` over another database to a dump equal to that of the
state it was made of (of a command's copy: of the copy). Exit 1 unless all are.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tabulate import tabulate

from bench.newsroom_fill import fill
from ingest.store.backup import back_up
from ingest.store.connection import open_reader

_WRITE_S = 3600


@dataclass(kw_only=True)
class Found:
    """What was measured."""

    backups: int
    articles: int
    sound: int = 0
    equal: int = 0
    stories_written_meanwhile: int = 0
    longest_s: float = 0.0
    breaches: list[str] = field(default_factory=list)


def main() -> None:
    """Run it and print what it gave."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--backups", type=int, default=20, help="how many copies (default: %(default)s)")
    parser.add_argument("--articles", type=int, default=1000, help="of the newsroom (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="samewire-backup-") as name:
        found = run(Path(name), Found(backups=given.backups, articles=given.articles))
    if given.json:
        print(json.dumps(asdict(found)))
    else:
        print(tabulate(asdict(found).items(), headers=("what", "figure")))
    sys.exit(0 if found.sound == found.equal == found.backups and not found.breaches else 1)


def run(folder: Path, found: Found) -> Found:
    """All of it in a folder."""
    path, elsewhere = folder / "newsroom.db", folder / "elsewhere"
    fill(path, found.articles)
    with closing(sqlite3.connect(path)) as connection:  # two weeks of polls would be most of a small newsroom
        connection.execute("DELETE FROM polls WHERE id % 50")
        connection.commit()
        connection.execute("VACUUM")
    (folder / "config.toml").write_text("", encoding="utf-8")
    elsewhere.mkdir()
    (elsewhere / "config.toml").write_text("", encoding="utf-8")
    before = stories(path)
    writer = subprocess.Popen(
        [sys.executable, "-m", "bench.browse_writer", str(path), str(_WRITE_S)], stdout=subprocess.DEVNULL
    )
    try:
        while stories(path) == before:
            time.sleep(0.05)
        for number in range(found.backups):
            one_backup(path, folder / f"backup-{number}.db", elsewhere, number, found)
            if writer.poll() is not None:
                found.breaches.append("the writer ended")
                break
    finally:
        writer.kill()
        writer.wait()
    found.stories_written_meanwhile = stories(path) - before
    return found


def one_backup(path: Path, copy: Path, elsewhere: Path, number: int, found: Found) -> None:
    """Copy, check, restore, compare: every second one by the command."""
    started_s = time.monotonic()
    if number % 2:
        command("--config", str(path.with_name("config.toml")), "backup", str(copy))
        taken_s, wanted = time.monotonic() - started_s, dump_of(copy)
    else:
        with closing(open_reader(path)) as source:
            source.execute("BEGIN")
            wanted = dumped(source)
            started_s = time.monotonic()
            back_up(source, copy)
            taken_s = time.monotonic() - started_s
    found.longest_s = max(found.longest_s, taken_s)
    with closing(sqlite3.connect(copy)) as connection:
        answers = connection.execute("PRAGMA integrity_check").fetchall()
    found.sound += answers == [("ok",)]
    command("--config", str(elsewhere / "config.toml"), "restore", str(copy))
    equal = dump_of(elsewhere / "newsroom.db") == wanted
    found.equal += equal
    if not equal:
        found.breaches.append(f"backup {number} restores to another dump")
    print(
        f"backup {number + 1}: {taken_s:.1f} s, {answers[0][0]}, {'equal' if equal else 'NOT EQUAL'}", file=sys.stderr
    )
    for kept in elsewhere.glob("newsroom.db.before-restore-*"):
        kept.unlink()
    copy.unlink()


def command(*arguments: str) -> None:
    """A command of samewire's, which must succeed."""
    subprocess.run([sys.executable, "-m", "ingest", *arguments], check=True, stdout=subprocess.DEVNULL)


def stories(path: Path) -> int:
    """How many there are."""
    with closing(open_reader(path)) as connection:
        return int(connection.execute("SELECT count(*) FROM stories").fetchone()[0])


def dump_of(path: Path) -> str:
    """A digest of a file's dump."""
    with closing(open_reader(path)) as connection:
        return dumped(connection)


def dumped(connection: sqlite3.Connection) -> str:
    """A digest of everything: the schema, and the rows of every table, the full-text index's own included."""
    digest = hashlib.sha256()
    for kind, name, sql in connection.execute("SELECT type, name, sql FROM sqlite_master ORDER BY type, name"):
        digest.update(repr((kind, name, sql)).encode())
        if kind == "table" and name != "articles_fts":
            digest.update(b"".join(repr(tuple(row)).encode() for row in connection.execute(f"SELECT * FROM [{name}]")))
    return digest.hexdigest()


if __name__ == "__main__":
    main()
