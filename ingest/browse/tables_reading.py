"""What the tables of readers' own notes mean: marks on stories, tags on sources."""

from __future__ import annotations

from ingest.browse.described import Table

TABLES: dict[str, Table] = {
    "reader_marks": Table(
        description="What single readers noted of stories; it changes what their own lists show.",
        columns={
            "reader": "Who noted it: the id under which a person logs in.",
            "story_id": "The story.",
            "seen_at": "When it was marked as seen; a later change makes it unseen again.",
            "starred_at": "When it was starred; empty: it is not.",
            "dismissed_at": "When it was dismissed, so that their lists leave it out; empty: it is not.",
            "note": "Their note.",
        },
        is_personal=True,
    ),
    "publisher_tags": Table(
        description="Tags on sources; the lists of stories and of feeds can be narrowed to one.",
        columns={
            "publisher_id": "The publisher family.",
            "tag": "The tag: lower case, words joined by hyphens.",
            "made_by": "Who gave it.",
            "made_at": "When.",
        },
        options={"facets": ["tag"], "sort": "tag"},
    ),
}
