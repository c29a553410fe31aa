"""The digest's figures: `python bench/digest.py [render|smtp]`.

render: a database with 10,000 stories in one day; seconds of CPU for wording and building the mail, with and without
reading the day and sorting it out (the least of several), and the size of its HTML as it travels. smtp: each of the
sixteen ways to go wrong of a hostile mail server (the torture kit's hostile_smtp.py, beside the checkout or named with
--kit): how long a delivery takes, which reason the ledger has. Exit 1 when a figure is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ingest.config import Config, loads
from ingest.pipeline.desk import open_desk
from ingest.pipeline.digests import Made, build_digest, deliver_due
from ingest.pipeline.sheets import everybody, frame_of
from ingest.publish.digest import MAX_HTML_BYTES, Envelope, build
from ingest.store.connection import open_writer

STORIES, PUBLISHERS, EVENTS = 10_000, 400, 7_000
UNTIL = datetime(2026, 5, 5, 7, 0, tzinfo=UTC)
MAX_RENDER_S, MAX_DIALOGUE_S = 1.0, 60.0
KIT = Path(__file__).resolve().parents[2] / "shared" / "torture" / "hostile_smtp.py"
#: What the ledger says of each mode after one delivery; None: the mail was accepted.
MODES: dict[str, str | None] = {
    "accept": None, "reject-rcpt": "smtp_refused", "reject-one": "smtp_refused", "greylist": "smtp_later",
    "reject-data": "smtp_refused", "die-after-data": "smtp_broken", "die-in-data": "smtp_broken",
    "die-at-connect": "smtp_connect", "busy": "smtp_later", "slow": "smtp_timeout", "silent": "smtp_timeout",
    "no-ehlo": None, "small": "smtp_refused", "garbage": "smtp_connect", "auth-required": "smtp_auth",
    "endless-reply": "smtp_connect",
}  # fmt: skip
_WORDS = (
    *("ferry", "harbour", "council", "bridge", "strike", "minister", "vote", "storm", "river", "museum", "court"),
    *("budget", "night", "train", "school", "hospital", "export", "factory", "island", "glacier", "satellite"),
    *("winter", "market", "police", "fire", "rescue", "mayor", "election", "treaty", "border", "grain"),
)


def fill(path: Path, *, stories: int = STORIES, seed: int = 7) -> int:
    """Make a newsroom with so many stories in the day before UNTIL, a third of them known before it.

    There are about 3.5 articles a story, as in the sample newsroom. Returns how many articles.
    """
    rng, number = random.Random(seed), 0
    with open_writer(path, for_command="bench") as store, store.transaction():
        run = store.connection.execute
        for publisher in range(1, PUBLISHERS + 1):
            kind = "aggregator" if publisher % 20 == 0 else "wire" if publisher % 50 == 1 else "outlet"
            name, domain = f"Publisher of the {publisher}th town", f"p{publisher}.example"
            run("INSERT INTO publishers (name, domain, kind) VALUES (?, ?, ?)", [name, domain, kind])
        for story in range(1, stories + 1):
            title = " ".join(rng.choices(_WORDS, k=9)).capitalize() + f" {story}"
            run(
                "INSERT INTO stories (id, title, event_id, created_at, updated_at) VALUES (?, ?, ?, ?, ?)",
                [story, title, story if story <= EVENTS else rng.randint(1, EVENTS), _text(UNTIL), _text(UNTIL)],
            )
            known = UNTIL - timedelta(days=2) if story % 3 == 0 else UNTIL - timedelta(hours=23)
            for place in range(min(60, 1 + int(rng.paretovariate(1.25)))):
                number += 1
                at = (known if place == 0 else UNTIL) - timedelta(seconds=rng.randint(1, 80_000) if place else 0)
                text = f"{title}. " + ". ".join(" ".join(rng.choices(_WORDS, k=14)).capitalize() for _ in range(8))
                run(
                    "INSERT INTO articles (publisher_id, identity, url, title, text, published_at, first_seen_at, "
                    "language, status, text_source, content_hash) VALUES (?, ?, ?, ?, ?, ?, ?, 'en', 'extracted', "
                    "'extractor', ?)",
                    [rng.randint(1, PUBLISHERS), str(number), f"https://p.example/news/{number}", title, text,
                     _text(at), _text(at), str(number)],
                )  # fmt: skip
                relation = "copy" if place else "original"
                run("INSERT INTO members VALUES (?, ?, ?, 1, NULL, 'bench', ?)", [number, story, relation, _text(at)])
            run("UPDATE stories SET first_article_id = ? WHERE id = ?", [number - place, story])
    return number


def _text(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def render(folder: Path, times: int = 5) -> bool:
    """Time the digest of a full day. Returns whether it keeps to its figures."""
    articles = fill(folder / "newsroom.db")
    config = loads('[poll]\ncontact = "https://bench.invalid/"\n', folder / "config.toml").config
    reader, since, whole, rendering = everybody(config), UNTIL - timedelta(days=1), [], []
    for _ in range(times):
        started_s = time.process_time()
        made = build_digest(config, reader, day=UNTIL.date(), since=since, until=UNTIL)
        whole.append(time.process_time() - started_s)
        frame = frame_of(config, reader, day=UNTIL.date(), since=since, until=UNTIL)
        started_s = time.process_time()
        build(made.sheet, frame, Envelope(sender="digest@bench.invalid", message_id_domain="bench.invalid"))
        rendering.append(time.process_time() - started_s)
    size = _html_bytes(made)
    told = made.sheet.sorted
    print(
        f"{STORIES:,} stories of {articles:,} articles, {len(told.events):,} events told, {len(told.no_news):,} "
        f"without news, {len(made.built.digest.shown)} printed; seconds of CPU, least of {times}: rendering "
        f"{min(rendering):.2f} (at most {MAX_RENDER_S:g}), with reading and sorting out {min(whole):.2f}; "
        f"{size:,} bytes of HTML (at most {MAX_HTML_BYTES:,})"
    )
    return min(rendering) <= MAX_RENDER_S and size <= MAX_HTML_BYTES


def _html_bytes(made: Made) -> int:
    part = made.message.get_body(("html",))
    assert part is not None
    return len(str(part.get_payload()))


def smtp(folder: Path, kit: Path) -> bool:
    """Send to every mode of the hostile server. Returns whether each ended in time with the reason foreseen."""
    if not kit.exists():
        print(f"smtp: {kit} is not there; name hostile_smtp.py with --kit")
        return False
    with ThreadPoolExecutor(len(MODES)) as pool:
        found = list(pool.map(lambda mode: _one_mode(folder / mode, kit, mode), MODES))
    right = True
    for (mode, wanted), (seconds, status, reason) in zip(MODES.items(), found, strict=True):
        ok = seconds <= MAX_DIALOGUE_S and reason == wanted and (status == "sent") == (wanted is None)
        right = right and ok
        print(f"{mode:15} {seconds:5.1f} s  {status:8} {reason or '':13} {'' if ok else 'MISSED'}")
    print(f"{len(MODES)} modes: {'each within a minute with its reason' if right else 'figures missed'}")
    return right


def _one_mode(folder: Path, kit: Path, mode: str) -> tuple[float, str, str | None]:
    """How long a send took, and the status and reason in the ledger."""
    folder.mkdir()
    fill(folder / "newsroom.db", stories=3)
    now = datetime.now(UTC)
    with closing(sqlite3.connect(folder / "newsroom.db", isolation_level=None)) as connection:
        connection.execute("UPDATE articles SET first_seen_at = ?", [_text(now - timedelta(hours=3))])
    server = subprocess.Popen(
        [sys.executable, kit, "--port", "0", "--mode", mode, "--mails", folder / "mails", "--size", "2000"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        port = server.stdout.readline().split('"port": ')[1].split(",")[0]
        at = now - timedelta(minutes=30)
        text = (
            f'[digest]\nat = "{at:%H:%M}"\n[[digest.recipients]]\naddress = "desk@bench.invalid"\n'
            f'[smtp]\nhost = "127.0.0.1"\nport = {port}\nsecurity = "none"\nsender = "digest@bench.invalid"\n'
        )
        started_s = time.monotonic()
        asyncio.run(_deliver(loads(text, folder / "config.toml").config, now))
        seconds = time.monotonic() - started_s
    finally:
        server.kill()
        server.wait()
    with closing(sqlite3.connect(folder / "newsroom.db")) as connection:
        status, reason = connection.execute("SELECT status, reason FROM deliveries").fetchone() or ("no row", None)
    return seconds, status, reason


async def _deliver(config: Config, now: datetime) -> None:
    """What the daemon does when a digest is due."""
    with open_desk(
        config, for_command="bench", clock=lambda: now, rng=random.Random(1), headers_of=lambda _: (), processes=1
    ) as desk:
        await deliver_due(desk, "")


def main() -> int:
    """Measure what is asked for. Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="?", choices=("render", "smtp"), help="one of the two; both when left out")
    parser.add_argument("--kit", type=Path, default=KIT, help="the hostile server")
    arguments = parser.parse_args()
    right = True
    with tempfile.TemporaryDirectory(prefix="samewire-digest-") as name:
        if arguments.what in (None, "render"):
            right = render(Path(name)) and right
        if arguments.what in (None, "smtp"):
            right = smtp(Path(name), arguments.kit) and right
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
