"""A crash before and after every point at which samewire changes what outlives it: `python -m bench.crash [--help]`.

A small newsroom lives through its steps: an old database is migrated, feeds of two editions polled, pages read, stories
matched, a person's corrections obeyed, alerts and a digest sent, a hub asked, files written, old records dropped. A run
that nobody disturbs counts the points (bench/crash/points.py says what they are) and leaves what all others must come
to. Then a process of its own dies at each point in turn, and another goes on where it stopped: the file must be sound,
nothing lost or doubled, the stories, the ledger and the texts those of the undisturbed run, no mail sent more often
than its ledger admits. Exit 1 on any breach. `--points` only lists the points, with the places in the source.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import shutil
import sqlite3
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.crash.life import Room, poll
from bench.crash.points import DIED, Points
from bench.crash.world import START, World, opened

#: What a run comes to, whatever the numbers of its rows are.
KEPT = {
    "entries": "SELECT p.name, e.key, e.title, e.content_hash FROM entries e JOIN feeds f ON f.id = e.feed_id "
    "JOIN publishers p ON p.id = f.publisher_id",
    "articles": "SELECT p.name, a.identity, a.title, a.text, a.status, a.reason, a.published_at, a.first_seen_at, "
    "a.redacted_reason FROM articles a JOIN publishers p ON p.id = a.publisher_id",
    "revisions": "SELECT a.identity, r.title, r.text FROM revisions r JOIN articles a ON a.id = r.article_id",
    "verdicts": "SELECT a.identity, b.identity, v.relation, v.score, v.reason FROM verdicts v "
    "JOIN articles a ON a.id = v.article_a JOIN articles b ON b.id = v.article_b",
    "members": "SELECT a.identity, m.relation, m.score, m.reason, v.identity, f.identity, s.title, s.first_reason, "
    "(SELECT group_concat(x, '|') FROM (SELECT b.identity AS x FROM members n JOIN articles b ON b.id = n.article_id "
    " WHERE n.story_id = m.story_id ORDER BY 1)) FROM members m JOIN articles a ON a.id = m.article_id "
    "JOIN stories s ON s.id = m.story_id LEFT JOIN articles v ON v.id = m.via "
    "LEFT JOIN articles f ON f.id = s.first_article_id",
    "hits": "SELECT w.name, a.identity, h.reason FROM hits h JOIN watches w ON w.id = h.watch_id "
    "JOIN articles a ON a.id = h.article_id",
    "constraints": "SELECT DISTINCT c.kind, a.identity, b.identity, c.applied_at IS NULL FROM constraints c "
    "JOIN articles a ON a.id = c.article_a LEFT JOIN articles b ON b.id = c.article_b",
    "alerts": "SELECT w.name, m.channel, m.status, m.folded FROM alert_messages m JOIN watches w ON w.id = m.watch_id",
    "deliveries": "SELECT day, recipient, message_id, status FROM deliveries",
    "digests": "SELECT day, subject, stories, articles, plain FROM digests",
    "subscriptions": "SELECT f.url, s.hub, s.status FROM subscriptions s JOIN feeds f ON f.id = s.feed_id",
}
WRITTEN = frozenset({"config.toml", "newsroom.db", "newsroom.db-lock", "newsroom.db-push-key", "copy.db", "all.jsonl",
                     "feeds.opml", "page.html"})  # fmt: skip


@dataclass
class Found:
    """What the undisturbed run came to, and what is wrong with the others."""

    kept: dict[str, Counter[Any]] = field(default_factory=dict)
    mails: set[str] = field(default_factory=set)
    hooks: set[str] = field(default_factory=set)
    points: list[str] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)
    crashes: int = 0
    doubled: int = 0


def in_child(room: Room, stop_at: int, report: Path) -> int:
    """Live in a process of its own, which dies before the point of that number. Returns its exit code."""
    pid = os.fork()
    if pid:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    code = 1
    try:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        log = report.open("w", encoding="utf-8", buffering=1)
        Points(room.folder, stop_at=stop_at, report=lambda line: print(line, file=log)).watch()
        room.live()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def dump(database: Path) -> dict[str, Counter[Any]]:
    """What is in the database, by content."""
    with closing(sqlite3.connect(database)) as connection:
        return {name: Counter(connection.execute(sql).fetchall()) for name, sql in KEPT.items()}


def faults_of(database: Path) -> list[str]:
    """What SQLite and the invariants find wrong with a database."""
    found = []
    with closing(sqlite3.connect(database)) as connection:
        for pragma in ("integrity_check", "foreign_key_check"):
            if (rows := connection.execute(f"PRAGMA {pragma}").fetchall()) not in ([("ok",)], []):
                found.append(f"{pragma}: {rows[:3]}")
        for what, sql in (
            ("an article in no story", "SELECT count(*) FROM articles WHERE id NOT IN "
             "(SELECT article_id FROM members)"),
            ("a story without a member", "SELECT count(*) FROM stories s WHERE merged_into IS NULL AND NOT EXISTS "
             "(SELECT 1 FROM members m WHERE m.story_id = s.id)"),
            ("a member of a merged story", "SELECT count(*) FROM members m JOIN stories s ON s.id = m.story_id "
             "WHERE s.merged_into IS NOT NULL"),
        ):  # fmt: skip
            if connection.execute(sql).fetchone()[0]:
                found.append(what)
    return found


def undisturbed(world: World, folder: Path) -> Found:
    """The run that the others are held against."""
    room, found = Room(world, folder / "undisturbed"), Found()
    room.prepare()
    report = folder / "points"
    if in_child(room, 0, report):
        raise SystemExit("the undisturbed run failed; what it said stands above")
    found.points = report.read_text(encoding="utf-8").splitlines()
    found.kept = dump(room.database)
    found.mails, found.hooks = set(world.told("mails")), set(world.told("hooks"))
    empty = [name for name, rows in found.kept.items() if not rows]
    if empty or not found.mails or not found.hooks:
        found.breaches.append(f"undisturbed: nothing to compare: {empty or 'mails and calls'}")
    found.breaches += _left_over(room, "undisturbed") + faults_of(room.database)
    return found


def _left_over(room: Room, what: str) -> list[str]:
    names = {path.name for path in room.folder.iterdir()}
    strange = {name for name in names - WRITTEN if not name.endswith(("-wal", "-shm", ".bak"))}
    return [f"{what}: files {sorted(strange or WRITTEN - names)}"] if strange or WRITTEN - names else []


def crash_at(world: World, folder: Path, number: int, found: Found) -> None:
    """Die before the point of that number, go on, and compare."""
    room = Room(world, folder / f"point-{number}")
    what = f"point {number} ({found.points[number - 1]})" if number <= len(found.points) else f"point {number}"
    world.forget()
    room.prepare()
    before = len(found.breaches)
    code = in_child(room, number, folder / "reached")
    if code == DIED:
        found.crashes += 1
        found.breaches += [f"{what}, after the crash: {fault}" for fault in _sound(room)]
        code = in_child(room, 0, folder / "resumed")
    if code:
        found.breaches.append(f"{what}: what came after the crash ended with {code}")
    else:
        found.breaches += [f"{what}: {fault}" for fault in [*_compare(room, found), *faults_of(room.database)]]
        found.breaches += _left_over(room, what)
    if len(found.breaches) == before:
        shutil.rmtree(room.folder)


def _sound(room: Room) -> list[str]:
    with closing(sqlite3.connect(f"file:{room.database}?mode=ro", uri=True)) as connection:
        found = connection.execute("PRAGMA integrity_check").fetchone()[0]
        return [] if found == "ok" else [found]


def _compare(room: Room, found: Found) -> list[str]:
    told = []
    for name, rows in dump(room.database).items():
        if lost := found.kept[name] - rows:
            told.append(f"{lost.total()} {name} lost, such as {str(next(iter(lost)))[:300]}")
        if many := rows - found.kept[name]:
            told.append(f"{many.total()} {name} too many, such as {str(next(iter(many)))[:300]}")
    for what, wanted in (("mails", found.mails), ("hooks", found.hooks)):
        came = Counter(room.world.told(what))
        if came.keys() != wanted:
            told.append(f"{what}: {sorted(wanted - came.keys())} never came, {sorted(came.keys() - wanted)} are others")
        if worst := [one for one, times in came.items() if times > 2]:
            told.append(f"{what}: {worst} came more than twice")
        found.doubled += sum(times == 2 for times in came.values())
    return told


def chosen(points: Sequence[str], *, cut: int) -> list[int]:
    """The points to crash at: all of them, or of each kind of point the first, middle and last, at most so many."""
    if not cut:
        return list(range(1, len(points) + 2))
    kinds: dict[str, list[int]] = {}
    for number, point in enumerate(points, 1):
        kinds.setdefault(point, []).append(number)
    first = [numbers[len(numbers) // 2] for numbers in kinds.values()]
    step = max(1, -(-len(first) // cut))
    return sorted(first)[::step]


def warm_up(world: World, folder: Path) -> None:
    """Load what the runs need once, in the process that they are forked from; no thread of it may live on."""
    room = Room(world, folder / "warm")
    room.prepare(quiet=True)
    poll(room, edition=1, now=START)
    shutil.rmtree(room.folder)


def main() -> int:
    """Crash everywhere. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--points", action="store_true", help="only list the points")
    parser.add_argument("--cut", type=int, default=0, metavar="N", help="about N of the points, spread over all kinds")
    parser.add_argument("--at", type=int, nargs="*", help="only the points of these numbers")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    logging.getLogger("samewire").setLevel(logging.CRITICAL)
    folder = Path(tempfile.mkdtemp(prefix="samewire-crash-"))
    with opened(folder) as world:
        warm_up(world, folder)
        world.forget()
        found = undisturbed(world, folder)
        numbers = [] if options.points else options.at or chosen(found.points, cut=options.cut)
        for done, number in enumerate(numbers, 1):
            crash_at(world, folder, number, found)
            print(f"\r{done}/{len(numbers)} {len(found.breaches)} breaches", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    figures = {
        "points": len(found.points), "kinds": len(set(found.points)), "crashes": found.crashes,
        "told_twice": found.doubled, "breaches": found.breaches,
    }  # fmt: skip
    if options.json:
        print(json.dumps({**figures, "listed": found.points}, indent=2))
    else:
        _print(found, listed=options.points)
    if found.breaches:
        print(f"kept for a look: {folder}", file=sys.stderr)
    else:
        shutil.rmtree(folder)
    return 1 if found.breaches else 0


def _print(found: Found, *, listed: bool) -> None:
    if listed:
        for number, point in enumerate(found.points, 1):
            print(f"{number:4} {point}")
    print(f"{len(found.points)} points of {len(set(found.points))} kinds; {found.crashes} crashes: "
          + (f"{len(found.breaches)} breaches" if found.breaches else "nothing lost or doubled, stories as undisturbed")
          + f"; {found.doubled} mails or calls came twice under one identity")  # fmt: skip
    for breach in found.breaches:
        print(f"BREACH {breach}")


if __name__ == "__main__":
    sys.exit(main())
