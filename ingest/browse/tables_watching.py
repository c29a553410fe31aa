"""The tables of watches: queries that are kept running, what they found, and who was told."""

from __future__ import annotations

from ingest.browse.described import Table

_WATCH = "The watch."
_ARTICLE = "The article."
_CHANNEL = "mail or webhook."
_TARGET = "A mail address, or what stands for a webhook’s address: its origin and a digest."

TABLES: dict[str, Table] = {
    "watches": Table(
        description="Searches that are kept running over new articles.",
        columns={
            "id": "Its number.",
            "name": "Its name.",
            "query": "What it looks for.",
            "added_at": "Since when this query looks at articles.",
            "ended_at": "When it went from the configuration; empty: it is there.",
        },
        options={"label_column": "name"},
    ),
    "hits": Table(
        description="Articles that a watch told of: the first of a story that fits, and later ones with another term.",
        columns={
            "watch_id": _WATCH,
            "article_id": _ARTICLE,
            "at": "When it was found.",
            "reason": "first: of its story; term: the first of its story with one of the terms.",
            "terms": "Which of the query’s terms the article holds, a JSON list.",
            "found": "The same in words, with where each stands.",
        },
        options={"facets": ["reason"]},
    ),
    "watch_hits": Table(
        description="Hits with watch, story and publisher by name.",
        columns={
            "at": "When it was found.",
            "watch": "Name of the watch.",
            "story_id": "The story.",
            "article_id": _ARTICLE,
            "title": "Headline of the article.",
            "publisher": "The publisher family.",
            "reason": "first: of its story; term: the first of its story with one of the terms.",
            "found": "Which terms stand where.",
            "url": "Address of the article, as its feed gave it.",
        },
    ),
    "passed_over": Table(
        description="Articles that fit a watch and are no hit, with the reason.",
        columns={
            "watch_id": _WATCH,
            "article_id": _ARTICLE,
            "reason": "baseline: in its feed’s first poll; before: older than the watch; copy: its story was told.",
            "at": "When it was found.",
        },
        options={"facets": ["reason"]},
    ),
    "alerts": Table(
        description="What watches raised an alert for, each once.",
        columns={
            "id": "Its number.",
            "watch_id": _WATCH,
            "story_id": "The story.",
            "article_id": "The article whose arrival raised it.",
            "kind": "hit, spread (many publishers in short time), first (who was first) or number (one changed).",
            "key": "What is told once only: empty once a story, else the change of a number.",
            "detail": "What happened, in a sentence.",
            "raised_at": "When.",
        },
        options={"facets": ["kind"], "sort_desc": "id"},
    ),
    "alert_targets": Table(
        description="Whom each alert goes to, and in which message.",
        columns={
            "alert_id": "The alert.",
            "channel": _CHANNEL,
            "target": _TARGET,
            "message_id": "The message it went into; empty: it waits.",
            "held": "storm: so many came that it waits to be folded into one with others.",
        },
        has_addresses=True,
    ),
    "alert_messages": Table(
        description="Mails and webhook calls with alerts; each keeps its key, so that nothing is told twice.",
        columns={
            "id": "Its number.",
            "watch_id": _WATCH,
            "channel": _CHANNEL,
            "target": _TARGET,
            "key": "The idempotency key, the same on every attempt.",
            "body": "What is posted, as JSON, and what a mail is written from.",
            "folded": "1: the storm brake put several alerts into one.",
            "status": "pending, sent, later (to be tried again) or failed.",
            "attempts": "Attempts so far.",
            "next_at": "When the next one is due.",
            "reason": "Why it was not taken, in a word.",
            "answer": "The server’s own words.",
            "made_at": "When it was made.",
            "sent_at": "When it was taken.",
        },
        options={"facets": ["status", "channel"], "sort_desc": "id"},
        has_addresses=True,
    ),
    "dead_letters": Table(
        description="Messages with alerts that nobody took and that are not tried again.",
        columns={
            "id": "Its number.",
            "watch": "Name of the watch.",
            "channel": _CHANNEL,
            "target": _TARGET,
            "attempts": "Attempts that were made.",
            "reason": "Why it was not taken, in a word.",
            "answer": "The server’s own words.",
            "made_at": "When it was made.",
            "key": "Its idempotency key.",
            "body": "What it said, as JSON.",
        },
        has_addresses=True,
    ),
}
