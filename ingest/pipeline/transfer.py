"""Feeds, articles and stories in and out: OPML, JSON Lines, CSV, Atom."""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from ingest.config import Config
from ingest.match.records import LabelledArticle
from ingest.model import Article, ArticleStatus, Entry, FeedKind, Settled, TextSource
from ingest.pipeline.batch import each_article
from ingest.pipeline.matching import PIECE, Matcher
from ingest.publish.atom import write_atom
from ingest.publish.csvsafe import write_rows
from ingest.publish.opml import OpmlFeed, folder, read_outlines, write_opml
from ingest.store import export as rows
from ingest.store import read
from ingest.store.articles import content_hash, insert_article, settle
from ingest.store.connection import Store, open_for_notes, open_reader, open_writer
from ingest.store.feeds import NewFeed, add_feed, publisher_id
from ingest.store.journal import count_cap
from ingest.store.outlines import outlines, set_outlines
from ingest.text.credits import find_credit
from ingest.text.urls import family, http_url, mask
from ingest.text.variants import article_url

CSV_PIECE_CHARS = 1_000_000
TELL_EVERY = 500
#: Of an imported text; no page gives more.
MAX_IMPORTED_CHARS = 5 * 1024 * 1024


def import_opml(config: Config, data: bytes, now: datetime) -> tuple[int, int, list[str]]:
    """Add every feed of an OPML file. Returns how many were new, how many known, and a line for each refused one.

    Raises ParseError when the file is no OPML.
    """
    added, known, refused = 0, 0, list[str]()
    listed: dict[str, list[OpmlFeed]] = {}
    file = read_outlines(data)
    refused += [f"line {line}: not an address to poll: {mask(address)[:200]!r}" for line, address in file.refused]
    for feed in file.feeds:
        listed.setdefault(feed.url, []).append(feed)
    with open_for_notes(config.database_path) as store, store.transaction():
        for address, places in listed.items():
            url, first = http_url(address), places[0]
            if url is None:
                refused.append(f"not an address to poll: {mask(address)[:200]!r}")
                continue
            domain = family(first.html_url or url)
            feed_id, is_new = add_feed(store, NewFeed(url=url, title=first.title, publisher=domain, domain=domain), now)
            set_outlines(store, feed_id, json.dumps([[one.folders, one.attributes] for one in places]))
            added, known = added + is_new, known + (not is_new)
    return added, known, refused


def _listed(feed: read.FeedHealth, places: str | None) -> Iterator[OpmlFeed]:
    """A feed's outlines: as a file listed it, or one in a folder of its publisher's name."""
    title = feed.title or feed.url
    if places is None:
        yield OpmlFeed(url=feed.url, title=title, folders=(folder(feed.publisher),))
        return
    for folders, attributes in json.loads(places):
        above = tuple(tuple((name, value) for name, value in one) for one in folders)
        own = tuple((name, value) for name, value in attributes)
        yield OpmlFeed(url=feed.url, title=title, folders=above, attributes=own)


def import_articles(config: Config, path: Path, now: datetime, tell: Callable[[int, int], None]) -> tuple[int, int]:
    """Store and match an archive's articles, as if their pages had been read now. Returns how many were new and known.

    A few dozen are one transaction: a run that is stopped goes on where it stopped, and others may write between. The
    file is read twice, and none of it is kept. Raises SamewireError naming the line that cannot be read, before
    anything is stored.
    """
    total, new = sum(1 for _ in each_article(path, credited=False)), 0
    with open_writer(config.database_path, for_command="samewire import") as store:
        matcher = Matcher.of(config.match)
        matcher.rebuild(store, now)
        articles = enumerate(each_article(path, credited=False), start=1)  # who stores a text reads its credit
        for _ in range(0, total, PIECE):
            with store.transaction():
                for done, article in islice(articles, PIECE):
                    new += _import_one(store, matcher, article, now)
                    tell(done, total)
        matcher.settle(store, now)
    return new, total - new


def _import_one(store: Store, matcher: Matcher, article: LabelledArticle, now: datetime) -> bool:
    document = article.document
    url = http_url(document.url) if document.url else None
    # Archives count their articles alike, so an id alone would take another's article for a known one.
    identity = article_url(url) if url else f"import:{article.id}:{content_hash(document.title, document.text)}"
    name = document.publisher or (family(url) if url else "imported")
    kind = None if document.kind is FeedKind.OUTLET else document.kind  # what every record is that says nothing
    with store.transaction():
        publisher = publisher_id(store, name, domain=family(url) if url else "", kind=kind)
        entry = Entry(
            link=url,
            title=document.title,
            language=document.language,
            authors=article.byline,
            source_title=document.source_title,
        )
        article_id, is_new = insert_article(
            store, publisher, identity, entry, published_at=document.published_at, now=now, baseline=True
        )
        if not is_new:
            return False
        text = document.text[:MAX_IMPORTED_CHARS]
        if len(text) < len(document.text):
            count_cap(store, "imported_text", f"article {article_id}", now)
        credit = find_credit(text, title=document.title)
        body = Article(
            url=url or "",
            title=document.title,
            text=text,
            published_at=document.published_at,
            language=document.language,
            agency=credit.agency if credit else None,
            agency_evidence=credit.evidence if credit else None,
            confidence=1.0,
            source=TextSource.FEED,
        )
        settled = Settled(
            article_id=article_id, article=body, status=ArticleStatus.EXTRACTED, attempts=0, next_fetch_at=None
        )
        settle(store, settled, None, now)
        matcher.match(store, article_id, now)
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to export."""

    form: str  # opml, jsonl, csv or atom
    of_stories: bool = False  # a row a story; else a row an article
    watch: str | None = None  # only stories that this watch told of


def exported(config: Config, wanted: Wanted, now: datetime, tell: Callable[[int, int], None]) -> Iterator[bytes]:
    """The database in one of the formats, piece by piece; memory does not grow with it. Raises NotFound, StoreError."""
    with closing(open_reader(config.database_path)) as connection:
        if wanted.form == "opml":
            known = outlines(connection)
            feeds = [feed for feed in read.feeds(connection) if feed.status != "removed"]
            feeds.sort(key=lambda feed: feed.id)
            yield write_opml((one for feed in feeds for one in _listed(feed, known.get(feed.id))), title="samewire")
        elif wanted.form == "atom":
            stories = rows.latest_stories(connection, watch=wanted.watch, limit=rows.FEED_STORIES)
            yield write_atom(stories, public_url=config.web.public_url, now=now, watch=wanted.watch)
        else:
            columns, records = _records(connection, config, wanted, tell)
            if wanted.form == "csv":
                yield from _csv(columns, records)
            else:
                for record in records:
                    yield (json.dumps(record, ensure_ascii=False) + "\n").encode("utf-8", "replace")


def _records(
    connection: sqlite3.Connection, config: Config, wanted: Wanted, tell: Callable[[int, int], None]
) -> tuple[Sequence[str], Iterator[dict[str, object]]]:
    """Names and rows; of all rows it is told how far they are, of a watch's nobody knows how many there will be."""
    watch_id = rows.watch_named(connection, wanted.watch) if wanted.watch else None
    columns: tuple[str, ...]
    if wanted.of_stories:
        columns, total = rows.STORY_COLUMNS, rows.count_stories(connection)
        found = rows.stories(connection, watch_id=watch_id)
    else:
        with_text = config.export.full_text
        columns, total = rows.article_columns(with_text=with_text), rows.count_articles(connection)
        found = rows.articles(connection, with_text=with_text, watch_id=watch_id)
    return columns, _told(found, 0 if watch_id else total, tell)


def _told(
    found: Iterable[dict[str, object]], total: int, tell: Callable[[int, int], None]
) -> Iterator[dict[str, object]]:
    for done, record in enumerate(found, start=1):
        if done % TELL_EVERY == 0 or done == total:
            tell(done, max(done, total))
        yield record


def _csv(columns: Sequence[str], records: Iterable[dict[str, object]]) -> Iterator[bytes]:
    """A table in pieces; values that are lists are written as JSON."""
    out = io.StringIO(newline="")
    write_rows(out, columns, [])
    for record in records:
        write_rows(out, (), [[_cell(record[name]) for name in columns]])
        if out.tell() > CSV_PIECE_CHARS:
            yield out.getvalue().encode("utf-8", "replace")
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode("utf-8", "replace")


def _cell(value: object) -> str | int | float | None:
    if value is None or isinstance(value, str | int | float):
        return value
    return json.dumps(value, ensure_ascii=False)
