"""The digest as plain text: every line short, every number said."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.publish.lines import BriefLine, Digest, FeedNote, StoryLine
from ingest.publish.plain import WIDTH, render
from ingest.publish.wording import columns, flat

WORDS = st.lists(st.sampled_from(["ferry", "fleet", "漢字漢字", "Ölpreis", "é\u0301", "1,200"]), max_size=40).map(
    " ".join
)
LINKS = st.none() | st.just("https://news.example/sw/story/1")
DIGESTS = st.builds(
    Digest,
    heading=WORDS,
    window=WORDS,
    lead=WORDS,
    stories=st.lists(
        st.builds(
            StoryLine,
            headline=WORDS,
            link=LINKS,
            reach=WORDS,
            summary=WORDS,
            rows=st.lists(st.tuples(st.sampled_from(["", "First:"]), WORDS), max_size=3).map(tuple),
        ),
        max_size=3,
    ).map(tuple),
    more_stories=st.integers(0, 9),
    briefs=st.lists(st.builds(BriefLine, headline=WORDS, link=LINKS, source=WORDS), max_size=3).map(tuple),
    more_briefs=st.integers(0, 9),
    notes=st.lists(st.builds(FeedNote, feed=WORDS, what=WORDS), max_size=3).map(tuple),
    more_notes=st.sampled_from(["", "3 more"]),
    all_link=LINKS,
    footer=WORDS,
)


@settings(max_examples=60)
@given(DIGESTS)
def test_no_line_is_wider_than_the_page_and_no_word_is_lost(digest: Digest) -> None:
    text = render(digest)
    assert all(columns(line) <= WIDTH for line in text.splitlines())
    solid = "".join(text.split())
    for part in (digest.lead, *(story.summary for story in digest.stories), *(line.source for line in digest.briefs)):
        assert "".join(flat(part, 10_000).split()) in solid
    assert text.endswith("\n") and "\n\n\n" not in text


def empty(**values: object) -> Digest:
    given_values: dict[str, object] = {
        "heading": "H", "window": "W", "lead": "L", "stories": (), "more_stories": 0, "briefs": (), "more_briefs": 0,
        "notes": (), "more_notes": "", "all_link": None, "footer": "F",
    }  # fmt: skip
    return Digest(**(given_values | values))  # type: ignore[arg-type]


def test_a_day_of_nothing_is_heading_lead_and_footer() -> None:
    assert render(empty()) == "samewire\nH\nW\n\nL\n\n-- \nF\n"


def test_what_was_left_out_has_its_heading_even_alone() -> None:
    text = render(empty(more_stories=1_200, more_briefs=3, more_notes="2 feeds, not named here", all_link="https://a/"))
    assert "CARRIED BY SEVERAL PUBLISHERS\n-----------------------------\n\n    1,200 more carried by several" in text
    assert "CARRIED BY ONE PUBLISHER\n------------------------\n\n    3 more carried by one publisher" in text
    assert "FEEDS THAT FAIL\n---------------\n\n    2 feeds, not named here\n" in text
    assert text.endswith("All stories: https://a/\n")
