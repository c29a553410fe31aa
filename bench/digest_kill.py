"""kill -9 between any two steps of sending a digest: `python -m bench.digest_kill [--kills N] [--seed K]`.

A process delivers what is due, over and over, and is killed at random moments; the mail server takes the mail, asks to
come later, is busy, or keeps the mail and dies before it answers. The clock of each newsroom walks over a change of the
clocks in the reader's zone, and is set back now and then. For every day of every newsroom: exactly one accepted mail,
or two under one Message-ID where somebody died between the text and the ledger. Exit 1 on any breach.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import os
import random
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

from bench.digest import fill
from ingest.config import Config, loads
from ingest.pipeline.desk import open_desk
from ingest.pipeline.digests import deliver_due
from ingest.publish.schedule import digest_window

ZONE, HOURS = "Europe/Berlin", ("02:30", "07:00", "00:00")
#: Newsrooms begin here: before summer time begins, before it ends, before a leap day, and on no particular day.
BEGINNINGS = (date(2026, 3, 27), date(2026, 10, 23), date(2028, 2, 27), date(2026, 5, 4))
DAYS = 3
STEPS_MIN = (21, 4, 7, 18, 45, 200)  # between two looks of one day; now and then the clock is set back
MODES = ("accept", "accept", "later", "busy", "die")


@dataclass
class Figures:
    """What happened."""

    kills: int = 0
    runs: int = 0
    days: int = 0
    doubled: int = 0
    modes: Counter[str] = field(default_factory=Counter)
    breaches: list[str] = field(default_factory=list)


class Moody:
    """Answers as a file says; every mail that it keeps is a line "recipient id" in another."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
        """Accept the recipient, or ask to come later."""
        await asyncio.sleep(random.uniform(0, 0.01))
        if self._mode() == "later":
            return "451 4.7.1 greylisted"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Keep the mail; then answer, or die."""
        if self._mode() == "busy":
            return "451 4.3.0 come back"
        await asyncio.sleep(random.uniform(0, 0.01))
        mail = message_from_bytes(envelope.content)
        with (self.folder / "kept").open("a", encoding="utf-8") as kept:
            kept.write(f"{mail['Message-ID']}\n")
        await asyncio.sleep(random.uniform(0, 0.02))
        if self._mode() == "die":
            server.transport.abort()
        return "250 2.0.0 kept"

    def _mode(self) -> str:
        return (self.folder / "mode").read_text(encoding="utf-8")


class _AnyPort(Controller):
    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def _serve(folder: Path, port: Any) -> None:
    controller = _AnyPort(Moody(folder), hostname="127.0.0.1", port=0)
    controller.start()
    port.value = controller.port
    while True:
        time.sleep(3600)


@contextmanager
def mail_server(folder: Path) -> Iterator[int]:
    """The server in a process of its own; gives its port."""
    (folder / "mode").write_text("accept", encoding="utf-8")
    context = multiprocessing.get_context("fork")
    port = context.Value("i", 0)
    process = context.Process(target=_serve, args=(folder, port), daemon=True)
    process.start()
    while not port.value:
        time.sleep(0.02)
    try:
        yield int(port.value)
    finally:
        process.kill()
        process.join()


def _deliver(config: Config, now: datetime) -> None:
    """What the daemon does every half minute, in a process that may be killed."""

    async def work() -> None:
        with open_desk(
            config, for_command="bench", clock=lambda: now, rng=random.Random(1), headers_of=lambda _: (), processes=1
        ) as desk:
            await deliver_due(desk, "")

    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, 2)
    asyncio.run(work())


def run_once(config: Config, now: datetime, kill_after_s: float | None) -> bool:
    """One delivery; returns whether it was killed."""
    process = multiprocessing.get_context("fork").Process(target=_deliver, args=(config, now))
    process.start()
    process.join(kill_after_s)
    killed = process.is_alive()
    if killed:
        process.kill()
        process.join()
    process.close()
    return killed


def newsroom(folder: Path, port: int, rng: random.Random, figures: Figures, kills: int, span_s: float) -> None:
    """One newsroom over a few days, killed all along the way."""
    begins, at = rng.choice(BEGINNINGS), rng.choice(HOURS)
    text = (
        f'[digest]\nat = "{at}"\ntimezone = "{ZONE}"\n[[digest.recipients]]\naddress = "desk@bench.invalid"\n'
        f'[smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\nsender = "digest@bench.invalid"\n'
    )
    config = loads(text, folder / "config.toml").config
    fill(folder / "newsroom.db", stories=3)
    first, _ = digest_window(begins, ZONE, config.digest.at)
    _date(folder / "newsroom.db", first - timedelta(days=9))
    (folder / "kept").write_text("", encoding="utf-8")
    for day in range(DAYS):
        _, now = digest_window(begins + timedelta(days=day), ZONE, config.digest.at)
        now -= timedelta(minutes=20)  # too early: nothing is due
        for minutes in STEPS_MIN:
            mode = rng.choice(MODES)
            (folder / "mode").write_text(mode, encoding="utf-8")
            figures.modes[mode] += 1
            figures.runs += 1
            killed = figures.kills < kills and rng.random() < 0.7
            figures.kills += run_once(config, now, rng.uniform(0.1, 1.0) * span_s if killed else None)
            now += timedelta(minutes=rng.choice((minutes, minutes, -minutes)))
    now += timedelta(hours=5)
    (folder / "mode").write_text("accept", encoding="utf-8")
    run_once(config, now, None)
    _judge(folder, figures, f"{begins} at {at}")


def _date(path: Path, at: datetime) -> None:
    stamp = f"{at:%Y-%m-%dT%H:%M:%SZ}"
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE articles SET first_seen_at = ?", [stamp])


def _judge(folder: Path, figures: Figures, what: str) -> None:
    mails = Counter((folder / "kept").read_text(encoding="utf-8").split())
    with closing(sqlite3.connect(folder / "newsroom.db")) as connection:
        rows = connection.execute("SELECT day, message_id, status, reason, unanswered FROM deliveries").fetchall()
        sound = connection.execute("PRAGMA integrity_check").fetchone()[0]
    if sound != "ok":
        figures.breaches.append(f"{what}: {sound}")
    if strangers := set(mails) - {row[1] for row in rows}:
        figures.breaches.append(f"{what}: mails that the ledger does not know: {strangers}")
    for day, message_id, status, reason, unanswered in rows:
        figures.days += 1
        number = mails[message_id]
        figures.doubled += number > 1
        told = f"{what}: {day}: {number} mails, {status} {reason or ''}, {unanswered} unanswered"
        if number > 2 or (number == 2 and not unanswered) or (status == "sent" and number == 0):
            figures.breaches.append(told)
        if number == 0 and reason not in ("smtp_later", "overtaken", "smtp_broken"):
            figures.breaches.append(told)


def main() -> int:
    """Kill until the kills are used up. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200, help="how many processes are to be killed (200)")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(2**32), help="of the moments")
    arguments = parser.parse_args()
    rng, figures = random.Random(arguments.seed), Figures()
    print(f"seed {arguments.seed}", flush=True)
    number = 0
    while figures.kills < arguments.kills and not figures.breaches:
        number += 1
        with tempfile.TemporaryDirectory(prefix="samewire-digest-kill-") as name, mail_server(Path(name)) as port:
            span_s = min(_span(Path(name) / trial, port) for trial in ("one", "two"))
            newsroom(Path(name), port, rng, figures, arguments.kills, span_s)
        print(f"newsroom {number}: {figures.kills} killed of {figures.runs} runs", flush=True)
    print(
        f"{figures.kills} killed of {figures.runs} runs in {number} newsrooms ({dict(figures.modes)}), {figures.days} "
        f"days: {figures.doubled} mailed twice under one Message-ID, "
        + (f"BREACHES {figures.breaches}" if figures.breaches else "never more, none lost in silence")
    )
    return 1 if figures.breaches else 0


def _span(trial: Path, port: int) -> float:
    """How long a delivery takes here and now: the moments of the kills are drawn from it."""
    trial.mkdir()
    fill(trial / "newsroom.db", stories=3)
    now = datetime(2026, 5, 5, 12, tzinfo=UTC)
    _date(trial / "newsroom.db", now - timedelta(hours=8))
    text = (
        f'[digest]\nat = "07:00"\n[[digest.recipients]]\naddress = "desk@bench.invalid"\n[smtp]\nhost = "127.0.0.1"\n'
        f'port = {port}\nsecurity = "none"\nsender = "digest@bench.invalid"\n'
    )
    started_s = time.monotonic()
    run_once(loads(text, trial / "config.toml").config, now, None)
    return time.monotonic() - started_s


if __name__ == "__main__":
    sys.exit(main())
