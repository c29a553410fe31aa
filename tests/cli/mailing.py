"""A newsroom whose digest was due half an hour ago."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

READER = "desk@newsroom.example"


def configure(folder: Path, port: int, *readers: str, more: str = "") -> None:
    """Write the configuration: the digest's hour has passed, the mail server listens at `port`."""
    at = datetime.now(UTC) - timedelta(minutes=30)
    lines = [
        "[digest]", f'at = "{at:%H:%M}"', 'timezone = "UTC"',
        "[smtp]", 'host = "127.0.0.1"', f"port = {port}", 'security = "none"',
        'sender = "samewire <digest@samewire.example>"',
    ]  # fmt: skip
    for reader in readers or (READER,):
        lines += ["[[digest.recipients]]", f'address = "{reader}"']
    (folder / "config.toml").write_text("\n".join(lines) + f"\n{more}\n", encoding="utf-8")


def age(database: Path) -> None:
    """Let what came just now have come three hours ago, before the digest's hour."""
    then = f"{datetime.now(UTC) - timedelta(hours=3):%Y-%m-%dT%H:%M:%SZ}"
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("UPDATE articles SET first_seen_at = ?, published_at = ?", [then, then])


def ledger(database: Path) -> dict[str, tuple[str, int]]:
    """Each recipient's status and number of attempts."""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT recipient, status, attempts FROM deliveries").fetchall()
    return {recipient: (status, attempts) for recipient, status, attempts in rows}
