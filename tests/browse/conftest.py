"""A real database file with a small newsroom in it, and Datasette with our plugin upon it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from datasette import hookimpl
from datasette.plugins import pm
from jinja2.bccache import Bucket, BytecodeCache

from ingest.browse.serve import build
from ingest.store.connection import Store, open_writer
from ingest.store.times import to_text
from ingest.text.search import indexed

START = datetime(2026, 5, 4, 6, 0, tzinfo=UTC)


@dataclass
class Newsroom:
    """Fills a database by plain SQL, one row at a time."""

    store: Store
    path: Path
    publishers: dict[str, int] = field(default_factory=dict)

    def insert(self, table: str, **row: Any) -> int:
        names = ", ".join(row)
        marks = ", ".join("?" * len(row))
        cursor = self.store.connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(row.values()))
        return int(cursor.lastrowid or 0)

    def publisher(self, name: str, kind: str = "outlet") -> int:
        if name not in self.publishers:
            self.publishers[name] = self.insert("publishers", name=name, kind=kind)
        return self.publishers[name]

    def article(self, title: str, text: str, *, publisher: str = "Daily Harbour", minutes: int = 0, **more: Any) -> int:
        at = to_text(START + timedelta(minutes=minutes))
        row = {
            "publisher_id": self.publisher(publisher),
            "identity": f"{publisher}/{title}/{minutes}",
            "url": f"https://news.example/{len(self.publishers)}/{minutes}",
            "title": title,
            "text": text,
            "published_at": at,
            "first_seen_at": at,
            "status": "extracted",
            "text_source": "extractor",
            "content_hash": f"{title}{minutes}",
        }
        article_id = self.insert("articles", **{**row, **more})
        self.insert("articles_fts", rowid=article_id, title=indexed(title), text=indexed(text))
        return article_id

    def story(self, title: str, members: list[tuple[int, str]], *, minutes: int = 0, **more: Any) -> int:
        at = to_text(START + timedelta(minutes=minutes))
        row = {
            "title": title,
            "first_article_id": members[0][0] if members else None,
            "first_confidence": 0.93,
            "first_reason": "It carries the agency’s credit and the earliest time.",
            "created_at": at,
            "updated_at": at,
        }
        story_id = self.insert("stories", **{**row, **more})
        for number, (article_id, relation) in enumerate(members):
            self.insert(
                "members",
                article_id=article_id,
                story_id=story_id,
                relation=relation,
                score=1 if relation == "original" else 0.87,
                via=members[0][0] if number else None,
                reason="original" if relation == "original" else "lead",
                joined_at=at,
            )
        return story_id


class Compiled(BytecodeCache):
    """Templates as they were compiled once: every test has a Datasette of its own, and they all show the same pages."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


class CompiledOnce:
    """A plugin that gives every Datasette of these tests the same compiled templates."""

    __name__ = "compiled-once"
    cache = Compiled()

    @hookimpl
    def prepare_jinja2_environment(self, env: Any) -> None:
        env.bytecode_cache = self.cache


pm.register(CompiledOnce(), name="compiled-once")


@pytest.fixture(scope="session")
def empty_newsroom(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A database of the present schema with nothing in it."""
    path = tmp_path_factory.mktemp("empty") / "newsroom.db"
    open_writer(path, for_command="test").close()
    return path.read_bytes()


@pytest.fixture
def newsroom(tmp_path: Path, empty_newsroom: bytes) -> Iterator[Newsroom]:
    path = tmp_path / "newsroom.db"
    path.write_bytes(empty_newsroom)
    with open_writer(path, for_command="test") as store:
        yield Newsroom(store=store, path=path)


@pytest.fixture
def ferry(newsroom: Newsroom) -> int:
    """A story of four members by three publishers, first by the agency; returns its id."""
    newsroom.publisher("Northwire", "wire")
    wire = newsroom.article(
        "Ferry service resumes after storm",
        "The ferry to Holm sailed again.",
        publisher="Northwire",
        agency="Northwire",
    )
    copy = newsroom.article("Ferries sail again", "The ferry to Holm sailed again.", minutes=14)
    short = newsroom.article("Ferry back", "Ferry sailed.", publisher="Echo Online", minutes=95)
    late = newsroom.article("Island link restored", "After two days the link is back.", minutes=1600)
    story = newsroom.story(
        "Ferry service resumes after storm",
        [(wire, "original"), (copy, "copy"), (short, "abridgement"), (late, "rewrite")],
        minutes=1600,
    )
    newsroom.insert(
        "revisions",
        article_id=copy,
        title="Ferries to sail",
        text="The ferry to Holm will sail.",
        seen_at=to_text(START),
        replaced_at=to_text(START + timedelta(hours=1)),
        added_words=3,
        removed_words=2,
        similarity=0.8,
    )
    return story


@pytest.fixture
async def site(newsroom: Newsroom) -> AsyncIterator[Any]:
    """Datasette on the newsroom, with its client."""
    datasette = build(newsroom.path)
    await datasette.invoke_startup()
    yield datasette
    datasette.executor.shutdown(wait=True)
    for database in datasette.databases.values():
        database.close()
