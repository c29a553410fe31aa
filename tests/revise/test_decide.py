"""New, revised or the same: for honest feeds and for feeds whose guids lie."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.model import ArticleId, Decision, Entry, EntryId, KnownEntry, New, Revised, Same
from ingest.revise.decide import Known, decide, decide_all, once, published, title_similarity
from ingest.revise.identity import keys_for

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
STORY = Entry(
    guid="g1", link="http://x.example/a", title="Leaders meet in Anchorage", summary="They agreed.", published_at=NOON
)
STORM = Entry(guid="g2", link="http://x.example/b", title="Storm shuts harbour", summary="Ferries wait.")


class Store:
    """What a store does with decisions, as far as the next poll sees it."""

    def __init__(self) -> None:
        self.rows: dict[str, KnownEntry] = {}

    def poll(self, *shown: Entry) -> tuple[Decision, ...]:
        decisions = once(decide_all(shown, Known(self.rows.values())))
        for decision in decisions:
            match decision:
                case New():
                    number = len(self.rows) + 1
                    assert decision.key not in self.rows
                    self.rows[decision.key] = row(decision.entry, decision.key, number, decision.content_hash)
                case Revised():
                    old = decision.known
                    self.rows[old.key] = row(decision.entry, old.key, old.id, decision.content_hash)
                case Same():
                    pass
        return decisions


def row(entry: Entry, key: str, number: int, content_hash: str) -> KnownEntry:
    return KnownEntry(
        id=EntryId(number),
        article_id=ArticleId(number),
        key=key,
        guid=entry.guid,
        link=entry.link,
        content_hash=content_hash,
        title=entry.title,
    )


def kinds(decisions: tuple[Decision, ...]) -> list[str]:
    return [type(decision).__name__ for decision in decisions]


EDITED = replace(STORY, summary="They agreed on seven points.")
CASES = {
    "shown again": ([STORY], [STORY], ["Same"]),
    "another entry": ([STORY], [STORM, STORY], ["New", "Same"]),
    "other words under its guid": ([STORY], [EDITED], ["Revised"]),
    "an edited title and a moved page": (
        [STORY],
        [replace(STORY, title="Leaders meet in Anchorage again", link="http://x.example/a2")],
        ["Revised"],
    ),
    "a new guid at every poll": ([STORY], [replace(STORY, guid="g1#2")], ["Same"]),
    "a new guid with every revision": ([STORY], [replace(EDITED, guid="g1#2")], ["Revised"]),
    "guids that begin": ([replace(STORY, guid=None)], [STORY], ["Same"]),
    "guids that begin, with an edit": ([replace(STORY, guid=None)], [replace(EDITED, title="Deal")], ["Revised"]),
    "guids that end": ([STORY], [replace(EDITED, guid=None)], ["Revised"]),
    "a guid given to another story": ([STORY], [replace(STORM, guid="g1")], ["New"]),
    "a guid given to another story while the first is shown": (
        [STORY],
        [replace(STORM, guid="g1"), STORY],
        ["New", "Same"],
    ),
    "a guid given to a story whose title says nothing": ([STORY], [replace(STORM, guid="g1", title="")], ["Revised"]),
    "a guid given to a story without a link": ([STORY], [replace(STORM, guid="g1", link=None)], ["Revised"]),
    "new guid, no link, same words": ([replace(STORY, link=None)], [replace(STORY, link=None, guid="z")], ["Same"]),
    "new guid, no link, other words": ([replace(STORY, link=None)], [replace(EDITED, link=None, guid="z")], ["New"]),
    "new guid, same link, another story": ([STORY], [replace(STORM, link=STORY.link)], ["New"]),
    "one link for all, without guids": (
        [Entry(link="http://x.example/", title="Leaders meet"), Entry(link="http://x.example/", title="Storm at sea")],
        [Entry(link="http://x.example/", title="Budget vote"), Entry(link="http://x.example/", title="Storm at sea")],
        ["New", "Same"],
    ),
    "one link for all, an edit": (
        [Entry(link="http://x.example/", title="Leaders meet"), Entry(link="http://x.example/", title="Storm at sea")],
        [
            Entry(link="http://x.example/", title="Leaders meet now"),
            Entry(link="http://x.example/", title="Storm at sea"),
        ],
        ["Revised", "Same"],
    ),
    "one guid for three stories": (
        [replace(STORY, guid="x"), replace(STORM, guid="x")],
        [replace(STORY, guid="x"), replace(STORM, guid="x"), Entry(guid="x", link="http://x.example/c", title="Vote")],
        ["Same", "Same", "New"],
    ),
    "one guid for two stories, of which one is left": (
        [replace(STORY, guid="x"), replace(STORM, guid="x")],
        [replace(STORM, guid="x")],
        ["Same"],
    ),
    "one guid for two stories, of which an edit of one is left": (
        [replace(STORY, guid="x"), replace(STORM, guid="x")],
        [replace(STORM, guid="x", summary="Ferries sail.")],
        ["Revised"],
    ),
    "one guid, then two stories under it": ([STORY], [STORY, replace(STORM, guid="g1")], ["Same", "New"]),
    "one entry twice in a poll": ([], [STORY, STORY], ["New"]),
    "two new guids for one known story": (
        [STORY],
        [replace(EDITED, guid="n1"), replace(STORY, guid="n2", summary="Talks go on.")],
        ["Revised", "New"],
    ),
    "the original and its copy under another guid": ([STORY], [STORY, replace(EDITED, guid="n1")], ["Same", "New"]),
    "without guid and link": ([Entry(title="A", published_at=NOON)], [Entry(title="A", published_at=NOON)], ["Same"]),
}


@pytest.mark.parametrize(("before", "shown", "expected"), CASES.values(), ids=CASES.keys())
def test_an_entry_is_known_again_or_new(before: list[Entry], shown: list[Entry], expected: list[str]) -> None:
    store = Store()
    store.poll(*before)
    assert kinds(store.poll(*shown)) == expected
    assert set(kinds(store.poll(*shown))) <= {"Same"}


def test_a_guid_that_goes_round_between_two_stories_makes_two_entries() -> None:
    store = Store()
    for entry in (STORY, replace(STORM, guid="g1"), STORY, replace(STORM, guid="g1")):
        store.poll(entry)
    assert len(store.rows) == 2


def test_a_decision_names_the_known_entry_and_the_new_words() -> None:
    store = Store()
    (new,) = store.poll(STORY)
    assert isinstance(new, New)
    assert (new.key, new.entry) == ("g:g1", STORY)
    (revised,) = store.poll(EDITED)
    assert isinstance(revised, Revised)
    assert revised.known.key == "g:g1"
    assert revised.content_hash != revised.known.content_hash


def test_what_is_known_is_a_mapping_by_key() -> None:
    known = Known([row(STORY, "g:g1", 1, "h")])
    assert (list(known), len(known), known["g:g1"].id) == (["g:g1"], 1, 1)
    assert isinstance(decide(STORM, "g:g2", known), New)


def feeds() -> st.SearchStrategy[list[Entry]]:
    one = st.builds(
        Entry,
        guid=st.none() | st.sampled_from(["a", "b", "c"]),
        link=st.none() | st.sampled_from(["http://x.example/1", "http://x.example/2", "http://x.example/3"]),
        title=st.sampled_from(["", "Leaders meet in Anchorage", "Leaders met in Anchorage", "Storm shuts harbour"]),
        summary=st.sampled_from(["", "one", "two"]),
        published_at=st.none() | st.just(NOON),
    )
    return st.lists(one, max_size=6)


@given(feeds())
def test_the_same_poll_again_changes_nothing(shown: list[Entry]) -> None:
    store = Store()
    assert set(kinds(store.poll(*shown))) <= {"New"}
    assert len(store.rows) == len(set(keys_for(shown)))
    assert set(kinds(store.poll(*shown))) <= {"Same"}


@given(feeds(), feeds())
def test_after_any_history_a_poll_settles_at_once(before: list[Entry], shown: list[Entry]) -> None:
    store = Store()
    store.poll(*before)
    store.poll(*shown)
    assert set(kinds(store.poll(*shown))) <= {"Same"}


@given(feeds(), feeds())
def test_one_decision_a_key_and_no_known_entry_for_two(before: list[Entry], shown: list[Entry]) -> None:
    store = Store()
    store.poll(*before)
    decisions = store.poll(*shown)
    assert len(decisions) == len(set(keys_for(shown)))
    matched = [decision.known.key for decision in decisions if not isinstance(decision, New)]
    assert len(matched) == len(set(matched))


@pytest.mark.parametrize(
    ("entry", "believed", "word"),
    [
        pytest.param(Entry(published_at=NOON), NOON, None, id="plausible"),
        pytest.param(Entry(updated_at=NOON), NOON, None, id="updated stands in"),
        pytest.param(Entry(published_at=NOW + timedelta(hours=23)), NOW + timedelta(hours=23), None, id="a wrong zone"),
        pytest.param(Entry(published_at=NOW + timedelta(hours=25)), None, "future", id="future"),
        pytest.param(Entry(published_at=datetime(1969, 1, 1, tzinfo=UTC)), None, "early", id="before 1970"),
        pytest.param(Entry(published_raw="yesterday", updated_at=NOON), None, "unreadable", id="no time"),
        pytest.param(Entry(), None, "missing", id="nothing"),
    ],
)
def test_a_time_of_publication_is_believed_when_it_can_be(
    entry: Entry, believed: datetime | None, word: str | None
) -> None:
    assert published(entry, NOW) == (believed, word)


@pytest.mark.parametrize(
    ("a", "b", "least", "most"),
    [
        ("Leaders meet in Anchorage", "leaders  MEET in Anchorage", 1.0, 1.0),
        ("Leaders meet in Anchorage", "Leaders to meet in Anchorage today", 0.6, 0.99),
        ("Leaders meet in Anchorage", "Storm shuts harbour", 0.0, 0.2),
        ("安克雷奇峰会开幕", "安克雷奇峰会今天开幕", 0.5, 0.99),
    ],
)
def test_titles_are_compared_in_any_script(a: str, b: str, least: float, most: float) -> None:
    similarity = title_similarity(a, b)
    assert similarity is not None
    assert least <= similarity <= most


def test_a_title_without_a_word_is_like_none() -> None:
    assert title_similarity("", "Storm") is None


def test_long_titles_under_one_link_are_compared_in_time() -> None:
    """A feed that links everything to its home page, under new guids at each poll: it took seconds of the writer."""
    known = [
        row(Entry(guid=f"old{n}", link="https://a.example/", title=f"{chr(97 + n)}x{n} " * 400), f"g:old{n}", n, str(n))
        for n in range(20)
    ]
    shown = [Entry(guid=f"new{n}", link="https://a.example/", title=f"{n} other words " * 150) for n in range(200)]
    started = time.process_time()
    assert {type(decision) for decision in decide_all(shown, Known(known))} == {New}
    assert time.process_time() - started < 3.0
