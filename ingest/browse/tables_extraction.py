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
    "site_templates": Table(
        description="Where the article stands in each site’s pages, as far as that is learned.",
        columns={
            "id": "The site’s number.",
            "publisher_id": _PUBLISHER,
            "host": "Host of the pages.",
            "standing": "learning; trusted: pages are read by it; or doubted: it must agree again before they are.",
            "place": "The elements that hold the article, as CSS selectors.",
            "by_template": "Pages read by what is learned.",
            "with_care": "Pages read with care, by which it is learned and tested.",
            "why": "Why the last of those was, in a word.",
            "learned_at": "When a template was last trusted.",
            "checked_at": "When one was last held against the careful reading.",
            "checked": "What that gave: agreed, differed, unread (it would have left the page alone) or missed.",
            "redesigned_at": "When the pages were last found to have changed.",
            "redesigns": "How often that was.",
            "templates": "What is learned: names of elements and hashes of lines, as compressed JSON.",
            "observations": "The latest pages that were read with care, in the same form, without their words.",
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
