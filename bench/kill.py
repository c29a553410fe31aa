"""kill -9 at random moments: `python bench/kill.py [--rounds N] [--seconds S] [--seed K]`.

The demo's publishers and a mail server run in this process; `samewire poll` and `samewire run` work on them and are
killed again and again. Afterwards the database must be sound, no entry lost or doubled, no mail sent twice for one
recipient and day, and the stories those of a run that nobody disturbed. Exit 1 on any breach.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from ingest.demo.drive import OPENED_BEFORE, configuration
from ingest.demo.newsroom import Newsroom, load_newsroom
from ingest.demo.server import NewsroomServer

RECIPIENTS = ("desk@newsroom.example", "night@newsroom.example")
LIMIT_S = 120.0
#: What a run must not lose, as (table, what identifies a row whatever its number is).
KEPT = {
    "entries": "SELECT p.name, e.key FROM entries e JOIN feeds f ON f.id = e.feed_id "
    "JOIN publishers p ON p.id = f.publisher_id",
    "articles": "SELECT p.name, a.identity FROM articles a JOIN publishers p ON p.id = a.publisher_id",
}
MEMBERS = (
    "SELECT m.story_id, a.identity, m.relation, f.identity FROM members m JOIN articles a ON a.id = m.article_id "
    "JOIN stories s ON s.id = m.story_id LEFT JOIN articles f ON f.id = s.first_article_id"
)


class Inbox:
    """Takes every mail and remembers for whom and of which day."""

    def __init__(self) -> None:
        self.mails: Counter[tuple[str, str]] = Counter()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Accept."""
        subject = str(message_from_bytes(envelope.content)["Subject"])
        for recipient in envelope.rcpt_tos:
            self.mails[recipient, subject] += 1
        return "250 2.0.0 kept"


class AnyPort(Controller):
    """aiosmtpd on a port that the system chooses."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@dataclass
class Bench:
    """The publishers, where things are kept, and what was found."""

    server: NewsroomServer
    newsroom: Newsroom  # those of its publishers that are followed
    folder: Path
    rng: random.Random
    mail_port: int
    inbox: Inbox
    rounds: int
    until_s: float
    killed: int = 0
    ended: int = 0
    breaches: list[str] = field(default_factory=list)

    @property
    def left(self) -> int:
        """How many rounds are still to be made."""
        return 0 if time.monotonic() > self.until_s else self.rounds - self.killed - self.ended

    def breach(self, text: str) -> None:
        """Note what must not be."""
        self.breaches.append(text)
        print(f"BREACH {text}", flush=True)


@dataclass
class Room:
    """A folder with a configuration and a database of its own."""

    bench: Bench
    path: Path
    seen: dict[str, set[tuple[str, ...]]] = field(default_factory=lambda: {name: set() for name in KEPT})

    @property
    def database(self) -> Path:
        """The database file."""
        return self.path / "newsroom.db"

    def prepare(self, *, mails: bool) -> None:
        """Write the configuration; with mails, the digest's hour has passed half an hour ago."""
        self.path.mkdir(exist_ok=True)
        text = configuration(self.bench.newsroom, self.bench.server)
        if mails:
            at = datetime.now(UTC) - timedelta(minutes=30)
            text = text.replace("[digest]", f'[digest]\nat = "{at:%H:%M}"')
            smtp = f'[smtp]\nhost = "127.0.0.1"\nport = {self.bench.mail_port}\nsecurity = "none"'
            text = text.replace("[smtp]", smtp)
            text += "".join(f'\n[[digest.recipients]]\naddress = "{name}"\n' for name in RECIPIENTS)
        (self.path / "config.toml").write_text(text, encoding="utf-8")

    def start(self, command: str) -> subprocess.Popen[bytes]:
        """A command on this room; `poll` names every feed, so that there is always something to do."""
        keys = [publisher.key for publisher in self.bench.newsroom.publishers]
        urls = [self.bench.server.feed_url(key) for key in keys] if command == "poll" else []
        with (self.path / "log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "ingest", command, *urls],
                cwd=self.path, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def finish_pass(self) -> float:
        """Let one pass end by itself. Returns how long it took."""
        started_s = time.monotonic()
        process = self.start("poll")
        code = process.wait(LIMIT_S)
        if code != 0:
            self.bench.breach(f"{self.path.name}: a pass after a kill ended with {code}; see {self.path / 'log'}")
        return time.monotonic() - started_s

    def kill_one(self, command: str, span_s: float) -> None:
        """Start a command and kill it at a random moment of the span; then look at what it left."""
        bench, process = self.bench, self.start(command)
        delay_s = bench.rng.uniform(0.1, 1.0) * span_s
        try:
            code = process.wait(delay_s)
            bench.ended += 1
            if code != 0:
                bench.breach(f"{self.path.name}: `{command}` after a kill ended with {code}; see {self.path / 'log'}")
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            bench.killed += 1
        if not _group_ends(process.pid):
            bench.breach(f"{self.path.name}: workers outlived their killed `{command}`")
        self.look(f"after {delay_s:.2f} s of {command}")

    def look(self, when: str) -> None:
        """The file is sound, and nothing that was there before is gone or there twice."""
        if not self.database.exists():
            return
        with closing(sqlite3.connect(self.database)) as connection:
            if not connection.execute("SELECT 1 FROM sqlite_master").fetchone():
                return  # killed before the first migration was committed
            for pragma in ("integrity_check", "foreign_key_check"):
                if (found := connection.execute(f"PRAGMA {pragma}").fetchall()) not in ([("ok",)], []):
                    self.bench.breach(f"{self.path.name} {when}: {pragma}: {found[:3]}")
            for name, sql in KEPT.items():
                rows = Counter(connection.execute(sql).fetchall())
                if lost := self.seen[name] - set(rows):
                    self.bench.breach(f"{self.path.name} {when}: {len(lost)} {name} lost, such as {min(lost)}")
                if doubled := [row for row, times in rows.items() if times > 1]:
                    self.bench.breach(f"{self.path.name} {when}: {name} doubled: {doubled[:3]}")
                self.seen[name] |= set(rows)

    def stories(self) -> set[tuple[frozenset[tuple[str, str]], str | None]]:
        """Each story as its articles with their relations, and its first; numbers left out."""
        with closing(sqlite3.connect(self.database)) as connection:
            rows = connection.execute(MEMBERS).fetchall()
        found: dict[int, tuple[set[tuple[str, str]], str | None]] = {}
        for story, identity, relation, first in rows:
            found.setdefault(story, (set(), first))[0].add((identity, relation))
        return {(frozenset(members), first) for members, first in found.values()}


def _group_ends(group: int) -> bool:
    """Whether the killed process's workers end by themselves."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.02)
    with suppress(ProcessLookupError):
        os.killpg(group, 9)
    return False


def undisturbed(bench: Bench) -> tuple[list[Room], list[float]]:
    """The stories of each edition as nobody disturbed them, and how long each pass took."""
    room, kept, spans = Room(bench, bench.folder / "undisturbed"), [], []
    room.prepare(mails=False)
    for edition in (1, 2):
        bench.server.edition = edition
        spans.append(room.finish_pass())
        copy = Room(bench, bench.folder / f"undisturbed-{edition}")
        copy.path.mkdir()
        with closing(sqlite3.connect(room.database)) as source, closing(sqlite3.connect(copy.database)) as target:
            source.backup(target)
        copy.look("undisturbed")
        if all(len(members) == 1 for members, _ in copy.stories()):
            bench.breach(f"undisturbed, edition {edition}: no two articles were joined; there is nothing to compare")
        kept.append(copy)
        print(f"undisturbed, edition {edition}: {len(copy.stories())} stories in {spans[-1]:.1f} s", flush=True)
    return kept, spans


def cycle(bench: Bench, number: int, reference: list[Room], spans: list[float]) -> None:
    """One newsroom from its opening to its digest, killed all along the way."""
    room = Room(bench, bench.folder / f"cycle-{number}")
    room.prepare(mails=False)
    for edition, (same, span_s) in enumerate(zip(reference, spans, strict=True), start=1):
        bench.server.edition = edition
        for _ in range(min(bench.left, bench.rng.randint(2, 4))):
            room.kill_one(bench.rng.choice(("poll", "run")), span_s)
        room.finish_pass()
        room.look(f"edition {edition}")
        _compare(bench, room, same, f"cycle {number}, edition {edition}")
    _mail(bench, room, spans[1])
    print(
        f"cycle {number}: {bench.killed} killed, {bench.ended} ended before, {len(bench.breaches)} breaches", flush=True
    )
    if not bench.breaches:
        shutil.rmtree(room.path)


def _compare(bench: Bench, room: Room, same: Room, what: str) -> None:
    for name in KEPT:
        if room.seen[name] != same.seen[name]:
            few, many = same.seen[name] - room.seen[name], room.seen[name] - same.seen[name]
            bench.breach(f"{what}: {name}: {len(few)} missing, {len(many)} too many: {[*few, *many][:3]}")
    ours, theirs = room.stories(), same.stories()
    for story in ours - theirs:
        bench.breach(f"{what}: a story of its own: {sorted(story[0])}, first {story[1]}")
    for story in theirs - ours:
        bench.breach(f"{what}: a story is missing: {sorted(story[0])}, first {story[1]}")


def _mail(bench: Bench, room: Room, span_s: float) -> None:
    """The digest's hour has come: the daemon is killed around it, and then left to deliver."""
    room.prepare(mails=True)
    before = f"{datetime.now(UTC) - timedelta(hours=3):%Y-%m-%dT%H:%M:%SZ}"
    with closing(sqlite3.connect(room.database, isolation_level=None)) as connection:
        connection.execute("UPDATE articles SET first_seen_at = ?", [before])
    bench.inbox.mails.clear()
    for _ in range(min(bench.left, bench.rng.randint(1, 3))):
        room.kill_one("run", span_s)
    daemon = room.start("run")
    end = time.monotonic() + LIMIT_S
    while len(ledger := _ledger(room)) < len(RECIPIENTS) and time.monotonic() < end:
        time.sleep(0.05)
    daemon.terminate()
    # The signal may come before anybody listens for it: what the killed ones left to do may have been nothing.
    if (code := daemon.wait(LIMIT_S)) not in (0, -signal.SIGTERM):
        bench.breach(f"{room.path.name}: the daemon ended with {code}; see {room.path / 'log'}")
    ledger = _ledger(room)
    mails = Counter(recipient for recipient, _ in bench.inbox.mails.elements())
    for recipient in RECIPIENTS:
        status = ledger.get(recipient, "never begun")
        # A kill between the server's acceptance and the ledger leaves a mail whose fate nobody knows: pending.
        if mails[recipient] > 1 or (status == "sent" and not mails[recipient]) or status not in ("sent", "pending"):
            bench.breach(f"{room.path.name}: {recipient} got {mails[recipient]} mails, the ledger says {status}")


def _ledger(room: Room) -> dict[str, str]:
    with closing(sqlite3.connect(room.database)) as connection:
        return dict(connection.execute("SELECT recipient, status FROM deliveries").fetchall())


@contextmanager
def opened(arguments: argparse.Namespace) -> Iterator[Bench]:
    """The publishers and the mail server, running."""
    inbox = Inbox()
    controller = AnyPort(inbox, hostname="127.0.0.1", port=0)
    controller.start()
    opened_at = datetime.now(UTC) - OPENED_BEFORE
    folder = Path(tempfile.mkdtemp(prefix="samewire-kill-"))
    newsroom = load_newsroom()
    followed = replace(newsroom, publishers=newsroom.publishers[: arguments.houses or None])
    try:
        with NewsroomServer(newsroom, opened_at=opened_at, max_delay_s=0.3) as server:
            bench = Bench(
                server=server,
                newsroom=followed,
                folder=folder,
                rng=random.Random(arguments.seed),
                mail_port=controller.port,
                inbox=inbox,
                rounds=arguments.rounds,
                until_s=time.monotonic() + arguments.seconds,
            )
            yield bench
    finally:
        controller.stop()
    if bench.breaches:
        print(f"kept for a look: {folder}")
    else:
        shutil.rmtree(folder)


def main() -> int:
    """Kill until the rounds or the time are used up. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=50, help="how many starts that are to be killed (50)")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="begin no round after so many seconds")
    parser.add_argument("--houses", type=int, default=0, help="only so many publishers; all of them where it is 0")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32), help="of the moments")
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    with opened(arguments) as bench:
        reference, spans = undisturbed(bench)
        number = 0
        while bench.left > 0:
            number += 1
            cycle(bench, number, reference, spans)
        print(
            f"{bench.killed} killed and {bench.ended} ended by themselves in {number} newsrooms: "
            + (f"{len(bench.breaches)} breaches, seed {arguments.seed}" if bench.breaches else "nothing lost, doubled "
               "or mailed twice; stories as undisturbed")
        )  # fmt: skip
        return 1 if bench.breaches else 0


if __name__ == "__main__":
    sys.exit(main())
