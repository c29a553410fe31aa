"""What takes an article back, and what only tells of such a thing."""

from __future__ import annotations

import pytest

from ingest.extract.withdrawn import kill_notice


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("KILL: Ferry sinks off the coast", "Editors: please kill the story headed Ferry sinks off the coast."),
        ("BC-Ferry, 2nd KILL", "A kill is mandatory. Make certain the story is not published."),
        ("STORY REMOVED: Ferry sinks", ""),
        ("Withdrawn: Ferry sinks off the coast", "This story has been withdrawn: its source could not be confirmed."),
        ("Meldung zurückgezogen", "Bitte die Meldung über das Fährunglück nicht verwenden."),
        ("Annulation: naufrage", "Cette dépêche est annulée."),
    ],
)  # fmt: skip
def test_a_notice_is_one(title: str, text: str) -> None:
    assert kill_notice(title, text)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Kill Bill returns to cinemas", "The film is back in cinemas after twenty years."),
        ("Newspaper withdraws story on minister", "The story was withdrawn on Monday after a complaint."),
        ("Story removed from website after complaint", "The council said that it regretted nothing. " * 5),
        ("Ferry sinks", "Editors, please kill the story."),
        ("KILL: the long report", "The story has been withdrawn. " + "A long report follows. " * 100),
    ],
)
def test_news_of_one_is_none(title: str, text: str) -> None:
    assert kill_notice(title, text) is None
