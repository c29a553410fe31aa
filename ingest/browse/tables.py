"""What each table, view and column of the database means to a reader, and how Datasette should show it.

Facets stand only on small tables, sorting only on indexed columns of the large ones: on a million articles
everything else runs into the time limit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table or view: a sentence on it, one on each column, and Datasette's own options for it."""

    description: str
    columns: dict[str, str]
    options: dict[str, Any] = field(default_factory=dict)
    has_addresses: bool = False  # people's mail addresses stand in it


_RELATION = "What it is to its story: original (the earliest), copy, abridgement, rewrite or revision."
_ARTICLE = "The article."
_STORY = "The story."
_FEED = "The feed."
_PUBLISHER = "The publisher family."

TABLES: dict[str, Table] = {
    "story_list": Table(
        description="Stories with their reach: one line a story, alone or in company.",
        columns={
            "id": "The story’s number; /story/ID is its page.",
            "title": "Headline of the story.",
            "articles": "Articles in it.",
            "publishers": "Publisher families in it; regional editions of one family count once.",
            "first_publisher": "Who had it first; empty where the evidence does not decide.",
            "first_published_at": "When the first publication says it came out.",
            "first_confidence": "How sure that is, 0 to 1.",
            "first_seen_at": "When the first of its articles came to us.",
            "updated_at": "When the story last changed.",
        },
    ),
    "story_timeline": Table(
        description="Every article of every story, with its distance in time from the first publication.",
        columns={
            "story_id": _STORY,
            "story": "Headline of the story.",
            "article_id": _ARTICLE,
            "at": "When the article says it came out; where it does not say, when we first saw it.",
            "publisher": _PUBLISHER,
            "title": "Headline of the article.",
            "relation": _RELATION,
            "score": "How sure the relation is, 0 to 1.",
            "reason": "What decided.",
            "via": "The member it matches best.",
            "lag_minutes": "Minutes after the first publication; empty where the first is not decided.",
            "agency": "News agency that the text credits.",
            "url": "Address of the article, as its feed gave it.",
        },
    ),
    "feed_health": Table(
        description="How each feed is doing.",
        columns={
            "id": _FEED,
            "title": "The feed’s own name.",
            "url": "Address that is polled.",
            "publisher": _PUBLISHER,
            "status": "active, paused, gone (the server said so) or removed.",
            "last_success_at": "Last poll that brought an answer we could use.",
            "last_change_at": "Last poll that brought something new.",
            "next_at": "Not polled before this time.",
            "failures": "Failed polls in a row.",
            "last_reason": "Why the last poll failed, in a word.",
            "last_detail": "The same in a sentence.",
            "entries": "Entries it has shown so far.",
        },
        options={"facets": ["status", "last_reason"]},
    ),
    "first_publishers": Table(
        description="How often each publisher had a story first.",
        columns={
            "id": _PUBLISHER,
            "name": "Name of the publisher family.",
            "kind": "wire, outlet or aggregator.",
            "stories_first": "Stories it had first.",
            "taken_up_by_others": "Of these, stories with more than one article.",
        },
    ),
    "todays_digest": Table(
        description="Stories that changed in the last 24 hours, the furthest spread first.",
        columns={
            "id": _STORY,
            "title": "Headline of the story.",
            "articles": "Articles in it.",
            "publishers": "Publisher families in it.",
            "first_publisher": "Who had it first; empty where the evidence does not decide.",
            "updated_at": "When the story last changed.",
        },
    ),
    "stories": Table(
        description="One piece of news as it travelled. A merged story stays as a signpost to the one it went into.",
        columns={
            "id": "Its number, never used again.",
            "title": "Headline.",
            "first_article_id": "The article that had it first; empty where the evidence does not decide.",
            "first_confidence": "How sure that is, 0 to 1.",
            "first_reason": "Why, in a sentence.",
            "merged_into": "Where the story went; empty while it lives.",
            "created_at": "When it was begun.",
            "updated_at": "When it last changed.",
        },
        options={"label_column": "title", "sort_desc": "id", "sortable_columns": ["id"]},
    ),
    "members": Table(
        description="Which article is in which story, and as what. Every article is in exactly one story.",
        columns={
            "article_id": _ARTICLE,
            "story_id": "Its story.",
            "relation": _RELATION,
            "score": "How sure the relation is, 0 to 1.",
            "via": "The member it matches best; empty for the earliest.",
            "reason": "What decided.",
            "joined_at": "When it joined.",
        },
        options={"sort_desc": "article_id", "sortable_columns": ["article_id"]},
    ),
    "articles": Table(
        description="Articles with their present text. The search box takes words in any script; every word must "
        "occur, and a phrase stands in double quotes.",
        columns={
            "id": "Its number, never used again.",
            "publisher_id": _PUBLISHER,
            "identity": "What makes it one article: its canonical address, or feed and key where it has none.",
            "url": "Address as the feed gave it.",
            "canonical_url": "Address that the page itself claims.",
            "title": "Headline.",
            "text": "The text that matching uses, one line a paragraph; the feed’s summary where status is summary.",
            "published_at": "When the source says it came out.",
            "first_seen_at": "When it came to us.",
            "baseline": "1: it stood in the feed’s first poll, so first_seen_at says nothing of its age.",
            "language": "Language of the text, two letters.",
            "byline": "Authors, a JSON list.",
            "agency": "News agency that the text credits.",
            "agency_evidence": "The words that name the agency.",
            "source_title": "Whom the feed names as its source.",
            "status": "pending, fetched, extracted, summary, refused or failed: how far its page got.",
            "reason": "Why the text is no better than it is, in a word.",
            "text_source": "feed, structured (the page’s own data), extractor or summary: where the text came from.",
            "confidence": "How sure we are that the text is the article and nothing else, 0 to 1.",
            "attempts": "Times its page was asked for.",
            "next_fetch_at": "When its page is asked for next; empty: no more.",
            "matched_hash": "Hash of the text that was matched last.",
            "content_hash": "Hash of title and text.",
        },
        options={
            "label_column": "title",
            "fts_table": "articles_fts",
            "fts_pk": "id",
            "sort_desc": "id",
            "sortable_columns": ["id", "published_at", "first_seen_at"],
        },
    ),
    "revisions": Table(
        description="Texts that their publishers replaced, with how much changed.",
        columns={
            "id": "Its number.",
            "article_id": "The article whose text it was.",
            "title": "Headline that was replaced.",
            "text": "Text that was replaced.",
            "seen_at": "When that text was first seen.",
            "replaced_at": "When the next one came.",
            "added_words": "Words that the next text added.",
            "removed_words": "Words that it dropped.",
            "similarity": "Likeness of the two texts, 0 to 1.",
        },
        options={"sort_desc": "id", "sortable_columns": ["id", "article_id"]},
    ),
    "entries": Table(
        description="Items as the feeds showed them; several feeds may show one article.",
        columns={
            "id": "Its number.",
            "feed_id": _FEED,
            "article_id": "The article it leads to.",
            "key": "Identity in its feed: guid, else link, else hash.",
            "guid": "Identity as the feed gave it.",
            "link": "Address as the feed gave it.",
            "canonical_link": "The address without what does not change the page.",
            "title": "Headline in the feed.",
            "summary": "Summary in the feed.",
            "content": "Full text in the feed, HTML, kept until the article is settled.",
            "content_hash": "Hash of what the feed showed.",
            "published_at": "When the feed says it came out.",
            "published_raw": "The same as the feed spelled it.",
            "published_reason": "Why the feed’s date is not used.",
            "first_seen_at": "First poll that showed it.",
            "last_seen_at": "Last poll that showed it.",
        },
        options={"sort_desc": "id", "sortable_columns": ["id", "feed_id", "article_id"]},
    ),
    "feeds": Table(
        description="Polled addresses and what is remembered of them.",
        columns={
            "id": "Its number, never used again.",
            "url": "Address that is polled.",
            "known_as": "Address it had before it moved for good, as the operator listed it; else empty.",
            "title": "The feed’s own name.",
            "publisher_id": _PUBLISHER,
            "origin": "config: from config.toml; added: by command.",
            "status": "active, paused, gone (the server said so) or removed.",
            "paused_by": "Who paused it: config, person or samewire.",
            "interval_s": "Seconds between polls that the operator promised; empty: poll.interval.",
            "fetch_pages": "1 or 0: whether its pages are fetched; empty: extract.fetch_pages.",
            "added_at": "When it was added.",
            "next_at": "Not polled before this time.",
            "etag": "HTTP validator, byte for byte.",
            "last_modified": "HTTP validator, byte for byte.",
            "validators_url": "The address that the validators belong to.",
            "body_hash": "Hash of the last body that was read.",
            "last_poll_at": "Last poll, however it ended.",
            "last_success_at": "Last poll that brought an answer we could use.",
            "last_change_at": "Last poll that brought something new.",
            "baseline_at": "End of its first successful poll.",
            "failures": "Failed polls in a row.",
            "last_reason": "Why the last poll failed, in a word.",
            "last_detail": "The same in a sentence.",
            "retry_after_at": "The server asked us to wait until then.",
            "moved_to": "Where its last permanent redirect led.",
            "moved_count": "Such redirects in a row, all to one address.",
            "moved_since_at": "When they began.",
            "gone_since_at": "Since when the server says that it is gone.",
            "hints": "What the feed says of its own rhythm, JSON.",
        },
        options={"label_column": "url", "facets": ["status", "origin"], "sort_desc": "failures"},
    ),
    "polls": Table(
        description="One row a poll. Old rows are dropped by retention.",
        columns={
            "id": "Its number.",
            "feed_id": _FEED,
            "started_at": "When it began.",
            "outcome": "ok (something new), unchanged, refused (by our own policy) or error.",
            "reason": "Why, in a word.",
            "detail": "The same in a sentence.",
            "status": "HTTP status.",
            "bytes": "Bytes received, before decompression.",
            "seconds": "How long it took.",
            "new_entries": "Entries never seen before.",
            "revised_entries": "Entries whose words changed.",
        },
        options={"sort_desc": "id", "sortable_columns": ["id", "started_at", "feed_id"]},
    ),
    "publishers": Table(
        description="Publisher families: a registrable domain, or what the configuration says belongs together.",
        columns={
            "id": "Its number, never used again.",
            "name": "Name of the family.",
            "domain": "Its registrable domain.",
            "kind": "wire (an agency), outlet (with a desk of its own) or aggregator (republishes others).",
        },
        options={"label_column": "name", "facets": ["kind"], "sort": "name"},
    ),
    "verdicts": Table(
        description="Pairs of articles that were measured against each other, with the evidence.",
        columns={
            "article_a": "The older article of the pair, by number.",
            "article_b": "The newer one.",
            "relation": "copy, abridgement, rewrite, revision or different.",
            "score": "How sure that is; a pair joins from 0.5.",
            "reason": "What decided, in a word.",
            "explanation": "The same in a sentence.",
            "jaccard": "Passages in common, of all passages of the two, 0 to 1.",
            "containment_a": "Share of a’s passages that stand in b.",
            "containment_b": "Share of b’s passages that stand in a.",
            "title": "Likeness of the headlines, 0 to 1.",
            "lead_a": "Share of a’s opening that stands in b.",
            "lead_b": "Share of b’s opening that stands in a.",
            "gap_s": "Seconds between the two; empty where one has no time.",
            "shared": "Passages in common.",
            "veto": "The words that kept the two apart.",
            "decided_at": "When it was decided.",
        },
        options={"sortable_columns": ["article_a", "article_b"]},
    ),
    "related": Table(
        description="Stories on one event that are not one text.",
        columns={
            "story_a": "The older story, by number.",
            "story_b": "The newer one.",
            "score": "How close they are, 0 to 1.",
            "reason": "What ties them.",
        },
    ),
    "constraints": Table(
        description="What people said of articles: these belong together, these apart. It outranks every measurement.",
        columns={
            "id": "Its number.",
            "kind": "merge, apart or split.",
            "article_a": "The first article.",
            "article_b": "The second; empty for a split.",
            "made_by": "Who said so.",
            "made_at": "When.",
            "undone_at": "When it was taken back.",
            "applied_at": "When the stories followed it; empty: not yet.",
        },
        options={"facets": ["kind"], "sort_desc": "id"},
    ),
    "journal": Table(
        description="Who or what decided something, when and why.",
        columns={
            "id": "Its number; `samewire undo` takes it.",
            "at": "When.",
            "actor": "samewire, or a person’s name.",
            "action": "What was done.",
            "article_id": "The article it was done to.",
            "story_id": "The story it was done to.",
            "constraint_id": "The person’s word behind it.",
            "reason": "Why.",
            "detail": "What stood there before, and more, JSON.",
        },
        options={"sort_desc": "id", "sortable_columns": ["id", "article_id", "story_id"]},
    ),
    "watches": Table(
        description="Searches that are kept running over new articles.",
        columns={"id": "Its number.", "name": "Its name.", "query": "What it looks for."},
        options={"label_column": "name"},
    ),
    "hits": Table(
        description="Articles that a watch found.",
        columns={"watch_id": "The watch.", "article_id": _ARTICLE, "at": "When it was found."},
    ),
    "digests": Table(
        description="Daily digests as they were built.",
        columns={
            "day": "Local date of the digest.",
            "since": "Beginning of the time it covers.",
            "until": "End of the time it covers.",
            "built_at": "When it was built.",
            "subject": "Subject of the mail.",
            "stories": "Stories in it.",
            "articles": "Articles in them.",
            "html": "The mail as HTML.",
            "plain": "The mail as text.",
        },
        options={"sort_desc": "day"},
    ),
    "deliveries": Table(
        description="One row for each recipient and day, so that no mail goes out twice.",
        columns={
            "day": "The digest.",
            "recipient": "Whom it goes to.",
            "message_id": "The mail’s own id, the same on every attempt.",
            "status": "pending, sent, later (asked to try again) or failed.",
            "attempts": "Attempts so far.",
            "next_at": "When the next one is due.",
            "reason": "Why it did not go out, in a word.",
            "answer": "The mail server’s own words.",
            "sent_at": "When it was accepted.",
        },
        options={"facets": ["status"], "sort_desc": "day"},
        has_addresses=True,
    ),
    "caps": Table(
        description="Our own limits that bit: what was cut off, and how often.",
        columns={
            "name": "Which limit.",
            "bitten": "How often.",
            "last_at": "Last time.",
            "last_subject": "What it was about then.",
        },
    ),
    "signatures": Table(
        description="What finds candidates for matching; bytes that say nothing to a reader.",
        columns={
            "article_id": _ARTICLE,
            "epoch": "Rules it was made under.",
            "at": "The article’s time.",
            "sketch": "The signature itself.",
            "skipped": "Why the text is compared with nothing (short: too few words to tell a copy from a look-alike).",
        },
        options={"hidden": True},
    ),
    "articles_fts": Table(
        description="The full-text index over headline and text; it holds no text itself.",
        columns={"title": "Words of the headline.", "text": "Words of the text."},
        options={"hidden": True},
    ),
    "sqlite_sequence": Table(
        description="SQLite’s own record of the highest numbers given.",
        columns={"name": "Table.", "seq": "Highest number."},
        options={"hidden": True},
    ),
}
