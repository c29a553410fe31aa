"""The tables of reading pages: what is kept of them, what was taken back, and how much each publisher gives."""

from __future__ import annotations

from ingest.browse.described import Table

_ARTICLE = "The article."
_STORY = "The story."
_PUBLISHER = "The publisher family."

TABLES: dict[str, Table] = {
    "kept_pages": Table(
        description="Pages as they came, with extract.keep_pages; `samewire reprocess --pages` reads them again.",
        columns={
            "article_id": _ARTICLE,
            "url": "Where it was read, after redirects.",
            "content_type": "As its server said.",
            "body": "The page, compressed with zlib.",
            "kept_at": "When it was read.",
        },
    ),
    "withdrawn": Table(
        description="Articles that their publishers took back, with their stories.",
        columns={
            "story_id": _STORY,
            "story": "Its title.",
            "article_id": _ARTICLE,
            "publisher": _PUBLISHER,
            "title": "Headline.",
            "url": "Address as the feed gave it.",
            "withdrawn_at": "When that was found.",
            "withdrawn_reason": "410 Gone, 404 twice, or the words of a kill notice.",
        },
    ),
    "publisher_yield": Table(
        description="How many of each publisher’s articles we have in full, in the last week and the four before.",
        columns={
            "id": "The publisher’s number.",
            "publisher": _PUBLISHER,
            "articles_7d": "Articles of the last seven days whose pages were asked for.",
            "full_7d": "Of these, those with their full text.",
            "feed_only_7d": "Those with the feed’s words only.",
            "walled_7d": "Those behind a consent wall or a paywall.",
            "blocked_7d": "Those whose pages were not given to us.",
            "articles_before": "Articles of the four weeks before.",
            "full_before": "Of these, those with their full text.",
            "warning": "dropped: the share in full fell below six tenths of what it was.",
        },
    ),
}
