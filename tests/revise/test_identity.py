"""How an entry is named within its feed, and what counts as its words."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.model import Entry
from ingest.revise.identity import Level, content_hash, key_at, keys_for, level_of

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
STORY = Entry(guid="g1", link="http://x.example/a", title="Leaders meet", summary="They agreed.", published_at=NOON)


@pytest.mark.parametrize(
    ("entry", "start"),
    [
        pytest.param(STORY, "g:g1", id="guid"),
        pytest.param(replace(STORY, guid=None), "l:http://x.example/a", id="link"),
        pytest.param(
            replace(STORY, guid=None, link="http://X.example/a?utm_source=b#c"), "l:http://x.example/a", id="bare"
        ),
        pytest.param(replace(STORY, guid=None, link=None), "t:", id="title and date"),
        pytest.param(replace(STORY, guid=None, link=None, published_at=None, published_raw="now"), "t:", id="raw date"),
        pytest.param(replace(STORY, guid=None, link=None, published_at=None), "h:", id="words"),
        pytest.param(replace(STORY, guid=None, link=None, title=""), "h:", id="words without a title"),
        pytest.param(replace(STORY, guid="g" * 2_000), "g#", id="a long guid"),
    ],
)
def test_the_ladder_is_guid_link_title_and_date_words(entry: Entry, start: str) -> None:
    (key,) = keys_for([entry])
    assert key.startswith(start)
    assert len(key) <= 302
    assert level_of(key) is Level.BASE


@pytest.mark.parametrize(
    ("other", "level"),
    [
        pytest.param(replace(STORY, link="http://x.example/b", title="Storm"), Level.LINK, id="another link"),
        pytest.param(replace(STORY, title="Storm hits"), Level.TITLE, id="another title"),
        pytest.param(replace(STORY, summary="They did not."), Level.WORDS, id="other words"),
    ],
)
def test_entries_that_share_a_guid_are_told_apart_by_as_little_as_needed(other: Entry, level: Level) -> None:
    first, second = keys_for([STORY, other])
    assert first != second
    assert level_of(first) is level_of(second) is level
    assert first == key_at(STORY, level)


def test_one_entry_shown_twice_has_one_key() -> None:
    again = replace(STORY, link="http://x.example/a?utm_source=feed", summary="They  agreed!")
    assert keys_for([STORY, again]) == ("g:g1", "g:g1")


def test_entries_without_guid_and_link_are_told_apart_by_title() -> None:
    entries = [Entry(title="One", published_at=NOON), Entry(title="Two", published_at=NOON)]
    assert len(set(keys_for(entries))) == 2


SAME_WORDS = {
    "white space": replace(STORY, title=" Leaders\n meet ", summary="They   agreed."),
    "punctuation": replace(STORY, title="Leaders meet!", summary="They agreed"),
    "case": replace(STORY, title="LEADERS MEET"),
    "an address in the text": replace(STORY, summary="They agreed. https://x.example/a?utm_source=b"),
    "the link": replace(STORY, link="http://x.example/other"),
    "markup": replace(STORY, content="<p class='x'>They <b>agreed</b>.</p>"),
    "the dates": replace(STORY, updated_at=NOON, published_at=None),
}
OTHER_WORDS = {
    "the title": replace(STORY, title="Leaders met"),
    "the text": replace(STORY, summary="They agreed on 7."),
    "the body": replace(STORY, content="<p>They did not agree.</p>"),
    "a word moved from text to title": replace(STORY, title="Leaders meet They", summary="agreed."),
    "other signs alone": replace(STORY, title="→"),
}


@pytest.mark.parametrize("entry", SAME_WORDS.values(), ids=SAME_WORDS.keys())
def test_what_is_not_a_word_is_no_revision(entry: Entry) -> None:
    assert content_hash(entry) == content_hash(STORY)


@pytest.mark.parametrize("entry", OTHER_WORDS.values(), ids=OTHER_WORDS.keys())
def test_a_word_is_a_revision(entry: Entry) -> None:
    assert content_hash(entry) != content_hash(STORY)


def test_a_hostile_run_of_combining_marks_costs_little() -> None:
    started = time.process_time()
    content_hash(Entry(summary="x" + "\u0301\u0316" * 100_000))
    assert time.process_time() - started < 1.0


def entries() -> st.SearchStrategy[list[Entry]]:
    one = st.builds(
        Entry,
        guid=st.none() | st.sampled_from(["a", "b", "a|b"]),
        link=st.none() | st.sampled_from(["http://x.example/1", "http://x.example/2"]),
        title=st.sampled_from(["", "One", "Two", "\ud800"]),
        summary=st.sampled_from(["", "s", "t"]),
        published_at=st.none() | st.just(NOON),
    )
    return st.lists(one, max_size=8)


@given(entries())
def test_keys_are_shared_by_equal_entries_alone(shown: list[Entry]) -> None:
    keys = keys_for(shown)
    assert len(keys) == len(shown)
    by_key: dict[str, Entry] = {}
    for key, entry in zip(keys, shown, strict=True):
        twin = by_key.setdefault(key, entry)
        assert (twin.guid, twin.link, twin.title, twin.summary) == (entry.guid, entry.link, entry.title, entry.summary)
    for entry in shown:
        assert len({key for key, other in zip(keys, shown, strict=True) if other == entry}) == 1


@given(entries(), st.randoms(use_true_random=False))
def test_keys_do_not_depend_on_the_order_of_the_feed(shown: list[Entry], rng) -> None:  # type: ignore[no-untyped-def]
    order = list(range(len(shown)))
    rng.shuffle(order)
    keys, shuffled = keys_for(shown), keys_for([shown[index] for index in order])
    assert [keys[index] for index in order] == list(shuffled)
