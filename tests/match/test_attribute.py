"""Who had it first, and when nobody can say."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from ingest.match.attribute import first
from ingest.model import Document, FeedKind
from tests.match.samples import CRUFT_BELOW, NOON, TEXTS, document

_TITLE, _PARAGRAPHS = TEXTS["en"]
_TEXT = "\n".join(_PARAGRAPHS)
_MIDNIGHT = NOON.replace(hour=0, minute=0)


def doc(number: int, minutes: float | None = 0.0, text: str = _TEXT, title: str = _TITLE, **fields: object) -> Document:
    return document(number, title, text, minutes=minutes, **fields)


def dated(number: int, at: datetime, **fields: object) -> Document:
    return replace(doc(number, text=str(fields.pop("text", _TEXT))), published_at=at, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        ([doc(1), doc(2, 30), doc(3, 90)], 1),
        ([doc(1, 30), doc(2), doc(3, None, text=_PARAGRAPHS[0])], 2),
        ([doc(1), doc(2, -40, kind=FeedKind.AGGREGATOR)], 1),
        ([doc(1), doc(2, -40, text=_TEXT + CRUFT_BELOW)], 1),
        ([doc(1), doc(2, -40, title=f"{_TITLE} - Valley Lantern")], 1),
        ([doc(1), doc(2, 5, text="ANCHORAGE (Meridian Press) — " + _TEXT)], 1),
        (
            [
                doc(1),
                doc(2, 5, text="ANCHORAGE (Meridian Press) — " + _TEXT),
                doc(3, 9, publisher="meridianpress.example"),
            ],
            3,
        ),
        ([doc(1), doc(2, 5, agency="Reuters"), doc(3, 9, publisher="reuters.com", agency="Reuters")], 3),
        ([doc(1, publisher="The Gazette"), doc(2, 5), doc(3, 9, source_title="Gazette")], 1),
        ([doc(1), doc(2)], None),
        ([doc(1), dated(2, _MIDNIGHT)], None),
        ([doc(1), doc(2, None)], None),
        ([dated(1, _MIDNIGHT), dated(2, _MIDNIGHT)], None),
        ([doc(1), dated(2, _MIDNIGHT, text=_PARAGRAPHS[0])], 1),
        ([doc(1), dated(2, _MIDNIGHT, publisher="p1.example")], 1),
        ([doc(1), doc(2, 20, publisher="p1.example", title=f"UPDATE 1-{_TITLE}"), dated(3, _MIDNIGHT)], 1),
        ([doc(1, None), doc(2, 20, publisher="p1.example", title=f"UPDATE 1-{_TITLE}"), doc(3, 5)], 1),
        ([doc(1), doc(2, 20), dated(3, _MIDNIGHT, text=_TEXT.replace("agreed", "chose").replace("said", "held"))], 1),
        ([doc(1), doc(2, 30, publisher="p1.example", text=_TEXT + "\nMore of it came later in the day.")], 1),
        ([doc(1), doc(2, -10, text="\n".join(_PARAGRAPHS[:2]))], None),
        ([doc(1, agency="AP"), doc(2, 10, agency="AP")], None),
        ([doc(1)], 1),
        ([doc(1, agency="AP")], None),
        ([doc(1, agency="AP", publisher="apnews.com")], None),
        ([doc(1, agency="AP", publisher="AP News")], 1),
        ([doc(1, text=_TEXT + CRUFT_BELOW)], None),
        ([doc(1, kind=FeedKind.AGGREGATOR), doc(2, 5, kind=FeedKind.AGGREGATOR)], None),
        ([], None),
    ],
    ids=[
        "the earliest",
        "a cut version without a time",
        "an aggregator by configuration",
        "an aggregator by its lines",
        "an aggregator by its title",
        "a credited copy later",
        "the credited agency is there",
        "the credited agency by host",
        "credited by <source>",
        "equal stamps",
        "a date without a time",
        "a full version without a time",
        "dates only",
        "a cut version with a date only",
        "a date of the same publisher",
        "its publisher went on to revise it",
        "no time, yet its publisher revised it",
        "a reworded version with a date only",
        "a publisher's two versions",
        "a shorter version before",
        "an agency never seen",
        "alone",
        "alone, with a credit",
        "alone, a host that is not the name",
        "alone, the agency itself",
        "alone, an aggregator",
        "aggregators only",
        "nobody",
    ],
)
def test_the_first_publisher_is_named_or_nobody(documents: list[Document], expected: int | None) -> None:
    found = first(documents)
    assert found.article_id == expected, found.reason
    assert found == first(documents[::-1])
    assert (found.confidence == 0.0) is (expected is None)
    assert found.reason.endswith(".")


def test_what_a_feed_first_showed_is_no_evidence() -> None:
    assert first([doc(1, None, first_seen_at=NOON), doc(2, None)]).article_id is None


def test_a_page_with_furniture_gives_way_to_the_texts_keeper() -> None:
    page = doc(3, -20, text="Advertisement\n" + _TEXT)
    keeper = [doc(1), doc(2, 20, publisher="p1.example", title=f"UPDATE 1-{_TITLE}")]
    assert first([page, *keeper]).article_id == 1
    assert first([page, keeper[0]]).article_id == 3
