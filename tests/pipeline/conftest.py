"""Publishers on loopback that answer as a test scripts them, and the passes that `samewire poll` makes over them."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import random
import sqlite3
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import TCPServer
from typing import Any

import pytest

from ingest.config import Config, load
from ingest.pipeline.desk import Desk, open_desk
from ingest.pipeline.newsroom import sync_feeds
from ingest.pipeline.passes import PassReport, add_missing, one_pass

START = datetime(2026, 5, 5, 12, 0, tzinfo=UTC)


@dataclass
class Answer:
    """What a path gives: a 200 with validators unless told otherwise."""

    body: bytes = b""
    status: int = 200
    content_type: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    hangs: bool = False  # the head is never sent


class Site(ThreadingHTTPServer):
    """One publisher on a port of its own."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.posted: list[tuple[str, dict[str, str], bytes]] = []
        self.ending = threading.Event()
        super().__init__(("127.0.0.1", 0), _Handler)
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def server_bind(self) -> None:
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is no news."""

    @property
    def host_port(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    def url(self, path: str) -> str:
        return f"http://{self.host_port}{path}"

    def times_asked(self, path: str) -> int:
        return sum(asked == path for asked, _ in self.asked)

    def on(self, path: str, body: str | bytes = b"", **how: Any) -> str:
        """Answer a path; returns its address."""
        self.answers[path] = Answer(body=body.encode() if isinstance(body, str) else body, **how)
        return self.url(path)

    def feed(self, items: Sequence[Item], path: str = "/feed.xml", title: str = "A feed") -> str:
        """Serve these items as RSS; returns the feed's address."""
        return self.on(path, rss([item.as_rss(self) for item in items], title), content_type="application/rss+xml")

    def page(self, path: str, title: str, paragraphs: Sequence[str], at: datetime | None = None) -> str:
        """Serve an article's page; returns its address."""
        return self.on(path, html_page(title, paragraphs, at))

    def article(
        self, path: str, title: str, paragraphs: Sequence[str], *, minutes: int = 0, guid: str | None = None
    ) -> Item:
        """Serve an article's page and return the feed's item for it, with the first words as its summary."""
        at = START - timedelta(hours=3) + timedelta(minutes=minutes)
        self.page(path, title, paragraphs, at)
        return Item(path=path, title=title, summary=paragraphs[0][:180], at=at, guid=guid)


@dataclass
class Item:
    """One item of a feed."""

    path: str | None
    title: str
    summary: str = ""
    at: datetime | None = None
    guid: str | None = None
    content: str = ""

    def as_rss(self, site: Site) -> str:
        link = f"<link>{escape(site.url(self.path))}</link>" if self.path else ""
        guid = f'<guid isPermaLink="false">{escape(self.guid)}</guid>' if self.guid else ""
        date = f"<pubDate>{format_datetime(self.at)}</pubDate>" if self.at else ""
        full = f"<content:encoded>{escape(self.content)}</content:encoded>" if self.content else ""
        return (
            f"<item><title>{escape(self.title)}</title>{link}{guid}{date}"
            f"<description>{escape(self.summary)}</description>{full}</item>"
        )


def rss(items: Sequence[str], title: str = "A feed") -> str:
    return (
        '<?xml version="1.0" encoding="utf-8"?>'
        '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>{escape(title)}</title><link>http://127.0.0.1/</link><description>d</description>"
        f"{''.join(items)}</channel></rss>"
    )


def html_page(title: str, paragraphs: Sequence[str], at: datetime | None = None) -> str:
    published = f'<meta property="article:published_time" content="{at.isoformat()}">' if at else ""
    body = "".join(f"<p>{escape(paragraph, quote=False)}</p>\n" for paragraph in paragraphs)
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>{published}</head>'
        f'<body><nav><a href="/">Home</a> <a href="/world">World</a></nav><main><article><h1>{escape(title)}</h1>\n'
        f"{body}</article></main><footer><p>Imprint</p></footer></body></html>"
    )


class _Handler(BaseHTTPRequestHandler):
    server: Site
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self) -> None:
        self.server.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        answer = self.server.answers.get(self.path.partition("?")[0], Answer(b"no such page", status=404))
        if answer.hangs:
            self.server.ending.wait(60)
            return
        etag = f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"'
        if answer.status == 200 and self.headers.get("If-None-Match") == etag:
            self._send(304, {"ETag": etag}, b"")
        elif answer.status == 200:
            self._send(200, {"Content-Type": answer.content_type, "ETag": etag, **answer.headers}, answer.body)
        else:
            self._send(answer.status, {"Content-Type": answer.content_type, **answer.headers}, answer.body)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.posted.append((self.path, headers, body))
        answer = self.server.answers.get(self.path, Answer(status=404))
        self._send(answer.status, answer.headers, answer.body)

    def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@dataclass
class Newsroom:
    """A folder with a configuration and a database, and the passes made over them."""

    folder: Path
    sites: list[Site] = field(default_factory=list)
    feeds: list[str] = field(default_factory=list)  # TOML of the [[feeds]]
    settings: str = ""  # more TOML
    poll_settings: str = 'timeout = "20s"'
    per_host: int = 8  # pages of one site at a time
    now: datetime = START

    @property
    def database(self) -> Path:
        return self.folder / "newsroom.db"

    def site(self) -> Site:
        """A new publisher."""
        self.sites.append(Site())
        return self.sites[-1]

    def follow(self, url: str, publisher: str, kind: str = "outlet", more: str = "") -> None:
        """Put a feed into the configuration."""
        self.feeds.append(f'[[feeds]]\nurl = "{url}"\npublisher = "{publisher}"\nkind = "{kind}"\n{more}\n')

    def write_config(self) -> Path:
        allow = ", ".join(f'"{site.host_port}"' for site in self.sites)
        path = self.folder / "config.toml"
        path.write_text(
            f'[database]\npath = "newsroom.db"\n[poll]\nhost_delay = "0s"\nper_host = {self.per_host}\n'
            f'allow = [{allow}]\ncontact = "https://example.org/bot"\n{self.poll_settings}\n{self.settings}\n'
            + "\n".join(self.feeds),
            encoding="utf-8",
        )
        return path

    def config(self) -> Config:
        return load(self.write_config()).config

    @contextlib.contextmanager
    def desk(self) -> Iterator[Desk]:
        """The desk as `samewire poll` opens it, under this newsroom's clock."""
        with open_desk(
            self.config(),
            for_command="samewire poll",
            clock=lambda: self.now,
            rng=random.Random(7),
            headers_of=lambda _url: (),
            processes=2,
        ) as desk:
            yield desk

    def poll(self, *urls: str, after: timedelta = timedelta()) -> PassReport:
        """One whole `samewire poll`: everything is opened, passed over, and closed again."""
        with self.desk() as desk:
            return asyncio.run(self.passes(desk, 1, *urls, after=after))[0]

    async def passes(
        self, desk: Desk, count: int, *urls: str, after: timedelta = timedelta(), between: Callable[[], None] = int
    ) -> list[PassReport]:
        """Several passes with one desk, as a daemon lives through them."""
        reports = []
        async with desk.client:
            for number in range(count):
                if number:
                    between()
                self.now += after
                await desk.write(sync_feeds, desk.store, desk.config, self.now)
                await desk.write(add_missing, desk.store, urls, self.now)
                reports.append(await one_pass(desk, urls, lambda _progress: None))
        return reports

    def rows(self, sql: str, *values: object) -> list[dict[str, Any]]:
        """What the database says, on a connection of its own."""
        with contextlib.closing(sqlite3.connect(self.database)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(sql, values)]

    def one(self, sql: str, *values: object) -> Any:
        """The single value of the single row."""
        (row,) = self.rows(sql, *values)
        (value,) = row.values()
        return value

    def partition(self) -> set[frozenset[str]]:
        """The stories as sets of titles and publishers, free of ids."""
        found: dict[int, set[str]] = {}
        for row in self.rows(
            "SELECT m.story_id, p.name || ': ' || a.title AS name FROM members m "
            "JOIN articles a ON a.id = m.article_id JOIN publishers p ON p.id = a.publisher_id"
        ):
            found.setdefault(row["story_id"], set()).add(row["name"])
        return {frozenset(names) for names in found.values()}

    def stories(self) -> set[tuple[object, ...]]:
        """Everything that matching decided, named by publishers and paths and not by ids."""
        return {
            tuple(row.values())
            for row in self.rows(
                "SELECT p.name || ' ' || a.identity AS member, m.relation, m.score, m.reason, "
                "(SELECT q.name || ' ' || v.identity FROM articles v JOIN publishers q ON q.id = v.publisher_id "
                " WHERE v.id = m.via) AS via, "
                "(SELECT q.name || ' ' || f.identity FROM articles f JOIN publishers q ON q.id = f.publisher_id "
                " WHERE f.id = s.first_article_id) AS first, s.title, s.first_reason, "
                "(SELECT group_concat(x, '|') FROM (SELECT q.name || ' ' || b.identity AS x FROM members n "
                " JOIN articles b ON b.id = n.article_id JOIN publishers q ON q.id = b.publisher_id "
                " WHERE n.story_id = m.story_id ORDER BY x)) AS together "
                "FROM members m JOIN articles a ON a.id = m.article_id JOIN publishers p ON p.id = a.publisher_id "
                "JOIN stories s ON s.id = m.story_id"
            )
        }

    def must_be_sound(self) -> None:
        """What holds of every database of ours at any moment."""
        assert self.one("PRAGMA integrity_check") == "ok"
        assert self.rows("PRAGMA foreign_key_check") == []
        assert self.one("SELECT count(*) FROM articles WHERE id NOT IN (SELECT article_id FROM members)") == 0
        assert self.one("SELECT count(*) FROM stories s WHERE merged_into IS NULL AND NOT EXISTS "
                        "(SELECT 1 FROM members m WHERE m.story_id = s.id)") == 0  # fmt: skip
        assert self.one("SELECT count(*) FROM members m JOIN stories s ON s.id = m.story_id "
                        "WHERE s.merged_into IS NOT NULL") == 0  # fmt: skip
        assert self.one("SELECT count(*) FROM members WHERE reason = ''") == 0

    def close(self) -> None:
        for site in self.sites:
            site.ending.set()
            site.shutdown()
            site.server_close()


def written(path: Path, records: list[dict[str, Any]]) -> Path:
    """A file of these records, a line each."""
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    room = Newsroom(tmp_path)
    yield room
    room.close()
