"""An article's way past the watches: what fits is told or passed over, in the transaction that matches it."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ingest.config import Config, Watch, line_in
from ingest.errors import ConfigError, QueryError, Reason
from ingest.match.restated import restated
from ingest.model import AlertKind, ArticleId, Channel, StoryId, WatchId
from ingest.pipeline.logbook import log
from ingest.store import watches as kept
from ingest.store.alerts import shorten_targets
from ingest.store.articles import text_seen_at
from ingest.store.connection import Store
from ingest.store.journal import note
from ingest.store.trouble import is_trouble
from ingest.store.watch_sql import WatchedArticle, articles_that_fit, watched
from ingest.text.plain import without_surrogates
from ingest.text.search import indexed
from ingest.text.urls import stand_in
from ingest.watch.alerting import AlertRules, Moment, alerts_due
from ingest.watch.evaluate import found
from ingest.watch.index import QueryIndex
from ingest.watch.parse import KINDS, parse
from ingest.watch.query import Query
from ingest.watch.reading import Reading
from ingest.watch.telling import HitReason, judge, sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Watching:
    """A watch at work."""

    name: str
    query: Query
    added_at: datetime
    rules: AlertRules
    targets: tuple[tuple[Channel, str], ...]


def read_queries(config: Config) -> dict[str, Query]:
    """The queries of the configuration by their watch's name. Raises ConfigError with one problem for each fault."""
    problems = [
        f'{line_in(config, "groups", number, "name")}: groups.name: "{group.name}" is always there; choose another name'
        for number, group in enumerate(config.groups)
        if group.name.lower() in KINDS
    ]
    groups = {group.name: group.publishers for group in config.groups}
    queries: dict[str, Query] = {}
    for number, watch in enumerate(config.watches):
        try:
            queries[watch.name] = parse(watch.query, groups)
        except QueryError as exc:
            where = line_in(config, "watches", number, "query")
            problems.append(f'{where}: watches.query: "{watch.name}": {exc}\n{exc.pointed()}')
    if problems:
        raise ConfigError(tuple(problems))
    return queries


class Watcher:
    """All watches, put to each article when it has found its story. Lives in the writer's thread."""

    def __init__(self, watches: Mapping[WatchId, Watching] | None = None) -> None:
        self._watches = dict(watches or {})
        self._index = QueryIndex({number: watch.query for number, watch in self._watches.items()})

    @classmethod
    def open(cls, store: Store, config: Config, queries: Mapping[str, Query], now: datetime) -> Watcher:
        """The watches of the configuration, which from now on are those of the database.

        queries: what `read_queries` made of the configuration.
        """
        settings = {watch.name: watch for watch in config.watches}
        with store.transaction():
            rows = kept.sync_watches(store, [(watch.name, watch.query) for watch in config.watches], now)
            hooks = {row.id: settings[row.name].webhook for row in rows}
            shorten_targets(store, {number: address for number, address in hooks.items() if address})
        return cls(
            {
                row.id: Watching(
                    name=row.name,
                    query=queries[row.name],
                    added_at=row.added_at,
                    rules=_rules(settings[row.name]),
                    targets=_targets(settings[row.name]),
                )
                for row in rows
            }
        )

    def look(self, store: Store, article_id: ArticleId, now: datetime) -> None:
        """Put the watches to an article, and raise what its arrival gives reason for. Belongs inside a transaction.

        A watch that stumbles over an article costs neither the article its story nor the other watches theirs; the
        journal says so.
        """
        if not self._watches:
            return
        (article,) = watched(store.connection, [article_id])
        reading = Reading(article.words)
        fits = frozenset(self._index.matches(reading))
        hit_before = frozenset(kept.watches_with_hits(store.connection, article.story_id)) & self._watches.keys()
        for number in sorted(fits | hit_before):
            try:
                with store.part():
                    hit = self._judge(store, number, article, reading, now) if number in fits else None
                    if self._watches[number].targets and not article.baseline and (hit or number in hit_before):
                        self._raise(store, number, article, hit, now)
            except Exception as exc:
                if is_trouble(exc):  # the file's, and not the watch's
                    raise
                name = self._watches[number].name
                log.exception(
                    "watch", Reason.CRASHED, "the article cannot be put to it", watch=name, article=article_id
                )
                reason = without_surrogates(f"{name}: {type(exc).__name__}: {exc}")
                note(store, now, "samewire", "not-watched", reason, article_id=article_id)

    def _judge(
        self, store: Store, number: WatchId, article: WatchedArticle, reading: Reading, now: datetime
    ) -> tuple[HitReason, str] | None:
        """Record what an article that fits is to a watch; the reason and what was found when it is told now."""
        if kept.is_hit(store.connection, number, article.id):
            return None
        watch = self._watches[number]
        parts = found(watch.query, reading)
        reason = judge(
            frozenset(part.label for part in parts),
            kept.told_in(store.connection, number, article.story_id),
            baseline=article.baseline,
            seen_at=text_seen_at(store.connection, article.id),
            added_at=watch.added_at,
        )
        if not isinstance(reason, HitReason):
            kept.pass_over(store, number, article.id, reason, now)
            return None
        words = sentence(parts)
        terms = [part.label for part in parts]
        kept.record_hit(store, number, article.id, reason, terms=terms, found=words, now=now)
        return reason, words

    def _raise(
        self,
        store: Store,
        number: WatchId,
        article: WatchedArticle,
        hit: tuple[HitReason, str] | None,
        now: datetime,
    ) -> None:
        watch = self._watches[number]
        story = kept.story_at(store.connection, article.story_id, article.id)
        names = (story.first_publisher or "", story.first_domain)
        moment = Moment(
            members=story.members,
            arrived=story.arrived,
            first_publisher=story.first_publisher,
            first_names=frozenset(filter(None, map(indexed, names))),
            is_first_hit=hit is not None and hit[0] is HitReason.FIRST,
            found=hit[1] if hit else "",
            changes=_changes(store, article.id) if AlertKind.NUMBER in watch.rules.kinds else (),
        )
        for alert in alerts_due(watch.rules, moment):
            kept.raise_alert(store, number, StoryId(article.story_id), article.id, alert, watch.targets, now=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caught:
    """What a watch would have told of a story."""

    story_id: StoryId
    article_id: ArticleId
    at: datetime
    publisher: str
    title: str
    url: str
    reason: HitReason
    found: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a query would have caught, and what it would have passed over, counted by reason."""

    caught: tuple[Caught, ...]
    passed_over: dict[str, int]
    capped: bool  # more articles fit than were looked at


def try_out(connection: sqlite3.Connection, query: Query, *, since: datetime, limit: int = 10_000) -> Trial:
    """Say what a query would have told since a moment, as if it had been there."""
    articles = articles_that_fit(connection, query, since=since, limit=limit)
    told: dict[StoryId, list[frozenset[str]]] = {}
    caught, passed = [], Counter[str]()
    for article in articles:
        parts = found(query, Reading(article.words))
        terms = frozenset(part.label for part in parts)
        before = told.setdefault(article.story_id, [])
        reason = judge(terms, before, baseline=article.baseline, seen_at=article.seen_at, added_at=since)
        if not isinstance(reason, HitReason):
            passed[reason.value] += 1
            continue
        before.append(terms)
        caught.append(
            Caught(
                story_id=article.story_id,
                article_id=article.id,
                at=article.seen_at,
                publisher=article.words.publisher,
                title=article.words.title,
                url=article.url,
                reason=reason,
                found=sentence(parts),
            )
        )
    return Trial(caught=tuple(caught), passed_over=dict(passed), capped=len(articles) >= limit)


def _changes(store: Store, article_id: ArticleId) -> tuple[tuple[str, str], ...]:
    texts = kept.texts_before(store.connection, article_id)
    return restated(*texts) if texts else ()


def _rules(watch: Watch) -> AlertRules:
    return AlertRules(
        kinds=frozenset(map(AlertKind, watch.alerts)),
        spread_publishers=watch.spread_publishers,
        spread_within=watch.spread_within,
        first_publishers=frozenset(map(indexed, watch.first_publishers)),
    )


def _targets(watch: Watch) -> tuple[tuple[Channel, str], ...]:
    """Whom a watch's alerts go to; a webhook's address, which may be a secret as a whole, stays out of the database."""
    mails = tuple((Channel.MAIL, address) for address in dict.fromkeys(watch.mail))
    return (*mails, (Channel.WEBHOOK, stand_in(watch.webhook))) if watch.webhook else mails
