"""Rules of the trade: flashes, follow-ups, rising counts, write-throughs, quotations, columns, late copies."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ingest.match.batch import match_all
from ingest.match.features import features
from ingest.match.verify import compare
from ingest.model import Document, Relation, Verdict
from tests.match.samples import document

_WEEKS = timedelta(days=14)
_LEAD = "A ferry with 212 people on board ran aground off Kerava on Monday night, and at least 12 of them died."
_BODY = (
    "The coast guard said that 31 passengers were injured and that the search would go on through the night. The ferry"
    " Alma had left the port of Selby at seven in the evening and struck a rock an hour later in thick fog.",
    "Harbour master Ines Varga told reporters that the pilot had reported a failure of the radar shortly before. The"
    " owner, Holm Lines, said that the ship had passed its yearly inspection in March without a remark.",
    "Kerava lies at the end of a narrow sound in which two freighters have run aground within ten years. A committee of"
    " the provincial assembly asked for a second lighthouse in 2019, but the money was never granted.",
    "Fishermen from the island of Rask reached the wreck first. Twenty boats took part in the rescue, some of them with"
    " searchlights that had been borrowed from the film crew which is working on the island this summer.",
)
_TITLE = "Ferry runs aground off Kerava, 12 dead"
_TEXT = "\n".join((_LEAD, *_BODY))


def verdict(a: Document, b: Document) -> Verdict:
    return compare(features(a), features(b))


def wire(number: int, title: str, text: str, **fields: object) -> Document:
    return replace(document(number, title, text, minutes=number), publisher="wire.example", **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("flash", "joined"),
    [
        (wire(1, "FERRY RUNS AGROUND OFF KERAVA", "FERRY WITH 212 PEOPLE ON BOARD RUNS AGROUND OFF KERAVA"), True),
        (wire(1, "FERRY RUNS AGROUND OFF KERAVA", "FERRY WITH 340 PEOPLE ON BOARD RUNS AGROUND OFF KERAVA"), False),
        (wire(200, "FERRY AGROUND", "FERRY WITH 212 PEOPLE ON BOARD RUNS AGROUND OFF KERAVA"), False),
        (document(1, "FERRY AGROUND", "FERRY WITH 212 PEOPLE ON BOARD RUNS AGROUND OFF KERAVA"), False),
    ],
    ids=["the item", "another figure", "hours later", "another's"],
)
def test_a_flash_joins_the_item_of_its_agency_within_two_hours(flash: Document, joined: bool) -> None:
    item = wire(20, _TITLE, _TEXT)
    assert verdict(flash, item).reason == "flash"
    assert (verdict(flash, item).relation is Relation.ABRIDGEMENT) is joined
    assert len(match_all([flash, item], window=_WEEKS).groups) == 2 - joined


def test_a_follow_up_that_repeats_the_background_is_another_story() -> None:
    new = (
        "Prosecutors in Selby have seized the log of the ferry Alma and questioned its captain for six hours, a"
        " spokeswoman said on Tuesday. He is suspected of having left port against an order of the harbour office.",
        "Two officers of the engine room have asked for lawyers. The union of seamen called the inquiry hasty, and its"
        " chairman Tomas Ekholm said that the order had been sent to a telephone nobody answers.",
    )
    later = document(2, "Captain of ferry Alma questioned", "\n".join((*new, *_BODY[1:])), minutes=1300)
    assert verdict(document(1, _TITLE, _TEXT), later).relation is Relation.DIFFERENT
    assert verdict(replace(document(1, _TITLE, _TEXT), publisher="p"), replace(later, publisher="p")).relation is (
        Relation.DIFFERENT
    )


@pytest.mark.parametrize(
    ("dead", "hurt", "place", "hours", "joined"),
    [
        ("17", "44", "Kerava", 6, True),
        ("9", "22", "Kerava", 6, False),
        ("17", "44", "Corby", 6, False),
        ("17", "44", "Kerava", 60, False),
    ],
    ids=["the toll rises", "it falls", "another place", "days later"],
)
def test_counts_that_rise_within_hours_stay_in_their_story(
    dead: str, hurt: str, place: str, hours: int, joined: bool
) -> None:
    short = "\n".join((_LEAD, _BODY[0]))
    text = short.replace("12", dead).replace("31", hurt).replace("Kerava", place)
    later = document(2, _TITLE.replace("12", dead).replace("Kerava", place), text, minutes=hours * 60)
    found = verdict(document(1, _TITLE, short), later)
    assert (found.relation is not Relation.DIFFERENT) is joined, found.explanation


def test_a_write_through_of_one_desk_is_a_revision_whatever_its_figures() -> None:
    text = _TEXT.replace("212", "219").replace("seven in", "nine in").replace("ten years", "12 years")
    first, second = (replace(document(n, _TITLE, t, minutes=n * 60), publisher="p") for n, t in ((1, _TEXT), (2, text)))
    assert verdict(first, second).relation is Relation.REVISION


def test_reports_that_share_only_the_words_of_one_speech_are_not_one_story() -> None:
    speech = (
        "“We shall not rest until the second lighthouse stands where it should have stood for years, and I give you my"
        " word that the first stone will be laid before the leaves of this year have fallen from the trees.”"
    )
    one = document(
        1,
        "Governor promises lighthouse",
        "Governor Rask met relatives of the victims in the parish hall on"
        f" Wednesday and spoke for a quarter of an hour. {speech} Some left the hall before he ended.",
    )
    other = document(
        2,
        "A word given in Kerava",
        "The chapel was full when the politician from the capital came in, late, with"
        f" wet shoes and no coat. {speech} Outside an old woman asked who would pay for it.",
    )
    assert verdict(one, other).reason == "quotes"


def test_one_name_in_anothers_place_throughout_keeps_two_reports_apart_in_any_script() -> None:
    frame = "「{0}」は熊本県菊陽町に半導体用樹脂の工場を建てると発表した。投資額は283億円で、340人を雇う。{0}の社長は記者会見で、水と人材が決め手になったと述べた。"  # noqa: E501
    one, other = (
        document(n, f"{name}、菊陽町に工場 283億円投資", frame.format(name))
        for n, name in enumerate(("北都化成", "朝凪精工"), 1)
    )
    assert verdict(one, other).reason == "subject"


def test_a_house_style_is_no_other_name() -> None:
    spelled = _TEXT.replace("Kerava", "Kerawa").replace("12 of them", "twelve of them")
    assert verdict(document(1, _TITLE, _TEXT), document(2, _TITLE, spelled)).relation is not Relation.DIFFERENT


def test_the_same_words_join_weeks_later_and_a_cut_does_not() -> None:
    late = document(2, "From our archive", _TEXT, minutes=40 * 1440)
    (story,) = match_all([document(1, _TITLE, _TEXT), late], window=_WEEKS).groups
    assert story.members[1].reason == "late"
    cut = document(2, _TITLE, "\n".join((_LEAD, *_BODY[:2])), minutes=40 * 1440)
    assert len(match_all([document(1, _TITLE, _TEXT), cut], window=_WEEKS).groups) == 2


def test_a_summary_joins_one_story_and_bridges_none() -> None:
    other = _TEXT
    for old, new in (("Kerava", "Corby"), ("Alma", "Vesta"), ("212", "340"), ("12 of", "5 of"), ("31 p", "77 p")):
        other = other.replace(old, new)
    summary = replace(document(3, _TITLE, _LEAD), bodiless=True)
    groups = match_all([document(1, _TITLE, _TEXT), document(2, "Ferry off Corby", other), summary], window=_WEEKS)
    assert sorted(len(group.members) for group in groups.groups) == [1, 2]


def test_a_title_alone_joins_nothing() -> None:
    bare = replace(document(2, _TITLE, _TITLE), bodiless=True)
    assert len(match_all([document(1, _TITLE, _TEXT), bare], window=_WEEKS).groups) == 2


def test_anothers_copy_of_a_text_since_corrected_says_that_it_carries_the_old_one() -> None:
    original = wire(1, _TITLE, _TEXT)
    corrected = wire(60, f"CORRECTED-{_TITLE}", _TEXT.replace("212", "221"))
    early, late = (document(n, _TITLE, _TEXT, minutes=minutes) for n, minutes in ((30, 30), (90, 90)))
    (story,) = match_all([original, corrected, early, late], window=_WEEKS).groups
    assert [(m.article_id, m.relation, m.reason) for m in story.members[1:]] == [
        (30, Relation.COPY, "copy"),
        (60, Relation.REVISION, "correction"),
        (90, Relation.COPY, "superseded"),
    ]
