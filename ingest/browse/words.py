"""Which columns hold words of a closed set, and what each word means; `docs/reference/words.md` is made from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ingest.errors import REFUSALS, Reason
from ingest.match.words import PLACE_REASONS, REFUSED_REASONS, VERDICT_REASONS
from ingest.model.meanings import MEANINGS
from ingest.model.templates import Held, Standing, Unread
from ingest.revise.decide import DATE_FAULTS
from ingest.store.words import CAP_NAMES, JOURNAL_ACTIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A closed set: what it tells, the columns that hold its words, and each word with its meaning."""

    title: str
    columns: tuple[str, ...]  # table.column
    meanings: Mapping[str, str]


_REASON_COLUMNS = (
    "polls.reason",
    "polls_daily.reason",
    "feeds.last_reason",
    "articles.reason",
    "articles.recheck",
    "quarantine.reason",
    "sitemaps.reason",
    "proposals.reason",
    "subscriptions.reason",
    "deliveries.reason",
    "alert_messages.reason",
)
_RELATIONS = {
    "original": "The earliest of its story.",
    "copy": "Nearly all of one text in the other, in like length.",
    "abridgement": "The text, cut.",
    "rewrite": "The same report in other words.",
    "revision": "A later text of the same publisher, or one that says it replaces the other.",
    "different": "Not one story; stands in verdicts only.",
}
_UNREAD: Mapping[Unread, str] = {
    Unread.UNKNOWN: "Nothing is learned of the site that is believed, or a person’s rule says what its articles are.",
    Unread.SAMPLE: "It fitted: one page in so many is read with care as well, to test what was learned.",
    Unread.NO_PLACE: "The place of the article was not there, or there several times.",
    Unread.NO_TITLE: "The headline was not where the site’s pages have it.",
    Unread.NO_TIME: "The page stated no instant, as the site’s pages do.",
    Unread.NEW_PART: "Something stood among the article’s lines that no page of the site had before.",
    Unread.LENGTH: "The text was far shorter or longer than the site’s, or too short to be sure of.",
    Unread.PARAGRAPHS: "Its paragraphs were of another length than the site’s.",
    Unread.OUTSIDE: "More paragraphs than usual stood outside the place.",
    Unread.REPEATS: "Much of the text was what the site repeats.",
    Unread.KIND: "Something said that the page is no plain article: a film, a wall, entries by the minute.",
}
_MESSAGES = {
    "pending": "Written down before it is handed over; after a crash it is not known whether it arrived.",
    "sent": "The server took it.",
    "later": "It was not taken, and is tried again.",
    "failed": "It was refused for good, given up, or overtaken by a later one.",
}

WORDS: tuple[Words, ...] = (
    Words(
        title="Why a poll, a page or a delivery ended as it did",
        columns=_REASON_COLUMNS,
        meanings={reason.value: MEANINGS[reason] for reason in Reason},
    ),
    Words(title="What decided on a pair", columns=("verdicts.reason", "members.reason"), meanings=VERDICT_REASONS),
    Words(
        title="What an article is to its story without a verdict",
        columns=("members.reason",),
        meanings=PLACE_REASONS,
    ),
    Words(
        title="Why a pair that matches lies in two stories all the same",
        columns=("verdicts.refused",),
        meanings=REFUSED_REASONS,
    ),
    Words(
        title="What an article is to its story, and a pair to each other",
        columns=("members.relation", "verdicts.relation"),
        meanings=_RELATIONS,
    ),
    Words(
        title="What two stories on one event are to each other",
        columns=("related.reason",),
        meanings={
            "same-event": "Reports of one happening.",
            "follow-up": "A later day’s report.",
            "translation": "A report in another language.",
            "round-up": "One of them tells of the other among other things.",
        },
    ),
    Words(
        title="Why a page was read with care and not by what was learned of its site",
        columns=("site_templates.why",),
        meanings={str(word): meaning for word, meaning in _UNREAD.items()},
    ),
    Words(
        title="How far what was learned of a site’s pages is believed",
        columns=("site_templates.standing",),
        meanings={
            Standing.LEARNING.value: "It is held against the careful reading of each page.",
            Standing.TRUSTED.value: "Pages are read by it.",
            Standing.DOUBTED.value: "It did not fit, and must agree again before pages are read by it.",
        },
    ),
    Words(
        title="What became of it when it was held against the careful reading",
        columns=("site_templates.checked",),
        meanings={
            Held.AGREED.value: "Both gave the same title, time, names and text.",
            Held.DIFFERED.value: "They did not.",
            Held.UNREAD.value: "The place is there, and it would have left the page to the careful reading.",
            Held.MISSED.value: "The place is not there.",
        },
    ),
    Words(
        title="How a poll ended",
        columns=("polls.outcome", "polls_daily.outcome"),
        meanings={
            "ok": "Something new or revised came.",
            "unchanged": "A 304, or a 200 that brought nothing new.",
            "refused": f"Our own policy said no; the reason is one of {', '.join(sorted(REFUSALS))}.",
            "error": "No feed that can be read came.",
        },
    ),
    Words(
        title="How much of a body was parsed",
        columns=("polls.reading",),
        meanings={
            "same": "Nothing: these bytes were read before.",
            "part": "What is not known by its bytes.",
            "whole": "All of it.",
        },
    ),
    Words(
        title="How a feed stands",
        columns=("feeds.status",),
        meanings={
            "active": "It is polled.",
            "paused": "It is not polled; `paused_by` says by whose word.",
            "gone": "Its server said that it is gone.",
            "removed": "A person took it out; what it brought stays.",
        },
    ),
    Words(
        title="Where a feed comes from",
        columns=("feeds.origin",),
        meanings={"config": "From config.toml.", "added": "By `samewire add` or `import`."},
    ),
    Words(
        title="Who paused a feed",
        columns=("feeds.paused_by",),
        meanings={
            "config": "It went from the configuration.",
            "person": "A person.",
            "samewire": "It moved onto another feed that is polled.",
        },
    ),
    Words(
        title="Where an article’s text comes from",
        columns=("articles.text_source",),
        meanings={
            "feed": "The full text in the feed.",
            "structured": "The page’s own data (JSON-LD).",
            "extractor": "The page’s words.",
            "summary": "The feed’s summary stands in.",
        },
    ),
    Words(
        title="How far an article’s page got",
        columns=("articles.status",),
        meanings={
            "pending": "Its page is still to be fetched; the feed’s summary stands in.",
            "fetched": "Its page is here and still to be read.",
            "extracted": "Its text was read.",
            "summary": "No text can be had; the feed’s summary is the text.",
            "refused": "The page shows no article, and the feed gave no summary.",
            "failed": "All attempts are used up, and the feed gave no summary.",
        },
    ),
    Words(
        title="What reading a page again gave, beside the reasons above",
        columns=("articles.recheck",),
        meanings={"same": "The same words.", "revised": "Other words; `revisions` has the earlier ones."},
    ),
    Words(title="Why a feed’s time is not believed", columns=("entries.published_reason",), meanings=DATE_FAULTS),
    Words(
        title="Why nothing is compared with a text",
        columns=("signatures.skipped",),
        meanings={"short": VERDICT_REASONS["short"], "flash": "It is an agency’s flash; only its own item is."},
    ),
    Words(
        title="How a feed’s subscription at a hub stands",
        columns=("subscriptions.status",),
        meanings={
            "wanted": "The hub is to be asked.",
            "asked": "It took the request and has not verified it yet.",
            "active": "It verified it: what it delivers is read.",
            "leaving": "It is to be told that we want no more.",
            "denied": "It said no.",
            "ended": "It is over.",
        },
    ),
    Words(
        title="How a digest or an alert stands",
        columns=("deliveries.status", "alert_messages.status"),
        meanings={**_MESSAGES, "skipped": "There was nothing to tell, and that is not mailed; digests only."},
    ),
    Words(
        title="What became of an event in a digest",
        columns=("digest_events.fate",),
        meanings={
            "shown": "It has its lines.",
            "more": "There was no room; it is counted.",
            "muted": "A mute fits all of it; `mute` says which.",
            "no_news": "It was told on an earlier day, and nothing new came.",
        },
    ),
    Words(
        title="Why a watch told of an article",
        columns=("hits.reason",),
        meanings={
            "first": "It is the first of its story that fits.",
            "term": "It is the first of its story with one of the terms.",
        },
    ),
    Words(
        title="Why an article that fits a watch is no hit",
        columns=("passed_over.reason",),
        meanings={
            "baseline": "It stood in its feed’s first poll: nobody knows how old it is.",
            "before": "Its text was there before the watch.",
            "copy": "Its story was told, and it has no term that was not.",
        },
    ),
    Words(
        title="What an alert is raised for",
        columns=("alerts.kind",),
        meanings={
            "hit": "The watch found a story.",
            "spread": "So many publishers carry it in so long.",
            "first": "A publisher of interest had it first.",
            "number": "A later text gives another number.",
        },
    ),
    Words(
        title="Which way an alert takes",
        columns=("alert_targets.channel", "alert_messages.channel"),
        meanings={"mail": "A mail.", "webhook": "A call of an address."},
    ),
    Words(
        title="Why an alert waits",
        columns=("alert_targets.held",),
        meanings={"storm": "So many came that it is folded into one message with others."},
    ),
    Words(
        title="What a person said",
        columns=("constraints.kind",),
        meanings={
            "merge": "Two stories are one.",
            "apart": "Two articles never belong in one story.",
            "split": "An article stands alone.",
        },
    ),
    Words(title="What was done", columns=("journal.action",), meanings=JOURNAL_ACTIONS),
    Words(title="Which of our limits bit", columns=("caps.name",), meanings=CAP_NAMES),
    Words(
        title="What a publisher is to the trade",
        columns=("publishers.kind",),
        meanings={
            "wire": "A news agency.",
            "outlet": "It has a desk of its own.",
            "aggregator": "It republishes others.",
        },
    ),
)

#: Columns whose names sound like these and which hold sentences.
SENTENCES = frozenset(
    {
        "stories.first_reason",
        "articles.withdrawn_reason",
        "articles.redacted_reason",
        "articles.pruned_reason",
        "journal.reason",
    }
)
