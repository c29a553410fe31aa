"""Digests on their way: each reader's own hour, watches and mutes; what a crash, a refusal and downtime leave."""

from __future__ import annotations

import asyncio
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from ingest.config import loads
from ingest.pipeline.desk import open_desk
from ingest.pipeline.digests import PATIENCE, build_digest, deliver_due
from ingest.pipeline.sheets import everybody, readers
from ingest.publish.digest import text_of
from ingest.store.connection import open_writer
from tests.publish.servers import Sink, serving

SEVEN = datetime(2026, 5, 5, 7, 0, tzinfo=UTC)  # a Tuesday
DESK, NIGHT = "desk@newsroom.example", "night@newsroom.example"


@dataclass
class Post:
    """A newsroom with a mail server, and a clock that stands where a test puts it."""

    folder: Path
    sink: Sink
    port: int
    settings: str = ""
    now: datetime = SEVEN + timedelta(minutes=1)
    articles: int = 0
    readers: dict[str, str] = field(default_factory=lambda: {DESK: ""})

    @property
    def config(self) -> Any:
        people = "".join(f'[[digest.recipients]]\naddress = "{name}"\n{more}\n' for name, more in self.readers.items())
        text = (
            f'{self.settings}\n[smtp]\nhost = "127.0.0.1"\nport = {self.port}\nsecurity = "none"\n'
            f'sender = "samewire <digest@samewire.example>"\n{people}'
        )
        return loads(text, self.folder / "config.toml").config

    def story(
        self, title: str, *, ago: timedelta = timedelta(hours=2), publisher: str = "Gazette", **columns: Any
    ) -> None:
        """An article alone in its story, settled, first seen so long before seven."""
        self.articles += 1
        at = f"{SEVEN - ago:%Y-%m-%dT%H:%M:%SZ}"
        values = {
            "identity": str(self.articles), "url": f"https://gazette.example/news/{self.articles}", "title": title,
            "text": f"{title}. More of it.", "published_at": at, "first_seen_at": at, "status": "extracted",
            "text_source": "extractor", "content_hash": "h", "matched_hash": "h", **columns,
        }  # fmt: skip
        with open_writer(self.folder / "newsroom.db", for_command="test") as store, store.transaction():
            run = store.connection.execute
            run("INSERT OR IGNORE INTO publishers (name) VALUES (?)", [publisher])
            owner = run("SELECT id FROM publishers WHERE name = ?", [publisher]).fetchone()[0]
            names, marks = ", ".join(values), ", ".join("?" * len(values))
            article = run(
                f"INSERT INTO articles (publisher_id, {names}) VALUES (?, {marks})", [owner, *values.values()]
            ).lastrowid
            run("INSERT INTO articles_fts (rowid, title, text) VALUES (?, ?, '')", [article, title.casefold()])
            story = run(
                "INSERT INTO stories (title, first_article_id, created_at, updated_at, related_at) "
                "VALUES (?, ?, ?, ?, ?)", [title, article, at, at, at],
            ).lastrowid  # fmt: skip
            run("INSERT INTO members VALUES (?, ?, 'original', 1, NULL, 'test', ?)", [article, story, at])

    def deliver(self, after: timedelta = timedelta(), **values: Any) -> int:
        """What the daemon does every half minute."""
        self.now += after

        async def work() -> int:
            with open_desk(
                self.config, for_command="test", clock=lambda: self.now, rng=random.Random(1), headers_of=lambda _: (),
                processes=1,
            ) as desk:  # fmt: skip
                return await deliver_due(desk, "", **values)

        return asyncio.run(work())

    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(content, policy=policy.default) for _, _, content in self.sink.mails]  # type: ignore[misc]

    def bodies(self) -> list[str]:
        """The plain texts, each with whom it went to."""
        found = ((mail["To"], mail.get_body(("plain",))) for mail in self.mails())
        return [f"{to}\n{body.get_content()}".replace("\r", "") for to, body in found if body is not None]

    def ledger(self) -> list[tuple[Any, ...]]:
        return self.rows("SELECT day, recipient, status, reason, attempts FROM deliveries ORDER BY day, recipient")

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.folder / "newsroom.db", isolation_level=None)) as connection:
            return connection.execute(sql).fetchall()


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    sink = Sink()
    with serving(sink) as port:
        yield Post(tmp_path, sink, port)


def test_each_reader_has_an_hour_a_zone_and_days_of_their_own(post: Post) -> None:
    post.readers = {
        DESK: "",
        NIGHT: 'at = "22:30"\ntimezone = "Europe/Berlin"',
        "week@newsroom.example": 'weekdays = ["sun"]',
    }
    post.story("Ferry sails")
    post.story("Bridge shuts", ago=timedelta(days=1, hours=3))
    assert post.deliver() == 2  # the night's is yesterday's
    assert {mail["To"] for mail in post.mails()} == {DESK, NIGHT}
    assert post.deliver(timedelta(hours=13, minutes=28)) == 0
    assert post.deliver(timedelta(minutes=1)) == 1  # 20:30 UTC
    last = post.bodies()[-1]
    assert last.startswith(NIGHT) and "Ferry sails" in last and "Bridge" not in last and "Europe/Berlin" in last


def test_a_digest_waits_for_the_backlog_and_not_for_ever(post: Post) -> None:
    post.story("Ferry sails", matched_hash=None)
    assert post.deliver() == 0
    assert post.deliver(patience=timedelta(0)) == 1
    post.readers = {NIGHT: ""}
    assert post.deliver(timedelta(minutes=5)) == 0
    assert post.deliver(PATIENCE) == 1


def test_a_reader_of_watches_is_told_what_they_found(post: Post) -> None:
    post.settings = '[[watches]]\nname = "ferries"\nquery = "ferry"\n[[watches]]\nname = "bees"\nquery = "bee"'
    post.readers = {DESK: "", NIGHT: 'watches = ["ferries", "bees"]'}
    post.story("Ferry sails"), post.story("Bridge shuts")
    post.rows("INSERT INTO watches (name, query) VALUES ('ferries', 'ferry')")
    post.rows("INSERT INTO hits (watch_id, article_id, at) VALUES (1, 1, '2026-05-05T05:00:00Z')")
    assert post.deliver() == 2
    desk, night = sorted(post.bodies())
    assert "Bridge shuts" in desk and "Ferry sails" in desk
    assert "WATCH: FERRIES" in night and "Ferry sails" in night and "Bridge shuts" not in night
    assert "WATCH: BEES\n-----------\n\n    Nothing new in this time." in night


def test_what_is_muted_is_counted_for_whom_it_is_muted_and_stays_in_the_database(post: Post) -> None:
    post.settings = (
        '[[digest.mutes]]\nname = "sport"\nsection = "sport"\n[[digest.mutes]]\nname = "stars"\nquery = "horoscope"\n'
        f'recipient = "{NIGHT}"'
    )
    post.readers = {DESK: "", NIGHT: ""}
    post.story("Rovers win", url="https://gazette.example/sport/1"), post.story("Your horoscope"), post.story("Ferry")
    assert post.deliver() == 2
    desk, night = sorted(post.bodies())
    assert "Rovers win" not in desk and "Your horoscope" in desk and "Muted: 1 event (sport 1)." in desk
    assert "Muted: 2 events (sport 1 and stars 1)." in night
    fates = "SELECT edition, event_id, fate, mute, place FROM digest_events WHERE fate <> 'shown' ORDER BY edition"
    assert post.rows(fates) == [
        ("", 1, "muted", "sport", None),
        ("UTC 07:00; mutes sport", 1, "muted", "sport", None),
        ("UTC 07:00; mutes sport, stars", 1, "muted", "sport", None),
        ("UTC 07:00; mutes sport, stars", 2, "muted", "stars", None),
    ]
    assert post.rows("SELECT count(*) FROM articles") == [(3,)]


def test_an_empty_day_is_one_honest_line_or_no_mail(post: Post) -> None:
    post.story("Old news", ago=timedelta(days=9))
    assert post.deliver() == 1
    assert "Nothing to report: no feeds are configured." in post.bodies()[0]
    post.settings, post.readers = '[digest]\nempty = "skip"', {NIGHT: ""}
    post.rows("INSERT INTO publishers (name) VALUES ('x')")
    post.rows(
        "INSERT INTO feeds (url, publisher_id, origin, added_at, next_at) VALUES ('https://x.example/', 2, 'added', "
        "'2026-05-05T05:00:00Z', '2026-05-05T05:00:00Z')"
    )
    assert post.deliver() == 0
    assert post.ledger()[-1] == ("2026-05-05", NIGHT, "skipped", "empty_day", 1)
    post.rows("UPDATE feeds SET failures = 3, last_reason = 'dns'")
    post.readers = {"late@newsroom.example": ""}
    assert post.deliver() == 1  # no feed answered: that is to be told


def test_after_downtime_one_digest_covers_what_was_missed(post: Post) -> None:
    post.story("Bridge shuts", ago=timedelta(hours=20))
    assert post.deliver() == 1
    post.story("Talks begin", ago=-timedelta(hours=9)), post.story("Talks end", ago=-timedelta(days=3))
    assert post.deliver(timedelta(days=4)) == 1
    body = post.bodies()[1]
    assert "Talks begin" in body and "Talks end" in body and "Bridge shuts" not in body
    assert [row[:3] for row in post.ledger()] == [("2026-05-05", DESK, "sent"), ("2026-05-09", DESK, "sent")]
    assert post.deliver(timedelta(minutes=1)) == 0


def test_what_no_server_takes_is_told_the_next_day_and_one_refusal_costs_nobody_else(post: Post) -> None:
    class Picky(Sink):
        async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: list[str]) -> str:
            if address == NIGHT:
                return "451 4.7.1 greylisted"
            return await super().handle_RCPT(server, session, envelope, address, options)

    post.story("Ferry sails")
    post.readers = {NIGHT: "", DESK: ""}
    with serving(picky := Picky()) as port:
        mended, post.port = post.port, port
        assert post.deliver() == 1
        assert post.deliver(timedelta(minutes=1)) == 0
    assert [recipients for _, recipients, _ in picky.mails] == [[DESK]]
    assert post.ledger()[1] == ("2026-05-05", NIGHT, "later", "smtp_later", 1)
    post.port = mended
    assert post.deliver(timedelta(days=1)) == 2
    night = next(body for body in post.bodies() if body.startswith(NIGHT))
    assert "Ferry sails" in night
    assert post.ledger()[1] == ("2026-05-05", NIGHT, "failed", "smtp_later", 1)


def test_a_crash_before_the_text_costs_no_wait_and_one_after_it_a_wait_and_one_more_mail(post: Post) -> None:
    post.story("Ferry sails")
    assert post.deliver() == 1
    first = post.mails()[0]["Message-ID"]
    post.rows("UPDATE deliveries SET status = 'pending', next_at = '2026-05-05T07:06:00Z'")
    assert post.deliver() == 1
    post.rows("UPDATE deliveries SET status = 'pending', unanswered = 1, next_at = '2026-05-05T07:06:00Z'")
    assert post.deliver() == 0
    assert post.deliver(timedelta(minutes=6)) == 1
    assert {mail["Message-ID"] for mail in post.mails()} == {first}
    post.rows("UPDATE deliveries SET status = 'pending', unanswered = 2, next_at = '2026-05-05T07:06:00Z'")
    assert post.deliver(timedelta(hours=1)) == 0
    assert post.ledger()[0][2:4] == ("failed", "smtp_broken")


def test_everybodys_digest_is_kept_whether_anybody_is_mailed_or_not(post: Post) -> None:
    post.readers = {}
    post.story("Ferry sails")
    assert post.deliver() == 0
    ((day, subject, plain),) = post.rows("SELECT day, subject, plain FROM digests")
    assert (day, subject) == ("2026-05-05", "Ferry sails · 1 event · Tue 5 May")
    assert plain == text_of(
        build_digest(
            post.config, everybody(post.config), day=SEVEN.date(), since=SEVEN - timedelta(days=1), until=SEVEN
        ).message
    )


def test_a_digest_of_an_earlier_day_leaves_out_what_came_later(post: Post) -> None:
    post.story("Ferry sails"), post.story("Bridge shuts", ago=-timedelta(hours=3))
    (reader,) = readers(post.config)
    made = build_digest(post.config, reader, day=SEVEN.date(), since=SEVEN - timedelta(days=1), until=SEVEN)
    assert "Ferry sails" in text_of(made.message) and "Bridge" not in text_of(made.message)
