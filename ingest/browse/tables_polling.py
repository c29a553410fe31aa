"""The tables of polling beside the feeds themselves: hosts, hubs, sitemaps and proposals."""

from __future__ import annotations

from ingest.browse.described import Table

_FEED = "The feed."
_REASON = "Why not, in a word."
_DETAIL = "The same in a sentence."

TABLES: dict[str, Table] = {
    "polls_daily": Table(
        description="Polls of days past, added up: a row for each feed, day, outcome and reason.",
        columns={
            "feed_id": "The feed.",
            "day": "The day, UTC.",
            "outcome": "ok (something new), unchanged, refused (by our own policy) or error.",
            "reason": "Why, in a word; empty: the polls gave none.",
            "polls": "How many they were.",
            "pushed": "Of these, what the feed’s hub brought.",
            "bytes": "Bytes received, before decompression.",
            "seconds": "How long they took together.",
            "longest_s": "How long the longest took, in seconds.",
            "new_entries": "Entries never seen before.",
            "revised_entries": "Entries whose words changed.",
        },
    ),
    "hosts": Table(
        description="Hosts that asked to be left alone (429 or 503); nothing of theirs is asked before the time.",
        columns={
            "host": "Name, and port where it is not the usual one.",
            "paused_until": "When they may be asked again.",
            "status": "What they answered.",
            "asked_at": "When they asked for it.",
        },
    ),
    "subscriptions": Table(
        description="Feeds at hubs that push what is new (WebSub). Callback paths and secrets are not in the database.",
        columns={
            "id": "Its number.",
            "feed_id": _FEED,
            "hub": "Address of the hub.",
            "topic": "What is subscribed to: the address that the feed gives itself.",
            "callback": "Public address that the hub was given, without its secret part.",
            "salt": "What tells one subscription’s path and secret from another’s; it gives neither away.",
            "status": "wanted, asked (not verified yet), active, leaving, denied or ended.",
            "reason": "Why it is not active, or was not renewed, in a word.",
            "detail": _DETAIL,
            "next_at": "When something is to be done about it.",
            "failures": "Requests in a row that came to nothing.",
            "asked_at": "Last request that the hub may still verify.",
            "verified_at": "Since when it pushes without a gap.",
            "lease_until": "When what the hub granted ends.",
            "pushes": "Deliveries with a good signature.",
            "pushed_at": "Last time.",
            "ignored": "Deliveries without one, or while it was not active.",
            "ignored_at": "Last time.",
            "missed": "Entries that polls found and no delivery had brought.",
            "doubted_at": "When it last missed some; empty: it is relied on.",
            "good_polls": "Polls since then, each after a delivery, that found nothing missed.",
        },
        options={"facets": ["status", "reason"], "sort_desc": "id"},
    ),
    "sitemaps": Table(
        description="Publishers’ news sitemaps, read once a day to see what their feeds miss.",
        columns={
            "id": "Its number.",
            "publisher_id": "The publisher family.",
            "site": "Scheme, name and port of the site.",
            "url": "Its news sitemap; empty: none was found.",
            "next_at": "Not asked before this time.",
            "checked_at": "When it was last read.",
            "reason": _REASON,
            "detail": _DETAIL,
            "failures": "Checks in a row that brought nothing.",
            "listed": "Pages at the last check that feeds had time to show.",
            "missed": "Of these, those that no feed of the publisher showed.",
        },
        options={"facets": ["reason"]},
    ),
    "missed_pages": Table(
        description="Pages of news sitemaps that no feed of their publisher showed in time.",
        columns={
            "sitemap_id": "The sitemap.",
            "url": "Address of the page.",
            "title": "Headline, as the sitemap gives it.",
            "published_at": "When the sitemap says it came out.",
            "noted_at": "When it was first found missing.",
        },
    ),
    "proposals": Table(
        description="What was found on the sites of feeds that are dead or gone; a person decides.",
        columns={
            "feed_id": "The feed that is dead.",
            "url": "A feed that answers; empty: none was found.",
            "title": "Its own name.",
            "entries": "Entries that it showed.",
            "found_at": "When it was found.",
            "searched_at": "When the site was last searched.",
            "reason": "Why none was found, in a word.",
            "detail": _DETAIL,
            "taken_at": "When a person moved the feed there.",
        },
    ),
}
