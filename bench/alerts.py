"""From an entry's appearance in a feed to the call of a webhook, with `samewire run` as a process of its own.

    python -m bench.alerts [--items 20] [--interval 10]

A publisher and a receiver on loopback; an item is put into the feed at irregular moments, and the seconds until its
alert arrives are counted. Prints the median, the 95th percentile and the most, beside the interval of the feed; ends
with 1 when an alert is missing, doubled, or the 95th percentile is over the interval and a minute.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from bench.newswire.edition import corpus


class Room(ThreadingHTTPServer):
    """The feed, and the receiver of alerts."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.items: list[str] = []
        self.polls = 0
        self.arrived: dict[str, list[float]] = {}  # by the article's title

    def url(self, path: str) -> str:
        """An address here."""
        return f"http://127.0.0.1:{self.server_address[1]}{path}"


class _Handler(BaseHTTPRequestHandler):
    server: Room

    def do_GET(self) -> None:
        self.server.polls += 1
        self._answer(
            '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Bench</title>'
            f"{''.join(self.server.items)}</channel></rss>".encode()
        )

    def do_POST(self) -> None:
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        for alert in said["alerts"]:
            self.server.arrived.setdefault(alert["article"]["title"], []).append(time.monotonic())
        self._answer(b"")

    def _answer(self, body: bytes) -> None:
        with suppress(OSError):
            self.send_response(200)
            self.send_header("Content-Type", "application/rss+xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def item(room: Room, number: int, text: str) -> str:
    """An item with its whole text; returns its title."""
    title = f"Bulletin {number} of the bench"
    paragraphs = "".join(f"<p>{line}</p>" for line in text.replace("&", "and").replace("<", "").split("\n"))
    room.items.append(
        f"<item><guid>{number}</guid><link>{room.url(f'/{number}')}</link><title>{title}</title>"
        f"<content:encoded><![CDATA[{paragraphs}]]></content:encoded></item>"
    )
    return title


def settings(room: Room, interval_s: int) -> str:
    """The configuration."""
    return (
        f'[poll]\ninterval = "{interval_s}s"\nhost_delay = "0s"\ncontact = "https://bench.example"\n'
        f'allow = ["127.0.0.1:{room.server_address[1]}"]\n[alerts]\nper_hour = 1000\n'
        f'[[feeds]]\nurl = "{room.url("/feed")}"\npublisher = "Bench"\ninterval = "{interval_s}s"\n'
        f'[[watches]]\nname = "bench"\nquery = "title:bulletin"\nwebhook = "{room.url("/hook")}"\n'
    )


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=20)
    parser.add_argument("--interval", type=int, default=10, help="of the feed, in seconds")
    asked = parser.parse_args()
    texts = [str(one["text"]) for one in corpus(1, None) if one["kind"] == "base"]  # a story each: copies are not told
    if asked.items >= len(texts):
        parser.error(f"there are texts for {len(texts) - 1} items")
    room, rng, shown = Room(), random.Random(1), dict[str, float]()
    threading.Thread(target=room.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config.toml"
        path.write_text(settings(room, asked.interval), encoding="utf-8")
        item(room, 0, texts[0])  # the baseline, of which nothing may be told
        daemon = subprocess.Popen([sys.executable, "-m", "ingest", "--config", str(path), "run"])
        try:
            while room.polls < 1:
                time.sleep(0.1)
            time.sleep(2)
            for number in range(1, asked.items + 1):
                shown[item(room, number, f"Number {number}.\n{texts[number]}")] = time.monotonic()
                time.sleep(rng.uniform(0, asked.interval / 2))
            end = time.monotonic() + asked.interval + 90
            while len(room.arrived) < asked.items and time.monotonic() < end:
                time.sleep(0.2)
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.wait(60)
    return report(shown, room, asked.interval)


def report(shown: dict[str, float], room: Room, interval_s: int) -> int:
    """Print what came when; 1 when it is not as it should be."""
    lags = sorted(room.arrived[title][0] - at for title, at in shown.items() if title in room.arrived)
    twice = sum(len(times) > 1 for times in room.arrived.values())
    told = f"{len(lags)} of {len(shown)} items alerted, {twice} twice, {room.polls} polls each {interval_s} s"
    if not lags:
        print(told)
        return 1
    p95 = lags[min(len(lags) - 1, int(0.95 * len(lags)))]
    print(f"{told}; median {lags[len(lags) // 2]:.1f} s, p95 {p95:.1f} s, most {lags[-1]:.1f} s")
    wanted = len(lags) == len(shown) == len(room.arrived) and not twice
    return 0 if wanted and p95 <= interval_s + 60 else 1


if __name__ == "__main__":
    sys.exit(main())
