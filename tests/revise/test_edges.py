"""Where the rules of revision turn: at the very value, on either side of it, and in what is written down for good."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from ingest.model import Entry, New, Revised
from ingest.revise.coverage import due_by_now
from ingest.revise.decide import Known, decide, published, title_similarity
from ingest.revise.identity import Level, content_hash, key_at, level_of

from .test_decide import NOON, NOW, STORY, row

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("entry", "keys"),
    [
        (STORY, ["g:g1", "L:25af5ed835c763f938aac82622ecc01a", "T:6d3ac9f253736b2fd8a7d2dcb4a3a77f",
                 "W:79cac839a977d57264fb0f141f315012"]),
        (replace(STORY, guid=None), ["l:http://x.example/a", "L:d46e64ece1c02be3482e49c77c76ffa9",
                                     "T:3ab44d767db523a80cb3545c195f7a74", "W:4ed86de91b04a4863278d479920d6f5e"]),
        (replace(STORY, guid=None, link=None), ["t:c2a10e99a26b01a374f443b6fdb4dead"]),
        (replace(STORY, guid=None, link=None, published_at=None), ["h:8673413dd1b44a500efba9416849cb33"]),
        (replace(STORY, guid="x" * 300), ["g:" + "x" * 300]),
        (replace(STORY, guid="x" * 301), ["g#e4c11e4fa5423893d1927ae29ada0b6e"]),
    ],
    ids=["guid", "link", "title and date", "words", "longest guid", "longer guid"],
)  # fmt: skip
def test_a_key_that_is_in_databases_is_made_alike_for_ever(entry: Entry, keys: list[str]) -> None:
    assert [key_at(entry, level) for level in Level][: len(keys)] == keys
    assert [level_of(key) for key in keys] == list(Level)[: len(keys)]


def test_of_a_text_as_much_counts_as_is_read() -> None:
    """200,000 characters; what changes behind them is no revision."""
    at_the_end, behind = ("a " * 99_999 + tail for tail in ("bc", "b c"))
    assert content_hash(replace(STORY, content=at_the_end)) != content_hash(replace(STORY, content=behind))
    assert content_hash(replace(STORY, content=at_the_end)) == content_hash(replace(STORY, content=at_the_end + "d"))


@pytest.mark.parametrize(
    ("at", "fault"),
    [
        (datetime(1970, 1, 1, tzinfo=UTC), None),
        (datetime(1970, 1, 1, tzinfo=UTC) - SECOND, "early"),
        (NOW + timedelta(days=1), None),
        (NOW + timedelta(days=1) + SECOND, "future"),
    ],
)
def test_a_time_is_believed_from_1970_until_a_day_ahead(at: datetime, fault: str | None) -> None:
    assert published(replace(STORY, published_at=at), NOW) == (None if fault else at, fault)


@pytest.mark.parametrize(
    ("old", "new", "similarity", "kind"),
    [
        ("abcdefghi", "abcjklmno", 0.3, Revised),
        ("abcdefghij", "abcklmnopq", 6 / 22, New),
        ("Leaders meet in Anchorage", "Meeting of leaders", 4 / 9, Revised),
    ],
)
def test_one_guid_with_another_link_is_another_story_below_a_likeness_of_three_tenths(
    old: str, new: str, similarity: float, kind: type
) -> None:
    assert title_similarity(old, new) == pytest.approx(similarity)
    before = replace(STORY, title=old)
    known = Known([row(before, "g:g1", 1, content_hash(before))])
    assert isinstance(decide(replace(STORY, title=new, link="http://x.example/z"), "g:g1", known), kind)


@pytest.mark.parametrize(
    ("old", "new", "similarity", "kind"),
    [
        ("abc", "abd", 0.5, New),
        ("Leaders meet in Anchorage", "Leaders meet at sea", 0.5652, Revised),
        ("", "A title", None, New),
    ],
)
def test_under_a_link_that_several_share_more_than_half_alike_is_the_same_edited(
    old: str, new: str, similarity: float | None, kind: type
) -> None:
    assert title_similarity(old, new) == (similarity and pytest.approx(similarity, abs=1e-4))
    before, other = replace(STORY, guid="old", title=old), replace(STORY, guid="other", title="zzzz")
    known = Known([row(one, f"g:{one.guid}", n, content_hash(one)) for n, one in enumerate((before, other), start=1)])
    assert isinstance(decide(replace(STORY, guid="new", title=new), "g:new", known), kind)


def test_under_a_link_that_two_share_a_missing_guid_is_no_name() -> None:
    """With one entry it is: a feed that begins to give guids shows what we know."""
    shown = replace(STORY, guid="new", title="Quite another headline here")
    held = [replace(STORY, guid=None, title=title) for title in ("Leaders meet in Anchorage", "Storm shuts harbour")]
    one, two = (
        Known([row(entry, f"l:{n}", n, content_hash(entry)) for n, entry in enumerate(some, start=1)])
        for some in (held[:1], held)
    )
    assert isinstance(decide(shown, "g:new", one), Revised)
    assert isinstance(decide(shown, "g:new", two), New)
    # A key that takes in the title says that this poll has several of the link.
    assert isinstance(decide(shown, key_at(shown, Level.LINK), one), Revised)
    assert isinstance(decide(shown, key_at(shown, Level.TITLE), one), New)


def test_of_the_entries_with_one_link_the_twenty_latest_are_compared() -> None:
    alike = replace(STORY, guid="0", title="Leaders meet in Anchorage, again")
    others = [replace(STORY, guid=f"{n}", title=f"{n:b} {n:x}" * 9) for n in range(1, 21)]
    rows = [row(one, f"g:{one.guid}", n, content_hash(one)) for n, one in enumerate((alike, *others), start=1)]
    shown = replace(STORY, guid="new")
    assert isinstance(decide(shown, "g:new", Known(rows[:-1])), Revised)
    assert isinstance(decide(shown, "g:new", Known(rows)), New)


@pytest.mark.parametrize(
    ("at", "since", "due"),
    [
        (NOW - timedelta(hours=8), NOON - timedelta(days=9), True),
        (NOW - timedelta(hours=8) + SECOND, NOON - timedelta(days=9), False),
        (NOW - timedelta(hours=48), NOON - timedelta(days=9), True),
        (NOW - timedelta(hours=48) - SECOND, NOON - timedelta(days=9), False),
        (NOW - timedelta(hours=9), NOW - timedelta(hours=9), True),
        (NOW - timedelta(hours=9), NOW - timedelta(hours=9) + SECOND, False),
    ],
)
def test_a_page_is_due_from_eight_hours_to_two_days_after_it_came_out(at: datetime, since: datetime, due: bool) -> None:
    page = replace(STORY, published_at=at)
    assert due_by_now([page], since=since, now=NOW) == ((page,) if due else ())
