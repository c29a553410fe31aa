"""Who had it first, and when nobody can say."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from ingest.match.attribute import Reach, first, first_of, reach, reach_of
from ingest.match.claims import claim
from ingest.match.standing import Standing
from ingest.model import ArticleId, Document, FeedKind
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
        ([doc(1, agency="AP", publisher="apnews.com")], 1),
        ([doc(1, agency="AP", publisher="apnow.example")], None),
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
        "alone, the agency's host",
        "alone, a host that is not the agency's",
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


def test_whoever_is_alone_is_half_believed() -> None:
    assert first([doc(1)]).confidence == 0.5 < first([doc(1), doc(2, 30)]).confidence


def test_of_one_publishers_versions_the_original_is_that_which_others_carry() -> None:
    """One has a full stamp, the other a day alone: the opening that other publishers have tells which came first."""
    other = "Voters went home early on Sunday. " + _TEXT
    stamped, dayed = claim(doc(1, 10)), claim(dated(2, _MIDNIGHT, text=other, publisher="p1.example"))
    carries_day, carries_stamp = claim(doc(3, 50, text=other)), claim(doc(4, 60))
    assert dayed.opening == carries_day.opening != stamped.opening == carries_stamp.opening
    more = [claim(doc(5, 70, text=other)), claim(doc(6, 80, text=other))]
    for others, expected in (
        ([], 1),
        ([carries_day], 2),
        ([carries_stamp], 1),
        ([carries_day, carries_stamp], 1),
        ([carries_day, carries_stamp, *more], 2),
    ):
        story = Standing([stamped, dayed, *others])
        assert story.original([stamped, dayed]).id == story.original([dayed, stamped]).id == expected


def test_what_a_feed_first_showed_makes_nobody_the_first_by_itself() -> None:
    assert first([doc(1, None, first_seen_at=NOON), doc(2, None)]).article_id is None
    later = NOON + timedelta(hours=1)
    assert first([doc(1, None, first_seen_at=NOON), doc(2, None, first_seen_at=later)]).article_id is None


def test_a_page_with_furniture_gives_way_to_the_texts_keeper() -> None:
    page = doc(3, -20, text="Advertisement\n" + _TEXT)
    keeper = [doc(1), doc(2, 20, publisher="p1.example", title=f"UPDATE 1-{_TITLE}")]
    assert first([page, *keeper]).article_id == 1
    assert first([page, keeper[0]]).article_id == 3


def test_a_page_that_looks_like_an_aggregators_is_not_the_first_by_its_stamp() -> None:
    """In a language whose words for it we do not list: a row of sections and one of services to share by."""
    page = doc(3, -20, text=f"Avaleht | Uudised | Majandus | Sport\nFacebook  WhatsApp  Telegram\n{_TEXT}")
    found = first([page, doc(1), doc(2, 40)])
    assert found.article_id is None
    assert "p3.example has the earliest stamp, and the text among a page's furniture" in found.reason
    assert "p1.example has it without" in found.reason
    assert first([page, doc(1, title="Talks", text=_TEXT[::-1])]).article_id == 3


def test_a_host_with_an_agencys_name_is_the_agencys_where_nothing_better_is_known() -> None:
    credit = "ANCHORAGE, May 4 (Reuters) - "
    desk = doc(1, 30, text=credit + _TEXT, publisher="reuters-desk.example")
    client = doc(2, 90, text=credit + _TEXT)
    found = first([desk, client])
    assert (found.article_id, found.confidence) == (1, 0.7)
    own = doc(3, 10, text=credit + _TEXT, publisher="reuters.com")
    told = first([desk, client, own])
    assert told.article_id == 3
    assert told.confidence > 0.8
    elsewhere = doc(4, 5, text="ANCHORAGE, May 4 (AFP) - " + _TEXT, publisher="reuters-desk.example")
    assert first([elsewhere, client]).article_id != 4


def test_a_flash_comes_before_its_item_whatever_others_carry() -> None:
    flash = claim(doc(1, 5, text="Delegations agree to exchange 340 prisoners.", publisher="wire.example"))
    item = claim(dated(2, _MIDNIGHT, publisher="wire.example"))
    story = Standing([flash, item, claim(doc(3, 60)), claim(doc(4, 70))])
    assert story.original([flash, item]).id == 1


def seen(number: int, claimed: float | None, shown: float, **fields: object) -> Document:
    """A member that a followed feed showed so many minutes after noon."""
    return doc(number, claimed, first_seen_at=NOON + timedelta(minutes=shown), **fields)


_WIRE = "ANCHORAGE, Alaska (Reuters) - " + _TEXT
_RELEASE = "LONDON, May 4, 2026 /PRNewswire/ -- " + _TEXT + "\nAbout Kelmo\nKelmo makes pumps.\nSOURCE Kelmo Inc."
_NOTE = "Correction: An earlier version of this story said 430.\n"


@pytest.mark.parametrize(
    ("documents", "expected", "told"),
    [
        ([seen(1, 300, 0), seen(2, 20, 25)], 1, "A feed showed us p1.example's"),
        ([seen(1, None, 0), seen(2, 20, 25)], 1, "A feed showed us p1.example's"),
        ([seen(1, 300, 0, baseline=True), seen(2, 20, 25)], None, "lies after 2026-05-04 12:07 UTC"),
        ([seen(1, 0, 3), seen(2, 5, 1440 * 90)], 1, "a stamp to be believed"),
        ([seen(1, 0, 3), seen(2, -1440 * 90, 5)], 1, "a stamp to be believed"),
        ([doc(1), dated(2, datetime(1970, 1, 1, 0, 0, 1, tzinfo=NOON.tzinfo))], None, "a program's default"),
        ([seen(1, 0, 4), seen(2, -240, 50)], 2, "though a feed showed us p1.example's first"),
        ([seen(1, 0, 4), seen(2, 20, 2 + 20)], 1, "a feed showed it to us first, too"),
        ([seen(1, 0, 40), seen(2, 20, 22)], 1, "though a feed showed us p2.example's first"),
        ([dated(1, NOON.replace(minute=0)), dated(2, NOON.replace(second=3))], None, "default of a form"),
        ([dated(1, NOON.replace(minute=0)), dated(2, NOON.replace(minute=20))], 1, "20 minutes before"),
        ([dated(1, NOON.replace(hour=9, second=3)), dated(2, NOON.replace(minute=0))], None, "default of a form"),
        (
            [dated(1, NOON.replace(hour=22, minute=0), language="de"), dated(2, NOON.replace(hour=23))],
            None,
            "the day only",
        ),
        ([dated(1, NOON.replace(hour=22, minute=0), language="en"), dated(2, NOON.replace(hour=23))], 1, "67 minutes"),
        ([doc(1), dated(2, _MIDNIGHT + timedelta(days=2))], 1, "before any other full version"),
        ([dated(1, _MIDNIGHT), doc(2, 1440 * 3)], 1, "before any other full version"),
        ([doc(1, 30, text=_WIRE, publisher="reuters.com"), doc(2, 5), doc(3, 40, text=_WIRE)], 1, "credit Reuters"),
        ([doc(1, 30, text=_WIRE, publisher="reuters.com"), doc(2, 5)], 1, "says that it is Reuters's"),
        ([doc(1), doc(2, 300, text=_WIRE, publisher="reuters.com"), doc(3, 400, text=_WIRE)], None, "hours before"),
        ([doc(1), doc(2, 5, text=_WIRE), doc(3, 9, text=_WIRE)], None, "Several publishers credit Reuters"),
        ([doc(1), doc(2, 5, text=_TEXT + "\nAP contributed to this report.")], 1, "published by"),
        ([doc(1, text=_TEXT + "\nWith inputs from PTI"), doc(2, 5, text=_TEXT + "\nWith inputs from PTI")], 1, "by"),
        ([doc(1, source_title="Reuters"), doc(2, 5, source_title="Reuters")], None, "credits Reuters"),
        ([doc(1, kind=FeedKind.WIRE), doc(2), doc(3, 9)], 1, "is a news agency"),
        ([doc(1), doc(2, -40, publisher="msn.com")], 1, "no other is as whole"),
        ([doc(1, -9, text=_RELEASE, publisher="prnewswire.com"), doc(2, 5, text=_RELEASE)], None, "of Kelmo Inc"),
        ([doc(1, 9, publisher="kelmo.example"), doc(2, text=_RELEASE), doc(3, 1, text=_RELEASE)], 1, "its own site"),
        ([doc(1, text=_RELEASE)], None, "a release of Kelmo Inc"),
        ([doc(1, text=_RELEASE, publisher="kelmo.example")], 1, "Only kelmo.example"),
        ([doc(1), doc(2, 60, text=_NOTE + _TEXT.replace("340", "430"))], None, "corrected since"),
        ([doc(1, text=_NOTE + _TEXT.replace("340", "430")), doc(2, 5), doc(3, 8)], 1, "published by"),
        ([doc(1), doc(2, 60, text=_NOTE + _TEXT, publisher="p1.example"), doc(3, 9)], 1, "published by"),
        ([doc(1), doc(2, 900, publisher="p1.example", url="https://p1.example/a"), doc(3, 9)], 1, "published by"),
        ([doc(1, publisher=None), doc(2, 5, publisher=None)], 1, "an unnamed publisher"),
        (
            [doc(1), doc(2, -60, text="ZZZ " + _TEXT), *(doc(3 + n, 9 + n) for n in range(3))],
            None,
            "open with words that are not its own",
        ),
    ],
)
def test_the_reason_says_what_decided(documents: list[Document], expected: int | None, told: str) -> None:
    found = first(documents)
    assert found.article_id == expected, found.reason
    assert told in found.reason
    assert found == first(documents[::-1])


def test_some_few_without_a_stamp_leave_a_crowd_decided() -> None:
    crowd = [doc(1), *(doc(2 + number, 5 + number) for number in range(60)), doc(99, None)]
    assert first(crowd).article_id == 1
    assert first([*crowd[:10], doc(99, None)]).article_id is None


def test_two_agencies_credited_alike_are_told_apart_by_their_stamps_alone() -> None:
    one = [doc(1, 0, agency="AFP", publisher="afp.com"), doc(3, 30, agency="AFP")]
    other = [doc(2, 9, agency="AP", publisher="apnews.com"), doc(4, 40, agency="AP")]
    assert first([*one, *other]).article_id == 1
    assert first([replace(one[0], published_at=None), *one[1:], *other]).article_id is None


def test_who_hands_on_anothers_text_is_not_its_source() -> None:
    text = "PARIS (AFP) - " + _TEXT
    agencies = [doc(1, 0, text=text, publisher="afp.com"), doc(2, 5, text=text, publisher="apnews.com")]
    outlets = [doc(3 + number, 30, text=f"PARIS (AP) - {_TEXT}") for number in range(3)]
    assert first([*agencies, *outlets]).article_id == 1


def test_sources_that_credit_one_another_tell_nothing() -> None:
    one = doc(1, text="PARIS (AP) - " + _TEXT, publisher="afp.com")
    other = doc(2, 5, text="PARIS (AFP) - " + _TEXT, publisher="apnews.com")
    assert "credit one another" in first([one, other]).reason


def test_an_agencys_report_with_a_release_mark_on_one_page_stays_the_agencys() -> None:
    wired = [doc(2 + number, 9 + number, text=_WIRE) for number in range(3)]
    assert first([doc(1, text=_WIRE, publisher="reuters.com"), *wired, doc(9, 1, text=_RELEASE)]).article_id == 1


def test_a_page_that_was_not_read_may_be_the_first() -> None:
    walled = doc(1, text=_PARAGRAPHS[0], bodiless=True)
    assert first([walled, doc(2, 9), doc(3, 20)]).article_id == 1
    assert first([replace(walled, bodiless=False), doc(2, 9), doc(3, 20)]).article_id is None


def test_reach_counts_families_and_sets_aggregators_and_editions_apart() -> None:
    documents = [
        doc(1),
        doc(2, 1, publisher="p1.example", url="https://north.p1.example/a"),
        doc(3, 2, publisher="p1.example", text=_TEXT + "\nIt was longer here."),
        doc(4, 3),
        doc(5, 4, kind=FeedKind.AGGREGATOR),
        doc(6, 5, publisher="prnewswire.com"),
    ]
    assert reach(documents) == Reach(families=2, members=6, aggregators=2, regional=1)
    assert reach([]) == Reach(families=0, members=0, aggregators=0, regional=0)


def test_ten_thousand_claims_are_judged_in_a_blink() -> None:
    forms = [claim(doc(1)), claim(doc(1, text=_WIRE)), claim(doc(1, text=_PARAGRAPHS[0]))]
    claims = [
        replace(
            forms[number % 3],
            id=ArticleId(number),
            key=f"{number:05d}",
            publisher=f"p{number}.example",
            published_at=NOON + timedelta(seconds=7919 * number % 86_400),
        )
        for number in range(10_000)
    ]
    spent = []
    for _ in range(3):
        started = time.process_time()
        first_of(claims)
        spent.append(time.process_time() - started)
        reach_of(claims)
    assert min(spent) < 1.0  # some 20 ms; what looks at each pair of claims takes minutes
