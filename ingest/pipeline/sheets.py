"""A day's sheet: everything a digest is made of, read at one moment and sorted out by the rules of `publish`."""

from __future__ import annotations

import sqlite3
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from ingest.config import Config
from ingest.config.values import WEEKDAYS
from ingest.model import ArticleId, StoryId
from ingest.model.day import EVERY_DAY, FeedNote, Mute, Reader
from ingest.publish.day import EventView, Sheet, Sorted, as_it_stood, changes_of, muted_articles, mutes_for, sort_out
from ingest.publish.digest import MOST
from ingest.publish.event_lines import Frame
from ingest.publish.lines import printable
from ingest.store import read, read_day
from ingest.store.read_browse import snapshot

#: Nobody's address: the edition for all, which the pages show.
EVERYBODY = ""
#: A feed that brought something on so many of the days before is missed when it brings nothing.
_HABIT_DAYS, _HABIT = 5, timedelta(days=7)


def readers(config: Config) -> tuple[Reader, ...]:
    """The recipients with their settings, what they leave open taken from [digest]."""
    mutes = _mutes(config)
    return tuple(
        Reader(
            address=each.address,
            timezone=each.timezone or config.digest.timezone,
            at=each.at or config.digest.at,
            weekdays=frozenset(map(WEEKDAYS.index, each.weekdays)) or EVERY_DAY,
            watches=each.watches,
            mutes=mutes_for(mutes, each.address),
        )
        for each in config.digest.recipients
    )


def everybody(config: Config) -> Reader:
    """The reader of the edition for all: [digest]'s own hour and zone, every watch's news, and the mutes for all."""
    mutes = mutes_for(_mutes(config), EVERYBODY)
    return Reader(address=EVERYBODY, timezone=config.digest.timezone, at=config.digest.at, mutes=mutes)


def _mutes(config: Config) -> tuple[Mute, ...]:
    return tuple(
        Mute(
            name=each.name,
            recipient=each.recipient,
            publisher=each.publisher,
            section=each.section,
            language=each.language,
            query=each.query,
        )
        for each in config.digest.mutes
    )


def gather(connection: sqlite3.Connection, config: Config, reader: Reader, since: datetime, until: datetime) -> Sheet:
    """The sheet of [since, until) for one reader, as things stood at `until`. connection: in autocommit mode."""
    with snapshot(connection):
        return _gather(connection, config, reader, since, until)


def frame_of(config: Config, reader: Reader, *, day: date, since: datetime, until: datetime) -> Frame:
    """Whose day it is, for the wording."""
    return Frame(
        day=day,
        since=since,
        until=until,
        zone=ZoneInfo(reader.timezone),
        public_url=config.web.public_url,
        recipient=reader.address,
    )


def _gather(connection: sqlite3.Connection, config: Config, reader: Reader, since: datetime, until: datetime) -> Sheet:
    found = read_day.appearances(connection, since, until)
    ids = [each.article_id for each in found]
    wanted = reader.watches or tuple(watch.name for watch in config.watches)
    queries = {mute.query for mute in reader.mutes if mute.query}
    told = sort_out(
        found,
        since=since,
        changes=changes_of(read_day.revised(connection, since, until), found),
        muted=muted_articles(
            reader.mutes, found, {query: read_day.headline_matches(connection, query, ids) for query in queries}
        ),
        hits=read_day.hits(connection, wanted, ids) if wanted else {},
        only_watched=bool(reader.watches),
    )
    return Sheet(
        sorted=told,
        views=_views(connection, told, frozenset(ids)),
        watches=reader.watches,
        scores=read_day.scores(connection, since, until),
        scores_before=read_day.scores(connection, since - (until - since), since),
        feeds=read_day.active_feeds(connection),
        notes=_notes(connection, since, until),
    )


def _views(connection: sqlite3.Connection, told: Sorted, known: frozenset[ArticleId]) -> dict[StoryId, EventView]:
    """The events that a digest has room for, each with as many of its stories as are ever named."""
    events = printable(told.events, MOST)
    ids = [story for event in events for story in event.stories[: MOST.reports + 1]]
    stories = {story.id: story for story in read.stories(connection, ids)}
    views = (as_it_stood(event, stories, known) for event in events)
    return {view.figures.id: view for view in views if view.stories}


def _notes(connection: sqlite3.Connection, since: datetime, until: datetime) -> tuple[FeedNote, ...]:
    """Feeds to look at; one that fails is not called silent too."""
    return (
        *read_day.failing_feeds(connection),
        *read_day.overflowed_feeds(connection, since, until),
        *read_day.silent_feeds(connection, since, before=since - _HABIT, least_days=_HABIT_DAYS),
    )
