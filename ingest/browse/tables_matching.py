"""The tables that matching keeps for itself: what it learned, what stands for a story, who claims what."""

from __future__ import annotations

from ingest.browse.described import Table

TABLES: dict[str, Table] = {
    "boilerplate": Table(
        description="Passages that a publisher repeats in articles that have nothing to do with each other: ignored.",
        columns={
            "publisher_id": "The publisher family.",
            "passage": "Number of its words; odd: it is long, and ignored in anybody’s articles.",
            "articles": "How many of the publisher’s articles held it when it was learned last.",
            "opens": "1: it stands first in unrelated articles.",
            "example_id": "An article that holds it.",
            "seen_at": "When the newest article that holds it came to us.",
            "words": "How it begins.",
            "epoch": "In which it was learned.",
        },
    ),
    "epochs": Table(
        description="Each time that what is ignored changed, and how many articles were matched again.",
        columns={
            "id": "Number of the epoch.",
            "digest": "Of all that is ignored: equal digests, equal rules.",
            "begun_at": "When it began.",
            "added": "Passages that are ignored from then on.",
            "dropped": "Passages that no longer are.",
            "affected": "Articles that were matched again.",
        },
    ),
    "lessons": Table(
        description="When each publisher was learned from.",
        columns={
            "publisher_id": "The publisher family.",
            "articles": "Articles that are remembered for learning.",
            "changed": "Of these, how many came since the last lesson.",
            "learned_from": "How many there were at the last lesson.",
            "learned_at": "When that was; empty: never.",
        },
        options={"hidden": True},
    ),
    "passages": Table(
        description="What learning remembers of an article: numbers of its passages, of which no word can be read.",
        columns={
            "article_id": "The article.",
            "publisher_id": "The publisher family.",
            "rank": "What draws samples, whatever the order of arrival.",
            "at": "The article’s time.",
            "seen_at": "When it came to us.",
            "hashes": "Numbers of the passages.",
            "traits": "How they stand to headline and opening.",
        },
        options={"hidden": True},
    ),
    "claims": Table(
        description="What an article says of its origin, as attribution needs it.",
        columns={"article_id": "The article.", "claim": "Stamp, credits and marks, as JSON."},
        options={"hidden": True},
    ),
    "points": Table(
        description="What stands for a story when it is related to others.",
        columns={
            "story_id": "The story.",
            "at": "Its time.",
            "key": "Its stable name.",
            "speaker_id": "The article whose text stands for it.",
            "speaker_hash": "Of that text.",
            "profile": "Names, figures and topics of that text.",
        },
        options={"hidden": True},
    ),
    "terms": Table(
        description="How rare names and words are among stories, as it was last learned.",
        columns={
            "epoch": "Number of the lesson.",
            "learned_at": "When it was learned.",
            "stories": "From how many stories.",
            "terms": "In how many stories each stands.",
        },
        options={"hidden": True},
    ),
}
